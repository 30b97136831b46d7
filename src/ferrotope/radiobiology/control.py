"""Tumour control and complication probabilities, and the uniform dose that stands for a distribution."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.units.checks import not_negative, positive

__all__ = ["geud", "ntcp_lkb", "tcp"]


def tcp(
    clonogens: ArrayLike,
    alpha: ArrayLike,
    bed: ArrayLike,
    repopulation_rate: ArrayLike = 0.0,
    time: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Return the tumour control probability exp(-N exp(-alpha BED + gamma T)).

    Parameters
    ----------
    clonogens : array_like
        N, number of clonogenic cells.
    alpha : array_like
        1/Gy.
    bed : array_like
        Biologically effective dose in Gy, the same in the whole tumour.
    repopulation_rate : array_like
        gamma in 1/s.
    time : array_like
        T in s, over which the clonogens repopulate.

    Returns
    -------
    ndarray
        0 to 1. For ranking designs, not the chance to cure: the dose is not uniform, and the parameters differ between
        tumours.

    Raises
    ------
    InputError
        If a number is negative or not finite.

    Notes
    -----
    Poisson statistics of surviving clonogens: Webb and Nahum, Phys Med Biol 1993;38:653,
    doi:10.1088/0031-9155/38/6/001.

    Examples
    --------
    >>> round(float(tcp(1e8, 0.3, 60.0)), 4)
    0.2181
    """
    growth = not_negative("repopulation_rate", repopulation_rate, "1/s") * not_negative("time", time, "s")
    kill = not_negative("alpha", alpha, "1/Gy") * not_negative("bed", bed, "Gy")
    with np.errstate(over="ignore"):
        surviving = not_negative("clonogens", clonogens) * np.exp(growth - kill)
        return np.exp(-surviving)[()]


def geud(volumes: ArrayLike, doses: ArrayLike, n: float) -> NDArray[np.float64]:
    """Return the generalised equivalent uniform dose (sum v_i D_i^(1/n))^n.

    Parameters
    ----------
    volumes : array_like, shape (..., k)
        v_i, of which only the ratios count: they are divided by their sum.
    doses : array_like, shape (..., k)
        D_i in Gy.
    n : float
        Volume parameter: 1 gives the mean, towards 0 the maximum; negative for tumours (cold spots count).

    Returns
    -------
    ndarray, shape (...)
        Gy.

    Raises
    ------
    InputError
        If a number is negative, the volumes sum to zero, or n is zero.

    Notes
    -----
    Niemierko, Med Phys 1999;26:1100 (abstract), with a = 1/n.
    """
    if not (math.isfinite(n) and n != 0):
        raise InputError("the volume parameter must be finite and not zero", field="n", value=n)
    parts = np.atleast_1d(not_negative("volumes", volumes))
    given = np.atleast_1d(not_negative("doses", doses, "Gy"))
    whole = parts.sum(axis=-1)
    if not (whole > 0).all():
        raise InputError("the volumes must not all be zero", field="volumes", value=volumes)
    # Scaled by the largest dose: high powers of a dose overflow.
    top = given.max(axis=-1)
    safe = np.where(top > 0, top, 1.0)
    with np.errstate(divide="ignore"):
        powers = (given / safe[..., None]) ** (1.0 / n)
        mean = (parts * np.where(parts > 0, powers, 0.0)).sum(axis=-1) / whole
        return np.where(top > 0, safe * mean**n, 0.0)[()]


def ntcp_lkb(eud: ArrayLike, td50: ArrayLike, m: ArrayLike) -> NDArray[np.float64]:
    """Return the complication probability of Lyman, Kutcher and Burman, Phi((EUD - TD50)/(m TD50)).

    Parameters
    ----------
    eud : array_like
        Equivalent uniform dose in Gy, in the fractionation of TD50.
    td50 : array_like
        Uniform dose in Gy that harms half.
    m : array_like
        Slope.

    Returns
    -------
    ndarray
        0 to 1.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    Lyman, Radiat Res 1985;104:S13, doi:10.2307/3576626; Kutcher and Burman, Int J Radiat Oncol Biol Phys 1989;16:1623,
    doi:10.1016/0360-3016(89)90972-3.

    Examples
    --------
    >>> round(float(ntcp_lkb(23.0, 28.0, 0.10)), 4)
    0.0371
    """
    from scipy.special import ndtr

    middle = positive("td50", td50, "Gy")
    return ndtr((not_negative("eud", eud, "Gy") - middle) / (positive("m", m) * middle))[()]
