"""The grammar of a quantity in text: numbers, what is not known about them, and the unit that follows.

====================  =========================================================================
``10 nm``             a number
``10 +/- 1 nm``       one standard deviation of knowledge; also ``10 ± 1 nm``, ``10 nm +/- 5 %``
``10(1) nm``          the same, the digits in brackets counting in the last place
``8..12 nm``          uniform between two bounds
``10 [8, 13] nm``     a median and a 95 % interval
====================  =========================================================================
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ferrotope.errors import InputError

__all__ = ["Written", "read"]

# Atomic, so that "1e-4" never backtracks into the number 1 with a unit "e-4"; "1..2" keeps its dots.
_NUMBER = r"(?>[+-]?(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
_UNIT = r"(?P<unit>[^\d\s(\[.+±-][^+±\[]*|1\s*/[^+±\[]*)?"
_FORMS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("exact", rf"(?P<value>{_NUMBER})\s*{_UNIT}"),
        ("deviation", rf"\(?(?P<value>{_NUMBER})\s*(?:\+/-|±|\+-)\s*(?P<spread>{_NUMBER})\)?\s*{_UNIT}"),
        (
            "deviation",
            rf"(?P<value>{_NUMBER})\s*(?P<unit>[^\d\s(\[.+-][^±+]*?)\s*(?:\+/-|±|\+-)\s*(?P<spread>{_NUMBER})\s*(?P<spread_unit>\S.*)?",
        ),
        ("digits", rf"(?P<value>[+-]?\d+(?:\.\d+)?)\((?P<digits>\d+)\)(?P<power>[eE][+-]?\d+)?\s*{_UNIT}"),
        ("uniform", rf"(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER})\s*{_UNIT}"),
        ("interval", rf"(?P<value>{_NUMBER})\s*\[\s*(?P<low>{_NUMBER})\s*,\s*(?P<high>{_NUMBER})\s*\]\s*{_UNIT}"),
    )
)
_REMEDY = "write '10 nm', '10 +/- 1 nm', '10(1) nm', '8..12 nm' or '10 [8, 13] nm'"


@dataclass(frozen=True)
class Written:
    """A quantity as it was written, in its own unit.

    Attributes
    ----------
    form : str
        exact, deviation, uniform or interval.
    value : float
        The number; for a uniform range its middle.
    low, high : float
        Bounds of a uniform range or of a 95 % interval; value -/+ one standard deviation for a deviation.
    unit : str
        The unit text, possibly empty.
    relative : bool
        Whether the deviation was given in per cent of the value.
    """

    form: str
    value: float
    low: float
    high: float
    unit: str
    relative: bool = False


def read(text: str) -> Written:
    """Read one quantity.

    Parameters
    ----------
    text : str
        See the table at the head of this module.

    Returns
    -------
    Written
        Numbers and unit text.

    Raises
    ------
    InputError
        If the text is not a quantity, is not finite, or its bounds are out of order.
    """
    stripped = text.strip().replace("\u2212", "-")
    if len(stripped) > 200:
        raise InputError("this text is too long to be a quantity", value=stripped, remedy=_REMEDY)
    if re.match(r"^[~≈<>≤≥]", stripped):
        raise InputError("a quantity must be a number", value=text, remedy="write what is known as a range, '8..12 nm'")
    if re.match(rf"^{_NUMBER},\d", stripped):
        raise InputError(
            "a comma stands inside a number", value=text, remedy="write a decimal point and no thousands separator"
        )
    if re.match(r"^[+-]?(nan|inf)", stripped, re.IGNORECASE):
        raise InputError("a quantity must be finite", value=text, remedy=_REMEDY)
    for form, pattern in _FORMS:
        if match := pattern.fullmatch(stripped):
            return _checked(_interpret(form, match.groupdict()), text)
    raise InputError("this is not a quantity", value=text, remedy=_REMEDY)


def _interpret(form: str, part: dict[str, str | None]) -> Written:
    unit = (part.get("unit") or "").strip()
    if form == "uniform":
        low, high = float(part["low"] or "nan"), float(part["high"] or "nan")
        return Written("uniform", 0.5 * (low + high), low, high, unit)
    value = float(part["value"] or "nan")
    if form == "interval":
        return Written("interval", value, float(part["low"] or "nan"), float(part["high"] or "nan"), unit)
    if form == "exact":
        return Written("exact", value, value, value, unit)
    if form == "digits":
        places = len((part["value"] or "").partition(".")[2])
        power = float("1" + (part["power"] or "e0"))
        value, spread = value * power, float(part["digits"] or "0") * 10.0**-places * power
    else:
        spread = float(part["spread"] or "nan")
        spread_unit = (part.get("spread_unit") or "").strip()
        if spread_unit == "%" and unit != "%":
            return Written(
                "deviation", value, value - abs(value) * spread / 100, value + abs(value) * spread / 100, unit, True
            )
        if spread_unit and spread_unit != unit:
            raise InputError(
                "the value and its standard deviation have different units",
                value=f"{unit} and {spread_unit}",
                remedy="write both in one unit, '10 +/- 1 nm'",
            )
    return Written("deviation", value, value - spread, value + spread, unit)


def _checked(written: Written, text: str) -> Written:
    if not all(map(math.isfinite, (written.value, written.low, written.high))):
        raise InputError("a quantity must be finite", value=text, remedy=_REMEDY)
    if written.form == "uniform" and not written.low < written.high:
        raise InputError("the lower bound must lie below the upper one", value=text, remedy="write '8..12 nm'")
    if written.form == "interval" and not written.low < written.value < written.high:
        raise InputError("the median must lie inside its interval", value=text, remedy="write '10 [8, 13] nm'")
    if written.form == "deviation" and written.high < written.low:
        raise InputError("a standard deviation cannot be negative", value=text, remedy="write '10 +/- 1 nm'")
    return written
