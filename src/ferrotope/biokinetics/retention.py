"""What an organ holds against time, decay set aside: exponentials where the points carry them, else straight lines.

Everything here is decay-corrected, so that a curve tells where the particles are; physical decay comes in when it is
integrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ferrotope.biokinetics.table import BiodistributionTable
from ferrotope.curves import Curve, Exponentials

__all__ = ["READING_ERROR", "Retention", "akaike_corrected", "fit_retention", "retentions"]

# Relative error of a value whose source gives no standard deviation. An assumption: figures are read to a few per cent
# and group means of three to five animals scatter by 10 to 20 %.
READING_ERROR = 0.10
ACCEPTED = 0.05  # an exponential is used only where chi-squared is exceeded by chance in at least 5 % of cases
FEWEST = 4  # points for a fit

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Retention:
    """The decay-corrected curve of one organ, in the unit of its table.

    Parameters
    ----------
    organ : str
        Name.
    curve : Curve or Exponentials
        Decay-corrected value against time.
    method : str
        How the curve came about, for a reader.
    fitted : bool
        Whether a model was fitted, rather than points joined.
    times, values, errors : array, shape (n,)
        The decay-corrected points (s, unit) and one standard deviation of each.
    common_error : float
        Relative error shared by all points (the assumed reading error where the table gives no standard deviation).
    covariance : array
        Of (A_1.., k_1..) for exponentials, of the values at the points for joined points.
    chi_squared : float
        Of the fit, nan for joined points.
    """

    organ: str
    curve: Curve | Exponentials
    method: str
    fitted: bool
    times: Array
    values: Array
    errors: Array
    common_error: float
    covariance: Array
    chi_squared: float = np.nan

    def relative_uncertainty(self, decay_constant: float) -> float:
        """Relative standard deviation of the time integral under decay (1/s), of the points and their common error."""
        total = float(self.curve.decayed(decay_constant).integral())
        if total <= 0 or not np.isfinite(total):
            return 0.0
        if isinstance(self.curve, Exponentials):
            rate = self.curve.rates + decay_constant
            gradient = np.concatenate([1.0 / rate, -self.curve.amplitudes / rate**2])
        else:
            gradient = self.curve.decayed(decay_constant).sample_weights()
            if gradient.size > self.times.size:  # the value at t = 0 is the first point's
                gradient = np.concatenate([[gradient[0] + gradient[1]], gradient[2:]])
        variance = float(gradient @ self.covariance @ gradient) / total**2
        return float(np.sqrt(max(variance, 0.0) + self.common_error**2))


def akaike_corrected(chi_squared: float, parameters: int, points: int) -> float:
    """Akaike information criterion for small samples, with known errors.

    AICc = chi2 + 2 p + 2 p (p + 1) / (n - p - 1)

    Parameters
    ----------
    chi_squared : float
        Sum of squared residuals over their variances.
    parameters, points : int
        p and n.

    Returns
    -------
    float
        Smaller is better; infinite where n <= p + 1, when the points cannot carry the model.

    Notes
    -----
    Source: Hurvich CM, Tsai CL, Biometrika 1989;76:297, doi:10.1093/biomet/76.2.297, for Gaussian errors of known
    variance; recommended for time-activity fits by Glatting et al., Med Phys 2007;34:4285, doi:10.1118/1.2794176 (both
    from memory, not read again).
    """
    spare = points - parameters - 1
    return chi_squared + 2 * parameters + 2 * parameters * (parameters + 1) / spare if spare > 0 else np.inf


def retentions(table: BiodistributionTable, decay_constant: float) -> dict[str, Retention]:
    """Decay-corrected curves of all organs of a table; computed once for a table and decay constant.

    Parameters
    ----------
    table : BiodistributionTable
        As measured.
    decay_constant : float
        Of the nuclide in 1/s; only a table that is not decay-corrected depends on it.

    Returns
    -------
    dict of str to Retention
    """
    return _retentions(table, 0.0 if table.decay_corrected else float(decay_constant))


@lru_cache(maxsize=64)
def _retentions(table: BiodistributionTable, decay_constant: float) -> dict[str, Retention]:
    found = {}
    for organ, rows in table.organs.items():
        factor = table.decay_factor(rows.times, decay_constant)
        count = np.where(np.isfinite(rows.animals), rows.animals, 1.0)
        found[organ] = fit_retention(
            organ,
            rows.times,
            rows.values * factor,
            rows.standard_deviations / np.sqrt(count) * factor,
            table.resolution * factor,
        )
    return found


def fit_retention(
    organ: str, times: Array, values: Array, standard_errors: Array, resolution: float | Array = 0.0
) -> Retention:
    """Choose and fit the curve of one organ.

    With four points or more the candidates are a constant, one exponential, an uptake A (exp(-k1 t) - exp(-k2 t)) and
    two exponentials, with rates from 0 to 2 over the first time; the smallest corrected Akaike criterion wins if its
    chi-squared is plausible. Otherwise the points are joined by straight lines (decay-corrected, so the physical decay
    between points is exact), held constant before the first point, and constant after the last: the tail then falls by
    physical decay alone, which is the cautious choice. A single point is held constant.

    Parameters
    ----------
    organ : str
        Name.
    times : array, shape (n,)
        s, increasing.
    values : array, shape (n,)
        Decay-corrected, not negative.
    standard_errors : array, shape (n,)
        Of the mean, nan where none is known: then `READING_ERROR` is assumed.
    resolution : float or array, shape (n,)
        Step of the last printed digit; its rounding error, resolution/sqrt(12), adds to the others.

    Returns
    -------
    Retention
    """
    times, values = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    stated = np.isfinite(standard_errors)
    own = np.where(stated, np.nan_to_num(standard_errors), 0.0 if not stated.any() else READING_ERROR * values)
    independent = np.hypot(own, np.asarray(resolution) / np.sqrt(12.0))
    common = 0.0 if stated.any() else READING_ERROR
    # Errors for judging a fit; nothing is exact, not even a 0 +/- 0 printed without digits.
    errors = np.hypot(independent, common * values)
    errors = np.maximum(np.where(errors > 0, errors, 1e-3 * values.max(initial=0.0)), 1e-6 * values.max(initial=0.0))
    described = {"times": times, "values": values, "errors": errors, "common_error": common}
    if values.max(initial=0.0) < 1e-100:
        zero = Exponentials([0.0], [0.0], unit="table", name=organ)
        return Retention(organ, zero, "not detected", False, **described, covariance=np.zeros((2, 2)))
    if times.size == 1:
        constant = Exponentials(values, [0.0], unit="table", name=organ)
        covariance = np.diag([float(independent[0]) ** 2, 0.0])
        return Retention(
            organ,
            constant,
            "one time point, held constant before and after: physical decay only",
            False,
            **described,
            covariance=covariance,
        )
    best = _best_fit(times, values, errors) if times.size >= FEWEST else None
    if best is not None:
        method, amplitudes, rates, covariance, chi_squared, freedom = best
        # Without stated errors the points' scatter is the only measure of them; with stated errors a poor fit widens.
        scatter = chi_squared / freedom
        covariance = covariance * (max(scatter, 1.0) if stated.any() else scatter)
        return Retention(
            organ,
            Exponentials(amplitudes, rates, unit="table", name=organ),
            method,
            True,
            **described,
            covariance=covariance,
            chi_squared=chi_squared,
        )
    t, v = (times, values) if times[0] == 0 else (np.concatenate([[0.0], times]), np.concatenate([values[:1], values]))
    return Retention(
        organ,
        Curve(t, v, unit="table", name=organ),
        "points joined, constant before the first, physical decay alone after the last",
        False,
        **described,
        covariance=np.diag(independent**2),
    )


def _best_fit(times: Array, values: Array, errors: Array):
    """The accepted model of smallest AICc: (method, A, k, covariance of (A, k), chi2, degrees of freedom), or None."""
    from scipy.special import gammaincc

    n = times.size
    size = float(values.max()) or 1.0  # what is fitted is of the order of 1: the solver squares it several times
    values, errors = values / size, errors / size
    weights = 1.0 / errors**2
    earliest = times[times > 0][0]
    limit = 2.0 / earliest  # a faster exponential would be mostly gone before anyone looked
    candidates = []
    # (name, number of rates, matrix from basis amplitudes to exponential amplitudes)
    for name, free_rates, basis in (
        ("constant", 0, np.array([[1.0]])),
        ("one exponential", 1, np.array([[1.0]])),
        ("uptake and clearance, two exponentials", 2, np.array([[1.0], [-1.0]])),
        ("two exponentials", 2, np.eye(2)),
    ):
        parameters = free_rates + basis.shape[1]
        if n <= parameters + 1:
            continue
        solution = _fit(times, values, weights, free_rates, basis, limit)
        if solution is None:
            continue
        amplitudes, rates, covariance, chi_squared = solution
        criterion = akaike_corrected(chi_squared, parameters, n)
        candidates.append((criterion, name, amplitudes, rates, covariance, chi_squared, n - parameters))
    if not candidates:
        return None
    _, name, amplitudes, rates, covariance, chi_squared, freedom = min(candidates, key=lambda c: c[0])
    if gammaincc(freedom / 2, chi_squared / 2) < ACCEPTED:
        return None
    units = np.concatenate([np.full(amplitudes.size, size), np.ones(rates.size)])
    covariance = covariance * np.outer(units, units)
    return f"{name}, fitted to {n} points", amplitudes * size, rates, covariance, chi_squared, freedom


def _fit(times: Array, values: Array, weights: Array, free_rates: int, basis: Array, limit: float):
    """Weighted least squares of sum_j a_j sum_i basis_ij exp(-k_i t); the rates start from the best of a grid."""
    terms, columns = basis.shape
    scale = times[-1]  # rates in units of 1/scale
    root = np.sqrt(weights)
    x = times / scale
    top = limit * scale

    def design(rates: Array) -> Array:
        return np.exp(-np.multiply.outer(x, rates)) @ basis

    if free_rates == 0:
        start_rates = np.zeros(terms)
    else:
        grid = np.concatenate([[0.0], np.geomspace(1e-3, top, 40)])
        tried = [np.array([k]) for k in grid] if free_rates == 1 else _pairs(grid)
        best_rates, best = None, np.inf
        for rates in tried:
            matrix = design(rates) * root[:, None]
            solved, *_ = np.linalg.lstsq(matrix, values * root, rcond=None)
            if (solved < 0).any():
                continue
            miss = float(np.sum((matrix @ solved - values * root) ** 2))
            if miss < best:
                best_rates, best = rates, miss
        if best_rates is None:
            return None
        start_rates = best_rates
    matrix = design(start_rates) * root[:, None]
    amplitudes, *_ = np.linalg.lstsq(matrix, values * root, rcond=None)
    rates = start_rates
    if free_rates:
        from scipy.optimize import least_squares

        def residuals(p: Array) -> Array:
            return (design(p[columns:]) @ p[:columns] - values) * root

        def jacobian(p: Array) -> Array:
            decays = np.exp(-np.multiply.outer(x, p[columns:]))
            slopes = -x[:, None] * decays * (basis @ p[:columns])
            return np.hstack([decays @ basis, slopes]) * root[:, None]

        lower = np.zeros(columns + free_rates)
        upper = np.concatenate([np.full(columns, np.inf), np.full(free_rates, top)])
        start = np.clip(np.concatenate([amplitudes, start_rates]), lower, upper)
        solution = least_squares(
            residuals,
            start,
            jacobian,
            bounds=(lower, upper),
            xtol=1e-14,
            ftol=1e-14,
            gtol=1e-14,
        )
        amplitudes, rates = solution.x[:columns], solution.x[columns:]
        matrix_full = jacobian(solution.x)
    else:
        matrix_full = matrix
    chi_squared = float(np.sum((design(rates) @ amplitudes - values) ** 2 * weights))
    free = np.linalg.pinv(matrix_full.T @ matrix_full)
    # From (a_j, k_i) to (A_i, k_i): A = basis a, and the rates back to 1/s.
    to_terms = np.zeros((2 * terms, columns + free_rates))
    to_terms[:terms, :columns] = basis
    to_terms[terms : terms + free_rates, columns:] = np.eye(free_rates) / scale
    return basis @ amplitudes, rates / scale, to_terms @ free @ to_terms.T, chi_squared


def _pairs(grid: Array) -> list[Array]:
    coarse = grid[::3]
    return [np.array([slow, fast]) for i, slow in enumerate(coarse) for fast in coarse[i + 1 :]]
