"""How often a track of a given length that starts in one spherical region ends in another.

In a homogeneous unbounded medium all that geometry does to a dose from an isotropic source is in this probability: the
energy in a target is the sum over distances of what a point source deposits at the distance times the probability.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.units.checks import not_negative, positive

__all__ = ["Region", "cell_regions", "geometric_reduction_factor", "region_mass"]

Region = tuple[float, float]  # inner and outer radius (m); equal for a surface

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_NODES, _WEIGHTS = 0.5 * (_NODES + 1.0), 0.5 * _WEIGHTS


def cell_regions(cell_radius: float, nucleus_radius: float, endosomes: Region | None = None) -> dict[str, Region]:
    """Regions of a spherical cell with a concentric nucleus.

    Parameters
    ----------
    cell_radius, nucleus_radius : float
        Radii (m), the nucleus the smaller one.
    endosomes : (float, float), optional
        Inner and outer radius (m) of a shell in the cytoplasm in which endosomes gather.

    Returns
    -------
    dict of str to (float, float)
        Inner and outer radius (m) of N, the nucleus; Cy, the cytoplasm; CS, the surface of the cell; C, the whole cell;
        and, where they are given, En, the endosomes.

    Raises
    ------
    InputError
        If a radius is not positive, the nucleus does not fit into the cell, or the endosomes are not in the cytoplasm.
    """
    cell_radius = float(positive("cell_radius", cell_radius, "m"))
    nucleus_radius = float(positive("nucleus_radius", nucleus_radius, "m"))
    if nucleus_radius >= cell_radius:
        raise InputError(
            "the nucleus must be smaller than the cell",
            field="nucleus_radius",
            value=f"{nucleus_radius:g} m",
            allowed=f"above 0, below {cell_radius:g} m",
        )
    regions = {
        "N": (0.0, nucleus_radius),
        "Cy": (nucleus_radius, cell_radius),
        "CS": (cell_radius, cell_radius),
        "C": (0.0, cell_radius),
    }
    if endosomes is not None:
        inner, outer = (float(radius) for radius in endosomes)
        if not nucleus_radius <= inner <= outer <= cell_radius:
            raise InputError(
                "endosomes lie in the cytoplasm",
                field="endosomes",
                value=f"{inner:g} to {outer:g} m",
                allowed=f"{nucleus_radius:g} to {cell_radius:g} m, the inner radius first",
            )
        regions["En"] = (inner, outer)
    return regions


def region_mass(region: Region, density: float) -> float:
    """Mass of a ball or shell (kg) of a density (kg/m3)."""
    return float(4.0 / 3.0 * np.pi * density * (region[1] ** 3 - region[0] ** 3))


def geometric_reduction_factor(
    distance: ArrayLike, source: Region, target: Region, separation: float = 0.0
) -> NDArray[np.float64]:
    """Probability that a track of a given length from a random point of the source, isotropic, ends in the target.

    Parameters
    ----------
    distance : array, shape (...)
        Distance from the source point (m), not negative; at 0 the limit from above.
    source, target : (float, float)
        Inner and outer radius (m) of a ball (inner radius 0), a shell, or, for the source, a surface (radii equal).
    separation : float
        Distance between the centres of source and target (m): 0, or so large that they do not overlap.

    Returns
    -------
    array, shape (...)
        Probability, between 0 and 1.

    Raises
    ------
    InputError
        If radii are not in order, or the regions overlap without being concentric.

    Notes
    -----
    Concentric balls of radii a (source) and b: the volume common to both when one is moved by the distance, over the
    volume of the source. A point at r from the centre of a ball of radius b: (b^2 - (r - x)^2)/(4 r x), within 0 and 1;
    a separate source surface averages it over r analytically, a separate ball over 24 such surfaces. The definition is
    that of S. M. Goddu, R. W. Howell, D. V. Rao, J Nucl Med 35 (1994) 303; the formulas are derived here, and tested by
    sampling.
    """
    x = not_negative("distance", distance, "m")
    for name, (inner, outer) in (("source", source), ("target", target)):
        if not 0.0 <= inner <= outer or not outer > 0.0:
            raise InputError("radii must be in order", field=name, value=f"{inner:g} to {outer:g} m")
    if separation and separation < (source[1] + target[1]) * (1.0 - 1e-9):
        raise InputError(
            "the regions overlap",
            field="separation",
            value=f"{separation:g} m",
            allowed=f"0, or {source[1] + target[1]:g} m and more",
        )
    found = _into_ball(x, source, target[1], separation)
    if target[0] > 0.0:
        found = found - _into_ball(x, source, target[0], separation)
    return np.clip(found, 0.0, 1.0)[()]


def _into_ball(x, source, b, separation):
    inner, outer = source
    if inner == outer:
        return _from_surface(x, outer, b, separation)
    found = _from_ball(x, outer, b, separation)
    if inner == 0.0:
        return found
    share = (inner / outer) ** 3
    return (found - share * _from_ball(x, inner, b, separation)) / (1.0 - share)


def _from_surface(x, a, b, separation):
    x = np.maximum(x, 1e-7 * a)  # for the limit at 0
    if not separation:
        return np.clip((b**2 - (a - x) ** 2) / (4.0 * a * x), 0.0, 1.0)
    low = np.maximum(separation - a, x - b)
    high = np.maximum(np.minimum(separation + a, x + b), low)
    whole = b**2 * (high - low) - ((high - x) ** 3 - (low - x) ** 3) / 3.0
    return whole / (8.0 * a * separation * x)


def _from_ball(x, a, b, separation):
    if separation:
        surfaces = [_from_surface(x, a * node, b, separation) for node in _NODES]
        return np.tensordot(3.0 * _NODES**2 * _WEIGHTS, np.array(surfaces), axes=1)
    # Volume common to two balls whose centres are x apart, by the standard formula for two caps.
    apart = np.clip(x, abs(a - b), a + b)
    safe = np.maximum(apart, 1e-12 * a)
    lens = (a + b - apart) ** 2 * (apart**2 + 2.0 * apart * (a + b) - 3.0 * (a - b) ** 2) / (16.0 * safe)
    return np.where(x <= abs(a - b), min(a, b) ** 3, lens) / a**3
