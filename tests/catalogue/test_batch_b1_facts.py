"""Facts of the diagnostic systems whose papers were seen in title or abstract only; what they must never claim."""

import re
import tomllib

import pytest

from ferrotope import catalogue
from ferrotope.errors import InputError
from ferrotope.imaging.emitters import seen_by
from ferrotope.nuclides import Nuclide
from ferrotope.study import Study
from ferrotope.study.load import merge, validate
from ferrotope.study.schema import Document

ALBERNAZ, PAPADOPOULOU = "albernaz2018-tc99m-ga68-mab-dtpa-spion", "papadopoulou2021-ga68-magp"
HOFFMAN, GHOLAMI = "hoffman2014-fe59-spion", "gholami2020-zr89-ferumoxytol"
CHL6, MULTIVALENT = "natarajan2008-in111-chl6-nanoferrite", "natarajan2008-in111-multivalent-nanoferrite"
TSIAPA = "tsiapa2014-tc99m-rgd-aminosilane-spion"

NUCLIDE = {
    ALBERNAZ: "Tc-99m",
    PAPADOPOULOU: "Ga-68",
    HOFFMAN: "Fe-59",
    GHOLAMI: "Zr-89",
    CHL6: "In-111",
    MULTIVALENT: "In-111",
    TSIAPA: "Tc-99m",
}
IDS = list(NUCLIDE)
VARIANTS = {ALBERNAZ: ["Ga-68"], PAPADOPOULOU: ["NODAGA"]}
CASES = [(id, variant) for id in IDS for variant in (None, *VARIANTS.get(id, []))]
DOI = {PAPADOPOULOU: "10.3390/nano11071677", GHOLAMI: "10.2147/IJN.S241971"}
TITLE_ONLY = [ALBERNAZ, HOFFMAN, CHL6, MULTIVALENT, TSIAPA]
CORE_KNOWN = {GHOLAMI: "stated"}
BOROS = "doi:10.1039/C4SC02778G"

# What people remember of these papers (as patterns), and what no source that was seen says of them.
NEVER = {
    ALBERNAZ: (r"s11095", r"(?i)trastuzumab", r"HER2"),
    HOFFMAN: (
        r"\b9[27]\b",
        r"\b72\b",
        r"\b45\b",
        r"\b21\b",
        "PAA",
        "(?i)dopamine",
        "PEG",
        r"(?<![.\d])7 T",
        "(?i)nude",
        "n ?= ?15",
    ),
    GHOLAMI: (r"\b9[28]\b", r"90Zr|Zr-90", "FWHM", "SNR", r"\bfold\b", r"\b120\b", r"\b10 %"),
    CHL6: (
        r"bc800015n",
        "DOTA",
        "(?i)carbodiimide",
        "HBT",
        r"\b(20|30|100) nm",
        "(?i)dextran",
        "PEG",
        r"2\.2",
        "uCi",
        "(?i)athymic",
    ),
    MULTIVALENT: (r"10\.1089", "MUC", "(?i)scfv", r"\b20 nm", "(?i)dextran", "PEG"),
    TSIAPA: (r"jcis\.2014", r"9\.01", r"0\.19", "U87", r"\b9[08]\b", "Fe3O4|magnetite", r"\b10 nm", r"\bfold\b"),
}


def text(id):
    return (catalogue.entry(id).folder / "system.toml").read_text(encoding="utf-8")


def document(id, variant=None):
    entry = catalogue.entry(id)
    return validate(Document, entry.tables_of(variant, merge=merge), entry.folder)


def leaves(node, path=""):
    if isinstance(node, dict) and "value" in node and "quantity" not in node:
        yield path, node
    elif isinstance(node, dict | list):
        for key, item in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(item, f"{path}.{key}")


def measured(id, quantity):
    (item,) = [item for item in document(id).measured if item.quantity == quantity]
    return item


@pytest.mark.parametrize(("id", "variant"), CASES)
def test_entry_and_variant_validate(id, variant):
    given = document(id, variant)
    assert given.system.id == id
    assert given.system.kind == "system"
    assert given.particle.label.nuclide == (variant if variant == "Ga-68" else NUCLIDE[id])
    assert given.particle.core.material.name == "iron_oxide"
    assert given.biodistribution is None  # no table of organs was seen for any of them
    assert given.subject.tumour is None


