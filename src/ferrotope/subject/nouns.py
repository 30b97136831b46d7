"""The subject: species, body, organs, tissues and tumour."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any, Self

from pydantic import Field, model_validator

from ferrotope.errors import InputError, nearest
from ferrotope.subject.organs import canonical_organ
from ferrotope.units.fields import quantity
from ferrotope.units.noun import Noun
from ferrotope.units.value import Value

__all__ = ["Organ", "Subject", "Tissue", "Tumour", "species_names"]

_ALIASES = {"human": "human_male"}


class Organ(Noun):
    """An organ by its mass, absolute or as a fraction of the body."""

    mass: quantity("kg", positive=True, low=1e-9, high=100.0, shown=("g", 1e-3)) | None = None
    mass_fraction: quantity("1", positive=True, low=1e-9, high=1.0) | None = Field(None, description="of the body mass")

    @model_validator(mode="after")
    def _one_mass(self) -> Self:
        if (self.mass is None) == (self.mass_fraction is None):
            raise InputError(
                "an organ has either a mass or a mass fraction", field="mass", remedy='give mass = "1.1 g"'
            )
        return self


class Tissue(Noun):
    """Properties of a tissue that heat and radiobiology need."""

    density: quantity("kg/m3", positive=True, low=100.0, high=5000.0) | None = None
    heat_capacity: quantity("J/(kg K)", positive=True, low=500.0, high=6000.0) | None = None
    conductivity: quantity("W/(m K)", positive=True, low=0.01, high=10.0) | None = None
    perfusion: quantity("1/s", low=0.0, high=1.0) | None = Field(
        None, description="volume of blood per volume of tissue and time"
    )
    electrical_conductivity: quantity("S/m", low=0.0, high=10.0) | None = None
    alpha: quantity("1/Gy", positive=True, low=1e-4, high=10.0) | None = Field(
        None, description="linear coefficient of cell kill"
    )
    alpha_beta: quantity("Gy", positive=True, low=0.1, high=100.0) | None = None
    repair_half_time: quantity("s", positive=True, low=1.0, high=1e6, shown=("h", 3600.0)) | None = Field(
        None, description="of sublethal damage"
    )
    clonogen_density: quantity("1/m3", positive=True, low=1.0, high=1e16, shown=("1/cm3", 1e6)) | None = None


class Tumour(Noun):
    """The tumour, as a sphere of its mass."""

    mass: quantity("kg", positive=True, low=1e-9, high=10.0, shown=("g", 1e-3))
    site: str = ""
    type: str = Field("", description="cell line or histology")


class Subject(Noun):
    """One animal or person; what is not given comes from the anatomy and tissue tables of the species.

    Attributes
    ----------
    organ : dict of str to Organ
        All organs of the species, those of the study in place of the table's.
    tissue : dict of str to Tissue
        tumour, liver, spleen, muscle, kidney, blood and others, likewise.
    """

    species: str
    mass: quantity("kg", positive=True, low=1e-3, high=500.0, shown=("kg", 1.0)) | None = None
    body_radius: quantity("m", positive=True, low=1e-3, high=1.0, shown=("cm", 1e-2)) | None = Field(
        None, description="radius of the part of the body inside the coil"
    )
    temperature: quantity("K", low=280.0, high=320.0, shown=("degC", 1.0)) | None = Field(
        None, description="of the body before heating"
    )
    tumour: Tumour | None = None
    organ: dict[str, Organ] = Field(default_factory=dict)
    tissue: dict[str, Tissue] = Field(default_factory=dict)
    strain: str = ""
    model: str = Field("", description="the disease model, in words")

    @model_validator(mode="before")
    @classmethod
    def _with_anatomy(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not isinstance(given.get("species"), str):
            return given
        table = _anatomy()
        species = _ALIASES.get(
            given["species"].strip().lower().replace(" ", "_"), given["species"].strip().lower().replace(" ", "_")
        )
        if species not in table:
            raise InputError(
                "this species is not known",
                field="species",
                value=given["species"],
                remedy=nearest(species, [*table, *_ALIASES]),
            )
        anatomy = table[species]
        body = {name: anatomy[name] for name in ("body_radius", "temperature") if name in anatomy}
        merged = {**body, **given, "species": species}
        if merged.get("mass") is None:
            merged["mass"] = anatomy["body_mass"]
        organs = _merged(anatomy["organ"], given.get("organ", {}), "organ", known=_organ_names(), replace_whole=True)
        merged["organ"] = organs
        merged["tissue"] = _merged(_tissues(), given.get("tissue", {}), "tissue", known=[*_tissues(), *organs])
        if strange := next((name for name in merged["tissue"] if name not in {*_tissues(), *organs}), None):
            raise InputError(
                "the subject has no such tissue", field=f"tissue.{strange}", remedy=f"add [subject.organ.{strange}]"
            )
        return merged

    @model_validator(mode="after")
    def _masses(self) -> Self:
        for name, organ in self.organ.items():
            if organ.mass is not None and organ.mass.number > self.mass.number:
                raise InputError(
                    f"the body is lighter than its organ {name} of {organ.mass.text}",
                    field="mass",
                    value=self.mass.text,
                    remedy=f"correct it, or give the mass of the organ too, [subject.organ.{name}]",
                )
        if self.tumour is not None and self.tumour.mass.number > self.mass.number:
            raise InputError(
                "the tumour is heavier than the body",
                field="tumour.mass",
                value=self.tumour.mass.text,
                allowed=f"below {self.mass.text}",
            )
        return self

    def organ_mass(self, name: str) -> float:
        """Return the mass of an organ, or of the tumour, in kg.

        Parameters
        ----------
        name : str
            "tumour", or an organ of the species.

        Returns
        -------
        float
            Mass in kg.

        Raises
        ------
        InputError
            If the species' table has no such organ and the study gives none.
        """
        if name == "tumour" and self.tumour is not None:
            return self.tumour.mass.si
        organ = self.organ.get(name)
        if organ is None:
            raise InputError(
                "the mass of this organ is not known",
                field=f"subject.organ.{name}",
                remedy=f'give it, [subject.organ.{name}] mass = "1 g"; ' + nearest(name, self.organ),
            )
        return organ.mass.si if organ.mass is not None else organ.mass_fraction.si * self.mass.si

    def radius(self, name: str) -> float:
        """Return the radius in m of the sphere with the mass of an organ or of the tumour."""
        density = self.property(name, "density").si
        return (3.0 * self.organ_mass(name) / (4.0 * math.pi * density)) ** (1.0 / 3.0)

    def property(self, tissue: str, name: str) -> Value:
        """Return one property of a tissue; soft tissue stands in where the table has no such tissue.

        Raises
        ------
        InputError
            If neither the tissue nor "soft_tissue" has the property.
        """
        for candidate in (tissue, "soft_tissue"):
            value = getattr(self.tissue.get(candidate), name, None)
            if value is not None:
                return value
        raise InputError(
            f"{name} of this tissue is not known",
            field=f"subject.tissue.{tissue}.{name}",
            remedy=f"give it in [subject.tissue.{tissue}]",
        )


def species_names() -> list[str]:
    """Return the species with an anatomy table."""
    return sorted(_anatomy())


def _merged(
    table: dict[str, Any], given: Any, field: str, *, known: Iterable[str], replace_whole: bool = False
) -> dict[str, Any]:
    """Return the table with what is given in place of its rows; a name that is nearly a known one is a slip."""
    if not isinstance(given, dict):
        raise InputError("this must be a table", field=field, value=given)
    merged, seen = dict(table), set()
    for written, own in given.items():
        name = canonical_organ(written)
        if name in seen:
            raise InputError("this organ stands twice", field=f"{field}.{written}", remedy=f"keep {name}")
        seen.add(name)
        if name not in {*known, "tumour"} and difflib.get_close_matches(name, [*known, "tumour"], n=1, cutoff=0.75):
            raise InputError("this name is not known", field=f"{field}.{written}", remedy=nearest(name, known))
        if name == "tumour" and field == "organ":
            raise InputError(
                "the tumour is no organ of the species", field="organ.tumour", remedy="write [subject.tumour]"
            )
        base = {} if replace_whole or not isinstance(own, dict) else table.get(name, {})
        merged[name] = {**base, **own} if isinstance(own, dict) else own
    return merged


@lru_cache(maxsize=1)
def _organ_names() -> frozenset[str]:
    """Organs of any species."""
    return frozenset(name for anatomy in _anatomy().values() for name in anatomy["organ"])


@lru_cache(maxsize=1)
def _anatomy() -> dict[str, Any]:
    return tomllib.loads(files("ferrotope.subject").joinpath("anatomy.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _tissues() -> dict[str, Any]:
    return tomllib.loads(files("ferrotope.subject").joinpath("tissues.toml").read_text(encoding="utf-8"))
