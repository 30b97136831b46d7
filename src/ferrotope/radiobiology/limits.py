"""Published limits as data: what they speak of, and the species and radiation that they were set for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from ferrotope.units.fields import Also, to_value
from ferrotope.units.value import Value

__all__ = ["Limit", "limits"]

_UNITS = {"iron_dose": ("kg", {"kg/kg": Also("kg/kg")}), "absorbed_dose": ("Gy", {}), "bed": ("Gy", {})}


@dataclass(frozen=True)
class Limit:
    """One published limit.

    Attributes
    ----------
    name, title : str
        Short name, and what a reader would call the quantity.
    quantity : str
        iron_dose, absorbed_dose or bed.
    organ : str
        Of a dose; else empty.
    limit : Value
        In kg, kg/kg or Gy, with its kind, source, place and note.
    species : str
        For which it was set.
    radiation : str
        For which it was set; empty where it is not about radiation. All of them are of low LET.
    """

    name: str
    title: str
    quantity: str
    limit: Value
    species: str
    organ: str = ""
    radiation: str = ""


@lru_cache(maxsize=1)
def limits() -> tuple[Limit, ...]:
    """Return all limits.

    Returns
    -------
    tuple of Limit
        In the order of the table.
    """
    table = tomllib.loads(files("ferrotope.radiobiology").joinpath("limits.toml").read_text(encoding="utf-8"))
    found = []
    for name, row in table.items():
        si, also = _UNITS[row["quantity"]]
        found.append(Limit(name, **{**row, "limit": to_value(row["limit"], si, also=also, positive=True)}))
    return tuple(found)
