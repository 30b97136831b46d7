"""Sphere geometry and alpha absorbed fractions against sampling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.dosimetry import (
    alpha_absorbed_fraction,
    alpha_csda_range,
    chord_weight,
    constant_let_absorbed_fraction,
    sphere_mass,
    sphere_radius,
)
from ferrotope.errors import InputError
from ferrotope.units.constants import MEV


def sampled_exits(n, seed):
    """Distances to the surface of the unit sphere from uniform points in isotropic directions."""
    rng = np.random.default_rng(seed)
    r = np.cbrt(rng.random(n))
    cosine = rng.uniform(-1, 1, n)
    return -r * cosine + np.sqrt(1 - r**2 * (1 - cosine**2))


def test_chord_weight_is_the_sampled_probability_to_be_still_inside():
    exits = sampled_exits(400_000, 1)
    for distance in (0.1, 0.5, 1.0, 1.5, 1.9):
        assert np.mean(exits > distance) == pytest.approx(chord_weight(distance, 1.0), abs=0.003)
    assert chord_weight(0.0, 1.0) == 1.0
    assert chord_weight(2.0, 1.0) == chord_weight(7.0, 1.0) == 0.0


def test_mean_distance_to_the_surface_is_three_quarters_of_the_radius():
    distance = np.linspace(0, 2, 20_001)
    assert np.trapezoid(chord_weight(distance, 1.0), distance) == pytest.approx(0.75, rel=1e-6)


def test_one_gram_of_water_is_a_sphere_of_12_4_mm_diameter():
    # Cicone et al., EJNMMI Res 2019;9:53, doi:10.1186/s13550-019-0524-7, table 3.
    assert 2 * sphere_radius(1e-3) == pytest.approx(12.4e-3, abs=0.05e-3)
    assert sphere_mass(sphere_radius(1e-3, 1040.0), 1040.0) == pytest.approx(1e-3)


@pytest.mark.parametrize("radius_in_ranges", [0.1, 0.4, 0.7, 1.5, 10.0])
def test_alpha_fraction_is_that_of_sampled_tracks(radius_in_ranges):
    energy, table = 5.8, np.linspace(1e-6, 5.8, 20_001)
    full = float(alpha_csda_range(energy * MEV))
    travelled = np.minimum(sampled_exits(200_000, 2) * radius_in_ranges * full, full)
    left = np.interp(full - travelled, alpha_csda_range(table * MEV), table)
    expected = np.mean((energy - left) / energy)
    assert alpha_absorbed_fraction(energy * MEV, radius_in_ranges * full / 1000) == pytest.approx(expected, abs=0.003)


def test_constant_let_in_closed_form_is_the_mean_chord_weight():
    for length in (0.3, 1.9, 2.1, 5.0):
        distance = np.linspace(0, length, 20_001)
        expected = np.trapezoid(chord_weight(distance, 1.0), distance) / length
        assert constant_let_absorbed_fraction(length, 1.0) == pytest.approx(expected, rel=1e-6)


def test_small_sphere_absorbs_the_entrance_let_over_the_mean_chord():
    # Cavity limit: 3R/4 times the initial stopping power, here 788 MeV cm2/g at 5.8 MeV (ICRU 90, between nodes).
    radius = 1e-7
    expected = 0.75 * radius * 100 * 788.0 / 5.8
    assert alpha_absorbed_fraction(5.8 * MEV, radius) == pytest.approx(expected, rel=0.02)


@given(st.floats(0.5, 10.0), st.floats(1e-7, 1e-2), st.floats(1.001, 10.0), st.floats(500, 3000))
def test_alpha_fraction_is_a_fraction_and_rises_with_radius(energy, radius, factor, density):
    small, large = alpha_absorbed_fraction(energy * MEV, np.array([radius, radius * factor]), density)
    assert 0 < small <= large <= 1 + 1e-9
    # Lengths scale with density alone.
    assert alpha_absorbed_fraction(energy * MEV, radius * density / 1000) == pytest.approx(small, rel=1e-9)


def test_organs_absorb_all_alphas_but_a_per_cent():
    assert alpha_absorbed_fraction(5.8 * MEV, sphere_radius(1e-3)) == pytest.approx(0.997, abs=0.001)


@pytest.mark.parametrize("mass", [0.0, -1e-3, np.nan, np.inf])
def test_masses_that_are_not_positive_are_refused(mass):
    with pytest.raises(InputError, match="mass"):
        sphere_radius(mass)
