"""Activity and iron in the organs, with the measured points."""

from __future__ import annotations

from typing import Any

import numpy as np

from ferrotope.report.figures.canvas import Arrays, colour_of, new_figure, organ_order, spaced

__all__ = ["activity_curves"]

_SHOWN = 9  # more organs than this make a figure unreadable


def activity_curves(arrays: Arrays) -> tuple[Any, str] | None:
    """Return decay-corrected content with its points, and the activity as it is, against time."""
    if not {"organ", "time", "retained", "activity", "sampled", "measured"} <= arrays.keys():
        return None
    organs = [str(name) for name in arrays["organ"].values]
    time, sampled = arrays["time"].values, arrays["sampled"].values
    several = np.sum(np.isfinite(arrays["measured"].values), axis=1) > 1
    order = sorted(organ_order(organs), key=lambda i: not several[i])[:_SHOWN]
    figure, (left, right) = new_figure(2, height=3.6)
    for count, i in enumerate(order):
        colour = colour_of(organs[i], count)
        looked = sampled[np.isfinite(arrays["measured"].values[i])]
        inside = (time >= looked[0]) & (time <= looked[-1]) if several[i] else np.zeros(time.size, dtype=bool)
        for axis, values in ((left, arrays["retained"].values[i]), (right, arrays["activity"].values[i])):
            axis.plot(time, values, ":", color=colour, linewidth=1.1)
            axis.plot(time[inside], values[inside], "-", color=colour, linewidth=1.5)
        left.plot([], [], "-" if several[i] else ":", color=colour, linewidth=1.5, label=spaced(organs[i]))
        deviation = arrays["measured_sd"].values[i] if "measured_sd" in arrays else None
        left.errorbar(
            sampled, arrays["measured"].values[i], yerr=deviation, fmt="o", color=colour, markersize=4, linewidth=0.9
        )
    horizon = 1.15 * float(np.nanmax(sampled)) or float(time[-1])
    for axis, title in ((left, "content, decay-corrected (%ID per organ)"), (right, "activity (% of administered)")):
        axis.set_xlim(0, horizon)
        axis.set_yscale("log")
        axis.set_xlabel("time after injection (h)", fontsize=8.5)
        axis.set_ylabel(title, fontsize=8.5)
    shown = arrays["measured"].values[order]
    positive = shown[np.isfinite(shown) & (shown > 0)]
    if positive.size:
        left.set_ylim(0.4 * positive.min(), 2.5 * positive.max())
        right.set_ylim(0.02 * positive.min(), 2.5 * positive.max())
    left.legend(fontsize=7, ncols=2, frameon=False)
    hidden = len(organs) - len(order)
    caption = (
        "Lines: curves used; points: measured, with their standard deviation where the table gives one. Dotted: times "
        "at which nobody measured."
    )
    return figure, caption + (f" {hidden} further organs are in the numbers below." if hidden else "")
