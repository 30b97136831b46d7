"""Reading a series of PET images, or a reconstructed SPECT image, from a DICOM folder.

Positions of DICOM are LPS (left, posterior, head); those of `Grid` are RAS, so x and y change sign. Slices are put in
order by their positions along the normal of the slices, never by file names or instance numbers.
Source: DICOM PS3.3, C.7.6.2 (image plane), C.8.9.1 and C.8.9.4 (PET series and image), C.8.4.9 and C.8.4.15 (NM).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ferrotope.errors import DataError, InputError
from ferrotope.imaging.dicom_tags import moment, pydicom_module, read_moment, required, seconds_between
from ferrotope.imaging.image_grid import Grid, refuse_beyond_memory

__all__ = ["DicomSeries", "open_dicom"]

_DECAYED = 0.01  # of the activity: moments count as one where less decays between them
_EVEN = 0.02  # slices lie evenly where no gap differs by more than this part of the mean gap
_TO_RAS = np.diag([-1e-3, -1e-3, 1e-3, 1.0])  # from LPS in mm to RAS in m


@dataclass(frozen=True, eq=False)
class DicomSeries:
    """A series whose headers were read.

    Attributes
    ----------
    path : Path
        The folder or file.
    modality : str
        "PT" or "NM".
    grid : Grid
        Axes of the array: columns, rows, slices along the normal of the slices (PET) or as stored (NM).
    unit : str
        Of the rescaled values: "BQML", "GML" (SUV) or another term of the tag Units; "CNTS" for NM.
    decay_correction : str
        "NONE", "START" or "ADMIN"; empty where the file does not say (NM).
    acquired : tuple of datetime
        Start of the first and of the last acquisition among the slices.
    started : datetime or None
        Series date and time, for PET.
    duration : float or None
        Of a frame (s); for NM of all frames of the rotation.
    injected : datetime or None
        Start of the injection, where the file gives it with its date.
    half_life, administered_activity, weight : float or None
        As the file has them (s, Bq, kg).
    header : pydicom.Dataset
        Of the first slice.
    notes : tuple of str
        For the reader.
    """

    path: Path
    modality: str
    grid: Grid
    unit: str
    decay_correction: str
    acquired: tuple[datetime, datetime]
    started: datetime | None
    duration: float | None
    injected: datetime | None
    half_life: float | None
    administered_activity: float | None
    weight: float | None
    header: Any
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()

    def values(self) -> NDArray[np.float64]:
        """Read the voxels.

        Returns
        -------
        array, shape of the grid
            Each slice with its own rescale slope and intercept, in `unit`.

        Raises
        ------
        DataError
            If pixels are missing or compressed in a way that cannot be read, or PET slices have no rescale slope.
        InputError
            If the volume is larger than the memory.
        """
        refuse_beyond_memory(self.grid.shape, 12.0, self.path)
        found = np.empty(self.grid.shape)
        for index, file in enumerate(self.files):
            dataset = pydicom_module().dcmread(file)
            try:
                pixels = dataset.pixel_array.astype(float)
            except (AttributeError, NotImplementedError, RuntimeError, ValueError) as error:
                raise DataError(
                    f"the pixels cannot be read: {error}", file=file, remedy="export the series without compression"
                ) from error
            if self.modality == "PT":
                slope = float(required(dataset, "RescaleSlope", file, "values of every slice have their own scale"))
                intercept = float(required(dataset, "RescaleIntercept", file))
                found[:, :, index] = pixels.T * slope + intercept
            else:
                slope = float(getattr(dataset, "RescaleSlope", 1.0))
                frames = pixels.reshape(self.grid.shape[::-1])
                found[:] = frames.transpose(2, 1, 0) * slope + float(getattr(dataset, "RescaleIntercept", 0.0))
        return found

    def moment_seen(self, decay_constant: float) -> datetime:
        """Return the moment to which the values belong.

        Parameters
        ----------
        decay_constant : float
            Of the nuclide (1/s).

        Returns
        -------
        datetime
            Middle of the frame without decay correction, else the start of the scan.

        Raises
        ------
        DataError
            If it is ambiguous by more than 1 % of decay.
        """
        first, last = self.acquired
        if self.decay_correction == "NONE":
            if (last - first).total_seconds() * decay_constant > _DECAYED:
                raise DataError(
                    "the slices were acquired at different times and are not corrected for decay",
                    file=self.path,
                    field="AcquisitionTime",
                    value=f"{first.time()} to {last.time()}",
                    remedy="reconstruct with decay correction",
                )
            if self.duration is None:
                raise DataError(
                    "the tag ActualFrameDuration (0018,1242) is missing: values without decay correction belong to the "
                    "middle of the frame",
                    file=self.path,
                    field="ActualFrameDuration",
                )
            return first + timedelta(seconds=self.duration / 2)
        if self.decay_correction == "START" and self.started is not None and self.started < first:
            # Scanners with several beds correct to the start of the series, others to that of the acquisition.
            gap = seconds_between(self.started, first, self.path, "series and acquisition")
            if gap * decay_constant > _DECAYED:
                raise DataError(
                    f"the series starts {gap:.0f} s before its first acquisition: to which of them the values are "
                    "corrected for decay is not clear",
                    file=self.path,
                    field="SeriesTime, AcquisitionTime",
                    value=f"{self.started.isoformat()}, {first.isoformat()}",
                    remedy="reconstruct again, or convert to NIfTI and state the decay reference",
                )
            return self.started
        return first


def open_dicom(path: Path) -> DicomSeries:
    """Read the headers of a DICOM series.

    Parameters
    ----------
    path : Path
        A folder that holds one series, or one file.

    Returns
    -------
    DicomSeries

    Raises
    ------
    DataError
        If a tag is missing (it is named), the files are of several series, patients or times, a slice is missing or
        there twice, slices differ in size, orientation or spacing, or the gantry was tilted.
    InputError
        If pydicom is not installed.
    """
    pydicom = pydicom_module()
    if not path.exists():
        raise DataError("there is no such file or folder", file=path)
    candidates = sorted(item for item in path.iterdir() if item.is_file()) if path.is_dir() else [path]
    files = [item for item in candidates if _is_dicom(item)]
    if not files:
        raise DataError("there is no DICOM file here", file=path, remedy="give the folder of one series")
    headers = [pydicom.dcmread(file, stop_before_pixels=True) for file in files]
    modality = str(required(headers[0], "Modality", files[0]))
    if modality not in ("PT", "NM"):
        raise DataError(
            "only PET and SPECT images hold activity", file=files[0], field="Modality", value=modality, allowed="PT, NM"
        )
    for name in ("SeriesInstanceUID", "PatientID", "Rows", "Columns", "Modality"):
        found = {str(getattr(header, name, "")) for header in headers}
        if len(found) > 1:
            raise DataError(
                "the files belong to several series or patients",
                file=path,
                field=name,
                value=", ".join(sorted(found)),
                remedy="give each series a folder of its own",
            )
    ignored = len(candidates) - len(files)
    notes = (f"{path.name}: {ignored} files that are not DICOM were left aside",) if ignored else ()
    return (_open_pet if modality == "PT" else _open_nm)(path, files, headers, notes)


def _open_pet(path: Path, files: list[Path], headers: list[Any], notes: tuple[str, ...]) -> DicomSeries:
    first = headers[0]
    for name in ("Units", "DecayCorrection", "ImageOrientationPatient", "PixelSpacing"):
        terms = {str(required(header, name, file)) for header, file in zip(headers, files, strict=True)}
        if len(terms) > 1:
            raise DataError(
                "the slices of the series differ", file=path, field=name, value="; ".join(sorted(terms)[:3])
            )
    expected = getattr(first, "NumberOfSlices", None)
    if expected is not None and int(expected) != len(files):
        raise DataError(
            "the series is not complete, or holds several times",
            file=path,
            field="NumberOfSlices",
            value=f"{len(files)} files",
            allowed=f"{int(expected)} files",
        )
    affine, order = _stacked(path, files, headers)
    moments = sorted(moment(header, "Acquisition", file) for header, file in zip(headers, files, strict=True))
    started = {moment(header, "Series", file) for header, file in zip(headers, files, strict=True)}
    if len(started) > 1:
        raise DataError("the files of one series start at different times", file=path, field="SeriesDate, SeriesTime")
    corrected = getattr(first, "CorrectedImage", None)
    if corrected is not None and "ATTN" not in [str(word) for word in np.atleast_1d(corrected)]:
        notes += (f"{path.name} was not corrected for attenuation, so its tag CorrectedImage says",)
    grid = Grid.of((int(first.Columns), int(first.Rows), len(files)), _TO_RAS @ affine, path)
    duration = getattr(first, "ActualFrameDuration", None)
    return DicomSeries(
        path,
        "PT",
        grid,
        str(first.Units).strip(),
        str(first.DecayCorrection).strip(),
        (moments[0], moments[-1]),
        started.pop(),
        None if duration is None else 1e-3 * float(duration),
        *_injection(first, files[0]),
        header=headers[order[0]],
        files=tuple(files[index] for index in order),
        notes=notes,
    )


def _stacked(path: Path, files: Sequence[Path], headers: Sequence[Any]) -> tuple[NDArray[np.float64], list[int]]:
    """Affine to LPS in mm, and the order of the files along the normal."""
    across, down, normal = _directions(headers[0], files[0])
    rows, columns = (float(size) for size in headers[0].PixelSpacing)
    places = np.array(
        [
            np.array(required(header, "ImagePositionPatient", file), dtype=float)
            for header, file in zip(headers, files, strict=True)
        ]
    )
    order = [int(index) for index in np.argsort(places @ normal, kind="stable")]
    if len(order) == 1:
        step = normal * float(required(headers[0], "SliceThickness", files[0], "a single slice has no neighbour"))
    else:
        gaps = np.diff((places @ normal)[order])
        if (gaps < _EVEN * gaps.max()).any() or gaps.max() <= 0:
            raise DataError(
                "several slices lie at one place",
                file=path,
                field="ImagePositionPatient",
                remedy="give each time or gate of the series a folder of its own",
            )
        if np.abs(gaps - gaps.mean()).max() > _EVEN * gaps.mean():
            raise DataError(
                "the slices are not evenly spaced: one is missing, or two series are mixed",
                file=path,
                field="ImagePositionPatient",
                value=f"gaps of {gaps.min():.3g} to {gaps.max():.3g} mm",
            )
        step = (places[order[-1]] - places[order[0]]) / (len(order) - 1)
    affine = np.eye(4)
    affine[:3] = np.column_stack([across * columns, down * rows, step, places[order[0]]])
    return affine, order


def _directions(dataset: Any, file: Path) -> tuple[NDArray[np.float64], ...]:
    cosines = np.array(required(dataset, "ImageOrientationPatient", file), dtype=float)
    across, down = cosines[:3], cosines[3:]
    return across, down, np.cross(across, down)


def _open_nm(path: Path, files: list[Path], headers: list[Any], notes: tuple[str, ...]) -> DicomSeries:
    if len(files) > 1:
        raise DataError(
            "a reconstructed SPECT image is one file with many frames",
            file=path,
            value=f"{len(files)} files",
            remedy="give one reconstruction only",
        )
    file, header = files[0], headers[0]
    kind = [str(word) for word in required(header, "ImageType", file)]
    if "RECON TOMO" not in kind:
        raise DataError(
            "this is no reconstructed tomogram",
            file=file,
            field="ImageType",
            value="\\".join(kind),
            allowed="RECON TOMO as third value",
            remedy="reconstruct the projections first",
        )
    frames = int(required(header, "NumberOfFrames", file))
    slices = getattr(header, "SliceVector", None)
    if slices is not None and [int(n) for n in np.atleast_1d(slices)] != list(range(1, frames + 1)):
        raise DataError(
            "the frames are not one stack of slices (several energies, gates or times)", file=file, field="SliceVector"
        )
    # The position of the first frame stands with the detector, in files that keep to the standard.
    detectors = getattr(header, "DetectorInformationSequence", None)
    place = detectors[0] if detectors and hasattr(detectors[0], "ImagePositionPatient") else header
    across, down, normal = _directions(place, file)
    rows, columns = (float(size) for size in required(header, "PixelSpacing", file))
    # Its sign says on which side of the first frame the others lie.
    spacing = float(required(header, "SpacingBetweenSlices", file, "frames are stacked along the normal by it"))
    if spacing == 0.0:
        raise DataError("the slices have no distance", file=file, field="SpacingBetweenSlices", value="0 mm")
    affine = np.eye(4)
    origin = np.array(required(place, "ImagePositionPatient", file), dtype=float)
    affine[:3] = np.column_stack([across * columns, down * rows, normal * spacing, origin])
    grid = Grid.of((int(header.Columns), int(header.Rows), frames), _TO_RAS @ affine, path)
    started = moment(header, "Acquisition", file)
    return DicomSeries(
        path,
        "NM",
        grid,
        "CNTS",
        "",
        (started, started),
        None,
        _rotation_duration(header),
        *_injection(header, file),
        header=header,
        files=(file,),
        notes=notes,
    )


def _rotation_duration(header: Any) -> float | None:
    """Time (s) that each part of the subject was looked at: frames of a rotation times their duration."""
    rotations = getattr(header, "RotationInformationSequence", None)
    if not rotations:
        return None
    frames = getattr(rotations[0], "NumberOfFramesInRotation", None)
    duration = getattr(rotations[0], "ActualFrameDuration", None)
    return None if frames is None or duration is None else 1e-3 * float(duration) * int(frames)


def _injection(header: Any, file: Path) -> tuple[datetime | None, float | None, float | None, float | None]:
    """Moment of injection, half-life, administered activity and weight, each None where the file lacks it."""
    sequence = getattr(header, "RadiopharmaceuticalInformationSequence", None)
    weight = getattr(header, "PatientWeight", None)
    item = sequence[0] if sequence else None
    text = str(getattr(item, "RadiopharmaceuticalStartDateTime", "") or "")
    injected = read_moment(text, header, file, "RadiopharmaceuticalStartDateTime") if text else None
    numbers = [getattr(item, name, None) for name in ("RadionuclideHalfLife", "RadionuclideTotalDose")]
    return injected, *(None if number is None else float(number) for number in (*numbers, weight))


def _is_dicom(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(132)[128:] == b"DICM" and file.name.upper() != "DICOMDIR"
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror or error}", file=file) from error
