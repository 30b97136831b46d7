"""Every entry runs to a report, says what was measured, and conserves activity, iron and energy."""

import math

import pytest

from ferrotope import Nuclide, Study, catalogue
from ferrotope.errors import InputError
from ferrotope.nuclides import chain_energies
from ferrotope.report import report_html
from ferrotope.result import Result
from ferrotope.result.summary import plain
from ferrotope.study.sampling import design

IDS = catalogue.ids()


@pytest.fixture(scope="module", params=IDS)
def case(request):
    study = Study.from_catalogue(request.param, assume=True)
    return request.param, study, study.run(samples=0)


def mass_of(organ, study, result):
    """Mass in kg that the stages used for an organ; a lumped organ is not in the anatomy."""
    series = {item.name: item.values for item in result.series["biokinetics"]}
    if "organ_mass" not in series:
        return study.document.subject.organ_mass(organ)
    return 1e-3 * float(series["organ_mass"][[str(name) for name in series["organ"]].index(organ)])


def test_it_runs_and_every_number_is_finite_or_explained(case):
    _, _, result = case
    assert result.records
    for path, record in result.records.items():
        assert record.title, path
        assert record.kind in ("measured", "fitted", "predicted", "stated", "assumed"), path
        if record.value is None:
            assert record.validity, f"{path} has no value and does not say why"
        elif not isinstance(record.value, str):
            assert math.isfinite(record.value), path


def test_every_input_has_a_kind_and_measured_ones_a_source(case):
    _, _, result = case
    for path, item in result.inputs.items():
        if item.kind in ("measured", "fitted"):
            assert item.source, path
        if item.kind == "assumed":
            assert item.note or item.source, f"{path} is assumed without a reason"


# One with a table and heating, one with daughters and no table, one without a label; the others in the slow tier.
DRAWN = ("gholami2016-sm153-dtpa-spion", "gaweda2020-ra223-bafe-trastuzumab", "pai2010-ferumoxytol")


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in DRAWN else pytest.mark.slow) for name in IDS])
def test_its_report_opens_with_what_was_measured(name):
    study = Study.from_catalogue(name, assume=True)
    result = study.run(samples=0)
    html = report_html(result)
    head = html[: html.index("</header>")]
    assert "For research, not a medical device." in head
    assert " inputs measured" in head
    assert ("Illustration: core not measured" in head) == study.illustration
    # offline: nothing is fetched, links lead to DOIs only
    for attribute in ('src="', "@import", "url(http", "<script", "<link"):
        assert attribute not in html, f"{name}: {attribute}"
    assert all(part.startswith("https://doi.org/") for part in html.split('href="')[1:] if part.startswith("http"))


def test_an_assumed_core_needs_to_be_asked_for(case):
    name, study, _ = case
    if study.illustration:
        with pytest.raises(InputError, match=r"not measured.*--assume"):
            Study.from_catalogue(name)
    else:
        Study.from_catalogue(name)


def test_its_result_survives_a_file(case, tmp_path):
    _, _, result = case
    assert plain(Result.load(result.save(tmp_path / "result.nc"))) == plain(result)


def test_every_variant_runs(case):
    name, _, _ = case
    for variant in catalogue.entry(name).variants():
        assert Study.from_catalogue(name, variant=variant, assume=True).run(samples=0).records


def test_no_more_decays_than_atoms(case):
    """The coefficients of all organs together stay below the mean life of the label."""
    _, study, result = case
    label = study.document.particle.label
    hours = [r.value for p, r in result.records.items() if p.startswith("biokinetics.tiac.")]
    if label is None or not hours:
        return
    mean_life = Nuclide(label.nuclide).half_life / math.log(2) / 3600
    assert sum(hours) <= 1.02 * mean_life  # a table may hold a little over 100 %, within its error


def test_no_more_energy_than_was_emitted(case):
    _, study, result = case
    label = study.document.particle.label
    if label is None:
        return
    emitted = sum(chain_energies(label.nuclide, longest_half_life=math.inf).values())
    for path, dose in result.records.items():
        if path.startswith("dosimetry.absorbed_dose."):
            organ = path.rsplit(".", 1)[1]
            decays = result[f"biokinetics.tia.{organ}"].value * 3.6e9
            assert dose.value * mass_of(organ, study, result) <= decays * emitted * (1 + 1e-9), organ


def test_no_more_iron_than_was_injected(case):
    _, study, result = case
    if "protocol.iron" not in result.records:
        return
    injected = result["protocol.iron"].value * 1e-6
    for path, record in result.records.items():
        if path.startswith("biokinetics.iron."):
            organ = path.rsplit(".", 1)[1]
            assert record.value * 1e-3 * mass_of(organ, study, result) <= 1.02 * injected, organ


def test_sampling_takes_every_uncertain_input(case):
    _, study, _ = case
    numbers = design(study.uncertain(), 8, 0)
    assert set(numbers) == set(study.uncertain())
