"""Magnetisation, and heating power against field and frequency."""

from __future__ import annotations

from typing import Any

from ferrotope.report.figures.canvas import Arrays, new_figure

__all__ = ["magnetisation_and_heating"]


def magnetisation_and_heating(arrays: Arrays) -> tuple[Any, str] | None:
    """Return M(H) with, where there is a heating, SLP against field and against frequency."""
    if not {"field", "magnetisation"} <= arrays.keys():
        return None
    heated = {"amplitude", "slp_by_field", "frequency", "slp_by_frequency", "study_point"} <= arrays.keys()
    figure, axes = new_figure(3 if heated else 1, height=3.0, width=9.6 if heated else 5.0)
    axes[0].plot(arrays["field"].values, arrays["magnetisation"].values, color="#0b5d7a", linewidth=1.6)
    axes[0].set_xlabel("H (kA/m)", fontsize=8.5)
    axes[0].set_ylabel("M (A m²/kg of core)", fontsize=8.5)
    axes[0].set_xlim(left=0)
    axes[0].set_ylim(bottom=0)
    caption = "Equilibrium magnetisation over the size distribution."
    if heated:
        field, frequency, linear = (float(value) for value in arrays["study_point"].values)
        axes[1].plot(arrays["amplitude"].values, arrays["slp_by_field"].values, color="#C8372D", linewidth=1.6)
        axes[1].axvline(field, color="#1d2530", linewidth=0.8, linestyle="--")
        right = float(arrays["amplitude"].values[-1])
        if linear < right:
            axes[1].axvspan(linear, right, color="#f5d9b8", alpha=0.5, linewidth=0)
        axes[1].set_xlim(0, right)
        axes[1].set_xlabel("H (kA/m)", fontsize=8.5)
        axes[1].set_ylabel("SLP (W/g Fe)", fontsize=8.5)
        axes[2].plot(arrays["frequency"].values, arrays["slp_by_frequency"].values, color="#C8372D", linewidth=1.6)
        axes[2].axvline(frequency, color="#1d2530", linewidth=0.8, linestyle="--")
        axes[2].set_xscale("log")
        axes[2].set_yscale("log")
        axes[2].set_xlabel("f (kHz)", fontsize=8.5)
        axes[2].set_ylabel("SLP (W/g Fe)", fontsize=8.5)
        caption += " Heating power in linear response; dashed: the study; shaded: fields beyond linear response."
    return figure, caption
