"""Build the shipped tables of the loss of single-domain particles, from the direct solutions.

    python tools/build_loss_table.py [workers]

Writes fixed_axes_loss.npz (random fixed axes) and rigid_loss.npz (blocked moments that turn with their particle) into
src/ferrotope/magnetism. It takes about an hour of one core; what is finished is kept in build/loss_table, so that an
interrupted run goes on. Most of it goes into barriers above 25 kT and into strong fields on barriers below 4 kT.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402 - it reads the number of threads as it loads

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "loss_table"
ROOM = ROOT / "src" / "ferrotope" / "magnetism"
DAMPING = 0.1
# barrier sigma = 15 sinh(t), closer where precession about the axis begins; rate ln(w 2 tau_D/xi) on equal steps;
# field y = xi/(2 sigma + 10) = 0.3 sinh(v), closer where it takes the loss from activation to a full loop
T = np.arcsinh(3.0) / 27 * np.concatenate([[0.0, 0.25, 0.5], np.arange(1.0, 28.0)])
V = np.concatenate([[0.05, 0.07, 0.10, 0.16, 0.22, 0.28], 0.34 + 0.06 * np.arange(16), 1.30 + 0.12 * np.arange(15)])
R = np.linspace(np.log(1e-4), np.log(0.25), 10)
LARGEST_XI, LARGEST_FREQUENCY = 35.0, 0.25  # up to the next point beyond them it is solved
LARGEST_XI_OF_SOFT = 12.0  # for barriers between 0 and 1 kT: more takes minutes a point, and no particle is so
TOLERANCE = 5e-3
# rigid moments: ln xi and ln(w tau_B) on equal steps
RIGID_FIELD = np.log(0.1) + 0.25 * np.arange(32)
RIGID_RATE = np.log(1e-3) + 0.4 * np.arange(36)


def row(number: tuple[int, int]) -> tuple[int, int]:
    """Keep ln(-Im a_1) at all rates for one barrier and one field; nan where it is too strong or fast to solve."""
    from ferrotope.magnetism.one_size import Size, one_size

    barrier, xi = at(number)
    values = kept(number)
    for place in range(rates(number)):
        if np.isnan(values[place]):
            size = Size(barrier, xi, 0.0, xi * np.exp(R[place]), DAMPING, 1.0)
            harmonics, _, _ = one_size(size, "neel", "random", TOLERANCE)
            values[place] = np.log(-harmonics[1].imag)
    np.save(file_of(number), values)
    return number


def file_of(number: tuple[int, int]) -> Path:
    """Return where a row is kept."""
    return KEPT / f"{T[number[0]]:.4f}-{V[number[1]]:.2f}.npy"


def kept(number: tuple[int, int]) -> np.ndarray:
    """Return what is known of a row."""
    return np.load(file_of(number)) if file_of(number).exists() else np.full(R.size, np.nan)


def rates(number: tuple[int, int]) -> int:
    """Return how many rates of a row are solved: those within the limits and one beyond, for the spline."""
    weaker = at((number[0], number[1] - 1))[1] if number[1] else 0.0
    if weaker > (LARGEST_XI_OF_SOFT if 0.0 < at(number)[0] < 1.0 else LARGEST_XI):
        return 0
    within = at(number)[1] * np.exp(R) <= LARGEST_FREQUENCY
    return min(int(within.sum()) + 1, R.size)


def at(number: tuple[int, int]) -> tuple[float, float]:
    """Return barrier and xi of a row."""
    barrier = 15.0 * np.sinh(T[number[0]])
    return float(barrier), float(0.3 * np.sinh(V[number[1]]) * (2.0 * barrier + 10.0))


def rigid() -> None:
    """Compute and write the table of rigid moments."""
    from ferrotope.magnetism.one_size import Size, one_size

    table = np.empty((RIGID_FIELD.size, RIGID_RATE.size))
    for i, field in enumerate(np.exp(RIGID_FIELD)):
        for k, rate in enumerate(np.exp(RIGID_RATE)):
            harmonics, _, _ = one_size(Size(0.0, field, 0.0, 2.0 * rate, DAMPING, 1.0), "brown", "random", 5e-4)
            table[i, k] = np.log(-harmonics[1].imag)
    np.savez_compressed(
        ROOM / "rigid_loss.npz", log_loss=table.astype(np.float32), log_xi=RIGID_FIELD, log_rate=RIGID_RATE
    )


def main(workers: int) -> None:
    """Compute what is missing and write the table."""
    if not (ROOM / "rigid_loss.npz").exists():
        rigid()
    KEPT.mkdir(parents=True, exist_ok=True)
    numbers = list(np.ndindex(T.size, V.size))
    with ProcessPoolExecutor(workers) as pool:
        for done, number in enumerate(pool.map(row, numbers, chunksize=2), 1):
            if done % 20 == 0:
                print(f"{done} of {len(numbers)} rows, xi and sigma up to {at(number)}", flush=True)
    write()


def write() -> None:
    """Put the barriers whose rows are all there into the table; nan is what was not solved."""
    table = []
    for i in range(T.size):
        rows = np.array([kept((i, j)) for j in range(V.size)])
        if any(np.isnan(rows[j, : rates((i, j))]).any() for j in range(V.size)):
            break
        table.append(rows)
    np.savez_compressed(
        ROOM / "fixed_axes_loss.npz",
        log_loss=np.array(table, dtype=np.float32),
        t=T[: len(table)],
        v=V,
        rate=R,
        damping=DAMPING,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
