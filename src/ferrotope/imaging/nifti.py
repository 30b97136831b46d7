"""Reading and writing volumes as NIfTI files (.nii and .nii.gz), by nibabel.

Reads NIfTI-1 and NIfTI-2, writes NIfTI-1. Positions are RAS+, as the format has them; voxels keep the order in which
the file stores them. Source of the format: R. W. Cox et al., nifti1.h of the NIfTI Data Format Working Group, 2004
(https://nifti.nimh.nih.gov/nifti-1).
"""

from __future__ import annotations

import contextlib
import gzip
import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import DataError, InputError
from ferrotope.imaging.image_grid import Grid, refuse_beyond_memory

if TYPE_CHECKING:
    import nibabel

__all__ = ["NiftiFile", "is_nifti", "open_nifti", "write_nifti"]

_LENGTHS = {1: 1.0, 2: 1e-3, 3: 1e-6}  # m, by the code of the unit
_MM = 1e3
_INT16 = np.iinfo(np.int16)
_AS_STORED = ((0, 1), (1, 1), (2, 1))


@dataclass(frozen=True, eq=False)
class NiftiFile:
    """A NIfTI file whose header was read.

    Attributes
    ----------
    path : Path
        The file.
    grid : Grid
        Shape and position.
    image : nibabel.Nifti1Image
        The file as nibabel sees it, its voxels not read.
    notes : tuple of str
        What the header leaves open, and how it was taken.
    orientation : three pairs of int
        For every stored axis the axis of `grid` along which it runs, and 1, or -1 where it runs backwards.
    """

    path: Path
    grid: Grid
    image: nibabel.Nifti1Image
    notes: tuple[str, ...] = ()
    orientation: tuple[tuple[int, int], ...] = _AS_STORED

    def reoriented(self, grid: Grid) -> NiftiFile:
        """Return the volume with its axes exchanged and turned round, to run as those of another grid.

        Parameters
        ----------
        grid : Grid
            Such as that of the image to which a mask belongs. Nothing is resampled.

        Returns
        -------
        NiftiFile
        """
        from nibabel.orientations import inv_ornt_aff, io_orientation

        stored, shape = _affine(self.image), self.image.shape[:3]
        orientation = io_orientation(np.linalg.inv(grid.affine) @ stored)
        turned = tuple(shape[axis] for axis in np.argsort(orientation[:, 0]))
        affine = stored @ inv_ornt_aff(orientation, shape)
        pairs = tuple((int(axis), int(sign)) for axis, sign in orientation)
        return replace(self, grid=Grid.of(turned, affine, self.path), orientation=pairs)

    def values(self) -> NDArray[np.float64]:
        """Read the voxels.

        Returns
        -------
        array, shape of the grid
            With the scaling of the header applied.

        Raises
        ------
        DataError
            If the file ends early.
        InputError
            If the volume is larger than the memory.
        """
        from nibabel.orientations import apply_orientation

        stored = self.image.dataobj
        refuse_beyond_memory(self.grid.shape, 8.0 + stored.dtype.itemsize, self.path)
        with _readable(self.path, "the file is damaged or ends early", "copy or save it again"):
            raw = stored.get_unscaled().reshape(self.image.shape[:3], order="F")
        found = np.ascontiguousarray(apply_orientation(raw, self.orientation), dtype=float)
        if (stored.slope, stored.inter) != (1.0, 0.0):
            found *= stored.slope
            found += stored.inter
        return found


def is_nifti(path: Path) -> bool:
    """Whether the name is that of a NIfTI file."""
    return path.name.lower().endswith((".nii", ".nii.gz"))


def open_nifti(path: Path) -> NiftiFile:
    """Read the header of a NIfTI file.

    Parameters
    ----------
    path : Path
        ``.nii`` or ``.nii.gz``, NIfTI-1 or NIfTI-2.

    Returns
    -------
    NiftiFile

    Raises
    ------
    DataError
        If it is no such file, holds several volumes or no real numbers, or does not say where its voxels lie.

    Notes
    -----
    The sform is taken where there is one, else the qform. Lengths without a unit are mm, as most programs write them.
    """
    import nibabel

    if not path.is_file():
        raise DataError("there is no such file", file=path)
    wrong = "this is not a NIfTI file in one piece, or it is damaged"
    remedy = "save it as .nii or .nii.gz, not as Analyze or a pair of .hdr and .img"
    with _readable(path, wrong, remedy), _silent():
        path.open("rb").close()  # nibabel does not say why it cannot open a file
        image = nibabel.load(path, mmap=False)
    if not isinstance(image, nibabel.Nifti1Image):  # NIfTI-2 is one of these; CIFTI is not
        raise DataError(wrong, file=path, remedy=remedy)
    header, shape = image.header, image.shape
    if len(shape) < 3 or min(shape) < 1 or any(n != 1 for n in shape[3:]):
        raise DataError(
            "the file does not hold one volume",
            file=path,
            field="dim",
            value=shape,
            allowed="three axes, and no other longer than 1",
            remedy="save each time as a file",
        )
    if image.get_data_dtype().kind not in "iuf":
        raise DataError(
            "the voxels are no real numbers",
            file=path,
            field="datatype",
            value=int(header["datatype"]),
            remedy="save them as integers or floats",
        )
    _check_place(image, path)
    if image.dataobj.offset < header.single_vox_offset:
        raise DataError("the header is damaged", file=path, field="vox_offset", value=image.dataobj.offset)
    notes = () if _unit(image) in _LENGTHS else (f"{path.name} gives no unit of length: mm were taken",)
    return NiftiFile(path, Grid.of(shape[:3], _affine(image), path), image, notes)


