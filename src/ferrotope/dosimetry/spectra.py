"""Energy spectra of beta decay from endpoint, nuclear charge and forbiddenness."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.units.constants import ELECTRON_MASS, SPEED_OF_LIGHT

__all__ = ["beta_energy_spectrum", "fermi_function"]

_REST_ENERGY = ELECTRON_MASS * SPEED_OF_LIGHT**2
_FINE_STRUCTURE = 7.2973525693e-3  # CODATA 2018, doi:10.1103/RevModPhys.93.025010
_REDUCED_COMPTON = 386.159  # fm, electron; nuclear radii are taken as 1.2 fm A^(1/3)


def fermi_function(
    energy: ArrayLike, daughter_atomic_number: int, mass_number: int, charge: int, order: int = 1
) -> NDArray[np.float64]:
    """Relativistic Fermi function of a beta particle in the field of the daughter nucleus.

    F_(k-1) = [k (2k-1)!!]^2 4^k (2pR)^(2(g-k)) exp(pi eta) |Gamma(g + i eta)|^2 / Gamma(1 + 2g)^2, with
    g = sqrt(k^2 - (alpha Z)^2), eta = -charge alpha Z W/p, W the total energy and p the momentum in electron units.

    Parameters
    ----------
    energy : float or array
        Kinetic energy of the beta particle (J), positive.
    daughter_atomic_number : int
        Z of the daughter.
    mass_number : int
        A.
    charge : int
        -1 for electrons, +1 for positrons.
    order : int
        k: 1 for the allowed Fermi function, 2 for the next partial wave.

    Returns
    -------
    float or array
        F, without dimension; 1 for Z = 0.

    Notes
    -----
    Point nucleus, no screening. Source: H. Behrens and J. Jänecke, Numerical tables for beta-decay and electron
    capture (Landolt-Börnstein I/4, 1969), as used by X. Mougeot, Phys Rev C 91 (2015) 055504,
    doi:10.1103/PhysRevC.91.055504; written from memory, tested at Z = 0 and against spectra of other origin.
    """
    from scipy.special import factorial2, gamma, loggamma

    total = 1.0 + np.asarray(energy, dtype=float) / _REST_ENERGY
    momentum = np.sqrt(total**2 - 1.0)
    strength = _FINE_STRUCTURE * daughter_atomic_number
    g = np.sqrt(order**2 - strength**2)
    eta = -charge * strength * total / momentum
    nucleus = 1.2 / _REDUCED_COMPTON * mass_number ** (1.0 / 3.0)
    front = (order * factorial2(2 * order - 1)) ** 2 * 4.0**order / gamma(1.0 + 2.0 * g) ** 2
    wave = np.exp(np.pi * eta + 2.0 * np.real(loggamma(g + 1j * eta)))
    return (front * (2.0 * momentum * nucleus) ** (2.0 * (g - order)) * wave)[()]


def beta_energy_spectrum(
    endpoint: float,
    daughter_atomic_number: int,
    mass_number: int,
    charge: int,
    *,
    unique_first_forbidden: bool = False,
    mean_energy: float | None = None,
    points: int = 64,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spectrum of one beta branch, as points and probabilities for sums over energy.

    N(E) ~ p W (Q - E)^2 F(Z, W) C(W); C = 1 for allowed shapes, q^2 + lambda_2 p^2 for unique first forbidden ones.

    Parameters
    ----------
    endpoint : float
        Largest kinetic energy Q (J), without the 1.022 MeV of annihilation for positrons.
    daughter_atomic_number, mass_number : int
        Z of the daughter and A.
    charge : int
        -1 for beta minus, +1 for beta plus.
    unique_first_forbidden : bool
        True for transitions that change spin by 2 and parity, such as that of Y-90.
    mean_energy : float, optional
        Evaluated mean energy (J). The energy axis is stretched to it, so that the energy per decay is the evaluated
        one whatever the shape.
    points : int
        Number of energies.

    Returns
    -------
    energy : array, shape (points,)
        Kinetic energies (J).
    probability : array, shape (points,)
        Probabilities, which sum to 1.

    Raises
    ------
    InputError
        If the endpoint is not positive, or the mean energy is not between a tenth and nine tenths of it.

    Notes
    -----
    Non-unique forbidden branches are treated as allowed, the usual approximation. No screening: it moves the mean of
    low-energy positrons of heavy nuclei by a few per cent, which `mean_energy` takes back.
    """
    if not endpoint > 0:
        raise InputError("a beta endpoint must be positive", field="endpoint", value=f"{endpoint} J")
    if mean_energy is not None and not 0.1 * endpoint < mean_energy < 0.9 * endpoint:
        raise InputError(
            "the mean energy of a beta branch does not fit its endpoint",
            field="mean_energy",
            value=f"{mean_energy:g} J at an endpoint of {endpoint:g} J",
            allowed="between 0.1 and 0.9 of the endpoint",
        )
    energy = endpoint * (np.arange(points) + 0.5) / points
    total = 1.0 + energy / _REST_ENERGY
    momentum = np.sqrt(total**2 - 1.0)
    neutrino = (endpoint - energy) / _REST_ENERGY
    density = momentum * total * neutrino**2 * fermi_function(energy, daughter_atomic_number, mass_number, charge)
    if unique_first_forbidden:
        density = density * (neutrino**2 + _lambda_2(energy, daughter_atomic_number, mass_number, charge) * momentum**2)
    probability = density / density.sum()
    if mean_energy is not None:
        energy = energy * (mean_energy / np.sum(energy * probability))
    return energy, probability


def _lambda_2(energy, daughter_atomic_number, mass_number, charge):
    """Coulomb factor of the unique shape, F_1/F_0 (2 + g_2)/(2 (1 + g_1)); 1 for Z = 0."""
    strength = _FINE_STRUCTURE * daughter_atomic_number
    g1, g2 = np.sqrt(1.0 - strength**2), np.sqrt(4.0 - strength**2)
    first = fermi_function(energy, daughter_atomic_number, mass_number, charge, order=2)
    zeroth = fermi_function(energy, daughter_atomic_number, mass_number, charge, order=1)
    return first / zeroth * (2.0 + g2) / (2.0 * (1.0 + g1))
