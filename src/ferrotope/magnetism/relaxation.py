"""Relaxation times: Brown, Néel (exact eigenvalue and the usual approximations), effective."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ferrotope.units.constants import BOLTZMANN, ELECTRON_GYROMAGNETIC_RATIO, VACUUM_PERMEABILITY

__all__ = [
    "anisotropy_barrier",
    "anisotropy_field",
    "brown_relaxation_time",
    "effective_relaxation_time",
    "free_diffusion_time",
    "mean_square_cosine",
    "neel_relaxation_time",
    "neel_time_ratio",
    "neel_time_ratio_coffey",
    "neel_time_ratio_high_barrier",
    "smallest_eigenvalue",
    "transverse_relaxation_time",
]

_HIGH = 20.0  # barrier above which the asymptotic series stands in for the eigenvalue


def anisotropy_barrier(anisotropy, diameter, temperature):
    """Return sigma = K V/(kB T) for an anisotropy constant (J/m3), magnetic diameter (m) and temperature (K)."""
    return anisotropy * math.pi / 6.0 * np.asarray(diameter, dtype=float) ** 3 / (BOLTZMANN * temperature)


def anisotropy_field(anisotropy, magnetisation):
    """Return the anisotropy field 2K/(mu0 Ms) in A/m for K in J/m3 and Ms in A/m."""
    return 2.0 * anisotropy / (VACUUM_PERMEABILITY * magnetisation)


def brown_relaxation_time(viscosity, hydrodynamic_diameter, temperature):
    """Return the Brownian rotation time 3 eta V_h/(kB T).

    Parameters
    ----------
    viscosity : float or ndarray
        Of the liquid, Pa s.
    hydrodynamic_diameter : float or ndarray
        In m.
    temperature : float or ndarray
        In K.

    Returns
    -------
    float or ndarray
        In s. Rosensweig, J Magn Magn Mater 2002;252:370, doi:10.1016/S0304-8853(02)00706-0.
    """
    volume = math.pi / 6.0 * np.asarray(hydrodynamic_diameter, dtype=float) ** 3
    return 3.0 * viscosity * volume / (BOLTZMANN * temperature)


def free_diffusion_time(magnetisation, diameter, temperature, damping=0.1):
    """Return tau_D = Ms V (1 + a^2)/(2 a gamma kB T), the relaxation time of the moment without a barrier.

    Parameters
    ----------
    magnetisation : float or ndarray
        In A/m.
    diameter : float or ndarray
        Magnetic diameter in m.
    temperature : float or ndarray
        In K.
    damping : float
        Gilbert's a, rarely known; 0.1 is the customary assumption.

    Returns
    -------
    float or ndarray
        In s. W. F. Brown, Phys Rev 1963;130:1677, doi:10.1103/PhysRev.130.1677.
    """
    volume = math.pi / 6.0 * np.asarray(diameter, dtype=float) ** 3
    return (
        magnetisation
        * volume
        * (1.0 + damping**2)
        / (2.0 * damping * ELECTRON_GYROMAGNETIC_RATIO * BOLTZMANN * temperature)
    )


def smallest_eigenvalue(sigma: float, size: int = 40) -> float:
    """Return the smallest non-zero eigenvalue of Brown's axial Fokker-Planck operator.

    Solves d/dx[(1 - x^2) e^(sigma x^2) dg/dx] = -lambda e^(sigma x^2) g for odd g by Galerkin's method in Legendre
    polynomials (Brown 1963, doi:10.1103/PhysRev.130.1677). In units of 1/(2 tau_D).

    Parameters
    ----------
    sigma : float
        Barrier over thermal energy, 0 to 25; above, rounding spoils the tiny eigenvalue.
    size : int
        Number of odd polynomials.

    Returns
    -------
    float
        2 at sigma = 0.
    """
    from scipy.linalg import eigh

    x, weights = np.polynomial.legendre.leggauss(4 * size)
    orders = 2 * np.arange(size) + 1
    basis = np.polynomial.legendre.legvander(x, int(orders[-1]))
    values = basis[:, orders] * np.sqrt(2.0 * orders + 1.0)
    # (1 - x^2) P_l' = l (P_(l-1) - x P_l)
    slopes = (orders * (basis[:, orders - 1] - x[:, None] * basis[:, orders])) * np.sqrt(2.0 * orders + 1.0)
    boltzmann = weights * np.exp(sigma * (x**2 - 1.0))
    stiffness = (slopes * (boltzmann / (1.0 - x**2))[:, None]).T @ slopes
    mass = (values * boltzmann[:, None]).T @ values
    return float(eigh(stiffness, mass, eigvals_only=True, subset_by_index=[0, 0])[0])


def neel_time_ratio_high_barrier(sigma):
    """Return Brown's high-barrier form of tau_N/tau_D, (sqrt(pi)/2) sigma^(-3/2) exp(sigma); -11 % at sigma = 10."""
    sigma = np.asarray(sigma, dtype=float)
    return 0.5 * math.sqrt(math.pi) * sigma**-1.5 * np.exp(sigma)


