"""Any study, legal or spoilt, gives a whole result or one error of ours: no traceback, no warning, no nan."""

import copy
import json
import math
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferrotope import Result, Study
from ferrotope.errors import FerrotopeError
from ferrotope.report import report_html
from ferrotope.result.summary import plain

NUCLIDES = ["Lu-177", "Cu-64", "Zr-89", "Tc-99m", "In-111", "Y-90", "Ac-225", "Ra-223", "Pb-212", "At-211", "I-125"]
MATERIALS = ["magnetite", "maghemite", "iron_oxide", "cobalt_ferrite", "zinc_ferrite", "barium_hexaferrite", "gold"]
ORGANS = ["blood", "liver", "spleen", "kidneys", "tumour", "lungs", "heart", "bone", "brain", "stomach", "foo"]

# Unit and ends of what a study may say, table by table.
CORE = {"diameter": ("nm", 0.5, 2000), "sigma_g": ("", 1, 3)}
OF_CORE = {
    "nonmagnetic_layer": ("nm", 0, 1000),
    "saturation_magnetisation": ("kA/m", 1, 2000),
    "anisotropy": ("kJ/m3", 0, 1e4),
}
MATERIAL = {
    "density": ("g/cm3", 0.5, 25),
    "saturation_magnetisation": ("kA/m", 1, 2000),
    "anisotropy": ("kJ/m3", 0, 1e4),
    "temperature": ("K", 1, 1500),
}
COATING = {
    "thickness": ("nm", 0, 1000),
    "hydrodynamic_diameter": ("nm", 1, 2e4),
    "zeta_potential": ("mV", -200, 200),
    "molar_mass": ("kg/mol", 1e-3, 1e5),
}
LABEL = {
    "chelator_density": ("1/nm2", 1e-6, 20),
    "chelators_per_particle": ("", 1e-3, 1e7),
    "radiochemical_yield": ("", 0, 1),
    "radiochemical_purity": ("", 0, 1),
    "detachment_rate": ("1/h", 0, 3600),
    "time_since_labelling": ("h", 0, 8800),
}
STABILITY = {"intact": ("", 0, 1), "time": ("h", 1e-3, 8800)}
SUBJECT = {"body_radius": ("cm", 0.1, 100), "temperature": ("K", 280, 320)}
BODIES = {"mouse": ("g", 15, 60), "rat": ("g", 100, 700), "human": ("kg", 50, 500)}
TISSUE = {
    "density": ("kg/m3", 100, 5000),
    "heat_capacity": ("J/(kg K)", 500, 6000),
    "conductivity": ("W/(m K)", 0.01, 10),
    "perfusion": ("1/s", 0, 1),
    "electrical_conductivity": ("S/m", 0, 10),
    "alpha": ("1/Gy", 1e-6, 10),
    "alpha_beta": ("Gy", 0.1, 100),
    "repair_half_time": ("h", 1e-3, 277),
    "clonogen_density": ("1/cm3", 1e-6, 1e10),
}
PROTOCOL = {
    "administered_activity": ("MBq", 1e-6, 1e7),
    "iron_dose": ("mg", 1e-9, 1e5),
    "activity_per_iron": ("MBq/mg", 1e-9, 1e8),
}
MRI = {
    "time": ("h", 0, 8800),
    "B0": ("T", 0.01, 30),
    "TE": ("ms", 1e-3, 100),
    "TR": ("ms", 101, 6e4),
    "flip_angle": ("deg", 0.01, 179.9),
}
NUCLEAR = {
    "resolution": ("mm", 0.1, 50),
    "sensitivity": ("", 1e-9, 1),
    "duration": ("min", 1e-3, 5e5),
}
HEATING = {"start": ("h", 0, 8800), "duration": ("min", 0.1, 5e5), "H": ("kA/m", 0.001, 2000), "f": ("kHz", 0.001, 1e5)}
OF_HEATING = {"immobilised_fraction": ("", 0, 1), "viscosity": ("mPa s", 1e-3, 1e6)}

HOSTILE = (
    None, True, 0, -1, 3, 10**400, math.nan, math.inf, "", " ", "nan", "inf nm", "5 kg", "3 m", "-1 nm", "1e400 nm",
    "10 m/", "1_0 nm", "10 [1, 2] nm", "2..1 nm", "1 +/- 1e300 nm", "25 C", "about 5", "Fe-56", "\u0000", "$", "<b>",
    "\u202e", "x" * 300, [], [1], {}, [{}], [[]], {"value": {}}, {"value": "1 nm", "kind": "guess"}, {"valu": "1 nm"},
)  # fmt: skip
WRONG_KEYS = ("diametre", "mas", "variant", "value", "catalogue", "TEE", "unit", "x", "", "a.b", "[0]")


