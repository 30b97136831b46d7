"""Photon transport against coefficients computed apart from it, limits, invariances and a second Monte Carlo."""

import numpy as np
import pytest

from ferrotope.dosimetry.matter.attenuation import mass_attenuation_coefficient, mass_energy_transfer_coefficient
from ferrotope.dosimetry.matter.media import medium
from ferrotope.dosimetry.transport import photons as kernels
from ferrotope.dosimetry.transport.photon_tables import photon_tables
from ferrotope.dosimetry.transport.photons import transport_photons
from ferrotope.errors import InputError
from ferrotope.units.constants import MEV

KEV = 1e-3 * MEV
REST = 0.51099895 * MEV
LOCAL = np.inf  # all electrons are absorbed on the spot


def shells(radii, media=None, density=1000.0):
    count = len(radii) - 1
    index = np.zeros(count, np.int64) if media is None else np.array(media, dtype=np.int64)
    return (0, np.array(radii) ** 2, np.zeros(3), np.ones(3), np.ones(3, np.int64), index, np.full(count, density))


def voxels(origin, spacing, shape, density=1000.0):
    count = int(np.prod(shape))
    corner, edge = np.array(origin, dtype=float), np.array(spacing, dtype=float)
    return (1, np.zeros(1), corner, edge, np.array(shape), np.zeros(count, np.int64), np.full(count, density))


def batch(count, energy, seed, position=None, direction=None):
    rng = np.random.default_rng(seed)
    particles = np.zeros((count, 8))
    particles[:, :3] = 0.0 if position is None else position
    if direction is None:
        direction = rng.normal(size=(count, 3))
        direction /= np.linalg.norm(direction, axis=1)[:, None]
    particles[:, 3:6], particles[:, 6], particles[:, 7] = direction, energy, 1.0
    return particles, rng.integers(0, 2**63, count).astype(np.uint64)


def in_sphere(count, radius, seed):
    rng = np.random.default_rng(seed)
    point = rng.normal(size=(count, 3))
    return point * (radius * np.cbrt(rng.random(count)) / np.linalg.norm(point, axis=1))[:, None]


def run(particles, streams, geometry, media=("water",), electron_cut=LOCAL):
    deposit = np.zeros(geometry[5].size)
    tables = photon_tables([medium(name) for name in media])
    return deposit, *transport_photons(particles, streams, geometry, tables, KEV, electron_cut, deposit)


def pencil(name, energy, count, seed, slabs=4):
    """Deposit in slabs of half a mean free path across a column so thin that any scattered photon leaves it."""
    one = medium(name)
    mu = float(mass_attenuation_coefficient(energy, one)) * one.density
    width, thickness = 1e-7 / mu, 0.5 / mu
    geometry = voxels((-width / 2, -width / 2, 0.0), (width, width, thickness), (1, 1, slabs), one.density)
    deposit, *_, escaped = run(*batch(count, energy, seed, direction=(0.0, 0.0, 1.0)), geometry, (name,))
    transferred = float(mass_energy_transfer_coefficient(energy, one)) * one.density / mu
    expected = -np.diff(np.exp(-0.5 * np.arange(slabs + 1))) * transferred
    return deposit / (count * energy), expected, escaped / (count * energy)


CASES = [("water", 0.03), ("water", 0.5), ("water", 3.0), ("bone", 0.006), ("magnetite", 0.01), ("gold", 0.1)]


# Attenuation by exp(-mu x) and, at the first collision, mu_tr/mu of the energy: the sampling of every process against
# coefficients that integrate over it.
@pytest.mark.parametrize(("name", "energy"), CASES)
def test_first_collisions_transfer_mu_tr_and_die_out_with_mu(name, energy):
    found, expected, escaped = pencil(name, energy * MEV, 40_000, 1)
    assert found.sum() == pytest.approx(expected.sum(), rel=0.02)
    assert found == pytest.approx(expected, rel=0.06)
    assert found.sum() + escaped == pytest.approx(1.0, abs=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "energy"), [*CASES, ("gold", 0.013), ("gold", 0.5), ("lung", 0.06)])
