"""Facts of the catalogue's therapeutic and In-111 systems, and what they must never claim."""

import math

import pytest

from ferrotope import catalogue
from ferrotope.biokinetics import Biodistribution, constant_ratios, late_half_lives, recovery
from ferrotope.errors import DataError
from ferrotope.study.load import merge, validate
from ferrotope.study.schema import Document

HOUR = 3600.0
# Evaluated half-lives, rounded: Cu-64 12.7 h, Sm-153 46.284 h, In-111 2.8047 d.
CU64, SM153, IN111 = 12.7 * HOUR, 46.284 * HOUR, 2.8047 * 24 * HOUR

YANG, GHOLAMI = "yang2011-cu64-crgd-spion", "gholami2016-sm153-dtpa-spion"
ANIJDAN, ZOLATA = "anijdan2020-in111-dtpa-dextran-spion", "zolata2015-in111-trastuzumab-dox-spion"
SHANEHSAZZADEH, NOSRATI = "shanehsazzadeh2016-lu177-dtpa-spio", "nosrati2016-ho166-dtpa-spion"
RADOVIC, MOKHODOEVA = "radovic2015-y90-mnp", "mokhodoeva2016-ra223-fe3o4"
BARIUM, LANTHANIDE = "gaweda2020-ra223-bafe-trastuzumab", "gaweda2020-lanthanide-trastuzumab-spion"
CEDROWSKA, AZADBAKHT = "cedrowska2020-ac225-trastuzumab-spion", "azadbakht2017-re188-rituximab-spion"
LIANG, CHEN = "liang2007-re188-spion", "chen2006-i131-antivegf-dextran-mnp"

HALF_LIFE = {YANG: CU64, GHOLAMI: SM153, ANIJDAN: IN111, ZOLATA: IN111}
CORE_KNOWN = {YANG: "stated", GHOLAMI: "measured", ZOLATA: "stated"}
NUCLIDE = {
    YANG: "Cu-64",
    GHOLAMI: "Sm-153",
    SHANEHSAZZADEH: "Lu-177",
    ANIJDAN: "In-111",
    ZOLATA: "In-111",
    NOSRATI: "Ho-166",
    RADOVIC: "Y-90",
    MOKHODOEVA: "Ra-223",
    BARIUM: "Ra-223",
    CEDROWSKA: "Ac-225",
    AZADBAKHT: "Re-188",
    LIANG: "Re-188",
    CHEN: "I-131",
    LANTHANIDE: None,
}
IDS = list(NUCLIDE)

# What people remember of these papers, and what no source that was seen says.
NEVER = {
    YANG: ("101.9", "U87"),
    RADOVIC: ("Wistar", "14.58", "19.61", "PEG", "W/g", "80 nm", "46 nm"),
    BARIUM: ("61.3", "CEPA", "phosphono", "emu", "42 A"),
    CEDROWSKA: ("CEPA", "phosphono", "98 %", "SKOV"),
    AZADBAKHT: ("tumour-bearing",),
    LIANG: ("Hepama", "SMMC"),
    CHEN: ("7269",),
    ZOLATA: ("nucmedbio.2014",),
}


def text(id):
    return (catalogue.entry(id).folder / "system.toml").read_text(encoding="utf-8")


def document(id, variant=None):
    entry = catalogue.entry(id)
    return validate(Document, entry.tables_of(variant, merge=merge), entry.folder)


def loaded(id, variant=None, **change):
    given = document(id, variant)
    table = given.biodistribution.model_copy(update=change)
    return table.load(catalogue.entry(id).folder, given.subject, HALF_LIFE[id])


def recovered(id, variant=None, corrected=True):
    noun = loaded(id, variant)
    masses, variations, _ = noun.nominal
    table = noun.table if corrected else noun.table.read_as(decay_corrected=False)
    return recovery(table, masses, mass_variations=variations, half_life=HALF_LIFE[id])


@pytest.mark.parametrize("id", IDS)
def test_every_entry_and_variant_validates(id):
    entry = catalogue.entry(id)
    for variant in (None, *entry.variants()):
        assert document(id, variant).system.id == id


