"""Validation: every measurement once, its prediction with an interval, and a summary that can be checked by hand."""

import math

import pytest

from ferrotope import InputError, catalogue, magnetism, relaxometry
from ferrotope.errors import DataError
from ferrotope.protocol import marks
from ferrotope.result import Outcome, Record
from ferrotope.study.validation import Row, Validation, check_domain, validate

Z = 1.959963984540054  # standard normal quantile of 0.975
ONE = """
schema = 1
[system]
id = "one2026-spheres"
title = "Spheres"
reference = { citation = "A. Author, Some Journal 2026" }
[particle.core]
material = "magnetite"
diameter = "10(1) nm"
sigma_g = 1.1
[particle.coating]
hydrodynamic_diameter = "30(3) nm"
[[measured]]
quantity = "r2, 1.5 T"
value = 50.0
sd = 5.0
unit = "1/(mM s)"
predicts = "relaxometry.r2"
conditions = { B0 = "1.5 T", temperature = "37 degC", medium = "water" }
source = "this laboratory"
[[measured]]
quantity = "r2, 3 T"
value = 0.06
unit = "1/(uM s)"
predicts = "relaxometry.r2"
conditions = { B0 = "3 T" }
source = "this laboratory"
[[measured]]
quantity = "r1, at most"
value = 10.0
comparator = "<"
unit = "1/(mM s)"
predicts = "relaxometry.r1"
conditions = { B0 = "3 T" }
source = "this laboratory"
[[measured]]
quantity = "colour"
value = "brown"
source = "this laboratory"
[[variant]]
name = "inherits"
particle = { core = { diameter = "20 nm" } }
[[variant]]
name = "large"
particle = { core = { diameter = "20(2) nm" } }
[[variant.measured]]
quantity = "r2, 3 T"
value = 10.0
unit = "1/(mM s)"
predicts = "relaxometry.r2"
conditions = { B0 = "3 T", temperature = "37 degC" }
source = "this laboratory"
"""
TWO = """
schema = 1
[system]
id = "two2026-known"
title = "Spheres without anything unknown"
reference = { citation = "B. Author, Some Journal 2026" }
[particle.core]
material = "magnetite"
diameter = { value = "10 nm", kind = "assumed", note = "a guess" }
sigma_g = 1.1
[[measured]]
quantity = "SLP, 10 kA/m, 300 kHz"
value = 100.0
unit = "W/g"
predicts = "magnetism.slp"
conditions = { H = "10 kA/m", f = "300 kHz", temperature = "25 degC", medium = "agarose gel" }
source = "this laboratory"
[[measured]]
quantity = "ILP, 10 kA/m, 300 kHz"
value = 3.0
unit = "nH m2/kg"
predicts = "magnetism.ilp"
conditions = { H = "10 kA/m", f = "300 kHz", temperature = "25 degC", medium = "agarose gel" }
source = "this laboratory"
[[measured]]
quantity = "particles per milligram of iron"
value = 4e14
unit = "1/mg"
predicts = "particle.particles_per_mg_iron"
source = "this laboratory"
"""


