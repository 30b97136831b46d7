"""Validation: predictions scored against every measured output of the catalogue, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ferrotope import catalogue
from ferrotope.errors import InputError, nearest
from ferrotope.protocol import Heating, Image, marks
from ferrotope.result import Interval, Outcome, Record
from ferrotope.study import sampling
from ferrotope.study.schema import Condition, Document, Measured
from ferrotope.study.scoring import (
    NOT_COMPARED,
    Bench,
    bench_of,
    in_unit,
    predicted_at,
    scores_a_number,
    without_event,
)
from ferrotope.study.study import Progress, Study
from ferrotope.study.validation_table import Row, Summary, Validation
from ferrotope.units.convert import conversion
from ferrotope.units.noun import substitute
from ferrotope.units.value import recording

__all__ = ["DOMAINS", "Row", "Summary", "Validation", "check_domain", "validate"]

SAMPLES = 64
# Rooms of each domain; what a field makes of a particle is heat and relaxation of water.
DOMAINS: dict[str, tuple[str, ...]] = {
    "magnetism": ("magnetism", "relaxometry"),
    "relaxometry": ("relaxometry",),
    "all": (),
}
_Known = tuple[Record, Interval | None]


def check_domain(domain: str) -> None:
    """Refuse a domain that is not known.

    Parameters
    ----------
    domain : str
        What was asked for.

    Raises
    ------
    InputError
        Naming it, and what there is.
    """
    if domain not in DOMAINS:
        raise InputError(
            "this domain is not known",
            field="domain",
            value=domain,
            remedy=nearest(str(domain), DOMAINS),
        )


def validate(
    domain: str = "magnetism",
    *,
    catalogue_folder: str | Path | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
    progress: Progress | None = None,
) -> Validation:
    """Score predictions against every measured output of the catalogue that names a predicted number.

    No measured output enters the prediction that it scores. Magnetic numbers and relaxivities are predicted for the
    conditions of the measurement, others are those of the study of the entry. A variant that lists no measurements of
    its own inherits those of its entry; they score the entry alone.

    Parameters
    ----------
    domain : str
        "magnetism" (heating and relaxivity), "relaxometry" or "all".
    catalogue_folder : str or Path, optional
        A further folder of catalogue systems.
    samples : int
        Samples of the uncertain inputs for the intervals; 0 for none.
    seed : int
        Of the Sobol scrambling.
    progress : callable, optional
        Called as progress(what, done, total).

    Returns
    -------
    Validation
        One row a measurement.

    Raises
    ------
    InputError
        If the domain or the number of samples is wrong, or an entry cannot be read.
    """
    check_domain(domain)
    if not isinstance(samples, int) or samples < 0 or 0 < samples < 8 or samples > 1_000_000:
        raise InputError(
            "the number of samples is out of range", field="samples", value=samples, allowed="0, or 8 to 1000000"
        )
    tell = progress or _silent
    scored = list(_scored(domain, catalogue_folder, tell))
    total = (samples + 1) * sum(len(item.groups) for item in scored)
    done = 0
    rows: list[Row] = []
    for item in scored:
        name = f"{item.system} {item.variant}".strip()

        def tick(steps: int = 1, name: str = name) -> None:
            nonlocal done
            done += steps
            tell(name, done, total)

        rows += item.rows(samples, seed, tick)
    return Validation(tuple(rows))


def _silent(*_: object) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class _Scored:
    """One entry or variant with its measurements, those made at one temperature in one room together.

    One call predicts a whole group: what does not depend on the field is computed once.
    """

    system: str
    variant: str
    study: Study
    measured: tuple[tuple[Measured, Bench | None], ...]
    groups: dict[tuple[str, float | None], list[Heating | Image]]

    @classmethod
    def of(cls, system: str, variant: str, study: Study, measured: Iterable[Measured]) -> _Scored:
        pairs = tuple((item, bench_of(study.document, item)) for item in measured)
        groups: dict[tuple[str, float | None], list[Heating | Image]] = {}
        for _, bench in pairs:
            if bench is not None:
                events = groups.setdefault((bench.room, bench.temperature), [])
                if bench.event is not None and bench.event not in events:
                    events.append(bench.event)
        return cls(system, variant, study, pairs, groups)

    def rows(self, samples: int, seed: int, tick: Callable[[int], None]) -> Iterator[Row]:
        known: dict[tuple[str, float | None], dict[str, _Known]] = {}
        for group, events in self.groups.items():
            known[group] = _predictions(self.study, group, events, samples, seed, tick)
        whole: dict[str, _Known] | None = None
        for measured, bench in self.measured:
            found, said = None, ""
            if bench is not None:
                found, said = self._found(known[bench.room, bench.temperature], measured, bench), bench.said
            if found is None:
                if whole is None:
                    whole = _of_the_study(self.study, {item.predicts for item, _ in self.measured}, samples, seed)
                found, said = whole.get(measured.predicts), NOT_COMPARED
            row = None if found is None else self._row(measured, *found, said)
            if row is not None:
                yield row

    def _found(self, known: dict[str, _Known], measured: Measured, bench: Bench) -> _Known | None:
        if bench.event is None:
            return known.get(measured.predicts)
        events = self.groups[bench.room, bench.temperature]
        mark = marks(range(len(events)))[events.index(bench.event)]
        return known.get(measured.predicts + mark)

    def _row(self, measured: Measured, record: Record, interval: Interval | None, said: str) -> Row | None:
        number = in_unit(measured, record.unit)
        if number is None or number == 0:
            return None
        factor, _ = conversion(measured.number.unit, record.unit)
        remarks = [said] if said else []
        if self.study.illustration:
            remarks.append("core size assumed")
        if interval is not None and interval.low is None:
            why = "outside the model's validity" if interval.outside else "without a value"
            remarks.append(f"no interval: more than 5 % of the samples {why}")
        return Row(
            system=self.system,
            variant=self.variant,
            path=measured.predicts,
            quantity=measured.quantity,
            conditions=_conditions_text(measured.conditions),
            measured=number,
            measured_sd=measured.number.standard_deviation * factor if measured.number.uncertain else None,
            predicted=float(record.value),
            low=None if interval is None else interval.low,
            high=None if interval is None else interval.high,
            unit=record.unit,
            remark="; ".join(remarks),
            validity=record.validity,
            source=measured.source,
        )


def _scored(domain: str, folder: str | Path | None, tell: Progress) -> Iterator[_Scored]:
    names = catalogue.ids(folder)
    for index, name in enumerate(names):
        tell("reading the catalogue", index, len(names))
        for variant, wanted in _own_measurements(catalogue.entry(name, extra=folder)):
            # a glance at the plain tables spares the studies that nothing scores
            if not any(_belongs(str(path), domain) for path in wanted):
                continue
            study = Study.from_catalogue(name, variant=variant, assume=True, catalogue_folder=folder)
            measured = [
                item
                for item in study.document.measured
                if scores_a_number(item) and item.number is not None and _belongs(item.predicts, domain)
            ]
            if measured:
                yield _Scored.of(name, variant, study, measured)


def _own_measurements(entry: catalogue.Entry) -> Iterator[tuple[str, list[object]]]:
    """Yield the entry and those of its variants that do not inherit its measurements, with what these predict."""
    for tables in ({**entry.tables, "name": ""}, *entry.tables.get("variant", [])):
        rows = tables.get("measured")
        if isinstance(rows, list):
            paths = [row.get("predicts", "") for row in rows if isinstance(row, dict)]
            # what is no list of tables is left to the study, whose errors say what is wrong with it
            yield str(tables.get("name", "")), paths if len(paths) == len(rows) else ["magnetism."]


def _belongs(path: str, domain: str) -> bool:
    rooms = DOMAINS[domain]
    return bool(path) and (not rooms or path.split(".")[0] in rooms)


def _predictions(
    study: Study,
    group: tuple[str, float | None],
    events: Sequence[Heating | Image],
    samples: int,
    seed: int,
    tick: Callable[[int], None],
) -> dict[str, _Known]:
    """Return what is predicted for a group of events, with intervals over the inputs that this prediction reads."""

    def predicted(document: Document) -> Outcome:
        outcome = predicted_at(document, *group, events)
        tick(1)
        return outcome

    with recording() as read:
        central = _numbers(predicted(study.document))
    if not samples:
        return {path: (record, None) for path, record in central.items()}
    uncertain = {path: value for path, value in study.uncertain().items() if path in read}
    correlations = [item for item in study.correlations if item[0] in uncertain and item[1] in uncertain]
    design = sampling.design(uncertain, samples, seed, correlations)
    values = {path: np.full(samples, np.nan) for path in central}
    valid = {path: np.ones(samples, dtype=bool) for path in central}
    for index in range(samples):
        if design:
            changed = {path: uncertain[path].at(float(column[index])) for path, column in design.items()}
            records = _numbers(predicted(substitute(study.document, changed)))
        else:
            records = central  # nothing about it is uncertain
            tick(1)
        for path in central.keys() & records.keys():
            values[path][index] = records[path].value
            valid[path][index] = not records[path].validity
    return {path: (record, sampling.intervals(values[path], valid[path])) for path, record in central.items()}


def _numbers(outcome: Outcome) -> dict[str, Record]:
    return {record.path: record for record in outcome.records if isinstance(record.value, float | int)}


def _of_the_study(study: Study, wanted: set[str], samples: int, seed: int) -> dict[str, _Known]:
    """Return the numbers of the study itself, of the first event of its protocol; sampled only if any is wanted."""
    result = study.run(samples=0)
    if samples and any(without_event(path) in wanted for path in result.records):
        result = study.run(samples=samples, seed=seed)
    known: dict[str, _Known] = {}
    for path, record in result.records.items():
        if isinstance(record.value, float | int):
            known.setdefault(without_event(path), (record, result.intervals.get(path)))
    return known


def _conditions_text(conditions: Condition) -> str:
    parts = (conditions.H, conditions.f, conditions.B0, conditions.temperature, conditions.time, conditions.medium)
    return ", ".join(part for part in parts if part) or conditions.text
