"""Carrying time-integrated activity coefficients from an animal to a human. Every result is an extrapolation.

Methods M1 (direct), M2 (relative mass) and M3 (metabolic time) as F. Cicone et al., EJNMMI Res 12 (2022) 21,
doi:10.1186/s13550-022-00893-z, name them. That study found the methods to differ significantly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.units.checks import positive

__all__ = ["metabolic_time", "relative_mass_coefficient"]


def relative_mass_coefficient(
    time_integrated_activity_coefficient: ArrayLike,
    animal_organ_mass: ArrayLike,
    animal_body_mass: ArrayLike,
    human_organ_mass: ArrayLike,
    human_body_mass: ArrayLike,
) -> NDArray[np.float64]:
    """Human time-integrated activity coefficient by relative mass scaling (M2).

    a_human = a_animal (m_organ/m_body)_human / (m_organ/m_body)_animal: the concentration in the organ relative to the
    mean concentration in the body is taken to be the same.

    Parameters
    ----------
    time_integrated_activity_coefficient : float or array
        That of the animal organ (s).
    animal_organ_mass, animal_body_mass, human_organ_mass, human_body_mass : float or array
        Masses (kg), positive.

    Returns
    -------
    float or array
        Coefficient of the human organ (s).

    Raises
    ------
    InputError
        If a mass is not positive.

    Notes
    -----
    The direct method (M1) leaves the coefficient as it is: the same fraction of the activity in the organ. The factors
    of the organs do not keep the sum over the body: check it against the physical maximum, half-life / ln 2.
    """
    masses = {
        "animal_organ_mass": animal_organ_mass,
        "animal_body_mass": animal_body_mass,
        "human_organ_mass": human_organ_mass,
        "human_body_mass": human_body_mass,
    }
    for name, mass in masses.items():
        positive(name, mass, "kg")
    animal = np.asarray(animal_organ_mass, dtype=float) / np.asarray(animal_body_mass, dtype=float)
    human = np.asarray(human_organ_mass, dtype=float) / np.asarray(human_body_mass, dtype=float)
    return (np.asarray(time_integrated_activity_coefficient) * human / animal)[()]


def metabolic_time(
    time: ArrayLike, animal_body_mass: ArrayLike, human_body_mass: ArrayLike, exponent: float = 0.25
) -> NDArray[np.float64]:
    """Human time at which a biological process has come as far as in the animal (M3), t (M_human/M_animal)^exponent.

    Parameters
    ----------
    time : float or array
        Time in the animal (s).
    animal_body_mass, human_body_mass : float or array
        Body masses (kg), positive.
    exponent : float
        Allometric exponent; 0.25 is the customary value.

    Returns
    -------
    float or array
        Time in the human (s).

    Raises
    ------
    InputError
        If a mass is not positive.

    Notes
    -----
    Stretch decay-corrected uptake only, then apply physical decay: decay does not scale with body mass.
    """
    animal, human = np.asarray(animal_body_mass, dtype=float), np.asarray(human_body_mass, dtype=float)
    positive("animal_body_mass", animal, "kg")
    positive("human_body_mass", human, "kg")
    return (np.asarray(time) * (human / animal) ** exponent)[()]
