"""Protraction, BED and EQD against closed forms, brute-force integration and published numbers."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from ferrotope.errors import InputError
from ferrotope.radiobiology import bed, dose_of_bed, eqd, protraction_factor

HOUR = 3600.0


def by_integration(amplitudes, rates, mu):
    """G by the double integral of Lea and Catcheside, the inner one in closed form by ordinary calculus."""

    def rate(t):
        return sum(r * math.exp(-k * t) for r, k in zip(amplitudes, rates, strict=True))

    def still_open(t):
        return sum(
            r * (math.exp(-k * t) - math.exp(-mu * t)) / (mu - k) for r, k in zip(amplitudes, rates, strict=True)
        )

    end = 40.0 / min(rates)
    breaks = [0.0, 1.0 / mu, 5.0 / mu, 20.0 / mu, *np.linspace(0.02, 1.0, 20) * end]
    pieces = sorted({b for b in breaks if b <= end})
    total = sum(
        quad(lambda t: rate(t) * still_open(t), a, b, epsrel=1e-10, epsabs=0.0, limit=200)[0]
        for a, b in itertools.pairwise(pieces)
    )
    dose = sum(r / k for r, k in zip(amplitudes, rates, strict=True))
    return 2.0 * total / dose**2


def test_one_exponential_is_lambda_over_lambda_plus_mu():
    # effective half-life 50 h, repair half-time 2.8 h
    assert protraction_factor(3.7, math.log(2) / 50, math.log(2) / 2.8) == pytest.approx(0.05303, abs=5e-6)
    assert protraction_factor(1.0, 2.0, 3.0) == pytest.approx(2.0 / 5.0, rel=1e-15)


@pytest.mark.parametrize(
    ("amplitudes", "half_lives", "repair"),
    [
        ([1.0, -1.0], [50.0, 3.0], 2.8),  # an uptake phase
        ([1.0, 0.5, -1.5], [80.0, 10.0, 1.0], 1.5),
        ([1.0, -0.95], [60.0, 55.0], 0.7),
    ],
)
def test_sums_of_exponentials_match_brute_force_integration(amplitudes, half_lives, repair):
    rates = [math.log(2) / h for h in half_lives]
    mu = math.log(2) / repair
    assert protraction_factor(amplitudes, rates, mu) == pytest.approx(by_integration(amplitudes, rates, mu), rel=1e-7)


def test_the_limits_are_an_acute_dose_and_instant_repair():
    assert protraction_factor([1.0, 2.0], [1e6, 1e7], 1e-6) == pytest.approx(1.0, abs=1e-6)
    assert protraction_factor([1.0, 2.0], [1e-6, 1e-5], 1e3) == pytest.approx(0.0, abs=1e-6)


@given(st.lists(st.tuples(st.floats(1e-3, 1e3), st.floats(1e-7, 1e-2)), min_size=1, max_size=4), st.floats(1e-6, 1e-2))
def test_g_lies_between_zero_and_one_and_falls_with_repair(parts, mu):
    amplitudes, rates = zip(*parts, strict=True)
    slow, fast = protraction_factor(amplitudes, rates, mu), protraction_factor(amplitudes, rates, 2 * mu)
    assert 0.0 < fast < slow <= 1.0 + 1e-12


@given(st.floats(1e-6, 1e3), st.floats(1e-6, 1e6))
def test_g_does_not_depend_on_units_of_dose_rate_and_time(scale, clock):
    given_, rates, mu = [2.0, -1.0], [1e-5, 1e-4], 5e-5
    scaled = protraction_factor([scale * a for a in given_], [clock * r for r in rates], clock * mu)
    assert scaled == pytest.approx(protraction_factor(given_, rates, mu), rel=1e-12)


def test_it_broadcasts_over_subjects():
    rates = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = protraction_factor(np.array([1.0, 1.0]), rates, np.array([1.0, 5.0]))
    assert found == pytest.approx(
        [protraction_factor([1, 1], rates[0], 1.0), protraction_factor([1, 1], rates[1], 5.0)]
    )


def test_bed_and_eqd_reproduce_the_kidney_example():
    # 28 Gy to a kidney: alpha/beta 2.5 Gy, effective half-life 50 h, repair half-time 2.8 h
    G = protraction_factor(1.0, math.log(2) / 50, math.log(2) / 2.8)
    kidney = bed(28.0, G, 2.5)
    assert kidney == pytest.approx(44.63, abs=0.005)
    assert eqd(kidney, 2.0, 2.5) == pytest.approx(24.79, abs=0.005)
    assert eqd(kidney, 10.0, 2.5) == pytest.approx(8.93, abs=0.005)


def test_alphas_with_rbe_five():
    # 2 Gy of alphas, RBE 5, no low LET, alpha/beta 10 Gy: BED 10, EQD2 8.333
    assert eqd(5.0 * 2.0 + bed(0.0, 0.1, 10.0), 2.0, 10.0) == pytest.approx(8.333, abs=5e-4)


def test_fractions_of_x_gy_are_their_own_equivalent():
    # n acute fractions of X Gy: BED = n X (1 + X/(a/b)), so EQDX is n X for any alpha/beta
    for alpha_beta in (1.5, 3.0, 10.0):
        assert eqd(30 * bed(2.0, 1.0, alpha_beta), 2.0, alpha_beta) == pytest.approx(60.0, rel=1e-14)


@given(st.floats(0.0, 1e3), st.floats(0.0, 1.0), st.floats(0.1, 100.0), st.integers(1, 8))
def test_dose_of_bed_inverts_bed(wanted, protraction, alpha_beta, cycles):
    dose = dose_of_bed(wanted, protraction, alpha_beta, cycles)
    assert cycles * bed(dose / cycles, protraction, alpha_beta) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_more_cycles_allow_more_dose():
    doses = [float(dose_of_bed(40.0, 0.053, 2.5, cycles)) for cycles in (1, 2, 4)]
    assert doses == sorted(doses)
    assert doses[-1] < 40.0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: protraction_factor(1.0, 0.0, 1.0), "rates"),
        (lambda: protraction_factor(1.0, 1.0, -1.0), "repair_rate"),
        (lambda: protraction_factor([1.0, 2.0], [1.0], 1.0), "each amplitude needs its rate"),
        (lambda: protraction_factor([1.0, -2.0], [1.0, 1.0], 1.0), "dose must be positive"),
        (lambda: protraction_factor(math.nan, 1.0, 1.0), "amplitudes must be finite"),
        (lambda: bed(-1.0, 0.5, 10.0), "dose"),
        (lambda: bed(1.0, 0.5, 0.0), "alpha_beta"),
        (lambda: eqd(math.inf, 2.0, 10.0), "bed"),
        (lambda: dose_of_bed(1.0, 0.5, 10.0, cycles=0), "cycles"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call, said):
    with pytest.raises(InputError, match=said):
        call()
