"""Distributions of core sizes: lognormal, Gaussian and tabulated, weighted by number or by volume.

A distribution is a pair of diameters and weights by volume that sum to one: the mean over it of a quantity per volume
of core is ``values @ weights``. What the source of a distribution counted, particles or their volume, is never assumed:
``weighted_by`` has no default.
"""

from __future__ import annotations

import itertools
import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.units.checks import between, not_negative, positive

__all__ = [
    "gaussian_sizes",
    "histogram_sizes",
    "lognormal_moment",
    "lognormal_sizes",
    "magnetic_share",
    "number_median",
    "number_weights",
    "tabulated_sizes",
    "volume_median",
    "volume_weighted_sizes",
]

Weighting = Literal["number", "volume"]
Sizes = tuple[NDArray[np.float64], NDArray[np.float64]]

_REACH = 7.5  # standard deviations of ln d on each side; beyond lies 1e-13 of the volume
_STEP = 0.012  # of ln d: relaxation times change e-fold over about 0.02 near the size that loses most


def lognormal_moment(median, sigma_g, order):
    """Return the number-averaged moment <d^k> of a lognormal number distribution.

    Parameters
    ----------
    median : float or ndarray
        Median diameter in m.
    sigma_g : float or ndarray
        Geometric standard deviation.
    order : float
        k.

    Returns
    -------
    float or ndarray
        <d^k> = median^k exp(k^2 ln(sigma_g)^2/2), in m^k (Hatch and Choate, J Franklin Inst 1929;207:369,
        doi:10.1016/S0016-0032(29)91451-4).
    """
    return np.asarray(median, dtype=float) ** order * np.exp(0.5 * (order * np.log(sigma_g)) ** 2)


