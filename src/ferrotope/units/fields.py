"""Fields of the nouns: pydantic types that turn text or a leaf table into a Value in SI units."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from ferrotope.errors import InputError, nearest
from ferrotope.units.convert import conversion
from ferrotope.units.grammar import Written, read
from ferrotope.units.value import KINDS, SPREADS, Value

__all__ = ["Also", "assumed", "quantity", "to_value"]

_LEAF_KEYS = ("value", "kind", "source", "where", "note", "spread")


class Also(NamedTuple):
    """Another unit that a field takes.

    Attributes
    ----------
    unit : str
        Unit of the result: the field's own, or one of another dimension that tells for example doses per mass from
        absolute ones.
    factor : float
        On the value; other than 1 it converts, and the value says so (B given for H).
    low, high : float
        Allowed range where the unit of the result is not the field's own.
    shown : tuple of str and float, optional
        As in `to_value`.
    """

    unit: str
    factor: float = 1.0
    low: float = -math.inf
    high: float = math.inf
    shown: tuple[str, float] | None = None


def to_value(
    given: Any,
    si: str,
    *,
    also: dict[str, Also] | None = None,
    low: float = -math.inf,
    high: float = math.inf,
    positive: bool = False,
    shown: tuple[str, float] | None = None,
) -> Value:
    """Turn text, a number, a leaf table or a Value into a Value in SI units.

    Parameters
    ----------
    given : str, float, dict or Value
        What stands in the study.
    si : str
        The SI unit of the field; "1" for a pure number.
    also : dict, optional
        Other units that the field takes.
    low, high : float
        Allowed range in SI, both ends included, unless ``positive``, when zero is excluded.
    positive : bool
        Whether the quantity can only be positive.
    shown : tuple of str and float, optional
        Unit in which the range is shown in messages, and its factor to SI.

    Returns
    -------
    Value
        With kind "stated" unless the leaf says otherwise.

    Raises
    ------
    InputError
        Saying what is wrong and what is allowed.
    """
    if isinstance(given, Value):
        return given
    leaf = _leaf(given)
    text = leaf["value"]
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise InputError("a quantity is text or a number", value=text, remedy='write it as "10 nm"')
    if not isinstance(text, str):
        if si != "1":
            raise InputError(
                "a unit is missing", value=text, remedy=f'write it as text with a unit, "{text} {_example(si, shown)}"'
            )
        text = repr(float(text)) if isinstance(text, float) else str(text)
    written = read(text)
    converted, unit, note = _to_si(written, si, also or {}, shown)
    if unit != si:
        _, _, low, high, shown = next(other for other in (also or {}).values() if other.unit == unit)
    converted = _at_the_ends(converted, low, high)
    _check_range(converted, text, low, high, positive, unit, shown)
    return Value(
        number=converted.value,
        unit=unit,
        text=text.strip(),
        form=converted.form,
        low=converted.low,
        high=converted.high,
        positive=positive,
        minimum=low,
        maximum=high,
        kind=leaf.get("kind", "stated"),
        source=leaf.get("source", ""),
        where=leaf.get("where", ""),
        note="; ".join(part for part in (leaf.get("note", ""), note) if part),
        spread=leaf.get("spread", "knowledge"),
    )


def quantity(
    si: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    positive: bool = False,
    also: dict[str, Also] | None = None,
    shown: tuple[str, float] | None = None,
) -> Any:
    """Return the annotated pydantic type of a field with the given unit and range; see `to_value`."""

    def validate(given: Any) -> Value:
        return to_value(given, si, also=also, low=low, high=high, positive=positive, shown=shown)

    described = "a quantity with a unit of the dimension of " + si if si != "1" else "a number"
    schema = {
        "description": described,
        "anyOf": [
            {"type": "string"},
            {"type": "number"},
            {
                "type": "object",
                "required": ["value"],
                "additionalProperties": False,
                "properties": {
                    "value": {"type": ["string", "number"]},
                    "kind": {"enum": list(KINDS)},
                    "source": {"type": "string"},
                    "where": {"type": "string"},
                    "note": {"type": "string"},
                    "spread": {"enum": list(SPREADS)},
                },
            },
        ],
    }
    return Annotated[
        Value, BeforeValidator(validate), PlainSerializer(lambda value: value.as_leaf()), WithJsonSchema(schema)
    ]


def assumed(text: str, si: str, *, source: str = "", note: str = "", positive: bool = False) -> Value:
    """Return a default: a Value of kind "assumed" that the report lists with its source.

    Parameters
    ----------
    text : str
        The quantity.
    si : str
        SI unit of the field.
    source, note : str
        Where the number comes from and why it is taken.
    positive : bool
        As in `to_value`.

    Returns
    -------
    Value
        Of kind "assumed".
    """
    return replace(to_value(text, si, positive=positive), kind="assumed", source=source, note=note)


def _leaf(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        return {"value": given}
    for key in given:
        if key not in _LEAF_KEYS:
            raise InputError("this key does not belong to a value", value=key, remedy=nearest(str(key), _LEAF_KEYS))
    if "value" not in given:
        raise InputError(
            "a value table needs the key 'value'",
            remedy='write { value = "10 nm", kind = "measured", source = "doi:..." }',
        )
    for key in ("source", "where", "note", "kind", "spread"):
        if not isinstance(given.get(key, ""), str):
            raise InputError(f"'{key}' must be text", value=given[key])
    if given.get("kind", "stated") not in KINDS:
        raise InputError("this kind is not known", value=given["kind"], allowed=", ".join(KINDS))
    if given.get("kind") == "measured" and not given.get("source"):
        raise InputError(
            "a measured value needs a source", remedy='add source = "doi:..." or source = "this laboratory, date"'
        )
    if given.get("spread", "knowledge") not in SPREADS:
        raise InputError("this spread is not known", value=given["spread"], allowed=", ".join(SPREADS))
    return given


def _to_si(
    written: Written, si: str, also: dict[str, Also], shown: tuple[str, float] | None
) -> tuple[Written, str, str]:
    _refuse_lookalikes(written.unit, si, shown)
    for wanted, (unit, factor, *_) in {si: Also(si), **also}.items():
        if not written.unit and wanted != "1":
            continue
        found = conversion(written.unit, wanted)
        if found is None:
            continue
        scale, offset = found[0] * factor, found[1] * factor
        converted = replace(
            written,
            value=written.value * scale + offset,
            low=written.low * scale + offset,
            high=written.high * scale + offset,
        )
        if written.relative and offset:
            raise InputError(
                "a per cent of a temperature in degC has no meaning", value=written.unit, remedy="write '37 +/- 1 degC'"
            )
        note = "" if factor == 1.0 else f"given in {written.unit}, converted to {unit}"
        return converted, unit, note
    wanted = " or ".join(_example(unit, shown if unit == si else None) for unit in (si, *also))
    if not written.unit:
        raise InputError("a unit is missing", value=f"{written.value:g}", remedy=f"write it with a unit of {wanted}")
    remedy = f"give it in a unit of {wanted}"
    if si == "K" and written.unit in ("C", "F"):
        remedy = "write degC for degrees Celsius (C is the coulomb)" if written.unit == "C" else "write degC or K"
    raise InputError("the unit has the wrong dimension", value=f"{written.value:g} {written.unit}", remedy=remedy)


def _refuse_lookalikes(unit: str, si: str, shown: tuple[str, float] | None) -> None:
    """Units of equal dimension that mean another thing: rad/s and Bq for Hz, Hz for Bq, Sv for Gy."""
    problem = None
    if si == "Hz" and any(word in unit for word in ("rad", "deg", "Bq", "Ci", "turn", "rpm")):
        problem = "a frequency is given in Hz, not as an angular frequency or an activity"
    elif si.startswith("Bq") and unit and not any(word in unit for word in ("Bq", "Ci", "becquerel", "curie")):
        problem = "an activity is given in Bq or Ci"
    elif si == "Gy" and ("Sv" in unit or "rem" in unit):
        problem = "an absorbed dose is given in Gy, not as an equivalent dose"
    elif si == "1" and any(word in unit for word in ("rad", "deg", "Hz", "turn")):
        problem = "a pure number has no unit"
    if problem:
        raise InputError(problem, value=unit, remedy=f"give it in a unit of {_example(si, shown)}")


def _at_the_ends(written: Written, low: float, high: float) -> Written:
    """Undo the rounding of the conversion at the ends of the range: 2000 nm is not more than 2 um."""
    for end in (low, high):
        for name in ("value", "low", "high"):
            if end and math.isclose(getattr(written, name), end, rel_tol=1e-12):
                written = replace(written, **{name: end})
    return written


def _check_range(
    written: Written,
    text: str,
    low: float,
    high: float,
    positive: bool,
    unit: str,
    shown: tuple[str, float] | None,
) -> None:
    floor = 0.0 if positive else low
    ranged = written.form in ("uniform", "interval")
    if positive and (written.value <= 0 or (ranged and written.low < 0)):
        raise InputError("the value must be positive", value=text, allowed=_range(max(low, 0.0), high, unit, shown))
    if not low <= written.value <= high or (ranged and not (floor <= written.low and written.high <= high)):
        raise InputError(
            "the value is out of range",
            value=text,
            allowed=_range(low, high, unit, shown),
            remedy="check the number and its unit",
        )


def _range(low: float, high: float, si: str, shown: tuple[str, float] | None) -> str:
    unit, factor = shown or (si, 1.0)
    offset = 273.15 if unit == "degC" else 0.0
    label = "" if unit == "1" else f" {unit}"
    ends = [f"{end / factor - offset:.4g}{label}" for end in (low, high)]
    if math.isinf(high):
        return f"above {ends[0]}" if math.isfinite(low) else "any"
    return f"up to {ends[1]}" if math.isinf(low) else f"{ends[0]} to {ends[1]}"


def _example(si: str, shown: tuple[str, float] | None) -> str:
    return shown[0] if shown else si
