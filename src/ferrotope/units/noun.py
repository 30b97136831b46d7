"""The base of all nouns: strict, frozen pydantic models whose leaves are Values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from ferrotope.units.validation import translated
from ferrotope.units.value import Value

__all__ = ["Noun", "leaves", "place", "substitute"]


class Noun(BaseModel):
    """A noun of the laboratory: frozen, and an unknown key is an error.

    Because of the constructor below, pydantic runs the validators of a noun inside another twice: they must not mind.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, validate_default=False)

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as report:
            raise translated(report, type(self)) from None

    def _fill(self, **values: Any) -> Self:
        """Set fields that a validator derives from the others; only validators may, a noun is frozen afterwards."""
        for name, value in values.items():
            # In place: what an "after" validator returns is thrown away when the class is called by a user.
            object.__setattr__(self, name, value)
        return self


def leaves(node: Any, prefix: str = "") -> Iterator[tuple[str, Value]]:
    """Yield the path and the Value of every leaf below a noun, list or table.

    Parameters
    ----------
    node : Noun, list, tuple, dict or Value
        Where to start.
    prefix : str
        Path of the node itself.

    Yields
    ------
    tuple of str and Value
        In the order of the fields; list members are written ``images[0]``.
    """
    if isinstance(node, Value):
        yield prefix, node
        return
    for label, child in _children(node):
        yield from leaves(child, _join(prefix, label))


def place(node: Any, prefix: str = "") -> Any:
    """Return the node with every Value told the path at which it stands."""
    return _rebuild(node, prefix, lambda path, value: value if value.path == path else replace(value, path=path))


def substitute(node: Any, values: Mapping[str, Value], prefix: str = "") -> Any:
    """Return the node with the Values at the given paths replaced.

    Parameters
    ----------
    node : Noun, list, tuple, dict or Value
        Where to start; branches in which nothing changes are shared, not copied.
    values : mapping of str to Value
        New leaves by path.
    prefix : str
        Path of the node itself.

    Returns
    -------
    same type as node
        The changed copy.
    """
    return _rebuild(node, prefix, lambda path, value: values.get(path, value))


def _rebuild(node: Any, prefix: str, leaf) -> Any:
    if isinstance(node, Value):
        return leaf(prefix, node)
    changed = {}
    for label, child in _children(node):
        new = _rebuild(child, _join(prefix, label), leaf)
        if new is not child:
            changed[label] = new
    if not changed:
        return node
    if isinstance(node, BaseModel):
        return node.model_copy(update=changed)
    if isinstance(node, dict):
        return {key: changed.get(key, child) for key, child in node.items()}
    return type(node)(changed.get(f"[{index}]", child) for index, child in enumerate(node))


def _children(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            child = getattr(node, name)
            if isinstance(child, Value | BaseModel | dict | list | tuple):
                yield name, child
    elif isinstance(node, dict):
        for key, child in node.items():
            if isinstance(child, Value | BaseModel | dict | list | tuple):
                yield str(key), child
    elif isinstance(node, list | tuple):
        for index, child in enumerate(node):
            if isinstance(child, Value | BaseModel | dict | list | tuple):
                yield f"[{index}]", child


def _join(prefix: str, label: str) -> str:
    if not prefix or label.startswith("["):
        return prefix + label
    return f"{prefix}.{label}"
