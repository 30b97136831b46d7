"""The headline quantities: what a summary, a sweep and an optimisation speak of.

One table: path of the record and title. A path may end in ``*`` (each organ or event in the order of the records).
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

__all__ = ["HEADLINES", "present"]

HEADLINES: tuple[str, ...] = (
    "particle.particles_per_mg_iron",
    "radiochemistry.atoms_per_particle",
    "radiochemistry.hot_fraction",
    "magnetism.slp*",
    "magnetism.ilp*",
    "relaxometry.r1*",
    "relaxometry.r2*",
    "biokinetics.tiac.tumour",
    "biokinetics.tiac.liver",
    "biokinetics.iron.tumour",
    "imaging.signal_change*.tumour",
    "imaging.suv*.tumour",
    "dosimetry.absorbed_dose.tumour",
    "dosimetry.absorbed_dose.liver",
    "dosimetry.absorbed_dose.spleen",
    "dosimetry.absorbed_dose.kidneys",
    "hyperthermia.temperature_rise*.tumour",
    "hyperthermia.iron_needed*.tumour",
    "radiobiology.bed.tumour",
    "radiobiology.eqd2.tumour",
    "radiobiology.tcp*",
    "radiobiology.cem43*",
)


def present(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the headline paths among those given, in the order of the table.

    Parameters
    ----------
    paths : iterable of str
        Paths of the records of a result.

    Returns
    -------
    tuple of str
        Without repetition.
    """
    known = list(paths)
    # Brackets in a path number events; fnmatch would read them as character classes.
    escaped = {path: path.replace("[", "<").replace("]", ">") for path in known}
    found: dict[str, None] = {}
    for pattern in HEADLINES:
        found.update(dict.fromkeys(path for path in known if fnmatchcase(escaped[path], pattern)))
    return tuple(found)
