"""Energy spectra of beta decay: Fermi function, screening by the atom, shapes of unique forbidden branches.

Allowed and non-unique forbidden branches have the statistical shape, a unique branch of order n (spin change n + 1)
that shape times a polynomial in the squared momenta of the two leptons.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.units.checks import between, positive
from ferrotope.units.constants import ELECTRON_MASS, SPEED_OF_LIGHT

__all__ = [
    "beta_density",
    "beta_energy_spectrum",
    "branch_spectrum",
    "fermi_function",
    "lepton_ratio",
    "screening_energy",
    "shape_factor",
]

_REST_ENERGY = ELECTRON_MASS * SPEED_OF_LIGHT**2
_FINE_STRUCTURE = 7.2973525693e-3  # CODATA 2018, doi:10.1103/RevModPhys.93.025010
_REDUCED_COMPTON = 386.159  # fm, electron; nuclear radii are taken as 1.2 fm A^(1/3)
# Shift of the potential at the nucleus by the electrons of the parent atom, in units of alpha^2 Z^(4/3) m c^2: values
# in common use with Rose's formula, read in public code, their first source not seen (Thomas-Fermi atom: 1.80).
_SCREENING_Z = (1, 8, 13, 16, 23, 27, 29, 49, 84, 92)
_SCREENING = (1.0, 1.42, 1.484, 1.497, 1.52, 1.544, 1.561, 1.637, 1.838, 1.907)
_LEAST = 1e-6  # kinetic energy in units of m c^2 that stands for a particle at rest


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
    Nucleus of radius R = 1.2 fm A^(1/3), no screening. Source: H. Behrens and J. Jänecke, Numerical tables for
    beta-decay and electron capture (Landolt-Börnstein I/4, 1969), doi:10.1007/b19939, whose table II it meets within
    0.02 %. Left out is their factor L_0 for the finite charge radius; it falls by 0.3 % from 0.2 to 1.2 m c^2 at
    Z = 32, by 2 % at Z = 84.
    """
    from scipy.special import factorial2, gamma, loggamma

    total = 1.0 + np.asarray(energy, dtype=float) / _REST_ENERGY
    momentum = np.sqrt(total**2 - 1.0)
    g = _exponent(daughter_atomic_number, order)
    eta = -charge * _FINE_STRUCTURE * daughter_atomic_number * total / momentum
    nucleus = 1.2 / _REDUCED_COMPTON * mass_number ** (1.0 / 3.0)
    front = (order * factorial2(2 * order - 1)) ** 2 * 4.0**order / gamma(1.0 + 2.0 * g) ** 2
    wave = np.exp(np.pi * eta + 2.0 * np.real(loggamma(g + 1j * eta)))
    return (front * (2.0 * momentum * nucleus) ** (2.0 * (g - order)) * wave)[()]


def lepton_ratio(
    energy: ArrayLike, daughter_atomic_number: int, mass_number: int, charge: int, order: int
) -> NDArray[np.float64]:
    """Coulomb factor lambda_k of a unique shape: weight of the k-th partial wave at the nucleus beside the first.

    lambda_k = F_(k-1)/F_0 (k + g_k)/(k (1 + g_1)).

    Parameters
    ----------
    energy : float or array
        Kinetic energy of the beta particle (J), positive.
    daughter_atomic_number, mass_number, charge : int
        As `fermi_function`.
    order : int
        k, from 1.

    Returns
    -------
    float or array
        lambda_k; 1 for Z = 0 and for k = 1.

    Notes
    -----
    Within 1 % of table II of Behrens and Jänecke (`fermi_function`) up to a momentum of 2 m c, for Z up to 84.
    """
    k, nucleus = order, (daughter_atomic_number, mass_number, charge)
    weight = (k + _exponent(daughter_atomic_number, k)) / (k * (1.0 + _exponent(daughter_atomic_number, 1)))
    return weight * fermi_function(energy, *nucleus, order=k) / fermi_function(energy, *nucleus)


