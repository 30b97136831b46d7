"""Thermal dose and kill by heat against published definitions and worked numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.errors import InputError
from ferrotope.radiobiology import cem43, heat_survival

ZERO, MINUTE = 273.15, 60.0


@pytest.mark.parametrize(
    ("minutes", "celsius", "expected"),
    [(60, 45, 240.0), (60, 42, 15.0), (30, 44, 60.0), (60, 43, 60.0), (60, 41, 3.75)],
)
def test_cem43_by_its_definition(minutes, celsius, expected):
    # Sapareto and Dewey 1984: R 0.5 above 43 degC, 0.25 below
    assert cem43(minutes * MINUTE, ZERO + celsius) == pytest.approx(expected, rel=1e-9)


def test_cem43_adds_over_steps_and_can_leave_out_the_cool_ones():
    T = [ZERO + 38.0, ZERO + 42.0, ZERO + 44.0]
    whole = cem43([600.0, 600.0, 600.0], T)
    assert whole == pytest.approx(sum(cem43(600.0, t) for t in T), rel=1e-12)
    assert cem43([600.0, 600.0, 600.0], T, threshold=ZERO + 39.0) == pytest.approx(2.5 + 20.0, rel=1e-9)


@pytest.mark.parametrize(("celsius", "expected"), [(41.0, 0.8311), (43.0, 0.438)])
def test_survival_of_an_hour(celsius, expected):
    # values of the published parameters, worked independently
    assert heat_survival(3600.0, ZERO + celsius) == pytest.approx(expected, abs=5e-4)


@given(st.floats(0.0, 1e5), st.floats(39.0, 60.0), st.floats(0.0, 5.0))
def test_survival_falls_with_time_and_temperature(seconds, celsius, more):
    S = heat_survival(seconds, ZERO + celsius)
    assert 0.0 <= heat_survival(seconds, ZERO + celsius + more) <= S <= 1.0
    assert heat_survival([seconds, seconds], [ZERO + celsius] * 2) == pytest.approx(S**2, rel=1e-9, abs=1e-300)


def test_what_is_below_the_threshold_kills_nothing():
    assert heat_survival(1e6, ZERO + 37.0, threshold=ZERO + 39.0) == 1.0
    assert heat_survival(3600.0, ZERO + 37.0) == pytest.approx(0.99, abs=0.002)  # why there is a threshold


@pytest.mark.parametrize("function", [cem43, heat_survival])
@pytest.mark.parametrize("T", [43.0, 500.0, math.nan])
def test_degrees_celsius_are_refused_with_the_remedy(function, T):
    with pytest.raises(InputError, match="Temperatures are in kelvin"):
        function(3600.0, T)


@pytest.mark.parametrize("function", [cem43, heat_survival])
def test_a_negative_duration_is_refused(function):
    with pytest.raises(InputError, match="durations"):
        function(-1.0, ZERO + 43.0)
