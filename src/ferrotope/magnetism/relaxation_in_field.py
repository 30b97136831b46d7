"""Relaxation times of moments and particles in a constant or alternating field: Néel and Brownian.

The exact times are free diffusion times, or Brownian ones, times 2/lambda for the eigenvalue lambda of Brown's
Fokker-Planck operator, see `ferrotope.magnetism.relaxation`.
"""

from __future__ import annotations

import math

import numpy as np

from ferrotope.errors import InputError, ValidityError
from ferrotope.magnetism.relaxation import neel_time_ratio, smallest_eigenvalue, symmetric_rate
from ferrotope.units.checks import between, not_negative, positive

__all__ = [
    "brownian_peak_frequency",
    "brownian_time_across",
    "brownian_time_along",
    "neel_time_in_field",
    "neel_time_ratio_two_wells",
]


def neel_time_ratio_two_wells(sigma, xi=0.0):
    """Return Brown's high-barrier form of tau_N/tau_D in a field along the axis.

    Parameters
    ----------
    sigma : float or ndarray
        Barrier K V/(kB T), above 0.
    xi : float or ndarray
        Zeeman energy over thermal energy, below 2 sigma in size: beyond, there is one well.

    Returns
    -------
    float or ndarray
        sqrt(pi) sigma^(-3/2)/{(1 - h^2) [(1 + h) exp(-sigma (1 + h)^2) + (1 - h) exp(-sigma (1 - h)^2)]} with
        h = xi/(2 sigma): the rates out of both wells add up (Brown 1963, doi:10.1103/PhysRev.130.1677). Error against
        the exact value, by the lower barrier sigma (1 - h)^2: -20 % at 5, -22 % at 3, -15 % at 2, +19 to +25 % at 1;
        for a high one as without a field.
    """
    sigma = positive("sigma", sigma)
    reduced = np.abs(np.asarray(xi, dtype=float)) / (2.0 * sigma)
    if not (reduced < 1.0).all():
        raise ValidityError("there is one well only", field="xi", value=xi, allowed="below 2 sigma in size")
    # the common factor exp(-sigma (1 - h)^2) is taken out, so that the bracket does not underflow
    bracket = (1.0 - reduced**2) * ((1.0 + reduced) * np.exp(-4.0 * sigma * reduced) + 1.0 - reduced)
    with np.errstate(over="ignore"):
        return (math.sqrt(math.pi) * sigma**-1.5 * np.exp(sigma * (1.0 - reduced) ** 2) / bracket)[()]


def neel_time_in_field(sigma, xi, tau_D, angle=0.0, damping=0.1):
    """Return the longest relaxation time of a moment with a fixed easy axis in a constant field.

    Parameters
    ----------
    sigma : float or ndarray
        Barrier K V/(kB T), any sign.
    xi : float or ndarray
        Zeeman energy over thermal energy, mu0 Ms V H/(kB T), any sign.
    tau_D : float or ndarray
        Free diffusion time in s.
    angle : float or ndarray
        Between easy axis and field in rad.
    damping : float or ndarray
        Gilbert's constant; it matters where the field is not along the axis, by precession.

    Returns
    -------
    float or ndarray
        In s. Along the axis from `smallest_eigenvalue`; at an angle from the eigenvalue nearest zero of the whole
        operator, the switching between the wells (where there is one well, the mode that decays without precession).

    Raises
    ------
    ValidityError
        At an angle, where the barrier is so high (about 25 kT) that rounding hides the eigenvalue.
    """
    arrays = np.broadcast_arrays(
        between("sigma", sigma, -1e4, 1e4),
        between("xi", xi, -1e4, 1e4),
        positive("tau_D", tau_D, "s"),
        between("angle", angle, -2.0 * math.pi, 2.0 * math.pi, "rad"),
        between("damping", positive("damping", damping), 0.0, 10.0),
    )
    times = np.empty(arrays[0].shape)
    for place in np.ndindex(times.shape):
        barrier, zeeman, free, tilt, friction = (float(values[place]) for values in arrays)
        if zeeman == 0:
            times[place] = free * neel_time_ratio(barrier)
        elif abs(math.sin(tilt)) < 1e-9:
            times[place] = 2.0 * free / smallest_eigenvalue(barrier, zeeman)
        else:
            times[place] = 2.0 * free / _rate_at_an_angle(barrier, zeeman, tilt, friction)
    return times[()]


def _rate_at_an_angle(sigma: float, xi: float, angle: float, damping: float) -> float:
    """Return the eigenvalue nearest zero with precession, in a basis that grows until it stays."""
    width = math.sqrt(2.0 * abs(sigma) + abs(xi))
    old, grow = math.inf, 1.0
    while grow < 3.5:
        degree = math.ceil(grow * max(3.5 * width, 10.0))
        order = min(math.ceil(grow * max(1.0 + 1.2 * width * abs(math.sin(angle)), 3.0)), degree)
        rate, resolution = _slow_rate(sigma, xi, angle, damping, degree, order)
        if rate > resolution and abs(rate - old) < 3e-4 * rate:
            return rate
        old, grow = rate, 1.25 * grow
    raise ValidityError(
        "the relaxation time is not resolved",
        field="sigma",
        value=sigma,
        allowed="barriers up to about 25 kT at an angle, and no strong precession",
        remedy="use a field along the axis, or neel_time_ratio_two_wells",
    )


