"""Table of energy-absorption build-up factors of water in `dosimetry/kernels/build_up.py`, from the photon transport.

Run it with ``python tools/build_photon_build_up.py HISTORIES`` (1000000 takes some ten minutes) and put the
rows that it prints into the table. Every energy has its own seed; the rows do not depend on anything else.

A point source of photons lies in unbounded water; all that they transfer to electrons stays where it is transferred.
The energy absorbed in shells of 0.1 mean free paths, over that of photons on their first flight, is smoothed in depth
by a polynomial of six terms in log(1 + depth), which is 1 at the source.
"""

from __future__ import annotations

import sys

import numpy as np

from ferrotope.dosimetry.kernels.build_up import DEPTHS
from ferrotope.dosimetry.matter.attenuation import mass_attenuation_coefficient
from ferrotope.dosimetry.matter.energy_absorption import mass_energy_absorption_coefficient
from ferrotope.dosimetry.matter.media import medium
from ferrotope.dosimetry.transport.photon_tables import photon_tables
from ferrotope.dosimetry.transport.photons import transport_photons
from ferrotope.units.constants import MEV

ENERGIES = (  # keV
    5, 7, 10, 12, 15, 20, 25, 30, 35, 40, 50, 60, 80, 100, 150, 200, 300, 500, 800, 1000, 1500, 2000, 3000, 5000,
)  # fmt: skip
SHELL, SHELLS, CHUNK, TERMS = 0.1, 300, 100_000, 6


def absorbed(energy: float, attenuation: float, histories: int) -> np.ndarray:
    """Share of the energy absorbed in each shell of `SHELL` mean free paths around the source."""
    tables = photon_tables([medium("water")])
    edges = np.arange(SHELLS + 1) * SHELL / (1000.0 * attenuation)
    axes = (np.zeros(3), np.ones(3), np.ones(3, dtype=np.int64))
    geometry = (0, edges**2, *axes, np.zeros(SHELLS, dtype=np.int64), np.full(SHELLS, 1000.0))
    start = np.zeros((CHUNK, 8))
    start[:, 5], start[:, 6], start[:, 7] = 1.0, energy, 1.0
    rng = np.random.default_rng(round(energy / MEV * 1e6))
    deposit = np.zeros(SHELLS)
    for _ in range(histories // CHUNK):
        streams = rng.integers(0, 2**64 - 1, CHUNK, dtype=np.uint64)
        transport_photons(start, streams, geometry, tables, 1e-3 * MEV, np.inf, deposit)
    return deposit / (histories // CHUNK * CHUNK * energy)


def smoothed(share: np.ndarray, ratio: float, histories: int) -> np.ndarray:
    """Build-up factors at `DEPTHS`."""
    edges = np.arange(SHELLS + 1) * SHELL
    first_flight = ratio * -np.diff(np.exp(-edges))
    known = share > 12.0 / histories
    centre, build_up = (0.5 * (edges[1:] + edges[:-1]))[known], (share / first_flight)[known]
    error = np.sqrt(1.0 / (share[known] * histories)) + 1e-3
    terms = np.stack([np.log1p(centre) ** n for n in range(1, TERMS + 1)], axis=1)
    factors = np.linalg.lstsq(terms / error[:, None], np.log(build_up) / error, rcond=None)[0]
    depth = np.minimum(DEPTHS, centre[-1])
    return np.exp(np.stack([np.log1p(depth) ** n for n in range(1, TERMS + 1)], axis=1) @ factors)


def main(histories: int) -> None:
    """Print the rows of the table."""
    for energy in ENERGIES:
        joule = energy * 1e-3 * MEV
        attenuation = float(mass_attenuation_coefficient(joule, "water"))
        ratio = float(mass_energy_absorption_coefficient(joule)) / attenuation
        row = smoothed(absorbed(joule, attenuation, histories), ratio, histories)
        print(f"        ({energy}, {1 / ratio:.4f}, " + ", ".join(f"{value:.4g}" for value in row) + "),", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
