"""Materials of cores and shells: a shipped table, and the same table inline in a study."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, Self

from pydantic import Field, model_validator

from ferrotope.errors import InputError, nearest
from ferrotope.units.fields import quantity
from ferrotope.units.noun import Noun

__all__ = ["Material", "material_names"]


class Material(Noun):
    """A core or shell material at the temperature given.

    Magnetic properties are absent for a material without a moment (gold).
    """

    name: str
    formula: str
    density: quantity("kg/m3", positive=True, low=500.0, high=25000.0, shown=("g/cm3", 1e3))
    saturation_magnetisation: quantity("A/m", positive=True, low=1e3, high=2e6, shown=("kA/m", 1e3)) | None = None
    anisotropy: quantity("J/m3", low=0.0, high=1e7, shown=("kJ/m3", 1e3)) | None = Field(
        None, description="magnitude of the first magnetocrystalline constant, taken as uniaxial"
    )
    temperature: quantity("K", low=1.0, high=1500.0) | None = Field(
        None, description="at which the magnetic properties hold"
    )

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, given: Any) -> Any:
        if isinstance(given, str):
            table = _table()
            key = given.strip().lower().replace(" ", "_")
            if key not in table:
                raise InputError(
                    "this material is not known",
                    value=given,
                    remedy=nearest(key, table) + " Or give a table of your own",
                )
            return {"name": given.strip(), **table[key]}
        return given

    @model_validator(mode="after")
    def _readable(self) -> Self:
        from ferrotope.particle.formula import composition

        composition(self.formula)
        return self

    @property
    def composition(self) -> dict[str, float]:
        """Atoms of each element in one formula unit."""
        from ferrotope.particle.formula import composition

        return composition(self.formula)

    @property
    def iron_mass_fraction(self) -> float:
        """Mass of iron per mass of material, from the formula."""
        from ferrotope.particle.formula import mass_fraction

        return mass_fraction(self.formula, "Fe")


def material_names() -> list[str]:
    """Return the names of the shipped materials."""
    return sorted(_table())


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("ferrotope.particle").joinpath("materials.toml").read_text(encoding="utf-8"))
