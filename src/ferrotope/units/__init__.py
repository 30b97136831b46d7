"""Quantities: text with a unit becomes SI floats here, and nowhere else."""

from ferrotope.units.value import KINDS, Value, recording

__all__ = ["KINDS", "Value", "recording"]
