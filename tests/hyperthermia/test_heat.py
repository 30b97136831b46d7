"""The front function of the room against its own formulas, put together by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.curves import Curve, Exponentials
from ferrotope.errors import InputError
from ferrotope.hyperthermia import heat, mean_temperature_rise, steady_temperature_rise, temperature_rise
from ferrotope.protocol.nouns import Heating
from ferrotope.subject.nouns import Subject

ZERO = 273.15
# Other than the shipped table on purpose: what is computed must come from the subject.
TISSUES = {
    "tumour": {
        "density": "1000 kg/m3",
        "heat_capacity": "3500 J/(kg K)",
        "conductivity": "0.5 W/(m K)",
        "perfusion": "0.002 1/s",
    },
    "muscle": {
        "density": "1100 kg/m3",
        "heat_capacity": "3400 J/(kg K)",
        "conductivity": "0.45 W/(m K)",
        "perfusion": "0.0008 1/s",
    },
    "blood": {"density": "1060 kg/m3", "heat_capacity": "3600 J/(kg K)"},
}
BLOOD = 1060 * 3600
TUMOUR = (0.5, 1000 * 3500, 0.002 * BLOOD, 0.45, 1100 * 3400, 0.0008 * BLOOD)
RADIUS = (3 * 0.5e-3 / (4 * math.pi * 1000)) ** (1 / 3)  # of 0.5 g
SLP, IRON = 80e3, 5e-3  # W/kg, kg/kg
POWER = IRON * 1000 * SLP


def subject(**fields):
    given = {"species": "mouse", "temperature": "36.5 degC", "tumour": {"mass": "0.5 g"}, "tissue": TISSUES}
    return Subject.model_validate({**given, **fields})


def heating(start="24 h", duration="30 min", H="10 kA/m", f="300 kHz", **fields):
    return Heating.model_validate({"start": start, "duration": duration, "H": H, "f": f, **fields})


def constant(**organs):
    return {name: Curve([0.0, 1e6], [value, value]) for name, value in organs.items()}


def numbers(outcome):
    return {record.path.removeprefix("hyperthermia."): record.value for record in outcome.records}


def validities(outcome):
    return {record.path.removeprefix("hyperthermia."): record.validity for record in outcome.records}


def caveats(outcome):
    return {record.path.removeprefix("hyperthermia."): record.caveat for record in outcome.records}


def texts(outcome, level):
    return " | ".join(notice.text for notice in outcome.notices if notice.level == level)


def test_one_heating_against_the_formulas():
    found = numbers(heat([heating()], [SLP], constant(tumour=IRON), subject()))
    places = RADIUS * np.cbrt([0.0, 1.0, 0.1, 0.5, 0.9])
    centre, edge, r10, r50, r90 = temperature_rise(places, 1800.0, RADIUS, POWER, *TUMOUR)[0]
    assert found["radius.tumour"] == pytest.approx(1e3 * RADIUS)
    assert found["cooling_length.tumour"] == pytest.approx(1e3 * math.sqrt(0.5 / (0.002 * BLOOD)))
    assert found["iron.tumour"] == pytest.approx(5.0)
    assert found["power_density.tumour"] == pytest.approx(400.0)
    assert found["sar.tumour"] == pytest.approx(400.0)
    assert found["temperature_rise.tumour"] == pytest.approx(centre, rel=1e-9)
    assert found["temperature_rise_edge.tumour"] == pytest.approx(edge, rel=1e-9)
    mean = temperature_rise(None, 1800.0, RADIUS, POWER, *TUMOUR)[0]
    assert found["temperature_rise_mean.tumour"] == pytest.approx(mean, rel=1e-9)
    assert found["t10.tumour"] == pytest.approx(36.5 + r10, rel=1e-12)
    assert found["t50.tumour"] == pytest.approx(36.5 + r50, rel=1e-12)
    assert found["t90.tumour"] == pytest.approx(36.5 + r90, rel=1e-12)
    k1, _, c1, k2, _, c2 = TUMOUR
    steady = steady_temperature_rise(0.0, RADIUS, POWER, k1, c1, k2, c2)
    assert found["temperature_rise_steady.tumour"] == pytest.approx(steady, rel=1e-12)
    assert mean_temperature_rise(RADIUS, POWER, k1, c1, k2, c2) == pytest.approx(mean, rel=0.01)


def test_field_against_its_limits():
    """10 kA/m, 300 kHz, mouse of 15 mm, 0.4 S/m and 1050 kg/m3."""
    outcome = heat([heating()], [SLP], {}, subject())
    found = numbers(outcome)
    assert found["field_frequency_product"] == pytest.approx(3e9)
    assert found["field_limit.hergt"] == pytest.approx(0.6)
    assert found["field_limit.brezovich"] == pytest.approx(3e9 / 4.85e9)
    assert found["eddy_power"] == pytest.approx(
        0.5 * 0.4 * (math.pi * 4e-7 * math.pi * 3e9 * 0.015) ** 2 / 1050, rel=1e-6
    )
    assert "tested in people" in caveats(outcome)["field_limit.brezovich"]
    assert texts(outcome, "warning") == ""


def test_strong_eddy_currents_are_a_warning():
    outcome = heat([heating(f="500 kHz")], [SLP], {}, subject())
    assert numbers(outcome)["eddy_power"] > 10
    assert "eddy currents deposit" in texts(outcome, "warning")


def test_hergt_limit_is_not_for_a_whole_body():
    outcome = heat([heating(exposed="body"), heating()], [SLP, SLP], {}, subject())
    assert "the body is exposed" in caveats(outcome)["field_limit[0].hergt"]
    assert caveats(outcome)["field_limit[1].hergt"] == ""


def test_without_body_radius():
    outcome = heat([heating()], [SLP], constant(tumour=IRON), subject(body_radius=None))
    assert "body_radius" in texts(outcome, "absent")
    assert "eddy_power" not in numbers(outcome)
    assert "field_limit.brezovich" not in numbers(outcome)
    assert numbers(outcome)["temperature_rise.tumour"] > 0


@pytest.mark.parametrize(
    ("name", "place"), [("iron_needed", "temperature_rise"), ("iron_needed_edge", "temperature_rise_edge")]
)
def test_iron_needed_gives_43_degrees_when_fed_back(name, place):
    needed = numbers(heat([heating()], [SLP], {}, subject()))[f"{name}.tumour"]
    found = numbers(heat([heating()], [SLP], constant(tumour=1e-3 * needed), subject()))
    assert 36.5 + found[f"{place}.tumour"] == pytest.approx(43.0, abs=1e-9)


def test_a_body_in_the_field_warms_liver_and_spleen():
    iron = constant(tumour=IRON, liver=2e-3, spleen=3e-3, kidneys=1e-3)
    assert set(heat([heating()], [SLP], iron, subject()).history) == {"tumour"}
    outcome = heat([heating(exposed="body")], [SLP], iron, subject())
    assert set(outcome.history) == {"tumour", "liver", "spleen"}
    assert numbers(outcome)["iron.liver"] == pytest.approx(2.0)
    assert numbers(outcome)["temperature_rise.spleen"] > 0
    assert "people at rest" in texts(outcome, "assumption")


def test_only_exposures_of_the_body_warm_the_liver():
    outcome = heat(
        [heating(), heating("48 h", exposed="body")], [SLP, SLP], constant(tumour=IRON, liver=2e-3), subject()
    )
    found = numbers(outcome)
    assert not any(path.endswith("[0].liver") for path in found)
    assert found["temperature_rise[1].liver"] > 0
    assert found["iron_needed[1].liver"] > 0
    assert "spleen" in texts(outcome, "absent")


def test_mean_iron_of_the_heating():
    rate = 1 / 3600.0
    iron = {"tumour": Exponentials([0.02], [rate])}
    found = numbers(heat([heating("1 h", "2 h")], [SLP], iron, subject()))
    assert found["iron.tumour"] == pytest.approx(20 * (math.exp(-1) - math.exp(-3)) / 2, rel=1e-9)


def test_iron_that_comes_later_does_not_heat():
    iron = {"tumour": Curve([1e6, 2e6], [IRON, IRON])}
    found = numbers(heat([heating()], [SLP], iron, subject()))
    assert found["iron.tumour"] == 0.0
    assert found["temperature_rise.tumour"] == 0.0


def test_two_heatings_superpose():
    """The second begins five minutes after the first has ended, with other particles' power."""
    pair = [heating("24 h"), heating("24.5833333333 h")]
    outcome = heat(pair, [SLP, 0.5 * SLP], constant(tumour=IRON), subject())
    found = numbers(outcome)

    def rise(distance, time):
        return temperature_rise(distance, [time], RADIUS, POWER, *TUMOUR).ravel()[0]

    for name, distance in (
        ("temperature_rise", 0.0),
        ("temperature_rise_edge", RADIUS),
        ("temperature_rise_mean", None),
    ):
        own = rise(distance, 1800.0)
        left = rise(distance, 3900.0) - rise(distance, 2100.0)
        assert left > 0.001 * own
        assert found[f"{name}[0].tumour"] == pytest.approx(own, rel=1e-9)
        assert found[f"{name}[1].tumour"] == pytest.approx(0.5 * own + left, rel=1e-7)
    # All three percentiles hold the warmth that the first heating left.
    centre, edge = (36.5 + found[f"temperature_rise{place}[1].tumour"] for place in ("", "_edge"))
    assert centre > found["t10[1].tumour"] > found["t50[1].tumour"] > found["t90[1].tumour"] > edge


