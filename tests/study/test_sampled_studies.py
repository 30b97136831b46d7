"""Sampled studies against closed forms, against themselves, and against runs that reuse nothing."""

import math

import numpy as np
import pytest

from ferrotope import InputError, Study
from ferrotope.study.pipeline import chain
from ferrotope.study.runner import Runner
from ferrotope.study.sampling import design
from ferrotope.units.noun import leaves, substitute

YANG = "yang2011-cu64-crgd-spion"
OXIDE = {
    "name": "oxide",
    "formula": "Fe3O4",
    "density": "5.17 g/cm3",
    "saturation_magnetisation": "446 kA/m",
    "anisotropy": "23 kJ/m3",
}


def particles(samples=1024, **core):
    tables = {"particle": {"core": {"material": OXIDE, **core}}}
    result = Study.from_tables(tables).run(samples=samples, seed=1)
    return result["particle.particles_per_mg_iron"].value, result.intervals["particle.particles_per_mg_iron"]


def test_an_interval_is_that_of_the_closed_form():
    """N per mg goes with d^-3: a lognormal diameter gives a lognormal number with three times the width."""
    value, interval = particles(diameter="10(1) nm", sigma_g=1.0)
    width = 3 * 1.959964 * math.sqrt(math.log1p(0.01))
    assert interval.median == pytest.approx(value, rel=0.01)
    assert interval.low == pytest.approx(value * math.exp(-width), rel=0.02)
    assert interval.high == pytest.approx(value * math.exp(width), rel=0.02)


def test_the_spread_between_particles_is_not_sampled():
    """10.4 nm with SD 1.98 nm: what is not known of the median is SD/sqrt(n), the spread is in sigma_g alone."""
    _, interval = particles(diameter_mean="10.4 nm", diameter_sd="1.98 nm", diameter_count=400)
    error = 1.98 / math.sqrt(400) / 10.22  # relative, of the median of 10.22 nm
    assert math.log(interval.high / interval.low) == pytest.approx(2 * 3 * 1.96 * error, rel=0.03)
    exact, none = particles(diameter="10.4 nm", sigma_g=1.3)
    assert (none.low, none.high) == (pytest.approx(exact), pytest.approx(exact))


def test_an_interval_of_95_percent_and_a_range_are_what_they_say():
    _, interval = particles(diameter="10 [8, 13] nm", sigma_g=1.0)
    value = particles(diameter="10 nm", sigma_g=1.0)[0]
    assert interval.low == pytest.approx(value * (10 / 13) ** 3, rel=0.03)
    assert interval.high == pytest.approx(value * (10 / 8) ** 3, rel=0.03)
    _, flat = particles(diameter="8..12 nm", sigma_g=1.0)
    assert flat.low == pytest.approx(value * (10 / 11.9) ** 3, rel=0.01)
    assert flat.high == pytest.approx(value * (10 / 8.1) ** 3, rel=0.01)


def test_correlated_inputs_widen_or_narrow():
    def width(coefficient):
        tables = {
            "particle": {"label": {"nuclide": "Cu-64"}},
            "protocol": {"administered_activity": "5(1) MBq", "iron_dose": "1.0(2) mg"},
            "correlation": [
                {"between": ["protocol.administered_activity", "protocol.iron_dose"], "coefficient": coefficient}
            ],
        }
        found = Study.from_tables(tables).run(samples=512).intervals["radiochemistry.activity_per_iron"]
        return math.log(found.high / found.low)

    spread = 2 * 1.96 * math.sqrt(math.log1p(0.04))
    for coefficient in (-0.8, 0.0, 0.8):
        assert width(coefficient) == pytest.approx(spread * math.sqrt(2 - 2 * coefficient), rel=0.05)


@pytest.fixture(scope="module")
def yang():
    return Study.from_catalogue(YANG)


def test_the_same_seed_gives_the_same_and_another_seed_nearly(yang):
    first, again, other = (yang.run(samples=64, seed=seed) for seed in (3, 3, 4))
    assert first.intervals == again.intervals
    assert first.ranking == again.ranking
    dose = "dosimetry.absorbed_dose.tumour"
    assert first.intervals[dose] != other.intervals[dose]
    assert first.intervals[dose].high == pytest.approx(other.intervals[dose].high, rel=0.1)