@st.composite
def quantity(draw, unit, low, high):
    """Text of a legal quantity in any of its forms, the ends of the range included, with or without its source."""

    def number():
        end = draw(st.sampled_from([None, None, low, high]))
        if end is not None:
            return end
        inside = draw(st.floats(math.log(low), math.log(high)) if low > 0 else st.floats(low, high))
        return float(f"{min(max(math.exp(inside) if low > 0 else inside, low), high):.4g}")

    first, second = number(), number()
    forms = [f"{first!r} {unit}", f"{first!r} +/- {abs(first) * draw(st.sampled_from([1e-3, 0.1, 3.0]))!r} {unit}"]
    if first != second:
        forms.append(f"{min(first, second)!r}..{max(first, second)!r} {unit}")
    text = draw(st.sampled_from(forms)).strip()
    kind = draw(st.sampled_from(["", "stated", "assumed", "measured"]))
    return {"value": text, "kind": kind, "source": "doi:10.1/x"} if kind else text


def table(draw, needed, optional=(), **others):
    """A table with all of the first fields, any of the second, and what is given besides."""
    chosen = dict(needed) | {name: field for name, field in dict(optional).items() if draw(st.booleans())}
    return {name: draw(quantity(*field)) for name, field in chosen.items()} | others


@st.composite
def cores(draw):
    material = draw(st.sampled_from([*MATERIALS, ""]))
    if not material:
        formula = draw(st.sampled_from(["Fe3O4", "Fe", "CoFe2O4", "Au", "Fe0.1O9"]))
        material = table(draw, {"density": MATERIAL["density"]}, MATERIAL, name="own", formula=formula)
    return table(draw, CORE, OF_CORE, material=material)


@st.composite
def particles(draw):
    particle = {}
    if draw(st.booleans()):
        particle["core"] = draw(cores())
    if draw(st.booleans()):
        particle["coating"] = table(draw, {}, COATING)
    if draw(st.booleans()):
        particle["label"] = table(draw, {}, LABEL, nuclide=draw(st.sampled_from(NUCLIDES)))
        if draw(st.booleans()):
            particle["label"]["stability"] = table(draw, STABILITY)
    return particle


@st.composite
def subjects(draw):
    species = draw(st.sampled_from([*BODIES]))
    subject = table(draw, {}, {"mass": BODIES[species], **SUBJECT}, species=species)
    if draw(st.booleans()):
        subject["tumour"] = table(draw, {"mass": ("g", 1e-6, 5)})
    tissues = draw(st.lists(st.sampled_from(["tumour", "liver", "blood", "spleen"]), unique=True, max_size=2))
    subject["tissue"] = {tissue: table(draw, {}, TISSUE) for tissue in tissues}
    return subject


@st.composite
def protocols(draw):
    protocol = table(draw, {}, PROTOCOL)
    if "iron_dose" in protocol:
        protocol.pop("activity_per_iron", None)
    if draw(st.booleans()):
        protocol |= {"route": "intratumoural", "retained_fraction": draw(quantity("", 0, 1))}
    protocol["image"] = [
        table(draw, MRI, modality="MRI", sequence=draw(st.sampled_from(["GRE", "SE", "UTE"])))
        if modality == "MRI"
        else table(draw, {"time": MRI["time"]}, NUCLEAR, modality=modality)
        for modality in draw(st.lists(st.sampled_from(["MRI", "PET", "SPECT"]), max_size=3))
    ]
    exposed = draw(st.lists(st.sampled_from(["tumour", "body"]), max_size=2))
    protocol["heating"] = [table(draw, HEATING, OF_HEATING, exposed=where) for where in exposed]
    return protocol


@st.composite
def measurements(draw):
    return {
        "quantity": "q",
        "source": "s",
        "value": draw(st.sampled_from([0, -5, 100.0, 1e300, math.nan, "120", "high", "1..2"])),
        "unit": draw(st.sampled_from(["1/(mM s)", "W/g", "flurb", "1/", ""])),
        "predicts": draw(st.sampled_from(["relaxometry.r2", "relaxometry.r2star", "magnetism.slp", "nothing.here"])),
        "conditions": draw(st.sampled_from([{}, {"B0": "3 T"}, {"H": "15 kA/m", "f": "300 kHz"}, {"B0": "some"}])),
    }


