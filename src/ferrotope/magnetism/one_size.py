"""One size in one field: the basis, the times and the angles that its loop needs, by estimates of their errors."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ferrotope.errors import InputError
from ferrotope.magnetism.operators import brown_operators, coupled_operators, neel_operators
from ferrotope.magnetism.periodic import Drive, PeriodicState, periodic_state

__all__ = ["Size", "add_harmonics", "one_size"]

_MOST_BYTES = 4e9
_LARGEST_DIRECT = 900  # functions
_MOST_TIMES = 400  # in half a cycle
_PRECESSION_AT_A_TENTH = 2.7  # `_precession` at a damping of 0.1, for which the estimate of the order is right
_MOST_ORDERS = 32
_KINKED = 14.0  # barrier over kT, above which the loss over the angle follows the kinks of athermal switching
_ORDERS = (0, 2, 3, 4, 6, 8, 10, 12, 14, 17, 20, 24, 28, 32)


@dataclass(frozen=True)
class Size:
    """One size in the operator's units: energies over kT, rates over the diffusion rate of the moment."""

    barrier: float
    xi: float
    bias: float
    frequency: float
    damping: float
    unit_time: float  # 2 tau_D or 2 tau_B in s
    rotation: float = 0.0  # tau_D/tau_B

    @property
    def width(self) -> float:
        """Inverse width of the narrowest density, which the degree has to resolve."""
        return math.sqrt(2.0 * abs(self.barrier) + self.xi + abs(self.bias))


@dataclass
class _Basis:
    """What the last angle needed, from which the next one starts.

    ``spare`` holds by how many decades the errors by degree, order and times were below what was allowed.
    """

    degree: int
    order: int
    times: int
    direct: bool = False
    spare: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @classmethod
    def guess(cls, size: Size, angle: float, tolerance: float) -> _Basis:
        """Return what a random design of cases needed at the median."""
        width = size.width
        decades = math.log10(tolerance / 5e-4)
        degree = max(width * (3.95 - 0.33 * decades), 10.0)
        order = max(1.0 + 0.85 * width * math.sin(angle) - 1.3 * decades, 2.0)
        times = 12 if size.xi < 1.0 else 24 if size.xi < 5.0 else 34 if size.xi < 15.0 else 46
        return cls(_even(degree), min(math.ceil(order), _MOST_ORDERS), _even(times * (1.0 - 0.12 * max(decades, -1.0))))

    def turned(self, size: Size, angle: float, other: float) -> _Basis:
        """Return the guess for another angle: the order follows the part of the field across the axis.

        Half a decade is kept in hand; per decade the needs fall as in `guess`, the times by about five.
        """
        degrees, orders, times = (min(max(spare - 0.5, 0.0), 3.0) for spare in self.spare)
        across = min(math.sin(other) / max(math.sin(angle), 1e-3), 1.5)
        return replace(
            self,
            degree=_even(max(self.degree - 0.33 * size.width * degrees, 8.0)),
            order=min(max(math.ceil(2.0 + (self.order - 1.3 * orders - 2.0) * across - 0.2), 2), _MOST_ORDERS),
            times=_even(self.times - min(5.0 * times, 0.25 * self.times)),
        )


def _order(wanted: float) -> int:
    """Return the next of the orders for which coupled operators are made."""
    return next((order for order in _ORDERS if order >= wanted - 1e-9), _ORDERS[-1])


def _even(number: float) -> int:
    return 2 * math.ceil(number / 2.0)


def one_size(size: Size, mode: str, easy_axis, tolerance: float) -> tuple[np.ndarray, float, float]:
    """Return harmonics, the relative error of the loss and the mean slow rate of one size.

    Parameters
    ----------
    size : Size
        In units of the thermal energy and of its own diffusion time.
    mode, easy_axis
        As for `dynamic_loop`.
    tolerance : float
        Wanted relative error of the loss.

    Returns
    -------
    tuple
        Complex harmonics, shape (n,), estimated relative error, and the rate in the size's unit of time with which the
        slowest angle reaches this state.
    """
    if mode != "neel" or easy_axis != "random" or size.barrier == 0.0:
        angle = 0.0 if mode != "neel" or easy_axis == "random" else float(easy_axis)
        if mode == "coupled":
            state, error = _refine_coupled(size, tolerance)
        else:
            state, error = _refine(size, mode, angle, _Basis.guess(size, angle, tolerance), tolerance)
        return state.harmonics, error, float(state.rates.mean())
    bases: dict[float, _Basis] = {}
    count = 12 if size.barrier >= _KINKED and size.xi >= 1.0 and tolerance < 1.2e-3 else 8
    while True:
        total, error, rate, missing = _over_angles(size, bases, count, tolerance)
        if missing <= 0.7 * tolerance or count >= 64:
            return total, math.hypot(error, missing), rate
        count = _even(1.5 * count)


