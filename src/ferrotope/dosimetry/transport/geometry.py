"""Regions in which energy is counted: concentric shells or voxels, each with a medium and a density."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.dosimetry.matter.media import Medium, medium
from ferrotope.errors import InputError
from ferrotope.units.checks import positive

__all__ = ["Shells", "Voxels"]


@dataclass(frozen=True)
class Shells:
    """Concentric spherical shells about the origin; what leaves the last one has escaped.

    Parameters
    ----------
    radii : array, shape (n,)
        Outer radii (m), increasing; the first region is a ball.
    media : str, Medium or sequence of n of them
        Media of the shells, by name or as objects.
    densities : float or array, shape (n,), optional
        Densities (kg/m3); those of the media without it.

    Raises
    ------
    InputError
        If the radii do not increase, or there are not as many media or densities as shells.
    """

    radii: NDArray[np.float64]
    media: Sequence[Medium | str] | Medium | str = "water"
    densities: ArrayLike | None = None
    shape: tuple[int, ...] = field(init=False)
    masses: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        radii = np.array(positive("radii", np.atleast_1d(self.radii), "m"))
        if radii.ndim != 1 or np.any(np.diff(radii) <= 0):
            raise InputError("radii of shells must increase", field="radii", value=f"{radii.size} radii (m)")
        one = isinstance(self.media, str | Medium)
        media = [self.media] * radii.size if one else list(self.media)
        if len(media) != radii.size:
            raise InputError("one medium a shell is needed", field="media", value=len(media), allowed=str(radii.size))
        media = tuple(medium(m) if isinstance(m, str) else m for m in media)
        densities = [m.density for m in media] if self.densities is None else self.densities
        densities = _matching("densities", positive("densities", densities, "kg/m3"), radii.shape)
        volumes = 4.0 / 3.0 * np.pi * np.diff(radii**3, prepend=0.0)
        _set(self, radii=radii, media=media, densities=densities, shape=radii.shape, masses=volumes * densities)

    def arguments(self) -> tuple[list[Medium], tuple]:
        """Return the list of media and the geometry as the compiled transport takes it."""
        names = list(dict.fromkeys(m.name for m in self.media))
        media = [next(m for m in self.media if m.name == name) for name in names]
        index = np.array([names.index(m.name) for m in self.media], dtype=np.int64)
        edges = np.concatenate([[0.0], self.radii])
        return media, (0, edges**2, np.zeros(3), np.ones(3), np.ones(3, dtype=np.int64), index, self.densities)


@dataclass(frozen=True)
class Voxels:
    """A grid of voxels; what leaves it has escaped.

    Parameters
    ----------
    spacing : array, shape (3,)
        Edges of a voxel along x, y and z (m).
    density : array, shape (nx, ny, nz)
        Densities (kg/m3); 0 outside the body, where particles leave.
    media : sequence of str or Medium
        The media that occur.
    medium_index : array of int, shape (nx, ny, nz), optional
        Which of the media a voxel is made of, -1 for none; the first one everywhere without it.
    origin : array, shape (3,)
        Corner of the first voxel (m).

    Raises
    ------
    InputError
        If shapes differ, an index has no medium, or a voxel or density is not possible.
    """

    spacing: ArrayLike
    density: NDArray[np.float64]
    media: Sequence[Medium | str] = ("water",)
    medium_index: NDArray[np.int64] | None = None
    origin: ArrayLike = (0.0, 0.0, 0.0)
    shape: tuple[int, ...] = field(init=False)
    masses: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        density = np.array(self.density, dtype=float, order="C")  # a copy that the compiled code may take as it is
        if density.ndim != 3 or not density.size or not np.all(np.isfinite(density) & (density >= 0.0)):
            value = f"an array of shape {density.shape}"
            raise InputError("densities must be a map of finite numbers", field="density", value=value, allowed="3-D")
        spacing = _matching("spacing", positive("spacing", self.spacing, "m"), (3,))
        origin = _matching("origin", np.asarray(self.origin, dtype=float), (3,))
        names = [self.media] if isinstance(self.media, str | Medium) else self.media
        media = tuple(medium(m) if isinstance(m, str) else m for m in names)
        index = np.zeros(density.shape, dtype=np.int64) if self.medium_index is None else np.asarray(self.medium_index)
        if index.shape != density.shape or index.max() >= len(media) or index.min() < -1:
            raise InputError(
                "the map of media does not fit",
                field="medium_index",
                value=f"shape {index.shape}, {index.min()} to {index.max()}",
                allowed=f"shape {density.shape}, -1 to {len(media) - 1}",
            )
        index = np.where(density > 0.0, index, -1).astype(np.int64)
        masses = density * np.prod(spacing)
        _set(self, spacing=spacing, density=density, media=media, medium_index=index, origin=origin)
        _set(self, shape=density.shape, masses=masses)

    def arguments(self) -> tuple[list[Medium], tuple]:
        """Return the list of media and the geometry as the compiled transport takes it."""
        shape = np.array(self.shape, dtype=np.int64)
        index, density = self.medium_index.ravel(), self.density.ravel()
        return list(self.media), (1, np.zeros(1), self.origin, self.spacing, shape, index, density)


def _set(instance, **values):
    for name, value in values.items():
        object.__setattr__(instance, name, value)


def _matching(name, value, shape):
    try:
        return np.array(np.broadcast_to(value, shape), dtype=float)
    except ValueError:
        raise InputError(
            "this has the wrong shape", field=name, value=f"shape {np.shape(value)}", allowed=f"shape {shape}"
        ) from None
