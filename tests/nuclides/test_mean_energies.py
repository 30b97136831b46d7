"""Mean energies per decay against other evaluations and against the energy that a decay has to give."""

import math

import pytest

from ferrotope.errors import InputError
from ferrotope.nuclides import RADIATIONS, Nuclide, chain_energies
from ferrotope.units.constants import AVOGADRO, ELECTRON_MASS, MEV, SPEED_OF_LIGHT

KEV = 1e-3 * MEV


def mean(name, *radiations):
    return sum(Nuclide(name).mean_energy(radiation) for radiation in radiations) / MEV


# ENDF/B-VII.1 decay sublibrary (NNDC 2011): sums over its lines, MeV per decay.
@pytest.mark.parametrize(
    ("name", "energy"),
    [
        ("Tb-149", 0.662672),
        ("At-211", 2.453726),
        ("Po-211", 7.442485),
        ("Bi-212", 2.175339),
        ("Po-212", 8.78486),
        ("Bi-213", 0.122167),
        ("Po-213", 8.376266),
        ("Ra-223", 5.66527),
        ("Rn-219", 6.754623),
        ("Po-215", 7.387785),
        ("Bi-211", 6.54883),
        ("Ac-225", 5.775816),
        ("Fr-221", 6.356304),
        ("At-217", 7.063469),
        ("Th-227", 5.90113),
        ("Th-228", 5.403676),
        ("Ra-224", 5.673164),
        ("Rn-220", 6.287463),
        ("Po-216", 6.778285),
    ],
)
def test_alpha(name, energy):
    assert mean(name, "alpha") == pytest.approx(energy, rel=0.01)


@pytest.mark.parametrize(
    ("name", "energy"),
    [
        ("Sc-47", 0.161971),
        ("Fe-59", 0.117502),
        ("Cu-64", 0.073408),
        ("Y-90", 0.932814),
        ("Mo-99", 0.389626),
        ("I-131", 0.181849),
        ("Sm-153", 0.223556),
        ("Tb-161", 0.15581),
        ("Ho-166", 0.665459),
        ("Er-169", 0.099783),
        ("Lu-177", 0.134946),
        ("Lu-177m", 0.032085),
        ("Re-186", 0.320953),
        ("Re-188", 0.761613),
        ("Au-198", 0.312272),
        ("Pb-212", 0.100219),
        ("Bi-212", 0.493917),
        ("Tl-208", 0.559466),
        ("Bi-213", 0.423969),
        ("Tl-209", 0.65544),
        ("Pb-209", 0.19735),
        ("Pb-211", 0.445532),
        ("Tl-207", 0.491586),
    ],
)
def test_beta_minus(name, energy):
    # Lu-177m: branching 0.773 (ENSDF 2023) against 0.786.
    assert mean(name, "beta-") == pytest.approx(energy, rel=0.02)


def test_beta_minus_of_cu67_follows_the_newer_q_value():
    # 561.7 keV (ENSDF 2023). ENDF/B-VII.1 (0.1412) and UKDD-12 (0.1409) have 577 keV.
    assert mean("Cu-67", "beta-") == pytest.approx(0.1412 * 561.7 / 577.0, rel=0.02)


@pytest.mark.parametrize(
    ("name", "energy"),
    [
        ("F-18", 0.241602),
        ("Sc-44", 0.595786),
        ("Mn-52", 0.071573),
        ("Fe-52", 0.188666),
        ("Co-55", 0.431122),
        ("Cu-64", 0.048964),
        ("Ga-68", 0.739428),
        ("Ge-69", 0.116277),
        ("As-72", 1.02576),
        ("Y-86", 0.212254),
        ("Zr-89", 0.090197),
        ("I-124", 0.185759),
        ("Tb-149", 0.051506),
    ],
)
def test_beta_plus(name, energy):
    # Left out: Tb-152, where ENDF/B-VII.1 and UKDD-12 have 0.183 (17.0 positrons per 100 decays) and ENSDF 2023 0.231
    # (20.3); Mn-52m, 1.114 there and 1.152 here.
    assert mean(name, "beta+") == pytest.approx(energy, rel=0.02)


