"""A result survives saving, explains itself without physics, and cites its sources."""

import json
import subprocess
import sys

import numpy as np
import pytest

from ferrotope.errors import DataError, InputError, SchemaError
from ferrotope.result import Input, Interval, Notice, Record, Result, Score, Series
from ferrotope.result.store import write_summary
from ferrotope.result.summary import plain
from ferrotope.result.text import number_text


def example() -> Result:
    record = Record(
        path="dosimetry.absorbed_dose.tumour",
        value=1.25,
        unit="Gy",
        title="Tumour dose",
        method="sphere",
        inputs=("subject.tumour.mass",),
        upstream=("biokinetics",),
        rests_on=("assumed", "measured"),
        sources=("doi:10.1016/j.biomaterials.2011.02.006",),
    )
    words = Record(path="verdict.iron", value="grey", unit="", title="Iron")
    nothing = Record(path="biokinetics.tiac.bone", value=None, unit="h", title="Bone", validity="no point")
    return Result(
        title="A study ± ü",
        records={item.path: item for item in (record, words, nothing)},
        series={
            "dosimetry": (
                Series(name="organ", dims=("organ",), values=np.array(["liver", "tumour"])),
                Series(name="dose", dims=("organ",), values=np.array([0.5, 1.25]), unit="Gy", title="Dose"),
            )
        },
        notices=(Notice(level="warning", text="Look.", stage="biokinetics"),),
        inputs={
            "subject.tumour.mass": Input(
                "subject.tumour.mass", "0.2 g", 2e-4, "kg", "measured", "doi:10.1234/example", "table 1", "", True
            )
        },
        headlines=("dosimetry.absorbed_dose.tumour",),
        study={"system": {"reference": {"citation": "Somebody 2011", "doi": ""}}},
        provenance={"ferrotope": "0", "samples": 64},
        intervals={"dosimetry.absorbed_dose.tumour": Interval(1.0, 1.25, 1.5)},
        ranking={"dosimetry.absorbed_dose.tumour": [("subject.tumour.mass", 0.9)]},
        scores=(Score("p", "q", 1.0, 2.0, "Gy", 2.0, "s", False, "B0 not stated"),),
    )


def test_save_and_load_give_the_same(tmp_path):
    before = example()
    after = Result.load(before.save(tmp_path / "result.nc"))
    assert plain(after) == plain(before)
    assert after.records == before.records
    dose = {item.name: item for item in after.series["dosimetry"]}
    assert dose["dose"].values.tolist() == [0.5, 1.25]
    assert dose["dose"].unit == "Gy"
    assert dose["organ"].values.tolist() == ["liver", "tumour"]
    assert not list(tmp_path.glob("*.partial"))


def test_the_file_is_plain_hdf5(tmp_path):
    import h5py

    with h5py.File(example().save(tmp_path / "result.nc")) as file:
        assert file["dosimetry/dose"][1] == 1.25
        assert file.attrs["ferrotope_schema"] == 1


def test_files_that_are_no_result_are_refused(tmp_path):
    (tmp_path / "text.nc").write_text("hello")
    for name in ("text.nc", "absent.nc"):
        with pytest.raises(DataError):
            Result.load(tmp_path / name)
    import xarray

    xarray.Dataset({"a": 1}).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(DataError):
        Result.load(tmp_path / "other.nc")


@pytest.mark.parametrize(
    ("name", "content"),
    [("records", "[{"), ("records", "3"), ("records", '[{"path": "a"}]'), ("scores", "[[1]]"), ("ranking", "null")],
)
def test_a_damaged_result_is_refused(tmp_path, name, content):
    import h5py

    path = example().save(tmp_path / "result.nc")
    with h5py.File(path, "a") as file:
        del file[name]
        file[name] = content
    with pytest.raises(DataError, match="damaged"):
        Result.load(path)


def test_a_result_of_another_schema_is_refused(tmp_path):
    import h5py

    path = example().save(tmp_path / "result.nc")
    with h5py.File(path, "a") as file:
        file.attrs["ferrotope_schema"] = 99
    with pytest.raises(SchemaError, match="99"):
        Result.load(path)


def test_summary_json_is_strict_json(tmp_path):
    text = write_summary(example(), tmp_path / "summary.json").read_text(encoding="utf-8")
    tables = json.loads(text, parse_constant=lambda word: pytest.fail(word))
    assert tables["records"][0]["value"] == 1.25


def test_explain_names_method_inputs_kinds_and_causes():
    text = example().explain("absorbed_dose.tumour")
    for part in (
        "1.25 Gy",
        "sphere",
        "subject.tumour.mass = 0.2 g",
        "measured",
        "table 1",
        "90%",
        "uses stage biokinetics",
    ):
        assert part in text
    assert "0.2 g" in example().explain("tumour.mass")
    with pytest.raises(InputError, match="absorbed_dose"):
        example().explain("dosimetry.absorbed_dos.tumour")


def test_cite_gives_bibtex_of_what_was_used():
    text = example().cite()
    assert "@article{Yang2011" in text
    assert "10.1234/example" in text
    assert "Somebody 2011" in text


def test_a_missing_number_has_a_helpful_error():
    with pytest.raises(InputError, match=r"dosimetry\.absorbed_dose\.tumour"):
        example()["dosimetry.absorbed_dose.tumor"]


def test_explaining_a_loaded_result_imports_no_physics(tmp_path):
    path = example().save(tmp_path / "result.nc")
    code = (
        "import sys; from ferrotope.result import Result; r = Result.load(sys.argv[1])\n"
        "r.explain('absorbed_dose.tumour'); r.cite()\n"
        "light = {'result', 'errors', 'sources', 'units'}\n"
        "bad = [m for m in sys.modules if m[:10] == 'ferrotope.' and m.split('.')[1] not in light]; assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.012345, "0.0123"),
        (1234567.0, "1.23×10⁶"),
        (None, "not known"),
        (float("nan"), "not known"),
        (0.0, "0"),
        (99999.0, "100000"),
        (123.4, "123"),
        (-2.5e-7, "-2.50×10⁻⁷"),
        ("green", "green"),
    ],
)
def test_numbers_as_text(value, text):
    assert number_text(value) == text
