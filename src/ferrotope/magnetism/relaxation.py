"""Relaxation times of moments and particles without a field: Néel, Brownian, effective; and the eigenvalue behind them.

All times of Néel rotation are free diffusion times tau_D times a ratio, and the ratio is 2/lambda for the eigenvalue
lambda of W. F. Brown's Fokker-Planck operator (1963, doi:10.1103/PhysRev.130.1677) in units of 1/(2 tau_D).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ferrotope.errors import ValidityError
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import BOLTZMANN, ELECTRON_GYROMAGNETIC_RATIO, VACUUM_PERMEABILITY

__all__ = [
    "anisotropy_barrier",
    "anisotropy_field",
    "brown_relaxation_time",
    "brownian_time",
    "effective_relaxation_time",
    "free_diffusion_time",
    "mean_square_cosine",
    "neel_relaxation_time",
    "neel_time",
    "neel_time_ratio",
    "neel_time_ratio_coffey",
    "neel_time_ratio_high_barrier",
    "smallest_eigenvalue",
    "symmetric_rate",
    "transverse_relaxation_time",
]

_HIGH = 20.0  # barrier from which the slow mode is the passage over the barrier alone, to 1e-8
_PLANE = 150.0  # depth of an easy plane beyond which a series stands in for the eigenvalue
_PANELS, _ORDER = 64, 8
_RANGE = 650.0  # kT; exp(-650) is still a number


def anisotropy_barrier(anisotropy, diameter, temperature):
    """Return sigma = K V/(kB T) for an anisotropy constant (J/m3), magnetic diameter (m) and temperature (K)."""
    volume = math.pi / 6.0 * not_negative("diameter", diameter, "m") ** 3
    return anisotropy * volume / (BOLTZMANN * positive("temperature", temperature, "K"))


def anisotropy_field(anisotropy, magnetisation):
    """Return the anisotropy field 2K/(mu0 Ms) in A/m for K in J/m3 and Ms in A/m."""
    return 2.0 * anisotropy / (VACUUM_PERMEABILITY * magnetisation)


def brown_relaxation_time(viscosity, hydrodynamic_diameter, temperature):
    """Return the Brownian rotation time 3 eta V_h/(kB T).

    Parameters
    ----------
    viscosity : float or ndarray
        Of the liquid, Pa s.
    hydrodynamic_diameter : float or ndarray
        In m.
    temperature : float or ndarray
        In K.

    Returns
    -------
    float or ndarray
        In s. Rosensweig, J Magn Magn Mater 2002;252:370, doi:10.1016/S0304-8853(02)00706-0.
    """
    volume = math.pi / 6.0 * positive("hydrodynamic_diameter", hydrodynamic_diameter, "m") ** 3
    return (
        3.0
        * positive("viscosity", viscosity, "Pa s")
        * volume
        / (BOLTZMANN * positive("temperature", temperature, "K"))
    )


def brownian_time(d_h, eta, T):
    """Return the Brownian rotation time of a hydrodynamic diameter (m) in a viscosity (Pa s) at a temperature (K).

    Parameters
    ----------
    d_h, eta, T : float or ndarray
        All above zero.

    Returns
    -------
    float or ndarray
        3 eta V_h/(kB T) in s, with V_h = pi d_h^3/6.

    Examples
    --------
    >>> float(round(brownian_time(100e-9, 0.89e-3, 298.15) * 1e4, 4))
    3.3962
    """
    # again under the names of this signature, so that a refusal names what the caller wrote
    d_h, eta, T = positive("d_h", d_h, "m"), positive("eta", eta, "Pa s"), positive("T", T, "K")
    return brown_relaxation_time(eta, d_h, T)[()]


def free_diffusion_time(magnetisation, diameter, temperature, damping=0.1):
    """Return tau_D = Ms V (1 + a^2)/(2 a gamma kB T), the relaxation time of the moment without a barrier.

    Parameters
    ----------
    magnetisation : float or ndarray
        In A/m.
    diameter : float or ndarray
        Magnetic diameter in m.
    temperature : float or ndarray
        In K.
    damping : float
        Gilbert's a, rarely known; 0.1 is the customary assumption.

    Returns
    -------
    float or ndarray
        In s. W. F. Brown, Phys Rev 1963;130:1677, doi:10.1103/PhysRev.130.1677.
    """
    volume = math.pi / 6.0 * positive("diameter", diameter, "m") ** 3
    damping = between("damping", positive("damping", damping), 0.0, 10.0)
    thermal = ELECTRON_GYROMAGNETIC_RATIO * BOLTZMANN * positive("temperature", temperature, "K")
    return positive("magnetisation", magnetisation, "A/m") * volume * (1.0 + damping**2) / (2.0 * damping * thermal)


def smallest_eigenvalue(sigma: float, xi: float = 0.0) -> float:
    """Return the smallest non-zero eigenvalue of Brown's axial Fokker-Planck operator.

    Solves d/dx[(1 - x^2) w dg/dx] = -lambda w g with w = exp(sigma x^2 + xi x), in units of 1/(2 tau_D).

    Parameters
    ----------
    sigma : float
        Barrier over thermal energy, any sign.
    xi : float
        Zeeman energy over thermal energy of a field along the axis, any sign.

    Returns
    -------
    float
        2 where both are 0. Relative error below 1e-10, also where it is tiny.

    Raises
    ------
    ValidityError
        Where wells and barrier are more than 650 kT apart; `neel_time_ratio_two_wells` is exact to 1 % there.

    Notes
    -----
    The operator is made symmetric, -Laplace + |grad U|^2/4 + Laplace U/2 for U = ln w, a band matrix in Legendre
    polynomials. Rounding would spoil a small eigenvalue. Behind a barrier it is found by inverse iteration for the flux
    (1 - x^2) w dg/dx instead, which has one sign and vanishes at both poles, so that only positive numbers are added.
    """
    sigma, xi = float(sigma), abs(float(xi))
    rate = symmetric_rate(sigma, xi, 0)
    if rate > 1e-2 or xi >= 2.0 * sigma:
        return rate
    if sigma + xi + xi**2 / (4.0 * sigma) > _RANGE:
        raise ValidityError(
            "the barrier is too high for a number",
            field="sigma",
            value=sigma,
            allowed=f"sigma (1 + xi/2 sigma)^2 up to {_RANGE:g}",
            remedy="use neel_time_ratio_two_wells",
        )
    return _flux_rate(sigma, xi)


def symmetric_rate(sigma: float, xi: float, order: int) -> float:
    """Return the smallest non-zero eigenvalue for azimuthal order 0 or 1, to about 1e-12 of the largest."""
    from scipy.linalg import eigvals_banded

    degrees = np.arange(order, 40 + math.ceil(5.0 * math.sqrt(2.0 * abs(sigma) + xi))) + 0.0
    upper = degrees + 1.0
    x = np.diag(np.sqrt((upper**2 - order**2) / (4.0 * upper**2 - 1.0))[:-1], 1)
    x += x.T
    square = x @ x
    rest = np.eye(degrees.size) - square
    slope = 2.0 * sigma * x + xi * np.eye(degrees.size)
    curvature = 2.0 * sigma * rest - 2.0 * x @ slope
    matrix = np.diag(degrees * (degrees + 1.0)) + rest @ slope @ slope / 4.0 + curvature / 2.0
    # products of matrices that are cut off are wrong at the edge
    matrix = matrix[:-4, :-4]
    band = np.array([np.pad(np.diagonal(matrix, k), (0, k)) for k in range(5)])
    number = 1 if order == 0 else 0
    return float(eigvals_banded(band, lower=True, select="i", select_range=(number, number))[0])


@lru_cache(maxsize=1)
def _panels() -> tuple[np.ndarray, ...]:
    """Return cosines, sines, the matrix of integrals from the start of a panel, and the weights of a panel."""
    t, weights = np.polynomial.legendre.leggauss(_ORDER)
    half = 0.5 * math.pi / _PANELS
    values = np.polynomial.legendre.legvander(t, _ORDER)
    integrals = np.empty((_ORDER, _ORDER))
    integrals[:, 0] = t + 1.0
    for degree in range(1, _ORDER):
        integrals[:, degree] = (values[:, degree + 1] - values[:, degree - 1]) / (2.0 * degree + 1.0)
    theta = half * (2.0 * np.arange(_PANELS)[:, None] + 1.0 + t)
    return -np.cos(theta), np.sin(theta), half * integrals @ np.linalg.inv(values[:, :-1]), half * weights


def _flux_rate(sigma: float, xi: float) -> float:
    x, sine, partial, weights = _panels()

    def up_to(values):
        whole = values @ weights
        return np.concatenate([[0.0], np.cumsum(whole)[:-1]])[:, None] + values @ partial.T

    def beyond(values):
        whole = values @ weights
        return np.cumsum(whole[::-1])[::-1][:, None] - values @ partial.T

    energy = sigma * x**2 + xi * x
    density = np.exp(energy - sigma - xi) * sine
    total = (density @ weights).sum()
    resistance = 1.0 / density
    flux = sine * density
    rate = 0.0
    for _ in range(100):
        mode = flux * resistance
        from_left, from_right = up_to(mode), beyond(mode)
        # each side of the barrier from its own end: a difference of the two would lose the smaller
        mean_left, mean_right = (((density * part) @ weights).sum() / total for part in (from_left, from_right))
        left, right = up_to(density * (mean_left - from_left)), beyond(density * (mean_right - from_right))
        new = np.where(from_left < mean_left, left, right)
        new = new / new.max(), new.max()
        product, norm = (((part * new[0] * resistance) @ weights).sum() for part in (flux, new[0]))
        old, rate = rate, product / norm / new[1]
        flux = new[0]
        if abs(rate - old) < 1e-12 * rate:
            break
    return float(rate)


def neel_time_ratio_high_barrier(sigma):
    """Return Brown's high-barrier form of tau_N/tau_D, (sqrt(pi)/2) sigma^(-3/2) exp(sigma).

    Parameters
    ----------
    sigma : float or ndarray
        Barrier K V/(kB T), above 0.

    Returns
    -------
    float or ndarray
        Error against the exact value: +57 % at sigma = 1, -7 % at 2, -21 % at 4, -20 % at 5, -11 % at 10, -7.1 % at 15,
        -5.2 % at 20, -3.4 % at 30, then about -1/sigma; it diverges at 0 (Brown 1963, doi:10.1103/PhysRev.130.1677).
    """
    sigma = np.asarray(sigma, dtype=float)
    return 0.5 * math.sqrt(math.pi) * sigma**-1.5 * np.exp(sigma)


def neel_time_ratio_coffey(sigma):
    """Return Coffey's interpolation of tau_N/tau_D.

    Parameters
    ----------
    sigma : float or ndarray
        Barrier K V/(kB T), 0 or more.

    Returns
    -------
    float or ndarray
        (e^s - 1)/(2 s)/[s/(1 + s) sqrt(s/pi) + 2^(-s - 1)] for s = sigma (Coffey et al., J Magn Magn Mater
        1994;131:L301, from memory of the formula). Error against the exact value: +8.5 % at sigma = 0.5, +5.5 % at 1,
        -1.8 % at 2, -6.9 % at 4, -6.5 % at 5, -2.2 % at 10, -0.9 % at 15, -0.5 % at 20.
    """
    sigma = not_negative("sigma", sigma)
    safe = np.where(sigma < 1e-8, 1.0, sigma)
    shape = sigma / (1.0 + sigma) * np.sqrt(sigma / math.pi) + 2.0 ** (-sigma - 1.0)
    with np.errstate(over="ignore"):
        return (np.where(sigma < 1e-8, 0.5, np.expm1(safe) / (2.0 * safe)) / shape)[()]


@lru_cache(maxsize=1)
def _tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return Chebyshev coefficients for an easy plane, for a barrier up to 20, and for one above."""
    from scipy.special import dawsn

    def fit(values):
        return np.polynomial.chebyshev.chebfit(_nodes(values.size), values, values.size - 1)

    share = 0.5 * (_nodes(32) + 1.0) * _PLANE / (_PLANE + 5.0)
    depths = 5.0 * share / (1.0 - share)
    plane = np.array([symmetric_rate(-depth, 0.0, 0) / (2.0 + 2.0 * depth) for depth in depths])
    barriers = 0.5 * (_nodes(48) + 1.0) * _HIGH
    low = np.array([math.log(2.0 / smallest_eigenvalue(barrier)) - barrier for barrier in barriers])
    # the time to pass the barrier, a double integral (one by Dawson's function), over Brown's form of it
    y, weights = np.polynomial.legendre.leggauss(200)
    y, weights = 0.5 * (y + 1.0), 0.5 * weights
    inverse = 0.5 * (_nodes(16) + 1.0) / _HIGH
    high = 1.0 + inverse + 1.75 * inverse**2 + 4.5 * inverse**3
    for place in np.flatnonzero(inverse > 1.0 / 500.0):
        barrier = 1.0 / inverse[place]
        root = math.sqrt(barrier)
        well = np.exp(barrier * (y**2 - 1.0))
        tail = dawsn(root) - well * dawsn(root * y)
        time = 2.0 * (weights * tail**2 / ((1.0 - y**2) * well)).sum() / (root * dawsn(root))
        high[place] = time * math.exp(-barrier) / (0.5 * math.sqrt(math.pi) * barrier**-1.5)
    return fit(plane), fit(low), fit(high)


