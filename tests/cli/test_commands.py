"""The command line: what it writes, what it says, and that bad input leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from pydantic import TypeAdapter

from ferrotope import catalogue
from ferrotope.cli import main
from ferrotope.cli.app import _printable
from ferrotope.result import Result
from ferrotope.result.summary import Summary

YANG = "yang2011-cu64-crgd-spion"


@pytest.fixture
def command(short_report, full_command):
    """The command line, whose report is a line: drawing figures takes seconds."""
    return full_command


@pytest.fixture
def short_report(monkeypatch):
    monkeypatch.setattr("ferrotope.report.write_report", lambda _, path: path.write_text("<html></html>"))


@pytest.fixture
def full_command(monkeypatch, capsys, tmp_path):
    """Run the command line in an empty folder; give the exit status, what it printed and what it complained about."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["ferrotope", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def write(folder, text, name="study.toml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_run_writes_three_files_and_says_where(full_command, tmp_path):
    status, out, err = full_command("run", YANG, "-o", "out/yang", "--samples", "0")
    assert (status, err) == (0, "")
    assert {file.name for file in (tmp_path / "out/yang").iterdir()} == {"result.nc", "summary.json", "report.html"}
    assert f"report: {os.path.join('out', 'yang', 'report.html')}" in out
    assert "inputs measured" in out
    assert "For research, not a medical device." in out
    result = Result.load(tmp_path / "out/yang/result.nc")
    assert all(result.records[path].title in out for path in result.headlines)
    tables = json.loads((tmp_path / "out/yang/summary.json").read_text(encoding="utf-8"))
    TypeAdapter(Summary).validate_python(tables)
    assert not list(tmp_path.rglob("*.partial"))


def test_without_an_output_the_folder_bears_the_name(command, tmp_path):
    write(tmp_path, f'[particle]\ncatalogue = "{YANG}"\n', "mine.toml")
    assert command("run", "mine.toml", "--samples", "0")[0] == 0
    assert (tmp_path / "out/mine/report.html").is_file()


def test_samples_and_seed_are_those_asked_for(command, tmp_path):
    assert command("run", YANG, "-o", "a", "--samples", "16", "--seed", "5")[0] == 0
    result = Result.load(tmp_path / "a/result.nc")
    assert (result.provenance["samples"], result.provenance["seed"]) == (16, 5)
    assert result.intervals


def test_an_earlier_result_is_replaced_whole(command, tmp_path):
    for _ in range(2):
        assert command("run", YANG, "-o", "a", "--samples", "0")[0] == 0
    assert len(list((tmp_path / "a").iterdir())) == 3


def test_a_variant_and_a_folder_of_ones_own(command, tmp_path):
    assert command("run", YANG, "--variant", "cRGD-free", "-o", "a", "--samples", "0")[0] == 0
    source = catalogue.entry(YANG).folder
    own = tmp_path / "systems" / "mine2026-cu64"
    own.mkdir(parents=True)
    for file in source.iterdir():
        (own / file.name).write_bytes(file.read_bytes())
    assert command("run", "mine2026-cu64", "--catalogue", "systems", "-o", "b", "--samples", "0")[0] == 0
    assert command("run", "systems/mine2026-cu64", "-o", "c", "--samples", "0")[0] == 0
    write(tmp_path, '[particle]\ncatalogue = "./systems/mine2026-cu64"\n')
    assert command("run", "study.toml", "-o", "d", "--samples", "0")[0] == 0
    values = [Result.load(tmp_path / name / "result.nc")["dosimetry.absorbed_dose.liver"].value for name in "bcd"]
    assert len(set(values)) == 1


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('[particle.core]\nmaterial = "magnetite"\ndiametre = "10 nm"\n', ["particle.core.diametre", "'diameter'"]),
        ('[particle.core]\nmaterial = "magnetite"\ndiameter = "5 kg"\n', ["particle.core.diameter", "5 kg", "nm"]),
        ('[particle.core]\nmaterial = "magnetite"\ndiameter = "3 m"\n', ["diameter", "3 m", "0.5 nm to 2000 nm"]),
        ('[particle.core]\nmaterial = "magnetite"\ndiameter = "-3 nm"\n', ["diameter", "must be positive"]),
        ('[particle.core]\nmaterial = "magnetite"\ndiameter = "nan nm"\n', ["diameter", "must be finite"]),
        ('[particle.label]\nnuclide = "Fe-56"\n', ["particle.label", "Fe-56", "stable"]),
        ('[particle.label]\nnuclide = "Xy-99"\n', ["particle.label", "Xy-99"]),
        (f'[particle]\ncatalogue = "{YANG[:-1]}"\n', ["particle.catalogue", YANG]),
        ('[subject]\nspecies = "dragon"\n', ["subject.species", "dragon", "mouse"]),
        ("[study\n", ["not valid TOML"]),
        ("", ["empty"]),
    ],
)
def test_bad_input_is_one_line_that_names_file_field_and_remedy(command, tmp_path, text, parts):
    write(tmp_path, text)
    status, out, err = command("run", "study.toml", "-o", "out")
    assert status == 2
    assert out == ""
    assert err.startswith("ferrotope: study.toml: ")
    assert err.count("\n") == 1
    for part in parts:
        assert part in err, err
    assert [file.name for file in tmp_path.iterdir()] == ["study.toml"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "no-such-system"),
        ("run", "absent.toml"),
        ("run", "."),
        ("run", YANG, "--samples", "7"),
        ("run", YANG, "--samples", "many"),
        ("run", YANG, "--seed", "-1"),
        ("run", YANG, "--variant", "cRGD-fre"),
        ("run", YANG, "--catalogue", "absent"),
        ("run", YANG, "--sample", "8"),
        ("run",),
        ("show", "yang"),
        ("dance",),
    ],
)
def test_wrong_arguments_end_with_status_two(command, tmp_path, arguments):
    status, _, err = command(*arguments)
    assert status == 2
    assert err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_foreign_files_are_never_replaced(command, tmp_path):
    (tmp_path / "out").mkdir()
    precious = write(tmp_path / "out", "my data", "notes.txt")
    status, _, err = command("run", YANG, "-o", "out", "--samples", "0")
    assert status == 2
    assert "did not write" in err
    assert precious.read_text() == "my data"
    assert command("run", YANG, "-o", "out/notes.txt", "--samples", "0")[0] == 2


