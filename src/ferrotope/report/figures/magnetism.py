"""Magnetisation and the dynamic loop; heating power against field and frequency, with the limits of the field."""

from __future__ import annotations

from typing import Any

import numpy as np

from ferrotope.report.figures.canvas import Arrays, new_figure

__all__ = ["heating_power", "magnetisation_and_loop"]

_LINE, _HEAT, _MARK = "#0b5d7a", "#C8372D", "#1d2530"
_DASHES = ("--", ":", "-.")


def magnetisation_and_loop(arrays: Arrays) -> tuple[Any, str] | None:
    """Return M(H) at equilibrium with, where there is a heating, the loop of one size."""
    if not {"field", "magnetisation"} <= arrays.keys():
        return None
    looped = {"loop_field", "loop_magnetisation"} <= arrays.keys()
    figure, axes = new_figure(2 if looped else 1, height=3.0, width=7.2 if looped else 5.0)
    axes[0].plot(arrays["field"].values, arrays["magnetisation"].values, color=_LINE, linewidth=1.6)
    axes[0].set_xlabel("H (kA/m)", fontsize=8.5)
    axes[0].set_ylabel("M (A m²/kg of core)", fontsize=8.5)
    axes[0].set_xlim(left=0)
    axes[0].set_ylim(bottom=0)
    caption = "Equilibrium magnetisation over the size distribution."
    if looped:
        axes[1].plot(arrays["loop_field"].values, arrays["loop_magnetisation"].values, color=_HEAT, linewidth=1.4)
        for draw in (axes[1].axhline, axes[1].axvline):
            draw(0.0, color="#c3cad1", linewidth=0.7, zorder=0)
        axes[1].set_xlabel("H (kA/m)", fontsize=8.5)
        axes[1].set_ylabel("M (kA/m)", fontsize=8.5)
        title = arrays["loop_magnetisation"].title
        caption += f" Right: {title[0].lower()}{title[1:]}, random axes, over one cycle of the first heating's field."
    return figure, caption


def heating_power(arrays: Arrays) -> tuple[Any, str] | None:
    """Return SLP against field, against frequency, and as a map of both with the limits of the field."""
    wanted = {"amplitude", "slp_by_field", "frequency", "slp_by_frequency", "slp_map", "study_point"}
    if not wanted <= arrays.keys():
        return None
    figure, axes = new_figure(3, height=3.1, width=9.6)
    field, frequency = (float(value) for value in arrays["study_point"].values)
    fields, frequencies = arrays["amplitude"].values, arrays["frequency"].values
    axes[0].plot(fields, arrays["slp_by_field"].values, color=_HEAT, linewidth=1.6)
    axes[0].axvline(field, color=_MARK, linewidth=0.8)
    axes[0].set_xlim(0, fields[-1])
    axes[0].set_ylim(bottom=0)
    axes[0].set_xlabel("H (kA/m)", fontsize=8.5)
    axes[1].plot(frequencies, arrays["slp_by_frequency"].values, color=_HEAT, linewidth=1.6)
    axes[1].axvline(frequency, color=_MARK, linewidth=0.8)
    axes[1].set_xscale("log")
    axes[1].set_yscale("log")
    axes[1].set_xlabel("f (kHz)", fontsize=8.5)
    for axis in axes[:2]:
        axis.set_ylabel("SLP (W/g Fe)", fontsize=8.5)
    said = _map(axes[2], arrays, field, frequency)
    return figure, f"Heating power; the solid lines and the point are the first heating of the study. Right: {said}"


def _map(axis: Any, arrays: Arrays, field: float, frequency: float) -> str:
    fields, frequencies = arrays["amplitude"].values, arrays["frequency"].values
    power = np.maximum(arrays["slp_map"].values, 1e-12)
    top = np.floor(np.log10(power.max()))
    levels = np.array([10.0 ** (top + decade) * step for decade in (-3, -2, -1, 0) for step in (1.0, 3.0)])
    lines = axis.contour(frequencies, fields, power, levels=levels, colors=_HEAT, linewidths=0.9)
    axis.clabel(lines, fontsize=6.5, fmt=lambda value: f"{value:g}")
    axis.plot(frequency, field, "o", color=_MARK, markersize=4.5)
    axis.set_xscale("log")
    axis.set_xlim(frequencies[0], frequencies[-1])
    axis.set_ylim(0, fields[-1])
    axis.set_xlabel("f (kHz)", fontsize=8.5)
    axis.set_ylabel("H (kA/m)", fontsize=8.5)
    text = "contours of SLP in W/g Fe"
    if {"field_limit_name", "field_limit_product"} <= arrays.keys():
        names, products = arrays["field_limit_name"].values, arrays["field_limit_product"].values
        for name, product, dash in zip(names, products, _DASHES, strict=False):
            # A/(m s) over kHz is 1e-6 kA/m
            axis.plot(frequencies, product / frequencies * 1e-6, dash, color=_LINE, linewidth=1.1, label=str(name))
        axis.legend(fontsize=6.5, frameon=False, loc="upper right")
        text += ", and limits of the product of field and frequency"
    return text + "."