def systems(folder, **texts):
    for id, text in texts.items():
        place = folder / id.replace("_", "-")
        place.mkdir(parents=True)
        (place / "system.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A catalogue of two entries, one with variants, and nothing else."""
    monkeypatch.setattr(catalogue, "ids", lambda _=None: ["one2026-spheres", "two2026-known"])
    return systems(tmp_path / "systems", one2026_spheres=ONE, two2026_known=TWO)


@pytest.fixture
def calls(monkeypatch):
    """Rooms whose numbers are plain: r2 is twice the diameter in nm times the field, SLP that of H in kA/m."""
    noted = []

    def relaxivities(core, images, temperature, hydrodynamic_diameter, *, drawn):
        noted.append(("relaxometry", len(images), temperature))
        size, records = core.diameter.si * 1e9, []
        for image, mark in zip(images, marks(range(len(images))), strict=True):
            value = 2.0 * size * image.B0.si
            far = "too large" if size > 30.0 else ""
            records.append(Record(path=f"relaxometry.r2{mark}", value=value, unit="1/(mM s)", title="r2", validity=far))
            if hydrodynamic_diameter is not None:
                product = size * hydrodynamic_diameter * 1e9
                records.append(Record(path=f"relaxometry.r1{mark}", value=product, unit="1/(mM s)", title="r1"))
        return Outcome(records=tuple(records))

    def respond(core, heatings, temperature, hydrodynamic_diameter, *, drawn):
        assert not drawn, "curves would be drawn for every sample"
        noted.append(("magnetism", len(heatings), temperature))
        powers = {
            mark: heating.H.si * 1e-3 for heating, mark in zip(heatings, marks(range(len(heatings))), strict=True)
        }
        assert core is not None
        assert hydrodynamic_diameter is None
        slp = [Record(path=f"magnetism.slp{mark}", value=20 * h, unit="W/g", title="slp") for mark, h in powers.items()]
        ilp = [Record(path=f"magnetism.ilp{mark}", value=3.0, unit="nH m2/kg", title="ilp") for mark in powers]
        return Outcome(records=(*slp, *ilp))

    monkeypatch.setattr(relaxometry, "relaxivities", relaxivities)
    monkeypatch.setattr(magnetism, "respond", respond)
    return noted


def test_every_row_is_counted_once(folder, calls):
    rows = validate("magnetism", catalogue_folder=folder, samples=0).rows
    assert [(row.system, row.variant, row.quantity) for row in rows] == [
        ("one2026-spheres", "", "r2, 1.5 T"),
        ("one2026-spheres", "", "r2, 3 T"),
        ("one2026-spheres", "large", "r2, 3 T"),
        ("two2026-known", "", "SLP, 10 kA/m, 300 kHz"),
        ("two2026-known", "", "ILP, 10 kA/m, 300 kHz"),
    ]
    # one call for both fields of a system at one temperature, one for both numbers of a heating
    assert calls == [
        ("relaxometry", 1, 310.15),
        ("relaxometry", 1, 310.15),
        ("relaxometry", 1, 310.15),
        ("magnetism", 1, 298.15),
    ]


def test_numbers_by_hand(folder, calls):
    assert not calls
    found = validate("magnetism", catalogue_folder=folder, samples=64)
    low_field, high_field, large, slp, ilp = found.rows
    assert (low_field.measured, low_field.measured_sd, low_field.predicted) == pytest.approx((50.0, 5.0, 30.0))
    assert (high_field.measured, high_field.predicted) == pytest.approx((60.0, 60.0))  # 0.06 per micromolar
    assert high_field.measured_sd is None
    assert (large.measured, large.predicted) == pytest.approx((10.0, 120.0))
    assert (slp.predicted, slp.ratio) == pytest.approx((200.0, 2.0))
    # 10(1) nm is lognormal with a logarithmic deviation of sqrt(ln(1 + 0.1^2))
    width = math.exp(Z * math.sqrt(math.log1p(0.01)))
    assert low_field.low == pytest.approx(30.0 / width, rel=0.03)
    assert low_field.high == pytest.approx(30.0 * width, rel=0.03)
    assert [row.inside for row in found.rows] == [False, True, False, False, True]
    # its prediction reads nothing that is uncertain
    assert (slp.low, slp.high) == (slp.predicted, slp.predicted)
    assert (ilp.ratio, ilp.unit) == (1.0, "nH m2/kg")
    first, second, third = found.summary()
    assert [item.path for item in (first, second, third)] == ["magnetism.slp", "magnetism.ilp", "relaxometry.r2"]
    assert (first.number, first.mean_ratio, first.spread) == (1, pytest.approx(2.0), None)
    assert first.within_factor_two == 1
    logs = [math.log(ratio) for ratio in (0.6, 1.0, 12.0)]
    mean = sum(logs) / 3
    deviation = math.sqrt(sum((value - mean) ** 2 for value in logs) / 2)
    assert third.mean_ratio == pytest.approx(math.exp(mean))
    assert third.spread == pytest.approx(math.exp(deviation))
    assert (third.number, third.systems, third.within_factor_two) == (3, 1, 2)
    assert (third.intervals, third.inside, third.coverage) == (3, 1, pytest.approx(1 / 3))


def test_what_was_taken_is_said(folder, calls):
    assert not calls
    rows = validate("magnetism", catalogue_folder=folder, samples=0).rows
    assert [row.remark for row in rows[:3]] == ["", "temperature not stated, 37 degC taken", ""]
    assert rows[3].remark == "core size assumed"
    assert rows[0].conditions == "1.5 T, 37 degC, water"


def test_the_interval_covers_the_prediction_at_the_medians(folder):
    rows = validate("magnetism", catalogue_folder=folder, samples=16).rows
    sampled = [row for row in rows if row.low is not None]
    assert sampled
    assert all(row.low < row.predicted < row.high for row in sampled)


def test_the_measured_value_never_enters(folder):
    before = validate("all", catalogue_folder=folder, samples=16).rows
    file = folder / "one2026-spheres/system.toml"
    text = file.read_text(encoding="utf-8").replace("value = 50.0\nsd = 5.0", "value = 900.0\nsd = 400.0")
    file.write_text(text.replace("value = 10.0\nunit", "value = 0.5\nunit"), encoding="utf-8")
    after = validate("all", catalogue_folder=folder, samples=16).rows
    assert [row.measured for row in before] != [row.measured for row in after]
    for old, new in zip(before, after, strict=True):
        assert (old.predicted, old.low, old.high) == (new.predicted, new.low, new.high)


def test_correlations_of_the_inputs_are_kept(folder, calls):
    assert not calls
    row = """
[[measured]]
quantity = "r1"
value = 300.0
unit = "1/(mM s)"
predicts = "relaxometry.r1"
conditions = { B0 = "3 T", temperature = "37 degC" }
source = "this laboratory"
[[correlation]]
between = ["particle.core.diameter", "particle.coating.hydrodynamic_diameter"]
coefficient = COEFFICIENT
"""
    file = folder / "one2026-spheres/system.toml"
    widths = {}
    for coefficient in ("0.99", "-0.99"):
        head = ONE.split("[[measured]]")[0]
        file.write_text(head + row.replace("COEFFICIENT", coefficient), encoding="utf-8")
        found = validate("relaxometry", catalogue_folder=folder, samples=64).rows[0]
        widths[coefficient] = math.log(found.high / found.low)
    # the product of the two diameters: their errors add up, or cancel
    assert widths["0.99"] == pytest.approx(4 * Z * math.sqrt(math.log1p(0.01)), rel=0.08)
    assert widths["-0.99"] < 0.15 * widths["0.99"]


def test_no_interval_outside_validity(folder, calls):
    assert not calls
    file = folder / "one2026-spheres/system.toml"
    file.write_text(ONE.replace('"20(2) nm"', '"29(3) nm"'), encoding="utf-8")
    row = validate("relaxometry", catalogue_folder=folder, samples=32).rows[-1]
    assert (row.low, row.high, row.inside, row.validity) == (None, None, None, "")
    assert row.remark == "no interval: more than 5 % of the samples outside the model's validity"


def test_domains(folder):
    paths = {
        domain: [row.path for row in validate(domain, catalogue_folder=folder, samples=0).rows]
        for domain in ("relaxometry", "magnetism", "all")
    }
    assert paths["relaxometry"] == ["relaxometry.r2"] * 3
    assert paths["magnetism"] == [*paths["relaxometry"], "magnetism.slp", "magnetism.ilp"]
    assert paths["all"] == [*paths["magnetism"], "particle.particles_per_mg_iron"]


def test_other_rooms_are_scored_against_the_study(folder):
    row = validate("all", catalogue_folder=folder, samples=8).rows[-1]
    assert row.path == row.title == "particle.particles_per_mg_iron"
    # 1 mg of iron over the mass of iron in a sphere of 10 nm, on average over a lognormal number distribution
    volume = math.pi / 6.0 * 10e-9**3 * math.exp(4.5 * math.log(1.1) ** 2)
    assert row.predicted == pytest.approx(1e-6 / (volume * 5170.0 * 0.7236), rel=0.02)
    assert "conditions of the measurement not compared" in row.remark
    assert row.low <= row.predicted <= row.high


@pytest.mark.parametrize("domain", ["heat", "magnetsim", "", "Magnetism"])
def test_an_unknown_domain_is_one_error_with_a_remedy(domain):
    with pytest.raises(InputError) as caught:
        check_domain(domain)
    said = str(caught.value)
    assert repr(domain) in said
    assert "magnetism" in said
    assert "\n" not in said


@pytest.mark.parametrize("samples", [-1, 3, 7, 2_000_000, 16.0])
def test_samples_out_of_range(samples):
    with pytest.raises(InputError, match="samples"):
        validate(samples=samples)


def test_progress_counts_every_prediction_up_to_the_end(folder, calls):
    told = []
    validate("magnetism", catalogue_folder=folder, samples=8, progress=lambda *step: told.append(step))
    steps = [(done, total) for what, done, total in told if what != "reading the catalogue"]
    assert steps == [(done, 4 * 9) for done in range(1, 4 * 9 + 1)]
    assert len(calls) == 3 * 9 + 1  # that of the second system reads nothing to sample
    assert "one2026-spheres large" in {what for what, _, _ in told}


def test_the_same_seed_gives_the_same_numbers(folder):
    first, again, other = (
        validate("relaxometry", catalogue_folder=folder, samples=16, seed=seed).rows for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_broken_entry_is_named(folder):
    (folder / "two2026-known/system.toml").write_text(TWO.replace('"10 nm"', '"10 kg"'), encoding="utf-8")
    with pytest.raises(InputError, match="two2026-known"):
        validate(catalogue_folder=folder, samples=0)


def test_csv_round_trip(tmp_path):
    shared = {"system": "a2026-x", "path": "relaxometry.r2", "unit": "1/(mM s)", "source": "doi:10.1/x", "validity": ""}
    rows = (
        Row(
            variant='he said "2, 3"',
            quantity="r2, 3 T\nsecond line",
            conditions="µ ≥ 1",
            measured=1.0 / 3.0,
            measured_sd=None,
            predicted=1e-300,
            low=None,
            high=None,
            remark="a; b",
            **shared,
        ),
        Row(
            variant="",
            quantity="r2",
            conditions="",
            measured=2.0,
            measured_sd=0.1,
            predicted=2.5,
            low=0.0,
            high=3.0,
            remark="",
            **shared,
        ),
    )
    file = Validation(rows).write_csv(tmp_path / "rows.csv")
    assert Validation.read_csv(file) == Validation(rows)
    head, *_, last = file.read_text(encoding="utf-8").splitlines()
    assert head.endswith("ratio,inside")
    assert last.endswith("1.25,yes")
    broken = file.read_text(encoding="utf-8").replace("2.5", "two")
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(DataError, match=r"rows\.csv: predicted.*two"):
        Validation.read_csv(file)
    file.write_text(broken.replace("predicted", "guessed"), encoding="utf-8")
    with pytest.raises(DataError, match="predicted: a column is missing"):
        Validation.read_csv(file)


def test_nothing_measured_has_an_empty_summary():
    assert Validation(()).summary() == ()


def test_the_catalogue_is_scored_whole():
    wanted = [
        (name, tables.get("name", "") if tables is not entry.tables else "", row["quantity"])
        for name in catalogue.ids()
        for entry in [catalogue.entry(name)]
        for tables in (entry.tables, *entry.tables.get("variant", []))
        for row in tables.get("measured", [])
        if row.get("predicts", "").startswith("relaxometry.")
    ]
    rows = validate("relaxometry", samples=0).rows
    assert [(row.system, row.variant, row.quantity) for row in rows] == wanted
    assert len(wanted) > 40
    assert all(row.predicted > 0 and math.isfinite(row.ratio) for row in rows)