def test_heatings_days_apart_do_not_feel_each_other():
    three = [heating("24 h"), heating("48 h"), heating("72 h")]
    found = numbers(heat(three, [SLP] * 3, constant(tumour=IRON), subject()))
    rises = [found[f"temperature_rise[{i}].tumour"] for i in range(3)]
    assert rises == pytest.approx([rises[0]] * 3, rel=2e-3)


@pytest.mark.parametrize("perfusion", ["0 1/s", "0.0003 1/s", "0.05 1/s"])
@pytest.mark.parametrize("mass", ["1 mg", "0.5 g", "200 g"])
def test_history_ends_when_the_heat_has_faded(perfusion, mass):
    """A curve that ended warm would be joined to the next heating by a straight line of hours of heat."""
    tissue = {name: {**fields, "perfusion": perfusion} for name, fields in TISSUES.items() if name != "blood"}
    person = subject(species="human", tumour={"mass": mass}, tissue=tissue)
    outcome = heat([heating(), heating("2000 h")], [SLP, SLP], constant(tumour=IRON), person)
    for place, curve in outcome.history["tumour"].items():
        rise = curve.values - (36.5 + ZERO)
        gap = int(np.argmax(np.diff(curve.times)))
        assert rise[gap] < 2e-3 * rise.max(), place
        assert rise[-1] < 2e-3 * rise.max(), place


