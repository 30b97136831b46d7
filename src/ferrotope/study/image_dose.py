"""Absorbed dose from a series of images: activity in time, dose of every voxel, dose and volume of regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.dosimetry.kernels.point_kernels import point_kernel
from ferrotope.dosimetry.matter.media import WATER_DENSITY
from ferrotope.dosimetry.voxels.convolution import VoxelDose, voxel_dose
from ferrotope.dosimetry.voxels.volume_histogram import DoseVolume, dose_volume
from ferrotope.errors import InputError
from ferrotope.imaging.image_files import ActivityImage, check_series
from ferrotope.imaging.image_grid import Grid, refuse_beyond_memory
from ferrotope.nuclides import Nuclide
from ferrotope.study.region_activity import (
    RegionActivity,
    fitted_activity,
    image_weights,
    joined_activity,
    sum_of_regions,
)
from ferrotope.units.checks import between

__all__ = ["INTEGRATIONS", "OUTSIDE", "RELATIVE_ERROR", "WHOLE", "ImageDose", "image_dose"]

INTEGRATIONS = ("voxel", "region")
NEGATIVE = ("refuse", "zero")
WHOLE = "whole image"
OUTSIDE = "outside the regions"
# Relative standard deviation of the activity of a region in one image, where none is given. An assumption.
RELATIVE_ERROR = 0.10

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class ImageDose:
    """Dose of a series of images.

    Attributes
    ----------
    nuclide : Nuclide
        What decays.
    images : tuple of ActivityImage
        In order of time.
    grid : Grid
        Of all maps.
    time_integrated_activity : array
        Decays of the nuclide in every voxel (Bq s).
    dose : VoxelDose
        Absorbed dose (Gy) and how it was found.
    dose_rates : tuple of array
        Dose rate at the time of each image (Gy/s); empty where not asked for.
    regions : tuple of RegionActivity
        The whole image first; with a mask what lies in none of its regions last.
    histograms : tuple of DoseVolume
        One a region.
    means : array, shape (regions,)
        Mean absorbed dose (Gy): energy over mass.
    by_radiation : dict of str to array, shape (regions,)
        Mean absorbed dose (Gy) of each radiation; empty where not asked for.
    inside : float
        Fraction of the emitted energy that is absorbed inside the image.
    raised : tuple of float
        By what part of its activity each image was raised where negative voxels were set to zero.
    settings : dict
        What was chosen, as plain values.
    """

    nuclide: Nuclide
    images: tuple[ActivityImage, ...]
    grid: Grid
    time_integrated_activity: Array
    dose: VoxelDose
    dose_rates: tuple[NDArray[np.float32], ...]
    regions: tuple[RegionActivity, ...]
    histograms: tuple[DoseVolume, ...]
    means: Array
    by_radiation: dict[str, Array]
    inside: float
    raised: tuple[float, ...] = ()
    settings: dict[str, object] = field(default_factory=dict)


def image_dose(
    images: Sequence[ActivityImage],
    nuclide: Nuclide | str,
    *,
    labels: NDArray[np.int64] | None = None,
    names: Mapping[int, str] | None = None,
    density: ArrayLike | None = None,
    method: str = "auto",
    daughters: str | Mapping[str, float] | None = None,
    integration: str | None = None,
    negative: str = "refuse",
    relative_error: float = RELATIVE_ERROR,
    by_radiation: bool = False,
    dose_rates: bool = True,
    progress: Progress | None = None,
) -> ImageDose:
    """Absorbed dose from a series of images of activity on one grid.

    Parameters
    ----------
    images : sequence of ActivityImage
        In order of time, registered to each other.
    nuclide : Nuclide or str
        What decays.
    labels : array of int, shape of the grid, optional
        Regions: 0 outside.
    names : mapping of int to str, optional
        Names of labels; "region 1" and so on by default.
    density : float or array, shape of the grid, optional
        kg/m3; water by default.
    method, daughters
        As in `dosimetry.voxel_dose`.
    integration : "voxel" or "region", optional
        "voxel" joins the values of every voxel by straight lines (`image_weights`). "region" fits exponentials to the
        activity of each region and of what lies outside them, or of the whole image without a mask, and scales the
        voxels of the region to its integral. By default "region" with a mask, else "voxel".
    negative : "refuse" or "zero"
        What becomes of negative voxels, such as filtered backprojection makes. Zeros raise the activity; the notices
        of the result say by how much.
    relative_error : float
        Relative standard deviation of the activity of a region in one image, independent between images.
    by_radiation : bool
        Whether to find the mean doses of each radiation, at the cost of one map each.
    dose_rates : bool
        Whether to find the map of the dose rate at each image.
    progress : callable, optional
        Called with a step, how much of it is done, and of how much.

    Returns
    -------
    ImageDose

    Raises
    ------
    InputError
        If the images are no series, a setting is wrong, or the maps need more memory than the machine has.
    DataError
        If a file is damaged or holds negative activity.

    Notes
    -----
    Neither partial volume nor motion is corrected; no RBE is in the doses. Source of the quantities: MIRD Pamphlet 21,
    W. E. Bolch et al., J Nucl Med 50 (2009) 477, doi:10.2967/jnumed.108.056036.
    """
    nuclide = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    say = progress or (lambda *_: None)
    images = tuple(images)
    check_series(images)
    integration = integration or ("voxel" if labels is None else "region")
    for name, value, allowed, option in (
        ("integration", integration, INTEGRATIONS, "--fit"),
        ("negative", negative, NEGATIVE, "--negative"),
    ):
        if value not in allowed:
            remedy = f"on the command line: {option} {allowed[0]} or {option} {allowed[1]}"
            raise InputError("this is not known", field=name, value=value, allowed=", ".join(allowed), remedy=remedy)
    between("relative_error", relative_error, 1e-4, 1.0)
    grid = images[0].grid
    refuse_beyond_memory(grid.shape, 72.0 + 4.0 * len(images) * dose_rates, images[0].path)
    density = _density(density, grid)
    # Refuses a wrong method, nuclide or choice of daughters before any image is read.
    voxel_dose(np.zeros((1, 1, 1)), grid.voxel_size, nuclide, method=method, daughters=daughters)
    index, labelled = _regions(labels, grid, names or {})
    chosen = {"density": density, "method": method, "daughters": daughters}

    times = np.array([image.time for image in images])
    weights = image_weights(times, nuclide.decay_constant)
    total = np.zeros(grid.shape)
    sums, rates, raised = np.empty((len(labelled), len(images))), [], []
    for number, image in enumerate(images):
        say("images", number, len(images))
        corrected = image.decay_corrected(nuclide.decay_constant, negative="keep" if negative == "zero" else "refuse")
        net = corrected.sum()
        np.maximum(corrected, 0.0, out=corrected)
        raised.append(float(corrected.sum() / net - 1.0))
        corrected *= grid.voxel_volume
        total += weights[number] * corrected
        sums[:, number] = _sums(corrected, index, len(labelled))
        if dose_rates:
            corrected *= np.exp(-nuclide.decay_constant * image.time)
            rates.append(voxel_dose(corrected, grid.voxel_size, nuclide, **chosen).dose.astype(np.float32))
    del corrected
    masses = _masses(density, index, grid, labelled)
    given = nuclide.decay_constant, relative_error
    activities = sums * np.exp(-nuclide.decay_constant * times)
    joined = [
        joined_activity(name, count, mass, times, row, *given)
        for (name, count), mass, row in zip(labelled, masses.tolist(), activities, strict=True)
    ]
    fits = [fitted_activity(region, times, *given) for region in joined]
    ratios = [None if fit is None else own.integral / fit.integral for own, fit in zip(joined, fits, strict=True)]
    if integration == "region":
        joined = [fit or own for own, fit in zip(joined, fits, strict=True)]
        total *= _scales(joined, ratios)[index]
        if labels is not None:
            joined[0] = sum_of_regions(joined[0], joined[1:])
    regions = tuple(replace(region, joined_over_fitted=ratio) for region, ratio in zip(joined, ratios, strict=True))

    say("dose", 0, 0)
    found = voxel_dose(total, grid.voxel_size, nuclide, **chosen)
    means = _means(found.dose, density, index, len(labelled))
    parts = {}
    if by_radiation:
        for name in point_kernel(nuclide, daughters=daughters).energy:
            say(f"dose of {name}", 0, 0)
            own = voxel_dose(total, grid.voxel_size, nuclide, **chosen, radiation=name)
            parts[name] = _means(own.dose, density, index, len(labelled))
    emitted = sum(point_kernel(nuclide, daughters=daughters).energy.values()) * float(total.sum())
    inside = means[0] * masses[0] / emitted if emitted > 0 else 0.0
    histograms = tuple(
        dose_volume(found.dose, None if number == 0 else index == number) for number in range(len(labelled))
    )
    settings = {
        "nuclide": nuclide.name,
        "method": method,
        "daughters": dict(daughters) if isinstance(daughters, Mapping) else daughters or "",
        "integration": integration,
        "relative_error": float(relative_error),
        "density": "map" if np.ndim(density) else float(density if density is not None else WATER_DENSITY),
        "density_stated": density is not None,
    }
    return ImageDose(
        nuclide,
        images,
        grid,
        total,
        found,
        tuple(rates),
        regions,
        histograms,
        means,
        parts,
        float(inside),
        tuple(raised),
        settings,
    )


def _density(density: ArrayLike | None, grid: Grid) -> Array | None:
    if density is None:
        return None
    found = np.asarray(density, dtype=float)
    if found.shape not in ((), grid.shape):
        raise InputError("the densities do not fit the images", field="density", value=found.shape)
    if not ((found >= 0.1) & (found <= 25e3)).all():
        raise InputError(
            "this is out of range",
            field="density",
            value=f"{found.min():.6g}" + (f" to {found.max():.6g} kg/m3" if found.ndim else " kg/m3"),
            allowed="0.1 to 25000 kg/m3",
            remedy="a map holds densities in g/cm3, not Hounsfield units; air has 0.0012 g/cm3",
        )
    return found


def _regions(labels, grid: Grid, names: Mapping[int, str]):
    """Index of the region of every voxel, and name and voxels of each: the whole first, the rest last."""
    count = int(np.prod(grid.shape))
    if labels is None:
        if names:
            raise InputError("names of regions need a mask", field="region", remedy="give --mask")
        return np.zeros(grid.shape, dtype=np.int32), [(WHOLE, count)]
    labels = np.asarray(labels)
    if labels.shape != grid.shape or labels.dtype.kind not in "iu":
        raise InputError(
            "the labels do not fit the images", field="mask", value=f"{labels.dtype} of shape {labels.shape}"
        )
    known, inverse, numbers = np.unique(labels, return_inverse=True, return_counts=True)
    if unknown := sorted(set(names) - {int(label) for label in known if label != 0}):
        raise InputError("the mask has no such label", field="region", value=unknown[0], allowed=f"{known[known != 0]}")
    kept = [(int(label), int(number)) for label, number in zip(known, numbers, strict=True) if label != 0]
    found = [(WHOLE, count), *((names.get(label, f"region {label}"), number) for label, number in kept)]
    if known[0] == 0:
        inverse = np.where(inverse == 0, len(found), inverse)
        found.append((OUTSIDE, int(numbers[0])))
    else:
        inverse = inverse + 1
    titles = [name for name, _ in found]
    if twice := [name for name in titles if titles.count(name) > 1]:
        raise InputError("two regions have one name", field="region", value=twice[0])
    return inverse.reshape(grid.shape).astype(np.int32), found


def _sums(values: Array, index: NDArray[np.int32], number: int) -> Array:
    """Sum over every region; over everything for the first."""
    found = np.bincount(index.ravel(), weights=values.ravel(), minlength=number)
    found[0] = values.sum()
    return found


def _masses(density: Array | None, index, grid: Grid, labelled) -> Array:
    if np.ndim(density):
        return grid.voxel_volume * _sums(density, index, len(labelled))
    uniform = WATER_DENSITY if density is None else float(density)
    return uniform * grid.voxel_volume * np.array([float(count) for _, count in labelled])


def _means(dose: Array, density: Array | None, index, number: int) -> Array:
    """Energy over mass of every region."""
    if np.ndim(density):
        return _sums(dose * density, index, number) / _sums(density, index, number)
    return _sums(dose, index, number) / _sums(np.ones(dose.shape), index, number)


def _scales(regions: Sequence[RegionActivity], ratios: Sequence[float | None]) -> Array:
    """Fitted over joined integral of every region; 1 where there is no fit."""
    return np.array(
        [1.0 if not region.fitted or not ratio else 1.0 / ratio for region, ratio in zip(regions, ratios, strict=True)]
    )
