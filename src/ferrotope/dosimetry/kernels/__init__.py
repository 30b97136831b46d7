"""Dose around a point source in water."""