def test_first_collisions_to_a_few_parts_in_a_thousand(name, energy):
    found, expected, _ = pencil(name, energy * MEV, 2_000_000, 2)
    assert found.sum() == pytest.approx(expected.sum(), rel=0.004)  # 3 standard errors where photons are absorbed whole
    assert found == pytest.approx(expected, rel=0.012)


def test_an_unbounded_medium_absorbs_all():
    deposit, *_, escaped = run(*batch(4000, 0.06 * MEV, 3), shells([0.0, 100.0]))
    assert escaped == 0.0
    assert deposit.sum() == pytest.approx(4000 * 0.06 * MEV, rel=1e-12)


def test_energy_is_kept_when_electrons_are_handed_over():
    particles, streams = batch(4000, 3.0 * MEV, 4)
    deposit, electrons, seeds, charge, escaped = run(
        particles, streams, shells([0.0, 0.2]), ("bone",), electron_cut=10 * KEV
    )
    out = electrons[:, 6].sum() + 2 * REST * np.sum(charge > 0)
    assert deposit.sum() + escaped + out == pytest.approx(particles[:, 6].sum(), rel=1e-9)
    assert np.sum(charge > 0) > 50
    assert electrons[:, 6].min() > 10 * KEV
    assert np.linalg.norm(electrons[:, 3:6], axis=1) == pytest.approx(1.0, abs=1e-12)
    assert np.unique(seeds).size == seeds.size == charge.size


def test_results_do_not_depend_on_how_photons_are_grouped():
    particles, streams = batch(3000, 0.3 * MEV, 5)
    geometry = shells([0.0, 0.02, 0.05])
    whole = run(particles, streams, geometry, electron_cut=50 * KEV)
    parts = [
        run(particles[part], streams[part], geometry, electron_cut=50 * KEV) for part in np.split(np.arange(3000), 3)
    ]
    assert sum(part[0] for part in parts) == pytest.approx(whole[0], rel=1e-12)
    assert np.array_equal(np.concatenate([part[1] for part in parts]), whole[1])
    assert np.array_equal(np.concatenate([part[2] for part in parts]), whole[2])


def test_boundaries_inside_one_medium_change_nothing():
    particles, streams = batch(3000, 0.2 * MEV, 6, position=(0.001, 0.002, -0.003))
    one, many = (run(particles, streams, shells(radii)) for radii in ([0.0, 0.06], np.linspace(0.0, 0.06, 13)))
    assert many[0].sum() == pytest.approx(one[0].sum(), rel=1e-9)
    particles[:, 6] = 15 * KEV  # voxels wider than a mean free path of 6 mm are crossed one by one
    grids = [((1, 1, 1), (0.12, 0.12, 0.12)), ((8, 5, 3), (0.015, 0.024, 0.04))]
    one, many = (run(particles, streams, voxels((-0.06,) * 3, spacing, shape)) for shape, spacing in grids)
    assert many[0].sum() == pytest.approx(one[0].sum(), rel=1e-9)


def test_thin_voxels_absorb_what_they_do_when_they_are_crossed_one_by_one():
    # A void in the far corner switches delta tracking off. Columns of bone, lung and soft tissue along x.
    shape, count = (12, 6, 6), 20_000
    kind, edges, origin, spacing, size, index, density = voxels((-0.06, -0.03, -0.03), (0.01,) * 3, shape)
    index[:] = np.repeat([0, 1, 2], 4 * 36)
    density[:] = np.array([1920.0, 260.0, 1000.0])[index]
    void = index.copy()
    void[-1] = -1
    media, batch_ = ("bone", "lung", "soft_tissue"), batch(count, 0.113 * MEV, 19, position=(0.003, 0.002, 0.001))
    delta, *_ = run(*batch_, (kind, edges, origin, spacing, size, index, density), media)
    steps, *_ = run(*batch_, (kind, edges, origin, spacing, size, void, density), media)
    found, expected = (part.reshape(12, 36).sum(axis=1) for part in (delta, steps))
    # The energy of a slab comes in lumps of at most the photon's: its standard error is below that of so many lumps.
    error = np.sqrt((found + expected) * 0.06 * MEV)
    assert np.all(np.abs(found - expected) < 4 * error)
    assert found.sum() == pytest.approx(expected.sum(), rel=0.03)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_voxels_are_counted_in_c_order(axis):
    direction = np.eye(3)[axis]
    geometry = voxels((0.0, 0.0, 0.0), (0.01, 0.02, 0.03), (2, 3, 4))
    deposit, *_ = run(*batch(400, 8 * KEV, 7, position=(0.005, 0.01, 0.015), direction=direction), geometry)
    reached = deposit.reshape(2, 3, 4)
    along = [tuple(step * (np.arange(3) == axis)) for step in range(reached.shape[axis])]
    # mu is 1.04 per mm at 8 keV: nearly all is absorbed in the first voxel of the column and its neighbour.
    assert sum(reached[place] for place in along) > 0.97 * deposit.sum()
    assert reached[0, 0, 0] > 0.9 * deposit.sum()


