"""Quantities in text: what is read, what is refused, and that a spread is never an uncertainty."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.errors import InputError
from ferrotope.units.convert import conversion
from ferrotope.units.fields import to_value
from ferrotope.units.grammar import read


@pytest.mark.parametrize(
    ("text", "form", "value", "low", "high", "unit"),
    [
        ("10 nm", "exact", 10, 10, 10, "nm"),
        ("10 +/- 1 nm", "deviation", 10, 9, 11, "nm"),
        ("10 ± 1 nm", "deviation", 10, 9, 11, "nm"),
        ("(10 +/- 1) nm", "deviation", 10, 9, 11, "nm"),
        ("10 nm +/- 1 nm", "deviation", 10, 9, 11, "nm"),
        ("10 nm +/- 5 %", "deviation", 10, 9.5, 10.5, "nm"),
        ("10(1) nm", "deviation", 10, 9, 11, "nm"),
        ("10.4(12) nm", "deviation", 10.4, 9.2, 11.6, "nm"),
        ("6.6443(9) d", "deviation", 6.6443, 6.6434, 6.6452, "d"),
        ("8..12 nm", "uniform", 10, 8, 12, "nm"),
        ("1e-4..1e-2 1/h", "uniform", 0.00505, 1e-4, 1e-2, "1/h"),
        ("10 [8, 13] nm", "interval", 10, 8, 13, "nm"),
        ("-5 mV", "exact", -5, -5, -5, "mV"),
        ("0.5", "exact", 0.5, 0.5, 0.5, ""),
        ("95 %", "exact", 95, 95, 95, "%"),
    ],
)
def test_forms(text, form, value, low, high, unit):
    written = read(text)
    assert (written.form, written.unit) == (form, unit)
    assert (written.value, written.low, written.high) == pytest.approx((value, low, high), rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nm",
        "~10 nm",
        "> 5 nm",
        "10,5 nm",
        "nan nm",
        "inf nm",
        "1e400 nm",
        "12..8 nm",
        "10 [12, 8] nm",
        "10 +/- -1 nm",
        "1..2..3 nm",
        "10 +/- 1 +/- 2 nm",
        "10 nm +/- 1 m",
    ],
)
def test_refused(text):
    with pytest.raises(InputError):
        read(text)


@pytest.mark.parametrize(
    ("text", "si", "value"),
    [
        ("1 nm", "m", 1e-9),
        ("5.17 g/cm3", "kg/m3", 5170),
        ("60 emu/g", "A m2/kg", 60),
        ("100 Oe", "A/m", 100 * 1e3 / (4 * math.pi)),
        ("500 G", "T", 0.05),
        ("2.5 1/(mM s)", "m3/(mol s)", 2.5),
        ("2.5 mM-1 s-1", "m3/(mol s)", 2.5),
        ("1 nH m2/kg", "H m2/kg", 1e-9),
        ("1 nm-2", "1/m2", 1e18),
        ("100 MBq/mg", "Bq/kg", 1e14),
        ("1 mCi", "Bq", 3.7e7),
        ("37 degC", "K", 310.15),
        ("37 °C", "K", 310.15),
        ("5 mg/kg", "kg/kg", 5e-6),
        ("1 mL/(min g)", "m3/(s kg)", 1e-3 / 60),
        ("0.69 mPa s", "Pa s", 0.69e-3),
        ("30 deg", "rad", math.pi / 6),
        ("95 %", "1", 0.95),
        ("60 A·m²·kg⁻¹", "A m2/kg", 60),
        ("12 h", "s", 43200),
        ("1 Gy", "J/kg", 1),
    ],
)
def test_units_of_the_field(text, si, value):
    assert to_value(text, si).number == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "si", "said"),
    [
        ("5 kg", "m", "wrong dimension"),
        ("10", "m", "unit is missing"),
        ("25 C", "K", "degC"),
        ("1e5 rad/s", "Hz", "angular"),
        ("5 MBq", "Hz", "activity"),
        ("5 MHz", "Bq", "activity"),
        ("5 Sv", "Gy", "absorbed dose"),
        ("3 parsnips", "m", "not known"),
        ("3 m**99999", "m", "not a unit"),
        ("3 __import__('os')", "m", "not a unit"),
        ("3 1/", "m", "not a unit"),
        ("3 m//s", "m/s", "not a unit"),
    ],
)
def test_refusals_name_the_remedy(text, si, said):
    with pytest.raises(InputError, match=said):
        to_value(text, si)


@pytest.mark.parametrize("text", ["2000 nm", "1..2000 nm", "1500 [1, 2000] nm"])
def test_the_ends_of_a_range_belong_to_it_in_any_unit(text):
    assert 2000 * 1e-9 > 2e-6  # the rounding that must not matter
    assert to_value(text, "m", low=0.5e-9, high=2e-6).high == 2e-6
    with pytest.raises(InputError, match="out of range"):
        to_value(text.replace("2000", "2000.0001"), "m", low=0.5e-9, high=2e-6)


def test_temperature_uncertainty_has_no_offset():
    value = to_value("37 +/- 0.5 degC", "K")
    assert value.standard_deviation == pytest.approx(0.5)
    assert value.quantile(0.5) == pytest.approx(310.15)


@pytest.mark.parametrize("text", ["10 +/- 1 nm", "10(3) nm", "8..12 nm", "10 [8, 13] nm", "10 nm"])
@pytest.mark.parametrize("positive", [True, False])
def test_the_number_is_the_median(text, positive):
    value = to_value(text, "m", positive=positive)
    assert value.quantile(0.5) == pytest.approx(value.number, rel=1e-12)


def test_an_interval_is_met_at_its_ends():
    value = to_value("10 [8, 13] nm", "m", positive=True)
    assert value.quantile(0.025) == pytest.approx(8e-9, rel=1e-9)
    assert value.quantile(0.975) == pytest.approx(13e-9, rel=1e-9)


def test_a_lognormal_keeps_its_coefficient_of_variation():
    """Mean over quantiles against the analytic lognormal: median 10, ln-sd sqrt(ln(1 + 0.3^2))."""
    value = to_value("10(3) nm", "m", positive=True)
    points = [(i + 0.5) / 20000 for i in range(20000)]
    mean = sum(map(value.quantile, points)) / len(points)
    assert mean == pytest.approx(10e-9 * math.exp(0.5 * math.log(1.09)), rel=1e-3)
    assert value.quantile(1e-9) > 0


def test_a_yield_never_exceeds_one():
    value = to_value("0.99 +/- 0.02", "1", low=0.0, high=1.0)
    assert value.quantile(0.999) == 1.0


@given(st.floats(1e-3, 1e6), st.floats(0, 0.5), st.floats(0.001, 0.999))
def test_quantiles_rise_with_probability(number, relative, probability):
    value = to_value(f"{number!r} +/- {number * relative!r} nm", "m", positive=True)
    assert value.quantile(probability * 0.9) <= value.quantile(probability)


@given(st.lists(st.sampled_from(["m", "1", "s", "/", "*", "(", ")", "^", "2", "-1", " ", "nm", "%", "e"]), max_size=9))
def test_any_unit_is_read_or_refused_with_one_error(parts):
    try:
        found = conversion("".join(parts), "m")
    except InputError as error:
        assert str(error)
    else:
        assert found is None or (found[0] > 0 and found[1] == 0)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_with_one_error(text):
    try:
        value = to_value(text, "m", positive=True, high=1.0)
    except InputError as error:
        assert str(error)
    else:
        assert 0 < value.number <= 1.0


@pytest.mark.parametrize(
    "leaf",
    [
        {"value": "1 nm", "kind": "guessed"},
        {"kind": "stated"},
        {"value": "1 nm", "kid": "stated"},
        {"value": "1 nm", "kind": "measured"},
        {"value": True},
        {"value": [1]},
    ],
)
def test_leaf_tables_are_checked(leaf):
    with pytest.raises(InputError):
        to_value(leaf, "m")


def test_a_flux_density_is_converted_and_said():
    value = to_value("20 mT", "A/m", also={"T": ("A/m", 1 / (4e-7 * math.pi))})
    assert value.number == pytest.approx(15915.49, rel=1e-6)
    assert "converted" in value.note
