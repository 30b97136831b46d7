"""Records and notices of this room in one line each."""

from __future__ import annotations

from ferrotope.result.records import Notice, Record

__all__ = ["absent", "assumption", "record"]


def record(
    name: str,
    value: float | None,
    unit: str,
    title: str,
    method: str,
    *,
    validity: str = "",
    caveat: str = "",
    sources: tuple[str, ...] = (),
) -> Record:
    """Return a record of this room, with a plain float in it."""
    return Record(
        path=f"hyperthermia.{name}",
        value=None if value is None else float(value),
        unit=unit,
        title=title,
        method=method,
        validity=validity,
        caveat=caveat,
        sources=sources,
    )


def absent(text: str) -> Notice:
    """Return a notice of what was not modelled and what it would need."""
    return Notice(level="absent", text=text)


def assumption(text: str) -> Notice:
    """Return a notice of a modelling choice."""
    return Notice(level="assumption", text=text)
