"""The superparamagnetic outer-sphere model against limits and independently evaluated numbers."""

import cmath
import math

import numpy as np
import pytest

from ferrotope.errors import InputError
from ferrotope.relaxometry import r2_motional_averaging, roch
from ferrotope.relaxometry.outer_sphere import ayant_density, freed_density, langevin

GAMMA_E_OVER_P = 1.76085963e11 / 2.6752218744e8
GIVEN = {"D": 3.0e-9, "T": 310.0}


def at_megahertz(frequency, **values):
    return roch(frequency * 1e6, 10e-9, 3.5e5, 1e-9, **{**GIVEN, **values})


@pytest.mark.parametrize(
    ("frequency", "r1", "r2"), [(0.01, 19.116, 19.116), (1.0, 26.218, 28.415), (20.0, 48.484, 86.821)]
)
def test_dispersion_of_a_10_nm_core(frequency, r1, r2):
    """10 nm, Mv 3.5e5 A/m, tau_N 1 ns, 310 K, D 3e-9: evaluated apart from this code from Roch's equations."""
    assert at_megahertz(frequency) == (pytest.approx(r1, abs=6e-4), pytest.approx(r2, abs=6e-4))


def by_hand(frequency, P, Q):
    """Roch's equations, written out for one core in plain floats."""
    d, M, neel, T, D = 10e-9, 3.5e5, 1e-9, 310.0, 3e-9
    gamma, k = 2.6752218744e8, 1.380649e-23
    V = math.pi * d**3 / 6
    mu, R = M * V, d / 2
    B = 2 * math.pi * frequency * 1e6 / gamma
    x = mu * B / (k * T)
    lang = 1 / math.tanh(x) - 1 / x
    wI, tau = gamma * B, R * R / D
    wS = wI * GAMMA_E_OVER_P

    def F(w):
        s = cmath.sqrt(1j * w * tau + tau / neel)
        return ((1 + s / 4) / (1 + s + 4 * s * s / 9 + s**3 / 9)).real

    z = math.sqrt(2 * wI * tau)
    A = (1 + 5 * z / 8 + z * z / 8) / (1 + z + z**2 / 2 + z**3 / 6 + 4 * z**4 / 81 + z**5 / 81 + z**6 / 648)
    C = (1e-7 * mu * gamma) ** 2 * 1.5e-5 / V / (R * D)
    rest = 1 - lang**2 - 2 * lang / x
    r1 = 7 * P * lang / x * F(wS) + (7 * Q * lang / x + 3 * rest) * F(wI) + 3 * lang**2 * A
    r2 = 13 * P * lang / x * F(wS) + 7 * Q * lang / x * F(wI) + 6 * Q * lang / x * F(0)
    r2 += rest * (3 * F(wI) + 4 * F(0)) + lang**2 * (3 * A + 4)
    return 32 * math.pi / 135 * C * r1, 16 * math.pi / 135 * C * r2


@pytest.mark.parametrize(("P", "Q"), [(0.0, 1.0), (1.0, 0.0), (0.3, 0.6)])
@pytest.mark.parametrize("frequency", [0.3, 5.0, 200.0])
def test_finite_anisotropy(P, Q, frequency):
    assert at_megahertz(frequency, P=P, Q=Q) == pytest.approx(by_hand(frequency, P, Q), rel=1e-7)


def test_without_anisotropy_more_relaxes_at_low_field():
    """P + Q = 1 share the same fluctuation at zero field, where electrons and protons stand still alike."""
    low = [at_megahertz(1e-6, P=P, Q=1 - P) for P in (0.0, 0.5, 1.0)]
    assert low[0] == pytest.approx(low[2], rel=1e-3)
    assert low[0] == pytest.approx(low[1], rel=1e-3)
    # the electrons precess away from the protons' slow spectrum as the field grows
    assert at_megahertz(1.0, P=1.0, Q=0.0)[0] < 0.9 * at_megahertz(1.0)[0]


def test_high_field_r2_is_motional_averaging():
    r1, r2 = at_megahertz(10000.0)
    assert r2 == pytest.approx(68.359, abs=6e-4)
    assert r2 == pytest.approx(r2_motional_averaging(10e-9, 3.5e5, D=3.0e-9), rel=2e-4)
    assert r1 < 1.0


def test_low_field_r1_equals_r2():
    assert np.ptp(at_megahertz(1e-4)) < 1e-4


def test_zero_field_and_zero_moment_are_numbers():
    assert at_megahertz(0.0)[0] == pytest.approx(at_megahertz(1e-4)[0], rel=1e-4)
    assert roch([0.0, 1e6], 10e-9, 0.0, 1e-9, **GIVEN)[1].tolist() == [0.0, 0.0]


def test_spectral_densities_are_one_at_zero_and_fall():
    assert ayant_density(0.0) == 1.0
    assert freed_density(0.0, 1e-8, math.inf) == pytest.approx(1.0)
    # without electronic relaxation Freed's density is Ayant's
    w = np.geomspace(1e3, 1e12, 60)
    assert freed_density(w, 1e-8, math.inf) == pytest.approx(ayant_density(np.sqrt(2 * w * 1e-8)), rel=1e-9)
    assert np.all(np.diff(ayant_density(np.geomspace(1e-3, 1e3, 50))) < 0)


def test_langevin():
    assert langevin([0.0, 0.1, 1.0, 5.0]) == pytest.approx([0.0, 0.0333111, 0.3130353, 0.8000908], abs=1e-7)


def test_a_shell_is_a_distance_of_closest_approach():
    """At high field r2 goes with the inverse distance: 1/3 for a shell as thick as the core."""
    near, far = (at_megahertz(1e5, shell_thickness=shell)[1] for shell in (0.0, 10e-9))
    assert far == pytest.approx(near / 3, rel=1e-3)


def test_arrays_broadcast_without_jumps_at_low_field():
    frequency = np.geomspace(1e2, 1e7, 400)
    for values in roch(frequency[:, None], [8e-9, 12e-9], 3.5e5, 1e-9, **GIVEN):
        assert values.shape == (400, 2)
        assert np.max(np.abs(np.diff(np.log(values), axis=0))) < 0.03


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("larmor_frequency", -1.0),
        ("core_diameter", 0.0),
        ("Mv", -1.0),
        ("tau_neel", 0.0),
        ("D", -1e-9),
        ("T", 0.0),
        ("P", 1.1),
        ("Q", -0.1),
        ("shell_thickness", -1e-9),
        ("molar_volume", math.nan),
    ],
)
def test_what_is_out_of_range_is_named(field, value):
    given = {"larmor_frequency": 1e6, "core_diameter": 1e-8, "Mv": 3.5e5, "tau_neel": 1e-9, **GIVEN}
    with pytest.raises(InputError, match=field):
        roch(**{**given, field: value})
