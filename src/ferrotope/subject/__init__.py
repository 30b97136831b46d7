"""The subject: species, anatomy, tissues and tumour."""

from typing import Any

from ferrotope.subject.nouns import Organ, Subject, Tissue, Tumour, species_names
from ferrotope.subject.organs import canonical_organ

_PHANTOMS = ("Phantom", "phantom")  # only who needs a phantom pays for it

__all__ = ["Organ", "Phantom", "Subject", "Tissue", "Tumour", "canonical_organ", "phantom", "species_names"]


def __getattr__(name: str) -> Any:
    if name not in _PHANTOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ferrotope.subject import phantoms

    return getattr(phantoms, name)


def __dir__() -> list[str]:
    return sorted(__all__)
