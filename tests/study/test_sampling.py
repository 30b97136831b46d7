"""Sampling against analytic distributions, copulas and independence."""

import numpy as np
import pytest

from ferrotope.errors import InputError
from ferrotope.study.sampling import design, intervals, rank
from ferrotope.units.fields import to_value


def inputs(**texts):
    return {name: to_value(text, "m", positive=True) for name, text in texts.items()}


def test_same_seed_same_numbers_and_another_seed_others():
    first, again, other = (design(inputs(a="10(1) nm", b="8..12 nm"), 64, seed) for seed in (3, 3, 4))
    assert np.array_equal(first["a"], again["a"])
    assert not np.array_equal(first["a"], other["a"])


def test_an_input_more_does_not_reorder_paths():
    assert list(design(inputs(b="1(1) nm", a="1(1) nm"), 8, 0)) == ["a", "b"]


def test_quantiles_of_the_sample_are_those_of_the_inputs():
    numbers = design(inputs(a="10(3) nm", b="8..12 nm"), 1024, 0)
    sigma = np.sqrt(np.log1p(0.09))
    assert np.median(numbers["a"]) == pytest.approx(10e-9, rel=5e-3)
    assert np.log(numbers["a"]).std() == pytest.approx(sigma, rel=0.02)
    assert numbers["b"].min() >= 8e-9
    assert numbers["b"].std() == pytest.approx(4e-9 / np.sqrt(12), rel=0.01)


def test_a_copula_gives_the_stated_correlation():
    numbers = design(inputs(a="10(1) nm", b="10(1) nm"), 2048, 1, [("a", "b", 0.8)])
    assert np.corrcoef(np.log(numbers["a"]), np.log(numbers["b"]))[0, 1] == pytest.approx(0.8, abs=0.02)
    assert np.log(numbers["b"]).std() == pytest.approx(np.sqrt(np.log1p(0.01)), rel=0.03)


def test_bad_correlations_are_refused():
    three = inputs(a="10(1) nm", b="10(1) nm", c="10(1) nm")
    with pytest.raises(InputError, match="contradict"):
        design(three, 8, 0, [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)])
    with pytest.raises(InputError, match="not uncertain"):
        design(three, 8, 0, [("a", "z", 0.5)])


def test_intervals_of_a_known_distribution():
    values = design(inputs(a="10(3) nm"), 4096, 0)["a"]
    found = intervals(values, np.ones(4096, dtype=bool))
    spread = 1.959964 * np.sqrt(np.log1p(0.09))
    assert found.low == pytest.approx(10e-9 * np.exp(-spread), rel=0.01)
    assert found.high == pytest.approx(10e-9 * np.exp(spread), rel=0.01)


def test_no_interval_where_the_formula_did_not_hold():
    values, valid = np.linspace(1, 2, 100), np.ones(100, dtype=bool)
    valid[:6] = False
    found = intervals(values, valid)
    assert found.low is None
    assert found.outside == pytest.approx(0.06)
    valid[:2] = True
    assert intervals(values, valid).low is not None


def test_ranking_finds_the_causes_and_leaves_noise_out():
    numbers = design(inputs(a="10(3) nm", b="10(3) nm", noise="10(3) nm"), 512, 0)
    shown = rank(numbers, numbers["a"] ** 3 / numbers["b"])
    assert [path for path, _ in shown] == ["a", "b"]
    assert shown[0][1] > 0.75
    assert rank(numbers, np.ones(512)) == []


def test_noise_alone_is_rarely_ranked():
    """False positives in 300 unrelated results of 20 inputs stay near 1 % a result."""
    generator = np.random.default_rng(7)
    numbers = design(inputs(**{f"x{i}": "10(3) nm" for i in range(20)}), 256, 0)
    hits = sum(bool(rank(numbers, generator.normal(size=256))) for _ in range(300))
    assert hits <= 10
