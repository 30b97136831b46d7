"""Whole studies, from tables to numbers worked by hand, and studies of which half is missing."""

import math

import pytest

from ferrotope import InputError, Nuclide, Study

OXIDE = {
    "name": "oxide",
    "formula": "Fe3O4",
    "density": "5.17 g/cm3",
    "saturation_magnetisation": "446 kA/m",
    "anisotropy": "23 kJ/m3",
}
CORE = {"material": OXIDE, "diameter": "10 nm", "sigma_g": 1.0}
TUMOUR = {"species": "mouse", "mass": "20 g", "tumour": {"mass": "0.2 g"}}
HEATING = {"start": "1 h", "duration": "30 min", "H": "5 kA/m", "f": "300 kHz"}
INJECTED = {
    "route": "intratumoural",
    "retained_fraction": 0.8,
    "administered_activity": "10 MBq",
    "iron_dose": "1 mg",
}
WHOLE = {
    "particle": {
        "core": CORE,
        "coating": {"hydrodynamic_diameter": "30 nm"},
        "label": {"nuclide": "Y-90", "time_since_labelling": "0 h"},
    },
    "subject": TUMOUR,
    "protocol": {**INJECTED, "heating": [HEATING]},
}
Y90 = Nuclide("Y-90")


def run(tables, **options):
    return Study.from_tables(tables, **options).run(samples=0)


def without(*path):
    """The whole study less one table."""
    tables = {key: dict(value) for key, value in WHOLE.items()}
    if len(path) == 1:
        del tables[path[0]]
    else:
        del tables[path[0]][path[1]]
    return tables


@pytest.fixture(scope="module")
def whole():
    return run(WHOLE)


def test_particles_and_label_by_hand(whole):
    # Fe3O4: 0.7236 iron by mass; 5.105e14 cores of 10 nm hold 1 mg of iron; 10 MBq/mg of a nuclide of 2.668 d
    assert whole["particle.particles_per_mg_iron"].value == pytest.approx(5.105e14, rel=1e-3)
    atoms = 1e7 * Y90.half_life / math.log(2) / 5.105e14
    assert whole["radiochemistry.atoms_per_particle"].value == pytest.approx(atoms, rel=1e-3)
    assert whole["radiochemistry.hot_fraction"].value == pytest.approx(-math.expm1(-atoms), rel=1e-3)


def test_dose_of_what_stays_by_hand(whole):
    mean_life = Y90.half_life / math.log(2)
    assert whole["biokinetics.tiac.tumour"].value == pytest.approx(0.8 * mean_life / 3600, rel=1e-9)
    # at most all of the beta energy stays in the tumour; a sphere of 7 mm across keeps about half of that of Y-90
    whole_energy = 0.8e7 * mean_life * Y90.mean_energy("beta-") / 0.2e-3
    dose = whole["dosimetry.absorbed_dose.tumour"].value
    assert 0.4 * whole_energy < dose < 0.7 * whole_energy
    assert whole["dosimetry.dose_per_activity.tumour"].value == pytest.approx(dose / 10 * 1e3, rel=1e-9)


def test_effect_of_a_dose_that_only_decays_by_hand(whole):
    dose = whole["dosimetry.absorbed_dose.tumour"].value
    G = 1.5 * 3600 / (1.5 * 3600 + Y90.half_life)  # l/(l + mu) in half-lives
    assert whole["radiobiology.protraction_factor.tumour"].value == pytest.approx(G, rel=1e-9)
    assert whole["radiobiology.bed.tumour"].value == pytest.approx(dose * (1 + G * dose / 10), rel=1e-9)
    bed = whole["radiobiology.bed.tumour"].value
    volume = 0.2 / 1.05  # cm3
    assert whole["radiobiology.tcp.tumour"].value == pytest.approx(
        math.exp(-1e7 * volume * math.exp(-0.3 * bed)), rel=1e-6
    )


