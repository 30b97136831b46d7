"""The report: one offline HTML page made from a Result alone."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ferrotope.report.drawing import particle_drawing
from ferrotope.report.figures import figures_of, ranking_figure
from ferrotope.result import Input, Record, Result
from ferrotope.result.store import put
from ferrotope.result.text import inputs_measured, interval_text, number_text, shown_unit
from ferrotope.sources import reference

__all__ = ["report_html", "write_report"]

# Stage and heading.
_SECTIONS = (
    ("particle", "Particle"),
    ("protocol", "Injection"),
    ("magnetism", "Magnetisation and heating"),
    ("relaxometry", "Relaxivity"),
    ("radiochemistry", "Label"),
    ("biokinetics", "Activity and iron in the organs"),
    ("imaging", "Images"),
    ("dosimetry", "Absorbed dose"),
    ("hyperthermia", "Heat in tissue"),
    ("radiobiology", "Biological effect"),
)
_GENERAL_ABSENT = (
    "Compartmental biokinetics: organs follow the measured table, or are left out.",
    "Dose from one organ to another (cross-dose), and electron transport across organ borders.",
    "Dynamic hysteresis beyond linear response; interactions between particles.",
    "Image reconstruction; scatter, attenuation and dead time of PET and SPECT.",
)


def write_report(result: Result, path: Path) -> Path:
    """Write the report of a result.

    Parameters
    ----------
    result : Result
        As run or as loaded.
    path : Path
        The HTML file; written under a temporary name and renamed.

    Returns
    -------
    Path
        The file.
    """
    return put(report_html(result).encode(), path, "report")


def report_html(result: Result) -> str:
    """Return the report as one HTML document without outside references.

    Parameters
    ----------
    result : Result
        As run or as loaded.

    Returns
    -------
    str
        HTML.
    """
    from markupsafe import Markup

    study, provenance = result.study, result.provenance
    system = study.get("system", {})
    sampled = bool(provenance.get("samples"))
    return _template().render(
        style=Markup(files("ferrotope.report").joinpath("report.css").read_text(encoding="utf-8")),
        title=result.title,
        illustration=provenance.get("illustration", False),
        reference=_citation(system.get("reference", {})),
        measured=inputs_measured(result),
        samples=provenance.get("samples") if sampled else 0,
        uncertain=sum(item.uncertain and item.read for item in result.inputs.values()),
        seed=provenance.get("seed"),
        version=provenance.get("ferrotope"),
        created=str(provenance.get("created", ""))[:10],
        warnings=[notice.text for notice in result.notices if notice.level == "warning"],
        particle=Markup(particle_drawing(result)),
        headlines=[_row(result, result.records[path]) for path in result.headlines],
        lights=[_light(record) for record in result.records.values() if record.path.startswith("verdict.")],
        sections=[_section(result, name, title) for name, title in _SECTIONS],
        scores=[_score(score) for score in result.scores],
        observed=[_observed(measured) for measured in study.get("measured", [])],
        ranking=Markup(ranking_figure(result)) if result.ranking else "",
        assumptions=[notice.text for notice in result.notices if notice.level == "assumption"],
        assumed=[item for item in result.inputs.values() if item.read and item.kind == "assumed"],
        inputs=[item for item in result.inputs.values() if item.kind != "assumed" and not _tabulated(item)],
        notes=system.get("notes", []),
        not_found=system.get("not_found", []),
        absent=[*dict.fromkeys(notice.text for notice in result.notices if notice.level == "absent"), *_GENERAL_ABSENT],
        sources=[_source(text) for text in result.sources()],
        result_file="result.nc",
    )


@lru_cache(maxsize=1)
def _template():
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.from_string(files("ferrotope.report").joinpath("report.html.j2").read_text(encoding="utf-8"))


def _section(result: Result, name: str, title: str) -> dict[str, Any]:
    from markupsafe import Markup

    rows = [_row(result, record) for record in result.records.values() if record.path.startswith(name + ".")]
    return {
        "name": name,
        "title": title,
        "figures": [{"svg": Markup(svg), "caption": caption} for svg, caption in figures_of(result, name)],
        "rows": rows,
        "open": len(rows) <= 8,
        "absent": [notice.text for notice in result.notices if notice.stage == name and notice.level == "absent"],
    }


def _row(result: Result, record: Record) -> dict[str, str]:
    return {
        "anchor": re.sub(r"[^A-Za-z0-9_.-]", "-", record.path),
        "path": record.path,
        "title": record.title,
        "value": number_text(record.value),
        "unit": shown_unit(record.unit),
        "interval": interval_text(result.intervals.get(record.path)),
        "kind": record.kind,
        "method": record.method,
        "validity": record.validity,
        "caveat": record.caveat,
    }


def _light(record: Record) -> dict[str, str]:
    return {
        "value": str(record.value),
        "title": record.title,
        "method": "; ".join(part for part in (record.method, record.validity) if part),
        "source": ", ".join(record.sources),
    }


def _score(score) -> dict[str, str]:
    return {
        "quantity": score.quantity,
        "measured": number_text(score.measured),
        "predicted": number_text(score.predicted),
        "unit": shown_unit(score.unit),
        "ratio": number_text(score.ratio),
        "conditions": "as measured" if score.conditions_match else score.difference,
        "source": score.source,
    }


def _observed(measured: dict[str, Any]) -> dict[str, str]:
    sign = {"=": "", "about": "about "}.get(measured.get("comparator", "="), f"{measured.get('comparator')} ")
    spread = f" ± {measured['sd']:g}" if measured.get("sd") is not None else ""
    return {
        "quantity": measured["quantity"],
        "value": f"{sign}{measured['value']}{spread} {measured.get('unit', '')}".strip(),
        "conditions": measured.get("conditions", {}).get("text", ""),
        "source": ", ".join(part for part in (measured["source"], measured.get("where", "")) if part),
    }


def _citation(given: dict[str, str]) -> str:
    if not given:
        return ""
    return given.get("citation", "") + (f" doi:{given['doi']}" if given.get("doi") else "")


def _source(text: str) -> dict[str, str]:
    known = reference(text)
    url = f"https://doi.org/{known['doi']}" if known.get("doi") else ""
    if known.get("title"):
        cited = f"{known.get('author', '')}: {known['title']}. {known.get('journal', '')} {known.get('year', '')}"
        return {"url": url, "text": cited.replace("{", "").replace("}", "")}
    return {"url": url, "text": text}


def _tabulated(item: Input) -> bool:
    return item.path.startswith(
        ("subject.organ.", "subject.tissue.", "biodistribution.scale.", "biodistribution.outside.")
    )
