"""The catalogue as text: a table of systems, and one system with its sources."""

from __future__ import annotations

from pathlib import Path

from ferrotope.catalogue import Entry, entry, ids
from ferrotope.errors import InputError, nearest
from ferrotope.study.load import merge, validate
from ferrotope.study.schema import Document
from ferrotope.units.noun import leaves

__all__ = ["catalogue_table", "system_text"]


def catalogue_table(extra: Path | None = None) -> str:
    """Return the catalogue as an aligned table.

    Parameters
    ----------
    extra : Path, optional
        A further folder of systems.

    Returns
    -------
    str
        Id, nuclide, core, whether the core was measured, whether there is a biodistribution.
    """
    rows = [("id", "nuclide", "core", "core size", "biodistribution")]
    for name in ids(extra):
        document = _document(entry(name, extra=extra))
        core, label = document.particle.core, document.particle.label
        size = core.diameter if core else None
        measured = (
            "" if size is None else f"{size}" + ("" if size.kind != "assumed" else " (assumed: run with --assume)")
        )
        rows.append(
            (
                name,
                label.nuclide if label else "-",
                core.material.name if core else "-",
                measured or "-",
                "yes" if document.biodistribution else "-",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def system_text(name: str, extra: Path | None = None) -> str:
    """Return one system with every value, its kind and its source.

    Parameters
    ----------
    name : str
        Id of the system.
    extra : Path, optional
        A further folder of systems.

    Returns
    -------
    str
        Plain text.
    """
    if name not in ids(extra):
        raise InputError("there is no such catalogue system", field="ID", value=name, remedy=nearest(name, ids(extra)))
    item = entry(name, extra=extra)
    document = _document(item)
    system = document.system
    lines = [
        f"{system.title}",
        f"{system.reference.citation}" + (f" doi:{system.reference.doi}" if system.reference.doi else ""),
        "",
    ]
    for path, value in leaves(document):
        # the tables of the species are the same for every system
        if path.startswith(("subject.organ.", "subject.tissue.", "particle.core.material.")):
            continue
        origin = ", ".join(part for part in (value.kind, value.source, value.where) if part)
        lines.append(f"  {path} = {value}  [{origin}]" + (f"\n      {value.note}" if value.note else ""))
    if document.measured:
        lines += ["", "measured outputs:"]
        for measured in document.measured:
            sign = "" if measured.comparator == "=" else measured.comparator + " "
            spread = f" +/- {measured.sd:g}" if measured.sd is not None else ""
            lines.append(
                f"  {measured.quantity}: {sign}{measured.value}{spread} {measured.unit}".rstrip()
                + f"  [{measured.source}{', ' + measured.where if measured.where else ''}]"
            )
            if measured.conditions.text:
                lines.append(f"      {measured.conditions.text}")
    if item.variants():
        lines += ["", "variants: " + ", ".join(item.variants())]
    for title, texts in (("notes", system.notes), ("not found", system.not_found)):
        if texts:
            lines += ["", f"{title}:", *[f"  - {text}" for text in texts]]
    return "\n".join(lines)


def _document(item: Entry) -> Document:
    return validate(Document, item.tables_of(None, merge=merge), item.folder / "system.toml")
