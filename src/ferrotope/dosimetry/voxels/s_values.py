"""S values of voxels: a point kernel integrated over source and target voxel.

Two boxes of equal size that lie a whole number of boxes apart see each other at the distance x with the weight of a
triangle on every axis, T(x/a - i) with T(u) = 1 - |u| (the distribution of the difference of two uniform variables).
The energy in the voxel (i, j, k) per decay in the voxel (0, 0, 0) is therefore int K(|x|) T_i T_j T_k d3x, with K the
energy per volume around a decay: three dimensions instead of six, and the triangles of all voxels sum to 1 everywhere,
so that no energy is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ferrotope.dosimetry.kernels.point_kernels import EDGES, point_kernel
from ferrotope.dosimetry.matter.media import WATER_DENSITY
from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide
from ferrotope.units.checks import positive

__all__ = ["VoxelSValues", "checked_voxel_size", "energies_of_octant", "voxel_s_values"]

# Within so many voxels along every axis the kernel is integrated along rays, exactly in the radial direction; beyond,
# where it changes little over a voxel, by a rule of a few points.
_NEAR = 8
_RAYS = 32  # Gauss points on either angle of a third of an octant
_BLOCK = 1 << 20  # voxels done at a time


@dataclass(frozen=True, eq=False)
class VoxelSValues:
    """S values of the voxels around a source voxel.

    Attributes
    ----------
    values : array, shape (nx, ny, nz)
        S (Gy/(Bq s)); the source is the voxel in the middle, `values[nx // 2, ny // 2, nz // 2]`.
    voxel_size : tuple of float
        Edges (m).
    density : float
        Density of the medium (kg/m3).
    energy : float
        Energy emitted per decay (J) by the radiations asked for.
    escaped : float
        Energy per decay (J) that leaves the box of voxels.
    decays : dict of str to float
        Decays of each member of the chain per decay of the nuclide.
    method : str
        How it was computed.
    """

    values: NDArray[np.float64]
    voxel_size: tuple[float, float, float]
    density: float
    energy: float
    escaped: float
    decays: dict[str, float]
    method: str

    def __array__(self, dtype=None, copy=None) -> NDArray[np.float64]:
        """Return `values` (Gy/(Bq s)), so that NumPy takes the result for them."""
        return np.array(self.values, dtype=dtype, copy=copy)

    def at(self, i: int, j: int = 0, k: int = 0) -> float:
        """S of one voxel.

        Parameters
        ----------
        i, j, k : int
            Offsets from the source along the axes, in voxels, of either sign.

        Returns
        -------
        float
            S (Gy/(Bq s)).

        Raises
        ------
        InputError
            If the voxel is outside the box.
        """
        middle = [n // 2 for n in self.values.shape]
        if any(abs(offset) > half for offset, half in zip((i, j, k), middle, strict=True)):
            raise InputError(
                "this voxel is outside the box", field="i, j, k", value=(i, j, k), allowed=f"up to {middle}"
            )
        return float(self.values[middle[0] + i, middle[1] + j, middle[2] + k])


def voxel_s_values(
    nuclide: Nuclide | str,
    voxel_size: float | Sequence[float],
    shape: int | Sequence[int],
    *,
    daughters: str | Mapping[str, float] | None = None,
    radiation: str | None = None,
    density: float = WATER_DENSITY,
) -> VoxelSValues:
    """S values of the voxels around a voxel with uniform activity.

    Parameters
    ----------
    nuclide : Nuclide or str
        What decays.
    voxel_size : float or three floats
        Edges of a voxel (m).
    shape : int or three ints
        Number of voxels along the axes, odd, so that the source is in the middle.
    daughters : "prompt", "equilibrium" or mapping of str to float, optional
        As in `point_kernel`.
    radiation : str, optional
        One of `nuclides.RADIATIONS`; the sum of all by default.
    density : float
        Density of the medium (kg/m3).

    Returns
    -------
    VoxelSValues
        S, and what escapes from the box.

    Raises
    ------
    InputError
        If the voxel size or the density is not positive, a number of voxels is even or not positive, or as
        `point_kernel`.

    Notes
    -----
    The definition of MIRD Pamphlet 17 (W. E. Bolch et al., J Nucl Med 40 (1999) 11S) for unbounded water-like matter.
    The integral over both voxels is accurate to 0.2 % of the self-dose (tests); the uncertainty is that of the kernel.

    Examples
    --------
    >>> s = voxel_s_values("Y-90", 3e-3, 3)
    >>> round(1e9 * s.at(0), 2)  # mGy/(MBq s)
    1.63
    """
    size = checked_voxel_size(voxel_size)
    counts = _checked_shape(shape)
    density = float(positive("density", density, "kg/m3"))
    kernel = point_kernel(nuclide, daughters=daughters, radiation=radiation)
    half = tuple(n // 2 for n in counts)
    octant = energies_of_octant(kernel.summed(), tuple(edge * density for edge in size), half)
    energy = octant[np.ix_(*(np.abs(np.arange(-n, n + 1)) for n in half))]
    emitted = sum(kernel.energy.values())
    return VoxelSValues(
        energy / (density * float(np.prod(size))),
        size,
        density,
        emitted,
        max(emitted - float(energy.sum()), 0.0),
        kernel.decays,
        kernel.method + "; integrated over source and target voxel",
    )


def checked_voxel_size(voxel_size: float | Sequence[float]) -> tuple[float, float, float]:
    """Read the edges of a voxel.

    Parameters
    ----------
    voxel_size : float or three floats
        One edge for a cube, or three (m).

    Returns
    -------
    three floats
        Edges (m).

    Raises
    ------
    InputError
        If an edge is not positive, or there are two or more than three.
    """
    edges = positive("voxel_size", voxel_size, "m")
    if edges.shape not in ((), (1,), (3,)):
        raise InputError("give one edge or three", field="voxel_size", value=voxel_size, allowed="m, one or three")
    return tuple(float(edge) for edge in np.broadcast_to(edges, 3))


def _checked_shape(shape: int | Sequence[int]) -> tuple[int, int, int]:
    counts = np.asarray(shape)
    good = counts.shape in ((), (1,), (3,)) and np.issubdtype(counts.dtype, np.integer)
    if not (good and np.all(counts > 0) and np.all(counts % 2 == 1)):
        raise InputError(
            "the number of voxels must be odd along every axis, with the source in the middle",
            field="shape",
            value=shape,
            allowed="one or three odd integers above 0",
        )
    return tuple(int(n) for n in np.broadcast_to(counts, 3))


def energies_of_octant(
    within: NDArray[np.float64], size: tuple[float, float, float], half: tuple[int, int, int]
) -> NDArray[np.float64]:
    """Energy in the voxels of one octant around a source voxel.

    Parameters
    ----------
    within : array, shape (1102,)
        Energy deposited per decay (J) within the distances of `point_kernels.EDGES`.
    size : three floats
        Edges of the voxel times density (kg/m2).
    half : three ints
        Largest offsets along the axes.

    Returns
    -------
    array, shape (half[0] + 1, half[1] + 1, half[2] + 1)
        J per decay in the voxel at each offset; the other octants are mirror images.
    """
    near = tuple(min(n + 1, _NEAR) for n in half)
    octant = _far(within, size, half) if any(n >= m for n, m in zip(half, near, strict=True)) else None
    core = _near(within, size, near)
    if octant is None:
        return core
    octant[: near[0], : near[1], : near[2]] = core
    return octant


def _near(within, size, cells):
    """Energies of the voxels with offsets below `cells`, along rays cut where they pass from cell to cell."""
    direction, weight = _rays([n * edge for n, edge in zip(cells, size, strict=True)])
    planes = [np.arange(1, n + 1) * edge for n, edge in zip(cells, size, strict=True)]
    crossings = [plane / direction[:, [axis]] for axis, plane in enumerate(planes)]
    leaves = np.min([crossing[:, -1] for crossing in crossings], axis=0)[:, None]
    place = np.sort(np.concatenate([np.zeros_like(leaves), *crossings], axis=1), axis=1)
    place = np.minimum(place, leaves)
    moments = [np.diff(moment, axis=1) for moment in _moments(within, place)]
    # What is deposited on the spot is in no distance: it belongs to the first piece of every ray.
    moments[0][:, 0] += within[0]
    middle = 0.5 * (place[:, 1:] + place[:, :-1])
    slope = [direction[:, [axis]] / edge for axis, edge in enumerate(size)]
    cell = [np.minimum((middle * a).astype(int), n - 1) for a, n in zip(slope, cells, strict=True)]
    # The triangle weights of the two voxels that share a cell are linear in the distance t along the ray.
    lines = [((1.0 + c, -a), (-1.0 * c, a)) for c, a in zip(cell, slope, strict=True)]
    found = np.zeros(np.prod([n + 1 for n in cells]))
    for corner in np.ndindex(2, 2, 2):
        (p0, p1), (q0, q1), (s0, s1) = (line[side] for line, side in zip(lines, corner, strict=True))
        share = (
            p0 * q0 * s0 * moments[0]
            + (p1 * q0 * s0 + p0 * q1 * s0 + p0 * q0 * s1) * moments[1]
            + (p1 * q1 * s0 + p1 * q0 * s1 + p0 * q1 * s1) * moments[2]
            + p1 * q1 * s1 * moments[3]
        )
        flat = np.ravel_multi_index(
            [c + side for c, side in zip(cell, corner, strict=True)], [n + 1 for n in cells]
        ).ravel()
        found += np.bincount(flat, (share * weight[:, None]).ravel(), found.size)
    octant = found.reshape([n + 1 for n in cells])[: cells[0], : cells[1], : cells[2]]
    return octant * _mirrored(octant.shape)


def _mirrored(shape):
    """Share of an octant in a voxel of it: an eighth, doubled for every axis on whose plane the voxel lies."""
    factor = np.full(shape, 0.125)
    for axis in range(3):
        factor[(slice(None),) * axis + (0,)] *= 2.0
    return factor


def _moments(within, place):
    """int_0^t dE/dt' t'^n dt' for n = 0 to 3; dE/dt is constant between the edges of the kernel."""
    slope = np.diff(within) / np.diff(EDGES)
    index = np.clip(np.searchsorted(EDGES, place, side="right") - 1, 0, slope.size - 1)
    found = []
    for power in (1, 2, 3, 4):
        pieces = np.concatenate([[0.0], np.cumsum(slope * np.diff(EDGES**power) / power)])
        found.append(pieces[index] + slope[index] * (place**power - EDGES[index] ** power) / power)
    return found


