"""Ranges against stopping powers computed from the Bethe theory, which shares no number with the tables but I."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.dosimetry import alpha_csda_range, cole_range, electron_csda_range, electron_energy_from_range
from ferrotope.errors import ValidityError
from ferrotope.units.constants import MEV

REST = 0.51099895  # MeV
WATER = 0.307075 * 0.555087  # MeV cm2/g: 4 pi r_e^2 m c^2 N_A times Z/A of water (Review of Particle Physics, eq. 34.5)


def electron_stopping_power(energy):
    """Collision stopping power of water (MeV cm2/g), ICRU Report 37 eq. 2.7, I = 75 eV, without density effect."""
    tau = energy / REST
    beta2 = tau * (tau + 2) / (tau + 1) ** 2
    f = (1 - beta2) * (1 + tau**2 / 8 - (2 * tau + 1) * np.log(2))
    return 0.5 * WATER / beta2 * (2 * np.log(energy / 75e-6) + np.log(1 + tau / 2) + f)


def alpha_stopping_power(energy):
    """Electronic stopping power of water for alphas (MeV cm2/g), Bethe and Bloch (ICRU 49, chapter 2), I = 78 eV."""
    gamma = 1 + energy / 3727.379
    beta2 = 1 - 1 / gamma**2
    y2 = (2 / 137.036) ** 2 / beta2
    bloch = -y2 * (1.202 - y2 * (1.042 - 0.855 * y2))
    return WATER * 4 / beta2 * (np.log(2 * REST * beta2 * gamma**2 / 78e-6) - beta2 + bloch)


@pytest.mark.parametrize(("low", "high"), [(0.01, 0.02), (0.02, 0.05), (0.05, 0.1), (0.1, 0.2), (0.2, 0.4)])
def test_electron_range_between_two_energies_is_the_integral_of_the_bethe_stopping_power(low, high):
    energy = np.linspace(low, high, 4001)
    expected = np.trapezoid(1 / electron_stopping_power(energy), energy) * 10
    assert electron_csda_range(high * MEV) - electron_csda_range(low * MEV) == pytest.approx(expected, rel=0.006)


def test_alpha_range_between_7_and_9_mev_is_the_integral_of_the_bethe_stopping_power():
    energy = np.linspace(7, 9, 2001)
    expected = np.trapezoid(1 / alpha_stopping_power(energy), energy) * 10
    # Shell and Barkas corrections and captured electrons, left out here, are 1 to 2 % at these energies.
    assert alpha_csda_range(9 * MEV) - alpha_csda_range(7 * MEV) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("energy", "stopping"), [(5.0, 874.7), (2.0, 1599.0), (8.0, 623.9)])
def test_slope_of_the_alpha_range_is_the_icru_90_stopping_power(energy, stopping):
    # ICRU Report 90 (2016), electronic, liquid water, MeV cm2/g.
    step = 0.5
    rise = alpha_csda_range((energy + step) * MEV) - alpha_csda_range((energy - step) * MEV)
    assert 2 * step / (rise * 0.1) == pytest.approx(stopping, rel=0.015)


@pytest.mark.parametrize(("energy", "micrometre"), [(5.8, 48.1), (8.376, 85.9), (8.785, 92.8)])
def test_alpha_range_between_nodes(energy, micrometre):
    # Integrated from the ICRU 90 stopping power at these energies themselves (Ac-225, Po-213, Po-212).
    assert alpha_csda_range(energy * MEV) * 1e3 == pytest.approx(micrometre, rel=0.002)


def test_range_has_no_step_where_cole_gives_way_to_estar():
    below, above = electron_csda_range(np.array([0.0099999, 0.0100001]) * MEV)
    assert above / below == pytest.approx(1.0, abs=1e-4)
    # The unscaled law is 7 % longer; if that changes, the scaling in the docstring is wrong.
    assert cole_range(0.01 * MEV) / above == pytest.approx(1.073, abs=0.002)


@given(st.floats(1e-5, 5.0), st.floats(1.0001, 1.5))
def test_electron_range_rises_and_inverts(energy, factor):
    high = min(energy * factor, 5.0)
    assert electron_csda_range(high * MEV) >= electron_csda_range(energy * MEV)
    assert electron_energy_from_range(electron_csda_range(energy * MEV)) / MEV == pytest.approx(energy, rel=1e-6)


@given(st.floats(1e-6, 9.9), st.floats(1.0001, 1.01))
def test_alpha_range_rises(energy, factor):
    assert alpha_csda_range(min(energy * factor, 10) * MEV) > alpha_csda_range(energy * MEV)


@pytest.mark.parametrize("energy", [0.0, -1.0, 5.1, np.nan])
def test_energies_outside_the_table_are_refused(energy):
    with pytest.raises(ValidityError, match="not tabulated"):
        electron_csda_range(energy * MEV)
    with pytest.raises(ValidityError, match="not tabulated"):
        alpha_csda_range(energy * MEV * 2)
