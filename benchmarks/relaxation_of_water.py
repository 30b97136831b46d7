"""Time of a step of a proton in the Monte Carlo of relaxation, as a ratio to the same step in NumPy, in one run.

Run it with ``python benchmarks/relaxation_of_water.py``. The yardstick advances many protons at once by arrays, near
one impermeable sphere: random numbers, mirror, field along six directions and phase.
"""

from __future__ import annotations

import math
from statistics import median
from time import process_time

import numba
import numpy as np

from ferrotope.relaxometry import simulate_r2
from ferrotope.relaxometry.regimes import larmor_shift

DIAMETER, DIFFUSION, REDUCED = 20e-9, 3e-9, 0.1
TAU = DIAMETER**2 / (4 * DIFFUSION)
MAGNETISATION = REDUCED / TAU / float(larmor_shift(1.0))
REPEATS = 5


def of_the_kernel(seed: int) -> float:
    """Nanoseconds of CPU time per step of a proton."""
    start = process_time()
    found = simulate_r2(
        DIAMETER, MAGNETISATION, D=DIFFUSION, volume_fraction=1e-5, duration=100 * TAU, protons=16384, seed=seed
    )
    return 1e9 * (process_time() - start) / found.steps


def of_numpy(seed: int, protons: int = 4096, steps: int = 60) -> float:
    """Nanoseconds of CPU per step of a proton."""
    rng = np.random.default_rng(seed)
    axes = rng.normal(size=(6, 3))
    axes /= np.linalg.norm(axes, axis=1)[:, None]
    place = rng.normal(size=(protons, 3))
    place *= (1.0 + rng.random(protons) / np.linalg.norm(place, axis=1))[:, None]
    phases, before = np.zeros((6, protons)), np.zeros((6, protons))
    exponent = np.zeros(protons)
    start = process_time()
    for _ in range(steps):
        away = np.sqrt(np.einsum("ij,ij->i", place, place))
        step = np.maximum(0.12, 0.25 * (away - 1.0))
        place = place + step[:, None] * rng.standard_normal((protons, 3))
        away = np.sqrt(np.einsum("ij,ij->i", place, place))
        within = away < 1.0
        place[within] *= ((2.0 - away[within]) / away[within])[:, None]
        away[within] = 2.0 - away[within]
        here = REDUCED * (3.0 * (axes @ place.T / away) ** 2 - 1.0) / away**3
        turn = 0.25 * step**2 * (before + here)
        exponent += (step**2 * np.sin(phases + 0.5 * turn) * (1.0 - turn**2 / 24.0)).sum(axis=0)
        phases += turn
        before = here
    if not math.isfinite(exponent.sum()):
        raise ArithmeticError("the yardstick has gone astray")
    return 1e9 * (process_time() - start) / (protons * steps)


def main() -> None:
    """Print both times and their ratio."""
    numba.set_num_threads(1)  # threads that wait for each other would count as work
    of_the_kernel(0)  # compiles
    ours, numpy = (median(of(seed) for seed in range(1, REPEATS + 1)) for of in (of_the_kernel, of_numpy))
    print(f"a step of a proton, six directions of the field: {ours:.0f} ns of one core, NumPy {numpy:.0f} ns")
    print(f"kernel over NumPy: {ours / numpy:.2f}")


if __name__ == "__main__":
    main()
