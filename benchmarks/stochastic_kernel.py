"""Time of a Heun step of the stochastic kernels on one core, and as ratios to a NumPy and a plain Numba step.

Run it with ``python benchmarks/stochastic_kernel.py``. Both yardsticks are fixed, written as anyone would at first, so
that the ratios can be compared between versions and hardly depend on the machine. All are timed in turn in one process.
"""

from __future__ import annotations

import math
from time import perf_counter

import numba
import numpy as np

from ferrotope.magnetism import stochastic_kernels as kernels

COUNT, STEPS, REPEATS = 1024, 1000, 9
THERMAL, DRIVE, ANISOTROPY, DAMPING = 0.01, 0.02, 0.04, 0.1  # angles a step, as at 20 nm, 20 kA/m and 5 ps
CLUSTER = 8


def numpy_yardstick(state, steps):
    """Heun steps of all particles at once, arrays of shape (n, 3)."""
    m, u = state
    rng = np.random.default_rng(0)
    axis = np.array([0.0, 0.0, 1.0])

    def change(m, g):
        h = g + DRIVE * u + ANISOTROPY * m[:, 2:] * axis
        return -np.cross(m, h + DAMPING * np.cross(m, h))

    for _ in range(steps):
        g = THERMAL * rng.standard_normal(m.shape)
        first = change(m, g)
        m = m + 0.5 * (first + change(m + first, g))
        m = m / np.linalg.norm(m, axis=1, keepdims=True)
    return m


@numba.njit(error_model="numpy")
def _torque(m, h, damping, out):
    c0 = m[1] * h[2] - m[2] * h[1]
    c1 = m[2] * h[0] - m[0] * h[2]
    c2 = m[0] * h[1] - m[1] * h[0]
    out[0] = -c0 - damping * (m[1] * c2 - m[2] * c1)
    out[1] = -c1 - damping * (m[2] * c0 - m[0] * c2)
    out[2] = -c2 - damping * (m[0] * c1 - m[1] * c0)


@numba.njit(error_model="numpy")
def numba_yardstick(m, u, steps, thermal, drive, anisotropy, damping):
    """Heun steps of one particle after the other, with Numba's own normal numbers."""
    g, h, first, second, guess = np.empty(3), np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    for i in range(m.shape[0]):
        for _ in range(steps):
            for k in range(3):
                g[k] = thermal * np.random.normal()
                h[k] = g[k] + drive * u[i, k]
            h[2] += anisotropy * m[i, 2]
            _torque(m[i], h, damping, first)
            for k in range(3):
                guess[k] = m[i, k] + first[k]
                h[k] = g[k] + drive * u[i, k]
            h[2] += anisotropy * guess[2]
            _torque(guess, h, damping, second)
            for k in range(3):
                m[i, k] += 0.5 * (first[k] + second[k])
            length = math.sqrt(m[i, 0] ** 2 + m[i, 1] ** 2 + m[i, 2] ** 2)
            for k in range(3):
                m[i, k] /= length


def best(work, particle_steps):
    """Nanoseconds for a step of a particle, the best of several."""
    work()
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return 1e9 * min(times) / particle_steps


def single(kind):
    """A call that advances particles that do not feel each other."""
    groups = COUNT // kernels.LANES
    state = np.zeros((groups, kernels.ROWS, kernels.LANES))
    state[:, 2] = state[:, 5] = 1.0
    state[:, 6] = state[:, 9] = state[:, 10] = THERMAL
    state[:, 7] = 1.0 / COUNT
    streams = kernels.open_streams(np.uint64(1), COUNT).reshape(4, groups, kernels.LANES).transpose(1, 0, 2)
    streams = np.ascontiguousarray(streams).reshape(groups, -1)
    rest = np.empty((groups, STEPS)), np.full(STEPS + 1, DRIVE), np.zeros(STEPS), ANISOTROPY, DAMPING, kind
    state = state.reshape(groups, -1)
    return lambda: kernels.advance(state, streams, *rest)


def clusters(alike):
    """A call that advances clusters of CLUSTER members."""
    groups = COUNT // CLUSTER // kernels.LANES
    state = np.zeros((groups, CLUSTER, kernels.MEMBER_ROWS, kernels.LANES))
    state[:, :, 2] = state[:, :, 14] = 1.0
    state[:, :, 9] = THERMAL
    state[:, :, 10] = 1.0 / COUNT
    streams = kernels.open_streams(np.uint64(1), COUNT).reshape(4, groups, CLUSTER, kernels.LANES)
    streams = np.ascontiguousarray(streams.transpose(1, 2, 0, 3)).reshape(groups, -1)
    tensors = np.full((1, CLUSTER**2 * 6) if alike else (groups, CLUSTER**2 * 6 * kernels.LANES), 1e-3)
    rest = np.empty((groups, STEPS)), np.full(STEPS + 1, DRIVE), np.zeros(STEPS), ANISOTROPY, DAMPING, False
    state = state.reshape(groups, -1)
    return lambda: kernels.advance_clusters(state, streams, tensors, *rest)


def normals():
    """A call that draws as many normal numbers as STEPS of COUNT particles need."""
    words = kernels.open_streams(np.uint64(1), kernels.LANES).ravel()
    out = np.empty(48 * kernels.LANES)

    def work():
        for _ in range(3 * COUNT * STEPS // out.size):
            kernels.fill_normals(words, out, 24)

    return work


def main() -> None:
    """Print the times and the ratios."""
    numba.set_num_threads(1)
    psi = np.arccos((np.arange(COUNT) + 0.5) / COUNT)
    u = np.stack([np.sin(psi), 0 * psi, np.cos(psi)], axis=1)
    m = np.zeros_like(u)
    m[:, 2] = 1.0
    arrays = best(lambda: numpy_yardstick((m, u), STEPS // 10), COUNT * STEPS // 10)
    plain = best(lambda: numba_yardstick(m, u, STEPS, THERMAL, DRIVE, ANISOTROPY, DAMPING), COUNT * STEPS)
    print("ns per Heun step of a particle on one core      ns   NumPy /   plain Numba /")
    print(f"NumPy, all particles at once              {arrays:8.1f}")
    print(f"Numba, one particle after the other       {plain:8.1f}  {arrays / plain:8.1f}")
    for name, work in (
        ("three normal numbers", normals()),
        ("uniaxial, fixed axes", single(kernels.UNIAXIAL)),
        ("cubic, fixed axes", single(kernels.CUBIC)),
        ("uniaxial, axes free in a liquid", single(kernels.FREE)),
        ("blocked, in a liquid", single(kernels.BLOCKED)),
        (f"clusters of {CLUSTER}, all alike", clusters(True)),
        (f"clusters of {CLUSTER}, all different", clusters(False)),
    ):
        time = best(work, COUNT * STEPS)
        print(f"{name:42}{time:8.1f}  {arrays / time:8.1f}  {plain / time:14.1f}")


if __name__ == "__main__":
    main()
