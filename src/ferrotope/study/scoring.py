"""Measured outputs: where they take the place of a prediction, and how they score it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ferrotope import magnetism, relaxometry
from ferrotope.protocol import Heating, Image
from ferrotope.result import Outcome, Record, Score
from ferrotope.study.schema import CONDITION_UNITS, Document, Measured
from ferrotope.units.convert import conversion
from ferrotope.units.fields import to_value
from ferrotope.units.value import Value

__all__ = [
    "TEMPERATURE_TOLERANCES",
    "TOLERANCE",
    "Bench",
    "bench_of",
    "in_unit",
    "observed",
    "predicted_at",
    "score",
    "scores_a_number",
    "without_event",
]

TOLERANCE = 0.05  # relative, of H, f and B0, within which two conditions count as the same
# In K, by room: relaxivity follows the diffusion of water, 2 % a kelvin; heating power hardly changes between bench
# and body temperature.
TEMPERATURE_TOLERANCES = {"relaxometry": 2.0, "magnetism": 15.0}
BODY_TEMPERATURE = 310.15  # K, where there is no subject
NOT_COMPARED = "conditions of the measurement not compared"

_FREE = ("water", "saline", "buffer", "pbs", "plasma", "serum", "blood", "suspension", "solution", "liquid")
_BOUND = ("agar", "gel", "frozen", "solid", "powder", "resin", "tissue", "immobil")
_INSIDE = ("cell", "tissue", "vivo")


@dataclass(frozen=True)
class _Conditions:
    """Conditions that matter for a number: fields in SI, temperature in K, and how the particles sit."""

    fields: Mapping[str, float]
    temperature: float
    room: str
    medium: str = ""  # "free" or "bound" for heating power, "dispersed" for relaxivity, else no matter


def score(study: Document, records: Mapping[str, Record]) -> tuple[Score, ...]:
    """Hold every measured output that names a record against a prediction.

    Parameters
    ----------
    study : Document
        With its list of measured outputs.
    records : mapping of str to Record
        The predictions of the study.

    Returns
    -------
    tuple of Score
        One for each measurement with a number. Magnetic numbers and relaxivities are predicted anew for the conditions
        of the measurement; others are those of the study, with what differs.
    """
    scores = []
    for measured in study.measured:
        if not scores_a_number(measured):
            continue
        found, said = _at_its_conditions(study, measured)
        if found is None:
            found = next((r for path, r in records.items() if without_event(path) == measured.predicts), None)
            said = NOT_COMPARED
        number = in_unit(measured, found.unit) if found is not None else None
        if found is None or number is None or number == 0 or not isinstance(found.value, float | int):
            continue
        scores.append(
            Score(
                path=measured.predicts,
                quantity=measured.quantity,
                measured=number,
                predicted=float(found.value),
                unit=found.unit,
                ratio=float(found.value) / number,
                source=measured.source,
                conditions_match=not said,
                difference=said,
            )
        )
    return tuple(scores)


def observed(study: Document, path: str) -> tuple[Value, Measured] | None:
    """Return a measured value that may take the place of a prediction: one whose conditions are the study's.

    Parameters
    ----------
    study : Document
        With its list of measured outputs.
    path : str
        Path of the predicted record with the index of its event, for example ``relaxometry.r2[1]``.

    Returns
    -------
    tuple of Value and Measured, or None
        The first that fits, in the unit of the schema; None where nothing was measured, where a condition that matters
        differs or was not stated, or where only a bound was given.
    """
    for measured in study.measured:
        if measured.predicts != without_event(path) or measured.number is None or measured.comparator in ("<", ">"):
            continue
        used = _conditions_of(study, path)
        if used is not None and not _difference(measured, used):
            return measured.number, measured
    return None


def _difference(measured: Measured, used: _Conditions) -> str:
    """Return which condition differs from the study's, or "" where none does; an unstated one counts as different."""
    parts = []
    for name, here in used.fields.items():
        text = getattr(measured.conditions, name)
        if not text:
            parts.append(f"{name} not stated")
        elif abs(to_value(text, CONDITION_UNITS[name]).number - here) > TOLERANCE * abs(here):
            parts.append(f"{name} {text}, here {here:.4g} {CONDITION_UNITS[name]}")
    text = measured.conditions.temperature
    if not text:
        parts.append("temperature not stated")
    elif abs(to_value(text, "K").number - used.temperature) > TEMPERATURE_TOLERANCES[used.room]:
        parts.append(f"temperature {text}, here {used.temperature - 273.15:.3g} degC")
    parts += _medium_difference(measured.conditions.medium.lower(), used.medium)
    return "; ".join(parts)


def _medium_difference(medium: str, wanted: str) -> list[str]:
    if wanted == "dispersed":
        # the prediction is for particles dispersed in water; gels hold them without changing what water does
        return [f"in {medium}, predicted for dispersed particles"] if any(word in medium for word in _INSIDE) else []
    if wanted in ("free", "bound"):
        kinds = {
            kind
            for kind, words in (("free", _FREE), ("bound", _BOUND))
            if any(word in medium for word in words)
        }  # fmt: skip
        if not medium:
            return ["medium not stated"]
        return [] if kinds == {wanted} else [f"in {medium}, here the particles are {wanted}"]
    return [f"in {medium or 'a medium not stated'}, here part of the particles is bound"] if wanted == "mixed" else []


