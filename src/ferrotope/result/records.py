"""What a stage hands on: records of single numbers, series of numbers, and notices for the reader."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

__all__ = ["Notice", "Outcome", "Record", "Series"]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One number of a result, with everything that is needed to judge it.

    Attributes
    ----------
    path : str
        Stage and name, for example ``dosimetry.tumour.absorbed_dose``.
    value : float, str or None
        In ``unit``; text for a verdict or a regime; None where it could not be computed (the validity says why).
    unit : str
        The field's customary unit, for example "Gy", "W/g", "1/(mM s)".
    title : str
        What a reader would call it.
    kind : str
        measured, fitted, predicted, stated or assumed.
    method : str
        The model or formula, by its usual name.
    validity : str
        Empty where the formula holds; otherwise what is outside and by how much. Samples outside are counted, and too
        many withhold the interval.
    caveat : str
        What limits the number although the formula holds; it withholds nothing.
    inputs : tuple of str
        Paths of the values that were read, filled in by the pipeline.
    upstream : tuple of str
        Stages whose results were used, filled in by the pipeline.
    rests_on : tuple of str
        Kinds of the inputs, filled in by the pipeline.
    sources : tuple of str
        "doi:..." or citations of the method.
    """

    path: str
    value: float | str | None
    unit: str
    title: str
    kind: str = "predicted"
    method: str = ""
    validity: str = ""
    caveat: str = ""
    inputs: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain types for JSON."""
        plain = asdict(self)
        value = self.value
        if isinstance(value, float | np.floating):
            plain["value"] = float(value) if np.isfinite(value) else None
        return {key: list(item) if isinstance(item, tuple) else item for key, item in plain.items()}


@dataclass(frozen=True, kw_only=True)
class Series:
    """One labelled array of a stage.

    Attributes
    ----------
    name : str
        Variable name. A series whose only dimension bears its own name is a coordinate.
    dims : tuple of str
        Names of the dimensions, one per axis.
    values : ndarray
        Numbers in ``unit``, or text labels.
    unit : str
        Unit.
    title : str
        What a reader would call it.
    """

    name: str
    dims: tuple[str, ...]
    values: np.ndarray
    unit: str = "1"
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A sentence that the reader of the report must see.

    Attributes
    ----------
    level : str
        "warning" (something may be wrong), "assumption" (a modelling choice), "absent" (what was not modelled, and what
        it would need).
    text : str
        One sentence.
    stage : str
        Filled in by the pipeline.
    """

    level: str
    text: str
    stage: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Base of what the front function of a domain returns.

    Subclasses add the plain numbers and curves that later stages need.
    """

    records: tuple[Record, ...] = ()
    series: tuple[Series, ...] = ()
    notices: tuple[Notice, ...] = field(default=())
