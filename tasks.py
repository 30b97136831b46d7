"""Tasks of the project, with the standard library only.

    python3 tasks.py run        make the environment, run the main job, say where the report lies
    python3 tasks.py test       the same environment with the test tools, then the fast tests
    python3 tasks.py test-all   all tests, the slow ones too
    python3 tasks.py lint       ruff, the type checker, the floor plan
    python3 tasks.py lock       resolve the dependencies anew (needs uv)
    python3 tasks.py clean      remove the environment and what was built

The environment is .venv beside this file. It is made from a lock with hashes, wheels only, and made again when the lock or
the Python changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SYSTEM = "yang2011-cu64-crgd-spion"
NEWEST_FIRST = ("3.14", "3.13", "3.12", "3.11")
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


class Missing(Exception):
    """Something that the machine lacks, with the remedy."""


def find_python() -> str:
    """Return the newest Python 3.11 to 3.14 that starts and can make an environment."""
    lacking = []
    for command in _candidates():
        version = _version(command)
        if version not in NEWEST_FIRST:
            continue
        if _runs([*command, "-c", "import venv, ensurepip, ssl"]):
            return _output([*command, "-c", "import sys; print(sys.executable)"])
        lacking.append(f"{' '.join(command)} (Python {version})")
    if lacking:
        raise Missing(
            f"{lacking[0]} lacks the modules venv, ensurepip or ssl. On Debian and Ubuntu: apt install python3-venv. "
            "Otherwise install Python from python.org."
        )
    raise Missing(f"no Python {NEWEST_FIRST[-1]} to {NEWEST_FIRST[0]} was found. Install one, for example from python.org.")


def _candidates() -> list[list[str]]:
    found = [["py", f"-{version}"] for version in NEWEST_FIRST] if WINDOWS and shutil.which("py") else []
    found += [[f"python{version}"] for version in NEWEST_FIRST if shutil.which(f"python{version}")]
    return [*found, [sys.executable], *([name] for name in ("python3", "python") if shutil.which(name))]


def _version(command: list[str]) -> str:
    # A name on the path may be a shim that fails, so each candidate is started.
    code = "import sys; print('%d.%d' % sys.version_info[:2]) if sys.implementation.name == 'cpython' else print('')"
    try:
        return _output([*command, "-c", code])
    except (OSError, subprocess.SubprocessError):
        return ""


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, cwd=ROOT)
    return done.stdout.strip()


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60, cwd=ROOT).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def environment(lock: str) -> None:
    """Make .venv from a lock file, or leave it when it is already what the lock says."""
    file = ROOT / "requirements" / f"{lock}.txt"
    base = find_python()
    wanted = {"python": base, "lock": _digest(file), "project": _digest(ROOT / "pyproject.toml"), "root": str(ROOT)}
    stamp = VENV / "ferrotope-stamp.json"
    have = _stamp(stamp)
    same = all(have.get(key) == wanted[key] for key in ("python", "project", "root"))
    if same and PYTHON.exists() and wanted["lock"] in have.get("locks", []):
        return
    if not (same and PYTHON.exists()):
        print(f"making .venv with {base}", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([base, "-m", "venv", str(VENV)], check=True)
        have = {}
    stamp.unlink(missing_ok=True)  # a broken installation must not look whole
    print(f"installing requirements/{lock}.txt", flush=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    _install([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(file)])
    _install([*pip, "--no-build-isolation", "--no-deps", "--no-index", "--editable", str(ROOT)])
    locks = [*have.get("locks", []), wanted["lock"]]
    stamp.write_text(json.dumps({**wanted, "locks": locks}), encoding="utf-8")


def _install(command: list[str]) -> None:
    if subprocess.run(command, cwd=ROOT).returncode != 0:
        raise Missing("the packages could not be installed (see above). A network or a package mirror is needed the first time.")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _stamp(file: Path) -> dict:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _call(*arguments: str) -> int:
    return subprocess.run([str(PYTHON), *arguments], cwd=ROOT).returncode


def run() -> int:
    """Run the main job: the published system of Yang 2011, from its catalogue entry to the report."""
    environment("run")
    output = Path("out") / "yang2011"
    code = _call("-m", "ferrotope", "run", SYSTEM, "-o", str(output), "--samples", "256")
    if code == 0:
        print(f"open {ROOT / output / 'report.html'}")
    return code


def test() -> int:
    """Run the fast tests."""
    environment("test")
    return _call("-m", "pytest", "-q", "-m", "not slow", "-n", "auto", "--maxprocesses", "4")


def test_all() -> int:
    """Run all tests."""
    environment("test")
    return _call("-m", "pytest", "-q", "-n", "auto", "--maxprocesses", "4")


def lint() -> int:
    """Check style, types and the floor plan."""
    environment("test")
    checks = (
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy"),
        ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    )
    return max(_call(*check) for check in checks)


def lock() -> int:
    """Resolve the dependencies anew for all supported Pythons and systems."""
    uv = shutil.which("uv")
    if uv is None:
        raise Missing("making the lock needs uv: pip install uv")
    options = "--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --only-binary :all: -q"
    for name, extra in (("test", ["--extra", "test"]), ("run", ["-c", "requirements/test.txt"])):
        command = [uv, "pip", "compile", "pyproject.toml", "requirements/build.in", *extra, *options.split(), "-o", f"requirements/{name}.txt"]
        subprocess.run(command, check=True, cwd=ROOT)
    return 0


def clean() -> int:
    """Remove the environment and what was built."""
    for name in (".venv", "out", "dist", "build", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", ".import_linter_cache"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


TASKS = {"run": run, "test": test, "test-all": test_all, "lint": lint, "lock": lock, "clean": clean}


def main(arguments: list[str]) -> int:
    """Do one task; the exit status is that of the task."""
    if len(arguments) != 1 or arguments[0] not in TASKS:
        print(__doc__)
        return 2
    try:
        return TASKS[arguments[0]]()
    except Missing as problem:
        print(f"tasks: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
