"""Mean energies of every nuclide and of alpha chains against ICRP Publication 107, exceptions with their reasons."""

import pytest

from ferrotope.nuclides import Nuclide, chain_weights, known_nuclides
from ferrotope.units.constants import MEV

# ICRP Publication 107 (Ann ICRP 2008;38(3)), sums over the lines of its RAD file: alpha (recoil apart), beta,
# conversion and Auger electrons, MeV per decay. With Zr-89, Br-77, Tm-167, Lu-177m and Hg-197m it counts the isomer
# that follows.
ICRP_107 = [
    ("F-18", 0, 0.24161, 0),
    ("Sc-44", 0, 0.59583, 0.000243),
    ("Sc-44m", 0, 0, 0.03278),
    ("Sc-47", 0, 0.16193, 0.000487),
    ("Mn-52", 0, 0.071719, 0.003331),
    ("Mn-52m", 0, 1.1317, 0.000416),
    ("Co-55", 0, 0.42984, 0.001356),
    ("Fe-59", 0, 0.11763, 0.000251),
    ("Cu-64", 0, 0.1227, 0.002051),
    ("Cu-67", 0, 0.13589, 0.01449),
    ("Ga-67", 0, 0, 0.03634),
    ("Ga-68", 0, 0.73738, 0.00056),
    ("Ge-68", 0, 0, 0.004956),
    ("Ge-69", 0, 0.11619, 0.004115),
    ("As-72", 0, 1.0261, 0.01478),
    ("Se-72", 0, 0, 0.02275),
    ("Y-86", 0, 0.21194, 0.005939),
    ("Zr-89", 0, 0.089937, 0.01201),
    ("Y-90", 0, 0.9329, 0.000202),
    ("Sr-90", 0, 0.19573, 0),
    ("Tc-99m", 0, 4e-06, 0.01619),
    ("Mo-99", 0, 0.38939, 0.003497),
    ("In-111", 0, 0, 0.03482),
    ("I-123", 0, 0, 0.02819),
    ("I-124", 0, 0.18727, 0.007019),
    ("I-125", 0, 0, 0.01924),
    ("I-131", 0, 0.18187, 0.00998),
    ("Tb-149", 0.66272, 0.051851, 0.03521),
    ("Sm-153", 0, 0.22357, 0.04631),
    ("Tb-161", 0, 0.15426, 0.04823),
    ("Er-165", 0, 0, 0.007991),
    ("Ho-166", 0, 0.66499, 0.03135),
    ("Lu-177", 0, 0.13327, 0.01465),
    ("Lu-177m", 0, 0.031852, 0.2369),
    ("Re-186", 0, 0.32067, 0.01557),
    ("Re-188", 0, 0.76262, 0.01673),
    ("Au-198", 0, 0.31222, 0.01548),
    ("At-211", 2.4524, 0, 0.005945),
    ("Po-211", 7.4421, 0, 0.000181),
    ("Bi-207", 0, 0.000154, 0.1191),
    ("Pb-212", 0, 0.10171, 0.07492),
    ("Bi-212", 2.1745, 0.49291, 0.01165),
    ("Po-212", 8.7851, 0, 0),
    ("Tl-208", 0, 0.55705, 0.05429),
    ("Bi-213", 0.12218, 0.42482, 0.01923),
    ("Po-213", 8.3765, 0, 1e-06),
    ("Tl-209", 0, 0.6554, 0.03215),
    ("Pb-209", 0, 0.19744, 0),
    ("Ra-223", 5.6666, 0, 0.0781),
    ("Rn-219", 6.7544, 0, 0.006836),
    ("Po-215", 7.386, 0, 6e-06),
    ("Pb-211", 0, 0.44969, 0.004558),
    ("Bi-211", 6.549, 0.000478, 0.009554),
    ("Tl-207", 0, 0.49512, 5.6e-05),
    ("Ac-225", 5.7872, 0, 0.02476),
    ("Fr-221", 6.3036, 0, 0.008908),
    ("At-217", 7.068, 0, 8.1e-05),
    ("Th-227", 5.8827, 0, 0.07547),
    ("Th-228", 5.3991, 0, 0.02102),
    ("Ra-224", 5.6733, 0, 0.002329),
    ("Rn-220", 6.2875, 0, 1.4e-05),
    ("Po-216", 6.7784, 0, 0),
    ("Fe-52", 0, 0.18854, 0.003156),
    ("Fe-55", 0, 0, 0.004169),
    ("Ti-44", 0, 0, 0.01081),
    ("Pb-203", 0, 0, 0.05296),
    ("Eu-149", 0, 0, 0.02411),
    ("Gd-149", 0, 5e-06, 0.06859),
    ("Ce-134", 0, 0, 0.007196),
    ("La-134", 0, 0.76209, 0.002661),
    ("Tb-152", 0, 0.22021, 0.03012),
    ("Tb-155", 0, 0, 0.04341),
    ("Cs-131", 0, 0, 0.00635),
    ("Sb-119", 0, 0, 0.02583),
    ("Rh-103m", 0, 0, 0.03769),
    ("Pt-195m", 0, 0, 0.1845),
    ("Hg-197m", 0, 0, 0.217),
    ("Ho-161", 0, 0, 0.0336),
    ("Er-169", 0, 0.099606, 0.003859),
    ("Tm-167", 0, 0, 0.1332),
    ("I-120", 0, 1.1628, 0.005206),
    ("Br-76", 0, 0.64611, 0.003606),
    ("Br-77", 0, 0.001124, 0.008256),
    ("Rb-82", 0, 1.4108, 0.000387),
    ("O-15", 0, 0.73469, 0),
    ("N-13", 0, 0.49086, 0),
    ("C-11", 0, 0.38472, 0),
]
WITH_ISOMER = ("Zr-89", "Br-77", "Tm-167", "Lu-177m", "Hg-197m")
# Energies below this (MeV per decay) do not count: traces on which all evaluations differ.
TRACE = {"alpha": 1e-6, "beta": 2e-4, "electrons": 1e-4}
EXCEPTIONS = {
    ("Tb-152", "beta"): (0.05, "ENSDF 2023 has 20.3 positrons per 100 decays, ENDF/B-VII.1 17.0"),
    ("Co-55", "electrons"): (0.16, "1.2 keV: UKDD-12 lacks the conversion of the 931 keV transition"),
    ("Br-76", "electrons"): (0.35, "2.4 keV: UKDD-12 lacks conversion electrons"),
    ("Tl-208", "electrons"): (0.35, "ENDF/B-VII.1 has 0.0366 MeV, as here; ICRP-107 stands alone"),
    # Q less mean alpha and recoil leaves 0.139 MeV for levels and shells of the daughter. ICRP-107 gives them 0.207,
    # ENDF/B-VII.1 0.220, ENSDF 2023 with its conversion coefficients 0.186, UKDD-12 as here 0.171: no reason for more.
    ("Th-227", "electrons"): (0.33, "all evaluations emit more than the Q value; UKDD-12 comes closest to it"),
}


