"""What all figures share: arrays by name, colours, axes, SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from ferrotope.result import Result, Series

__all__ = ["Arrays", "arrays_of", "colour_of", "new_figure", "organ_order", "spaced", "to_svg"]

Arrays = dict[str, Series]

# Okabe and Ito's palette, readable with colour-vision deficiency; the same organ has the same colour in every figure.
_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F6A00", "#5C5C5C")
_ORGANS = {
    "tumour": "#C8372D", "liver": "#7B3F00", "blood": "#E69F00", "spleen": "#6A3D9A", "kidneys": "#009E73",
    "muscle": "#5C5C5C", "lungs": "#56B4E9", "bone": "#0072B2", "heart": "#CC79A7",
}  # fmt: skip
_FIRST = ("tumour", "liver", "spleen", "kidneys", "blood", "lungs", "heart", "bone", "muscle")


def arrays_of(result: Result, stage: str) -> Arrays:
    """Return the series of a stage by name."""
    return {item.name: item for item in result.series.get(stage, ())}


def colour_of(name: str, index: int = 0) -> str:
    """Return the colour of an organ, or of the n-th line of another kind."""
    return _ORGANS.get(name, _PALETTE[index % len(_PALETTE)])


def organ_order(names: Iterable[str]) -> list[int]:
    """Return indices that put tumour and the large reticuloendothelial organs first."""
    listed = [str(name) for name in names]
    return sorted(
        range(len(listed)), key=lambda i: (_FIRST.index(listed[i]) if listed[i] in _FIRST else len(_FIRST), listed[i])
    )


def new_figure(columns: int = 1, *, height: float = 3.2, width: float = 9.0) -> tuple[Any, list[Any]]:
    """Return a figure and its axes side by side, without importing pyplot and its global state."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, columns)).tolist()
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
        axis.grid(color="#e6eaef", linewidth=0.6)
        axis.set_axisbelow(True)
    return figure, axes


def spaced(name: str) -> str:
    """Return an identifier as words."""
    return str(name).replace("_", " ")


def to_svg(figure: Any) -> str:
    """Return a figure as SVG text for inclusion in HTML, the same for the same data.

    Identifiers get a prefix from the content, so that several figures on a page do not share clip paths.
    """
    import hashlib

    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context(
        {"svg.hashsalt": "ferrotope", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}
    ):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    prefix = "f" + hashlib.sha256(text.encode()).hexdigest()[:8]
    text = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', text)
    text = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'\1="#{prefix}-\2"', text)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", text)
