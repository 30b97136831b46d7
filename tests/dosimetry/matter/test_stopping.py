"""Stopping powers of electrons and positrons against ESTAR and their own identities."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ferrotope.dosimetry.matter.density_effect import density_effect
from ferrotope.dosimetry.matter.media import Medium, medium
from ferrotope.dosimetry.matter.radiative import bremsstrahlung_spectrum, radiative_stopping_power
from ferrotope.dosimetry.matter.stopping import (
    collision_stopping_power,
    csda_range_table,
    delta_ray_cross_section,
    delta_ray_moments,
    electrons_per_mass,
    restricted_stopping_power,
)
from ferrotope.errors import ValidityError
from ferrotope.units.constants import ELEMENTARY_CHARGE, MEV

UNIT = 0.1 * MEV  # MeV cm2/g in J m2/kg
WATER = medium("water")

# Liquid water: MeV; collision, radiative stopping power (MeV cm2/g), CSDA range (g/cm2), density effect.
# Source: M. J. Berger et al., ESTAR, NIST Standard Reference Database 124 (NISTIR 4999), doi:10.18434/T4NC7P.
ESTAR = np.array(
    [
        (0.010, 22.56, 3.898e-3, 2.515e-4, 0.0),
        (0.020, 13.17, 3.963e-3, 8.566e-4, 0.0),
        (0.050, 6.603, 4.031e-3, 4.320e-3, 0.0),
        (0.100, 4.115, 4.228e-3, 1.431e-2, 0.0),
        (0.200, 2.793, 4.801e-3, 4.488e-2, 0.0),
        (0.500, 2.034, 7.257e-3, 1.766e-1, 0.0),
    ]
)


def test_collision_stopping_power_and_range_of_water_are_those_of_estar():
    energy, collision, _, csda, _ = ESTAR.T
    assert_allclose(collision_stopping_power(WATER, energy * MEV) / UNIT, collision, rtol=6e-4)
    grid = np.geomspace(1e-3, 1.0, 400) * MEV
    found = np.exp(np.interp(np.log(energy * MEV), np.log(grid), np.log(csda_range_table(WATER, grid))))
    assert_allclose(found, 10.0 * csda, rtol=2.5e-3)


def test_density_effect_of_water_is_that_of_estar():
    # ESTAR (doi:10.18434/T4NC7P), liquid water: 0.243, 0.822 and 1.967 at 1, 2 and 5 MeV; none at 0.5 MeV
    found = density_effect(WATER.composition, 1000.0, 75.0 * ELEMENTARY_CHARGE, np.array([0.5, 1.0, 2.0, 5.0]) * MEV)
    assert_allclose(found, [0.0, 0.243, 0.822, 1.967], atol=2e-3)


def test_density_effect_is_small_in_a_gas_and_large_at_high_energy():
    air, energy = medium("air"), np.array([1.0, 5.0]) * MEV
    assert_allclose(density_effect(air.composition, air.density, air.mean_excitation_energy, energy), 0.0, atol=1e-6)
    gold = medium("gold")
    # ESTAR (doi:10.18434/T4NC7P), gold: 0.314 and 1.253 at 1 and 5 MeV
    found = density_effect(gold.composition, gold.density, gold.mean_excitation_energy, energy)
    assert_allclose(found, [0.314, 1.253], atol=0.02)


def test_elements_without_shells_get_the_general_fit():
    titanium = Medium("titanium", {22: 1.0}, 4540.0, 233.0 * ELEMENTARY_CHARGE)
    # R. M. Sternheimer et al., doi:10.1016/0092-640X(84)90002-0, table I (C = 4.445, a = 0.1566, m = 3.0302,
    # x1 = 3.0386): 1.52 at beta gamma = 10
    energy = (np.sqrt(101.0) - 1.0) * 0.51099895 * MEV
    found = density_effect(titanium.composition, titanium.density, titanium.mean_excitation_energy, energy)
    assert_allclose(found, 1.52, atol=0.1)


def test_radiative_stopping_power_of_water_is_that_of_estar():
    energy, _, radiative, _, _ = ESTAR.T
    assert_allclose(radiative_stopping_power(WATER.composition, energy * MEV) / UNIT, radiative, rtol=7e-3)


def test_soft_radiation_is_part_of_all():
    energy = np.array([0.1, 1.0]) * MEV
    all_of_it = radiative_stopping_power(WATER.composition, energy)
    assert_allclose(radiative_stopping_power(WATER.composition, energy, 1.0 * MEV)[0], all_of_it[0], rtol=1e-9)
    low, high = (radiative_stopping_power(WATER.composition, energy, cut * MEV)[1] for cut in (0.01, 0.1))
    assert 0.0 < low < high < all_of_it[1]


def test_spectrum_of_bremsstrahlung_falls_with_the_energy_of_the_photon():
    spectrum = bremsstrahlung_spectrum(WATER.composition, 1.0 * MEV, np.linspace(0.0, 1.0, 30))[0]
    assert np.all(np.diff(spectrum) < 0.0)


@pytest.mark.parametrize("charge", [-1, 1])
def test_no_delta_ray_above_all_of_the_energy(charge):
    energy = np.array([0.01, 0.3, 3.0]) * MEV
    whole = collision_stopping_power(WATER, energy, charge=charge)
    assert_allclose(restricted_stopping_power(WATER, energy, energy, charge=charge), whole, rtol=1e-12)


def test_restricted_stopping_power_of_electrons_in_closed_form():
    # ICRU Report 37 (1984), section 3: G-(tau, eta), eta = cut/T
    energy, cut = 0.5 * MEV, 0.02 * MEV
    rest = 0.51099895 * MEV
    tau, eta = energy / rest, cut / energy
    beta2 = 1.0 - (tau + 1.0) ** -2
    g = -1.0 - beta2 + np.log(4.0 * (1.0 - eta) * eta) + 1.0 / (1.0 - eta)
    g += (1.0 - beta2) * (tau**2 * eta**2 / 2.0 + (2.0 * tau + 1.0) * np.log(1.0 - eta))
    bracket = 2.0 * np.log(energy / (75.0 * ELEMENTARY_CHARGE)) + np.log1p(tau / 2.0) + g
    front = 2.0 * np.pi * 2.8179403262e-15**2 * rest * electrons_per_mass(WATER) / beta2
    assert_allclose(restricted_stopping_power(WATER, energy, cut), front * bracket, rtol=1e-6)


@pytest.mark.parametrize("charge", [-1, 1])
def test_moments_of_delta_rays_are_integrals_of_the_cross_section(charge):
    energy, cut = 1.0 * MEV, 0.01 * MEV
    transfer = np.geomspace(cut, 0.5 * energy if charge < 0 else energy, 20001)
    section = delta_ray_cross_section(energy, transfer, charge=charge)
    for power, found in enumerate(delta_ray_moments(energy, cut, charge=charge)):
        assert_allclose(found, np.trapezoid(section * transfer**power, transfer), rtol=1e-5)


def test_without_delta_rays_positrons_stop_like_electrons():
    # Soft collisions do not know the sign of the charge: ties Bhabha's cross section to F+ and Moller's to F-.
    for energy in np.array([0.02, 0.3, 3.0]) * MEV:
        electron, positron = (restricted_stopping_power(WATER, energy, 1e-6 * energy, charge=c) for c in (-1, 1))
        assert_allclose(positron, electron, rtol=2e-5)


def test_energies_out_of_range_are_refused():
    with pytest.raises(ValidityError, match=r"0\.0005 MeV.*0\.001 to 10 MeV"):
        collision_stopping_power(WATER, 0.5e-3 * MEV)
    with pytest.raises(ValidityError, match="20 MeV"):
        collision_stopping_power(WATER, [0.1 * MEV, 20.0 * MEV])
