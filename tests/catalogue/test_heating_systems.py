"""Facts of the systems whose heating power or relaxivity was measured on the bench, and that each is predicted."""

import math
from collections import Counter
from functools import cache

import pytest

from ferrotope import Study, catalogue
from ferrotope.particle import Particle

ALBARQI, GUARDIA, CONCENTRATION = (
    "albarqi2019-comn-nanoclusters",
    "guardia2012-nanocubes",
    "unnamed2022-fe3o4-concentration",
)
LEONEL, DADFAR, KIM = "leonel2021-cmc-magnetite", "dadfar2020-size-fractions", "kim2011-esion"
TONG, CUBES, FERRITES = "tong2010-peg-coating", "lee2012-nanocubes", "lee2006-meio"
JIA, PASP, YIN = "jia2016-rgd-uspio", "unnamed2022-pasp-esmion", "yin2018-ultralow-field"

DOI = {
    ALBARQI: "10.1021/acsnano.8b06542",
    GUARDIA: "10.1021/nn2048137",
    CONCENTRATION: "10.1007/s11051-022-05596-z",
    LEONEL: "10.1039/d0na00820f",
    DADFAR: "10.1186/s12951-020-0580-1",
    KIM: "10.1021/ja203340u",
    TONG: "10.1021/nl102623x",
    CUBES: "10.1021/nl3010308",
    FERRITES: "10.1038/nm1467",
    JIA: "10.7150/thno.14280",
    PASP: "10.1186/s12951-022-01562-y",
    YIN: "",
}
IDS = list(DOI)
CASES = [(id, variant) for id in IDS for variant in ("", *catalogue.entry(id).variants())]
HEATING = {
    ALBARQI: "magnetism.slp",
    GUARDIA: "magnetism.slp",
    CONCENTRATION: "magnetism.slp_core",
    LEONEL: "magnetism.slp_core",
}
EDGE_TO_DIAMETER = (6 / math.pi) ** (1 / 3)  # sphere of the volume of a cube

# What scores a prediction, over the entry and its variants.
SCORED = {
    ALBARQI: {"magnetism.slp": 1, "magnetism.ilp": 1},
    GUARDIA: {"magnetism.slp": 58},
    CONCENTRATION: {"magnetism.slp_core": 12},
    LEONEL: {"magnetism.slp_core": 4},
    DADFAR: {"relaxometry.r1": 8, "relaxometry.r2": 8},
    KIM: {"relaxometry.r1": 3, "relaxometry.r2": 3},
    TONG: {"relaxometry.r2": 10},
    CUBES: {"relaxometry.r2": 5},
    FERRITES: {"relaxometry.r2": 6},
    JIA: {"relaxometry.r1": 2, "relaxometry.r2": 2},
    PASP: {"relaxometry.r1": 11, "relaxometry.r2": 11},
    YIN: {},
}

