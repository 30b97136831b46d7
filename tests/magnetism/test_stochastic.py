"""Stochastic moments against a NumPy step, exact averages, relaxation times and the Fokker-Planck equation."""

import math

import numpy as np
import pytest
from scipy.special import i0, i1, ndtr

from ferrotope.errors import InputError
from ferrotope.magnetism import stochastic_kernels as kernels
from ferrotope.magnetism.equilibrium import langevin
from ferrotope.magnetism.relaxation import brown_relaxation_time, mean_square_cosine, neel_relaxation_time
from ferrotope.magnetism.stochastic import stochastic_loop
from ferrotope.magnetism.stochastic_ensembles import Clusters, Matter, Particles
from ferrotope.magnetism.stochastic_geometry import crystals, directions
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

MU0 = VACUUM_PERMEABILITY
MS, D, T, GAMMA = 446e3, 10e-9, 300.0, 1.76085963e11
V = math.pi / 6 * D**3
KT = BOLTZMANN * T
LANES = kernels.LANES
# d 20 nm, K 11 kJ/m3, 20 kA/m, 300 kHz, 300 K, damping 0.1
B1 = {"core_diameter": 20e-9, "Ms": MS, "K": 11e3, "H": 20e3, "f": 300e3, "T": 300.0}


def particles(count, *, K=0.0, anisotropy="uniaxial", mode="neel", alpha=0.1, liquid=(None, None), d=D, seed=1):
    return Particles(Matter(MS, K, T, alpha, GAMMA, anisotropy, mode), d, "random", liquid, count, seed)


def follow(ensemble, steps, field=0.0):
    return ensemble.advance(np.full(steps + 1, field), np.zeros(steps))


def row_vectors(ensemble, first):
    """Three rows of the state of independent particles, shape (3, n)."""
    return ensemble._rows[:, first : first + 3].transpose(1, 0, 2).reshape(3, -1)[:, : ensemble.count]


def snapshots(ensemble, time_step, settle, apart, number, measure, field=0.0):
    """Mean over snapshots, and its standard error over particles, of what `measure` returns of each particle."""
    ensemble.set_step(time_step)
    follow(ensemble, round(settle / time_step), field)
    gathered = []
    for _ in range(number):
        follow(ensemble, round(apart / time_step), field)
        gathered.append(measure(ensemble))
    each = np.mean(gathered, axis=0)
    return each.mean(axis=-1), each.std(axis=-1) / math.sqrt(each.shape[-1])


# --- random numbers


def draw(pairs, seed=3, first=0):
    words = np.ascontiguousarray(kernels.open_streams(np.uint64(seed), first + LANES)[:, first:]).ravel()
    normals = np.empty(2 * pairs * LANES)
    kernels.fill_normals(words, normals, pairs)
    return normals.reshape(2 * pairs, LANES)


def test_normals_are_normal_and_independent():
    z = draw(3_000)
    n = z.size
    assert abs(z.mean()) * math.sqrt(n) < 4
    assert abs(z.var() - 1) * math.sqrt(n / 2) < 4
    assert abs((z**3).mean()) * math.sqrt(n / 15) < 4
    assert abs((z**4).mean() - 3) * math.sqrt(n / 96) < 4
    below = np.arange(n + 1) / n
    law = ndtr(np.sort(z.ravel()))
    # Kolmogorov's distance, which 1 in 10 000 exceeds.
    assert max(abs(law - below[1:]).max(), abs(law - below[:-1]).max()) * math.sqrt(n) < 2.23
    assert 4.1 < abs(z).max() < 6.67
    for lag in (1, 2, 3, 4, 6):  # within a pair, between pairs, and their squares
        assert abs((z[lag:] * z[:-lag]).mean()) * math.sqrt(n) < 4.5
        assert abs(((z[lag:] ** 2 - 1) * (z[:-lag] ** 2 - 1)).mean()) * math.sqrt(n) / 2 < 4.5
    assert abs((z[:, 1:] * z[:, :-1]).mean()) * math.sqrt(n) < 4.5  # between particles
    for sign in (-1, 1):  # all octants of the circle are met alike
        share = np.mean(sign * z[::2] > np.abs(z[1::2]))
        assert abs(share - 0.25) < 4.5 * math.sqrt(0.1875 / (n / 2))


def xoshiro(s):
    """xoshiro256++ in whole numbers of Python, as its authors Blackman and Vigna describe it."""
    mask = 2**64 - 1

    def rotated(x, k):
        return ((x << k) & mask) | (x >> (64 - k))

    while True:
        yield (rotated((s[0] + s[3]) & mask, 23) + s[0]) & mask
        t = (s[1] << 17) & mask
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotated(s[3], 45)


