"""Histories a second and core of the electron transport, by nuclide.

Run it with ``python benchmarks/transport.py``. A history is an electron or positron of the spectrum of a nuclide's beta
particles, conversion and Auger electrons above 1 keV, from a point in water, counted in 15 thin shells near the point
and 45 out to where the fastest stop, with the default steps and cuts. The seconds are those of the processor that this
process used; tables and compilation, which come once, are not in them. EGSnrc's EDKnrc made 34 000 (Lu-177), 11 000
(Re-188) and 7 000 (Y-90) on one core with as many shells and the same cuts.
"""

from __future__ import annotations

from time import process_time

import numpy as np

from ferrotope.dosimetry.matter.ranges import electron_csda_range
from ferrotope.dosimetry.transport import Point, Radiation, Shells, emitted_radiations, simulate
from ferrotope.units.constants import MEV

HISTORIES = 200_000
EGSNRC = {"Lu-177": 34_000, "Re-188": 11_000, "Y-90": 7_000}


def electrons_of(nuclide):
    """All electrons and positrons of a nuclide above 1 keV as one spectrum of electrons."""
    parts = [r for r in emitted_radiations(nuclide) if r.kind != "photon"]
    energies = np.concatenate([r.energies for r in parts])
    intensities = np.concatenate([r.intensities for r in parts])
    keep = energies >= 1e-3 * MEV
    return Radiation("electrons", "electron", energies[keep], intensities[keep])


def seconds(radiation, shells, histories, **options):
    """Processor seconds of a run on one thread."""
    start = process_time()
    simulate(radiation, Point(), shells, histories=histories, follow_photons=False, threads=1, **options)
    return process_time() - start


def main() -> None:
    """Print the rates."""
    print("nuclide    histories/s/core    over EGSnrc    tables (s)")
    for nuclide, reference in EGSNRC.items():
        radiation = electrons_of(nuclide)
        reach = electron_csda_range(radiation.energies.max()) * 1e-3
        shells = Shells(np.concatenate([np.geomspace(2e-7, 0.05 * reach, 15), np.linspace(0.07, 1.1, 45) * reach]))
        seconds(radiation, shells, 64)
        once = seconds(radiation, shells, 64)
        rate = HISTORIES / (seconds(radiation, shells, HISTORIES) - once)
        print(f"{nuclide:10} {rate:16.0f} {rate / reference:14.1f} {once:13.2f}")


if __name__ == "__main__":
    main()
