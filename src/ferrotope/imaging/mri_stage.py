"""MRI acquisitions of a protocol: signal change, contrast to noise and where they stop to mean anything."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ferrotope.imaging import mri
from ferrotope.imaging.tissues import TissueRelaxation, relaxation_tissues, tissue_relaxation
from ferrotope.protocol.nouns import Image
from ferrotope.result.records import Notice, Outcome, Record, Series

__all__ = ["describe_mri"]

_METHODS = {"GRE": "spoiled gradient echo (Ernst)", "UTE": "spoiled gradient echo at ultra-short TE", "SE": "spin echo"}
_LONGEST_UTE = 1e-3  # s: beyond, the decay before the readout is no longer small
_RICIAN = 3.0  # signal over noise below which a magnitude image overestimates
_STORING = ("liver", "spleen")  # macrophages take the particles up into packed vesicles


def describe_mri(
    images: Sequence[Image],
    marks: Sequence[str],
    relaxivities: Sequence[tuple[float, float, float] | None],
    iron: Mapping[str, Any],
    densities: Mapping[str, float],
) -> Outcome:
    """Describe the MRI acquisitions; see `acquire` for the arguments.

    Parameters
    ----------
    images : sequence of Image
        MRI only.
    marks : sequence of str
        What the records' names carry, one an image.
    relaxivities : sequence of tuple or None
        r1, r2, r2* in 1/(mM s).
    iron : mapping of str to Curve
        kg/kg.
    densities : mapping of str to float
        kg/m3.

    Returns
    -------
    Outcome
        Records, series and notices.
    """
    organs = [name for name in iron if name in relaxation_tissues() and name in densities]
    if not organs:
        return _absent(
            "MRI contrast needs the iron concentration in tumour, liver, spleen, kidneys, muscle or blood: a "
            "biodistribution and an iron dose"
        )
    if not any(relaxivities):
        return _absent("MRI contrast needs the relaxivities of the particle: its core material and diameter")
    records: list[Record] = []
    notices = [
        Notice(
            level="assumption",
            text="MRI: R = R0 + r C with iron spread evenly through the tissue; relaxivities are those of the "
            "dispersed particle",
        ),
        Notice(
            level="assumption",
            text="MRI: relaxation times of tissue come from the shipped table and are not sampled; most of "
            "those above 3 T and all T2* but one are assumed",
        ),
    ]
    for image, mark, relaxivity in zip(images, marks, relaxivities, strict=True):
        if relaxivity is None:
            notices.append(Notice(level="absent", text=f"image{mark}: no relaxivity, so no MRI contrast"))
            continue
        if image.sequence == "UTE" and image.TE.number > _LONGEST_UTE:
            notices.append(
                Notice(level="warning", text=f"image{mark}: a TE of {1e3 * image.TE.number:.3g} ms is not ultra-short")
            )
        for organ in organs:
            records += _organ_records(image, mark, relaxivity, organ, iron[organ], densities[organ])
    return Outcome(
        records=tuple(records),
        series=_series(images, marks, relaxivities, organs, iron, densities),
        notices=tuple(notices),
    )


def _signal(image: Image, relaxivity: tuple[float, float, float], tissue: TissueRelaxation, concentration: Any) -> Any:
    r1, r2, r2star = relaxivity
    R1 = mri.relaxation_rate(1.0 / tissue.T1.value, r1, concentration)
    if image.sequence == "SE":
        R2 = mri.relaxation_rate(1.0 / tissue.T2.value, r2, concentration)
        return mri.spin_echo_signal(R1, R2, image.TR.si, image.TE.si)
    R2star = mri.relaxation_rate(1.0 / tissue.T2star.value, r2star, concentration)
    return mri.spoiled_gradient_echo_signal(R1, R2star, image.TR.si, image.TE.si, image.flip_angle.si)


def _organ_records(
    image: Image, mark: str, relaxivity: tuple[float, float, float], organ: str, iron: Any, density: float
) -> list[Record]:
    tissue = tissue_relaxation(organ, image.B0.si)
    concentration = float(mri.iron_concentration(max(float(iron.value(image.time.si)), 0.0), density))
    before, after = (
        float(_signal(image, relaxivity, tissue, 0.0)),
        float(_signal(image, relaxivity, tissue, concentration)),
    )
    noise = image.noise.si * abs(before)
    validity = _validity(image, relaxivity, concentration, after, noise)
    caveat = _caveat(tissue, concentration)
    decay = tissue.T2 if image.sequence == "SE" else tissue.T2star
    ernst = () if image.sequence == "SE" else ("doi:10.1063/1.1719961",)
    common = {"kind": "predicted", "sources": tuple(dict.fromkeys((*tissue.T1.sources, *decay.sources, *ernst)))}
    when = f"at {image.time.si / 3600:.3g} h"
    timing = f"{image.B0.si:g} T, TE {1e3 * image.TE.si:.3g} ms, TR {1e3 * image.TR.si:.4g} ms"
    method = f"{_METHODS[image.sequence]}, {timing}, T1 {1e3 * tissue.T1.value:.0f} ms ({tissue.T1.kind})"
    found = [
        Record(
            path=f"imaging.iron_concentration{mark}.{organ}",
            value=concentration,
            unit="mM",
            title=f"iron concentration in {organ} {when}",
            method="iron per mass times tissue density over 55.845 g/mol",
            kind="predicted",
        )
    ]
    if before <= 0:
        note = f"no signal before injection with {timing}"
        return [
            *found,
            Record(
                path=f"imaging.signal_change{mark}.{organ}",
                value=None,
                unit="%",
                title=f"MRI signal change in {organ} {when}",
                validity=note,
            ),
        ]
    found.append(
        Record(
            path=f"imaging.signal_change{mark}.{organ}",
            value=100.0 * float(mri.relative_signal_change(after, before)),
            unit="%",
            title=f"MRI signal change in {organ} {when}",
            method=method,
            validity=validity,
            caveat=caveat,
            **common,
        )
    )
    found.append(
        Record(
            path=f"imaging.contrast_to_noise{mark}.{organ}",
            value=float(mri.contrast_to_noise_ratio(after, before, noise)),
            unit="1",
            title=f"contrast to noise of {organ} against itself before injection",
            method=f"{method}; noise {image.noise.si:g} of the signal before injection",
            validity=validity,
            caveat=caveat,
            **common,
        )
    )
    return found


def _validity(
    image: Image,
    relaxivity: tuple[float, float, float],
    concentration: float,
    signal: float,
    noise: float,
) -> str:
    outside = []
    r, name = (relaxivity[1], "r2") if image.sequence == "SE" else (relaxivity[2], "r2*")
    if r > 0:
        limit = float(mri.r2star_saturation_concentration(image.TE.si, r))
        if concentration > limit:
            outside.append(
                f"saturated: {concentration:.3g} mM exceeds 1/(TE {name}) = {limit:.3g} mM, the signal no "
                f"longer measures iron"
            )
    if signal < _RICIAN * noise:
        outside.append("the signal is below 3 noise SD, where magnitude images read too high")
    return "; ".join(outside)


def _caveat(tissue: TissueRelaxation, concentration: float) -> str:
    said = []
    if tissue.extrapolated:
        said.append(f"relaxation times of {tissue.tissue} are extrapolated to {tissue.B0:g} T")
    if tissue.tissue in _STORING and concentration > 0:
        said.append("particles packed in macrophages have a lower r1 and r2 than dispersed ones")
    return "; ".join(said)


def _series(
    images: Sequence[Image],
    marks: Sequence[str],
    relaxivities: Sequence[tuple[float, float, float] | None],
    organs: Sequence[str],
    iron: Mapping[str, Any],
    densities: Mapping[str, float],
) -> tuple[Series, ...]:
    last = max(
        max(image.time.si for image in images),
        *(float(np.max(getattr(iron[organ], "times", 0.0))) for organ in organs),
        3600.0,
    )
    sampled = [np.asarray(getattr(iron[organ], "times", ())) for organ in organs]
    hours = np.unique(np.concatenate([np.linspace(0.0, last, 61), *sampled])) / 3600.0
    doses = np.concatenate([[0.0], np.geomspace(1e-3, 30.0, 60)])
    over_time = np.full((len(images), len(organs), hours.size), math.nan)
    over_iron = np.full((len(images), len(organs), doses.size), math.nan)
    for i, (image, relaxivity) in enumerate(zip(images, relaxivities, strict=True)):
        for j, organ in enumerate(organs):
            if relaxivity is None:
                continue
            tissue = tissue_relaxation(organ, image.B0.si)
            before = float(_signal(image, relaxivity, tissue, 0.0))
            if before <= 0:
                continue
            content = mri.iron_concentration(np.maximum(iron[organ].value(3600.0 * hours), 0.0), densities[organ])
            over_time[i, j] = 100.0 * mri.relative_signal_change(_signal(image, relaxivity, tissue, content), before)
            over_iron[i, j] = 100.0 * mri.relative_signal_change(_signal(image, relaxivity, tissue, doses), before)
    labels = [
        f"{image.sequence} {image.B0.number:g} T, TE {1e3 * image.TE.number:.3g} ms{mark}"
        for image, mark in zip(images, marks, strict=True)
    ]
    return (
        Series(name="mri_image", dims=("mri_image",), values=np.array(labels), title="MRI acquisition"),
        Series(name="mri_organ", dims=("mri_organ",), values=np.array(organs), title="organ"),
        Series(name="mri_time", dims=("mri_time",), values=hours, unit="h", title="time after injection"),
        Series(name="mri_iron", dims=("mri_iron",), values=doses, unit="mM", title="iron concentration"),
        Series(
            name="signal_change",
            dims=("mri_image", "mri_organ", "mri_time"),
            values=over_time,
            unit="%",
            title="MRI signal change",
        ),
        Series(
            name="signal_change_by_iron",
            dims=("mri_image", "mri_organ", "mri_iron"),
            values=over_iron,
            unit="%",
            title="MRI signal change",
        ),
    )


def _absent(text: str) -> Outcome:
    return Outcome(notices=(Notice(level="absent", text=text),))
