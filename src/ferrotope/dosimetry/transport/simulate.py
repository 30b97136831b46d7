"""Monte Carlo transport of what decays emit: energy deposited by region, with its statistical uncertainty."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ferrotope.dosimetry.matter.stopping import REST_ENERGY
from ferrotope.dosimetry.transport.geometry import Shells, Voxels
from ferrotope.dosimetry.transport.sources import Ball, Point, Radiation, VoxelMap, directions
from ferrotope.dosimetry.transport.tables import electron_tables
from ferrotope.errors import InputError
from ferrotope.units.checks import between
from ferrotope.units.constants import MEV

__all__ = ["Transport", "simulate"]

_CHUNKS, _LARGEST_CHUNK = 64, 8192
_ROOM = 16384  # photons that one call of the electron transport may make


@dataclass(frozen=True, kw_only=True)
class Transport:
    """Energy deposited and escaped, per decay, one row a radiation.

    Parameters
    ----------
    radiations : tuple of str
        Names of the radiations, the first axis of the arrays.
    emitted : array, shape (m,)
        Energy emitted (J); of positrons with their two annihilation photons.
    deposited, standard_error : array, shape (m, *regions)
        Energy deposited in the regions of the geometry and its standard error (J).
    escaped : array, shape (m, 3)
        Energy that left as electrons, as positrons and as photons (J).
    masses : array, shape (*regions)
        Masses of the regions (kg).
    histories : int
        Particles followed of each radiation.
    seed : int
        The seed.
    """

    radiations: tuple[str, ...]
    emitted: NDArray[np.float64]
    deposited: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    escaped: NDArray[np.float64]
    masses: NDArray[np.float64]
    histories: int
    seed: int

    def s_values(self, radiation: str | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Absorbed dose per decay and its standard error.

        Parameters
        ----------
        radiation : str, optional
            One radiation; the sum of all without it.

        Returns
        -------
        s_values, standard_errors : array, shape (*regions)
            Gy/(Bq s); 0 where there is no mass.
        """
        if radiation is not None and radiation not in self.radiations:
            allowed = ", ".join(self.radiations)
            raise InputError("this radiation was not followed", field="radiation", value=radiation, allowed=allowed)
        rows = [i for i, name in enumerate(self.radiations) if radiation in (None, name)]
        energy = self.deposited[rows].sum(axis=0)
        error = np.sqrt((self.standard_error[rows] ** 2).sum(axis=0))
        mass = np.where(self.masses > 0, self.masses, np.inf)
        return energy / mass, error / mass


def simulate(
    radiations: Radiation | Sequence[Radiation],
    source: Point | Ball | VoxelMap,
    geometry: Shells | Voxels,
    *,
    histories: int = 100_000,
    seed: int = 0,
    follow_photons: bool = True,
    electron_cut: float = 1e-3 * MEV,
    photon_cut: float = 1e-3 * MEV,
    step_share: float = 0.03,
    delta_share: float = 0.01,
    threads: int | None = None,
    progress: Callable[[float], object] | None = None,
) -> Transport:
    """Follow what decays emit through matter.

    Parameters
    ----------
    radiations : Radiation or sequence of Radiation
        What a decay emits.
    source : Point, Ball or VoxelMap
        Where the decays happen.
    geometry : Shells or Voxels
        Regions with their media and densities.
    histories : int
        Particles of each radiation.
    seed : int
        The same seed gives the same result to the last bit, whatever the number of threads.
    follow_photons : bool
        False lets bremsstrahlung and annihilation photons leave from where they are made: for electron kernels.
    electron_cut, photon_cut : float
        Energies below which electrons and photons stay where they are (J), at least 1 keV.
    step_share : float
        Share of its energy that an electron loses in a step.
    delta_share : float
        Delta rays are followed above this share of the energy of the electron, and above `electron_cut`.
    threads : int, optional
        Threads; the number of processors that this process may use without it.
    progress : callable, optional
        Called with the share of the work that is done.

    Returns
    -------
    Transport
        Energies per decay with standard errors.

    Raises
    ------
    InputError
        If a cut, a number of histories or a share is out of range, or an energy is above 9 MeV.

    Notes
    -----
    Electrons and positrons: class II condensed histories with a random hinge, see `electrons`; Goudsmit-Saunderson
    scattering with Moliere's screening, see `elastic`; collision stopping powers as ESTAR, bremsstrahlung of Seltzer
    and Berger's spectra, see `stopping` and `radiative`; photons: see `photons`. Positrons scatter and radiate like
    electrons; they annihilate in flight (Heitler's cross section) or where they stop. Not modelled: the correction of
    elastic scattering for spin, binding of the electrons that delta rays were, vacancies made by electrons, collisions
    below 1 keV as fluctuations, and any track below 1 keV.

    The scatter of at least 64 groups of histories (of all, where there are fewer) gives the standard errors. Energies
    are drawn evenly over the spectrum within a group.

    An electron that cannot leave its region deposits its energy there at once where its bremsstrahlung is below a
    thousandth of its stopping power (under 0.1 MeV in water).
    """
    several = (radiations,) if isinstance(radiations, Radiation) else tuple(radiations)
    if not several:
        raise InputError("there is nothing to follow", field="radiations", value="none")
    histories = int(between("histories", histories, 2, 1e12))
    electron_cut = float(between("electron_cut", electron_cut, 1e-3 * MEV * (1 - 1e-9), 1.0 * MEV, "J"))
    photon_cut = float(between("photon_cut", photon_cut, 1e-3 * MEV * (1 - 1e-9), 1.0 * MEV, "J"))
    between("step_share", step_share, 0.002, 0.2)
    between("delta_share", delta_share, 0.002, 0.5)
    highest = max(float(r.energies.max()) + 2.0 * REST_ENERGY * (r.kind == "positron") for r in several)
    between("energies", highest / MEV, 0.0, 9.0, "MeV", "positrons count with their two rest energies")

    media, arrays = geometry.arguments()
    physics = electron_tables(
        media,
        max(10.0 ** (np.ceil(4.0 * np.log10(highest / (9.0 * MEV))) / 4.0) * 9.0 * MEV, 2.0 * electron_cut),
        lowest_energy=electron_cut,
        step_share=step_share,
        delta_share=delta_share,
        photon_cut=photon_cut,
    )
    photons = _photon_tables(media) if follow_photons else None
    sizes = _chunk_sizes(histories)
    jobs = [(r, i, n) for r in range(len(several)) for i, n in enumerate(sizes)]

    def chunk(job):
        r, index, count = job
        rng = np.random.default_rng(np.random.SeedSequence([seed, r, index]))
        return _chunk(several[r], source, arrays, physics, photons, rng, count, electron_cut, photon_cut)

    tally = _Tally(len(several), int(np.prod(geometry.shape)))
    workers = threads or len(os.sched_getaffinity(0))
    with ThreadPoolExecutor(workers) as pool:
        for done, (job, found) in enumerate(zip(jobs, _in_order(pool, chunk, jobs, 2 * workers), strict=True), 1):
            tally.add(job[0], job[2], *found)
            if progress is not None:
                progress(done / len(jobs))
    per_decay = np.array([r.intensities.sum() for r in several])
    mean, error = tally.results(per_decay, len(sizes))
    rest = [2.0 * REST_ENERGY * r.intensities.sum() * (r.kind == "positron") for r in several]
    return Transport(
        radiations=tuple(r.name for r in several),
        emitted=np.array([r.mean_energy for r in several]) + rest,
        deposited=mean.reshape(-1, *geometry.shape),
        standard_error=error.reshape(-1, *geometry.shape),
        escaped=tally.escaped / histories * per_decay[:, None],
        masses=geometry.masses,
        histories=histories,
        seed=seed,
    )


