"""Tumour control, equivalent uniform dose and complications against published numbers and limits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.errors import InputError
from ferrotope.radiobiology import geud, ntcp_lkb, tcp


def test_tcp_reproduces_a_worked_number():
    assert tcp(1e8, 0.3, 60.0) == pytest.approx(0.2181, abs=5e-5)


def test_tcp_is_one_half_where_ln_two_clonogens_survive():
    wanted = math.log(1e8 / math.log(2)) / 0.3
    assert tcp(1e8, 0.3, wanted) == pytest.approx(0.5, rel=1e-12)


def test_repopulation_costs_dose_at_its_own_rate():
    # gamma T more in the exponent is alpha BED less
    assert tcp(1e8, 0.3, 60.0, 1e-6, 3e6) == pytest.approx(tcp(1e8, 0.3, 60.0 - 3.0 / 0.3), rel=1e-12)


def test_tcp_of_a_useless_dose_is_zero_without_warnings():
    assert tcp(1e9, 0.3, 0.0, 1.0, 1e4) == 0.0
    assert tcp(0.0, 0.3, 0.0) == 1.0


@given(st.floats(1.0, 1e12), st.floats(0.01, 1.0), st.floats(0.0, 200.0), st.floats(0.0, 50.0))
def test_tcp_grows_with_dose_and_stays_a_probability(clonogens, alpha, dose, more):
    low, high = tcp(clonogens, alpha, dose), tcp(clonogens, alpha, dose + more)
    assert 0.0 <= low <= high <= 1.0


def test_ntcp_reproduces_the_kidney_example():
    assert ntcp_lkb(23.0, 28.0, 0.10) == pytest.approx(0.0371, abs=5e-5)
    assert ntcp_lkb(39.8, 39.8, 0.12) == 0.5


@given(
    st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(0.0, 80.0, allow_subnormal=False)), min_size=1, max_size=6),
    st.floats(0.05, 1.0),
)
def test_geud_lies_between_mean_and_maximum_and_keeps_a_uniform_dose(parts, n):
    volumes, doses = (np.array(column) for column in zip(*parts, strict=True))
    mean = float((volumes * doses).sum() / volumes.sum())
    found = geud(volumes, doses, n)
    assert mean * (1 - 1e-9) <= found <= doses.max() * (1 + 1e-9)
    assert geud(volumes, np.full(volumes.shape, 17.0), n) == pytest.approx(17.0, rel=1e-12)


def test_geud_by_its_formula():
    # (0.25 10^(1/0.5) + 0.75 20^(1/0.5))^0.5 = sqrt(25 + 300)
    assert geud([0.25, 0.75], [10.0, 20.0], 0.5) == pytest.approx(math.sqrt(325.0), rel=1e-14)
    assert geud([1, 3], [10.0, 20.0], 0.5) == pytest.approx(math.sqrt(325.0), rel=1e-14)
    assert geud([0.25, 0.75], [10.0, 20.0], 1.0) == pytest.approx(17.5, rel=1e-14)


def test_a_tumour_feels_its_cold_spot():
    assert geud([0.1, 0.9], [0.0, 60.0], -0.1) == 0.0
    assert 10.0 < geud([0.1, 0.9], [10.0, 60.0], -0.1) < 20.0


def test_high_powers_do_not_overflow():
    assert geud([0.5, 0.5], [100.0, 90.0], 1e-3) == pytest.approx(100.0 * 0.5**1e-3, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: tcp(-1.0, 0.3, 60.0), "clonogens"),
        (lambda: tcp(1e8, 0.3, math.nan), "bed"),
        (lambda: geud([1.0], [1.0], 0.0), "n: "),
        (lambda: geud([0.0], [1.0], 1.0), "volumes"),
        (lambda: geud([1.0], [-1.0], 1.0), "doses"),
        (lambda: ntcp_lkb(20.0, 0.0, 0.1), "td50"),
        (lambda: ntcp_lkb(20.0, 28.0, 0.0), "m: "),
    ],
)
def test_what_cannot_be_is_refused_by_name(call, said):
    with pytest.raises(InputError, match=said):
        call()
