"""MRI contrast and nuclear uptake against time."""

from __future__ import annotations

from typing import Any

import numpy as np

from ferrotope.report.figures.canvas import Arrays, colour_of, new_figure, organ_order, spaced

__all__ = ["contrast", "uptake"]


def contrast(arrays: Arrays) -> tuple[Any, str] | None:
    """Return the MRI signal change against time and against iron."""
    wanted = {"mri_image", "mri_organ", "mri_time", "mri_iron", "signal_change", "signal_change_by_iron"}
    if not wanted <= arrays.keys() or not np.isfinite(arrays["signal_change"].values).any():
        return None
    organs = [str(name) for name in arrays["mri_organ"].values]
    images = [str(name) for name in arrays["mri_image"].values]
    figure, (left, right) = new_figure(2)
    for k, style in zip(range(len(images)), ("-", "--"), strict=False):
        for count, i in enumerate(organ_order(organs)[:6]):
            colour = colour_of(organs[i], count)
            label = spaced(organs[i]) if k == 0 else None
            left.plot(
                arrays["mri_time"].values,
                arrays["signal_change"].values[k, i],
                style,
                color=colour,
                linewidth=1.4,
                label=label,
            )
            right.plot(
                arrays["mri_iron"].values,
                arrays["signal_change_by_iron"].values[k, i],
                style,
                color=colour,
                linewidth=1.4,
            )
    left.set_xlabel("time after injection (h)", fontsize=8.5)
    right.set_xlabel("iron (mM)", fontsize=8.5)
    right.set_xscale("symlog", linthresh=0.01)
    for axis in (left, right):
        axis.set_ylabel("signal change (%)", fontsize=8.5)
        axis.axhline(0, color="#7d8894", linewidth=0.7)
    left.legend(fontsize=7, frameon=False, ncols=2)
    caption = f"MRI signal relative to before injection: {'; '.join(images[:2])}."
    return figure, caption + " Left with the iron that the organs hold, right against iron."


def uptake(arrays: Arrays) -> tuple[Any, str] | None:
    """Return the standardised uptake value against time."""
    if not {"uptake_organ", "uptake_time", "suv"} <= arrays.keys():
        return None
    organs = [str(name) for name in arrays["uptake_organ"].values]
    figure, (axis,) = new_figure(1, height=3.0, width=6.0)
    for count, i in enumerate(organ_order(organs)[:8]):
        axis.plot(
            arrays["uptake_time"].values,
            arrays["suv"].values[i],
            color=colour_of(organs[i], count),
            linewidth=1.4,
            label=spaced(organs[i]),
        )
    axis.set_xlabel("time after injection (h)", fontsize=8.5)
    axis.set_ylabel("SUV (g/mL), true", fontsize=8.5)
    axis.legend(fontsize=7, frameon=False, ncols=2)
    caption = "Standardised uptake value by body weight, before blurring by the scanner."
    return figure, caption + " The apparent value of the tumour is among the numbers."
