"""One axis of the Fokker-Planck equation in a field of any direction, stepped in time from its equilibrium."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.linalg.lapack import dgbtrf, dgbtrs

from ferrotope.errors import ValidityError
from ferrotope.magnetism.operators import Operators, neel_operators

__all__ = ["Drive", "Piece", "Problem", "integrate", "vector_operators"]

_MOST_STEPS = 200_000


@dataclass(frozen=True)
class Piece:
    """A stretch of time in which the field is smooth.

    Attributes
    ----------
    start, stop : float
        Times, in the operators' unit.
    field : callable
        The field as xi, three components, at such a time.
    """

    start: float
    stop: float
    field: Callable[[float], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Drive:
    """The waveform in the operators' units, piece by piece.

    Attributes
    ----------
    pieces : tuple of Piece
        In the order of time, without gaps.
    times : ndarray, shape (n,)
        When the mean direction is wanted.
    longest : float
        Longest step.
    samples : ndarray, shape (m, 3)
        The field as xi, dense enough to know how strong it gets and whether it stays on a line.
    """

    pieces: tuple[Piece, ...]
    times: NDArray[np.float64]
    longest: float
    samples: NDArray[np.float64]

    @cached_property
    def line(self) -> NDArray[np.float64] | None:
        """The direction on whose line the field stays; None if there is none."""
        lengths = np.linalg.norm(self.samples, axis=1)
        if lengths.max() == 0.0:
            return np.array([0.0, 0.0, 1.0])
        direction = self.samples[lengths.argmax()] / lengths.max()
        off = self.samples - np.outer(self.samples @ direction, direction)
        return direction if np.abs(off).max() <= 1e-12 * lengths.max() else None


@dataclass(frozen=True, eq=False)
class Problem:
    """What all axes share.

    Attributes
    ----------
    drive : Drive
        The waveform.
    start : ndarray, shape (3,), or None
        The field as xi in whose equilibrium the particles start; the first of the drive if None.
    barrier : float
        KV/kT.
    precession : float
        1/alpha, or 0 for a moment blocked in a particle that turns.
    tolerance : float
        Wanted error of the mean direction.
    """

    drive: Drive
    start: NDArray[np.float64] | None
    barrier: float
    precession: float
    tolerance: float

    def strongest(self, frame: NDArray[np.float64]) -> tuple[float, float]:
        """Return the largest xi, and the largest across the frame's z.

        Parameters
        ----------
        frame : ndarray, shape (3, 3)
            Rows x, y, z.

        Returns
        -------
        tuple of float
            Both in kT, over the drive and the field of the initial equilibrium.
        """
        fields = self.drive.samples if self.start is None else np.vstack([self.drive.samples, self.start])
        turned = fields @ frame.T
        return float(np.linalg.norm(turned, axis=1).max()), float(np.linalg.norm(turned[:, :2], axis=1).max())


@lru_cache(maxsize=12)
def vector_operators(degree: int, order: int) -> Operators:
    """Return the operators of a moment with a fixed easy axis along z, in a field of any direction.

    Parameters
    ----------
    degree, order : int
        Largest l and |m| of the real spherical harmonics.

    Returns
    -------
    Operators
        As `neel_operators`, with ``y`` and ``y_precession`` and the output ``y``. Without the axis and precession they
        are those of a blocked moment in a particle that turns.
    """
    planar = neel_operators(degree, order)
    turn = _quarter_turn(planar)
    matrices = {name: planar.matrix(data) for name, data in planar.data.items()}
    constant, outputs = dict(planar.constant), dict(planar.outputs)
    # turned about z by a quarter, x becomes y: exact, as the turn mixes only the two functions of one l and m
    for name in ("x", "x_precession"):
        turned = "y" + name[1:]
        matrices[turned] = (turn @ matrices[name] @ turn.T).tocsr()
        constant[turned] = turn @ constant[name]
    outputs["y"] = turn @ outputs["x"]
    pattern = (sum(abs(matrix) for matrix in matrices.values()) + sparse.identity(planar.size)).tocsr()
    pattern.sum_duplicates()
    pattern.sort_indices()
    rows = np.repeat(np.arange(planar.size), np.diff(pattern.indptr))
    data = {name: np.asarray(matrix[rows, pattern.indices]).ravel() for name, matrix in matrices.items()}
    return Operators(
        pattern.indices, pattern.indptr, data, constant, outputs, planar.parity, planar.degree, planar.order
    )


def _sines(operators: Operators) -> NDArray[np.bool_]:
    """Return which functions hold sin(m phi): the second of each pair with one l and m."""
    same = np.r_[False, (np.diff(operators.degree) == 0) & (np.diff(operators.order) == 0)]
    return same & (operators.order > 0)


def _quarter_turn(operators: Operators) -> sparse.csr_matrix:
    """Return the matrix that turns a density about z by a quarter: f(phi) becomes f(phi - pi/2)."""
    sine = _sines(operators)
    angle = 0.5 * np.pi * operators.order
    number = np.arange(operators.size)
    # cos m(phi - b) = cos mb cos m phi + sin mb sin m phi; the sine of a pair stands right after its cosine
    partner = np.where(sine, number - 1, np.minimum(number + 1, operators.size - 1))
    mixed = np.where(operators.order > 0, np.where(sine, -np.sin(angle), np.sin(angle)), 0.0)
    turn = sparse.csr_matrix((np.cos(angle), (number, number)), shape=(operators.size,) * 2)
    turn = turn + sparse.csr_matrix((mixed, (partner, number)), shape=(operators.size,) * 2)
    turn = turn.tocsr()
    turn.sum_duplicates()
    turn.data = np.round(turn.data)  # a quarter turn has no entries but -1, 0 and 1
    turn.eliminate_zeros()
    return turn


# RODAS in the form that needs no product with the matrix (Hairer and Wanner, see `response_to_field`)
_GAMMA = 0.25
_STAGE = np.array([0.0, 0.386, 0.21, 0.63, 1.0, 1.0])
_SLOPE = np.array([0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0])
_A = np.zeros((6, 6))
_A[1, :1] = 1.544
_A[2, :2] = 0.9466785280815826, 0.2557011698983284
_A[3, :3] = 3.314825187068521, 2.896124015972201, 0.9986419139977817
_A[4, :4] = 1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950
_A[5, :5] = *_A[4, :4], 1.0
_C = np.zeros((6, 6))
_C[1, :1] = -5.6688
_C[2, :2] = -2.430093356833875, -0.2063599157091915
_C[3, :3] = -0.1073529058151375, -9.594562251023355, -20.47028614809616
_C[4, :4] = 7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160
_C[5, :5] = 8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054
_DENSE = np.array(
    [
        [10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662, 0.0],
        [-0.6762803392301253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872, 0.0],
    ]
)


class _Stepper:
    """The linear equation dc/dt = A(t) c + b(t) of one axis, and one step of it."""

    def __init__(self, problem: Problem, operators: Operators, frame: NDArray[np.float64]):
        self.operators, self.frame = operators, frame
        twice = 2.0 * problem.barrier
        static = {"diffusion": 1.0, "axis": twice, "axis_precession": twice * problem.precession}
        names = "xyz" if operators.order.max() > 0 else "z"
        parts = [static] + [{name: 1.0, name + "_precession": problem.precession} for name in names]
        combined = [operators.combine(weights) for weights in parts]
        self.data = np.array([data for data, _ in combined])
        self.constant = np.array([constant for _, constant in combined])
        self.columns = slice(0, 3) if names == "xyz" else slice(2, 3)
        self.matrix = operators.matrix(self.data[0].copy())
        self.outputs = np.array([operators.outputs[name] for name in "xyz"])
        self.storage = operators.band_storage()
        self.seen, self.line = 0.0, problem.drive.line

    def weights(self, field: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weights of the matrices in a field."""
        size = float(np.linalg.norm(field))
        self.seen = max(self.seen, size)
        if self.line is not None and np.abs(np.cross(self.line, field)).max() > 1e-9 * size:
            raise ValidityError(
                "the field leaves its line for a time that is too short to be seen beforehand",
                field="field",
                remedy="give the times at which it jumps or bends as breakpoints",
            )
        return np.r_[1.0, (self.frame @ field)[self.columns]]

    def slope(self, weights: NDArray[np.float64], state: NDArray[np.float64]) -> NDArray[np.float64]:
        np.matmul(weights, self.data, out=self.matrix.data)
        return self.matrix @ state + weights @ self.constant

    def step(self, piece: Piece, time: float, length: float, state: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the six increments of a step."""
        band = self.operators.bandwidth
        here = self.weights(piece.field(time))
        # the change of the field at the start, from inside the step
        near, far = (self.weights(piece.field(time + part * length)) for part in (0.01, 0.02))
        change = (4.0 * near - 3.0 * here - far) / (0.02 * length)
        change[0] = 0.0
        bend = self.slope(change, state)
        shift = 1.0 / (_GAMMA * length)
        self.operators.fill_band(self.storage, here @ self.data, shift)
        factors, pivots, _ = dgbtrf(self.storage, band, band)
        increments = np.zeros((6, state.size))
        for number in range(6):
            weights = here if number == 0 else self.weights(piece.field(time + _STAGE[number] * length))
            side = self.slope(weights, state + _A[number, :number] @ increments[:number])
            side += _C[number, :number] @ increments[:number] / length + _SLOPE[number] * length * bend
            increments[number] = -dgbtrs(factors, band, band, side, pivots)[0]
        return increments


def integrate(
    problem: Problem, operators: Operators, frame: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float, float, float]:
    """Return the mean direction over time for one axis, and what tells whether the basis was large enough.

    Parameters
    ----------
    problem : Problem
        What to solve.
    operators : Operators
        As of `vector_operators`.
    frame : ndarray, shape (3, 3)
        Rows x, y, z of a right-handed frame with z along the axis.

    Returns
    -------
    mean : ndarray, shape (n, 3)
        Mean direction at the times of the drive, in the frame.
    high, wide : float
        Largest norm of the density in the two highest degrees and in the highest order, over the constant function.
    seen : float
        Largest xi met.

    Raises
    ------
    ValidityError
        If the field leaves its line, or the steps are too many.
    """
    stepper = _Stepper(problem, operators, frame)
    drive = problem.drive
    start = drive.pieces[0].field(drive.pieces[0].start) if problem.start is None else problem.start
    state = _boltzmann(operators, problem.barrier, frame @ start)
    constant = 1.0 / math.sqrt(4.0 * math.pi)
    top = operators.degree > operators.degree.max() - 2
    edge = (operators.order > 0) & (operators.order == operators.order.max())
    mean = np.empty((drive.times.size, 3))
    mean[:] = stepper.outputs @ state
    allowed = 0.2 * problem.tolerance  # a step: errors add up, but most of them decay
    length = min(drive.longest, 1e-2 / (1.0 + 2.0 * abs(problem.barrier) + np.linalg.norm(start)))
    high, wide = (float(np.linalg.norm(state[part])) / constant for part in (top, edge))
    steps = 0
    for piece in drive.pieces:
        time, rejected = piece.start, False
        while time < piece.stop:
            steps += 1
            _not_too_many(steps, time, drive)
            left = piece.stop - time
            used = _fitting(min(length, drive.longest), left)
            increments = stepper.step(piece, time, used, state)
            error = float(np.linalg.norm(increments[5])) / constant / allowed
            factor = min(5.0, max(0.2, 0.9 * max(error, 1e-12) ** -0.25))
            if not error <= 1.0:
                length, rejected = used * (factor if np.isfinite(error) else 0.1), True
                continue
            after = state + _A[5, :5] @ increments[:5] + increments[5]
            until = piece.stop if used == left else time + used
            _record(mean, stepper.outputs, drive.times, (time, until), (state, after), increments)
            # a short last step of a piece says nothing about the next one
            length = max(used * (min(factor, 1.0) if rejected else factor), length if used < length else 0.0)
            state, time, rejected = after, until, False
            high = max(high, float(np.linalg.norm(state[top])) / constant)
            wide = max(wide, float(np.linalg.norm(state[edge])) / constant)
    return mean, high, wide, stepper.seen


def _fitting(length: float, left: float) -> float:
    """Return a step that leaves no sliver before the end of a piece."""
    if length >= 0.999 * left:
        return left
    return 0.5 * left if 2.0 * length > left else length


def _record(mean, outputs, times, span, states, increments) -> None:
    """Put the mean direction at the times within a step, by the method's own interpolation."""
    first, last = np.searchsorted(times, span, side="right")
    if last <= first:
        return
    part = ((times[first:last] - span[0]) / (span[1] - span[0]))[:, None]
    before, after = (outputs @ state for state in states)
    third, fourth = (_DENSE @ increments) @ outputs.T
    mean[first:last] = before * (1.0 - part) + part * (after + (1.0 - part) * (third + part * fourth))


def _not_too_many(steps: int, time: float, drive: Drive) -> None:
    if steps > _MOST_STEPS:
        raise ValidityError(
            "the waveform needs too many steps",
            field="times",
            value=f"{steps} steps for {time / drive.pieces[-1].stop:.1%} of the time",
            remedy="take a shorter time, a larger tolerance, or dynamic_loop if the field is periodic",
        )


def _boltzmann(operators: Operators, barrier: float, xi: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the equilibrium density in a static field, without the constant function.

    By quadrature: the stationary state of the matrices is lost in rounding where the barrier is high.
    """
    degree, order = int(operators.degree.max()), int(operators.order.max())
    count = 2 * degree + 40
    z, weights = np.polynomial.legendre.leggauss(count)
    phi = np.arange(2 * order + 41) * 2.0 * np.pi / (2 * order + 41)
    radius = np.sqrt(1.0 - z**2)
    exponent = barrier * z[:, None] ** 2 + xi[2] * z[:, None]
    exponent = exponent + radius[:, None] * (xi[0] * np.cos(phi) + xi[1] * np.sin(phi))
    density = weights[:, None] * np.exp(exponent - exponent.max())
    density /= density.sum()
    legendre = _normalised_legendre(degree, order, z)
    m = np.arange(order + 1)[:, None]
    even, odd = density @ np.cos(m * phi).T, density @ np.sin(m * phi).T
    state = np.empty(operators.size)
    for number, (l, m, sine) in enumerate(zip(operators.degree, operators.order, _sines(operators), strict=True)):
        state[number] = legendre[l, m] @ (odd if sine else even)[:, m] * (math.sqrt(2.0) if m else 1.0)
    return state


def _normalised_legendre(degree: int, order: int, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the associated Legendre functions of |Y_lm|, without the sign (-1)^m, shape (l, m, z)."""
    table = np.zeros((degree + 1, order + 1, z.size))
    radius = np.sqrt(1.0 - z**2)
    for m in range(order + 1):
        if m == 0:
            table[0, 0] = 1.0 / math.sqrt(4.0 * math.pi)
        else:
            table[m, m] = math.sqrt((2.0 * m + 1.0) / (2.0 * m)) * radius * table[m - 1, m - 1]
        for l in range(m + 1, degree + 1):
            rise = math.sqrt((4.0 * l * l - 1.0) / (l * l - m * m))
            fall = math.sqrt(((l - 1.0) ** 2 - m * m) / (4.0 * (l - 1.0) ** 2 - 1.0)) if l > m + 1 else 0.0
            table[l, m] = rise * (z * table[l - 1, m] - fall * (table[l - 2, m] if l > m + 1 else 0.0))
    return table