# Left out: Ac-225 (evaluations 0.025 to 0.039, here 0.028 MeV), Po-213, Po-215 and At-217 (below 0.1 keV), Co-55
# (1.38 keV, here 1.15, beside 431 keV of positrons), Er-169 (own test).
@pytest.mark.parametrize(
    ("name", "energy"),
    [
        ("Sc-47", 0.000489),
        ("Mn-52", 0.00345),
        ("Mn-52m", 0.000416),
        ("Fe-55", 0.004201),
        ("Cu-64", 0.002056),
        ("Cu-67", 0.014395),
        ("Ga-67", 0.035914),
        ("Ga-68", 0.000559),
        ("Ge-68", 0.005006),
        ("Ge-69", 0.004168),
        ("Y-86", 0.00566),
        ("Zr-89", 0.004186),
        ("Y-90", 0.000201),
        ("Tc-99m", 0.015745),
        ("In-111", 0.034261),
        ("I-123", 0.02776),
        ("I-124", 0.007216),
        ("I-125", 0.018436),
        ("I-131", 0.009841),
        ("Sm-153", 0.043664),
        ("Tb-149", 0.033521),
        ("Tb-152", 0.027808),
        ("Tb-155", 0.040415),
        ("Tb-161", 0.045158),
        ("Er-165", 0.008274),
        ("Ho-166", 0.028461),
        ("Lu-177", 0.013228),
        ("Lu-177m", 0.047806),
        ("Re-186", 0.015228),
        ("Re-188", 0.015836),
        ("Au-198", 0.015279),
        ("At-211", 0.005461),
        ("Pb-212", 0.07088),
        ("Bi-212", 0.010744),
        ("Bi-213", 0.017614),
        ("Ra-223", 0.067934),
        ("Fr-221", 0.008255),
        ("Th-227", 0.058314),
        ("Bi-211", 0.00912),
        ("Tl-208", 0.036586),
    ],
)
def test_conversion_and_auger(name, energy):
    assert mean(name, "conversion", "auger") == pytest.approx(energy, rel=0.15)


def test_er169_has_the_m_shell():
    # ENDF/B-VII.1: 2.910 keV of electrons without the Auger electrons that fill the M shell, 0.336 times 2.31 keV.
    assert mean("Er-169", "conversion", "auger") * 1e3 == pytest.approx(2.910 + 0.336 * 2.307, rel=0.04)


# Energy of an isomeric transition (keV, ENSDF 2023; Y-89m: ENDF/B-VII.1): nothing leaves unseen.
@pytest.mark.parametrize(
    ("name", "energy"),
    [("Y-89m", 908.96), ("Tc-99m", 142.683), ("Cd-111m", 396.16), ("Xe-131m", 163.93), ("Hf-177m", 1315.45)],
)
def test_isomers_give_all_their_energy(name, energy):
    tolerance = 0.02 if name == "Cd-111m" else 0.01
    assert sum(Nuclide(name).mean_energies().values()) / KEV == pytest.approx(energy, rel=tolerance)


# Q values of alpha decay (keV, ENSDF 2023): alpha, recoil and what the daughter gives off until its ground state.
@pytest.mark.parametrize(
    ("name", "energy"),
    [
        ("Po-211", 7594.5),
        ("Po-212", 8954.12),
        ("Po-213", 8536.1),
        ("Po-215", 7526.3),
        ("Po-216", 6906.4),
        ("At-217", 7201.4),
        ("Rn-219", 6946.1),
        ("Rn-220", 6404.67),
        ("Fr-221", 6457.7),
        ("Ra-223", 5978.99),
        ("Ra-224", 5788.87),
        ("Ac-225", 5935.1),
        ("Th-227", 6146.43),
        ("Th-228", 5520.15),
    ],
)
def test_alpha_decay_gives_its_q_value(name, energy):
    tolerance = 0.008 if name == "Th-227" else 0.0025
    assert sum(Nuclide(name).mean_energies().values()) / KEV == pytest.approx(energy, rel=tolerance)


def test_capture_leaves_the_binding_energy():
    # Er-165 decays to the ground state alone: what is emitted is the binding energy of the captured electron.
    # ENDF/B-VII.1: 37.94 keV X rays and 8.27 keV electrons.
    assert sum(Nuclide("Er-165").mean_energies().values()) / KEV == pytest.approx(37.94 + 8.27, rel=0.015)
    assert sum(Nuclide("Ge-68").mean_energies().values()) / KEV == pytest.approx(4.116 + 5.006, rel=0.02)


def test_recoil_is_apart_and_follows_from_momentum():
    # ICRP-107 and the table of UKDD-12 give 8.536 MeV for Po-213 with the recoil in it.
    nuclide = Nuclide("Po-213")
    (line,) = [one for one in nuclide.emissions("alpha") if one.intensity > 0.5]
    assert line.energy / MEV == pytest.approx(8.376, abs=0.001)
    momentum_energy = line.energy * 4.0015 / 209.0
    assert nuclide.mean_energy("recoil") == pytest.approx(momentum_energy, rel=1e-3)
    for name in ("Lu-177", "F-18"):
        assert Nuclide(name).mean_energy("recoil") == 0


