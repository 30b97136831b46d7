"""Daughter activity in an organ that holds, loses and decays its parent."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.units.checks import positive

__all__ = ["daughter_activity", "integrate_curve"]


def daughter_activity(
    time: ArrayLike,
    parent_activity: ArrayLike,
    half_life: float,
    branching: float,
    retained_fraction: ArrayLike = 1.0,
    initial_activity: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Activity of a daughter that grows from its parent in the same organ.

    dA_d/dt = lambda_d (b f A_p - A_d): of the parent's decays in the organ the share b leads to the daughter and the
    share f of those atoms stays. What stays decays where it is.

    Parameters
    ----------
    time : array, shape (n,)
        Times (s), increasing.
    parent_activity : array, shape (..., n)
        Activity of the parent in the organ (Bq), taken as linear between the times.
    half_life : float
        Half-life of the daughter (s), positive.
    branching : float
        b, between 0 and 1.
    retained_fraction : float or array, shape (...)
        f, between 0 and 1: 1 for an organ that keeps the recoiling daughter, 0 for one that loses it at once.
    initial_activity : float or array, shape (...)
        Daughter activity at the first time (Bq).

    Returns
    -------
    array, shape (..., n)
        Activity of the daughter in the organ (Bq).

    Raises
    ------
    InputError
        If times do not increase, the half-life is not positive, or a fraction is not between 0 and 1.

    Notes
    -----
    Exact for the piecewise linear parent, at any ratio of step to half-life (no stiffness). With this solution decays
    are conserved: int A_d dt = b f int A_p dt - [A_d(end) - A_d(start)]/lambda_d for the trapezoid of A_p.
    """
    time, parent = np.asarray(time, dtype=float), np.asarray(parent_activity, dtype=float)
    positive("half_life", half_life, "s")
    if time.ndim != 1 or time.size < 2 or not np.all(np.diff(time) > 0):
        raise InputError("times must increase and be at least two", field="time")
    for name, value in (("branching", branching), ("retained_fraction", retained_fraction)):
        if not np.all((np.asarray(value) >= 0) & (np.asarray(value) <= 1)):
            raise InputError("a fraction must lie between 0 and 1", field=name, value=value, allowed="0 to 1")
    decay = np.log(2.0) / half_life
    steps = np.diff(time)
    x = decay * steps
    gone = -np.expm1(-x)
    # x - gone loses its digits for short steps: series there.
    lag = np.where(x < 1e-3, x / 2.0 - x**2 / 6.0, 1.0 - gone / np.where(x > 0, x, 1.0))
    share = branching * np.asarray(retained_fraction, dtype=float)
    activity = np.empty(np.broadcast_shapes(parent.shape[:-1], share.shape, np.shape(initial_activity)) + time.shape)
    activity[..., 0] = initial_activity
    for i in range(steps.size):
        rise = parent[..., i + 1] - parent[..., i]
        fed = share * (parent[..., i] * gone[i] + rise * lag[i])
        activity[..., i + 1] = activity[..., i] * (1.0 - gone[i]) + fed
    return activity


def integrate_curve(time: ArrayLike, values: ArrayLike) -> NDArray[np.float64]:
    """Running integral of a curve that is linear between its points.

    Parameters
    ----------
    time : array, shape (n,)
        Times (s), increasing.
    values : array, shape (..., n)
        Values, for example dose rates (Gy/s).

    Returns
    -------
    array, shape (..., n)
        Integral from the first time, zero there.
    """
    time, values = np.asarray(time, dtype=float), np.asarray(values, dtype=float)
    pieces = 0.5 * np.diff(time) * (values[..., 1:] + values[..., :-1])
    start = np.zeros((*values.shape[:-1], 1))
    return np.concatenate([start, np.cumsum(pieces, axis=-1)], axis=-1)
