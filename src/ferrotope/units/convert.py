"""Conversion of unit text to SI: the only place that imports pint.

Pint never sees a number. It is handed a unit string without numerals other than exponents, and gives back the factor
and the offset that lead to SI.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ferrotope.errors import InputError

__all__ = ["conversion", "same_dimension", "split_unit"]

# Units of the field that pint does not know, or knows in another system (its gauss and oersted are Gaussian).
_DEFINITIONS = (
    "ferro_emu = 1e-3 * ampere * meter ** 2 = emu",
    "ferro_oersted = 79.57747154594767 * ampere / meter",
    "ferro_gauss = 1e-4 * tesla",
)
_ALIASES = {
    "Oe": "ferro_oersted",
    "oersted": "ferro_oersted",
    "G": "ferro_gauss",
    "Gs": "ferro_gauss",
    "gauss": "ferro_gauss",
    "emu": "ferro_emu",
    "Å": "angstrom",
}
_PREFIXED = re.compile(r"([kmuM]?)(" + "|".join(_ALIASES) + ")")
_GRAIN = re.compile(r"[kmu]?gr")
_CHARACTERS = str.maketrans(
    {"µ": "u", "μ": "u", "·": " ", "⋅": " ", "×": " ", "−": "-", "²": "2", "³": "3", "⁻": "-", "¹": "1"}
)
_TOKEN = re.compile(r"[A-Za-z_Å]+")
_SHAPE = re.compile(r"(?:[A-Za-zÅ][A-Za-z_Å]*(?:\*\*-?[1-9])?|1(?=/)|[*/()])+")
_DANGLING = re.compile(r"^[*/]|[*/(][*/)]|[*/(]$")


@lru_cache(maxsize=1)
def _registry():
    import logging

    import pint

    # The definitions above replace pint's own emu; pint reports that through logging, which a library must not print.
    logging.getLogger("pint").addHandler(logging.NullHandler())
    registry = pint.UnitRegistry(autoconvert_offset_to_baseunit=True, on_redefinition="ignore")
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


def split_unit(unit: str) -> str:
    """Return the unit text in the form that pint reads: products as ``*`` and powers as ``**``.

    Parameters
    ----------
    unit : str
        For example "kA/m", "mM-1 s-1", "1/(mM s)", "emu/g", "degC", "%".

    Returns
    -------
    str
        The rewritten unit.

    Raises
    ------
    InputError
        If the text holds a numeral that is not an exponent, or a character that belongs to no unit.
    """
    text = unit.translate(_CHARACTERS).strip().replace("°C", "degC")
    if text in ("", "1"):
        return "dimensionless"
    text = text.replace("%", "percent")
    text = re.sub(r"\s*([/*()])\s*", r"\1", text).replace("^", "**").replace("****", "**")
    text = re.sub(r"([A-Za-z_Å])(-?\d)", r"\1**\2", text)
    text = re.sub(r"\s+", "*", text)
    # "(mM s)" after a closing or before an opening bracket means a product as well
    text = re.sub(r"\)(?=[A-Za-z(])", ")*", text)
    if not _SHAPE.fullmatch(text) or _DANGLING.search(re.sub(r"\*\*-?\d", "", text)):
        raise InputError(
            "this is not a unit",
            value=unit,
            remedy="write a unit such as 'nm', 'kA/m', 'mg/kg' or '1/(mM s)' without numbers",
        )
    return _TOKEN.sub(lambda match: _unit_name(match.group(), unit), text)


def _unit_name(token: str, unit: str) -> str:
    """Return the name that pint knows for one unit with its prefix."""
    if _GRAIN.fullmatch(token):
        raise InputError("gr is the grain, not the gram", value=unit, remedy=f"write {token[:-1]}")
    known = _PREFIXED.fullmatch(token)
    return known[1] + _ALIASES[known[2]] if known else token


@lru_cache(maxsize=512)
def _parsed(unit: str):
    registry = _registry()
    text = split_unit(unit)
    try:
        return registry.parse_units(text)
    except Exception as error:  # pint lets through whatever its tokenizer and its evaluation raise
        raise InputError(
            "this unit is not known", value=unit, remedy="write an SI unit or one of the field's own, such as 'emu/g'"
        ) from error


@lru_cache(maxsize=512)
def conversion(unit: str, si: str) -> tuple[float, float] | None:
    """Return factor and offset such that ``value * factor + offset`` is in the SI unit.

    Parameters
    ----------
    unit : str
        The unit as the user wrote it.
    si : str
        The unit wanted.

    Returns
    -------
    tuple of float, or None
        (factor, offset); None where the dimensions differ.

    Raises
    ------
    InputError
        If the unit is not known.
    """
    given, wanted = _parsed(unit), _parsed(si)
    if given.dimensionality != wanted.dimensionality:
        return None
    quantity = _registry().Quantity
    zero = float(quantity(0.0, given).to(wanted).magnitude)
    # Differences taken far from the offset keep the digits of small factors (nm to m).
    factor = float(quantity(1.0, given).to(wanted).magnitude) - zero
    if zero == 0.0:
        factor = float(quantity(1.0, given).to(wanted).magnitude)
    return factor, zero


def same_dimension(unit: str, si: str) -> bool:
    """Return whether two units have the same dimension."""
    return conversion(unit, si) is not None
