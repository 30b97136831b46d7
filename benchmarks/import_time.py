"""CPU time of `import ferrotope`, as a ratio to that of `import numpy`, in one run."""

from __future__ import annotations

import os
import subprocess
import sys


def cpu_seconds(code: str, repeats: int = 9) -> float:
    """Return the least CPU time in s of a fresh interpreter that runs the code."""
    best = float("inf")
    for _ in range(repeats):
        before = os.times()
        subprocess.run([sys.executable, "-c", code], check=True)
        after = os.times()
        best = min(best, after.children_user + after.children_system - before.children_user - before.children_system)
    return best


if __name__ == "__main__":
    bare = cpu_seconds("pass")
    ours, numpy = (cpu_seconds(f"import {name}") - bare for name in ("ferrotope", "numpy"))
    print(f"import ferrotope {ours:.3f} s CPU, import numpy {numpy:.3f} s CPU, ratio {ours / numpy:.2f}")