# (entry, variant, quantity) -> value as the source has it, W/g or 1/(mM s)
OBSERVED = {
    (ALBARQI, "", "SLP, 26.82 kA/m, 420 kHz"): 1718,
    (ALBARQI, "", "ILP, 26.82 kA/m, 420 kHz"): 5.65,
    (GUARDIA, "", "SLP, 7.958 kA/m, 320 kHz"): 125,
    (GUARDIA, "", "SLP, 29.08 kA/m, 520 kHz"): 2450.5,
    (GUARDIA, "", "SLP, 24.06 kA/m, 700 kHz"): 2202.6,
    (GUARDIA, "12 nm", "SLP, 24.06 kA/m, 520 kHz"): 178.2,
    (GUARDIA, "25 nm", "SLP, 29.08 kA/m, 520 kHz"): 1667.9,
    (GUARDIA, "38 nm", "SLP, 12.03 kA/m, 320 kHz"): 5.8,
    (CONCENTRATION, "", "SLP at 20 mg/mL"): 65,
    (CONCENTRATION, "7 nm", "SLP at 1 mg/mL"): 24,
    (CONCENTRATION, "17 nm", "SLP at 15 mg/mL"): 48,
    (LEONEL, "", "SLP, 19.89 kA/m, 113 kHz"): 7.5,
    (LEONEL, "10 % Co", "SLP, 19.89 kA/m, 113 kHz"): 13.8,
    (DADFAR, "", "r2, 3 T"): 430.5,
    (DADFAR, "2.5 nm", "r1, 3 T"): 5.59,
    (DADFAR, "17.2 nm", "r2, 3 T"): 350.5,
    (KIM, "", "r2, 3 T"): 29.2,
    (KIM, "2.2 nm", "r1, 3 T"): 4.78,
    (KIM, "12 nm", "r2, 3 T"): 58.8,
    (TONG, "", "r2, 0.47 T"): 156,
    (TONG, "14 nm, PEG 1000", "r2, 0.47 T"): 385,
    (TONG, "5 nm, PEG 5000", "r2, 0.47 T"): 36,
    (CUBES, "", "r2, 3 T"): 761,
    (CUBES, "49 nm", "r2, 3 T"): 296,
    (FERRITES, "", "r2, 1.5 T"): 218,
    (FERRITES, "Mn, 12 nm", "r2, 1.5 T"): 358,
    (FERRITES, "Ni, 12 nm", "r2, 1.5 T"): 152,
    (JIA, "", "r2, 3 T"): 17.99,
    (JIA, "RGD", "r1, 3 T"): 7.74,
    (PASP, "", "r1, 3 T"): 7.0,
    (PASP, "", "r2, 7 T"): 48.9,
    (PASP, "8 nm", "r2, 3 T"): 154.2,
    (YIN, "", "r1, 0.13 mT"): 615,
}

# (entry, variant) -> (diameter in nm, magnetisation in A m2/kg or None, hydrodynamic diameter in nm or None)
PARTICLE = {
    (ALBARQI, ""): (14.8, 93, 78.67),
    (GUARDIA, ""): (19 * EDGE_TO_DIAMETER, 73.8, 37),
    (GUARDIA, "12 nm"): (12 * EDGE_TO_DIAMETER, None, 17),
    (CONCENTRATION, ""): (11, 67, None),
    (CONCENTRATION, "7 nm"): (7, 65.1, None),
    (CONCENTRATION, "17 nm"): (17, 68.1, None),
    (DADFAR, ""): (13.1, 83.2, None),
    (DADFAR, "7.7 nm"): (7.7, 27.2, None),
    (KIM, ""): (3, 36, None),
    (KIM, "12 nm"): (12, 48, None),
    (TONG, ""): (14, None, None),
    (TONG, "5 nm, PEG 1000"): (5, None, 14.8),
    (CUBES, ""): (22 * EDGE_TO_DIAMETER, 108 * 0.7236, 43),
    (CUBES, "42 nm"): (42 * EDGE_TO_DIAMETER, 120 * 0.7236, 122),
    (FERRITES, ""): (12, 101 * 0.7236, None),
    (JIA, ""): (5.3, 46, 10),
    (JIA, "RGD"): (5.3, 49, 15),
    (PASP, ""): (3.7, 16, None),
    (YIN, ""): (18, None, None),
}


@cache
def study(id, variant=""):
    return Study.from_catalogue(id, variant=variant)  # none needs --assume: every core was measured or stated


@cache
def scores(id, variant=""):
    return study(id, variant).run(samples=0).scores


def predicting(id, variant):
    return [item for item in study(id, variant).document.measured if item.predicts]


@pytest.mark.parametrize("id", IDS)
def test_reference_and_what_was_not_found(id):
    system = study(id).document.system
    assert system.reference.doi == DOI[id]
    assert system.notes
    assert len(system.not_found) >= 6
    assert study(id).document.particle.label is None


@pytest.mark.parametrize(("id", "variant", "quantity"), OBSERVED)
def test_observed_values(id, variant, quantity):
    (item,) = [item for item in study(id, variant).document.measured if item.quantity == quantity]
    assert item.value == OBSERVED[id, variant, quantity]


