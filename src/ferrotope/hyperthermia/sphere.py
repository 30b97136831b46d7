"""Steady temperature rise of a uniformly heated sphere in perfused tissue (Pennes' bioheat equation).

Inside (r < a)   k1 lap(T) - c1 T + P = 0,   outside   k2 lap(T) - c2 T = 0,

with T the rise above blood and body temperature, P the power density and c the cooling by perfusion: perfusion times
the volumetric heat capacity of blood. T and the heat flux are continuous at r = a. With x = a sqrt(c1/k1),
y = a sqrt(c2/k2) and L(x) = (x coth x - 1)/x^2:

    T(a)     = P a^2 L(x) / [k2 (1 + y) + k1 x^2 L(x)]
    T(r < a) = T(a) s(r) + P a^2/k1 [1 - s(r)]/x^2,   s(r) = [sinh(x r/a)/(x r/a)] / [sinh(x)/x]
    T(r > a) = T(a) (a/r) exp[-y (r/a - 1)]

Derived here; with equal media it is the known single-medium solution. The functions also take complex cooling, which
the transient solution needs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.units.checks import not_negative, positive

__all__ = ["mean_temperature_rise", "perfusion_cooling", "steady_temperature_rise"]

_SMALL = 0.3  # below, series replace differences that would cancel


def perfusion_cooling(perfusion: ArrayLike, blood_density: ArrayLike, blood_heat_capacity: ArrayLike) -> Any:
    """Return the power that perfusion takes away per volume of tissue and kelvin.

    Parameters
    ----------
    perfusion : array_like
        Volume of blood per volume of tissue and time, 1/s.
    blood_density : array_like
        kg/m3.
    blood_heat_capacity : array_like
        J/(kg K).

    Returns
    -------
    ndarray or float
        W/(m3 K).

    Raises
    ------
    InputError
        If a number is negative or not finite.

    Notes
    -----
    Pennes 1948, doi:10.1152/jappl.1948.1.2.93: blood reaches the tissue at arterial temperature and leaves it at tissue
    temperature. Large vessels, which carry heat away along a line, are not in it.
    """
    flow = not_negative("perfusion", perfusion, "1/s")
    return (
        flow
        * positive("blood_density", blood_density, "kg/m3")
        * positive("blood_heat_capacity", blood_heat_capacity, "J/(kg K)")
    )[()]


def steady_temperature_rise(
    distance: ArrayLike,
    radius: float,
    power_density: ArrayLike,
    conductivity: float,
    cooling: float,
    outer_conductivity: float | None = None,
    outer_cooling: float | None = None,
) -> NDArray[np.float64]:
    """Return the steady temperature rise at a distance from the centre of a heated sphere.

    Parameters
    ----------
    distance : array_like
        Distance from the centre, m.
    radius : float
        Radius of the sphere, m.
    power_density : array_like
        Heating power per volume in the sphere, W/m3; broadcasts with ``distance``.
    conductivity, outer_conductivity : float
        Thermal conductivity inside and outside, W/(m K). Without the outer one the media are equal.
    cooling, outer_cooling : float
        Cooling by perfusion inside and outside, W/(m3 K); zero is allowed.

    Returns
    -------
    ndarray
        Rise above body temperature, K.

    Raises
    ------
    InputError
        If a length or a conductivity is not positive, or the cooling negative.

    Notes
    -----
    Infinite tissue: a nearby skin surface cools further, so a superficial tumour stays cooler.
    """
    a = float(positive("radius", radius, "m"))
    r = not_negative("distance", distance, "m")
    media = _media(a, conductivity, cooling, outer_conductivity, outer_cooling)
    power = np.asarray(power_density, dtype=float)
    return (power * unit_response(r / a, *media) * a**2)[()]


def mean_temperature_rise(
    radius: float,
    power_density: ArrayLike,
    conductivity: float,
    cooling: float,
    outer_conductivity: float | None = None,
    outer_cooling: float | None = None,
) -> NDArray[np.float64]:
    """Return the steady temperature rise averaged over the volume of the heated sphere.

    Parameters
    ----------
    radius : float
        m.
    power_density : array_like
        W/m3.
    conductivity, outer_conductivity : float
        W/(m K).
    cooling, outer_cooling : float
        W/(m3 K).

    Returns
    -------
    ndarray
        K.

    Raises
    ------
    InputError
        If a length or a conductivity is not positive, or the cooling negative.
    """
    a = float(positive("radius", radius, "m"))
    media = _media(a, conductivity, cooling, outer_conductivity, outer_cooling)
    return (np.asarray(power_density, dtype=float) * mean_unit_response(*media) * a**2)[()]


def unit_response(rho: Any, k1: float, x2: Any, k2: float, y2: Any) -> Any:
    """Return T/(P a^2) at r = rho a for x^2 = c1 a^2/k1 and y^2 = c2 a^2/k2, real or complex (they broadcast)."""
    rho = np.asarray(rho, dtype=float)
    surface = _surface(k1, x2, k2, y2, _l_function(x2))
    shape, deficit = _shape(np.minimum(rho, 1.0), x2)
    inside = surface * shape + deficit / k1
    if (rho <= 1.0).all():
        return inside
    outer_rho = np.maximum(rho, 1.0)
    outside = surface / outer_rho * np.exp(-np.sqrt(y2) * (outer_rho - 1.0))
    return np.where(rho <= 1.0, inside, outside)


def mean_unit_response(k1: float, x2: Any, k2: float, y2: Any) -> Any:
    """Return the mean of T/(P a^2) over the sphere; arguments as in `unit_response`."""
    ell = _l_function(x2)
    return _surface(k1, x2, k2, y2, ell) * 3.0 * ell + _mean_deficit(x2, ell) / k1


def _media(a: float, k1: float, c1: float, k2: float | None, c2: float | None) -> tuple[float, float, float, float]:
    inner = float(positive("conductivity", k1, "W/(m K)"))
    cooled = float(not_negative("cooling", c1, "W/(m3 K)"))
    outer = inner if k2 is None else float(positive("outer_conductivity", k2, "W/(m K)"))
    outer_cooled = cooled if c2 is None else float(not_negative("outer_cooling", c2, "W/(m3 K)"))
    return inner, cooled * a**2 / inner, outer, outer_cooled * a**2 / outer


def _surface(k1: float, x2: Any, k2: float, y2: Any, ell: Any) -> Any:
    return ell / (k2 * (1.0 + np.sqrt(y2)) + k1 * x2 * ell)


def _split(x2: Any) -> tuple[Any, Any, Any]:
    """Return where x is small, x^2 there (else 0), and x elsewhere (else 1)."""
    x2 = np.asarray(x2)
    small = np.abs(x2) < _SMALL**2
    return small, np.where(small, x2, 0.0), np.sqrt(np.where(small, 1.0, x2))


def _l_function(x2: Any) -> Any:
    """Return L = (x coth x - 1)/x^2, 1/3 at 0."""
    small, z, x = _split(x2)
    decay = np.exp(-2.0 * x)
    ell = (x * (1.0 + decay) / (1.0 - decay) - 1.0) / x**2
    if small.any():
        # The coefficients of x coth x.
        c = (1 / 3, -1 / 45, 2 / 945, -1 / 4725, 2 / 93555, -1382 / 638512875, 4 / 18243225)
        series = c[0] + z * (c[1] + z * (c[2] + z * (c[3] + z * (c[4] + z * (c[5] + z * c[6])))))
        ell = np.where(small, series, ell)
    return ell


def _mean_deficit(x2: Any, ell: Any) -> Any:
    """Return (1 - 3 L)/x^2, 1/15 at 0."""
    small, z, x = _split(x2)
    deficit = (1.0 - 3.0 * ell) / x**2
    if small.any():
        c = (1 / 15, -2 / 315, 1 / 1575, -2 / 31185, 1382 / 212837625, -4 / 6081075)
        series = c[0] + z * (c[1] + z * (c[2] + z * (c[3] + z * (c[4] + z * c[5]))))
        deficit = np.where(small, series, deficit)
    return deficit


def _shape(rho: Any, x2: Any) -> tuple[Any, Any]:
    """Return s = sinhc(x rho)/sinhc(x) and (1 - s)/x^2 for rho <= 1."""
    small, z, x = _split(x2)
    centre = rho < 1e-8
    safe = np.where(centre, 1.0, rho)
    # sinh(x rho)/sinh(x) in decaying exponentials: it must not overflow.
    decay = -np.expm1(-2.0 * x)
    shape = np.exp(-x * (1.0 - safe)) * -np.expm1(-2.0 * x * safe) / (safe * decay)
    shape = np.where(centre, 2.0 * x * np.exp(-x) / decay, shape)
    deficit = (1.0 - shape) / x**2
    if small.any():
        sinhc = 1 + z / 6 * (1 + z / 20 * (1 + z / 42 * (1 + z / 72 * (1 + z / 110))))
        # Sum of x^(2n-2) (1 - rho^(2n))/(2n+1)!, term by term.
        p = rho**2
        terms = ((1 - p) / 6, (1 - p**2) / 120, (1 - p**3) / 5040, (1 - p**4) / 362880, (1 - p**5) / 39916800)
        series = (terms[0] + z * (terms[1] + z * (terms[2] + z * (terms[3] + z * terms[4])))) / sinhc
        shape, deficit = np.where(small, 1.0 - z * series, shape), np.where(small, series, deficit)
    return shape, deficit