def test_annihilation_is_two_photons_a_positron():
    for name in ("F-18", "Cu-64", "Zr-89", "I-124"):
        nuclide = Nuclide(name)
        positrons = sum(line.intensity for line in nuclide.emissions("beta+"))
        assert nuclide.mean_energy("annihilation") == pytest.approx(2 * positrons * ELECTRON_MASS * SPEED_OF_LIGHT**2)
        assert all(abs(line.energy / KEV - 511) > 0.5 for line in nuclide.emissions("x"))
    assert Nuclide("Cu-64").mean_energy("annihilation") / MEV == pytest.approx(2 * 0.1752 * 0.511, rel=0.01)


def test_positron_energy_is_not_the_transition_energy():
    (line,) = Nuclide("F-18").emissions("beta+")
    assert line.endpoint / KEV == pytest.approx(633.5, abs=0.1)
    assert line.energy / KEV == pytest.approx(249.8, abs=0.1)


def test_prompt_isomer_is_a_daughter_and_not_lost():
    # The 909 keV belong to the isomer of 16 s. ENDF/B-VII.1: 0.0178 MeV of gammas by Zr-89 itself, 0.9013 by Y-89m.
    assert mean("Zr-89", "gamma") == pytest.approx(0.018, abs=0.001)
    both = chain_energies("Zr-89", longest_half_life=60.0)
    assert both["gamma"] / MEV == pytest.approx(0.0178 + 0.9013 * 0.99877, rel=0.003)
    assert chain_energies("Zr-89") == both


def test_mean_energy_is_the_sum_of_its_lines():
    nuclide = Nuclide("Lu-177")
    energies = nuclide.mean_energies()
    assert list(energies) == list(RADIATIONS)
    for radiation in RADIATIONS:
        lines = nuclide.emissions(radiation)
        assert energies[radiation] == nuclide.mean_energy(radiation)
        assert energies[radiation] == pytest.approx(sum(line.energy * line.intensity for line in lines))
    assert nuclide.emissions() == tuple(line for radiation in RADIATIONS for line in nuclide.emissions(radiation))


def test_lines_that_people_know():
    def strongest(name, radiation):
        return max(Nuclide(name).emissions(radiation), key=lambda line: line.intensity)

    # Energies in keV and photons per 100 decays, rounded, from memory of the usual tables.
    for name, energy, intensity in (
        ("Tc-99m", 140.51, 88.9),
        ("Lu-177", 208.37, 10.4),
        ("In-111", 245.35, 94.1),
        ("I-131", 364.49, 81.5),
        ("Cu-64", 1345.77, 0.475),
        ("Bi-213", 440.45, 26.0),
        ("Ho-166", 80.57, 6.6),
    ):
        line = strongest(name, "gamma")
        assert line.energy / KEV == pytest.approx(energy, abs=0.1), name
        assert 100 * line.intensity == pytest.approx(intensity, rel=0.03), name
        assert 0 < line.sd < 0.1 * line.intensity


def test_chain_energies_stop_at_long_lived_daughters():
    # Bi-207 (32 y) after At-211 is left out, Pb-209 (3.2 h) after Bi-213 (46 min) is not.
    assert chain_energies("At-211")["gamma"] < 0.1 * Nuclide("Bi-207").mean_energy("gamma")
    assert chain_energies("At-211", longest_half_life=1e12)["gamma"] > 0.4 * Nuclide("Bi-207").mean_energy("gamma")
    assert chain_energies("Tc-99m") == pytest.approx(Nuclide("Tc-99m").mean_energies())


def test_molar_activity():
    # lambda N_A: I-131 at 8.02 d is 6.0e17 Bq/mol, F-18 6.3e19.
    iodine = Nuclide("I-131")
    assert iodine.molar_activity == pytest.approx(math.log(2) / iodine.half_life * AVOGADRO)
    assert iodine.molar_activity == pytest.approx(6.02e17, rel=0.005)
    assert iodine.half_life / 86400 == pytest.approx(8.0233, rel=5e-4)
    assert 0 < iodine.half_life_sd < 1e-3 * iodine.half_life


def test_unknown_radiation():
    with pytest.raises(InputError, match="'gamma'"):
        Nuclide("Lu-177").mean_energy("gama")
    with pytest.raises(InputError, match="no radiation"):
        Nuclide("Lu-177").emissions("neutron")
