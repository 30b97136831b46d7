"""Equilibrium magnetisation of superparamagnetic cores with a lognormal size distribution."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

__all__ = [
    "equilibrium_magnetisation",
    "initial_susceptibility",
    "langevin",
    "langevin_derivative",
    "langevin_parameter",
    "volume_weighted_sizes",
]

_NODES = 31


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


@lru_cache(maxsize=4)
def _hermite(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    return points, weights / weights.sum()


def volume_weighted_sizes(median, sigma_g, nodes=_NODES):
    """Return diameters and weights that stand for the volume-weighted size distribution.

    A lognormal number distribution with logarithmic deviation s weighted by d^3 is again lognormal, with its median at
    median exp(3 s^2) (Hatch and Choate, J Franklin Inst 1929;207:369, doi:10.1016/S0016-0032(29)91451-4). The nodes are
    those of Gauss-Hermite quadrature in ln d.

    Parameters
    ----------
    median : float
        Median diameter of the number distribution in m.
    sigma_g : float
        Geometric standard deviation, 1 or more.
    nodes : int
        Number of nodes.

    Returns
    -------
    tuple of ndarray, shape (nodes,)
        Diameters in m and weights that sum to one; a single node for sigma_g = 1.
    """
    spread = math.log(sigma_g)
    if spread == 0.0:
        return np.array([median]), np.array([1.0])
    points, weights = _hermite(nodes)
    return median * np.exp(3.0 * spread**2 + spread * points), weights


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
    magnetic = np.clip(diameters - 2.0 * nonmagnetic_layer, 0.0, None)
    share = (magnetic / diameters) ** 3
    xi = langevin_parameter(np.asarray(field, dtype=float)[..., None], magnetic, magnetisation, temperature)
    return (magnetisation * (langevin(xi) * share) @ weights)[()]


def initial_susceptibility(median, sigma_g, magnetisation, temperature):
    """Return the initial susceptibility per volume of core, mu0 Ms^2 <V^2>/(3 kB T <V>).

    Parameters
    ----------
    median, sigma_g : float or ndarray
        Number distribution of the magnetic diameter (m).
    magnetisation : float or ndarray
        Saturation magnetisation in A/m.
    temperature : float or ndarray
        In K.

    Returns
    -------
    float or ndarray
        Pure number; for the lognormal <V^2>/<V> = V(median) exp(13.5 ln(sigma_g)^2).
    """
    volume = math.pi / 6.0 * np.asarray(median, dtype=float) ** 3 * np.exp(13.5 * np.log(sigma_g) ** 2)
    return VACUUM_PERMEABILITY * magnetisation**2 * volume / (3.0 * BOLTZMANN * temperature)