def volume_weighted_sizes(
    median: float, sigma_g: float, step: float = _STEP
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return diameters and weights that stand for the volume-weighted size distribution.

    A lognormal number distribution with logarithmic deviation s weighted by d^3 is again lognormal, with its median at
    median exp(3 s^2) (Hatch and Choate, J Franklin Inst 1929;207:369, doi:10.1016/S0016-0032(29)91451-4).

    Parameters
    ----------
    median : float
        Median diameter of the number distribution in m.
    sigma_g : float
        Geometric standard deviation, 1 or more.
    step : float
        Largest distance of the nodes in ln d; what varies slowly with size may take a wider one.

    Returns
    -------
    tuple of ndarray, shape (n,)
        Diameters in m, equally spaced in ln d, and weights that sum to one; a single node for sigma_g = 1.

    Notes
    -----
    Equal steps, not Gauss-Hermite nodes: the loss of a distribution peaks within a few per cent of one diameter, which
    falls between a few dozen nodes (errors up to 70 % in the heating power). The trapezoidal rule converges
    exponentially for a normal density.
    """
    spread = math.log(sigma_g)
    if spread < 1e-9:
        return np.array([float(median)]), np.array([1.0])
    count = 2 * max(math.ceil(_REACH * spread / step), 8) + 1
    deviations = np.linspace(-_REACH, _REACH, count)
    weights = np.exp(-0.5 * deviations**2)
    return median * np.exp(3.0 * spread**2 + spread * deviations), weights / weights.sum()


def magnetic_share(diameter, layer):
    """Return the part of a core's volume that carries the moment, (1 - 2t/d)^3, 0 where the layer fills it.

    Parameters
    ----------
    diameter : float or ndarray
        Of the core in m.
    layer : float
        Thickness t in m of the surface layer without moment.

    Returns
    -------
    float or ndarray
        0 to 1.
    """
    return np.clip(1.0 - 2.0 * layer / np.asarray(diameter, dtype=float), 0.0, None) ** 3


def volume_median(number_median: ArrayLike, sigma_g: ArrayLike):
    """Return the median diameter by volume of a lognormal distribution, median exp(3 ln(sigma_g)^2).

    Parameters
    ----------
    number_median : float or ndarray
        Median diameter by number in m.
    sigma_g : float or ndarray
        Geometric standard deviation, the same by number and by volume.

    Returns
    -------
    float or ndarray
        In m (Hatch and Choate, J Franklin Inst 1929;207:369, doi:10.1016/S0016-0032(29)91451-4).

    Examples
    --------
    >>> float(round(volume_median(10e-9, 1.3) * 1e9, 4))
    12.2937
    """
    median = positive("number_median", number_median, "m")
    return (median * np.exp(3.0 * np.log(_spread("sigma_g", sigma_g)) ** 2))[()]


def number_median(volume_median: ArrayLike, sigma_g: ArrayLike):
    """Return the median diameter by number of a lognormal distribution, the inverse of `volume_median`.

    Parameters
    ----------
    volume_median : float or ndarray
        Median diameter by volume in m.
    sigma_g : float or ndarray
        Geometric standard deviation.

    Returns
    -------
    float or ndarray
        In m.
    """
    median = positive("volume_median", volume_median, "m")
    return (median * np.exp(-3.0 * np.log(_spread("sigma_g", sigma_g)) ** 2))[()]


def lognormal_sizes(median: float, sigma_g: float, *, weighted_by: Weighting, step: float = _STEP) -> Sizes:
    """Return diameters and volume weights of a lognormal distribution.

    Parameters
    ----------
    median : float
        Median diameter in m of what was counted.
    sigma_g : float
        Geometric standard deviation, 1 or more.
    weighted_by : "number" or "volume"
        Whether ``median`` is that of the particles or that of their volume.
    step : float
        Largest distance of the nodes in ln d, see `volume_weighted_sizes`.

    Returns
    -------
    tuple of ndarray, shape (n,)
        Diameters in m and weights by volume that sum to one.
    """
    positive("median", median, "m")
    _spread("sigma_g", sigma_g)
    if _by_volume(weighted_by):
        median = number_median(median, sigma_g)
    return volume_weighted_sizes(float(median), float(sigma_g), float(positive("step", step)))


def gaussian_sizes(mean: float, deviation: float, *, weighted_by: Weighting, step: float = _STEP) -> Sizes:
    """Return diameters and volume weights of a normal distribution, cut off at zero.

    Parameters
    ----------
    mean, deviation : float
        Of the normal density in m. Where it is cut off, the mean of what is left is larger.
    weighted_by : "number" or "volume"
        What the density counts.
    step : float
        Largest mean distance of the nodes over the diameter.

    Returns
    -------
    tuple of ndarray, shape (n,)
        Diameters in m and weights by volume that sum to one; a single node for a deviation of zero.
    """
    mean = float(positive("mean", mean, "m"))
    deviation = float(not_negative("deviation", deviation, "m"))
    by_volume = _by_volume(weighted_by)
    if deviation < 1e-9 * mean:
        return np.array([mean]), np.array([1.0])
    nodes, weights = _panels(max(mean - 8.0 * deviation, 0.0), mean + 9.0 * deviation, step * mean)
    weights = weights * np.exp(-0.5 * ((nodes - mean) / deviation) ** 2)
    return nodes, _normalised(weights if by_volume else weights * (nodes / mean) ** 3)


def tabulated_sizes(diameters: ArrayLike, amounts: ArrayLike | None = None, *, weighted_by: Weighting) -> Sizes:
    """Return diameters and volume weights of a list of sizes, for example one diameter for each particle of a picture.

    Parameters
    ----------
    diameters : array_like, shape (n,)
        In m.
    amounts : array_like, shape (n,), optional
        Particles, or volume, at each diameter, in any unit; the same for all by default.
    weighted_by : "number" or "volume"
        What the amounts are.

    Returns
    -------
    tuple of ndarray, shape (n,)
        Diameters in m and weights by volume that sum to one.
    """
    nodes = positive("diameters", diameters, "m").ravel()
    counts = np.ones_like(nodes) if amounts is None else not_negative("amounts", amounts).ravel()
    _one_for_each("amounts", counts, nodes.size)
    by_volume = _by_volume(weighted_by)
    return nodes, _normalised(counts if by_volume else counts * (nodes / nodes.max()) ** 3)


def histogram_sizes(edges: ArrayLike, amounts: ArrayLike, *, weighted_by: Weighting, step: float = _STEP) -> Sizes:
    """Return diameters and volume weights of a histogram, spread evenly within each of its bins.

    Parameters
    ----------
    edges : array_like, shape (n + 1,)
        Edges of the bins in m, rising; the first may be zero.
    amounts : array_like, shape (n,)
        Particles, or volume, in each bin, in any unit: not divided by its width.
    weighted_by : "number" or "volume"
        What the amounts are.
    step : float
        Largest mean distance of the nodes over the largest diameter.

    Returns
    -------
    tuple of ndarray, shape (m,)
        Diameters in m and weights by volume that sum to one.
    """
    edges = not_negative("edges", edges, "m").ravel()
    if edges.size < 2 or (np.diff(edges) <= 0).any():
        raise InputError("the edges of the bins must rise", field="edges", value=edges, allowed="two or more, rising")
    counts = not_negative("amounts", amounts).ravel()
    _one_for_each("amounts", counts, edges.size - 1)
    by_volume = _by_volume(weighted_by)
    bins = [_panels(low, high, step * edges[-1]) for low, high in itertools.pairwise(edges)]
    nodes = np.concatenate([bin[0] for bin in bins])
    weights = np.concatenate([bin[1] / bin[1].sum() * count for bin, count in zip(bins, counts, strict=True)])
    return nodes, _normalised(weights if by_volume else weights * (nodes / edges[-1]) ** 3)


def number_weights(diameters: ArrayLike, volume_weights: ArrayLike) -> NDArray[np.float64]:
    """Return the weights by number of a distribution, proportional to w/d^3.

    Parameters
    ----------
    diameters : array_like, shape (n,)
        In m.
    volume_weights : array_like, shape (n,)
        By volume, in any unit.

    Returns
    -------
    ndarray, shape (n,)
        Weights by number that sum to one.
    """
    nodes = positive("diameters", diameters, "m").ravel()
    weights = not_negative("volume_weights", volume_weights).ravel()
    _one_for_each("volume_weights", weights, nodes.size)
    return _normalised(weights * (nodes.min() / nodes) ** 3)


def _by_volume(weighted_by: str) -> bool:
    """Return whether amounts are volumes, or refuse what is neither."""
    if weighted_by not in ("number", "volume"):
        raise InputError("this is no weighting", field="weighted_by", value=weighted_by, allowed="'number', 'volume'")
    return weighted_by == "volume"


def _spread(name: str, value: ArrayLike) -> NDArray[np.float64]:
    return between(name, value, 1.0, 10.0, remedy="give the geometric standard deviation, 1 for a single size")


def _one_for_each(name: str, values: NDArray[np.float64], count: int) -> None:
    if values.size != count:
        raise InputError("there must be one for each size", field=name, value=values.size, allowed=f"{count} values")


def _panels(low: float, high: float, spacing: float) -> Sizes:
    """Return nodes and weights of Gauss's rule, six points on each of equal panels, on average ``spacing`` apart."""
    x, weights = np.polynomial.legendre.leggauss(6)
    edges = np.linspace(low, high, math.ceil((high - low) / (6.0 * float(positive("step", spacing)))) + 1)
    half = np.diff(edges)[:, None] / 2.0
    return (edges[:-1, None] + half * (1.0 + x)).ravel(), (half * weights).ravel()


def _normalised(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    total = weights.sum()
    if not total > 0:
        raise InputError("there is nothing in this distribution", field="amounts", allowed="at least one above 0")
    return weights / total
