"""The imaging stage: what each acquisition of the protocol would show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ferrotope.imaging.mri_stage import describe_mri
from ferrotope.imaging.nuclear_stage import describe_nuclear
from ferrotope.protocol.nouns import Image, marks
from ferrotope.result.records import Notice, Outcome, Record, Series

__all__ = ["Images", "acquire"]


@dataclass(frozen=True, kw_only=True)
class Images(Outcome):
    """What the acquisitions would show; beside records, series and notices nothing is handed on."""


def acquire(
    images: Sequence[Image],
    relaxivities: Sequence[tuple[float, float, float] | None],
    iron: Mapping[str, Any],
    activity: Mapping[str, Any],
    masses: Mapping[str, float],
    densities: Mapping[str, float],
    nuclide: Any,
    administered_activity: float | None,
    body_mass: float,
) -> Images:
    """Describe every acquisition of a protocol.

    Parameters
    ----------
    images : sequence of Image
        The acquisitions.
    relaxivities : sequence of tuple or None
        r1, r2 and r2* in 1/(mM s), one an acquisition; None where they are not known or not needed.
    iron : mapping of str to Curve
        Administered iron per mass of organ, kg/kg.
    activity : mapping of str to Curve
        Activity in the organ as a fraction of the administered activity, decay included.
    masses, densities : mapping of str to float
        Of the organs, kg and kg/m3. An organ without both shows nothing.
    nuclide : Nuclide or None
        The label.
    administered_activity : float or None
        Bq; without it there are uptake values but no counts.
    body_mass : float
        kg.

    Returns
    -------
    Images
        Records end in the organ; where a modality has several acquisitions the name before it carries the number of the
        acquisition in the protocol, from 0 (``imaging.signal_change[1].tumour``).

    Raises
    ------
    InputError
        If a scanner is not known or is of another modality.
    """
    if not images:
        return Images(
            notices=(
                Notice(level="absent", text="no image in the protocol: add [[protocol.image]] with modality and time"),
            )
        )
    records: list[Record] = []
    series: list[Series] = []
    notices: list[Notice] = []
    magnetic = [index for index, image in enumerate(images) if image.modality == "MRI"]
    nuclear = [index for index, image in enumerate(images) if image.modality != "MRI"]
    if magnetic:
        known = [relaxivities[index] if index < len(relaxivities) else None for index in magnetic]
        found = describe_mri([images[index] for index in magnetic], marks(magnetic), known, iron, densities)
        records += found.records
        series += found.series
        notices += found.notices
    if nuclear:
        found = describe_nuclear(
            [images[index] for index in nuclear],
            marks(nuclear),
            activity,
            masses,
            densities,
            nuclide,
            administered_activity,
            body_mass,
        )
        records += found.records
        series += found.series
        notices += found.notices
    unique = {notice.text: notice for notice in notices}
    return Images(records=tuple(records), series=tuple(series), notices=tuple(unique.values()))
