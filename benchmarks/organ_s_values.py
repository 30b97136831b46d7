"""Time of all S values of the stylised phantoms, sources and targets alike, and what each part of it takes.

Run it with ``python benchmarks/organ_s_values.py``. The adult male has 20 organs, contents and the rest of the body
counted. The first call of a process compiles or loads the photon transport; it is left out.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from ferrotope.dosimetry.kernels.point_kernels import kernel_of_decays
from ferrotope.dosimetry.organs.phantom_transport import photon_energies
from ferrotope.dosimetry.organs.s_values import charged_energies, organ_s_values
from ferrotope.nuclides import Nuclide
from ferrotope.subject.phantoms import phantom
from ferrotope.units.constants import MEV

CASES = (("mouse", "F-18"), ("human", "Lu-177"), ("human", "Ga-68"), ("human", "Y-90"))
HISTORIES = 100_000


def timed(function) -> tuple[float, object]:
    """Seconds on the clock, and the result."""
    start = perf_counter()
    found = function()
    return perf_counter() - start, found


def main() -> None:
    """Print seconds for each case."""
    mouse = phantom("mouse", organ_masses={"thyroid": 16e-6}, voxel_size=0.7e-3)
    photon_energies(mouse, np.array([0.5 * MEV]), np.ones(1), histories=80)
    for species, name in CASES:
        making, body = timed(lambda: phantom(species))  # noqa: B023
        nuclide = Nuclide(name)
        kernel = kernel_of_decays(name, ((name, 1.0),), ("beta-", "beta+", "conversion", "auger"))
        charged, _ = timed(lambda: charged_energies(body, kernel))  # noqa: B023
        whole, s = timed(lambda: organ_s_values(species, nuclide, histories=HISTORIES))  # noqa: B023
        unsure = float((s.standard_error > 0.05 * s).mean())
        print(
            f"{species} {name}: {len(body.names)} organs, {body.labels.size / 1e6:.1f} M voxels: {whole:.1f} s, of it "
            f"convolutions {charged:.1f} s; phantom once {making:.1f} s; {HISTORIES} photons a source, standard "
            f"error above 5 % for {100 * unsure:.0f} % of the pairs"
        )


if __name__ == "__main__":
    main()