def _nodes(count: int) -> np.ndarray:
    return np.cos(math.pi * (np.arange(count) + 0.5) / count)


def neel_time_ratio(sigma):
    """Return tau_N/tau_D from the smallest eigenvalue of Brown's Fokker-Planck operator.

    Parameters
    ----------
    sigma : float or ndarray
        Barrier K V/(kB T); negative for an easy plane, where it is the time of the component across the plane.

    Returns
    -------
    float or ndarray
        2/lambda_1: 1 at sigma = 0, infinite where it overflows. Interpolated between computed values with a relative
        error below 1e-7.
    """
    chebval = np.polynomial.chebyshev.chebval
    sigma = np.asarray(sigma, dtype=float)
    plane, low, high = _tables()
    barrier, depth = np.clip(sigma, 0.0, _HIGH), np.clip(-sigma, 0.0, _PLANE)
    ratio = np.exp(barrier + chebval(2.0 * barrier / _HIGH - 1.0, low))
    share = depth / (depth + 5.0) * (_PLANE + 5.0) / _PLANE
    easy = 2.0 / ((2.0 + 2.0 * depth) * chebval(2.0 * share - 1.0, plane))
    steep = np.maximum(-sigma, _PLANE)
    easy = np.where(sigma < -_PLANE, 2.0 / (2.0 * steep - 1.0 - 1.5 / steep - 5.25 / steep**2), easy)
    tall = np.maximum(sigma, _HIGH)
    with np.errstate(over="ignore"):
        series = neel_time_ratio_high_barrier(tall) * chebval(2.0 * _HIGH / tall - 1.0, high)
    return np.where(sigma < 0, easy, np.where(sigma <= _HIGH, ratio, series))[()]


