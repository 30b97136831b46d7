"""Multiple elastic scattering of electrons by the theory of Goudsmit and Saunderson, as tables to sample from.

Single scattering is screened Rutherford with Moliere's screening angle. A step is the stretch in which an electron
loses a fixed share of its energy, so that its angular distribution depends on the energy alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ferrotope.dosimetry.matter.media import Medium, atomic_mass
from ferrotope.dosimetry.matter.stopping import CLASSICAL_RADIUS, REST_ENERGY, delta_ray_moments, electrons_per_mass
from ferrotope.units.constants import ATOMIC_MASS, MEV

__all__ = ["FOLLOWED", "QUANTILES", "elastic_moments", "multiple_scattering_tables"]

ORDERS = 400  # Legendre moments; the distributions of steps need fewer than 150
QUANTILES = 96
_ALPHA = 7.2973525693e-3  # CODATA 2018
_ANGLES = 600
FOLLOWED = 1e-3 * MEV


def elastic_moments(medium: Medium, energy: NDArray[np.float64], cut: NDArray[np.float64]):
    """Transport coefficients of elastic scattering and of the soft collisions with atomic electrons.

    Parameters
    ----------
    medium : Medium
        Composition and mean excitation energy I of the medium.
    energy : array, shape (n,)
        Kinetic energies (J).
    cut : array, shape (n,)
        Energy of a delta ray above which collisions are followed one by one (J).

    Returns
    -------
    moments : array, shape (n, ORDERS + 1)
        sum over atoms of N sigma (1 - F_l) (m2/kg), l from 0, with F_l the mean of P_l(cos theta).
    total : array, shape (n,)
        Cross section per mass (m2/kg), the limit of large l.

    Notes
    -----
    dsigma/dmu = 2 pi r_e^2 Z^2/(beta^4 gamma^2)/(1 - mu + 2 eta)^2, with eta = (alpha Z^(1/3)/(2 0.885 p))^2
    [1.13 + 3.76 (alpha Z)^2] and p in units of mc: G. Moliere, Z Naturforsch 3a (1948) 78, with beta = 1 in the
    bracket, as in EGSnrc (I. Kawrakow, Med Phys 27 (2000) 485, doi:10.1118/1.598917) without its spin corrections.
    F_l = l [Q_(l-1)(y) - y Q_l(y)], y = 1 + 2 eta, Q the Legendre functions of the second kind.

    Collisions with atomic electrons. EGSnrc without spin corrections, the reference of our kernels, takes Z (Z + 1) for
    Z^2 and follows those above 1 keV one by one as well. So does this: what lies between 1 keV and the cut deflects by
    1 - cos(theta) = W/(p^2 mc^2) and multiplies the cross section of the atoms until it contains it.
    """
    tau = energy / REST_ENERGY
    p2 = tau * (tau + 2.0)
    beta4gamma2 = (p2 / (tau + 1.0)) ** 2
    moments, total = np.zeros((energy.size, ORDERS + 1)), np.zeros(energy.size)
    for z, fraction in medium.composition.items():
        eta = (_ALPHA * z ** (1.0 / 3.0) / 1.77) ** 2 / p2 * (1.13 + 3.76 * (_ALPHA * z) ** 2)
        sigma = np.pi * z * (z + 1.0) * CLASSICAL_RADIUS**2 / (beta4gamma2 * eta * (1.0 + eta))
        sigma = sigma * fraction / (atomic_mass(z) * ATOMIC_MASS)
        moments += sigma[:, None] * (1.0 - _mean_legendre(eta))
        total += sigma
    between = delta_ray_moments(energy, np.minimum(FOLLOWED, cut))[1] - delta_ray_moments(energy, cut)[1]
    factor = 1.0 + electrons_per_mass(medium) * between / (p2 * REST_ENERGY) / moments[:, 1]
    return moments * factor[:, None], total * factor


def _mean_legendre(eta):
    """F_l of screened Rutherford scattering, l = 0 to ORDERS, shape (n, ORDERS + 1)."""
    y = 1.0 + 2.0 * eta
    q = np.zeros((ORDERS + 2, eta.size))
    # Upwards the recursion amplifies rounding by exp(4 l sqrt(eta)); downwards it takes a start of l = 12/sqrt(eta).
    q[0], q[1] = 0.5 * np.log((y + 1.0) / (y - 1.0)), 0.5 * y * np.log((y + 1.0) / (y - 1.0)) - 1.0
    for l in range(1, ORDERS + 1):
        q[l + 1] = ((2 * l + 1) * y * q[l] - l * q[l - 1]) / (l + 1)
    large = eta > 1e-5
    if large.any():
        upper, here = np.zeros(large.sum()), np.full(large.sum(), 1e-300)
        start = ORDERS + int(12.0 / np.sqrt(eta[large].min()))
        kept = np.zeros((ORDERS + 2, large.sum()))
        for l in range(start, 0, -1):
            if l <= ORDERS + 1:
                kept[l] = here
            lower = ((2 * l + 1) * y[large] * here - (l + 1) * upper) / l
            upper, here = here, lower
            big = here > 1e200
            if big.any():
                upper, here, kept = (np.where(big, part * 1e-200, part) for part in (upper, here, kept))
        kept[0] = here
        q[:, large] = kept * (q[0, large] / here)
    order = np.arange(1, ORDERS + 1)[:, None]
    means = np.ones((eta.size, ORDERS + 1))
    means[:, 1:] = (order * (q[:ORDERS] - y * q[1 : ORDERS + 1])).T
    return np.clip(means, 0.0, 1.0)


def multiple_scattering_tables(energy, moments, total, stopping, share):
    """Angular distributions after a step in which a given share of the energy is lost, from each of the energies.

    Parameters
    ----------
    energy : array, shape (n,)
        Kinetic energies at the start of the step (J), equally spaced in the logarithm.
    moments, total : array
        From `elastic_moments`, at these energies.
    stopping : array, shape (n,)
        Stopping power of the continuous loss (J m2/kg).
    share : float
        Share of the energy that is lost in a step.

    Returns
    -------
    untouched : array, shape (n,)
        Probability of no collision in the step.
    scale : array, shape (n,)
        a, of the angular variable w: 1 - cos(theta) = 2 a w/(1 - w + a).
    quantiles : array, shape (n, QUANTILES + 1)
        w at the probabilities 1 - (1 - i/QUANTILES)^2, given a collision: dense where the angles are large.
    """
    log_energy = np.log(energy)
    nodes, weights = np.polynomial.legendre.leggauss(4)
    depth, collisions = np.zeros_like(moments), np.zeros(energy.size)
    for node, weight in zip(nodes, weights, strict=True):
        within = energy * (1.0 - 0.5 * share * (1.0 + node))
        at = np.interp(np.log(within), log_energy, np.arange(energy.size))
        low = np.minimum(at.astype(int), energy.size - 2)
        part = (at - low)[:, None]
        loss = (0.5 * weight * share * energy)[:, None]
        rate = moments / stopping[:, None]
        depth += loss * (rate[low] * (1.0 - part) + rate[low + 1] * part)
        rate = (total / stopping)[:, None]
        collisions += (loss * (rate[low] * (1.0 - part) + rate[low + 1] * part))[:, 0]
    untouched = np.exp(-collisions)
    below = np.concatenate([[0.0], np.geomspace(1e-7, 2.0, _ANGLES)])  # 1 - cos(theta)
    legendre = _legendre(1.0 - below)
    excess = (np.exp(-depth) - untouched[:, None]) / (1.0 - untouched)[:, None]
    # The integral of P_l from mu to 1 is (P_(l-1) - P_(l+1))/(2l + 1).
    cumulative = 0.5 * (below + excess[:, 1:ORDERS] @ (legendre[: ORDERS - 1] - legendre[2:]))
    scale, quantiles = np.empty(energy.size), np.empty((energy.size, QUANTILES + 1))
    grid = 1.0 - (1.0 - np.arange(QUANTILES + 1) / QUANTILES) ** 2
    for row in range(energy.size):
        curve = np.maximum.accumulate(np.clip(cumulative[row], 0.0, 1.0))
        curve /= curve[-1]
        median = np.interp(0.5, curve, below)
        a = 0.5 * median / max(1.0 - median, 0.05)  # w = 1/2 at the median
        w = below * (1.0 + a) / (2.0 * a + below)
        keep = np.concatenate([[True], np.diff(curve) > 1e-14])
        scale[row], quantiles[row] = a, np.interp(grid, curve[keep], w[keep])
        quantiles[row, 0], quantiles[row, -1] = 0.0, 1.0
    return untouched, scale, quantiles


def _legendre(mu):
    p = np.ones((ORDERS + 1, mu.size))
    p[1] = mu
    for l in range(1, ORDERS):
        p[l + 1] = ((2 * l + 1) * mu * p[l] - l * p[l - 1]) / (l + 1)
    return p
