"""The page of a dose from images: regions, histograms, activity in time, and what was left out, as one offline file."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from ferrotope.report.figures.canvas import arrays_of, colour_of, new_figure, spaced, to_svg
from ferrotope.result import Result
from ferrotope.result.store import put
from ferrotope.result.text import interval_text, number_text, shown_unit
from ferrotope.sources import reference

__all__ = ["image_dose_html", "write_image_dose_page"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
<main>
<p class="banner">For research, not a medical device.</p>
<h1>{{ title }}</h1>
{% if warnings %}<section class="warnings"><h2>Warnings</h2><ul>{% for text in warnings %}<li>{{ text }}</li>
{% endfor %}</ul></section>{% endif %}
{% for table in tables %}<h2>{{ table.title }}</h2>
<div class="scroll"><table>
<thead><tr><th>Region</th>{% for head in table.heads %}<th class="num">{{ head }}</th>{% endfor %}<th>Kind</th></tr>
</thead>
<tbody>{% for name, cells, kind in table.rows %}<tr><td>{{ name }}</td>
{% for cell in cells %}<td class="num">{{ cell }}</td>{% endfor %}<td>{{ kind }}</td></tr>
{% endfor %}</tbody></table></div>
<p class="note">{{ table.note }}</p>
{% endfor %}
{% if radiations %}<h2>Mean dose by radiation</h2>
<div class="scroll"><table>
<thead><tr><th>Region</th>{% for name in radiations %}<th class="num">{{ name }} (Gy)</th>{% endfor %}</tr></thead>
<tbody>{% for name, cells in parts %}<tr><td>{{ name }}</td>
{% for cell in cells %}<td class="num">{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></div>{% endif %}
{% for figure in figures %}<figure>{{ figure.svg }}<figcaption>{{ figure.caption }}</figcaption></figure>
{% endfor %}
<h2>Activity in time</h2>
<ul>{% for name, method in methods %}<li>{{ name }}: {{ method }}</li>
{% endfor %}</ul>
<h2>Images</h2>
<div class="scroll"><table>
<thead><tr><th>File</th><th>Format</th><th class="num">Time (h)</th><th>Decay reference</th><th>Unit</th>
<th>Voxels</th><th>Size (mm)</th></tr></thead>
<tbody>{% for image in images %}<tr><td>{{ image.file }}</td><td>{{ image.format }}</td>
<td class="num">{{ image.time }}</td><td>{{ image.decay_reference }}</td><td class="unit">{{ image.unit }}</td>
<td>{{ image.voxels }}</td><td>{{ image.size }}</td></tr>
{% endfor %}</tbody></table></div>
<h2>Inputs</h2>
<div class="scroll"><table>
<thead><tr><th>Input</th><th class="num">Value</th><th>Kind</th><th>Note</th></tr></thead>
<tbody>{% for item in inputs %}<tr><td>{{ item.name }}</td><td class="num">{{ item.text }}</td><td>{{ item.kind }}</td>
<td>{{ item.note }}</td></tr>
{% endfor %}</tbody></table></div>
<h2>Assumed</h2>
<ul>{% for text in assumptions %}<li>{{ text }}</li>{% endfor %}</ul>
<h2>Left out</h2>
<ul>{% for text in absent %}<li>{{ text }}</li>{% endfor %}</ul>
<h2>Sources</h2>
<ul>{% for text in sources %}<li class="source">{{ text }}</li>{% endfor %}</ul>
<footer>Ferrotope {{ version }}, {{ created }}</footer>
</main>
</body>
</html>
"""

# Name in the path, heading, unit; left out where no region has it.
_DOSES = (
    ("absorbed_dose", "Mean", "Gy"),
    ("d98", "D98", "Gy"),
    ("d50", "D50", "Gy"),
    ("d2", "D2", "Gy"),
    ("most_dose", "Highest", "Gy"),
)
_ACTIVITIES = (
    ("time_integrated_activity", "Ã", "MBq h"),
    ("time_integrated_activity_error", "SD", "%"),
    ("extrapolated", "Late", "%"),
    ("tiac", "Coefficient", "h"),
    ("volume", "Volume", "mL"),
    ("mass", "Mass", "g"),
)
_DOSE_NOTE = (
    "Mean: energy over mass. D98, D50, D2: dose that 98, 50 and 2 % of the volume receive at least. "
    "{inside} % of the emitted energy is absorbed inside the image."
)
_ACTIVITY_NOTE = (
    "Ã: time-integrated activity. SD: its relative standard deviation, to which an error of the calibration comes on "
    "top. Late: part of Ã after the last image. Coefficient: Ã over the administered activity. "
    "Volumes are counted voxels."
)
_MOST_LINES = 8


def write_image_dose_page(result: Result, path: Path) -> Path:
    """Write the page of a dose from images.

    Parameters
    ----------
    result : Result
        Of ``ferrotope.study.image_dose_result``, or one loaded.
    path : Path
        The HTML file; written under a temporary name and renamed.

    Returns
    -------
    Path
        The file.
    """
    return put(image_dose_html(result).encode(), path, "report")