@pytest.mark.parametrize("id", IDS)
def test_what_was_not_found_is_listed(id):
    system = document(id).system
    assert len(system.not_found) >= 5
    assert system.notes
    assert system.reference.citation.count(" ") > 15


@pytest.mark.parametrize("id", IDS)
def test_the_kind_of_the_core_decides_whether_it_runs(id):
    core = document(id).particle.core
    assert core.diameter.kind == CORE_KNOWN.get(id, "assumed")


@pytest.mark.parametrize("id", IDS)
def test_nuclides(id):
    label = document(id).particle.label
    assert (label.nuclide if label else None) == NUCLIDE[id]


@pytest.mark.parametrize("id", list(NEVER))
def test_nothing_from_memory_entered(id):
    raw = text(id)
    for words in NEVER[id]:
        assert words not in raw


@pytest.mark.parametrize("id", IDS)
def test_protocols_of_papers_not_read_are_assumed(id):
    protocol = document(id).protocol
    for name in ("administered_activity", "iron_dose", "retained_fraction"):
        value = getattr(protocol, name)
        assert value is None or value.kind == "assumed"
    for event in (*protocol.image, *protocol.heating):
        timing = event.start if hasattr(event, "start") else event.time
        assert timing.kind == "assumed"


def test_yang_particle():
    given = document(YANG)
    assert given.system.reference.doi == "10.1016/j.biomaterials.2011.02.006"
    assert given.system.reference.pmid == "21367450"
    assert given.particle.core.diameter.si == pytest.approx(10e-9)
    assert given.particle.coating.hydrodynamic_diameter.si == pytest.approx(68e-9)
    assert given.particle.coating.hydrodynamic_diameter.kind == "stated"
    assert given.particle.label.chelator == "NOTA"
    assert given.particle.ligand.name == "c(RGDfC)"
    assert given.subject.tumour.mass.si == pytest.approx(0.216e-3)
    assert 18e-3 <= given.subject.mass.si <= 26e-3
    assert given.particle.core.saturation_magnetisation is None


def test_yang_table():
    tumour = loaded(YANG).table.organs["tumour"]
    assert list(tumour.times / HOUR) == [0.5, 3, 6, 24, 48]
    assert list(tumour.values) == [4.418, 5.493, 5.672, 5.433, 5.373]
    free = loaded(YANG, "cRGD-free").table.organs
    assert list(free["tumour"].values) == [1.91, 2.388, 2.627, 2.567, 2.269]
    assert list(free["liver"].values) == [18.83, 17.34, 16.383, 9.149, 8.085]
    assert {len(loaded(YANG, name).table.organs) for name in (None, "cRGD-free")} == {15}
    assert all(math.isnan(sd) for sd in tumour.standard_deviations)


def test_yang_can_only_be_decay_corrected():
    assert document(YANG).biodistribution.decay_corrected.kind == "assumed"
    assert recovered(YANG).fraction.max() < 0.5
    assert recovered(YANG, corrected=False).fraction[-1] > 2.0


def test_yang_variant_has_no_ligand_to_bind():
    given = document(YANG, "cRGD-free")
    assert given.biodistribution.variant == "cRGD-free"
    assert given.particle.ligand.target == ""


def test_gholami_sizes_are_a_spread_between_particles():
    core = document(GHOLAMI).particle.core
    # mean 10.4, SD 1.98 nm: sigma_g = exp(sqrt(ln(1 + (1.98/10.4)^2))) = 1.21
    assert core.sigma_g.si == pytest.approx(1.2077, abs=2e-4)
    assert core.diameter.si == pytest.approx(10.216e-9, rel=1e-4)
    assert document(GHOLAMI).particle.coating.hydrodynamic_diameter.si == pytest.approx(69.98e-9)


def test_gholami_table_is_per_organ():
    noun = loaded(GHOLAMI)
    assert (noun.unit.value, noun.unit.kind) == ("%ID", "assumed")
    liver = noun.table.organs["liver"]
    assert list(liver.values) == [22.5, 45.4, 57.9, 63.9, 61.5, 50.6, 34.6, 20.2, 12.9]
    assert list(liver.standard_deviations) == [2.6, 3.4, 2.7, 3.7, 2.9, 2.2, 1.9, 1.2, 0.8]
    assert list(noun.table.organs["kidneys"].times / HOUR) == pytest.approx([1 / 60, 5 / 60, 0.25], abs=1e-5)
    assert recovered(GHOLAMI).fraction[:5] == pytest.approx([0.797, 0.813, 0.836, 0.855, 0.795], abs=1e-9)


