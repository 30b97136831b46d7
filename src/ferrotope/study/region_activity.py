"""Activity of a region in time: points of the images, joined or fitted, and the integral to infinity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.curves import Curve, Exponentials
from ferrotope.curves.exponential_fit import fit_exponentials

__all__ = ["RegionActivity", "SumOfCurves", "fitted_activity", "image_weights", "joined_activity", "sum_of_regions"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SumOfCurves:
    """Curves added up.

    Attributes
    ----------
    parts : tuple of Curve or Exponentials
        In one unit.
    """

    parts: tuple[Curve | Exponentials, ...]

    def value(self, t: ArrayLike) -> Array:
        """Value at times `t` (s, any shape)."""
        return np.sum([part.value(t) for part in self.parts], axis=0)


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
    curve : Curve, Exponentials or SumOfCurves
        In Bq.
    integral, integral_sd : float
        From the injection to infinity, and one standard deviation (Bq s).
    extrapolated : float
        Fraction of the integral after the last image.
    method : str
        How the curve came about.
    fitted : bool
        Whether a model was fitted.
    joined_over_fitted : float or None
        Integral of the joined images over that of the fit, where there is one.
    """

    name: str
    voxels: int
    mass: float
    activities: Array
    curve: Curve | Exponentials | SumOfCurves
    integral: float
    integral_sd: float
    extrapolated: float
    method: str
    fitted: bool
    joined_over_fitted: float | None = None


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


def joined_activity(
    name: str, voxels: int, mass: float, times: Array, activities: Array, decay_constant: float, relative_error: float
) -> RegionActivity:
    """Activity of a region as `image_weights` integrates it.

    Parameters
    ----------
    name : str
        Of the region.
    voxels : int
        Their number.
    mass : float
        kg.
    times : array, shape (n,)
        Of the images (s), increasing.
    activities : array, shape (n,)
        Bq, not corrected for decay.
    decay_constant : float
        1/s.
    relative_error : float
        Relative standard deviation of each activity.

    Returns
    -------
    RegionActivity
    """
    corrected = activities * np.exp(decay_constant * times)
    first = [0.0] if times[0] > 0 else []
    curve = Curve(
        np.concatenate([first, times]),
        np.concatenate([corrected[:1] if first else [], corrected]),
        unit="Bq",
        name=name,
        decay_constant=decay_constant,
    )
    parts = image_weights(times, decay_constant) * corrected
    whole = float(parts.sum())
    return RegionActivity(
        name,
        voxels,
        mass,
        activities,
        curve,
        integral=whole,
        integral_sd=float(np.linalg.norm(parts) * relative_error),
        extrapolated=float(curve.integral(start=times[-1])) / whole if whole > 0 else 0.0,
        method="images joined by straight lines after correction for decay, constant before the first; physical decay "
        "alone after the last",
        fitted=False,
    )


def fitted_activity(region: RegionActivity, times: Array, decay_constant: float, relative_error: float):
    """Fit exponentials to the activity of a region.

    Parameters
    ----------
    region : RegionActivity
        Of `joined_activity`.
    times, decay_constant, relative_error
        As there.

    Returns
    -------
    RegionActivity or None
        None where no model goes through the points, an image was taken at the injection, or nothing is there.
    """
    points = region.activities
    if times[0] <= 0 or points.max() <= 0:
        return None
    fit = fit_exponentials(times, points, relative_error * points, decay_constant, name=region.name)
    if fit is None:
        return None
    said = ", ".join(
        f"{key} {value:.3g}" if np.isfinite(value) else f"{key} not defined with so few points"
        for key, value in fit.criteria.items()
    )
    return replace(
        region,
        curve=fit.curve,
        integral=fit.integral,
        integral_sd=fit.integral_sd,
        extrapolated=fit.extrapolated,
        method=f"{fit.model} (chi-squared {fit.chi_squared:.2g}, degrees of freedom {fit.freedom}; AICc: {said})",
        fitted=True,
    )


def sum_of_regions(whole: RegionActivity, parts: Sequence[RegionActivity]) -> RegionActivity:
    """Return the whole image with the integral that its parts have together.

    Parameters
    ----------
    whole : RegionActivity
        The whole image.
    parts : sequence of RegionActivity
        That share out all of its voxels, their errors independent of each other.

    Returns
    -------
    RegionActivity
    """
    integral = float(sum(part.integral for part in parts))
    late = float(sum(part.extrapolated * part.integral for part in parts))
    return replace(
        whole,
        curve=SumOfCurves(tuple(part.curve for part in parts)),
        integral=integral,
        integral_sd=float(np.linalg.norm([part.integral_sd for part in parts])),
        extrapolated=late / integral if integral > 0 else 0.0,
        method="sum of the regions and of the rest of the image",
        fitted=all(part.fitted for part in parts),
    )
