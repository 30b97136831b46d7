"""The mean magnetisation in any field waveform: the Fokker-Planck equation stepped in time.

Lissajous figures, pulses and trapezoids have no short Fourier series, or no period at all: there the periodic solver
does not help, and what it leaves out, the transient, may be what is wanted.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError, ValidityError
from ferrotope.magnetism.equilibrium import langevin_parameter
from ferrotope.magnetism.relaxation import anisotropy_barrier, brown_relaxation_time
from ferrotope.magnetism.stepping import Drive, Piece, Problem, integrate, vector_operators
from ferrotope.units.checks import between, positive
from ferrotope.units.constants import BOLTZMANN

__all__ = ["response_to_field"]

Waveform = Callable[[float], ArrayLike] | ArrayLike

_LARGEST_BARRIER = 150.0
_MOST_WORK = 4e9  # operations of one factorisation, about 1 s


def response_to_field(
    field: Waveform,
    times: ArrayLike,
    core_diameter: float,
    Ms: float,
    K: float,
    *,
    T: float = 310.15,
    alpha: float = 0.1,
    gamma: float = 1.76085963e11,
    easy_axis: Literal["random"] | ArrayLike = "random",
    mode: Literal["neel", "brown"] = "neel",
    hydrodynamic_diameter: float | None = None,
    viscosity: float | None = None,
    initial: Literal["equilibrium"] | ArrayLike = "equilibrium",
    breakpoints: ArrayLike = (),
    max_step: float | None = None,
    polar_axes: int | None = None,
    tolerance: float = 1e-3,
) -> NDArray[np.float64]:
    """Return the mean magnetisation of equal particles in a field that changes in size and direction as it likes.

    Parameters
    ----------
    field : callable or array_like, shape (n, 3)
        H in A/m: a function of the time in s that returns three components, or samples at ``times``, between which it
        is taken as linear. Two samples at one time are a jump.
    times : array_like, shape (n,)
        Times in s at which the magnetisation is wanted, ascending; the first is the start.
    core_diameter, Ms, K, T, alpha, gamma, hydrodynamic_diameter, viscosity
        As for `dynamic_loop`; K is not used in mode "brown".
    easy_axis : "random" or array_like, shape (3,)
        Axes in all directions, or one direction, of any length. Not used in mode "brown".
    mode : {"neel", "brown"}
        Moment in a fixed particle, or moment fixed in a particle that turns.
    initial : "equilibrium" or array_like, shape (3,)
        The particles start in equilibrium with the first field, or with the field given here, in A/m; zeros are the
        demagnetised state.
    breakpoints : array_like
        Times in s at which a function jumps or bends; a step never crosses them. Those of samples are found.
    max_step : float, optional
        Longest step in s; by default a fiftieth of the whole time. A pulse that is shorter and has no breakpoints may
        be missed.
    polar_axes : int, optional
        Random axes: how many angles to the line of the field, or without one to z, each of these with two to four
        times as many azimuths. By default as many as an estimate of their error asks for, from 8 and from 4 on.
    tolerance : float
        Wanted error of the magnetisation over Ms, 1e-6 to 0.05.

    Returns
    -------
    ndarray, shape (n, 3)
        Mean magnetisation in A/m, per volume of core.

    Raises
    ------
    InputError
        If a number is out of range.
    ValidityError
        If the basis or the steps needed are too many, with the remedy.

    Notes
    -----
    Brown's Fokker-Planck equation (1963, doi:10.1103/PhysRev.130.1677) over spherical harmonics, precession kept, in
    an implicit Rosenbrock method of order 4 with step control (RODAS; Hairer and Wanner, Solving Ordinary Differential
    Equations II, 2nd ed. 1996, section IV.10). The basis grows until what it cuts off is less than the tolerance, by
    the tail of the density in degree and order. Particles do not interact.

    Examples
    --------
    A moment without anisotropy in a slow ramp is in equilibrium.

    >>> magnetisation = response_to_field([[0, 0, 0], [0, 0, 10e3]], [0.0, 1e-3], 12e-9, 446e3, 0.0, T=300.0)
    >>> print((magnetisation[-1] / 446e3).round(3))
    [0.    0.    0.372]
    """
    times = _times(times)
    _check(core_diameter, Ms, K, T, alpha, gamma, mode)
    between("tolerance", tolerance, 1e-6, 0.05)
    barrier = 0.0
    if mode == "neel":
        barrier = float(anisotropy_barrier(K, core_diameter, T))
        unit = Ms * math.pi / 6.0 * core_diameter**3 * (1.0 + alpha**2) / (alpha * gamma * BOLTZMANN * T)
        precession = 1.0 / alpha
    else:
        unit, precession = 2.0 * _brown_time(core_diameter, hydrodynamic_diameter, viscosity, T), 0.0
    if abs(barrier) > _LARGEST_BARRIER:
        raise InputError(
            "the barrier KV/kT is beyond what spherical harmonics can hold",
            field="core_diameter",
            value=f"{core_diameter * 1e9:.3g} nm, KV/kT = {barrier:.3g}",
            allowed=f"KV/kT up to {_LARGEST_BARRIER:g}",
            remedy="use mode='brown' for particles that turn, or stochastic_loop",
        )
    steepness = float(langevin_parameter(1.0, core_diameter, Ms, T))
    drive = _cut(field, times, breakpoints, unit, steepness, max_step)
    start = None if isinstance(initial, str) else steepness * _vector("initial", initial)
    if isinstance(initial, str) and initial != "equilibrium":
        raise InputError(
            "not known", field="initial", value=initial, allowed="'equilibrium' or a field of 3 components"
        )
    problem = Problem(drive, start, barrier, precession, tolerance)
    return Ms * _over_axes(problem, easy_axis, polar_axes)


def _times(times: ArrayLike) -> NDArray[np.float64]:
    times = np.asarray(times, dtype=float)
    if times.ndim != 1 or times.size < 2 or not np.isfinite(times).all():
        raise InputError("two or more finite times are needed", field="times", value=f"shape {times.shape}")
    if (np.diff(times) < 0).any() or times[-1] <= times[0]:
        raise InputError("times must ascend", field="times", value=f"{times[0]:g} to {times[-1]:g} s")
    return times


def _vector(name: str, value: ArrayLike) -> NDArray[np.float64]:
    try:
        vector = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        vector = np.empty(0)
    if vector.shape != (3,) or not np.isfinite(vector).all():
        raise InputError("three finite components are needed", field=name, value=value)
    return vector


def _check(core_diameter, Ms, K, T, alpha, gamma, mode) -> None:
    positive("core_diameter", core_diameter, "m")
    positive("Ms", Ms, "A/m")
    positive("T", T, "K")
    positive("gamma", gamma, "rad/(s T)")
    between("K", K, -1e8, 1e8, "J/m3")
    if not 0.0 < alpha < 10.0:
        raise InputError("this is out of range", field="alpha", value=alpha, allowed="above 0, below 10")
    if mode not in ("neel", "brown"):
        raise InputError(
            "this mode is not known",
            field="mode",
            value=mode,
            allowed="neel, brown",
            remedy="take the faster of the two rotations; both together are in dynamic_loop alone",
        )


def _brown_time(core_diameter, hydrodynamic_diameter, viscosity, T) -> float:
    for name, value, unit in (("hydrodynamic_diameter", hydrodynamic_diameter, "m"), ("viscosity", viscosity, "Pa s")):
        if value is None:
            raise InputError("mode 'brown' needs it", field=name, value="not given", remedy=f"give {name} in {unit}")
        positive(name, value, unit)
    if hydrodynamic_diameter < core_diameter:
        raise InputError(
            "the particle is smaller than its core",
            field="hydrodynamic_diameter",
            value=f"{hydrodynamic_diameter * 1e9:.4g} nm",
            allowed=f"{core_diameter * 1e9:.4g} nm or more",
        )
    return float(brown_relaxation_time(viscosity, hydrodynamic_diameter, T))


def _cut(field, times, breakpoints, unit: float, steepness: float, max_step) -> Drive:
    """Cut the waveform where it jumps or bends."""
    span = times[-1] - times[0]
    longest = span / 50.0 if max_step is None else float(positive("max_step", max_step, "s"))
    marks = np.asarray(breakpoints, dtype=float).ravel()
    if not np.isfinite(marks).all():
        raise InputError("these must be finite", field="breakpoints", value=breakpoints)
    marks = marks[(marks > times[0]) & (marks < times[-1])]
    if callable(field):
        pieces = list(_cut_function(field, times, marks, unit, steepness))
    else:
        pieces = list(_cut_samples(field, times, marks, unit, steepness))
    # enough to know how strong the field gets and whether it stays on a line; each solution verifies it
    share = [max(16, int(600 * (piece.stop - piece.start) * unit / span)) for piece in pieces]
    samples = np.array(
        [
            piece.field(time)
            for piece, count in zip(pieces, share, strict=True)
            for time in np.linspace(piece.start, piece.stop, count)
        ]
    )
    return Drive(tuple(pieces), (times - times[0]) / unit, longest / unit, samples)


def _cut_function(field, times, marks, unit, steepness) -> Iterator[Piece]:
    edges = np.unique(np.r_[times[0], marks, times[-1]])
    for begin, end in itertools.pairwise(edges):
        # just inside, so that a jump at the edge is seen from this side
        inside = max(1e-9 * (end - begin), 4.0 * np.spacing(max(abs(begin), abs(end))))

        def smooth(time: float, low=begin + inside, high=end - inside) -> NDArray[np.float64]:
            return steepness * _vector("field", field(min(max(times[0] + time * unit, low), high)))

        yield Piece((begin - times[0]) / unit, (end - times[0]) / unit, smooth)


def _cut_samples(field, times, marks, unit, steepness) -> Iterator[Piece]:
    try:
        samples = steepness * np.asarray(field, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError("neither a function nor numbers", field="field", value=type(field).__name__) from error
    if samples.shape != (times.size, 3) or not np.isfinite(samples).all():
        raise InputError(
            "samples must be finite, three components for each time",
            field="field",
            value=f"shape {samples.shape}",
            allowed=f"shape ({times.size}, 3), or a function of time",
        )
    gaps = np.diff(times)
    jumps = np.flatnonzero(gaps == 0.0)
    for first, last in zip(np.r_[0, jumps + 1], np.r_[jumps, times.size - 1], strict=True):
        if last == first:
            continue
        when, what = times[first : last + 1], samples[first : last + 1]
        slopes = np.diff(what, axis=0) / np.diff(when)[:, None]
        bends = np.abs(np.diff(slopes, axis=0)).max(axis=1, initial=0.0) if when.size > 2 else np.empty(0)
        # corners of pulses and trapezoids; the small bends of a sampled smooth curve are left to the step control
        corners = when[1:-1][bends > 0.2 * max(np.abs(slopes).max(), 1e-300)]
        edges = np.unique(np.r_[when[0], corners, marks[(marks > when[0]) & (marks < when[-1])], when[-1]])
        clock = (when - times[0]) / unit

        def linear(time: float, clock=clock, what=what) -> NDArray[np.float64]:
            return np.array([np.interp(time, clock, what[:, number]) for number in range(3)])

        for begin, end in itertools.pairwise(edges):
            yield Piece((begin - times[0]) / unit, (end - times[0]) / unit, linear)


def _over_axes(problem: Problem, easy_axis, polar_axes: int | None) -> NDArray[np.float64]:
    """Return the mean direction at the times, averaged over the axes."""
    if polar_axes is not None:
        between("polar_axes", polar_axes, 1, 64)
    line = problem.drive.line
    if line is not None and problem.start is not None and np.abs(np.cross(line, problem.start)).max() > 0.0:
        line = None
    random = isinstance(easy_axis, str)
    if random and easy_axis != "random":
        raise InputError(
            "not known", field="easy_axis", value=easy_axis, allowed="'random' or a direction of 3 components"
        )
    if not random:
        axis = _vector("easy_axis", easy_axis)
        if not axis.any():
            raise InputError("this has no direction", field="easy_axis", value=easy_axis)
    if problem.barrier == 0.0:
        # no axis: a field on a line is solved around that line, with |m| = 0 alone
        return _one_axis(problem, np.array([0.0, 0.0, 1.0]) if line is None else line)
    if not random:
        return _one_axis(problem, axis / np.linalg.norm(axis))
    if polar_axes is not None:
        return _random_axes(problem, line, int(polar_axes))[0]
    count = 8 if line is not None else 4
    while count <= 40:
        found, error = _random_axes(problem, line, count)
        if error <= problem.tolerance:
            return found
        count = math.ceil(1.4 * count)
    raise ValidityError(
        "the response depends too sharply on the angle of the axis",
        field="easy_axis",
        value=f"error about {error:.1g}",
        allowed=f"{problem.tolerance:g}",
        remedy="take a larger tolerance, or give polar_axes",
    )


def _random_axes(problem: Problem, line, count: int) -> tuple[NDArray[np.float64], float]:
    """Return the average over axes in all directions, and about its error.

    Gauss's rule in the cosine to the line of the field (to z without one), of which the half with positive cosines is
    enough: an axis has no sense. The error follows from the highest polynomials through the nodes: 0.02 of them was
    1.2 to 5 times too much at barriers 11 and 22.
    """
    nodes, weights = (part[count:] for part in np.polynomial.legendre.leggauss(2 * count))
    rings = np.zeros((count, problem.drive.times.size, 3))
    uneven = np.zeros(count)
    for ring, node in enumerate(nodes):
        radius = math.sqrt(1.0 - node**2)
        if line is not None:
            # other azimuths differ only across the field, where they cancel
            found = _one_axis(problem, node * line + radius * _frame(line)[0])
            rings[ring] = np.outer(found @ line, line)
            continue
        # fewer near the pole, where they lie close together
        azimuths = 2 * math.ceil(count * (1.0 + radius))
        halves = np.zeros((2, problem.drive.times.size, 3))
        for number in range(azimuths):
            azimuth = (number + 0.5) * 2.0 * np.pi / azimuths
            axis = np.array([radius * math.cos(azimuth), radius * math.sin(azimuth), node])
            halves[number % 2] += _one_axis(problem, axis) / azimuths
        rings[ring] = halves.sum(axis=0)
        uneven[ring] = np.abs(halves[0] - halves[1]).max()
    powers = np.polynomial.legendre.legvander(nodes, 2 * count - 2)[:, ::2]
    tail = np.abs(np.linalg.solve(powers, rings.reshape(count, -1))[-2:]).max()
    return np.tensordot(weights, rings, 1), float(max(0.02 * tail, 0.1 * (weights @ uneven)))


def _frame(axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rows x, y, z of a right-handed frame with z along the axis."""
    helper = np.eye(3)[np.abs(axis).argmin()]
    first = np.cross(helper, axis)
    first /= np.linalg.norm(first)
    return np.array([first, np.cross(axis, first), axis])


