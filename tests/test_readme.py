"""The README: its code runs, its study runs, and its output is that of the program as it stands."""

import re
import tomllib
from pathlib import Path

import pytest

from ferrotope import Study

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_its_python_runs(capsys):
    for code in blocks("python"):
        exec(compile(code, "README.md", "exec"), {})
    assert "absorbed_dose.tumour" in capsys.readouterr().out


def test_its_study_runs():
    study, *_ = [tables for text in blocks("toml") if "particle" in (tables := tomllib.loads(text))]
    result = Study.from_tables(study).run(samples=8)
    assert result["hyperthermia.temperature_rise.tumour"].value > 0
    assert result["protocol.iron"].value == pytest.approx(0.22, rel=1e-6)  # 10 mg/kg in 22 g


def test_every_toml_block_is_toml():
    assert len([tomllib.loads(text) for text in blocks("toml")]) >= 2


def test_it_says_what_it_must():
    assert "For research, not a medical device." in README
    for command in ("make run", "make test", "python3 tasks.py run", "python3 tasks.py test"):
        assert command in README


@pytest.mark.slow
def test_its_output_is_the_present_one():
    """`python tools/readme.py` rewrites it."""
    shown = README.split("<!-- output -->\n```text\n")[1].split("\n```\n<!-- end of output -->")[0]
    assert shown == Study.from_catalogue("yang2011-cu64-crgd-spion").run(samples=256, seed=0).summary()
