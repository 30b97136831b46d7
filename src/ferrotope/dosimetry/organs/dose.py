"""S values, dose rates and absorbed doses in the terms of MIRD Pamphlet 21 (doi:10.2967/jnumed.108.056036)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.units.checks import positive

__all__ = ["absorbed_dose", "dose_rate", "mass_scaled_s_value", "s_value"]


def s_value(energy_per_decay: ArrayLike, absorbed_fraction: ArrayLike, mass: ArrayLike) -> NDArray[np.float64]:
    """Absorbed dose in the target per decay in the source, S = E phi / m.

    Parameters
    ----------
    energy_per_decay : float or array
        Mean energy emitted per decay as one radiation (J).
    absorbed_fraction : float or array
        Fraction of it that the target absorbs.
    mass : float or array
        Mass of the target (kg), positive.

    Returns
    -------
    float or array
        S (Gy per decay, which is Gy/(Bq s)); arguments broadcast.

    Raises
    ------
    InputError
        If a mass is not positive.

    Notes
    -----
    MIRD Pamphlet 21, equations 7 and 8, for one radiation; sum over radiations of like biological effect only.
    """
    mass = np.asarray(mass, dtype=float)
    positive("mass", mass, "kg")
    return (np.asarray(energy_per_decay) * np.asarray(absorbed_fraction) / mass)[()]


def dose_rate(activity: ArrayLike, s_value: ArrayLike) -> NDArray[np.float64]:
    """Absorbed-dose rate of a target from the activity in a source, A(t) S.

    Parameters
    ----------
    activity : float or array
        Activity (Bq).
    s_value : float or array
        S (Gy/(Bq s)).

    Returns
    -------
    float or array
        Dose rate (Gy/s).
    """
    return (np.asarray(activity) * np.asarray(s_value))[()]


def absorbed_dose(time_integrated_activity: ArrayLike, s_value: ArrayLike) -> NDArray[np.float64]:
    """Absorbed dose from the number of decays, D = A~ S.

    Parameters
    ----------
    time_integrated_activity : float or array
        Decays in the source (Bq s): the administered activity times the time-integrated activity coefficient.
    s_value : float or array
        S (Gy/(Bq s)).

    Returns
    -------
    float or array
        Absorbed dose (Gy).
    """
    return (np.asarray(time_integrated_activity) * np.asarray(s_value))[()]


def mass_scaled_s_value(
    s_value: ArrayLike, reference_mass: ArrayLike, mass: ArrayLike, exponent: float = 1.0
) -> NDArray[np.float64]:
    """Self-dose S value carried from a reference organ to the same organ of another mass, S (m_ref/m)^exponent.

    Parameters
    ----------
    s_value : float or array
        S of the reference organ (Gy/(Bq s)).
    reference_mass, mass : float or array
        Masses (kg), positive.
    exponent : float
        1 for alphas and electrons that stay in the organ, 2/3 for photons of which few do.

    Returns
    -------
    float or array
        S (Gy/(Bq s)).

    Raises
    ------
    InputError
        If a mass is not positive.

    Notes
    -----
    The limits of E phi/m where phi is 1, or proportional to the radius. Between the limits compute the absorbed
    fraction anew instead.
    """
    reference_mass, mass = np.asarray(reference_mass, dtype=float), np.asarray(mass, dtype=float)
    positive("reference_mass", reference_mass, "kg")
    positive("mass", mass, "kg")
    return (np.asarray(s_value) * (reference_mass / mass) ** exponent)[()]
