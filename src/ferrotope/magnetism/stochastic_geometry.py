"""Directions of axes and crystals, places of the members of clusters, and the dipolar tensors between them."""

from __future__ import annotations

import math

import numpy as np

from ferrotope.errors import InputError
from ferrotope.units.checks import positive

__all__ = ["arrange", "azimuths", "crystals", "dipolar_tensors", "directions", "strong_field"]


def azimuths(count, easy_axis):
    """Return azimuths a golden angle apart, so that neighbouring strata lie all around, or 0 for a given angle."""
    golden = np.pi * (3.0 - math.sqrt(5.0))
    return golden * np.arange(count) if isinstance(easy_axis, str) else np.zeros(count)


def directions(cosine, azimuth):
    """Return unit vectors, shape (3, n)."""
    sine = np.sqrt(1.0 - cosine**2)
    return np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine])


def crystals(cosine, azimuth, spin):
    """Return crystal axes [001], [100], [010] in the laboratory, shape (axis 3, component 3, n).

    In the crystal the field has these cosine and azimuth; spin turns the crystal about the field.
    """
    sine = np.sqrt(1.0 - cosine**2)
    zero = np.zeros_like(cosine)
    axes = [
        (zero, zero, zero + 1.0),
        (np.cos(azimuth), -np.sin(azimuth), zero),
        (np.sin(azimuth), np.cos(azimuth), zero),
    ]
    turned = []
    for x, y, z in axes:
        x, z = cosine * x - sine * z, sine * x + cosine * z
        turned.append(np.stack([np.cos(spin) * x - np.sin(spin) * y, np.sin(spin) * x + np.cos(spin) * y, z]))
    return np.stack(turned)


def arrange(positions, core_diameter):
    """Return places, shape (arrangements, members, 3), and diameters, or refuse what overlaps."""
    places = np.asarray(positions, dtype=float)
    if places.ndim == 2:
        places = places[None]
    if places.ndim != 3 or places.shape[2] != 3 or 0 in places.shape or not np.isfinite(places).all():
        raise InputError(
            "these must be finite, in m", field="positions", value=f"shape {places.shape}", allowed="shape (members, 3)"
        )
    diameters = positive("core_diameter", core_diameter, "m")
    try:
        diameters = np.broadcast_to(diameters, places.shape[:2])
    except ValueError:
        raise InputError(
            "there must be one diameter, or one for each member of the cluster",
            field="core_diameter",
            value=f"shape {diameters.shape}",
            allowed=f"shape {places.shape[1:2]}",
        ) from None
    for arrangement, size in zip(places, diameters, strict=True):
        distance = np.linalg.norm(arrangement[:, None] - arrangement, axis=2)
        gap = distance - 0.5 * (size[:, None] + size) * (1.0 - 1e-6)
        np.fill_diagonal(gap, 1.0)
        if gap.min() < 0.0:
            first, second = np.unravel_index(gap.argmin(), gap.shape)
            raise InputError(
                "particles overlap",
                field="positions",
                value=f"members {first} and {second}, {distance[first, second]:.3g} m apart",
                allowed=f"{0.5 * (size[first] + size[second]):.3g} m apart or more",
            )
    return places, diameters


def dipolar_tensors(places, volumes):
    """Return V (3 r r - 1)/r^3 with V of the second member: xx, xy, xz, yy, yz, zz, shape (arrangements, n, n, 6)."""
    between = places[:, :, None] - places[:, None]
    square = np.einsum("aijk,aijk->aij", between, between)
    square += np.where(square == 0.0, np.inf, 0.0)  # nothing acts on itself
    first, second = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 1, 2, 1, 2, 2])
    products = 3.0 * between[..., first] * between[..., second] / square[..., None] - (first == second)
    return products * (volumes[:, None, :] * square**-1.5)[..., None]


def strong_field(tensors):
    """Return a large dipolar field: of the others at their strongest, added as if by chance, where it is strongest."""
    if tensors.shape[1] == 1:
        return 0.0
    trace = tensors[..., 0] ** 2 + tensors[..., 3] ** 2 + tensors[..., 5] ** 2
    norm = trace + 2.0 * (tensors[..., 1] ** 2 + tensors[..., 2] ** 2 + tensors[..., 4] ** 2)
    return float(np.sqrt(norm.sum(axis=2)).max()) * 2.0 / math.sqrt(6.0)  # the norm of diag(2, -1, -1) is sqrt(6)
