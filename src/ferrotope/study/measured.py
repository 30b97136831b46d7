"""Measured values in place of predictions, where their conditions are those of the study."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ferrotope.errors import InputError
from ferrotope.magnetism import Magnetism
from ferrotope.protocol import marks
from ferrotope.relaxometry import Relaxivities
from ferrotope.result import Notice
from ferrotope.study.schema import Document, Measured
from ferrotope.study.scoring import observed
from ferrotope.units.convert import conversion
from ferrotope.units.value import Value

__all__ = ["Used", "powers", "relaxivities"]


@dataclass
class Used:
    """What later stages are handed, measured or predicted.

    Attributes
    ----------
    values : list
        One an event, in the order of the protocol; None where nothing is known.
    predicted : list of str
        Marks of the events in which a prediction was used.
    notices : list of Notice
        One for each measured value that took the place of a prediction.
    """

    values: list[Any] = field(default_factory=list)
    predicted: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def powers(study: Document, magnet: Magnetism) -> Used:
    """Return the specific loss power of each heating in W per kg of iron."""
    used = Used()
    for index, (predicted, mark) in enumerate(zip(magnet.slp_iron, marks(range(len(magnet.slp_iron))), strict=True)):
        found = observed(study, f"magnetism.slp[{index}]")
        if found is None:
            used.values.append(predicted)
            used.predicted.append(mark)
        else:
            used.values.append(_si(found[0], "W/kg"))
            used.notices.append(_instead("specific loss power", found[1], "heat in tissue"))
    return used


def relaxivities(study: Document, relax: Relaxivities) -> Used:
    """Return r1, r2 and r2* in 1/(mM s) of each image; None for PET and SPECT."""
    used = Used(values=[None] * len(relax.r1))
    known = [index for index, value in enumerate(relax.r1) if value is not None]
    for index, mark in zip(known, marks(known), strict=True):
        triple = []
        for name, values in (("r1", relax.r1), ("r2", relax.r2), ("r2star", relax.r2star)):
            found = observed(study, f"relaxometry.{name}[{index}]")
            if found is None:
                triple.append(values[index])
                used.predicted += [mark] if mark not in used.predicted else []
            else:
                triple.append(_si(found[0], "1/(mM s)"))
                used.notices.append(_instead(name, found[1], "images"))
        used.values[index] = tuple(triple)
    return used


def _si(value: Value, unit: str) -> float:
    """Return a measured value in a unit; reading it counts as an input of the stage."""
    found = conversion(value.unit, unit)
    if found is None:
        raise InputError(
            "the measured value has the wrong dimension",
            field="measured.unit",
            value=value.text,
            remedy=f"give it in a unit of {unit}",
        )
    return value.si * found[0] + found[1]


def _instead(name: str, measured: Measured, where: str) -> Notice:
    medium = f", in {measured.conditions.medium}" if measured.conditions.medium else ""
    text = (
        f"The measured {name} of {measured.value} {measured.unit} ({measured.source}{medium}) is used for {where}: "
        "its conditions are the study's."
    )
    return Notice(level="assumption", text=text)
