"""The summary of a result: everything but the arrays, as plain types, and the published JSON Schema of that file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from ferrotope.result.records import Notice, Record
from ferrotope.result.result import RESULT_SCHEMA, Input, Interval, Result, Score

__all__ = ["Summary", "json_schema", "plain"]


@dataclass(frozen=True)
class Summary:
    """What ``summary.json`` holds; each part is described with the class of its name."""

    schema: int
    title: str
    records: list[Record]
    inputs: list[Input]
    notices: list[Notice]
    headlines: list[str]
    intervals: dict[str, Interval]
    ranking: dict[str, list[tuple[str, float]]]
    scores: list[Score]
    study: dict[str, Any]
    provenance: dict[str, Any]


def plain(result: Result) -> dict[str, Any]:
    """Return a result without its arrays as plain types for JSON."""
    return {
        "schema": RESULT_SCHEMA,
        "title": result.title,
        "records": [record.as_dict() for record in result.records.values()],
        "inputs": [asdict(item) for item in result.inputs.values()],
        "notices": [asdict(notice) for notice in result.notices],
        "headlines": list(result.headlines),
        "intervals": {path: asdict(interval) for path, interval in result.intervals.items()},
        "ranking": {path: [list(pair) for pair in pairs] for path, pairs in result.ranking.items()},
        "scores": [asdict(score) for score in result.scores],
        "study": dict(result.study),
        "provenance": dict(result.provenance),
    }


def json_schema() -> str:
    """Return the JSON Schema of ``summary.json``, as it is published in ``summary.schema.json`` beside this file."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(Summary).json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = f"Summary of a Ferrotope result, schema {RESULT_SCHEMA}"
    return json.dumps(schema, indent=1) + "\n"