def test_variants():
    assert {id: catalogue.entry(id).variants() for id in IDS if catalogue.entry(id).variants()} == VARIANTS


@pytest.mark.parametrize("id", IDS)
def test_no_observation_scores_a_prediction(id):
    given = document(id)
    assert len(given.measured) >= 2
    for item in given.measured:
        assert not item.predicts, "no relaxivity, heating or magnetisation of these systems was seen"


@pytest.mark.parametrize("id", IDS)
def test_reference_and_what_was_not_found(id):
    system = document(id).system
    assert system.reference.doi == DOI.get(id, "")
    assert system.reference.pmid == ""
    assert system.reference.citation.count(" ") > 15
    assert len(system.not_found) >= 10
    assert system.notes
    assert not re.search(r"/work|shared/|\.yaml", text(id))


@pytest.mark.parametrize("id", list(NEVER))
def test_nothing_from_memory_entered(id):
    # citation, comments and identifiers of other papers are not claims
    raw = re.sub(r"(?m)^(#.*|citation = .*)$|doi:\S+|PMID \d+", "", text(id))
    for pattern in NEVER[id]:
        assert not re.search(pattern, raw), pattern


@pytest.mark.parametrize(("id", "variant"), CASES)
def test_the_kind_of_the_core_decides_whether_it_runs(id, variant):
    kind = CORE_KNOWN.get(id, "assumed")
    core = document(id, variant).particle.core
    assert core.diameter.kind == kind
    assert core.sigma_g.kind == "assumed"
    assert core.saturation_magnetisation is None
    if kind == "assumed":
        with pytest.raises(InputError, match="not measured"):
            Study.from_catalogue(id, variant=variant or "")
    else:
        assert not Study.from_catalogue(id, variant=variant or "").illustration
    study = Study.from_catalogue(id, variant=variant or "", assume=True)
    assert study.illustration == (kind == "assumed")


@pytest.mark.parametrize(("id", "variant"), CASES)
def test_protocol_is_an_illustration_that_fits_the_nuclide(id, variant):
    given = document(id, variant)
    protocol, nuclide = given.protocol, Nuclide(given.particle.label.nuclide)
    assert "illustration" in given.subject.model
    assert {protocol.administered_activity.kind, protocol.iron_dose.kind} == {"assumed"}
    assert [image.modality for image in protocol.image].count("MRI") == 1
    for image in protocol.image:
        # Fe-59 has no camera; the others are imaged with what they emit, before three half-lives are over
        assert image.time.kind == "assumed"
        assert image.time.si < 3 * nuclide.half_life
        if image.modality == "MRI":
            assert {image.B0.kind, image.TE.kind, image.TR.kind, image.flip_angle.kind} == {"assumed"}
        else:
            assert seen_by(image.modality, nuclide).emission_yield > 0.2
    assert len(protocol.image) == (1 if id == HOFFMAN else 2)
    for heating in protocol.heating:
        assert {heating.H.kind, heating.f.kind, heating.start.kind, heating.duration.kind} == {"assumed"}


@pytest.mark.parametrize("id", TITLE_ONLY)
def test_a_title_gives_no_number(id):
    given = document(id)
    assert all(leaf["kind"] == "assumed" for _, leaf in leaves(tomllib.loads(text(id))))
    assert all(isinstance(item.value, str) for item in given.measured)
    coating, label = given.particle.coating, given.particle.label
    assert coating.hydrodynamic_diameter is coating.zeta_potential is None
    assert label.radiochemical_yield is label.radiochemical_purity is label.stability is None


def test_albernaz_title():
    # Title in the reference list of doi:10.1007/s13139-025-00943-z: Tc-99m, Ga-68, DTPA, monoclonal antibody
    for variant, modality in ((None, "SPECT"), ("Ga-68", "PET")):
        given = document(ALBERNAZ, variant)
        assert given.particle.label.chelator == "DTPA"
        assert given.particle.ligand.target == ""
        assert given.protocol.image[1].modality == modality


