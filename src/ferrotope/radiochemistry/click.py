"""Second-order bioconjugation (click chemistry)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.units.checks import not_negative, positive

__all__ = ["click_conversion"]


def click_conversion(
    first_concentration: ArrayLike, second_concentration: ArrayLike, rate_constant: ArrayLike, elapsed_time: ArrayLike
) -> NDArray[np.float64]:
    """Conversion of the scarcer partner of a second-order reaction A + B -> product.

    X = (1 - e)/(1 - (A0/B0) e), e = exp(-(B0 - A0) k t), A0 <= B0; k A0 t/(1 + k A0 t) where they are equal.

    Parameters
    ----------
    first_concentration, second_concentration : array_like
        Initial concentrations of reacting groups, mol/m3 (mM), in either order.
    rate_constant : array_like
        Second-order rate constant k, m3/(mol s) (1/(M s) is 1e-3).
    elapsed_time : array_like
        Reaction time t, s.

    Returns
    -------
    ndarray
        Fraction of the scarcer partner that reacted, 0 to 1.

    Raises
    ------
    InputError
        If a concentration is not positive or another value negative.

    Notes
    -----
    Per reactive group, not per particle. Groups crowded on a surface react more slowly than free ones: multiply the
    constant of small molecules by an accessibility factor below 1, which only a measurement gives.
    """
    one = positive("first_concentration", first_concentration, "mM")
    other = positive("second_concentration", second_concentration, "mM")
    scarce, rich = np.minimum(one, other), np.maximum(one, other)
    extent = not_negative("rate_constant", rate_constant, "m3/(mol s)") * not_negative(
        "elapsed_time", elapsed_time, "s"
    )
    x = (rich - scarce) * extent
    # With phi = (1 - e)/x the closed form reads B k t phi/(e + B k t phi): equal concentrations are no special case,
    # and X <= 1.
    phi = np.where(x > 1e-8, -np.expm1(-x) / np.where(x > 1e-8, x, 1.0), 1.0 - 0.5 * x)
    return rich * extent * phi / (np.exp(-x) + rich * extent * phi)
