"""Temperature against time, against the distance from the centre, and against iron."""

from __future__ import annotations

from typing import Any

import numpy as np

from ferrotope.report.figures.canvas import Arrays, colour_of, new_figure, organ_order, spaced

__all__ = ["temperature_history"]

_GOAL = 43.0  # degC
_HOTTEST = 100.0  # degC; the lines may leave the axis, tissue does not get there
_STYLES = {"centre": "-", "mean": "--", "edge": ":"}
_TOGETHER = 6.0  # h; exposures further apart are not drawn on one axis
_SHOWN = 3  # fields in the panel of iron
_WHERE = {1: ("Shown: ",), 2: ("Left: ", "right: "), 3: ("Left: ", "middle: ", "right: ")}


def temperature_history(arrays: Arrays) -> tuple[Any, str] | None:
    """Return temperature against time and distance, and against the iron in the tumour, as far as they are known."""
    panels = []
    if {"heat_organ", "place", "heat_time", "temperature", "exposure_start", "exposure_end"} <= arrays.keys():
        panels.append(_against_time)
    if {"heat_organ", "relative_distance", "temperature_profile"} <= arrays.keys():
        panels.append(_against_distance)
    if {"exposure", "iron", "temperature_by_iron", "iron_held"} <= arrays.keys():
        panels.append(_against_iron)
    if not panels:
        return None
    figure, axes = new_figure(len(panels), height=3.1, width=9.6 if len(panels) > 1 else 5.0)
    low, high = _range(arrays)
    captions = []
    for axis, draw, where in zip(axes, panels, _WHERE[len(panels)], strict=True):
        captions.append(where + draw(axis, arrays))
        axis.axhline(_GOAL, color="#7d8894", linewidth=0.8, linestyle="--", zorder=1)
        axis.set_ylim(low, high)
        axis.set_ylabel("temperature (°C)", fontsize=8.5)
    return figure, "; ".join([*captions, "dashed, 43 °C."])


def _range(arrays: Arrays) -> tuple[float, float]:
    """One range for all panels, from body temperature to above 43 °C: a rise of thousandths of a degree stays flat."""
    known = [arrays[name].values for name in ("temperature", "temperature_by_iron") if name in arrays]
    low = min(float(np.nanmin(values)) for values in known)
    hottest = float(arrays["temperature"].values.max()) if "temperature" in arrays else low
    return low - 0.5, min(max(_GOAL + 2.0, hottest + 0.05 * (hottest - low)), _HOTTEST)


def _against_time(axis: Any, arrays: Arrays) -> str:
    organs = [str(name) for name in arrays["heat_organ"].values]
    places = [str(name) for name in arrays["place"].values]
    time, values = arrays["heat_time"].values, arrays["temperature"].values
    starts, ends = arrays["exposure_start"].values, arrays["exposure_end"].values
    first = _first_group(starts, ends)
    for start, end in zip(starts[first], ends[first], strict=True):
        axis.axvspan(start, end, color="#f5d9b8", alpha=0.5, linewidth=0)
    for count, i in enumerate(organ_order(organs)):
        for place, style in _STYLES.items():
            label = spaced(organs[i]) if place == "centre" else None
            curve = values[i, places.index(place)]
            axis.plot(time, curve, style, color=colour_of(organs[i], count), linewidth=1.4, label=label)
    for place, style in _STYLES.items():
        axis.plot([], [], style, color="#5c5c5c", linewidth=1.4, label=place)
    begin, end = starts[first].min(), ends[first].max()
    axis.set_xlim(begin - 0.08 * (end - begin), end + 1.2 * (end - begin))
    axis.set_xlabel("time after injection (h)", fontsize=8.5)
    axis.legend(fontsize=7, frameon=False)
    hidden = starts.size - int(first.sum())
    more = f" ({hidden} later {'exposure is' if hidden == 1 else 'exposures are'} not drawn)" if hidden else ""
    return f"temperature against time, shaded while the field is on{more}"


def _first_group(starts: Any, ends: Any) -> Any:
    """Which exposures follow the first one closely enough to be drawn with it."""
    found = np.zeros(starts.size, dtype=bool)
    until = starts.min()
    for i in np.argsort(starts):
        if starts[i] > until + _TOGETHER:
            break
        found[i], until = True, max(until, ends[i])
    return found


def _against_distance(axis: Any, arrays: Arrays) -> str:
    organs = [str(name) for name in arrays["heat_organ"].values]
    for count, i in enumerate(organ_order(organs)):
        axis.plot(
            arrays["relative_distance"].values,
            arrays["temperature_profile"].values[i],
            color=colour_of(organs[i], count),
            linewidth=1.4,
        )
    axis.axvline(1.0, color="#7d8894", linewidth=0.7)
    axis.set_xlim(0, float(arrays["relative_distance"].values[-1]))
    axis.set_xlabel("distance from the centre / radius", fontsize=8.5)
    return "against distance at the end of the first heating, with a line at the edge of the organ"


def _against_iron(axis: Any, arrays: Arrays) -> str:
    iron, temperatures, held = (arrays[name].values for name in ("iron", "temperature_by_iron", "iron_held"))
    marks = []
    for count, i in enumerate(_distinct(temperatures, held)[:_SHOWN]):
        colour, label = colour_of("tumour" if count == 0 else "", count), str(arrays["exposure"].values[i])
        if temperatures[i, 0] < _GOAL < temperatures[i, -1]:
            needed = float(np.interp(_GOAL, temperatures[i], iron))
            marks.append(needed)
            label = f"{label}: {needed:.2g} mg/g needed"
        axis.plot(iron, temperatures[i], color=colour, linewidth=1.5, label=label)
        if held[i] > 0:
            marks.append(float(held[i]))
            axis.plot(held[i], np.interp(held[i], iron, temperatures[i]), "o", color=colour, markersize=5)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.xaxis.set_minor_formatter(lambda *_: "")
    if marks:
        axis.set_xlim(0.1 * min(marks), 2.0 * max(marks))
    axis.set_xlabel("iron in the tumour (mg/g)", fontsize=8.5)
    axis.legend(fontsize=7, frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.0)
    point = "with a point at what it holds" if np.isfinite(held).any() else "what it holds is not known"
    return f"centre of the tumour at the end of the heating against its iron, {point}"


def _distinct(temperatures: Any, held: Any) -> list[int]:
    """Return which exposures are known and differ from those before them in heat or iron."""
    found: dict[tuple[str, str], int] = {}
    for i in range(held.size):
        if np.isfinite(temperatures[i]).all():
            found.setdefault((f"{temperatures[i, -1]:.6g}", f"{held[i]:.4g}"), i)
    return list(found.values())
