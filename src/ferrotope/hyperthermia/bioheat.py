"""Pennes' bioheat equation for a uniformly heated sphere in perfused tissue."""

from __future__ import annotations

import math

import numpy as np

from ferrotope.units.constants import VACUUM_PERMEABILITY

__all__ = [
    "eddy_power_density",
    "hergt_limit",
    "brezovich_limit",
    "perfusion_number",
    "sphere_step_response",
    "steady_sphere",
    "steady_sphere_mean",
]

BREZOVICH = 4.85e8  # A/(m s), tolerated for an hour by a torso of 15 cm radius
BREZOVICH_RADIUS = 0.15  # m
HERGT = 5e9  # A/(m s)
_SERIES = 1e-2  # perfusion number below which the closed forms would cancel


def perfusion_number(radius, conductivity, perfusion, blood_heat_capacity):
    """Return kappa a = a sqrt(w_b rho_b c_b/k), the radius over the depth to which perfusion lets heat go.

    Parameters
    ----------
    radius : float or ndarray
        a in m.
    conductivity : float or ndarray
        k in W/(m K).
    perfusion : float or ndarray
        w_b in m3 of blood per m3 of tissue and second.
    blood_heat_capacity : float or ndarray
        rho_b c_b in J/(m3 K).

    Returns
    -------
    float or ndarray
        Pure number.
    """
    return np.asarray(radius, dtype=float) * np.sqrt(
        np.asarray(perfusion, dtype=float) * blood_heat_capacity / conductivity
    )


def steady_sphere(position, radius, power_density, conductivity, perfusion, blood_heat_capacity):
    """Return the steady temperature rise of a uniformly heated sphere in infinite tissue of the same properties.

    Parameters
    ----------
    position : float or ndarray
        Distance from the centre in m.
    radius : float or ndarray
        a in m.
    power_density : float or ndarray
        P in W/m3, zero outside the sphere.
    conductivity, perfusion, blood_heat_capacity : float or ndarray
        As for `perfusion_number`.

    Returns
    -------
    float or ndarray
        In K. The exact solution of Pennes' equation (J Appl Physiol 1948;1:93, doi:10.1152/jappl.1948.1.2.93); without
        perfusion P a^2/(2k) at the centre and P a^2/(3k) at the surface.
    """
    r = np.asarray(position, dtype=float)
    u = perfusion_number(radius, conductivity, perfusion, blood_heat_capacity)
    scale = power_density * np.asarray(radius, dtype=float) ** 2 / conductivity
    rho = r / radius
    small = u < _SERIES
    v = np.where(small, 1.0, u)
    x = np.where(rho * v < 1e-6, 1e-6, rho * v)
    # sinh(x)/x exp(-u) written without overflow
    sinhc = (np.exp(np.minimum(x, v) - v) - np.exp(-x - v)) / (2.0 * x)
    inside = (1.0 - (1.0 + v) * sinhc) / v**2
    far = np.maximum(x, v)
    outside = ((v - 1.0) + (v + 1.0) * np.exp(-2.0 * v)) / 2.0 * np.exp(v - far) / (far * v**2)
    # expansion in the perfusion number: exact to u^2, error u^3/8 or so
    series_in = 0.5 - rho**2 / 6.0 - u / 3.0 + u**2 * (1 / 8 + rho**2 / 12 - rho**4 / 120)
    safe = np.maximum(rho, 1.0)
    series_out = np.exp(-u * safe) / (3.0 * safe) * (1.0 + u**2 / 10.0)
    value = np.where(rho <= 1.0, np.where(small, series_in, inside), np.where(small, series_out, outside))
    return (scale * value)[()]


def steady_sphere_mean(radius, power_density, conductivity, perfusion, blood_heat_capacity):
    """Return the steady temperature rise averaged over the sphere; 2 P a^2/(5k) without perfusion.

    Parameters
    ----------
    radius, power_density, conductivity, perfusion, blood_heat_capacity : float or ndarray
        As for `steady_sphere`.

    Returns
    -------
    float or ndarray
        In K.
    """
    points, weights = np.polynomial.legendre.leggauss(16)
    x = 0.5 * (points + 1.0)
    rise = steady_sphere(
        np.asarray(radius, dtype=float)[..., None] * x,
        np.asarray(radius, dtype=float)[..., None],
        np.asarray(power_density, dtype=float)[..., None],
        np.asarray(conductivity, dtype=float)[..., None],
        np.asarray(perfusion, dtype=float)[..., None],
        np.asarray(blood_heat_capacity, dtype=float)[..., None],
    )
    return (1.5 * (rise * x**2) @ weights)[()]


