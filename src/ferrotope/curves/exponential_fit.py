"""Sums of one to three exponentials fitted to activity against time, with a choice among them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.curves.exponentials import Exponentials
from ferrotope.errors import InputError
from ferrotope.units.checks import not_negative, positive

__all__ = ["ExponentialFit", "fit_exponentials"]

ACCEPTED = 0.05  # a fit is taken where chi-squared is exceeded by chance in at least 5 % of cases
_FINE, _COARSE = 40, 12  # starting rates that are tried, for one exponential and for each of several

# Name, and the matrix from amplitudes that are not negative to those of the exponentials. The last two rows of the
# uptake models cancel at t = 0: nothing was there at the injection.
_MODELS = (
    ("physical decay alone", 0, np.array([[1.0]])),
    ("one exponential", 1, np.array([[1.0]])),
    ("uptake and clearance, two exponentials", 2, np.array([[1.0], [-1.0]])),
    ("two exponentials", 2, np.eye(2)),
    ("uptake and clearance, three exponentials", 3, np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])),
    ("three exponentials", 3, np.eye(3)),
)

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ExponentialFit:
    """A fitted sum of exponentials.

    Attributes
    ----------
    curve : Exponentials
        The curve, physical decay in it; it holds from t = 0 to infinity.
    model : str
        Its name.
    integral, integral_sd : float
        From 0 to infinity, and one standard deviation (unit of the values times s).
    extrapolated : float
        Fraction of the integral after the last point.
    chi_squared : float
        Of the fit.
    freedom : int
        Points less parameters.
    criteria : dict of str to float
        Corrected Akaike criterion of every model that was tried; infinite where the points are too few for it.
    """

    curve: Exponentials
    model: str
    integral: float
    integral_sd: float
    extrapolated: float
    chi_squared: float
    freedom: int
    criteria: dict[str, float]


def fit_exponentials(
    times: ArrayLike,
    values: ArrayLike,
    standard_deviations: ArrayLike,
    decay_constant: float,
    *,
    unit: str = "Bq",
    name: str = "",
) -> ExponentialFit | None:
    """Fit activity against time with the model that the points carry.

    A(t) = sum_i A_i exp(-(k_i + lambda) t), k_i >= 0

    Parameters
    ----------
    times : array, shape (n,)
        s after injection, increasing, above 0.
    values : array, shape (n,)
        Activity at those times, not corrected for decay, 0 or more.
    standard_deviations : array, shape (n,)
        One standard deviation of each, above 0 where the value is.
    decay_constant : float
        lambda (1/s): no exponential is slower, so that the tail falls at least by physical decay.
    unit, name : str
        For the curve.

    Returns
    -------
    ExponentialFit or None
        None where no model goes through the points (chi-squared, 5 %) with at least one degree of freedom.

    Raises
    ------
    InputError
        If lengths differ, times do not increase, or a number is out of range.

    Notes
    -----
    Candidates are physical decay alone, one to three exponentials with amplitudes of 0 or more, and uptake with one or
    two of clearance. Rates k_i go up to 2 over the first time: what is faster was over before anyone looked. The
    smallest corrected Akaike criterion wins,

        AICc = chi2 + 2 p + 2 p (p + 1)/(n - p - 1)

    (C. M. Hurvich and C.-L. Tsai, Biometrika 76 (1989) 297; for activity curves G. Glatting et al., Med Phys 34 (2007)
    4285; from memory). It is infinite for n = p + 1, as for one exponential through three points; such models are
    taken, simplest first, where none with a finite criterion fits. With few points and large errors the choice leans to
    physical decay alone, which overstates the integral.

    The standard deviation of the integral comes from the covariance of the parameters, which is enlarged by chi2 over
    the degrees of freedom where that exceeds 1. It tells nothing about a wrong model of the tail: see `extrapolated`.

    Examples
    --------
    >>> hours = np.array([4.0, 24.0, 96.0])
    >>> activity = 1e6 * np.exp(-hours / 60.0)
    >>> fit = fit_exponentials(3600 * hours, activity, 0.1 * activity, 1e-6)
    >>> fit.model, round(fit.integral / 3600e6, 3)
    ('one exponential', 60.0)
    """
    times, values = positive("times", times, "s"), not_negative("values", values, unit)
    errors, decay_constant = not_negative("standard_deviations", standard_deviations, unit), float(decay_constant)
    not_negative("decay_constant", decay_constant, "1/s")
    if not (times.ndim == 1 and times.shape == values.shape == errors.shape and times.size):
        raise InputError("times, values and standard deviations are lists of one length", field="times")
    if (np.diff(times) <= 0).any():
        raise InputError("times must increase", field="times", value=times)
    if (errors[values > 0] <= 0).any():
        raise InputError("a value has no uncertainty", field="standard_deviations", allowed=f"above 0 {unit}")
    if values.max() <= 0:
        nothing = Exponentials([0.0], [decay_constant], unit=unit, name=name)
        return ExponentialFit(nothing, "nothing seen", 0.0, 0.0, 0.0, 0.0, times.size, {})
    # A zero without an error counts as exact to a thousandth of the largest value.
    errors = np.where(errors > 0, errors, 1e-3 * values.max())

    corrected = np.exp(decay_constant * times)
    tried, criteria = [], {}
    for model, terms, basis in _MODELS:
        parameters = terms + basis.shape[1]
        if times.size <= parameters:
            continue
        found = _least_squares(times, values * corrected, errors * corrected, terms, basis)
        if found is not None:
            criteria[model] = _criterion(found[3], parameters, times.size)
            tried.append((criteria[model], parameters, model, *found))
    tried = [item for item in tried if _plausible(item[-1], times.size - item[1])]
    if not tried:
        return None
    _, parameters, model, amplitudes, rates, covariance, chi_squared = min(tried, key=lambda item: item[:2])
    freedom = times.size - parameters
    curve = Exponentials(amplitudes, rates + decay_constant, unit=unit, name=name)
    whole = float(curve.integral())
    gradient = np.concatenate([1.0 / curve.rates, -curve.amplitudes / curve.rates**2])
    variance = float(gradient @ covariance @ gradient) * max(chi_squared / freedom, 1.0)
    after = float(curve.integral(start=times[-1])) / whole
    return ExponentialFit(
        curve, model, whole, float(np.sqrt(max(variance, 0.0))), after, chi_squared, freedom, criteria
    )


def _criterion(chi_squared: float, parameters: int, points: int) -> float:
    spare = points - parameters - 1
    return chi_squared + 2 * parameters + 2 * parameters * (parameters + 1) / spare if spare > 0 else np.inf


def _plausible(chi_squared: float, freedom: int) -> bool:
    from scipy.special import gammaincc

    return bool(gammaincc(freedom / 2, chi_squared / 2) >= ACCEPTED)


def _least_squares(times: Array, values: Array, errors: Array, terms: int, basis: Array):
    """Amplitudes, rates (1/s), their covariance and chi-squared of one model; None where the best has a term of zero.

    Amplitudes are linear and come from non-negative least squares for each set of rates of a grid; the best of them
    starts a fit of all parameters.
    """
    from scipy.optimize import least_squares, nnls

    scale = times[-1]
    x, top = times / scale, 2.0 * scale / times[0]
    root, size, columns = 1.0 / errors, values.max(), basis.shape[1]

    def powers(rates: Array) -> Array:
        return np.exp(-np.multiply.outer(x, rates)) if terms else np.ones((x.size, 1))

    def residuals(p: Array) -> Array:
        return (powers(p[columns:]) @ (basis @ p[:columns]) * size - values) * root

    def jacobian(p: Array) -> Array:
        decays = powers(p[columns:])
        slopes = -x[:, None] * decays * (basis @ p[:columns]) if terms else np.empty((x.size, 0))
        return np.hstack([decays @ basis, slopes]) * (size * root)[:, None]

    grid = np.concatenate([[0.0], np.geomspace(1e-2, top, (_FINE if terms == 1 else _COARSE) - 1)])
    best, start = np.inf, None
    for rates in combinations(grid, terms):
        amplitudes, miss = nnls(powers(np.array(rates)) @ basis * (size * root)[:, None], values * root)
        if miss < best:
            best, start = miss, np.concatenate([amplitudes, rates])
    if start is None:
        return None
    if terms:
        bounds = (np.zeros(start.size), np.concatenate([np.full(columns, np.inf), np.full(terms, top)]))
        start = least_squares(residuals, start, jacobian, bounds=bounds, xtol=1e-14, ftol=1e-14, gtol=1e-14).x
    if (start[:columns] <= 1e-9).any():
        return None  # a simpler model says the same
    slopes = jacobian(start)
    free = np.linalg.pinv(slopes.T @ slopes)
    count = basis.shape[0]
    to_terms = np.zeros((2 * count, start.size))
    to_terms[:count, :columns] = basis * size
    to_terms[count : count + terms, columns:] = np.eye(terms) / scale
    rates = start[columns:] / scale if terms else np.zeros(1)
    return basis @ start[:columns] * size, rates, to_terms @ free @ to_terms.T, float(np.sum(residuals(start) ** 2))