def test_the_generator_is_xoshiro_and_its_series_are_accurate():
    words = kernels.open_streams(np.uint64(8), LANES)
    got = draw(3, seed=8)
    for lane in range(LANES):
        source = xoshiro([int(word) for word in words[:, lane]])
        for pair in range(3):
            bits = next(source)
            radius = math.sqrt(-2 * math.log(1 - (bits >> 32) / 2**32))
            angle = ((bits & 0x3FFFFFFF) / 2**30 - 0.5 + 2**-31) * math.pi / 2
            angle += math.pi / 2 * bool(bits & 0x40000000) + math.pi * bool(bits & 0x80000000)
            expected = [radius * math.cos(angle), radius * math.sin(angle)]
            assert got[2 * pair : 2 * pair + 2, lane] == pytest.approx(expected, abs=2e-8)


def test_streams_belong_to_the_particle():
    assert (draw(5, first=0)[:, 7:] == draw(5, first=7)[:, :-7]).all()
    streams = kernels.open_streams(np.uint64(0), 5000)
    assert len({tuple(column) for column in streams.T}) == 5000
    assert not (streams == kernels.open_streams(np.uint64(1), 5000)).any()


# --- one step


def cross_step(m, h, damping):
    return -np.cross(m, h + damping * np.cross(m, h, axis=0), axis=0)


def unit(v):
    return v / np.linalg.norm(v, axis=0)


def reference_step(kind, m, n, g, w, b0, b1, k, damping, drag):
    """One Heun step of vectors, shape (3, count), written as in a textbook."""
    z = np.array([[0.0], [0.0], [1.0]])

    def change(m, n, b):
        if kind == kernels.BLOCKED:
            return np.cross(drag * b * np.cross(m, z, axis=0) + w, m, axis=0), 0.0 * n
        if kind == kernels.FREE:
            c = (m * n).sum(axis=0)
            h = b * z + k * c * n
            return cross_step(m, h + g, damping), drag * c * (m - c * n) + np.cross(w, n, axis=0)
        h = k * (m**3 if kind == kernels.CUBIC else m * z)
        return cross_step(m, b * n + h + g, damping), 0.0 * n

    dm, dn = change(m, n, b0)
    em, en = change(m + dm, n + dn, b1)
    return unit(m + 0.5 * (dm + em)), unit(n + 0.5 * (dn + en))


@pytest.mark.parametrize("kind", [kernels.UNIAXIAL, kernels.CUBIC, kernels.FREE, kernels.BLOCKED])
def test_steps_agree_with_numpy(kind):
    rng = np.random.default_rng(4)
    count, steps = 2 * LANES, 21  # more than one block of random numbers, and not a multiple of it
    state = rng.normal(size=(2, kernels.ROWS, LANES))
    for first in (0, 3):
        state[:, first : first + 3] /= np.linalg.norm(state[:, first : first + 3], axis=1, keepdims=True)
    state[:, 6:] = np.abs(state[:, 6:]) * 0.05
    state[:, 8] = 0.0
    drive, climb = rng.normal(size=steps + 1) * 0.1, rng.normal(size=steps)
    k, damping = 0.13, 0.4

    def flat(rows):
        return rows.transpose(1, 0, 2).reshape(rows.shape[1], count)

    rows = flat(state)
    m, n, thermal, weight, rotation, drag = rows[:3], rows[3:6], rows[6], rows[7], rows[9], rows[10]
    packed = np.ascontiguousarray(kernels.open_streams(np.uint64(5), count).reshape(4, 2, LANES).transpose(1, 0, 2))
    words = packed.copy()
    per_step = 6 if kind == kernels.FREE else 3
    normals = np.empty((2, 2 * per_step * 16, LANES))
    for group in range(2):
        kernels.fill_normals(words[group].reshape(-1), normals[group].reshape(-1), per_step * 16)
    normals = flat(normals).reshape(-1, per_step, count)

    traces = np.empty((2, steps))
    flat_state = state.reshape(2, -1)
    kernels.advance(flat_state, packed.reshape(2, -1), traces, drive, climb, k, damping, kind)
    area = np.zeros(count)
    for step in range(steps):
        g = thermal * normals[step, :3]
        w = rotation * normals[step, -3:]
        along = n if kind in (kernels.UNIAXIAL, kernels.CUBIC) else np.array([[0.0], [0.0], [1.0]])
        before = (m * along).sum(axis=0)
        m, n = reference_step(kind, m, n, g, w, drive[step], drive[step + 1], k, damping, drag)
        after = (m * along).sum(axis=0)
        area += climb[step] * (before + after)
        total = (weight * after).reshape(2, LANES).sum(axis=1)
        assert traces[:, step] == pytest.approx(total, rel=1e-9, abs=1e-11)
    rows = flat(flat_state.reshape(2, kernels.ROWS, LANES))
    assert rows[:3] == pytest.approx(m, abs=1e-10)
    assert rows[3:6] == pytest.approx(n, abs=1e-10)
    assert rows[8] == pytest.approx(area, abs=1e-10)