def _over_angles(
    size: Size, bases: dict[float, _Basis], count: int, tolerance: float
) -> tuple[np.ndarray, float, float, float]:
    """Average over random axes by Gauss-Legendre nodes in the angle; estimate what the nodes miss.

    ``bases`` holds what other angles needed, and takes what these need.
    """
    nodes, weights = np.polynomial.legendre.leggauss(count)
    angles = (nodes + 1.0) * math.pi / 4.0
    weights = weights * math.pi / 4.0 * np.sin(angles)
    total, error, rate, weighed = np.zeros(2, dtype=complex), 0.0, math.inf, 0.0
    losses = np.empty(count)
    # from the middle outwards: the angles that matter little come last, and are then known to
    for number in sorted(range(count), key=lambda number: abs(angles[number] - 0.8)):
        angle, weight = float(angles[number]), float(weights[number])
        nearest = min(bases, key=lambda other: abs(other - angle), default=None)
        basis = _Basis.guess(size, angle, tolerance) if nearest is None else bases[nearest].turned(size, nearest, angle)
        mean = abs(total[1].imag) / weighed if weighed > 0 else 0.0
        state, relative = _refine(size, "neel", angle, basis, 0.6 * tolerance, mean / (count * weight))
        bases[angle] = basis
        total = add_harmonics(total, weight * state.harmonics)
        weighed += weight
        losses[number] = state.harmonics[1].imag * math.sin(angle)
        error += weight * relative * abs(state.harmonics[1].imag)
        rate = min(rate, float(state.rates.mean()))
    coefficients = np.abs(np.polynomial.legendre.legfit(nodes, losses, count - 1))
    # the rule is exact to twice the degree of the interpolation: what is missing decays as the square of its tail
    before = 0.3 if size.barrier >= _KINKED else 0.1
    missing = max(0.3 * coefficients[-2:].max() ** 2, before * coefficients[-4:-2].max() ** 2)
    missing = float(missing / max(coefficients.max() ** 2, 1e-300))
    return total, error / max(abs(total[1].imag), 1e-300), rate, missing


def _refine(
    size: Size, mode: str, angle: float, basis: _Basis, tolerance: float, scale: float = 0.0
) -> tuple[PeriodicState, float]:
    """Solve for one angle with a basis that grows until the estimates meet the tolerance.

    Errors are relative to the loss of this angle, or to ``scale`` where that is larger.
    """
    before = math.inf
    for _ in range(8):
        state = _solve(size, mode, angle, basis, tolerance)
        allowed = tolerance * max(1.0, scale / max(abs(state.harmonics[1].imag), 1e-300))
        by_order = max(_precession(size, basis) / _PRECESSION_AT_A_TENTH, 1.0) ** 2.5 * state.order_error
        errors = (
            max(_caution(size, basis, mode) * state.degree_error, state.response_errors[0]),
            max(by_order, state.response_errors[1]),
            _missing_times(size, mode, angle, state),
        )
        spare = tuple(math.log10(allowed / max(error, 1e-12 * allowed)) for error in errors)
        basis.spare = spare if state.settled else (0.0, 0.0, 0.0)
        if min(spare) >= 0.0 and state.settled:
            break
        if spare[0] < 0.0:
            basis.degree = _even(basis.degree * (1.04 - 0.05 * max(spare[0], -4.0)))
        if spare[1] < 0.0:
            basis.order = min(basis.order + math.ceil(-max(spare[1], -3.0)), _MOST_ORDERS)
        if spare[2] < 0.0 and errors[2] > before and not basis.direct and _rings(size, angle) > 1e-3:
            # more times made it worse: where precession is as fast as they are, only the harmonics themselves will do
            basis.direct, basis.times, before = True, _even(basis.times / 1.8), math.inf
        elif spare[2] < 0.0 or not state.settled:
            before = errors[2]
            basis.times = min(_even(basis.times * min(1.1 - 0.35 * min(spare[2], 0.0), 1.8)), _MOST_TIMES)
    return state, float(max(errors)) if state.settled else 1.0


def _refine_coupled(size: Size, tolerance: float) -> tuple[PeriodicState, float]:
    """Solve with enough times, then with a growing basis until it no longer matters.

    Behind a barrier a degree more and an order more can change the loss by as much in opposite directions: the last
    change alone would deceive, and the tails in degree and in order are asked apart. Their factors are from bases grown
    to convergence at barriers of 8 and 11 kT.
    """
    basis = _Basis(_even(max(3.2 * size.width, 8.0)), _order(max(2.5 * size.width, 2.0)), 16 if size.xi < 5.0 else 24)
    for _ in range(8):
        state = _solve(size, "coupled", 0.0, basis, tolerance)
        missing = _missing_times(size, "coupled", 0.5 * math.pi, state)
        if not state.settled and not basis.direct:
            basis.direct = True  # where the basis is small enough for that
        elif missing > tolerance:
            basis.times = min(_even(1.5 * basis.times), _MOST_TIMES)
        else:
            break
    error = math.inf
    for _ in range(6):
        before = state
        tails = state.degree_error / 100.0, 100.0 * state.order_error
        neither = max(tails) <= tolerance  # but the loss still changed, or nothing was compared yet
        basis = replace(
            basis,
            degree=basis.degree + (2 if tails[0] > tolerance or (neither and missing <= tolerance) else 0),
            order=_order(basis.order + (1 if tails[1] > tolerance else 0)),
            times=basis.times if missing <= tolerance else min(_even(1.25 * basis.times), _MOST_TIMES),
        )
        state = _solve(size, "coupled", 0.0, basis, tolerance)
        change = abs(state.harmonics[1].imag - before.harmonics[1].imag) / max(abs(state.harmonics[1].imag), 1e-300)
        tails = state.degree_error / 100.0, 100.0 * state.order_error
        missing = _missing_times(size, "coupled", 0.5 * math.pi, state)
        error = max(change / 4.0, *tails, missing) if state.settled else 1.0
        if error <= tolerance:
            break
    return state, float(error)


