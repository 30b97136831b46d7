"""Facts of the gold-magnetite dumbbell, the Zr-89 chelator and the clinical iron oxides; what they must never claim."""

import pytest

from ferrotope import catalogue
from ferrotope.biokinetics import recovery
from ferrotope.errors import InputError
from ferrotope.particle import arithmetic
from ferrotope.study.load import merge, validate
from ferrotope.study.schema import Document

HOUR = 3600.0
CU64 = 12.7 * HOUR  # evaluated half-life, rounded

YANG, DERI, FERUMOXYTOL = "yang2013-cu64-affibody-au-fe3o4", "deri2014-zr89-hopo", "pai2010-ferumoxytol"
FERUCARBOTRAN, FERUMOXIDE = "rohrer2005-ferucarbotran", "rohrer2005-ferumoxide"
KIND = {YANG: "system", DERI: "component", FERUMOXYTOL: "clinical", FERUCARBOTRAN: "clinical", FERUMOXIDE: "clinical"}
NUCLIDE = {YANG: "Cu-64", DERI: "Zr-89"}
CORE = {YANG: "assumed", DERI: None, FERUMOXYTOL: "stated", FERUCARBOTRAN: "assumed", FERUMOXIDE: "measured"}
CLINICAL = [FERUMOXYTOL, FERUCARBOTRAN, FERUMOXIDE]
IDS = list(KIND)

# What people remember of these systems, and what was not read in a source of its own.
NEVER = {
    YANG: ("A431",),
    FERUMOXYTOL: ("Knobloch", "17-31", "17..31", "17 to 31", "750 k", "3.16", "69.1", '"15 h"'),
    FERUCARBOTRAN: ("Reimer", "carboxydextran", "multi-core", "45-60", "45..60", "45 to 60", "4.2 nm", "20.6", "25.4"),
    FERUMOXIDE: ("Jung", "23.9", "98.3"),
}


def text(id):
    return (catalogue.entry(id).folder / "system.toml").read_text(encoding="utf-8")


def document(id):
    entry = catalogue.entry(id)
    return validate(Document, entry.tables_of(None, merge=merge), entry.folder)


def loaded():
    given = document(YANG)
    return given.biodistribution.load(catalogue.entry(YANG).folder, given.subject, CU64)


def measured(id, quantity):
    (item,) = [item for item in document(id).measured if item.quantity == quantity]
    return item


def scoring(id):
    return {
        (item.predicts, item.conditions.B0, item.conditions.medium): item
        for item in document(id).measured
        if item.predicts
    }


@pytest.mark.parametrize("id", IDS)
def test_entry_validates(id):
    given = document(id)
    assert (given.system.id, given.system.kind) == (id, KIND[id])
    assert len(given.system.not_found) >= 5
    assert given.system.notes
    label = given.particle.label
    assert (label.nuclide if label else None) == NUCLIDE.get(id)


@pytest.mark.parametrize("id", list(NEVER))
def test_nothing_from_memory_entered(id):
    raw = text(id)
    for words in NEVER[id]:
        assert words not in raw


@pytest.mark.parametrize("id", IDS)
def test_the_kind_of_the_core_decides_whether_it_runs(id):
    from ferrotope.study import Study

    core = document(id).particle.core
    assert (core.diameter.kind if core else None) == CORE[id]
    if CORE[id] == "assumed":
        with pytest.raises(InputError, match="not measured"):
            Study.from_catalogue(id)
        assert Study.from_catalogue(id, assume=True).illustration
    else:
        assert not Study.from_catalogue(id).illustration


@pytest.mark.parametrize("id", IDS)
def test_illustrations_are_assumed(id):
    protocol = document(id).protocol
    for image in protocol.image:
        if image.modality == "MRI":
            assert {image.B0.kind, image.TE.kind, image.TR.kind} == {"assumed"}
    for heating in protocol.heating:
        assert {heating.H.kind, heating.f.kind, heating.start.kind} == {"assumed"}


