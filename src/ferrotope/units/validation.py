"""Validation of tables against a noun: pydantic's report becomes one error of ours that names the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from ferrotope.errors import InputError, nearest

__all__ = ["translated", "validate"]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


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
        _check_text(given, "", file)
        return model.model_validate(given)
    except ValidationError as report:
        raise translated(report, model, file) from None
    except RecursionError:
        raise InputError("the tables are nested too deeply", file=file) from None


def _check_text(node: Any, place: str, file: object) -> None:
    """Refuse keys that are no text, None, and text with characters that no text file should hold."""
    if isinstance(node, Mapping):
        for key, child in node.items():
            if not isinstance(key, str):
                raise InputError("a key must be text", field=place or None, value=key, file=file)
            _check_text(key, place, file)
            _check_text(child, f"{place}.{key}" if place else key, file)
    elif isinstance(node, list | tuple):
        for index, child in enumerate(node):
            _check_text(child, f"{place}[{index}]", file)
    elif node is None:
        raise InputError("there is no value", field=place or None, remedy="leave out what is not known", file=file)
    elif isinstance(node, str) and (found := _CONTROL.search(node)):
        raise InputError(
            f"the text holds the control character {found.group()!r}", field=place or None, value=node, file=file
        )


def translated(report: ValidationError, model: type[BaseModel], file: object = None) -> InputError:
    """Return the first thing that is wrong in a report of pydantic as an error of ours."""
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
