"""Temperature of a heated sphere in time: two media by Laplace inversion, the unperfused centre in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.hyperthermia.sphere import mean_unit_response, unit_response
from ferrotope.units.checks import not_negative, positive

__all__ = [
    "heating_and_cooling",
    "temperature_rise",
    "unperfused_centre_temperature_rise",
]

_ORDER = 20  # of Talbot's contour; the error is some 1e-11 of the value at the centre


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
        Heating power per volume in the sphere, W/m3.
    conductivity, outer_conductivity : float
        Thermal conductivity inside and outside, W/(m K).
    heat_capacity, outer_heat_capacity : float
        Volumetric heat capacity of tissue, density times heat capacity, J/(m3 K).
    cooling, outer_cooling : float
        Cooling by perfusion, W/(m3 K), zero allowed. What is not given outside is as inside.

    Returns
    -------
    ndarray, shape (m, n), or (m,) for the mean
        Rise above body temperature, K.

    Raises
    ------
    InputError
        If a number is not positive where it must be, or a time is not a number.

    Notes
    -----
    Pennes' equation with the Laplace variable p is the steady equation with cooling c + p rho c_p and power P/p, so the
    steady solution of `steady_temperature_rise` is inverted numerically on Talbot's fixed contour: Abate and Valko,
    Int J Numer Meth Engng 2004;60:979-993, doi:10.1002/nme.995 (title and DOI checked, the method from memory).
    """
    a = float(positive("radius", radius, "m"))
    k1 = float(positive("conductivity", conductivity, "W/(m K)"))
    h1 = float(positive("heat_capacity", heat_capacity, "J/(m3 K)"))
    c1 = float(not_negative("cooling", cooling, "W/(m3 K)"))
    k2 = k1 if outer_conductivity is None else float(positive("outer_conductivity", outer_conductivity, "W/(m K)"))
    h2 = h1 if outer_heat_capacity is None else float(positive("outer_heat_capacity", outer_heat_capacity, "J/(m3 K)"))
    c2 = c1 if outer_cooling is None else float(not_negative("outer_cooling", outer_cooling, "W/(m3 K)"))
    rho = None if distance is None else np.atleast_1d(not_negative("distance", distance, "m")) / a
    t = np.atleast_1d(np.asarray(time, dtype=float))
    if np.isnan(t).any():
        raise InputError("a time is not a number", field="time", value=time, allowed="any number, in s")
    started = t > 0
    rise = np.zeros(t.shape if rho is None else (t.size, rho.size))
    nodes, weights = _contour()
    p = nodes / t[started, None]
    x2, y2 = (c1 + p * h1) * a**2 / k1, (c2 + p * h2) * a**2 / k2
    if rho is None:
        rise[started] = ((weights / nodes) * mean_unit_response(k1, x2, k2, y2)).real.sum(axis=1)
    else:
        image = unit_response(rho, k1, x2[..., None], k2, y2[..., None])
        rise[started] = ((weights / nodes)[:, None] * image).real.sum(axis=1)
    return float(power_density) * a**2 * rise


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


def unperfused_centre_temperature_rise(
    time: ArrayLike, radius: float, power_density: ArrayLike, conductivity: float, heat_capacity: float
) -> NDArray[np.float64]:
    """Return the temperature rise at the centre without perfusion, in closed form.

    Parameters
    ----------
    time : array_like
        Time since the heating began, s, positive.
    radius : float
        Radius of the sphere, m.
    power_density : array_like
        Heating power per volume in the sphere, W/m3; broadcasts with ``time``.
    conductivity : float
        Thermal conductivity inside and outside, W/(m K).
    heat_capacity : float
        Volumetric heat capacity of tissue, J/(m3 K).

    Returns
    -------
    ndarray
        Rise above body temperature, K.

    Raises
    ------
    InputError
        If a time, the radius, the conductivity or the heat capacity is not positive.

    Notes
    -----
    With u = a/sqrt(4 alpha t) and equal media inside and outside,

        T = P a^2/(2k) [1 - (1 - 2 alpha t/a^2) erf(u) - (2/sqrt(pi)) sqrt(alpha t)/a exp(-u^2)],

    a case of Andrae et al., J Magn Magn Mater 1999;194:197-203, doi:10.1016/S0304-8853(98)00558-8 (from memory; derived
    again and tested against an integral over point sources).
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
    """Nodes and weights of Talbot's fixed contour, so that f(t) = sum Re[weight F(node/t)]/t."""
    theta = np.arange(1, _ORDER) * math.pi / _ORDER
    r = 2.0 * _ORDER / 5.0
    cot = 1.0 / np.tan(theta)
    nodes = np.concatenate([[r], r * theta * (cot + 1j)])
    slope = np.concatenate([[0.5], 1.0 + 1j * (theta + (theta * cot - 1.0) * cot)])
    weights = r / _ORDER * np.exp(nodes) * slope
    # The last nodes lie so far to the left that they add nothing.
    felt = np.abs(weights / nodes) > 1e-17 * np.abs(weights / nodes).max()
    return nodes[felt], weights[felt]
