"""The linear-quadratic model of protracted dose: protraction factor, biologically effective dose, equivalent dose."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.units.checks import not_negative, positive

__all__ = ["bed", "dose_of_bed", "eqd", "protraction_factor"]


def protraction_factor(amplitudes: ArrayLike, rates: ArrayLike, repair_rate: ArrayLike) -> NDArray[np.float64]:
    """Return the Lea-Catcheside protraction factor G of a dose rate that is a sum of exponentials.

    D'(t) = sum_i R_i exp(-l_i t), D = sum_i R_i/l_i, and

    G D^2 = sum_ij 2 R_i R_j/((l_i + l_j)(l_i + mu)).

    Parameters
    ----------
    amplitudes : array_like, shape (..., n) or scalar
        R_i in Gy/s (any unit of dose rate: it cancels); negative for an uptake phase.
    rates : array_like, shape (..., n) or scalar
        l_i in 1/s, positive.
    repair_rate : array_like, shape (...)
        mu in 1/s, ln 2 over the repair half-time; positive.

    Returns
    -------
    ndarray, shape (...)
        Between 0 (repair faster than irradiation) and 1 (an acute dose).

    Raises
    ------
    InputError
        If a rate is not positive, the shapes differ, or the dose is not positive.

    Notes
    -----
    Lea and Catcheside, J Genet 1942;44:216, doi:10.1007/BF02982830; Dale, Br J Radiol 1985;58:515,
    doi:10.1259/0007-1285-58-690-515. One exponential gives l/(l + mu).

    Examples
    --------
    >>> from math import log
    >>> round(float(protraction_factor(1.0, log(2) / 50.0, log(2) / 2.8)), 5)  # half-lives of 50 h and 2.8 h
    0.05303
    """
    strengths = np.atleast_1d(np.asarray(amplitudes, dtype=float))
    fading = np.atleast_1d(positive("rates", rates, "1/s"))
    repair = positive("repair_rate", repair_rate, "1/s")
    if strengths.shape[-1] != fading.shape[-1]:
        raise InputError(
            "each amplitude needs its rate",
            field="rates",
            value=f"{fading.shape[-1]} rates",
            allowed=f"{strengths.shape[-1]}, one for each amplitude",
        )
    if not np.isfinite(strengths).all():
        raise InputError("amplitudes must be finite", field="amplitudes", value=amplitudes)
    dose = (strengths / fading).sum(axis=-1)
    if not (dose > 0).all():
        raise InputError("the dose must be positive", field="amplitudes", value=amplitudes)
    strengths = strengths / dose[..., None]  # G does not depend on the scale, and no square of it is lost
    ri, rj = strengths[..., :, None], strengths[..., None, :]
    li, lj = fading[..., :, None], fading[..., None, :]
    pairs = 2.0 * ri * rj / ((li + lj) * (li + repair[..., None, None]))
    return pairs.sum(axis=(-2, -1))[()]


def bed(dose: ArrayLike, protraction: ArrayLike, alpha_beta: ArrayLike) -> NDArray[np.float64]:
    """Return the biologically effective dose D (1 + G D/(alpha/beta)).

    Parameters
    ----------
    dose : array_like
        D in Gy, of low LET.
    protraction : array_like
        G, from `protraction_factor`; 1 for an acute dose.
    alpha_beta : array_like
        Gy.

    Returns
    -------
    ndarray
        Gy. Courses that are many repair half-times apart add.

    Raises
    ------
    InputError
        If a dose is negative or alpha/beta is not positive.

    Notes
    -----
    Dale, Br J Radiol 1985;58:515, doi:10.1259/0007-1285-58-690-515. Without repopulation.

    Examples
    --------
    >>> round(float(bed(28.0, 0.05303, 2.5)), 2)
    44.63
    """
    given = not_negative("dose", dose, "Gy")
    return (
        given * (1.0 + not_negative("protraction", protraction) * given / positive("alpha_beta", alpha_beta, "Gy"))
    )[()]


def dose_of_bed(bed: ArrayLike, protraction: ArrayLike, alpha_beta: ArrayLike, cycles: int = 1) -> NDArray[np.float64]:
    """Return the total dose that gives a biologically effective dose, in equal cycles far apart.

    Parameters
    ----------
    bed : array_like
        Gy, of all cycles together.
    protraction : array_like
        G of each cycle.
    alpha_beta : array_like
        Gy.
    cycles : int
        Number of equal cycles, each many repair half-times after the one before.

    Returns
    -------
    ndarray
        Total dose in Gy: the inverse of `bed` for each cycle, times the number of cycles.

    Raises
    ------
    InputError
        If a number is out of range.
    """
    if cycles < 1:
        raise InputError("the number of cycles must be 1 or more", field="cycles", value=cycles)
    each = not_negative("bed", bed, "Gy") / cycles
    curvature = not_negative("protraction", protraction) / positive("alpha_beta", alpha_beta, "Gy")
    # The root of curvature D^2 + D - BED = 0, in the form that keeps its digits where the curvature is small.
    return (cycles * 2.0 * each / (1.0 + np.sqrt(1.0 + 4.0 * curvature * each)))[()]


def eqd(bed: ArrayLike, dose_per_fraction: ArrayLike, alpha_beta: ArrayLike) -> NDArray[np.float64]:
    """Return the equivalent dose in fractions of X Gy, BED/(1 + X/(alpha/beta)).

    Parameters
    ----------
    bed : array_like
        Biologically effective dose, Gy.
    dose_per_fraction : array_like
        X in Gy; 2 gives EQD2.
    alpha_beta : array_like
        Gy.

    Returns
    -------
    ndarray
        Gy.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    Bentzen et al., Radiother Oncol 2012;105:266, doi:10.1016/j.radonc.2012.10.006.

    Examples
    --------
    >>> round(float(eqd(44.63, 2.0, 2.5)), 2)
    24.79
    """
    fraction = not_negative("dose_per_fraction", dose_per_fraction, "Gy")
    return (not_negative("bed", bed, "Gy") / (1.0 + fraction / positive("alpha_beta", alpha_beta, "Gy")))[()]
