"""Relaxivity against Larmor frequency."""

from __future__ import annotations

from typing import Any

from ferrotope.report.figures.canvas import Arrays, new_figure

__all__ = ["relaxivity_profile"]


def relaxivity_profile(arrays: Arrays) -> tuple[Any, str] | None:
    """Return r1 and r2 per iron against the Larmor frequency (NMRD profile), with the images."""
    if not {"B0", "r1", "r2"} <= arrays.keys():
        return None
    # results of earlier versions know the field alone
    known = "larmor_frequency" in arrays
    field, across = arrays["B0"].values, arrays["larmor_frequency" if known else "B0"].values
    per_tesla = float(across[-1] / field[-1])
    figure, (axis,) = new_figure(1, height=3.0, width=6.0)
    axis.plot(across, arrays["r1"].values, color="#0072B2", linewidth=1.6, label="r1")
    axis.plot(across, arrays["r2"].values, color="#D55E00", linewidth=1.6, label="r2")
    if "study_B0" in arrays:
        for index, at in enumerate(arrays["study_B0"].values):
            axis.axvline(
                float(at) * per_tesla,
                color="#1d2530",
                linewidth=0.8,
                linestyle="--",
                label="image" if index == 0 else None,
            )
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("proton Larmor frequency (MHz)" if known else "B0 (T)", fontsize=8.5)
    axis.set_ylabel("relaxivity (mM⁻¹ s⁻¹ per mM Fe)", fontsize=8.5)
    axis.legend(fontsize=7.5, frameon=False)
    return figure, "Relaxivity of single dispersed cores by the superparamagnetic outer-sphere model."