def test_history_in_time():
    outcome = heat([heating()], [SLP], constant(tumour=IRON), subject())
    curves = outcome.history["tumour"]
    assert set(curves) == {"centre", "mean", "edge", "t90"}
    centre = curves["centre"]
    assert centre.unit == "K"
    assert centre.times[0] == 86400.0
    assert centre.values[0] == pytest.approx(36.5 + ZERO)
    since = centre.times - 86400.0
    expected = temperature_rise(0.0, since, RADIUS, POWER, *TUMOUR)[:, 0]
    expected -= temperature_rise(0.0, since - 1800.0, RADIUS, POWER, *TUMOUR)[:, 0]
    assert centre.values == pytest.approx(36.5 + ZERO + expected, abs=1e-9)
    on = since <= 1800.0
    ordered = [curves[place].values[on] for place in ("centre", "mean", "t90", "edge")]
    assert (np.diff(ordered, axis=0) <= 1e-9).all()


def test_history_is_fine_enough_for_straight_lines():
    outcome = heat([heating()], [SLP], constant(tumour=IRON), subject())
    for place, distance in (("centre", 0.0), ("edge", RADIUS), ("mean", None)):
        times = np.linspace(86400.0, 86400.0 + 7200.0, 2000)
        since = times - 86400.0
        exact = temperature_rise(distance, since, RADIUS, POWER, *TUMOUR).reshape(times.size)
        exact -= temperature_rise(distance, since - 1800.0, RADIUS, POWER, *TUMOUR).reshape(times.size)
        joined = outcome.history["tumour"][place].value(times) - (36.5 + ZERO)
        assert np.abs(joined - exact).max() < 0.03 * exact.max()