def emitted(name):
    weights = chain_weights(name, "prompt") if name in WITH_ISOMER else {name: 1.0}
    energies = [(share, Nuclide(member).mean_energies()) for member, share in weights.items()]

    def total(*radiations):
        return sum(share * energy[radiation] for share, energy in energies for radiation in radiations) / MEV

    return {"alpha": total("alpha"), "beta": total("beta-", "beta+"), "electrons": total("conversion", "auger")}


@pytest.mark.parametrize(("name", "alpha", "beta", "electrons"), ICRP_107)
def test_mean_energies(name, alpha, beta, electrons):
    found = emitted(name)
    for kind, expected, bar in (("alpha", alpha, 0.02), ("beta", beta, 0.02), ("electrons", electrons, 0.15)):
        tolerance = EXCEPTIONS.get((name, kind), (bar,))[0]
        if max(found[kind], expected) > TRACE[kind]:
            assert found[kind] == pytest.approx(expected, rel=tolerance), kind


def test_exceptions_are_still_needed():
    for name, kind in EXCEPTIONS:
        (row,) = [row for row in ICRP_107 if row[0] == name]
        expected = dict(zip(("alpha", "beta", "electrons"), row[1:], strict=True))[kind]
        bar = 0.15 if kind == "electrons" else 0.02
        assert abs(emitted(name)[kind] / expected - 1) > bar, (name, kind)


def test_no_nuclide_is_left_out():
    # Not in ICRP-107 under these names, or last members of chains.
    rest = {"Y-89m", "Se-77m", "Er-167m", "Hf-177m", "Au-197m", "Hg-197", "Tc-99", "Cd-111m", "Xe-131m", "Sm-145"}
    rest |= {"Pm-145", "Eu-145", "Dy-165", "Dy-166", "Ho-166m", "W-188"}
    assert {row[0] for row in ICRP_107} | rest == set(known_nuclides())


# ICRP Publication 107 energies and branching, MeV per decay of the parent with all daughters: alpha, recoil, beta,
# conversion and Auger electrons, photons.
@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ("Ac-225", (27.481, 0.513, 0.6359, 0.0537, 0.2193)),
        ("Ra-223", (26.377, 0.496, 0.9439, 0.0991, 0.3141)),
        ("Th-227", (32.259, 0.602, 0.9439, 0.1746, 0.4458)),
        ("Pb-212", (7.802, 0.150, 0.7948, 0.1061, 1.4565)),
        ("At-211", (6.784, 0.131, 0.0, 0.0060, 0.0414)),
        ("Bi-213", (8.324, 0.159, 0.636, 0.0199, 0.1726)),
    ],
)
def test_chain_totals(parent, expected):
    groups = (("alpha",), ("recoil",), ("beta-", "beta+"), ("conversion", "auger"), ("gamma", "x", "annihilation"))
    weights = chain_weights(parent, "equilibrium")
    for radiations, energy, bar in zip(groups, expected, (0.005, 0.005, 0.015, 0.25, 0.06), strict=True):
        found = sum(
            share * Nuclide(member).mean_energy(radiation)
            for member, share in weights.items()
            for radiation in radiations
        )
        assert found / MEV == pytest.approx(energy, rel=bar), radiations
