"""From a TOML file to a checked document: reading, merging with the catalogue, and errors that name the field."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from ferrotope.errors import InputError, nearest

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
        exclude each other (a median or moments of the sizes; two of three injected amounts; a mass or a mass fraction), the
        way of ``over`` replaces that of ``base``; a new core material drops the magnetic values measured on the old one.
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


def validate(model: type[BaseModel], given: Mapping[str, Any], file: object = None) -> Any:
    """Validate tables against a noun, turning pydantic's report into one error of ours.

    Parameters
    ----------
    model : type of Noun
        For example Document.
    given : mapping
        The tables.
    file : object, optional
        The file that the message names.

    Returns
    -------
    Noun
        The validated instance.

    Raises
    ------
    InputError
        For the first thing that is wrong.
    """
    try:
        return model.model_validate(given)
    except ValidationError as report:
        raise _translated(report, model, file) from None
    except RecursionError:
        raise InputError("the tables are nested too deeply", file=file) from None


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


def _translated(report: ValidationError, model: type[BaseModel], file: object) -> InputError:
    # Unknown keys first: a misspelt key often makes another error further down.
    errors = sorted(report.errors(), key=lambda error: error["type"] != "extra_forbidden")
    error = errors[0]
    place = _place(error["loc"])
    ours = error.get("ctx", {}).get("error")
    if isinstance(ours, InputError):
        field = ".".join(part for part in (place, ours.field) if part) or None
        return InputError(
            ours.problem,
            field=field,
            value=ours.value,
            allowed=ours.allowed,
            remedy=ours.remedy,
            file=ours.file or file,
        )
    value = error.get("input")
    if error["type"] == "extra_forbidden":
        owner = _owner(model, error["loc"][:-1])
        known = [field.alias or name for name, field in owner.model_fields.items()] if owner else []
        return InputError("this key is not known", field=place, remedy=nearest(str(error["loc"][-1]), known), file=file)
    if error["type"] == "missing":
        return InputError("this is missing", field=place, remedy="add it", file=file)
    if error["type"] in ("model_type", "dict_type", "model_attributes_type"):
        return InputError("this must be a table", field=place, value=value, file=file)
    allowed = str(error.get("ctx", {}).get("expected", "")) or None
    said = error["msg"].removeprefix("Value error, ")
    return InputError(said[0].lower() + said[1:], field=place or None, value=value, allowed=allowed, file=file)


def _place(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _owner(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the noun that holds the field at a location, following lists, dictionaries and unions."""
    current: type[BaseModel] | None = model
    for part in location:
        if current is None:
            return None
        field = next((f for name, f in current.model_fields.items() if part in (name, f.alias)), None)
        if field is None:
            continue  # an index or the key of a dictionary: the noun stays the same
        current = _noun_in(field.annotation)
    return current


def _noun_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        if (found := _noun_in(part)) is not None:
            return found
    return None
