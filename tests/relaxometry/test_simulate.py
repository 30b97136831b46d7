"""The random walk against exact solutions of the diffusion equation, frozen protons, lattice sums and the formulas.

Lengths in core radii, times in tau_D; "reduced" is dw tau_D. Exponents X (signal exp(-f X)) of weak fields are known
exactly at any time from the spectral density of diffusion, whose Laplace transform is rational in sqrt(p).
"""

import itertools
import math

import numpy as np
import pytest

from ferrotope.errors import InputError
from ferrotope.relaxometry import (
    periodic_cell_deficit,
    r2_motional_averaging,
    random_cluster,
    simulate_r2,
)
from ferrotope.relaxometry.regimes import larmor_shift

d, D = 20e-9, 3e-9
TAU = d * d / (4 * D)
MOTIONAL, STATIC = 16 / 45, 2 * math.pi * math.sqrt(3) / 9
WEAK = 0.1


def simulated(reduced, f=1e-5, **given):
    """Simulate; times are in tau_D."""
    for name in ("duration", "echo_time"):
        if name in given:
            given[name] *= TAU
    given.setdefault("protons", 8192)
    found = simulate_r2(d, reduced / TAU / float(larmor_shift(1.0)), D=D, volume_fraction=f, **given)
    assert found.volume_fraction == f
    return found


def share(found, reduced, factor=MOTIONAL):
    """Rate and its error over factor f dw^2 tau_D."""
    unit = factor * found.volume_fraction * reduced**2 / TAU
    return found.rate / unit, found.rate_error / unit


def exponent(time):
    """X of free induction over its dw^2 tau_D^2 in a weak field, by Talbot's inversion (Abate and Valko 2004)."""
    terms, turn = 24, np.arange(1, 24) * math.pi / 24
    scale = 2 * terms / (5 * time)
    cot = 1 / np.tan(turn)
    nodes = np.concatenate([[scale], scale * turn * (cot + 1j)])
    weights = np.concatenate([[0.5], 1 + 1j * (turn + (turn * cot - 1) * cot)]) * np.exp(nodes * time)
    s = np.sqrt(nodes + 0j)
    spectrum = (1 + s / 4) / (1 + s + 4 * s**2 / 9 + s**3 / 9)
    return MOTIONAL * scale / terms * float(np.sum((weights * spectrum / nodes**2).real))


def refocused(echo, echoes):
    """X of an echo train over its dw^2 tau_D^2 in a weak field: second differences of that of free induction."""
    edges = np.concatenate([[0], np.arange(echoes) + 0.5, [echoes]]) * echo
    total = sum(exponent(step) for step in np.diff(edges))
    for i in range(echoes + 1):
        for j in range(i + 1, echoes + 1):
            a, b, c, e = edges[i], edges[i + 1], edges[j], edges[j + 1]
            within = exponent(c - b) if c > b else 0.0
            total += (-1) ** (j - i) * (exponent(e - a) + within - exponent(c - a) - exponent(e - b))
    return total


def frozen(turned):
    """X of protons that do not move, for dw t: the volume integral of 1 - cos(dw t (3 cos^2 - 1)/r^3)."""
    w = np.linspace(0, 1, 4001)[1:] - 0.5 / 4000  # volume of a core over that of the sphere out to the place
    mu = (np.arange(400) + 0.5) / 400
    return float(np.mean((1 - np.cos(turned * np.outer(w, 3 * mu**2 - 1))) / w[:, None] ** 2))


def z_scores(found, exponents):
    expected = np.exp(-found.volume_fraction * np.asarray(exponents))
    return (found.signal[1:] - expected) / found.signal_error[1:]


def test_the_exact_exponents_are_right():
    assert exponent(1e7) / 1e7 == pytest.approx(MOTIONAL, rel=1e-3)
    assert exponent(1e-3) == pytest.approx(0.5 * 4 / 5 * 1e-6, rel=0.1)  # <w^2> = 4/5 f dw^2
    assert frozen(300.0) / 300 == pytest.approx(STATIC, rel=0.01)
    assert refocused(1e5, 1) / 1e5 == pytest.approx(MOTIONAL, rel=0.01)


