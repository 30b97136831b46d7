"""A bare import stays light: it loads no numerical or graphical library, says nothing and opens no connection."""

import subprocess
import sys

import pytest

STORING = ["xarray", "pandas", "matplotlib", "h5py", "h5netcdf", "typer", "rich", "jinja2"]
HEAVY = ["numpy", "numba", "scipy", "pint", "pydantic", *STORING]


def in_a_fresh_process(code: str) -> str:
    """Run code with warnings as errors; return what it printed."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def loaded(code: str, modules: list[str]) -> list[str]:
    """Those of the modules that code loads, after checking that it prints nothing else."""
    return in_a_fresh_process(f"import sys\n{code}\nprint(*(m for m in {modules!r} if m in sys.modules))").split()


def test_import_loads_nothing_heavy_and_prints_nothing():
    assert loaded("import ferrotope", HEAVY) == []


def test_the_check_sees_what_is_loaded():
    assert loaded("import numpy", HEAVY) == ["numpy"]


def test_import_leaves_the_warning_filters_alone():
    in_a_fresh_process(
        "import warnings; before = warnings.filters[:]; import ferrotope; assert before == warnings.filters"
    )


@pytest.mark.parametrize("name", ["Study", "Nuclide", "Particle", "Result", "catalogue", "radiobiology"])
def test_public_names_open_no_connection(name):
    in_a_fresh_process(
        "import socket\n"
        "def refuse(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        f"import ferrotope; ferrotope.{name}"
    )


def test_a_study_is_read_without_plotting_or_storing():
    code = "import ferrotope; ferrotope.Study.from_catalogue('yang2011-cu64-crgd-spion')"
    assert loaded(code, STORING) == []