def shape_factor(
    energy: ArrayLike, neutrino: ArrayLike, daughter_atomic_number: int, mass_number: int, charge: int, unique: int
) -> NDArray[np.float64]:
    """Shape factor of a unique forbidden transition.

    C = (2L - 1)! sum_(k=1)^L lambda_k p^(2(k-1)) q^(2(L-k)) / [(2k - 1)! (2(L - k) + 1)!], with L = unique + 1.

    Parameters
    ----------
    energy : float or array
        Kinetic energy of the beta particle (J), positive.
    neutrino : float or array
        q, energy of the neutrino in units of the electron's rest energy.
    daughter_atomic_number, mass_number, charge : int
        As `fermi_function`.
    unique : int
        0 for allowed and non-unique branches, 1 for unique first forbidden ones, 2 for second.

    Returns
    -------
    array
        C; 1 for `unique` = 0, q^2 + lambda_2 p^2 for 1.

    Notes
    -----
    Source: Behrens and Jänecke (see `fermi_function`), as in X. Mougeot, Phys Rev C 2015;91:055504,
    doi:10.1103/PhysRevC.91.055504, who found lambda_k = 1 systematically worse for unique transitions.
    """
    L = unique + 1
    q = np.asarray(neutrino, dtype=float)
    square = (1.0 + np.asarray(energy, dtype=float) / _REST_ENERGY) ** 2 - 1.0
    total = q ** (2 * unique)
    for k in range(2, L + 1):
        number = math.factorial(2 * L - 1) / (math.factorial(2 * k - 1) * math.factorial(2 * (L - k) + 1))
        wave = lepton_ratio(energy, daughter_atomic_number, mass_number, charge, k)
        total = total + number * wave * square ** (k - 1) * q ** (2 * (L - k))
    return total


def screening_energy(parent_atomic_number: int) -> float:
    """Shift of the potential energy at the nucleus by the electrons of the atom.

    V_0 = N(Z) alpha^2 Z^(4/3) m c^2.

    Parameters
    ----------
    parent_atomic_number : int
        Z of the parent, whose shell the beta particle leaves.

    Returns
    -------
    float
        V_0 (J): 2 keV at Z = 20, 14 keV at Z = 71.
    """
    number = float(np.interp(parent_atomic_number, _SCREENING_Z, _SCREENING))
    return number * _FINE_STRUCTURE**2 * parent_atomic_number ** (4.0 / 3.0) * _REST_ENERGY


def beta_density(
    energy: ArrayLike, endpoint: float, daughter_atomic_number: int, mass_number: int, charge: int, unique: int = 0
) -> NDArray[np.float64]:
    """Shape of one beta branch, not normalised.

    N(E) ~ p' W' F(W') C(W') q^2, where W' = W + charge V_0 and p' are what the particle has inside the atom.

    Parameters
    ----------
    energy : float or array
        Kinetic energy E (J).
    endpoint : float
        Largest kinetic energy (J).
    daughter_atomic_number, mass_number, charge : int
        As `fermi_function`.
    unique : int
        Order of a unique forbidden branch, 0 for all others.

    Returns
    -------
    array
        N; zero outside 0 to the endpoint.

    Notes
    -----
    Screening of M. E. Rose, Phys Rev 1936;49:727, doi:10.1103/PhysRev.49.727. Electrons below V_0, where the formula
    ends, have its limit for p' = 0 times q^2; the shape is within 2 % of solutions of the Dirac equation in a screened
    field (tests). Positrons below 20 keV, which are rare, come out too many. Left out: finite nuclear size, exchange
    with atomic electrons (more electrons below some keV), radiative corrections.
    """
    energy = np.asarray(energy, dtype=float)
    neutrino = np.maximum(endpoint - energy, 0.0) / _REST_ENERGY
    shift = screening_energy(daughter_atomic_number + charge)
    inner = np.maximum(energy + charge * shift, _LEAST * _REST_ENERGY)
    total = 1.0 + inner / _REST_ENERGY
    momentum = np.sqrt(total**2 - 1.0)
    nucleus = daughter_atomic_number, mass_number, charge
    density = momentum * total * neutrino**2 * fermi_function(inner, *nucleus)
    if unique:
        density = density * shape_factor(inner, neutrino, *nucleus, unique)
    return np.where(energy >= 0.0, density, 0.0)


