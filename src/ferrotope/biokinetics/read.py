"""Reads a biodistribution table from a text file and refuses what cannot be trusted."""

from __future__ import annotations

import csv
import io
import math
import os
import re
from pathlib import Path

import numpy as np

from ferrotope.biokinetics.table import BiodistributionTable, OrganRows, require_reading
from ferrotope.errors import DataError, nearest
from ferrotope.subject import canonical_organ

__all__ = ["read_table"]

MAX_BYTES = 10_000_000  # a biodistribution has hundreds of rows; a megabyte file is something else
MAX_ROWS = 20_000
MAX_TIME = 10 * 365.25 * 86400.0  # s
SMALLEST = 1e-12  # of any number but 0: far below what a counter finds
MAX_VALUE = 1e6  # %ID/g: all of the dose in 0.1 mg

TIME_UNITS = {
    "s": 1.0,
    "sec": 1.0,
    "min": 60.0,
    "minutes": 60.0,
    "h": 3600.0,
    "hr": 3600.0,
    "hours": 3600.0,
    "d": 86400.0,
    "day": 86400.0,
    "days": 86400.0,
}
VALUE_COLUMNS = {"value": None, "pct_id_per_g": "%ID/g", "pct_id": "%ID"}
SD_COLUMNS = ("sd", "standard_deviation", "std")
COUNT_COLUMNS = ("n", "animals")


def read_table(
    path: str | os.PathLike[str],
    unit: str | None = None,
    decay_corrected: bool | None = None,
    *,
    variant: str | None = None,
) -> BiodistributionTable:
    """Read a biodistribution from comma, semicolon or tab separated text.

    The header names the columns: a time with its unit (``time_h``, ``time_min``, ``time (d)``), ``organ``, ``value``,
    and optionally ``sd``, ``n`` and ``variant``; other columns are ignored. Lines that start with # are comments.

    Parameters
    ----------
    path : str or path
        The file.
    unit : str
        "%ID/g" or "%ID"; required, the file cannot be trusted to say it.
    decay_corrected : bool
        Whether the values were corrected for decay to the time of injection; required.
    variant : str, optional
        Which variant's rows to read, where the file has a column ``variant`` with more than one.

    Returns
    -------
    BiodistributionTable
        Times in s, values in `unit`, organs under the names of the anatomy.

    Raises
    ------
    InputError
        When `unit` or `decay_corrected` is missing.
    DataError
        When the file is missing, empty, binary or too large, or a cell is not a usable number; it names file, line,
        column and value.
    """
    path = Path(path)
    require_reading(unit, decay_corrected, path)
    lines = _lines(path)
    header_number, header = next(((n, text) for n, text in lines), (0, ""))
    delimiter = max(",;\t", key=header.count)
    names = [_plain(cell) for cell in _cells(header, delimiter, f"{path}, line {header_number}")]
    columns = _columns(names, unit, f"{path}, line {header_number}")
    if len(lines) - 1 > MAX_ROWS:
        raise DataError(
            "the table has too many rows",
            file=path,
            value=len(lines) - 1,
            allowed=f"at most {MAX_ROWS} rows",
            remedy="give the means of each organ and time, not the raw counts",
        )

    found: dict[str, dict[str, dict[float, tuple[float, float, float, int]]]] = {}
    decimals = 0
    for number, text in lines[1:]:
        cells = _cells(text, delimiter, f"{path}, line {number}")
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            raise DataError(
                f"the row has {len(cells)} cells, the header {len(names)}",
                file=f"{path}, line {number}",
                value=text,
                remedy="put texts that hold the delimiter in quotation marks; write decimals with a point",
            )
        row = _Row(path, number, names, cells)
        organ = canonical_organ(row.text(columns["organ"]))
        time = row.number(columns["time"], MAX_TIME / columns["seconds"]) * columns["seconds"]
        value = row.number(columns["value"], MAX_VALUE)
        decimals = max(decimals, _decimals(cells[columns["value"]]))
        sd = row.number(columns["sd"], MAX_VALUE, optional=True)
        count = row.number(columns["n"], 1e6, optional=True)
        if count == count and (count < 1 or count != int(count)):
            row.fail("the number of animals must be a whole number of 1 or more", columns["n"])
        kind = cells[columns["variant"]].strip() if columns["variant"] is not None else ""
        earlier = found.setdefault(kind, {}).setdefault(organ, {})
        if time in earlier:
            row.fail(
                f"{organ} at this time already stands in line {earlier[time][3]}",
                columns["time"],
                remedy="keep one row for each organ, time and variant",
            )
        earlier[time] = (value, sd, count, number)

    chosen = _chosen(found, variant, path)
    organs = {}
    for organ, points in found[chosen].items():
        order = sorted(points)
        data = np.array([points[time][:3] for time in order], dtype=float)
        organs[organ] = OrganRows(np.array(order), data[:, 0].copy(), data[:, 1].copy(), data[:, 2].copy())
    return BiodistributionTable(
        organs, str(unit), bool(decay_corrected), resolution=10.0**-decimals, name=str(path), variant=chosen
    )