@pytest.mark.parametrize("anisotropy", ["uniaxial", "cubic"])
@pytest.mark.parametrize("arrangements", [1, 2])
def test_a_step_of_clusters_agrees_with_numpy(anisotropy, arrangements):
    rng = np.random.default_rng(6)
    places = np.array([[0, 0, 0], [13e-9, 2e-9, -3e-9], [-4e-9, 12e-9, 9e-9]]) * rng.uniform(
        1, 1.2, (arrangements, 1, 1)
    )
    sizes, steps, dt = np.array([10e-9, 9e-9, 8e-9]), 5, 1e-12
    matter = Matter(MS, 2e4, T, 0.3, GAMMA, anisotropy, "neel")
    ensemble = Clusters(matter, sizes, "random", places if arrangements > 1 else places[0], 3 * 40, 2)
    ensemble.set_step(dt)
    assert ensemble.count == 40

    def rows(first, number):
        part = ensemble._rows[:, :, first : first + number]
        return part.transpose(1, 2, 0, 3).reshape(3, number, -1)[:, :, :40].copy()

    m, axes = rows(0, 3), rows(12, 9).reshape(3, 3, 3, 40)
    volumes = math.pi / 6 * sizes**3
    kick = np.sqrt(2 * 0.3 * KT / (GAMMA * MS * volumes * dt))
    words = ensemble.streams.reshape(2, 3, 4, LANES).copy()
    normals = np.empty((2, 3, 6, LANES))
    field, climb = np.linspace(0.01, 0.08, steps + 1), rng.normal(size=steps)
    got = ensemble.advance(field, climb)

    def change(m, step, b):
        result = np.empty_like(m)
        for i in range(3):
            B = kick[i] * g[i]
            B[2] += b
            for axis in axes[i] if anisotropy == "cubic" else axes[i, :1]:
                c = (m[i] * axis).sum(axis=0)
                B += 2 * 2e4 / MS * (c**3 if anisotropy == "cubic" else c) * axis
            for j in range(3):
                if i != j:
                    for a in range(arrangements):
                        r = places[a, i] - places[a, j]
                        s = np.linalg.norm(r)
                        mj = MS * volumes[j] * m[j][:, a::arrangements]
                        u = r[:, None] / s
                        B[:, a::arrangements] += 1e-7 * (3 * (u * mj).sum(axis=0) * u - mj) / s**3
            result[i] = cross_step(m[i], GAMMA / (1 + 0.3**2) * dt * B, 0.3)
        return result

    for step in range(steps):
        if step % 2 == 0:
            for group in range(2):
                for i in range(3):
                    out = np.empty(6 * LANES)
                    block = words[group, i].reshape(-1)
                    kernels.fill_normals(block, out, 3)
                    words[group, i] = block.reshape(4, LANES)
                    normals[group, i] = out.reshape(6, LANES)
        g = normals.transpose(1, 2, 0, 3).reshape(3, 6, -1)[:, 3 * (step % 2) : 3 * (step % 2) + 3, :40]
        first = change(m, step, field[step])
        second = change(m + first, step, field[step + 1])
        m = m + 0.5 * (first + second)
        m /= np.linalg.norm(m, axis=1, keepdims=True)
        expected = (volumes[:, None] * m[:, 2]).sum() / (40 * volumes.sum())
        assert got[step] == pytest.approx(expected, rel=1e-8)  # mu0/4 pi is 1e-7 to 1e-10
    assert rows(0, 3) == pytest.approx(m, abs=1e-8)


def test_random_axes_fill_all_strata():
    strata = list(range(77))

    def met(cosine):
        return sorted(np.floor(77 * cosine).astype(int))

    for ensemble in (particles(77), particles(None, d=np.full(77, D)), particles(77, mode="coupled", liquid=(D, 1e-3))):
        assert met(row_vectors(ensemble, 3)[2]) == strata
        up = (row_vectors(ensemble, 0) * row_vectors(ensemble, 3)).sum(axis=0) > 0
        assert up.sum() == 39  # half of them start up
    blocked = row_vectors(particles(77, mode="brown", liquid=(D, 1e-3)), 0)
    assert met(0.5 * blocked[2] + 0.5) == strata
    assert np.abs(blocked.mean(axis=1)).max() < 0.03
    # Neighbours in size are no neighbours in angle.
    assert abs(np.corrcoef(np.arange(500), row_vectors(particles(None, d=np.full(500, D)), 3)[2])[0, 1]) < 0.2
    pairs = Clusters(Matter(MS, 1e4, T, 0.1, GAMMA, "uniaxial", "neel"), D, "random", np.eye(3)[:1] * D, 77, 0)
    assert met(pairs._rows[:, 0, 14].ravel()[:77]) == strata
    assert np.sum(pairs._rows[:, 0, 2].ravel()[:77] > 0) == 39