@pytest.mark.slow
def test_free_induction_in_a_weak_field_is_exact_at_all_times():
    found = simulated(WEAK, duration=20, protons=65536)
    z = z_scores(found, [WEAK**2 * exponent(t / TAU) for t in found.time[1:]])
    assert np.abs(z).max() < 3.5
    # to be worth a z-score the error must be small
    assert found.rate_error < 0.012 * found.rate


@pytest.mark.parametrize("protons", [8192, pytest.param(65536, marks=pytest.mark.slow)])
def test_echoes_in_a_weak_field_are_exact(protons):
    found = simulated(WEAK, echo_time=4, echoes=3, protons=protons)
    exact = [refocused(4, m) for m in (1, 2, 3)]
    assert np.abs(z_scores(found, [WEAK**2 * X for X in exact])).max() < 3.5
    assert found.rate_error < 0.012 * found.rate * math.sqrt(65536 / protons)
    # the rate is the mean slope in the second half of the train, here of echoes 2 and 3
    assert share(found, WEAK, 1.0)[0] == pytest.approx((exact[2] - exact[0]) / 8, rel=0.05 * math.sqrt(65536 / protons))


def test_a_long_train_is_looked_at_here_and_there():
    found = simulated(WEAK, echo_time=1, echoes=40, protons=16384)
    numbers = np.rint(found.time[1:] / TAU).astype(int)
    assert (numbers[0], numbers[-1], numbers.size < 15) == (1, 40, True)
    exact = np.array([WEAK**2 * refocused(1, m) for m in numbers])
    # the slope between the intervals looked at is interpolated
    assert np.abs(found.signal[1:] - np.exp(-1e-5 * exact)) == pytest.approx(
        np.zeros(numbers.size), abs=3.5 * found.signal_error.max()
    )
    assert found.rate_error < 0.03 * found.rate
    assert share(found, WEAK, 1.0)[0] == pytest.approx((exact[-1] - refocused(1, 20) * WEAK**2) / 20 / WEAK**2, rel=0.1)


@pytest.mark.slow
def test_frozen_protons_dephase_as_by_quadrature():
    found = simulated(1e6, duration=1e-4, f=1e-3)
    z = z_scores(found, [frozen(1e6 * t / TAU) for t in found.time[1:]])
    assert np.abs(z).max() < 3.5
    assert share(found, 1e6, STATIC / 1e6)[0] == pytest.approx(1.0, abs=4 * share(found, 1e6, STATIC / 1e6)[1])


def test_the_rate_is_the_slope_of_the_decay():
    free = simulated(10.0, f=0.01, protons=640)
    train = simulated(10.0, f=0.01, protons=640, echo_time=2.0, echoes=4)
    for found, middle in ((free, 16), (train, 2)):
        fallen = math.log(found.signal[middle] / found.signal[-1])
        assert found.rate == pytest.approx(fallen / (found.time[-1] - found.time[middle]), rel=1e-9)
    single = simulated(10.0, f=0.01, protons=640, echo_time=2.0)
    assert single.rate == pytest.approx(-math.log(single.signal[1]) / (2 * TAU), rel=1e-9)


def test_an_echo_refocuses_frozen_protons():
    found = simulated(1e6, echo_time=1e-6, f=1e-3)
    assert abs(found.rate) < 1e-4 * 1e-3 * 1e6 / TAU
    assert found.signal[-1] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("echo", [{}, {"echo_time": 5.0, "echoes": 4}])
@pytest.mark.parametrize("sphere", [{}, {"permeable": True}, {"shell_thickness": d, "shell_diffusion": D / 4}])
def test_without_field_nothing_relaxes(echo, sphere):
    found = simulated(0.0, **echo, **sphere)
    assert (found.rate, found.rate_error) == (0.0, 0.0)
    assert (found.signal == 1.0).all()


