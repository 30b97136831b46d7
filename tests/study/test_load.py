"""Reading and merging input, and errors that name the field, the value, the range and the remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope import Study
from ferrotope.errors import InputError
from ferrotope.particle import Particle
from ferrotope.study.load import merge, read_toml, validate
from ferrotope.subject import Subject

CORE = {
    "material": "magnetite",
    "diameter_mean": "10 nm",
    "diameter_sd": "2 nm",
    "saturation_magnetisation": "60 emu/g",
}


def test_files_that_are_no_study(tmp_path):
    cases = {
        "empty.toml": b"",
        "blank.toml": b" \n",
        "binary.toml": bytes(range(256)),
        "broken.toml": b"[study\n",
        "deep.toml": b"a = " + b"[" * 20000,
        "number.toml": b"a = " + b"9" * 6000,
    }
    for name, content in cases.items():
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(InputError) as caught:
            read_toml(file)
        assert str(file) in str(caught.value)
    with pytest.raises(InputError, match="no such file"):
        read_toml(tmp_path / "absent.toml")
    with pytest.raises(InputError):
        read_toml(tmp_path)


def test_a_huge_file_is_refused_without_reading_it(tmp_path):
    file = tmp_path / "huge.toml"
    with file.open("wb") as stream:
        stream.truncate(1_000_000_000)  # sparse: no gigabyte is written
    with pytest.raises(InputError, match="too large"):
        read_toml(file)


def test_a_byte_order_mark_is_accepted(tmp_path):
    file = tmp_path / "bom.toml"
    file.write_bytes('\ufeff[study]\ntitle = "x"\n'.encode())
    assert read_toml(file) == {"study": {"title": "x"}}


def test_tables_merge_and_values_replace():
    merged = merge(
        {"a": {"x": {"value": "1 nm", "kind": "stated"}, "y": 1}, "l": [1, 2]},
        {"a": {"x": {"value": "2 nm"}}, "l": [3]},
    )
    assert merged == {"a": {"x": {"value": "2 nm"}, "y": 1}, "l": [3]}


def test_one_way_of_saying_a_size_replaces_the_other():
    merged = merge({"particle": {"core": CORE}}, {"particle": {"core": {"diameter": "8 nm"}}})["particle"]["core"]
    assert merged == {"material": "magnetite", "diameter": "8 nm", "saturation_magnetisation": "60 emu/g"}
    other = merge({"particle": {"core": CORE}}, {"particle": {"core": {"material": "maghemite"}}})["particle"]["core"]
    assert "saturation_magnetisation" not in other


def test_a_third_injected_amount_gives_way():
    base = {"protocol": {"administered_activity": "5 MBq", "iron_dose": "1 mg"}}
    merged = merge(base, {"protocol": {"activity_per_iron": "9 MBq/mg"}})["protocol"]
    assert set(merged) == {"administered_activity", "activity_per_iron"}
    assert merge(base, {"protocol": {"iron_dose": "2 mg"}})["protocol"] == {
        "administered_activity": "5 MBq",
        "iron_dose": "2 mg",
    }


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"core": {"material": "magnetite", "diametre": "10 nm"}}, "core.diametre", "diameter"),
        ({"core": {"material": "magnetite", "diameter": "5 kg"}}, "core.diameter", "nm"),
        ({"core": {"material": "magnetite", "diameter": {"value": "5 nm", "knd": "stated"}}}, "core.diameter", "kind"),
        ({"core": {}}, "core.material", "missing"),
        ({"core": "magnetite"}, "core", "table"),
        ({"label": {"nuclide": 64}}, "label.nuclide", "string"),
        (
            {"core": {"material": "magnetite", "diameter": "10 nm"}, "coating": {"hydrodynamic_diameter": "5 nm"}},
            "coating.hydrodynamic_diameter",
            "smaller than the core",
        ),
    ],
)
def test_errors_name_field_and_remedy(given, field, said):
    with pytest.raises(InputError) as caught:
        validate(Particle, given, "x.toml")
    assert caught.value.field == field
    assert said in str(caught.value)
    assert str(caught.value).startswith("x.toml: ")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["core", "value", "kind", "diameter", "material", "label", "nuclide", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["name", "core", "shell", "coating", "label", "ligand", "x"]), plain, max_size=4)
)
def test_any_tables_give_a_particle_or_one_error(given):
    try:
        validate(Particle, given)
    except InputError as error:
        assert str(error)


CATALOGUE = {"particle": {"catalogue": "yang2011-cu64-crgd-spion"}}


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (CATALOGUE | {"variant": "cRGD-free"}, r"^s.toml: variant: .* under \[particle\]"),
        (CATALOGUE | {"biodistribution": 3}, "^s.toml: biodistribution: this must be a table"),
        (CATALOGUE | {1: 2}, "a key must be text"),
        (CATALOGUE | {"study": {"title": "a\0b"}}, r"study.title: the text holds the control character '\\x00'"),
        ({"particle": {"catalogue": "~nobody-of-this-name/x"}}, "^s.toml: particle.catalogue: "),
        ({"subject": {"species": "mouse", "organ": {"livr": {"mass": "1 g"}}}}, r"organ.livr: .* 'liver'"),
        ({"subject": {"species": "mouse", "organ": {"tumour": {"mass": "1 g"}}}}, r"\[subject.tumour\]"),
        (
            {"subject": {"species": "mouse", "organ": {"kidney": {"mass": "1 g"}, "kidneys": {"mass": "1 g"}}}},
            "stands twice",
        ),
        ({"subject": {"species": "mouse", "tissue": {"tumuor": {"alpha": "0.3 1/Gy"}}}}, r"tumuor: .* 'tumour'"),
        ({"subject": {"species": "mouse", "tissue": {"graft": {"alpha": "0.3 1/Gy"}}}}, "no such tissue"),
        ({"subject": {"species": "human", "mass": "10 kg"}}, "subject.mass: the body is lighter than its organ muscle"),
        ({"particle": {"label": {"nuclide": "F-18", "time_since_labelling": "60 d"}}}, "nothing of F-18 is left"),
        ({"particle": {"shell": {"material": {"name": "x", "formula": "Xx", "density": "5 g/cm3"}}}}, "formula: "),
        (
            {"subject": {"species": "mouse"}, "protocol": {"iron_dose": "1 g"}},
            "^s.toml: protocol.iron_dose: the iron exceeds 1 %.*up to 2",
        ),
        (
            {"measured": [{"quantity": "r2", "value": 1, "source": "x", "conditions": {"B0": "3 m"}}]},
            r"measured\[0\].conditions.B0: the unit",
        ),
        (
            {"correlation": [{"between": ["particle.core.diameter", "nothing.here"], "coefficient": 0.5}]},
            r"^s.toml: correlation\[0\].between: there is no such input",
        ),
        (
            CATALOGUE
            | {
                "correlation": [
                    {"between": ["protocol.iron_dose", "subject.tumour.mass"], "coefficient": 0.5},
                    {"between": ["subject.tumour.mass", "protocol.iron_dose"], "coefficient": -0.5},
                ]
            },
            "stands twice",
        ),
    ],
)
def test_slips_that_once_passed_or_ended_in_a_traceback(tables, said):
    with pytest.raises(InputError, match=said):
        Study.from_tables(tables, file="s.toml", assume=True)


def test_an_organ_may_be_named_as_papers_do():
    subject = Subject(species="mouse", organ={"Kidney": {"mass": "0.4 g"}})
    assert subject.organ_mass("kidneys") == pytest.approx(0.4e-3)


def test_a_fault_of_a_system_is_not_said_to_be_the_study_s(tmp_path):
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat/system.toml").write_text('[particle.core]\nmaterial = "magnetite"\ndiametre = "10 nm"\n')
    with pytest.raises(InputError, match=r"system.toml: particle.core.diametre"):
        Study.from_tables({"particle": {"catalogue": "./cat"}}, folder=tmp_path, file="study.toml")
    (tmp_path / "cat/system.toml").write_text("variant = 3\n")
    with pytest.raises(InputError, match=r"system.toml: variant: "):
        Study.from_tables({"particle": {"catalogue": "./cat"}}, folder=tmp_path, file="study.toml")
