"""Particle arithmetic: volume, mass, iron atoms, particles per milligram of iron, surface, shell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ferrotope.particle.formula import composition, formula_mass
from ferrotope.particle.nouns import Particle
from ferrotope.particle.sizes import lognormal_moment
from ferrotope.units.constants import AVOGADRO

__all__ = ["Arithmetic", "arithmetic", "iron_atoms", "particle_mass", "sphere_volume"]


def sphere_volume(diameter):
    """Return the volume of a sphere, pi d^3/6.

    Parameters
    ----------
    diameter : float or ndarray
        In m.

    Returns
    -------
    float or ndarray
        In m3.
    """
    return np.pi / 6.0 * np.asarray(diameter, dtype=float) ** 3


def particle_mass(diameter, density):
    """Return the mass in kg of a sphere of the given diameter (m) and density (kg/m3)."""
    return sphere_volume(diameter) * density


def iron_atoms(mass, formula):
    """Return the number of iron atoms in a mass (kg) of the substance with the given formula.

    Examples
    --------
    >>> f"{iron_atoms(particle_mass(10e-9, 5170.0), 'Fe3O4'):.4g}"
    '2.112e+04'
    """
    return mass / formula_mass(formula) * AVOGADRO * composition(formula).get("Fe", 0.0)


@dataclass(frozen=True)
class Arithmetic:
    """What one particle weighs and holds, averaged by number over the size distribution.

    Attributes
    ----------
    volume : float
        Mean core volume in m3.
    mass : float
        Mean core mass in kg.
    iron : float
        Mean mass of iron per particle in kg, that of the core; 0 for a core without iron.
    iron_atoms : float
        Mean number of iron atoms per particle.
    surface : float
        Mean surface in m2 of the core, or of its shell; with the second sphere of a dumbbell.
    shell_mass : float
        Mean mass in kg of a shell or of the second particle of a dumbbell.
    """

    volume: float
    mass: float
    iron: float
    iron_atoms: float
    surface: float
    shell_mass: float

    @property
    def particles_per_iron(self) -> float | None:
        """Particles per kg of iron; None for a core without iron."""
        return 1.0 / self.iron if self.iron > 0 else None


def arithmetic(particle: Particle) -> Arithmetic | None:
    """Return the arithmetic of a particle.

    Parameters
    ----------
    particle : Particle
        Core with diameter, sigma_g and material; a gold shell or dumbbell is added to the surface and the mass.

    Returns
    -------
    Arithmetic or None
        Number averages over the lognormal distribution; None where the core or its size is not known.
    """
    core = particle.core
    if core is None or core.diameter is None:
        return None
    median, sigma_g = core.diameter.si, core.sigma_g.si
    volume = math.pi / 6.0 * float(lognormal_moment(median, sigma_g, 3))
    mass = volume * core.material.density.si
    shell = particle.shell
    outer = median + 2.0 * shell.thickness.si if shell is not None and shell.arrangement == "shell" else median
    # The second moment of d + 2t over a lognormal d: exact, not that of a shifted lognormal.
    first, second = (float(lognormal_moment(median, sigma_g, order)) for order in (1, 2))
    grown = outer - median
    beside = shell.diameter.si if shell is not None and shell.arrangement == "dumbbell" else 0.0
    return Arithmetic(
        volume=volume,
        mass=mass,
        iron=mass * core.material.iron_mass_fraction,
        iron_atoms=float(iron_atoms(mass, core.material.formula)),
        surface=math.pi * (second + 2.0 * grown * first + grown**2 + beside**2),
        shell_mass=0.0 if shell is None else _shell_volume(particle, first, second) * shell.material.density.si,
    )


def _shell_volume(particle: Particle, first: float, second: float) -> float:
    shell = particle.shell
    if shell.arrangement == "dumbbell":
        return float(sphere_volume(shell.diameter.si))
    # <(d + 2t)^3> - <d^3>: one thickness on every core
    thickness = shell.thickness.si
    return math.pi / 6.0 * (6.0 * thickness * second + 12.0 * thickness**2 * first + 8.0 * thickness**3)
