"""PET and SPECT acquisitions of a protocol: uptake values, recovery, counts and noise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ferrotope.errors import InputError
from ferrotope.imaging import nuclear
from ferrotope.imaging.emitters import Visible, seen_by
from ferrotope.imaging.scanners import default_scanner, scanner
from ferrotope.protocol.nouns import Image
from ferrotope.result.records import Notice, Outcome, Record, Series

__all__ = ["Uptake", "describe_nuclear"]

_BACKGROUNDS = ("muscle", "blood")  # the first that is known surrounds the tumour
_NOISY = 0.3  # relative SD of the counts beyond which a value says little
_PARTIAL = 0.5  # mean recovery below which a correction is a guess
_KBQ_PER_ML = 1e9  # Bq/m3


@dataclass(frozen=True)
class Uptake:
    """Where the label is.

    Attributes
    ----------
    activity : mapping of str to Curve
        Fraction of the administered activity, decay included.
    masses, densities : mapping of str to float
        kg and kg/m3.
    half_life : float
        s.
    body_mass : float
        kg.
    """

    activity: Mapping[str, Any]
    masses: Mapping[str, float]
    densities: Mapping[str, float]
    half_life: float
    body_mass: float

    @property
    def organs(self) -> list[str]:
        """Organs with activity, mass and density."""
        return [name for name in self.activity if name in self.masses and name in self.densities]

    def volume(self, organ: str) -> float:
        """Volume in m3."""
        return self.masses[organ] / self.densities[organ]

    def fraction(self, organ: str, time: Any) -> Any:
        """Fraction of the administered activity at a time (s), not negative."""
        return np.maximum(self.activity[organ].value(time), 0.0)

    def suv(self, organ: str, time: Any) -> Any:
        """SUVbw in g/mL at a time (s)."""
        concentration = self.fraction(organ, time) / self.volume(organ)
        return nuclear.standardised_uptake_value(concentration, self.body_mass, 1.0, time, self.half_life)


@dataclass(frozen=True)
class _Camera:
    """What one acquisition uses, from the image itself or from the scanner table."""

    resolution: float
    sensitivity: float
    transmission: float
    sources: tuple[str, ...]


def describe_nuclear(
    images: Sequence[Image],
    marks: Sequence[str],
    activity: Mapping[str, Any],
    masses: Mapping[str, float],
    densities: Mapping[str, float],
    nuclide: Any,
    administered_activity: float | None,
    body_mass: float,
) -> Outcome:
    """Describe the PET and SPECT acquisitions; see `acquire` for the arguments.

    Parameters
    ----------
    images : sequence of Image
        PET and SPECT only.
    marks : sequence of str
        What the records' names carry, one an image.
    activity : mapping of str to Curve
        Fraction of the administered activity, decay included.
    masses, densities : mapping of str to float
        kg and kg/m3.
    nuclide : Nuclide or None
        The label.
    administered_activity : float or None
        Bq.
    body_mass : float
        kg.

    Returns
    -------
    Outcome
        Records, series and notices.

    Raises
    ------
    InputError
        If a scanner is not known or is of another modality.
    """
    if nuclide is None:
        return Outcome(notices=(_absent("PET and SPECT need a radionuclide: add [particle.label] nuclide"),))
    uptake = Uptake(activity, masses, densities, float(nuclide.half_life), body_mass)
    notices: list[Notice] = []
    if not uptake.organs:
        notices.append(_absent("PET and SPECT need the activity in organs of known mass: a biodistribution"))
    records: list[Record] = []
    times: list[float] = []
    for image, mark in zip(images, marks, strict=True):
        camera = _camera(image, mark, body_mass, notices)
        visible = seen_by(image.modality, nuclide)
        if visible.emission_yield == 0:
            text = f"image{mark}: {nuclide.name} is not imageable with {image.modality}: {visible.reason}"
            notices.append(_absent(text))
            continue
        if visible.reason:
            notices.append(Notice(level="warning", text=f"image{mark}: {visible.reason}"))
        times.append(image.time.si)
        for organ in uptake.organs:
            records += _uptake_records(image, mark, camera, organ, uptake)
            if administered_activity is not None:
                records += _count_records(image, mark, camera, visible, organ, uptake, administered_activity)
    if records:
        text = (
            "PET and SPECT: a Gaussian point spread function, spheres, Poisson noise of unscattered counts; positron "
            "range and reconstruction are not modelled, so noise is a lower limit"
        )
        notices.append(Notice(level="assumption", text=text))
        if administered_activity is None:
            text = "counts and noise need the administered activity: add protocol.administered_activity"
            notices.append(_absent(text))
    return Outcome(records=tuple(records), series=_series(times, uptake), notices=tuple(notices))


def _camera(image: Image, mark: str, body_mass: float, notices: list[Notice]) -> _Camera:
    name = image.scanner or default_scanner(image.modality, body_mass)
    table = scanner(name)
    if table.modality != image.modality:
        allowed = f"a {image.modality} scanner"
        raise InputError("this scanner is of another modality", field="scanner", value=name, allowed=allowed)
    taken = {"transmission": table.transmission}
    if image.resolution is None:
        taken["resolution"] = table.resolution
    if image.sensitivity is None:
        taken["sensitivity"] = table.sensitivity
    if not image.scanner:
        text = f"image{mark}: no scanner named, {' and '.join(taken)} as of {table.title}"
        notices.append(Notice(level="assumption", text=text))
    if image.modality == "SPECT" and image.sensitivity is None:
        text = f"image{mark}: the sensitivity is that measured with Tc-99m (140 keV), whatever the energy of the line"
        notices.append(Notice(level="assumption", text=text))
    return _Camera(
        resolution=(image.resolution or table.resolution).si,
        sensitivity=(image.sensitivity or table.sensitivity).si,
        transmission=table.transmission.si,
        sources=tuple(dict.fromkeys(value.source for value in taken.values() if value.source)),
    )


def _uptake_records(image: Image, mark: str, camera: _Camera, organ: str, uptake: Uptake) -> list[Record]:
    time = image.time.si
    when = f"at {time / 3600:.3g} h"
    suv = float(uptake.suv(organ, time))
    records = [
        Record(
            path=f"imaging.suv{mark}.{organ}",
            value=suv,
            unit="g/mL",
            title=f"SUV of {organ} {when}, as it is",
            method="SUVbw, decay-corrected to injection",
        )
    ]
    if organ != "tumour":
        return records
    diameter = (6.0 * uptake.volume(organ) / math.pi) ** (1 / 3)
    recovery = float(nuclear.mean_recovery_coefficient(diameter, camera.resolution))
    background = next((name for name in _BACKGROUNDS if name in uptake.organs), None)
    around = float(uptake.suv(background, time)) if background else 0.0
    shown = float(nuclear.apparent_concentration(suv, around, recovery))
    blurred = f"sphere of {1e3 * diameter:.3g} mm, Gaussian of {1e3 * camera.resolution:.3g} mm FWHM"
    setting = f"{blurred}; surroundings as {background}" if background else f"{blurred}; cold surroundings"
    common = {
        "caveat": "small for the scanner: more than half spills out" if recovery < _PARTIAL else "",
        "sources": camera.sources,
    }
    records.append(
        Record(
            path=f"imaging.recovery{mark}.{organ}",
            value=recovery,
            unit="1",
            title="mean recovery coefficient of the tumour",
            method=blurred,
            **common,
        )
    )
    records.append(
        Record(
            path=f"imaging.apparent_suv{mark}.{organ}",
            value=shown,
            unit="g/mL",
            title=f"SUV of the tumour {when}, as the image shows it",
            method=setting,
            **common,
        )
    )
    if around > 0:
        records.append(
            Record(
                path=f"imaging.tumour_to_background{mark}.{organ}",
                value=shown / around,
                unit="1",
                title=f"tumour to {background} in the image {when}",
                method=setting,
                **common,
            )
        )
    return records


def _count_records(
    image: Image, mark: str, camera: _Camera, visible: Visible, organ: str, uptake: Uptake, administered_activity: float
) -> list[Record]:
    activity = float(uptake.fraction(organ, image.time.si)) * administered_activity
    counts = float(
        nuclear.detected_counts(
            activity,
            camera.sensitivity,
            image.duration.si,
            visible.emission_yield,
            uptake.half_life,
            camera.transmission,
        )
    )
    noise = float(nuclear.relative_standard_deviation(counts))
    caveat = "too few counts: the value says little" if noise > _NOISY else ""
    seen = f"{camera.sensitivity:.3g} counts per emission, {camera.transmission:.2g} transmitted"
    method = f"{visible.said}; {seen}, {image.duration.si / 60:.3g} min"
    return [
        Record(
            path=f"imaging.activity_concentration{mark}.{organ}",
            value=activity / uptake.volume(organ) / _KBQ_PER_ML,
            unit="kBq/mL",
            title=f"activity concentration in {organ} at {image.time.si / 3600:.3g} h",
            method="activity over volume, not decay-corrected",
        ),
        Record(
            path=f"imaging.counts{mark}.{organ}",
            value=counts,
            unit="1",
            title=f"counts from {organ}",
            method=method,
            sources=camera.sources,
        ),
        Record(
            path=f"imaging.noise{mark}.{organ}",
            value=100.0 * noise if math.isfinite(noise) else None,
            unit="%",
            title=f"counting noise of the mean of {organ}",
            method=f"1/sqrt(counts); {method}",
            validity="" if math.isfinite(noise) else "no counts",
            caveat=caveat,
            sources=camera.sources,
        ),
    ]


def _series(times: Sequence[float], uptake: Uptake) -> tuple[Series, ...]:
    if not times or not uptake.organs:
        return ()
    sampled = [np.asarray(getattr(uptake.activity[organ], "times", ())) for organ in uptake.organs]
    last = max(*times, *(float(part.max(initial=0.0)) for part in sampled), 3600.0)
    grid = np.unique(np.concatenate([np.linspace(0.0, last, 61), *sampled]))
    values = np.array([uptake.suv(organ, grid) for organ in uptake.organs])
    return (
        Series(name="uptake_organ", dims=("uptake_organ",), values=np.array(uptake.organs), title="organ"),
        Series(name="uptake_time", dims=("uptake_time",), values=grid / 3600.0, unit="h", title="time after injection"),
        Series(name="suv", dims=("uptake_organ", "uptake_time"), values=values, unit="g/mL", title="SUV"),
    )


def _absent(text: str) -> Notice:
    return Notice(level="absent", text=text)
