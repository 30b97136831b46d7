"""Stylised voxel phantoms of mouse, rat and human, made from simple solids and the masses of organs.

A solid gives every point of space a level: below 1 inside its published surface, 1 on it, above 1 outside. An organ is
made of the voxels of lowest level that are still free, as many as its mass needs. So it lies where its solid lies, has
its shape and exactly its mass, and two organs never share a voxel.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ferrotope.errors import InputError, nearest
from ferrotope.subject.nouns import Subject, species_names
from ferrotope.subject.organs import canonical_organ
from ferrotope.subject.solids import level_of, room_of
from ferrotope.units.checks import positive

__all__ = ["Phantom", "phantom"]

# Densities (kg/m3) of soft tissue and lung: Cristy and Eckerman, ORNL/TM-8381/V1; of the whole skeleton: MIRD Pamphlet
# No. 5 Revised. All three read in public transcriptions.
DENSITIES = {"soft_tissue": 1040.0, "lung": 296.0, "skeleton": 1486.2}
_MEDIA = {"lungs": "lung", "bone": "skeleton", "marrow": "skeleton"}  # everything else is soft tissue
_FEWEST = 40  # voxels of the smallest organ, so that rounding changes no mass by more than 1.25 %
_MOST = 60_000_000  # voxels
_MILLIMETRE = 1e-3
REST = "remainder"


@dataclass(frozen=True, eq=False)
class Phantom:
    """A body of voxels, each of one organ.

    Attributes
    ----------
    species, sex : str
        Whose body.
    labels : uint8 array, shape (nx, ny, nz)
        0 outside the body, n + 1 for the organ `names[n]`; axes RAS+ (right, front or belly, head).
    voxel_size : float
        Edge of a voxel (m).
    origin : tuple of float
        Position of the corner of voxel (0, 0, 0) (m).
    names : tuple of str
        Organs, contents of hollow ones (as "stomach_content"), and last "remainder", all other tissue.
    masses : array, shape (organs,)
        Masses of the voxels of the organs (kg).
    densities : array, shape (organs,)
        kg/m3.
    media : tuple of str
        "soft_tissue", "lung" or "skeleton", one an organ.
    sources : dict of str to str
        Where shape and place of each organ come from; begins with "stated" or "assumed".
    """

    species: str
    sex: str
    labels: NDArray[np.uint8]
    voxel_size: float
    origin: tuple[float, float, float]
    names: tuple[str, ...]
    masses: NDArray[np.float64]
    densities: NDArray[np.float64]
    media: tuple[str, ...]
    sources: dict[str, str]

    @property
    def body_mass(self) -> float:
        """Mass of all voxels (kg)."""
        return float(self.masses.sum())

    def label(self, name: str) -> int:
        """Label of an organ.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        int
            Its value in `labels`.

        Raises
        ------
        InputError
            If the phantom has no such organ.
        """
        organ = canonical_organ(name)
        if organ not in self.names:
            raise InputError(
                "the phantom has no such organ", field="organ", value=name, remedy=nearest(organ, self.names)
            )
        return self.names.index(organ) + 1

    def mask(self, name: str) -> NDArray[np.bool_]:
        """Voxels of an organ, shape (nx, ny, nz)."""
        return self.labels == self.label(name)


def phantom(
    species: str,
    *,
    sex: str | None = None,
    body_mass: float | None = None,
    organ_masses: Mapping[str, float] | None = None,
    voxel_size: float | None = None,
) -> Phantom:
    """Make a stylised phantom.

    Parameters
    ----------
    species : str
        "mouse", "rat" or "human"; also "human_male" and "human_female".
    sex : str, optional
        "male" or "female"; male by default. Of mouse and rat the female one only lacks testes.
    body_mass : float, optional
        kg; by default that of the anatomy table. Organs grow in proportion to it.
    organ_masses : mapping of str to float, optional
        Masses (kg) in place of those of the table.
    voxel_size : float, optional
        Edge of a voxel (m). By default 0.4 mm (mouse), 0.7 mm (rat) or 4 mm (human), or as little as gives the smallest
        organ 40 voxels.

    Returns
    -------
    Phantom
        Mass of every organ within half a voxel.

    Raises
    ------
    InputError
        If the species, the sex or an organ is not known, a mass or size is not positive, the organs weigh more than the
        body, or the voxels are too many or too large for the smallest organ.

    Notes
    -----
    Human: W. S. Snyder et al., MIRD Pamphlet No. 5 Revised (1978), and M. Cristy and K. F. Eckerman, ORNL/TM-8381
    (1987); `Phantom.sources` says for each organ what was read and what is an estimate. Mouse: all positions are
    estimates. Rat: the mouse enlarged. Muscle, skin, fat and blood are the remainder.

    Examples
    --------
    >>> mouse = phantom("mouse", voxel_size=0.8e-3, organ_masses={"thyroid": 0.03e-3})
    >>> round(1e3 * float(mouse.masses[mouse.names.index("liver")]), 2)  # g
    1.37
    """
    kind, sex = _checked_species(species, sex)
    given: dict[str, float] = {}
    for name, mass in (organ_masses or {}).items():
        organ = canonical_organ(name)
        if organ in given:
            raise InputError("this organ stands twice", field=f"organ_masses.{name}", remedy=f"keep {organ}")
        given[organ] = float(positive(f"organ_masses.{name}", mass, "kg"))
    for name, value in (("body_mass", body_mass), ("voxel_size", voxel_size)):
        if value is not None:
            positive(name, value, "kg" if name == "body_mass" else "m")
    return _made(kind, sex, None if body_mass is None else float(body_mass), tuple(given.items()), voxel_size)


@lru_cache(maxsize=8)
def _made(species, sex, body_mass, given, voxel_size) -> Phantom:
    layout = _layout(species)
    wanted, body_mass, reference = _masses(species, sex, layout, body_mass, dict(given))
    edge = _edge(layout, wanted, voxel_size)
    scale = np.array(layout["scale"][sex]) * (body_mass / reference) ** (1.0 / 3.0)
    low, high = room_of([*layout["body"], *(s for name in wanted for s in _solids(layout, name))], scale)
    origin = low * _MILLIMETRE - 2.0 * edge
    shape = np.ceil(((high * _MILLIMETRE + 2.0 * edge) - origin) / edge).astype(int)
    if np.prod(shape.astype(float)) > _MOST:
        raise InputError(
            f"this phantom would have {np.prod(shape.astype(float)):.3g} voxels",
            field="voxel_size",
            value=f"{edge} m",
            allowed=f"at most {_MOST:.0e} voxels",
        )
    space = _Space(origin / _MILLIMETRE, edge / _MILLIMETRE, np.zeros(shape, dtype=np.uint8))
    names = [*wanted, REST]
    media = tuple(_MEDIA.get(name, "soft_tissue") for name in names)
    densities = np.array([DENSITIES[medium] for medium in media])
    counts = {name: max(round(wanted[name] / (rho * edge**3)), 1) for name, rho in zip(wanted, densities, strict=False)}
    for label, name in enumerate(wanted, 1):
        space.fill(_solids(layout, name), scale, counts[name], label, name)
    placed = sum(n * rho for n, rho in zip(counts.values(), densities, strict=False)) * edge**3
    space.fill(layout["body"], scale, round((body_mass - placed) / (densities[-1] * edge**3)), len(names), REST)
    masses = np.bincount(space.labels.ravel(), minlength=len(names) + 1)[1:] * densities * edge**3
    labels, corner = _trimmed(space.labels, origin, edge)
    for array in (labels, masses, densities):
        array.flags.writeable = False
    sources = {name: _source(layout, name) for name in names}
    return Phantom(species, sex, labels, edge, corner, tuple(names), masses, densities, media, sources)


class _Space:
    """The grid, in millimetres, while it is filled."""

    def __init__(self, origin, edge, labels):
        self.origin, self.edge, self.labels = origin, edge, labels

    def fill(self, solids, scale, count, label, name):
        """Give the free voxels of lowest level to an organ."""
        for reach in (1.5, np.inf):
            window = self._window(solids, scale, reach)
            place = [
                (np.arange(part.start, part.stop) + 0.5) * self.edge + first
                for part, first in zip(window, self.origin, strict=True)
            ]
            level = np.full([part.stop - part.start for part in window], np.inf)
            for solid in solids:
                np.minimum(level, level_of(solid, scale, place), out=level)
            level[self.labels[window] > 0] = np.inf
            free = np.count_nonzero(np.isfinite(level))
            if free >= count:
                chosen = np.argpartition(level.ravel(), count - 1)[:count]
                # Outside the window every level is above 1.5.
                if reach == np.inf or level.ravel()[chosen].max() <= reach:
                    self.labels[window][np.unravel_index(chosen, level.shape)] = label
                    return
        raise InputError(
            "this organ does not fit into the phantom", field=f"organ_masses.{name}", remedy="give it less mass"
        )

    def _window(self, solids, scale, reach):
        if not np.isfinite(reach):
            return tuple(slice(0, n) for n in self.labels.shape)
        low, high = room_of(solids, scale, reach)
        first = np.maximum(np.floor((low - self.origin) / self.edge).astype(int), 0)
        last = np.minimum(np.ceil((high - self.origin) / self.edge).astype(int), self.labels.shape)
        return tuple(slice(a, max(b, a + 1)) for a, b in zip(first, last, strict=True))


def _checked_species(species: str, sex: str | None) -> tuple[str, str]:
    word = str(species).strip().lower().replace(" ", "_")
    kind, _, implied = word.partition("_")
    if word not in ("human", *species_names()) or kind not in _layouts():
        raise InputError(
            "there is no phantom of this species",
            field="species",
            value=species,
            remedy=nearest(word, [*_layouts(), "human_male", "human_female"]),
        )
    if sex not in (None, "male", "female") or (sex and implied and sex != implied):
        raise InputError("this sex does not fit", field="sex", value=sex, allowed=implied or "male, female")
    return kind, implied or sex or "male"


def _masses(species, sex, layout, body_mass, given):
    """Masses of organs and contents in the order of placing, the mass of the body, and that of the table."""
    subject = Subject(species=f"human_{sex}" if species == "human" else species)
    reference = subject.mass.si
    body_mass = reference if body_mass is None else body_mass
    known = [name for name in layout["order"] if name in subject.organ and not (sex == "female" and name == "testes")]
    contents = {layout["organ"][name]["content"]["name"]: name for name in known if "content" in layout["organ"][name]}
    wanted: dict[str, float] = {}
    for name in known:
        content = layout["organ"][name].get("content")
        if content is not None:  # first, as the middle of its organ
            wanted[content["name"]] = 1e-3 * content["grams"][sex] * body_mass / reference
        wanted[name] = subject.organ_mass(name) * body_mass / reference
    if "marrow" in wanted:  # which the table counts in the skeleton
        wanted["bone"] -= wanted["marrow"]
    for name in given:
        if name not in wanted:
            raise InputError(
                "the phantom has no such organ",
                field=f"organ_masses.{name}",
                remedy=nearest(name, [*wanted, *contents]),
            )
    wanted |= given
    total = sum(wanted.values())
    if total >= 0.98 * body_mass:
        raise InputError(
            f"the organs of the phantom weigh {1e3 * total:.4g} g together and leave nothing for the rest of the body",
            field="body_mass" if not given else "organ_masses",
            value=f"body of {1e3 * body_mass:.4g} g",
            allowed="organs of less than 98 % of the body",
            remedy="give the body mass that belongs to these organs",
        )
    return wanted, body_mass, reference


def _edge(layout, wanted, voxel_size):
    volume = {name: mass / DENSITIES[_MEDIA.get(name, "soft_tissue")] for name, mass in wanted.items()}
    smallest = min(volume, key=volume.get)
    largest = (volume[smallest] / _FEWEST) ** (1.0 / 3.0)
    if voxel_size is None:
        return min(layout["voxel"] * _MILLIMETRE, largest)
    if voxel_size > largest * (1.0 + 1e-9):
        raise InputError(
            f"too few voxels would fall into the {smallest}",
            field="voxel_size",
            value=f"{voxel_size} m",
            allowed=f"up to {largest:.3g} m",
        )
    return float(voxel_size)


def _trimmed(labels, origin, edge):
    """The grid without empty margins, but for one voxel."""
    some = [np.flatnonzero(labels.any(axis=tuple(other for other in range(3) if other != axis))) for axis in range(3)]
    first = [max(int(found[0]) - 1, 0) for found in some]
    part = tuple(slice(a, int(found[-1]) + 2) for a, found in zip(first, some, strict=True))
    return np.ascontiguousarray(labels[part]), tuple(float(o + a * edge) for o, a in zip(origin, first, strict=True))


def _solids(layout, name):
    """Solids of an organ; of a content those of the organ around it."""
    return layout["organ"][name.removesuffix("_content")]["solids"]


def _source(layout, name):
    entry = layout if name == REST else layout["organ"][name.removesuffix("_content")]
    kind = "assumed" if layout["kind"] == "assumed" else entry["kind"]
    parts = [kind, entry.get("source", ""), entry.get("note", ""), layout["note"] if entry is not layout else ""]
    return ": ".join(part for part in parts if part)


def _layout(species) -> dict[str, Any]:
    own = _layouts()[species]
    return {**_layouts()[own["layout"]], **own} if "layout" in own else own


@lru_cache(maxsize=1)
def _layouts() -> dict[str, Any]:
    return tomllib.loads(files("ferrotope.subject").joinpath("phantoms.toml").read_text(encoding="utf-8"))
