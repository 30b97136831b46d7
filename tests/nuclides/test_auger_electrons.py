"""Auger electrons of the atomic cascade: numbers, energies and conservation of energy."""

import math

import pytest

from ferrotope.nuclides import Nuclide, known_nuclides
from ferrotope.units.constants import MEV

KEV = 1e-3 * MEV


def auger(name, above=0.0):
    lines = [line for line in Nuclide(name).emissions("auger") if line.energy >= above * KEV]
    return sum(line.intensity for line in lines), sum(line.energy * line.intensity for line in lines) / KEV


# ICRP Publication 107: Auger electrons per decay. Programs differ by up to a factor of two as they count the electrons
# of a few eV from the outermost shells or do not.
@pytest.mark.parametrize(("name", "number"), [("In-111", 7.43), ("I-125", 23.0), ("Tb-161", 11.0)])
def test_number_per_decay(name, number):
    assert auger(name)[0] == pytest.approx(number, rel=0.2)


# ICRP Publication 107: keV of Auger electrons per decay, where the evaluations of the decay itself agree.
@pytest.mark.parametrize(
    ("name", "energy"),
    [
        ("Fe-55", 4.169),
        ("Cu-64", 2.05),
        ("Ga-67", 6.64),
        ("Ge-68", 4.956),
        ("Se-72", 7.45),
        ("Br-77", 5.321),
        ("Zr-89", 4.373),
        ("In-111", 6.883),
        ("Sb-119", 8.863),
        ("I-123", 7.234),
        ("I-124", 4.833),
        ("I-125", 11.96),
        ("Cs-131", 6.35),
        ("Sm-153", 6.023),
        ("Tb-155", 12.585),
        ("Ho-161", 12.875),
        ("Er-165", 7.991),
        ("Lu-177", 1.132),
        ("Re-188", 0.999),
        ("Pb-203", 11.718),
        ("At-211", 5.853),
    ],
)
def test_energy_per_decay(name, energy):
    assert auger(name)[1] == pytest.approx(energy, rel=0.04)


def test_energy_per_decay_of_tb161():
    # 11 % below ICRP-107, as are the gammas of UKDD-12 of the same transitions (48.9 keV: 15.6 per 100; 17.0).
    assert auger("Tb-161")[1] == pytest.approx(8.94, rel=0.15)


# Capture to the ground state leaves the binding energies of the K, L and M shell (keV, EADL97), each by its share of
# the captures (from memory of the usual tables).
@pytest.mark.parametrize(
    ("name", "shares", "binding"),
    [
        ("Cs-131", (0.835, 0.130, 0.028), (34.556, 5.29, 1.09)),
        ("Ge-68", (0.862, 0.114, 0.022), (10.37, 1.28, 0.16)),
        ("Fe-55", (0.885, 0.098, 0.016), (6.539, 0.77, 0.08)),
    ],
)
def test_capture_gives_off_the_binding_energies(name, shares, binding):
    nuclide = Nuclide(name)
    found = sum(nuclide.mean_energy(kind) for kind in ("x", "auger")) / KEV
    expected = sum(share * energy for share, energy in zip(shares, binding, strict=True))
    assert found == pytest.approx(expected, rel=0.015)


def test_conversion_and_auger_electrons_are_apart():
    # In-111: K conversion of the 171.28 and 245.35 keV transitions in cadmium (26.71 keV) is no Auger electron.
    lines = Nuclide("In-111").emissions("conversion")
    for energy in (171.28 - 26.71, 245.35 - 26.71):
        assert any(abs(line.energy / KEV - energy) < 0.3 for line in lines)
    for name in known_nuclides():
        auger_lines = Nuclide(name).emissions("auger")
        assert all(line.energy < 110 * KEV for line in auger_lines), name
        assert all(math.isfinite(line.energy) and line.intensity > 0 for line in auger_lines), name
        assert all(line.energy > 0.05 * KEV for line in Nuclide(name).emissions("conversion")), name