def test_crystals_are_turned_as_documented():
    rng = np.random.default_rng(1)
    cosine, azimuth, spin = rng.random(50), rng.uniform(0, 6, 50), rng.uniform(0, 6, 50)
    z, x, y = crystals(cosine, azimuth, spin)
    assert np.cross(x, y, axis=0) == pytest.approx(z, abs=1e-12)
    assert (x * x).sum(axis=0) == pytest.approx(np.ones(50))
    # The components of the field's direction along the crystal axes are its direction in the crystal.
    assert np.stack([x[2], y[2], z[2]]) == pytest.approx(directions(cosine, azimuth), abs=1e-12)
    pair = Clusters(Matter(MS, 1e4, T, 0.1, GAMMA, "uniaxial", "neel"), D, 0.3, np.eye(3)[:2] * 2 * D, 4, 0)
    assert pair._rows[0, 1, 12:15, 0] == pytest.approx([math.sin(0.3), 0, math.cos(0.3)], abs=1e-12)


def test_precession_and_damping_without_heat():
    matter = Matter(MS, 0.0, 1e-9, 0.2, GAMMA, "uniaxial", "neel")
    ensemble = Particles(matter, D, 1.2, (None, None), 3, 0)
    ensemble.set_step(1e-13)
    # In the frame of the crystal the field is at 1.2 rad from the moment, which starts along z or against it.
    B, t = 0.1, 2000 * 1e-13
    angle = GAMMA / (1 + 0.2**2) * B * t
    got = follow(ensemble, 2000, B)[-1]
    up = math.tanh(math.atanh(math.cos(1.2)) + 0.2 * angle)
    down = math.tanh(-math.atanh(math.cos(1.2)) + 0.2 * angle)
    assert got == pytest.approx((2 * up + down) / 3, abs=1e-6)
    u, m = row_vectors(ensemble, 3)[:, 0], row_vectors(ensemble, 0)[:, 0]
    across, normal = np.array([-math.cos(1.2), 0, math.sin(1.2)]), np.cross(u, [-math.cos(1.2), 0, math.sin(1.2)])
    turned = math.atan2(m @ normal, m @ across)
    assert turned == pytest.approx(math.remainder(angle, 2 * math.pi), abs=1e-4)


# --- equilibrium


def test_langevin():
    ensemble = particles(512)
    B = 2.0 * KT / (MS * V)
    tau = neel_relaxation_time(0.0, MS, D, T)
    dt = ensemble.time_step(B)
    mean, error = snapshots(
        ensemble, dt, 4 * tau, tau, 4, lambda e: (row_vectors(e, 0) * row_vectors(e, 3)).sum(axis=0), B
    )
    assert error < 0.015
    assert abs(mean - langevin(2.0)) < 4 * error


@pytest.mark.parametrize("sigma", [3.0, -4.0])
def test_mean_square_cosine(sigma):
    K = sigma * KT / V
    ensemble = particles(512, K=K)
    dt = ensemble.time_step(0.0)
    mean, error = snapshots(ensemble, dt, 6e-9, 1e-9, 4, lambda e: row_vectors(e, 0)[2] ** 2)
    x, w = np.polynomial.legendre.leggauss(60)
    exact = (w * x**2 * np.exp(sigma * x**2)).sum() / (w * np.exp(sigma * x**2)).sum()
    if sigma > 0:
        assert exact == pytest.approx(mean_square_cosine(sigma), rel=1e-9)
    assert error < 0.015
    assert abs(mean - exact) < 4 * error


