"""Range checks that the formulas of this room share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError

__all__ = ["not_negative", "positive"]


def positive(name: str, value: ArrayLike, unit: str) -> NDArray[np.float64]:
    """Return the value as floats, or refuse what is not finite and above zero."""
    numbers = np.asarray(value, dtype=float)
    if not (np.isfinite(numbers) & (numbers > 0)).all():
        raise InputError(f"{name} must be positive and finite", field=name, value=value, allowed=f"above 0 {unit}")
    return numbers


def not_negative(name: str, value: ArrayLike, unit: str) -> NDArray[np.float64]:
    """Return the value as floats, or refuse what is not finite or below zero."""
    numbers = np.asarray(value, dtype=float)
    if not (np.isfinite(numbers) & (numbers >= 0)).all():
        raise InputError(f"{name} must not be negative", field=name, value=value, allowed=f"0 {unit} or more, finite")
    return numbers
