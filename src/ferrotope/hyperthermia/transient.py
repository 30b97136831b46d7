"""Temperature of a heated sphere in time: two media by Laplace inversion, one medium in closed or integral form."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.hyperthermia._checks import not_negative, positive
from ferrotope.hyperthermia.sphere import mean_unit_response, unit_response

__all__ = [
    "heating_and_cooling",
    "temperature_rise",
    "uniform_medium_temperature_rise",
    "unperfused_centre_temperature_rise",
]

_ORDER = 20  # of Talbot's contour; the error is about 1e-12 of the steady value


def temperature_rise(
    distance: ArrayLike | None,
    time: ArrayLike,
    radius: float,
    power_density: float,
    conductivity: float,
    heat_capacity: float,
    cooling: float,
    outer_conductivity: float | None = None,
    outer_heat_capacity: float | None = None,
    outer_cooling: float | None = None,
) -> NDArray[np.float64]:
    """Return the temperature rise after the heating of a sphere was switched on.

    Parameters
    ----------
    distance : array_like, shape (n,), or None
        Distances from the centre, m; None gives the mean over the sphere.
    time : array_like, shape (m,)
        Time since the heating began, s; before, the rise is zero.
    radius : float
        Radius of the sphere, m.
    power_density : float
        W/m3.
    conductivity, outer_conductivity : float
        W/(m K).
    heat_capacity, outer_heat_capacity : float
        Volumetric heat capacity of tissue, density times heat capacity, J/(m3 K).
    cooling, outer_cooling : float
        Cooling by perfusion, W/(m3 K). What is not given outside is as inside.

    Returns
    -------
    ndarray, shape (m, n), or (m,) for the mean
        K.

    Raises
    ------
    InputError
        If a number is not positive where it must be.

    Notes
    -----
    Pennes' equation with the Laplace variable p is the steady equation with cooling c + p rho c_p and power P/p, so the
    steady solution of `steady_temperature_rise` is inverted numerically on Talbot's fixed contour: Abate and Valko,
    Int J Numer Meth Engng 2004;60:979-993, doi:10.1002/nme.995.
    """
    a = float(positive("radius", radius, "m"))
    k1 = float(positive("conductivity", conductivity, "W/(m K)"))
    h1 = float(positive("heat_capacity", heat_capacity, "J/(m3 K)"))
    c1 = float(not_negative("cooling", cooling, "W/(m3 K)"))
    k2 = k1 if outer_conductivity is None else float(positive("outer_conductivity", outer_conductivity, "W/(m K)"))
    h2 = h1 if outer_heat_capacity is None else float(positive("outer_heat_capacity", outer_heat_capacity, "J/(m3 K)"))
    c2 = c1 if outer_cooling is None else float(not_negative("outer_cooling", outer_cooling, "W/(m3 K)"))
    t = np.atleast_1d(np.asarray(time, dtype=float))
    started = t > 0
    nodes, weights = _contour()
    p = nodes[None, :] / np.where(started, t, 1.0)[:, None]
    x2, y2 = (c1 + p * h1) * a**2 / k1, (c2 + p * h2) * a**2 / k2
    if distance is None:
        image = mean_unit_response(k1, x2, k2, y2)
        value = ((weights * image / nodes).real).sum(axis=1)
        return np.where(started, float(power_density) * a**2 * value, 0.0)
    rho = np.atleast_1d(not_negative("distance", distance, "m")) / a
    image = unit_response(rho[None, None, :], k1, x2[:, :, None], k2, y2[:, :, None])
    value = ((weights / nodes)[None, :, None] * image).real.sum(axis=1)
    return np.where(started[:, None], float(power_density) * a**2 * value, 0.0)


def heating_and_cooling(
    response: Callable[[NDArray[np.float64]], NDArray[np.float64]], time: ArrayLike, duration: float
) -> NDArray[np.float64]:
    """Return the rise during and after a heating of finite length, by superposition.

    Parameters
    ----------
    response : callable
        Gives the rise (K) of a heating that never ends at times since its beginning (s, shape (m,)); zero before 0.
    time : array_like, shape (m,)
        Time since the heating began, s.
    duration : float
        Length of the heating, s.

    Returns
    -------
    ndarray
        K.

    Raises
    ------
    InputError
        If the duration is not positive.

    Notes
    -----
    Exact because the equation is linear: switching off is switching on a source of the opposite sign.
    """
    length = float(positive("duration", duration, "s"))
    t = np.atleast_1d(np.asarray(time, dtype=float))
    return response(t) - response(t - length)


def uniform_medium_temperature_rise(
    distance: float | None,
    time: float,
    radius: float,
    power_density: float,
    conductivity: float,
    heat_capacity: float,
    cooling: float,
) -> float:
    """Return the temperature rise where the sphere and its surroundings are the same tissue.

    Parameters
    ----------
    distance : float or None
        m; None gives the mean over the sphere.
    time : float
        s.
    radius : float
        m.
    power_density : float
        W/m3.
    conductivity : float
        W/(m K).
    heat_capacity : float
        J/(m3 K), volumetric.
    cooling : float
        W/(m3 K).

    Returns
    -------
    float
        K, to about 1e-9 of the value.

    Notes
    -----
    T = P/(rho c) int_0^t exp(-c s/(rho c)) G(r, s) ds, where G is the fraction of the heat set free at r that is inside
    the sphere after the time s (by reciprocity), for a Gaussian of variance 2 alpha s. Gauss-Legendre panels in sqrt(s).
    """
    a = float(positive("radius", radius, "m"))
    t = float(not_negative("time", time, "s"))
    capacity = float(positive("heat_capacity", heat_capacity, "J/(m3 K)"))
    alpha = float(positive("conductivity", conductivity, "W/(m K)")) / capacity
    rate = float(not_negative("cooling", cooling, "W/(m3 K)")) / capacity
    if t == 0.0:
        return 0.0
    scale = a / math.sqrt(alpha)
    edges = np.concatenate([[0.0], np.geomspace(1e-4 * scale, max(math.sqrt(t), 2e-4 * scale), 49)])
    edges = np.append(edges[edges < math.sqrt(t)], math.sqrt(t))
    nodes, weights = _legendre()
    half = 0.5 * np.diff(edges)
    z = (edges[:-1, None] + half[:, None] * (1.0 + nodes)).ravel()
    w = (half[:, None] * weights).ravel() * 2.0 * z
    inside = _mean_fraction(2.0 * z / scale) if distance is None else _fraction(distance / a, 2.0 * z / scale)
    return float(power_density / capacity * np.sum(w * np.exp(-rate * z**2) * inside))


def unperfused_centre_temperature_rise(
    time: ArrayLike, radius: float, power_density: ArrayLike, conductivity: float, heat_capacity: float
) -> NDArray[np.float64]:
    """Return the temperature rise at the centre without perfusion, in closed form.

    Parameters
    ----------
    time : array_like
        s, positive.
    radius : float
        m.
    power_density : array_like
        W/m3.
    conductivity : float
        W/(m K).
    heat_capacity : float
        J/(m3 K), volumetric.

    Returns
    -------
    ndarray
        K.

    Notes
    -----
    (P a^2/2k) [1 - (1 - 2 alpha t/a^2) erf(u) - (2/sqrt(pi)) sqrt(alpha t)/a exp(-u^2)], u = a/sqrt(4 alpha t), with equal
    media inside and outside; a case of Andrae et al., J Magn Magn Mater 1999;194:197-203,
    doi:10.1016/S0304-8853(98)00558-8 (from memory, re-derived and tested against the other solutions here).
    """
    from scipy.special import erf

    a = float(positive("radius", radius, "m"))
    t = positive("time", time, "s")
    k = float(positive("conductivity", conductivity, "W/(m K)"))
    spread = k / float(positive("heat_capacity", heat_capacity, "J/(m3 K)")) * t / a**2
    u = 0.5 / np.sqrt(spread)
    bracket = 1.0 - (1.0 - 2.0 * spread) * erf(u) - 2.0 / math.sqrt(math.pi) * np.sqrt(spread) * np.exp(-(u**2))
    return (np.asarray(power_density, dtype=float) * a**2 / (2.0 * k) * bracket)[()]


@lru_cache(maxsize=1)
def _contour() -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Nodes s t and weights of Talbot's fixed contour, so that f(t) = sum Re(weight F(node/t)/t)."""
    theta = np.arange(1, _ORDER) * math.pi / _ORDER
    r = 2.0 * _ORDER / 5.0
    cot = 1.0 / np.tan(theta)
    nodes = np.concatenate([[r], r * theta * (cot + 1j)])
    slope = np.concatenate([[0.5], 1.0 + 1j * (theta + (theta * cot - 1.0) * cot)])
    return nodes, r / _ORDER * np.exp(nodes) * slope


@lru_cache(maxsize=1)
def _legendre() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.polynomial.legendre.leggauss(16)


def _fraction(rho: float, width: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fraction of a Gaussian at r = rho a that lies in the sphere; width = sqrt(4 alpha s)/a."""
    from scipy.special import erf

    centred = 0.5 * (erf((1.0 - rho) / width) + erf((1.0 + rho) / width))
    x = 4.0 * rho / width**2
    mean_exponential = np.where(x < 1e-8, 1.0 - 0.5 * x, -np.expm1(-x) / np.where(x < 1e-8, 1.0, x))
    return centred - 2.0 / (math.sqrt(math.pi) * width) * np.exp(-(((1.0 - rho) / width) ** 2)) * mean_exponential


def _mean_fraction(width: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fraction that stays in the sphere when the heat is set free evenly in it.

    The chord-length overlap of a sphere, 1 - 3 d/4 + d^3/16 (d in radii), averaged over a Gaussian displacement.
    """
    from scipy.special import gammainc

    x = 4.0 / width**2
    root = math.sqrt(math.pi)
    return gammainc(1.5, x) - 1.5 * width / root * gammainc(2.0, x) + 0.25 * width**3 / root * gammainc(3.0, x)
