"""Detachment: conservation, degenerate rates, and recovery of a known rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ferrotope import radiochemistry as rc
from ferrotope.errors import InputError

RATES = st.floats(0, 1e-2)


@given(t=st.floats(0, 1e6), T=st.floats(60, 1e7), k=RATES)
def test_bound_and_free_make_what_has_not_decayed(t, T, k):
    total = rc.bound_activity(t, 1.0, T, k) + rc.free_activity(t, 1.0, T, k)
    assert total == pytest.approx(float(rc.decay_factor(t, T)), rel=1e-9, abs=1e-300)


@given(t=st.floats(0, 1e5), k=st.floats(1e-7, 1e-3), ratio=st.floats(1e-6, 1e6))
def test_free_activity_is_between_nothing_and_the_closed_vial(t, k, ratio):
    free = rc.free_activity(t, 1.0, 1e6, k, k * ratio)
    assert 0 <= free <= rc.free_activity(t, 1.0, 1e6, k) * (1 + 1e-9)


@pytest.mark.parametrize("b", [0.0, 1e-6, 2e-5, 2e-5 * (1 + 1e-12), 3e-4])
def test_free_activity_against_integration(b):
    decay, k = np.log(2) / 5e4, 2e-5

    def flow(_, y):
        return [-(decay + k) * y[0], k * y[0] - (decay + b) * y[1]]

    times = np.array([1e3, 2e4, 1e5])
    solved = solve_ivp(flow, (0, 1e5), [1.0, 0.0], t_eval=times, rtol=1e-11, atol=1e-14).y
    assert rc.bound_activity(times, 1.0, 5e4, k) == pytest.approx(solved[0], rel=1e-8)
    assert rc.free_activity(times, 1.0, 5e4, k, b) == pytest.approx(solved[1], rel=1e-8)


def test_decays_on_the_particle():
    # the integral of the bound activity over that of all activity
    T, k = 1e5, 3e-6
    t = np.linspace(0, 40 * T, 400_001)
    share = np.trapezoid(rc.bound_activity(t, 1.0, T, k), t) / (T / np.log(2))
    assert rc.decays_on_particle(T, k) == pytest.approx(share, rel=1e-6)
    assert rc.decays_on_particle(T, 0.0) == 1.0


def test_rate_of_one_point():
    # 95(2) % intact after 24 h
    rate, deviation = rc.detachment_rate_from_assay(86400.0, 0.95, 0.02)
    assert rate == pytest.approx(-np.log(0.95) / 86400.0)
    assert deviation == pytest.approx(0.02 / 0.95 / 86400.0)
    assert rc.detached_fraction(86400.0, rate) == pytest.approx(0.05)


def test_a_tiny_fraction_keeps_its_rate():
    rate, deviation = rc.detachment_rate_from_assay(3600.0, 1e-200, 1e-201)
    assert rate == pytest.approx(200 * np.log(10) / 3600)
    assert deviation == pytest.approx(0.1 / 3600)


def test_a_fully_intact_label_has_a_bound_not_a_certainty():
    rate, deviation = rc.detachment_rate_from_assay(86400.0, 1.0, 0.01)
    assert rate == 0.0
    assert deviation == pytest.approx(0.01 / 86400.0)


def test_known_rate_is_recovered_with_honest_error():
    rng = np.random.default_rng(4)
    t, k, s = np.array([1, 4, 24, 48, 96]) * 3600.0, 2e-6, 0.02
    pulls = []
    for _ in range(400):
        f = np.clip(np.exp(-k * t) + s * rng.normal(size=t.size), 0.01, 1.0)
        rate, deviation = rc.detachment_rate_from_assay(t, f, s)
        pulls.append((rate - k) / deviation)
    covered = np.mean(np.abs(pulls) < 1.96)
    assert 0.90 < covered < 0.98


@pytest.mark.parametrize("fraction", [0.0, 1.02, np.nan])
def test_refuses_impossible_fractions(fraction):
    with pytest.raises(InputError):
        rc.detachment_rate_from_assay(3600.0, fraction, 0.01)
