"""Label arithmetic: published half-lives, reference values and limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope import radiochemistry as rc
from ferrotope.errors import InputError

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
# Half-lives of the DDEP and NNDC evaluations
HALF_LIFE = {
    "Ga-68": 67.71 * MINUTE, "Tc-99m": 6.0067 * HOUR, "Cu-64": 12.701 * HOUR, "Ho-166": 26.795 * HOUR,
    "Y-90": 64.05 * HOUR, "In-111": 2.8049 * DAY, "Zr-89": 78.41 * HOUR, "Lu-177": 6.647 * DAY, "Ac-225": 9.92 * DAY,
}  # fmt: skip
PARTICLES_PER_IRON = 5.105e14 / 1e-6  # 10 nm magnetite, 1/kg


@pytest.mark.parametrize(
    ("nuclide", "atoms"),
    [
        ("Ga-68", 0.00115), ("Tc-99m", 0.0061), ("Cu-64", 0.0129), ("Ho-166", 0.0273), ("Y-90", 0.0652),
        ("In-111", 0.0685), ("Zr-89", 0.0798), ("Lu-177", 0.162), ("Ac-225", 0.242),
    ],
)  # fmt: skip
def test_atoms_on_a_10_nm_particle_at_100_MBq_per_mg(nuclide, atoms):
    value = rc.atoms_per_particle(100e12, HALF_LIFE[nuclide], PARTICLES_PER_IRON)
    assert value == pytest.approx(atoms, rel=0.006)


def test_hot_fraction_reference_value():
    # m 0.162: 0.1496
    assert rc.hot_fraction(0.162) == pytest.approx(0.1496, abs=6e-5)


def test_hot_fraction_against_counting():
    counts = np.random.default_rng(3).poisson(0.8, 1_000_000)
    assert rc.hot_fraction(0.8) == pytest.approx((counts > 0).mean(), abs=2e-3)
    assert rc.mean_atoms_of_hot(0.8) == pytest.approx(counts[counts > 0].mean(), rel=2e-3)


@given(m=st.floats(0, 1e3))
def test_hot_and_cold_make_the_mean(m):
    assert rc.hot_fraction(m) * rc.mean_atoms_of_hot(m) == pytest.approx(m)
    assert rc.mean_atoms_of_hot(m) >= 1


@pytest.mark.parametrize(("nuclide", "value"), [("Lu-177", 727.0), ("Ac-225", 487.0), ("Ga-68", 1.03e5)])
def test_carrier_free_molar_activity(nuclide, value):
    # GBq/umol
    assert rc.carrier_free_molar_activity(HALF_LIFE[nuclide]) / 1e15 == pytest.approx(value, rel=3e-3)


def test_chelators_on_a_10_nm_sphere():
    # 314 nm2 at 1.0 to 1.4 per nm2: 314 to 440
    surface = np.pi * 10e-9**2
    assert rc.chelators_per_particle(surface, np.array([1.0e18, 1.4e18])) == pytest.approx([314, 440], abs=0.5)
    assert rc.occupied_chelators(0.162, 314.0) == pytest.approx(5.16e-4, rel=1e-3)


def test_apparent_molar_activity_reaches_the_carrier_free_one():
    # a chelator on every atom: activity per mole of chelator is lambda N_A
    T = HALF_LIFE["Lu-177"]
    atoms = rc.nuclide_atoms(1e9, T)
    assert rc.apparent_molar_activity(1e9, atoms / 6.02214076e23) == pytest.approx(rc.carrier_free_molar_activity(T))


@given(t=st.floats(-1e6, 1e6), T=st.floats(60, 1e7))
def test_decay_and_back(t, T):
    if abs(t / T) < 500:
        assert rc.decay_factor(t, T) * rc.decay_factor(-t, T) == pytest.approx(1.0)
    assert rc.decay_factor(T, T) == pytest.approx(0.5)


def test_yield_with_and_without_decay_correction():
    # 100 MBq Ga-68, 44.8 MBq bound after 67.71 min: 89.6 % by chemistry, 44.8 % there to inject
    assert rc.radiochemical_yield(44.8e6, 100e6, HALF_LIFE["Ga-68"], HALF_LIFE["Ga-68"], True) == pytest.approx(0.896)
    assert rc.radiochemical_yield(44.8e6, 100e6, HALF_LIFE["Ga-68"], HALF_LIFE["Ga-68"], False) == pytest.approx(0.448)
    with pytest.raises(InputError, match="above 1"):
        rc.radiochemical_yield(80e6, 100e6, HALF_LIFE["Ga-68"], HALF_LIFE["Ga-68"], False)


def test_specific_activity():
    assert rc.activity_per_iron(5e6, 0.1e-6) / 1e12 == pytest.approx(50.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: rc.decay_constant(0.0),
        lambda: rc.nuclide_atoms(-1.0, 60.0),
        lambda: rc.atoms_per_particle(1.0, 60.0, 0.0),
        lambda: rc.hot_fraction(np.nan),
        lambda: rc.occupied_chelators(1.0, 0.0),
    ],
)
def test_refuses_impossible_input(call):
    with pytest.raises(InputError):
        call()
