"""Nuclide atoms, molar activity and how many particles carry a label.

The particle's own arithmetic (surface, particles per mass of iron) comes in as numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.units.checks import not_negative, positive
from ferrotope.units.constants import AVOGADRO

__all__ = [
    "activity_per_iron",
    "apparent_molar_activity",
    "atoms_per_particle",
    "carrier_free_molar_activity",
    "chelators_per_particle",
    "decay_constant",
    "decay_factor",
    "hot_fraction",
    "mean_atoms_of_hot",
    "nuclide_atoms",
    "occupied_chelators",
    "radiochemical_yield",
]

Floats = NDArray[np.float64]


def decay_constant(half_life: ArrayLike) -> Floats:
    """Decay constant ln 2/T (1/s) of a half-life (s, positive)."""
    return np.log(2.0) / positive("half_life", half_life, "s")


def decay_factor(elapsed_time: ArrayLike, half_life: ArrayLike) -> Floats:
    """Fraction of an activity that is left after a time, 2^(-t/T).

    Parameters
    ----------
    elapsed_time : array_like
        Time t, s; negative gives the factor that corrects back.
    half_life : array_like
        Half-life T, s.

    Returns
    -------
    ndarray
        Fraction left.

    Raises
    ------
    InputError
        If the half-life is not positive.
    """
    return np.exp(-np.asarray(elapsed_time, dtype=float) * decay_constant(half_life))


def nuclide_atoms(activity: ArrayLike, half_life: ArrayLike) -> Floats:
    """Number of radioactive atoms behind an activity, A/lambda.

    Parameters
    ----------
    activity : array_like
        Activity, Bq.
    half_life : array_like
        Half-life, s.

    Returns
    -------
    ndarray
        Atoms; stable carrier not counted.

    Raises
    ------
    InputError
        If the activity is negative or the half-life not positive.
    """
    return not_negative("activity", activity, "Bq") / decay_constant(half_life)


def atoms_per_particle(activity_per_iron: ArrayLike, half_life: ArrayLike, particles_per_iron: ArrayLike) -> Floats:
    """Mean number of radioactive atoms on one particle.

    Parameters
    ----------
    activity_per_iron : array_like
        Activity per mass of iron, Bq/kg (1 MBq/mg is 1e12).
    half_life : array_like
        Half-life, s.
    particles_per_iron : array_like
        Particles per mass of iron, 1/kg.

    Returns
    -------
    ndarray
        Mean over all particles, hot and cold.

    Raises
    ------
    InputError
        If a value is out of range.
    """
    atoms = nuclide_atoms(not_negative("activity_per_iron", activity_per_iron, "Bq/kg"), half_life)
    return atoms / positive("particles_per_iron", particles_per_iron, "1/kg")


def hot_fraction(mean_atoms: ArrayLike) -> Floats:
    """Poisson fraction of particles that carry at least one radioactive atom, 1 - exp(-m).

    Parameters
    ----------
    mean_atoms : array_like
        Mean number of radioactive atoms on a particle, m.

    Returns
    -------
    ndarray
        Fraction from 0 to 1.

    Raises
    ------
    InputError
        If the mean is negative.

    Notes
    -----
    Equal particles that label independently. In a size distribution the large ones hold more, so the hot fraction by
    number is lower; chelators in clusters lower it further.
    """
    return -np.expm1(-not_negative("mean_atoms", mean_atoms, "atoms"))


def mean_atoms_of_hot(mean_atoms: ArrayLike) -> Floats:
    """Mean number of radioactive atoms on those particles that carry at least one, m/(1 - exp(-m)).

    Parameters
    ----------
    mean_atoms : array_like
        Mean number on all particles, m.

    Returns
    -------
    ndarray
        At least 1, which is also the limit for m = 0.

    Raises
    ------
    InputError
        If the mean is negative.
    """
    m = not_negative("mean_atoms", mean_atoms, "atoms")
    some = m > 0
    return np.where(some, m / np.where(some, -np.expm1(-m), 1.0), 1.0)


def carrier_free_molar_activity(half_life: ArrayLike) -> Floats:
    """Molar activity of a nuclide without stable or other carrier, lambda N_A.

    Parameters
    ----------
    half_life : array_like
        Half-life, s.

    Returns
    -------
    ndarray
        Bq/mol (1e15 Bq/mol is 1 GBq/umol).

    Raises
    ------
    InputError
        If the half-life is not positive.
    """
    return decay_constant(half_life) * AVOGADRO


def apparent_molar_activity(activity: ArrayLike, amount: ArrayLike) -> Floats:
    """Activity per amount of the substance that binds it, labelled or not.

    Parameters
    ----------
    activity : array_like
        Bound activity, Bq.
    amount : array_like
        Amount of chelator, or of particles, mol.

    Returns
    -------
    ndarray
        Bq/mol.

    Raises
    ------
    InputError
        If the activity is negative or the amount not positive.
    """
    return not_negative("activity", activity, "Bq") / positive("amount", amount, "mol")


def activity_per_iron(activity: ArrayLike, iron_mass: ArrayLike) -> Floats:
    """Specific activity of a particle suspension.

    Parameters
    ----------
    activity : array_like
        Activity bound to particles, Bq.
    iron_mass : array_like
        Mass of iron, kg.

    Returns
    -------
    ndarray
        Bq/kg (1e12 Bq/kg is 1 MBq/mg).

    Raises
    ------
    InputError
        If the activity is negative or the mass not positive.
    """
    return not_negative("activity", activity, "Bq") / positive("iron_mass", iron_mass, "kg")


def chelators_per_particle(surface: ArrayLike, surface_density: ArrayLike) -> Floats:
    """Number of chelators on a particle, surface times density.

    Parameters
    ----------
    surface : array_like
        Surface of one particle, m2.
    surface_density : array_like
        Chelators per surface, 1/m2 (1/nm2 is 1e18).

    Returns
    -------
    ndarray
        Chelators per particle.

    Raises
    ------
    InputError
        If the surface is not positive or the density negative.

    Notes
    -----
    About 1.0 to 1.4 per nm2 is a ceiling for DOTA by footprint (0.7 to 1.0 nm2 each; an estimate, not a measurement).
    """
    return positive("surface", surface, "m2") * not_negative("surface_density", surface_density, "1/m2")


def occupied_chelators(mean_atoms: ArrayLike, chelators: ArrayLike) -> Floats:
    """Fraction of chelators that hold a radioactive atom.

    Parameters
    ----------
    mean_atoms : array_like
        Radioactive atoms per particle.
    chelators : array_like
        Chelators per particle.

    Returns
    -------
    ndarray
        Above 1 the label cannot all be on these chelators.

    Raises
    ------
    InputError
        If the mean is negative or there are no chelators.
    """
    return not_negative("mean_atoms", mean_atoms, "atoms") / positive("chelators", chelators, "")


def radiochemical_yield(
    product_activity: ArrayLike,
    starting_activity: ArrayLike,
    elapsed_time: ArrayLike,
    half_life: ArrayLike,
    decay_corrected: bool,
) -> Floats:
    """Radiochemical yield of a labelling, decay-corrected or not.

    Parameters
    ----------
    product_activity : array_like
        Activity of the product at the end, Bq.
    starting_activity : array_like
        Activity taken at the start, Bq.
    elapsed_time : array_like
        Time from start to end, s.
    half_life : array_like
        Half-life, s.
    decay_corrected : bool
        True: what chemistry achieved, product corrected to the start. False: what is there to inject.

    Returns
    -------
    ndarray
        Yield from 0 to 1.

    Raises
    ------
    InputError
        If the yield is above 1 (by more than rounding) or a value is out of range.
    """
    product = not_negative("product_activity", product_activity, "Bq")
    elapsed = not_negative("elapsed_time", elapsed_time, "s")
    chemical = product / positive("starting_activity", starting_activity, "Bq") / decay_factor(elapsed, half_life)
    if (chemical > 1.0 + 1e-9).any():
        raise InputError(
            "the decay-corrected yield is above 1",
            field="product_activity",
            value=product_activity,
            allowed="at most the starting activity, decayed",
            remedy="check the times of the two measurements",
        )
    return chemical if decay_corrected else chemical * decay_factor(elapsed, half_life)
