"""Power from iron, the iron that a temperature needs, and percentiles of the temperature."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.errors import InputError
from ferrotope.hyperthermia import (
    iron_concentration_needed,
    specific_absorption_rate,
    steady_temperature_rise,
    temperature_percentile_radius,
    volumetric_power,
)

concentrations = st.floats(0.0, 1.0)


def test_power_by_hand():
    """10 mg of iron per g at 100 W/g of iron are 1 W per g of tissue, 1050 kW/m3."""
    power = volumetric_power(0.010, 1050.0, 100e3)
    assert power == pytest.approx(1.05e6)
    assert specific_absorption_rate(power, 1050.0) == pytest.approx(1000.0)


@given(concentrations, st.floats(100.0, 5000.0), st.floats(0.0, 1e7))
def test_absorption_is_iron_times_its_loss_power(iron, density, slp):
    rate = specific_absorption_rate(volumetric_power(iron, density, slp), density)
    assert rate == pytest.approx(iron * slp, rel=1e-12)


@given(st.floats(280.0, 320.0), st.floats(280.0, 320.0), st.floats(1e-3, 1e9))
def test_iron_fed_back_gives_the_temperature(wanted, body, slope):
    needed = iron_concentration_needed(wanted, body, slope)
    assert body + needed * slope == pytest.approx(max(wanted, body), rel=1e-12)


def test_a_warm_body_needs_no_iron_and_cold_particles_never_suffice():
    assert iron_concentration_needed(316.15, 317.0, 100.0) == 0.0
    assert iron_concentration_needed(316.15, 316.15, 0.0) == 0.0
    assert iron_concentration_needed(316.15, 310.15, 0.0) == math.inf
    assert iron_concentration_needed(316.15, [310.15, 313.15], 600.0) == pytest.approx([0.01, 0.005])


def test_percentiles_by_hand():
    radii = temperature_percentile_radius([0.0, 10.0, 50.0, 90.0, 100.0], 1.0)
    assert radii == pytest.approx([0.0, 0.464159, 0.793701, 0.965489, 1.0], abs=1e-6)


@pytest.mark.parametrize("percent", [10.0, 50.0, 90.0])
def test_percentiles_of_a_sphere_filled_at_random(percent):
    """Points spread evenly over the volume of a heated sphere: T90 is what 90 % of them exceed."""
    rng = np.random.default_rng(1)
    r = 5e-3 * np.cbrt(rng.random(40_000))
    temperatures = steady_temperature_rise(r, 5e-3, 1e6, 0.52, 7.6e3, 0.49, 2.7e3)
    place = temperature_percentile_radius(percent, 5e-3)
    found = steady_temperature_rise(place, 5e-3, 1e6, 0.52, 7.6e3, 0.49, 2.7e3)
    assert found == pytest.approx(np.percentile(temperatures, 100 - percent), rel=0.005)


@pytest.mark.parametrize(
    "call",
    [
        lambda: volumetric_power(-0.01, 1050.0, 1e5),
        lambda: volumetric_power(0.01, 0.0, 1e5),
        lambda: volumetric_power(0.01, 1050.0, -1.0),
        lambda: volumetric_power(0.01, 1050.0, math.inf),
        lambda: specific_absorption_rate(-1.0, 1050.0),
        lambda: iron_concentration_needed(316.15, 310.15, -1.0),
        lambda: temperature_percentile_radius(101.0, 1.0),
        lambda: temperature_percentile_radius(math.nan, 1.0),
        lambda: temperature_percentile_radius(50.0, 0.0),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(InputError):
        call()