def _slow_rate(sigma, xi, angle, damping, degree, order) -> tuple[float, float]:
    """Return the eigenvalue nearest zero and what rounding leaves of it."""
    from scipy.sparse.linalg import ArpackNoConvergence, eigs

    from ferrotope.magnetism.operators import neel_operators

    operators = neel_operators(degree, order)
    across, along = xi * math.sin(angle), xi * math.cos(angle)
    axis = 2.0 * sigma
    weights = {"diffusion": 1.0, "axis": axis, "axis_precession": axis / damping, "x": across, "z": along}
    weights |= {"x_precession": across / damping, "z_precession": along / damping}
    matrix = operators.matrix(operators.combine(weights)[0]).tocsc()
    try:
        value = eigs(matrix, k=1, sigma=0.0, v0=np.ones(operators.size), return_eigenvectors=False, tol=1e-10)[0]
    except ArpackNoConvergence:
        return 0.0, math.inf
    return -float(value.real), 1e-13 * float(abs(matrix).sum(axis=0).max())


def brownian_time_along(xi, tau_B, form="exact"):
    """Return the Brownian time of a blocked moment's component along a constant field.

    Parameters
    ----------
    xi : float or ndarray
        Zeeman energy over thermal energy, any sign.
    tau_B : float or ndarray
        Brownian time without a field in s.
    form : "exact" or "effective"
        2 tau_B over the smallest eigenvalue of the Fokker-Planck operator, how the slowest mode decays; or
        tau_B xi L'(xi)/L(xi), how the decay of a small change of the field starts (the effective field of Martsenyuk,
        Raikher and Shliomis, Sov Phys JETP 1974;38:413, from memory of the result; re-derived).

    Returns
    -------
    float or ndarray
        In s. The effective form is shorter by 3.0 % at xi = 1, 9.5 % at 2, 15.5 % at 5, 2.7 % at 10, 0.3 % at 20.
    """
    return _brownian_in_field(xi, tau_B, form, 0)


def brownian_time_across(xi, tau_B, form="exact"):
    """Return the Brownian time of a blocked moment's component across a constant field.

    Parameters
    ----------
    xi, tau_B, form
        As for `brownian_time_along`; the effective form is 2 tau_B L(xi)/(xi - L(xi)).

    Returns
    -------
    float or ndarray
        In s. The effective form is shorter by 2.1 % at xi = 1, 5.2 % at 2, 4.2 % at 5, 1.1 % at 10, 0.3 % at 20.
    """
    return _brownian_in_field(xi, tau_B, form, 1)


def _brownian_in_field(xi, tau_B, form, order):
    from ferrotope.magnetism.equilibrium import langevin, langevin_derivative

    xi = np.abs(between("xi", xi, -1e6, 1e6))
    tau_B = positive("tau_B", tau_B, "s")
    if form == "exact":
        rates = np.array([symmetric_rate(0.0, min(value, 1e4), order) for value in xi.ravel()]).reshape(xi.shape)
        # far above kT the rates grow with the field
        return (2.0 * tau_B / (rates * np.maximum(xi, 1e4) / 1e4))[()]
    if form != "effective":
        raise InputError("this is no form", field="form", value=form, allowed="'exact', 'effective'")
    small = xi < 1e-3
    safe = np.where(small, 1.0, xi)
    if order == 0:
        return (tau_B * np.where(small, 1.0 - 2.0 * xi**2 / 15.0, safe * langevin_derivative(safe) / langevin(safe)))[
            ()
        ]
    return (tau_B * np.where(small, 1.0 - xi**2 / 10.0, 2.0 * langevin(safe) / (safe - langevin(safe))))[()]


def brownian_peak_frequency(xi, tau_B):
    """Return the frequency of the largest loss of freely turning blocked moments in an alternating field.

    Parameters
    ----------
    xi : float or ndarray
        Zeeman energy of the peak field over thermal energy.
    tau_B : float or ndarray
        Brownian time without a field in s.

    Returns
    -------
    float or ndarray
        f in Hz, sqrt(1 + 0.126 xi^1.72)/(2 pi tau_B): a fit of Yoshida and Enpuku (Jpn J Appl Phys 2009;48:127002, from
        memory of the formula), within 2 % of the exact maximum of the loss up to xi = 20.
    """
    xi = not_negative("xi", xi)
    return (np.sqrt(1.0 + 0.126 * xi**1.72) / (2.0 * math.pi * positive("tau_B", tau_B, "s")))[()]
