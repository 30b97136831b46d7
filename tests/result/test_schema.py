"""What is published stays readable: the JSON Schema of the summary, and files of every released schema."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from ferrotope.result import RESULT_SCHEMA, Result
from ferrotope.result.summary import Summary, json_schema, plain

FIXTURES = Path(__file__).parent / "fixtures"


def shape(schema):
    """Names and required names of every object of a schema, whatever words the generator adds."""
    parts = {"summary": schema, **schema["$defs"]}
    return {name: (set(part["properties"]), set(part.get("required", ()))) for name, part in parts.items()}


def test_the_published_schema_is_that_of_the_code():
    published = json.loads(files("ferrotope.result").joinpath("summary.schema.json").read_text(encoding="utf-8"))
    assert shape(published) == shape(json.loads(json_schema()))


@pytest.mark.parametrize("version", range(1, RESULT_SCHEMA + 1))
def test_a_file_of_every_schema_loads(version):
    result = Result.load(FIXTURES / f"result-schema-{version}.nc")
    expected = json.loads((FIXTURES / f"summary-schema-{version}.json").read_text(encoding="utf-8"))
    found = plain(result)
    for name in ("title", "headlines", "study", "provenance"):
        assert found[name] == expected[name]
    assert [record["path"] for record in found["records"]] == [record["path"] for record in expected["records"]]
    assert [record["value"] for record in found["records"]] == [record["value"] for record in expected["records"]]
    assert result.series["magnetism"]


@pytest.mark.parametrize("version", range(1, RESULT_SCHEMA + 1))
def test_a_summary_of_every_schema_is_valid(version):
    tables = json.loads((FIXTURES / f"summary-schema-{version}.json").read_text(encoding="utf-8"))
    TypeAdapter(Summary).validate_python(tables)
    del tables["records"][0]["unit"]
    with pytest.raises(ValidationError):
        TypeAdapter(Summary).validate_python(tables)