def test_gholami_per_gram_is_refused():
    unit = Biodistribution.model_validate({"file": "x", "unit": "%ID/g", "decay_corrected": True}).unit
    with pytest.raises(DataError, match=r"liver|blood"):
        loaded(GHOLAMI, unit=unit)


def test_gholami_uncorrected_would_make_the_liver_rise():
    liver = loaded(GHOLAMI).table.organs["liver"]
    corrected = liver.values * 2.0 ** (liver.times / SM153)
    assert corrected[-2:] == pytest.approx([41.5, 54.3], abs=0.1)


def test_anijdan_recovers_everything_only_per_organ():
    per_organ, per_gram = recovered(ANIJDAN), recovered(ANIJDAN, "per gram")
    assert per_organ.fraction[:5] == pytest.approx([0.957, 0.8865, 0.919, 0.972, 0.8901], abs=1e-9)
    assert per_gram.fraction[0] > 1.1
    assert per_gram.fraction[1] / per_gram.fraction[0] < 0.75


def test_anijdan_liver_falls_with_indium():
    late, start, stop = late_half_lives(loaded(ANIJDAN).table)["liver"]
    assert (start, stop) == (24 * HOUR, 48 * HOUR)
    assert late == pytest.approx(IN111, rel=0.005)


def test_anijdan_is_gholami_times_1_09():
    shared = constant_ratios(loaded(ANIJDAN).table, loaded(GHOLAMI).table, tolerance=0.01)
    found = {item.organ: item for item in shared}
    for organ in ("liver", "spleen"):
        assert found[organ].ratio == pytest.approx(1.09, abs=0.005)
        assert found[organ].count >= 6


def test_zolata_facts():
    given, noun = document(ZOLATA), loaded(ZOLATA)
    assert given.particle.core.diameter.si == pytest.approx(16e-9)
    assert given.particle.label.chelator == "PCTA"
    assert given.subject.mass.si == pytest.approx(22.5e-3)
    assert list(noun.table.organs["tumour"].values) == [7.322, 9.895, 12.835]
    assert list(noun.table.organs["kidneys"].values) == [7.218, 6.122, 2.914]
    muscle = noun.table.organs["muscle"]
    assert (muscle.values[-1], muscle.standard_deviations[-1]) == (0.0, 0.1)
    assert recovered(ZOLATA).fraction.max() < 0.6
    assert recovered(ZOLATA, corrected=False).fraction.max() < 0.6


@pytest.mark.parametrize("id", [GHOLAMI, SHANEHSAZZADEH])
def test_yield_after_purification_is_a_bound_on_purity(id):
    label = document(id).particle.label
    assert label.radiochemical_yield is None
    assert (label.radiochemical_purity.low, label.radiochemical_purity.high) == pytest.approx((0.99, 1.0))
    assert label.radiochemical_purity.kind == "measured"
    assert label.chelator == "DTPA"


def test_dois_and_names():
    assert document(MOKHODOEVA).system.reference.doi == "10.1007/s11051-016-3615-7"
    assert document(CEDROWSKA).system.reference.doi == "10.3390/molecules25051025"
    assert document(BARIUM).system.reference.doi == "10.3390/nano10102067"
    assert document(LANTHANIDE).system.reference.doi == "10.3390/nano10020288"
    assert document(BARIUM).particle.core.material.formula == "BaFe12O19"
    assert document(MOKHODOEVA).particle.core.material.formula == "Fe3O4"
    assert document(AZADBAKHT).particle.ligand.target == "CD20"
    assert document(CHEN).protocol.route == "intratumoural"


@pytest.mark.parametrize("id", [RADOVIC, MOKHODOEVA, BARIUM, CEDROWSKA, LANTHANIDE, LIANG])
def test_animals_that_were_not_seen_are_called_an_illustration(id):
    given = document(id)
    assert "illustration" in given.subject.model
    assert given.protocol.retained_fraction.kind == "assumed"
