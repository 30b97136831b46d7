"""The particle drawn to scale, as a small SVG."""

from __future__ import annotations

import math
from html import escape

from ferrotope.result import Result

__all__ = ["particle_drawing"]

_SIZE = 300.0
_X, _Y = 150.0, 164.0  # middle of the drawing, below the line about the label
_LARGEST = 130.0  # radius in pixels of the outermost circle


def particle_drawing(result: Result) -> str:
    """Return an SVG of core, shell and hydrodynamic envelope with a scale bar.

    Parameters
    ----------
    result : Result
        Whose inputs hold the diameters.

    Returns
    -------
    str
        SVG text; a sentence where no size is known.
    """
    core = _number(result, "particle.core.diameter")
    whole = _number(result, "particle.coating.hydrodynamic_diameter")
    shell = _number(result, "particle.shell.thickness")
    if core is None and whole is None:
        return "<p class='note'>No size of this particle is known: it cannot be drawn.</p>"
    spread = _number(result, "particle.core.sigma_g") or 1.0
    outer = max(size for size in (core and core * spread, whole, (core or 0.0) + 2.0 * (shell or 0.0)) if size)
    scale = 2.0 * _LARGEST / outer
    canvas = f'viewBox="0 0 {_SIZE:g} {_SIZE + 46:g}" font-family="sans-serif"'
    parts = [f'<svg {canvas} role="img" aria-label="particle drawn to scale">']
    if whole is not None:
        parts.append(_circle(whole * scale / 2, "#e6eef5", "#9bb4c8", dashed=True))
    if shell and core:
        parts.append(_circle((core / 2 + shell) * scale, "#e8c25a", "#b8922c"))
    if core is not None:
        parts.append(_circle(core * scale / 2, "#5c4033", "#3a2a22"))
        # 16th and 84th percentile of the number distribution
        if spread > 1.0:
            for factor in (spread, 1.0 / spread):
                parts.append(_circle(core * factor * scale / 2, "none", "#d98c5f", dashed=True))
    parts += _chelators(result, core, shell, scale)
    parts += _labels(result, core, whole, shell)
    bar = _round_length(outer / 3)
    left, top = 12.0, _SIZE + 8
    parts.append(
        f'<line x1="{left}" y1="{top}" x2="{left + bar * scale:.1f}" y2="{top}" stroke="#1d2530" stroke-width="2"/>'
    )
    parts.append(f'<text x="{left}" y="{top + 15}" font-size="12" fill="#1d2530">{bar * 1e9:g} nm</text>')
    parts.append("</svg>")
    return "".join(parts)


def _labels(result: Result, core: float | None, whole: float | None, shell: float | None) -> list[str]:
    lines = []
    if core is not None:
        lines.append(
            (
                "#5c4033",
                f"core {core * 1e9:.3g} nm"
                + (" (assumed)" if result.inputs["particle.core.diameter"].kind == "assumed" else ""),
            )
        )
    if shell:
        lines.append(("#b8922c", f"shell {shell * 1e9:.3g} nm"))
    if whole is not None:
        lines.append(("#7d9ab3", f"hydrodynamic {whole * 1e9:.3g} nm"))
    return [
        f'<text x="{_SIZE - 4}" y="{_SIZE + 12 + 14 * index}" font-size="12" text-anchor="end" fill="{colour}">'
        f"{escape(text)}</text>"
        for index, (colour, text) in enumerate(lines)
    ]


def _chelators(result: Result, core: float | None, shell: float | None, scale: float) -> list[str]:
    """Return one dot a label atom on a particle where there is at least one on average, else a single open dot."""
    label = result.study.get("particle", {}).get("label", {})
    if not label or core is None:
        return []
    record = result.records.get("radiochemistry.atoms_per_particle")
    mean = record.value if record is not None and isinstance(record.value, float) else 0.0
    count = min(max(round(mean), 1), 12)
    radius = (core / 2 + (shell or 0.0)) * scale + 4.0
    dots = []
    for index in range(count):
        angle = -math.pi / 2 + 2 * math.pi * index / count + 0.5
        x, y = _X + radius * math.cos(angle), _Y + radius * math.sin(angle)
        fill = "#c8372d" if mean >= 0.5 else "none"
        dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="{fill}" stroke="#c8372d" stroke-width="1.6"/>')
    name = escape(str(label.get("nuclide", "")))
    return [*dots, f'<text x="4" y="14" font-size="12" fill="#c8372d">{name}: {_per_particle(mean)}</text>']


def _per_particle(mean: float) -> str:
    if mean <= 0:
        return "atoms per particle not known"
    return f"{mean:.3g} atoms per particle" if mean >= 1 else f"1 atom in {1 / mean:.3g} particles"


def _circle(radius: float, fill: str, stroke: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    drawn = f'fill="{fill}" stroke="{stroke}" stroke-width="1.2"{dash}'
    return f'<circle cx="{_X}" cy="{_Y}" r="{radius:.2f}" {drawn}/>'


def _number(result: Result, path: str) -> float | None:
    item = result.inputs.get(path)
    return item.number if item is not None else None


def _round_length(length: float) -> float:
    power = 10.0 ** math.floor(math.log10(length))
    return next(step for step in (5 * power, 2 * power, power) if step <= length)
