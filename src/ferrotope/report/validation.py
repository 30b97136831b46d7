"""The page of a validation: predicted against measured as plot and table, one offline HTML file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ferrotope.report.figures.canvas import to_svg
from ferrotope.report.figures.validation import predicted_against_measured
from ferrotope.result.store import put
from ferrotope.result.text import number_text, shown_unit

__all__ = ["validation_html", "write_validation_page"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Predicted against measured</title>
<style>{{ style }}</style>
</head>
<body>
<main>
<p class="banner">For research, not a medical device.</p>
<h1>Predicted against measured</h1>
<p class="count">Domain {{ domain }}: {{ rows|length }} measured outputs of the catalogue, at the conditions of the
measurement. No measured output entered its own prediction.
{% if samples %}Intervals over {{ samples }} samples of the uncertain inputs.{% else %}Inputs at their medians, without
intervals.{% endif %}</p>
<h2>Summary</h2>
<div class="scroll"><table>
<thead><tr><th>Quantity</th><th>Unit</th><th class="num">Measured</th><th class="num">Systems</th>
<th class="num">Mean ratio</th><th class="num">Spread</th><th class="num">Within a factor of two</th>
<th class="num">Inside the 95 % interval</th></tr></thead>
<tbody>{% for item in summary %}<tr><td>{{ item.title }}</td><td class="unit">{{ item.unit }}</td>
<td class="num">{{ item.number }}</td><td class="num">{{ item.systems }}</td><td class="num">{{ item.ratio }}</td>
<td class="num">{{ item.spread }}</td><td class="num">{{ item.within }}</td><td class="num">{{ item.inside }}</td></tr>
{% endfor %}</tbody></table></div>
<p class="note">Mean ratio: geometric mean of predicted over measured. Spread: geometric standard deviation of that
ratio. Inside: of the measurements whose prediction has an interval. Measurements of one system are not independent.</p>
{% for figure in figures %}<figure>{{ figure.svg }}<figcaption>{{ figure.caption }}</figcaption></figure>
{% endfor %}
<h2>Every measurement</h2>
<div class="scroll"><table>
<thead><tr><th>System</th><th>Variant</th><th>Quantity</th><th>Conditions</th><th class="num">Measured</th>
<th class="num">Predicted</th><th class="num">95 % interval</th><th>Unit</th><th class="num">Ratio</th><th>Inside</th>
<th>Remark</th><th>Source</th></tr></thead>
<tbody>{% for row in rows %}<tr><td>{{ row.system }}</td><td>{{ row.variant }}</td>
<td>{{ row.quantity }} <span class="path">{{ row.path }}</span></td><td>{{ row.conditions }}</td>
<td class="num">{{ row.measured }}</td><td class="num">{{ row.predicted }}</td><td class="num">{{ row.interval }}</td>
<td class="unit">{{ row.unit }}</td><td class="num">{{ row.ratio }}</td><td>{{ row.inside }}</td>
<td>{{ row.remark }}{% if row.validity %} <span class="validity">{{ row.validity }}</span>{% endif %}</td>
<td class="source">{{ row.source }}</td></tr>
{% endfor %}</tbody></table></div>
<footer>Ferrotope {{ version }}</footer>
</main>
</body>
</html>
"""


def write_validation_page(
    rows: Sequence[Mapping[str, Any]],
    summary: Sequence[Mapping[str, Any]],
    path: Path,
    *,
    domain: str,
    samples: int,
    version: str,
) -> Path:
    """Write the page of a validation.

    Parameters
    ----------
    rows : sequence of mapping
        One a measurement, as ``Row.as_dict`` of ``ferrotope.study.validation`` gives it.
    summary : sequence of mapping
        One a quantity, as ``Summary.as_dict`` gives it.
    path : Path
        The HTML file; written under a temporary name and renamed.
    domain : str
        What was validated.
    samples : int
        Of the intervals; 0 where there are none.
    version : str
        Of Ferrotope.

    Returns
    -------
    Path
        The file.
    """
    page = validation_html(rows, summary, domain=domain, samples=samples, version=version)
    return put(page.encode(), path, "page")


def validation_html(
    rows: Sequence[Mapping[str, Any]],
    summary: Sequence[Mapping[str, Any]],
    *,
    domain: str,
    samples: int,
    version: str,
) -> str:
    """Return the page of a validation as one HTML document without outside references.

    Parameters
    ----------
    rows, summary, domain, samples, version
        As in `write_validation_page`.

    Returns
    -------
    str
        HTML.
    """
    from markupsafe import Markup

    order = [item["path"] for item in summary]
    drawn = predicted_against_measured(sorted(rows, key=lambda row: order.index(row["path"])))
    return _template().render(
        style=Markup(files("ferrotope.report").joinpath("report.css").read_text(encoding="utf-8")),
        domain=domain,
        samples=samples,
        version=version,
        rows=[_shown(row) for row in rows],
        summary=[_summed(item) for item in summary],
        figures=[{"svg": Markup(to_svg(figure)), "caption": caption} for figure, caption in drawn],
    )


@lru_cache(maxsize=1)
def _template():
    import jinja2

    return jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined).from_string(_PAGE)


def _shown(row: Mapping[str, Any]) -> dict[str, str]:
    spread = f" ± {number_text(row['measured_sd'], 2)}" if row["measured_sd"] else ""
    return {
        **row,
        "measured": number_text(row["measured"]) + spread,
        "predicted": number_text(row["predicted"]),
        "interval": "" if row["low"] is None else f"{number_text(row['low'])} to {number_text(row['high'])}",
        "unit": shown_unit(row["unit"]),
        "ratio": number_text(row["ratio"]),
        "inside": {None: "", True: "yes", False: "no"}[row["inside"]],
    }


def _summed(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **item,
        "unit": shown_unit(item["unit"]),
        "ratio": number_text(item["mean_ratio"]),
        "spread": "" if item["spread"] is None else number_text(item["spread"]),
        "within": f"{item['within_factor_two']} of {item['number']}",
        "inside": f"{item['inside']} of {item['intervals']}" if item["intervals"] else "",
    }
