"""Heating in time against a closed form, an integral over point sources, finite volumes and conservation of energy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from ferrotope.errors import InputError
from ferrotope.hyperthermia import (
    heating_and_cooling,
    mean_temperature_rise,
    steady_temperature_rise,
    temperature_rise,
    unperfused_centre_temperature_rise,
)
from tests.hyperthermia.second_methods import FiniteVolumes, point_sources

A, P, K, H, C = 5e-3, 1e6, 0.5, 3.6e6, 2e4
TIMES = np.array([1e-3, 1.0, 10.0, 60.0, 600.0, 6000.0, 1e5])
LIVER, MUSCLE = (0.52, 3.82e6, 5.7e4), (0.49, 3.73e6, 2.66e3)

radii = st.floats(1e-4, 0.5)
times = st.floats(1e-3, 3e7)
cooling = st.one_of(st.just(0.0), st.floats(1e-9, 1.0)).map(lambda w: 3.8e6 * w)
media = st.tuples(st.floats(0.1, 1.0), st.floats(1e6, 5e6), cooling)


def test_centre_without_perfusion_by_hand():
    """P a^2/2k [1 - (1 - 2 tau) erf(u) - 2 sqrt(tau/pi) exp(-u^2)] at tau = alpha t/a^2 = 1/4, where u = 1."""
    time = 0.25 * A**2 * H / K
    expected = 25.0 * (1 - 0.5 * math.erf(1) - math.exp(-1) / math.sqrt(math.pi))
    assert unperfused_centre_temperature_rise(time, A, P, K, H) == pytest.approx(expected, rel=1e-13)
    assert unperfused_centre_temperature_rise(1e12, A, P, K, H) == pytest.approx(25.0, rel=1e-4)
    assert unperfused_centre_temperature_rise(1e-3, A, P, K, H) == pytest.approx(P / H * 1e-3, rel=1e-9)


def test_centre_without_perfusion_against_laplace_inversion():
    closed = unperfused_centre_temperature_rise(TIMES, A, P, K, H)
    assert temperature_rise(0.0, TIMES, A, P, K, H, 0.0)[:, 0] == pytest.approx(closed, rel=1e-9)


@pytest.mark.parametrize("cooling", [0.0, C, 4e6])
@pytest.mark.parametrize("distance", [0.0, 1e-6, 2e-3, A, 7e-3, None])
def test_one_medium_against_point_sources(distance, cooling):
    wanted = TIMES[1:] if distance == 7e-3 else TIMES
    expected = [point_sources(distance, t, A, P, K, H, cooling) for t in wanted]
    found = temperature_rise(distance, wanted, A, P, K, H, cooling).ravel()
    assert found == pytest.approx(expected, rel=1e-8, abs=1e-11)


@pytest.mark.parametrize(
    ("inside", "outside"),
    [(LIVER, MUSCLE), (MUSCLE, LIVER), ((0.6, 4.2e6, 0.0), (0.2, 1.9e6, 2e3)), ((0.3, 2e6, 2e5), (0.7, 4e6, 0.0))],
)
def test_two_media_against_finite_volumes(inside, outside):
    """The shells approach the formula with the square of their thickness."""
    t = np.array([5.0, 60.0, 600.0, 3600.0])
    errors = []
    for cells in (150, 300):
        shells = FiniteVolumes(A, inside, outside, cells, cells)
        numeric = shells.rise(t)
        near = shells.nodes < 4 * A
        ours = temperature_rise(shells.nodes[near], t, A, 1.0, *inside, *outside)
        mean = temperature_rise(None, t, A, 1.0, *inside, *outside)
        local = np.abs(ours - numeric[:, near]).max(axis=1) / numeric[:, 0]
        errors.append(np.concatenate([local, np.abs(shells.mean(numeric) / mean - 1)]))
    assert errors[1].max() < 5e-4
    assert (errors[1] < 0.3 * errors[0]).all()


@given(radii, media, media)
def test_it_ends_in_the_steady_state(radius, inside, outside):
    (k1, _, c1), (k2, _, c2) = inside, outside
    r = radius * np.array([0.0, 0.5, 1.0, 1.7])
    late = temperature_rise(r, math.inf, radius, 1.0, *inside, *outside)[0]
    assert late == pytest.approx(steady_temperature_rise(r, radius, 1.0, k1, c1, k2, c2), rel=1e-9)
    mean = temperature_rise(None, math.inf, radius, 1.0, *inside, *outside)[0]
    assert mean == pytest.approx(mean_temperature_rise(radius, 1.0, k1, c1, k2, c2), rel=1e-9)


def test_perfused_tissue_is_steady_after_hours():
    late = temperature_rise([0.0, A], 4e4, A, P, K, H, C)[0]
    assert late == pytest.approx(steady_temperature_rise([0.0, A], A, P, K, C), rel=1e-7)
    assert late[0] == pytest.approx(13.2121, abs=5e-5)


@given(radii, media, media)
def test_it_starts_adiabatically(radius, inside, outside):
    """P t/(rho c) before heat has moved; the surface is shared by its two sides as their effusivities."""
    (k1, h1, _), (k2, h2, _) = inside, outside
    time = 1e-6 * min(
        [radius**2 * h / k for k, h, _ in (inside, outside)] + [h / c for _, h, c in (inside, outside) if c]
    )
    centre, edge = temperature_rise([0.0, radius], time, radius, 1.0, *inside, *outside)[0] / (time / h1)
    assert centre == pytest.approx(1.0, rel=1e-6)
    share = math.sqrt(k1 * h1) / (math.sqrt(k1 * h1) + math.sqrt(k2 * h2))
    assert edge == pytest.approx(share, rel=0.01)


@given(st.floats(1e-3, 0.1), st.floats(0.05, 20.0), media, media)
def test_without_blood_all_heat_is_still_there(radius, reduced_time, inside, outside):
    (k1, h1, _), (k2, h2, _) = inside, outside
    time = reduced_time * radius**2 * h1 / k1
    volume = 4 / 3 * math.pi * radius**3
    case = (radius, 1.0, k1, h1, 0.0, k2, h2, 0.0)
    stored_inside = h1 * volume * temperature_rise(None, time, *case)[0]
    spread = math.sqrt(k2 / h2 * time)

    def shell(s):
        r = radius + s * spread
        return 4 * math.pi * r**2 * h2 * temperature_rise(r, time, *case)[0, 0] * spread

    stored_outside = quad(shell, 0, 14, epsabs=1e-12 * volume * time, epsrel=1e-9)[0]
    assert stored_inside + stored_outside == pytest.approx(volume * time, rel=1e-7)


@given(radii, st.lists(times, min_size=2, max_size=4), media, media, st.floats(1.0, 1e8))
def test_it_grows_in_time_falls_outwards_and_stays_finite(radius, moments, inside, outside, power):
    t = np.sort(moments)
    r = radius * np.array([0.0, 1e-9, 0.2, 0.5, 0.9, 1.0, 1.2, 3.0, 50.0])
    rise = temperature_rise(r, t, radius, power, *inside, *outside)
    mean = temperature_rise(None, t, radius, power, *inside, *outside)
    small = 1e-9 * rise[:, 0]
    assert np.isfinite(rise).all()
    assert np.isfinite(mean).all()
    assert (rise >= -small[:, None]).all()
    assert (np.diff(rise, axis=1) <= small[:, None]).all()
    assert (np.diff(rise, axis=0) >= -small[1:, None]).all()
    assert (np.diff(mean) >= -small[1:]).all()
    assert (mean <= rise[:, 0] + small).all()
    assert (mean >= rise[:, 5] - small).all()
    assert (rise[:, 0] <= power * t / inside[1] * (1 + 1e-9)).all()
    steady = steady_temperature_rise(0.0, radius, power, inside[0], inside[2], outside[0], outside[2])
    assert (rise[:, 0] <= steady * (1 + 1e-9)).all()


@given(radii, times, media, media, st.floats(0.0, 1e9), st.floats(0.0, 1e9))
def test_powers_superpose(radius, time, inside, outside, first, second):
    def centre(power):
        return temperature_rise(0.0, time, radius, power, *inside, *outside)[0, 0]

    assert centre(first + second) == pytest.approx(centre(first) + centre(second), rel=1e-12)


def test_nothing_happens_before_the_field_is_on():
    assert (temperature_rise([0.0, A], [-5.0, 0.0], A, P, K, H, C) == 0.0).all()
    assert (temperature_rise(None, [-5.0, 0.0, -math.inf], A, P, K, H, C) == 0.0).all()


def test_shapes():
    assert temperature_rise([0.0, A, 2 * A], [1.0, 2.0], A, P, K, H, C).shape == (2, 3)
    assert temperature_rise(None, [1.0, 2.0], A, P, K, H, C).shape == (2,)


def test_switching_off_is_a_source_of_the_opposite_sign():
    """Without blood, long after a pulse, the centre is as warm as after a point source, Q/h/(4 pi alpha t)^(3/2)."""

    def response(time):
        return temperature_rise(0.0, time, A, P, K, H, 0.0)[:, 0]

    pulse = heating_and_cooling(response, [5.0, 10.0, 20.0, 1e5], 10.0)
    assert pulse[:2] == pytest.approx(response(np.array([5.0, 10.0])))
    assert pulse[2] < pulse[1]
    energy = P * 10.0 * 4 / 3 * math.pi * A**3
    point = energy / H / (4 * math.pi * K / H * (1e5 - 5.0)) ** 1.5
    assert pulse[3] == pytest.approx(point, rel=1e-3)


def test_two_pulses_make_one():
    def response(time):
        return temperature_rise([0.0, A], time, A, P, *LIVER, *MUSCLE)

    t = np.array([1.0, 300.0, 700.0, 2000.0])
    whole = heating_and_cooling(response, t, 600.0)
    parts = heating_and_cooling(response, t, 200.0) + heating_and_cooling(response, t - 200.0, 400.0)
    assert parts == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [{"radius": 0.0}, {"conductivity": 0.0}, {"heat_capacity": -1.0}, {"cooling": -1.0}, {"outer_conductivity": 0.0},
     {"outer_heat_capacity": 0.0}, {"outer_cooling": -1.0}, {"distance": -1.0}, {"time": math.nan}],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong):
    case = {
        "distance": 0.0,
        "time": 1.0,
        "radius": A,
        "power_density": P,
        "conductivity": K,
        "heat_capacity": H,
        "cooling": C,
    }
    with pytest.raises(InputError, match=next(iter(wrong))):
        temperature_rise(**{**case, **wrong})


def test_a_pulse_has_a_length():
    with pytest.raises(InputError, match="duration"):
        heating_and_cooling(lambda time: time, [1.0], 0.0)
    with pytest.raises(InputError, match="time"):
        unperfused_centre_temperature_rise(0.0, A, P, K, H)
