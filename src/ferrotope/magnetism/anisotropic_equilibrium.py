"""Moments with uniaxial anisotropy: exact thermal equilibrium in a field.

The energy over kT is -sigma (n.e)^2 - xi n.h for the direction n of the moment, its easy axis e and the field along h;
sigma is negative for an easy plane.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import numpy as np

from ferrotope.units.checks import between

__all__ = [
    "Axis",
    "axis_angle",
    "uniaxial_langevin",
]

Axis = Literal["random"] | float
_NODES = 40  # of the polar angle
_ANGLES = 24  # between random axes and the field
_LARGEST = 1e12  # kT; the quadrature follows the maximum no further
_BLOCK = 4096  # values at once: bounds the memory and stays in the cache


def uniaxial_langevin(xi, sigma, easy_axis: Axis = "random"):
    """Return the mean component along the field of a moment with uniaxial anisotropy, in equilibrium.

    Parameters
    ----------
    xi : float or ndarray
        Zeeman energy over the thermal energy, mu0 Ms V H/(kB T), any sign.
    sigma : float or ndarray
        Barrier K V/(kB T); negative for an easy plane.
    easy_axis : "random" or float
        Axes in all directions, or the angle in rad between all axes and the field; 0 is aligned.

    Returns
    -------
    float or ndarray
        Between -1 and 1; the Langevin function where sigma is 0. Of the two angles of the moment the azimuth is
        integrated in closed form (modified Bessel functions), the polar angle by Gauss's rule in a variable that is
        fine around the maximum of the density; random axes by Gauss's rule as well. Relative error below 1e-9, for
        random axes below 1e-6, however large the energies.

    Notes
    -----
    Directions n and -n are summed before the quadrature, so that all terms are positive: no digits are lost in small
    fields. Fixed axes are assumed: particles that turn freely magnetise by Langevin's function whatever sigma is.

    Examples
    --------
    >>> round(float(uniaxial_langevin(1.0, 0.0)), 7)
    0.3130353
    >>> round(float(uniaxial_langevin(1.0, 100.0, 0.0)), 4)
    0.7557
    """
    xi = between("xi", xi, -_LARGEST, _LARGEST)
    sigma = between("sigma", sigma, -_LARGEST, _LARGEST)
    xi, sigma = np.broadcast_arrays(xi, sigma)
    cosines, weights = _axes(easy_axis)
    count = cosines.size
    flat = np.empty(xi.size * count)
    pairs = np.repeat(np.abs(xi).ravel(), count), np.repeat(sigma.ravel(), count), np.tile(cosines, xi.size)
    for start in range(0, flat.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        flat[part] = _one_angle(*(values[part] for values in pairs))
    mean = flat.reshape(*xi.shape, count) @ weights
    return (np.sign(xi) * mean)[()]


@lru_cache(maxsize=1)
def _random_axes() -> tuple[np.ndarray, np.ndarray]:
    # angles crowd at both ends: axes across the field, or planes along it, switch over in an angle as narrow as 1/xi
    x, weights = np.polynomial.legendre.leggauss(_ANGLES)
    half = 0.5 * (1.0 + x)
    angles = 0.5 * math.pi * half**2 * (3.0 - 2.0 * half)
    return np.cos(angles), 0.5 * weights * 0.5 * math.pi * 6.0 * half * (1.0 - half) * np.sin(angles)


def _axes(easy_axis: Axis) -> tuple[np.ndarray, np.ndarray]:
    """Return cosines between axes and field, and their weights."""
    if easy_axis == "random":
        return _random_axes()
    return np.array([math.cos(axis_angle(easy_axis))]), np.ones(1)


def axis_angle(easy_axis) -> float:
    """Return the angle between an axis and a field as one between 0 and a right angle."""
    remedy = "give the angle in rad, or 'random'"
    angle = float(between("easy_axis", easy_axis, -2.0 * math.pi, 2.0 * math.pi, "rad", remedy))
    return math.acos(min(abs(math.cos(angle)), 1.0))


@lru_cache(maxsize=1)
def _unit_nodes() -> tuple[np.ndarray, np.ndarray]:
    x, weights = np.polynomial.legendre.leggauss(_NODES)
    return 0.5 * (1.0 + x), 0.5 * weights


def _one_angle(xi, sigma, cosine):
    """Return the mean component for arrays of one shape; xi is not negative, the cosine between 0 and 1."""
    from scipy.special import i0e, i1e

    sine = np.sqrt(1.0 - cosine**2)
    steepest = np.sqrt(2.0 * np.abs(sigma) + xi + 1.0)
    low, high = np.zeros_like(xi), np.full_like(xi, 0.5 * math.pi)
    # the exponent rises up to its only maximum in the quadrant
    for _ in range(math.ceil(math.log2(2.0 * float(steepest.max()))) + 2):
        middle = 0.5 * (low + high)
        rises = xi * (sine * np.cos(middle) - cosine * np.sin(middle)) > sigma * np.sin(2.0 * middle)
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    top = np.where(low == 0.0, 0.0, np.where(high == 0.5 * math.pi, high, 0.5 * (low + high)))
    # theta = top + sinh(t)/steepest: even where the density is narrow, and logarithmic far away from it
    first, last = np.arcsinh(-top * steepest), np.arcsinh((0.5 * math.pi - top) * steepest)
    unit, weights = _unit_nodes()
    t = first[:, None] + (last - first)[:, None] * unit
    theta = np.clip(top[:, None] + np.sinh(t) / steepest[:, None], 0.0, 0.5 * math.pi)
    x, s = np.cos(theta), np.sin(theta)
    along, across = (xi * cosine)[:, None] * x, (xi * sine)[:, None] * s
    exponent = sigma[:, None] * x**2 + along + across
    density = np.exp(exponent - exponent.max(axis=1, keepdims=True)) * s * np.cosh(t) * weights
    opposite = np.exp(-2.0 * along)
    zero, one = i0e(across), i1e(across)
    top_sum = density * (
        cosine[:, None] * x * zero * -np.expm1(-2.0 * along) + sine[:, None] * s * one * (1 + opposite)
    )
    return top_sum.sum(axis=1) / (density * zero * (1.0 + opposite)).sum(axis=1)
