"""The steady heated sphere against published numbers, limits, a finite-volume solution and conservation of energy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from ferrotope.errors import InputError
from ferrotope.hyperthermia import mean_temperature_rise, perfusion_cooling, steady_temperature_rise
from tests.hyperthermia.second_methods import FiniteVolumes

# magnetism.md 3.7: a 5 mm, P 1e6 W/m3, k 0.5 W/(m K), w 0.005 1/s, rho c 4e6 J/(m3 K), so that kappa a = 1.
A, P, K, C = 5e-3, 1e6, 0.5, 2e4

radii = st.floats(1e-4, 0.5)
perfusions = st.one_of(st.just(0.0), st.floats(1e-9, 1.0))
conductivities = st.floats(0.1, 1.0)
media = st.tuples(conductivities, perfusions.map(lambda w: 3.8e6 * w))


def test_perfusion_of_blood():
    assert perfusion_cooling(0.005, 1000.0, 4000.0) == pytest.approx(C)
    assert perfusion_cooling(0.0, 1050.0, 3617.0) == 0.0


def test_perfused_sphere_of_known_temperature():
    """13.2121 K, which is (P/c)(1 - 2/e)."""
    centre = steady_temperature_rise(0.0, A, P, K, C)
    assert centre == pytest.approx(13.2121, abs=5e-5)
    assert centre == pytest.approx(50 * (1 - 2 / math.e), rel=1e-13)


def test_published_form_of_one_medium():
    """magnetism.md 3.7: P/c [1 - (1 + kappa a) exp(-kappa a) sinh(kappa r)/(kappa r)] inside, and its like outside."""
    kappa = math.sqrt(C / K)
    u = kappa * A
    for r in (1e-3, 3e-3, 4.999e-3):
        expected = P / C * (1 - (1 + u) * math.exp(-u) * math.sinh(kappa * r) / (kappa * r))
        assert steady_temperature_rise(r, A, P, K, C) == pytest.approx(expected, rel=1e-12)
    for r in (5.001e-3, 8e-3, 30e-3):
        expected = P / C * (u * math.cosh(u) - math.sinh(u)) * math.exp(-kappa * r) / (kappa * r)
        assert steady_temperature_rise(r, A, P, K, C) == pytest.approx(expected, rel=1e-12)


def test_without_perfusion():
    """P a^2/2k, P a^2/3k and 2 P a^2/5k; a/r outside."""
    rise = steady_temperature_rise([0.0, A, 2 * A], A, P, K, 0.0)
    assert rise == pytest.approx([25.0, 50 / 3, 25 / 3], rel=1e-13)
    assert mean_temperature_rise(A, P, K, 0.0) == pytest.approx(20.0, rel=1e-13)


def test_two_media_without_perfusion():
    """A conducting wall: the surface is P a^2/3 k2 whatever is inside, the centre P a^2/6 k1 above it."""
    rise = steady_temperature_rise([0.0, A], A, P, 0.4, 0.0, 0.8, 0.0)
    assert rise == pytest.approx([P * A**2 * (1 / 2.4 + 1 / 2.4), P * A**2 / 2.4], rel=1e-13)
    mean = P * A**2 * (1 / 2.4 + 1 / (15 * 0.4))
    assert mean_temperature_rise(A, P, 0.4, 0.0, 0.8, 0.0) == pytest.approx(mean, rel=1e-13)


def test_weak_perfusion_tends_to_none():
    still = steady_temperature_rise([0.0, 3e-3, A, 9e-3], A, P, K, 0.0)
    previous = np.inf
    for perfusion in (1e-4, 1e-6, 1e-8, 1e-10):
        difference = np.abs(steady_temperature_rise([0.0, 3e-3, A, 9e-3], A, P, K, 4e6 * perfusion) - still).max()
        assert difference < previous
        previous = difference
    assert previous < 0.01


def test_large_sphere_is_cooled_by_its_blood_alone():
    assert steady_temperature_rise([0.0, 0.25], 0.5, P, K, C) == pytest.approx(P / C, rel=1e-12)
    assert steady_temperature_rise(0.5, 0.5, P, K, C) == pytest.approx(0.5 * P / C, rel=0.01)  # half at a flat wall
    assert mean_temperature_rise(0.5, P, K, C) == pytest.approx(P / C, rel=0.02)


def test_small_and_large_perfusion_numbers_meet():
    """Below x = 0.3 series take over."""
    for rho in (0.0, 0.4, 1.0, 1.5):
        x2 = 0.09 * np.array([1 - 1e-9, 1 + 1e-9])
        rises = [steady_temperature_rise(rho, 1.0, 1.0, 1.0, value, 0.7, 0.3) for value in x2]
        assert rises[0] == pytest.approx(rises[1], rel=2e-9)
    means = [mean_temperature_rise(1.0, 1.0, 1.0, value, 0.7, 0.3) for value in x2]
    assert means[0] == pytest.approx(means[1], rel=2e-9)


def test_it_broadcasts():
    rise = steady_temperature_rise(np.array([0.0, A])[:, None], A, np.array([1.0, 2.0, 3.0]), K, C)
    assert rise.shape == (2, 3)
    assert rise[:, 2] == pytest.approx(3 * rise[:, 0])


@pytest.mark.parametrize(
    ("inside", "outside"),
    [((0.5, 2e4), (0.5, 2e4)), ((0.52, 5.7e4), (0.49, 2.7e3)), ((0.6, 0.0), (0.3, 4e3)), ((0.3, 4e6), (0.7, 0.0))],
)
def test_against_finite_volumes(inside, outside):
    shells = FiniteVolumes(A, (inside[0], 1.0, inside[1]), (outside[0], 1.0, outside[1]), 800, 800)
    numeric = shells.steady()
    ours = steady_temperature_rise(shells.nodes, A, 1.0, *inside, *outside)
    assert np.abs(ours - numeric).max() < 5e-5 * numeric[0]
    assert mean_temperature_rise(A, 1.0, *inside, *outside) == pytest.approx(shells.mean(numeric), rel=1e-5)


@given(radii, media, media)
def test_temperature_and_flux_are_continuous(radius, inside, outside):
    """One-sided differences at the surface; the step resolves the shortest length over which either side cools."""

    def rise(r):
        return steady_temperature_rise(r, radius, 1.0, *inside, *outside)

    lengths = [radius, *(math.sqrt(k / c) for k, c in (inside, outside) if c > 0)]
    step = 1e-3 * min(lengths)
    inner, outer = rise(radius - step * np.arange(4)), rise(radius + step * np.arange(4))
    assert rise(radius * (1 + 1e-14)) == pytest.approx(rise(radius), rel=1e-9)
    weights = np.array([-11 / 6, 3, -3 / 2, 1 / 3]) / step  # third-order one-sided slope
    flux_in, flux_out = -inside[0] * -(weights @ inner), -outside[0] * (weights @ outer)
    assert flux_in == pytest.approx(flux_out, rel=1e-4)
    assert flux_in > 0


@given(radii, st.tuples(conductivities, st.floats(1e-7, 1.0)), st.tuples(conductivities, st.floats(1e-7, 1.0)))
def test_blood_carries_away_all_the_power(radius, inside, outside):
    (k1, w1), (k2, w2) = inside, outside
    c1, c2 = 3.8e6 * w1, 3.8e6 * w2
    volume = 4 / 3 * math.pi * radius**3
    carried_inside = c1 * mean_temperature_rise(radius, 1.0, k1, c1, k2, c2) * volume
    length = math.sqrt(k2 / c2)

    def shell(s):  # s in cooling lengths beyond the surface
        r = radius + s * length
        return 4 * math.pi * r**2 * c2 * float(steady_temperature_rise(r, radius, 1.0, k1, c1, k2, c2)) * length

    carried_outside = quad(shell, 0, 60, epsabs=0, epsrel=1e-9)[0]
    assert carried_inside + carried_outside == pytest.approx(volume, rel=1e-6)


@given(radii, media, media)
def test_mean_is_the_integral_and_lies_between(radius, inside, outside):
    nodes, weights = np.polynomial.legendre.leggauss(200)
    # Finer towards the surface, where a well perfused sphere falls steeply.
    rho = 1 - (0.5 * (nodes + 1)) ** 4
    slopes = 4 * (0.5 * (nodes + 1)) ** 3 * 0.5 * weights
    rises = steady_temperature_rise(rho * radius, radius, 1.0, *inside, *outside)
    mean = mean_temperature_rise(radius, 1.0, *inside, *outside)
    assert mean == pytest.approx(3 * np.sum(rises * rho**2 * slopes), rel=1e-8)
    centre, edge = steady_temperature_rise([0.0, radius], radius, 1.0, *inside, *outside)
    assert edge <= mean * (1 + 1e-12)
    assert mean <= centre * (1 + 1e-12)


@given(radii, media, media, st.floats(1e-3, 1e9))
def test_it_falls_outwards_grows_with_power_and_stays_finite(radius, inside, outside, power):
    r = radius * np.concatenate([[0.0, 1e-12, 1e-9, 1e-7], np.linspace(1e-3, 3, 60), [100.0, 1e4]])
    rise = steady_temperature_rise(r, radius, power, *inside, *outside)
    assert np.isfinite(rise).all()
    assert (rise >= 0).all()
    assert (np.diff(rise) <= 1e-12 * rise[0]).all()
    assert steady_temperature_rise(r, radius, 2 * power, *inside, *outside) == pytest.approx(2 * rise, rel=1e-14)
    if inside[1] > 0:
        assert rise[0] <= power / inside[1] * (1 + 1e-12)


@pytest.mark.parametrize(
    "wrong",
    [{"radius": 0.0}, {"radius": math.nan}, {"conductivity": -0.5}, {"cooling": -1.0}, {"outer_conductivity": 0.0},
     {"outer_cooling": math.inf}, {"distance": -1e-3}],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong):
    case = {"distance": 0.0, "radius": A, "power_density": P, "conductivity": K, "cooling": C}
    with pytest.raises(InputError, match=next(iter(wrong))):
        steady_temperature_rise(**{**case, **wrong})


def test_negative_perfusion_is_refused():
    with pytest.raises(InputError, match="perfusion"):
        perfusion_cooling(-0.1, 1000.0, 4000.0)
