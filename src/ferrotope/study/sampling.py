"""Uncertainty: inputs sampled with a scrambled Sobol sequence, intervals and rankings of the results."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ferrotope.errors import InputError, nearest
from ferrotope.result import Interval
from ferrotope.units.value import Value

__all__ = ["design", "intervals", "rank"]

_OUTSIDE = 0.05  # fraction of samples outside validity above which no interval is given


def design(
    uncertain: Mapping[str, Value], samples: int, seed: int, correlations: Sequence[tuple[str, str, float]] = ()
) -> dict[str, np.ndarray]:
    """Return the sampled numbers of every uncertain input.

    Parameters
    ----------
    uncertain : mapping of str to Value
        Inputs with something unknown, by path.
    samples : int
        Number of samples; a power of two keeps the Sobol sequence balanced.
    seed : int
        Of the scrambling. The same seed gives the same numbers whatever the machine or the number of workers.
    correlations : sequence of (path, path, coefficient)
        Correlations of the normal scores (Gaussian copula).

    Returns
    -------
    dict of str to ndarray, shape (samples,)
        Numbers in SI units.

    Raises
    ------
    InputError
        If a correlation names an input that is not uncertain, or the correlations contradict each other.
    """
    paths = sorted(uncertain)
    if not paths:
        return {}
    from scipy.stats import norm, qmc

    sobol = qmc.Sobol(len(paths), scramble=True, rng=np.random.default_rng(seed))
    unit = sobol.random(1 << math.ceil(math.log2(samples)))[:samples]
    # A scrambled point may be exactly 0; its normal score would be infinite.
    unit = _decorrelated(np.clip(unit, 1e-9, 1.0 - 1e-9))
    if correlations:
        factor = _factor(paths, correlations)
        unit = norm.cdf(norm.ppf(unit) @ factor.T)
    return {path: np.array([uncertain[path].quantile(p) for p in unit[:, column]]) for column, path in enumerate(paths)}


def _decorrelated(unit: np.ndarray) -> np.ndarray:
    """Return the points reordered column by column so that the columns hardly correlate.

    In tens of dimensions a few hundred Sobol points leave pairs of columns with correlations of 0.3 and more, which a
    ranking would take for causes. The values of each column stay; only their order changes. R. L. Iman, W. J. Conover,
    Commun Stat Simul Comput 1982;11:311, doi:10.1080/03610918208812265.
    """
    samples, columns = unit.shape
    if columns < 2 or samples < 2 * columns:
        return unit
    ranks = unit.argsort(axis=0).argsort(axis=0)
    for _ in range(3):  # the ranks of what one pass gives correlate a little again
        triangle = np.linalg.cholesky(np.corrcoef(ranks, rowvar=False))
        centred = ranks - ranks.mean(axis=0)
        ranks = np.linalg.solve(triangle, centred.T).T.argsort(axis=0).argsort(axis=0)
    return np.take_along_axis(np.sort(unit, axis=0), ranks, axis=0)


def _factor(paths: list[str], correlations: Sequence[tuple[str, str, float]]) -> np.ndarray:
    matrix = np.eye(len(paths))
    for first, second, coefficient in correlations:
        for path in (first, second):
            if path not in paths:
                raise InputError(
                    "a correlation names an input that is not uncertain",
                    field="correlation.between",
                    value=path,
                    remedy=nearest(path, paths),
                )
        i, j = paths.index(first), paths.index(second)
        if i == j:
            raise InputError("a correlation needs two different inputs", field="correlation.between", value=first)
        matrix[i, j] = matrix[j, i] = coefficient
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise InputError(
            "the correlations contradict each other",
            field="correlation",
            remedy="make the correlation matrix positive definite",
        ) from None


def intervals(values: np.ndarray, valid: np.ndarray) -> Interval:
    """Return the interval of one record.

    Parameters
    ----------
    values : ndarray, shape (samples,)
        NaN where the record had no value.
    valid : ndarray of bool, shape (samples,)
        Whether the formula held.

    Returns
    -------
    Interval
        Without numbers where more than 5 % of the samples were outside validity or without a value.
    """
    outside = float(np.mean(~valid))
    missing = float(np.mean(~np.isfinite(values)))
    if outside > _OUTSIDE or missing > _OUTSIDE:
        return Interval(None, None, None, outside, missing)
    low, median, high = np.nanquantile(values, [0.025, 0.5, 0.975])
    return Interval(float(low), float(median), float(high), outside, missing)


def rank(inputs: Mapping[str, np.ndarray], values: np.ndarray) -> list[tuple[str, float]]:
    """Rank inputs by their squared rank correlation with a result.

    Parameters
    ----------
    inputs : mapping of str to ndarray, shape (samples,)
        Sampled numbers.
    values : ndarray, shape (samples,)
        The result.

    Returns
    -------
    list of (str, float)
        Largest first. Left out are those that chance alone would show: below the 99 % point of the largest of as
        many independent correlations (Bonferroni, normal approximation with variance 1/(n - 1)).
    """
    finite = np.isfinite(values)
    count = int(finite.sum())
    if count < 8 or np.ptp(values[finite]) == 0 or not inputs:
        return []
    from scipy.stats import norm, rankdata

    target = rankdata(values[finite])
    threshold = norm.ppf(1.0 - 0.005 / len(inputs)) / math.sqrt(count - 1)
    shown = []
    for path, numbers in inputs.items():
        if np.ptp(numbers[finite]) == 0:
            continue
        correlation = float(np.corrcoef(rankdata(numbers[finite]), target)[0, 1])
        if abs(correlation) > threshold:
            shown.append((path, correlation**2))
    return sorted(shown, key=lambda item: -item[1])
