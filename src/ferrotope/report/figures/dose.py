"""Absorbed dose by organ and radiation, and dose rates."""

from __future__ import annotations

from typing import Any

import numpy as np

from ferrotope.report.figures.canvas import Arrays, colour_of, new_figure, organ_order, spaced

__all__ = ["dose_bars", "dose_rates"]

_RADIATION = {
    "alpha": "#C8372D", "recoil": "#7B1E1E", "beta-": "#0072B2", "beta+": "#56B4E9", "conversion": "#009E73",
    "auger": "#7F6A00", "gamma": "#CC79A7", "x": "#E0B7CE", "annihilation": "#A9B2BD",
}  # fmt: skip


def dose_bars(arrays: Arrays) -> tuple[Any, str] | None:
    """Return stacked bars of the self-dose of each organ by radiation."""
    if not {"organ", "radiation", "dose_by_radiation"} <= arrays.keys():
        return None
    organs = [str(name) for name in arrays["organ"].values]
    radiations = [str(name) for name in arrays["radiation"].values]
    doses = np.asarray(arrays["dose_by_radiation"].values, dtype=float)
    order = organ_order(organs)[::-1]
    largest = float(doses.sum(axis=1).max())
    if largest <= 0:
        return None
    factor, unit = (1e3, "mGy") if largest < 0.5 else (1.0, "Gy")
    figure, (axis,) = new_figure(1, height=0.9 + 0.26 * len(organs))
    start = np.zeros(len(organs))
    for index, radiation in enumerate(radiations):
        values = doses[order, index] * factor
        axis.barh(
            range(len(organs)),
            values,
            left=start,
            color=_RADIATION.get(radiation, "#888888"),
            label=radiation,
            height=0.72,
        )
        start += values
    axis.set_yticks(range(len(organs)), [spaced(organs[i]) for i in order], fontsize=8.5)
    axis.set_xlabel(f"absorbed dose by self-irradiation ({unit})", fontsize=8.5)
    axis.legend(fontsize=7.5, frameon=False)
    return (
        figure,
        "Mean absorbed dose to infinite time, by radiation; no RBE. Dose from neighbouring organs is not in it.",
    )


def dose_rates(arrays: Arrays) -> tuple[Any, str] | None:
    """Return dose rates of low LET and of alphas against time."""
    if not {"rate_organ", "time", "low_let_dose_rate"} <= arrays.keys():
        return None
    organs = [str(name) for name in arrays["rate_organ"].values]
    panels = [("low_let_dose_rate", "electrons and photons"), ("alpha_dose_rate", "alphas and recoils")]
    panels = [(name, title) for name, title in panels if name in arrays and np.any(arrays[name].values > 0)]
    if not panels:
        return None
    figure, axes = new_figure(len(panels), height=3.0, width=9.0 if len(panels) > 1 else 6.0)
    time = arrays["time"].values
    for axis, (name, title) in zip(axes, panels, strict=True):
        values = arrays[name].values
        for count, i in enumerate(organ_order(organs)[:8]):
            axis.plot(time, values[i], color=colour_of(organs[i], count), linewidth=1.4, label=spaced(organs[i]))
        axis.set_yscale("log")
        top = float(np.nanmax(values))
        axis.set_ylim(top * 1e-4, top * 2)
        axis.set_xlabel("time after injection (h)", fontsize=8.5)
        axis.set_ylabel(f"dose rate, {title} (mGy/h)", fontsize=8.5)
    axes[0].legend(fontsize=7, frameon=False, ncols=2)
    return figure, "Dose rates from which the biologically effective dose is computed."
