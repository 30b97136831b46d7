"""Heating power: the shipped tables against direct solutions, and what each kind of medium adds."""

import math

import numpy as np
import pytest

from ferrotope.errors import InputError
from ferrotope.magnetism import dynamic_loop
from ferrotope.magnetism.heating import Medium, Sample, best_core_diameter, heating_power, power_map
from ferrotope.magnetism.linear_response import loss_power, loss_susceptibility
from ferrotope.magnetism.losses import rigid_loss
from ferrotope.particle import Core, Particle
from ferrotope.units.constants import VACUUM_PERMEABILITY

T = 300.0
BOUND = Medium(temperature=T)
OXIDE = {
    "name": "oxide",
    "formula": "Fe3O4",
    "density": "5.18 g/cm3",
    "saturation_magnetisation": "446 kA/m",
    "anisotropy": "11 kJ/m3",
}


def sample(diameter=20e-9, sigma_g=1.0, K=11e3, **changed):
    given = {"layer": 0.0, "magnetisation": 446e3, "density": 5180.0, "iron_fraction": 0.7236} | changed
    return Sample(diameter, sigma_g, given.pop("layer"), given.pop("magnetisation"), K, **given)


@pytest.mark.parametrize(("xi", "loss"), [(1.0, 0.162070), (5.0, 0.484084), (20.0, 0.428127)])
def test_table_of_rigid_moments(xi, loss):
    # w tau_B = 1; integrated in time
    assert float(rigid_loss(xi, 1.0)) == pytest.approx(loss, rel=2e-3)


def test_rigid_moments_in_a_weak_field_are_debyes():
    for rate in (1e-4, 0.03, 1.0, 40.0, 1e4):
        assert float(rigid_loss(0.01, rate)) == pytest.approx(0.01 / 3 * rate / (1 + rate**2), rel=5e-3)


def test_weak_fields_are_linear_and_right():
    # 48.715 J/m3 for 14 nm, 23 kJ/m3, 1 kA/m, 300 kHz
    found = heating_power(sample(14e-9, K=23e3), 1e3, 300e3, BOUND)
    assert found.slp_core == pytest.approx(48.715 * 300e3 / 5180, rel=0.01)
    weaker = heating_power(sample(14e-9, K=23e3), 1.0, 300e3, BOUND)
    assert weaker.slp_core * 1e6 == pytest.approx(found.slp_core, rel=0.02)
    assert "harmonic balance" in found.method
    assert found.validity == ""


def test_case_of_random_axes():
    found = heating_power(sample(), 20e3, 300e3, BOUND)
    assert found.slp_core == pytest.approx(594.0e3, rel=0.015)
    assert found.slp == pytest.approx(found.slp_core / 0.7236)
    assert found.ilp == pytest.approx(found.slp / (300e3 * 20e3**2))
    assert found.xi == pytest.approx(11.33, abs=0.01)


def test_sizes_are_those_of_the_loop():
    wide = dynamic_loop(14e-9, 446e3, 15e3, 12e3, 250e3, sigma_g=1.2, T=T, tolerance=2e-3)
    found = heating_power(sample(14e-9, 1.2, K=15e3), 12e3, 250e3, BOUND)
    assert found.slp_core == pytest.approx(wide.specific_loss(5180.0), rel=0.02)


def test_a_layer_without_moment_takes_its_share():
    layered = heating_power(sample(16e-9, layer=1e-9), 10e3, 300e3, BOUND)
    bare = heating_power(sample(14e-9), 10e3, 300e3, BOUND)
    assert layered.slp_core == pytest.approx(bare.slp_core * (14 / 16) ** 3, rel=1e-6)


@pytest.mark.parametrize(("H", "f"), [(0.0, 300e3), (1e4, 0.0)])
def test_no_field_no_loss(H, f):
    found = heating_power(sample(), H, f)
    assert found.slp_core == 0.0
    assert found.slp == 0.0
    assert found.validity == ""


def test_turning_in_a_weak_field_is_linear_response():
    turning = Medium(immobilised_fraction=0.0, viscosity=0.69e-3, temperature=T)
    found = heating_power(sample(12e-9, 1.1, hydrodynamic_diameter=30e-9), 100.0, 300e3, turning)
    chi = loss_susceptibility(
        300e3, 12e-9, 1.1, 446e3, 11e3, T, immobilised_fraction=0.0, viscosity=0.69e-3, hydrodynamic_diameter=30e-9
    )
    # the term of third order is 1e-4 at xi = 0.012
    assert found.slp_core == pytest.approx(loss_power(chi, 100.0, 300e3) / 5180, rel=1e-3)
    assert found.validity == ""


