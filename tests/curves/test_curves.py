"""Curves: exact integrals against quadrature and closed forms."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from ferrotope.curves import Curve, Exponentials
from ferrotope.errors import InputError

positive = st.floats(1e-3, 1e3)


def test_single_exponential_integrates_to_amplitude_over_rate():
    curve = Exponentials([2.0], [0.5])
    assert curve.integral() == pytest.approx(4.0, rel=1e-15)
    assert curve.integral(1.0, 3.0) == pytest.approx(4.0 * (np.exp(-0.5) - np.exp(-1.5)), rel=1e-14)


def test_constant_has_no_end():
    assert Exponentials([1.0], [0.0]).integral() == np.inf
    assert Exponentials([1.0], [0.0]).integral(2.0, 5.0) == 3.0
    assert Exponentials([0.0], [0.0]).integral() == 0.0
    assert Curve([0.0, 1.0], [1.0, 1.0]).integral() == np.inf
    assert Curve([0.0, 1.0], [1.0, 0.0]).integral() == pytest.approx(0.5)


def test_tiny_rates_keep_their_digits():
    assert Exponentials([1.0], [1e-18]).integral(0.0, 10.0) == pytest.approx(10.0, rel=1e-15)
    assert Curve([0.0, 10.0], [1.0, 3.0], decay_constant=1e-18).integral(0.0, 10.0) == pytest.approx(20.0, rel=1e-14)


def test_values_outside():
    curve = Curve([1.0, 2.0], [4.0, 2.0], tail_rate=1.0, decay_constant=0.5)
    assert curve.value(0.5) == 0.0
    assert curve.value(1.0) == pytest.approx(4.0 * np.exp(-0.5))
    assert curve.value(3.0) == pytest.approx(2.0 * np.exp(-1.0) * np.exp(-1.5))
    assert Curve([0.0, 1.0], [1.0, 1.0], tail_rate=np.inf).value(1.5) == 0.0
    assert Curve([0.0, 1.0], [1.0, 1.0], tail_rate=np.inf).integral() == pytest.approx(1.0)
    assert Exponentials([3.0], [1.0]).value(-1.0) == 0.0


def test_shapes_broadcast():
    curve = Curve([0.0, 5.0, 9.0], [1.0, 2.0, 0.5], decay_constant=0.1)
    sums = Exponentials([1.0, -0.5], [0.1, 2.0])
    t = np.linspace(0, 20, 12).reshape(3, 4)
    for item in (curve, sums):
        assert item.value(t).shape == (3, 4)
        assert item.integral(0.0, t).shape == (3, 4)
        assert np.ndim(item.integral()) == 0
        assert np.ndim(item.value(1.0)) == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.01, 50), min_size=1, max_size=6),
    st.lists(st.floats(0, 100), min_size=7, max_size=7),
    st.one_of(st.just(0.0), st.floats(1e-6, 3.0)),
    st.floats(1e-3, 3.0),
    st.floats(0, 150),
    st.floats(0, 150),
)
def test_curve_integral_agrees_with_quadrature(steps, values, decay, tail, a, b):
    times = np.cumsum([0.0, *steps])
    curve = Curve(times, values[: times.size], decay_constant=decay, tail_rate=tail)
    a, b = sorted((a, b))
    breaks = [a, *[t for t in times if a < t < b], b]
    expected = sum(
        quad(curve.value, lo, hi, epsabs=1e-11, epsrel=1e-10, limit=200)[0] for lo, hi in itertools.pairwise(breaks)
    )
    assert curve.integral(a, b) == pytest.approx(expected, rel=1e-8, abs=1e-8)


@given(
    st.lists(st.tuples(st.floats(-50, 50, allow_subnormal=False), st.floats(1e-4, 10)), min_size=1, max_size=4),
    positive,
    positive,
)
def test_integrals_are_additive(terms, a, b):
    amplitudes, rates = zip(*terms, strict=True)
    curve = Exponentials(amplitudes, rates)
    lower, upper = sorted((a, b))
    whole = curve.integral()
    parts = curve.integral(0, lower) + curve.integral(lower, upper) + curve.integral(upper, np.inf)
    assert parts == pytest.approx(whole, rel=1e-9, abs=1e-9 * np.sum(np.abs(np.array(amplitudes) / rates)))


@given(st.lists(st.floats(0.01, 50), min_size=0, max_size=6), st.floats(0, 2), st.floats(0.01, 2))
def test_weights_reproduce_the_integral(steps, decay, tail):
    times = np.cumsum([0.0, *steps])
    values = np.cos(np.arange(times.size)) + 2
    curve = Curve(times, values, decay_constant=decay, tail_rate=tail)
    assert curve.sample_weights() @ values == pytest.approx(curve.integral(), rel=1e-10)


def test_sampled_exponential_converges_to_the_exact_integral():
    exact = Exponentials([3.0, 1.0], [0.2, 0.01])
    errors = [abs(exact.sample(np.linspace(0, 400, n)).integral() - exact.integral()) for n in (401, 4001)]
    assert errors[1] < errors[0] / 50  # second order in the step
    assert errors[1] < 2e-4 * exact.integral()


def test_scaling_and_decay_commute():
    curve = Curve([0.0, 1.0, 4.0], [1.0, 3.0, 2.0], standard_deviations=[0.1, 0.1, 0.1])
    sums = Exponentials([1.0], [0.1])
    for item in (curve, sums):
        one = item.scaled(3.0, unit="Bq").decayed(0.2)
        two = item.decayed(0.2).scaled(3.0, unit="Bq")
        assert one.integral() == pytest.approx(two.integral())
        assert one.unit == "Bq"
        assert one.value(2.0) == pytest.approx(3.0 * item.value(2.0) * np.exp(-0.4))
    assert curve.scaled(-2.0).standard_deviations.tolist() == pytest.approx([0.2, 0.2, 0.2])


@pytest.mark.parametrize(
    "build",
    [
        lambda: Curve([0.0, 0.0], [1.0, 1.0]),
        lambda: Curve([1.0, 0.0], [1.0, 1.0]),
        lambda: Curve([-1.0, 0.0], [1.0, 1.0]),
        lambda: Curve([0.0], [np.nan]),
        lambda: Curve([], []),
        lambda: Curve([0.0, 1.0], [1.0]),
        lambda: Curve([0.0, 1.0], [1.0, 1.0], decay_constant=-1.0),
        lambda: Curve([0.0, 1.0], [1.0, 1.0], tail_rate=np.nan),
        lambda: Curve([0.0, 1.0], [1.0, 1.0], standard_deviations=[1.0]),
        lambda: Exponentials([1.0], [-1.0]),
        lambda: Exponentials([1.0, 2.0], [1.0]),
        lambda: Exponentials([np.inf], [1.0]),
    ],
)
def test_bad_input_is_refused(build):
    with pytest.raises(InputError):
        build()


def test_curves_are_frozen():
    curve = Curve([0.0, 1.0], [1.0, 1.0])
    with pytest.raises(ValueError):
        curve.values[0] = 2.0
    with pytest.raises(AttributeError):
        curve.unit = "Bq"
