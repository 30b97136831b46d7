"""A bare import stays light: it loads no numerical or graphical library, says nothing and opens no connection."""

import subprocess
import sys

HEAVY = ("numpy", "scipy", "pint", "xarray", "pandas", "matplotlib", "h5py", "h5netcdf", "pydantic", "typer", "rich", "jinja2")


def in_a_fresh_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_import_loads_nothing_heavy_and_prints_nothing():
    code = f"import ferrotope, sys; bad = [m for m in {HEAVY!r} if m in sys.modules]; assert not bad, bad"
    assert in_a_fresh_process(code) == ""


def test_import_opens_no_socket():
    code = (
        "import socket\n"
        "def refuse(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "import ferrotope; ferrotope.Study; ferrotope.Nuclide"
    )
    in_a_fresh_process(code)


def test_a_study_can_be_read_without_plotting_or_storing():
    code = (
        "import sys, ferrotope\n"
        "ferrotope.Study.from_catalogue('yang2011-cu64-crgd-spion')\n"
        "bad = [m for m in ('matplotlib', 'xarray', 'pandas', 'h5py', 'typer') if m in sys.modules]; assert not bad, bad"
    )
    in_a_fresh_process(code)


def test_public_names():
    import ferrotope

    assert set(ferrotope.__all__) == {
        "FerrotopeError", "InputError", "Nuclide", "Particle", "Result", "Study", "__version__", "catalogue", "radiobiology",
    }  # fmt: skip
    for name in ferrotope.__all__:
        assert getattr(ferrotope, name) is not None
