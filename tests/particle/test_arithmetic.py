"""Particle arithmetic against hand calculation and against sampling of the size distribution."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.errors import InputError
from ferrotope.particle import Material, Particle, arithmetic, material_names
from ferrotope.particle.arithmetic import iron_atoms, lognormal_moment, particle_mass, sphere_volume
from ferrotope.particle.formula import composition, mass_fraction
from ferrotope.particle.nouns import lognormal_from_moments


def sphere(diameter="10 nm", **core):
    return Particle(core={"material": "magnetite", "diameter": diameter, "sigma_g": 1.0, **core})


def test_monodisperse_10_nm_magnetite():
    """5.17 g/cm3, pi/6 d^3, 231.53 g/mol: 2.707e-18 g, 2.112e4 Fe, 5.105e14 particles per mg Fe, 314.2 nm2."""
    result = arithmetic(sphere())
    assert result.mass * 1e3 == pytest.approx(2.707e-18, rel=2e-4)
    assert result.iron_atoms == pytest.approx(2.112e4, rel=2e-4)
    assert result.particles_per_iron * 1e-6 == pytest.approx(5.105e14, rel=2e-4)
    assert result.surface * 1e18 == pytest.approx(100 * math.pi, rel=1e-9)


def test_monodisperse_20_nm_magnetite():
    """The same for 20 nm: 1.690e5 Fe, 6.38e13 per mg Fe, 1257 nm2."""
    result = arithmetic(sphere("20 nm"))
    assert result.iron_atoms == pytest.approx(1.690e5, rel=4e-4)
    assert result.particles_per_iron * 1e-6 == pytest.approx(6.38e13, rel=4e-4)
    assert result.surface * 1e18 == pytest.approx(1257, rel=4e-4)


def test_iron_closes():
    """Atoms times atomic mass is the iron mass; particles per iron times iron per particle is one."""
    result = arithmetic(sphere(sigma_g=1.3))
    assert result.iron_atoms * 55.845e-3 / 6.02214076e23 == pytest.approx(result.iron, rel=1e-12)
    assert result.iron * result.particles_per_iron == pytest.approx(1.0)


@given(st.floats(2, 50), st.floats(1.0, 1.6))
def test_moments_against_quadrature(median, sigma_g):
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    diameters = median * np.exp(np.log(sigma_g) * nodes)
    for order in (1, 2, 3):
        assert lognormal_moment(median, sigma_g, order) == pytest.approx((weights * diameters**order).sum(), rel=1e-9)


def test_shell_against_quadrature():
    """Gold mass and surface of a 2 nm shell over a distribution, integrated numerically."""
    particle = Particle(
        core={"material": "magnetite", "diameter": "12 nm", "sigma_g": 1.25},
        shell={"material": "gold", "thickness": "2 nm"},
    )
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    d = 12e-9 * np.exp(np.log(1.25) * nodes)
    result = arithmetic(particle)
    assert result.shell_mass == pytest.approx(
        19300 * (weights * math.pi / 6 * ((d + 4e-9) ** 3 - d**3)).sum(), rel=1e-9
    )
    assert result.surface == pytest.approx((weights * math.pi * (d + 4e-9) ** 2).sum(), rel=1e-9)


def test_dumbbell_adds_a_sphere():
    particle = Particle(
        core={"material": "magnetite", "diameter": "12 nm", "sigma_g": 1.2},
        shell={"material": "gold", "arrangement": "dumbbell", "diameter": "6 nm"},
    )
    assert arithmetic(particle).shell_mass == pytest.approx(particle_mass(6e-9, 19300.0))


def test_tem_spread_becomes_sigma_g_and_not_uncertainty():
    """10.4 nm with SD 1.98 nm: sigma_g 1.21; the median is known to SD/sqrt(n) only."""
    core = Particle(
        core={"material": "magnetite", "diameter_mean": "10.4 nm", "diameter_sd": "1.98 nm", "diameter_count": 200}
    ).core
    assert core.sigma_g.number == pytest.approx(1.21, abs=0.005)
    assert not core.sigma_g.uncertain
    assert core.diameter.standard_deviation == pytest.approx(1.98e-9 / math.sqrt(200), rel=1e-9)
    median, sigma_g = core.diameter.number, core.sigma_g.number
    assert lognormal_moment(median, sigma_g, 1) == pytest.approx(10.4e-9, rel=1e-9)
    variance = lognormal_moment(median, sigma_g, 2) - lognormal_moment(median, sigma_g, 1) ** 2
    assert math.sqrt(variance) == pytest.approx(1.98e-9, rel=1e-9)


def test_sampling_does_not_count_the_spread_twice():
    """The sampled medians scatter by SD/sqrt(n), a tenth of the spread, not by the spread."""
    core = Particle(
        core={"material": "magnetite", "diameter_mean": "10.4 nm", "diameter_sd": "1.98 nm", "diameter_count": 100}
    ).core
    sampled = np.array([core.diameter.quantile((i + 0.5) / 2000) for i in range(2000)])
    assert sampled.std() == pytest.approx(0.198e-9, rel=0.02)


def test_an_unstated_count_is_an_assumption():
    core = Particle(core={"material": "magnetite", "diameter_mean": "10.4 nm", "diameter_sd": "1.98 nm"}).core
    assert "assumed" in core.diameter.note


@given(st.floats(1, 100), st.floats(0.01, 0.9))
def test_moments_round_trip(mean, cv):
    median, sigma_g = lognormal_from_moments(mean, cv * mean)
    assert lognormal_moment(median, sigma_g, 1) == pytest.approx(mean, rel=1e-9)


@pytest.mark.parametrize(
    ("core", "said"),
    [
        ({"material": "magnetite", "diameter": "10 +/- 1 nm"}, "spread between particles"),
        ({"material": "magnetite", "diameter": "3 m"}, "out of range"),
        ({"material": "magnetite", "diameter": "-3 nm"}, "positive"),
        ({"material": "magnetit", "diameter": "3 nm"}, "magnetite"),
        ({"material": "magnetite", "diameter_mean": "10 nm"}, "twice or by halves"),
        (
            {"material": "magnetite", "diameter_mean": "10 nm", "diameter_sd": "2 nm", "sigma_g": 1.2},
            "twice or by halves",
        ),
        ({"material": "magnetite", "diameter_sd": "2 nm"}, "needs their mean"),
        ({"material": "magnetite", "diameter": "5 nm", "sigma_g": 0.5}, "out of range"),
    ],
)
def test_bad_cores_are_refused(core, said):
    with pytest.raises(ValueError, match=said):
        Particle(core=core)


def test_a_stable_or_unknown_nuclide_is_refused():
    for nuclide in ("Fe-56", "Xx-99", "copper"):
        with pytest.raises(ValueError):
            Particle(label={"nuclide": nuclide})


def test_every_material_is_complete_and_sourced():
    for name in material_names():
        material = Material.model_validate(name)
        assert material.density.number > 1000
        for value in (material.density, material.saturation_magnetisation, material.anisotropy):
            if value is not None:
                assert value.source or value.note, (name, value)
                assert value.kind != "assumed" or value.note
    assert Material.model_validate("gold").iron_mass_fraction == 0


def test_iron_fractions():
    """Fe3O4 0.7236, gamma-Fe2O3 0.6994, BaFe12O19 0.6030 from atomic weights."""
    assert mass_fraction("Fe3O4", "Fe") == pytest.approx(0.7236, abs=1e-4)
    assert mass_fraction("Fe2O3", "Fe") == pytest.approx(0.6994, abs=1e-4)
    assert mass_fraction("BaFe12O19", "Fe") == pytest.approx(0.6030, abs=2e-4)
    assert composition("Zn0.4Fe2.6O4") == {"Zn": 0.4, "Fe": 2.6, "O": 4.0}
    for bad in ("", "fe3o4", "Fe3(O4)", "Xx2", "Fe0"):
        with pytest.raises(InputError):
            composition(bad)


def test_a_specific_magnetisation_uses_the_density():
    core = sphere(saturation_magnetisation="60 emu/g").core
    assert core.volume_magnetisation == pytest.approx(60 * 5170)
    assert sphere(saturation_magnetisation="400 kA/m").core.volume_magnetisation == pytest.approx(4e5)


def test_sphere_formulas_broadcast():
    assert sphere_volume(np.array([1.0, 2.0])) == pytest.approx([math.pi / 6, 8 * math.pi / 6])
    assert iron_atoms(2.707e-21, "Fe3O4") == pytest.approx(2.112e4, rel=1e-3)
