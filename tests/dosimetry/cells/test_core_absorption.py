"""Energy that stays in a core: limits, the bound, recoil nuclei, Monte Carlo."""

import numpy as np
import pytest

from ferrotope.dosimetry.cells.core_absorption import LABELS, _range_tables, _stay, recoil_range, self_absorption
from ferrotope.dosimetry.matter.ranges import alpha_csda_range
from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide
from ferrotope.units.constants import MEV


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("nuclide", ["Lu-177", "I-125", "In-111", "Ac-225"])
def test_cores_matter_for_auger_electrons_and_recoils_only(nuclide, label):
    for diameter in (10e-9, 30e-9):
        part = self_absorption(nuclide, diameter, label=label, daughters="equilibrium")
        for radiation, share in part.fraction.items():
            assert 0.0 <= share <= part.upper_bound[radiation] <= 1.0
            if radiation in ("alpha", "beta-"):
                assert part.upper_bound[radiation] < 2e-3
            if radiation in ("auger", "recoil"):
                assert share > 0.03
    # Conversion electrons of I-125 have 4 keV at least: the most of their energy that can stay is 6 %.
    assert part.upper_bound.get("conversion", 0.0) < 0.07


def test_energy_is_that_of_the_nuclide():
    part = self_absorption("Lu-177", 15e-9)
    assert part.energy["auger"] == pytest.approx(Nuclide("Lu-177").mean_energy("auger"))
    assert part.recoil_escape is None
    assert part.density == 5170.0


def test_limits_of_size():
    # All stays in a large core with the nuclide inside, half of it where the nuclide is on the surface.
    inside = self_absorption("Po-213", 900e-6, daughters="prompt", label="volume")
    outside = self_absorption("Po-213", 900e-6, daughters="prompt", label="surface")
    assert inside.fraction["alpha"] == pytest.approx(1.0, abs=0.03)
    assert outside.fraction["alpha"] == pytest.approx(0.5, abs=0.03)
    assert outside.recoil_escape == pytest.approx(0.5, abs=1e-3)
    assert inside.recoil_escape == pytest.approx(0.0, abs=1e-3)
    # In a small one: stopping power times the mean path, which is 3R/4 from inside and R/2 from the surface.
    small = {
        label: self_absorption("Po-213", 10e-9, daughters="prompt", label=label).fraction["alpha"] for label in LABELS
    }
    assert small["volume"] / small["surface"] == pytest.approx(1.5, rel=0.01)
    # From the range in magnetite: 8.4 MeV lose what the range loses with the mean path (R = 5 nm, 3750 pm).
    step = 0.1 * MEV
    slope = step / (alpha_csda_range(8.43 * MEV, "magnetite") - alpha_csda_range(8.33 * MEV, "magnetite"))
    assert small["volume"] * 8.38 * MEV == pytest.approx(slope * 5170.0 * 3.75e-9, rel=0.02)


def test_a_cluster_is_between_water_and_oxide():
    share = [
        self_absorption("Ac-225", 100e-9, label="volume", volume_fraction=f, daughters="equilibrium").fraction
        for f in (0.01, 0.3, 1.0)
    ]
    for radiation in ("alpha", "recoil", "auger", "beta-"):
        assert share[0][radiation] < share[1][radiation] < share[2][radiation]


def test_range_of_recoil_nuclei():
    # Known values: a recoil of about 100 keV goes 80 to 100 nm in tissue and some tens of nm in an oxide.
    energy = 0.1 * MEV
    assert 80e-9 < recoil_range(energy, 87, 221, "water") / 1000.0 < 110e-9
    assert 20e-9 < recoil_range(energy, 87, 221, "magnetite") / 5170.0 < 40e-9
    energies = np.geomspace(1e-4, 0.4, 30) * MEV
    assert np.all(np.diff(recoil_range(energies, 87, 221, "water")) > 0.0)
    # Nuclear stopping rules: near its maximum the stopping power is flat and the range about linear in energy.
    ratio = recoil_range(0.14 * MEV, 82, 207, "water") / recoil_range(0.07 * MEV, 82, 207, "water")
    assert 1.5 < ratio < 2.0


def test_recoils_leave_small_cores():
    part = [self_absorption("Ac-225", d, label="volume", daughters="equilibrium") for d in (10e-9, 30e-9, 1e-6)]
    assert part[0].recoil_escape > 0.99
    assert 0.9 < part[1].recoil_escape <= 1.0
    assert part[2].recoil_escape < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(("kilo", "diameter"), [(3.0, 60e-9), (5.0, 100e-9), (10.0, 300e-9), (20.0, 300e-9)])
def test_bound_against_transport_of_electrons_in_magnetite(kilo, diameter, label):
    from ferrotope.dosimetry.transport import Ball, Radiation, Shells, simulate

    energy, radius = kilo * 1e-3 * MEV, diameter / 2
    ball = Ball(radius) if label == "volume" else Ball(radius * (1 - 1e-9), radius * (1 - 1e-9))
    shells = Shells(np.array([radius, 50e-6]), media=["magnetite", "water"])
    run = simulate(
        Radiation("e", "electron", np.array([energy])), ball, shells, histories=8000, seed=1, follow_photons=False
    )
    found = run.deposited[0, 0] / energy
    region = (radius if label == "surface" else 0.0, radius)
    straight, bound = (
        _stay(np.array([energy]), *table, region, 5170.0)[0]
        for table in _range_tables("auger", {"magnetite": 1.0}, None)
    )
    # Crooked tracks leave more in a core of the size of the range, delta rays leave less in a smaller one.
    assert 0.9 * straight < found < bound
    assert found < 1.65 * straight


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="label"):
        self_absorption("Lu-177", 15e-9, label="shell")
    with pytest.raises(InputError, match="diameter"):
        self_absorption("Lu-177", -15e-9)
    with pytest.raises(InputError, match="volume_fraction"):
        self_absorption("Lu-177", 15e-9, volume_fraction=1.5)
    with pytest.raises(InputError, match="medium"):
        self_absorption("Lu-177", 15e-9, material="cobalt")
    with pytest.raises(InputError, match="energy"):
        recoil_range(1.0 * MEV, 87, 221, "water")
