"""Fits of one to three exponentials: known curves come back, the simplest that fits is chosen, errors are errors."""

import numpy as np
import pytest

from ferrotope.curves.exponential_fit import fit_exponentials
from ferrotope.errors import InputError

HOUR = 3600.0
DECAY = np.log(2.0) / (6.647 * 24 * HOUR)  # about that of Lu-177
EARLY_AND_LATE = HOUR * np.array([1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 168.0, 240.0])


def activity(times, amplitudes, hours):
    """Sum of exponentials with biological time constants in hours, and physical decay."""
    return sum(a * np.exp(-times * (1.0 / (h * HOUR) + DECAY)) for a, h in zip(amplitudes, hours, strict=True))


def integral(amplitudes, hours):
    return sum(a / (1.0 / (h * HOUR) + DECAY) for a, h in zip(amplitudes, hours, strict=True))


@pytest.mark.parametrize(
    ("times", "amplitudes", "hours", "model"),
    [
        (HOUR * np.array([4.0, 24.0, 96.0]), [5e6], [np.inf], "physical decay alone"),
        (HOUR * np.array([4.0, 24.0, 96.0]), [5e6], [70.0], "one exponential"),
        (HOUR * np.array([4.0, 24.0, 72.0, 168.0]), [5e6], [70.0], "one exponential"),
        (EARLY_AND_LATE, [5e6, -5e6], [80.0, 5.0], "uptake and clearance, two exponentials"),
        (EARLY_AND_LATE, [9e6, 2e6], [8.0, 300.0], "two exponentials"),
        (
            HOUR * np.array([0.2, 0.5, 1, 2, 3, 5, 8, 12, 24, 48, 96, 168, 240, 336]),
            [2e7, 6e6, 1e6],
            [0.7, 10.0, 400.0],
            "three exponentials",
        ),
    ],
)
def test_a_known_curve_comes_back(times, amplitudes, hours, model):
    values = activity(times, amplitudes, hours)
    fit = fit_exponentials(times, values, 0.02 * np.maximum(values, 1e-3 * values.max()), DECAY)
    assert fit.model == model
    assert fit.integral == pytest.approx(integral(amplitudes, hours), rel=1e-4)
    last = sum(
        a * np.exp(-times[-1] * (1 / (h * HOUR) + DECAY)) / (1 / (h * HOUR) + DECAY)
        for a, h in zip(amplitudes, hours, strict=True)
    )
    assert fit.extrapolated == pytest.approx(last / integral(amplitudes, hours), rel=1e-3)
    assert (fit.curve.rates >= DECAY * (1 - 1e-12)).all()


def test_the_tail_falls_at_least_by_physical_decay():
    """Values that rise after correction for decay: slower than the nuclide decays is not possible."""
    times = HOUR * np.array([4.0, 24.0, 96.0])
    values = 1e6 * np.exp(-DECAY * times) * np.array([1.0, 1.02, 1.05])
    fit = fit_exponentials(times, values, 0.1 * values, DECAY)
    assert fit.curve.rates == pytest.approx([DECAY])


def test_errors_of_the_integral_are_those_of_repeated_measurements():
    times, errors = HOUR * np.array([4.0, 24.0, 72.0, 168.0]), 0.03
    truth = activity(times, [5e6], [70.0])
    rng = np.random.default_rng(5)
    found = [
        fit_exponentials(times, truth * (1 + errors * rng.standard_normal(4)), errors * truth, DECAY) for _ in range(60)
    ]
    taken = [fit for fit in found if fit is not None and fit.model == "one exponential"]
    assert len(taken) > 50
    scatter = np.std([fit.integral for fit in taken], ddof=1)
    # 60 repetitions know a standard deviation to about 9 %.
    assert np.median([fit.integral_sd for fit in taken]) == pytest.approx(scatter, rel=0.35)


def test_points_that_no_model_meets_give_no_fit():
    times = HOUR * np.array([4.0, 24.0, 48.0, 96.0])
    assert fit_exponentials(times, [1e6, 1e3, 1e6, 1e3], [1e2] * 4, DECAY) is None
    assert fit_exponentials(times[:2], [1e6, 1e3], [1e2] * 2, DECAY) is None


def test_nothing_seen_is_zero():
    assert fit_exponentials([HOUR, 2 * HOUR], [0.0, 0.0], [0.0, 0.0], DECAY).integral == 0.0


@pytest.mark.parametrize(
    ("times", "values", "errors", "field"),
    [
        ([0.0, 1.0], [1.0, 1.0], [1.0, 1.0], "times"),
        ([2.0, 1.0], [1.0, 1.0], [1.0, 1.0], "times"),
        ([1.0, 2.0], [1.0, -1.0], [1.0, 1.0], "values"),
        ([1.0, 2.0], [1.0, np.nan], [1.0, 1.0], "values"),
        ([1.0, 2.0], [1.0, 1.0], [1.0, 0.0], "standard_deviations"),
        ([1.0, 2.0], [1.0], [1.0, 1.0], "times"),
    ],
)
def test_bad_input_is_named(times, values, errors, field):
    with pytest.raises(InputError) as refused:
        fit_exponentials(times, values, errors, DECAY)
    assert refused.value.field == field
