"""Predicted against measured, one panel a quantity."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ferrotope.report.figures.canvas import colour_of, new_figure

__all__ = ["predicted_against_measured"]

_PANELS = 3  # side by side
_MARKERS = "osD^vP"
_SPAN = 100.0  # of an axis at least


def predicted_against_measured(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, str]]:
    """Return figures of predicted against measured on logarithmic axes.

    Parameters
    ----------
    rows : sequence of mapping
        Each with system, path, title, unit, measured, measured_sd, predicted, low and high.

    Returns
    -------
    list of (figure, str)
        Up to three panels a figure, each with the line of equality and the band of a factor of two, and a caption. Bars
        are the 95 % interval of the prediction and the standard deviation of the measurement.
    """
    drawn = [row for row in rows if row["measured"] > 0 and row["predicted"] > 0]
    systems = list(dict.fromkeys(row["system"] for row in drawn))
    paths = list(dict.fromkeys(row["path"] for row in drawn))
    found = []
    for start in range(0, len(paths), _PANELS):
        shown = paths[start : start + _PANELS]
        figure, axes = new_figure(len(shown), height=5.0, width=max(3.7 * len(shown), 5.0))
        for axis, path in zip(axes, shown, strict=True):
            _panel(axis, [row for row in drawn if row["path"] == path], systems)
        labels: dict[str, Any] = {}
        for axis in axes:
            for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
                labels.setdefault(label, handle)
        columns = 1 if len(labels) <= 2 or len(shown) == 1 else len(shown)
        figure.legend(
            labels.values(), labels.keys(), loc="outside lower center", ncols=columns, fontsize=7.0, frameon=False
        )
        found.append((figure, _caption(len(rows) - len(drawn) if start == 0 else 0)))
    return found


def _panel(axis: Any, rows: Sequence[Mapping[str, Any]], systems: Sequence[str]) -> None:
    numbers = [row[name] for row in rows for name in ("measured", "predicted", "low", "high") if row[name]]
    low, high = 0.6 * min(number for number in numbers if number > 0), 1.7 * max(numbers)
    # a single far interval must not squeeze all points into a corner
    low = max(low, 1e-2 * min(min(row["measured"], row["predicted"]) for row in rows))
    if high < _SPAN * low:  # so that powers of ten stand at the axes
        middle = math.sqrt(low * high)
        low, high = middle / math.sqrt(_SPAN), middle * math.sqrt(_SPAN)
    line = np.array([low, high])
    axis.fill_between(line, line / 2.0, line * 2.0, color="#e3e9f0", linewidth=0, zorder=0.5)
    axis.plot(line, line, color="#5b6675", linewidth=0.9, zorder=1)
    for system in dict.fromkeys(row["system"] for row in rows):
        index = systems.index(system)
        look = {"color": colour_of("", index), "marker": _MARKERS[index // 8 % len(_MARKERS)]}
        mine = [row for row in rows if row["system"] == system]
        for row in mine:
            _bars(axis, row, look["color"], low)
        for sampled in (True, False):
            some = [row for row in mine if (row["low"] is not None) == sampled]
            if some:
                axis.plot(
                    [row["measured"] for row in some],
                    [row["predicted"] for row in some],
                    linestyle="",
                    markersize=4.5,
                    markerfacecolor=look["color"] if sampled else "white",
                    label=system,
                    **look,
                )
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.xaxis.set_minor_formatter("")
    axis.yaxis.set_minor_formatter("")
    axis.set_xlim(low, high)
    axis.set_ylim(low, high)
    axis.set_aspect("equal")
    unit = f" ({rows[0]['unit']})" if rows[0]["unit"] not in ("", "1") else ""
    axis.set_title(f"{rows[0]['title']}, {len(rows)} measured", fontsize=8.5)
    axis.set_xlabel(f"measured{unit}", fontsize=8.5)
    axis.set_ylabel(f"predicted{unit}", fontsize=8.5)


def _bars(axis: Any, row: Mapping[str, Any], colour: str, floor: float) -> None:
    style = {"color": colour, "linewidth": 0.8, "alpha": 0.7, "zorder": 1.5}
    if row["low"] is not None:
        axis.plot([row["measured"]] * 2, [max(row["low"], floor), max(row["high"], floor)], **style)
    if row["measured_sd"]:
        ends = row["measured"] - row["measured_sd"], row["measured"] + row["measured_sd"]
        axis.plot([max(end, floor) for end in ends], [row["predicted"]] * 2, **style)


def _caption(left_out: int) -> str:
    text = (
        "Line: equality; band: a factor of two. Upright bars: 95 % interval of the prediction; level bars: standard "
        "deviation of the measurement. Hollow: no interval."
    )
    return text + (f" Left out, because not positive: {left_out}." if left_out else "")