def test_the_activity_for_even_odds_gives_even_odds(whole):
    factor = whole["radiobiology.activity_factor_tcp50.tumour"].value
    activity = f"{10 * factor:.9f} MBq"
    again = run({**WHOLE, "protocol": {**WHOLE["protocol"], "administered_activity": activity}})
    assert again["radiobiology.tcp.tumour"].value == pytest.approx(0.5, abs=1e-5)


def test_heat_of_the_iron_that_stays_by_hand(whole):
    # 0.8 mg of iron in 0.2 g at the specific loss power of the core
    slp = whole["magnetism.slp"].value
    assert whole["hyperthermia.iron.tumour"].value == pytest.approx(4.0, rel=1e-9)
    assert whole["hyperthermia.sar.tumour"].value == pytest.approx(4e-3 * slp * 1e3, rel=1e-9)
    needed = whole["hyperthermia.iron_needed.tumour"].value
    rise = whole["hyperthermia.temperature_rise.tumour"].value
    assert rise / 4.0 == pytest.approx(6.0 / needed, rel=1e-6)


def test_every_number_tells_its_inputs_and_their_kinds(whole):
    dose = whole["dosimetry.absorbed_dose.tumour"]
    assert dose.upstream == ("protocol", "biokinetics")
    assert "assumed" in dose.rests_on
    text = whole.explain("dosimetry.absorbed_dose.tumour")
    for part in ("uses stage biokinetics", "uses stage protocol", "subject.tumour.mass", "predicted"):
        assert part in text


@pytest.mark.parametrize(
    ("missing", "gone", "kept"),
    [
        (("particle", "core"), "magnetism.", "dosimetry.absorbed_dose.tumour"),
        (("particle", "label"), "dosimetry.", "hyperthermia.temperature_rise.tumour"),
        (("particle", "coating"), "magnetism.brown_time", "hyperthermia.temperature_rise.tumour"),
        (("subject",), "biokinetics.", "magnetism.slp"),
        (("protocol",), "dosimetry.", "particle.particles_per_mg_iron"),
        (("particle",), "particle.", "biokinetics.iron.tumour"),
    ],
)
def test_what_is_missing_stops_only_what_needs_it(missing, gone, kept):
    result = run(without(*missing))
    assert not [path for path in result.records if path.startswith(gone)]
    assert kept in result.records
    if missing != ("particle", "coating"):
        assert [notice for notice in result.notices if notice.level == "absent"]


@pytest.mark.parametrize("key", ["administered_activity", "iron_dose"])
def test_a_missing_amount_is_said_with_what_it_costs(key):
    tables = {**WHOLE, "protocol": {name: text for name, text in WHOLE["protocol"].items() if name != key}}
    result = run(tables)
    assert any(f"protocol.{key} is not given" in notice.text for notice in result.notices)


def test_a_person_has_lights_and_no_extrapolation():
    tables = {**WHOLE, "subject": {"species": "human", "tumour": {"mass": "5 g"}}}
    result = run(tables)
    assert result["verdict.iron_dose"].value == "green"
    assert not [path for path in result.records if path.startswith("dosimetry.human.")]


def test_a_table_in_a_mouse_is_carried_to_people_as_an_extrapolation():
    result = Study.from_catalogue("yang2011-cu64-crgd-spion").run(samples=0)
    human = [record for path, record in result.records.items() if path.startswith("dosimetry.human.")]
    assert human
    assert all("extrapolation from the mouse" in record.caveat for record in human)
    assert not any("tumour" in record.path for record in human)


def test_a_biodistribution_needs_a_subject():
    tables = {
        "particle": {"label": {"nuclide": "Cu-64"}},
        "biodistribution": {"file": "x.csv", "unit": "%ID", "decay_corrected": True},
    }
    with pytest.raises(InputError, match="needs a subject"):
        Study.from_tables(tables)


def test_progress_names_every_stage():
    seen = []
    Study.from_tables(WHOLE).run(samples=0, progress=lambda what, done, total: seen.append(what))
    assert seen[0] == "particle"
    assert seen[-1] == "verdict"
    assert len(seen) == len(set(seen))
