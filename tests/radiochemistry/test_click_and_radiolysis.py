"""Second-order conversion and vial radiolysis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ferrotope import radiochemistry as rc

PER_MOLAR_SECOND = 1e-3  # m3/(mol s)
MEV = 1.602176634e-13


def test_reference_values():
    # DBCO 0.31 1/(M s), 10 and 100 uM, 1 h: 0.1051; TCO-tetrazine 2000 1/(M s), 1 and 10 uM, 5 min: 0.9959
    assert rc.click_conversion(10e-3, 100e-3, 0.31 * PER_MOLAR_SECOND, 3600.0) == pytest.approx(0.1051, abs=5e-5)
    assert rc.click_conversion(10e-3, 1e-3, 2000 * PER_MOLAR_SECOND, 300.0) == pytest.approx(0.9959, abs=5e-5)


@pytest.mark.parametrize("B", [1e-3, 1e-3 * (1 + 1e-12), 1.5e-3, 0.1])
def test_against_integration(B):
    A, k = 1e-3, 1.0
    times = np.array([10.0, 300.0, 3000.0])
    solved = solve_ivp(lambda _, x: k * (A - x) * (B - x), (0, 3000), [0.0], t_eval=times, rtol=1e-11, atol=1e-16)
    assert rc.click_conversion(A, B, k, times) == pytest.approx(solved.y[0] / A, rel=1e-7)


@given(A=st.floats(1e-7, 10), B=st.floats(1e-7, 10), k=st.floats(0, 1e4), t=st.floats(0, 1e6))
def test_conversion_is_symmetric_and_bounded(A, B, k, t):
    X = rc.click_conversion(A, B, k, t)
    assert 0 <= X <= 1
    assert rc.click_conversion(B, A, k, t) == X


def test_dose_rate_in_the_vial():
    # 1 GBq/mL: Lu-177 (147.1 keV of electrons per decay) 84.8 Gy/h, Y-90 (932.7 keV) 538 Gy/h
    assert 3600 * rc.vial_dose_rate(1e15, 0.1471 * MEV) == pytest.approx(84.8, abs=0.1)
    assert 3600 * rc.vial_dose_rate(1e15, 0.9327 * MEV) == pytest.approx(538, abs=1)


def test_radicals_in_the_vial():
    # 84.8 Gy/h and G(OH) 0.28 umol/J: 23.7 uM/h
    assert 3600 * rc.radical_production_rate(84.8 / 3600, 0.28e-6) * 1e3 == pytest.approx(23.7, abs=0.06)
