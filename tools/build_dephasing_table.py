"""Build the shipped table of relaxation around one magnetised sphere in an infinite medium.

    python tools/build_dephasing_table.py [workers]

Writes dephasing.npz into src/ferrotope/relaxometry. Finished rows are kept in build/dephasing_table, so that an
interrupted run goes on. Nothing is random: the table comes from the equation of Bloch and Torrey, and `simulate_r2`,
which shares no line with it, is the check (tests/relaxometry/test_dephasing.py).

Lengths are in radii a of the sphere and times in tau_D = a^2/D. The transverse magnetisation m of water obeys
dm/dt = lap(m) + i w m with w = delta (3 cos^2 - 1)/r^3, delta = dw tau_D, no flow through r = 1, and m = 1 at first.
It is written as 1 + u, since u is small far away, in even Legendre polynomials and on shells; a step in time is the
fifth-order Pade form of the exponential, which wipes out what turns fast. Signals are exp(-f X), and X is, per volume
of the sphere,

    free induction of duration t     the integral of 1 - Re m(t)
    Hahn echo at 2t                  the integral of 1 - |m(t)|^2: diffusion looks the same backwards, so that both
                                     halves of a path, seen from where it was at the pulse, are alike
    train of echoes                  in the steady state, what flows in from far away between two echoes.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402 - it reads the number of threads as it loads
from scipy.linalg import solve_banded  # noqa: E402
from scipy.linalg.lapack import zgbtrf, zgbtrs  # noqa: E402
from scipy.sparse.linalg import LinearOperator, gmres  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "dephasing_table"
TABLE = ROOT / "src" / "ferrotope" / "relaxometry" / "dephasing.npz"
LOG2_SHIFT = np.arange(-5, 12)  # of delta
LOG2_TIME = np.arange(-20, 35)  # of the time of free induction, and of an echo
LOG2_SPACING = np.arange(-14, 31)  # of the time between the echoes of a train
STEPS = 6  # while the time doubles
_NUMERATOR, _DENOMINATOR = np.array([1 / 20, 2 / 5, 1.0]), np.array([-1 / 60, 3 / 20, -3 / 5, 1.0])
POLES = np.roots(_DENOMINATOR)
RESIDUES = np.polyval(_NUMERATOR, POLES) / np.polyval(np.polyder(_DENOMINATOR), POLES)


class Medium:
    """Water around a sphere, out to a radius `reach`: u on shells, in `waves` even Legendre polynomials.

    `fineness` divides the width of the shells.
    """

    def __init__(self, delta: float, reach: float, fineness: float = 1.0):
        # a wave of the magnetisation is as short as delta^(-1/3) near the sphere, and grows outwards
        thin = min(0.05, 0.15 / delta ** (1 / 3)) / fineness
        edges = [1.0]
        while edges[-1] < reach:
            r = edges[-1]
            width = min(thin * r ** (1 / 3), 0.05 / fineness) * r
            edges.append(r + width * min(1.0, 0.1 + 3.0 * (r - 1.0)))
        edges = np.array(edges)
        self.waves = int(7 + 1.5 * fineness * delta ** (1 / 3))
        self.middles = np.sqrt(edges[1:] * edges[:-1])
        self.volumes = np.diff(edges**3) / 3.0
        self.shape = (self.middles.size, self.waves)
        degree = 2.0 * np.arange(self.waves)
        # flow between shells that leaves 1/r, the steady state, exact; to infinity from the last
        flow = self.middles[1:] * self.middles[:-1] / np.diff(self.middles)
        self.outwards = np.append(flow, self.middles[-1]) / self.volumes
        self.inwards = np.insert(flow, 0, 0.0) / self.volumes
        around = np.diff(edges) / self.volumes  # mean of 1/r^2
        self.decay = (self.outwards + self.inwards)[:, None] + around[:, None] * degree * (degree + 1.0)
        # cos^2 between normalised Legendre polynomials
        here, next_, last = (n / np.sqrt(np.maximum(4.0 * n * n - 1.0, 1.0)) for n in (degree, degree + 1, degree + 2))
        along, across = here**2 + next_**2, next_ * last
        turn = 1j * delta * np.diff(np.log(edges)) / self.volumes
        self.source = np.zeros(self.shape, complex)
        self.source[:, 0], self.source[:, 1] = turn * (3.0 * along[0] - 1.0), turn * 3.0 * across[0]
        # as LAPACK keeps a band: row (waves + i - j), column j
        waves, size = self.waves, self.source.size
        self.band = np.zeros((2 * waves + 1, size), complex)
        self.band[waves] = (turn[:, None] * (3.0 * along - 1.0) - self.decay).ravel()
        self.band[0, waves:] = np.repeat(self.outwards[:-1], waves)
        self.band[-1, :-waves] = np.repeat(self.inwards[1:], waves)
        beside = turn[:, None] * 3.0 * np.append(across[:-1], 0.0)
        self.band[waves - 1, 1:] += beside.ravel()[:-1]
        self.band[waves + 1, :-1] += beside.ravel()[:-1]
        self.source = self.source.ravel()

    def factorise(self, scale: float, poles=POLES) -> list:
        """Return what solves (scale L - pole) x = y for each pole."""
        waves, found = self.waves, []
        for pole in poles:
            wide = np.zeros((3 * waves + 1, self.source.size), complex)
            wide[waves:] = scale * self.band
            wide[2 * waves] -= pole
            factors, pivots, wrong = zgbtrf(wide, waves, waves, overwrite_ab=True)
            if wrong:
                raise ArithmeticError("a step cannot be solved")
            found.append((factors, pivots))
        return found

    def advance(self, factors: list, scale: float, u: np.ndarray, source: float = 1.0) -> np.ndarray:
        """Return u a step of duration `scale` later; without its source it is linear in u."""
        later = 0.0
        for (lower, pivots), pole, residue in zip(factors, POLES, RESIDUES, strict=True):
            known = u + (scale * source / pole) * self.source
            later = later + residue * zgbtrs(lower, self.waves, self.waves, known, pivots)[0]
        return later

    def free_induction(self, u: np.ndarray) -> float:
        """Return X of free induction."""
        return float(-3.0 * self.volumes @ u.reshape(self.shape)[:, 0].real)

    def hahn_echo(self, u: np.ndarray) -> float:
        """Return X of the echo whose pulse comes now."""
        u = u.reshape(self.shape)
        return float(-3.0 * self.volumes @ (2.0 * u[:, 0].real + np.sum(np.abs(u) ** 2, axis=1)))

    def inflow(self, u: np.ndarray) -> float:
        """Return X' of a steady state: what flows in from infinity."""
        return float(-3.0 * self.middles[-1] * u.reshape(self.shape)[-1, 0].real)


