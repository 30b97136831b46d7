"""CPU time of dynamic loops, and as ratios to a fixed yardstick that runs in turn with them in one process.

Run it with ``python benchmarks/dynamic_loop.py``. The yardstick is the dense harmonic balance of the case B1 by matrix
continued fractions, written plainly in NumPy with its operators made once: N = 20, |m| <= 6, 21 harmonics, 8 angles. It
never changes, so that the ratios can be compared between versions and hardly depend on the machine. Every timed call
has a new diameter, so nothing is remembered but operators and compiled kernels.
"""

from __future__ import annotations

import math
import os
from time import process_time

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"  # more threads cost more CPU time on such small blocks

import numpy as np  # noqa: E402

from ferrotope.magnetism import dynamic_loop  # noqa: E402

BOLTZMANN, VACUUM_PERMEABILITY, GAMMA = 1.380649e-23, 1.25663706e-6, 1.76085963e11
# immobilised spheres on which the open programs were compared; 10.256 kJ/m3
B1 = {"Ms": 446e3, "K": 11e3, "H": 20e3, "f": 300e3, "T": 300.0, "alpha": 0.1}
LIQUID = {"mode": "coupled", "hydrodynamic_diameter": 28e-9, "viscosity": 0.69e-3}
CASES = (  # name, diameter, given, calls
    ("B1, random axes", 20e-9, B1, 9),
    ("the same, sigma_g = exp(0.15)", 20e-9, B1 | {"sigma_g": math.exp(0.15)}, 3),
    ("coupled, KV/kT = 8.1", 18e-9, B1 | LIQUID, 3),
)


class Yardstick:
    """Dense harmonic balance over real spherical harmonics, block tridiagonal in the harmonics of the field."""

    def __init__(self, degree=20, order=6, harmonics=21, angles=8) -> None:
        self.harmonics = harmonics
        cosines, weights = np.polynomial.legendre.leggauss(angles)
        self.angles, self.weights = np.arccos(0.5 * (cosines + 1.0)), 0.5 * weights

        lm = [(l, m) for l in range(degree + 3) for m in range(-min(l, order + 2), min(l, order + 2) + 1)]
        index = {pair: number for number, pair in enumerate(lm)}
        size = len(lm)
        Z, up, raising, turning, real = (np.zeros((size, size), dtype=complex) for _ in range(5))
        for (l, m), here in index.items():
            for other, value in (
                ((l + 1, m), math.sqrt(((l + 1) ** 2 - m**2) / (4 * (l + 1) ** 2 - 1))),
                ((l - 1, m), math.sqrt(max(l**2 - m**2, 0) / (4 * l**2 - 1)) if l else 0.0),
            ):
                if other in index:
                    Z[index[other], here] = value
            for other, value in (  # x + iy
                ((l + 1, m + 1), -math.sqrt((l + m + 1) * (l + m + 2) / ((2 * l + 1) * (2 * l + 3)))),
                ((l - 1, m + 1), math.sqrt(max((l - m) * (l - m - 1), 0) / ((2 * l - 1) * (2 * l + 1))) if l else 0.0),
            ):
                if other in index:
                    up[index[other], here] = value
            if (l, m + 1) in index:
                raising[index[l, m + 1], here] = math.sqrt(l * (l + 1) - m * (m + 1))
            turning[here, here] = m
            # Row of the real harmonic: of cosines for m >= 0, of sines for m < 0.
            if m == 0:
                real[here, here] = 1.0
            else:
                factor = 1.0 if m > 0 else -1.0j
                real[here, index[l, abs(m)]] = factor * (-1) ** m / math.sqrt(2.0)
                real[here, index[l, -abs(m)]] = (1.0 if m > 0 else 1.0j) / math.sqrt(2.0)
        X, Y = 0.5 * (up + up.conj().T), -0.5j * (up - up.conj().T)
        Lx, Ly, Lz = 0.5 * (raising + raising.conj().T), -0.5j * (raising - raising.conj().T), turning
        kept = [number for number, (l, m) in enumerate(lm) if l <= degree and abs(m) <= order]
        odd = np.array([(l + (m < 0)) % 2 for l, m in (lm[number] for number in kept)], dtype=bool)
        self.even, self.odd = np.flatnonzero(~odd), np.flatnonzero(odd)

        def finished(operator):
            result = (real.conj() @ operator @ real.T)[np.ix_(kept, kept)]
            assert abs(result.imag).max() < 1e-12
            return result.real

        self.diffusion = finished(-(Lx @ Lx + Ly @ Ly + Lz @ Lz))
        self.axis = finished(-1j * Lz @ Z), finished(-1j * (Lx @ Y - Ly @ X) @ Z)  # precession, then damping
        self.along = finished(-1j * Lz), finished(-1j * (Lx @ Y - Ly @ X))
        self.across = finished(-1j * Lx), finished(-1j * (Lz @ (-Y) + Ly @ Z))
        place = {lm[number]: at for at, number in enumerate(kept)}
        odd_place = {number: at for at, number in enumerate(self.odd)}
        self.z, self.x = odd_place[place[1, 0]], odd_place[place[1, 1]]

    def area(self, diameter, Ms, K, H, f, T, alpha):
        """Return the loss a cycle in J/m3, averaged over random axes."""
        slowed, volume = GAMMA / (1.0 + alpha**2), math.pi / 6.0 * diameter**3
        rate = alpha * slowed * BOLTZMANN * T / (Ms * volume)
        free = rate * self.diffusion + slowed * 2.0 * K / Ms * (self.axis[0] + alpha * self.axis[1])
        parts = self.even, self.odd
        still = [free[np.ix_(part, part)] for part in parts]
        first = 0.0
        for angle, weight in zip(self.angles, self.weights, strict=True):
            sine, cosine = math.sin(angle), math.cos(angle)
            driven = sine * (self.across[0] + alpha * self.across[1]) + cosine * (self.along[0] + alpha * self.along[1])
            driven = 0.5 * VACUUM_PERMEABILITY * H * slowed * driven
            # from harmonics of the other parity to those of this one
            coupled = driven[np.ix_(*parts)], driven[np.ix_(*parts[::-1])]
            ratio = np.zeros(
                (self.odd.size, self.even.size) if self.harmonics % 2 == 0 else (self.even.size, self.odd.size)
            )
            for k in range(self.harmonics, 0, -1):
                p = k % 2
                block = 2j * math.pi * f * k * np.eye(parts[p].size) - still[p] - coupled[p] @ ratio
                ratio = np.linalg.solve(block, coupled[p].astype(complex))
            block = still[0] + 2.0 * (coupled[0] @ ratio).real
            # The first function is a constant, and its share the norm.
            constant = np.zeros(self.even.size)
            constant[0] = 1.0 / math.sqrt(4.0 * math.pi)
            constant[1:] = np.linalg.solve(block[1:, 1:], -block[1:, 0] * constant[0])
            moment = (ratio @ constant) * math.sqrt(4.0 * math.pi / 3.0)
            # The real harmonic of cosines with m = 1 is +x times its norm.
            first += weight * (sine * moment[self.x] + cosine * moment[self.z])
        return -2.0 * math.pi * VACUUM_PERMEABILITY * H * Ms * first.imag


