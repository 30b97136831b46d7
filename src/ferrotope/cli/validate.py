"""Validation as text for a terminal, and as files: the table, and the page with the plot."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ferrotope import __version__
from ferrotope.cli.output import VALIDATION_FILES, write_files
from ferrotope.result.text import number_text, shown_unit

if TYPE_CHECKING:
    from ferrotope.study.validation import Row, Validation

__all__ = ["summary_text", "validation_text", "write_validation"]

_WIDTH = 120  # columns of the text
_MEANING = (
    "ratio: geometric mean of predicted over measured; spread: geometric standard deviation of that ratio; inside "
    "95 %: measurements inside the interval of the prediction, of those that have one. Measurements of one system are "
    "not independent."
)
_INSIDE = {None: "-", True: "yes", False: "no"}


def validation_text(found: Validation) -> str:
    """Return rows and summary as tables for a terminal of 120 columns.

    Parameters
    ----------
    found : Validation
        Measurements with their predictions.

    Returns
    -------
    str
        A table a quantity, the remarks by number, and the summary.
    """
    if not found.rows:
        return "No system of the catalogue has a measured output of this domain."
    remarks = list(dict.fromkeys(part for row in found.rows for part in _parts(row.remark)))
    blocks = [_block([row for row in found.rows if row.path == path], remarks) for path in found.paths()]
    if remarks:
        listed = [_wrapped(f"{number:2}  {text}", 4) for number, text in enumerate(remarks, start=1)]
        blocks.append("\n".join(["remarks", *listed]))
    return "\n\n".join([*blocks, summary_text(found)])


def summary_text(found: Validation) -> str:
    """Return how well each quantity is predicted as a table, with what its columns mean.

    Parameters
    ----------
    found : Validation
        Measurements with their predictions.

    Returns
    -------
    str
        A line a quantity.
    """
    head = ("summary", "unit", "measured", "systems", "ratio", "spread", "within x2", "inside 95 %")
    cells = [
        (
            item.title,
            shown_unit(item.unit),
            str(item.number),
            str(item.systems),
            number_text(item.mean_ratio),
            "-" if item.spread is None else number_text(item.spread),
            f"{item.within_factor_two} of {item.number}",
            f"{item.inside} of {item.intervals}" if item.intervals else "-",
        )
        for item in found.summary()
    ]
    return "\n".join([*_aligned([head, *cells], "llrrrrrr"), "", _wrapped(_MEANING, 0)])


def write_validation(found: Validation, folder: Path, *, domain: str, samples: int) -> tuple[Path, Path]:
    """Write the table and the page with the plot; each appears whole, and an earlier one stays until then.

    Parameters
    ----------
    found : Validation
        Measurements with their predictions.
    folder : Path
        Made where it does not exist.
    domain : str
        What was asked for.
    samples : int
        Of the intervals.

    Returns
    -------
    tuple of Path
        The CSV file and the HTML file.
    """
    from ferrotope.report.validation import write_validation_page

    rows, summary = [row.as_dict() for row in found.rows], [item.as_dict() for item in found.summary()]
    table, page = VALIDATION_FILES
    said = {"domain": domain, "samples": samples, "version": __version__}
    writers = {
        table: found.write_csv,
        page: lambda path: write_validation_page(rows, summary, path, **said),
    }
    write_files(writers, folder)
    return folder / table, folder / page


def _block(rows: Sequence[Row], remarks: list[str]) -> str:
    """Return the table of one quantity, each system with a line of its own above its measurements."""
    head = ("  variant", "conditions", "measured", "predicted", "95 % interval", "ratio", "inside", "remark")
    alike = Counter((row.system, row.variant, row.conditions) for row in rows)
    cells = [
        (
            "  " + (row.variant or "-"),
            # what differs beside the field is in the name that the source gives it
            row.quantity + f"; {row.conditions}" * bool(row.conditions)
            if alike[row.system, row.variant, row.conditions] > 1 or not row.conditions
            else row.conditions,
            number_text(row.measured) + (f" ± {number_text(row.measured_sd, 2)}" if row.measured_sd else ""),
            number_text(row.predicted),
            "-" if row.low is None else f"{number_text(row.low)} to {number_text(row.high)}",
            number_text(row.ratio),
            _INSIDE[row.inside],
            " ".join(str(remarks.index(part) + 1) for part in _parts(row.remark)),
        )
        for row in rows
    ]
    first, *lines = _aligned([head, *cells], "llrrrrll")
    unit = shown_unit(rows[0].unit)
    text = [f"{rows[0].title}{', ' + unit if unit else ''}  ({rows[0].path})", first]
    for index, (row, line) in enumerate(zip(rows, lines, strict=True)):
        if index == 0 or row.system != rows[index - 1].system:
            text.append(row.system)
        text.append(line)
    return "\n".join(text)


def _parts(remark: str) -> list[str]:
    return remark.split("; ") if remark else []


def _aligned(rows: Sequence[tuple[str, ...]], sides: str) -> list[str]:
    """Return the rows as lines of equal columns; the first two columns give way where it gets too wide."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(sides))]
    for column, least in ((1, 16), (0, 12)):
        excess = sum(widths) + 2 * (len(widths) - 1) - _WIDTH
        if excess > 0:
            widths[column] = min(widths[column], max(widths[column] - excess, least))
    return ["  ".join(map(_padded, row, widths, sides)).rstrip() for row in rows]


def _padded(cell: str, width: int, side: str) -> str:
    short = cell if len(cell) <= width else cell[: width - 3] + "..."
    return short.rjust(width) if side == "r" else short.ljust(width)


def _wrapped(text: str, indent: int) -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)