@pytest.mark.parametrize(("id", "variant"), PARTICLE)
def test_particles(id, variant):
    particle = study(id, variant).document.particle
    diameter, magnetisation, whole = PARTICLE[id, variant]
    assert particle.core.diameter.number * 1e9 == pytest.approx(diameter, abs=0.06)
    given = particle.core.saturation_magnetisation
    if magnetisation is None:
        assert given is None or given.kind == "assumed"
    else:
        assert (given.unit, given.kind) == ("A m2/kg", "stated")
        assert given.number == pytest.approx(magnetisation, rel=1e-3)
    outer = particle.coating.hydrodynamic_diameter
    assert (outer.number * 1e9 if outer else None) == (pytest.approx(whole) if whole else None)


def test_mixed_and_hexagonal_cubes_have_the_interval_of_both_readings():
    for variant, width in (("25 nm", 25), ("38 nm", 38)):
        diameter = study(GUARDIA, variant).document.particle.core.diameter
        assert diameter.low * 1e9 == pytest.approx(width)
        assert diameter.high * 1e9 == pytest.approx(width * EDGE_TO_DIAMETER, abs=0.06)


def test_the_spread_of_leonel_is_one_between_particles():
    core = study(LEONEL).document.particle.core
    # mean 7.2, SD 1.6 nm: sigma_g = exp(sqrt(ln(1 + (1.6/7.2)^2)))
    assert core.sigma_g.number == pytest.approx(math.exp(math.sqrt(math.log1p((1.6 / 7.2) ** 2))), rel=1e-6)


@pytest.mark.parametrize(("id", "variant"), CASES)
def test_nothing_is_tuned(id, variant):
    core = study(id, variant).document.particle.core
    assert core.anisotropy is None, "anisotropy comes from the material"
    assert core.nonmagnetic_layer.number == 0
    assert core.diameter.kind in ("measured", "stated")
    given, table = core.saturation_magnetisation, Particle(core={"material": "iron_oxide", "diameter": "9 nm"}).core
    if given is not None and given.kind == "assumed":
        prior = table.material.saturation_magnetisation
        assert core.material.name == "iron_oxide"
        assert (given.number, given.low, given.high) == (prior.number, prior.low, prior.high)


def test_cobalt_shifts_the_prior_of_the_anisotropy_in_proportion():
    prior = {
        name: Particle(core={"material": name, "diameter": "9 nm"}).core.material.anisotropy
        for name in ("magnetite", "cobalt_ferrite")
    }
    for id, variant, share in ((LEONEL, "3 % Co", 0.03), (LEONEL, "10 % Co", 0.1), (ALBARQI, "", 0.24)):
        material = study(id, variant).document.particle.core.material
        assert material.composition["Co"] == pytest.approx(share)
        for side in ("number", "low", "high"):
            ends = getattr(prior["magnetite"], side), getattr(prior["cobalt_ferrite"], side)
            expected = ends[0] + share * (ends[1] - ends[0])
            assert getattr(material.anisotropy, side) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize(("id", "variant"), CASES)
def test_a_variant_has_its_own_observations(id, variant):
    """One that fell back to those of the entry would score the same measurement twice."""
    tables = {item["name"]: item for item in catalogue.entry(id).tables.get("variant", [])}
    if variant:
        assert tables[variant]["measured"]


@pytest.mark.parametrize("id", IDS)
def test_number_of_scored_measurements(id):
    found = Counter(item.path for variant in ("", *catalogue.entry(id).variants()) for item in scores(id, variant))
    assert found == SCORED[id]


def test_total_of_scored_measurements():
    total = sum((Counter(item) for item in SCORED.values()), Counter())
    assert total["magnetism.slp"] + total["magnetism.slp_core"] == 75
    assert (total["magnetism.ilp"], total["relaxometry.r1"], total["relaxometry.r2"]) == (1, 24, 45)


