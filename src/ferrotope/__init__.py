"""Ferrotope: design, simulation and analysis of radiolabelled magnetic nanoparticles.

For research, not a medical device.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ferrotope import catalogue, radiobiology
    from ferrotope.errors import FerrotopeError, InputError
    from ferrotope.nuclides import Nuclide
    from ferrotope.particle import Particle
    from ferrotope.result import Result
    from ferrotope.study import Study

__version__ = "0.1.0"
__all__ = [
    "FerrotopeError",
    "InputError",
    "Nuclide",
    "Particle",
    "Result",
    "Study",
    "__version__",
    "catalogue",
    "radiobiology",
]

_HOMES = {
    "FerrotopeError": "ferrotope.errors",
    "InputError": "ferrotope.errors",
    "Nuclide": "ferrotope.nuclides",
    "Particle": "ferrotope.particle",
    "Result": "ferrotope.result",
    "Study": "ferrotope.study",
}
_ROOMS = [
    "biokinetics",
    "catalogue",
    "curves",
    "dosimetry",
    "errors",
    "hyperthermia",
    "imaging",
    "magnetism",
    "nuclides",
    "particle",
    "protocol",
    "radiobiology",
    "radiochemistry",
    "relaxometry",
    "report",
    "result",
    "sources",
    "study",
    "subject",
    "units",
]


def __getattr__(name: str) -> Any:
    # Rooms are imported when they are first used: a bare import costs next to nothing.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _ROOMS:
        return import_module(f"ferrotope.{name}")
    raise AttributeError(f"module 'ferrotope' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_ROOMS])
