"""The result of a study: what was computed, from what, and how sure it is."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ferrotope.errors import InputError, nearest
from ferrotope.result.records import Notice, Record, Series

if TYPE_CHECKING:
    import xarray

__all__ = ["RESULT_SCHEMA", "Input", "Interval", "Result", "Score"]

RESULT_SCHEMA = 1


@dataclass(frozen=True)
class Input:
    """One input of the study as it was used.

    Attributes
    ----------
    path, text, unit, kind, source, where, note : str
        Where it stood, as written, its SI unit, kind and provenance.
    number : float
        Median in SI units.
    uncertain : bool
        Whether anything about it is not known.
    read : bool
        Whether any stage read it.
    """

    path: str
    text: str
    number: float
    unit: str
    kind: str
    source: str = ""
    where: str = ""
    note: str = ""
    uncertain: bool = False
    read: bool = True


@dataclass(frozen=True)
class Interval:
    """Median and 95 % interval of a record over the samples; see `ferrotope.study.sampling`.

    Attributes
    ----------
    low, median, high : float or None
        Sample quantiles; None where no interval is given.
    outside, missing : float
        Fractions of the samples outside validity, and without a value.
    """

    low: float | None
    median: float | None
    high: float | None
    outside: float = 0.0
    missing: float = 0.0


@dataclass(frozen=True)
class Score:
    """A prediction held against a measurement that did not enter it.

    Attributes
    ----------
    path : str
        The record.
    quantity, source, unit : str
        What was measured, where it was published, in which unit.
    measured, predicted : float
        In that unit.
    ratio : float
        Predicted over measured.
    conditions_match : bool
        Whether the study's conditions are those of the measurement.
    difference : str
        Which condition differed.
    """

    path: str
    quantity: str
    measured: float
    predicted: float
    unit: str
    ratio: float
    source: str
    conditions_match: bool
    difference: str = ""


@dataclass(frozen=True)
class Result:
    """Everything that one run of a study produced.

    Attributes
    ----------
    title : str
        Title of the study.
    records : dict of str to Record
        Every number by path.
    series : dict of str to tuple of Series
        Labelled arrays by stage.
    notices : tuple of Notice
        Warnings, modelling assumptions, and what was not modelled.
    inputs : dict of str to Input
        Every value of the study by path.
    headlines : tuple of str
        Paths of the records that a summary shows, in order.
    intervals : dict of str to Interval
        Of a sampled run, by record path.
    ranking : dict of str to list of (str, float)
        Inputs that cause the spread of a headline, with their squared rank correlation.
    scores : tuple of Score
        Predictions against measurements.
    study : dict
        The merged document as plain tables: enough to run it again.
    provenance : dict
        Version, time, seed, samples, Python, platform, hashes of the tables read.
    """

    title: str
    records: Mapping[str, Record]
    series: Mapping[str, tuple[Series, ...]]
    notices: tuple[Notice, ...]
    inputs: Mapping[str, Input]
    headlines: tuple[str, ...]
    study: Mapping[str, Any]
    provenance: Mapping[str, Any]
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    ranking: Mapping[str, list[tuple[str, float]]] = field(default_factory=dict)
    scores: tuple[Score, ...] = ()

    def __getitem__(self, path: str) -> Record:
        """Return the record at a path, or raise InputError with the nearest paths."""
        if path not in self.records:
            raise InputError("there is no such number in this result", field=path, remedy=nearest(path, self.records))
        return self.records[path]

    def summary(self) -> str:
        """Return the headline numbers as a text table."""
        from ferrotope.result.text import summary_table

        return summary_table(self)

    def explain(self, name: str) -> str:
        """Return what a number rests on: its method, its inputs with their kinds and sources, and the stages before it.

        Parameters
        ----------
        name : str
            Path of a record or of an input, or a distinctive end of one ("absorbed_dose.tumour").

        Returns
        -------
        str
            Plain text.

        Raises
        ------
        InputError
            If nothing has that name.
        """
        from ferrotope.result.text import explanation

        return explanation(self, self._resolve(name))

    def cite(self) -> str:
        """Return BibTeX of everything that this result used: its system, its inputs and its methods."""
        from ferrotope.sources import bibtex

        return bibtex(self.sources())

    def sources(self) -> list[str]:
        """Return the sources of all inputs read and of all methods used, each once, in order."""
        found: dict[str, None] = {}
        reference = self.study.get("system", {}).get("reference", {})
        if reference:
            found["doi:" + reference["doi"] if reference.get("doi") else reference.get("citation", "")] = None
        for item in self.inputs.values():
            if item.read and item.source:
                found[item.source] = None
        for record in self.records.values():
            found.update(dict.fromkeys(record.sources))
        return [source for source in found if source]

    def to_datatree(self) -> xarray.DataTree:
        """Return the labelled arrays as an xarray DataTree, one group a stage."""
        from ferrotope.result.store import to_datatree

        return to_datatree(self)

    def save(self, path: str | Path) -> Path:
        """Write the result as one netCDF-4 file, under a temporary name first.

        Parameters
        ----------
        path : str or Path
            For example "result.nc".

        Returns
        -------
        Path
            The file written.
        """
        from ferrotope.result.store import save

        return save(self, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Result:
        """Read a result written by `save`.

        Raises
        ------
        DataError
            If the file is not a result.
        SchemaError
            If it was written under a schema that this version does not know.
        """
        from ferrotope.result.store import load

        return load(Path(path))

    def _resolve(self, name: str) -> str:
        known = [*self.records, *self.inputs]
        if name in known:
            return name
        ends = [path for path in known if path.endswith("." + name)]
        if len(ends) == 1:
            return ends[0]
        if ends:
            raise InputError(
                "several numbers have this name", field=name, allowed=", ".join(ends[:8]), remedy="write the whole path"
            )
        close = difflib.get_close_matches(name, known, n=3)
        raise InputError(
            "nothing in this result has this name",
            field=name,
            remedy=f"did you mean {', '.join(close)}?" if close else None,
        )

    def __repr__(self) -> str:
        return f"<Result {self.title!r}: {len(self.records)} numbers, {len(self.inputs)} inputs>"
