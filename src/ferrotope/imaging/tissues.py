"""Relaxation times of tissue at any field, from a shipped table."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from ferrotope.errors import InputError, nearest
from ferrotope.units.checks import positive
from ferrotope.units.fields import quantity
from ferrotope.units.noun import Noun
from ferrotope.units.value import Value

__all__ = ["RelaxationEntry", "RelaxationTime", "TissueRelaxation", "relaxation_tissues", "tissue_relaxation"]

_MS = ("ms", 1e-3)
_Time = quantity("s", positive=True, low=1e-4, high=10.0, shown=_MS)


class RelaxationEntry(Noun):
    """T1, T2 and T2* of one tissue at one field."""

    B0: quantity("T", positive=True, low=0.01, high=30.0)
    T1: _Time
    T2: _Time
    T2star: _Time


@dataclass(frozen=True)
class RelaxationTime:
    """One relaxation time at the field asked for.

    Attributes
    ----------
    value, standard_deviation : float
        s.
    kind : str
        "measured" only at a tabulated field with a measured entry; else "assumed".
    sources : tuple of str
        Of the entries used.
    remark : str
        How the number came about.
    """

    value: float
    standard_deviation: float
    kind: str
    sources: tuple[str, ...]
    remark: str


@dataclass(frozen=True)
class TissueRelaxation:
    """Relaxation times of a tissue without contrast agent.

    Attributes
    ----------
    tissue : str
        Name in the table.
    B0 : float
        T.
    T1, T2, T2star : RelaxationTime
        At that field.
    extrapolated : bool
        Whether the field lies outside the table.
    """

    tissue: str
    B0: float
    T1: RelaxationTime
    T2: RelaxationTime
    T2star: RelaxationTime
    extrapolated: bool


def relaxation_tissues() -> list[str]:
    """Return the names of the tissues in the table."""
    return sorted(_table())


def tissue_relaxation(tissue: str, B0: float) -> TissueRelaxation:
    """Relaxation times of a tissue at a field.

    Parameters
    ----------
    tissue : str
        One of `relaxation_tissues`.
    B0 : float
        Field, T.

    Returns
    -------
    TissueRelaxation
        Between tabulated fields each time follows a power law of B0 (a straight line of its logarithm against that of
        B0, the form that Bottomley et al. found for T1, doi:10.1118/1.595535); beyond the table the last such law
        goes on, and `extrapolated` is true. Only the tabulated fields are data: everything else is of kind "assumed".

    Raises
    ------
    InputError
        If the tissue is not in the table or the field not positive.
    """
    if tissue not in _table():
        raise InputError(
            "no relaxation times for this tissue", field="tissue", value=tissue, remedy=nearest(tissue, _table())
        )
    field = float(positive("B0", B0, "T"))
    entries = _table()[tissue]
    fields = [entry.B0.number for entry in entries]
    upper = min(max(sum(known < field for known in fields), 1), len(entries) - 1)
    pair = entries[upper - 1], entries[upper]
    times = {
        name: _between(*(getattr(entry, name) for entry in pair), *(entry.B0.number for entry in pair), field)
        for name in ("T1", "T2", "T2star")
    }
    return TissueRelaxation(tissue=tissue, B0=field, extrapolated=not fields[0] <= field <= fields[-1], **times)


def _between(lower: Value, upper: Value, low_field: float, high_field: float, field: float) -> RelaxationTime:
    for value, known in ((lower, low_field), (upper, high_field)):
        if math.isclose(field, known, rel_tol=1e-9):
            return RelaxationTime(value.number, value.standard_deviation, value.kind, _sources(value), value.note)
    share = math.log(field / low_field) / math.log(high_field / low_field)
    number = lower.number * (upper.number / lower.number) ** share
    nearer = min(max(share, 0.0), 1.0)
    relative = (1 - nearer) * lower.standard_deviation / lower.number + nearer * upper.standard_deviation / upper.number
    # Outside the table the doubt grows with the distance in decades of field.
    outside = abs(share - nearer) * abs(math.log(upper.number / lower.number))
    word = "extrapolated" if outside or share != nearer else "interpolated"
    remark = f"{word} as a power of B0 from {low_field:g} and {high_field:g} T"
    return RelaxationTime(number, number * math.hypot(relative, outside), "assumed", _sources(lower, upper), remark)


def _sources(*values: Value) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.source for value in values if value.source))


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[RelaxationEntry, ...]]:
    text = files("ferrotope.imaging").joinpath("tissue_relaxation.toml").read_text(encoding="utf-8")
    return {name: tuple(RelaxationEntry(**entry) for entry in entries) for name, entries in tomllib.loads(text).items()}
