"""Relaxometry: r1, r2 and r2* of a particle."""

from ferrotope.relaxometry.relaxivities import CLUSTERS, Relaxivities, relaxivities

__all__ = ["CLUSTERS", "Relaxivities", "relaxivities"]