@st.composite
def legal(draw):
    """A study within the allowed ranges, whole or in parts."""
    study = {"particle": draw(particles()), "protocol": draw(protocols())}
    if draw(st.integers(0, 3)):
        study["subject"] = draw(subjects())
    if not draw(st.integers(0, 3)):
        study["measured"] = draw(st.lists(measurements(), max_size=2))
    return study


@st.composite
def organ_tables(draw):
    """The text of a biodistribution, and its reading."""
    value, sd = st.sampled_from([0, 1e-3, 0.02, 0.5, 2, 20]), st.sampled_from(["", "0", "0.1", "5"])
    points = draw(
        st.lists(
            st.tuples(st.sampled_from([0, 0.5, 1, 4, 24, 72, 500]), st.sampled_from(ORGANS)),
            unique=True, min_size=1, max_size=20,
        )
    )  # fmt: skip
    lines = [f"{time},{organ},{draw(value)},{draw(sd)}" for time, organ in points]
    reading = {"unit": draw(st.sampled_from(["%ID/g", "%ID"])), "decay_corrected": draw(st.booleans())}
    return "\n".join(["time_h,organ,value,sd", *lines]) + "\n", reading


def nodes(tree, path=()):
    """Paths of everything below the root."""
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from nodes(child, (*path, key))


@st.composite
def spoilt(draw):
    """A legal study in which one to three things were changed, removed or given another name."""
    tables = draw(legal())
    for _ in range(draw(st.integers(1, 3))):
        places = list(nodes(tables))
        if not places:
            break
        *head, last = draw(st.sampled_from(places))
        owner = tables
        for key in head:
            owner = owner[key]
        what = draw(st.sampled_from(["value", "value", "remove", "rename"]))
        if what == "value" or isinstance(owner, list):
            owner[last] = copy.deepcopy(draw(st.sampled_from(HOSTILE)))
        elif what == "remove":
            del owner[last]
        else:
            owner[draw(st.sampled_from(WRONG_KEYS))] = owner.pop(last)
    return tables


def written(folder, text, reading):
    """Write a biodistribution, and return what a study says of it."""
    (folder / "table.csv").write_text(text, encoding="utf-8")
    return {"file": "table.csv", **reading}


def outcome(tables, folder):
    """The result of the tables, or None where they were refused with an error of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return Study.from_tables(tables, folder=folder, file="study.toml", assume=True).run(samples=0)
        except FerrotopeError as error:
            assert str(error)
            return None


def is_whole(result):
    """Whether every number is finite or says why there is none, and the whole can be written as JSON."""
    for path, record in result.records.items():
        if record.value is None:
            assert record.validity, f"{path} has no value and does not say why"
        elif not isinstance(record.value, str):
            assert math.isfinite(record.value), f"{path} is {record.value}"
    return bool(json.dumps(plain(result), allow_nan=False) and result.summary())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("any_study")


@given(tables=legal())
def test_a_legal_study_gives_whole_numbers_or_one_error(tables, folder):
    result = outcome(tables, folder)
    assert result is None or is_whole(result)


@given(tables=legal(), organs=organ_tables())
def test_a_study_with_a_table_gives_whole_numbers_or_one_error(tables, organs, folder):
    tables.setdefault("subject", {"species": "mouse"})
    result = outcome({**tables, "biodistribution": written(folder, *organs)}, folder)
    assert result is None or is_whole(result)


@given(tables=spoilt())
def test_a_spoilt_study_gives_whole_numbers_or_one_error(tables, folder):
    result = outcome(tables, folder)
    assert result is None or is_whole(result)


@given(tables=spoilt(), base=st.sampled_from(["yang2011-cu64-crgd-spion", "gholami2016-sm153-dtpa-spion"]))
def test_a_study_that_changes_a_published_system_gives_whole_numbers_or_one_error(tables, base, folder):
    particle = tables.get("particle")
    tables["particle"] = {**(particle if isinstance(particle, dict) else {}), "catalogue": base}
    result = outcome(tables, folder)
    assert result is None or is_whole(result)


# Figures take seconds, so that fewer studies are drawn.
@settings(max_examples=max(settings.default.max_examples // 20, 3))
@given(tables=legal(), organs=organ_tables())
def test_any_result_can_be_reported_and_saved(tables, organs, folder):
    tables.setdefault("subject", {"species": "mouse"})
    result = outcome({**tables, "biodistribution": written(folder, *organs)}, folder) or outcome(tables, folder)
    if result is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert report_html(result).rstrip().endswith("</html>")
        assert plain(Result.load(result.save(folder / "result.nc"))) == plain(result)
