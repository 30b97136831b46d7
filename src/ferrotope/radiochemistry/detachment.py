"""Loss of the label from the particle, competing with decay.

The label leaves the particle with a first-order rate k and decays with lambda; freed label may also leave the region
with a first-order rate b. Equilibrium constants alone do not predict k: it is measured.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.radiochemistry.activity import decay_constant
from ferrotope.units.checks import not_negative, positive

__all__ = [
    "bound_activity",
    "decays_on_particle",
    "detached_fraction",
    "detachment_rate_from_assay",
    "free_activity",
]

Floats = NDArray[np.float64]


def detached_fraction(elapsed_time: ArrayLike, detachment_rate: ArrayLike) -> Floats:
    """Fraction of the surviving label that has left the particle, 1 - exp(-k t), decay apart.

    Parameters
    ----------
    elapsed_time : array_like
        Time t, s.
    detachment_rate : array_like
        Rate k, 1/s.

    Returns
    -------
    ndarray
        From 0 to 1.

    Raises
    ------
    InputError
        If a value is negative.
    """
    k = not_negative("detachment_rate", detachment_rate, "1/s")
    return -np.expm1(-not_negative("elapsed_time", elapsed_time, "s") * k)


def bound_activity(
    elapsed_time: ArrayLike, initial_activity: ArrayLike, half_life: ArrayLike, detachment_rate: ArrayLike
) -> Floats:
    """Activity still on the particle, A0 exp(-(lambda + k) t).

    Parameters
    ----------
    elapsed_time : array_like
        Time t, s.
    initial_activity : array_like
        Activity A0 on the particles at t = 0, Bq.
    half_life : array_like
        Half-life, s.
    detachment_rate : array_like
        Rate k, 1/s.

    Returns
    -------
    ndarray
        Bq.

    Raises
    ------
    InputError
        If a value is out of range.
    """
    t = not_negative("elapsed_time", elapsed_time, "s")
    rate = decay_constant(half_life) + not_negative("detachment_rate", detachment_rate, "1/s")
    return not_negative("initial_activity", initial_activity, "Bq") * np.exp(-rate * t)


def free_activity(
    elapsed_time: ArrayLike,
    initial_activity: ArrayLike,
    half_life: ArrayLike,
    detachment_rate: ArrayLike,
    clearance_rate: ArrayLike = 0.0,
) -> Floats:
    """Activity that has left the particle and is still in the region.

    A0 exp(-lambda t) k [exp(-k t) - exp(-b t)]/(b - k), which becomes A0 exp(-lambda t) k t exp(-k t) where b = k.

    Parameters
    ----------
    elapsed_time : array_like
        Time t, s.
    initial_activity : array_like
        Activity A0 on the particles at t = 0, Bq; nothing is free then.
    half_life : array_like
        Half-life, s.
    detachment_rate : array_like
        Rate k, 1/s.
    clearance_rate : array_like
        Rate b at which free label leaves the region, 1/s; 0 keeps it (a closed vial).

    Returns
    -------
    ndarray
        Bq.

    Raises
    ------
    InputError
        If a value is out of range.
    """
    t = not_negative("elapsed_time", elapsed_time, "s")
    k = not_negative("detachment_rate", detachment_rate, "1/s")
    b = not_negative("clearance_rate", clearance_rate, "1/s")
    difference = np.abs(b - k) * t
    # (1 - exp(-x))/x, written so that equal rates are no special case.
    shape = np.where(
        difference > 1e-8, -np.expm1(-difference) / np.where(difference > 1e-8, difference, 1.0), 1.0 - 0.5 * difference
    )
    decay = np.exp(-decay_constant(half_life) * t)
    A0 = not_negative("initial_activity", initial_activity, "Bq")
    return A0 * decay * k * t * np.exp(-np.minimum(k, b) * t) * shape


def decays_on_particle(half_life: ArrayLike, detachment_rate: ArrayLike) -> Floats:
    """Fraction of all decays that happen on the particle, lambda/(lambda + k).

    Parameters
    ----------
    half_life : array_like
        Half-life, s.
    detachment_rate : array_like
        Rate k, 1/s.

    Returns
    -------
    ndarray
        From 0 to 1.

    Raises
    ------
    InputError
        If a value is out of range.
    """
    rate = decay_constant(half_life)
    return rate / (rate + not_negative("detachment_rate", detachment_rate, "1/s"))


def detachment_rate_from_assay(
    elapsed_time: ArrayLike, intact_fraction: ArrayLike, standard_deviation: ArrayLike
) -> tuple[float, float]:
    """Detachment rate and its standard deviation from a stability assay.

    Weighted least squares of -ln(f) = k t through the origin, weights (f/s)^2: k = sum(w t (-ln f))/sum(w t^2) and
    s_k = 1/sqrt(sum(w t^2)). One point gives k = -ln(f)/t and s_k = s/(f t).

    Parameters
    ----------
    elapsed_time : array_like, shape (n,)
        Times of the samples, s.
    intact_fraction : array_like, shape (n,)
        Fraction of the label still on the particle, corrected for decay, above 0 and at most 1.
    standard_deviation : array_like, shape (n,) or ()
        Standard deviation of the fractions.

    Returns
    -------
    tuple of float
        Rate (1/s) and standard deviation (1/s). A fraction of 1 gives rate 0 with a deviation that bounds it.

    Raises
    ------
    InputError
        If a fraction is outside 0 to 1, or a time or deviation not positive.

    Notes
    -----
    Valid while the deviation is below about a third of the fraction: the logarithm is then nearly normal. A fast
    first loss with a stable rest (weakly and strongly bound label) is not first order: compare the points.
    """
    t = np.atleast_1d(positive("elapsed_time", elapsed_time, "s"))
    f = np.atleast_1d(positive("intact_fraction", intact_fraction, ""))
    s = positive("standard_deviation", standard_deviation, "")
    if (f > 1.0).any():
        raise InputError(
            "an intact fraction is above 1",
            field="intact_fraction",
            value=intact_fraction,
            allowed="above 0, at most 1",
            remedy="a measurement of 1.01 within its error is entered as 1",
        )
    t, f, s = np.broadcast_arrays(t, f, s)
    reach = t * (f / s)
    weight = (reach / reach.max()) ** 2  # relative, as the square of a tiny fraction would be lost
    rate = float(np.sum(weight * -np.log(f) / t) / np.sum(weight))
    return max(rate, 0.0), float(1.0 / (reach.max() * np.sqrt(np.sum(weight))))