def test_nothing_to_heat_is_a_notice():
    outcome = heat([], [], {}, subject())
    assert "No heating" in texts(outcome, "absent")
    assert outcome.records == ()


def test_unknown_iron_is_a_notice():
    outcome = heat([heating()], [SLP], {}, subject())
    assert "needs its iron concentration" in texts(outcome, "absent")
    assert "is given" in texts(outcome, "absent")
    assert outcome.history == {}
    assert numbers(outcome)["iron_needed.tumour"] > 0
    assert "temperature_rise.tumour" not in numbers(outcome)


def test_unknown_tumour_is_a_notice():
    outcome = heat([heating()], [SLP], constant(tumour=IRON), subject(tumour=None))
    assert "subject.tumour" in texts(outcome, "absent")
    assert outcome.history == {}
    assert {series.name for series in outcome.series} == {"field_limit_name", "field_limit_product"}
    assert numbers(outcome)["field_limit.hergt"] > 0


def test_unknown_loss_power_is_a_notice():
    outcome = heat([heating()], [None], constant(tumour=IRON), subject())
    assert "no specific loss power" in texts(outcome, "absent")
    assert outcome.history == {}
    assert {series.name for series in outcome.series} == {"field_limit_name", "field_limit_product"}
    assert "iron_needed.tumour" not in numbers(outcome)
    assert "is given" not in texts(heat([heating()], [None], {}, subject()), "absent")


def test_one_known_loss_power_of_two():
    outcome = heat([heating(), heating("48 h")], [None, SLP], constant(tumour=IRON), subject())
    assert "heating[0]: no specific loss power" in texts(outcome, "absent")
    assert outcome.history["tumour"]["centre"].times[0] == 48 * 3600.0
    assert numbers(outcome)["temperature_rise[1].tumour"] > 0


def test_unknown_liver_and_spleen_are_a_notice():
    outcome = heat([heating(exposed="body")], [SLP], constant(tumour=IRON), subject())
    assert "liver and spleen" in texts(outcome, "absent")
    assert set(outcome.history) == {"tumour"}


def test_unknown_body_temperature_is_an_assumption():
    outcome = heat([heating()], [SLP], constant(tumour=IRON), subject(temperature=None))
    assert "37 degC" in texts(outcome, "assumption")
    assert outcome.history["tumour"]["centre"].values[0] == pytest.approx(310.15)


def test_particles_that_give_no_heat():
    outcome = heat([heating()], [0.0], constant(tumour=IRON), subject())
    assert numbers(outcome)["iron_needed.tumour"] is None
    assert "no heat" in validities(outcome)["iron_needed.tumour"]
    assert numbers(outcome)["iron.tumour"] == pytest.approx(5.0)
    assert numbers(outcome)["temperature_rise.tumour"] == 0.0


def test_a_negative_loss_power_is_refused():
    with pytest.raises(InputError, match="slp_iron"):
        heat([heating()], [-1.0], constant(tumour=IRON), subject())


def test_a_fever_needs_no_iron():
    assert numbers(heat([heating()], [SLP], {}, subject(temperature="43 degC")))["iron_needed.tumour"] == 0.0


def test_tissue_that_would_coagulate_or_boil():
    needed = 1e-3 * numbers(heat([heating()], [SLP], {}, subject()))["iron_needed.tumour"]
    expected = {1.0: "", 3.0: "coagulates", 12.0: "boils"}  # 43, 56 and 114.5 degC
    for times, words in expected.items():
        outcome = heat([heating()], [SLP], constant(tumour=times * needed), subject())
        validity = validities(outcome)["temperature_rise.tumour"]
        assert words in validity
        assert bool(words) == bool(validity)
        assert validities(outcome)["power_density.tumour"] == ""