def decay(delta: float, log2_time=LOG2_TIME, fineness: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return X/t of free induction of duration t, and X/TE of a Hahn echo at TE, at each time (powers of 2)."""
    last = 2.0 ** float(log2_time[-1])
    medium = Medium(delta, 30.0 * max((delta * last) ** (1 / 3), last**0.5, 10.0), fineness)
    steps = int(STEPS * fineness)
    u, time = np.zeros(medium.source.size, complex), 0.0
    free, echo = [], []
    for power in np.append(log2_time[0] - 1.0, log2_time):
        step = (2.0**power - time) / steps
        factors = medium.factorise(step)
        for _ in range(steps):
            u = medium.advance(factors, step, u)
        time = 2.0**power
        free.append(medium.free_induction(u) / time)
        echo.append(medium.hahn_echo(u) / (2.0 * time))
    return np.array(free[1:]), np.array(echo[:-1])  # the echo of a pulse comes when the time has doubled


def longest(delta: float, fineness: float = 1.0) -> float:
    """Return X' of free induction after a very long time: the steady state of the equation."""
    medium = Medium(delta, 1e3 * max(delta, 10.0), fineness)
    ((factors, pivots),) = medium.factorise(1.0, (0.0,))
    return medium.inflow(zgbtrs(factors, medium.waves, medium.waves, -medium.source, pivots)[0])


def train(delta: float, echo: float, fineness: float = 1.0) -> float:
    """Return X' between the echoes of a long train, `echo` apart.

    At the echoes u repeats itself: u = E(u), and E is half an interval, the pulse (a conjugate), half an interval.
    """
    medium = Medium(delta, 50.0 * max((delta * echo) ** (1 / 3), echo**0.5, 1.0), fineness)
    steps = int(8 * fineness)
    step = echo / 2.0 / steps
    factors = medium.factorise(step)

    def interval(u, source):
        for half in range(2):
            for _ in range(steps):
                u = medium.advance(factors, step, u, source)
            u = np.conj(u) if half == 0 else u
        return u

    # What is slow is diffusion of the real part towards a sink: solving for that first leaves little to iterate. The
    # pulse turns the imaginary part around, which an interval therefore nearly changes in sign.
    sink = np.minimum(1.0 / echo, 2.4 * delta**2 * echo**2 / medium.middles**8)
    above, below = -np.insert(medium.outwards[:-1], 0, 0.0), -np.append(medium.inwards[1:], 0.0)
    rows = [np.vstack([above, medium.decay[:, k] + sink, below]) for k in range(medium.waves)]

    def guess(u):
        u = u.reshape(medium.shape)
        slow = [solve_banded((1, 1), row, u[:, k].real) / echo for k, row in enumerate(rows)]
        return (u.real + np.array(slow).T + 0.5j * u.imag).ravel()

    size, weight = medium.source.size, np.repeat(np.sqrt(medium.volumes), medium.waves)

    def split(u):
        return np.concatenate([(weight * u).real, (weight * u).imag])

    def joined(v):
        return (v[:size] + 1j * v[size:]) / weight

    def residual(v):
        u = guess(joined(v))
        return split(u - interval(u, 0.0))

    known = split(interval(np.zeros(size, complex), 1.0))
    found, wrong = gmres(
        LinearOperator((2 * size, 2 * size), residual, dtype=float), known, rtol=1e-5, restart=200, maxiter=1
    )
    return medium.inflow(guess(joined(found))) if not wrong else np.nan


def row(power: int) -> int:
    """Keep the three rates of one delta at all times."""
    file = KEPT / f"{power}.npz"
    if not file.exists():
        free, echo = decay(2.0**power)
        steady = np.array([train(2.0**power, 2.0 ** float(time)) for time in LOG2_SPACING])
        np.savez(file, free_induction=free, hahn_echo=echo, train=steady)
    return power


def main(workers: int) -> None:
    """Compute what is missing and write the table."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool:
        for power in pool.map(row, [int(power) for power in LOG2_SHIFT[::-1]]):
            print(f"dw tau_D = {2.0**power:g} done", flush=True)
    table = {}
    for signal in ("free_induction", "hahn_echo", "train"):
        rates = np.array([np.load(KEPT / f"{power}.npz")[signal] for power in LOG2_SHIFT])
        if not (rates > 0.0).all():
            raise ArithmeticError(f"some rates of {signal} were not found")
        table[f"log_{signal}"] = np.log(rates).astype(np.float32)
    np.savez_compressed(TABLE, log2_shift=LOG2_SHIFT, log2_time=LOG2_TIME, log2_spacing=LOG2_SPACING, **table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
