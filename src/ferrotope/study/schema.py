"""The input of Ferrotope: one schema for a study, a catalogue system and a batch."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from ferrotope.biokinetics import Biodistribution
from ferrotope.errors import InputError
from ferrotope.particle import Particle
from ferrotope.protocol import Protocol
from ferrotope.subject import Subject
from ferrotope.units.noun import Noun

__all__ = ["SCHEMA", "Condition", "Correlation", "Document", "Measured", "Reference", "System", "Uncertainty"]

SCHEMA = 1


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


class Measured(Noun):
    """One observed output: it scores predictions, and never enters them."""

    quantity: str
    value: str | float
    unit: str = ""
    sd: float | None = None
    comparator: Literal["=", "<", ">", "about"] = "="
    predicts: str = Field("", description="path of the record that it scores, for example relaxometry.r2")
    conditions: Condition = Field(default_factory=Condition)
    source: str
    where: str = ""
    note: str = ""
    source_kind: str = ""


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
