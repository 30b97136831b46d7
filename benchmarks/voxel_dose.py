"""Time of the dose of a 128^3 map by convolution, as a ratio to the Fourier transforms it cannot do without.

Run it with ``python benchmarks/voxel_dose.py``. The yardstick is one forward and one inverse real FFT of SciPy on the
padded grid that the kernel needs, with as many workers; the kernel's transform is in the cache, as it is after the
first map. The time to make that transform is printed too.
"""

from __future__ import annotations

from statistics import median
from time import perf_counter

import numpy as np
from scipy.fft import irfftn, rfftn

from ferrotope.dosimetry.kernels.point_kernels import kernel_of_decays, point_kernel
from ferrotope.dosimetry.voxels.convolution import voxel_dose

CASES = (("Lu-177", 4e-3, None), ("Lu-177", 4e-3, "beta-"), ("Y-90", 4e-3, None), ("Y-90", (2e-3, 2e-3, 4e-3), None))
SIDE, REPEATS = 128, 5


def timed(function) -> float:
    """Seconds on the clock."""
    start = perf_counter()
    function()
    return perf_counter() - start


def main() -> None:
    """Print the ratio for each case."""
    decays = np.random.default_rng(0).random((SIDE,) * 3) * 1e6
    for nuclide, size, radiation in CASES:
        kernel_of_decays.cache_clear()
        kernel = timed(lambda: point_kernel(nuclide, radiation=radiation))  # noqa: B023
        first = timed(lambda: voxel_dose(decays, size, nuclide, radiation=radiation))  # noqa: B023
        padded = voxel_dose(decays, size, nuclide, radiation=radiation).grid
        grid = np.zeros(padded)
        ours, bare = [], []
        for _ in range(REPEATS):
            ours.append(timed(lambda: voxel_dose(decays, size, nuclide, radiation=radiation)))  # noqa: B023
            bare.append(timed(lambda: irfftn(rfftn(grid, workers=-1), s=padded, workers=-1)))  # noqa: B023
        print(
            f"{nuclide} {radiation or 'all'}, {size} m, grid {padded}: {median(ours):.2f} s, bare "
            f"FFTs {median(bare):.2f} s, ratio {median(ours) / median(bare):.2f}; once {first:.2f} s, point kernel "
            f"{kernel:.3f} s"
        )


if __name__ == "__main__":
    main()
