"""Simple solids of stylised phantoms: the level of points of space, 1 on the surface, less inside, more outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["level_of", "room_of"]


def level_of(
    solid: Mapping[str, Any], scale: NDArray[np.float64], place: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Level of the points of a grid in a solid.

    Parameters
    ----------
    solid : mapping
        "shape" and its dimensions (mm), as in phantoms.toml. Shapes: "ellipsoid" and "elliptic_cylinder" (upright) with
        centre and half_axes, an ellipsoid also with the axis of its third half axis; "shell", the layer of a thickness
        around the surface of an ellipsoid or, with cylinder = true, around the side of an upright elliptic cylinder;
        "tube" around a line through points, with a radius at each. "cuts" are planes (a, b, c, d) that leave
        a x + b y + c z <= d; "mirrored" adds the image at -x; "repeat" and "step" add shifted copies.
    scale : array, shape (3,)
        Enlargement along the axes.
    place : three arrays
        Coordinates (mm) along each axis of the grid.

    Returns
    -------
    array, shape (nx, ny, nz)
        Level.
    """
    x, y, z = np.ix_(*place)
    found = np.full([len(axis) for axis in place], np.inf)
    for shift in _shifts(solid):
        for sign in (1.0, -1.0) if solid.get("mirrored") else (1.0,):
            # In the frame of the table, where the solid is not scaled; sizes follow from the mass anyway.
            here = (sign * x / scale[0] - shift[0], y / scale[1] - shift[1], z / scale[2] - shift[2])
            level = _SHAPES[solid["shape"]](solid, *here)
            for *normal, limit in solid.get("cuts", ()):
                size = np.linalg.norm(normal)
                above = (normal[0] * here[0] + normal[1] * here[1] + normal[2] * here[2] - limit) / size
                level = np.maximum(level, 1.0 + above / _size(solid))
            found = np.minimum(found, level)
    return found


def room_of(
    solids: Sequence[Mapping[str, Any]], scale: NDArray[np.float64], reach: float = 1.3
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Box that holds all points of solids up to a level.

    Parameters
    ----------
    solids : sequence of mapping
        As in `level_of`.
    scale : array, shape (3,)
        Enlargement along the axes.
    reach : float
        Level.

    Returns
    -------
    low, high : array, shape (3,)
        Corners (mm).
    """
    corners = []
    for solid in solids:
        if solid["shape"] == "tube":
            points, wide = np.array(solid["points"], dtype=float), reach * np.array(solid["radii"])[:, None]
            low, high = (points - wide).min(axis=0), (points + wide).max(axis=0)
        else:
            half = np.array(solid["half_axes"], dtype=float)
            half = np.full(3, half.max()) if "axis" in solid else half
            if solid["shape"] == "shell":
                wide = half + 0.5 * reach * solid["thickness"] * np.ones(3)
                wide[2] = reach * half[2] if solid.get("cylinder") else wide[2]
            else:
                wide = reach * half
            low, high = np.array(solid["centre"]) - wide, np.array(solid["centre"]) + wide
        for shift in _shifts(solid):
            corners += [low + shift, high + shift]
            if solid.get("mirrored"):
                mirror = np.array([-1.0, 1.0, 1.0])
                corners += [mirror * (low + shift), mirror * (high + shift)]
    found = np.array(corners) * scale
    return found.min(axis=0), found.max(axis=0)


def _shifts(solid):
    step = np.array(solid.get("step", (0.0, 0.0, 0.0)), dtype=float)
    return [n * step for n in range(solid.get("repeat", 1))]


def _size(solid):
    return float(np.prod(solid["half_axes"])) ** (1.0 / 3.0)


def _ellipsoid(solid, x, y, z):
    (a, b, c), (x0, y0, z0) = solid["half_axes"], solid["centre"]
    x, y, z = x - x0, y - y0, z - z0
    if "axis" not in solid:
        return np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
    third = np.array(solid["axis"]) / np.linalg.norm(solid["axis"])
    second = np.cross(third, [1.0, 0.0, 0.0])
    second /= np.linalg.norm(second)
    first = np.cross(second, third)
    along = [u[0] * x + u[1] * y + u[2] * z for u in (first, second, third)]
    return np.sqrt((along[0] / a) ** 2 + (along[1] / b) ** 2 + (along[2] / c) ** 2)


def _elliptic_cylinder(solid, x, y, z):
    (a, b, c), (x0, y0, z0) = solid["half_axes"], solid["centre"]
    return np.maximum(np.sqrt(((x - x0) / a) ** 2 + ((y - y0) / b) ** 2), np.abs(z - z0) / c)


def _shell(solid, x, y, z):
    (a, b, c), (x0, y0, z0) = solid["half_axes"], solid["centre"]
    half = 0.5 * solid["thickness"]
    square = ((x - x0) / a) ** 2 + ((y - y0) / b) ** 2
    steep = ((x - x0) / a**2) ** 2 + ((y - y0) / b**2) ** 2
    if not solid.get("cylinder"):
        square = square + ((z - z0) / c) ** 2
        steep = steep + ((z - z0) / c**2) ** 2
    # Distance to the surface to first order: (level - 1) over the slope of the level.
    root = np.sqrt(square)
    distance = np.abs(root - 1.0) * root / np.sqrt(np.maximum(steep, 1e-12))
    level = distance / half
    return np.maximum(level, np.abs(z - z0) / c) if solid.get("cylinder") else level


def _tube(solid, x, y, z):
    points, radii = np.array(solid["points"], dtype=float), solid["radii"]
    found = None
    for start, end, wide, narrow in zip(points[:-1], points[1:], radii[:-1], radii[1:], strict=True):
        way = end - start
        offsets = (x - start[0], y - start[1], z - start[2])
        along = sum(u * offset for u, offset in zip(way, offsets, strict=True)) / (way @ way)
        along = np.clip(along, 0.0, 1.0)
        square = sum((offset - along * u) ** 2 for u, offset in zip(way, offsets, strict=True))
        level = np.sqrt(square) / (wide + (narrow - wide) * along)
        found = level if found is None else np.minimum(found, level)
    return found


_SHAPES = {"ellipsoid": _ellipsoid, "elliptic_cylinder": _elliptic_cylinder, "shell": _shell, "tube": _tube}