def _missing_times(size: Size, mode: str, angle: float, state: PeriodicState) -> float:
    """Return about the relative error of the loss by the number of times, from the highest harmonics.

    It is of second order in them, but for a moment that a low barrier lets precess round the field as it goes through
    zero: that excites high harmonics to first order. The factors are from cases solved with many more times.
    """
    tail = state.harmonic_tail
    if mode == "brown":
        return 300.0 * tail**2
    beside = abs(state.harmonics[1]) / max(abs(state.harmonics[1].imag), 1e-300)
    return max(300.0 * tail**2, 2.0 * _rings(size, angle) * tail * math.sqrt(beside))


def _rings(size: Size, angle: float) -> float:
    """Return about how far a field across the axis lets the moment precess round it, against what the barrier holds."""
    return 2.0 / size.damping * math.exp(-max(size.barrier, 0.0) / 2.0) * math.sin(angle) ** 2


def _caution(size: Size, basis: _Basis, mode: str) -> float:
    """Return how much larger the error may be than the product of the slow mode's tails.

    What couples the cut degrees to the others grows with the energies and with precession. Fitted from above to a
    design of 7 cases (sigma 8 to 50, damping 0.02 to 1), and tested on another.
    """
    if mode == "brown":
        return 1.0
    return _precession(size, basis) ** 2 * 25.0 * max(size.width**2 / 33.0, 0.3) ** 2.5


def _precession(size: Size, basis: _Basis) -> float:
    """Return about how much precession adds to the coupling between functions, over that of the damping."""
    return 1.0 + 4.0 / (size.damping * basis.degree)


def _solve(size: Size, mode: str, angle: float, basis: _Basis, tolerance: float) -> PeriodicState:
    if mode == "brown":
        operators = brown_operators(basis.degree)
        drive = Drive(operators, {"diffusion": 1.0}, {"z": 1.0}, operators.outputs["z"])
    elif mode == "coupled":
        operators = coupled_operators(basis.degree, basis.degree - 2, min(basis.order, basis.degree))
        static = _axis_weights(size) | {"rotation": size.rotation, "torque": 2.0 * size.barrier * size.rotation}
        driven = {"z": 1.0, "z_precession": 1.0 / size.damping}
        drive = Drive(operators, static, driven, operators.outputs["z"], slow_modes=16)
    else:
        across, along = abs(math.sin(angle)), math.cos(angle)
        operators = neel_operators(basis.degree, 0 if across < 1e-12 else min(basis.order, basis.degree))
        driven = {"x": across, "z": along, "x_precession": across / size.damping, "z_precession": along / size.damping}
        output = across * operators.outputs["x"] + along * operators.outputs["z"]
        drive = Drive(operators, _axis_weights(size), driven, output)
    _fits(operators.size, operators.bandwidth, basis.times)
    return periodic_state(
        drive,
        size.xi,
        size.frequency,
        bias=size.bias,
        times=basis.times,
        tolerance=max(0.02 * tolerance, 1e-9),
        direct=basis.direct and operators.size <= _LARGEST_DIRECT,
    )


def _axis_weights(size: Size) -> dict[str, float]:
    twice = 2.0 * size.barrier
    return {"diffusion": 1.0, "axis": twice, "axis_precession": twice / size.damping}


def _fits(functions: int, band: int, times: int) -> None:
    """Refuse what would not fit into memory."""
    needed = 8.0 * functions * times * (0.5 * (3 * band + 1) + 20.0)
    if needed > _MOST_BYTES:
        raise InputError(
            "the loop would need too much memory",
            field="core_diameter",
            value=f"{needed / 1e9:.2g} GB for {functions} functions at {times} times",
            allowed=f"{_MOST_BYTES / 1e9:g} GB",
            remedy="use stochastic_loop, or a larger tolerance",
        )


def add_harmonics(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the sum of two series of harmonics, the shorter one taken to end in zeros."""
    longer, shorter = (first, second) if first.size >= second.size else (second, first)
    result = longer.copy()
    result[: shorter.size] += shorter
    return result
