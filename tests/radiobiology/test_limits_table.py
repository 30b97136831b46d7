"""The published limits, number by number."""

import pytest

from ferrotope.radiobiology import bed
from ferrotope.radiobiology.limits import limits

TABLE = {limit.name: limit for limit in limits()}


def test_iron_is_one_vial_of_ferumoxytol():
    # US label of Feraheme: 17 ml of 30 mg iron a ml
    assert TABLE["iron_dose"].limit.number == pytest.approx(17 * 30e-6, rel=1e-6)
    assert TABLE["iron_dose"].limit.unit == "kg"


@pytest.mark.parametrize(
    ("name", "quantity", "organ", "gray"),
    [
        ("kidneys_dose", "absorbed_dose", "kidneys", 23.0),  # Emami 1991, TD 5/5 of the whole kidney: 2300 cGy
        ("liver_dose", "absorbed_dose", "liver", 30.0),  # the same, whole liver: 3000 cGy; QUANTEC: mean of 30 to 32 Gy
        ("marrow_dose", "absorbed_dose", "marrow", 2.0),  # Benua 1962: 200 rad to the blood
        ("kidneys_bed", "bed", "kidneys", 40.0),  # Bodei 2008 (doi:10.1007/s00259-008-0778-1), without risk factors
    ],
)
def test_dose_limits(name, quantity, organ, gray):
    limit = TABLE[name]
    assert (limit.quantity, limit.organ, limit.limit.unit) == (quantity, organ, "Gy")
    assert limit.limit.number == pytest.approx(gray, rel=1e-6)
    assert limit.radiation


def test_both_limits_of_the_kidneys_agree():
    # 23 Gy in 2 Gy fractions with alpha/beta of 2.5 Gy: 23 (1 + 2/2.5), a BED of 41 Gy
    fractionated = bed(TABLE["kidneys_dose"].limit.number, 2.0 / 23.0, 2.5)
    assert TABLE["kidneys_bed"].limit.number == pytest.approx(fractionated, rel=0.05)


def test_all_limits_are_of_people_and_have_a_source():
    assert set(TABLE) == {"iron_dose", "kidneys_dose", "kidneys_bed", "liver_dose", "marrow_dose"}
    for limit in TABLE.values():
        assert limit.species == "human"
        assert limit.limit.source
        assert limit.limit.where or limit.limit.note
