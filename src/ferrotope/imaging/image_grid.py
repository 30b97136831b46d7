"""Where the voxels of an image lie."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import DataError, InputError

__all__ = ["Grid", "refuse_beyond_memory"]

# Headers hold positions as 32-bit floats or as decimal text: two grids count as one where no corner differs by more
# than this part of a voxel, and axes as perpendicular up to this cosine.
_SAME = 0.01
_PERPENDICULAR = 1e-3
_LARGEST = 1.0  # m: a larger voxel is a wrong unit of length


@dataclass(frozen=True, eq=False)
class Grid:
    """A regular grid of voxels in space.

    Attributes
    ----------
    shape : tuple of int
        Voxels along the three axes of the array.
    affine : array, shape (4, 4)
        From the index of a voxel to the position of its centre (m), in RAS+: x to the right, y to the front, z to the
        head of the subject.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]

    @classmethod
    def of(cls, shape: tuple[int, ...], affine: ArrayLike, file: object = None) -> Grid:
        """Return a grid, or refuse one that is flat, oblique in itself or not of three axes.

        Parameters
        ----------
        shape : three ints
            Voxels along the axes.
        affine : array, shape (4, 4)
            In m, to RAS+.
        file : str or path, optional
            For the message.

        Returns
        -------
        Grid

        Raises
        ------
        DataError
            If the axes are not perpendicular (a gantry tilt), or a voxel has no extent.
        """
        affine = np.array(affine, dtype=float)
        edges = affine[:3, :3]
        with np.errstate(over="ignore"):  # damaged headers hold numbers of any size
            sizes = np.linalg.norm(edges, axis=0)
        if len(shape) != 3 or 0 in shape:
            raise DataError("a volume has three axes", file=file, value=f"shape {tuple(shape)}")
        if not (np.isfinite(affine).all() and ((sizes > 0) & (sizes <= _LARGEST)).all()):
            raise DataError(
                "a voxel has no extent, no finite position or an impossible size",
                file=file,
                field="voxel size",
                value=f"{' x '.join(f'{1e3 * size:g}' for size in sizes)} mm",
                allowed=f"above 0 mm, up to {1e3 * _LARGEST:g} mm",
                remedy="look at the unit of length in the header",
            )
        cosines = (edges / sizes).T @ (edges / sizes) - np.eye(3)
        if np.abs(cosines).max() > _PERPENDICULAR:
            raise DataError(
                "the axes of the volume are not perpendicular (gantry tilt or shear)",
                file=file,
                field="orientation",
                value=f"{np.degrees(np.arcsin(min(np.abs(cosines).max(), 1.0))):.2f} degrees",
                remedy="resample it to perpendicular axes",
            )
        affine.flags.writeable = False
        return cls(tuple(int(n) for n in shape), affine)

    @property
    def voxel_size(self) -> tuple[float, float, float]:
        """Edges of a voxel (m), in the order of the axes of the array."""
        return tuple(float(size) for size in np.linalg.norm(self.affine[:3, :3], axis=0))

    @property
    def voxel_volume(self) -> float:
        """Volume of a voxel (m3)."""
        return float(np.prod(self.voxel_size))

    def require_same(self, other: Grid, file: object, reference: object) -> None:
        """Refuse another grid: nothing here moves or resamples images.

        Parameters
        ----------
        other : Grid
            Of `file`.
        file, reference : str or path
            The two files, for the message.

        Raises
        ------
        DataError
            If shape, voxel size or position differ.
        """
        remedy = "register and resample all images and masks to one grid first"
        if other.shape != self.shape:
            raise DataError(
                f"the grid is not that of {reference}",
                file=file,
                field="shape",
                value=other.shape,
                allowed=str(self.shape),
                remedy=remedy,
            )
        corners = np.array([[i, j, k, 1] for i in (0, 1) for j in (0, 1) for k in (0, 1)], dtype=float)
        corners[:, :3] *= np.array(self.shape) - 1
        apart = float(np.abs(corners @ (other.affine - self.affine).T).max())
        if apart > _SAME * min(self.voxel_size):
            raise DataError(
                f"the grid is not that of {reference}: voxels of equal index lie apart",
                file=file,
                field="affine",
                value=f"{1e3 * apart:.3g} mm",
                allowed=f"up to {1e3 * _SAME * min(self.voxel_size):.2g} mm",
                remedy=remedy,
            )


def refuse_beyond_memory(shape: tuple[int, ...], bytes_per_voxel: float, file: object = None) -> None:
    """Refuse a volume that the memory of the machine cannot hold, before any of it is taken.

    Parameters
    ----------
    shape : tuple of int
        Voxels along the axes.
    bytes_per_voxel : float
        What all arrays together need.
    file : str or path, optional
        For the message.

    Raises
    ------
    InputError
        With the amount that would be needed.
    """
    needed = bytes_per_voxel * float(np.prod(np.array(shape, dtype=float)))
    try:
        have = float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        have = 8e9  # the system does not say
    if needed > have:
        raise InputError(
            f"these volumes would need {needed / 1e9:.1f} GB of memory, and the machine has {have / 1e9:.1f} GB",
            field="shape",
            value=tuple(shape),
            file=file,
            remedy="crop the images or use larger voxels",
        )
