"""The headline quantities: what a summary, a sweep and an optimisation speak of.

One table of paths, without the mark that tells several events apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["HEADLINES", "present"]

HEADLINES: tuple[str, ...] = (
    "particle.particles_per_mg_iron",
    "radiochemistry.atoms_per_particle",
    "radiochemistry.hot_fraction",
    "magnetism.saturation",
    "magnetism.slp",
    "magnetism.ilp",
    "relaxometry.r1",
    "relaxometry.r2",
    "biokinetics.tiac.tumour",
    "biokinetics.tiac.liver",
    "biokinetics.iron.tumour",
    "biokinetics.iron.liver",
    "imaging.signal_change.tumour",
    "imaging.signal_change.liver",
    "imaging.suv.tumour",
    "imaging.apparent_suv.tumour",
    "dosimetry.absorbed_dose.tumour",
    "dosimetry.absorbed_dose.liver",
    "dosimetry.absorbed_dose.spleen",
    "dosimetry.absorbed_dose.kidneys",
    "hyperthermia.temperature_rise.tumour",
    "hyperthermia.iron_needed.tumour",
    "radiobiology.bed.tumour",
    "radiobiology.bed_rbe1.tumour",
    "radiobiology.bed_rbe5.tumour",
    "radiobiology.tcp.tumour",
    "radiobiology.tcp_rbe1.tumour",
    "radiobiology.tcp_rbe5.tumour",
    "radiobiology.cem43.tumour",
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
        Every event of a headline, ``magnetism.slp[0]`` and so on, in the order of the records.
    """
    events: dict[str, list[str]] = {}
    for path in paths:
        events.setdefault(re.sub(r"\[\d+\]", "", path), []).append(path)
    return tuple(path for headline in HEADLINES for path in events.get(headline, ()))