@pytest.mark.parametrize(("id", "variant"), CASES)
def test_every_measurement_with_a_field_is_predicted(id, variant):
    found, wanted = scores(id, variant), predicting(id, variant)
    assert [(item.path, item.quantity) for item in found] == [(item.predicts, item.quantity) for item in wanted]
    for score, item in zip(found, wanted, strict=True):
        assert math.isfinite(score.predicted)
        assert score.predicted > 0
        assert score.measured == item.value
        assert score.ratio == pytest.approx(score.predicted / score.measured)
        conditions = item.conditions
        assert conditions.B0 if item.predicts.startswith("relaxometry.") else conditions.H and conditions.f
        assert not conditions.temperature
        assert "temperature not stated" in score.difference
        assert ("medium not stated" in score.difference) == (
            item.predicts.startswith("magnetism.") and not conditions.medium
        )


@pytest.mark.parametrize("id", [id for id in IDS if SCORED[id]])
def test_it_is_predicted_at_the_conditions_of_the_measurement(id):
    """A study of its own with the field of the last measurement in the protocol says the same number."""
    item, score = predicting(id, "")[-1], scores(id)[-1]
    conditions = item.conditions
    if item.predicts.startswith("magnetism."):
        bound = "1" if not conditions.medium else "0"
        event = {"start": "0 s", "duration": "1 s", "H": conditions.H, "f": conditions.f, "immobilised_fraction": bound}
        protocol = {"heating": [event], "image": []}
    else:
        event = {"modality": "MRI", "sequence": "SE", "time": "0 s", "TE": "1 ms", "TR": "1 s", "B0": conditions.B0}
        protocol = {"image": [event], "heating": []}
    alone = Study.from_tables({"particle": {"catalogue": id}, "protocol": protocol, "measured": []}).run(samples=0)
    assert alone[item.predicts].value == pytest.approx(score.predicted, rel=1e-9)


@pytest.mark.parametrize("id", HEATING)
def test_mass_basis(id):
    """Per gram of iron or of oxide is said, and the predictions of the two differ by the iron in the core."""
    for variant in ("", *catalogue.entry(id).variants()):
        for item in predicting(id, variant):
            assert item.predicts in (HEATING[id], "magnetism.ilp")
    assert any("ass basis" in note for note in study(id).document.system.notes)
    result = study(id).run(samples=0)
    fraction = study(id).document.particle.core.material.iron_mass_fraction
    assert result["magnetism.slp_core"].value == pytest.approx(fraction * result["magnetism.slp"].value)


def test_ilp_follows_from_slp():
    slp, ilp = predicting(ALBARQI, "")
    assert slp.conditions == ilp.conditions
    computed = 1718e3 / (420e3 * 26.82e3**2) * 1e9  # SLP/(f H^2) in nH m2/kg
    assert computed == pytest.approx(ilp.value, rel=0.01)
    found = {item.path: item.predicted for item in scores(ALBARQI)}
    assert found["magnetism.ilp"] == pytest.approx(found["magnetism.slp"] * 1e3 / (420e3 * 26.82e3**2) * 1e9, rel=1e-6)


def test_abstracts_agree_with_the_dataset():
    rgd = {item.quantity: item.value for item in study(JIA, "RGD").document.measured}
    assert rgd["r2, 3 T"] / rgd["r1, 3 T"] == pytest.approx(rgd["r2/r1, 3 T"], rel=0.01)
    pasp = {item.quantity: item for item in study(PASP).document.measured}
    ratio = pasp["r2/r1, 3 T"]
    assert pasp["r2, 3 T"].value / pasp["r1, 3 T"].value == pytest.approx(ratio.value, abs=ratio.sd)


def test_magnetisation_above_bulk_is_not_taken_per_gram_of_oxide():
    """Bulk magnetite has 92 A m2/kg of oxide; what exceeds it was given per gram of metal."""
    for id, variant in CASES:
        given = study(id, variant).document.particle.core.saturation_magnetisation
        if given is not None and given.unit == "A m2/kg" and id != ALBARQI:
            assert given.number < 92, (id, variant)


def test_only_the_targeted_variant_has_a_ligand():
    assert study(JIA).document.particle.ligand is None
    assert study(JIA, "RGD").document.particle.ligand.name == "c(RGDyK)"
