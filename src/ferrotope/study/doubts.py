"""What rests on a doubtful number says so too: records of later stages learn of the doubts of earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ferrotope.protocol import Image, marks
from ferrotope.result import Record

__all__ = ["caveat", "doubt", "doubt_image_times", "doubt_organs"]

Records = tuple[Record, ...]


def doubt(records: Records, said: str, starts: Sequence[str]) -> Records:
    """Return the records with one more reason why some may not hold.

    Parameters
    ----------
    records : tuple of Record
        Of one stage.
    said : str
        The reason; nothing changes where it is empty.
    starts : sequence of str
        Beginnings of the paths that it concerns.

    Returns
    -------
    tuple of Record
        The same numbers.
    """
    return _changed(records, {"validity": said}, lambda record: record.path.startswith(tuple(starts)))


def caveat(records: Records, said: str, starts: Sequence[str]) -> Records:
    """Return the records with one more caveat; see `doubt`, but no interval is withheld for it."""
    return _changed(records, {"caveat": said}, lambda record: record.path.startswith(tuple(starts)))


def doubt_organs(records: Records, doubts: Mapping[str, str], starts: Sequence[str]) -> Records:
    """Return the records of a stage, those of organs whose time integral is mostly an extrapolation saying so.

    Parameters
    ----------
    records : tuple of Record
        Paths end in the organ.
    doubts : mapping of str to str
        By organ.
    starts : sequence of str
        Beginnings of the paths that rest on the time integral.

    Returns
    -------
    tuple of Record
        The same numbers.
    """
    for organ, said in doubts.items():
        text = f"rests on a time integral that is mostly an extrapolation: {said}"
        records = _changed(
            records,
            {"validity": text},
            lambda record, end=f".{organ}": record.path.startswith(tuple(starts)) and record.path.endswith(end),
        )
    return records


def doubt_image_times(
    records: Records, images: Sequence[Image], measured: Mapping[str, tuple[float, float]]
) -> Records:
    """Return the records of images, those at a time at which nobody measured the organ saying so.

    Parameters
    ----------
    records : tuple of Record
        Of the imaging stage.
    images : sequence of Image
        Of the protocol.
    measured : mapping of str to tuple of float
        First and last time (s) at which each organ was measured.

    Returns
    -------
    tuple of Record
        The same numbers. Half the first time and a tenth beyond the last are near enough.
    """
    for magnetic in (True, False):
        places = [index for index, image in enumerate(images) if (image.modality == "MRI") == magnetic]
        for index, mark in zip(places, marks(places), strict=True):
            time = images[index].time.si
            for organ, (first, last) in measured.items():
                if 0.5 * first <= time <= 1.1 * last:
                    continue
                span = f"{first / 3600:.3g}" if first == last else f"{first / 3600:.3g} to {last / 3600:.3g}"
                said = f"{organ.replace('_', ' ')} was measured at {span} h only, this is an extrapolation"
                records = _changed(
                    records,
                    {"validity": said},
                    lambda record, end=f"{mark}.{organ}", mri=magnetic: (
                        record.path.endswith(end) and record.path.startswith(_OF_MRI) == mri
                    ),
                )
    return records


_OF_MRI = tuple(f"imaging.{name}" for name in ("iron_concentration", "signal_change", "contrast_to_noise"))


def _changed(records: Records, more: Mapping[str, str], concerned) -> Records:
    if not any(more.values()):
        return records
    return tuple(
        replace(
            record,
            **{name: "; ".join(part for part in (getattr(record, name), text) if part) for name, text in more.items()},
        )
        if record.value is not None and concerned(record)
        else record
        for record in records
    )