@pytest.mark.parametrize("barrier", [8.0, -12.0])
def test_cubic_equilibrium(barrier):
    """E = K1 (a1^2 a2^2 + ...); K1 > 0 likes the axes, K1 < 0 the diagonals."""
    ensemble = particles(512, K=barrier * KT / V, anisotropy="cubic")
    dt = ensemble.time_step(0.0)
    mean, error = snapshots(ensemble, dt, 6e-9, 1e-9, 4, lambda e: (row_vectors(e, 0) ** 4).sum(axis=0))
    c, w = np.polynomial.legendre.leggauss(80)
    phi = np.linspace(0, 2 * math.pi, 160, endpoint=False)
    s2 = (1 - c**2)[:, None]
    a1, a2, a3 = s2 * np.cos(phi) ** 2, s2 * np.sin(phi) ** 2, (c**2)[:, None] + 0 * phi
    weight = w[:, None] * np.exp(-barrier * (a1 * a2 + a2 * a3 + a3 * a1))
    exact = (weight * (a1**2 + a2**2 + a3**2)).sum() / weight.sum()
    assert error < 0.01
    assert abs(mean - exact) < 4 * error


def test_free_axes_equilibrium():
    """A moment whose axis is free follows Langevin's function, and its angle to the axis the law without field.

    In a liquid so thin that the axis moves as fast as the moment, so that drag and heat must match.
    """
    sigma, xi, eta = 3.0, 2.0, 2e-6
    B = xi * KT / (MS * V)
    tau = brown_relaxation_time(eta, D, T)
    ensemble = particles(512, K=sigma * KT / V, mode="coupled", liquid=(D, eta), seed=9)
    assert tau < 2 * neel_relaxation_time(0.0, MS, D, T)

    def both(e):
        m, n = row_vectors(e, 0), row_vectors(e, 3)
        return np.stack([(m * n).sum(axis=0) ** 2, m[2]])

    mean, error = snapshots(ensemble, ensemble.time_step(B), 8e-9, 1e-9, 4, both, B)
    assert (error < 0.015).all()
    assert (abs(mean - [mean_square_cosine(sigma), langevin(xi)]) < 4 * error).all()


def test_free_rotation_of_the_axis():
    eta = 1e-3
    ensemble = particles(1024, mode="coupled", liquid=(12e-9, eta), alpha=1e-3)
    tau = brown_relaxation_time(eta, 12e-9, T)
    ensemble.set_step(tau / 2000)  # the moment is not resolved, and does not matter without anisotropy
    start = row_vectors(ensemble, 3).copy()
    follow(ensemble, 1400)
    cosine = (start * row_vectors(ensemble, 3)).sum(axis=0)
    error = cosine.std() / math.sqrt(cosine.size)
    assert abs(cosine.mean() - math.exp(-0.7)) < 4 * error < 0.08


def pair_average(coupling):
    """<(m1.r)(m2.r)> and <m1.m2> of two moments with Boltzmann's weight exp(coupling (3 (m1.r)(m2.r) - m1.m2))."""
    z, w = np.polynomial.legendre.leggauss(60)
    z1, z2, weight = z[:, None], z[None], w[:, None] * w
    s = np.sqrt((1 - z1**2) * (1 - z2**2))
    weight = weight * np.exp(2 * coupling * z1 * z2)
    total = (weight * i0(coupling * s)).sum()
    along = (weight * i0(coupling * s) * z1 * z2).sum() / total
    across = -(weight * i1(coupling * s) * s).sum() / total
    return along, along + across


@pytest.mark.parametrize(
    ("sizes", "count"),
    [
        ((10e-9, 8e-9), 512),
        *[pytest.param(sizes, 4096, marks=pytest.mark.slow) for sizes in ((1e-8, 1e-8), (1e-8, 8e-9))],
    ],
)
def test_two_interacting_particles(sizes, count):
    r = np.array([1.0, 2.0, 2.0]) / 3.0
    distance = sum(sizes) / 2
    matter = Matter(MS, 0.0, 150.0, 0.5, GAMMA, "uniaxial", "neel")
    ensemble = Clusters(matter, sizes, "random", np.array([0 * r, distance * r]), count, 3)
    moments = [MS * math.pi / 6 * d**3 for d in sizes]
    coupling = MU0 * moments[0] * moments[1] / (4 * math.pi * distance**3 * BOLTZMANN * 150.0)
    assert coupling > 1.3

    def both(e):
        m = e._rows[:, :, :3].transpose(1, 2, 0, 3).reshape(2, 3, -1)[:, :, : e.count]
        return np.stack([(r @ m[0]) * (r @ m[1]), (m[0] * m[1]).sum(axis=0)])

    ensemble.set_step(ensemble.time_step(0.0))
    steps = round(2e-9 / ensemble.time_step(0.0))
    follow(ensemble, 3 * steps)
    gathered = []
    for _ in range(4):
        follow(ensemble, steps)
        gathered.append(both(ensemble))
    each = np.mean(gathered, axis=0)
    error = each.std(axis=1) / math.sqrt(each.shape[1])
    assert (error < 0.65 / math.sqrt(ensemble.count)).all()
    assert (np.abs(each.mean(axis=1) - pair_average(coupling)) < 4 * error).all()


