"""Where the numbers of every entry come from."""

import tomllib

import pytest

from ferrotope import catalogue
from ferrotope.study import Study


def leaves(node, path=""):
    """The values of a TOML document, by path; an observed output is none."""
    if isinstance(node, dict):
        if "value" in node and "quantity" not in node:
            yield path, node
            return
        for key, item in node.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from leaves(item, f"{path}[{number}]")


@pytest.mark.parametrize("id", catalogue.ids())
def test_every_value_says_where_it_comes_from(id):
    raw = (catalogue.entry(id).folder / "system.toml").read_text(encoding="utf-8")
    found = list(leaves(tomllib.loads(raw)))
    assert found or 'kind = "component"' in raw
    for path, leaf in found:
        assert leaf.get("kind") in ("measured", "stated", "assumed"), path
        for name in ("note",) if leaf["kind"] == "assumed" else ("source", "where"):
            assert leaf.get(name), f"{path}: {name}"


@pytest.mark.parametrize("id", catalogue.ids())
def test_every_observation_has_a_source_and_a_place(id):
    document = Study.from_catalogue(id, assume=True).document
    assert document.measured
    for item in document.measured:
        assert item.source
        assert item.where
        assert item.source_kind
        if item.unit.startswith("%ID"):
            assert not item.predicts, "an input of the chain must not score it"
