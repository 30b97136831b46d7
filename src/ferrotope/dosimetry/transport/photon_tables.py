"""Tables that the photon kernel reads: cross sections on one grid of energies, scattering, relaxation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ferrotope.dosimetry.matter.attenuation import (
    HIGHEST_ENERGY,
    LOWEST_ENERGY,
    element_coefficients,
    photoelectric_shares,
    tabulated_element,
)
from ferrotope.dosimetry.matter.media import Medium

__all__ = ["PhotonTables", "photon_tables"]

_ENERGIES = 2001  # 0.5 % apart: an absorption edge is spread over so much
_MOMENTA = 400


class PhotonTables(NamedTuple):
    """Arrays of the photon kernel; m media, e elements, n energies, c channels, k momentum transfers, t transitions."""

    log_lowest: float  # of the energy in J
    per_step: float  # energies a unit of log energy
    total: NDArray[np.float64]  # (m, n) mass attenuation coefficient, m2/kg
    channels: NDArray[np.float64]  # (m, c, n) its parts, channel c = 4 * place + process
    elements: NDArray[np.int64]  # (m, c // 4) element of a place, -1 none
    x: NDArray[np.float64]  # (k,) sin(theta/2)/wavelength, 1/angstrom; 0 first, then geometric
    scattering: NDArray[np.float64]  # (e, k) incoherent scattering function over Z
    form: NDArray[np.float64]  # (e, k) integral of the squared form factor over x^2
    shares: NDArray[np.float64]  # (e, 4, n) of K, L1, L2, L3 in the photoelectric effect
    binding: NDArray[np.float64]  # (e, 4) J, 0 where the shell is not followed
    first: NDArray[np.int64]  # (e, 4) first transition of a shell
    cumulated: NDArray[np.float64]  # (t,) probability, cumulated within the shell
    photon: NDArray[np.float64]  # (t,) J, 0 for an electron
    vacancies: NDArray[np.int64]  # (t, 2) 0 none, 1 K, 2 L1, 3 L2, 4 L3


def photon_tables(media: Sequence[Medium]) -> PhotonTables:
    """Return the tables of the photon kernel for some media.

    Parameters
    ----------
    media : sequence of Medium
        In the order of the medium index of the geometry.

    Returns
    -------
    PhotonTables
        Arrays, energies in J.

    Notes
    -----
    Sources in `dosimetry.matter.attenuation`.
    """
    energy = np.geomspace(LOWEST_ENERGY, HIGHEST_ENERGY, _ENERGIES)
    numbers = sorted({number for one in media for number in one.composition})
    coefficients = [element_coefficients(number, energy) for number in numbers]
    places = max(len(one.composition) for one in media)
    channels = np.zeros((len(media), 4 * places, _ENERGIES))
    elements = np.full((len(media), places), -1)
    for m, one in enumerate(media):
        # Heaviest contribution first, so that the search for the channel is short.
        for place, (number, fraction) in enumerate(sorted(one.composition.items(), key=lambda item: -item[1])):
            elements[m, place] = numbers.index(number)
            channels[m, 4 * place : 4 * place + 4] = fraction * coefficients[elements[m, place]]
    x, scattering, form = _scattering(numbers)
    first, transitions = _relaxation(numbers)
    return PhotonTables(
        log_lowest=float(np.log(LOWEST_ENERGY)),
        per_step=(_ENERGIES - 1) / float(np.log(HIGHEST_ENERGY / LOWEST_ENERGY)),
        total=channels.sum(axis=1),
        channels=channels,
        elements=elements,
        x=x,
        scattering=scattering,
        form=form,
        shares=np.array([photoelectric_shares(number, energy) for number in numbers]),
        binding=np.array([tabulated_element(number).binding for number in numbers]),
        first=first,
        cumulated=transitions[:, 0].copy(),
        photon=transitions[:, 1].copy(),
        vacancies=transitions[:, 2:].astype(np.int64),
    )


def _scattering(numbers: Sequence[int]):
    from scipy.interpolate import PchipInterpolator

    x = np.concatenate([[0.0], np.geomspace(0.005, 100.0, _MOMENTA)])
    functions, integrals = [], []
    for number in numbers:
        grid, form, function = tabulated_element(number).scattering
        smooth = [PchipInterpolator(np.log(grid[1:]), np.log(part[1:])) for part in (form, function)]
        squared = np.concatenate([[float(number) ** 2], np.exp(2 * smooth[0](np.log(x[1:])))])
        integrals.append(np.concatenate([[0.0], np.cumsum(0.5 * (squared[1:] + squared[:-1]) * np.diff(x**2))]))
        functions.append(np.concatenate([[0.0], np.minimum(np.exp(smooth[1](np.log(x[1:]))) / number, 1.0)]))
    return x, np.array(functions), np.array(integrals)


def _relaxation(numbers: Sequence[int]):
    first = np.zeros((len(numbers), 4), dtype=np.int64)
    rows = [np.zeros((0, 4))]
    count = 0
    for e, number in enumerate(numbers):
        transitions = tabulated_element(number).transitions
        for shell in range(4):
            own = transitions[transitions[:, 0] == shell][:, 1:].copy()
            first[e, shell] = count
            count += len(own)
            if len(own):
                own[:, 0] = np.cumsum(own[:, 0])
                own[-1, 0] = 1.0
            rows.append(own)
    return first, np.concatenate(rows)
