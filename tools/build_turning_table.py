"""Build the shipped table of the loss of particles that turn while their moment does.

    python tools/build_turning_table.py [workers]

Writes turning_loss.npz into src/ferrotope/magnetism from the two-well theory of `ferrotope.magnetism.turning` and the
table of fixed axes, in about four CPU-minutes.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402 - it reads the number of threads as it loads

FILE = Path(__file__).resolve().parents[1] / "src" / "ferrotope" / "magnetism" / "turning_loss.npz"
# barrier sigma = 15 sinh(t), ln rate and ln(w tau_B) on equal steps, field xi/(2 sigma + 10) = 0.3 sinh(v)
T = np.linspace(0.0, np.arcsinh(3.0), 21)
V = np.concatenate([[0.02, 0.05, 0.12, 0.20, 0.28], 0.36 + 0.12 * np.arange(23)])
R = np.linspace(np.log(1e-4), np.log(0.25), 8)
B = np.linspace(np.log(0.03), np.log(6e3), 15)


def barrier_rows(t: float) -> np.ndarray:
    """Return ln L for one barrier, shape (fields, rates, Brownian times)."""
    from ferrotope.magnetism.turning import Wells, loss_of_turning

    barrier = 15.0 * float(np.sinh(t))
    wells = Wells.of(barrier)
    fields = 0.3 * np.sinh(V) * (2.0 * barrier + 10.0)
    losses = [loss_of_turning(wells, xi, np.exp(R), np.exp(B)) for xi in fields]
    return np.log(losses)


def main(workers: int) -> None:
    """Compute and write the table."""
    with ProcessPoolExecutor(workers) as pool:
        table = []
        # the highest barrier, which takes longest, first
        for rows in pool.map(barrier_rows, T[::-1]):
            table.insert(0, rows)
            print(f"{len(table)} of {T.size} barriers", flush=True)
    np.savez_compressed(FILE, log_loss=np.array(table, dtype=np.float32), t=T, v=V, rate=R, brown=B)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