def _instantaneous(position: np.ndarray, radius: float, spread: np.ndarray) -> np.ndarray:
    """Return what is left at a position of unit heat in the sphere after diffusing with sqrt(4 alpha t) = spread."""
    from scipy.special import erf

    if position < 1e-9 * radius:
        u = radius / spread
        return erf(u) - 2.0 / math.sqrt(math.pi) * u * np.exp(-(u**2))
    plus, minus = (radius + position) / spread, (radius - position) / spread
    return 0.5 * (erf(plus) + erf(minus)) - spread / (2.0 * position * math.sqrt(math.pi)) * (
        np.exp(-(minus**2)) - np.exp(-(plus**2))
    )


def sphere_step_response(
    times,
    position,
    radius,
    power_density,
    conductivity,
    volumetric_heat_capacity,
    perfusion,
    blood_heat_capacity,
    steps=400,
):
    """Return the temperature rise after heating starts at t = 0 and goes on.

    Parameters
    ----------
    times : array_like, shape (n,)
        In s, 0 or more.
    position : float or "mean"
        Distance from the centre in m, or the mean over the sphere.
    radius : float
        a in m.
    power_density : float
        P in W/m3.
    conductivity : float
        k in W/(m K).
    volumetric_heat_capacity : float
        rho c of the tissue in J/(m3 K).
    perfusion : float
        w_b in 1/s.
    blood_heat_capacity : float
        rho_b c_b in J/(m3 K).
    steps : int
        Of the time integral.

    Returns
    -------
    ndarray, shape (n,)
        In K: P/(rho c) int_0^t exp(-w' s) S(r, s) ds with S the spreading of heat from a sphere and
        w' = w_b rho_b c_b/(rho c). Exact for the infinite uniform medium; the integral is done in sqrt(s), where it is smooth.
    """
    times = np.asarray(times, dtype=float)
    end = float(times.max(initial=0.0))
    if end == 0.0:
        return np.zeros_like(times)
    diffusivity = conductivity / volumetric_heat_capacity
    loss = perfusion * blood_heat_capacity / volumetric_heat_capacity
    root = np.linspace(0.0, math.sqrt(end), steps + 1)
    spread = np.sqrt(4.0 * diffusivity) * root[1:]
    if isinstance(position, str):
        points, weights = np.polynomial.legendre.leggauss(12)
        x = 0.5 * (points + 1.0)
        parts = [1.5 * w * r**2 * _instantaneous(r * radius, radius, spread) for r, w in zip(x, weights, strict=True)]
        kernel = np.sum(parts, axis=0)
    else:
        kernel = _instantaneous(float(position), radius, spread)
    # Just after the pulse all of it is inside; half of it at the surface.
    at_surface = not isinstance(position, str) and abs(float(position) - radius) < 1e-9 * radius
    first = 0.5 if at_surface else 1.0 if isinstance(position, str) or float(position) < radius else 0.0
    integrand = 2.0 * root * np.exp(-loss * root**2) * np.concatenate([[first], kernel])
    step = root[1] - root[0]
    total = np.concatenate([[0.0], np.cumsum(0.5 * step * (integrand[1:] + integrand[:-1]))])
    return power_density / volumetric_heat_capacity * np.interp(times, root**2, total)


def brezovich_limit(body_radius):
    """Return the tolerated product H f in A/(m s) for a body of the given radius (m).

    4.85e8 A/(m s) was tolerated by a torso of 15 cm radius; induced power goes with (H f r)^2, so the limit goes with 1/r.
    Brezovich, Med Phys Monogr 1988;16:82 (as quoted in arXiv:2405.20756).
    """
    return BREZOVICH * BREZOVICH_RADIUS / np.asarray(body_radius, dtype=float)


def hergt_limit():
    """Return the limit of Hergt and Dutz, 5e9 A/(m s), for small exposed regions (J Magn Magn Mater 2007;311:187,
    doi:10.1016/j.jmmm.2006.10.1156)."""
    return HERGT


def eddy_power_density(electrical_conductivity, field, frequency, radius):
    """Return the induced power sigma (pi mu0 f H r)^2/2 in W/m3 at radius r (m) of a cylinder along the field."""
    return 0.5 * electrical_conductivity * (math.pi * VACUUM_PERMEABILITY * frequency * field * radius) ** 2
