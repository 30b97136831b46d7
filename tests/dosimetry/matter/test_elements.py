"""Every element of the photon tables, by two evaluations that were made apart and by the free electron."""

import numpy as np
import pytest

from ferrotope.dosimetry.matter.attenuation import (
    mass_energy_transfer_coefficient,
    partial_attenuation_coefficients,
    tabulated_energy_absorption,
)
from ferrotope.dosimetry.matter.media import Medium, atomic_mass
from ferrotope.units.constants import AVOGADRO, MEV

ELEMENTS = [1, *range(6, 10), *range(11, 21), 22, *range(25, 31), 47, 53, 56, 64, 78, 79]


def pure(number):
    """An element alone; density and mean excitation energy do not count here."""
    return Medium(str(number), {number: 1.0}, 1000.0, 1.0)


@pytest.mark.parametrize("number", ELEMENTS)
def test_energy_transfer_is_the_tabulated_absorption(number):
    # XCOM with EADL fluorescence against the table of Hubbell and Seltzer; bremsstrahlung is below 1 % here
    energy = np.array([0.01, 0.03, 0.06]) * MEV
    found = mass_energy_transfer_coefficient(energy, pure(number))
    assert found == pytest.approx(tabulated_energy_absorption(energy, pure(number)), rel=0.01)


@pytest.mark.parametrize("number", ELEMENTS)
def test_scattering_at_1_mev_is_that_of_free_electrons(number):
    # Klein and Nishina: 0.21121 barn an electron at 1 MeV; binding takes up to 0.8 % of it in gold
    incoherent = partial_attenuation_coefficients(MEV, pure(number))["incoherent"]
    free = 0.21121e-28 * number * AVOGADRO / (atomic_mass(number) * 1e-3)
    assert incoherent == pytest.approx(free, rel=0.01)