def _conditions_of(study: Document, path: str) -> _Conditions | None:
    """Return the study's conditions that matter for a record, or None where no event has them."""
    match = re.search(r"\[(\d+)\]", path)
    event = int(match.group(1)) if match else 0
    subject = study.subject
    temperature = subject.temperature.number if subject is not None and subject.temperature else BODY_TEMPERATURE
    if path.startswith("relaxometry.") and event < len(study.protocol.image):
        field = study.protocol.image[event].B0
        return _Conditions({"B0": field.number}, temperature, "relaxometry", "dispersed") if field else None
    if path.startswith(("magnetism.slp", "magnetism.ilp")) and event < len(study.protocol.heating):
        heating = study.protocol.heating[event]
        bound = heating.immobilised_fraction.number
        medium = "bound" if bound == 1 else "free" if bound == 0 else "mixed"
        return _Conditions({"H": heating.H.number, "f": heating.f.number}, temperature, "magnetism", medium)
    return None


@dataclass(frozen=True)
class Bench:
    """Conditions of one measurement, ready to be predicted for.

    Attributes
    ----------
    room : str
        "magnetism" or "relaxometry".
    temperature : float or None
        In K; None where it was not stated and is taken from the study.
    event : Heating, Image or None
        The field that the particles were in; None for a number that needs none.
    said : str
        What was not stated and had to be taken.
    """

    room: str
    temperature: float | None
    event: Heating | Image | None
    said: str = ""


def bench_of(study: Document, measured: Measured) -> Bench | None:
    """Return the conditions under which a magnetic number or a relaxivity was measured.

    Parameters
    ----------
    study : Document
        Whose particle says whether it can turn in a liquid, and whose subject how warm it is where nobody stated it.
    measured : Measured
        The observed output.

    Returns
    -------
    Bench or None
        None for numbers of other rooms, and where the field was not stated.
    """
    conditions = measured.conditions
    room = measured.predicts.split(".")[0]
    if room not in TEMPERATURE_TOLERANCES:
        return None
    said, temperature = [], None
    if conditions.temperature:
        temperature = to_value(conditions.temperature, "K").number
    else:
        said.append(f"temperature not stated, {_temperature_of(study) - 273.15:.3g} degC taken")
    event: Heating | Image | None = None
    if room == "relaxometry":
        if not conditions.B0:
            return None
        event = Image(modality="MRI", sequence="SE", time="0 s", B0=conditions.B0, TE="1 ms", TR="1 s")
    elif measured.predicts.startswith(("magnetism.slp", "magnetism.ilp")):
        if not (conditions.H and conditions.f):
            return None
        liquid = any(word in conditions.medium.lower() for word in _FREE)
        free = liquid and study.particle.coating.hydrodynamic_diameter is not None
        if not conditions.medium:
            said.append("medium not stated, bound particles taken")
        event = Heating(
            start="0 s", duration="1 s", H=conditions.H, f=conditions.f, immobilised_fraction=0.0 if free else 1.0
        )
    return Bench(room, temperature, event, "; ".join(said))


def predicted_at(study: Document, room: str, temperature: float | None, events: Sequence[Heating | Image]) -> Outcome:
    """Return what a room predicts for conditions of measurements.

    Parameters
    ----------
    study : Document
        Its particle; its subject where the temperature is not given. What it says of the measured outputs is not read.
    room : str
        "magnetism" or "relaxometry".
    temperature : float or None
        In K.
    events : sequence of Heating or of Image
        The fields; the records carry their marks (`ferrotope.protocol.marks`).

    Returns
    -------
    Outcome
        Of the front function of the room.
    """
    temperature = _temperature_of(study) if temperature is None else temperature
    whole = study.particle.coating.hydrodynamic_diameter
    surroundings = temperature, whole.si if whole is not None else None
    if room == "relaxometry":
        return relaxometry.relaxivities(study.particle.core, events, *surroundings, drawn=False)
    return magnetism.respond(study.particle.core, events, *surroundings, drawn=False)


def _temperature_of(study: Document) -> float:
    subject = study.subject
    return subject.temperature.si if subject is not None and subject.temperature is not None else BODY_TEMPERATURE


def _at_its_conditions(study: Document, measured: Measured) -> tuple[Record | None, str]:
    """Predict a magnetic number or a relaxivity for the conditions under which it was measured.

    Returns the record, and what was not stated and had to be taken from the study.
    """
    bench = bench_of(study, measured)
    if bench is None:
        return None, ""
    outcome = predicted_at(study, bench.room, bench.temperature, [] if bench.event is None else [bench.event])
    return next((record for record in outcome.records if record.path == measured.predicts), None), bench.said


def scores_a_number(measured: Measured) -> bool:
    """Return whether a measured output can score a prediction: it names one, and is no mere bound."""
    return bool(measured.predicts) and measured.comparator not in ("<", ">")


def without_event(path: str) -> str:
    """Return the path of a record without the index of its event."""
    return re.sub(r"\[\d+\]", "", path)


def in_unit(measured: Measured, unit: str) -> float | None:
    """Return the measured number in a unit, or None where it is words or of another dimension."""
    if measured.number is None:
        return None
    found = conversion(measured.number.unit, unit)
    return measured.number.number * found[0] + found[1] if found else None
