"""Kernels compile, are kept, and run where nothing can be kept."""

import math
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from ferrotope.kernels import kernel

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


def test_fast_sums_know_what_is_not_a_number():
    @kernel(fastmath=True)
    def total(x):
        result = 0.0
        for value in x:
            result += value
        return result, math.isnan(result), result > 1e308

    values = np.random.default_rng(0).normal(size=1001)
    assert total(values) == (pytest.approx(math.fsum(values), abs=1e-11), False, False)
    values[17] = np.inf
    assert total(values) == (np.inf, False, True)
    values[18] = -np.inf
    assert total(values)[1:] == (True, False)
    assert "reassoc" in total.targetoptions["fastmath"]
    assert not total.targetoptions["fastmath"] & {"nnan", "ninf", "fast"}


def test_sums_keep_their_order_unless_they_may_not():
    @kernel
    def total(x):
        result = 0.0
        for value in x:
            result += value
        return result

    assert not total.targetoptions.get("fastmath")
    values = np.random.default_rng(0).normal(size=1001)
    expected = 0.0
    for value in values:
        expected += value
    assert total(values) == expected
