"""Measured outputs: when they take the place of a prediction, and when they only score it."""

import pytest

from ferrotope.result import Record
from ferrotope.study import Study
from ferrotope.study.schema import Document
from ferrotope.study.scoring import observed, score

MRI = {"modality": "MRI", "sequence": "GRE", "TE": "5 ms", "TR": "100 ms", "flip_angle": "30 deg", "time": "1 h"}
SOURCE = "this laboratory, 2026"


def document(measured, *, fields=("3 T",), heating=None):
    return Document.model_validate(
        {
            "particle": {"core": {"material": "magnetite", "diameter": "10 nm", "sigma_g": 1.1}},
            "subject": {"species": "mouse"},
            "protocol": {"image": [{**MRI, "B0": field} for field in fields], "heating": heating or []},
            "measured": [{"source": SOURCE, **item} for item in measured],
        }
    )


def r2(value, unit="1/(mM s)", **conditions):
    return {
        "quantity": "r2", "value": value, "unit": unit, "predicts": "relaxometry.r2", "conditions": conditions
    }  # fmt: skip


def record(path, value):
    return {path: Record(path=path, value=value, unit="1/(mM s)", title="r2")}


def test_a_value_is_used_where_its_conditions_are_the_studys():
    study = document([r2(90.0, B0="3 T", temperature="37 degC")])
    found = observed(study, "relaxometry.r2[0]", "1/(mM s)")
    assert found is not None
    assert found[0] == 90.0


@pytest.mark.parametrize(
    "conditions",
    [
        {"B0": "1.5 T", "temperature": "37 degC"},  # another field
        {"B0": "3 T"},  # temperature not stated
        {"B0": "3 T", "temperature": "25 degC"},
        {},
    ],
)
def test_a_value_of_other_or_unstated_conditions_never_replaces(conditions):
    assert observed(document([r2(90.0, **conditions)]), "relaxometry.r2[0]", "1/(mM s)") is None


def test_a_bound_never_replaces():
    bound = {**r2(90.0, B0="3 T", temperature="37 degC"), "comparator": ">"}
    assert observed(document([bound]), "relaxometry.r2[0]", "1/(mM s)") is None


def test_units_are_converted_and_words_ignored():
    study = document([r2("fast", B0="3 T"), r2(0.09, "1/(uM s)", B0="3 T", temperature="310 K")])
    assert observed(study, "relaxometry.r2[0]", "1/(mM s)")[0] == pytest.approx(90.0)


def test_a_score_says_the_ratio_and_what_differs():
    (found,) = score(document([r2(50.0, B0="0.47 T", temperature="37 degC")]), record("relaxometry.r2", 100.0))
    assert found.ratio == 2.0
    assert not found.conditions_match
    assert "B0 0.47 T, here 3 T" in found.difference
    (same,) = score(document([r2(50.0, B0="3 T", temperature="36 degC")]), record("relaxometry.r2", 100.0))
    assert same.conditions_match
    assert same.difference == ""


def test_of_several_images_the_one_that_fits_is_scored_once():
    study = document([r2(50.0, B0="7 T", temperature="37 degC")], fields=("3 T", "7 T"))
    records = {**record("relaxometry.r2[0]", 100.0), **record("relaxometry.r2[1]", 80.0)}
    (found,) = score(study, records)
    assert found.path == "relaxometry.r2[1]"
    assert found.ratio == pytest.approx(1.6)


def test_the_only_mri_image_counts_wherever_it_stands():
    tables = {
        "particle": {"core": {"material": "magnetite", "diameter": "10 nm", "sigma_g": 1.1}},
        "subject": {"species": "mouse"},
        "protocol": {"image": [{"modality": "PET", "time": "1 h"}, {**MRI, "B0": "7 T"}]},
        "measured": [{"source": SOURCE, **r2(50.0, B0="7 T", temperature="37 degC")}],
    }
    (found,) = Study.from_tables(tables).run().scores
    assert found.conditions_match


def test_a_score_does_not_change_the_prediction():
    """A measured value of other conditions scores the prediction and never enters it."""
    plain, scored = (
        Study.from_tables(
            {
                "particle": {"core": {"material": "magnetite", "diameter": "10 nm", "sigma_g": 1.1}},
                "subject": {"species": "mouse", "tumour": {"mass": "0.2 g"}},
                "protocol": {
                    "route": "intratumoural",
                    "retained_fraction": 0.9,
                    "iron_dose": "1 mg",
                    "image": [{**MRI, "B0": "3 T"}],
                },
                "measured": measured,
            }
        ).run()
        for measured in ([], [{"source": SOURCE, **r2(999.0, B0="1 T", temperature="37 degC")}])
    )
    assert {p: r.value for p, r in plain.records.items()} == {p: r.value for p, r in scored.records.items()}
    assert len(scored.scores) == 1


def test_a_measured_power_heats_the_tissue():
    heating = [{"start": "0 h", "duration": "30 min", "H": "15 kA/m", "f": "300 kHz"}]
    tables = {
        "particle": {"core": {"material": "magnetite", "diameter": "10 nm", "sigma_g": 1.1}},
        "subject": {"species": "mouse", "tumour": {"mass": "0.2 g"}},
        "protocol": {"route": "intratumoural", "retained_fraction": 1.0, "iron_dose": "1 mg", "heating": heating},
    }
    said = {
        "quantity": "SLP", "value": 100.0, "unit": "W/g", "predicts": "magnetism.slp", "source": SOURCE,
        "conditions": {"H": "15 kA/m", "f": "300 kHz"},
    }  # fmt: skip
    result = Study.from_tables({**tables, "measured": [said]}).run()
    # 1 mg of iron in 0.2 g of tissue at 100 W/g: 500 W/kg
    assert result["hyperthermia.sar.tumour"].value == pytest.approx(500.0, rel=1e-6)
    assert any("measured specific loss power" in notice.text for notice in result.notices)