def test_papadopoulou_size_belongs_to_the_particle_without_chelator():
    # Abstract, PMC8307582: average hydrodynamic diameter of MagP 87 nm; both variants labelled and stable, no number
    bare, conjugate = document(PAPADOPOULOU).particle, document(PAPADOPOULOU, "NODAGA").particle
    size = bare.coating.hydrodynamic_diameter
    assert (size.si, size.kind, size.source) == (pytest.approx(87e-9), "measured", "doi:10.3390/nano11071677")
    assert (bare.label.route, bare.label.chelator) == ("chelator-free", "")
    other = conjugate.coating.hydrodynamic_diameter
    assert (other.kind, other.source) == ("assumed", "")
    assert other.low < size.si < other.high
    assert conjugate.label.chelator == "NODAGA"
    assert conjugate.coating.material == bare.coating.material == "copolymer p(MAA-g-EGMA)"
    assert all(isinstance(item.value, str) for item in document(PAPADOPOULOU).measured)


def test_hoffman_label_is_the_core():
    given = document(HOFFMAN)
    assert given.particle.label.route == "intrinsic (core)"
    assert given.particle.coating.material == ""
    # most photons of Fe-59 pass a SPECT collimator (1099 and 1292 keV), and it has no positrons
    iron = Nuclide("Fe-59")
    assert seen_by("PET", iron).emission_yield == 0
    assert seen_by("SPECT", iron).reason
    related = [item for item in given.measured if item.source == "doi:10.1016/j.nucmedbio.2014.08.014"]
    assert len(related) == 2
    assert all("another paper" in item.note for item in related)


def test_gholami_size_is_that_of_the_drug():
    given = document(GHOLAMI)
    # Boros 2015, text: core about 5 to 10 nm, 17 to 31 nm in all; 32 nm in the abstract of doi:10.2147/IJN.S76962
    core, whole = given.particle.core.diameter, given.particle.coating.hydrodynamic_diameter
    assert (core.low, core.high, core.source) == (pytest.approx(5e-9), pytest.approx(10e-9), BOROS)
    assert (whole.low, whole.high, whole.kind) == (pytest.approx(17e-9), pytest.approx(32e-9), "stated")
    # all iron of Fe5874O8752 in one sphere lies inside the stated range
    mass = (5874 * 55.845 + 8752 * 15.999) * 1e-3 / 6.02214076e23
    assert core.low < (6.0 * mass / 5100.0 / 3.141592653589793) ** (1 / 3) < core.high
    assert given.particle.label.route == "chelator-free"
    assert given.particle.label.stability is given.particle.label.radiochemical_yield is None


def test_gholami_numbers_come_from_related_work_and_say_so():
    numbers = [item for item in document(GHOLAMI).measured if not isinstance(item.value, str)]
    assert len(numbers) >= 10
    for item in numbers:
        assert "C4SC02778G" in item.source
        assert item.note.startswith("another ")
        assert item.source_kind.startswith("related")
    # Boros 2015: yield 93 (3) %, n = 16; 6 (2) % at room temperature; 2.21 (0.55) h; 95 (2) % in the body after 120 h
    expected = {
        "isolated yield of the label, heated": (93, 3),
        "label bound without heating": (6, 2),
        "half-life in the blood pool of the heart": (2.21, 0.55),
        "activity still in the body": (95, 2),
        "uptake in inflamed muscle": (0.95, 0.12),
        "T2 of a sample with cold zirconium": (217, 18),
    }
    for quantity, (value, sd) in expected.items():
        assert (measured(GHOLAMI, quantity).value, measured(GHOLAMI, quantity).sd) == (value, sd)
    # US 2016/0256581: blood half-life about 1.02 h
    assert measured(GHOLAMI, "half-life in blood").value == 1.02


@pytest.mark.parametrize("id", [CHL6, MULTIVALENT])
def test_natarajan_nuclide_and_ligand_are_said_to_be_unconfirmed(id):
    given = document(id)
    label = given.particle.label
    assert (label.chelator, label.route, given.particle.ligand.target) == ("", "", "")
    assert "not named in the title" in given.particle.ligand.name
    assert any("In-111" in note and "not confirmed" in note for note in given.system.notes)
    assert "nuclide, chelator and route of labelling" in given.system.not_found


def test_tsiapa_title_names_target_not_ligand():
    given = document(TSIAPA)
    assert given.particle.coating.material == "aminosilane"
    assert given.particle.ligand.target == "integrin alpha-v beta-3"
    assert "not named" in given.particle.ligand.name
    assert given.particle.label.chelator == ""
    assert any("rgd" in note and "not confirmed" in note for note in given.system.notes)
