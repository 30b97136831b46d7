"""A result in plain text: the summary table and the explanation of a number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ferrotope.result.result import Input, Interval, Result

__all__ = ["capitalised", "explanation", "interval_text", "number_text", "sentence", "shown_unit", "summary_table"]

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value: float | str | None, digits: int = 3) -> str:
    """Return a number with three significant digits, with a power of ten where that is easier to read.

    Examples
    --------
    >>> number_text(0.012345), number_text(1234567.0), number_text(None)
    ('0.0123', '1.23×10⁶', 'not known')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "not known"
    if isinstance(value, str):
        return value
    if math.isinf(value):
        return "infinite"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 < exponent < 5:
        decimals = max(digits - 1 - exponent, 0)
        return f"{round(value, digits - 1 - exponent):.{decimals}f}"
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa}×10{str(int(power)).translate(_SUPERSCRIPT)}"


def capitalised(text: str) -> str:
    """Return the text with a capital first letter, unless it begins with a symbol such as r1, or with a path.

    Examples
    --------
    >>> capitalised("label per particle"), capitalised("r1 at 4.7 T"), capitalised("pH of the buffer")
    ('Label per particle', 'r1 at 4.7 T', 'pH of the buffer')
    """
    word = text.split(" ", 1)[0].rstrip(":,;")
    return text[:1].upper() + text[1:] if word.replace("-", "").isalpha() and word.islower() else text


def sentence(text: str) -> str:
    """Return the text with a capital first letter and a full stop."""
    whole = capitalised(text.strip())
    return whole if whole.endswith((".", "?", "!")) else whole + "."


def shown_unit(unit: str) -> str:
    """Return a unit as it stands behind a number; nothing for a pure number."""
    return "" if unit in ("", "1") else unit


def interval_text(interval: Interval | None) -> str:
    """Return a 95 % interval, or why there is none."""
    if interval is None:
        return ""
    if interval.low is None or interval.high is None:
        share = max(interval.outside, interval.missing)
        return (
            f"no interval: {share:.0%} of samples outside validity"
            if interval.outside
            else f"no interval: {share:.0%} of samples without a value"
        )
    low, high = number_text(interval.low), number_text(interval.high)
    return "no spread" if low == high else f"{low} to {high}"


def summary_table(result: Result) -> str:
    """Return the headline numbers as aligned text."""
    rows = [("quantity", "value", "unit", "95 % interval" if result.intervals else "", "kind")]
    for path in result.headlines:
        record = result.records[path]
        rows.append(
            (
                record.title,
                number_text(record.value),
                shown_unit(record.unit),
                interval_text(result.intervals.get(path)),
                record.kind,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    head = [result.title, inputs_measured(result)]
    return "\n".join([*head, "", *lines, "", "For research, not a medical device."])


def inputs_measured(result: Result) -> str:
    """Return "n of m inputs measured", counting the values that a stage read, and a biodistribution as one."""
    factors = ("biodistribution.scale.", "biodistribution.outside.")
    kinds = [item.kind for item in result.inputs.values() if item.read and not item.path.startswith(factors)]
    table = result.study.get("biodistribution")
    if table:
        kinds.append(table.get("kind", "measured"))  # a table counts once, whatever its number of organs
    return f"{kinds.count('measured')} of {len(kinds)} inputs measured"


def explanation(result: Result, path: str) -> str:
    """Return what the number or input at a path rests on."""
    if path in result.inputs:
        return _input_text(result.inputs[path])
    record = result.records[path]
    lines = [
        f"{record.title}: {number_text(record.value)} {shown_unit(record.unit)}".rstrip(),
        f"  path      {record.path}",
        f"  kind      {record.kind}" + (f", resting on {', '.join(record.rests_on)} inputs" if record.rests_on else ""),
    ]
    interval = result.intervals.get(path)
    if interval is not None:
        lines.append(f"  95 %      {interval_text(interval)}")
    if record.method:
        lines.append(f"  method    {record.method}")
    lines.append(f"  validity  {record.validity or 'inside the range of the method'}")
    if record.caveat:
        lines.append(f"  caveat    {record.caveat}")
    lines += [f"  source    {source}" for source in record.sources]
    if record.inputs:
        lines.append("  inputs of the stage:")
        lines += ["    " + _input_text(result.inputs[name]) for name in record.inputs if name in result.inputs]
    seen: list[str] = []
    _collect_upstream(result, record.upstream, seen)
    for stage in seen:
        inputs = sorted({name for r in result.records.values() if r.path.split(".")[0] == stage for name in r.inputs})
        lines.append(f"  uses stage {stage}" + (f", which read {', '.join(inputs)}" if inputs else ""))
    if result.ranking.get(path):
        lines.append("  spread caused by:")
        lines += [f"    {share:5.0%}  {name}" for name, share in result.ranking[path]]
    return "\n".join(lines)


def _collect_upstream(result: Result, stages: tuple[str, ...], seen: list[str]) -> None:
    for stage in stages:
        if stage not in seen:
            seen.append(stage)
            record = next((r for r in result.records.values() if r.path.split(".")[0] == stage), None)
            if record is not None:
                _collect_upstream(result, record.upstream, seen)


def _input_text(item: Input) -> str:
    text = f"{item.path} = {item.text} ({item.kind}"
    text += f", {item.source}" if item.source else ""
    text += f", {item.where}" if item.where else ""
    text += ")"
    return text + (f": {item.note}" if item.note else "")