def neel_time_ratio_coffey(sigma):
    """Return Coffey's interpolation of tau_N/tau_D.

    Coffey et al., J Magn Magn Mater 1994;131:L301, from memory of the formula; within some per cent of the eigenvalue
    (`neel_time_ratio` is exact).
    """
    sigma = np.asarray(sigma, dtype=float)
    shape = sigma / (1.0 + sigma) * np.sqrt(sigma / math.pi) + 2.0 ** (-sigma - 1.0)
    return np.expm1(sigma) / (2.0 * sigma) / shape


@lru_cache(maxsize=1)
def _table() -> tuple[np.ndarray, np.ndarray]:
    """Return barriers and ln of the time ratio less the barrier, so smooth that a cubic through it is exact to 1e-6."""
    sigma = np.concatenate([np.linspace(0.0, 4.0, 17), np.linspace(4.5, _HIGH, 32)])
    ratio = np.array([2.0 / smallest_eigenvalue(value) for value in sigma])
    return sigma, np.log(ratio) - sigma


@lru_cache(maxsize=1)
def _interpolant():
    from scipy.interpolate import CubicSpline

    return CubicSpline(*_table())


def neel_time_ratio(sigma):
    """Return tau_N/tau_D from the smallest eigenvalue of Brown's Fokker-Planck operator.

    Parameters
    ----------
    sigma : float or ndarray
        Barrier K V/(kB T), 0 or more.

    Returns
    -------
    float or ndarray
        2/lambda_1; 1 at sigma = 0. Interpolated between computed eigenvalues (error below 1e-5) up to 20; above,
        Brown's form times 1 + 1/sigma + 7/(4 sigma^2) + 9/(2 sigma^3), which joins it to 2e-4 and gets better with
        sigma.
    """
    sigma = np.asarray(sigma, dtype=float)
    low = np.minimum(sigma, _HIGH)
    high = np.maximum(sigma, _HIGH)
    with np.errstate(over="ignore"):
        series = neel_time_ratio_high_barrier(high) * (1.0 + 1.0 / high + 1.75 / high**2 + 4.5 / high**3)
    return np.where(sigma <= _HIGH, np.exp(low + _interpolant()(low)), series)[()]


def neel_relaxation_time(anisotropy, magnetisation, diameter, temperature, damping=0.1):
    """Return the Néel relaxation time of the moment along the easy axis.

    Parameters
    ----------
    anisotropy : float or ndarray
        Uniaxial constant in J/m3.
    magnetisation : float or ndarray
        In A/m.
    diameter : float or ndarray
        Magnetic diameter in m.
    temperature : float or ndarray
        In K.
    damping : float
        Gilbert's constant.

    Returns
    -------
    float or ndarray
        In s, infinite where it overflows. Valid at any barrier, at low field.
    """
    sigma = anisotropy_barrier(anisotropy, diameter, temperature)
    return free_diffusion_time(magnetisation, diameter, temperature, damping) * neel_time_ratio(sigma)


def effective_relaxation_time(neel, brown):
    """Return 1/(1/tau_N + 1/tau_B) in s; either may be infinite, or both."""
    with np.errstate(divide="ignore"):
        return 1.0 / (1.0 / np.asarray(neel, dtype=float) + 1.0 / np.asarray(brown, dtype=float))


def transverse_relaxation_time(anisotropy, magnetisation, diameter, temperature, damping=0.1):
    """Return the relaxation time of the moment across its easy axis.

    Parameters
    ----------
    anisotropy, magnetisation, diameter, temperature, damping
        As for `neel_relaxation_time`.

    Returns
    -------
    float or ndarray
        In s: 2 tau_D (1 - c)/(1 + c) with c = <cos^2>, the effective eigenvalue of the transverse component (Raikher
        and Shliomis, Adv Chem Phys 1994;87:595, from memory of the result; re-derived); tau_D at sigma = 0. Precession,
        which makes it faster still, is left out.
    """
    cosine = mean_square_cosine(anisotropy_barrier(anisotropy, diameter, temperature))
    return 2.0 * free_diffusion_time(magnetisation, diameter, temperature, damping) * (1.0 - cosine) / (1.0 + cosine)


def mean_square_cosine(sigma):
    """Return <cos^2> between the moment and its easy axis in zero field.

    Parameters
    ----------
    sigma : float or ndarray
        Barrier K V/(kB T), 0 or more.

    Returns
    -------
    float or ndarray
        1/3 at sigma = 0, towards 1 for a high barrier; (sqrt(sigma)/F(sqrt(sigma)) - 1)/(2 sigma) with Dawson's
        integral F.
    """
    from scipy.special import dawsn

    sigma = np.asarray(sigma, dtype=float)
    small = sigma < 0.01
    safe = np.where(small, 1.0, sigma)
    root = np.sqrt(safe)
    series = 1 / 3 + sigma * (4 / 45 + sigma * 8 / 945)
    return np.where(small, series, (root / dawsn(root) - 1.0) / (2.0 * safe))[()]
