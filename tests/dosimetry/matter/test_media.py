"""Media against the constants of NIST and against what a composition must be; ranges of alpha particles in them."""

import numpy as np
import pytest

from ferrotope.dosimetry.matter.media import MEDIA, Medium, atomic_mass, electrons_per_mass_unit, medium
from ferrotope.dosimetry.matter.ranges import alpha_csda_range
from ferrotope.errors import InputError
from ferrotope.units.constants import ELEMENTARY_CHARGE, MEV


# Z/A and density (g/cm3): J. H. Hubbell and S. M. Seltzer, NISTIR 5632, tables 1 and 2, doi:10.18434/T4D01F.
@pytest.mark.parametrize(
    ("name", "ratio", "density"),
    [
        ("water", 0.55508, 1.0), ("soft_tissue_icru44", 0.54996, 1.06), ("muscle", 0.55000, 1.05),
        ("bone", 0.51478, 1.92), ("lung", 0.55048, 1.05), ("adipose", 0.55579, 0.95), ("blood", 0.54999, 1.06),
        ("brain", 0.55239, 1.04), ("air", 0.49919, 1.205e-3), ("gold", 0.40108, 19.32),
    ],
)  # fmt: skip
def test_electrons_per_mass_and_density_are_those_of_nist(name, ratio, density):
    assert electrons_per_mass_unit(medium(name)) == pytest.approx(ratio, abs=3e-5)
    assert medium(name).density == pytest.approx(density * 1e3)


def test_bragg_additivity_gives_the_excitation_energy_that_estar_lists_for_ferric_oxide():
    # ESTAR, NIST Standard Reference Database 124, material "ferric oxide": I = 227.3 eV.
    assert MEDIA["maghemite"].mean_excitation_energy / ELEMENTARY_CHARGE == pytest.approx(227.3, abs=0.1)
    assert MEDIA["magnetite"].composition[26] == pytest.approx(0.7236, abs=1e-4)  # 3 x 55.845 of 231.53


def test_fractions_add_up_and_another_density_keeps_them():
    for one in MEDIA.values():
        assert sum(one.composition.values()) == pytest.approx(1.0, abs=1e-12)
    assert medium("lung", 260.0).composition == MEDIA["lung"].composition
    assert medium("lung", 260.0).density == 260.0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: medium("watr"), "Did you mean 'water'"),
        (lambda: medium("lung", 0.0), "density"),
        (lambda: Medium("x", {1: 0.5}, 1000.0, 1e-17), "add up to 1"),
        (lambda: Medium("x", {43: 1.0}, 1000.0, 1e-17), "not tabulated"),
        (lambda: Medium("x", {1: 1.5, 8: -0.5}, 1000.0, 1e-17), "positive"),
        (lambda: Medium("x", {1: 1.0}, float("nan"), 1e-17), "density"),
        (lambda: Medium("x", {}, 1000.0, 1e-17), "composition"),
        (lambda: atomic_mass(2), "not tabulated"),
    ],
)
def test_impossible_media_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        wrong()


# CSDA ranges (g/cm2) of ASTAR, NIST Standard Reference Database 124, doi:10.18434/T4NC7P, at energies (MeV) between the
# nodes of our table of ratios; the first row is water.
ASTAR = {
    "water": {0.75: 4.8133e-4, 5.5: 4.3438e-3, 7.0: 6.3297e-3, 9.0: 9.5002e-3},
    "soft_tissue": {0.75: 4.6910e-4, 5.5: 4.3580e-3, 7.0: 6.3605e-3, 9.0: 9.5570e-3},  # striated muscle
    "adipose": {0.75: 3.8471e-4, 5.5: 4.0283e-3, 7.0: 5.9157e-3, 9.0: 8.9332e-3},
    "bone": {0.75: 5.3534e-4, 5.5: 5.0947e-3, 7.0: 7.4192e-3, 9.0: 1.1114e-2},
    "air": {0.75: 5.4331e-4, 5.5: 5.0477e-3, 7.0: 7.3512e-3, 9.0: 1.1015e-2},
    "gold": {0.75: 3.3324e-3, 5.5: 1.9713e-2, 7.0: 2.6853e-2, 9.0: 3.7625e-2},
}


# Adipose tissue and bone are there those of ICRP, with Z/A = 0.55847, I = 63.2 eV and 0.52130, 106.4 eV.
@pytest.mark.parametrize(
    ("name", "longer"), [("soft_tissue", 1.0), ("adipose", 1.011), ("bone", 1.028), ("air", 1.0), ("gold", 1.0)]
)
def test_alpha_ranges_have_the_ratios_of_astar(name, longer):
    for energy, range_in in ASTAR[name].items():
        ratio = alpha_csda_range(energy * MEV, name) / alpha_csda_range(energy * MEV)
        assert ratio == pytest.approx(longer * range_in / ASTAR["water"][energy], rel=0.008)


# Bethe theory, which shares only I and Z/A: the stopping power of the medium over that of water between 7 and 9 MeV.
# Shell corrections are left out.
@pytest.mark.parametrize("name", ["soft_tissue", "muscle", "adipose", "bone", "air"])
def test_alpha_ranges_between_7_and_9_mev_are_those_of_the_bethe_theory(name):
    gamma = 1 + 8.0 / 3727.379
    beta2 = 1 - 1 / gamma**2
    number = [
        electrons_per_mass_unit(medium(one))
        * (np.log(2 * 510998.95 * beta2 * gamma**2 * ELEMENTARY_CHARGE / MEDIA[one].mean_excitation_energy) - beta2)
        for one in (name, "water")
    ]
    rise = [alpha_csda_range(9 * MEV, one) - alpha_csda_range(7 * MEV, one) for one in (name, "water")]
    assert rise[1] / rise[0] == pytest.approx(number[0] / number[1], rel=0.008)


def test_every_medium_has_alpha_ranges_and_others_are_refused():
    for name in MEDIA:
        assert alpha_csda_range(5.5 * MEV, name) > 0
    with pytest.raises(InputError, match="Did you mean 'bone'"):
        alpha_csda_range(5.5 * MEV, "bones")