def test_motional_averaging_by_default():
    """Theory foresees the time; the medium is infinite, so that no cell cuts off the far field."""
    found = simulated(WEAK, protons=16384)
    ratio, error = share(found, WEAK)
    assert error < 0.03
    assert abs(ratio - 1) < 3.5 * error
    assert 0.01 < found.cell_bias < 0.05
    whole = r2_motional_averaging(d, WEAK / TAU / larmor_shift(1.0), D=D)
    assert found.relaxivity() == pytest.approx(ratio * whole)


def test_water_that_enters_the_sphere_relaxes_less():
    """With a free interior 16/45 becomes 8/25: the integral of |w_k|^2/(D k^2), as in the lattice test."""
    found = simulated(WEAK, permeable=True, duration=1e6, protons=12288)
    ratio, error = share(found, WEAK, 8 / 25)
    assert abs(ratio - 1) < 3.5 * error < 0.12


def shelled(slow, outer):
    """Rate over that of a bare core with slow water up to a radius: the radial equation in two layers."""
    inner = 1 / (3 * slow)
    unknown = [
        [-3, 2, 0],
        [outer**-3, outer**2, -(outer**-3)],
        [-3 * slow * outer**-4, 2 * slow * outer, 3 * outer**-4],
    ]
    known = [inner, (1 / 3 - inner) / outer, (slow * inner - 1 / 3) / outer**2]
    b, c, far = np.linalg.solve(unknown, known)
    near = inner * (1 - 1 / outer) + b * (1 - outer**-3) / 3 + c * (outer**2 - 1) / 2
    return 8 * math.pi / 5 * (near + 1 / 3 / outer + far * outer**-3 / 3) / (4 * math.pi / 3) / MOTIONAL


def test_slow_water_in_a_shell_relaxes_more():
    assert shelled(1.0, 1.5) == pytest.approx(1.0)
    found = simulated(WEAK, shell_thickness=d / 4, shell_diffusion=D / 4, duration=1e6)
    ratio, error = share(found, WEAK, MOTIONAL * shelled(0.25, 1.5))
    assert shelled(0.25, 1.5) > 1.35
    assert abs(ratio - 1) < 3.5 * error < 0.12


def membraned(leak, outer):
    """Rate over dw^2 tau_D of a core with a membrane at `outer`, 1 being the surface of a core that water enters.

    It is 12/5 of the integral of h/r, where h'' + 2 h'/r - 6 h/r^2 = -1/r^3 outside the core: h = 1/(6 r) + b r^2 +
    c/r^3, no flow at the core, and leak times the jump of h at the membrane. Within a permeable core h = b r^2.
    """
    far = -3 * outer**-4  # slope of 1/r^3
    flow = [leak * outer**2, leak * outer**-3, far - leak * outer**-3]
    if outer > 1:
        unknown = [[2, -3, 0], [2 * outer, far, -far], flow]
        b, c, beyond = np.linalg.solve(unknown, [1 / 6, 0, 1 / 6 / outer**2])
    else:
        b, c, beyond = np.linalg.solve([[0, 1, 0], [2, 0, -far], flow], [0, -1 / 6, 1 / 6 + leak / 6])
    within = b * (outer**2 - 1) / 2 + c * (1 - outer**-3) / 3
    return 12 / 5 * (1 / 6 + within + beyond * outer**-3 / 3)


