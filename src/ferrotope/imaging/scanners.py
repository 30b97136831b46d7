"""Scanners for PET and SPECT, from a shipped table."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from ferrotope.errors import InputError, nearest
from ferrotope.units.fields import quantity
from ferrotope.units.noun import Noun

__all__ = ["Scanner", "default_scanner", "scanner", "scanner_names"]

_SMALL_ANIMAL = 2.0  # kg: heavier subjects do not fit the bore of a small-animal scanner


class Scanner(Noun):
    """A PET or SPECT scanner as a point spread function and a sensitivity."""

    title: str
    modality: Literal["PET", "SPECT"]
    subjects: str
    resolution: quantity("m", positive=True, low=1e-4, high=0.05, shown=("mm", 1e-3))
    sensitivity: quantity("1", positive=True, low=1e-9, high=1.0)
    transmission: quantity("1", positive=True, low=1e-6, high=1.0)


def scanner_names() -> list[str]:
    """Return the names of the shipped scanners."""
    return sorted(_table())


def scanner(name: str) -> Scanner:
    """Return a shipped scanner.

    Parameters
    ----------
    name : str
        One of `scanner_names`.

    Returns
    -------
    Scanner
        With the kind and source of each number.

    Raises
    ------
    InputError
        If there is no such scanner.
    """
    if name not in _table():
        raise InputError("this scanner is not known", field="scanner", value=name, remedy=nearest(name, _table()))
    return _table()[name]


def default_scanner(modality: str, body_mass: float) -> str:
    """Return the scanner that is taken where the study names none.

    Parameters
    ----------
    modality : str
        "PET" or "SPECT".
    body_mass : float
        kg; below 2 kg a small-animal scanner, above it a clinical one.

    Returns
    -------
    str
        A name in the table.

    Raises
    ------
    InputError
        If the modality is neither.
    """
    names = {"PET": ("inveon-pet", "biograph-mct-flow"), "SPECT": ("inveon-spect", "symbia-lehr")}
    if modality not in names:
        raise InputError("no scanner for this modality", field="modality", value=modality, allowed="PET or SPECT")
    return names[modality][0 if body_mass < _SMALL_ANIMAL else 1]


@lru_cache(maxsize=1)
def _table() -> dict[str, Scanner]:
    text = files("ferrotope.imaging").joinpath("scanners.toml").read_text(encoding="utf-8")
    return {name: Scanner(**entry) for name, entry in tomllib.loads(text).items()}
