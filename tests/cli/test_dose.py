"""`ferrotope dose`: what it writes, and that bad input leaves nothing behind."""

import hashlib
import json
import sys

import numpy as np
import pydicom
import pytest
from pydantic import TypeAdapter

from ferrotope.cli import main
from ferrotope.imaging.image_grid import Grid
from ferrotope.imaging.nifti import open_nifti, write_nifti
from ferrotope.result import Result
from ferrotope.result.summary import Summary

SAID = ("--times", "4 h, 24 h", "--decay-reference", "image", "--unit", "kBq/mL")
TABLES = {"result.nc", "summary.json", "report.html"}
MAPS = {"dose.nii.gz", "time_integrated_activity.nii.gz"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with two images, a mask and a map of densities on a grid that is turned and left-handed."""
    affine = np.array([[0, -4e-3, 0, 0.1], [3e-3, 0, 0, 0.2], [0, 0, 5e-3, 0.3], [0, 0, 0, 1]])
    grid = Grid.of((4, 5, 6), affine)
    for name, value in (("a", 2.0), ("b", 1.0)):
        write_nifti(tmp_path / f"{name}.nii.gz", np.full(grid.shape, value), grid)
    labels = np.zeros(grid.shape, dtype=int)
    labels[1:3] = 2
    write_nifti(tmp_path / "mask.nii", labels, grid)
    write_nifti(tmp_path / "density.nii", np.full(grid.shape, 1.05), grid)
    write_nifti(tmp_path / "ct.nii", np.full(grid.shape, 40.0), grid)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def full_command(monkeypatch, capsys, place):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["ferrotope", "dose", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def command(full_command, monkeypatch):
    """Drawing takes a second."""
    monkeypatch.setattr(
        "ferrotope.report.image_dose.write_image_dose_page", lambda _, path: path.write_text("<html></html>")
    )
    return full_command


def test_maps_tables_and_report_are_written(full_command, place):
    status, out, err = full_command(
        "a.nii.gz", "b.nii.gz", "--nuclide", "Lu-177", "-o", "out/dose", *SAID, "--mask", "mask.nii", "--region",
        "2=tumour", "--administered-activity", "20 MBq", "--density-map", "density.nii", "--by-radiation",
    )  # fmt: skip
    assert (status, err) == (0, "")
    folder = place / "out/dose"
    assert {file.name for file in folder.iterdir()} == TABLES | MAPS | {"dose_rate_1.nii.gz", "dose_rate_2.nii.gz"}
    assert "absorbed dose of tumour" in out
    page = (folder / "report.html").read_text(encoding="utf-8")
    for word in ("tumour", "D98", "beta-", "<svg", "not a medical device", "Partial-volume", "a.nii.gz"):
        assert word in page
    assert "http" not in page.replace("http://www.w3.org", "").replace("https://doi.org", "").replace(
        "http://purl.org", ""
    ).replace("http://creativecommons.org", "")
    tables = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    TypeAdapter(Summary).validate_python(tables)
    result = Result.load(folder / "result.nc")
    dose, image = open_nifti(folder / "dose.nii.gz"), open_nifti(place / "a.nii.gz")
    assert dose.grid.affine == pytest.approx(image.grid.affine, abs=1e-9)
    inside = open_nifti(place / "mask.nii").values() == 2
    assert dose.values()[inside].mean() == pytest.approx(result["dosimetry.absorbed_dose.tumour"].value, rel=1e-5)
    decays = open_nifti(folder / "time_integrated_activity.nii.gz").values()
    recorded = result["dosimetry.time_integrated_activity.whole_image"]
    assert decays.sum() / 3.6e9 == pytest.approx(recorded.value, rel=1e-5)
    for name, digest in result.provenance["volumes_sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_only_what_was_asked_for_is_written(command, place):
    assert command("a.nii.gz", "b.nii.gz", "--nuclide", "Y-90", "-o", "x", *SAID, "--no-dose-rates")[0] == 0
    assert {file.name for file in (place / "x").iterdir()} == TABLES | MAPS


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--nuclide", "Lu-177"), "time_after_injection"),
        (("--nuclide", "Lu-177", *SAID[:4]), "unit"),
        (("--nuclide", "Lu-177", *SAID[:2], *SAID[4:]), "decay_reference"),
        (("--nuclide", "Lu-999", *SAID), "nuclide"),
        (("--nuclide", "Lu-175", *SAID), "stable"),
        (("--nuclide", "Ac-225", *SAID), "daughters"),
        (("--nuclide", "Ac-225", *SAID, "--daughters", "Bi-213=x"), "--daughters"),
        (("--nuclide", "Lu-177", "--times", "4 h", *SAID[2:]), "--times"),
        (("--nuclide", "Lu-177", "--times", "4 h, 24 mm", *SAID[2:]), "--times"),
        (("--nuclide", "Lu-177", "--times", "24 h, 4 h", *SAID[2:]), "not in order"),
        (("--nuclide", "Lu-177", *SAID, "--mask", "absent.nii"), "absent.nii"),
        (("--nuclide", "Lu-177", *SAID, "--region", "2=tumour"), "--mask"),
        (("--nuclide", "Lu-177", *SAID, "--mask", "mask.nii", "--region", "tumour"), "--region"),
        (("--nuclide", "Lu-177", *SAID, "--mask", "mask.nii", "--region", "3=tumour"), "no such label"),
        (("--nuclide", "Lu-177", *SAID, "--density", "1 mm"), "--density"),
        (("--nuclide", "Lu-177", *SAID, "--density", "1 g/cm3", "--density-map", "density.nii"), "two densities"),
        (("--nuclide", "Lu-177", *SAID, "--administered-activity", "-1 MBq"), "--administered-activity"),
        (("--nuclide", "Lu-177", *SAID, "--fit", "x"), "integration"),
        (("--nuclide", "Lu-177", *SAID, "--negative", "x"), "--negative zero"),
        (("--nuclide", "Lu-177", *SAID, "--injected", "09:30"), "injected"),
        (("--nuclide", "Lu-177", *SAID, "--injected", "2026-03-01 09:30"), "--times instead"),
        (("--nuclide", "Lu-177", "--times", "4, 24", *SAID[2:]), '"4 h, 24 h, 96 h"'),
        (("--nuclide", "F-18", "--times", "4 h, 96 h", *SAID[2:]), "half-lives of F-18"),
        (("--nuclide", "Lu-177", *SAID[:4], "--unit", "bq/ml"), "a.nii.gz: unit"),
        (("--nuclide", "Lu-177", *SAID[:4], "--unit", "counts", "--calibration", "12"), "12 Bq/mL"),
        (("--nuclide", "Lu-177", *SAID, "--mask", "mask.nii", "--region", "²=tumour"), "--region"),
        (("--nuclide", "Ac-225", *SAID, "--daughters", "Bi-213=0.1, Bi-213=1"), "named twice"),
        (("--nuclide", "Lu-177", *SAID, "--density-map", "ct.nii"), "Hounsfield"),
        (("--nuclide", "Lu-177", *SAID, "-o", "a.nii.gz/out"), "--output"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(command, place, arguments, word):
    before = sorted(place.rglob("*"))
    status, out, err = command("a.nii.gz", "b.nii.gz", "-o", "out/dose", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("ferrotope: ")
    assert err.count("\n") == 1
    assert word in err
    assert sorted(place.rglob("*")) == before


def test_one_file_given_twice_is_refused(command):
    status, _, err = command("a.nii.gz", "./a.nii.gz", "--nuclide", "Lu-177", "-o", "out", *SAID)
    assert (status, "given twice" in err) == (2, True)


def test_warnings_are_read_where_the_numbers_are(command):
    said = command("b.nii.gz", "a.nii.gz", "--nuclide", "Lu-177", "-o", "out", *SAID, "--no-dose-rates")[1]
    assert "warning: Corrected for decay, the activity in the images grows" in said
    assert "not a medical device" in said


def test_an_interrupt_leaves_nothing(command, place, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("ferrotope.result.store.write_summary", interrupted)
    status, _, err = command("a.nii.gz", "b.nii.gz", "--nuclide", "Lu-177", "-o", "out/dose", *SAID)
    assert (status, "nothing was written" in err) == (130, True)
    assert not (place / "out").exists()


def test_a_folder_with_something_in_it_is_left_alone(command, place):
    (place / "out").mkdir()
    (place / "out/note.txt").write_text("mine")
    status, _, err = command("a.nii.gz", "b.nii.gz", "--nuclide", "Lu-177", "-o", "out", *SAID)
    assert (status, "--output" in err) == (2, True)
    assert [file.name for file in (place / "out").iterdir()] == ["note.txt"]


def test_what_fails_while_writing_leaves_nothing(command, place, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ferrotope.result.store.write_summary", full)
    status, _, err = command("a.nii.gz", "b.nii.gz", "--nuclide", "Lu-177", "-o", "out/dose", *SAID)
    assert (status, "No space left" in err) == (2, True)
    assert not (place / "out").exists()


def test_dicom_without_pydicom_says_what_to_install(command, place, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydicom", None)
    (place / "series").mkdir()
    for arguments in (("series",), ("a.nii.gz", *SAID[2:], "--times", "4 h", "--rt-dose")):
        status, _, err = command(*arguments, "--nuclide", "Lu-177", "-o", "out")
        assert (status, "pydicom" in err) == (2, True)
    assert not (place / "out").exists()


def test_rt_dose_is_written_beside_the_maps(command, place):
    assert command("a.nii.gz", "b.nii.gz", "--nuclide", "Lu-177", "-o", "out", *SAID, "--rt-dose")[0] == 0
    found = pydicom.dcmread(place / "out/dose.dcm")
    most = open_nifti(place / "out/dose.nii.gz").values().max()
    assert found.pixel_array.max() * float(found.DoseGridScaling) == pytest.approx(most, rel=1e-6)
