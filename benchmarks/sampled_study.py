"""Time of a sampled study, as a ratio to as many single runs of it: what the bookkeeping of samples costs.

Run it with ``python benchmarks/sampled_study.py``; both are timed in turn in one process, so the ratio hardly depends
on the machine.
"""

from __future__ import annotations

from statistics import median
from time import process_time

from ferrotope import Study

STUDY, SAMPLES, REPEATS = "yang2011-cu64-crgd-spion", 256, 3


def cpu_seconds(samples: int) -> float:
    """CPU time of one run."""
    study = Study.from_catalogue(STUDY)
    start = process_time()
    study.run(samples=samples, seed=0)
    return process_time() - start


def main() -> None:
    """Print both times and their ratio."""
    cpu_seconds(8)
    pairs = [(cpu_seconds(0), cpu_seconds(SAMPLES)) for _ in range(REPEATS)]
    single, sampled = (median(column) for column in zip(*pairs, strict=True))
    print(f"{STUDY}: single run {single:.3f} s, {SAMPLES} samples {sampled:.2f} s (CPU)")
    print(f"{SAMPLES} samples over {SAMPLES} single runs: {sampled / (SAMPLES * single):.2f}")


if __name__ == "__main__":
    main()
