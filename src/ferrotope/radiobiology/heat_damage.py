"""Thermal dose and kill of cells by heat."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ferrotope.units.checks import between, not_negative
from ferrotope.units.constants import CELSIUS_ZERO

__all__ = ["cem43", "heat_survival"]

BREAK = CELSIUS_ZERO + 43.0  # K
_LOW, _HIGH = CELSIUS_ZERO, CELSIUS_ZERO + 100.0
_KELVIN = "temperatures are in kelvin: 43 degC is 316.15 K"
# Parameters of clonogenic survival of SiHa cells, of the extended linear-quadratic model of thermoradiotherapy: rate
# prefactor 1/(s K), entropy over R, enthalpy over R in K. Published code states 392.08 cal/(mol K) and 147907.8 cal/mol
# with R rounded to 2 cal/(mol K), which is kept here: the pair is a fit.
_PREFACTOR = 2.05e10
ENTROPY_OVER_R = 392.08 / 2.0
ENTHALPY_OVER_R = 147907.8 / 2.0


def cem43(durations: ArrayLike, temperatures: ArrayLike, threshold: float = 0.0) -> float:
    """Return the cumulative equivalent minutes at 43 degC, sum dt R^(43 - T).

    R is 0.5 from 43 degC up and 0.25 below.

    Parameters
    ----------
    durations : array_like, shape (n,) or scalar
        dt in s.
    temperatures : array_like, shape (n,) or scalar
        T in K during each of them.
    threshold : float
        Temperature in K below which nothing counts; a common variant takes 39 degC.

    Returns
    -------
    float
        Minutes (the unit in its name), not seconds.

    Raises
    ------
    InputError
        If a duration is negative or a temperature is not between 0 and 100 degC.

    Notes
    -----
    Sapareto and Dewey, Int J Radiat Oncol Biol Phys 1984;10:787, doi:10.1016/0360-3016(84)90379-1.

    Examples
    --------
    >>> cem43(3600.0, 315.15), cem43(1800.0, 317.15)  # 1 h at 42 degC, half an hour at 44 degC
    (15.0, 60.0)
    """
    minutes = not_negative("durations", durations, "s") / 60.0
    T = between("temperatures", temperatures, _LOW, _HIGH, "K", _KELVIN)
    factor = np.where(T >= BREAK, 0.5, 0.25)
    return float(np.sum(minutes * np.where(threshold <= T, factor ** (BREAK - T), 0.0)))


def heat_survival(
    durations: ArrayLike,
    temperatures: ArrayLike,
    entropy_over_R: float = ENTROPY_OVER_R,
    enthalpy_over_R: float = ENTHALPY_OVER_R,
    threshold: float = 0.0,
) -> float:
    """Return the fraction of cells that survive heat, exp(-sum k(T) dt).

    k(T) = 2.05e10/(s K) T exp(dS/R - dH/(R T)), an Arrhenius rate.

    Parameters
    ----------
    durations : array_like, shape (n,) or scalar
        dt in s.
    temperatures : array_like, shape (n,) or scalar
        T in K during each of them.
    entropy_over_R : float
        Entropy of activation over the gas constant.
    enthalpy_over_R : float
        Enthalpy of activation over the gas constant, K.
    threshold : float
        Temperature in K below which nothing counts: the fit was made at 39 to 44 degC, and carried down to 37 degC it
        would kill 1 % an hour.

    Returns
    -------
    float
        0 to 1. Heat alone: neither sensitisation to radiation nor tolerance to heat.

    Raises
    ------
    InputError
        If a duration is negative or a temperature is not between 0 and 100 degC.

    Notes
    -----
    Parameters of cervical carcinoma cells in culture (SiHa), as public code of the extended linear-quadratic model of
    van Leeuwen et al. (Int J Hyperthermia 2017;33:160, doi:10.1080/02656736.2016.1241431) has them; the paper was not
    read. Other cells differ by factors.

    Examples
    --------
    >>> round(heat_survival(3600.0, 316.15), 3)  # 1 h at 43 degC
    0.438
    """
    seconds = not_negative("durations", durations, "s")
    T = between("temperatures", temperatures, _LOW, _HIGH, "K", _KELVIN)
    with np.errstate(over="ignore"):
        rate = _PREFACTOR * T * np.exp(entropy_over_R - enthalpy_over_R / T)
        return float(np.exp(-np.sum(seconds * np.where(threshold <= T, rate, 0.0))))
