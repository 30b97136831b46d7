"""Tags and moments of a DICOM file: named where they are missing, and never guessed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ferrotope.errors import DataError, InputError

__all__ = ["injection_moment", "moment", "pydicom_module", "read_moment", "required", "seconds_between"]

_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(?:\.(\d{1,6}))?)?([+-]\d{4})?")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(:\d\d)?)([+-]\d\d:?\d\d)?")


def pydicom_module() -> Any:
    """Return pydicom, or say how to install it.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        import pydicom
    except ImportError as error:
        raise InputError(
            "DICOM files need the package pydicom, which is not installed",
            field="DICOM",
            remedy='install it (pip install "ferrotope[dicom]" or pip install pydicom), or give NIfTI files',
        ) from error
    return pydicom


def required(dataset: Any, name: str, file: Path, why: str = "") -> Any:
    """Return the value of a tag, or name the tag that is missing.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A file, or an item of a sequence.
    name : str
        Keyword of the tag, for example "RescaleSlope".
    file : Path
        For the message.
    why : str
        What the tag is needed for.

    Returns
    -------
    object
        Its value.

    Raises
    ------
    DataError
        If the tag is missing or empty.
    """
    value = getattr(dataset, name, None)
    if value is None or (hasattr(value, "__len__") and len(value) == 0):
        tag = pydicom_module().datadict.tag_for_keyword(name)
        raise DataError(
            f"the tag {name} ({tag >> 16:04X},{tag & 0xFFFF:04X}) is missing or empty" + (f": {why}" if why else ""),
            file=file,
            field=name,
            remedy="export the series again with this tag",
        )
    return value


def moment(dataset: Any, event: str, file: Path) -> datetime:
    """Return when something happened, from the tags of its date and of its time.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A file.
    event : str
        "Acquisition" or "Series".
    file : Path
        For the message.

    Returns
    -------
    datetime
        With a time zone where the file gives its own (0008,0201).

    Raises
    ------
    DataError
        If date or time is missing; a time without a date could be that of any day.
    """
    date = str(required(dataset, f"{event}Date", file, "a time without a date could be that of any day"))
    time = str(required(dataset, f"{event}Time", file, "the decay since the injection depends on it"))
    return read_moment(date + time, dataset, file, f"{event}Date, {event}Time")


def read_moment(text: str, dataset: Any, file: Path, field: str) -> datetime:
    """Read a date and time of DICOM (YYYYMMDDHHMMSS.FFFFFF&ZZXX).

    Parameters
    ----------
    text : str
        To the minute at least.
    dataset : pydicom.Dataset
        Whose time zone (0008,0201) holds where the text has none.
    file : Path
        For the message.
    field : str
        Which tag.

    Returns
    -------
    datetime

    Raises
    ------
    DataError
        If it is no date and time.
    """
    found = _MOMENT.fullmatch(text.strip())
    zone = (found and found[8]) or str(getattr(dataset, "TimezoneOffsetFromUTC", "") or "").strip()
    try:
        year, month, day, hour, minute = (int(found[i]) for i in range(1, 6))
        second, part = int(found[6] or 0), int((found[7] or "0").ljust(6, "0"))
        return datetime(year, month, day, hour, minute, second, part, tzinfo=_zone(zone))
    except (TypeError, ValueError) as error:
        raise DataError(
            "this is no date and time", file=file, field=field, value=text, allowed="YYYYMMDDHHMMSS, with +0100 or so"
        ) from error


def injection_moment(text: str) -> datetime:
    """Read the moment of injection as a person writes it.

    Parameters
    ----------
    text : str
        "2026-03-01 09:30" or "2026-03-01T09:30:00+01:00".

    Returns
    -------
    datetime

    Raises
    ------
    InputError
        If there is no date, or it is no time.
    """
    try:
        if _ISO.fullmatch(text.strip()):
            return datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    raise InputError(
        "the moment of injection needs date and time",
        field="injected",
        value=text,
        remedy='write "2026-03-01 09:30", with the time zone (+01:00) where the images give theirs',
    )


def seconds_between(start: datetime, stop: datetime, file: Path, what: str) -> float:
    """Return the seconds from one moment to another.

    Parameters
    ----------
    start, stop : datetime
        Both with or both without a time zone.
    file : Path
        For the message.
    what : str
        Which two moments.

    Returns
    -------
    float

    Raises
    ------
    DataError
        If only one of them has a time zone.
    """
    if (start.tzinfo is None) != (stop.tzinfo is None):
        raise DataError(
            f"only one of two moments has a time zone ({what})",
            file=file,
            field="TimezoneOffsetFromUTC",
            value=f"{start.isoformat()} and {stop.isoformat()}",
            remedy="export the series with the tag (0008,0201), or give the injection in the images' own time",
        )
    return (stop - start).total_seconds()


def _zone(text: str) -> timezone | None:
    if not text:
        return None
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:5])))
