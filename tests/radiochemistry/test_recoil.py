"""Alpha recoil: kinematics, ranges and the geometry of retention."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope import radiochemistry as rc
from ferrotope.errors import InputError

KEV = 1.602176634e-16
WATER = ({(1, 1.008): 2, (8, 15.999): 1}, 998.0)
MAGNETITE = ({(26, 55.845): 3, (8, 15.999): 4}, 5170.0)
SILICA = ({(14, 28.085): 1, (8, 15.999): 2}, 2200.0)
GOLD = ({(79, 196.97): 1}, 19300.0)


@pytest.mark.parametrize(
    ("alpha", "parent", "recoil"),
    # MeV, mass number, keV of Fr-221, At-217, Bi-213, Pb-209 and Rn-219
    [(5.83, 225, 105.6), (6.341, 221, 117.0), (7.067, 217, 132.8), (8.376, 213, 160.4), (5.716, 223, 104.5)],
)
def test_recoil_energies(alpha, parent, recoil):
    assert rc.recoil_energy(alpha * 1e3, parent) == pytest.approx(recoil, abs=0.06)


def test_recoil_conserves_momentum():
    E = rc.recoil_energy(5.83, 225)
    assert pytest.approx(2 * 5.83 * 4.0026) == 2 * E * 221
    with pytest.raises(InputError):
        rc.recoil_energy(5.83, 4)


@pytest.mark.parametrize(
    ("ion", "energy", "nanometres"),
    # An independent evaluation of the same stopping model: water, magnetite, gold, silica
    [
        ((87, 221.0), 105.6, (91, 25, 14, 49)),
        ((85, 217.0), 117.0, (98, 27, 15, 52)),
        ((83, 213.0), 132.8, (107, 29, 16, 58)),
        ((82, 209.0), 160.4, (122, 34, 19, 66)),
        ((82, 208.0), 169.1, (127, 35, 19, 68)),
    ],
)
def test_recoil_ranges(ion, energy, nanometres):
    found = [1e9 * rc.recoil_range(energy * KEV, ion, *medium) for medium in (WATER, MAGNETITE, GOLD, SILICA)]
    assert found == pytest.approx(nanometres, rel=0.04)


def test_uniform_source_reference_values():
    # range 25 nm: a core of 20 nm keeps none, one of 30 nm 0.039
    assert rc.retained_from_volume(25e-9, 10e-9) == 0.0
    assert rc.retained_from_volume(25e-9, 15e-9) == pytest.approx(0.039, abs=5e-4)


@pytest.mark.parametrize("s", [0.1, 0.7, 1.3, 1.95, 2.5])
def test_geometry_by_monte_carlo(s):
    rng = np.random.default_rng(5)
    n = 300_000
    steps = rng.normal(size=(n, 3))
    steps *= s / np.linalg.norm(steps, axis=1)[:, None]
    points = rng.normal(size=(n, 3))
    points /= np.linalg.norm(points, axis=1)[:, None]
    surface = np.linalg.norm(points + steps, axis=1) < 1
    volume = np.linalg.norm(points * rng.random(n)[:, None] ** (1 / 3) + steps, axis=1) < 1
    tolerance = 4 * np.sqrt(0.25 / n)
    assert rc.retained_from_surface(s, 1.0) == pytest.approx(surface.mean(), abs=tolerance)
    assert rc.retained_from_volume(s, 1.0) == pytest.approx(volume.mean(), abs=tolerance)


@given(R=st.floats(0, 1e-6), r=st.floats(1e-10, 1e-5))
def test_retention_is_a_fraction_that_falls_with_range(R, r):
    for retained in (rc.retained_from_volume, rc.retained_from_surface):
        assert 0 <= retained(R, r) <= 1
        assert retained(1.1 * R, r) <= retained(R, r) + 1e-12
