"""Size distributions: moments, conversions between number and volume, tables."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from ferrotope.errors import InputError
from ferrotope.particle.sizes import (
    gaussian_sizes,
    histogram_sizes,
    lognormal_moment,
    lognormal_sizes,
    number_median,
    number_weights,
    tabulated_sizes,
    volume_median,
    volume_weighted_sizes,
)


def volume_mean(density, low, high, power, weighted_by):
    """Mean of d^k over the volume, by adaptive quadrature of a density, in nm."""
    extra = 3 if weighted_by == "number" else 0
    top, bottom = (quad(lambda d, k=k: density(d) * d ** (k + extra), low, high, limit=400)[0] for k in (power, 0))
    return top / bottom


@given(st.floats(2e-9, 100e-9), st.floats(1.0, 2.0))
def test_medians_by_number_and_by_volume_follow_hatch_and_choate(median, sigma_g):
    """ln(median by volume) = ln(median by number) + 3 ln(sigma_g)^2."""
    moved = volume_median(median, sigma_g)
    assert math.log(moved / median) == pytest.approx(3.0 * math.log(sigma_g) ** 2, abs=1e-12)
    assert number_median(moved, sigma_g) == pytest.approx(median)


@pytest.mark.parametrize("power", [-1, 1, 3])
def test_lognormal_moments_by_either_weighting(power):
    """<d^k> by volume is <d^(k+3)>/<d^3> by number."""
    median, sigma_g = 12e-9, 1.35
    diameters, weights = lognormal_sizes(median, sigma_g, weighted_by="number")
    expected = lognormal_moment(median, sigma_g, power + 3) / lognormal_moment(median, sigma_g, 3)
    assert (weights * diameters**power).sum() == pytest.approx(expected, rel=1e-9)
    diameters, weights = lognormal_sizes(median, sigma_g, weighted_by="volume")
    assert (weights * diameters**power).sum() == pytest.approx(lognormal_moment(median, sigma_g, power), rel=1e-9)


def test_the_two_weightings_meet_at_the_converted_median():
    by_number = lognormal_sizes(10e-9, 1.3, weighted_by="number")
    by_volume = lognormal_sizes(volume_median(10e-9, 1.3), 1.3, weighted_by="volume")
    np.testing.assert_allclose(by_number, by_volume, rtol=1e-12)
    np.testing.assert_array_equal(by_number, volume_weighted_sizes(10e-9, 1.3))


def test_number_weights_take_the_volume_back():
    diameters, weights = lognormal_sizes(12e-9, 1.35, weighted_by="number")
    counted = number_weights(diameters, weights)
    for power in (1, 2):
        assert counted @ diameters**power == pytest.approx(lognormal_moment(12e-9, 1.35, power), rel=1e-6)


@pytest.mark.parametrize("weighted_by", ["number", "volume"])
@pytest.mark.parametrize("deviation", [0.3, 3.0, 9.0])
def test_gaussian_moments(weighted_by, deviation):
    """Mean 10 nm; the widest is cut off at zero."""

    def density(d):
        return math.exp(-0.5 * ((d - 10.0) / deviation) ** 2)

    diameters, weights = gaussian_sizes(10e-9, deviation * 1e-9, weighted_by=weighted_by)
    assert weights.sum() == pytest.approx(1.0)
    assert diameters.min() > 0
    low, high = max(0.0, 10.0 - 9 * deviation), 10.0 + 10 * deviation
    for power in (1, 3):
        expected = volume_mean(density, low, high, power, weighted_by)
        assert weights @ (diameters * 1e9) ** power == pytest.approx(expected, rel=1e-7)


def test_a_gaussian_without_width_is_one_size():
    diameters, weights = gaussian_sizes(10e-9, 0.0, weighted_by="number")
    assert diameters.tolist() == [10e-9]
    assert weights.tolist() == [1.0]


def test_a_list_of_diameters():
    """One particle of 10 nm and one of 20 nm: eight ninths of the volume are in the larger."""
    _, weights = tabulated_sizes([10e-9, 20e-9], weighted_by="number")
    np.testing.assert_allclose(weights, [1 / 9, 8 / 9])
    _, weights = tabulated_sizes([10e-9, 20e-9], [3.0, 1.0], weighted_by="volume")
    np.testing.assert_allclose(weights, [0.75, 0.25])
    np.testing.assert_allclose(number_weights([10e-9, 20e-9], [8.0, 8.0]), [8 / 9, 1 / 9])


@pytest.mark.parametrize("weighted_by", ["number", "volume"])
def test_a_histogram_is_flat_in_its_bins(weighted_by):
    edges, amounts = [0.0, 8.0, 12.0, 20.0], [1.0, 5.0, 2.0]
    heights = np.array(amounts) / np.diff(edges)

    def mean(power):
        extra = 3 if weighted_by == "number" else 0
        top, bottom = (
            sum(h * (b ** (k + 1) - a ** (k + 1)) / (k + 1) for h, a, b in zip(heights, edges, edges[1:], strict=False))
            for k in (power + extra, extra)
        )
        return top / bottom

    diameters, weights = histogram_sizes(np.array(edges) * 1e-9, amounts, weighted_by=weighted_by)
    for power in (1, 3):
        assert weights @ (diameters * 1e9) ** power == pytest.approx(mean(power), rel=1e-12)


def test_a_fine_histogram_of_a_lognormal_is_the_lognormal():
    edges = 10e-9 * np.exp(np.linspace(-1.6, 1.6, 161))
    spread = math.log(1.25)
    cumulative = np.array([0.5 * math.erf(math.log(e / 10e-9) / (spread * math.sqrt(2))) for e in edges])
    diameters, weights = histogram_sizes(edges, np.diff(cumulative), weighted_by="number")
    assert weights @ diameters**3 == pytest.approx(
        lognormal_moment(10e-9, 1.25, 6) / lognormal_moment(10e-9, 1.25, 3), rel=2e-3
    )


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: lognormal_sizes(-1e-9, 1.2, weighted_by="number"), "median"),
        (lambda: lognormal_sizes(1e-8, 0.9, weighted_by="number"), "sigma_g"),
        (lambda: lognormal_sizes(1e-8, 1.2, weighted_by="mass"), "weighted_by"),
        (lambda: gaussian_sizes(0.0, 1e-9, weighted_by="number"), "mean"),
        (lambda: gaussian_sizes(1e-8, -1e-9, weighted_by="number"), "deviation"),
        (lambda: gaussian_sizes(1e-8, 1e-9, weighted_by="intensity"), "weighted_by"),
        (lambda: tabulated_sizes([1e-8, 0.0], weighted_by="number"), "diameters"),
        (lambda: tabulated_sizes([1e-8, 2e-8], [1.0], weighted_by="number"), "amounts"),
        (lambda: tabulated_sizes([1e-8, 2e-8], [0.0, 0.0], weighted_by="number"), "amounts"),
        (lambda: histogram_sizes([2e-8, 1e-8], [1.0], weighted_by="number"), "edges"),
        (lambda: histogram_sizes([1e-8, 2e-8], [-1.0], weighted_by="number"), "amounts"),
        (lambda: volume_median(0.0, 1.2), "number_median"),
        (lambda: number_weights([-1.0], [1.0]), "diameters"),
    ],
)
def test_bad_input_names_its_field(call, field):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.field == field


def test_the_weighting_has_no_default():
    with pytest.raises(TypeError, match="weighted_by"):
        lognormal_sizes(1e-8, 1.2)
