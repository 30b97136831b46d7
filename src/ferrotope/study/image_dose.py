"""Absorbed dose from a series of images: activity in time, dose of every voxel, dose and volume of regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.curves import Curve, Exponentials
from ferrotope.curves.exponential_fit import fit_exponentials
from ferrotope.dosimetry.point_kernels import point_kernel
from ferrotope.dosimetry.spheres import WATER_DENSITY
from ferrotope.dosimetry.volume_histogram import DoseVolume, dose_volume
from ferrotope.dosimetry.voxel_convolution import VoxelDose, voxel_dose
from ferrotope.errors import InputError
from ferrotope.imaging.image_files import ActivityImage, check_series
from ferrotope.imaging.image_grid import Grid, refuse_beyond_memory
from ferrotope.nuclides import Nuclide
from ferrotope.units.checks import between, positive

__all__ = ["INTEGRATIONS", "RELATIVE_ERROR", "WHOLE", "ImageDose", "RegionActivity", "image_dose", "image_weights"]

INTEGRATIONS = ("voxel", "region")
WHOLE = "whole image"
# Relative standard deviation of the activity of a region in one image, where none is given. An assumption.
RELATIVE_ERROR = 0.10

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class RegionActivity:
    """Activity of a region in time.

    Attributes
    ----------
    name : str
        Of the region.
    voxels : int
        Its number of voxels.
    mass : float
        kg.
    activities : array, shape (n,)
        In the images (Bq), not corrected for decay.
    curve : Curve or Exponentials
        In Bq.
    integral, integral_sd : float
        From the injection to infinity, and one standard deviation (Bq s).
    extrapolated : float
        Fraction of the integral after the last image.
    method : str
        How the curve came about.
    fitted : bool
        Whether a model was fitted.
    """

    name: str
    voxels: int
    mass: float
    activities: Array
    curve: Curve | Exponentials
    integral: float
    integral_sd: float
    extrapolated: float
    method: str
    fitted: bool


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
        The whole image first.
    histograms : tuple of DoseVolume
        One a region.
    means : array, shape (regions,)
        Mean absorbed dose (Gy): energy over mass.
    by_radiation : dict of str to array, shape (regions,)
        Mean absorbed dose (Gy) of each radiation; empty where not asked for.
    inside : float
        Fraction of the emitted energy that is absorbed inside the image.
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
    settings: dict[str, object] = field(default_factory=dict)


def image_weights(times: ArrayLike, decay_constant: float) -> Array:
    """Weights that turn the values of images into time-integrated values.

    Parameters
    ----------
    times : array, shape (n,)
        Of the images (s after injection), increasing.
    decay_constant : float
        Of the nuclide (1/s).

    Returns
    -------
    array, shape (n,)
        s; the sum of weight times value, corrected for decay to the injection, is the integral to infinity.

    Notes
    -----
    Values corrected for decay go by straight lines from image to image, are constant before the first and after the
    last, and all decay physically: exact for a nuclide that stays, never below it in the tail. The lines lie above a
    curve that falls as exp(-k t): by k^2 d^2/12 of it between images at a distance d.
    """
    times = np.asarray(times, dtype=float)
    added = [0.0] if times[0] > 0 else []
    grid = np.concatenate([added, times])
    weights = Curve(grid, np.ones(grid.size), decay_constant=decay_constant).sample_weights()
    return np.concatenate([[weights[0] + weights[1]], weights[2:]]) if added else weights


def image_dose(
    images: Sequence[ActivityImage],
    nuclide: Nuclide | str,
    *,
    labels: NDArray[np.int64] | None = None,
    names: Mapping[int, str] | None = None,
    density: ArrayLike | None = None,
    method: str = "auto",
    daughters: str | Mapping[str, float] | None = None,
    integration: str = "voxel",
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
    integration : "voxel" or "region"
        "voxel" joins the values of every voxel by straight lines (`image_weights`). "region" fits exponentials to the
        activity of each region, or of the whole image without a mask, and scales the voxels of the region to its
        integral.
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
    if integration not in INTEGRATIONS:
        raise InputError(
            "this is not known",
            field="integration",
            value=integration,
            allowed="voxel, region",
            remedy="on the command line: --fit voxel or --fit region",
        )
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
    sums, rates = np.empty((len(labelled), len(images))), []
    for number, image in enumerate(images):
        say("images", number, len(images))
        corrected = image.decay_corrected(nuclide.decay_constant)
        corrected *= grid.voxel_volume
        total += weights[number] * corrected
        sums[:, number] = _sums(corrected, index, len(labelled))
        if dose_rates:
            corrected *= np.exp(-nuclide.decay_constant * image.time)
            rates.append(voxel_dose(corrected, grid.voxel_size, nuclide, **chosen).dose.astype(np.float32))
    del corrected
    masses = _masses(density, index, grid, labelled)
    fitted = [name for name, _ in labelled[1:] or labelled] if integration == "region" else []
    regions = tuple(
        _region_activity(name, count, mass, times, row, nuclide.decay_constant, name in fitted, relative_error)
        for (name, count), mass, row in zip(labelled, masses, sums, strict=True)
    )
    if integration == "region":
        total *= _scales(regions, sums @ weights)[index]
        if labels is not None:
            whole = replace(regions[0], integral=float(total.sum()), method=f"{regions[0].method}; regions as fitted")
            regions = (whole, *regions[1:])

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
        nuclide, images, grid, total, found, tuple(rates), regions, histograms, means, parts, float(inside), settings
    )


def _density(density: ArrayLike | None, grid: Grid) -> Array | None:
    if density is None:
        return None
    found = positive("density", density, "kg/m3")
    if found.shape not in ((), grid.shape):
        raise InputError("the densities do not fit the images", field="density", value=found.shape)
    return between("density", found, 0.1, 25e3, "kg/m3", "a map holds densities, not Hounsfield units")


def _regions(labels, grid: Grid, names: Mapping[int, str]):
    """Index of the region of every voxel (0: none but the whole), and name and voxels of each, the whole first."""
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
    if known[0] != 0:  # every voxel is labelled
        inverse = inverse + 1
    kept = [(int(label), int(number)) for label, number in zip(known, numbers, strict=True) if label != 0]
    found = [(WHOLE, count), *((names.get(label, f"region {label}"), number) for label, number in kept)]
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


def _region_activity(name, count, mass, times, corrected, decay_constant, fitted, relative_error):
    decayed = corrected * np.exp(-decay_constant * times)
    common = {"name": name, "voxels": count, "mass": float(mass), "activities": decayed}
    fit = None
    if fitted and times[0] > 0 and decayed.max() > 0:
        fit = fit_exponentials(times, decayed, relative_error * decayed, decay_constant, name=name)
    if fit is not None:
        spread = ", ".join(f"{key}: {value:.3g}" for key, value in fit.criteria.items())
        return RegionActivity(
            **common,
            curve=fit.curve,
            integral=fit.integral,
            integral_sd=fit.integral_sd,
            extrapolated=fit.extrapolated,
            method=f"{fit.model} (chi-squared {fit.chi_squared:.3g}, degrees of freedom {fit.freedom}; AICc {spread})",
            fitted=True,
        )
    first = [0.0] if times[0] > 0 else []
    curve = Curve(
        np.concatenate([first, times]),
        np.concatenate([corrected[:1] if first else [], corrected]),
        unit="Bq",
        name=name,
        decay_constant=decay_constant,
    )
    weights = image_weights(times, decay_constant)
    whole = float(weights @ corrected)
    after = float(curve.integral(start=times[-1])) / whole if whole > 0 else 0.0
    return RegionActivity(
        **common,
        curve=curve,
        integral=whole,
        integral_sd=float(np.linalg.norm(weights * corrected) * relative_error),
        extrapolated=after,
        method="images joined by straight lines after correction for decay, constant before the first; physical decay "
        "alone after the last",
        fitted=False,
    )


def _scales(regions: Sequence[RegionActivity], joined: Array) -> Array:
    """Fitted over joined integral of every region; what lies in no region stays as it is."""
    scale = np.ones(len(regions))
    for number, (region, own) in enumerate(zip(regions, joined, strict=True)):
        if region.fitted and own > 0:
            scale[number] = region.integral / own
    return scale
