"""Range checks of the arguments of formulas."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError

__all__ = ["between", "not_negative", "positive"]


def positive(name: str, value: ArrayLike, unit: str = "") -> NDArray[np.float64]:
    """Return the value as floats, or refuse what is not finite and above zero."""
    numbers = np.asarray(value, dtype=float)
    if not (np.isfinite(numbers) & (numbers > 0)).all():
        raise InputError("this must be positive and finite", field=name, value=value, allowed=f"above 0 {unit}".strip())
    return numbers


def not_negative(name: str, value: ArrayLike, unit: str = "") -> NDArray[np.float64]:
    """Return the value as floats, or refuse what is not finite or below zero."""
    numbers = np.asarray(value, dtype=float)
    if not (np.isfinite(numbers) & (numbers >= 0)).all():
        allowed = f"0 {unit} or more, finite".replace("  ", " ")
        raise InputError("this must not be negative", field=name, value=value, allowed=allowed)
    return numbers


def between(
    name: str, value: ArrayLike, low: float, high: float, unit: str = "", remedy: str = ""
) -> NDArray[np.float64]:
    """Return the value as floats, or refuse what lies outside a range."""
    numbers = np.asarray(value, dtype=float)
    if not ((numbers >= low) & (numbers <= high)).all():
        allowed = f"{low:g} to {high:g} {unit}".strip()
        raise InputError("this is out of range", field=name, value=value, allowed=allowed, remedy=remedy or None)
    return numbers
