"""The radiochemistry stage through its front function."""

import math

import numpy as np
import pytest

from ferrotope.errors import InputError
from ferrotope.particle import Label
from ferrotope.particle.materials import Material
from ferrotope.radiochemistry import label_state

PARTICLES_PER_IRON = 5.105e14 / 1e-6  # 10 nm magnetite, 1/kg
SURFACE = math.pi * 10e-9**2


def state(particles=PARTICLES_PER_IRON, surface=SURFACE, activity=100e12, core_diameter=None, **label):
    return label_state(Label(**label), particles, surface, activity, core_diameter=core_diameter)


def numbers(outcome):
    return {record.path.removeprefix("radiochemistry."): record for record in outcome.records}


def texts(outcome, level):
    return " | ".join(notice.text for notice in outcome.notices if notice.level == level)


def test_lutetium_at_100_MBq_per_mg():
    # 0.162 atoms a particle, 0.1496 hot, 727 GBq/umol (half-life 6.647 d)
    found = state(nuclide="Lu-177", chelator="DOTA", chelator_density="1.0 1/nm2")
    assert found.atoms_per_particle == pytest.approx(0.162, rel=5e-3)
    assert found.hot_fraction == pytest.approx(0.1496, rel=5e-3)
    records = numbers(found)
    assert records["molar_activity"].value == pytest.approx(727, rel=3e-3)
    assert records["chelators_per_particle"].value == pytest.approx(314, abs=0.5)
    assert records["occupied_chelators"].value == pytest.approx(0.162 / 314, rel=5e-3)
    assert records["activity_per_particle"].value == pytest.approx(100e12 / PARTICLES_PER_IRON)
    assert records["hot_fraction"].value * records["atoms_of_hot"].value == pytest.approx(found.atoms_per_particle)


def test_waiting_of_one_half_life_doubles_what_labelling_must_give():
    records = numbers(state(nuclide="Ga-68", time_since_labelling="67.71 min"))
    assert records["decay_factor"].value == pytest.approx(0.5, rel=2e-3)
    assert records["activity_per_iron"].value == pytest.approx(200, rel=2e-3)


@pytest.mark.parametrize("time", ["300 d", "1..90 h"])
def test_a_label_that_is_gone_before_injection_is_refused(time):
    with pytest.raises(InputError, match="nothing of Ga-68 is left"):
        Label(nuclide="Ga-68", time_since_labelling=time)


def test_loss_from_an_assay():
    # 95 % intact after 24 h
    found = state(nuclide="Cu-64", stability={"intact": "0.95(2)", "time": "24 h", "medium": "serum"})
    rate = -math.log(0.95) / 86400
    assert found.detachment_rate == pytest.approx(rate)
    records = numbers(found)
    assert records["detachment_rate"].kind == "fitted"
    assert records["detached_24h"].value == pytest.approx(0.05)
    assert records["detached_1h"].value == pytest.approx(1 - 0.95 ** (1 / 24))
    lam = math.log(2) / (12.701 * 3600)
    assert records["decays_on_particle"].value == pytest.approx(lam / (lam + rate), rel=1e-3)


def test_bound_and_free_series_sum_to_the_decay():
    found = state(nuclide="Cu-64", detachment_rate="0.05 1/h")
    series = {item.name: item for item in found.series}
    hours = series["label_time"].values
    total = series["bound"].values + series["free"].values
    assert total == pytest.approx(100 * np.exp2(-hours / 12.701), rel=5e-3)


def test_no_loss_seen_is_not_no_loss():
    found = state(nuclide="Cu-64", stability={"intact": "1.00(2)", "time": "24 h"})
    assert found.detachment_rate == 0.0
    assert "up to 3.8 % is within its error" in texts(found, "warning")


def test_an_assay_that_leaves_nothing_gives_no_rate():
    found = state(nuclide="Cu-64", stability={"intact": "0", "time": "24 h"})
    assert found.detachment_rate is None
    assert "no rate" in texts(found, "absent")


def test_more_label_than_chelators_is_said():
    record = numbers(state(nuclide="Lu-177", chelators_per_particle="1", activity=1e15))["occupied_chelators"]
    assert record.value == pytest.approx(1.62, rel=5e-3)
    assert "more than they can hold" in record.validity


def test_absent_inputs_are_said():
    found = state(nuclide="Lu-177", chelator="DOTA", particles=None, surface=None)
    assert found.atoms_per_particle is None
    assert "core material and diameter" in texts(found, "absent")
    assert "occupied chelators" in texts(found, "absent")
    assert "loss of label" in texts(found, "absent")
    assert "activity per mass of iron" in texts(state(nuclide="Lu-177", activity=None), "absent")


def test_actinium_daughters():
    # recoil of Fr-221 105.6 keV, 25 nm in magnetite: a core of 20 nm keeps none, one of 30 nm 0.04
    found = numbers(state(nuclide="Ac-225", core_diameter=30e-9))
    assert found["recoil_energy.Fr-221"].value == pytest.approx(105.6, rel=0.01)
    assert found["recoil_range.Fr-221"].value == pytest.approx(25, rel=0.05)
    assert found["recoil_retention.volume.Fr-221"].value == pytest.approx(0.03, abs=0.02)
    assert {"recoil_energy.At-217", "recoil_energy.Bi-213", "recoil_energy.Pb-209"} <= set(found)
    assert numbers(state(nuclide="Ac-225", core_diameter=20e-9))["recoil_retention.volume.Fr-221"].value == 0.0
    assert "core diameter" in texts(state(nuclide="Ac-225"), "absent")


def test_heavier_material_stops_sooner():
    label = Label(nuclide="Ac-225")
    ranges = [
        numbers(label_state(label, None, None, None, core_diameter=2e-8, core_material=material))[
            "recoil_range.Fr-221"
        ].value
        for material in (Material.model_validate("gold"), None)
    ]
    assert ranges[0] < ranges[1]


def test_beta_emitters_have_no_recoil_records():
    assert not any("recoil" in path for path in numbers(state(nuclide="Lu-177", core_diameter=10e-9)))
