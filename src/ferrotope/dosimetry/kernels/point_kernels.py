"""Dose point kernels of nuclides in water: the energy that one decay deposits around the point where it happens.

Everything is tabulated over distance times density, so that one kernel serves every density.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.dosimetry.kernels.build_up import photon_energy_within
from ferrotope.dosimetry.matter.media import WATER_DENSITY
from ferrotope.dosimetry.matter.ranges import alpha_csda_range
from ferrotope.dosimetry.spheres.decay_energy import line_spectrum
from ferrotope.dosimetry.spheres.electrons import point_kernel_absorbed_fraction
from ferrotope.nuclides import RADIATIONS, Nuclide, chain_weights
from ferrotope.units.checks import positive
from ferrotope.units.constants import MEV

__all__ = ["EDGES", "PHOTONS", "PointKernel", "kernel_of_decays", "point_kernel"]

# Distance times density (kg/m2): 0.1 nm to 10 m of water, 100 steps a decade.
EDGES = np.concatenate([[0.0], np.geomspace(1e-7, 1e4, 1101)])
EDGES.flags.writeable = False

_ELECTRONS = ("beta-", "beta+", "conversion", "auger")
PHOTONS = ("gamma", "x", "annihilation")

# Beta spectra with more points than this are gathered on as many energies; below, every energy keeps its own kernel.
_MOST_ENERGIES = 160
# Edges of the energies into which bremsstrahlung is sorted.
_BREMSSTRAHLUNG = np.geomspace(0.01, 5.0, 28) * MEV

# Liquid water: kinetic energy (MeV), radiation yield, the share of its energy that a stopping electron radiates.
# Source: M. J. Berger et al., ESTAR, NIST Standard Reference Database 124 (NISTIR 4999), doi:10.18434/T4NC7P.
_YIELD = np.array(
    [
        (0.01, 9.408e-05), (0.02, 1.663e-04), (0.05, 3.435e-04), (0.1, 5.842e-04), (0.2, 9.826e-04), (0.3, 1.331e-03),
        (0.5, 1.976e-03), (0.7, 2.608e-03), (1, 3.579e-03), (1.5, 5.281e-03),
        (2, 7.085e-03), (3, 1.092e-02), (5, 1.911e-02),
    ]
)  # fmt: skip

METHOD = (
    "point kernels in unbounded water: electrons and positrons by scaled kernels of single energies (EGSnrc), their "
    "bremsstrahlung as photons of Kramers' spectrum; photons by mu_en with build-up; alphas on straight tracks (CSDA); "
    "recoil nuclei on the spot"
)


@dataclass(frozen=True, eq=False)
class PointKernel:
    """Energy deposited around a point where a nuclide decays, in unbounded water-like matter.

    Attributes
    ----------
    nuclide : str
        What decays.
    decays : dict of str to float
        Decays of each member of the chain per decay of the nuclide.
    energy : dict of str to float
        Energy emitted per decay (J) by radiation; all of it is deposited somewhere in the unbounded medium.
    within : dict of str to array, shape (1102,)
        Energy deposited per decay (J) within the distances of `EDGES`, by radiation.
    method : str
        How it was computed.
    """

    nuclide: str
    decays: dict[str, float]
    energy: dict[str, float]
    within: dict[str, NDArray[np.float64]]
    method: str = METHOD

    def cumulative(self, radius: ArrayLike, density: float = WATER_DENSITY) -> NDArray[np.float64]:
        """Energy deposited within a radius.

        Parameters
        ----------
        radius : float or array
            Distance from the decay (m), positive.
        density : float
            Density of the medium (kg/m3).

        Returns
        -------
        float or array
            J per decay, over all radiations of the kernel.

        Raises
        ------
        InputError
            If the radius or the density is not positive.
        """
        reach = positive("radius", radius, "m") * positive("density", density, "kg/m3")
        return np.interp(reach, EDGES, self.summed())[()]

    def dose(self, radius: ArrayLike, density: float = WATER_DENSITY) -> NDArray[np.float64]:
        """Absorbed dose at a distance.

        Parameters
        ----------
        radius : float or array
            Distance from the decay (m), positive.
        density : float
            Density of the medium (kg/m3): in units of r rho, dose is proportional to the density squared.

        Returns
        -------
        float or array
            Gy per decay, (dE/dr)/(4 pi r^2 rho), over all radiations of the kernel. Recoil nuclei, which stop within
            0.2 micrometre, are in no distance.

        Raises
        ------
        InputError
            If the radius or the density is not positive.
        """
        density = float(positive("density", density, "kg/m3"))
        reach = positive("radius", radius, "m") * density
        per_thickness = np.diff(self.summed()) / np.diff(EDGES)
        slope = np.interp(reach, 0.5 * (EDGES[1:] + EDGES[:-1]), per_thickness)
        return (slope * density**2 / (4.0 * np.pi * reach**2))[()]

    def summed(self) -> NDArray[np.float64]:
        """Energy deposited within the distances of `EDGES`, over all radiations of the kernel.

        Returns
        -------
        array, shape (1102,)
            J per decay.
        """
        return np.sum(list(self.within.values()), axis=0) if self.within else np.zeros(EDGES.size)


def point_kernel(
    nuclide: Nuclide | str,
    *,
    daughters: str | Mapping[str, float] | None = None,
    radiation: str | None = None,
) -> PointKernel:
    """Dose point kernel of a nuclide in water.

    Parameters
    ----------
    nuclide : Nuclide or str
        What decays.
    daughters : "prompt", "equilibrium" or mapping of str to float, optional
        Which daughters decay at the same place, and how often: see `nuclides.chain_weights`. Needed where radioactive
        daughters live longer than a minute; those that live less always count.
    radiation : str, optional
        One of `nuclides.RADIATIONS`; all by default.

    Returns
    -------
    PointKernel
        Energy and dose around the decay; the same for every density.

    Raises
    ------
    InputError
        If the nuclide, the radiation or the daughters are unknown, or the daughters have to be chosen.

    Notes
    -----
    Electrons and positrons: kernels of single energies in water, EGSnrc (NRCC Report PIRS-701), scaled with the CSDA
    range. Bremsstrahlung: the radiation yield of ESTAR, as photons from the decay with the energy spectrum of Kramers
    (Philos Mag 46 (1923) 836, from memory), dI/dk ~ 1 - k/E; beyond the range of the betas of Y-90, where it is all
    there is, it lies 5 to 20 % below a published Monte Carlo (tests). Photons: `build_up.photon_energy_within`;
    electrons that photons set free stay where they start, so that the dose of hard photons within the first
    millimetre is too high; annihilation photons start at the decay. Alphas: straight tracks without straggling; those
    above 10 MeV (1e-4 per decay) have the range of 10 MeV.

    Examples
    --------
    >>> kernel = point_kernel("Y-90")
    >>> round(float(kernel.cumulative(5.3e-3)) / kernel.energy["beta-"], 2)
    0.9
    """
    nuclide = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    wanted = RADIATIONS if radiation is None else (radiation,)
    nuclide.emissions(wanted[0])  # refuses what is no radiation
    decays = chain_weights(nuclide, daughters)
    return kernel_of_decays(nuclide.name, tuple(decays.items()), wanted)


@lru_cache(maxsize=64)
def kernel_of_decays(nuclide: str, decays: tuple[tuple[str, float], ...], radiations: tuple[str, ...]) -> PointKernel:
    """Kernel of the given decays per decay of a nuclide, and of the given radiations only.

    Parameters
    ----------
    nuclide : str
        Name of the kernel.
    decays : tuple of (str, float)
        Nuclides and their decays per decay of `nuclide`.
    radiations : tuple of str
        Some of `nuclides.RADIATIONS`.

    Returns
    -------
    PointKernel
    """
    within: dict[str, NDArray[np.float64]] = {}
    energy: dict[str, float] = {}
    for member, number in decays:
        for name, own in _own_kernels(member).items():
            if name in radiations:
                within[name] = within.get(name, 0.0) + number * own
                energy[name] = energy.get(name, 0.0) + number * Nuclide(member).mean_energy(name)
    for array in within.values():
        array.flags.writeable = False
    return PointKernel(nuclide, dict(decays), energy, within)


@lru_cache(maxsize=128)
def _own_kernels(name: str) -> dict[str, NDArray[np.float64]]:
    """Energy deposited within `EDGES` per decay of a nuclide alone, by radiation."""
    nuclide = Nuclide(name)
    found = {}
    for radiation in RADIATIONS:
        energies, numbers = line_spectrum(nuclide, radiation)
        if energies.size:
            # Rounding must not let energy disappear again further out.
            found[radiation] = np.maximum.accumulate(_kernel(radiation, energies, numbers))
    return found


def _kernel(radiation: str, energies: NDArray[np.float64], numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    if radiation in _ELECTRONS:
        return _electrons(*_gathered(energies, numbers))
    if radiation in PHOTONS:
        return (numbers * energies) @ photon_energy_within(energies, EDGES)
    if radiation == "alpha":
        return (numbers * energies) @ _alphas_within(energies)
    return np.full(EDGES.size, float(np.sum(numbers * energies)))


def _electrons(energies, numbers):
    """Tracks of electrons, and as photons what they radiate."""
    emitted = numbers * energies
    radiated = emitted * np.exp(np.interp(np.log(energies), np.log(_YIELD[:, 0] * MEV), np.log(_YIELD[:, 1])))
    # Kramers: of the energy that an electron of energy E radiates the share 2u - u^2 is in photons below u E. What is
    # below the first edge is counted in the first bin.
    part = np.minimum(_BREMSSTRAHLUNG / energies[:, None], 1.0)
    below = 2.0 * part - part**2
    below[:, 0] = 0.0
    photons = radiated @ np.diff(below, axis=1)
    centre = np.sqrt(_BREMSSTRAHLUNG[1:] * _BREMSSTRAHLUNG[:-1])
    within = _electrons_within(energies)
    return (emitted - radiated) @ (within / within[:, -1:]) + photons @ photon_energy_within(centre, EDGES)


def _electrons_within(energies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fraction of the energy of electrons of single energies that is deposited within `EDGES`, bremsstrahlung apart.

    The only place that knows where the kernels of single energies come from.
    """
    within = point_kernel_absorbed_fraction(energies[:, None], EDGES[1:] / WATER_DENSITY, WATER_DENSITY)
    return np.concatenate([np.zeros((energies.size, 1)), np.minimum(within, 1.0)], axis=1)


def _alphas_within(energies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fraction of the energy of alphas deposited within `EDGES` on straight tracks."""
    table = np.concatenate([[0.0], np.geomspace(1e-4, 10.0, 600)]) * MEV
    reach = np.concatenate([[0.0], alpha_csda_range(table[1:])])
    known = np.minimum(energies, table[-1])
    full = alpha_csda_range(known)
    left = np.interp(full[:, None] - EDGES, reach, table)
    return 1.0 - left / known[:, None]


def _gathered(energies, numbers):
    """A long spectrum on fewer energies, with the same number of particles and the same energy."""
    if energies.size <= _MOST_ENERGIES:
        return energies, numbers
    grid = np.geomspace(energies.min(), energies.max(), _MOST_ENERGIES)
    right = np.clip(np.searchsorted(grid, energies), 1, grid.size - 1)
    share = (energies - grid[right - 1]) / (grid[right] - grid[right - 1])
    count = np.bincount(right, numbers * share, grid.size) + np.bincount(right - 1, numbers * (1.0 - share), grid.size)
    return grid, count
