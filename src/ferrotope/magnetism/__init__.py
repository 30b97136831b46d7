"""Magnetism: equilibrium, relaxation, dynamic hysteresis, stochastic moments, heating power."""

from ferrotope.magnetism.equilibrium import langevin
from ferrotope.magnetism.respond import Magnetism, respond

__all__ = ["Loop", "Magnetism", "StochasticLoop", "dynamic_loop", "langevin", "respond", "stochastic_loop"]


def __getattr__(name: str):
    # the solvers load compilers and linear algebra: only who uses them pays
    if name in ("Loop", "dynamic_loop"):
        from ferrotope.magnetism import loop

        return getattr(loop, name)
    if name in ("StochasticLoop", "stochastic_loop"):
        from ferrotope.magnetism import stochastic

        return getattr(stochastic, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