def branch_spectrum(
    energy: ArrayLike,
    endpoint: float,
    daughter_atomic_number: int,
    mass_number: int,
    charge: int,
    *,
    unique: int = 0,
    mean_energy: float | None = None,
) -> NDArray[np.float64]:
    """Normalised spectrum of one beta branch on given energies.

    Parameters
    ----------
    energy : array, shape (n,)
        Kinetic energies (J), increasing, at least up to the endpoint.
    endpoint : float
        Largest kinetic energy (J), without the 1.022 MeV of annihilation for positrons.
    daughter_atomic_number, mass_number, charge : int
        As `fermi_function`.
    unique : int
        Order of a unique forbidden branch, 0 for all others.
    mean_energy : float, optional
        Evaluated mean energy (J), which the spectrum then has: its shape is multiplied by an exponential of the energy,
        so that the endpoint stays.

    Returns
    -------
    array, shape (n,)
        Probability density (1/J), whose integral by trapezoids is 1.

    Raises
    ------
    InputError
        If the endpoint is not positive, or the mean energy is not between a tenth and nine tenths of it.
    """
    positive("endpoint", endpoint, "J")
    energy = np.asarray(energy, dtype=float)
    steps = np.zeros(energy.size)
    steps[1:] += 0.5 * np.diff(energy)
    steps[:-1] += 0.5 * np.diff(energy)
    weight = steps * beta_density(energy, endpoint, daughter_atomic_number, mass_number, charge, unique)
    probability = weight / weight.sum()
    if mean_energy is not None:
        probability = _with_mean(energy, probability, mean_energy, endpoint)
    return probability / steps


def beta_energy_spectrum(
    endpoint: float,
    daughter_atomic_number: int,
    mass_number: int,
    charge: int,
    *,
    unique_first_forbidden: bool = False,
    unique: int = 0,
    mean_energy: float | None = None,
    points: int = 64,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spectrum of one beta branch, as points and probabilities for sums over energy.

    Parameters
    ----------
    endpoint, daughter_atomic_number, mass_number, charge, unique, mean_energy
        As `branch_spectrum`.
    unique_first_forbidden : bool
        The same as `unique` = 1.
    points : int
        Number of energies.

    Returns
    -------
    energy : array, shape (points,)
        Kinetic energies (J), in the middle of equal steps.
    probability : array, shape (points,)
        Probabilities, which sum to 1.

    Raises
    ------
    InputError
        If the endpoint is not positive, or the mean energy is not between a tenth and nine tenths of it.

    Notes
    -----
    See `beta_density`. Non-unique forbidden branches are treated as allowed, the usual approximation; the evaluated
    mean takes in the first order of their shape factor.
    """
    positive("endpoint", endpoint, "J")
    energy = endpoint * (np.arange(points) + 0.5) / points
    order = max(unique, int(unique_first_forbidden))
    density = beta_density(energy, endpoint, daughter_atomic_number, mass_number, charge, order)
    probability = density / density.sum()
    if mean_energy is not None:
        probability = _with_mean(energy, probability, mean_energy, endpoint)
    return energy, probability


def _with_mean(
    energy: NDArray[np.float64], probability: NDArray[np.float64], mean_energy: float, endpoint: float
) -> NDArray[np.float64]:
    """Multiply probabilities by exp(a E) so that their mean is the one wanted; Newton steps on a."""
    between(
        "mean_energy", mean_energy, 0.1 * endpoint, 0.9 * endpoint, "J", "it does not fit the endpoint of the branch"
    )
    x, wanted, slope = energy / endpoint, mean_energy / endpoint, 0.0
    trial = probability
    for _ in range(50):
        mean = trial @ x
        if abs(mean - wanted) < 1e-13:
            break
        slope += float(np.clip((wanted - mean) / (trial @ (x - mean) ** 2), -2.0, 2.0))
        trial = probability * np.exp(slope * (x - wanted))
        trial = trial / trial.sum()
    return trial


def _exponent(atomic_number: int, order: int) -> float:
    return math.sqrt(order**2 - (_FINE_STRUCTURE * atomic_number) ** 2)
