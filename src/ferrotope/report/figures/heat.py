"""Temperature histories, and temperature against iron."""

from __future__ import annotations

from typing import Any

import numpy as np

from ferrotope.report.figures.canvas import Arrays, colour_of, new_figure, spaced

__all__ = ["temperature_history"]


def temperature_history(arrays: Arrays) -> tuple[Any, str] | None:
    """Return temperature against time, and the temperature that more iron would bring."""
    organs = [name.removeprefix("time_") for name in arrays if name.startswith("time_")]
    by_iron = {"iron", "temperature_by_iron"} <= arrays.keys()
    if not organs and not by_iron:
        return None
    figure, axes = new_figure(int(bool(organs)) + int(by_iron), height=3.0, width=9.0 if organs and by_iron else 5.5)
    if organs:
        axis = axes[0]
        for count, organ in enumerate(organs):
            time = arrays[f"time_{organ}"].values
            for place, style in (("centre", "-"), ("mean", "--"), ("edge", ":")):
                values = arrays[f"temperature_{place}_{organ}"].values
                axis.plot(
                    time, values, style, color=colour_of(organ, count), linewidth=1.4, label=f"{spaced(organ)}, {place}"
                )
        axis.set_xlabel("time after injection (h)", fontsize=8.5)
        axis.set_ylabel("temperature (°C)", fontsize=8.5)
        # a rise of thousandths of a degree must not fill the axis
        low, high = axis.get_ylim()
        if high - low < 1.0:
            axis.set_ylim(low - 0.2, low + 1.0)
        axis.legend(fontsize=7, frameon=False)
    if by_iron:
        axis = axes[-1]
        shown = np.minimum(arrays["temperature_by_iron"].values, 80.0)
        axis.plot(arrays["iron"].values, shown, color="#C8372D", linewidth=1.5)
        axis.axhline(43.0, color="#7d8894", linewidth=0.8, linestyle="--")
        axis.set_xscale("log")
        axis.set_ylim(36.0, 60.0)
        axis.set_xlabel("iron in the tumour (mg/g)", fontsize=8.5)
        axis.set_ylabel("centre after heating (°C)", fontsize=8.5)
    return figure, "Left: with the iron that the tissue really holds. Right: what iron would be needed; dashed, 43 °C."
