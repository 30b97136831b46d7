"""Cross sections of electrons and positrons in a list of media, tabulated for the compiled transport."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ferrotope.dosimetry.matter.media import Medium
from ferrotope.dosimetry.matter.radiative import bremsstrahlung_spectrum, radiative_stopping_power
from ferrotope.dosimetry.matter.stopping import (
    CLASSICAL_RADIUS,
    REST_ENERGY,
    collision_stopping_power,
    csda_range_table,
    delta_ray_moments,
    electrons_per_mass,
)
from ferrotope.dosimetry.transport.elastic import FOLLOWED, elastic_moments, multiple_scattering_tables
from ferrotope.units.constants import MEV

__all__ = ["ElectronPhysics", "electron_tables"]

_PER_E_FOLD = 25  # energies a factor e
_SPECTRUM = 41
_TURNING = 4.0  # largest -d<1 - cos>/d(ln T) for which steps have the share that is asked for; 2 in water
_SHARES = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 120)])


class ElectronPhysics(NamedTuple):
    """What the compiled transport takes, in its order."""

    curves: np.ndarray  # medium, kind (electron, positron), energy, quantity
    quantiles: np.ndarray  # medium, kind, energy, probability
    spectra: np.ndarray  # medium, energy, k/T
    rules: np.ndarray  # medium: energy (J) below which an electron that cannot leave its region stays; share of a step
    limits: tuple[float, ...]


def electron_tables(
    media: Sequence[Medium],
    highest_energy: float,
    *,
    lowest_energy: float = 1e-3 * MEV,
    step_share: float = 0.03,
    delta_share: float = 0.01,
    photon_cut: float = 1e-3 * MEV,
) -> ElectronPhysics:
    """Tabulate what the transport of electrons and positrons needs.

    Parameters
    ----------
    media : sequence
        Media, in the order of the indices of the geometry.
    highest_energy : float
        Largest kinetic energy (J), at most 9 MeV.
    lowest_energy : float
        Kinetic energy at which a track ends (J), at least 1 keV.
    step_share : float
        Share of its energy that an electron loses in a step; less in media of heavy atoms, which turn it more.
    delta_share : float
        Delta rays are followed above this share of the electron's energy, and above `lowest_energy`.
    photon_cut : float
        Energy above which bremsstrahlung photons are made one by one (J).

    Returns
    -------
    ElectronPhysics
        Arrays with the axes medium, kind (electron, positron) and energy, and the limits.
    """
    count = 2 + int(np.ceil(np.log(highest_energy / lowest_energy) * _PER_E_FOLD))
    options = (count, lowest_energy, step_share, delta_share, photon_cut)
    found = [
        _of_medium(m.name, tuple(m.composition.items()), m.density, m.mean_excitation_energy, *options) for m in media
    ]
    limits = (np.log(lowest_energy), _PER_E_FOLD, lowest_energy, lowest_energy, delta_share, photon_cut)
    return ElectronPhysics(*(np.stack(part) for part in zip(*found, strict=True)), (*map(float, limits), REST_ENERGY))


@lru_cache(maxsize=32)
def _of_medium(
    name, composition, density, mean_excitation_energy, count, lowest_energy, step_share, delta_share, photon_cut
):
    """Curves, quantiles, spectra and the energy of local deposition of one medium."""
    medium = Medium(name, dict(composition), density, mean_excitation_energy)
    energy = np.exp(np.log(lowest_energy) + np.arange(count) / _PER_E_FOLD)
    cut = np.maximum(lowest_energy, delta_share * energy)
    spectrum = bremsstrahlung_spectrum(medium.composition, energy, _SHARES)
    photons = _photons(energy, photon_cut, spectrum)
    scattering = elastic_moments(medium, energy, cut)
    # Where heavy atoms turn an electron more for its loss than tissue does, steps are shorter.
    turning = energy * scattering[0][:, 1] / collision_stopping_power(medium, energy)
    step_share *= min(1.0, _TURNING / turning[energy >= min(20.0 * mean_excitation_energy, energy[-1])].max())
    both = [_of_kind(medium, charge, energy, cut, step_share, photons, scattering) for charge in (-1, 1)]
    equal = np.linspace(0.0, 1.0, _SPECTRUM)
    shapes = np.stack([np.interp(equal, _SHARES, row / row.max()) for row in spectrum])
    curves, quantiles = (np.stack(part) for part in zip(*both, strict=True))
    return curves, quantiles, shapes, np.array([_radiation_is_small(medium, energy), step_share])


def _of_kind(medium, charge, energy, cut, step_share, photons, scattering):
    """Columns of the curves, in the order of the compiled transport, and the quantiles of the deflection."""
    electrons = electrons_per_mass(medium)
    number, loss = delta_ray_moments(energy, cut, charge=charge)[:2]
    radiated, soft_radiation = photons
    slowing = collision_stopping_power(medium, energy, charge=charge) - electrons * loss + soft_radiation
    annihilation = electrons * _annihilation(energy) if charge > 0 else np.zeros_like(energy)
    hard = np.maximum((electrons * number + radiated + annihilation) / slowing, 1e-12 / energy)
    # A flight from one hinge to the next stays within a step of either side of the second step's start.
    reach = int(np.ceil(-np.log1p(-step_share) * _PER_E_FOLD)) + 1
    padded = np.pad(hard, reach, mode="edge")
    bound = np.max([padded[s : s + energy.size] for s in range(2 * reach + 1)], axis=0) * 1.0001
    moments, total = scattering
    untouched, scale, quantiles = multiple_scattering_tables(energy, moments, total, slowing, step_share)
    strength = np.gradient(np.log(moments[:, 1] / slowing), np.log(energy))
    columns = [1.0 / slowing, hard, bound, radiated / slowing / hard, annihilation / slowing / hard]
    columns += [csda_range_table(medium, energy, charge=charge), -0.5 * step_share * strength, untouched, scale]
    columns += _straggling(medium, charge, energy, cut, slowing, step_share)
    return np.stack(columns, axis=-1), quantiles


def _straggling(medium, charge, energy, cut, slowing, step_share):
    """Two values of the path of a step over its mean, less 1, and the chance of the longer one.

    They give the path the mean, variance and skewness that the collisions between FOLLOWED and the cut give it: over a
    loss E these have the cumulants m2 E/L^3 and 3 m2^2 E/L^5 - m3 E/L^4, with m2 and m3 the integrals of W^2 and W^3
    over the cross section per path and L the mean loss per path. A flight from hinge to hinge has the mean of a step,
    7/6 of its square and 3/2 of its cube.
    """
    inner, outer = (delta_ray_moments(energy, at, charge=charge) for at in (np.minimum(FOLLOWED, cut), cut))
    m2, m3 = (electrons_per_mass(medium) * (inner[n] - outer[n]) for n in (2, 3))
    step = step_share * energy
    variance = np.maximum(m2 / (slowing * step) * 6.0 / 7.0, 1e-12)
    third = (3.0 * (m2 / (slowing * step)) ** 2 - m3 / (slowing * step**2)) * 2.0 / 3.0
    half = 0.5 * third / variance**1.5
    width = np.sqrt(1.0 + half**2)
    scale = np.minimum(np.sqrt(variance), 0.9 / (width - half))
    return [scale * (half + width), scale * (half - width), (width - half) / (2.0 * width)]


def _photons(energy, photon_cut, spectrum):
    """Number of bremsstrahlung photons above a cut and energy of those below, both per areal mass."""
    number, soft = np.zeros_like(energy), np.zeros_like(energy)
    for i, (e, row) in enumerate(zip(energy, spectrum, strict=True)):
        least = min(photon_cut / e, 1.0)
        share = np.unique(np.concatenate([[least], _SHARES]))
        value = np.interp(share, _SHARES, row)
        soft[i] = e * np.trapezoid(value[share <= least], share[share <= least])
        share, value = share[share >= least], value[share >= least]
        number[i] = np.trapezoid(value, np.log(share))
    return number, soft


def _annihilation(energy):
    """Cross section of the annihilation of a positron in flight with a free electron (m2).

    Source: W. Heitler, The quantum theory of radiation, 3rd edition (1954), section 27.
    """
    gamma = 1.0 + energy / REST_ENERGY
    momentum = np.sqrt(gamma**2 - 1.0)
    log = (gamma**2 + 4.0 * gamma + 1.0) / momentum**2 * np.log(gamma + momentum)
    return np.pi * CLASSICAL_RADIUS**2 / (gamma + 1.0) * (log - (gamma + 3.0) / momentum)


def _radiation_is_small(medium, energy):
    """Energy below which an electron radiates less than a thousandth of its stopping power."""
    share = radiative_stopping_power(medium.composition, energy) / collision_stopping_power(medium, energy)
    return float(energy[np.argmax(share > 1e-3)] if np.any(share > 1e-3) else energy[-1])
