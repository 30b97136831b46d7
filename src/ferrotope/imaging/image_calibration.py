"""From stored values to activity concentration: units, calibrations of counts, and SUV."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ferrotope.errors import DataError, InputError
from ferrotope.imaging.dicom_series import DicomSeries
from ferrotope.imaging.image_grid import Grid
from ferrotope.nuclides import Nuclide
from ferrotope.units.checks import positive
from ferrotope.units.convert import conversion

__all__ = ["activity_factor", "suv_factor"]

_RATE = "cps/MBq"


def suv_factor(series: DicomSeries, nuclide: Nuclide, time: float, decay_reference: str) -> float:
    """Activity concentration per SUV by body weight: the activity left at the decay reference over the mass.

    Parameters
    ----------
    series : DicomSeries
        With administered activity and weight.
    nuclide : Nuclide
        What was injected.
    time : float
        Of the image (s after injection).
    decay_reference : "image" or "injection"
        To when the SUV is corrected for decay.

    Returns
    -------
    float
        Bq/m3 per g/mL.

    Raises
    ------
    DataError
        If a tag is missing (it is named), or the SUV is not by body weight.
    """
    kind = str(getattr(series.header, "SUVType", "BW") or "BW").strip()
    if kind != "BW":
        raise DataError(
            "only SUV by body weight can be turned back into activity",
            file=series.path,
            field="SUVType",
            value=kind,
            allowed="BW",
        )
    for name, value in (
        ("RadionuclideTotalDose (0018,1074)", series.administered_activity),
        ("PatientWeight (0010,1030)", series.weight),
    ):
        if value is None or not value > 0:
            raise DataError(
                f"the tag {name} is missing or not positive: an SUV cannot be turned into activity without it",
                file=series.path,
                field=name.split()[0],
            )
    if series.administered_activity < 1e4:
        raise DataError(
            "this is not an administered activity in Bq (is it in MBq?)",
            file=series.path,
            field="RadionuclideTotalDose",
            value=f"{series.administered_activity:g}",
            allowed="10 kBq or more, in Bq",
        )
    left = np.exp(-nuclide.decay_constant * time) if decay_reference == "image" else 1.0
    return float(1e3 * series.administered_activity * left / series.weight)  # 1 g/mL is 1000 kg/m3


def activity_factor(unit: str, calibration: str | None, grid: Grid, duration: float | None, path: Path) -> float:
    """Activity concentration per stored value.

    Parameters
    ----------
    unit : str
        "Bq/mL" or the like, "Bq" for the activity of a voxel, "counts".
    calibration : str or None
        What one count is.
    grid : Grid
        Of the image.
    duration : float or None
        That each part of the subject was looked at (s), for a calibration in cps/MBq.
    path : Path
        For the message.

    Returns
    -------
    float
        Bq/m3.

    Raises
    ------
    InputError
        If unit or calibration are unknown, or do not go together.
    """
    if unit == "counts":
        if calibration is None:
            raise InputError(
                "counts need a calibration",
                file=path,
                field="calibration",
                remedy='give --calibration "12 Bq/mL", "40 Bq" or "9.1 cps/MBq": what one count is',
            )
        number, _, given = calibration.strip().partition(" ")
        try:
            number = float(positive("calibration", float(number), given))
            if given.strip() != _RATE:
                return number * activity_factor(given.strip(), None, grid, None, path)
        except ValueError as error:
            raise InputError(
                "this is no calibration: a number above 0 and what it is of",
                file=path,
                field="calibration",
                value=calibration,
                allowed='"12 Bq/mL", "40 Bq" or "9.1 cps/MBq"',
            ) from error
        if duration is None or not duration > 0:
            raise InputError(
                "the duration of the scan is not known (NumberOfFramesInRotation and ActualFrameDuration)",
                file=path,
                field="calibration",
                value=calibration,
                remedy="give the calibration in Bq or Bq/mL per count",
            )
        return 1e6 / (number * duration * grid.voxel_volume)
    if calibration is not None:
        raise InputError(
            "the values are activity already: a calibration belongs to counts",
            file=path,
            field="calibration",
            value=calibration,
            remedy="say --unit counts if they are counts",
        )
    try:
        for si, share in (("Bq/m3", 1.0), ("Bq", 1.0 / grid.voxel_volume)):
            found = conversion(unit, si)
            if found is not None:
                return found[0] * share
    except InputError as error:
        error.file, error.field = error.file or path, error.field or "unit"
        error.remedy = "write Bq/mL, kBq/mL or the like with its capital letters, Bq (of a voxel), or counts"
        raise
    raise InputError(
        "this is no unit of activity",
        file=path,
        field="unit",
        value=unit,
        allowed="Bq/mL, kBq/mL and the like, Bq (of a voxel), counts",
    )
