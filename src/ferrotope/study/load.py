"""From a TOML file to a checked document: reading, merging with the catalogue, and errors that name the field."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ferrotope.errors import InputError
from ferrotope.units.validation import validate

__all__ = ["merge", "read_toml", "validate"]

_LARGEST = 4_000_000  # bytes; a study is a few kilobytes
_INJECTED = ("administered_activity", "iron_dose", "activity_per_iron")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of reasonable size.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict
        Its tables.

    Raises
    ------
    InputError
        If there is no such file, it is empty, too large, not text or not TOML.
    """
    remedy = "give the path of a study file in TOML, or the id of a catalogue system (ferrotope show)"
    try:
        if not path.is_file():
            raise InputError("there is no such file", file=path, remedy=remedy)
        size = path.stat().st_size
        if size > _LARGEST:
            raise InputError(
                "the file is too large for a study",
                file=path,
                value=f"{size / 1e6:.0f} MB",
                allowed=f"up to {_LARGEST / 1e6:.0f} MB",
                remedy=remedy,
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror or error}", file=path, remedy=remedy) from error
    except UnicodeDecodeError as error:
        raise InputError(
            "the file is not text in UTF-8", file=path, remedy="a study is a TOML text file; save it as UTF-8"
        ) from error
    if not text.strip():
        raise InputError("the file is empty", file=path, remedy=remedy)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = (
            str(error) if isinstance(error, tomllib.TOMLDecodeError) else "its values are nested too deeply or too long"
        )
        raise InputError(
            f"the file is not valid TOML: {said}", file=path, remedy='text needs quotes, as in diameter = "10 nm"'
        ) from error


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
