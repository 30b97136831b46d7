"""Build the shipped tables of the loss of single-domain particles, from the direct solutions.

    python tools/build_loss_table.py [workers]

Writes fixed_axes_loss.npz (random fixed axes) and rigid_loss.npz (blocked moments that turn with their particle) into
src/ferrotope/magnetism. It takes about half an hour on two cores; finished rows are kept in build/loss_table, so that
an interrupted run goes on.
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
# barrier sigma = 15 sinh(t) and rate ln(w 2 tau_D/xi) on equal steps, field y = xi/(2 sigma + 10) = 0.3 sinh(v)
T = np.linspace(0.0, np.arcsinh(3.0), 28)
V = np.concatenate([[0.05, 0.10, 0.16, 0.22, 0.28], 0.34 + 0.12 * np.arange(23)])
R = np.linspace(np.log(1e-4), np.log(0.25), 10)
LARGEST_XI, LARGEST_FREQUENCY = 35.0, 0.25  # what is solved; beyond lies no practical particle
# rigid moments: ln xi and ln(w tau_B) on equal steps
RIGID_FIELD = np.log(0.1) + 0.25 * np.arange(32)
RIGID_RATE = np.log(1e-3) + 0.4 * np.arange(36)


def row(number: tuple[int, int]) -> tuple[int, int]:
    """Keep ln(-Im a_1) at all rates for one barrier and one field; nan where it is too strong or fast to solve."""
    from ferrotope.magnetism.one_size import Size, one_size

    barrier, xi = at(number)
    file = KEPT / f"{number[0]:02d}-{V[number[1]]:.2f}.npy"
    if file.exists():
        return number
    values = np.full(R.size, np.nan)
    if xi <= LARGEST_XI:
        tolerance = 1e-2
        for place, rate in enumerate(R):
            if xi * np.exp(rate) > LARGEST_FREQUENCY:
                break
            size = Size(barrier, xi, 0.0, xi * np.exp(rate), DAMPING, 1.0)
            harmonics, _, _ = one_size(size, "neel", "random", tolerance)
            values[place] = np.log(-harmonics[1].imag)
    np.save(file, values)
    return number


def _straight_on(values: np.ndarray, along: np.ndarray) -> None:
    """Fill what is nan at the end along the last slope, in place."""
    known = np.flatnonzero(np.isfinite(values))
    if known.size >= 2:
        last, before = known[-1], known[-2]
        slope = (values[last] - values[before]) / (along[last] - along[before])
        values[last + 1 :] = values[last] + slope * (along[last + 1 :] - along[last])


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
    """Put the barriers whose rows are all there into the table."""
    table = []
    for i in range(T.size):
        rows = [KEPT / f"{i:02d}-{v:.2f}.npy" for v in V]
        if not all(file.exists() for file in rows):
            break
        table.append([np.load(file) for file in rows])
    values = np.array(table)
    # beyond what was solved: straight on in ln L, against ln rate and then against ln y
    for i in range(len(table)):
        for j in range(V.size):
            _straight_on(values[i, j], R)
        for k in range(R.size):
            _straight_on(values[i, :, k], np.log(np.sinh(V)))
    np.savez_compressed(
        ROOM / "fixed_axes_loss.npz",
        log_loss=values.astype(np.float32),
        t=T[: len(table)],
        v=V,
        rate=R,
        damping=DAMPING,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