@pytest.mark.parametrize(("slp", "words"), [(SLP, ""), (2e3, "direct injection"), (20.0, "out of reach")])
def test_iron_that_cannot_be(slp, words):
    outcome = heat([heating()], [slp], {}, subject())
    validity = validities(outcome)["iron_needed.tumour"]
    assert words in validity
    assert bool(words) == bool(validity)


def test_no_perfusion():
    tissue = {**TISSUES, "tumour": {**TISSUES["tumour"], "perfusion": "0 1/s"}}
    outcome = heat([heating()], [SLP], constant(tumour=IRON), subject(tissue=tissue))
    assert numbers(outcome)["cooling_length.tumour"] is None
    assert numbers(outcome)["temperature_rise.tumour"] > 0


def test_series_fit_together():
    iron = constant(tumour=IRON, liver=2e-3, spleen=3e-3)
    outcome = heat([heating(exposed="body"), heating("30 h", H="5 kA/m")], [SLP, 0.25 * SLP], iron, subject())
    series = {item.name: item for item in outcome.series}
    sizes = {}
    for item in outcome.series:
        for name, size in zip(item.dims, item.values.shape, strict=True):
            assert sizes.setdefault(name, size) == size
    assert list(series["heat_organ"].values) == ["tumour", "liver", "spleen"]
    found = numbers(outcome)
    top = series["temperature"].values[0, 0].max()
    assert top == pytest.approx(36.5 + found["temperature_rise[0].tumour"])
    profile = np.interp([0.0, 1.0], series["relative_distance"].values, series["temperature_profile"].values[0])
    centre, edge = (36.5 + found[f"temperature_rise{place}[0].tumour"] for place in ("", "_edge"))
    assert profile == pytest.approx([centre, edge])
    for index in range(2):
        line = series["temperature_by_iron"].values[index]
        assert np.interp(found[f"iron_needed[{index}].tumour"], series["iron"].values, line) == pytest.approx(43.0)
    assert series["iron_held"].values == pytest.approx([5.0, 5.0])
    assert series["exposure_start"].values == pytest.approx([24.0, 30.0])
    assert series["exposure_end"].values == pytest.approx([24.5, 30.5])


def test_every_record_says_what_it_is():
    outcome = heat([heating(exposed="body")], [SLP], constant(tumour=IRON, liver=2e-3), subject())
    paths = [record.path for record in outcome.records]
    assert len(set(paths)) == len(paths)
    for record in outcome.records:
        assert record.path.startswith("hyperthermia.")
        assert record.unit
        assert record.title
        assert record.method
        assert record.value is None or type(record.value) is float


@given(
    st.floats(0.0, 1.0),
    st.floats(1.0, 1e6),
    st.floats(0.0, 3e7),
    st.floats(1e-6, 5.0),
    st.one_of(st.just(0.0), st.floats(1e-12, 1.0)),
    st.floats(0.0, 0.5),
)
def test_any_legal_study_runs(duration, slp, start, mass, perfusion, iron):
    tissue = {**TISSUES, "tumour": {**TISSUES["tumour"], "perfusion": f"{perfusion} 1/s"}}
    person = subject(species="human", tumour={"mass": f"{mass} kg"}, tissue=tissue)
    event = heating(f"{start} s", f"{1e-3 + duration * 3e7} s")
    outcome = heat([event], [slp], {"tumour": Curve([0.0, 1e8], [iron, iron])}, person)
    found = numbers(outcome)
    assert all(value is None or math.isfinite(value) for value in found.values())
    assert found["temperature_rise_edge.tumour"] <= found["temperature_rise_mean.tumour"] * (1 + 1e-9)
    assert found["temperature_rise_mean.tumour"] <= found["temperature_rise.tumour"] * (1 + 1e-9)
    assert found["temperature_rise.tumour"] <= found["temperature_rise_steady.tumour"] * (1 + 1e-9)
