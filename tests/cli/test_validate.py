"""`ferrotope validate`: what it prints and writes, and that nothing is deleted or left half-written."""

import re
import sys
from html.parser import HTMLParser

import pytest

from ferrotope import catalogue
from ferrotope.cli import main
from ferrotope.cli.output import VALIDATION_FILES
from ferrotope.cli.validate import summary_text, validation_text
from ferrotope.report.figures.validation import predicted_against_measured
from ferrotope.report.validation import validation_html
from ferrotope.study.validation import Row, Validation

TABLE, PLOT = VALIDATION_FILES
MEASURED = """
[[{where}measured]]
quantity = "{quantity}"
value = {value}
unit = "1/(mM s)"
predicts = "relaxometry.{name}"
conditions = {{ B0 = "1.5 T", medium = "water" }}
source = "this laboratory <&>"
"""
ENTRY = (
    """
schema = 1
[system]
id = "one2026-spheres"
title = "Spheres"
reference = { citation = "A. Author, Some Journal 2026" }
[particle.core]
material = "magnetite"
diameter = "6.0(5) nm"
sigma_g = 1.1
"""
    + MEASURED.format(where="", quantity="r1", value=9.0, name="r1")
    + MEASURED.format(where="", quantity="r2 of batch 1", value=30.0, name="r2")
    + MEASURED.format(where="", quantity="r2 of batch 2", value=12.0, name="r2")
    + '[[variant]]\nname = "larger"\nparticle = { core = { diameter = "8.0(5) nm" } }\n'
    + MEASURED.format(where="variant.", quantity="r2", value=45.0, name="r2")
)


