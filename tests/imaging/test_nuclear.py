"""PET and SPECT formulas against numerical convolution, Monte Carlo and published values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from ferrotope.errors import InputError
from ferrotope.imaging import nuclear

LN2 = np.log(2.0)


def test_suv_reference_value():
    # 5 kBq/mL, 70 kg, 185 MBq: 1.892
    assert nuclear.standardised_uptake_value(5e3 / 1e-6, 70.0, 185e6) == pytest.approx(1.892, abs=5e-4)


def test_suv_of_a_uniform_body_is_one_at_any_time():
    # no excretion: C = A exp(-lambda t)/V with a body of 1 g/mL
    half_life, t = 12.7 * 3600, np.array([0.0, 3600.0, 48 * 3600.0])
    C = 5e6 * np.exp(-LN2 * t / half_life) / (0.022 / 1000.0)
    assert nuclear.standardised_uptake_value(C, 0.022, 5e6, t, half_life) == pytest.approx(1.0)


def test_central_recovery_reference_value():
    # D 10 mm, FWHM 6 mm: 0.7220
    assert nuclear.central_recovery_coefficient(10e-3, 6e-3) == pytest.approx(0.7220, abs=5e-5)


def test_central_recovery_is_the_radial_integral():
    x = 1.7
    integral, _ = quad(lambda s: np.sqrt(2 / np.pi) * s**2 * np.exp(-(s**2) / 2), 0, x)
    assert nuclear.central_recovery_coefficient(2 * x * nuclear.gaussian_sigma(1.0), 1.0) == pytest.approx(
        integral, rel=1e-10
    )


@pytest.mark.parametrize("a", [1e-3, 0.05, 0.3, 0.499, 0.501, 1.0, 3.0, 30.0])
def test_mean_recovery_is_the_overlap_integral(a):
    # probability that a Gaussian step leaves a uniform point of the sphere inside
    def integrand(s):
        return np.sqrt(2 / np.pi) * s**2 * np.exp(-(s**2) / 2) * (1 - 0.75 * s / a + (s / a) ** 3 / 16)

    integral, _ = quad(integrand, 0, min(2 * a, 40.0), epsabs=0, epsrel=1e-11)
    assert nuclear.mean_recovery_coefficient(2 * a * nuclear.gaussian_sigma(1.0), 1.0) == pytest.approx(
        integral, rel=1e-8
    )


def test_mean_recovery_by_monte_carlo():
    rng = np.random.default_rng(1)
    n = 400_000
    directions = rng.normal(size=(n, 3))
    points = directions / np.linalg.norm(directions, axis=1)[:, None] * rng.random(n)[:, None] ** (1 / 3)
    inside = np.linalg.norm(points + 0.6 * rng.normal(size=(n, 3)), axis=1) < 1
    fwhm = 0.6 * nuclear.FWHM_PER_SIGMA
    assert nuclear.mean_recovery_coefficient(2.0, fwhm) == pytest.approx(inside.mean(), abs=4 * np.sqrt(0.25 / n))


@given(d=st.floats(1e-6, 10.0), fwhm=st.floats(1e-3, 1.0))
def test_recovery_is_between_none_and_all_and_lower_on_average(d, fwhm):
    centre, mean = nuclear.central_recovery_coefficient(d, fwhm), nuclear.mean_recovery_coefficient(d, fwhm)
    assert 0 <= mean <= centre * (1 + 1e-9) <= 1 + 2e-9
    assert nuclear.mean_recovery_coefficient(1.1 * d, fwhm) >= mean * (1 - 1e-9)


def test_recovery_of_a_large_sphere_loses_its_surface():
    # 1 - RC -> (area/volume) sigma/sqrt(2 pi) = 3 sigma/(R sqrt(2 pi)), the loss through a flat surface
    R, sigma = 1.0, 1e-3
    lost = 1 - nuclear.mean_recovery_coefficient(2 * R, sigma * nuclear.FWHM_PER_SIGMA)
    assert lost == pytest.approx(3 * sigma / R / np.sqrt(2 * np.pi), rel=1e-4)


@given(C=st.floats(0, 1e6), RC=st.floats(0, 1))
def test_blurring_a_uniform_field_changes_nothing(C, RC):
    assert nuclear.apparent_concentration(C, C, RC) == pytest.approx(C)


def test_counts_of_a_long_and_a_short_nuclide():
    # no decay: A y S T; a half-life of a second and a long frame: all atoms, A T1/2/ln 2
    assert nuclear.detected_counts(1e6, 0.05, 600.0, 0.5) == pytest.approx(1.5e7)
    assert nuclear.detected_counts(1e6, 0.05, 1e6, 1.0, 1.0) == pytest.approx(1e6 * 0.05 / LN2)
    assert nuclear.detected_counts(1e6, 0.05, 600.0, 0.5, 1e12) == pytest.approx(1.5e7, rel=1e-9)


@given(T=st.floats(1.0, 1e5), half_life=st.floats(10.0, 1e8))
def test_counts_of_two_frames_add(T, half_life):
    A = 1e5
    later = A * np.exp(-LN2 * T / half_life)
    whole = nuclear.detected_counts(A, 0.01, 2 * T, 1.0, half_life)
    parts = nuclear.detected_counts(A, 0.01, T, 1.0, half_life) + nuclear.detected_counts(
        later, 0.01, T, 1.0, half_life
    )
    assert whole == pytest.approx(parts, rel=1e-7)


def test_noise_is_poisson():
    assert nuclear.relative_standard_deviation(1e4) == pytest.approx(0.01)
    assert nuclear.relative_standard_deviation(1e4, 1e4, 5e3) == pytest.approx(np.sqrt(3e4) / 1e4)
    assert np.isinf(nuclear.relative_standard_deviation(0.0))
    assert nuclear.noise_equivalent_counts(0.0) == 0.0


def test_noise_against_simulated_subtraction():
    # trues + scatter + randoms measured, randoms subtracted by an equal delayed window, scatter known
    rng = np.random.default_rng(2)
    T, S, R = 4000.0, 1500.0, 2500.0
    net = rng.poisson(T + S + R, 200_000) - rng.poisson(R, 200_000) - S
    assert nuclear.relative_standard_deviation(T, S, R) == pytest.approx(net.std() / T, rel=0.01)


def test_contrast():
    assert nuclear.contrast_to_background(4.0, 1.0) == pytest.approx(3.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: nuclear.standardised_uptake_value(-1.0, 70.0, 1e6),
        lambda: nuclear.standardised_uptake_value(1.0, 70.0, 0.0),
        lambda: nuclear.detected_counts(1e6, 1.5, 60.0, 1.0),
        lambda: nuclear.detected_counts(1e6, 0.5, 60.0, 1.0, -3.0),
        lambda: nuclear.apparent_concentration(1.0, 1.0, 1.2),
        lambda: nuclear.contrast_to_background(1.0, 0.0),
    ],
)
def test_refuses_impossible_input(call):
    with pytest.raises(InputError):
        call()
