"""Energy absorbed per decay with the shipped nuclear data, against kernels, sphere tables and a mouse model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.dosimetry import (
    absorbed_energy,
    activity_weights,
    alpha_absorbed_fraction,
    daughter_activity,
    electron_absorbed_fraction,
    emitted_energy,
    family,
    integrate_curve,
    line_spectrum,
    members_of_chain,
    photon_absorbed_fraction,
    point_kernel_absorbed_fraction,
    sphere_radius,
)
from ferrotope.dosimetry.spheres.decay_energy import RADIATIONS
from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide, known_nuclides
from ferrotope.units.constants import ELEMENTARY_CHARGE

ELECTRONS = [RADIATIONS.index(name) for name in ("beta-", "beta+", "conversion", "auger")]
RECOIL = RADIATIONS.index("recoil")


def s_values(name, mass, density=1000.0):
    """mGy/(MBq s) by radiation."""
    return absorbed_energy(name, sphere_radius(mass, density) * density) / mass * 1e9


# Self absorbed fraction of electrons in unit-density spheres, folded from point kernels of whole spectra (beta,
# conversion and Auger above 1 keV) that were computed for this project with EGSnrc (commit 9edee3e). Their spectra are
# of ICRP Publication 107, ours UKDD-12 and ENSDF with computed shapes. Tb-161 differs in the Auger electrons.
@pytest.mark.parametrize(
    ("name", "millimetre", "expected", "tolerance"),
    [
        ("Lu-177", 0.1, 0.2616, 0.008),
        ("Lu-177", 1, 0.8205, 0.002),
        ("Lu-177", 5, 0.9626, 0.001),
        ("Tb-161", 0.2, 0.4857, 0.03),
        ("Tb-161", 1, 0.8336, 0.01),
        ("Tb-161", 5, 0.9652, 0.002),
        ("Y-90", 1, 0.1697, 0.006),
        ("Y-90", 5, 0.6311, 0.004),
        ("I-131", 0.2, 0.2816, 0.02),
        ("I-131", 1, 0.7283, 0.008),
        ("I-131", 5, 0.9423, 0.002),
        ("Cu-64", 0.5, 0.4882, 0.015),
        ("Cu-64", 5, 0.9360, 0.002),
        ("Re-188", 0.1, 0.0291, 0.01),
        ("Re-188", 1, 0.2275, 0.003),
        ("Re-188", 5, 0.6985, 0.003),
        ("Ga-68", 1, 0.2031, 0.006),
        ("Ga-68", 5, 0.6991, 0.003),
    ],
)
def test_electrons_of_a_nuclide_in_a_sphere(name, millimetre, expected, tolerance):
    fraction = absorbed_energy(name, millimetre)[ELECTRONS].sum() / emitted_energy(name)[ELECTRONS].sum()
    assert fraction == pytest.approx(expected, rel=tolerance)


# Radius (mm) of 90 % of the electron energy of a point source, same kernels; Tb-161 is 3 % off for its Auger electrons.
@pytest.mark.parametrize(
    ("name", "x90"),
    [
        ("Lu-177", 0.58),
        ("Tb-161", 0.59),
        ("I-131", 0.84),
        ("Cu-64", 0.91),
        ("F-18", 0.96),
        ("Sm-153", 1.00),
        ("Re-186", 1.79),
        ("Ga-68", 4.12),
        ("Re-188", 4.34),
        ("Y-90", 5.26),
    ],
)
def test_x90_of_a_nuclide(name, x90):
    pairs = [line_spectrum(Nuclide(name), RADIATIONS[row]) for row in ELECTRONS]
    energy, number = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    radius = np.linspace(0.7, 1.3, 241) * x90
    inside = energy * number @ point_kernel_absorbed_fraction(energy[:, None], radius * 1e-3) / np.sum(energy * number)
    assert np.interp(0.9, inside, radius) == pytest.approx(x90, rel=0.03 if name == "Tb-161" else 0.02)


# mGy/(MBq h) of Tb-152 in unit-density spheres by the ellipsoid model of Amato (Geant4), table 3 of Cicone et al.,
# EJNMMI Res 2019;9:53, doi:10.1186/s13550-019-0524-7. OLINDA 2 there lies 3 % below it, 10 % at 0.1 and 0.5 g.
@pytest.mark.parametrize(
    ("gram", "expected"), [(0.1, 752), (0.5, 204), (1, 114), (2, 62.5), (4, 34.0), (6, 23.7), (8, 18.4), (10, 15.1)]
)
def test_tb152_sphere_of_a_published_table(gram, expected):
    assert s_values("Tb-152", gram * 1e-3).sum() * 3600 == pytest.approx(expected, rel=0.05 if gram == 0.1 else 0.02)


# Self-dose of F-18 in the organs of the 30 g mouse (mGy/(MBq s)), table 3 of Keenan et al., J Nucl Med 2010;51:471, a
# voxel model; masses of the same model. Spheres of 1.04 g/cm3 agree within 5 % for compact organs.
@pytest.mark.parametrize(
    ("gram", "expected"),
    [
        pytest.param(0.374, 0.0968, id="kidneys"),
        pytest.param(2.15, 0.0182, id="liver"),
        pytest.param(0.136, 0.256, id="spleen"),
        pytest.param(0.291, 0.127, id="heart"),
        pytest.param(0.568, 0.0671, id="brain"),
        pytest.param(0.197, 0.181, id="testes"),
        pytest.param(0.016, 1.93, id="thyroid"),
    ],
)
def test_f18_in_compact_mouse_organs(gram, expected):
    assert s_values("F-18", gram * 1e-3, 1040.0).sum() == pytest.approx(expected, rel=0.05)


def test_spheres_are_too_hot_for_thin_mouse_organs():
    # Same table: what the validity text of the front function says of lungs and skeleton, and for the pancreas (8 %).
    assert s_values("F-18", 0.107e-3, 300.0).sum() / 0.214 == pytest.approx(1.29, abs=0.02)
    assert s_values("F-18", 0.107e-3, 1000.0).sum() / 0.214 == pytest.approx(1.55, abs=0.02)
    assert s_values("F-18", 2.61e-3, 1040.0).sum() / 0.0123 == pytest.approx(1.27, abs=0.02)
    assert s_values("F-18", 0.378e-3, 1040.0).sum() / 0.0915 == pytest.approx(1.09, abs=0.02)


def test_y90_gives_50_gy_per_gbq_and_kg():
    # 49.67 Gy kg/GBq, complete decay with full absorption: the constant of Y-90 radioembolisation (MIRD model).
    per_decay = emitted_energy("Y-90").sum()
    assert per_decay * 1e9 * Nuclide("Y-90").half_life / np.log(2) == pytest.approx(49.67, rel=0.005)


def test_th227_in_a_bone_sphere():
    """1 MBq of Th-227 in 10 cm3 of cortical bone for 80 days: 110 Gy, 563 Gy with daughters.

    IDAC-Dose 2.1, figure 3 of Andersson et al., EJNMMI Res 2017;7:88, doi:10.1186/s13550-017-0339-3. Recoils are not in
    that program; with them both doses are 1.8 % higher. Density 1.92 g/cm3 (ICRU 46 cortical bone).
    """
    density, mass, end = 1920.0, 19.2e-3, 80 * 86400.0
    members, lingering = members_of_chain(family("Th-227"), {})
    assert not lingering
    thickness = sphere_radius(mass, density) * density
    absorbed = {member.name: absorbed_energy(member.name, thickness) for member in members}
    weights = activity_weights(members)
    time = np.linspace(0, end, 2001)
    thorium = 1e6 * np.exp(-Nuclide("Th-227").decay_constant * time)
    radium = daughter_activity(time, thorium, Nuclide("Ra-223").half_life, 1.0)
    alone = integrate_curve(time, thorium)[-1] * absorbed["Th-227"] / mass
    below = sum(weights[name].get("Ra-223", 0.0) * absorbed[name] for name in absorbed)
    daughters = integrate_curve(time, radium)[-1] * below / mass
    assert alone.sum() - alone[RECOIL] == pytest.approx(110, rel=0.01)
    assert (alone + daughters).sum() - (alone + daughters)[RECOIL] == pytest.approx(563, rel=0.03)
    assert (alone + daughters).sum() == pytest.approx(589, rel=0.01)


@pytest.mark.parametrize("name", known_nuclides())
def test_no_sphere_absorbs_more_than_is_emitted_and_a_large_one_nearly_all(name):
    emitted = emitted_energy(name)
    absorbed = absorbed_energy(name, np.geomspace(1e-3, 1e3, 60))
    assert np.all(absorbed <= emitted * (1 + 1e-9))
    assert np.all(np.diff(absorbed, axis=0) >= -1e-12 * emitted)
    # 10 cm of water keep all electrons but their bremsstrahlung, and all alphas.
    large = absorbed_energy(name, 100.0)
    charged = [*ELECTRONS, RADIATIONS.index("alpha")]
    assert np.all(large[charged] >= 0.94 * emitted[charged])
    assert large[RECOIL] == emitted[RECOIL]


FORMULAS = {"alpha": alpha_absorbed_fraction} | dict.fromkeys(("gamma", "x", "annihilation"), photon_absorbed_fraction)


@given(st.sampled_from(["Y-90", "Lu-177", "F-18", "I-125", "Ac-225", "Zr-89"]), st.floats(0.02, 300))
def test_table_is_the_sum_over_lines_and_spectra(name, thickness):
    absorbed = absorbed_energy(name, thickness)
    for row, radiation in enumerate(RADIATIONS):
        energy, number = line_spectrum(Nuclide(name), radiation)
        if radiation == "recoil" or not energy.size:
            continue
        fraction = FORMULAS.get(radiation, electron_absorbed_fraction)(energy, thickness / 1000)
        assert absorbed[row] == pytest.approx(np.sum(energy * number * fraction), rel=1e-3)


def test_long_lived_daughters_are_left_out_and_what_follows_them():
    members, lingering = members_of_chain(family("At-211"), {})
    assert [member.name for member in members] == ["At-211", "Po-211"]
    assert [member.name for member in lingering] == ["Bi-207"]
    members, lingering = members_of_chain(family("Tb-149"), {})
    assert "Gd-149" in [member.name for member in lingering]
    assert "Gd-149" not in [member.name for member in members]


def test_ac225_chain_ends_with_four_alphas_a_decay():
    members, _ = members_of_chain(family("Ac-225"), {})
    alphas = sum(
        member.decays * sum(line.intensity for line in Nuclide(member.name).emissions("alpha")) for member in members
    )
    assert alphas == pytest.approx(4.0, abs=0.01)


def test_retention_multiplies_along_the_chain():
    whole, _ = members_of_chain(family("Ac-225"), {})
    half, _ = members_of_chain(family("Ac-225"), {"Fr-221": 0.5, "Bi-213": 0.5})
    ratio = {a.name: a.decays / b.decays for a, b in zip(half, whole, strict=True)}
    assert ratio == pytest.approx(
        {"Ac-225": 1, "Fr-221": 0.5, "At-217": 0.5, "Bi-213": 0.25, "Po-213": 0.25, "Tl-209": 0.25, "Pb-209": 0.25}
    )


def test_wrong_daughters_are_refused():
    with pytest.raises(InputError, match="not a daughter"):
        members_of_chain(family("Ac-225"), {"Ra-223": 0.5})
    with pytest.raises(InputError, match="fraction"):
        members_of_chain(family("Ac-225"), {"Fr-221": 1.5})


def test_recoil_is_kept_apart_and_local():
    # Po-213: 8.376 MeV alpha, recoil 4/209 of it.
    energy = emitted_energy("Po-213") / ELEMENTARY_CHARGE * 1e-6
    assert energy[RADIATIONS.index("alpha")] == pytest.approx(8.376, rel=1e-3)
    assert energy[RECOIL] == pytest.approx(8.376 * 4 / 209, rel=2e-3)
    assert absorbed_energy("Po-213", 1e-3)[RECOIL] == emitted_energy("Po-213")[RECOIL]
