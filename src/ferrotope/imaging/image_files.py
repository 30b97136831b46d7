"""Images of activity from files: NIfTI volumes and DICOM series, with their unit, time and decay reference.

Nothing is guessed: what a file does not say has to be given, and what is given must not contradict the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ferrotope.errors import DataError, InputError, naming, nearest
from ferrotope.imaging.dicom_series import DicomSeries, open_dicom
from ferrotope.imaging.dicom_tags import seconds_between
from ferrotope.imaging.image_calibration import activity_factor, suv_factor
from ferrotope.imaging.image_grid import Grid
from ferrotope.imaging.nifti import is_nifti, open_nifti
from ferrotope.nuclides import Nuclide
from ferrotope.units.fields import to_value
from ferrotope.units.toml import read_toml

__all__ = ["DECAY_REFERENCES", "ActivityImage", "check_series", "open_image"]

DECAY_REFERENCES = ("image", "injection")
_SIDECAR = ("time_after_injection", "decay_reference", "unit")
_MOST_HALF_LIVES = 30  # 1e-9 is left then
_DECAYED = 0.01  # of the activity: moments count as one where less decays between them
_CORRECTIONS = {"NONE": "image", "START": "image", "ADMIN": "injection"}


@dataclass(frozen=True, eq=False)
class ActivityImage:
    """One image of a series, not yet read into memory.

    Attributes
    ----------
    path : Path
        The file or folder.
    grid : Grid
        Where the voxels lie.
    time : float
        When the activity was seen (s after injection).
    decay_reference : str
        "image": the values are activity at `time`; "injection": they are corrected for decay back to the injection.
    factor : float
        From stored values to Bq/m3.
    unit : str
        What the stored values are, for the reader.
    dicom : DicomSeries or None
        The series it came from.
    notes : tuple of str
        For the reader.
    """

    path: Path
    grid: Grid
    time: float
    decay_reference: str
    factor: float
    unit: str
    stored: Callable[[], NDArray[np.float64]]
    dicom: DicomSeries | None = None
    notes: tuple[str, ...] = ()

    def decay_corrected(self, decay_constant: float, *, negative: str = "refuse") -> NDArray[np.float64]:
        """Read the activity concentration, corrected for decay back to the injection.

        Parameters
        ----------
        decay_constant : float
            Of the nuclide (1/s).
        negative : "refuse" or "keep"
            What becomes of negative voxels.

        Returns
        -------
        array, shape of the grid
            Bq/m3.

        Raises
        ------
        DataError
            If a voxel is not a number or, where they are refused, negative, or if the image holds no activity.
        """
        values = self.stored()
        self._refuse(~np.isfinite(values), values, "not a number", "set what lies outside the scan to zero")
        if negative == "refuse":
            remedy = "reconstruct without negative values, or set them to zero by --negative zero, which adds activity"
            self._refuse(values < 0.0, values, "negative", remedy)
        if not values.sum() > 0.0:
            raise DataError(
                "the image holds no activity",
                file=self.path,
                field="activity",
                value=f"sum of the values {values.sum():g}",
                allowed="above 0",
                remedy="look at the file, or leave it out",
            )
        later = self.time if self.decay_reference == "image" else 0.0
        values *= self.factor * np.exp(decay_constant * later)
        return values

    def _refuse(self, wrong: NDArray[np.bool_], values: NDArray[np.float64], what: str, remedy: str) -> None:
        if not wrong.any():
            return
        number, first = int(wrong.sum()), tuple(int(index[0]) for index in np.nonzero(wrong))
        raise DataError(
            f"{number} {'voxel is' if number == 1 else 'voxels are'} {what}, the first at {first}",
            file=self.path,
            field="activity",
            value=f"{values[first]:g}",
            allowed="0 or more, finite",
            remedy=remedy,
        )


def open_image(
    path: Path,
    nuclide: Nuclide,
    *,
    time: float | None = None,
    decay_reference: str | None = None,
    unit: str | None = None,
    calibration: str | None = None,
    injected: datetime | None = None,
) -> ActivityImage:
    """Read what an image says of itself, without its voxels.

    Parameters
    ----------
    path : Path
        A NIfTI file, or a folder with one DICOM series (PET or reconstructed SPECT). Beside a NIfTI file
        ``name.nii.gz`` may stand ``name.toml`` or ``name.json`` with ``time_after_injection``, ``decay_reference`` and
        ``unit``.
    nuclide : Nuclide
        What was imaged.
    time : float, optional
        Time of the image (s after injection).
    decay_reference : "image" or "injection", optional
        To when the values are corrected for decay: not at all (they are the activity at the time of the image), or to
        the injection.
    unit : str, optional
        Of the values: "Bq/mL" or the like, "Bq" for the activity of a voxel, or "counts".
    calibration : str, optional
        What a count is: "12 Bq/mL", "40 Bq", or "9.1 cps/MBq" for counts of a SPECT whose rotation is known.
    injected : datetime, optional
        When the injection was, for DICOM series that do not tell its date.

    Returns
    -------
    ActivityImage

    Raises
    ------
    InputError
        If time, decay reference or unit are not known, or what is given contradicts the file.
    DataError
        If the file is damaged, lacks a tag, or is of another nuclide.
    """
    if decay_reference is not None and decay_reference not in DECAY_REFERENCES:
        raise InputError(
            "this decay reference is not known",
            field="decay_reference",
            value=decay_reference,
            allowed="image (activity at the time of the image), injection (corrected back to the injection)",
        )
    if not is_nifti(path):
        return _of_dicom(open_dicom(path), nuclide, time, decay_reference, unit, calibration, injected)
    file = open_nifti(path)
    if injected is not None:
        raise InputError(
            "a NIfTI file does not say when it was taken: the moment of the injection tells nothing of it",
            file=path,
            field="injected",
            value=str(injected),
            remedy="give --times instead",
        )
    beside, where = _sidecar(path)
    said = beside.get("time_after_injection")
    with naming(where):
        own = None if said is None else to_value(said, "s", low=0.0).number
    time = _agreed("time_after_injection", time, own, path)
    decay_reference = _agreed("decay_reference", decay_reference, beside.get("decay_reference"), path)
    unit = _agreed("unit", unit, beside.get("unit"), path)
    for name, value, remedy in (
        ("time_after_injection", time, "give --times"),
        ("decay_reference", decay_reference, "give --decay-reference image or injection"),
        ("unit", unit, "give --unit, for example Bq/mL"),
    ):
        if value is None:
            raise InputError(
                "a NIfTI file does not say this, and it was not given",
                file=path,
                field=name,
                remedy=f"{remedy}, or write it into {path.name.split('.nii')[0]}.toml beside the image",
            )
    if decay_reference not in DECAY_REFERENCES:
        raise InputError(
            "this decay reference is not known",
            file=where,
            field="decay_reference",
            value=decay_reference,
            allowed=", ".join(DECAY_REFERENCES),
        )
    with naming(path):
        factor = activity_factor(unit, calibration, file.grid, None, path)
    return ActivityImage(
        path, file.grid, _time(time, nuclide, path), decay_reference, factor, unit, file.values, None, file.notes
    )


def check_series(images: Sequence[ActivityImage]) -> None:
    """Refuse images that are no series in time of one subject on one grid.

    Parameters
    ----------
    images : sequence of ActivityImage
        In order of time.

    Raises
    ------
    InputError
        If there is none, times do not increase, or decay references, units, subjects or injections differ.
    DataError
        If the grids differ.
    """
    if not images:
        raise InputError("there is no image", field="IMAGE", remedy="give one or more")
    first = images[0]
    for before, image in pairwise(images):
        first.grid.require_same(image.grid, image.path, first.path)
        if image.path.resolve() == before.path.resolve():
            raise InputError("the image is given twice", file=image.path, field="IMAGE", remedy="give each once")
        if image.time <= before.time:
            raise InputError(
                "the images are not in order of time",
                file=image.path,
                field="time_after_injection",
                value=f"{image.time / 3600:.6g} h, after {before.time / 3600:.6g} h",
                remedy="give images and times from the earliest to the latest, each once",
            )
        for name, own, other in (
            ("decay_reference", image.decay_reference, before.decay_reference),
            ("unit", image.unit, before.unit),
        ):
            if own != other:
                raise InputError(
                    f"the images of the series differ: {before.path.name} has {other}",
                    file=image.path,
                    field=name,
                    value=own,
                    remedy="bring them to one first",
                )
        if image.dicom is not None and before.dicom is not None:
            _check_subject(before.dicom, image.dicom)


def _of_dicom(series, nuclide, time, decay_reference, unit, calibration, injected) -> ActivityImage:
    path = series.path
    if series.half_life is not None and abs(series.half_life / nuclide.half_life - 1.0) > 0.02:
        raise DataError(
            f"the image is of another nuclide than {nuclide.name}, whose half-life is {nuclide.half_life:.6g} s",
            file=path,
            field="RadionuclideHalfLife",
            value=f"{series.half_life:g} s",
        )
    reference = _CORRECTIONS.get(series.decay_correction)
    if series.decay_correction and reference is None:
        raise DataError(
            "this decay correction is not known",
            file=path,
            field="DecayCorrection",
            value=series.decay_correction,
            allowed=", ".join(_CORRECTIONS),
        )
    decay_reference = _agreed("decay_reference", decay_reference, reference, path)
    if decay_reference is None:
        raise InputError(
            "a SPECT file does not say to when it is corrected for decay, and it was not given",
            file=path,
            field="decay_reference",
            remedy="give --decay-reference image (not corrected, or to the start of the scan) or injection",
        )
    injected = injected or series.injected
    seen = series.moment_seen(nuclide.decay_constant)
    since = None
    if injected is not None:
        since = seconds_between(injected, seen, path, "injection and image")
        if since < 0:
            raise DataError(
                "the image is earlier than the injection",
                file=path,
                field="AcquisitionDate, AcquisitionTime",
                value=f"{seen.isoformat()}, injection {injected.isoformat()}",
                remedy="look for a wrong date, or for a time zone",
            )
    time = since if time is None else time
    if time is None:
        raise InputError(
            "the series does not give the date of the injection (a time of day alone could be that of any day)",
            file=path,
            field="RadiopharmaceuticalStartDateTime (0018,1078)",
            remedy='give --injected "2026-03-01 09:30" or --times',
        )
    if since is not None and abs(time - since) * nuclide.decay_constant > _DECAYED:
        raise InputError(
            f"the time that was given contradicts the image, which is {since / 3600:.5g} h after the injection",
            file=path,
            field="time_after_injection",
            value=f"{time / 3600:.5g} h",
        )
    stored = unit or {"BQML": "Bq/mL", "GML": "SUV", "CNTS": "counts"}.get(series.unit, series.unit)
    if stored == "SUV":
        factor = suv_factor(series, nuclide, time, decay_reference)
    else:
        factor = activity_factor(stored, calibration, series.grid, series.duration, path)
    notes = series.notes
    during = 1.0 - np.exp(-nuclide.decay_constant * (series.duration or 0.0) / 2)
    if series.modality == "NM" and decay_reference == "image" and during > _DECAYED:
        said = "values are taken at the start of the scan; where they were not corrected for decay during it, they are"
        notes += (f"{path.name}: {said} {during:.1%} low",)
    return ActivityImage(
        path, series.grid, _time(time, nuclide, path), decay_reference, factor, stored, series.values, series, notes
    )


def _sidecar(path: Path) -> tuple[dict[str, Any], Path | None]:
    stem = path.name.split(".nii")[0]
    toml, other = path.with_name(stem + ".toml"), path.with_name(stem + ".json")
    if toml.is_file():
        found = read_toml(toml)
        for name in found:
            if name not in _SIDECAR:
                raise InputError("this is not known", file=toml, field=name, remedy=nearest(name, _SIDECAR))
        return found, toml
    if not other.is_file():
        return {}, None
    try:
        found = json.loads(other.read_text(encoding="utf-8"))
        # Other programs write such files too: what is not ours says nothing here.
        return {name: found[name] for name in _SIDECAR if name in found}, other
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"the file is not JSON: {error}", file=other) from error


def _agreed(name: str, given: Any, own: Any, path: Path) -> Any:
    if given is not None and own is not None and given != own:
        if name == "time_after_injection":
            own, given = f"{own / 3600:g} h", f"{given / 3600:g} h"
        raise InputError(f"the image says {own}", file=path, field=name, value=given, remedy="drop one of the two")
    return own if given is None else given


def _time(time: float, nuclide: Nuclide, path: Path) -> float:
    latest = _MOST_HALF_LIVES * nuclide.half_life
    if not 0 <= time <= latest:
        raise InputError(
            "an image is not earlier than the injection, nor taken when nothing is left",
            file=path,
            field="time_after_injection",
            value=f"{time / 3600:.6g} h",
            allowed=f"0 to {latest / 3600:.4g} h ({_MOST_HALF_LIVES} half-lives of {nuclide.name})",
            remedy="look at the unit of the time",
        )
    return float(time)


def _check_subject(before: DicomSeries, series: DicomSeries) -> None:
    for name, own, other in (
        ("PatientID", getattr(series.header, "PatientID", ""), getattr(before.header, "PatientID", "")),
        ("RadiopharmaceuticalStartDateTime", series.injected, before.injected),
        ("RadionuclideTotalDose", series.administered_activity, before.administered_activity),
    ):
        if own != other and None not in (own, other):
            raise DataError(
                f"the images are not of one injection: {before.path.name} has {other}",
                file=series.path,
                field=name,
                value=str(own),
            )
