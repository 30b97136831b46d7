"""S values of single cells: nucleus, cytoplasm, surface and whole cell as targets and sources.

The cell is a part of unbounded water, so that the energy in a target per decay in a source is a point kernel folded
with a probability of geometry alone (`cell_geometry`). The kernels of electrons come from Monte Carlo transport.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ferrotope.dosimetry.cells.geometry import Region, cell_regions, geometric_reduction_factor, region_mass
from ferrotope.dosimetry.kernels.build_up import photon_energy_within
from ferrotope.dosimetry.kernels.point_kernels import EDGES, PHOTONS
from ferrotope.dosimetry.matter.attenuation import mass_energy_transfer_coefficient, partial_attenuation_coefficients
from ferrotope.dosimetry.matter.media import WATER_DENSITY
from ferrotope.dosimetry.matter.ranges import alpha_csda_range, electron_csda_range, electron_energy_from_range
from ferrotope.dosimetry.spheres.decay_energy import line_spectrum
from ferrotope.errors import InputError, nearest
from ferrotope.nuclides import RADIATIONS, Nuclide, chain_weights
from ferrotope.units.checks import between, positive
from ferrotope.units.constants import MEV

__all__ = ["CellSValues", "absorbed_fractions", "cell_s_values", "fold_decays", "mean_and_error"]

TARGETS = ("N", "Cy", "C")
METHODS = ("transport", "straight")
_ELECTRONS = ("beta-", "beta+", "conversion", "auger")

# Energies at which absorbed fractions are computed; between them they are interpolated.
_ENERGY = {
    "electron": np.geomspace(1e-5, 5.0, 200) * MEV,
    "alpha": np.linspace(0.5, 10.0, 191) * MEV,
    "photon": np.geomspace(1e-3, 5.0, 80) * MEV,
}
# Energies of the transported kernels; an electron between two of them has the kernels of both, scaled with its range.
_TRANSPORTED = np.geomspace(2e-3, 3.0, 22) * MEV
_BATCHES = 8
_FINEST = 1e-5  # kg/m2: the first distance of the kernels, 10 nm of water
_FARTHEST = 2.0  # kg/m2: 2 mm of water; beyond, voxels and point kernels serve


@dataclass(frozen=True, eq=False, kw_only=True)
class CellSValues:
    """S values of a cell.

    Attributes
    ----------
    nuclide : str
        What decays.
    targets, sources : tuple of str
        N the nucleus, Cy the cytoplasm, CS the surface of the cell (a source only), C the whole cell, En endosomes.
    values, standard_errors : array, shape (targets, sources)
        S (Gy/(Bq s)) and its statistical standard error, 0 where nothing is random.
    cell_radius, nucleus_radius : float
        Radii (m).
    density : float
        Density (kg/m3), of which the masses follow.
    decays : dict of str to float
        Decays of each member of the chain per decay of the nuclide.
    method : str
        How it was computed.
    """

    nuclide: str
    targets: tuple[str, ...]
    sources: tuple[str, ...]
    values: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    cell_radius: float
    nucleus_radius: float
    density: float
    decays: dict[str, float] = field(default_factory=dict)
    method: str = ""

    def at(self, target: str, source: str) -> float:
        """S(target <- source).

        Parameters
        ----------
        target, source : str
            Labels, of `targets` and `sources`.

        Returns
        -------
        float
            S (Gy/(Bq s)).

        Raises
        ------
        InputError
            If there is no such target or source.
        """
        return float(self.values[_place("target", target, self.targets), _place("source", source, self.sources)])


def cell_s_values(
    nuclide: Nuclide | str,
    cell_radius: float,
    nucleus_radius: float,
    *,
    method: str = "transport",
    daughters: str | Mapping[str, float] | None = None,
    radiation: str | None = None,
    density: float = WATER_DENSITY,
    endosomes: Region | None = None,
    histories: int = 4_000,
    seed: int = 0,
) -> CellSValues:
    """S values of a spherical cell with a concentric nucleus.

    Parameters
    ----------
    nuclide : Nuclide or str
        What decays.
    cell_radius, nucleus_radius : float
        Radii (m).
    method : str
        "transport": electrons by Monte Carlo. "straight": electrons on straight tracks that slow down continuously, as
        the cellular S values of the MIRD committee.
    daughters : "prompt", "equilibrium" or mapping of str to float, optional
        Which daughters decay at the same place, and how often: see `nuclides.chain_weights`.
    radiation : str, optional
        One of `nuclides.RADIATIONS`; the sum of all by default.
    density : float
        Density of the cell and its surroundings (kg/m3).
    endosomes : (float, float), optional
        Inner and outer radius (m) of a shell around the nucleus as one more source, En. Endosomes at random places in
        the cytoplasm are the source Cy, nanoparticles at the membrane the source CS.
    histories : int
        Electrons followed at each of 22 energies, once for all nuclides and cells of similar size.
    seed : int
        The same seed gives the same result.

    Returns
    -------
    CellSValues
        Labelled by target and source.

    Raises
    ------
    InputError
        If the nuclide, the radiation, the daughters or the method is unknown, or a size is not possible.

    Notes
    -----
    Electrons and positrons, "transport": point kernels in water at 22 energies from 2 keV to 3 MeV by
    `transport.simulate`, between them scaled with the CSDA range; below 2 keV the kernel of 2 keV scaled, with
    distances wrong by at most the range, 0.2 micrometre at 2 keV and 0.06 micrometre at 1 keV. Positrons have the
    kernels of electrons. Bremsstrahlung leaves. "straight": CSDA ranges of `ranges.electron_csda_range`; 5 to 14 % low
    for the nucleus of a cell of 7 micrometres with Lu-177 or Tb-161, since real tracks are crooked. Alphas: straight
    tracks. Recoil nuclei stop where they are; half of those on a surface count inside. Photons: energy
    transferred to electrons that go straight on, within 40 % of Monte Carlo and below 5 % of S except for Fe-55, Ge-68,
    Br-77, Ti-44 and Bi-207. The surroundings are water without activity.

    Examples
    --------
    >>> s = cell_s_values("At-211", 6e-6, 4e-6, daughters="equilibrium", radiation="alpha", method="straight")
    >>> round(s.at("N", "CS"), 3)
    0.029
    """
    nuclide = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    regions = cell_regions(cell_radius, nucleus_radius, endosomes)
    density = float(positive("density", density, "kg/m3"))
    decays = chain_weights(nuclide, daughters)
    pairs = [(source, regions[target], 0.0) for target in TARGETS for source in regions.values()]
    energy, error = mean_and_error(fold_decays(decays, radiation, pairs, density, method, histories, seed))
    mass = np.array([[region_mass(regions[target], density)] for target in TARGETS])
    shape = (len(TARGETS), len(regions))
    return CellSValues(
        nuclide=nuclide.name,
        targets=TARGETS,
        sources=tuple(regions),
        values=energy.reshape(shape) / mass,
        standard_errors=error.reshape(shape) / mass,
        cell_radius=float(cell_radius),
        nucleus_radius=float(nucleus_radius),
        density=density,
        decays=decays,
        method=f"electrons by {method}, alphas on straight tracks, recoil nuclei on the spot",
    )


def fold_decays(
    decays: Mapping[str, float],
    radiation: str | None,
    pairs: Sequence[tuple[Region, Region, float]],
    density: float,
    method: str,
    histories: int,
    seed: int,
) -> NDArray[np.float64]:
    """Energy in targets per decay in sources.

    Parameters
    ----------
    decays : mapping of str to float
        Decays of each nuclide.
    radiation : str or None
        One of `nuclides.RADIATIONS`, or all.
    pairs : sequence of (source, target, separation), length p
        Regions and the distance of their centres (m), as in `geometric_reduction_factor`.
    density, method, histories, seed
        As in `cell_s_values`.

    Returns
    -------
    array, shape (batches, p)
        J, for the given decays; independent batches where the transport is random.
    """
    if radiation is not None:
        Nuclide(next(iter(decays))).emissions(radiation)  # refuses what is no radiation
    pairs = tuple((tuple(source), tuple(target), float(gap)) for source, target, gap in pairs)
    batches = np.zeros((1, len(pairs)))
    for name, number in decays.items():
        for one in RADIATIONS if radiation is None else (radiation,):
            energies, intensities = _spectrum(Nuclide(name), one)
            if not energies.size:
                continue
            emitted = number * energies * intensities
            if one == "recoil":
                batches = batches + emitted.sum() * _at_zero(pairs)
                continue
            kind = "electron" if one in _ELECTRONS else "photon" if one in PHOTONS else "alpha"
            table = absorbed_fractions(kind, pairs, density, method, histories, seed)
            batches = batches + _interpolated(emitted, energies, _ENERGY[kind], table)
    return batches


def mean_and_error(batches: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean over the first axis and its standard error, 0 where there is one batch."""
    count = batches.shape[0]
    error = batches.std(axis=0, ddof=1) / np.sqrt(count) if count > 1 else np.zeros(batches.shape[1:])
    return batches.mean(axis=0), error