def row(**given):
    plain = {
        "system": "a2026-x", "variant": "", "path": "magnetism.slp", "quantity": "SLP", "unit": "W/g",
        "conditions": "10 kA/m, 300 kHz", "measured": 100.0, "measured_sd": None, "predicted": 150.0, "low": None,
        "high": None, "remark": "", "validity": "", "source": "doi:10.1/x",
    }  # fmt: skip
    return Row(**{**plain, **given})


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Run the command line in a folder with a catalogue of one entry, and with nothing else in the catalogue."""
    place = tmp_path / "systems" / "one2026-spheres"
    place.mkdir(parents=True)
    (place / "system.toml").write_text(ENTRY, encoding="utf-8")
    monkeypatch.setattr(catalogue, "ids", lambda _=None: ["one2026-spheres"])
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        arguments = ("validate", "--catalogue", place.parent, "--samples", "8", *arguments)
        monkeypatch.setattr(sys, "argv", ["ferrotope", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def plain_page(monkeypatch):
    """Drawing takes a second."""
    monkeypatch.setattr(
        "ferrotope.report.validation.write_validation_page", lambda *given, **_: given[2].write_text("<html></html>")
    )


def test_it_prints_every_measurement_and_writes_table_and_plot(command, tmp_path):
    status, out, err = command("-o", "done")
    assert (status, err) == (0, "")
    assert {file.name for file in (tmp_path / "done").iterdir()} == {TABLE, PLOT}
    found = Validation.read_csv(tmp_path / "done" / TABLE)
    assert [(item.variant, item.path, item.measured) for item in found.rows] == [
        ("", "relaxometry.r1", 9.0),
        ("", "relaxometry.r2", 30.0),
        ("", "relaxometry.r2", 12.0),
        ("larger", "relaxometry.r2", 45.0),
    ]
    assert validation_text(found) in out
    assert all(item.low < item.predicted < item.high for item in found.rows)
    assert re.search(r"r2 per mM iron +1/\(mM s\) +3 +1 ", out)
    assert "temperature not stated, 37 degC taken" in out
    assert TABLE in out and PLOT in out  # noqa: PT018
    page = (tmp_path / "done" / PLOT).read_text(encoding="utf-8")
    assert page.count("<svg") == 1
    assert "this laboratory &lt;&amp;&gt;" in page


def test_without_an_output_it_writes_to_out(command, plain_page, tmp_path):
    assert command()[0] == 0
    assert (tmp_path / "out/validation" / TABLE).is_file()


@pytest.mark.parametrize("domain", ["magnetism", "relaxometry", "all"])
def test_domains(command, plain_page, domain):
    status, out, _ = command("--domain", domain)
    assert status == 0
    assert "relaxometry.r1" in out


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--domain", "magnetsim"), ("domain", "magnetsim", "Did you mean 'magnetism'?")),
        (("--domain", "dose"), ("domain", "dose", "all, magnetism, relaxometry")),
        (("--samples", "5"), ("samples", "5", "8 to 1000000")),
        (("--samples", "-1"), ("samples", "-1")),
    ],
)
def test_wrong_arguments_are_one_line_and_leave_nothing(command, tmp_path, arguments, parts):
    status, out, err = command(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("ferrotope: ")
    assert all(part in err for part in parts), err
    assert [file.name for file in tmp_path.iterdir()] == ["systems"]


def test_an_absent_catalogue_folder_is_named(command, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(sys, "argv", ["ferrotope", "validate", "--catalogue", "absent", "-o", "/nowhere/at/all"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2


def test_foreign_files_are_never_touched(command, plain_page, tmp_path):
    (tmp_path / "mine").mkdir()
    precious = tmp_path / "mine" / "validation.csv"
    precious.write_text("my data")
    status, _, err = command("-o", "mine")
    assert status == 2
    assert "did not write" in err
    assert precious.read_text() == "my data"
    assert command("-o", "mine/validation.csv")[0] == 2
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["validation.csv"]


def test_an_earlier_validation_is_replaced_and_a_result_beside_it_stays(command, plain_page, tmp_path):
    (tmp_path / "done").mkdir()
    (tmp_path / "done/report.html").write_text("a report")
    for samples in ("0", "8"):
        assert command("-o", "done", "--samples", samples)[0] == 0
    assert {file.name for file in (tmp_path / "done").iterdir()} == {TABLE, PLOT, "report.html"}
    assert (tmp_path / "done/report.html").read_text() == "a report"
    assert Validation.read_csv(tmp_path / "done" / TABLE).rows[0].low is not None


def test_what_cannot_be_written_changes_nothing(command, monkeypatch, plain_page, tmp_path):
    assert command("-o", "done", "--samples", "0")[0] == 0
    before = {file.name: file.read_bytes() for file in (tmp_path / "done").iterdir()}

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ferrotope.report.validation.write_validation_page", full)
    status, _, err = command("-o", "done")
    assert status == 2
    assert "No space left on device" in err
    assert {file.name: file.read_bytes() for file in (tmp_path / "done").iterdir()} == before
    assert command("-o", "new/folder")[0] == 2
    assert not (tmp_path / "new").exists()


def test_an_interrupt_writes_nothing(command, monkeypatch, tmp_path):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("ferrotope.study.validation.predicted_at", interrupted)
    status, _, err = command("-o", "done")
    assert status == 130
    assert "interrupted, nothing was written" in err
    assert "Traceback" not in err
    assert not (tmp_path / "done").exists()


def test_the_text_fits_a_terminal():
    rows = (
        row(
            system="a-very-long-name-of-a-system-2026-with-everything",
            variant="a variant whose name does not end soon enough",
            conditions="10.0234 kA/m, 302.3 kHz, 37 degC, a medium with a long description in words",
            measured=12345678.0,
            measured_sd=2345678.0,
            predicted=0.000012345,
            low=0.0000012345,
            high=0.12345,
            remark="; ".join(f"remark {number} that goes on and on" * 6 for number in range(9)),
        ),
        row(low=90.0, high=200.0),
        row(path="dosimetry.absorbed_dose.left_kidney_cortex", unit="Gy", conditions="", quantity="dose"),
    )
    text = validation_text(Validation(rows))
    assert max(map(len, text.splitlines())) <= 120
    assert "90.0 to 200" in text
    assert re.search(r"150 +90\.0 to 200 +1\.50 +yes", text)
    assert "dose" in text


def test_measurements_under_the_same_conditions_are_told_apart():
    rows = (row(quantity="SLP at 1 mg/mL"), row(quantity="SLP at 20 mg/mL"))
    text = validation_text(Validation(rows))
    assert "SLP at 1 mg/mL; 10 kA/m, 300 kHz" in text
    assert "SLP at 20 mg/mL; 10 kA/m, 300 kHz" in text


def test_nothing_to_score_is_said_and_still_a_page():
    assert "No system" in validation_text(Validation(()))
    assert "<svg" not in validation_html([], [], domain="all", samples=0, version="1.2.3")


def test_the_summary_says_how_many_lie_inside():
    rows = (
        row(low=90.0, high=200.0),
        row(low=110.0, high=200.0),
        row(measured=10.0),
    )
    line = summary_text(Validation(rows)).splitlines()[1]
    # of the ratios 1.5, 1.5 and 15
    assert re.search(r" 3 +1 +3\.23 +3\.78 +2 of 3 +1 of 2$", line)


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.outside = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)
        self.outside += [value for name, value in attrs if name in ("src", "href") and not value.startswith("#")]

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_from_outside():
    rows = [row(low=90.0, high=200.0), row(measured_sd=9.0), row(path="relaxometry.r2", unit="1/(mM s)", predicted=0.0)]
    found = Validation(tuple(rows))
    html = validation_html(
        [item.as_dict() for item in found.rows],
        [item.as_dict() for item in found.summary()],
        domain="magnetism",
        samples=64,
        version="1.2.3",
    )
    page = _Page()
    page.feed(html)
    assert (page.open, page.outside) == ([], [])
    assert "a2026-x" in html
    assert "Ferrotope 1.2.3" in html
    assert "not positive: 1" in html


def test_the_plot_has_a_panel_a_quantity():
    paths = ("magnetism.slp", "magnetism.ilp", "relaxometry.r1", "relaxometry.r2")
    rows = [
        row(path=path, system=f"s{index % 11}", low=0.0, high=1e9, measured_sd=500.0).as_dict()
        for path in paths
        for index in range(22)
    ]
    figures = predicted_against_measured(rows)
    assert [len(figure.axes) for figure, _ in figures] == [3, 1]
    for figure, caption in figures:
        assert "factor of two" in caption
        for axis in figure.axes:
            assert (axis.get_xscale(), axis.get_yscale()) == ("log", "log")
            assert axis.get_xlim() == axis.get_ylim()
            points = [line for line in axis.lines if line.get_linestyle() == "None"]
            assert sum(len(line.get_xdata()) for line in points) == 22
            assert len({(line.get_color(), line.get_marker()) for line in points}) == 11