def test_what_starts_outside_or_enters_a_void_escapes():
    particles, streams = batch(100, 20 * KEV, 8, position=(0.5, 0.0, 0.0))
    deposit, *_, escaped = run(particles, streams, shells([0.0, 0.1]))
    assert deposit.sum() == 0.0
    assert escaped == pytest.approx(100 * 20 * KEV)
    inward = batch(2000, 100 * KEV, 9)
    bare, *_, out = run(*inward, shells([0.0, 0.01]))
    void, *_, beyond = run(*inward, shells([0.0, 0.01, 0.1], media=[0, -1]))
    assert void[0] == pytest.approx(bare[0], rel=1e-9)
    assert beyond == pytest.approx(out, rel=1e-9)


def test_compton_electrons_obey_the_kinematics():
    # T = E 2 k cos^2 / ((1 + k)^2 - k^2 cos^2), k = E/mc2 (R. D. Evans, The Atomic Nucleus, 1955, chapter 23).
    energy = 0.5 * MEV
    geometry = voxels((-1e-9, -1e-9, 0.0), (2e-9, 2e-9, 0.05), (1, 1, 1))
    _, electrons, *_ = run(*batch(5000, energy, 10, direction=(0.0, 0.0, 1.0)), geometry, electron_cut=KEV)
    k, cosine = energy / REST, electrons[:, 5]
    expected = energy * 2 * k * cosine**2 / ((1 + k) ** 2 - k**2 * cosine**2)
    assert np.mean(np.abs(electrons[:, 6] / expected - 1) < 1e-6) > 0.998  # the rest are photoelectrons
    assert abs(np.mean(electrons[:, 3])) < 5 * np.std(electrons[:, 3]) / np.sqrt(len(electrons))


def sampled(function, *arguments, count=8000, seed=11):
    state = np.random.default_rng(seed).integers(1, 2**63, 4).astype(np.uint64)
    values = np.array([function(state, *arguments) for _ in range(count)])
    return values, 5 * values.std(axis=0) / np.sqrt(count)


@pytest.mark.parametrize(("name", "energy"), [("water", 0.03), ("gold", 0.1), ("gold", 1.5)])
def test_rayleigh_cosines_follow_the_squared_form_factor(name, energy):
    tables = photon_tables([medium(name)])
    form = tables.form[-1]
    found, error = sampled(kernels._coherent_cosine, energy * MEV, tables.x, form)
    squared_form = np.diff(form) / np.diff(tables.x**2)  # F^2 between the nodes
    highest = energy * MEV * kernels.PER_ANGSTROM
    x = np.linspace(0.0, min(highest, tables.x[-1]), 400_001)[1:]
    cosine = 1 - 2 * (x / highest) ** 2
    place = np.minimum(np.searchsorted(tables.x, x) - 1, squared_form.size - 1)
    weight = squared_form[place] * (1 + cosine**2) * x
    assert abs(found.mean() - np.sum(weight * cosine) / np.sum(weight)) < error


@pytest.mark.parametrize("energy", [0.01, 0.1, 1.0])
def test_photoelectrons_follow_sauter(energy):
    found, error = sampled(kernels._photoelectron_cosine, energy * MEV)
    gamma = 1 + energy * MEV / REST
    beta = np.sqrt(1 - 1 / gamma**2)
    cosine = np.linspace(-1, 1, 200_001)
    # F. Sauter, Ann Phys 403 (1931) 454, doi:10.1002/andp.19314030406.
    bracket = 1 + 0.5 * gamma * (gamma - 1) * (gamma - 2) * (1 - beta * cosine)
    density = (1 - cosine**2) / (1 - beta * cosine) ** 4 * bracket
    assert abs(found.mean() - np.sum(density * cosine) / np.sum(density)) < error