@lru_cache(maxsize=64)
def absorbed_fractions(
    kind: str,
    pairs: tuple[tuple[Region, Region, float], ...],
    density: float,
    method: str = "transport",
    histories: int = 4_000,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Fraction of the energy of particles from a source that a target absorbs, at a grid of energies.

    Parameters
    ----------
    kind : str
        "electron", "alpha" or "photon".
    pairs : tuple of (source, target, separation), length p
        As in `fold_decays`.
    density, method, histories, seed
        As in `cell_s_values`.

    Returns
    -------
    array, shape (batches, energies, p)
        The mean over the batches is the result; their scatter gives its error.
    """
    if method not in METHODS:
        raise InputError("this method is not known", field="method", value=method, remedy=nearest(str(method), METHODS))
    reach = density * max(source[1] + target[1] + gap for source, target, gap in pairs)
    between("reach", reach, 2.0 * _FINEST, _FARTHEST, "kg/m2", remedy="cells are of micrometres, clusters below 1 mm")
    edges = np.concatenate([[0.0], np.geomspace(1e-3 * _FINEST, reach, 600)])
    middle = 0.5 * (edges[1:] + edges[:-1])
    factor = np.empty((edges.size, len(pairs)))
    factor[0] = _at_zero(pairs)
    for p, (source, target, gap) in enumerate(pairs):
        ends = geometric_reduction_factor(edges / density, source, target, gap)
        centre = geometric_reduction_factor(middle / density, source, target, gap)
        factor[1:, p] = (ends[1:] + ends[:-1] + 4.0 * centre) / 6.0
    within = _energy_within(kind, method, edges, histories, seed)
    table = np.diff(within, axis=-1, prepend=0.0) @ factor
    table.flags.writeable = False
    return table


def _energy_within(kind, method, edges, histories, seed):
    """Share of the energy of a particle that is deposited within distances times density, by batch and energy."""
    energies = _ENERGY[kind]
    if kind == "photon":
        return _photons_within(energies, edges)[None]
    if kind == "electron" and method == "transport":
        far = 2.0 ** np.ceil(np.log2(max(edges[-1], 0.016)))
        return _scaled(energies, edges, *_transported(float(far), int(histories), int(seed)))
    if kind == "electron":
        return _along_straight_track(energies, edges)[None]
    table = np.concatenate([[0.0], np.geomspace(1e-4, 10.0, 800)]) * MEV
    full = alpha_csda_range(energies)[:, None]
    left = np.interp(full - edges, np.concatenate([[0.0], alpha_csda_range(table[1:])]), table)
    return (1.0 - np.minimum(left / energies[:, None], 1.0))[None]


def _along_straight_track(energies, edges):
    """Share of the energy of electrons that they lose within distances times density, without scattering."""
    full = electron_csda_range(energies)[:, None]
    left = electron_energy_from_range(np.maximum(full - edges, 0.0))
    return np.where(edges >= full, 1.0, 1.0 - np.minimum(left / energies[:, None], 1.0))


def _photons_within(energies, edges):
    """Share of the energy of photons that the electrons which they set free deposit within distances times density.

    These electrons go straight on, from anywhere on the way to a distance, so that the energy transferred within it
    counts with the mean of what they have lost by then.
    """
    transferred = np.stack([np.interp(edges, EDGES, row) for row in photon_energy_within(energies, EDGES)])
    sections = partial_attenuation_coefficients(energies, "water")
    transfer = mass_energy_transfer_coefficient(energies, "water")
    photo = np.minimum(sections["photoelectric"] / transfer, 1.0)
    recoil = energies * np.maximum(transfer - sections["photoelectric"], 0.0) / sections["incoherent"]
    lost = photo[:, None] * _along_straight_track(energies, edges)
    lost += (1.0 - photo)[:, None] * _along_straight_track(np.maximum(recoil, 1e-5 * MEV), edges)
    mean = np.cumsum(0.5 * (lost[:, 1:] + lost[:, :-1]) * np.diff(edges), axis=1) / edges[1:]
    return np.concatenate([np.zeros((energies.size, 1)), transferred[:, 1:] * mean], axis=1)


def _scaled(energies, edges, reach, share):
    """Kernels of any energies from those of `_TRANSPORTED`: at the same distance over range, between neighbours."""
    full, ranges = electron_csda_range(energies), electron_csda_range(_TRANSPORTED)
    place = np.interp(np.log(energies), np.log(_TRANSPORTED), np.arange(_TRANSPORTED.size))
    lower = np.minimum(place.astype(int), _TRANSPORTED.size - 2)
    found = np.empty((share.shape[0], energies.size, edges.size))
    for i, (k, part) in enumerate(zip(lower, place - lower, strict=True)):
        for b in range(share.shape[0]):
            near = np.interp(edges * ranges[k] / full[i], reach, share[b, k])
            far = np.interp(edges * ranges[k + 1] / full[i], reach, share[b, k + 1])
            found[b, i] = (1.0 - part) * near + part * far
    return found


@lru_cache(maxsize=8)
def _transported(far: float, histories: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of the energy of electrons of `_TRANSPORTED` within distances times density up to 2 `far`, by batch."""
    from ferrotope.dosimetry.transport import Point, Radiation, Shells, simulate

    count = int(between("histories", histories, 2 * _BATCHES, 1e9)) // _BATCHES
    steps = int(np.ceil(16 * np.log10(2.0 * far / _FINEST)))
    reach = np.geomspace(_FINEST, 2.0 * far, steps + 1)
    # What returns from beyond twice the last distance is lost: below 0.3 % there, far less near the source.
    geometry = Shells(np.append(reach, 4.0 * far) / WATER_DENSITY)
    electrons = [Radiation(f"{energy:g} J", "electron", [energy]) for energy in _TRANSPORTED]
    share = np.zeros((_BATCHES, _TRANSPORTED.size, reach.size + 1))
    for b, own in enumerate(np.random.SeedSequence(seed).generate_state(_BATCHES)):
        run = simulate(electrons, Point(), geometry, histories=count, seed=int(own), follow_photons=False)
        share[b, :, 1:] = np.cumsum(run.deposited[:, :-1], axis=1) / _TRANSPORTED[:, None]
    return np.concatenate([[0.0], reach]), share


def _spectrum(nuclide, radiation):
    """Energies (J) and numbers per decay; betas in steps that are finest at low energy, where tracks are densest."""
    if radiation not in ("beta-", "beta+") or not nuclide.emissions(radiation):
        return line_spectrum(nuclide, radiation)
    energy, density = nuclide.beta_spectrum(radiation)
    return 0.5 * (energy[1:] + energy[:-1]), 0.5 * (density[1:] + density[:-1]) * np.diff(energy)


def _interpolated(emitted, energies, grid, table):
    """Sum over lines of energy times the fraction absorbed, linear in the logarithm of the energy."""
    place = np.interp(np.log(energies), np.log(grid), np.arange(grid.size))
    lower = np.minimum(place.astype(int), grid.size - 2)
    weight = np.bincount(lower, emitted * (1.0 - (place - lower)), grid.size)
    weight += np.bincount(lower + 1, emitted * (place - lower), grid.size)
    return weight @ table


def _at_zero(pairs):
    return np.array([geometric_reduction_factor(0.0, source, target, gap) for source, target, gap in pairs])


def _place(name, label, known):
    if label not in known:
        raise InputError(f"this {name} is not known", field=name, value=label, allowed=", ".join(known))
    return known.index(label)
