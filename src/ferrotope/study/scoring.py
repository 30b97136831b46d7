"""Predictions against measurements that did not enter them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ferrotope.errors import InputError
from ferrotope.result import Record, Score
from ferrotope.study.schema import Condition, Document, Measured
from ferrotope.units.fields import to_value

__all__ = ["TOLERANCES", "difference", "observed", "score"]

# Within these relative tolerances two conditions count as the same.
TOLERANCES = {"H": 0.05, "f": 0.05, "B0": 0.05, "time": 0.10}
_TEMPERATURE_TOLERANCE = 2.0  # K
_SI = {"H": "A/m", "f": "Hz", "B0": "T", "time": "s", "temperature": "K"}


def score(study: Document, records: Mapping[str, Record]) -> tuple[Score, ...]:
    """Hold every measured output that names a record against that record.

    Parameters
    ----------
    study : Document
        With its list of measured outputs.
    records : mapping of str to Record
        The predictions.

    Returns
    -------
    tuple of Score
        One for each measurement with a number whose record is a predicted number. Where the protocol has several
        events, the one whose conditions differ least.
    """
    scores = []
    for measured in study.measured:
        found = [
            candidate
            for path, record in records.items()
            if measured.predicts and _without_event(path) == measured.predicts
            if (candidate := _scored(study, measured, path, record)) is not None
        ]
        if found:
            scores.append(min(found, key=lambda score: score.difference.count(";") + bool(score.difference)))
    return tuple(scores)


def _scored(study: Document, measured: Measured, path: str, record: Record) -> Score | None:
    """Return one prediction held against one measurement, or None where either has no number."""
    if isinstance(record.value, bool) or not isinstance(record.value, float | int):
        return None
    number = _number(measured, record.unit)
    if number is None or number == 0:
        return None
    said = difference(measured.conditions, _used(study, path))
    return Score(
        path=path,
        quantity=measured.quantity,
        measured=number,
        predicted=float(record.value),
        unit=record.unit,
        ratio=float(record.value) / number,
        source=measured.source,
        conditions_match=not said,
        difference=said,
    )


def observed(study: Document, path: str, unit: str) -> tuple[float, Measured] | None:
    """Return a measured value that may take the place of a prediction: one whose conditions are the study's.

    Parameters
    ----------
    study : Document
        With its list of measured outputs.
    path : str
        Path of the predicted record, for example ``relaxometry.r2[1]``.
    unit : str
        Unit in which the value is wanted.

    Returns
    -------
    tuple of float and Measured, or None
        None where nothing was measured, where any condition that matters differs or was not stated, or where only a
        bound was given.
    """
    for measured in study.measured:
        if measured.predicts != _without_event(path) or measured.comparator in ("<", ">"):
            continue
        number = _number(measured, unit)
        if number is not None and not difference(measured.conditions, _used(study, path)):
            return number, measured
    return None


def difference(measured: Condition, used: Mapping[str, float]) -> str:
    """Return which condition of a measurement differs from the study's, or "" where none does.

    Parameters
    ----------
    measured : Condition
        Text quantities; an empty one was not stated.
    used : mapping of str to float
        The study's conditions in SI: H, f, B0, temperature, time.

    Returns
    -------
    str
        For example "B0 1.5 T, here 4.7 T"; a condition that was not stated counts as different.
    """
    parts = []
    for name, here in used.items():
        text = getattr(measured, name)
        if not text:
            parts.append(f"{name} not stated")
            continue
        there = to_value(text, _SI[name]).number
        same = abs(there - here) <= (_TEMPERATURE_TOLERANCE if name == "temperature" else TOLERANCES[name] * abs(here))
        if not same:
            parts.append(f"{name} {text}, here {here:.4g} {_SI[name]}")
    return "; ".join(parts)


def _used(study: Document, path: str) -> dict[str, float]:
    """Return the study's conditions that matter for a record."""
    match = re.search(r"\[(\d+)\]", path)
    event = int(match.group(1)) if match else 0
    protocol = study.protocol
    if path.startswith("relaxometry."):
        # without a mark the number is that of the only MRI image, wherever it stands
        images = protocol.image if match else [image for image in protocol.image if image.modality == "MRI"]
        field = {"B0": images[event].B0.number} if event < len(images) else {}
        temperature = study.subject.temperature.number if study.subject and study.subject.temperature else 310.15
        return {**field, "temperature": temperature}
    if path.startswith(("magnetism.slp", "magnetism.ilp")) and event < len(protocol.heating):
        heating = protocol.heating[event]
        return {"H": heating.H.number, "f": heating.f.number}
    return {}


def _without_event(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)


def _number(measured: Measured, unit: str) -> float | None:
    """Return the measured number in the given unit, or None where it is words or of another dimension."""
    if isinstance(measured.value, str) and not re.match(r"^\s*[+-]?\.?\d", measured.value):
        return None
    from ferrotope.units.convert import conversion

    text = f"{measured.value} {measured.unit}" if measured.unit else str(measured.value)
    try:
        found = conversion(measured.unit or "1", unit)
        value = to_value(text, unit).number if found else None
    except InputError:
        return None
    return value
