"""The protraction factor of a measured or computed dose-rate curve."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ferrotope.curves import Curve, Exponentials
from ferrotope.radiobiology.linear_quadratic import protraction_factor

__all__ = ["protraction_of_curve"]

_NODES = 8
_LONGEST_STEP = 1.0  # of (repair rate + decay rate) times length: the polynomials below are then exact to 1e-9
_MOST_STEPS = 20_000


def protraction_of_curve(rate: Curve | Exponentials, repair_rate: float) -> float:
    """Return the Lea-Catcheside protraction factor of a dose-rate curve.

    G D^2 = 2 int D'(t) y(t) dt, where y(t) = int_0^t D'(w) exp(-mu (t - w)) dw is the damage that is still open.

    Parameters
    ----------
    rate : Curve or Exponentials
        Dose rate of low LET in Gy/s (the unit cancels) against time in s, to infinity.
    repair_rate : float
        mu in 1/s.

    Returns
    -------
    float
        Between 0 and 1; nan where the dose is zero or infinite.

    Notes
    -----
    Lea and Catcheside, J Genet 1942;44:216, doi:10.1007/BF02982830. Sums of exponentials in closed form; samples by
    Gauss-Legendre collocation on steps short against repair and decay, with the tail in closed form. Where repair is so
    fast that this takes over 20000 steps, its limit 2 int D'^2 dt/mu stands in, with an error of the order of the ratio
    of the rates.
    """
    dose = float(rate.integral())
    if not (dose > 1e-300 and math.isfinite(dose)):
        return math.nan
    if isinstance(rate, Exponentials):
        present = rate.amplitudes != 0
        return float(protraction_factor(rate.amplitudes[present], rate.rates[present], repair_rate))
    # G does not depend on the scale; at unit dose no square of a tiny or huge dose rate leaves the range of floats.
    return _of_samples(rate.scaled(1.0 / dose), repair_rate)


def _of_samples(rate: Curve, mu: float) -> float:
    """G D^2 of samples joined by lines, times decay, with an exponential tail."""
    lengths = np.diff(rate.times)
    pieces = np.maximum(np.ceil((mu + rate.decay_constant) * lengths / _LONGEST_STEP), 1.0)
    if pieces.sum() > _MOST_STEPS:
        return _fast_repair(rate, mu)
    total, open_damage = _body(rate, mu, lengths, pieces.astype(int)) if lengths.size else (0.0, 0.0)
    last = float(rate.value(rate.times[-1]))
    fading = rate.decay_constant + rate.tail_rate
    if last > 0 and math.isfinite(fading):
        # the tail against what is still open, and against itself
        total += last * open_damage / (mu + fading) + last**2 / (2.0 * fading * (mu + fading))
    return 2.0 * total


def _body(rate: Curve, mu: float, lengths: NDArray[np.float64], pieces: NDArray[np.int_]) -> tuple[float, float]:
    """Return int D' y dt over the samples, and y after the last one."""
    nodes, weights, inner = _collocation()
    starts = np.concatenate(
        [start + length * np.arange(n) / n for start, length, n in zip(rate.times, lengths, pieces, strict=False)]
    )
    steps = np.repeat(lengths / pieces, pieces)
    doses = rate.value(starts[:, None] + steps[:, None] * nodes) * steps[:, None]
    fade = np.exp(-mu * steps[:, None] * nodes)
    # damage of the step itself that is open at its nodes, and at its end
    opened = fade * ((doses / fade) @ inner.T)
    added = (doses * np.exp(-mu * steps[:, None] * (1.0 - nodes))) @ weights
    own = (doses * opened) @ weights
    against_open = (doses * fade) @ weights
    kept = np.exp(-mu * steps)
    total, still = float(own.sum()), 0.0
    for meeting, new, keep in zip(against_open.tolist(), added.tolist(), kept.tolist(), strict=True):
        total += meeting * still
        still = still * keep + new
    return total, still


def _fast_repair(rate: Curve, mu: float) -> float:
    grid = rate.grid(2000)
    squares = np.asarray(rate.value(grid)) ** 2
    return 2.0 * float(np.sum(0.5 * np.diff(grid) * (squares[1:] + squares[:-1]))) / mu


@lru_cache(maxsize=1)
def _collocation() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights on 0 to 1, and the matrix that integrates from 0 to each node."""
    x, w = np.polynomial.legendre.leggauss(_NODES)
    nodes = 0.5 * (x + 1.0)
    powers = np.arange(_NODES)
    vandermonde = nodes[:, None] ** powers
    antiderivative = nodes[:, None] ** (powers + 1) / (powers + 1)
    return nodes, 0.5 * w, antiderivative @ np.linalg.inv(vandermonde)