def timed(work, diameters):
    """Return CPU seconds of the fastest of several calls, and the result of the first."""
    results, times = [], []
    for diameter in diameters:
        start = process_time()
        results.append(work(diameter))
        times.append(process_time() - start)
    return min(times), results[0]


def new_diameters(diameter, calls):
    """Diameters that no earlier call had, the given one first."""
    return [diameter * (1.0 + 1e-4 * call) for call in range(calls)]


def main() -> None:
    """Print CPU times, their ratios to the yardstick, losses and how far the yardstick agrees."""
    yardstick = Yardstick()
    yardstick.area(19e-9, **B1)
    unit, dense = timed(lambda diameter: yardstick.area(diameter, **B1), new_diameters(20e-9, 9))
    print("                                     CPU s  / yardstick   kJ/m3")
    print(f"{'yardstick: dense, B1':34}{unit:8.3f}{1.0:12.2f}{dense / 1e3:10.4f}")
    for name, diameter, given, calls in CASES:
        dynamic_loop(0.99 * diameter, **given)  # compiles, and makes operators
        spent, loop = timed(
            lambda diameter, given=given: dynamic_loop(diameter, **given), new_diameters(diameter, calls)
        )
        note = "" if loop.converged else "  not converged"
        print(f"{name:34}{spent:8.3f}{spent / unit:12.2f}{loop.area / 1e3:10.4f}{note}")
        if given is B1:
            dense_off, exact_off = dense / loop.area - 1.0, 10256 / loop.area - 1.0
            print(
                f"    from it the yardstick differs by {dense_off:+.2%}, the converged 10.256 kJ/m3 by {exact_off:+.2%}"
            )


if __name__ == "__main__":
    main()