def _cells(text: str, delimiter: str, where: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DataError(
            f"the line cannot be read as a table row ({error})",
            file=where,
            remedy="close the quotation marks, one row a line",
        ) from None


class _Row:
    """One row with its place in the file, so that every complaint says where."""

    def __init__(self, path: Path, number: int, names: list[str], cells: list[str]) -> None:
        self.path, self.line, self.names, self.cells = path, number, names, cells

    def fail(self, problem: str, column: int, *, allowed: str | None = None, remedy: str | None = None) -> None:
        raise DataError(
            problem,
            file=f"{self.path}, line {self.line}",
            field=f"column '{self.names[column]}'",
            value=self.cells[column],
            allowed=allowed,
            remedy=remedy,
        )

    def text(self, column: int) -> str:
        cell = self.cells[column].strip()
        if not cell or len(cell) > 60:
            self.fail("the organ has no usable name", column, allowed="1 to 60 characters")
        return cell

    def number(self, column: int | None, largest: float, *, optional: bool = False) -> float:
        if column is None:
            return math.nan
        cell = self.cells[column].strip()
        if not cell and optional:
            return math.nan
        # Python's float() also takes 1_0 and nan; a table should hold neither.
        if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", cell):
            remedy = "write a plain number, for example 12.5"
            if re.fullmatch(r"[+-]?\d+,\d+", cell):
                remedy = f"write decimals with a point: {cell.replace(',', '.')}"
            elif not cell:
                remedy = "leave out a row that was not measured; an empty cell is not zero"
            elif cell[0] in "<>~":
                remedy = "write 0 for a value below detection, and the limit as its sd"
            elif cell.lower() in ("nan", "na", "n/a", "nd", "-", "inf"):
                remedy = "leave out a row that was not measured"
            elif "±" in cell or "+/-" in cell or "(" in cell:
                remedy = "put the standard deviation into its own column 'sd'"
            self.fail("the cell is not a number", column, remedy=remedy)
        value = float(cell)
        if value != 0 and not SMALLEST <= value <= largest:
            self.fail("the number is outside what is possible", column, allowed=f"0, or {SMALLEST:g} to {largest:g}")
        return value


def _lines(path: Path) -> list[tuple[int, str]]:
    """Numbered lines of the file, comments and blank lines left out."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise DataError("this is not a file", file=path, remedy="give the path of a CSV file")
        if size > MAX_BYTES:
            raise DataError(
                "the file is too large to be a biodistribution table",
                file=path,
                value=f"{size / 1e6:.0f} MB",
                allowed=f"at most {MAX_BYTES / 1e6:.0f} MB",
                remedy="give a CSV table of organ means",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"the biodistribution table cannot be read ({error.strerror or error})",
            file=path,
            remedy="check the path; it is relative to the study file",
        ) from None
    except DataError:
        raise
    except ValueError as error:  # a null character in the path
        raise DataError(f"the path is not usable ({error})", field="file") from None
    if not raw.strip():
        raise DataError(
            "the file is empty", file=path, remedy="give a CSV table with a header and one row a measurement"
        )
    try:
        if b"\0" in raw:
            raise UnicodeDecodeError("utf-8", raw, 0, 1, "null byte")
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(
            "the file is not text in UTF-8", file=path, remedy="save the sheet as CSV (UTF-8), not as xlsx or xls"
        ) from None
    numbered = enumerate(io.StringIO(text, newline=None), start=1)
    lines = [(n, line.rstrip("\n")) for n, line in numbered if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) < 2:
        raise _no_rows(path)
    return lines


def _no_rows(path: Path) -> DataError:
    remedy = "give a header (time_h,organ,value,sd) and one row a measurement"
    return DataError("the file holds no rows", file=path, remedy=remedy)


def _columns(names: list[str], unit: str | None, where: str) -> dict[str, int | float | None]:
    """Positions of the columns that are read, and seconds per unit of the time column."""
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError("a column stands twice in the header", file=where, value=twice, remedy="name every column once")
    times = {i: re.fullmatch(r"time_([a-z]+)", name) for i, name in enumerate(names)}
    timed = [(i, match.group(1)) for i, match in times.items() if match and match.group(1) in TIME_UNITS]
    if len(timed) != 1:
        raise DataError(
            "the header needs one time column with its unit",
            file=where,
            value=", ".join(names),
            allowed="time_s, time_min, time_h or time_d",
            remedy="a time without a unit cannot be read" if "time" in names else "add the column time_h",
        )
    values = [i for i, name in enumerate(names) if name in VALUE_COLUMNS]
    for needed, present in (("organ", "organ" in names), ("value", bool(values))):
        if not present:
            raise DataError(
                f"the header has no column '{needed}'",
                file=where,
                value=", ".join(names),
                remedy=nearest(needed, names) if needed == "organ" else "name the column of the measurements 'value'",
            )
    if len(values) > 1:
        raise DataError(
            "the header has more than one column of values",
            file=where,
            value=", ".join(names[i] for i in values),
            remedy="keep the one that is measured and name it 'value'",
        )
    claimed = VALUE_COLUMNS[names[values[0]]]
    if claimed is not None and claimed != unit:
        raise DataError(
            f"the header says {claimed} and the study says {unit}",
            file=where,
            value=names[values[0]],
            remedy="settle which is right; if the header is wrong, name the column 'value'",
        )
    return {
        "time": timed[0][0],
        "seconds": TIME_UNITS[timed[0][1]],
        "organ": names.index("organ"),
        "value": values[0],
        "sd": next((i for i, name in enumerate(names) if name in SD_COLUMNS), None),
        "n": next((i for i, name in enumerate(names) if name in COUNT_COLUMNS), None),
        "variant": names.index("variant") if "variant" in names else None,
    }


def _chosen(found: dict[str, dict], variant: str | None, path: Path) -> str:
    if not found:
        raise _no_rows(path)
    if variant is None:
        if len(found) > 1:
            raise DataError(
                "the table holds several variants and none was chosen",
                file=path,
                field="variant",
                allowed=", ".join(f"'{name}'" for name in found),
                remedy="name one of them",
            )
        return next(iter(found))
    if variant not in found:
        raise DataError(
            "the table has no such variant",
            file=path,
            field="variant",
            value=variant,
            remedy=nearest(variant, found),
        )
    return variant


def _plain(cell: str) -> str:
    return "_".join(re.sub(r"[()\[\]/ \-_]+", " ", cell.strip().lower()).split())


def _decimals(cell: str) -> int:
    mantissa, _, exponent = cell.strip().lower().partition("e")
    return min(max(len(mantissa.partition(".")[2]) - int(exponent or 0), 0), 15)
