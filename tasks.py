"""Tasks of the project, with the standard library only.

    python3 tasks.py run        make the environment, run the main job, say where the report lies
    python3 tasks.py test       the same environment with the test tools, then the fast tests
    python3 tasks.py test-all   all tests, the slow ones too
    python3 tasks.py lint       ruff, the type checker, the floor plan
    python3 tasks.py format     lay the code out
    python3 tasks.py lock       resolve the dependencies anew (needs uv)
    python3 tasks.py clean      remove the environment and what was built

The environment is .venv beside this file. It is installed from a lock with hashes, wheels only, and is made again when
the lock or the Python changes. It takes the newest Python that the package knows, or FERROTOPE_PYTHON=3.11 if that is
set. An older Python than the package needs may start this file, so it keeps to old syntax.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "ferrotope-stamp.json"
SYSTEM = "yang2011-cu64-crgd-spion"
NEWEST_FIRST = ("3.14", "3.13", "3.12", "3.11")
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
BUILT = "out dist build docs/_build .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache"

# What a Python says of itself. `home` and `executable` are those of the Python behind a virtual environment.
ABOUT = """
import json, platform, sys, sysconfig
about = {"version": platform.python_version(), "home": sys.base_prefix}
about["executable"] = getattr(sys, "_base_executable", None) or sys.executable
about["usual"] = (
    platform.python_implementation() == "CPython"
    and sys.maxsize > 2**32
    and not sysconfig.get_config_var("Py_GIL_DISABLED")
)
about["lacks"] = []
for name in ("venv", "ensurepip", "ssl"):
    try:
        __import__(name)
    except ImportError:
        about["lacks"].append(name)
print(json.dumps(about))
"""


class TaskError(Exception):
    """Something that the machine lacks, with the remedy."""


def find_python() -> dict:
    """Return what the newest fitting Python of this machine says of itself."""
    return choose([about for about in map(ask, candidates()) if about is not None])


def candidates() -> list:
    """Commands that may start a Python, each once: that of .venv, those on the path, the one that runs this file."""
    commands = [[str(PYTHON)]]  # first, so that .venv is kept while no newer Python is found
    if WINDOWS and shutil.which("py"):
        commands += [["py", "-" + version] for version in NEWEST_FIRST]
    names = ["python" + version for version in NEWEST_FIRST] + ["python3", "python"]
    # All of the path, not its first hit: that may be a shim of pyenv that fails before a Python that works.
    files = [Path(folder, name + ".exe" * WINDOWS) for name in names for folder in os.get_exec_path()]
    seen = {os.path.realpath(str(PYTHON))}
    for file in [*files, Path(sys.executable)]:
        real = os.path.realpath(str(file))
        if real not in seen and file.is_file():
            commands.append([str(file)])
        seen.add(real)
    return commands


def ask(command: list):
    """Start a Python and return what it says of itself, or None if it does not start."""
    try:
        said = subprocess.check_output(
            [*command, "-c", ABOUT], stderr=subprocess.DEVNULL, timeout=60, cwd=str(ROOT), env=surroundings()
        )
        return json.loads(said.decode())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def choose(found: list) -> dict:
    """Return the newest Python that can make an environment; say what is missing if there is none."""
    wish = os.environ.get("FERROTOPE_PYTHON")
    versions = [version for version in NEWEST_FIRST if version == (wish or version)]
    known = [about for about in found if about["usual"] and minor(about) in versions]
    for about in sorted(known, key=lambda about: versions.index(minor(about))):
        if not about["lacks"]:
            return about
    if known:
        about = known[0]
        raise TaskError(
            f"{about['executable']} (Python {about['version']}) lacks {' and '.join(about['lacks'])}. "
            f"On Debian and Ubuntu: apt install python{minor(about)}-venv. Elsewhere install Python from python.org."
        )
    needed = f"{wish}, as FERROTOPE_PYTHON says," if wish else f"{NEWEST_FIRST[-1]} to {NEWEST_FIRST[0]}"
    seen = sorted({f"{about['version']} ({about['executable']})" for about in found})
    raise TaskError(
        f"needs a 64-bit CPython {needed} and found {', '.join(seen) or 'none'} on the path. "
        "Install one, for example from python.org."
    )


def minor(about: dict) -> str:
    """Return "3.12" of "3.12.4"."""
    return ".".join(about["version"].split(".")[:2])


def environment(name: str) -> None:
    """Make .venv hold what requirements/NAME.txt says, and the package; do nothing if it does."""
    python = find_python()
    wanted = {"python": f"{python['version']} {python['home']}", "place": str(ROOT)}
    wanted.update({lock: digest(ROOT / "requirements" / f"{lock}.txt") for lock in ("run", "test")})
    project = digest(ROOT / "pyproject.toml")
    have = stamp()
    whole = all(have.get(key) == value for key, value in wanted.items()) and ask([str(PYTHON)]) is not None
    installed = have.get("installed", []) if whole else []
    if name in installed and have.get("project") == project:
        return
    if STAMP.exists():
        STAMP.unlink()  # an installation that breaks off must not look whole
    if not whole:
        say(f"making .venv with Python {python['version']} ({python['executable']})")
        do([python["executable"], "-m", "venv", "--clear", str(VENV)], "the environment .venv could not be made.")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if name not in installed:
        say(f"installing the packages of requirements/{name}.txt (a minute or so the first time)")
        lock = ["--require-hashes", "--only-binary", ":all:", "-r", f"requirements/{name}.txt"]
        do([*pip, *lock], "the packages could not be installed. The first time needs a network or a package mirror.")
    package = ["--no-build-isolation", "--no-deps", "--no-index", "--editable", "."]
    do([*pip, *package], "the package itself could not be installed.")
    installed = sorted({*installed, name, "run"})  # test.txt holds all of run.txt
    STAMP.write_text(json.dumps({**wanted, "project": project, "installed": installed}), encoding="utf-8")


def stamp() -> dict:
    """Return what .venv was made from, as it was written when it was whole."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError):
        return {}


