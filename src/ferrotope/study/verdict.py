"""The verdict: published limits as lights, each with the species and the radiation that it was set for."""

from __future__ import annotations

from ferrotope import radiobiology
from ferrotope.dosimetry import Doses
from ferrotope.hyperthermia import Heat
from ferrotope.radiobiology import Effect, Limit
from ferrotope.result import Notice, Outcome, Record
from ferrotope.study.schema import Document
from ferrotope.study.stages import Amounts

__all__ = ["LIGHTS", "light", "lights"]

LIGHTS = ("green", "amber", "red", "grey")
_AMBER = 0.5  # of a limit: what lies between half the limit and the limit is amber
_ALPHA_SHARE = 0.05  # of an absorbed dose, above which a limit of low LET does not speak of it
_SHOWN = {"kg": ("mg", 1e6), "kg/kg": ("mg/kg", 1e6), "Gy": ("Gy", 1.0)}


def light(value: float, limit: float) -> str:
    """Return green below half the limit, amber up to it, red above."""
    if value > limit:
        return "red"
    return "amber" if value > _AMBER * limit else "green"


def lights(study: Document, injected: Amounts, dose: Doses, heating: Heat, effect: Effect) -> Outcome:
    """Return one record a limit: a colour, with the number in the title and the limit in the method.

    Parameters
    ----------
    study : Document
        For species and heatings.
    injected : Amounts
        Injected iron.
    dose, heating, effect : Outcome
        Of dosimetry, hyperthermia and radiobiology.

    Returns
    -------
    Outcome
        Records ``verdict.NAME`` whose value is a colour; grey where no limit was set for this species or radiation.
    """
    species = study.subject.species if study.subject else ""
    doubts = {record.path: record.validity for record in (*dose.records, *effect.records)}
    records = []
    for limit in radiobiology.limits():
        number = _number(limit, injected, study, dose, effect)
        if number is not None:
            doubt = doubts.get(f"dosimetry.absorbed_dose.{limit.organ}", "")
            records.append(_record(limit, number, species, _mostly_alpha(limit, dose), doubt))
    records += _field_lights(heating, species)
    notices = () if records else (Notice(level="absent", text="No limit speaks of what was computed."),)
    return Outcome(records=tuple(records), notices=notices)


def _record(limit: Limit, number: float, species: str, mostly_alpha: bool, doubt: str) -> Record:
    value = limit.limit
    unit, factor = _SHOWN[value.unit]
    said = ", ".join(part for part in (f"limit {value.text}, set for {limit.species}s", limit.radiation) if part)
    if not _same_species(limit.species, species):
        colour, said = "grey", f"no limit for this species; {said}"
    elif mostly_alpha:
        colour, said = "grey", f"no limit for alpha radiation; {said}"
    else:
        colour = light(number, value.number)
    return Record(
        path=f"verdict.{limit.name}",
        value=colour,
        unit="",
        title=f"{limit.title}: {number * factor:.3g} {unit}",
        method="; ".join(part for part in (said, value.where, value.note) if part),
        validity=doubt,
        sources=(value.source,) if value.source else (),
    )


def _same_species(wanted: str, species: str) -> bool:
    return species.split("_")[0] == wanted


def _mostly_alpha(limit: Limit, dose: Doses) -> bool:
    parts = dose.absorbed_dose.get(limit.organ, {})
    return dose.alpha_dose.get(limit.organ, 0.0) > _ALPHA_SHARE * sum(parts.values())


def _number(limit: Limit, injected: Amounts, study: Document, dose: Doses, effect: Effect) -> float | None:
    """Return the study's number that a limit speaks of, in SI; None where it was not computed."""
    if limit.quantity == "iron_dose":
        if injected.iron is None or study.subject is None:
            return None
        return injected.iron if limit.limit.unit == "kg" else injected.iron / study.subject.mass.si
    if limit.quantity == "absorbed_dose":
        parts = dose.absorbed_dose.get(limit.organ)
        return sum(parts.values()) if parts else None
    return effect.bed.get(limit.organ)


def _field_lights(heating: Heat, species: str) -> list[Record]:
    """Lights of the field, whose limits were set for people; the number is its ratio to the limit."""
    human = _same_species("human", species)
    return [
        Record(
            path=f"verdict.{record.path.removeprefix('hyperthermia.')}",
            value=light(float(record.value), 1.0) if human else "grey",
            unit="",
            title=f"{record.title}: {record.value:.3g}",
            method=record.method if human else f"no limit for this species; {record.method}",
            sources=record.sources,
        )
        for record in heating.records
        if record.path.startswith("hyperthermia.field_limit") and isinstance(record.value, float)
    ]