def _rays(box):
    """Directions through the three far faces of a box and their weights, which sum to 1 over the octant.

    On a face at x = 1, with y = sinh s and z = cosh s sinh t, the solid angle is ds dt/(cosh s cosh^2 t): smooth also
    for long boxes.
    """
    node, weight = np.polynomial.legendre.leggauss(_RAYS)
    node, weight = 0.5 * (node + 1.0), 0.5 * weight
    directions, weights = [], []
    for axis in range(3):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        s_end = np.arcsinh(box[first] / box[axis])
        s = s_end * node[:, None]
        t_end = np.arcsinh(box[second] / box[axis] / np.cosh(s))
        t = t_end * node
        ray = np.empty((_RAYS, _RAYS, 3))
        ray[..., axis], ray[..., first], ray[..., second] = 1.0, np.sinh(s), np.cosh(s) * np.sinh(t)
        angle = s_end * weight[:, None] * t_end * weight / (np.cosh(s) * np.cosh(t) ** 2)
        directions.append(ray.reshape(-1, 3))
        weights.append(angle.ravel())
    direction, weight = np.concatenate(directions), np.concatenate(weights)
    return direction / np.linalg.norm(direction, axis=1)[:, None], weight / weight.sum()


def _far(within, size, half):
    """Energies of all voxels of the octant by a product rule of few points; poor near the source."""
    per_thickness = np.diff(within) / np.diff(EDGES)
    centre = 0.5 * (EDGES[1:] + EDGES[:-1])
    density = per_thickness / (4.0 * np.pi * centre**2)
    log_centre = np.log(centre)
    volume = float(np.prod(size))
    rules = [_triangle_rule(edge / min(size)) for edge in size]
    squares = [
        [((np.arange(n + 1) + node) * edge) ** 2 for node in rule[0]]
        for n, edge, rule in zip(half, size, rules, strict=True)
    ]
    found = np.zeros([n + 1 for n in half])
    rows = max(1, _BLOCK // (found.shape[1] * found.shape[2]))
    for start in range(0, found.shape[0], rows):
        block = slice(start, start + rows)
        for a, b, c in np.ndindex(*(rule[0].size for rule in rules)):
            weight = volume * rules[0][1][a] * rules[1][1][b] * rules[2][1][c]
            square = squares[0][a][block, None, None] + squares[1][b][:, None] + squares[2][c]
            found[block] += weight * np.interp(0.5 * np.log(square), log_centre, density)
    return found


def _triangle_rule(elongation: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights for the weight 1 - |u| on -1 to 1: two for short axes, more where the voxel is long."""
    if elongation <= 2.0:
        return np.array([-1.0, 1.0]) / np.sqrt(6.0), np.array([0.5, 0.5])
    node, weight = np.polynomial.legendre.leggauss(min(1 + int(np.ceil(elongation / 2.0)), 8))
    node, weight = 0.5 * (node + 1.0), 0.5 * weight * (1.0 - 0.5 * (node + 1.0))
    return np.concatenate([-node[::-1], node]), np.concatenate([weight[::-1], weight])