def neel_time(sigma, tau_D):
    """Return the Néel relaxation time along the easy axis, exact at any barrier.

    Parameters
    ----------
    sigma : float or ndarray
        Barrier K V/(kB T); 0 for no anisotropy, negative for an easy plane.
    tau_D : float or ndarray
        Free diffusion time in s, see `free_diffusion_time`.

    Returns
    -------
    float or ndarray
        2 tau_D/lambda_1 in s, lambda_1 the smallest eigenvalue of the Fokker-Planck operator (W. F. Brown, Phys Rev
        1963;130:1677, doi:10.1103/PhysRev.130.1677); infinite where it overflows.

    Examples
    --------
    >>> float(round(neel_time(10.0, 1.0), 2))
    693.92
    """
    sigma = between("sigma", sigma, -math.inf, math.inf)
    return (positive("tau_D", tau_D, "s") * neel_time_ratio(sigma))[()]


def neel_relaxation_time(anisotropy, magnetisation, diameter, temperature, damping=0.1):
    """Return the Néel relaxation time of the moment along the easy axis.

    Parameters
    ----------
    anisotropy : float or ndarray
        Uniaxial constant in J/m3.
    magnetisation : float or ndarray
        In A/m.
    diameter : float or ndarray
        Magnetic diameter in m.
    temperature : float or ndarray
        In K.
    damping : float
        Gilbert's constant.

    Returns
    -------
    float or ndarray
        In s, infinite where it overflows. Valid at any barrier, at low field.
    """
    sigma = anisotropy_barrier(anisotropy, diameter, temperature)
    return (free_diffusion_time(magnetisation, diameter, temperature, damping) * neel_time_ratio(sigma))[()]


