"""Lights: colours by the limit, grey for another species or radiation, never a colour without a source."""

import pytest

from ferrotope.dosimetry import Doses
from ferrotope.hyperthermia import Heat, heat
from ferrotope.protocol import Protocol
from ferrotope.radiobiology import Effect, limits
from ferrotope.study.schema import Document
from ferrotope.study.stages import Amounts
from ferrotope.study.verdict import LIGHTS, light, lights


def study(species="human", **protocol):
    return Document.model_validate({"subject": {"species": species}, "protocol": protocol})


def colours(document, *, iron=None, dose=None, effect=None, heating=None):
    found = lights(document, Amounts(iron=iron), dose or Doses(), heating or Heat(), effect or Effect())
    return {record.path.removeprefix("verdict."): record for record in found.records}


def test_the_colours_stand_at_half_and_whole_of_a_limit():
    assert [light(value, 10.0) for value in (0.0, 5.0, 5.01, 10.0, 10.01)] == [
        "green",
        "green",
        "amber",
        "amber",
        "red",
    ]


@pytest.mark.parametrize(("gray", "colour"), [(10.0, "green"), (20.0, "amber"), (24.0, "red")])
def test_a_kidney_dose_of_a_person(gray, colour):
    dose = Doses(absorbed_dose={"kidneys": {"beta-": gray}}, alpha_dose={"kidneys": 0.0})
    found = colours(study(), dose=dose)["kidneys_dose"]
    assert found.value == colour
    assert f"{gray:.3g} Gy" in found.title
    assert "23 Gy" in found.method
    assert found.sources


def test_another_species_is_grey_and_says_so():
    dose = Doses(absorbed_dose={"kidneys": {"beta-": 100.0}}, alpha_dose={"kidneys": 0.0})
    found = colours(study("mouse"), iron=1e-6, dose=dose, effect=Effect(bed={"kidneys": 90.0}))
    assert {record.value for record in found.values()} == {"grey"}
    assert all("no limit for this species" in record.method for record in found.values())


def test_alphas_have_no_limit():
    dose = Doses(absorbed_dose={"kidneys": {"alpha": 1.0, "beta-": 1.0}}, alpha_dose={"kidneys": 1.0})
    found = colours(study(), dose=dose)["kidneys_dose"]
    assert found.value == "grey"
    assert "no limit for alpha radiation" in found.method


def test_iron_is_held_against_the_labelled_doses():
    for milligrams, colour in ((200, "green"), (510, "amber"), (520, "red")):
        found = colours(study(), iron=milligrams * 1e-6)["iron_dose"]
        assert found.value == colour
        assert f"{milligrams} mg" in found.title


def test_the_field_is_judged_for_people_only():
    given = {"start": "0 h", "duration": "30 min", "H": "15 kA/m", "f": "100 kHz"}
    for species, colour in (("human", "red"), ("mouse", "grey")):
        document = study(species, heating=[given])
        heating = heat(document.protocol.heating, (None,), {}, document.subject)
        found = colours(document, heating=heating)
        # 1.5e9 A/(m s) over 4.85e8 for a person of 15 cm radius
        assert found["field_limit.brezovich"].value == colour
        if species == "human":
            radius = document.subject.body_radius.number
            assert f"{1.5e9 / (4.85e8 * 0.15 / radius):.3g}" in found["field_limit.brezovich"].title


def test_nothing_computed_is_said():
    document = Document.model_validate({"protocol": Protocol()})
    found = lights(document, Amounts(), Doses(), Heat(), Effect())
    assert found.records == ()
    assert found.notices[0].level == "absent"


def test_every_limit_has_a_source_a_species_and_a_remark():
    for limit in limits():
        assert limit.limit.source, limit.name
        assert limit.limit.note, limit.name
        assert limit.species, limit.name
        assert limit.limit.kind in ("stated", "assumed")
        assert limit.quantity in ("iron_dose", "absorbed_dose", "bed")
        assert (limit.radiation != "") == (limit.quantity != "iron_dose")
    assert set(LIGHTS) == {"green", "amber", "red", "grey"}
