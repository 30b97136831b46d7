"""Numbers of the scanners that test_tables.py leaves open: resolutions, transmissions and their spread."""

import math

import pytest

from ferrotope.imaging.scanners import scanner, scanner_names


def attenuation(keV):
    """Water, 1/mm: NIST SRD 126 (doi:10.18434/T4D01F), mu/rho in cm2/g, log-log between the neighbours."""
    table = {100: 0.1707, 150: 0.1505, 500: 0.09687, 600: 0.08956}
    low = max(energy for energy in table if energy <= keV)
    high = min(energy for energy in table if energy > keV)
    slope = math.log(table[high] / table[low]) / math.log(high / low)
    return 0.1 * table[low] * (keV / low) ** slope


@pytest.mark.parametrize(
    ("name", "mm"),
    [
        ("biograph-mct-flow", 4.33),  # table 6 of doi:10.1038/s41598-019-51898-z: 4.33, 4.33 and 4.25 mm
        ("inveon-pet", (1.56 * 1.62 * 2.12) ** (1 / 3)),  # another Inveon, doi:10.1088/0031-9155/54/8/007
        ("inveon-spect", 0.84),  # doi:10.1007/s00259-010-1683-y, abstract
        ("u-spect6", 0.6),  # Sci Rep 2022;12:18161, abstract: rods discernible
        ("symbia-lehr", 11.0),  # ours
    ],
)
def test_resolution(name, mm):
    assert scanner(name).resolution.number == pytest.approx(1e-3 * mm, rel=0.015)


def test_sensitivity_of_inveon_pet():
    sensitivity = scanner("inveon-pet").sensitivity.number
    # Korean J Med Phys 2010;21:145, abstract: 6.61 %
    assert sensitivity == pytest.approx(0.0661, rel=1e-3)
    # doi:10.1088/0031-9155/54/8/007, abstract: 7.2 % in a narrower window and another build
    assert sensitivity == pytest.approx(0.072, rel=0.1)


def test_transmission_by_water():
    # PET: both photons together cross the whole diameter, of the NEMA NU 4 phantoms (mouse 25 mm, rat 50 mm: the mean)
    # or of a person. SPECT: half of it.
    pet, spect = attenuation(511), attenuation(140.5)
    assert pet == pytest.approx(0.0096, rel=0.01)
    small = (math.exp(-pet * 25) + math.exp(-pet * 50)) / 2
    assert scanner("inveon-pet").transmission.number == pytest.approx(small, rel=0.02)
    assert scanner("biograph-mct-flow").transmission.number == pytest.approx(math.exp(-pet * 220), rel=0.02)
    assert scanner("symbia-lehr").transmission.number == pytest.approx(math.exp(-spect * 90), rel=0.02)
    for name in ("inveon-spect", "u-spect6"):
        assert scanner(name).transmission.number == pytest.approx(math.exp(-spect * 12), rel=0.03)


def test_assumed_spreads():
    # ours: that of the subjects' size
    spreads = {name: scanner(name).transmission.standard_deviation for name in scanner_names()}
    assert spreads == pytest.approx(
        {"inveon-pet": 0.1, "biograph-mct-flow": 0.05, "inveon-spect": 0.07, "u-spect6": 0.07, "symbia-lehr": 0.1},
        rel=0.01,
    )
    assert scanner("symbia-lehr").resolution.standard_deviation == pytest.approx(2e-3, rel=0.01)