def test_the_limits_of_a_membrane():
    """None is a bare core; one that is tight parts the water. 16/45 and 8/25 are those of the spheres themselves."""
    assert membraned(1e9, 1.5) == pytest.approx(MOTIONAL)
    assert membraned(1e9, 1.0) == pytest.approx(8 / 25)
    assert membraned(1e-9, 1.0) == pytest.approx(MOTIONAL)
    assert membraned(1e-9, 50.0) == pytest.approx(MOTIONAL, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(("leak", "outer"), [(1.0, 1.5), (0.3, 1.5), (1.0, 1.0), (0.2, 1.0)])
def test_water_behind_a_membrane(leak, outer):
    shell = {"shell_thickness": (outer - 1) * d / 2, "shell_diffusion": D} if outer > 1 else {"permeable": True}
    found = simulated(WEAK, permeability=leak * D / (d / 2), duration=1e4, protons=65536, **shell)
    ratio, error = share(found, WEAK, membraned(leak, outer))
    assert abs(ratio - 1) < 3.5 * error + 0.01 < 0.06


def test_a_shell_that_keeps_water_out_relaxes_less():
    found = simulated(WEAK, shell_thickness=d / 4, duration=1e6)
    ratio, error = share(found, WEAK, MOTIONAL / 1.5)
    assert abs(ratio - 1) < 3.5 * error < 0.12


def test_two_cores_help_each_other():
    """Their far fields add (4/5) V/(4 pi D s) f dw^2 at distance s: 3/16 of the rate of one at s = 4 radii."""
    found = simulated(WEAK, positions=[[-d, 0, 0], [d, 0, 0]], duration=1e6, protons=12288)
    ratio, error = share(found, WEAK, MOTIONAL * (1 + 3 / 16))
    assert abs(ratio - 1) < 3.5 * error < 0.12
    assert share(found, WEAK)[0] - 1 > 2 * error


def test_the_bias_of_a_periodic_cell_by_lattice_sum():
    """In a cell only its wave vectors average: sum of |w_k|^2/(D k^2) of permeable spheres, whose whole is 8/25.

    Directions of the field are averaged, <P2^2> = 1/5; w_k = -2 V dw P2 3 j1(ka)/(ka).
    """
    for f in (1e-3, 1e-4):
        edge = (4 * math.pi / 3 / f) ** (1 / 3)
        reach = int(25 * edge / (2 * math.pi))
        n = np.arange(-reach, reach + 1) ** 2.0
        square, many = np.unique((n[:, None] + n).ravel(), return_counts=True)
        k2 = (square[:, None] + n).ravel()
        many = np.repeat(many, n.size)[k2 > 0]
        k = np.sqrt(k2[k2 > 0]) * 2 * math.pi / edge
        form = 3 * (np.sin(k) - k * np.cos(k)) / k**3
        cell = f * 0.8 * (4 * math.pi / 3) / edge**3 * np.sum(many * form**2 / k**2)
        unit = float(larmor_shift(1.0)) ** 2 * TAU
        missing = float(periodic_cell_deficit(d, 1.0, f, D=D)) / unit
        assert cell + missing == pytest.approx(8 / 25 * f, rel=2e-3)
        assert missing > 0.05 * cell


def test_the_same_numbers_with_any_number_of_threads_and_the_same_seed():
    import numba

    given = {"duration": 5, "protons": 640, "seed": 3}
    threads = numba.get_num_threads()
    every = simulated(1.0, **given)
    try:
        numba.set_num_threads(1)
        one = simulated(1.0, **given)
        echoes = [simulated(1.0, echo_time=1, echoes=2, protons=640)]
    finally:
        numba.set_num_threads(threads)
    echoes.append(simulated(1.0, echo_time=1, echoes=2, protons=640))
    for first, second in ((every, one), echoes):
        assert first.rate == second.rate
        assert (first.signal == second.signal).all()
    assert simulated(1.0, **{**given, "seed": 4}).rate != every.rate


def test_streams_of_protons_are_independent():
    """The rates of many small runs scatter as their errors say."""
    runs = [simulated(WEAK, duration=5, protons=512, seed=seed) for seed in range(40)]
    rates, errors = np.array([run.rate for run in runs]), np.array([run.rate_error for run in runs])
    assert np.std(rates, ddof=1) == pytest.approx(np.sqrt(np.mean(errors**2)), rel=0.4)
    assert len(set(rates)) == 40


@pytest.mark.parametrize(("face", "slow", "leak"), [(0.0, 1.0, math.inf), (1.5, 0.25, math.inf), (1.5, 0.25, 1.0)])
def test_surfaces_keep_water_and_its_density(face, slow, leak):
    """Protons uniform in a periodic box around an impermeable core stay outside it and uniform."""
    from numba import njit

    from ferrotope.relaxometry.walk import _longest, _move, _open_stream, _uniform

    @njit
    def distances(count, half, total, face, slow, leak):
        away = np.empty(count)
        words, spare = np.empty(1, dtype=np.uint64), np.zeros(2)
        place, trial, centres = np.empty(3), np.empty(3), np.zeros((1, 3))
        for proton in range(count):
            _open_stream(words, np.uint64(5), proton)
            r = 0.0
            while r < 1.0:
                for k in range(3):
                    place[k] = half * (2 * _uniform(words) - 1)
                r = math.sqrt(place[0] ** 2 + place[1] ** 2 + place[2] ** 2)
            time = 0.0
            while time < total:
                step = min(_longest(r, 1.0, face, 0.12, 0.1), total - time)
                time += step
                _move(place, trial, words, spare, centres, 1.0, face, slow, leak, r, step)
                for k in range(3):
                    place[k] -= 2 * half * round(place[k] / (2 * half))
                r = math.sqrt(place[0] ** 2 + place[1] ** 2 + place[2] ** 2)
            away[proton] = r
        return away

    away = distances(60_000, 2.0, 1.0, face, slow, leak)
    assert away.min() >= 1.0
    room = 4.0**3 - 4 * math.pi / 3
    for edge in (1.1, 1.25, 1.5, 1.75, 2.0):
        expected = 60_000 * 4 * math.pi / 3 * (edge**3 - 1) / room
        assert abs(np.sum(away < edge) - expected) < 3.5 * math.sqrt(expected) + 0.01 * expected, edge


@pytest.mark.parametrize("leak", [0.1, 1.0])
def test_water_leaves_through_a_membrane_as_it_should(leak):
    """From a sphere: the share left is the sum of 6 L^2 exp(-b^2 t)/(b^2 (b^2 + L (L - 1))) with b cot b = 1 - L.

    Crank, The Mathematics of Diffusion, 2nd edition 1975, section 6.3.4 (from memory; at t = 0 it is 1). Protons that
    are outside at the end of a step are gone: that adds the resistance of 0.5826 steps, -zeta(1/2)/sqrt(2 pi) of them
    (Chang and Peres, Ann Probab 1997;25:787, doi:10.1214/aop/1024404419).
    """
    from numba import njit
    from scipy.optimize import brentq

    from ferrotope.relaxometry.walk import _longest, _move, _open_stream, _uniform

    @njit
    def left(count, total, leak, floor):
        inside = 0
        words, spare = np.empty(1, dtype=np.uint64), np.zeros(2)
        place, trial, centres = np.empty(3), np.empty(3), np.zeros((1, 3))
        for proton in range(count):
            _open_stream(words, np.uint64(7), proton)
            r = 2.0
            while r > 1.0:
                for k in range(3):
                    place[k] = 2 * _uniform(words) - 1
                r = math.sqrt(place[0] ** 2 + place[1] ** 2 + place[2] ** 2)
            time = 0.0
            while time < total and r < 1.0:
                step = min(_longest(r, 0.0, 1.0, floor, 0.1), total - time)
                time += step
                _move(place, trial, words, spare, centres, 0.0, 1.0, 1.0, leak, r, step)
                r = math.sqrt(place[0] ** 2 + place[1] ** 2 + place[2] ** 2)
            inside += r < 1.0
        return inside / count

    floor = 0.12
    effective = 1 / (1 / leak + 0.5826 * floor)

    def crank(time):
        edges = np.arange(61) * math.pi
        roots = [
            brentq(lambda b: b / math.tan(b) - 1 + effective, low + 1e-9, high - 1e-9)
            for low, high in itertools.pairwise(edges)
        ]
        square = np.array(roots) ** 2
        return np.sum(6 * effective**2 * np.exp(-square * time) / (square * (square + effective * (effective - 1))))

    assert crank(0.0) == pytest.approx(1.0, abs=1e-3)
    for time in (0.2, 1.0 / leak):
        assert left(20_000, time, leak, floor) == pytest.approx(crank(time), abs=0.012)


def test_a_random_cluster_has_room_for_all():
    centres = random_cluster(50, d, 0.2, seed=2)
    gaps = np.linalg.norm(centres[:, None] - centres, axis=2) + np.diag(np.full(50, 1.0))
    assert gaps.min() >= d
    assert np.linalg.norm(centres, axis=1).max() + d / 2 <= d / 2 * (50 / 0.2) ** (1 / 3) * (1 + 1e-12)
    with pytest.raises(InputError, match="phi_intra"):
        random_cluster(5, d, 0.6)


def test_progress_is_told():
    said = []
    simulated(WEAK, duration=1, protons=6400, progress=said.append)
    assert said == sorted(said)
    assert (len(said) > 5, said[-1]) == (True, 1.0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"core_diameter": 0.0}, "core_diameter"),
        ({"Mv": -1.0}, "Mv"),
        ({"D": -1e-9}, "D"),
        ({"volume_fraction": 0.0}, "volume_fraction"),
        ({"volume_fraction": 0.3}, "volume_fraction"),
        ({"echo_time": 0.0}, "echo_time"),
        ({"echoes": 3}, "echo_time"),
        ({"echo_time": 1e-3, "duration": 1e-3}, "duration"),
        ({"echo_time": 1e-3, "echoes": 0}, "echoes"),
        ({"echo_time": 1e-3, "echoes": 10**9}, "echoes"),
        ({"duration": -1.0}, "duration"),
        ({"protons": 1}, "protons"),
        ({"protons": 2.5}, "protons"),
        ({"protons": 10**12}, "protons.*memory"),
        ({"core_diameter": [d, d]}, "core_diameter.*single"),
        ({"positions": d * 1.01 * np.mgrid[:100, :100, :100].reshape(3, -1).T}, "protons.*longest"),
        ({"seed": -1}, "seed"),
        ({"longest": 1e-6}, "protons.*longest"),
        ({"longest": 0.05, "protons": 10**6}, "protons.*longest"),
        ({"shell_thickness": -1e-9}, "shell_thickness"),
        ({"shell_thickness": 1e-9, "shell_diffusion": 2 * D}, "shell_diffusion"),
        ({"shell_thickness": 1e-9, "permeable": True}, "shell_diffusion"),
        ({"permeability": 1e-3}, "permeability.*behind"),
        ({"permeability": -1.0, "permeable": True}, "permeability"),
        ({"positions": [[0.0, 0.0]]}, "positions"),
        ({"positions": [[0.0, 0.0, 0.0], [0.0, 0.0, d / 2]]}, "positions.*cores 0 and 1 overlap"),
    ],
)
def test_what_is_out_of_range_is_refused(given, field):
    with pytest.raises(InputError, match=field):
        simulate_r2(**{"core_diameter": d, "Mv": 1e5, "D": D, "volume_fraction": 1e-5, **given})