@pytest.mark.slow
def test_distant_members_do_not_feel_each_other():
    far = np.array([[0, 0, 0], [1e-6, 0, 0]])
    alone = stochastic_loop(D, MS, 2e4, 30e3, 2e7, easy_axis=0.6, particles=600, seed=2)
    pairs = stochastic_loop(D, MS, 2e4, 30e3, 2e7, easy_axis=0.6, particles=600, seed=3, positions=far)
    assert abs(alone.area - pairs.area) < 4 * math.hypot(alone.area_sem, pairs.area_sem)
    assert abs(alone.harmonics[1].real - pairs.harmonics[1].real) < 0.02


# --- dynamics


def test_neel_relaxation():
    sigma = 3.0
    ensemble = particles(2048, K=sigma * KT / V)
    dt = 2 * ensemble.time_step(0.0)
    tau = neel_relaxation_time(sigma * KT / V, MS, D, T)
    ensemble.set_step(dt)
    ensemble._rows[:, 2] = 1.0
    follow(ensemble, round(0.4 * tau / dt))
    early = row_vectors(ensemble, 0)[2].copy()
    steps = round(0.8 * tau / dt)
    follow(ensemble, steps)
    late = row_vectors(ensemble, 0)[2].copy()
    ratio = late.mean() / early.mean()
    error = (late - ratio * early).std() / math.sqrt(late.size) / early.mean()
    assert error < 0.04
    assert abs(ratio - math.exp(-steps * dt / tau)) < 4 * error


def test_brown_rotation_in_a_strong_field():
    """Against the Fokker-Planck equation of a blocked moment at xi = 5 and w tau = 1."""
    eta, outer = 1e-3, 30e-9
    tau = brown_relaxation_time(eta, outer, T)
    H = 5.0 * KT / (MU0 * MS * V)
    loop = stochastic_loop(
        D,
        MS,
        0.0,
        H,
        1 / (2 * math.pi * tau),
        T=T,
        mode="brown",
        hydrodynamic_diameter=outer,
        viscosity=eta,
        particles=1000,
        seed=5,
    )
    error = loop.area_sem / (math.pi * MU0 * H * MS)
    assert error < 0.008
    assert abs(loop.harmonics[1].imag + 0.484084) < 4 * error
    assert abs(loop.harmonics[1].real - 0.666742) < 4 * error


@pytest.mark.slow
def test_a_stiff_particle_in_a_liquid_is_a_blocked_one():
    """With a high barrier the moment drags its particle along: both models give one loop."""
    given = {"T": T, "hydrodynamic_diameter": 12e-9, "viscosity": 2e-5, "particles": 512}
    H, f = 2.0 * KT / (MU0 * MS * V), 2e7
    # sigma 12, at which the moment keeps its side for longer than the particle needs to turn
    free = stochastic_loop(D, MS, 12 * KT / V, H, f, mode="coupled", alpha=0.5, seed=1, **given)
    blocked = stochastic_loop(D, MS, 0.0, H, f, mode="brown", seed=2, **given)
    error = math.hypot(free.area_sem, blocked.area_sem)
    assert abs(free.area - blocked.area) < 4 * error + 0.1 * blocked.area
    assert abs(free.harmonics[1] - blocked.harmonics[1]) < 0.12


def stoner_wohlfarth_area(K, psi):
    """Area without heat, from the equilibrium h sin(psi - phi) = sin(2 phi)/2 of the upper branch, h = H/Hk."""
    switching = (math.sin(psi) ** (2 / 3) + math.cos(psi) ** (2 / 3)) ** -1.5
    # At the switching field tan(phi) = -tan(psi)^(1/3)... found as the end of the branch.
    from scipy.optimize import brentq

    end = -math.atan(math.tan(psi) ** (1 / 3))
    h = np.linspace(-switching, switching, 4001)

    def angle(field):
        return brentq(lambda p: 0.5 * math.sin(2 * p) - field * math.sin(psi - p), end, psi)

    m = [math.cos(psi - angle(field)) for field in h[1:]]
    m.insert(0, math.cos(psi - end))
    return 4.0 * K * np.trapezoid(m, h)


@pytest.mark.slow
def test_stoner_wohlfarth_without_heat():
    assert stoner_wohlfarth_area(1.0, 1e-9) == pytest.approx(8.0, rel=1e-3)
    hk = 2 * 11e3 / (MU0 * MS)
    loop = stochastic_loop(
        20e-9, MS, 11e3, 0.8 * hk, 1e5, T=0.001, alpha=1.0, easy_axis=math.pi / 4, particles=2, periods=2
    )
    # A slow field, and yet not infinitely slow.
    assert 1.0 < loop.area / stoner_wohlfarth_area(11e3, math.pi / 4) < 1.04


