"""Limits of the field and eddy currents against worked numbers and published limits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from ferrotope.errors import InputError
from ferrotope.hyperthermia import (
    brezovich_limit,
    eddy_current_electric_field,
    eddy_current_power_density,
    field_frequency_product,
    hergt_dutz_limit,
)

positive = st.floats(1e-3, 1e6)


@pytest.mark.parametrize(("frequency", "amplitude"), [(100e3, 4850.0), (300e3, 1616.7)])
def test_brezovich_in_a_trunk(frequency, amplitude):
    assert brezovich_limit() / frequency == pytest.approx(amplitude, rel=3e-5)
    assert brezovich_limit() == pytest.approx(13.56e6 * 35.8, rel=2e-3)  # the field and frequency behind it


def test_brezovich_in_a_mouse():
    assert brezovich_limit(0.015) == pytest.approx(4.85e9)


def test_hergt_and_dutz():
    assert hergt_dutz_limit() / 300e3 == pytest.approx(16.67e3, rel=1e-3)


def test_product_of_field_and_frequency():
    """15 kA/m at 100 kHz: 3.1 times Brezovich in a trunk, 0.30 times Hergt-Dutz."""
    product = field_frequency_product(15e3, 100e3)
    assert product == 1.5e9
    assert product / brezovich_limit() == pytest.approx(3.1, abs=0.01)
    assert product / hergt_dutz_limit() == pytest.approx(0.30)


def test_eddy_currents_at_the_brezovich_limit():
    """0.5 S/m, 0.15 m, 4.85e8 A/(m s): 20.6 kW/m3."""
    assert eddy_current_power_density(0.5, 4850.0, 100e3, 0.15) == pytest.approx(20.6e3, rel=2e-3)


def test_eddy_currents_of_a_strong_field():
    """0.4 S/m, 10 cm, 15 kA/m, 100 kHz: 592 V/m, 70 kW/m3, 67 W/kg at 1050 kg/m3."""
    assert eddy_current_electric_field(15e3, 100e3, 0.10) == pytest.approx(592, abs=0.5)
    power = eddy_current_power_density(0.4, 15e3, 100e3, 0.10)
    assert power == pytest.approx(70e3, rel=5e-3)
    assert power / 1050 == pytest.approx(67, abs=0.5)


@given(positive, positive, st.floats(1e-3, 1.0))
def test_electric_field_is_faradays(H, f, radius):
    """2 pi r E is the largest rate of change of the flux mu0 H pi r^2 sin(2 pi f t)."""
    flux = 4e-7 * math.pi * H * math.pi * radius**2
    assert 2 * math.pi * radius * eddy_current_electric_field(H, f, radius) == pytest.approx(2 * math.pi * f * flux)


def test_power_is_the_mean_over_a_period():
    sigma, field = 0.4, float(eddy_current_electric_field(1e4, 2e5, 0.03))
    mean = quad(lambda phase: sigma * (field * math.cos(2 * math.pi * phase)) ** 2, 0, 1)[0]
    assert eddy_current_power_density(sigma, 1e4, 2e5, 0.03) == pytest.approx(mean)


@given(st.floats(1e-3, 1.0), st.floats(1e-3, 1.0))
def test_the_limit_holds_the_power_at_the_surface(first, second):
    powers = [eddy_current_power_density(0.4, brezovich_limit(r) / 1e5, 1e5, r) for r in (first, second)]
    assert powers[0] == pytest.approx(powers[1], rel=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: brezovich_limit(0.0),
        lambda: field_frequency_product(-1.0, 1e5),
        lambda: field_frequency_product(1e4, math.nan),
        lambda: eddy_current_electric_field(1e4, 1e5, -0.1),
        lambda: eddy_current_power_density(-0.4, 1e4, 1e5, 0.1),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(InputError):
        call()
