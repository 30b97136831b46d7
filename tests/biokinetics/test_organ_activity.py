"""Fits, time-integrated activity coefficients and iron: closed forms, closure, other readings."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from published_tables import CU64, GHOLAMI, GHOLAMI_SD, HOUR, SM153, YANG, table
from scipy.integrate import quad

from ferrotope.biokinetics import (
    BiodistributionTable,
    fit_retention,
    iron_concentration,
    organ_activity,
    retentions,
)
from ferrotope.biokinetics.retention import READING_ERROR, akaike_corrected
from ferrotope.curves import Curve, Exponentials
from ferrotope.errors import DataError, InputError

MASSES = {
    "blood": 1.7e-3,
    "liver": 1.2e-3,
    "muscle": 8.4e-3,
    "tumour": 2e-4,
    "heart": 1.1e-4,
    "lungs": 1.6e-4,
    "spleen": 8e-5,
    "kidneys": 3.7e-4,
    "stomach": 1.3e-4,
    "small_intestine": 5.6e-4,
    "large_intestine": 2.4e-4,
    "pancreas": 1.3e-4,
    "bone": 2.4e-3,
    "skin": 3.6e-3,
    "brain": 3.6e-4,
}
TIMES = np.array([0.5, 2, 6, 12, 24, 48, 72]) * HOUR


def one(times, values, **options):
    return BiodistributionTable.from_values(
        {"liver": (list(times), list(values))}, unit="%ID", **{"decay_corrected": True, **options}
    )


def test_mono_exponential_coefficient_is_amplitude_over_total_rate():
    half_life, biological = 12.7 * HOUR, 20 * HOUR
    found = organ_activity(one(TIMES, 40 * np.exp2(-TIMES / biological)), half_life, {})["liver"]
    effective = 1 / (1 / half_life + 1 / biological)
    assert found.retention.method.startswith("one exponential")
    assert found.coefficient == pytest.approx(0.4 * effective / math.log(2), rel=1e-9)
    assert found.relative_uncertainty == pytest.approx(READING_ERROR, rel=1e-3)
    # The tail after 72 h is exp(-rate * 72 h) of the whole.
    assert found.tail_fraction == pytest.approx(math.exp2(-72 * HOUR / effective), rel=1e-6)


def test_bi_exponential_and_uptake_are_recovered():
    times = np.geomspace(0.1, 96, 12) * HOUR
    fast, slow = math.log(2) / (1 * HOUR), math.log(2) / (60 * HOUR)
    washout = 30 * np.exp(-fast * times) + 10 * np.exp(-slow * times)
    uptake = 25 * (np.exp(-slow * times) - np.exp(-fast * times))
    decay = math.log(2) / CU64
    found = organ_activity(one(times, washout), CU64, {})["liver"]
    assert found.coefficient == pytest.approx(0.3 / (fast + decay) + 0.1 / (slow + decay), rel=1e-6)
    found = organ_activity(one(times, uptake), CU64, {})["liver"]
    assert found.coefficient == pytest.approx(0.25 / (slow + decay) - 0.25 / (fast + decay), rel=1e-6)
    assert "uptake" in found.retention.method


def test_points_that_no_exponential_meets_are_joined():
    values = np.array([10.0, 1.0, 10.0, 1.0, 10.0, 1.0, 10.0])
    found = organ_activity(one(TIMES, values), CU64, {})["liver"]
    decay = math.log(2) / CU64
    expected, _ = quad(
        lambda t: np.interp(t, TIMES, values) / 100 * math.exp(-decay * t), 0, TIMES[-1], points=TIMES, limit=200
    )
    expected += 0.1 * math.exp(-decay * TIMES[-1]) / decay
    assert found.retention.method.startswith("points joined")
    assert found.coefficient == pytest.approx(expected, rel=1e-8)
    assert found.tail_fraction == pytest.approx(0.1 * math.exp(-decay * TIMES[-1]) / decay / expected, rel=1e-8)


def test_one_point_is_held_constant():
    found = organ_activity(one([24 * HOUR], [5.0]), CU64, {})["liver"]
    assert found.coefficient == pytest.approx(0.05 * CU64 / math.log(2), rel=1e-12)
    assert found.relative_uncertainty == pytest.approx(READING_ERROR)
    assert found.head_fraction + found.tail_fraction == pytest.approx(1.0)
    assert found.outside_fraction == pytest.approx(1.0)
    doubled = organ_activity(one([24 * HOUR], [5.0]), CU64, {}, outside={"liver": 2.0})["liver"]
    assert doubled.coefficient == pytest.approx(2.0 * found.coefficient, rel=1e-12)
    assert doubled.retained.value(0.0) == found.retained.value(0.0)


def test_decay_corrected_in_and_uncorrected_in_agree():
    corrected = one(TIMES, 40 * np.exp2(-TIMES / (30 * HOUR)))
    raw = one(TIMES, 40 * np.exp2(-TIMES / (30 * HOUR)) * np.exp2(-TIMES / CU64), decay_corrected=False)
    a, b = organ_activity(corrected, CU64, {})["liver"], organ_activity(raw, CU64, {})["liver"]
    assert a.coefficient == pytest.approx(b.coefficient, rel=1e-6)
    t = np.linspace(0, 100, 7) * HOUR
    assert a.activity.value(t) == pytest.approx(b.activity.value(t), rel=1e-5)
    assert a.retained.value(t) * np.exp2(-t / CU64) == pytest.approx(a.activity.value(t))


@example({"liver": [0.0, 0.0, 0.0, 0.0, 2.0826942905829119e-81]}, 1.0)
@settings(max_examples=settings.default.max_examples // 3)  # each fits up to four organs
@given(
    st.dictionaries(
        st.sampled_from(["liver", "spleen", "kidneys", "lungs"]),
        st.lists(st.floats(0.0, 25.0), min_size=5, max_size=5),
        min_size=1,
    ).filter(lambda data: any(map(any, data.values()))),
    st.floats(1.0, 200.0),
)
def test_closure_of_the_coefficients(data, half_life_h):
    """No time with more than 100 % means no more than T1/2/ln 2 in all organs together."""
    half_life = half_life_h * HOUR
    times = [HOUR * t for t in (0.5, 4, 12, 24, 48)]
    measured = BiodistributionTable.from_values(
        {o: (times, v) for o, v in data.items()}, unit="%ID", decay_corrected=True
    )
    found = organ_activity(measured, half_life, {})
    top = 0.0
    for item in found.values():
        t = item.retained.grid(400)
        top += float(np.max(item.retained.value(t)))
    assert sum(item.coefficient for item in found.values()) <= top * half_life / math.log(2) * (1 + 1e-9)
    for item in found.values():
        assert item.coefficient >= 0
        assert 0 <= item.tail_fraction <= 1 + 1e-12
        if not item.retention.fitted:  # joined points keep to the data, so the bound is the data's own
            assert item.coefficient <= max(data[item.organ]) / 100 * half_life / math.log(2) * (1 + 1e-9)


@given(st.floats(-3, 3))
def test_deviates_scale_lognormally(z):
    measured = one([1 * HOUR, 24 * HOUR], [10.0, 5.0])
    middle = organ_activity(measured, CU64, {})["liver"]
    moved = organ_activity(measured, CU64, {}, deviates={"liver": z})["liver"]
    s = math.sqrt(math.log1p(middle.relative_uncertainty**2))
    assert moved.coefficient == pytest.approx(middle.coefficient * math.exp(s * z))
    assert moved.activity.integral() == pytest.approx(moved.coefficient)
    assert moved.relative_uncertainty == middle.relative_uncertainty


def test_uncertainty_of_joined_points_agrees_with_sampling():
    """Second method: scatter the points and integrate again."""
    times, values, sd = (
        TIMES,
        np.array([9.0, 2.0, 9.0, 2.0, 9.0, 2.0, 9.0]),
        np.array([0.5, 0.3, 0.9, 0.2, 1.0, 0.2, 0.8]),
    )
    retention = fit_retention("liver", times, values, sd)
    assert not retention.fitted
    decay = math.log(2) / CU64
    rng = np.random.default_rng(1)
    t = np.concatenate([[0.0], times])
    draws = []
    for _ in range(4000):
        v = values + sd * rng.standard_normal(times.size)
        draws.append(Curve(t, np.concatenate([v[:1], v]), decay_constant=decay).integral())
    assert retention.relative_uncertainty(decay) == pytest.approx(np.std(draws) / np.mean(draws), rel=0.05)


def test_uncertainty_of_a_fit_agrees_with_sampling():
    """Second method: scatter, fit again, integrate again."""
    truth = 20 * np.exp2(-TIMES / (40 * HOUR))
    sd = 0.05 * truth
    decay = math.log(2) / SM153
    rng = np.random.default_rng(2)
    draws, predicted = [], []
    for _ in range(150):
        retention = fit_retention("liver", TIMES, truth + sd * rng.standard_normal(TIMES.size), sd)
        if retention.method.startswith("one exponential"):
            draws.append(float(retention.curve.decayed(decay).integral()))
            predicted.append(retention.relative_uncertainty(decay))
    assert len(draws) > 100
    # 100 draws know a standard deviation to 7 %; poor fits are widened by their chi-squared on purpose.
    assert np.mean(predicted) == pytest.approx(np.std(draws) / np.mean(draws), rel=0.3)


def test_small_sample_criterion():
    assert akaike_corrected(3.0, 2, 5) == pytest.approx(3.0 + 4.0 + 6.0)
    assert akaike_corrected(0.0, 4, 5) == math.inf


def test_printed_zeros_do_not_count_as_exact():
    found = retentions(table(GHOLAMI, "%ID", sd=GHOLAMI_SD), math.log(2) / SM153)
    assert found["brain"].method == "not detected"
    assert (found["blood"].errors > 0.02).all()  # 0.1 / sqrt(12) at least


def test_yang_tumour_lies_between_its_smallest_and_largest_value():
    found = organ_activity(table(YANG, "%ID/g", resolution=1e-3), CU64, MASSES)
    assert "tail" not in found  # no mass is known for it
    tumour = found["tumour"]
    bounds = [v / 100 * 0.2 * CU64 / math.log(2) for v in (4.418, 5.672)]
    assert bounds[0] < tumour.coefficient < bounds[1]
    assert found["intestine"].mass == pytest.approx(8.0e-4)
    total = sum(item.coefficient for item in found.values())
    assert total < CU64 / math.log(2)


def test_gholami_liver_by_hand():
    """The points joined, decay at 46.284 h and a physical tail: an independent trapezoid on a fine grid."""
    found = organ_activity(table(GHOLAMI, "%ID", sd=GHOLAMI_SD), SM153, {})["liver"]
    times, values = (np.array(x, dtype=float) for x in GHOLAMI["liver"])
    t = np.linspace(0, 96, 400_001)
    decay = math.log(2) / (SM153 / HOUR)
    body = np.trapezoid(np.interp(t, times, values) * np.exp(-decay * t), t)
    expected = (body + values[-1] * math.exp(-decay * 96) / decay) / 100
    assert found.retention.method.startswith("points joined")
    assert found.coefficient / HOUR == pytest.approx(expected, rel=1e-6)
    assert found.coefficient / HOUR == pytest.approx(18.2, abs=0.1)


def test_iron_follows_the_label_without_decay():
    found = organ_activity(one([1 * HOUR], [50.0]), CU64, {})["liver"]
    iron = iron_concentration(found.retained, 1e-7, 1e-3)
    assert iron.value([0.0, 1e6]) == pytest.approx(0.5e-4)
    assert iron.unit == "kg/kg"
    for dose, mass in ((-1.0, 1.0), (1.0, 0.0), (math.nan, 1.0)):
        with pytest.raises(InputError):
            iron_concentration(found.retained, dose, mass)


def test_refusals():
    with pytest.raises(InputError, match="half-life"):
        organ_activity(one([1.0], [1.0]), 0.0, {})
    with pytest.raises(DataError, match="too late to correct"):
        organ_activity(one([100 * HOUR], [1.0], decay_corrected=False), 1 * HOUR, {})


def test_repeated_use_is_cheap_and_exact():
    measured = table(YANG, "%ID/g", resolution=1e-3)
    first = organ_activity(measured, CU64, MASSES)
    heavier = organ_activity(measured, CU64, {organ: 2 * mass for organ, mass in MASSES.items()})
    for organ, item in first.items():
        assert heavier[organ].coefficient == pytest.approx(2 * item.coefficient)
        assert heavier[organ].retention is item.retention  # the fit was not done again
        assert isinstance(item.activity, Curve | Exponentials)
