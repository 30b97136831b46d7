"""The shipped nuclear data: emission lines, half-lives, branching and positrons, read once when first needed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

__all__ = ["Branch", "HalfLife", "branches", "emission_rows", "half_lives", "positron_rows", "unique_order"]

# Two endpoints that differ by less (eV) are of the same beta branch.
_SAME_BRANCH = 3e3


@dataclass(frozen=True)
class HalfLife:
    """Half-life and its standard deviation in s, and where they come from."""

    value: float
    sd: float
    source: str


@dataclass(frozen=True)
class Branch:
    """One way of decay: daughter, mode, daughter atoms per decay with standard deviation, source."""

    daughter: str
    mode: str
    fraction: float
    sd: float
    source: str


@lru_cache(maxsize=1)
def half_lives() -> dict[str, HalfLife]:
    """Half-life of every known nuclide, by name."""
    known = {}
    for row in _rows("half_lives.csv"):
        source = (
            row["source"] if row["source"] != "UKDD-12" else f"UKDD-12 (actigamma 0.1.5); ENSDF 2023: {row['ensdf']}"
        )
        known[row["nuclide"]] = HalfLife(float(row["half_life"]), float(row["sd"]), source)
    return known


@lru_cache(maxsize=1)
def branches() -> dict[str, tuple[Branch, ...]]:
    """Branches of every known nuclide, the strongest first."""
    found: dict[str, list[Branch]] = {}
    for row in _rows("branching.csv"):
        branch = Branch(row["daughter"], row["mode"], float(row["fraction"]), float(row["sd"]), row["source"])
        found.setdefault(row["parent"], []).append(branch)
    return {name: tuple(sorted(some, key=lambda branch: -branch.fraction)) for name, some in found.items()}


@lru_cache(maxsize=1)
def emission_rows() -> dict[str, dict]:
    """Lines by nuclide and radiation, in eV and per decay, as the file holds them."""
    return json.loads(_file("emissions.json").read_text(encoding="utf-8"))["nuclides"]


@lru_cache(maxsize=1)
def positron_rows() -> dict[str, tuple[tuple[float, float, float, float], ...]]:
    """Mean energy (eV), endpoint (eV), intensity per decay and its sd of the positron branches, by nuclide."""
    found: dict[str, list[tuple[float, float, float, float]]] = {}
    for row in _rows("positrons.csv"):
        energies = 1e3 * float(row["mean"]), 1e3 * float(row["endpoint"])
        found.setdefault(row["nuclide"], []).append((*energies, float(row["intensity"]) / 100, float(row["sd"]) / 100))
    return {name: tuple(some) for name, some in found.items()}


def unique_order(name: str, radiation: str, endpoint: float) -> int:
    """Order of the unique forbidden branch with this endpoint (eV); 0 for allowed and non-unique branches."""
    known = _unique_branches().get((name, radiation), ())
    near = [(abs(energy - endpoint), order) for energy, order in known if abs(energy - endpoint) < _SAME_BRANCH]
    return min(near)[1] if near else 0


@lru_cache(maxsize=1)
def _unique_branches() -> dict[tuple[str, str], tuple[tuple[float, int], ...]]:
    found: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for row in _rows("unique_branches.csv"):
        branch = 1e3 * float(row["endpoint"]), int(row["order"])
        found.setdefault((row["nuclide"], row["radiation"]), []).append(branch)
    return {key: tuple(some) for key, some in found.items()}


def _file(name: str):
    return resources.files("ferrotope.nuclides").joinpath(name)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = _file(name).read_text(encoding="utf-8")
    return csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
