"""Magnetism: equilibrium, relaxation, dynamic hysteresis, stochastic moments, heating power, tracers."""

from importlib import import_module
from typing import Any

from ferrotope.magnetism.equilibrium import langevin
from ferrotope.magnetism.respond import Magnetism, respond

# Solvers load compilers, linear algebra or file formats: only who uses them pays.
_LAZY = {
    "ac_susceptibility": "susceptibility",
    "brownian_time": "relaxation",
    "neel_time": "relaxation",
    "neel_time_in_field": "relaxation_in_field",
    "magnetisation_curve": "equilibrium",
    "HeatingPower": "heating",
    "Loop": "loop",
    "Medium": "heating",
    "StochasticLoop": "stochastic",
    "best_core_diameter": "heating",
    "dynamic_loop": "loop",
    "harmonic_spectrum": "tracer",
    "heating_power": "heating",
    "point_spread": "tracer",
    "power_map": "heating",
    "response_to_field": "waveform",
    "stochastic_loop": "stochastic",
    "write_mdf": "mdf",
}

__all__ = ["Magnetism", "langevin", "respond", *_LAZY]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
