"""Equilibrium magnetisation of superparamagnetic cores with a lognormal size distribution."""

from __future__ import annotations

import math

import numpy as np

from ferrotope.particle import magnetic_share, volume_weighted_sizes
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

__all__ = [
    "equilibrium_magnetisation",
    "initial_susceptibility",
    "langevin",
    "langevin_derivative",
    "langevin_parameter",
]


def langevin(x):
    """Return the Langevin function L(x) = coth x - 1/x.

    Parameters
    ----------
    x : float or ndarray
        Energy of the moment in the field over the thermal energy.

    Returns
    -------
    float or ndarray
        Between -1 and 1. Near zero the series x/3 - x^3/45 + 2 x^5/945 - x^7/4725 is used, where the difference would
        lose its digits.

    Examples
    --------
    >>> round(float(langevin(1.0)), 7)
    0.3130353
    """
    x = np.asarray(x, dtype=float)
    small = np.abs(x) < 0.1
    safe = np.where(small, 1.0, x)
    square = x * x
    series = x * (1 / 3 - square * (1 / 45 - square * (2 / 945 - square / 4725)))
    # the series is evaluated everywhere, also where x is large and it is not used
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(small, series, 1.0 / np.tanh(safe) - 1.0 / safe)[()]


def langevin_derivative(x):
    """Return dL/dx = 1/x^2 - 1/sinh(x)^2.

    Parameters
    ----------
    x : float or ndarray
        As for `langevin`.

    Returns
    -------
    float or ndarray
        1/3 at zero.
    """
    x = np.asarray(x, dtype=float)
    small = np.abs(x) < 0.1
    safe = np.where(small, 1.0, np.clip(np.abs(x), None, 300.0))
    square = np.where(small, x * x, 0.0)
    series = 1 / 3 - square * (1 / 15 - square * (2 / 189 - square / 675))
    exact = 1.0 / np.where(small, 1.0, x * x) - 1.0 / np.sinh(safe) ** 2
    return np.where(small, series, exact)[()]


def langevin_parameter(field, diameter, magnetisation, temperature):
    """Return xi = mu0 Ms V H/(kB T).

    Parameters
    ----------
    field : float or ndarray
        Field H in A/m.
    diameter : float or ndarray
        Magnetic diameter in m.
    magnetisation : float or ndarray
        Saturation magnetisation in A/m.
    temperature : float or ndarray
        In K.

    Returns
    -------
    float or ndarray
        Pure number.
    """
    volume = math.pi / 6.0 * np.asarray(diameter, dtype=float) ** 3
    return VACUUM_PERMEABILITY * magnetisation * volume * field / (BOLTZMANN * temperature)


def equilibrium_magnetisation(field, median, sigma_g, magnetisation, temperature, nonmagnetic_layer=0.0):
    """Return the equilibrium magnetisation per volume of core.

    Parameters
    ----------
    field : float or ndarray
        Field H in A/m, any shape.
    median, sigma_g : float
        Number distribution of the core diameter (m).
    magnetisation : float
        Saturation magnetisation of the magnetic part in A/m.
    temperature : float
        In K.
    nonmagnetic_layer : float
        Thickness in m of a surface layer without moment.

    Returns
    -------
    float or ndarray
        M in A/m of core volume, the shape of ``field``: the volume-weighted mean of Ms (1 - 2t/d)^3 L(xi). Interactions
        and anisotropy are neglected (the latter drops out for random axes at low field only).
    """
    diameters, weights = volume_weighted_sizes(median, sigma_g)
    share = magnetic_share(diameters, nonmagnetic_layer)
    magnetic = diameters * np.cbrt(share)
    xi = langevin_parameter(np.asarray(field, dtype=float)[..., None], magnetic, magnetisation, temperature)
    return (magnetisation * (langevin(xi) * share) @ weights)[()]


def initial_susceptibility(median, sigma_g, magnetisation, temperature, nonmagnetic_layer=0.0):
    """Return the initial susceptibility per volume of core, the slope of `equilibrium_magnetisation` at zero field.

    Parameters
    ----------
    median, sigma_g : float
        Number distribution of the core diameter (m).
    magnetisation : float
        Saturation magnetisation of the magnetic part in A/m.
    temperature : float
        In K.
    nonmagnetic_layer : float
        Thickness in m of a surface layer without moment.

    Returns
    -------
    float
        Pure number, the volume-weighted mean of mu0 Ms^2 Vm (Vm/V)/(3 kB T) with Vm the magnetic volume; without a
        layer mu0 Ms^2 V/(3 kB T) at V = V(median) exp(13.5 ln(sigma_g)^2).
    """
    diameters, weights = volume_weighted_sizes(median, sigma_g)
    share = magnetic_share(diameters, nonmagnetic_layer)
    volume = math.pi / 6.0 * diameters**3 * share
    return float(VACUUM_PERMEABILITY * magnetisation**2 / (3.0 * BOLTZMANN * temperature) * (volume * share) @ weights)