def test_the_headline_is_the_run_at_the_medians(yang):
    single, sampled = yang.run(samples=0), yang.run(samples=16)
    assert {p: r.value for p, r in single.records.items()} == {p: r.value for p, r in sampled.records.items()}


@pytest.mark.parametrize("name", [YANG, "zolata2015-in111-trastuzumab-dox-spion", "chen2006-i131-antivegf-dextran-mnp"])
def test_stages_that_are_skipped_would_have_given_the_same(name):
    """A run that reuses what cannot have changed equals one that computes everything: no read goes unnoticed."""
    study = Study.from_catalogue(name, assume=True)
    values = dict(leaves(study.document))
    central = Runner(values, drawn=False)
    chain(study.document, central)
    for path, column in design(study.uncertain(), 8, 0).items():
        changed = {path: values[path].at(float(column[0]))}
        document = substitute(study.document, changed)
        reusing, fresh = (Runner({**values, **changed}, previous=earlier, drawn=False) for earlier in (central, None))
        chain(document, reusing)
        chain(document, fresh)
        for stage, trace in fresh.traces.items():
            theirs = reusing.traces[stage].outcome
            assert [(r.path, r.value, r.validity) for r in theirs.records] == [
                (r.path, r.value, r.validity) for r in trace.outcome.records
            ], (path, stage)


def test_what_changes_one_stage_leaves_the_others_alone(yang):
    values = dict(leaves(yang.document))
    central = Runner(values)
    chain(yang.document, central)
    path = "subject.tissue.tumour.alpha"
    changed = {path: values[path].at(0.123)}
    seen = []
    run = Runner({**values, **changed}, previous=central, progress=seen.append)
    chain(substitute(yang.document, changed), run)
    assert seen == ["radiobiology", "verdict"]


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    """A core so hard that its barrier is beyond the table of losses."""
    file = tmp_path_factory.mktemp("hard") / "study.toml"
    file.write_text(f'[particle]\ncatalogue = "{YANG}"\n[particle.core]\nanisotropy = "5000 kJ/m3"\n', encoding="utf-8")
    return Study.from_toml(file).run(samples=64)


def test_heating_has_an_interval(yang):
    found = yang.run(samples=64).intervals["magnetism.slp"]
    assert found.outside <= 0.05
    assert 0.0 < found.low < found.high


def test_an_interval_is_withheld_where_the_formula_often_fails(hard):
    found = hard.intervals["magnetism.slp"]
    assert (found.low, found.high) == (None, None)
    assert found.outside > 0.05


def test_what_rests_on_a_doubtful_number_is_doubtful(hard):
    for path in ("hyperthermia.temperature_rise.tumour", "radiobiology.cem43.tumour"):
        assert hard.intervals[path].low is None, path
        assert "specific loss power outside its model's range" in hard[path].validity
    assert hard.intervals["radiobiology.bed.tumour"].low is not None


def test_the_ranking_names_causes_of_the_dose(yang):
    causes = [path for path, _ in yang.run(samples=128).ranking["dosimetry.absorbed_dose.tumour"]]
    assert causes[0] == "biodistribution.scale.tumour"


@pytest.mark.parametrize("samples", [7, -1, 10_000_000, 2.5, True, "8"])
def test_a_wrong_number_of_samples_is_refused(yang, samples):
    with pytest.raises(InputError, match="samples"):
        yang.run(samples=samples)


@pytest.mark.slow
def test_intervals_cover_what_they_claim():
    """Of 200 hidden truths drawn from the inputs, the 95 % interval of the dose holds 95 % within counting error."""
    study = Study.from_catalogue(YANG)
    path = "dosimetry.absorbed_dose.liver"
    interval = study.run(samples=512, seed=1).intervals[path]
    values = dict(leaves(study.document))
    uncertain = study.uncertain()
    generator = np.random.default_rng(11)
    inside = 0
    for _ in range(200):
        truth = {
            name: value.at(value.quantile(float(generator.uniform(1e-6, 1 - 1e-6))))
            for name, value in uncertain.items()
        }
        run = Runner({**values, **truth})
        chain(substitute(study.document, truth), run)
        dose = next(r.value for r in run.traces["dosimetry"].outcome.records if r.path == path)
        inside += interval.low <= dose <= interval.high
    assert 180 <= inside <= 199
