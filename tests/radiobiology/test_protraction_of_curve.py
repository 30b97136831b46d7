"""G of sampled curves against the closed form for exponentials and against a plain time-stepping integration."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.curves import Curve, Exponentials
from ferrotope.radiobiology import protraction_factor, protraction_of_curve
from ferrotope.radiobiology.protraction import _MOST_STEPS

HOUR = 3600.0


def stepped(curve, mu, end, steps=400_000):
    """G by the trapezoidal rule on a fine equal grid: slow, plain, independent of the code under test."""
    times = np.linspace(0.0, end, steps + 1)
    rate = np.asarray(curve.value(times))
    h, keep = times[1], math.exp(-mu * times[1])
    from scipy.signal import lfilter

    # y(n+1) = keep y(n) + h/2 (keep D'(n) + D'(n+1))
    source = 0.5 * h * (keep * rate[:-1] + rate[1:])
    still = np.concatenate([[0.0], lfilter([1.0], [1.0, -keep], source)])
    product = rate * still
    dose = h * (rate.sum() - 0.5 * (rate[0] + rate[-1]))
    return 2.0 * h * (product.sum() - 0.5 * (product[0] + product[-1])) / dose**2


def test_exponentials_use_the_closed_form():
    curve = Exponentials([2.0, -1.5, 0.0], [1e-5, 1e-4, 0.0])
    expected = protraction_factor([2.0, -1.5], [1e-5, 1e-4], 1e-4)
    assert protraction_of_curve(curve, 1e-4) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("repair_hours", [0.05, 0.5, 2.8, 30.0, 3000.0])
@pytest.mark.parametrize("half_life_hours", [6.0, 60.0])
def test_a_constant_uptake_that_decays_is_one_exponential(repair_hours, half_life_hours):
    decay, mu = math.log(2) / (half_life_hours * HOUR), math.log(2) / (repair_hours * HOUR)
    curve = Curve([0.0, 5 * HOUR, 48 * HOUR], [1.0, 1.0, 1.0], decay_constant=decay)
    assert protraction_of_curve(curve, mu) == pytest.approx(decay / (decay + mu), rel=1e-9)


def test_a_single_sample_is_a_tail_alone():
    curve = Curve([0.0], [3.0], decay_constant=1e-5, tail_rate=2e-5)
    assert protraction_of_curve(curve, 7e-5) == pytest.approx(3e-5 / 1e-4, rel=1e-12)


@pytest.mark.parametrize("repair_hours", [0.5, 1.5, 6.0])
def test_uptake_and_washout_match_time_stepping(repair_hours):
    mu = math.log(2) / (repair_hours * HOUR)
    curve = Curve(
        np.array([0.0, 0.5, 3.0, 6.0, 24.0, 48.0]) * HOUR,
        [0.0, 4.4, 5.2, 5.7, 5.4, 2.0],
        decay_constant=math.log(2) / (12.7 * HOUR),
        tail_rate=1e-5,
    )
    assert protraction_of_curve(curve, mu) == pytest.approx(stepped(curve, mu, 300 * HOUR), rel=2e-5)


def test_a_curve_that_ends_has_no_tail():
    # constant dose rate over T: G = 2/(mu T) (1 - (1 - exp(-mu T))/(mu T))
    T, mu = 10.0, 0.37
    curve = Curve([0.0, T], [1.0, 1.0], tail_rate=math.inf)
    x = mu * T
    assert protraction_of_curve(curve, mu) == pytest.approx(2 / x * (1 - (1 - math.exp(-x)) / x), rel=1e-9)


def test_a_curve_that_begins_late_is_that_curve_shifted():
    late = Curve([100.0, 110.0], [1.0, 1.0], tail_rate=math.inf)
    soon = Curve([0.0, 10.0], [1.0, 1.0], tail_rate=math.inf)
    assert protraction_of_curve(late, 0.3) == pytest.approx(protraction_of_curve(soon, 0.3), rel=1e-12)


@given(
    st.lists(st.floats(0.0, 10.0), min_size=2, max_size=8),
    st.floats(1e-7, 1e-2),
    st.floats(0.0, 1e-4),
    st.floats(1e-6, 1e-3),
)
def test_g_stays_between_zero_and_one(values, mu, decay, tail):
    curve = Curve(np.arange(len(values)) * 3600.0, values, decay_constant=decay, tail_rate=tail)
    G = protraction_of_curve(curve, mu)
    if not curve.integral() > 1e-300:  # below, its square is lost
        assert math.isnan(G)
    else:
        assert 0.0 <= G <= 1.0 + 1e-9


def test_very_fast_repair_takes_the_limit_and_joins_it():
    decay = math.log(2) / (50 * HOUR)
    curve = Curve([0.0, 100 * HOUR], [1.0, 1.0], decay_constant=decay)
    mu = 1.001 * _MOST_STEPS / (100 * HOUR)  # just beyond what is stepped through
    assert protraction_of_curve(curve, mu) == pytest.approx(decay / (decay + mu), rel=1e-3)
    assert protraction_of_curve(curve, 0.9 * mu) == pytest.approx(decay / (decay + 0.9 * mu), rel=1e-9)


def test_no_dose_and_endless_dose_have_no_protraction():
    assert math.isnan(protraction_of_curve(Curve([0.0, 1.0], [0.0, 0.0]), 1.0))
    assert math.isnan(protraction_of_curve(Curve([0.0, 1.0], [1.0, 1.0]), 1.0))
    assert math.isnan(protraction_of_curve(Exponentials([1.0], [0.0]), 1.0))
