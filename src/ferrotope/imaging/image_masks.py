"""Masks: the region of every voxel of an image, from a NIfTI file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ferrotope.errors import DataError
from ferrotope.imaging.image_grid import Grid
from ferrotope.imaging.nifti import is_nifti, open_nifti

__all__ = ["read_labels"]

_MOST_LABELS = 1000
_LARGEST_LABEL = 2**31 - 1


def read_labels(path: Path, grid: Grid, reference: Path) -> NDArray[np.int64]:
    """Read a mask of whole numbers from a NIfTI file.

    Parameters
    ----------
    path : Path
        The mask: 0 outside, one number a region. Its axes may be stored in another order or direction.
    grid : Grid
        Of the images.
    reference : Path
        The image whose grid it is, for the message.

    Returns
    -------
    array of int, shape of the grid

    Raises
    ------
    DataError
        If the grid is another, values are not whole numbers from 0 to 2^31 - 1, or no voxel is labelled.
    """
    if not is_nifti(path):
        raise DataError("a mask is a NIfTI file", file=path, remedy="convert structure sets to a label map first")
    file = open_nifti(path).reoriented(grid)
    grid.require_same(file.grid, path, reference)
    values = file.values()
    wrong = ~((values >= 0) & (values <= _LARGEST_LABEL)) | (values != np.round(values))
    if wrong.any():
        raise DataError(
            "labels are whole numbers, 0 outside",
            file=path,
            field="mask",
            value=f"{values[wrong][0]:g}",
            allowed=f"0 to {_LARGEST_LABEL}",
            remedy="resample masks with the nearest neighbour, not linearly",
        )
    labels = values.astype(np.int64)
    number = np.unique(labels).size - (labels == 0).any()
    if not 1 <= number <= _MOST_LABELS:
        raise DataError(
            "the mask has no region, or is no mask",
            file=path,
            field="mask",
            value=f"{number} labels",
            allowed=f"1 to {_MOST_LABELS}",
        )
    return labels
