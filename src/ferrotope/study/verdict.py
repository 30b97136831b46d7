"""The verdict: published limits as lights, each with the species and the radiation that it was set for."""

from __future__ import annotations

from ferrotope import radiobiology
from ferrotope.result import Notice, Outcome, Record
from ferrotope.study.schema import Document
from ferrotope.study.stages import Amounts

__all__ = ["LIGHTS", "light", "lights"]

LIGHTS = ("green", "amber", "red", "grey")
_AMBER = 0.5  # of a limit: what lies between half the limit and the limit is amber


def light(value: float, limit: float) -> str:
    """Return green below half the limit, amber up to it, red above."""
    if value > limit:
        return "red"
    return "amber" if value > _AMBER * limit else "green"


def lights(study: Document, injected: Amounts, dose, heating, effect) -> Outcome:
    """Return one record a limit: a colour, with the number, the limit and its source in the validity.

    Parameters
    ----------
    study : Document
        For species and heatings.
    injected : Amounts
        Injected iron.
    dose, heating, effect
        Outcomes of dosimetry, hyperthermia and radiobiology.

    Returns
    -------
    Outcome
        Records ``verdict.NAME`` whose value is a colour; grey where no limit was set for this species.
    """
    species = study.subject.species if study.subject else ""
    records = []
    for limit in radiobiology.limits():
        number = _number(limit, injected, study, dose, effect)
        if number is None:
            continue
        if not _same_species(limit.species, species):
            colour, said = (
                "grey",
                f"no limit for this species: {limit.value:g} {limit.unit} was set for {limit.species}",
            )
        else:
            colour, said = (
                light(number, limit.value),
                f"limit {limit.value:g} {limit.unit}, set for {limit.species}, {limit.radiation}",
            )
        records.append(
            Record(
                path=f"verdict.{limit.name}",
                value=colour,
                unit="",
                title=f"{limit.title}: {number:.3g} {limit.unit}",
                method=said,
                kind="predicted",
                sources=(limit.source,) if limit.source else (),
            )
        )
    records += _field_lights(heating)
    return Outcome(
        records=tuple(records),
        notices=() if records else (Notice(level="absent", text="No limit applies to what was computed."),),
    )


def _same_species(wanted: str, species: str) -> bool:
    return wanted == "any" or species.split("_")[0] == wanted.split("_")[0]


def _number(limit, injected: Amounts, study: Document, dose, effect) -> float | None:
    """Return the study's number that a limit speaks of, in the limit's unit; None where it was not computed."""
    if limit.quantity == "iron_dose":
        if injected.iron is None:
            return None
        return (
            injected.iron * 1e6
            if limit.unit == "mg"
            else injected.iron * 1e6 / study.subject.mass.si
            if limit.unit == "mg/kg"
            else None
        )
    if limit.quantity == "absorbed_dose":
        parts = dose.absorbed_dose.get(limit.organ)
        return sum(parts.values()) if parts else None
    if limit.quantity == "bed":
        return effect.bed.get(limit.organ)
    return None


def _field_lights(heating) -> list[Record]:
    return [
        Record(
            path=f"verdict.{record.path.removeprefix('hyperthermia.')}",
            value=light(float(record.value), 1.0),
            unit="",
            title=f"{record.title}: {record.value:.3g} of the limit",
            method=record.method,
            sources=record.sources,
        )
        for record in heating.records
        if record.path.startswith("hyperthermia.field_limit") and isinstance(record.value, float)
    ]