def test_yang_particle():
    given = document(YANG)
    # Abstract, PMC3563754: Au-Fe3O4, anti-EGFR Affibody, Cu-64 chelator; open datasets: 24.4 nm, -28.6 mV.
    assert given.system.reference.doi == "10.1016/j.biomaterials.2013.01.014"
    assert given.particle.core.material.formula == "Fe3O4"
    assert (given.particle.shell.arrangement, given.particle.shell.material.formula) == ("dumbbell", "Au")
    assert given.particle.shell.diameter.kind == "assumed"
    coating = given.particle.coating
    assert coating.hydrodynamic_diameter.si == pytest.approx(24.4e-9)
    assert coating.zeta_potential.si == pytest.approx(-28.6e-3)
    assert {coating.hydrodynamic_diameter.kind, coating.zeta_potential.kind} == {"stated"}
    assert given.particle.ligand.target == "EGFR"
    # both parts side by side fit into the hydrodynamic diameter, at the upper ends of what is assumed
    assert given.particle.core.diameter.high + given.particle.shell.diameter.high < coating.hydrodynamic_diameter.si


def test_yang_iron_dose_follows_from_particle_dose():
    # 10 mg/kg of particles (open dataset): iron of the bare dumbbell at the medians bounds what is assumed
    particle = document(YANG).particle
    result = arithmetic(particle)
    fraction = result.iron / (result.mass + result.shell_mass)
    assert 0.3 < fraction < 0.72
    assert document(YANG).protocol.iron_dose.high <= 10e-6 * fraction * 1.1


def test_yang_table():
    # tumour: UFPBPK/Nano-AI-PBPK-G1, ID 67; liver and spleen: jimengwu/Mouse-general-PBPK, study 40
    table = loaded().table.organs
    assert set(table) == {"liver", "spleen", "tumour"}
    assert list(table["tumour"].times / HOUR) == [1, 2, 4, 24, 48]
    assert list(table["tumour"].values) == [1.092, 1.749, 3.908, 4.377, 4.565]
    assert list(table["liver"].values) == [31.013, 18.86]
    assert list(table["spleen"].values) == [16.835, 8.23]


def test_yang_can_only_be_decay_corrected():
    noun = loaded()
    assert noun.decay_corrected.kind == "assumed"
    masses, variations, _ = noun.nominal
    uncorrected = noun.table.read_as(decay_corrected=False)
    found = [recovery(table, masses, mass_variations=variations, half_life=CU64) for table in (noun.table, uncorrected)]
    assert found[0].fraction.max() < 0.5
    assert found[1].fraction[-1] > 2.5


def test_deri_is_a_chelate_and_claims_no_number_of_its_own():
    given = document(DERI)
    # Abstract, PMID 24814511: octadentate, 1:1, matched or surpassed DFO, no number
    assert given.system.reference.doi == "10.1021/jm500389b"
    assert given.particle.core is None
    assert given.particle.label.chelator == "3,4,3-(LI-1,2-HOPO)"
    assert given.particle.label.stability is None
    assert given.biodistribution is None
    assert measured(DERI, "denticity of the chelator").value == 8
    for item in given.measured:
        if item.unit:
            assert item.source != "doi:10.1021/jm500389b"
            assert "another paper" in item.note


@pytest.mark.parametrize("id", CLINICAL)
def test_clinical_references_are_people_without_a_nuclide(id):
    given = document(id)
    assert given.subject.species == "human_male"
    assert given.subject.tumour is None
    assert given.protocol.administered_activity is None
    assert given.protocol.iron_dose.kind == "stated"
    assert {image.modality for image in given.protocol.image} == {"MRI"}
    for item in given.measured:
        assert not item.predicts or item.unit == "1/(mM s)"


def test_clinical_doses():
    # 510 mg (Pai 2010, abstract); 0.56 mg Fe/kg (label); 8 micromol Fe/kg of 55.845 g/mol (phase 2 abstract)
    assert document(FERUMOXYTOL).protocol.iron_dose.si == pytest.approx(510e-6)
    assert document(FERUMOXIDE).protocol.iron_dose.si == pytest.approx(0.56e-6)
    assert document(FERUCARBOTRAN).protocol.iron_dose.si == pytest.approx(8e-6 * 55.845e-3, rel=1e-3)


