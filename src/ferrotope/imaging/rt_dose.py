"""Writing absorbed dose as a DICOM RT Dose object.

Source: DICOM PS3.3, A.18 (RT Dose IOD) and C.8.8.3 (RT Dose module).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ferrotope.errors import InputError
from ferrotope.imaging.dicom_tags import pydicom_module
from ferrotope.imaging.image_grid import Grid
from ferrotope.units.checks import not_negative

__all__ = ["write_rt_dose"]

_TO_LPS = np.diag([-1e3, -1e3, 1e3, 1.0])  # from RAS in m to LPS in mm
_LARGEST = 2**32 - 1
# Taken over from the images, so that the dose lies with them; empty where there is no DICOM image.
_PATIENT = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate", "StudyTime",
    "StudyID", "AccessionNumber", "ReferringPhysicianName", "FrameOfReferenceUID", "PositionReferenceIndicator",
)  # fmt: skip


def write_rt_dose(path: Path, dose: NDArray[np.float64], grid: Grid, header: Any = None, comment: str = "") -> Path:
    """Write a map of absorbed dose as RT Dose.

    Parameters
    ----------
    path : Path
        The file.
    dose : array, shape of the grid
        Gy, physical dose.
    grid : Grid
        Where the voxels lie.
    header : pydicom.Dataset, optional
        Of an image: patient, study and frame of reference are taken over.
    comment : str
        How the dose was found (up to 1024 characters).

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If pydicom is not installed, or the dose is negative, not finite or of another shape.

    Notes
    -----
    Doses are whole numbers of 32 bits times one scale, so that the largest voxel is exact to 1e-9. The frames run along
    the normal of the slices; where the third axis of the grid runs against it, they are written in reverse. There is no
    treatment plan to refer to, which the standard asks for and most programs do without.
    """
    pydicom = pydicom_module()
    dose = not_negative("dose", dose, "Gy")
    if dose.shape != grid.shape:
        raise InputError("the dose does not fit its grid", field="dose", value=dose.shape, allowed=str(grid.shape))
    affine = _TO_LPS @ grid.affine
    sizes = np.linalg.norm(affine[:3, :3], axis=0)
    across, down, through = (affine[:3, :3] / sizes).T
    origin = affine[:3, 3]
    if np.cross(across, down) @ through < 0:
        origin = origin + affine[:3, 2] * (dose.shape[2] - 1)
        dose = dose[:, :, ::-1]
    largest = float(dose.max())
    scale = largest / _LARGEST if largest > 0 else 1.0
    pixels = np.round(dose / scale).astype("<u4")

    dataset = _described(pydicom, header, comment)
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = dose.shape[1], dose.shape[0], dose.shape[2]
    dataset.PixelSpacing = [_decimal(sizes[1]), _decimal(sizes[0])]
    dataset.SliceThickness = _decimal(sizes[2])
    dataset.ImageOrientationPatient = [_decimal(number) for number in (*across, *down)]
    dataset.ImagePositionPatient = [_decimal(number) for number in origin]
    dataset.FrameIncrementPointer = pydicom.tag.Tag("GridFrameOffsetVector")
    dataset.GridFrameOffsetVector = [_decimal(sizes[2] * index) for index in range(dose.shape[2])]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 32
    dataset.HighBit, dataset.PixelRepresentation = 31, 0
    dataset.DoseUnits, dataset.DoseType, dataset.DoseSummationType = "GY", "PHYSICAL", "PLAN"
    dataset.DoseGridScaling = _decimal(scale)
    dataset.PixelData = pixels.transpose(2, 1, 0).tobytes()
    dataset.save_as(path, enforce_file_format=True)
    return path


def _described(pydicom: Any, header: Any, comment: str) -> Any:
    """Return the object without its grid: whose it is, and what."""
    uid = pydicom.uid.generate_uid
    meta = pydicom.dataset.FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    dataset = pydicom.dataset.Dataset()
    dataset.file_meta = meta
    for name in _PATIENT:
        setattr(dataset, name, getattr(header, name, None) or "")
    for name in ("StudyInstanceUID", "FrameOfReferenceUID"):
        if not getattr(dataset, name):
            setattr(dataset, name, uid())
    character_set = getattr(header, "SpecificCharacterSet", None)
    if character_set:
        dataset.SpecificCharacterSet = character_set
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID = pydicom.uid.RTDoseStorage
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID = uid()
    dataset.SeriesInstanceUID = uid()
    now = datetime.now()
    dataset.InstanceCreationDate = dataset.ContentDate = now.strftime("%Y%m%d")
    dataset.InstanceCreationTime = dataset.ContentTime = now.strftime("%H%M%S")
    dataset.Modality, dataset.SeriesNumber, dataset.InstanceNumber = "RTDOSE", None, 1
    dataset.SeriesDescription = "Absorbed dose, for research"
    dataset.Manufacturer, dataset.ManufacturerModelName = "Ferrotope", "Ferrotope"
    dataset.OperatorsName = ""
    dataset.DoseComment, dataset.ImageComments = comment[:64], comment[:1024]
    return dataset


def _decimal(number: float) -> str:
    """Return a number in the at most 16 characters of a decimal string."""
    number = float(number)
    digits = next(digits for digits in range(15, 0, -1) if len(f"{number:.{digits}g}") <= 16)
    return f"{number:.{digits}g}"
