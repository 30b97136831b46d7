"""Magnetism: equilibrium, relaxation, linear response, heating power."""

from ferrotope.magnetism.respond import Magnetism, respond

__all__ = ["Magnetism", "respond"]
