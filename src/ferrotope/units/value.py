"""A value with its unit, what is not known about it, its kind and its source: the leaf of every study."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from ferrotope.errors import InputError

__all__ = ["KINDS", "SPREADS", "Value", "recording"]

KINDS = ("measured", "fitted", "predicted", "stated", "assumed")
SPREADS = ("knowledge", "batch", "subject")
_Z95 = 1.959963984540054  # standard normal quantile of 0.975

_reads: ContextVar[set[str] | None] = ContextVar("ferrotope_reads", default=None)


@contextmanager
def recording() -> Iterator[set[str]]:
    """Collect the paths of all values whose ``si`` is read inside the block.

    Yields
    ------
    set of str
        Filled while the block runs. This is how a record knows what it rests on, and how the sampler knows which stage
        must run again.
    """
    reads: set[str] = set()
    token = _reads.set(reads)
    try:
        yield reads
    finally:
        _reads.reset(token)


@dataclass(frozen=True)
class Value:
    """One quantity in SI units, with its uncertainty of knowledge, kind and source.

    Attributes
    ----------
    number : float
        The median, in ``unit``. Domain code reads ``si`` instead, which is noted as an input.
    unit : str
        The SI unit.
    text : str
        The quantity as it was written.
    form : str
        exact, deviation, uniform or interval.
    low, high : float
        Bounds of a uniform range or a 95 % interval, or median -/+ one standard deviation, in ``unit``.
    positive : bool
        Whether the quantity can only be positive: then a deviation is lognormal, else normal.
    minimum, maximum : float
        What the quantity can be at all, in ``unit``; quantiles are clipped to it (a yield does not exceed 1).
    kind : str
        measured, fitted, predicted, stated or assumed.
    source, where, note : str
        DOI or citation, place in it, remark.
    spread : str
        What the uncertainty is about: knowledge, batch or subject.
    path : str
        Where the value stands in the study; given by the study.
    """

    number: float
    unit: str = "1"
    text: str = ""
    form: str = "exact"
    low: float = math.nan
    high: float = math.nan
    positive: bool = False
    minimum: float = -math.inf
    maximum: float = math.inf
    kind: str = "stated"
    source: str = ""
    where: str = ""
    note: str = ""
    spread: str = "knowledge"
    path: str = ""

    @property
    def si(self) -> float:
        """The number in SI units, noted as read."""
        reads = _reads.get()
        if reads is not None and self.path:
            reads.add(self.path)
        return self.number

    @property
    def uncertain(self) -> bool:
        """Whether anything about the value is not known."""
        return self.form != "exact" and self.high > self.low

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of knowledge in SI units (half the 68 % width for an asymmetric interval)."""
        if not self.uncertain:
            return 0.0
        if self.form == "uniform":
            return (self.high - self.low) / math.sqrt(12.0)
        if self.form == "interval":
            return (self.high - self.low) / (2 * _Z95)
        return 0.5 * (self.high - self.low)

    def quantile(self, probability: float) -> float:
        """Return the value below which knowledge lies with the given probability.

        Parameters
        ----------
        probability : float
            Between 0 and 1, both excluded. One half gives the median, which is ``number``.

        Returns
        -------
        float
            In SI units. A deviation is normal, or lognormal with ``number`` as median and
            sqrt(ln(1 + (sd/median)^2)) as logarithmic deviation where the quantity is positive; an interval is
            two-piece (log)normal through its 2.5 %, 50 % and 97.5 % points.
        """
        return min(max(self._quantile(probability), self.minimum), self.maximum)

    def _quantile(self, probability: float) -> float:
        if not self.uncertain:
            return self.number
        if self.form == "uniform":
            return self.low + probability * (self.high - self.low)
        z = _normal_quantile(probability)
        logarithmic = self.positive and self.number > 0
        if self.form == "deviation":
            deviation = 0.5 * (self.high - self.low)
            if logarithmic:
                return self.number * math.exp(z * math.sqrt(math.log1p((deviation / self.number) ** 2)))
            return self.number + z * deviation
        end = self.high if z > 0 else self.low
        if logarithmic and self.low > 0:
            return (
                self.number * math.exp(z / (math.copysign(_Z95, z)) * math.log(end / self.number)) if z else self.number
            )
        return self.number + abs(z) / _Z95 * (end - self.number)

    def at(self, number: float) -> Value:
        """Return this value fixed at another number, with nothing left unknown."""
        return replace(self, number=number, form="exact", low=number, high=number)

    def as_leaf(self) -> dict[str, str]:
        """Return the value as it would stand in a TOML file."""
        leaf = {"value": self.text, "kind": self.kind, "source": self.source, "where": self.where, "note": self.note}
        if self.spread != "knowledge":
            leaf["spread"] = self.spread
        return {key: text for key, text in leaf.items() if text}

    def __str__(self) -> str:
        return self.text or f"{self.number:g} {self.unit}"


def checked_kind(kind: str, field: str = "kind") -> str:
    """Return the kind, or raise InputError with the list of kinds."""
    if kind not in KINDS:
        raise InputError("this kind is not known", field=field, value=kind, allowed=", ".join(KINDS))
    return kind


def _normal_quantile(probability: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(probability)