@pytest.mark.slow
def test_loop_of_random_axes_against_the_fokker_planck_equation():
    """Converged harmonic balance over spherical harmonics: 10.256 kJ/m3."""
    loop = stochastic_loop(**B1, particles=1000, seed=1)
    assert loop.area_sem < 0.01 * loop.area
    assert abs(loop.area - 10256) < 3.5 * loop.area_sem


@pytest.mark.slow
@pytest.mark.parametrize(("psi", "exact"), [(0.3, 22278), (1.2, 7204)])
def test_loop_at_an_angle_against_the_fokker_planck_equation(psi, exact):
    loop = stochastic_loop(**B1, easy_axis=psi, particles=1000, seed=2)
    assert loop.area_sem < 0.01 * loop.area
    assert abs(loop.area - exact) < 3.5 * loop.area_sem


@pytest.mark.slow
def test_the_standard_error_is_that_of_repeated_runs():
    quick = {"core_diameter": 12e-9, "Ms": MS, "K": 2e4, "H": 40e3, "f": 3e6}
    loops = [stochastic_loop(**quick, particles=96, seed=seed) for seed in range(60)]
    spread = np.std([loop.area for loop in loops], ddof=1)
    stated = math.sqrt(np.mean([loop.area_sem**2 for loop in loops]))
    assert 0.75 < spread / stated < 1.35


# --- the loop that is handed back

QUICK = {"core_diameter": D, "Ms": MS, "K": 2e4, "H": 30e3, "f": 20e6, "particles": 70, "steps_per_period": 8000}
PAIR = {"positions": np.array([[0, 0, 0], [0, 0, 11e-9]])}
LIQUID = {"hydrodynamic_diameter": 12e-9, "viscosity": 1e-5}
WAYS = [
    {},
    {"anisotropy": "cubic", "K": -1e4},
    {"easy_axis": 0.4, "bias": 5e3},
    PAIR,
    PAIR | {"anisotropy": "cubic"},
    LIQUID | {"mode": "coupled"},
    LIQUID | {"mode": "brown"},
]


@pytest.mark.parametrize("way", WAYS)
def test_the_loop_is_whole(way):
    loop = stochastic_loop(**QUICK | way)
    assert loop.area == pytest.approx(-math.pi * MU0 * 30e3 * MS * loop.harmonics[1].imag, rel=1e-4)
    assert loop.area_sem > 0
    assert loop.magnetisation.shape == loop.field.shape == loop.time.shape == (200,)
    assert loop.field == pytest.approx(way.get("bias", 0) + 30e3 * np.cos(2 * np.pi * 20e6 * loop.time))
    # The harmonics draw the loop, but for the noise above the twentieth.
    k = np.arange(21)
    drawn = (loop.harmonics * np.exp(2j * np.pi * 20e6 * loop.time[:, None] * k)).real.sum(axis=1)
    assert np.std(drawn - loop.magnetisation) < 0.05
    # The area of the samples is the area.
    closed = np.append(loop.magnetisation, loop.magnetisation[0]), np.append(loop.field, loop.field[0])
    around = -MU0 * MS * np.sum(0.5 * (closed[0][1:] + closed[0][:-1]) * np.diff(closed[1]))
    assert around == pytest.approx(loop.area, abs=0.01 * MU0 * MS * 30e3)
    assert loop.steps == 16000


@pytest.mark.parametrize("way", [{}, PAIR, LIQUID | {"mode": "coupled"}])
def test_seed_and_threads(way):
    import numba

    before = numba.get_num_threads()
    try:
        loops = []
        for threads in sorted({1, numba.config.NUMBA_NUM_THREADS}):
            numba.set_num_threads(threads)
            loops.append(stochastic_loop(**QUICK | way, seed=7))
        first = loops[0]
        for loop in loops:
            assert (loop.area, loop.area_sem) == (first.area, first.area_sem)
            assert (loop.harmonics == first.harmonics).all()
            assert (loop.magnetisation == first.magnetisation).all()
    finally:
        numba.set_num_threads(before)
    assert stochastic_loop(**QUICK | way, seed=8).area != first.area