def effective_relaxation_time(neel, brown):
    """Return 1/(1/tau_N + 1/tau_B) in s; either may be infinite, or both."""
    with np.errstate(divide="ignore"):
        return 1.0 / (1.0 / np.asarray(neel, dtype=float) + 1.0 / np.asarray(brown, dtype=float))


def transverse_relaxation_time(anisotropy, magnetisation, diameter, temperature, damping=0.1, precession=True):
    """Return the relaxation time of the moment across its easy axis.

    Parameters
    ----------
    anisotropy, magnetisation, diameter, temperature, damping
        As for `neel_relaxation_time`, with one value of the damping.
    precession : bool
        Whether the moment precesses about its axis meanwhile.

    Returns
    -------
    float or ndarray
        In s, tau_D at sigma = 0. With precession the exact integral of the decay, which gives the loss far below the
        resonance. Without it 2 tau_D (1 - c)/(1 + c) with c = <cos^2>, the effective eigenvalue (Raikher and Shliomis,
        Adv Chem Phys 1994;87:595, from memory of the result; re-derived): too long by a factor of 4 at sigma = 1, 13 at
        3, 70 at 8 and 1 + 1/a^2 behind a high barrier, for a damping a of 0.1.
    """
    sigma = anisotropy_barrier(anisotropy, diameter, temperature)
    cosine = mean_square_cosine(sigma)
    effective = 2.0 * free_diffusion_time(magnetisation, diameter, temperature, damping) * (1 - cosine) / (1 + cosine)
    if not precession:
        return effective[()]
    lowest, steepest = min(float(np.min(sigma)), 0.0), 150.0
    if lowest < -steepest:
        raise ValidityError("the easy plane is too narrow", field="sigma", value=lowest, allowed="-150 or more")
    share = np.minimum(sigma - lowest, steepest) / (np.minimum(sigma - lowest, steepest) + 5.0)
    table = _precession_table(float(damping), lowest, steepest)
    return (
        effective * np.exp(np.polynomial.chebyshev.chebval(2.0 * share * (steepest + 5.0) / steepest - 1.0, table))
    )[()]


