"""The catalogue of published systems: one folder each, with every value's source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Any

from ferrotope.errors import InputError, nearest
from ferrotope.units.toml import read_toml

__all__ = ["Entry", "entry", "ids"]


@dataclass(frozen=True)
class Entry:
    """One catalogue system.

    Attributes
    ----------
    id : str
        Lower case, author and year first.
    folder : Path
        Its folder, with ``system.toml`` and its tables.
    tables : dict
        The content of ``system.toml``.
    """

    id: str
    folder: Path
    tables: Mapping[str, Any]

    def variants(self) -> list[str]:
        """Return the names of the entry's variants."""
        return [str(variant.get("name", "")) for variant in self.tables.get("variant", [])]

    def tables_of(
        self, variant: str | None, merge: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return the tables of the entry, with those of a variant laid over them.

        Parameters
        ----------
        variant : str or None
            Name of the variant; None or "" for the entry itself.
        merge : callable
            Lays the second tables over the first.

        Returns
        -------
        dict
            Without the list of variants.
        """
        base = {key: value for key, value in self.tables.items() if key != "variant"}
        if not variant:
            return base
        for candidate in self.tables.get("variant", []):
            if candidate.get("name") == variant:
                return merge(base, {key: value for key, value in candidate.items() if key != "name"})
        raise InputError(
            "this system has no such variant",
            field="particle.variant",
            value=variant,
            remedy=nearest(str(variant), self.variants()),
        )


def ids(extra: str | Path | None = None) -> list[str]:
    """Return the ids of all catalogue systems.

    Parameters
    ----------
    extra : str or Path, optional
        A further folder of systems.

    Returns
    -------
    list of str
        Sorted.
    """
    return sorted(_folders(str(extra) if extra else ""))


def entry(name: object, *, base: Path = Path("."), extra: str | Path | None = None, file: object = None) -> Entry:
    """Return a catalogue entry.

    Parameters
    ----------
    name : str
        An id, or the path of a folder with a ``system.toml`` (starting with "." or "/").
    base : Path
        Where a relative path starts.
    extra : str or Path, optional
        A further folder of systems.
    file : object, optional
        What messages call the input.

    Returns
    -------
    Entry
        The entry.

    Raises
    ------
    InputError
        If there is no such system, or its file cannot be read.
    """
    if not isinstance(name, str) or not name:
        raise InputError(
            "the catalogue system is named by its id",
            field="particle.catalogue",
            value=name,
            file=file,
            remedy="see ferrotope show",
        )
    if name.startswith((".", "/", "~")) or ":" in name or "\\" in name:
        try:
            folder = (base / Path(name).expanduser()).resolve()
        except (RuntimeError, OSError, ValueError) as error:  # no such home, a loop of links, a null character
            raise InputError(
                f"this is not the path of a folder: {error}", field="particle.catalogue", value=name, file=file
            ) from error
        known = name
    else:
        folders = _folders(str(extra) if extra else "")
        if name not in folders:
            raise InputError(
                "there is no such catalogue system",
                field="particle.catalogue",
                value=name,
                file=file,
                remedy=nearest(name, folders),
            )
        folder, known = folders[name], name
    return Entry(known, folder, _read(folder / "system.toml"))


def _read(path: Path) -> dict[str, Any]:
    tables = read_toml(path)
    variants = tables.get("variant", [])
    if not isinstance(variants, list) or not all(isinstance(variant, Mapping) for variant in variants):
        raise InputError("this must be a list of tables", field="variant", file=path, remedy="write [[variant]]")
    return tables


@lru_cache(maxsize=8)
def _folders(extra: str) -> dict[str, Path]:
    roots = [Path(str(files("ferrotope.catalogue").joinpath("systems")))]
    # A package adds systems by an entry point whose object is the path of a folder.
    roots += [Path(str(point.load())) for point in entry_points(group="ferrotope.catalogue")]
    if extra:
        if not Path(extra).is_dir():
            raise InputError(
                "there is no such folder", field="--catalogue", value=extra, remedy="give a folder of system folders"
            )
        roots.append(Path(extra))
    return {
        folder.name: folder
        for root in roots
        if root.is_dir()
        for folder in sorted(root.iterdir())
        if (folder / "system.toml").is_file()
    }
