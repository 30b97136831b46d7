"""S values, daughters and extrapolation."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.dosimetry import (
    absorbed_dose,
    daughter_activity,
    dose_rate,
    electron_absorbed_fraction,
    integrate_curve,
    mass_scaled_s_value,
    metabolic_time,
    photon_absorbed_fraction,
    relative_mass_coefficient,
    s_value,
    sphere_radius,
)
from ferrotope.errors import InputError
from ferrotope.units.constants import MEV

DAY = 86400.0


def test_s_value_of_the_definition():
    # 1 MeV absorbed in 1 g is 1.602e-10 Gy (SI).
    assert s_value(MEV, 1.0, 1e-3) == pytest.approx(1.602176634e-10)
    assert absorbed_dose(1e12, s_value(MEV, 1.0, 1e-3)) == pytest.approx(160.2, abs=0.1)
    assert dose_rate(1e6, 2e-10) == pytest.approx(2e-4)


def test_arguments_broadcast_over_sampled_masses():
    masses = np.array([1e-3, 2e-3, 4e-3])
    np.testing.assert_allclose(s_value(MEV, 0.5, masses), s_value(MEV, 0.5, 1e-3) / [1, 2, 4])


def test_mass_scaling_is_the_limit_of_the_absorbed_fractions():
    small, large = 1.0, 1.2
    electrons = [s_value(MEV, electron_absorbed_fraction(0.05 * MEV, sphere_radius(m)), m) for m in (small, large)]
    assert mass_scaled_s_value(electrons[0], small, large) == pytest.approx(electrons[1], rel=1e-3)
    photons = [s_value(MEV, photon_absorbed_fraction(MEV, sphere_radius(m)), m) for m in (1e-3, 1.2e-3)]
    assert mass_scaled_s_value(photons[0], 1e-3, 1.2e-3, 2 / 3) == pytest.approx(photons[1], rel=2e-3)


def test_daughter_of_an_exponential_parent_is_batemans():
    # Th-227 (18.697 d) to Ra-223 (11.43 d), both alpha; half-lives of Nuclear Data Sheets.
    time = np.linspace(0, 80 * DAY, 4001)
    lp, ld = np.log(2) / (18.697 * DAY), np.log(2) / (11.43 * DAY)
    expected = ld / (ld - lp) * (np.exp(-lp * time) - np.exp(-ld * time))
    np.testing.assert_allclose(daughter_activity(time, np.exp(-lp * time), 11.43 * DAY, 1.0), expected, atol=1e-6)


def test_short_lived_daughter_follows_its_parent():
    time = np.linspace(0, 10 * DAY, 201)
    parent = np.exp(-time / DAY)
    daughter = daughter_activity(time, parent, 1e-3, 0.9, 0.5)
    np.testing.assert_allclose(daughter[1:], 0.45 * parent[1:], rtol=1e-5)


@given(
    st.lists(st.floats(0, 1e6), min_size=3, max_size=12),
    st.floats(1e-3, 1e9),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1e6),
)
def test_daughter_decays_are_conserved(parent, half_life, branching, retained, initial):
    # Atoms: those fed and there at the start have decayed or are still there.
    time = np.cumsum(np.linspace(100, 5000, len(parent)))
    constant = np.log(2) / half_life
    coarse = daughter_activity(time, parent, half_life, branching, retained, initial)
    fine_time = np.unique(np.concatenate([np.linspace(a, b, 200) for a, b in itertools.pairwise(time)]))
    fine = daughter_activity(fine_time, np.interp(fine_time, time, parent), half_life, branching, retained, initial)
    scale = max(*parent, initial, 1.0)
    # The same at the coarse times, however the straight line is cut.
    np.testing.assert_allclose(np.interp(time, fine_time, fine), coarse, atol=1e-9 * scale)
    if constant * np.diff(fine_time).max() < 0.05:
        decays = integrate_curve(fine_time, fine)[-1]
        fed = branching * retained * integrate_curve(time, np.array(parent))[-1]
        left = (coarse[-1] - coarse[0]) / constant
        assert decays + left == pytest.approx(fed, abs=2e-3 * scale * time[-1])
    assert np.all(coarse >= -1e-9 * scale)


def test_no_retention_no_daughter():
    time = np.linspace(0, 10, 5)
    assert np.all(daughter_activity(time, np.ones(5), 1.0, 1.0, 0.0) == 0)


def test_retention_broadcasts_over_samples():
    time = np.linspace(0, 10, 5)
    result = daughter_activity(time, np.ones((3, 5)), 1.0, 1.0, np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(result[1], 0.5 * result[2])


def test_wrong_chains_are_refused():
    for arguments in (
        ([0.0, 1.0], [1.0, 1.0], -1.0, 1.0, 1.0),
        ([1.0, 0.0], [1.0, 1.0], 1.0, 1.0, 1.0),
        ([0.0, 1.0], [1.0, 1.0], 1.0, 1.5, 1.0),
        ([0.0, 1.0], [1.0, 1.0], 1.0, 1.0, -0.1),
    ):
        with pytest.raises(InputError):
            daughter_activity(*(np.array(a) if isinstance(a, list) else a for a in arguments))


def test_relative_mass_scaling_keeps_a_uniform_distribution_uniform():
    # Uniform in the mouse: the organ's share of the activity is its share of the body, in the human again so.
    mouse_share, human_share = 1.72e-3 / 30e-3, 1.8 / 73.0
    assert relative_mass_coefficient(1000.0 * mouse_share, 1.72e-3, 30e-3, 1.8, 73.0) == pytest.approx(
        1000 * human_share
    )


def test_metabolic_time_of_a_human_against_a_mouse():
    # (73/0.02)^0.25 = 7.77: the "about 7 days for 1 day" of Lathrop et al., Health Phys 1989;57 Suppl 1:121.
    assert metabolic_time(DAY, 0.02, 73.0) / DAY == pytest.approx(7.77, abs=0.01)


def test_nonpositive_masses_are_refused():
    with pytest.raises(InputError, match="human_organ_mass"):
        relative_mass_coefficient(1.0, 1.0, 1.0, 0.0, 1.0)
    with pytest.raises(InputError, match="mass"):
        s_value(MEV, 1.0, -1.0)
