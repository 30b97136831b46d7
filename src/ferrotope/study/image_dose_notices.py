"""What the reader of a dose from images has to know: warnings, assumptions, and what was left out."""

from __future__ import annotations

import numpy as np

from ferrotope.result import Notice
from ferrotope.study.image_dose import OUTSIDE, ImageDose
from ferrotope.study.region_activity import RegionActivity

__all__ = ["EXTRAPOLATED", "image_dose_notices", "regions_of_interest"]

EXTRAPOLATED = 0.2  # of the integral after the last image that is worth a warning
_DIFFERENT = 0.1  # between joined and fitted integrals that is worth a warning
_GROWN = 1.5  # times the activity of an earlier image, both corrected for decay, that is worth a warning
_RAISED = 0.01  # of the activity by zeros for negative voxels that is worth a warning
_RECOVERED = 1.1  # of the administered activity that an image may show before it is worth a warning


def regions_of_interest(found: ImageDose) -> list[RegionActivity]:
    """Return what the reader asked for.

    Parameters
    ----------
    found : ImageDose
        Of `image_dose`.

    Returns
    -------
    list of RegionActivity
        The regions of the mask, or the whole image without one.
    """
    return [region for region in found.regions[1:] if region.name != OUTSIDE] or [found.regions[0]]


def image_dose_notices(found: ImageDose, administered: float | None) -> list[Notice]:
    """Return the notices of a dose from images.

    Parameters
    ----------
    found : ImageDose
        Of `image_dose`.
    administered : float or None
        Administered activity (Bq).

    Returns
    -------
    list of Notice
        Each once.
    """
    texts = [*_assumptions(found), *_curves(found), *_activity(found, administered), *_files(found)]
    return [Notice(level=level, text=text, stage="dosimetry") for level, text in dict.fromkeys(texts)]


def _assumptions(found: ImageDose) -> list[tuple[str, str]]:
    shared = (
        f"Relative standard deviation of the activity of a region in an image: {found.settings['relative_error']:.0%}, "
        "independent between images; an error of the calibration, which all share, comes on top. The intervals of 95 % "
        "of fits are 1.96 standard deviations of the time-integrated activity; those of doses are relatively the same."
    )
    texts = [
        ("assumption", "The images are taken as registered to each other; nothing was moved or resampled."),
        ("assumption", f"Dose: {found.dose.method}."),
        ("assumption", shared),
        ("absent", "Partial-volume effect and motion: small regions lose activity to their surroundings."),
        ("absent", "RBE: doses are absorbed doses; doses of alphas are not weighted."),
        ("absent", "Uncertainty of the dose beside that of the time-integrated activity."),
    ]
    if len(found.dose.decays) > 1:
        listed = ", ".join(f"{name} {number:.4g}" for name, number in found.dose.decays.items())
        texts.append(("assumption", f"Decays at one place per decay of the parent: {listed}."))
    if found.dose.neglected:
        texts.append(("absent", f"Radiation left out: {', '.join(found.dose.neglected)}."))
    return texts


def _curves(found: ImageDose) -> list[tuple[str, str]]:
    """Of the activity in time, and the integrals."""
    texts = []
    if len(found.images) == 1:
        texts.append(("warning", "One image says nothing of biological uptake or clearance: physical decay alone."))
    told, by_region = regions_of_interest(found), found.settings["integration"] == "region"
    texts += [("warning", _late(region)) for region in told if region.extrapolated > EXTRAPOLATED]
    for region in told:
        if not region.activities.any():
            texts.append(("warning", f"No image holds activity in {region.name}."))
        elif by_region and not region.fitted and len(found.images) > 1:
            why = (
                f"Two images are too few to fit exponentials to {region.name}"
                if len(found.images) == 2
                else f"No sum of exponentials goes through the points of {region.name}"
            )
            texts.append(("warning", f"{why}: they are joined, with physical decay alone after the last."))
        ratio = region.joined_over_fitted
        if not by_region and ratio is not None and abs(ratio - 1.0) > _DIFFERENT:
            side = "above" if ratio > 1.0 else "below"
            said = (
                f"The time-integrated activity of {region.name} is {abs(ratio - 1.0):.0%} {side} that of exponentials "
                "fitted to it (--fit region): look at which tail is the right one."
            )
            texts.append(("warning", said))
    return texts


def _activity(found: ImageDose, administered: float | None) -> list[tuple[str, str]]:
    """Of amounts of activity that can hardly be."""
    texts = []
    corrected = [
        float(value * np.exp(found.nuclide.decay_constant * image.time))
        for image, value in zip(found.images, found.regions[0].activities, strict=True)
    ]
    if any(later > _GROWN * min(corrected[:n]) for n, later in enumerate(corrected) if n):
        said = (
            "Corrected for decay, the activity in the images grows: look at the order of the images, the times and the "
            "decay reference, unless activity flows into the field of view."
        )
        texts.append(("warning", said))
    if administered is not None and max(corrected) > _RECOVERED * administered:
        said = (
            f"An image holds {max(corrected) / administered:.0%} of the administered activity, corrected for decay: "
            "look at the unit, the calibration and the decay reference."
        )
        texts.append(("warning", said))
    for image, raised in zip(found.images, found.raised, strict=False):
        if raised > 0.0:
            level = "warning" if raised > _RAISED else "assumption"
            said = f"Negative voxels of {image.path.name} were set to zero, which adds {raised:.1%} to its activity."
            texts.append((level, said))
    return texts


def _files(found: ImageDose) -> list[tuple[str, str]]:
    texts = [("warning", note + ".") for image in found.images for note in image.notes]
    frames = {str(getattr(image.dicom.header, "FrameOfReferenceUID", "")) for image in found.images if image.dicom}
    if len(frames) > 1:
        said = (
            "The DICOM series have different frames of reference: equal grids of different scans are not registered "
            "unless somebody did so."
        )
        texts.append(("warning", said))
    return texts


def _late(region: RegionActivity) -> str:
    return (
        f"{region.extrapolated:.0%} of the time-integrated activity of {region.name} lies after the last image, where "
        + ("the fit is extrapolated." if region.fitted else "physical decay alone was taken.")
    )
