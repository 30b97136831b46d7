"""Range checks of the arguments of formulas."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError

__all__ = ["between", "not_negative", "positive"]


def positive(name: str, value: ArrayLike, unit: str = "") -> NDArray[np.float64]:
    """Return the value as floats, or refuse what is not finite and above zero."""
    numbers = np.asarray(value, dtype=float)
    fine = np.isfinite(numbers) & (numbers > 0)
    if not fine.all():
        allowed = f"above 0 {unit}".strip()
        raise InputError("this must be positive and finite", field=name, value=_first(value, fine), allowed=allowed)
    return numbers


def not_negative(name: str, value: ArrayLike, unit: str = "") -> NDArray[np.float64]:
    """Return the value as floats, or refuse what is not finite or below zero."""
    numbers = np.asarray(value, dtype=float)
    fine = np.isfinite(numbers) & (numbers >= 0)
    if not fine.all():
        allowed = f"0 {unit} or more, finite".replace("  ", " ")
        said = "this must not be negative" if np.isfinite(numbers).all() else "this must be finite and not negative"
        raise InputError(said, field=name, value=_first(value, fine), allowed=allowed)
    return numbers


def between(
    name: str, value: ArrayLike, low: float, high: float, unit: str = "", remedy: str = ""
) -> NDArray[np.float64]:
    """Return the value as floats, or refuse what lies outside a range."""
    numbers = np.asarray(value, dtype=float)
    fine = (numbers >= low) & (numbers <= high)
    if not fine.all():
        allowed = f"{low:g} to {high:g} {unit}".strip()
        shown = _first(value, fine)
        raise InputError("this is out of range", field=name, value=shown, allowed=allowed, remedy=remedy or None)
    return numbers


def _first(value: ArrayLike, fine: NDArray[np.bool_]) -> object:
    """Return a single value as it is, of an array the first wrong one with its place."""
    if fine.ndim == 0 or fine.size == 1:
        return value
    place = tuple(int(i) for i in np.argwhere(~fine)[0])
    return f"{np.asarray(value, dtype=float)[place]:g} at {list(place)}"
