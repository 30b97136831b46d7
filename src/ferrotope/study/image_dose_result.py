"""The dose of a series of images as a Result: records, labelled arrays, and what was assumed and left out."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from ferrotope import __version__
from ferrotope.result import Input, Record, Result, Series
from ferrotope.result.result import Interval
from ferrotope.study.image_dose import RELATIVE_ERROR, ImageDose
from ferrotope.study.image_dose_notices import EXTRAPOLATED, image_dose_notices, regions_of_interest

__all__ = ["image_dose_result"]

_MIRD = "doi:10.2967/jnumed.108.056036"
# Kernels of electrons, radiation yields, and absorption of photons; see `dosimetry.point_kernel`.
_KERNELS = (
    "I. Kawrakow et al., The EGSnrc Code System, NRCC Report PIRS-701 (National Research Council Canada)",
    "doi:10.18434/T4NC7P",
    "doi:10.18434/T4D01F",
)
_NUCLEAR_DATA = "decay data: UKDD-12 (UKAEA 2012), ENSDF 2023 and ENDF/B-VII.1, as the table of this package names them"
_HOUR = 3600.0
_PERCENT = np.linspace(0.0, 100.0, 201)
# Name in the path, title, and percent of the volume.
_VOLUMES = (("d98", "near-minimum dose D98", 98.0), ("d50", "median dose D50", 50.0), ("d2", "near-maximum D2", 2.0))


def image_dose_result(found: ImageDose, *, administered_activity: float | None = None, title: str = "") -> Result:
    """Return the dose of images as a result.

    Parameters
    ----------
    found : ImageDose
        Of `image_dose`.
    administered_activity : float, optional
        At the time of injection (Bq), for time-integrated activity coefficients.
    title : str
        Of the result.

    Returns
    -------
    Result
        With the stages "imaging" and "dosimetry".
    """
    names = _path_names(found)
    records = [
        record
        for number, name in enumerate(names)
        for record in _region_records(found, number, name, administered_activity)
    ]
    records.append(
        Record(
            path="dosimetry.absorbed_fraction.image",
            value=100.0 * found.inside,
            unit="%",
            title="Emitted energy that is absorbed inside the image",
            method=found.dose.method,
            sources=_KERNELS,
        )
    )
    notices = image_dose_notices(found, administered_activity)
    inputs = _inputs(found, administered_activity)
    read = tuple(inputs)
    rests = tuple(sorted({item.kind for item in inputs.values()}))
    complete = {
        record.path: Record(
            **{**record.as_dict(), "inputs": read, "rests_on": rests, "sources": record.sources, "upstream": ()}
        )
        for record in records
    }
    shown = [name for region, name in zip(found.regions, names, strict=True) if region in regions_of_interest(found)]
    headlines = [f"dosimetry.absorbed_dose.{name}" for name in shown]
    headlines += [f"dosimetry.time_integrated_activity.{name}" for name in shown]
    return Result(
        title=title or f"Absorbed dose of {found.nuclide.name} from {_count(len(found.images))}",
        records=complete,
        series={"imaging": _activity_series(found, names), "dosimetry": _dose_series(found, names)},
        notices=tuple(notices),
        inputs=inputs,
        headlines=tuple(headlines),
        intervals=_intervals(found, names, complete),
        study={"images": [_image(image) for image in found.images], "dose": dict(found.settings)},
        provenance={
            "ferrotope": __version__,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "platform": sys.platform,
            "samples": 0,
            "seed": 0,
        },
    )


def _count(images: int) -> str:
    return "1 image" if images == 1 else f"{images} images"


def _intervals(found: ImageDose, names: list[str], records: Mapping[str, Record]) -> dict[str, Interval]:
    """95 % of fitted time-integrated activities, and of the doses as if all came from the region itself.

    Joined images have none: their tail is assumed, and errs to one side.
    """
    intervals = {}
    for region, name in zip(found.regions, names, strict=True):
        if not region.fitted or not region.integral > 0:
            continue
        spread = 1.96 * region.integral_sd / region.integral
        for key in ("absorbed_dose", "time_integrated_activity", "tiac"):
            record = records.get(f"dosimetry.{key}.{name}")
            if record is not None:
                value = float(record.value)
                intervals[record.path] = Interval(value * max(1.0 - spread, 0.0), value, value * (1.0 + spread))
    return intervals


def _path_names(found: ImageDose) -> list[str]:
    names: list[str] = []
    for region in found.regions:
        name = re.sub(r"\W+", "_", region.name.strip().lower()).strip("_") or "region"
        while name in names:
            name += "_"
        names.append(name)
    return names


def _region_records(found: ImageDose, number: int, name: str, administered: float | None) -> list[Record]:
    region, histogram, dose = found.regions[number], found.histograms[number], found.means[number]
    kind = "fitted" if region.fitted else "predicted"
    caveat = ""
    if region.extrapolated > EXTRAPOLATED:
        caveat = f"{region.extrapolated:.0%} of the time-integrated activity lies after the last image"
    rows = [
        ("absorbed_dose", float(dose), "Gy", f"mean absorbed dose of {region.name}", found.dose.method),
        *((key, histogram.dose_at(part), "Gy", f"{title} of {region.name}", "voxels") for key, title, part in _VOLUMES),
        ("least_dose", histogram.least, "Gy", f"lowest voxel dose of {region.name}", "voxels"),
        ("most_dose", histogram.most, "Gy", f"highest voxel dose of {region.name}", "voxels"),
        (
            "time_integrated_activity",
            region.integral / (1e6 * _HOUR),
            "MBq h",
            f"time-integrated activity of {region.name}",
            region.method,
        ),
        (
            "time_integrated_activity_error",
            100.0 * region.integral_sd / region.integral if region.integral > 0 else 0.0,
            "%",
            f"relative standard deviation of the time-integrated activity of {region.name}",
            "activities of the images independent of each other",
        ),
        (
            "extrapolated",
            100.0 * region.extrapolated,
            "%",
            f"time-integrated activity of {region.name} after the last image",
            region.method,
        ),
        ("volume", 1e6 * region.voxels * found.grid.voxel_volume, "mL", f"volume of {region.name}", "voxels"),
        ("mass", 1e3 * region.mass, "g", f"mass of {region.name}", "volume times density"),
    ]
    if administered is not None:
        rows.append(
            (
                "tiac",
                region.integral / administered / _HOUR,
                "h",
                f"time-integrated activity coefficient of {region.name}",
                region.method,
            )
        )
    return [
        Record(
            path=f"dosimetry.{key}.{name}",
            value=float(value),
            unit=unit,
            title=title[:1].upper() + title[1:],
            kind={"volume": "measured", "mass": "predicted"}.get(key, kind),
            method=method,
            caveat=caveat if key not in ("volume", "mass") else "",
            sources=() if key in ("volume", "mass") else (_MIRD, *_KERNELS) if unit == "Gy" else (_MIRD,),
        )
        for key, value, unit, title, method in rows
    ]


def _activity_series(found: ImageDose, names: list[str]) -> tuple[Series, ...]:
    times = np.array([image.time for image in found.images])
    last = max(times[-1], 3.0 / found.nuclide.decay_constant)
    fine = np.union1d(np.linspace(0.0, last, 121), times)
    curves = np.array([region.curve.value(fine) for region in found.regions])
    return (
        Series(name="region", dims=("region",), values=np.array(names), title="region"),
        Series(name="image_time", dims=("image_time",), values=times / _HOUR, unit="h", title="time after injection"),
        Series(
            name="activity",
            dims=("region", "image_time"),
            values=np.array([region.activities for region in found.regions]) / 1e6,
            unit="MBq",
            title="activity in the images",
        ),
        Series(name="time", dims=("time",), values=fine / _HOUR, unit="h", title="time after injection"),
        Series(name="curve", dims=("region", "time"), values=curves / 1e6, unit="MBq", title="activity"),
    )


def _dose_series(found: ImageDose, names: list[str]) -> tuple[Series, ...]:
    series = [
        Series(name="region", dims=("region",), values=np.array(names), title="region"),
        Series(name="volume_percent", dims=("volume_percent",), values=_PERCENT, unit="%", title="part of the volume"),
        Series(
            name="dose_at_volume",
            dims=("region", "volume_percent"),
            values=np.array([histogram.dose_at(_PERCENT) for histogram in found.histograms]),
            unit="Gy",
            title="dose that so much of the volume receives at least",
        ),
    ]
    if found.by_radiation:
        kinds = list(found.by_radiation)
        series += [
            Series(name="radiation", dims=("radiation",), values=np.array(kinds), title="radiation"),
            Series(
                name="dose_by_radiation",
                dims=("region", "radiation"),
                values=np.array([found.by_radiation[kind] for kind in kinds]).T,
                unit="Gy",
                title="mean absorbed dose",
            ),
        ]
    return tuple(series)


def _inputs(found: ImageDose, administered: float | None) -> dict[str, Input]:
    items: list[Input] = []
    for number, image in enumerate(found.images):
        activity = float(found.regions[0].activities[number])
        text = f"{activity / 1e6:.4g} MBq at {image.time / _HOUR:.4g} h"
        items.append(Input(f"image[{number}]", text, activity, "Bq", "measured", note=image.path.name))
    items.append(
        Input("nuclide", found.nuclide.name, found.nuclide.half_life, "s", "stated", _NUCLEAR_DATA, note="half-life")
    )
    error = float(found.settings["relative_error"])
    kind = "assumed" if error == RELATIVE_ERROR else "stated"
    items.append(Input("relative_error", f"{error:g}", error, "1", kind, note="of the activity of a region"))
    density = found.settings["density"]
    stated = "stated" if found.settings["density_stated"] else "assumed"
    if isinstance(density, float):
        items.append(Input("density", f"{density:g} kg/m3", density, "kg/m3", stated))
    if administered is not None:
        items.append(Input("administered_activity", f"{administered / 1e6:g} MBq", administered, "Bq", "stated"))
    return {item.path: item for item in items}


def _image(image: Any) -> Mapping[str, Any]:
    return {
        "file": image.path.name,
        "time_after_injection_h": image.time / _HOUR,
        "decay_reference": image.decay_reference,
        "unit": image.unit,
        "format": "NIfTI" if image.dicom is None else f"DICOM {image.dicom.modality}",
        "shape": list(image.grid.shape),
        "voxel_size_mm": [1e3 * size for size in image.grid.voxel_size],
    }