def test_scattering_in_gold_is_held_back_by_binding():
    tables = photon_tables([medium("gold")])
    found, error = sampled(kernels._compton, 0.03 * MEV, tables.x, tables.scattering[0])
    less = np.linspace(0, 2, 100_001)[1:]
    ratio = 1 / (1 + 0.03 * MEV / REST * less)
    bound = np.interp(0.03 * MEV * kernels.PER_ANGSTROM * np.sqrt(less / 2), tables.x, tables.scattering[0])
    density = ratio**2 * (ratio + 1 / ratio - less * (2 - less)) * bound
    assert abs(found[:, 0].mean() - 1 + np.sum(density * less) / np.sum(density)) < error[0]
    assert found[:, 1] == pytest.approx(0.03 * MEV / (1 + 0.03 * MEV / REST * (1 - found[:, 0])), rel=1e-9)


def test_random_words_are_those_of_the_generator():
    # Reference: xoshiro256++ 1.0 from the state (1, 2, 3, 4), D. Blackman and S. Vigna, as rand_xoshiro tests it.
    state = np.array([1, 2, 3, 4], dtype=np.uint64)
    assert [int(kernels._word(state)) for _ in range(3)] == [41943041, 58720359, 3588806011781223]


# Uniform source in an isolated sphere of water. Second method: a NumPy Monte Carlo on free electrons with no coherent
# scattering; binding and Rayleigh scattering lower the fraction by 0.4 % at 60 keV, and by nothing at 662 keV.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("energy", "gram", "tolerance"), [(0.06, 100, 0.008), (0.14, 100, 0.006), (0.662, 1000, 0.004)]
)
def test_absorbed_fraction_against_a_second_monte_carlo(energy, gram, tolerance):
    from tests.dosimetry.spheres.test_photons import transported_fraction

    radius = np.cbrt(3 * gram * 1e-6 / (4 * np.pi))
    particles, streams = batch(2_000_000, energy * MEV, 12, position=in_sphere(2_000_000, radius, 13))
    deposit, *_ = run(particles, streams, shells([0.0, radius]))
    second = np.mean([transported_fraction(energy, radius * 100, 500_000, seed) for seed in (1, 2, 3)])
    assert deposit[0] / particles[:, 6].sum() == pytest.approx(second, rel=tolerance)


@pytest.mark.slow
def test_reciprocity_of_two_shells():
    # In one medium the specific absorbed fraction is the same both ways, whatever the sizes.
    radii, energy, count = [0.0, 0.02, 0.05], 0.1 * MEV, 400_000
    core = in_sphere(count, 0.02, 14)
    outer = in_sphere(count, 0.05, 15)
    outer = outer[np.linalg.norm(outer, axis=1) > 0.02]
    geometry = shells([*radii, 10.0])  # scatter from all around
    there, *_ = run(*batch(count, energy, 16, position=core), geometry)
    back, *_ = run(*batch(len(outer), energy, 17, position=outer), geometry)
    volume = np.diff(np.array(radii) ** 3)
    assert there[1] / count / volume[1] == pytest.approx(back[0] / len(outer) / volume[0], rel=0.02)


@pytest.mark.parametrize(
    ("energy", "cut", "electron_cut"),
    [(21 * MEV, KEV, LOCAL), (MEV, 0.5 * KEV, LOCAL), (MEV, KEV, -1.0), (MEV, np.nan, LOCAL), (np.nan, KEV, LOCAL)],
)
def test_what_cannot_be_transported_is_refused(energy, cut, electron_cut):
    particles, streams = batch(3, energy, 18)
    with pytest.raises(InputError, match=r"energy|cut"):
        transport_photons(
            particles, streams, shells([0.0, 1.0]), photon_tables([medium("water")]), cut, electron_cut, np.zeros(1)
        )
