"""The table of a validation: measurements with their predictions, how well each quantity does, and its CSV file."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from ferrotope.errors import DataError

__all__ = ["Row", "Summary", "Validation"]

_TITLES = {
    "magnetism.slp": "specific loss power per gram of iron",
    "magnetism.slp_core": "specific loss power per gram of core",
    "magnetism.ilp": "intrinsic loss power per mass of iron",
    "relaxometry.r1": "r1 per mM iron",
    "relaxometry.r2": "r2 per mM iron",
    "relaxometry.r2star": "r2* per mM iron",
}
_FACTOR = 2.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement with its prediction.

    Attributes
    ----------
    system, variant : str
        Catalogue entry and variant; "" for the entry itself.
    path : str
        The predicted number, for example ``relaxometry.r2``.
    quantity : str
        What the source calls it.
    conditions : str
        Field, frequency, temperature and medium as stated.
    measured, measured_sd : float or None
        As measured, in ``unit``; the standard deviation is None where none was given.
    predicted : float
        At the medians of the inputs, for the conditions of the measurement.
    low, high : float or None
        95 % interval of the prediction; None where the inputs were not sampled, or more than 5 % of the samples were
        outside the model's validity.
    unit : str
        Of measured and predicted.
    remark : str
        What was not stated and had to be taken, and why there is no interval.
    validity : str
        Empty where the model holds at the medians; otherwise what is outside.
    source : str
        Of the measurement.
    """

    system: str
    variant: str
    path: str
    quantity: str
    conditions: str
    measured: float
    measured_sd: float | None
    predicted: float
    low: float | None
    high: float | None
    unit: str
    remark: str
    validity: str
    source: str

    @property
    def ratio(self) -> float:
        """Predicted over measured."""
        return self.predicted / self.measured

    @property
    def inside(self) -> bool | None:
        """Whether the interval of the prediction covers the measurement; None without an interval."""
        return None if self.low is None or self.high is None else self.low <= self.measured <= self.high

    @property
    def title(self) -> str:
        """What a reader would call the predicted number."""
        return _TITLES.get(self.path, self.path)

    def as_dict(self) -> dict[str, Any]:
        """Return the row as plain types, with title, ratio and whether the measurement is inside."""
        return {**asdict(self), "title": self.title, "ratio": self.ratio, "inside": self.inside}


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How well one quantity is predicted over all its measurements.

    Attributes
    ----------
    path, title, unit : str
        The predicted number.
    number, systems : int
        Measurements, and catalogue entries that they come from.
    mean_ratio : float
        Geometric mean of predicted over measured.
    spread : float or None
        Geometric standard deviation of that ratio; None for a single measurement.
    within_factor_two : int
        Measurements that the prediction misses by at most a factor of two.
    intervals, inside : int
        Measurements whose prediction has an interval, and those that lie inside it.
    """

    path: str
    title: str
    unit: str
    number: int
    systems: int
    mean_ratio: float
    spread: float | None
    within_factor_two: int
    intervals: int
    inside: int

    @property
    def coverage(self) -> float | None:
        """Fraction of the measurements inside the interval, of those that have one."""
        return self.inside / self.intervals if self.intervals else None

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain types, with the coverage."""
        return {**asdict(self), "coverage": self.coverage}


@dataclass(frozen=True)
class Validation:
    """Every measurement of a domain with its prediction.

    Attributes
    ----------
    rows : tuple of Row
        In the order of the catalogue.
    """

    rows: tuple[Row, ...]

    def summary(self) -> tuple[Summary, ...]:
        """Return how well each quantity is predicted, in the order of the paths."""
        return tuple(_summed(path, [row for row in self.rows if row.path == path]) for path in self.paths())

    def write_csv(self, path: str | Path) -> Path:
        """Write the rows as comma-separated values, numbers in full.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Path
            The file.
        """
        names = [*(item.name for item in fields(Row)), "ratio", "inside"]
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, extrasaction="ignore")
            writer.writeheader()
            writer.writerows({name: _cell(cell) for name, cell in row.as_dict().items()} for row in self.rows)
        return Path(path)

    @classmethod
    def read_csv(cls, path: str | Path) -> Validation:
        """Return the rows of a file that `write_csv` wrote.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Validation
            Equal to the one that was written.

        Raises
        ------
        DataError
            If the columns are not those of `write_csv`, or a number cannot be read.
        """
        with Path(path).open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [item.name for item in fields(Row) if item.name not in (reader.fieldnames or ())]:
                raise DataError("a column is missing", field=missing[0], file=path, remedy="write it with write_csv")
            return cls(tuple(_row(cells, reader.line_num, path) for cells in reader))

    def paths(self) -> list[str]:
        """Return the predicted numbers that occur: heating power, relaxivities, others by name."""
        return sorted({row.path for row in self.rows}, key=lambda path: ([*_TITLES, path].index(path), path))


def _summed(path: str, rows: Sequence[Row]) -> Summary:
    logs = np.array([math.log(row.ratio) for row in rows if row.ratio > 0])
    return Summary(
        path=path,
        title=rows[0].title,
        unit=rows[0].unit,
        number=len(rows),
        systems=len({row.system for row in rows}),
        mean_ratio=float(np.exp(logs.mean())) if logs.size else math.nan,
        spread=float(np.exp(logs.std(ddof=1))) if logs.size > 1 else None,
        within_factor_two=sum(1.0 / _FACTOR <= row.ratio <= _FACTOR for row in rows),
        intervals=sum(row.inside is not None for row in rows),
        inside=sum(row.inside is True for row in rows),
    )


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return repr(float(cell)) if isinstance(cell, float) else str(cell)


def _row(cells: dict[str, str], line: int, path: str | Path) -> Row:
    given: dict[str, Any] = {}
    for item in fields(Row):
        text = cells[item.name]
        if "float" not in str(item.type):
            given[item.name] = text
            continue
        try:
            given[item.name] = float(text) if text or "None" not in str(item.type) else None
        except ValueError:
            raise DataError(f"line {line} has no number here", field=item.name, value=text, file=path) from None
    return Row(**given)
