"""Complex susceptibility in small alternating fields: exact response of one moment, averages over sizes, named forms.

Everywhere chi = chi' - i chi'': the magnetisation in a field H cos(wt) is Re[chi H exp(iwt)]. Responses are over their
value at rest, and computed from the Laplace transform of the decay of <n> after a small field is switched off,
(s - A)^-1 with the Fokker-Planck operator A of W. F. Brown (1963, doi:10.1103/PhysRev.130.1677) in spherical harmonics.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import numpy as np

from ferrotope.errors import InputError, ValidityError
from ferrotope.magnetism.anisotropic_equilibrium import Axis
from ferrotope.magnetism.equilibrium import langevin_parameter
from ferrotope.magnetism.relaxation import (
    anisotropy_barrier,
    brown_relaxation_time,
    effective_relaxation_time,
    free_diffusion_time,
    mean_square_cosine,
    neel_time_ratio,
    transverse_relaxation_time,
)
from ferrotope.particle import magnetic_share
from ferrotope.units.checks import between, not_negative, positive

__all__ = [
    "ac_susceptibility",
    "cole_cole_susceptibility",
    "debye_susceptibility",
    "decay_across",
    "longitudinal_response",
    "transverse_response",
]

_TALL = 20.0  # barrier above which the motion along the axis is that of two modes
_STEEP = 400.0  # barrier above which the motion across the axis is that of a harmonic well, to 1/400
_PLANE = 150.0
_LEAST_DAMPING = 0.005
_MOST = 160  # degrees of the harmonics


def debye_susceptibility(frequency, static, relaxation_time, high_frequency=0.0):
    """Return chi_inf + (chi_0 - chi_inf)/(1 + i w tau).

    Parameters
    ----------
    frequency : float or ndarray
        In Hz.
    static, high_frequency : float or ndarray
        chi_0 and chi_inf.
    relaxation_time : float or ndarray
        tau in s; infinite for what does not follow.

    Returns
    -------
    complex or ndarray
        chi' - i chi''.
    """
    return cole_cole_susceptibility(frequency, static, relaxation_time, 0.0, high_frequency)


def cole_cole_susceptibility(frequency, static, relaxation_time, spread, high_frequency=0.0):
    """Return chi_inf + (chi_0 - chi_inf)/(1 + (i w tau)^(1 - a)).

    Parameters
    ----------
    frequency : float or ndarray
        In Hz.
    static, high_frequency : float or ndarray
        chi_0 and chi_inf.
    relaxation_time : float or ndarray
        tau in s.
    spread : float
        a, 0 (Debye's form) or more, below 1: a symmetric spread of times on a logarithmic scale (Cole and Cole, J Chem
        Phys 1941;9:341, doi:10.1063/1.1750906).

    Returns
    -------
    complex or ndarray
        chi' - i chi''.
    """
    spread = between("spread", spread, 0.0, 0.999)
    time = np.asarray(relaxation_time, dtype=float)
    frequency = not_negative("frequency", frequency, "Hz")
    if not (time > 0).all():
        raise InputError("this must be positive", field="relaxation_time", value=time, allowed="above 0 s")
    # at rest even an infinite time follows
    with np.errstate(invalid="ignore", over="ignore"):
        phase = np.where(frequency == 0, 0.0, np.minimum(2.0 * math.pi * frequency * time, 1e150))
    lag = 1.0 / (1.0 + phase ** (1.0 - spread) * np.exp(0.5j * math.pi * (1.0 - spread)))
    return (high_frequency + (np.asarray(static) - high_frequency) * lag)[()]


def longitudinal_response(frequency, sigma, tau_D, tau_B=math.inf):
    """Return the response along its easy axis of a moment to a small alternating field, over its value at rest.

    Parameters
    ----------
    frequency : float or ndarray
        In Hz.
    sigma : float or ndarray
        Barrier K V/(kB T); negative for an easy plane.
    tau_D : float or ndarray
        Free diffusion time in s.
    tau_B : float or ndarray
        Brownian time of the particle in s; infinite where it cannot turn.

    Returns
    -------
    complex or ndarray
        1 at rest. All modes up to sigma = 20; above, the passage of the barrier and the motion within the wells.
        Brownian rotation multiplies the decay by exp(-t/tau_B): exact as long as the moment does not turn the particle,
        that is for a small sigma or a short Néel time against tau_B; for a blocked moment it is Debye's form.
    """
    frequency, sigma, tau_D, tau_B, _ = _arguments(frequency, sigma, tau_D, tau_B)
    turning, rate = _rates(frequency, tau_D, tau_B)
    decay = np.empty(sigma.shape, dtype=complex)
    tall = sigma > _TALL
    for part, transform in ((tall, _two_modes), (~tall, _along)):
        if part.any():
            decay[part] = transform(rate[part], sigma[part])
    return np.where(frequency == 0, 1.0, 1.0 - turning * decay)[()]


def transverse_response(frequency, sigma, tau_D, damping=0.1, tau_B=math.inf):
    """Return the response across its easy axis of a moment to a small alternating field, over its value at rest.

    Parameters
    ----------
    frequency, sigma, tau_D, tau_B
        As for `longitudinal_response`; sigma is -150 or more.
    damping : float or ndarray
        Gilbert's constant, 0.005 to 10.

    Returns
    -------
    complex or ndarray
        1 at rest. Precession is kept: with little damping there is a resonance near gamma mu0 H_K/(2 pi).
    """
    frequency, sigma, tau_D, tau_B, damping = _arguments(frequency, sigma, tau_D, tau_B, damping)
    if not (sigma >= -_PLANE).all():
        raise ValidityError("the easy plane is too narrow", field="sigma", value=float(sigma.min()), allowed="-150 up")
    turning, rate = _rates(frequency, tau_D, tau_B)
    # in a harmonic well all rates are proportional to sigma
    stretch = np.maximum(sigma / _STEEP, 1.0)
    decay = decay_across(rate / stretch, sigma / stretch, damping) / stretch
    return np.where(frequency == 0, 1.0, 1.0 - turning * decay)[()]


def ac_susceptibility(
    frequency,
    sizes,
    magnetisation,
    anisotropy,
    temperature,
    *,
    easy_axis: Axis = "random",
    damping=0.1,
    nonmagnetic_layer=0.0,
    immobilised_fraction=1.0,
    viscosity=None,
    coating_thickness=0.0,
    transverse: Literal["exact", "effective"] = "exact",
):
    """Return the complex susceptibility per volume of core of a size distribution in a small alternating field.

    Parameters
    ----------
    frequency : float or ndarray
        In Hz, any shape.
    sizes : tuple of ndarray, shape (n,)
        Core diameters in m and their weights by volume.
    magnetisation : float
        Of the magnetic part, in A/m.
    anisotropy : float
        Uniaxial constant in J/m3; 0 for none, negative for an easy plane.
    temperature : float
        In K.
    easy_axis : "random" or float
        Of the particles that cannot turn: axes in all directions, or their angle with the field in rad.
    damping : float
        Gilbert's constant.
    nonmagnetic_layer : float
        Thickness in m of a surface layer without moment.
    immobilised_fraction : float
        0 to 1; the rest turns freely and points anywhere.
    viscosity : float, optional
        Of the liquid in Pa s; needed where the immobilised fraction is below 1.
    coating_thickness : float
        In m, on each side: the hydrodynamic diameter is that of the core plus twice this.
    transverse : "exact" or "effective"
        Across the axis, `transverse_response`, or Debye's form with `transverse_relaxation_time`: faster to compute,
        and as good far below the resonance, which it lacks.

    Returns
    -------
    complex or ndarray
        chi' - i chi'', the shape of ``frequency``: for each size the weight <cos^2> goes with the response along the
        axis and the rest with that across it. Interactions are neglected; multiply by the volume fraction of the cores.
    """
    diameters, weights = positive("sizes", np.atleast_1d(sizes[0]), "m"), not_negative("weights", sizes[1])
    frequency = not_negative("frequency", frequency, "Hz")
    bound = float(between("immobilised_fraction", immobilised_fraction, 0.0, 1.0))
    if transverse not in ("exact", "effective"):
        raise InputError("this is no form", field="transverse", value=transverse, allowed="'exact', 'effective'")
    if bound < 1 and viscosity is None:
        raise InputError("particles that turn need a viscosity", field="viscosity", remedy="give it in Pa s")
    share = magnetic_share(diameters, not_negative("nonmagnetic_layer", nonmagnetic_layer, "m"))
    kept = (share > 0) & (weights > 0)
    diameters, weights, share = diameters[kept], weights[kept], share[kept]
    magnetic = diameters * np.cbrt(share)
    sigma = anisotropy_barrier(anisotropy, magnetic, temperature)
    free = free_diffusion_time(magnetisation, magnetic, temperature, damping)
    cosine = mean_square_cosine(sigma)
    slope = magnetisation * langevin_parameter(1.0, magnetic, magnetisation, temperature) * share * weights
    f = frequency[..., None]

    def response(along, tau_B):
        first = longitudinal_response(f, sigma, free, tau_B)
        if transverse == "exact":
            second = transverse_response(f, sigma, free, damping, tau_B)
        else:
            time = transverse_relaxation_time(anisotropy, magnetisation, magnetic, temperature, damping)
            second = debye_susceptibility(f, 1.0, effective_relaxation_time(time, tau_B))
        return (along * cosine * first + (1.0 - along) / 2.0 * (1.0 - cosine) * second) @ slope

    total = np.zeros(frequency.shape, dtype=complex)
    if bound > 0:
        along = 1.0 / 3.0
        if easy_axis != "random":
            along = math.cos(float(between("easy_axis", easy_axis, -2.0 * math.pi, 2.0 * math.pi, "rad"))) ** 2
        total = total + bound * response(along, math.inf)
    if bound < 1:
        hydrodynamic = diameters + 2.0 * not_negative("coating_thickness", coating_thickness, "m")
        total = total + (1.0 - bound) * response(1.0 / 3.0, brown_relaxation_time(viscosity, hydrodynamic, temperature))
    return total[()]


def _arguments(frequency, sigma, tau_D, tau_B, damping=1.0):
    """Return checked arrays of one shape."""
    tau_B = np.asarray(tau_B, dtype=float)
    if not (tau_B > 0).all():
        raise InputError("this must be positive", field="tau_B", value=tau_B, allowed="above 0 s, or infinite")
    return np.broadcast_arrays(
        not_negative("frequency", frequency, "Hz"),
        between("sigma", sigma, -1e12, 1e12),
        positive("tau_D", tau_D, "s"),
        tau_B,
        between("damping", damping, _LEAST_DAMPING, 10.0),
    )


def _rates(frequency, tau_D, tau_B):
    """Return i w, and i w + 1/tau_B, in units of 1/(2 tau_D)."""
    turning = 2j * math.pi * frequency * 2.0 * tau_D
    return turning, turning + 2.0 * tau_D / tau_B


def _two_modes(rate, sigma):
    """Return the transform of the decay along the axis behind a high barrier."""
    from scipy.special import dawsn

    # <|cos|> and <cos^2> in one well; what the passage leaves relaxes within it, at 4 sigma
    root = np.sqrt(sigma)
    with np.errstate(over="ignore"):
        mean = -np.expm1(-sigma) / (2.0 * root * dawsn(root))
    within = np.maximum(1.0 - mean**2 / mean_square_cosine(sigma), 0.0)
    passage = rate + 2.0 / neel_time_ratio(sigma)
    # at rest nothing is asked of a passage that takes forever
    return (1.0 - within) / np.where(passage == 0, 1.0, passage) + within / (rate + 4.0 * sigma)


@lru_cache(maxsize=2)
def _harmonics(order: int, degree: int) -> np.ndarray:
    """Return the harmonics of one azimuthal order on Gauss's nodes (weights included), times the direction."""
    x, weights = np.polynomial.legendre.leggauss(max(2 * degree, 200))
    sine = np.sqrt(1.0 - x**2)
    l = np.arange(order, degree + 2.0)
    step = np.sqrt(np.maximum(l**2 - order**2, 0.0) / np.maximum(4.0 * l**2 - 1.0, 1.0))
    values = [np.full_like(x, math.sqrt(0.5)) if order == 0 else math.sqrt(0.75) * sine]
    for place in range(1, l.size):
        before = step[place - 1] * values[place - 2] if place > 1 else 0.0
        values.append((x * values[-1] - before) / step[place])
    degrees = np.array(values)[1 - order : degree + 1 - order]
    return degrees * weights * (x if order == 0 else sine), x