def test_ferumoxytol_relaxivities():
    # abstract, biocloudy record MTkyMTcxMw==: 37 degC, per mM Fe; mean and SD in plasma and saline
    given = scoring(FERUMOXYTOL)
    assert len(given) == 12
    expected = {
        ("r1", "1.5 T"): ((19.0, 1.7), (19.9, 2.3)),
        ("r1", "3 T"): ((9.5, 0.2), (10.0, 0.3)),
        ("r2", "1.5 T"): ((64.9, 1.8), (60.8, 3.8)),
        ("r2", "3 T"): ((65.2, 1.8), (62.3, 3.7)),
        ("r2star", "1.5 T"): ((64.4, 2.5), (60.4, 4.7)),
        ("r2star", "3 T"): ((55.7, 4.4), (57.0, 4.7)),
    }
    for (name, field), pair in expected.items():
        for medium, (value, sd) in zip(("human plasma", "saline"), pair, strict=True):
            item = given[(f"relaxometry.{name}", field, medium)]
            assert (item.value, item.sd) == (value, sd)
            assert item.conditions.temperature == "37 degC"


def test_ferumoxytol_core_is_the_stated_range_and_holds_the_sphere_of_its_formula():
    # Fe5874O8752 (prescribing information): 468 kg/mol of oxide, one sphere of 6.6 nm at 5.1 g/cm3
    mass = (5874 * 55.845 + 8752 * 15.999) * 1e-3 / 6.02214076e23
    sphere = (6.0 * mass / 5100.0 / 3.141592653589793) ** (1 / 3)
    assert sphere == pytest.approx(6.63e-9, rel=2e-3)
    # 5 to 10 nm: Boros 2015 quoting the maker; the same drug has the same core in every entry
    core = document(FERUMOXYTOL).particle.core.diameter
    assert core.low < sphere < core.high
    assert (core.low, core.high) == pytest.approx((5e-9, 10e-9))
    other = document("gholami2020-zr89-ferumoxytol").particle.core.diameter
    assert (other.text, other.source, other.kind) == (core.text, core.source, core.kind)


def test_ferumoxytol_kinetics():
    # Pai 2010, abstract (PMID 20592725); Plock 2015 through nlmixr2lib; Landry 2005, abstract (PMID 16088081)
    names = (
        "volume of the central compartment",
        "maximal rate of elimination",
        "concentration at half the maximal rate of elimination",
    )
    assert [measured(FERUMOXYTOL, name).value for name in names] == [2.71, 14.3, 77.5]
    assert [measured(FERUMOXYTOL, f"{name}, 2015 analysis").value for name in names] == [2.78, 16.5, 96.7]
    assert measured(FERUMOXYTOL, "half-life in blood, smallest dose").value == 9.3
    assert measured(FERUMOXYTOL, "half-life in blood, largest dose").value == 14.5


def test_ferumoxide_crystals_and_kinetics():
    given = document(FERUMOXIDE)
    # acemap record 465327875: number means 4.3 to 4.8 nm (TEM); label: 2.4 (SD 0.2) h, 28.5 (SD 1.6) mL/min, n = 3
    core = given.particle.core
    assert (core.diameter.low, core.diameter.high) == pytest.approx((4.3e-9, 4.8e-9))
    assert core.sigma_g.kind == "assumed"
    assert given.particle.coating.hydrodynamic_diameter.si == pytest.approx(111e-9)
    half_life = measured(FERUMOXIDE, "half-life of elimination")
    assert (half_life.value, half_life.sd) == (2.4, 0.2)
    assert measured(FERUMOXIDE, "total clearance").value == 28.5


@pytest.mark.parametrize(
    ("id", "expected"), [(FERUCARBOTRAN, {"0.47 T": 15.0, "4.7 T": 1.7}), (FERUMOXIDE, {"4.7 T": 1.2})]
)
def test_relaxivity_seen_in_software_only_says_so_and_replaces_nothing(id, expected):
    # dcmri, table of r1 in plasma, which cites doi:10.1097/01.rli.0000184756.66360.d3
    given = scoring(id)
    assert {field: item.value for (_, field, _), item in given.items()} == expected
    for (path, _, medium), item in given.items():
        assert (path, medium) == ("relaxometry.r1", "plasma")
        assert "secondary" in item.source_kind
        assert not item.conditions.temperature
