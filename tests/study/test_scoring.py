"""Measured outputs: when they take the place of a prediction, and when they only score it."""

import pytest

from ferrotope import InputError, Study
from ferrotope.result import Record
from ferrotope.study.scoring import observed, score

MRI = {"modality": "MRI", "sequence": "GRE", "TE": "5 ms", "TR": "100 ms", "flip_angle": "30 deg", "time": "1 h"}
PARTICLE = {"core": {"material": "magnetite", "diameter": "10 nm", "sigma_g": 1.1}}
SOURCE = "this laboratory, 2026"
HEATING = {"start": "0 h", "duration": "30 min", "H": "15 kA/m", "f": "300 kHz"}


def study(measured, *, fields=("3 T",), heating=(), **more):
    tables = {
        "particle": PARTICLE,
        "subject": {"species": "mouse", "tumour": {"mass": "0.2 g"}},
        "protocol": {
            "image": [{**MRI, "B0": field} for field in fields],
            "heating": list(heating),
            "route": "intratumoural",
            "retained_fraction": 1.0,
            "iron_dose": "0.001 mg",
        },
        "measured": [{"source": SOURCE, **item} for item in measured],
    }
    return Study.from_tables({**tables, **more})


def r2(value, unit="1/(mM s)", sd=None, **conditions):
    given = {"quantity": "r2", "value": value, "unit": unit, "predicts": "relaxometry.r2", "conditions": conditions}
    return given if sd is None else {**given, "sd": sd}


def slp(value=100.0, **conditions):
    return {
        "quantity": "SLP",
        "value": value,
        "unit": "W/g",
        "predicts": "magnetism.slp",
        "conditions": {"H": "15 kA/m", "f": "300 kHz", "temperature": "25 degC", "medium": "agarose gel", **conditions},
    }


def found(given, path="relaxometry.r2[0]"):
    return observed(given.document, path)


def test_a_value_is_used_where_its_conditions_are_the_studys():
    value, measured = found(study([r2(90.0, B0="3 T", temperature="37 degC")]))
    assert value.number == 90.0
    assert value.kind == "measured"
    assert measured.source == SOURCE


@pytest.mark.parametrize(
    "conditions",
    [
        {"B0": "1.5 T", "temperature": "37 degC"},  # another field
        {"B0": "3 T"},  # temperature not stated
        {"B0": "3 T", "temperature": "25 degC"},
        {"B0": "3 T", "temperature": "37 degC", "medium": "labelled cells"},
        {},
    ],
)
def test_a_value_of_other_or_unstated_conditions_never_replaces(conditions):
    assert found(study([r2(90.0, **conditions)])) is None


def test_a_bound_and_words_never_replace():
    bound = {**r2(90.0, B0="3 T", temperature="37 degC"), "comparator": ">"}
    words = {**r2("fast", B0="3 T", temperature="37 degC")}
    assert found(study([bound, words])) is None


def test_a_measured_value_is_sampled_with_its_error_and_counts_as_an_input():
    conditions = {"B0": "3 T", "temperature": "37 degC"}
    given = study([{**r2(90.0, sd=20.0, **conditions), "predicts": "relaxometry.r2star"}])
    result = given.run(samples=64)
    interval = result.intervals["imaging.signal_change.tumour"]
    assert interval.low < interval.high
    record = result["imaging.signal_change.tumour"]
    assert "measured[0].number" in record.inputs
    assert "measured" in record.rests_on
    assert result.inputs["measured[0].number"].source == SOURCE


def test_another_unit_is_converted():
    given = study([r2(0.09, "1/(uM s)", B0="3 T", temperature="37 degC")])
    assert "90" not in found(given)[0].text
    assert any("measured r2 of 0.09" in notice.text for notice in given.run().notices)


def test_a_wrong_dimension_is_an_error_that_names_it():
    with pytest.raises(InputError, match=r"measured\.unit"):
        study([r2(90.0, "kg", B0="3 T", temperature="37 degC")]).run()


def test_heating_power_wants_field_medium_and_temperature():
    assert found(study([slp()], heating=[HEATING]), "magnetism.slp[0]") is not None
    for other in (
        {"H": "10 kA/m"},
        {"f": "100 kHz"},
        {"medium": "water"},  # the study's particles are bound in tissue
        {"medium": ""},
        {"temperature": "5 degC"},
        {"temperature": ""},
    ):
        assert found(study([slp(**other)], heating=[HEATING]), "magnetism.slp[0]") is None, other
    free = [{**HEATING, "immobilised_fraction": 0.0}]
    assert found(study([slp(medium="water")], heating=free), "magnetism.slp[0]") is not None


def test_a_measured_power_heats_the_tissue():
    result = study([slp(100.0)], heating=[HEATING]).run()
    # 1 microgram of iron in 0.2 g of tissue at 100 W/g: 0.5 W/kg
    assert result["hyperthermia.sar.tumour"].value == pytest.approx(0.5, rel=1e-6)
    assert "outside its model" not in result["hyperthermia.temperature_rise.tumour"].validity
    assert any("measured specific loss power" in notice.text for notice in result.notices)


def test_relaxivity_is_scored_at_the_field_of_the_measurement():
    (low,) = study([r2(50.0, B0="0.47 T", temperature="37 degC")]).run().scores
    (same,) = study([r2(50.0, B0="0.47 T", temperature="37 degC")], fields=("0.47 T",)).run().scores
    assert low.conditions_match
    assert low.predicted == pytest.approx(same.predicted)
    assert low.ratio == pytest.approx(low.predicted / 50.0)


def test_what_was_not_stated_is_said():
    (found_,) = study([r2(50.0, B0="0.47 T")]).run().scores
    assert not found_.conditions_match
    assert "temperature not stated, 37 degC taken" in found_.difference


def test_heating_power_is_scored_in_its_medium():
    particle = {**PARTICLE, "coating": {"hydrodynamic_diameter": "30 nm"}}
    bound, free = (
        study([slp(medium=medium)], particle=particle).run().scores[0].predicted for medium in ("gel", "water")
    )
    assert free != pytest.approx(bound, rel=1e-3)


def test_other_numbers_are_scored_against_the_study():
    measured = {"quantity": "dose", "value": 2.0, "unit": "Gy", "predicts": "dosimetry.absorbed_dose.tumour"}
    given = study([measured])
    path = "dosimetry.absorbed_dose.tumour"
    (found_,) = score(given.document, {path: Record(path=path, value=1.0, unit="Gy", title="dose")})
    assert found_.ratio == 0.5
    assert not found_.conditions_match


def test_a_score_does_not_change_the_prediction():
    plain, scored = (study(measured).run() for measured in ([], [r2(999.0, B0="1 T", temperature="37 degC")]))
    assert {p: r.value for p, r in plain.records.items()} == {p: r.value for p, r in scored.records.items()}
    assert len(scored.scores) == 1


def test_the_derived_number_is_not_an_input():
    with pytest.raises(InputError, match="number"):
        study([{**r2(90.0), "number": "3 T"}])
