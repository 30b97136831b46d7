"""Saving and loading a result: one netCDF-4 file, readable without Ferrotope.

Each stage is a group with its labelled arrays; the root holds records, inputs and the study as JSON text. A file is
written under a temporary name and renamed, so that a file that exists is whole.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ferrotope.errors import DataError, SchemaError
from ferrotope.result.records import Notice, Record, Series
from ferrotope.result.result import RESULT_SCHEMA, Input, Interval, Result, Score
from ferrotope.result.summary import plain

if TYPE_CHECKING:
    import xarray

__all__ = ["load", "put", "save", "to_datatree", "write_summary"]

_PARTS = ("records", "inputs", "notices", "headlines", "intervals", "ranking", "scores", "study", "provenance")


def to_datatree(result: Result) -> xarray.DataTree:
    """Return the arrays as a DataTree with a group a stage and the JSON parts at the root."""
    import xarray

    parts = plain(result)
    root = xarray.Dataset(
        {name: ((), json.dumps(parts[name], ensure_ascii=False)) for name in _PARTS},
        attrs={
            "title": result.title,
            "ferrotope_schema": RESULT_SCHEMA,
            "comment": "for research, not a medical device",
        },
    )
    groups = {"/": root}
    for stage, series in result.series.items():
        if series:
            groups[f"/{stage}"] = _dataset(series)
    return xarray.DataTree.from_dict(groups)


def save(result: Result, path: Path) -> Path:
    """Write a result; see `Result.save`."""
    # by way of memory: HDF5 does not survive a full disk
    return put(to_datatree(result).to_netcdf(None, engine="h5netcdf"), path, "result")


def put(content: bytes, path: Path, what: str) -> Path:
    """Write a file under another name and move it into its place, or say why it cannot be written."""
    temporary = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise DataError(
            f"the {what} cannot be written: {error.strerror or error}",
            file=path,
            remedy="choose a folder that you may write to",
        ) from error
    return path


def write_summary(result: Result, path: Path) -> Path:
    """Write the records, inputs and notices as JSON (see ``summary.schema.json``)."""
    text = json.dumps(plain(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    return put(text.encode(), path, "summary")


def load(path: Path) -> Result:
    """Read a result; see `Result.load`."""
    import xarray

    if not path.is_file():
        raise DataError("there is no such file", file=path, remedy="give a result.nc written by Ferrotope")
    try:
        with xarray.open_datatree(path, engine="h5netcdf") as tree:
            tree = tree.load()
        version = int(tree.attrs["ferrotope_schema"])
        if version == RESULT_SCHEMA:
            parts = {name: json.loads(str(tree.dataset[name].item())) for name in _PARTS}
            series = {stage: _series(group.dataset) for stage, group in tree.children.items()}
            return _rebuilt(str(tree.attrs["title"]), parts, series)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            "the file is not a result of Ferrotope, or it is damaged",
            file=path,
            remedy="give a result.nc written by Ferrotope",
        ) from error
    raise SchemaError(
        "this result was written under another schema",
        file=path,
        value=version,
        allowed=str(RESULT_SCHEMA),
        remedy="update Ferrotope",
    )


def _rebuilt(title: str, parts: Mapping[str, Any], series: dict[str, tuple[Series, ...]]) -> Result:
    records = [
        Record(**{key: tuple(item) if isinstance(item, list) else item for key, item in plain_record.items()})
        for plain_record in parts["records"]
    ]
    return Result(
        title=title,
        records={record.path: record for record in records},
        series=series,
        notices=tuple(Notice(**notice) for notice in parts["notices"]),
        inputs={item["path"]: Input(**item) for item in parts["inputs"]},
        headlines=tuple(parts["headlines"]),
        intervals={path: Interval(**interval) for path, interval in parts["intervals"].items()},
        ranking={path: [(name, float(share)) for name, share in pairs] for path, pairs in parts["ranking"].items()},
        scores=tuple(Score(**score) for score in parts["scores"]),
        study=parts["study"],
        provenance=parts["provenance"],
    )


def _dataset(series: tuple[Series, ...]) -> xarray.Dataset:
    import xarray

    variables, coordinates = {}, {}
    for item in series:
        values = np.asarray(item.values)
        if values.dtype.kind == "b":
            values = values.astype("int8")  # netCDF knows no logical type
        entry = (item.dims, values, {"units": item.unit, "long_name": item.title})
        (coordinates if item.dims == (item.name,) else variables)[item.name] = entry
    return xarray.Dataset(variables, coords=coordinates)


def _series(dataset: xarray.Dataset) -> tuple[Series, ...]:
    return tuple(
        Series(
            name=str(name),
            dims=tuple(str(dim) for dim in variable.dims),
            values=np.asarray(variable.values),
            unit=str(variable.attrs.get("units", "1")),
            title=str(variable.attrs.get("long_name", "")),
        )
        for name, variable in dataset.variables.items()
    )
