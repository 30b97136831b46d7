"""How much of the label is still on the particle."""

from __future__ import annotations

from typing import Any

from ferrotope.report.figures.canvas import Arrays, new_figure

__all__ = ["label_state"]


def label_state(arrays: Arrays) -> tuple[Any, str] | None:
    """Return activity on the particle and activity that came off, against time."""
    if not {"label_time", "bound", "free"} <= arrays.keys():
        return None
    figure, (axis,) = new_figure(1, height=2.7, width=6.0)
    time = arrays["label_time"].values
    axis.plot(time, arrays["bound"].values, color="#0072B2", linewidth=1.5, label="on the particle")
    axis.plot(time, arrays["free"].values, color="#D55E00", linewidth=1.5, label="came off")
    axis.set_xlabel("time (h)", fontsize=8.5)
    axis.set_ylabel("activity (% of the start)", fontsize=8.5)
    axis.legend(fontsize=7.5, frameon=False)
    return figure, "Label on the particle and label that came off, both with physical decay."
