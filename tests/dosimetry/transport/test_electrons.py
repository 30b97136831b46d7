"""Transport of electrons and positrons: conservation, invariances, kernels and yields."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ferrotope.dosimetry.matter.media import medium
from ferrotope.dosimetry.matter.ranges import electron_csda_range
from ferrotope.dosimetry.matter.stopping import collision_stopping_power, electrons_per_mass
from ferrotope.dosimetry.spheres.electrons import electron_absorbed_fraction, point_kernel_absorbed_fraction
from ferrotope.dosimetry.transport import (
    Ball,
    Point,
    Radiation,
    Shells,
    VoxelMap,
    Voxels,
    emitted_radiations,
    simulate,
)
from ferrotope.dosimetry.transport.tables import _annihilation
from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide
from ferrotope.units.constants import MEV

WATER = medium("water")


def line(energy, kind="electron"):
    return Radiation("line", kind, [energy * MEV])


def run(radiation, source, geometry, histories, **options):
    options = {"follow_photons": False, "seed": 1, "threads": 1} | options
    return simulate(radiation, source, geometry, histories=histories, **options)


def range_of(energy):
    """CSDA range in water (m)."""
    return electron_csda_range(energy * MEV) * 1e-3


@pytest.mark.parametrize("energy", [0.02, 0.1, 1.0])
def test_point_kernel_is_that_of_egsnrc(energy):
    # The kernels of spheres.electrons, computed with EGSnrc (see there); 1 % for what the two codes do differently.
    edges = np.array([0.2, 0.4, 0.6, 0.8, 1.2]) * range_of(energy)
    result = run(line(energy), Point(), Shells(edges), 2000)
    within = np.array([point_kernel_absorbed_fraction(energy * MEV, edge) for edge in edges])
    expected = np.diff(within, prepend=0.0) * energy * MEV
    error = np.hypot(result.standard_error[0], 0.01 * expected)
    assert np.all(np.abs(result.deposited[0] - expected) < 4.0 * error)


def test_sphere_keeps_what_the_folded_kernel_says():
    energy = 0.2
    radius = range_of(energy)
    result = run(line(energy), Ball(radius), Shells([radius, 4.0 * radius]), 3000)
    expected = electron_absorbed_fraction(energy * MEV, radius) * energy * MEV
    error = np.hypot(result.standard_error[0, 0], 0.01 * expected)
    assert abs(result.deposited[0, 0] - expected) < 4.0 * error


@pytest.mark.parametrize("kind", ["electron", "positron"])
def test_energy_is_kept(kind):
    result = run(line(1.0, kind), Ball(2e-3, inner=1e-3), Shells([1e-3, 2e-3, 3e-3]), 300)
    assert_allclose(result.deposited.sum() + result.escaped.sum(), result.emitted[0], rtol=1e-12)
    assert np.all(result.escaped[0][[0 if kind == "electron" else 1, 2]] > 0.0)


def test_result_does_not_depend_on_threads_and_does_on_the_seed():
    shells = Shells([1e-4, 2e-4, 1e-3])
    one, three = (run(line(0.3), Point(), shells, 600, threads=n) for n in (1, 3))
    assert_array_equal(one.deposited, three.deposited)
    assert_array_equal(one.standard_error, three.standard_error)
    assert np.any(run(line(0.3), Point(), shells, 600, seed=2).deposited != one.deposited)


def test_half_the_density_at_twice_the_size_is_the_same():
    near = run(line(0.2), Point(), Shells([1e-4, 3e-4]), 300)
    far = run(line(0.2), Point(), Shells([2e-4, 6e-4], densities=500.0), 300)
    assert_allclose(far.deposited, near.deposited, rtol=1e-9)
    assert_allclose(far.masses, 4.0 * near.masses)


def test_shells_thinner_than_a_step_add_up_to_thick_ones():
    reach = range_of(0.5)
    thin = run(line(0.5), Point(), Shells(np.linspace(0.002, 1.2, 600) * reach), 2000)
    thick = run(line(0.5), Point(), Shells(np.array([0.1, 0.3, 1.2]) * reach), 2000, seed=5)
    summed = np.add.reduceat(thin.deposited[0], [0, 50, 150])
    variance = np.add.reduceat(thin.standard_error[0] ** 2, [0, 50, 150])
    # Neighbouring thin shells are correlated: the thick shells have the true error.
    error = np.sqrt(2.0) * np.maximum(thick.standard_error[0], np.sqrt(variance))
    assert np.all(np.abs(summed - thick.deposited[0]) < 4.0 * error)


def test_energy_near_a_point_source_is_that_of_straight_tracks():
    # Within a thousandth of the range the track is straight: dE/dr is the stopping power less what delta rays take
    # further on, between the parts below 1 keV and below the whole.
    energy = 0.5
    radius = 1e-3 * range_of(energy)
    found = run(line(energy), Point(), Shells([radius]), 3000).deposited[0, 0] / radius / 1000.0
    assert 0.75 < found / collision_stopping_power(WATER, energy * MEV) < 1.0


def test_radiation_yield_is_that_of_estar():
    # M. J. Berger et al., ESTAR (doi:10.18434/T4NC7P), liquid water: 7.085e-3 at 2 MeV; 1 % for the tables
    parts = [run(line(2.0), Point(), Shells([0.1]), 500, seed=seed).escaped[0, 2] for seed in range(8)]
    found, error = np.mean(parts) / (2.0 * MEV), np.std(parts, ddof=1) / np.sqrt(8.0) / (2.0 * MEV)
    assert abs(found - 7.085e-3) < 4.0 * np.hypot(error, 7e-5)


def test_annihilation_in_flight_takes_what_the_cross_section_says():
    energy = np.linspace(1e-3, 1.0, 2000) * MEV
    chance = electrons_per_mass(WATER) * _annihilation(energy) / collision_stopping_power(WATER, energy, charge=1)
    later = np.concatenate([[0.0], np.cumsum(0.5 * (chance[1:] + chance[:-1]) * np.diff(energy))])
    alive = np.exp(later - later[-1])  # slowing down from 1 MeV
    expected = np.trapezoid(chance * alive * energy, energy)
    parts = [run(line(1.0, "positron"), Point(), Shells([0.1]), 500, seed=seed).escaped[0, 2] for seed in range(4)]
    rest = 2.0 * 0.51099895 * MEV
    found, error = np.mean(parts) - rest, np.std(parts, ddof=1) / 2.0
    radiated = 3.6e-3 * MEV  # bremsstrahlung: ESTAR's yield of electrons, doi:10.18434/T4NC7P
    assert abs(found - expected - radiated) < 4.0 * error + 1e-3 * MEV


def test_dose_is_even_where_the_source_is_even_by_mass_whatever_the_densities():
    # U. Fano, Radiat Res 1 (1954) 237. 20 keV electrons go 8.6 um in water; here 4 voxels of 10 um of at least 0.3.
    rng = np.random.default_rng(3)
    density = rng.choice([300.0, 1000.0, 3000.0], size=(9, 9, 9))
    voxels = Voxels([10e-6] * 3, density)
    result = run(line(0.02), VoxelMap(density, [10e-6] * 3), voxels, 20000)
    dose, error = (part[3:6, 3:6, 3:6] for part in result.s_values())
    even = 0.02 * MEV / result.masses.sum()
    assert np.all(np.abs(dose - even) < 4.5 * error)
    assert abs(np.sum((dose - even) / error)) < 4.0 * np.sqrt(27.0)


def test_voxels_see_a_point_source_alike_in_all_directions():
    weights = np.zeros((5, 5, 5))
    weights[2, 2, 2] = 1.0
    result = run(line(1.0), VoxelMap(weights, [1e-3] * 3), Voxels([1e-3] * 3, np.full((5, 5, 5), 1000.0)), 3000)
    energy, error = result.deposited[0], result.standard_error[0]
    six = [(1, 2, 2), (3, 2, 2), (2, 1, 2), (2, 3, 2), (2, 2, 1), (2, 2, 3)]
    values, errors = np.array([energy[i] for i in six]), np.array([error[i] for i in six])
    assert np.all(np.abs(values - values.mean()) < 4.0 * errors)
    assert_allclose(result.deposited.sum() + result.escaped.sum(), result.emitted[0], rtol=1e-12)


def test_a_grid_keeps_what_a_ball_keeps():
    # All of a 0.1 MeV electron stays within its range: a box and a ball of that size both keep all but its photons.
    energy, reach = 0.1, range_of(0.1)
    ball = run(line(energy), Point(), Shells([1.2 * reach]), 500)
    grid = Voxels([0.3 * reach] * 3, np.full((8, 8, 8), 1000.0), origin=[-1.2 * reach] * 3)
    box = run(line(energy), Point([1e-9, 1e-9, 1e-9]), grid, 500)
    for result in (ball, box):
        assert_allclose(result.deposited.sum(), result.emitted[0], rtol=3e-3)
    halves = box.deposited[0].reshape(2, 4, 2, 4, 2, 4).sum(axis=(1, 3, 5))
    assert_allclose(halves, energy * MEV / 8.0, rtol=0.35)


def test_electrons_stop_where_there_is_no_matter():
    density = np.full((3, 3, 3), 1000.0)
    density[2] = 0.0
    grid = Voxels([1e-4] * 3, density, origin=[-1.5e-4] * 3)
    result = run(line(0.3), Point(), grid, 300)
    assert np.all(result.deposited[0, 2] == 0.0)
    assert np.all(result.s_values()[0][2] == 0.0)
    assert_allclose(result.deposited.sum() + result.escaped.sum(), result.emitted[0], rtol=1e-12)


def test_gold_keeps_more_than_water_of_the_same_thickness():
    gold = run(line(0.1), Point(), Shells([1e-6, 1e-3], media=["gold", "water"]), 1500)
    water = run(line(0.1), Point(), Shells([1e-6, 1e-3]), 1500)
    assert gold.deposited[0, 0] > 10.0 * water.deposited[0, 0]
    assert_allclose(gold.deposited.sum() + gold.escaped.sum(), gold.emitted[0], rtol=1e-12)


def test_photons_and_electrons_feed_each_other():
    radiations = [line(1.0, "positron"), Radiation("gamma", "photon", [0.6 * MEV], [0.5])]
    result = run(radiations, Point(), Shells([0.01, 0.2]), 64, follow_photons=True)
    assert_allclose(result.deposited.sum(axis=1) + result.escaped.sum(axis=1), result.emitted, rtol=1e-12)
    assert np.all(result.deposited[:, 1] > 0.0)


def test_emissions_of_a_nuclide():
    radiations = emitted_radiations("Lu-177")
    assert [r.name for r in radiations] == ["beta-", "conversion", "auger", "gamma", "x"]
    for r in radiations:
        assert_allclose(r.mean_energy, Nuclide("Lu-177").mean_energy(r.name), rtol=2e-3)
    assert {r.kind for r in emitted_radiations("F-18")} >= {"positron"}


def test_energies_and_places_are_drawn_from_their_distributions():
    rng = np.random.default_rng(0)
    two = Radiation("two", "electron", [0.1 * MEV, 0.2 * MEV], [1.0, 3.0])
    assert_allclose(two.draw(rng, 4000).mean(), 0.175 * MEV, rtol=1e-3)
    radius = np.linalg.norm(Ball(2.0, inner=1.0).draw(rng, 4000), axis=1)
    assert radius.min() >= 1.0
    assert_allclose(np.mean(radius**3), 4.5, rtol=0.03)
    assert_allclose(np.linalg.norm(Ball(2.0, inner=2.0).draw(rng, 10), axis=1), 2.0)
    weights = np.zeros((2, 3, 4))
    weights[0, 1, 2], weights[1, 2, 3] = 1.0, 3.0
    place = VoxelMap(weights, [1.0, 2.0, 3.0], origin=[10.0, 0.0, 0.0]).draw(rng, 4000)
    first = place[place[:, 0] < 11.0]
    assert_allclose(len(first) / 4000, 0.25, atol=0.03)
    assert_allclose(first.mean(axis=0), [10.5, 3.0, 7.5], atol=0.1)


def test_progress_runs_to_one():
    seen = []
    run(line(0.05), Point(), Shells([1e-4]), 200, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_s_values_by_radiation_add_up():
    radiations = [Radiation("a", "electron", [0.1 * MEV], [0.5]), Radiation("b", "electron", [0.2 * MEV], [2.0])]
    result = run(radiations, Ball(1e-3), Shells([1e-3]), 200)
    assert_allclose(result.s_values("a")[0] + result.s_values("b")[0], result.s_values()[0])
    assert_allclose(result.emitted, [0.05 * MEV, 0.4 * MEV])
    with pytest.raises(InputError, match="Allowed: a, b"):
        result.s_values("c")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: line(0.1, "muon"), "kind: .*muon.*electron, positron, photon"),
        (lambda: Radiation("x", "electron", [-1.0]), "energies: .*above 0 J"),
        (lambda: Radiation("x", "electron", [1.0, 2.0], [1.0]), "intensities"),
        (lambda: Shells([2e-3, 1e-3]), "radii"),
        (lambda: Shells([1e-3], media="jelly"), "jelly"),
        (lambda: Shells([1e-3, 2e-3], media=["water"]), "media"),
        (lambda: Shells([1e-3], densities=[1.0, 2.0]), "densities: .*shape"),
        (lambda: Voxels([1e-3] * 3, np.ones((2, 2))), "density"),
        (lambda: Voxels([1e-3, 0.0, 1e-3], np.ones((2, 2, 2))), "spacing: .*above 0 m"),
        (lambda: Voxels([1e-3] * 3, np.ones((2, 2, 2)), medium_index=np.ones((2, 2, 2), int)), "medium_index"),
        (lambda: Ball(1e-3, inner=2e-3), "inner"),
        (lambda: VoxelMap(np.zeros((2, 2, 2)), [1e-3] * 3), "weights"),
        (lambda: VoxelMap(-np.ones((2, 2, 2)), [1e-3] * 3), "weights"),
        (lambda: run(line(0.1), Point(), Shells([1e-3]), 1), "histories"),
        (lambda: run(line(20.0), Point(), Shells([1e-3]), 10), "energies: .*9 MeV"),
        (lambda: run(line(0.1), Point(), Shells([1e-3]), 10, electron_cut=1e-18), "electron_cut"),
        (lambda: run(line(0.1), Point(), Shells([1e-3]), 10, step_share=0.9), "step_share"),
        (lambda: run([], Point(), Shells([1e-3]), 10), "radiations"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(InputError, match=message):
        make()
