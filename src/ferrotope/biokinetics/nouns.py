"""The biodistribution as it stands in a study: a file, and the reading of its numbers."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from ferrotope.biokinetics.activity import (
    COMPOSITES,
    EXTRAPOLATION_ERROR,
    OrganActivity,
    organ_activity,
    organ_mass,
)
from ferrotope.biokinetics.checks import check_recovery, recovery
from ferrotope.biokinetics.read import read_table
from ferrotope.biokinetics.table import BiodistributionTable, require_reading
from ferrotope.errors import InputError
from ferrotope.subject.nouns import Subject
from ferrotope.units.fields import quantity
from ferrotope.units.noun import Noun
from ferrotope.units.value import Value

__all__ = ["Biodistribution", "Reading", "masses_of", "masses_of_organs"]


class Reading(Noun):
    """How a number of the table is to be read, and who says so; a bare value counts as stated."""

    value: bool | str
    kind: Literal["measured", "stated", "assumed"] = "stated"
    source: str = ""
    where: str = ""
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        return {"value": given} if isinstance(given, bool | str) else given


class Biodistribution(Noun):
    """A measured biodistribution: which file, in which unit, decay-corrected or not.

    Attributes
    ----------
    file : str
        CSV table, relative to the study; the header names time_h (or another unit), organ, value and, where known, sd,
        n and variant.
    unit : Reading
        "%ID/g" or "%ID"; required.
    decay_corrected : Reading
        Whether values were corrected for decay to the time of injection; required.
    variant : str or None
        Which rows, where the file holds several variants.
    scale : dict of str to Value
        Factor on each organ's curve: 1 with the uncertainty of the measured points, set by `load` where the study gives
        none.
    outside : dict of str to Value
        Factor on the part of each organ's time integral outside the measured times: 1 with an assumed uncertainty, set
        by `load` where the study gives none and no model was fitted.
    """

    file: str = Field(min_length=1, max_length=500)
    unit: Reading
    decay_corrected: Reading
    variant: str | None = None
    scale: dict[str, quantity("1", positive=True, low=1e-3, high=100.0)] = Field(default_factory=dict)
    outside: dict[str, quantity("1", positive=True, low=1e-3, high=100.0)] = Field(default_factory=dict)
    kind: Literal["measured", "stated", "assumed"] = "measured"
    source: str = ""
    where: str = ""
    note: str = ""
    _table: BiodistributionTable | None = PrivateAttr(default=None)
    _nominal: tuple[dict[str, float], dict[str, float], float | None] = PrivateAttr(default=({}, {}, None))

    @model_validator(mode="before")
    @classmethod
    def _stated(cls, given: Any) -> Any:
        if isinstance(given, dict):
            said = [given.get(key) for key in ("unit", "decay_corrected")]
            plain = [item.get("value") if isinstance(item, dict) else item for item in said]
            require_reading(*(item.value if isinstance(item, Reading) else item for item in plain))
        return given

    @property
    def table(self) -> BiodistributionTable | None:
        """The table, once loaded."""
        return self._table

    @property
    def nominal(self) -> tuple[dict[str, float], dict[str, float], float | None]:
        """Organ masses (kg), their relative standard deviations and the body mass (kg) of the subject at loading."""
        return self._nominal

    def load(self, folder: str | os.PathLike[str], subject: Subject | None, half_life: float | None = None) -> Self:
        """Read the table and check that the subject can hold it.

        Parameters
        ----------
        folder : path
            Folder to which `file` is relative.
        subject : Subject or None
            Whose organ masses turn %ID/g into %ID.
        half_life : float, optional
            Physical half-life in s. The relative uncertainty of an organ's time integral depends a little on it, and a
            table that is not decay-corrected can only be checked against 100 % with it.

        Returns
        -------
        Biodistribution
            The same, with its table and, in `scale`, the uncertainty of every organ's curve.

        Raises
        ------
        InputError
            When the file cannot be used, the organs hold more than was administered, or `scale` names an unknown
            organ.
        """
        table = read_table(Path(folder) / self.file, self.unit.value, self.decay_corrected.value, variant=self.variant)
        for key in ("scale", "outside"):
            if (strange := next((name for name in getattr(self, key) if name not in table.organs), None)) is not None:
                raise InputError(
                    "the table has no such organ",
                    field=f"biodistribution.{key}.{strange}",
                    allowed=", ".join(table.organs),
                )
        masses, variations = _nominal_masses(table, subject)
        body = subject.mass.number if subject is not None and subject.mass is not None else None
        check_recovery(table, recovery(table, masses, mass_variations=variations, half_life=half_life), body)
        found = organ_activity(table, half_life or float(table.times[-1]) or 1.0, masses)
        scale = {organ: self.scale.get(organ) or _factor(item, self) for organ, item in found.items()}
        outside = {
            organ: self.outside.get(organ) or _beyond(item)
            for organ, item in found.items()
            if item.outside_fraction > 0 and item.coefficient > 0
        }
        loaded = self.model_copy(update={"scale": scale, "outside": outside})
        loaded._table, loaded._nominal = table, (masses, variations, body)
        return loaded


def masses_of(table: BiodistributionTable, subject: Subject | None) -> dict[str, float]:
    """Masses in kg of the organs of a table that the subject knows, lumped organs as the sum of their parts."""
    return {} if subject is None else masses_of_organs(table.organs, subject)


def masses_of_organs(organs: Iterable[str], subject: Subject) -> dict[str, float]:
    """Masses in kg of the named organs that the subject knows, lumped organs as the sum of their parts."""
    named = list(organs)
    parts = {part for organ in named for part in COMPOSITES.get(organ, (organ,))}
    known = {name: subject.organ_mass(name) for name in parts | set(named) if _has(subject, name)}
    masses = {organ: organ_mass(organ, known) for organ in named}
    return {organ: mass for organ, mass in masses.items() if mass is not None}


def _has(subject: Subject, name: str) -> bool:
    return name in subject.organ or (name == "tumour" and subject.tumour is not None)


def _nominal_masses(table: BiodistributionTable, subject: Subject | None) -> tuple[dict[str, float], dict[str, float]]:
    masses = masses_of(table, subject)
    variations: dict[str, float] = {}
    for organ in masses:
        variations[organ] = max((_variation(subject, part) for part in COMPOSITES.get(organ, (organ,))), default=0.0)
    return masses, variations


def _variation(subject: Subject | None, name: str) -> float:
    if subject is None:
        return 0.0
    if name == "tumour" and subject.tumour is not None:
        value: Value | None = subject.tumour.mass
    else:
        organ = subject.organ.get(name)
        value = None if organ is None else organ.mass if organ.mass is not None else organ.mass_fraction
    return value.standard_deviation / value.number if value is not None and value.number > 0 else 0.0


def _factor(item: Any, noun: Biodistribution) -> Value:
    relative = item.relative_uncertainty
    stated = item.retention.common_error == 0
    note = (
        "from the standard deviations of the points"
        if stated
        else "the table gives no standard deviations: 10 % assumed"
    )
    one = Value(
        number=1.0,
        text=f"1 +/- {relative:.2g}",
        form="deviation",
        low=1.0 - relative,
        high=1.0 + relative,
        positive=True,
        kind=noun.kind if stated else "assumed",
        source=noun.source,
        where=noun.where,
        note=note,
    )
    return one if relative > 0 else replace(one, text="1", form="exact", low=1.0, high=1.0)


def _beyond(item: OrganActivity) -> Value:
    return Value(
        number=1.0,
        text=f"1 +/- {EXTRAPOLATION_ERROR:g}",
        form="deviation",
        low=1.0 - EXTRAPOLATION_ERROR,
        high=1.0 + EXTRAPOLATION_ERROR,
        positive=True,
        kind="assumed",
        note=f"{100 * item.outside_fraction:.0f} % of the time integral lies outside the measured times, held constant",
    )