@pytest.mark.parametrize("output", ["results/..", "."])
def test_no_way_of_naming_the_output_empties_a_folder(command, tmp_path, output):
    precious = write(tmp_path, "my data", "notes.txt")
    status, _, err = command("run", YANG, "-o", output, "--samples", "0")
    assert status == 2
    assert "notes.txt" in err
    assert precious.read_text() == "my data"


def test_a_folder_that_looks_temporary_is_left_alone(command, tmp_path):
    (tmp_path / "mine.partial").mkdir()
    thesis = write(tmp_path / "mine.partial", "my thesis", "thesis.txt")
    assert command("run", YANG, "-o", "mine", "--samples", "0")[0] == 0
    assert thesis.read_text() == "my thesis"


def test_a_system_folder_above_gives_its_name_to_the_output(command, tmp_path, monkeypatch):
    own = tmp_path / "mine2026-cu64"
    own.mkdir()
    for file in catalogue.entry(YANG).folder.iterdir():
        (own / file.name).write_bytes(file.read_bytes())
    (own / "data").mkdir()
    monkeypatch.chdir(own / "data")
    assert command("run", "..", "--samples", "0")[0] == 0
    assert (own / "data/out/mine2026-cu64/report.html").is_file()
    assert (own / "system.toml").is_file()


def test_an_id_stays_an_id_beside_an_output_of_its_name(command):
    for _ in range(2):
        assert command("run", YANG, "-o", YANG, "--samples", "0")[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_the_output_may_be_a_link_to_a_folder(command, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    assert command("run", YANG, "-o", "link", "--samples", "0")[0] == 0
    assert (tmp_path / "disk/report.html").is_file()


def test_an_impossible_name_is_refused_before_the_run(command):
    status, _, err = command("run", YANG, "-o", "x" * 300, "--samples", "0")
    assert status == 2
    assert "--output" in err


def test_a_terminal_without_superscripts_keeps_the_exponents():
    code = f"from ferrotope.cli import main; import sys; sys.argv = ['f', 'show', {YANG!r}]; main()"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert _printable("4.46×10¹⁴ ± 1.2×10⁻⁵", "cp1252") == "4.46e14 ± 1.2e-5"


def test_a_fault_of_ours_is_said_to_be_ours(command, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("boom")

    monkeypatch.setattr("ferrotope.study.study.chain", broken)
    status, _, err = command("run", YANG, "-o", "out")
    assert status == 1
    assert "fault of Ferrotope" in err
    assert "Traceback" not in err


def test_what_cannot_be_written_leaves_nothing(command, monkeypatch, tmp_path):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ferrotope.report.write_report", full)
    status, _, err = command("run", YANG, "-o", "out", "--samples", "0")
    assert status == 2
    assert "No space left on device" in err
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="signals to a child are another matter on Windows")
def test_an_interrupt_keeps_the_earlier_result(command, tmp_path):
    assert command("run", YANG, "-o", "out", "--samples", "0")[0] == 0
    before = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    code = "from ferrotope.cli import main; main()"
    arguments = [sys.executable, "-c", code, "run", YANG, "-o", "out", "--samples", "100000"]
    running = subprocess.Popen(arguments, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    time.sleep(4.0)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before
    assert not list(tmp_path.glob("*.partial"))


def test_show_lists_every_system(command):
    status, out, _ = command("show")
    assert status == 0
    listed = [line.split()[0] for line in out.splitlines()[1:]]
    assert listed == catalogue.ids()


@pytest.mark.parametrize("name", catalogue.ids())
def test_show_prints_an_entry_with_its_sources(command, name):
    status, out, _ = command("show", name)
    assert status == 0
    assert catalogue.entry(name).tables["system"]["title"] in out
    assert "[assumed]" in out
    assert "not found:" in out


def test_version_and_help(command):
    assert command("--version")[1].startswith("ferrotope 0.")
    assert "not a medical device" in " ".join(command("--help")[1].split())
