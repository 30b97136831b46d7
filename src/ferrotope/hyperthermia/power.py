"""Power from iron, the iron that a temperature needs, and the volume that stays above a temperature."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.units.checks import not_negative, positive

__all__ = [
    "iron_concentration_needed",
    "specific_absorption_rate",
    "temperature_percentile_radius",
    "volumetric_power",
]


def volumetric_power(iron_concentration: ArrayLike, density: ArrayLike, slp_iron: ArrayLike) -> NDArray[np.float64]:
    """Return the heating power per volume of tissue.

    Parameters
    ----------
    iron_concentration : array_like
        Mass of iron per mass of tissue, kg/kg.
    density : array_like
        Of the tissue, kg/m3.
    slp_iron : array_like
        Specific loss power per mass of iron, W/kg.

    Returns
    -------
    ndarray
        W/m3.

    Raises
    ------
    InputError
        If a number is negative or not finite.

    Notes
    -----
    The specific loss power must be that of the particles where they are: bound in tissue, at the field of the study.
    """
    return (
        not_negative("iron_concentration", iron_concentration, "kg/kg")
        * positive("density", density, "kg/m3")
        * not_negative("slp_iron", slp_iron, "W/kg")
    )[()]


def specific_absorption_rate(power_density: ArrayLike, density: ArrayLike) -> NDArray[np.float64]:
    """Return the power per mass of tissue.

    Parameters
    ----------
    power_density : array_like
        W/m3.
    density : array_like
        kg/m3.

    Returns
    -------
    ndarray
        W/kg of tissue.

    Raises
    ------
    InputError
        If a number is out of range.
    """
    return (not_negative("power_density", power_density, "W/m3") / positive("density", density, "kg/m3"))[()]


def iron_concentration_needed(
    temperature: ArrayLike, body_temperature: ArrayLike, rise_per_concentration: ArrayLike
) -> NDArray[np.float64]:
    """Return the iron concentration that brings a point of the tissue to a temperature.

    Parameters
    ----------
    temperature : array_like
        Wanted, K.
    body_temperature : array_like
        Before heating, K.
    rise_per_concentration : array_like
        Temperature rise at that point for one kg of iron per kg of tissue, K.

    Returns
    -------
    ndarray
        kg/kg; zero where the body is as warm already, infinite where the iron gives no heat.

    Raises
    ------
    InputError
        If the rise is negative or not finite.

    Notes
    -----
    The rise is proportional to the iron: Pennes' equation is linear, and perfusion is taken as fixed.
    """
    wanted = np.maximum(np.asarray(temperature, dtype=float) - np.asarray(body_temperature, dtype=float), 0.0)
    slope = not_negative("rise_per_concentration", rise_per_concentration, "K")
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = wanted / slope
    return np.where(wanted == 0.0, 0.0, needed)[()]


def temperature_percentile_radius(percent: ArrayLike, radius: ArrayLike) -> NDArray[np.float64]:
    """Return the distance from the centre at which the temperature is T_percent of the sphere.

    Parameters
    ----------
    percent : array_like
        Per cent of the volume that is at least as warm, 0 to 100: 90 for T90.
    radius : array_like
        Radius of the sphere, m.

    Returns
    -------
    ndarray
        m.

    Raises
    ------
    InputError
        If the per cent are outside 0 to 100.

    Notes
    -----
    The temperature of an evenly heated sphere falls from the centre outwards, so the warmest p per cent are the inner
    sphere of radius a (p/100)^(1/3): T10, T50 and T90 stand at 0.464, 0.794 and 0.965 of the radius.
    """
    share = np.asarray(percent, dtype=float)
    if not ((share >= 0) & (share <= 100)).all():
        raise InputError("a volume fraction lies between 0 and 100 %", field="percent", value=percent)
    return (np.cbrt(share / 100.0) * positive("radius", radius, "m"))[()]