def _one_axis(problem: Problem, axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean direction at the times for one axis, with a basis that grows until its tail is small."""
    frame = _frame(axis)
    strongest, across = problem.strongest(frame)
    width = math.sqrt(2.0 * abs(problem.barrier) + strongest)
    decades = math.log10(problem.tolerance / 5e-4)
    degree = max(width * (3.7 - 0.33 * decades), 8.0)
    order = degree
    flat = across <= 1e-12 * strongest
    # precession about an axis carries the density across the cut, that about a field alone does not
    precession = 0.0 if flat or problem.barrier == 0.0 else problem.precession
    if flat:
        order = 0.0
    elif problem.barrier > 0.0:
        order = max(2.0 + 1.5 * width * across / strongest - decades, 2.0)
    slower = 1.0 + 0.15 * min(precession / degree, 3.0)
    degree, order = 2 * math.ceil(0.5 * slower * degree), math.ceil(slower * order)
    for _ in range(7):
        order = min(order, degree)
        _affordable(degree, order, width)
        mean, high, wide, seen = integrate(problem, vector_operators(degree, order), frame)
        if seen > 1.02 * strongest:  # a peak between the samples
            strongest = seen
            degree = 2 * math.ceil(0.6 * degree)
            continue
        caution = min(1.5 * (precession / degree) ** 2, 6.0)
        high, wide = _missing(high, caution), _missing(wide, caution) if order < degree else 0.0
        if max(high, wide) <= problem.tolerance:
            return mean @ frame
        full = order == degree
        if high > problem.tolerance:
            degree = 2 * math.ceil((0.55 if high < 10.0 * problem.tolerance else 0.65) * degree)
        if full:
            order = degree
        elif wide > problem.tolerance:
            order = math.ceil((1.15 if wide < 10.0 * problem.tolerance else 1.4) * order)
    raise ValidityError(
        "the spherical harmonics do not hold this density",
        field="core_diameter",
        value=f"degree {degree}, order {order}, error about {max(high, wide):.1g}",
        allowed=f"{problem.tolerance:g}",
        remedy="take a larger tolerance (a low damping needs it), or stochastic_loop",
    )


def _missing(tail: float, caution: float) -> float:
    """Return about how wrong the mean direction is for what is cut off beyond a tail of the density.

    The tail acts back by way of the tail once more, and by precession more directly. From above, to a design of 60
    cases (barriers 8 to 22, damping 0.01 to 0.1), mostly a few times too large.
    """
    return 10.0 * tail**2 + caution * tail


def _affordable(degree: int, order: int, width: float) -> None:
    """Refuse a basis that would take too long or too much memory, before it is made."""
    functions = (degree + 1) * (2 * order + 1) - order * (order + 1)
    band = 2 * (2 * order + 1) + 2
    if 4.0 * functions * band**2 > _MOST_WORK:
        raise ValidityError(
            "the density is too narrow to be stepped in time",
            field="core_diameter",
            value=f"{functions} functions, sqrt(2 KV/kT + xi) = {width:.3g}",
            remedy="take a smaller core or field, a larger tolerance, or stochastic_loop",
        )