class _Tally:
    """Sums over chunks, added in their order."""

    def __init__(self, rows, regions):
        self.total, self.squares = np.zeros((rows, regions)), np.zeros((rows, regions))
        self.escaped, self.count = np.zeros((rows, 3)), np.zeros(rows)

    def add(self, row, count, deposit, escaped):
        self.total[row] += deposit
        self.squares[row] += deposit**2 / count
        self.escaped[row] += escaped
        self.count[row] += count

    def results(self, per_decay, chunks):
        mean = self.total / self.count[:, None]
        variance = np.maximum(self.squares / self.count[:, None] - mean**2, 0.0) / (chunks - 1)
        return mean * per_decay[:, None], np.sqrt(variance) * per_decay[:, None]


def _chunk_sizes(histories):
    """Sizes of the groups of histories: fixed by their number alone, equal to one."""
    count = min(max(_CHUNKS, -(-histories // _LARGEST_CHUNK)), histories)
    return np.diff(np.arange(count + 1) * histories // count)


def _in_order(pool, function, jobs, ahead):
    """Results in the order of the jobs, with only a few of them under way or waiting."""
    waiting = []
    for job in jobs:
        waiting.append(pool.submit(function, job))
        if len(waiting) > ahead:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _photon_tables(media):
    from ferrotope.dosimetry.transport.photon_tables import photon_tables

    return photon_tables(media)


def _chunk(radiation, source, geometry, physics, photon_tables, rng, count, electron_cut, photon_cut):
    """Follow a group of histories; return deposits and the energy that left as electrons, positrons and photons (J)."""
    particles = np.ones((count, 8))
    particles[:, :3], particles[:, 3:6] = source.draw(rng, count), directions(rng, count)
    particles[:, 6] = radiation.draw(rng, count)
    streams = rng.integers(0, 2**64, count, dtype=np.uint64)
    deposit, escaped = np.zeros(geometry[5].size), np.zeros(3)
    if radiation.kind == "photon":
        electrons, photons = _nothing(), (particles, streams)
    else:
        charge = np.full(count, 1 if radiation.kind == "positron" else -1, dtype=np.int64)
        electrons, photons = (particles, streams, charge), _nothing()[:2]
    while len(electrons[0]) or len(photons[0]):
        if len(electrons[0]):
            photons = _electron_generation(electrons, geometry, physics, deposit, escaped)
            electrons = _nothing()
        if photon_tables is None:
            escaped[2] += photons[0][:, 7] @ photons[0][:, 6]
            break
        if len(photons[0]):
            from ferrotope.dosimetry.transport.photons import transport_photons

            *electrons, left = transport_photons(*photons, geometry, photon_tables, photon_cut, electron_cut, deposit)
            escaped[2] += left
            photons = _nothing()[:2]
    return deposit, escaped


def _electron_generation(electrons, geometry, physics, deposit, escaped):
    """Follow electrons and positrons; return the photons that they make."""
    from ferrotope.dosimetry.transport.electrons import transport_electrons

    particles, streams, charge = electrons
    made, seeds, first = [], [], 0
    room, words = np.empty((_ROOM, 8)), np.empty(_ROOM + 2, dtype=np.uint64)
    while first < len(particles):
        first, count = transport_electrons(
            particles, streams, charge, first, geometry, *physics, room, words, deposit, escaped[:2]
        )
        made.append(room[:count].copy())
        seeds.append(words[:count].copy())
    return np.concatenate(made), np.concatenate(seeds)


def _nothing():
    return np.empty((0, 8)), np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