def digest(file: Path) -> str:
    """Return the SHA-256 of a text file, whatever its line ends."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def surroundings(**more: str) -> dict:
    """Return the environment variables without those that would mix another Python in."""
    ours = {key: value for key, value in os.environ.items() if key not in ("PYTHONHOME", "PYTHONPATH")}
    return {**ours, "PIP_USER": "0", **more}


def call(*arguments: str, **variables: str) -> int:
    """Run the environment's Python in the project's folder and return its exit status."""
    return subprocess.call([str(PYTHON), *arguments], cwd=str(ROOT), env=surroundings(**variables))


def do(command: list, failure: str) -> None:
    """Run a command that must succeed."""
    if subprocess.call(command, cwd=str(ROOT), env=surroundings()) != 0:
        raise TaskError(failure + " What went wrong stands above.")


def say(text: str) -> None:
    """Print a line at once, in order with the output of what is started."""
    print(f"tasks: {text}", flush=True)


def run() -> int:
    """Run the main job: the published system of Yang 2011, from its catalogue entry to the report."""
    environment("run")
    output = Path("out", "yang2011")
    code = call("-m", "ferrotope", "run", SYSTEM, "-o", str(output), "--samples", "256")
    if code == 0:
        say(f"the report lies at {ROOT / output / 'report.html'}")
    return code


def test() -> int:
    """Run the fast tests."""
    environment("test")
    return call("-m", "pytest", "-q", "-m", "not slow", "-n", "auto", "--maxprocesses", "4")


def test_all() -> int:
    """Run all tests, with more random examples."""
    environment("test")
    return call("-m", "pytest", "-q", "-n", "auto", "--maxprocesses", "4", HYPOTHESIS_PROFILE="slow")


def lint() -> int:
    """Check style, types and the floor plan; all of them, even if one fails."""
    environment("test")
    checks = {
        "ruff check": ["-m", "ruff", "check", "--quiet", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "--quiet", "."],
        "mypy": ["-m", "mypy"],
        "import-linter": ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
    }
    failed = [name for name, arguments in checks.items() if call(*arguments) != 0]
    say("failed: " + ", ".join(failed) if failed else "passed: " + ", ".join(checks))
    return 1 if failed else 0


def lay_out() -> int:
    """Sort the imports and lay the code out."""
    environment("test")
    return call("-m", "ruff", "check", "--quiet", "--select", "I", "--fix", ".") or call("-m", "ruff", "format", ".")


def lock() -> int:
    """Resolve the dependencies anew, once for all supported Pythons and systems."""
    uv = shutil.which("uv")
    if uv is None:
        raise TaskError("making the lock needs uv: pip install uv")
    compile = [uv, "pip", "compile", "pyproject.toml", "requirements/build.in", "--quiet"]
    compile += ["--universal", "--python-version", NEWEST_FIRST[-1], "--fork-strategy", "fewest"]
    compile += ["--only-binary", ":all:", "--generate-hashes", "--no-annotate", "--no-header"]
    compile += ["--no-emit-index-url", "--no-emit-find-links"]
    failure = "the dependencies could not be resolved."
    do([*compile, "--upgrade", "--extra", "test", "-o", "requirements/test.txt"], failure)
    do([*compile, "--constraint", "requirements/test.txt", "-o", "requirements/run.txt"], failure)
    return 0


def clean() -> int:
    """Remove the environment and what was built."""
    for name in [".venv", *BUILT.split()]:
        shutil.rmtree(str(ROOT / name), ignore_errors=True)
    return 0


TASKS = {
    "run": run,
    "test": test,
    "test-all": test_all,
    "lint": lint,
    "format": lay_out,
    "lock": lock,
    "clean": clean,
}


def main(arguments: list) -> int:
    """Do one task; the exit status is that of the task."""
    if len(arguments) != 1 or arguments[0] not in TASKS:
        print(__doc__)
        return 2
    try:
        return TASKS[arguments[0]]()
    except TaskError as error:
        print(f"tasks: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
