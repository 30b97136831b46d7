"""The magnetism stage: normalisation, what it says of its validity, and what it leaves out."""

import pytest

from ferrotope.magnetism import respond
from ferrotope.magnetism.linear_response import loss_power, loss_susceptibility
from ferrotope.particle import Core
from ferrotope.protocol import Heating

OXIDE = {
    "name": "oxide",
    "formula": "Fe3O4",
    "density": "5.18 g/cm3",
    "saturation_magnetisation": "446 kA/m",
    "anisotropy": "23 kJ/m3",
}
FIELD = {"start": "0 h", "duration": "30 min", "H": "1 kA/m", "f": "300 kHz"}
T = 300.0


def core(**values):
    return Core(**{"material": OXIDE, "diameter": "14 nm", "sigma_g": 1.0, **values})


def run(given=None, heatings=(FIELD,), whole=None):
    outcome = respond(given or core(), [Heating(**heating) for heating in heatings], T, whole)
    return outcome, {record.path.removeprefix("magnetism."): record for record in outcome.records}


def test_power_is_per_core_and_per_iron():
    outcome, found = run()
    # a full Fokker-Planck solution has 48.715 J/m3 a cycle at 1 kA/m and 300 kHz
    expected = 48.715 * 3e5 / 5180 * 1e-3
    assert found["slp_core"].value == pytest.approx(expected, rel=1e-2)
    assert found["slp"].value == pytest.approx(found["slp_core"].value / 0.7236, rel=1e-4)
    assert outcome.slp_iron[0] == pytest.approx(found["slp"].value * 1e3)
    assert found["ilp"].value == pytest.approx(found["slp"].value * 1e3 / (3e5 * 1e6) * 1e9)


def test_a_measured_saturation_is_that_of_the_whole_core():
    found = run(core(saturation_magnetisation="60 emu/g", nonmagnetic_layer="1 nm", sigma_g=1.3))[1]
    assert found["saturation"].value == pytest.approx(60.0, rel=1e-6)
    assert found["saturation_iron"].value == pytest.approx(60.0 / 0.7236, rel=1e-4)


def test_saturation_and_the_curve_agree_with_a_layer():
    outcome, found = run(core(nonmagnetic_layer="1 nm", sigma_g=1.4, diameter="30 nm"))
    curve = {series.name: series.values for series in outcome.series}
    xi = 5e3  # at 1 T the largest cores are saturated to 1/xi or so; the smallest are not
    assert curve["magnetisation"][-1] == pytest.approx(found["saturation"].value, rel=0.02)
    assert curve["magnetisation"][-1] < found["saturation"].value
    assert xi > 0


def test_strong_fields_have_a_method_of_their_own():
    # 8 nm, sigma_g 1.3: nearly all of the power comes from large cores, for which 12 kA/m is not a weak field
    found = run(core(diameter="8 nm", sigma_g=1.3), [{**FIELD, "H": "12 kA/m"}])[1]
    assert found["slp"].validity == ""
    assert "harmonic balance" in found["slp"].method
    linear = loss_power(loss_susceptibility(3e5, 8e-9, 1.3, 446e3, 23e3, T), 12e3, 3e5) / 5180 * 1e-3
    assert found["slp_core"].value < 0.98 * linear


def test_curves_and_loop_are_drawn_for_the_first_heating_only_when_wanted():
    heatings = [Heating(**FIELD), Heating(**{**FIELD, "H": "5 kA/m"})]
    drawn = {series.name: series for series in respond(core(), heatings, T, None).series}
    assert {"magnetisation", "slp_map", "slp_by_field", "loop_magnetisation"} <= drawn.keys()
    assert drawn["slp_map"].values.shape == (26, 31)
    assert drawn["study_point"].values.tolist() == [1.0, 300.0]
    assert drawn["loop_field"].values.max() == pytest.approx(1.0)
    bare = respond(core(), heatings, T, None, drawn=False)
    assert bare.series == ()
    assert bare.slp_iron == respond(core(), heatings, T, None).slp_iron


def test_sizes_beyond_the_table_are_said():
    found = run(core(diameter="40 nm"), [{**FIELD, "H": "30 kA/m"}])[1]
    assert "barrier above" in found["slp"].validity


def test_particles_that_turn_need_their_size():
    turning = {**FIELD, "immobilised_fraction": 0.0}
    outcome, found = run(heatings=[turning])
    assert outcome.slp_iron == (None,)
    assert any("hydrodynamic_diameter" in notice.text for notice in outcome.notices)
    _, found = run(heatings=[turning], whole=30e-9)
    chi = loss_susceptibility(
        3e5, 14e-9, 1.0, 446e3, 23e3, T, immobilised_fraction=0.0, viscosity=0.69e-3, hydrodynamic_diameter=30e-9
    )
    # xi is 0.15: the power is already below that of the weakest fields by a term in xi^2
    weak = loss_power(chi, 1e3, 3e5) / 5180 * 1e-3
    assert 0.99 * weak < found["slp_core"].value < weak


def test_events_are_numbered_and_one_is_not():
    assert set(run(heatings=[FIELD, FIELD])[1]) >= {"slp[0]", "slp[1]", "ilp[1]"}
    assert "slp" in run()[1]


def test_a_blocked_moment_has_no_time_but_a_reason():
    found = run(core(diameter="70 nm"), heatings=())[1]
    assert found["neel_time"].value is None
    assert "blocked" in found["neel_time"].validity


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (Core(material="magnetite"), "diameter"),
        (Core(material="gold", diameter="10 nm", sigma_g=1.1), "no magnetic moment"),
        (core(nonmagnetic_layer="7 nm"), "as thick as the core"),
    ],
)
def test_what_carries_no_moment_is_said(given, word):
    outcome, found = run(given)
    assert not found
    assert outcome.slp_iron == (None,)
    assert outcome.slp_validity == ("",)
    assert word in outcome.notices[0].text


def test_no_core_is_no_error():
    assert respond(None, [], T, None).records == ()