def _start(sigma, order, degree):
    """Return what a small field makes of the density, degrees 1 to ``degree`` by sigma, over that of degree 1."""
    functions, x = _harmonics(order, degree)
    density = np.exp(np.multiply.outer(x**2, sigma) - np.maximum(sigma, 0.0))
    start = functions @ density
    return start / start[0]


@lru_cache(maxsize=2)
def _matrices(order: int, degree: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the operators of diffusion (diagonal), axis and precession on one azimuthal order, degrees from 1."""
    from ferrotope.magnetism.operators import neel_operators

    operators = neel_operators(degree, 1)
    cosine_type = operators.parity == np.where(operators.degree % 2 == 0, 1.0, -1.0)
    own = np.flatnonzero((operators.order == order) & cosine_type)
    other = np.flatnonzero((operators.order == order) & ~cosine_type) if order else own

    def part(name, rows, columns):
        return operators.matrix(operators.data[name]).tocsr()[rows][:, columns].toarray()

    return (
        part("diffusion", own, own).diagonal(),
        part("axis", own, own),
        part("axis_precession", other, own),
    )


def _by_degree(enough):
    """Yield degrees that are enough, and where."""
    needed = np.minimum(16 * np.ceil(enough / 16.0).astype(int), _MOST)
    for degree in np.unique(needed):
        yield int(degree), needed == degree


def _along(rate, sigma):
    """Return the transform of the decay along the axis from the chain of odd degrees, from its end."""
    diffusion, axis, _ = _matrices(0, _MOST)
    decay = np.empty(sigma.shape, dtype=complex)
    for degree, part in _by_degree(12.0 + 6.0 * np.sqrt(np.abs(sigma))):
        s, barrier = rate[part], 2.0 * sigma[part]
        start = _start(sigma[part], 0, _MOST)
        pivot, value = 1.0, 0.0
        for l in range(degree - 1 + degree % 2, 0, -2):
            up = barrier * axis[l - 1, l + 1] / pivot
            down = barrier * axis[l + 1, l - 1]
            value = start[l - 1] + up * value
            pivot = s - diffusion[l - 1] - barrier * axis[l - 1, l - 1] - up * down
        decay[part] = value / pivot
    return decay


def decay_across(rate, sigma, damping):
    """Return the Laplace transform of the decay across the axis, from the end of the chain of pairs of degrees.

    Parameters
    ----------
    rate : ndarray of complex
        In units of 1/(2 tau_D), with a real part of 0 or more.
    sigma, damping : ndarray, the shape of ``rate``
        Barrier over thermal energy, -150 to 400, and Gilbert's constant.

    Returns
    -------
    ndarray of complex
        In units of 2 tau_D.
    """
    decay = np.empty(sigma.shape, dtype=complex)
    for degree, part in _by_degree((12.0 + 6.0 * np.sqrt(np.abs(sigma))) * (1.0 + 0.02 / damping)):
        # the transform belongs to each sense of rotation
        start = _start(sigma[part], 1, _MOST)
        chains = (_chain(rate[part], sigma[part], sense / damping[part], start, degree) for sense in (1.0, -1.0))
        decay[part] = 0.5 * sum(chains)
    return decay


def _chain(rate, sigma, turns, start, degree):
    """Return the first component of (s - A)^-1 start, A coupling each degree to two on each side."""
    diffusion, axis, precession = _matrices(1, _MOST)
    twice = 2.0 * sigma

    def entry(row, column):
        return -twice * (axis[row, column] + 1j * turns * precession[row, column])

    last = 2 * ((degree - 1) // 2)
    pivots, values = None, (start[last], start[last + 1])
    for first in range(last, -1, -2):
        second = first + 1
        a = rate - diffusion[first] + entry(first, first)
        d = rate - diffusion[second] + entry(second, second)
        b, c = entry(first, second), entry(second, first)
        if first < last:
            values = start[first], start[second]
            (pa, pb, pc, pd), (va, vb) = pivots
            det = pa * pd - pb * pc
            # the pair above: its inverse on what comes from this pair and on its own start
            e, g, h = entry(first, first + 2), entry(second, first + 2), entry(second, first + 3)
            j, k, m = entry(first + 2, first), entry(first + 2, second), entry(first + 3, second)
            xa, ya = pd * j / det, -pc * j / det
            xb, yb = (pd * k - pb * m) / det, (pa * m - pc * k) / det
            xv, yv = (pd * va - pb * vb) / det, (pa * vb - pc * va) / det
            a, b = a - e * xa, b - e * xb
            c, d = c - g * xa - h * ya, d - g * xb - h * yb
            values = values[0] - e * xv, values[1] - g * xv - h * yv
        pivots = (a, b, c, d), values
    (a, b, c, d), (va, vb) = pivots
    return (d * va - b * vb) / (a * d - b * c)