def image_dose_html(result: Result) -> str:
    """Return the page as one HTML document without outside references.

    Parameters
    ----------
    result : Result
        Of a dose from images.

    Returns
    -------
    str
        HTML.
    """
    from markupsafe import Markup

    dose = arrays_of(result, "dosimetry")
    names = [str(name) for name in dose["region"].values]
    inside = number_text(result.records["dosimetry.absorbed_fraction.image"].value)
    radiations = [str(name) for name in dose["radiation"].values] if "radiation" in dose else []
    parts = dose["dose_by_radiation"].values if radiations else np.empty((len(names), 0))
    return _template().render(
        style=Markup(files("ferrotope.report").joinpath("report.css").read_text(encoding="utf-8")),
        title=result.title,
        warnings=[notice.text for notice in result.notices if notice.level == "warning"],
        assumptions=[notice.text for notice in result.notices if notice.level == "assumption"],
        absent=[notice.text for notice in result.notices if notice.level == "absent"],
        tables=[
            _table(result, names, "Absorbed dose", _DOSES, _DOSE_NOTE.format(inside=inside)),
            _table(result, names, "Time-integrated activity", _ACTIVITIES, _ACTIVITY_NOTE),
        ],
        radiations=radiations,
        parts=[
            (spaced(name), [number_text(float(value)) for value in row]) for name, row in zip(names, parts, strict=True)
        ],
        figures=[{"svg": Markup(to_svg(figure)), "caption": caption} for figure, caption in _figures(result, names)],
        methods=[(spaced(name), result.records[f"dosimetry.time_integrated_activity.{name}"].method) for name in names],
        images=[_image(image) for image in result.study["images"]],
        inputs=[
            {
                "name": spaced(item.path),
                "text": item.text,
                "kind": item.kind,
                "note": "; ".join(part for part in (item.note, item.source) if part),
            }
            for item in result.inputs.values()
        ],
        sources=[_source(text) for text in result.sources()],
        version=result.provenance.get("ferrotope"),
        created=str(result.provenance.get("created", ""))[:10],
    )


@lru_cache(maxsize=1)
def _template():
    import jinja2

    return jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined).from_string(_PAGE)


def _table(
    result: Result, names: list[str], title: str, columns: tuple[tuple[str, str, str], ...], note: str
) -> dict[str, Any]:
    """Rows of all regions; where there are intervals, that of the first number stands behind it."""
    shown = [column for column in columns if f"dosimetry.{column[0]}.{names[0]}" in result.records]
    heads = [f"{head} ({shown_unit(unit)})" for _, head, unit in shown]
    if result.intervals:
        heads.insert(1, f"95 % interval ({shown_unit(shown[0][2])})")
    rows = []
    for name in names:
        records = [result.records[f"dosimetry.{key}.{name}"] for key, _, _ in shown]
        cells = [number_text(record.value) for record in records]
        if result.intervals:
            cells.insert(1, interval_text(result.intervals.get(records[0].path)))
        rows.append((spaced(name), cells, records[0].kind))
    return {"title": title, "heads": heads, "rows": rows, "note": note}


def _figures(result: Result, names: list[str]) -> list[tuple[Any, str]]:
    """Histogram and activity, of the regions of the mask where there is one."""
    dose, activity = arrays_of(result, "dosimetry"), arrays_of(result, "imaging")
    told = [i for i, name in enumerate(names) if f"dosimetry.absorbed_dose.{name}" in result.headlines]
    drawn = told[:_MOST_LINES]
    figure, (left, right) = new_figure(2, height=3.4, width=9.0)
    for count, i in enumerate(drawn):
        look = {"color": colour_of(names[i], count), "label": spaced(names[i])}
        left.plot(dose["dose_at_volume"].values[i], dose["volume_percent"].values, linewidth=1.4, **look)
        right.plot(activity["time"].values, activity["curve"].values[i], linewidth=1.2, **look)
        right.plot(
            activity["image_time"].values, activity["activity"].values[i], "o", color=look["color"], markersize=4
        )
    left.set(xlabel="absorbed dose (Gy)", ylabel="volume with at least this dose (%)", ylim=(0, 102))
    left.set_xlim(left=0)
    right.set(xlabel="time after injection (h)", ylabel="activity (MBq)")
    top = float(np.max(activity["curve"].values[drawn]))
    if top > 0:
        right.set_yscale("log")
        right.set_ylim(1e-3 * top, 2 * top)
    left.legend(fontsize=7.5, frameon=False)
    left_out = f" The first {_MOST_LINES} regions." if len(told) > _MOST_LINES else ""
    return [(figure, f"Cumulative dose-volume histograms, and activity in time with the images as points.{left_out}")]


def _image(image: dict[str, Any]) -> dict[str, str]:
    return {
        **image,
        "time": number_text(float(image["time_after_injection_h"]), 4),
        "voxels": " × ".join(str(n) for n in image["shape"]),
        "size": " × ".join(f"{float(size):.4g}" for size in image["voxel_size_mm"]),
    }


def _source(text: str) -> str:
    known = reference(text)
    parts = [known.get(name, "") for name in ("author", "title", "journal", "year", "note")]
    doi = f"doi:{known['doi']}" if known.get("doi") else ""
    return ". ".join(part for part in (*parts, doi) if part)
