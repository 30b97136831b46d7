"""Dose rate and radicals in the vial of a labelled product."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.units.checks import not_negative, positive

__all__ = ["radical_production_rate", "vial_dose_rate"]


def vial_dose_rate(
    activity_concentration: ArrayLike, charged_particle_energy: ArrayLike, density: ArrayLike = 1000.0
) -> NDArray[np.float64]:
    """Dose rate in a labelled solution whose alpha, beta and electron energy stays in it.

    Parameters
    ----------
    activity_concentration : array_like
        Activity per volume, Bq/m3 (1 GBq/mL is 1e15).
    charged_particle_energy : array_like
        Mean energy of charged particles per decay, J; photons are left out.
    density : array_like
        Density of the solution, kg/m3.

    Returns
    -------
    ndarray
        Gy/s.

    Raises
    ------
    InputError
        If a value is out of range.

    Notes
    -----
    An upper limit: in a thin layer, or in a vial of 1 mL with Y-90 (range 11 mm), a part of the energy escapes.
    """
    power = not_negative("activity_concentration", activity_concentration, "Bq/m3") * not_negative(
        "charged_particle_energy", charged_particle_energy, "J"
    )
    return power / positive("density", density, "kg/m3")


def radical_production_rate(
    dose_rate: ArrayLike, radiation_chemical_yield: ArrayLike, density: ArrayLike = 1000.0
) -> NDArray[np.float64]:
    """Rate at which radiolysis makes a radical, dose rate times G times density.

    Parameters
    ----------
    dose_rate : array_like
        Gy/s.
    radiation_chemical_yield : array_like
        G value, mol/J; about 0.28e-6 for OH in water at low LET (a textbook value, from memory), less for alphas.
    density : array_like
        Density of the solution, kg/m3.

    Returns
    -------
    ndarray
        mol/(m3 s), that is mM/s.

    Raises
    ------
    InputError
        If a value is out of range.
    """
    G = not_negative("radiation_chemical_yield", radiation_chemical_yield, "mol/J")
    return not_negative("dose_rate", dose_rate, "Gy/s") * G * positive("density", density, "kg/m3")
