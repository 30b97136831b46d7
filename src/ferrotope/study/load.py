"""From a TOML file to a checked document: reading, merging with the catalogue, and errors that name the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ferrotope.units.toml import read_toml
from ferrotope.units.validation import validate

__all__ = ["merge", "read_toml", "validate"]

_INJECTED = ("administered_activity", "iron_dose", "activity_per_iron")


def merge(base: Mapping[str, Any], over: Mapping[str, Any], place: str = "") -> dict[str, Any]:
    """Return the base document with the tables of another laid over it.

    Parameters
    ----------
    base, over : mapping
        Tables as read from TOML; ``over`` wins.
    place : str
        Dotted path of the tables, for the rules below.

    Returns
    -------
    dict
        Tables merge key by key; values, value tables and lists are replaced whole. Where two ways of saying one thing
        exclude each other (a median or moments of the sizes; two of three injected amounts; a mass or a mass
        fraction), the way of ``over`` replaces that of ``base``; a new core material drops the magnetic values measured
        on the old one.
    """
    kept = dict(base)
    for key in _superseded(kept, over, place):
        kept.pop(key, None)
    for key, value in over.items():
        old = kept.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping) and "value" not in value and "value" not in old:
            kept[key] = merge(old, value, f"{place}.{key}" if place else key)
        else:
            kept[key] = value
    return kept


def _superseded(base: Mapping[str, Any], over: Mapping[str, Any], place: str) -> set[str]:
    drop: set[str] = set()
    if place.endswith("core"):
        if {"diameter", "sigma_g"} & over.keys():
            drop |= {"diameter_mean", "diameter_sd", "diameter_count"}
        if {"diameter_mean", "diameter_sd"} & over.keys():
            drop |= {"diameter", "sigma_g"}
        if "material" in over and over["material"] != base.get("material"):
            drop |= {"saturation_magnetisation", "anisotropy"}
    if ".organ." in place and {"mass", "mass_fraction"} & over.keys():
        drop |= {"mass", "mass_fraction"}
    if place == "protocol":
        said = [key for key in _INJECTED if key in over]
        spare = [key for key in _INJECTED if key in base and key not in over]
        if said:
            drop |= set(spare[max(2 - len(said), 0) :])
    return drop - over.keys()
