"""Relaxivity formulas against limits and independently evaluated numbers."""

import math

import numpy as np
import pytest

from ferrotope.relaxometry.formulas import (
    ayant_density,
    freed_density,
    larmor_shift,
    motional_averaging_rate,
    outer_sphere_relaxivities,
    static_dephasing_rate,
    translational_time,
    vuong_relaxivity,
    water_diffusion,
)

MOLAR = 1.5e-5  # m3/mol
GAMMA = 2.6752218744e8


def at_megahertz(frequency):
    field = 2 * math.pi * frequency * 1e6 / GAMMA
    return outer_sphere_relaxivities(field, 10e-9, 3.5e5, MOLAR, 1e-9, 310.0, 3.0e-9)


@pytest.mark.parametrize(
    ("frequency", "r1", "r2"), [(0.01, 19.116, 19.116), (1.0, 26.218, 28.415), (20.0, 48.484, 86.821)]
)
def test_dispersion_of_a_10_nm_core(frequency, r1, r2):
    """10 nm, Mv 3.5e5 A/m, tau_N 1 ns, 310 K, D 3e-9: evaluated independently from Roch's equations."""
    assert at_megahertz(frequency) == (pytest.approx(r1, rel=2e-4), pytest.approx(r2, rel=2e-4))


def test_high_field_r2_is_motional_averaging():
    """At 10 GHz r1 vanishes and r2 is (16/45) f tau_D dw^2: 68.37 1/(mM s)."""
    r1, r2 = at_megahertz(10000.0)
    expected = motional_averaging_rate(MOLAR, 10e-9, 3.5e5, 3.0e-9)
    assert expected == pytest.approx(68.37, rel=2e-4)
    assert r2 == pytest.approx(expected, rel=1e-3)
    assert r1 < 1.0


def test_low_field_r1_equals_r2():
    r1, r2 = at_megahertz(1e-4)
    assert r1 == pytest.approx(r2, rel=1e-3)


def test_experimental_prefactor_is_about_twice_theory():
    """11.6e-12 gives 142.1 for 10 nm and 3.5e5 A/m."""
    assert vuong_relaxivity(10e-9, 3.5e5) == pytest.approx(142.1, rel=1e-3)


def test_static_dephasing():
    """(2 pi sqrt3/9) f dw = 711.4 1/(mM s) for 3.5e5 A/m, and 474.3 1/s for a volume fraction of 1e-5."""
    assert static_dephasing_rate(MOLAR, 3.5e5) == pytest.approx(711.4, rel=2e-4)
    assert static_dephasing_rate(1e-5, 3.5e5) == pytest.approx(474.3, rel=2e-4)


def test_the_regimes_cross_at_dw_tau_3_4():
    """Motional averaging meets static dephasing at dw tau_D = 3.4009: d = 32.26 nm at D = 3e-9."""
    d = 32.26e-9
    assert larmor_shift(3.5e5) * translational_time(d, 3e-9) == pytest.approx(3.4009, rel=1e-3)
    assert motional_averaging_rate(MOLAR, d, 3.5e5, 3e-9) == pytest.approx(
        static_dephasing_rate(MOLAR, 3.5e5), rel=1e-3
    )


def test_water_diffusion_at_the_published_temperatures():
    """Holz 2000: 2.299e-9 at 25 degC; Krynicki 1978 within 2 % at 37 degC (3.04e-9)."""
    assert water_diffusion(298.15) == pytest.approx(2.299e-9, rel=2e-3)
    assert water_diffusion(310.15) == pytest.approx(3.04e-9, rel=0.02)


def test_spectral_densities_are_one_at_zero_and_fall():
    assert ayant_density(0.0) == 1.0
    assert freed_density(0.0, 1e-8, math.inf) == pytest.approx(1.0)
    z = np.geomspace(1e-3, 1e3, 50)
    assert np.all(np.diff(ayant_density(z)) < 0)


def test_a_larger_distance_of_approach_lowers_relaxivity():
    near, far = (outer_sphere_relaxivities(1.5, 10e-9, 3.5e5, MOLAR, 1e-9, 310.0, 3e-9, r)[1] for r in (5e-9, 15e-9))
    assert far == pytest.approx(near / 3, rel=0.5)
    assert far < near


def test_arrays_broadcast_without_jumps_at_low_field():
    fields = np.geomspace(1e-6, 1e-1, 400)
    r1, r2 = outer_sphere_relaxivities(fields, 10e-9, 3.5e5, MOLAR, 1e-9, 310.0, 3e-9)
    for values in (r1, r2):
        assert np.max(np.abs(np.diff(np.log(values)))) < 0.03