def test_blocked_particles_that_turn_lose_as_rigid_ones():
    turning = Medium(immobilised_fraction=0.0, viscosity=1e-3, temperature=T)
    given = sample(25e-9, K=60e3, hydrodynamic_diameter=30e-9)
    loop = dynamic_loop(25e-9, 446e3, 60e3, 5e3, 40e3, T=T, mode="brown", hydrodynamic_diameter=30e-9, viscosity=1e-3)
    found = heating_power(given, 5e3, 40e3, turning)
    # the moment bends in its well, by more in the table than behind this barrier of 118 kT
    assert found.slp_core == pytest.approx(loop.specific_loss(5180.0), rel=0.03)
    assert heating_power(given, 5e3, 40e3, Medium(temperature=T)).slp_core < 0.05 * found.slp_core


def test_mixtures_add_by_their_parts():
    given = sample(12e-9, hydrodynamic_diameter=30e-9)
    parts = [heating_power(given, 2e3, 300e3, Medium(part, 1e-3, T)).slp_core for part in (0.0, 0.4, 1.0)]
    assert parts[1] == pytest.approx(0.6 * parts[0] + 0.4 * parts[2])


def test_between_the_modes_it_is_still_valid():
    # dynamic_loop(mode="coupled", tolerance=1e-3) gives L = 0.2300
    turning = Medium(immobilised_fraction=0.0, viscosity=1e-3, temperature=T)
    found = heating_power(sample(18e-9, hydrodynamic_diameter=22e-9), 10e3, 100e3, turning)
    assert found.slp_core == pytest.approx(
        math.pi * VACUUM_PERMEABILITY * 10e3 * 446e3 * 0.2300 * 100e3 / 5180, rel=0.03
    )
    assert found.validity == ""
    assert "two wells" in found.method


def test_barriers_beyond_the_table_are_said():
    said = heating_power(sample(40e-9, K=20e3), 30e3, 300e3, BOUND).validity
    assert "barrier above" in said


def test_more_than_any_loop_cannot_be():
    # the loss stays below the largest loop for any field
    for H in (1e3, 1e4, 1e5, 1e6):
        assert "cannot be right" not in heating_power(sample(16e-9), H, 300e3, BOUND).validity


def test_a_map_is_made_of_points():
    fields, frequencies = np.array([5e3, 20e3]), np.array([100e3, 300e3, 700e3])
    powers = power_map(sample(sigma_g=1.1), fields[:, None], frequencies, BOUND)
    assert powers.shape == (2, 3)
    for i, H in enumerate(fields):
        for k, f in enumerate(frequencies):
            assert powers[i, k] == pytest.approx(heating_power(sample(sigma_g=1.1), H, f, BOUND).slp_core)


def test_best_size_is_better_than_its_neighbours():
    diameter, field, power = best_core_diameter(sample(sigma_g=1.1, K=25e3), 4.85e8, (1e3, 20e3), BOUND)
    assert 8e-9 < diameter < 40e-9
    assert power == pytest.approx(
        heating_power(sample(diameter, 1.1, K=25e3), field, 4.85e8 / field, BOUND).slp_core, rel=1e-6
    )
    for other in (0.9 * diameter, 1.1 * diameter):
        fields = np.geomspace(1e3, 20e3, 60)
        assert power_map(sample(other, 1.1, K=25e3), fields, 4.85e8 / fields, BOUND).max() < power


def test_nouns_are_taken_too():
    core = Core(material=OXIDE, diameter="20 nm", sigma_g=1.0)
    assert heating_power(core, 20e3, 300e3, BOUND).slp_core == pytest.approx(
        heating_power(sample(), 20e3, 300e3, BOUND).slp_core
    )
    particle = Particle(core=core, coating={"material": "PEG", "hydrodynamic_diameter": "30 nm"})
    assert heating_power(particle, 20e3, 300e3, Medium(0.0, 1e-3, T)).slp_core > 0


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: heating_power(sample(), -1.0, 3e5), "H"),
        (lambda: heating_power(sample(), 1e3, math.nan), "f"),
        (lambda: heating_power(sample(), 1e3, 3e5, Medium(0.0)), "coating.hydrodynamic_diameter"),
        (lambda: Medium(1.5), "immobilised_fraction"),
        (lambda: Medium(1.0, 0.0), "viscosity"),
        (lambda: Medium(1.0, 1e-3, -1.0), "temperature"),
        (lambda: heating_power(Core(material="gold", diameter="10 nm", sigma_g=1.1), 1e3, 3e5), "core.material"),
        (lambda: heating_power(Core(material="magnetite"), 1e3, 3e5), "core.diameter"),
        (lambda: best_core_diameter(sample(), 5e9, (4e4, 2e3)), "field_range"),
        (lambda: power_map(sample(), 0.0, 3e5), "H"),
    ],
)
def test_wrong_input_is_named(call, named):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.field == named
