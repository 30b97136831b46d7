"""Transport of photons and electrons through stylised phantoms: energies deposited in the organs."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ferrotope.dosimetry.matter.media import Medium, medium
from ferrotope.subject.phantoms import Phantom
from ferrotope.units.constants import ELEMENTARY_CHARGE, MEV

__all__ = ["BATCHES", "PhotonEnergies", "electron_energies", "photon_energies"]

# Whole skeleton of MIRD Pamphlet No. 5 Revised, read in a public transcription, without its traces of Zn, Sr and Pb.
SKELETON = Medium(
    "skeleton",
    {1: 0.0704, 6: 0.2279, 7: 0.0387, 8: 0.4856, 11: 0.0032, 12: 0.0011, 15: 0.0694, 16: 0.0017, 17: 0.0014, 19: 0.0015,
     20: 0.0991},
    1486.2,
    82.5 * ELEMENTARY_CHARGE,
)  # fmt: skip
CUT = 1e-3 * MEV  # below, photons stay where they are
BATCHES = 8  # groups of histories whose scatter gives the standard error


@dataclass(frozen=True, eq=False)
class PhotonEnergies:
    """What photons leave in the organs of a phantom.

    Attributes
    ----------
    deposited, standard_error : array, shape (targets, sources)
        J per decay in the source.
    air : array, shape (sources,)
        J per decay absorbed in the air around the body.
    escaped : array, shape (sources,)
        J per decay that leaves the grid.
    emitted : float
        J per decay.
    """

    deposited: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    air: NDArray[np.float64]
    escaped: NDArray[np.float64]
    emitted: float


def photon_energies(
    body: Phantom, energies: NDArray[np.float64], numbers: NDArray[np.float64], *, histories: int, seed: int = 0
) -> PhotonEnergies:
    """Energy that photons leave in the organs, by transport in the kerma approximation.

    Parameters
    ----------
    body : Phantom
        Where; each of its organs is a source in turn.
    energies, numbers : array, shape (n,)
        Energies (J) and photons per decay.
    histories : int
        Photons from each source.
    seed : int
        The same seed gives the same result, whatever the number of threads.

    Returns
    -------
    PhotonEnergies
        Deposits with air and escape add up to what is emitted.
    """
    count = len(body.names)
    emitted = float(energies @ numbers)
    empty = np.zeros((count, count))
    if emitted == 0.0:
        return PhotonEnergies(empty, empty.copy(), np.zeros(count), np.zeros(count), 0.0)
    from ferrotope.dosimetry.transport.photon_tables import photon_tables
    from ferrotope.dosimetry.transport.photons import transport_photons

    media, geometry = _surroundings(body)
    labels = body.labels.ravel()
    tables = photon_tables(media)
    voxels = [np.flatnonzero(labels == n + 1) for n in range(count)]
    per_batch = -(-histories // BATCHES)
    cumulated = np.cumsum(energies * numbers) / emitted

    def follow(job):
        source, batch = job
        rng = np.random.default_rng(np.random.SeedSequence([seed, source, batch]))
        particles = np.empty((per_batch, 8))
        cell = np.unravel_index(rng.choice(voxels[source], per_batch), body.labels.shape)
        particles[:, :3] = (np.stack(cell, axis=1) + rng.random((per_batch, 3))) * body.voxel_size
        particles[:, 3:6] = _directions(rng, per_batch)
        # Lines are drawn by the energy that they carry, so that every photon stands for the same energy.
        drawn = np.searchsorted(cumulated, rng.random(per_batch) * cumulated[-1], side="right")
        particles[:, 6] = energies[np.minimum(drawn, energies.size - 1)]
        particles[:, 7] = emitted / per_batch / particles[:, 6]
        streams = rng.integers(0, 2**64, per_batch, dtype=np.uint64)
        deposit = np.zeros(labels.size)
        *_, escaped = transport_photons(particles, streams, geometry, tables, CUT, np.inf, deposit)
        return np.append(np.bincount(labels, deposit, count + 1), escaped)

    jobs = [(source, batch) for source in range(count) for batch in range(BATCHES)]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        results = np.array(list(pool.map(follow, jobs))).reshape(count, BATCHES, count + 2)
    mean = results.mean(axis=1).T
    error = results.std(axis=1, ddof=1).T / np.sqrt(BATCHES)
    return PhotonEnergies(mean[1:-1], error[1:-1], mean[0], mean[-1], emitted)


def electron_energies(
    body: Phantom,
    source: str,
    energies: NDArray[np.float64],
    numbers: NDArray[np.float64],
    *,
    histories: int,
    seed: int = 0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Energy that electrons from one organ, and what they radiate, leave in all organs.

    Parameters
    ----------
    body : Phantom
        Where.
    source : str
        One of its organs.
    energies, numbers : array, shape (n,)
        Kinetic energies (J) and electrons per decay.
    histories : int
        Electrons followed.
    seed : int
        The same seed gives the same result, whatever the number of threads.

    Returns
    -------
    deposited, standard_error : array, shape (targets,)
        J per decay. The error is that of a count of electrons that leave their mean energy.

    Notes
    -----
    Positrons may be given as electrons: their stopping differs by a few per cent at low energy alone.
    """
    from ferrotope.dosimetry.transport import Radiation, VoxelMap, Voxels, simulate

    media, geometry = _surroundings(body)
    shape, edges = body.labels.shape, (body.voxel_size,) * 3
    *_, index, density = geometry
    voxels = Voxels(edges, density.reshape(shape), media, index.reshape(shape))
    decays = VoxelMap(body.mask(source).astype(float), edges)
    emitted = (energies > 0.0) & (numbers > 0.0)
    electrons = Radiation("electrons", "electron", energies[emitted], numbers[emitted])
    found = simulate(electrons, decays, voxels, histories=histories, seed=seed)
    deposited = np.bincount(body.labels.ravel(), found.deposited[0].ravel(), len(body.names) + 1)[1:]
    return deposited, np.sqrt(deposited * electrons.mean_energy / histories)


def _surroundings(body):
    """Media and the geometry that the transport takes: the voxels of the body in a box of air."""
    media = [medium("air"), *(_medium(name) for name in dict.fromkeys(body.media))]
    index = {one.name: n for n, one in enumerate(media)}
    of_label = np.array([0, *(index[name] for name in body.media)])
    density = np.array([media[0].density, *body.densities])
    labels = body.labels.ravel()
    geometry = (
        1, np.zeros(1), np.zeros(3), np.full(3, body.voxel_size), np.array(body.labels.shape, dtype=np.int64),
        of_label[labels], density[labels],
    )  # fmt: skip
    return media, geometry


def _medium(name):
    return SKELETON if name == SKELETON.name else medium(name)


def _directions(rng, count):
    cosine, azimuth = rng.uniform(-1.0, 1.0, count), rng.uniform(0.0, 2.0 * np.pi, count)
    sine = np.sqrt(1.0 - cosine**2)
    return np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=1)