@pytest.mark.slow
def test_motional_averaging_within_one_per_cent():
    ratio, error = share(simulated(WEAK, protons=300_000), WEAK)
    assert error < 0.01
    assert ratio == pytest.approx(1.0, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("f", [1e-3, 1e-4])
def test_static_dephasing_within_one_per_cent(f):
    ratio, error = share(simulated(1e4, f=f, protons=300_000), 1e4, STATIC / 1e4)
    assert error < 0.01
    assert ratio == pytest.approx(1.0, abs=0.03)


@pytest.mark.slow
def test_free_induction_between_the_limits_stays_below_both():
    for reduced in (1.0, 3.4, 10.0):
        found = simulated(reduced, f=1e-4, protons=65536)
        least = min(MOTIONAL * reduced**2, STATIC * reduced)
        assert 0.4 < found.rate / (found.volume_fraction * least / TAU) < 1.03


@pytest.mark.slow
def test_a_cluster_of_cores_is_nearly_a_large_sphere():
    """60 cores at a volume fraction of 0.2 taken as one sphere of their mean magnetisation, which water enters."""
    found = simulated(0.02, positions=random_cluster(60, d, 0.2, seed=1), protons=32768, duration=1e6)
    large = 0.2 * (60 / 0.2) ** (2 / 3) * 8 / 25
    assert share(found, 0.02, large)[0] == pytest.approx(1.0, abs=0.25)
