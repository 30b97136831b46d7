"""The lock and the wheel: everything that is needed, and nothing that names a machine."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import ferrotope

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "ferrotope"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(name: str) -> dict[str, list[str]]:
    """Lines of each requirement of a lock, by its head: name, version and marker."""
    blocks: dict[str, list[str]] = {}
    head = ""
    for line in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            blocks[head].append(line.strip(" \\"))
        else:
            head = line.strip(" \\")
            blocks[head] = []
    return blocks


def project_name(requirement: str) -> str:
    """Return "scipy" of "scipy>=1.15"."""
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("name", ["run", "test"])
def test_a_lock_holds_versions_hashes_and_markers_only(name):
    for head, hashes in locked(name).items():
        assert re.fullmatch(r"[a-z0-9._-]+==[\w.]+( ; [\w .<>=!'()]+)?", head), head
        assert hashes, head
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes), head


def test_the_test_lock_holds_the_whole_run_lock():
    assert locked("run").items() <= locked("test").items()


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("run", PROJECT["project"]["dependencies"]),
        ("run", PROJECT["build-system"]["requires"]),
        ("test", PROJECT["project"]["optional-dependencies"]["test"]),
    ],
)
def test_a_lock_holds_what_the_project_names(lock, requirements):
    names = {project_name(head) for head in locked(lock)}
    assert {project_name(requirement) for requirement in requirements} <= names


def test_versions_agree():
    version = PROJECT["project"]["version"]
    assert ferrotope.__version__ == version
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert PROJECT["build-system"]["requires"] == (ROOT / "requirements/build.in").read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built by the locked build backend without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = f"import hatchling.build; hatchling.build.build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_package(wheel):
    files = [file for file in PACKAGE.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    expected = {file.relative_to(PACKAGE.parent).as_posix() for file in files}
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if not name.startswith("ferrotope-")}
    assert inside == expected


def test_the_wheel_names_its_licence_and_its_command(wheel):
    archive = zipfile.ZipFile(wheel)
    about = {name.split("/", 1)[1]: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    assert "License-Expression: Apache-2.0\n" in about["METADATA"]
    assert {"licenses/LICENSE", "licenses/NOTICE"} <= set(about)
    assert "ferrotope = ferrotope.cli:main" in about["entry_points.txt"]


@pytest.mark.slow
def test_an_entry_runs_from_a_wheel_that_cannot_be_written(wheel, tmp_path):
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    before = {file: file.stat().st_mtime_ns for file in site.rglob("*")}
    for file in before:
        file.chmod(0o555 if file.is_dir() else 0o444)
    site.chmod(0o555)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r}); sys.dont_write_bytecode = True\n"
        f"import ferrotope; assert ferrotope.__file__.startswith({str(site)!r}), ferrotope.__file__\n"
        "from ferrotope.cli import main; main()"
    )
    command = [sys.executable, "-c", code, "run", "yang2011-cu64-crgd-spion", "-o", "report"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    try:
        assert done.returncode == 0, done.stderr
        assert {file.name for file in (tmp_path / "report").iterdir()} >= {"result.nc", "summary.json", "report.html"}
        assert {file: file.stat().st_mtime_ns for file in site.rglob("*")} == before
    finally:
        for file in [site, *before]:
            file.chmod(0o755)