def write_nifti(path: Path, values: ArrayLike, grid: Grid, description: str = "") -> Path:
    """Write a volume as 32-bit floats, or whole numbers as 16-bit integers.

    Parameters
    ----------
    path : Path
        ``.nii`` or ``.nii.gz``; the same volume gives the same bytes. The file appears whole or not at all.
    values : array, shape of the grid
        Integers have to fit into 16 bits.
    grid : Grid
        Where the voxels lie; kept as sform and as qform.
    description : str
        Up to 79 characters of ASCII, such as the unit.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the shape is not that of the grid, an axis is longer than the format can say, or an integer is too large.
    DataError
        If the file cannot be written.
    """
    import nibabel

    from ferrotope.result.store import put

    values = np.asarray(values)
    if values.shape != grid.shape or max(grid.shape) > _INT16.max:
        raise InputError(
            "the volume does not fit its grid or the format",
            field="values",
            value=f"shape {values.shape}",
            allowed=f"shape {grid.shape}, up to {_INT16.max} an axis",
        )
    whole = values.dtype.kind in "iub"
    if whole and not _INT16.min <= values.min() <= values.max() <= _INT16.max:
        raise InputError(
            "whole numbers are written with 16 bits",
            field="values",
            value=f"{values.min()} to {values.max()}",
            allowed=f"{_INT16.min} to {_INT16.max}",
            remedy="give them as floats",
        )
    affine = grid.affine.copy()
    affine[:3] *= _MM
    image = nibabel.Nifti1Image(values.astype(np.int16 if whole else np.float32), affine)
    image.set_sform(affine, "scanner")
    image.set_qform(affine, "scanner")
    image.header.set_xyzt_units("mm")
    image.header["descrip"] = description.encode("ascii", "replace")[:79]
    content = image.to_bytes()
    return put(gzip.compress(content, 3, mtime=0) if path.name.endswith(".gz") else content, path, "volume")


def _unit(image: nibabel.Nifti1Image) -> int:
    """Code of the unit of length: the lower three bits."""
    return int(image.header["xyzt_units"]) & 7


def _affine(image: nibabel.Nifti1Image) -> NDArray[np.float64]:
    """From the index of a stored voxel to its position (m, RAS+)."""
    affine = np.array(image.affine, dtype=float)
    affine[:3] *= _LENGTHS.get(_unit(image), 1e-3)
    return affine


def _check_place(image: nibabel.Nifti1Image, path: Path) -> None:
    """Refuse a file that does not say where its voxels lie, or how large they are."""
    from nibabel.openers import ImageOpener

    sform, qform = int(image.header["sform_code"]), int(image.header["qform_code"])
    if max(sform, qform) <= 0:
        raise DataError(
            "the file does not say where its voxels lie: it has neither sform nor qform",
            file=path,
            field="sform_code, qform_code",
            value=f"{sform}, {qform}",
            remedy="save it with its orientation",
        )
    with ImageOpener(str(path)) as stream:
        sizes = type(image.header).from_fileobj(stream, check=False)["pixdim"][1:4]
    if sform <= 0 and not (sizes > 0.0).all():  # nibabel would take 1 mm
        raise DataError(
            "a voxel has no extent",
            file=path,
            field="pixdim",
            value=" x ".join(f"{size:g}" for size in sizes),
            allowed="above 0",
            remedy="save it with the size of its voxels",
        )


@contextlib.contextmanager
def _readable(path: Path, wrong: str, remedy: str) -> Iterator[None]:
    """Turn what nibabel and the files beneath it raise into one sentence."""
    from nibabel.filebasedimages import ImageFileError
    from nibabel.spatialimages import HeaderDataError, HeaderTypeError

    try:
        yield
    except PermissionError as error:
        raise DataError(f"the file cannot be read: {error.strerror}", file=path) from error
    except (ImageFileError, HeaderDataError, HeaderTypeError, OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"{wrong}: {' '.join(str(error).split())}", file=path, remedy=remedy) from error


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep nibabel's remarks on headers that it can read off the terminal."""
    logger = logging.getLogger("nibabel.global")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
