"""Kernels compile, are kept, and run where nothing can be kept."""

import os
import subprocess
import sys
import textwrap

MODULE = textwrap.dedent("""
    from ferrotope.kernels import kernel

    @kernel
    def double(x):
        return 2.0 * x

    @kernel(parallel=True)
    def total(x):
        result = 0.0
        for value in x:
            result += value
        return result
""")
USE = "import numpy, some; print(some.double(2.0), some.total(numpy.ones(3)), some.double.stats.cache_hits.total())"


def run(folder, **environment):
    done = subprocess.run(
        [sys.executable, "-c", USE.replace(".total())", ".items().__len__())")],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_kernel_compiles_once(tmp_path):
    (tmp_path / "some.py").write_text(MODULE)
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    assert run(tmp_path, **cache)[:2] == ["4.0", "3.0"]
    assert list((tmp_path / "kept").rglob("some.double*.nbi"))
    assert run(tmp_path, **cache) == ["4.0", "3.0", "1"]


def test_a_kernel_runs_where_no_cache_can_be_written(tmp_path, monkeypatch):
    import numba

    from ferrotope.kernels import kernel

    real = numba.njit

    def without_a_folder(*given, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function 'double': no locator available for file 'some.py'")
        return real(*given, **options)

    monkeypatch.setattr(numba, "njit", without_a_folder)

    @kernel
    def double(x):
        return 2.0 * x

    assert double(2.0) == 4.0