@lru_cache(maxsize=32)
def _precession_table(damping: float, lowest: float, steepest: float) -> np.ndarray:
    """Return Chebyshev coefficients of ln of what precession leaves of the time across the axis."""
    from ferrotope.magnetism.susceptibility import decay_across

    share = 0.5 * (_nodes(48) + 1.0) * steepest / (steepest + 5.0)
    sigma = lowest + 5.0 * share / (1.0 - share)
    cosine = mean_square_cosine(sigma)
    still = np.zeros(sigma.shape, dtype=complex)
    time = decay_across(still, sigma, np.full(sigma.shape, damping)).real
    return np.polynomial.chebyshev.chebfit(_nodes(48), np.log(time * (1.0 + cosine) / (1.0 - cosine)), 47)


def mean_square_cosine(sigma):
    """Return <cos^2> between the moment and its easy axis in zero field.

    Parameters
    ----------
    sigma : float or ndarray
        Barrier K V/(kB T); negative for an easy plane.

    Returns
    -------
    float or ndarray
        1/3 at sigma = 0, towards 1 for a high barrier and 0 for an easy plane; (sqrt(sigma)/F(sqrt(sigma)) - 1)/(2
        sigma) with Dawson's integral F, or the error function for a plane.
    """
    from scipy.special import dawsn, erf

    sigma = np.asarray(sigma, dtype=float)
    small = np.abs(sigma) < 0.01
    barrier = np.where(small, 1.0, np.abs(sigma))
    root = np.sqrt(barrier)
    easy = (root / dawsn(root) - 1.0) / (2.0 * barrier)
    plane = (1.0 - 2.0 * root * np.exp(-barrier) / (math.sqrt(math.pi) * erf(root))) / (2.0 * barrier)
    series = 1 / 3 + sigma * (4 / 45 + sigma * 8 / 945)
    return np.where(small, series, np.where(sigma > 0, easy, plane))[()]
