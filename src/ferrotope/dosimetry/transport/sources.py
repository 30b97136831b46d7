"""Where decays happen and what they emit."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide
from ferrotope.units.checks import not_negative, positive

__all__ = ["Ball", "Point", "Radiation", "VoxelMap", "emitted_radiations"]

KINDS = ("electron", "positron", "photon")
_FOLLOWED = {
    "beta-": "electron", "beta+": "positron", "conversion": "electron", "auger": "electron", "gamma": "photon",
    "x": "photon",
}  # fmt: skip


@dataclass(frozen=True)
class Radiation:
    """Particles of one kind that a decay emits, isotropically.

    Parameters
    ----------
    name : str
        What it is called in the result, such as "beta-".
    kind : str
        "electron", "positron" or "photon".
    energies : array, shape (n,)
        Kinetic or photon energies (J).
    intensities : array, shape (n,)
        Particles per decay at these energies.

    Raises
    ------
    InputError
        If the kind is not known, an energy is not positive, or an intensity is negative or none is above 0.
    """

    name: str
    kind: str
    energies: NDArray[np.float64]
    intensities: NDArray[np.float64] = field(default_factory=lambda: np.ones(1))

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError("this particle is not followed", field="kind", value=self.kind, allowed=", ".join(KINDS))
        energies = positive("energies", np.atleast_1d(self.energies), "J")
        intensities = not_negative("intensities", np.atleast_1d(self.intensities))
        if energies.shape != intensities.shape or energies.ndim != 1 or not intensities.sum() > 0:
            value = f"shapes {energies.shape} and {intensities.shape}"
            raise InputError("energies and intensities must match", field="intensities", value=value)
        object.__setattr__(self, "energies", energies)
        object.__setattr__(self, "intensities", intensities)

    @property
    def mean_energy(self) -> float:
        """Energy per decay (J)."""
        return float(self.energies @ self.intensities)

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Energies of particles, one in each of as many equal parts of the distribution."""
        cumulated = np.cumsum(self.intensities)
        at = (np.arange(count) + rng.random(count)) / count * cumulated[-1]
        return self.energies[np.minimum(np.searchsorted(cumulated, at, side="right"), self.energies.size - 1)]


def emitted_radiations(nuclide: Nuclide | str) -> tuple[Radiation, ...]:
    """Electrons, positrons and photons that a nuclide itself emits; alphas and recoils have no transport here.

    Parameters
    ----------
    nuclide : Nuclide or str
        The nuclide, daughters left out.

    Returns
    -------
    tuple of Radiation
        Beta particles, conversion and Auger electrons, gamma and X rays, as far as there are any. The annihilation
        photons of positrons are made where these stop.

    Raises
    ------
    InputError
        If the nuclide is not known.
    """
    nuclide = Nuclide(nuclide) if isinstance(nuclide, str) else nuclide
    found = []
    for name, kind in _FOLLOWED.items():
        lines = nuclide.emissions(name)
        if not lines:
            continue
        if name.startswith("beta"):
            energy, density = nuclide.beta_spectrum(name, points=256)
            number = 0.5 * (density[1:] + density[:-1]) * np.diff(energy)
            found.append(Radiation(name, kind, 0.5 * (energy[1:] + energy[:-1]), number))
        else:
            found.append(Radiation(name, kind, [e.energy for e in lines], [e.intensity for e in lines]))
    return tuple(found)


@dataclass(frozen=True)
class Point:
    """A point source.

    Parameters
    ----------
    position : array, shape (3,)
        Place (m).
    """

    position: ArrayLike = (0.0, 0.0, 0.0)

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:  # noqa: ARG002
        """Places of decays, shape (count, 3)."""
        return np.tile(np.asarray(self.position, dtype=float), (count, 1))


@dataclass(frozen=True)
class Ball:
    """A source spread evenly over a ball, a shell or a spherical surface about the origin.

    Parameters
    ----------
    outer : float
        Outer radius (m).
    inner : float
        Inner radius (m); the same as the outer one for a surface.

    Raises
    ------
    InputError
        If the radii are not in order.
    """

    outer: float
    inner: float = 0.0

    def __post_init__(self) -> None:
        positive("outer", self.outer, "m")
        if not 0.0 <= self.inner <= self.outer:
            raise InputError("the inner radius is not inside", field="inner", value=f"{self.inner} m")

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Places of decays, shape (count, 3)."""
        radius = np.cbrt(self.inner**3 + (self.outer**3 - self.inner**3) * rng.random(count))
        return radius[:, None] * directions(rng, count)


@dataclass(frozen=True)
class VoxelMap:
    """A source spread evenly within voxels, over which it is distributed as a map says.

    Parameters
    ----------
    weights : array, shape (nx, ny, nz)
        Decays in a voxel, to any scale.
    spacing, origin : array, shape (3,)
        Edges of a voxel and corner of the first one (m).

    Raises
    ------
    InputError
        If a weight is negative or none is above 0.
    """

    weights: NDArray[np.float64]
    spacing: ArrayLike
    origin: ArrayLike = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        weights = not_negative("weights", self.weights)
        if weights.ndim != 3 or not weights.sum() > 0:
            raise InputError("a map of decays must have three axes and some decays", field="weights")
        positive("spacing", self.spacing, "m")

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Places of decays, shape (count, 3)."""
        weights = np.asarray(self.weights, dtype=float)
        cumulated = np.cumsum(weights.ravel())
        at = np.searchsorted(cumulated, rng.random(count) * cumulated[-1], side="right")
        voxel = np.stack(np.unravel_index(np.minimum(at, weights.size - 1), weights.shape), axis=1)
        return np.asarray(self.origin, dtype=float) + (voxel + rng.random((count, 3))) * np.asarray(self.spacing)


def directions(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Isotropic unit vectors, shape (count, 3)."""
    cosine, azimuth = 2.0 * rng.random(count) - 1.0, 2.0 * np.pi * rng.random(count)
    sine = np.sqrt(1.0 - cosine**2)
    return np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=1)