def test_no_field_and_no_frequency_lose_nothing():
    for change in ({"H": 0.0}, {"f": 0.0}, {"H": 0.0, "f": 0.0, "bias": 1e4}):
        loop = stochastic_loop(**QUICK | change)
        assert loop.area == 0.0
        assert math.copysign(1, loop.area) == 1
        assert loop.area_sem == 0.0
        assert loop.specific_loss(5180) == 0.0
        for numbers in (loop.harmonics, loop.time, loop.field, loop.magnetisation):
            assert np.isfinite(numbers).all()
        if "bias" in change:
            assert loop.field == pytest.approx(1e4)


def test_a_single_particle_has_no_standard_error():
    assert math.isnan(stochastic_loop(**QUICK | {"particles": 1}).area_sem)


def test_weights_are_volumes():
    sizes = np.repeat([10e-9, 5e-9], 20)
    weights = particles(None, d=sizes)._rows[:, 7].ravel()
    assert weights[:40] == pytest.approx(sizes**3 / (sizes**3).sum())
    assert (weights[40:] == 0.0).all()


@pytest.mark.slow
def test_sizes_count_by_volume():
    """In a field that saturates, each particle gives its volume; half of them hardly magnetise."""
    sizes = np.repeat([10e-9, 3e-9], 64)
    rest = {"f": 0.0, "H": 0.0, "bias": 2e4, "K": 0.0, "particles": None, "steps_per_period": 400_000}
    loop = stochastic_loop(**QUICK | rest | {"core_diameter": sizes, "T": 300.0, "periods": 3})
    volume = np.pi / 6 * sizes**3
    xi = MU0 * MS * volume * 2e4 / KT
    expected = (volume * langevin(xi)).sum() / volume.sum()
    assert loop.harmonics[0].real == pytest.approx(expected, abs=0.05)
    assert abs(langevin(xi).mean() - expected) > 0.1


def test_power():
    loop = stochastic_loop(**QUICK)
    assert loop.specific_loss(5180) == pytest.approx(loop.area * 20e6 / 5180)
    assert loop.slp(5180) == pytest.approx(loop.area * 20e6 / 5180 / 0.7236)


def test_progress():
    told = []
    stochastic_loop(**QUICK, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"core_diameter": -1e-9}, "core_diameter"),
        ({"core_diameter": [1e-8, 2e-8]}, "core_diameter"),
        ({"Ms": 0.0}, "Ms"),
        ({"K": math.nan}, "K"),
        ({"H": -1.0}, "H"),
        ({"f": math.inf}, "f"),
        ({"T": 0.0}, "T"),
        ({"alpha": 0.0}, "alpha"),
        ({"alpha": 10.0}, "alpha"),
        ({"gamma": -1.0}, "gamma"),
        ({"easy_axis": "sideways"}, "easy_axis"),
        ({"easy_axis": math.inf}, "easy_axis"),
        ({"easy_axis": -0.1}, "easy_axis"),
        ({"mode": "neal"}, "mode"),
        ({"anisotropy": "hexagonal"}, "anisotropy"),
        ({"mode": "brown"}, "hydrodynamic_diameter"),
        (LIQUID | {"mode": "brown", "viscosity": None}, "viscosity"),
        (LIQUID | {"mode": "brown", "viscosity": -1.0}, "viscosity"),
        (LIQUID | {"mode": "brown", "hydrodynamic_diameter": 9e-9}, "hydrodynamic_diameter"),
        (LIQUID | {"mode": "brown", "hydrodynamic_diameter": [12e-9, 13e-9]}, "hydrodynamic_diameter"),
        (LIQUID | {"mode": "coupled", "anisotropy": "cubic"}, "anisotropy"),
        (LIQUID | {"mode": "coupled", "easy_axis": 0.1}, "easy_axis"),
        (LIQUID | PAIR | {"mode": "coupled"}, "mode"),
        ({"positions": [[0, 0, 0], [0, 0, 9e-9]]}, "positions"),
        ({"positions": [[0, 0, 0], [0, 0, math.nan]]}, "positions"),
        ({"positions": [0, 0, 0]}, "positions"),
        (PAIR | {"core_diameter": [1e-8, 1e-8, 1e-8]}, "core_diameter"),
        ({"bias": math.inf}, "bias"),
        ({"particles": 0}, "particles"),
        ({"particles": 2.5}, "particles"),
        ({"periods": 0}, "periods"),
        ({"periods": 1}, "discard"),
        ({"discard": -1}, "discard"),
        ({"harmonics": 0}, "harmonics"),
        ({"seed": -1}, "seed"),
        ({"steps_per_period": 100}, "steps_per_period"),
        ({"f": 1e-3, "steps_per_period": None}, "f"),
    ],
)
def test_bad_input_is_refused_by_name(change, named):
    with pytest.raises(InputError) as caught:
        stochastic_loop(**QUICK | change)
    assert caught.value.field == named
