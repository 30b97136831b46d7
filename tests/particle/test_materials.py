"""The table of materials against X-ray cells, Bohr magnetons and bulk constants."""

import math

import pytest

from ferrotope.particle.formula import formula_mass
from ferrotope.particle.materials import Material, material_names
from ferrotope.units.constants import AVOGADRO, ELECTRON_MASS, ELEMENTARY_CHARGE

BOHR_MAGNETON = ELEMENTARY_CHARGE * 1.054571817e-34 / (2 * ELECTRON_MASS)
MATERIALS = {name: Material.model_validate(name) for name in material_names()}

# Volume of the unit cell (angstrom cubed) and formula units in it. Lattice constants: magnetite 8.396, maghemite 8.3515
# (vacancies: 32/3 of Fe2O3), Co 8.3919, Mn 8.499, Ni 8.339 (JCPDS 19-629, 39-1346, 22-1086, 10-319, 10-325), zinc 8.441
# (22-1012, Vegard's law), gold 4.0786; barium ferrite a 5.895 and c 23.199 (Mallick 2007, J Eur Ceram Soc 27:2045).
CELLS = {
    "magnetite": (8.396**3, 8),
    "maghemite": (8.3515**3, 32 / 3),
    "cobalt_ferrite": (8.3919**3, 8),
    "manganese_ferrite": (8.499**3, 8),
    "nickel_ferrite": (8.339**3, 8),
    "zinc_ferrite": ((0.82 * 8.396 + 0.18 * 8.441) ** 3, 8),
    "gold": (4.0786**3, 4),
    "barium_hexaferrite": (5.895**2 * 23.199 * math.sqrt(3) / 2, 2),
}
# Bohr magnetons of a formula unit at 0 K: Smit and Wijn, Ferrites (1959); maghemite by Neel's model, 5 (5/3 - 1) 3/4
MAGNETONS = {
    "magnetite": 4.1,
    "maghemite": 2.5,
    "cobalt_ferrite": 3.7,
    "manganese_ferrite": 4.6,
    "nickel_ferrite": 2.3,
    "barium_hexaferrite": 20.0,
}


def x_ray_density(name):
    volume, units = CELLS[name]
    return units * formula_mass(MATERIALS[name].formula) / AVOGADRO / (volume * 1e-30)


@pytest.mark.parametrize("name", CELLS)
def test_density_by_the_unit_cell(name):
    assert MATERIALS[name].density.number == pytest.approx(x_ray_density(name), rel=0.01)


def test_iron_oxide_lies_between_maghemite_and_magnetite():
    density = MATERIALS["iron_oxide"].density
    assert density.low == pytest.approx(x_ray_density("maghemite"), rel=0.01)
    assert density.high == pytest.approx(x_ray_density("magnetite"), rel=0.01)
    assert density.number == pytest.approx(5100, rel=0.005)  # ours
    assert set(MATERIALS) == {*CELLS, "iron_oxide"}


@pytest.mark.parametrize("name", MAGNETONS)
def test_magnetisation_lies_below_that_of_all_spins(name):
    volume, units = CELLS[name]
    at_0_K = MAGNETONS[name] * BOHR_MAGNETON * units / (volume * 1e-30)
    magnetisation = MATERIALS[name].saturation_magnetisation
    assert 0.5 * at_0_K < magnetisation.number < at_0_K
    assert magnetisation.high < at_0_K


@pytest.mark.parametrize(
    ("name", "end", "per_mass"),
    [
        ("magnetite", "high", 92.0),  # bulk, Cullity and Graham
        ("magnetite", "low", 64.0),  # cores of 10 nm, assumed
        ("maghemite", "high", 80.0),  # bulk below 82 A m2/kg (Cornell and Schwertmann: 60 to 80)
        ("manganese_ferrite", "high", 82.0),  # bulk 80 A m2/kg, Cullity and Graham; the interval goes 2 % beyond
        ("cobalt_ferrite", "high", 80.6),  # doi:10.1016/j.jmmm.2015.10.007, abstract: grains of 83 nm
        ("zinc_ferrite", "number", 59.0),  # doi:10.1016/j.jmmm.2014.11.076, abstract
        ("iron_oxide", "high", 92.0 * 5.17 / 5.1),  # magnetite
    ],
)
def test_magnetisation_by_mass(name, end, per_mass):
    material = MATERIALS[name]
    assert getattr(material.saturation_magnetisation, end) == pytest.approx(
        per_mass * material.density.number, rel=0.02
    )


# kA/m: medians and ends, as in the notes of the table; what has no comment is ours.
@pytest.mark.parametrize(
    ("name", "median", "low", "high"),
    [
        ("magnetite", 446, 330, 480),  # Rosensweig 2002 (doi:10.1016/S0304-8853(02)00706-0)
        ("maghemite", 350, 240, 390),  # bulk 380, Dunlop and Ozdemir 1997
        ("manganese_ferrite", 350, 220, 410),
        ("cobalt_ferrite", 380, 250, 430),  # between 309 and 426, see above
        ("zinc_ferrite", 307, 250, 450),
        ("nickel_ferrite", 240, 150, 280),  # bulk 50 A m2/kg, 269
        ("barium_hexaferrite", 300, 100, 380),  # bulk 382
        ("iron_oxide", 380, 240, 480),  # maghemite to magnetite
    ],
)
def test_magnetisation_pins(name, median, low, high):
    value = MATERIALS[name].saturation_magnetisation
    assert [1e-3 * x for x in (value.number, value.low, value.high)] == pytest.approx([median, low, high], rel=0.01)


# kJ/m3: medians and ends, as in the notes of the table; what has no comment is ours.
@pytest.mark.parametrize(
    ("name", "median", "low", "high"),
    [
        ("magnetite", 23, 11, 41),  # Rosensweig 2002: 23 to 41; cubic 11
        ("maghemite", 10, 4.65, 25),  # cubic 4.65
        ("manganese_ferrite", 5, 2, 15),
        ("cobalt_ferrite", 200, 100, 400),
        ("zinc_ferrite", 15, 5, 30),
        ("nickel_ferrite", 10, 5, 25),
        ("barium_hexaferrite", 320, 100, 340),
        ("iron_oxide", 20, 8, 41),
    ],
)
def test_anisotropy_pins(name, median, low, high):
    value = MATERIALS[name].anisotropy
    assert [1e-3 * x for x in (value.number, value.low, value.high)] == pytest.approx([median, low, high], rel=0.015)


# kJ/m3: cubic constants of single crystals at 300 K, Smit and Wijn 1959 (table of K1), from memory
@pytest.mark.parametrize(
    ("name", "cubic"),
    [("magnetite", 11.0), ("manganese_ferrite", 2.8), ("cobalt_ferrite", 270.0), ("nickel_ferrite", 6.2)],
)
def test_anisotropy_spans_the_cubic_constant(name, cubic):
    value = MATERIALS[name].anisotropy
    assert 0.99 * value.low < 1e3 * cubic < value.high


def test_anisotropy_of_barium_ferrite_by_its_field():
    # mu0 Ha Ms/2 with 17 kOe and 382 kA/m
    assert MATERIALS["barium_hexaferrite"].anisotropy.number == pytest.approx(0.5 * 1.7 * 382e3, rel=0.02)


def test_magnetic_values_hold_at_300_K_and_gold_has_none():
    for name, material in MATERIALS.items():
        if name == "gold":
            assert material.saturation_magnetisation is None
            assert material.anisotropy is None
        else:
            assert material.temperature.number == 300.0
