"""The input of Ferrotope: one schema for a study, a catalogue system and a batch."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any, Literal, Self

from pydantic import Field, FiniteFloat, field_validator, model_validator

from ferrotope.biokinetics import Biodistribution
from ferrotope.errors import InputError
from ferrotope.particle import Particle
from ferrotope.protocol import Protocol
from ferrotope.subject import Subject
from ferrotope.units.fields import to_value
from ferrotope.units.noun import Noun
from ferrotope.units.value import Value

__all__ = ["SCHEMA", "Condition", "Correlation", "Document", "Measured", "Reference", "System", "Uncertainty"]

SCHEMA = 1
CONDITION_UNITS = {"H": "A/m", "f": "Hz", "B0": "T", "temperature": "K"}


class Header(Noun):
    """Title and remarks of a study."""

    title: str = ""
    author: str = ""
    note: str = ""


class Reference(Noun):
    """The publication of a system."""

    citation: str
    doi: str = ""
    pmid: str = ""


class System(Noun):
    """What makes a document a catalogue entry."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$")
    title: str
    kind: Literal["system", "component", "clinical"] = "system"
    reference: Reference
    notes: list[str] = Field(default_factory=list)
    not_found: list[str] = Field(default_factory=list, description="what the curator looked for and did not find")


class Condition(Noun):
    """Conditions of a measurement, in words and, where they must match a study's, as text quantities."""

    text: str = ""
    H: str = ""
    f: str = ""
    B0: str = ""
    temperature: str = ""
    medium: str = ""
    time: str = ""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        for name, unit in CONDITION_UNITS.items():
            if text := getattr(self, name):
                try:
                    to_value(text, unit)
                except InputError as error:
                    error.field = name
                    raise
        return self


class Measured(Noun):
    """One observed output: it scores predictions, and never enters them."""

    quantity: str
    value: str | float
    unit: str = ""
    sd: FiniteFloat | None = Field(None, ge=0)
    comparator: Literal["=", "<", ">", "about"] = "="
    predicts: str = Field("", description="path of the record that it scores, for example relaxometry.r2")
    conditions: Condition = Field(default_factory=Condition)
    source: str
    where: str = ""
    note: str = ""
    source_kind: str = Field("", description="what was seen of the source, for example 'abstract'")
    number: Value | None = Field(None, exclude=True, description="value, unit and sd as a quantity; not an input")

    @model_validator(mode="before")
    @classmethod
    def _no_number(cls, given: Any) -> Any:
        if isinstance(given, dict) and "number" in given:
            raise InputError("this key is not known", field="number", remedy="give value, unit and sd")
        return given

    @field_validator("value", mode="before")
    @classmethod
    def _text_or_number(cls, given: Any) -> Any:
        if isinstance(given, bool) or not isinstance(given, str | int | float):
            raise InputError("the value must be text or a number", value=given)
        if not isinstance(given, str) and not abs(given) < math.inf:
            raise InputError("the value must be finite", value=given)
        return given

    @model_validator(mode="after")
    def _as_quantity(self) -> Self:
        numeral = str(self.value).strip()
        if not self.predicts or not re.match(r"^[+-]?\.?\d", numeral):
            return self
        spread = f" +/- {self.sd!r}" if self.sd is not None else ""
        text = f"{numeral}{spread} {self.unit}".strip()
        seen = "stated" if self.source_kind.startswith("secondary") else "measured"
        value = to_value(text, self.unit or "1", positive=True)
        return self._fill(
            number=replace(value, kind=seen, source=self.source, where=self.where, note=self.note or self.quantity)
        )


class Correlation(Noun):
    """Correlation between the uncertainties of two inputs."""

    between: tuple[str, str]
    coefficient: float = Field(gt=-1.0, lt=1.0)


class Uncertainty(Noun):
    """How inputs are sampled."""

    samples: int = Field(256, ge=8, le=1_000_000)
    seed: int = Field(0, ge=0)


class Document(Noun):
    """A whole input file after merging: study, catalogue system or batch."""

    schema_version: int = Field(SCHEMA, alias="schema")
    study: Header = Field(default_factory=Header)
    system: System | None = None
    particle: Particle = Field(default_factory=Particle)
    subject: Subject | None = None
    protocol: Protocol = Field(default_factory=Protocol)
    biodistribution: Biodistribution | None = None
    measured: list[Measured] = Field(default_factory=list)
    correlation: list[Correlation] = Field(default_factory=list)
    uncertainty: Uncertainty | None = None

    @model_validator(mode="before")
    @classmethod
    def _version(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("schema", SCHEMA) != SCHEMA:
            raise InputError(
                "this schema is not known",
                field="schema",
                value=given["schema"],
                allowed=str(SCHEMA),
                remedy="update Ferrotope, or write schema = 1",
            )
        return given
