"""The periodic steady state of a Fokker-Planck equation in an alternating field, solved directly.

The state is wanted at equidistant times of one cycle, its time derivative is that of the trigonometric interpolation
through them. Turning the field round turns the state round, so half a cycle suffices where there is no bias.

At each of these times the operator is that of a static field, and all but the slowest of its modes follow the field
at once. The linear system over all times is therefore solved by GMRES with two corrections in turn: the slow mode of
each time, whose amplitudes obey one small equation that couples the times, and a banded solve at each time for the
rest. A handful of iterations give the solution of the full system to the tolerance: nothing is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg.lapack import dgbtrf, dgbtrs

from ferrotope.magnetism.operators import Operators

__all__ = ["Drive", "PeriodicState", "periodic_state"]

_INVERSE_ITERATIONS = 2  # for the slow mode, each from that of the neighbouring time
_SMALL = 60  # functions, up to which all is solved directly
_LARGEST_DIRECT = 700  # functions, up to which that is done where the iteration fails: no mode is slow in a fast field
_SHIFT = 1.0  # of the local solves, in angular frequencies of the drive: far below the rates of the fast modes


@dataclass(frozen=True)
class Drive:
    """The operator in an alternating field.

    Attributes
    ----------
    operators : Operators
        Shared matrices.
    static, driven : mapping of str to float
        Weights of the matrices without the field, and per unit of the field.
    output : ndarray, shape (n,)
        The component of the mean direction that is wanted.
    slow_modes : int
        How many modes may be as slow as the field: one across a barrier, more where the particle turns as well.
    """

    operators: Operators
    static: dict[str, float]
    driven: dict[str, float]
    output: np.ndarray
    slow_modes: int = 1


@dataclass(frozen=True)
class PeriodicState:
    """The steady state over one cycle.

    Attributes
    ----------
    harmonics : ndarray
        Complex amplitudes a_k, k = 0, 1, ..., of the output, a_0 + Re sum a_k exp(i k w t) in a field cos wt.
    residual : float
        Of the preconditioned system, relative.
    degree_error, order_error : float
        About the relative error of the first harmonic's quadrature part by the cut at the highest degree and order: a
        cut shifts the rate of the slow mode by the product of what its right and left vectors hold there.
    response_errors : tuple of float
        The same two by what the whole state holds at the cut, squared, where no mode is slow.
    harmonic_tail : float
        The largest of the last eighth of the harmonics over the first.
    settled : bool
        Whether the iteration met its tolerance.
    rates : ndarray
        Slow decay rate at each time of the first quarter (or half, with a bias) of the cycle, in the operator's unit.
    """

    harmonics: np.ndarray
    residual: float
    degree_error: float
    order_error: float
    response_errors: tuple[float, float]
    harmonic_tail: float
    settled: bool
    rates: np.ndarray


@lru_cache(maxsize=16)
def _derivatives(count: int, halved: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return phases and the matrices d/d(wt) of functions that keep and that change sign after half a cycle."""
    whole = 2 * count if halved else count
    phases = (np.arange(whole) + 0.5) * 2.0 * np.pi / whole
    orders = np.fft.fftfreq(whole, 1.0 / whole)
    orders[whole // 2] = 0.0
    matrix = np.fft.ifft(1j * orders[:, None] * np.fft.fft(np.eye(whole), axis=0), axis=0).real
    if not halved:
        return phases, matrix, matrix
    left, right = matrix[:count, :count], matrix[:count, count:]
    return phases[:count], left + right, left - right


class _System:
    """The equations over all times and their two corrections."""

    def __init__(self, drive: Drive, amplitude: float, bias: float, frequency: float, times: int):
        operators = drive.operators
        self.halved = bias == 0.0
        self.frequency = frequency
        self.phases, even, odd = _derivatives(times, self.halved)
        self.even, self.odd = frequency * even, frequency * odd
        self.field = bias + amplitude * np.cos(self.phases)
        self.turn = operators.parity if self.halved else np.ones(operators.size)
        # which functions repeat after half a cycle; with a bias all obey the derivative of the whole cycle
        self.keeps = operators.parity > 0
        self.static, static_constant = operators.combine(drive.static)
        self.driven, driven_constant = operators.combine(drive.driven)
        self.matrices = operators.matrix(self.static), operators.matrix(self.driven)
        self.source = static_constant[:, None] + driven_constant[:, None] * self.field
        self.distinct = times // 2
        self.shift = _SHIFT * frequency
        self._factorise(operators, drive)

    def _factorise(self, operators: Operators, drive: Drive) -> None:
        """Factorise the operator at each field, and find its slow modes from both sides by subspace iteration."""
        band, times, size, modes = operators.bandwidth, self.field.size, operators.size, drive.slow_modes
        self.band = band
        self.factors = []
        slow, left = np.empty((times, modes, size)), np.empty((times, modes, size))
        # directions that no symmetry separates from the slow modes
        start = np.random.default_rng(0).standard_normal((size, modes)) * (modes > 1)
        start[:, 0] = 0.8 * operators.outputs["z"] + 0.6 * operators.outputs.get("x", 0.0)
        right_vectors, left_vectors = np.asfortranarray(start), np.asfortranarray(start)
        storage = operators.band_storage()
        for number in range(self.distinct):
            operators.fill_band(storage, self.static + self.field[number] * self.driven, self.shift)
            factors, pivots, _ = dgbtrf(storage, band, band)
            self.factors.append((factors, pivots))
            for _ in range(_INVERSE_ITERATIONS + 2 * (number == 0)):
                right_vectors = _orthonormal(dgbtrs(factors, band, band, right_vectors, pivots)[0])
                left_vectors = _orthonormal(dgbtrs(factors, band, band, left_vectors, pivots, trans=1)[0])
            slow[number], left[number] = right_vectors.T, _dual(left_vectors, right_vectors).T
        for vectors in (slow, left):
            vectors[self.distinct :] = self.turn * vectors[self.distinct - 1 :: -1]
        self.slow, self.left = slow, left
        flat = slow.reshape(-1, size).T
        fields = np.repeat(self.field, modes)
        image = (self.matrices[0] @ flat + (self.matrices[1] @ flat) * fields).T.reshape(slow.shape)
        self.decay = -np.einsum("tin,tjn->tij", left, image)
        self.rates, self.slowest = _slowest(self.decay, slow, left)
        both = slice(None), slice(None), self.keeps
        other = slice(None), slice(None), ~self.keeps
        coupling = np.tensordot(left[both], slow[both], (2, 2)) * self.even[:, None, :, None]
        coupling += np.tensordot(left[other], slow[other], (2, 2)) * self.odd[:, None, :, None]
        number = np.arange(times)
        coupling[number, :, number, :] += self.decay
        self.slow_inverse = np.linalg.inv(coupling.reshape(times * modes, times * modes))

    def cut(self, labels: np.ndarray, reach: int) -> np.ndarray:
        """Return what the slow mode's two vectors hold, multiplied, in the highest labels, for each time."""
        top = labels > labels.max() - reach if labels.max() > 0 else np.zeros(labels.size, dtype=bool)
        right, left = self.slowest
        return np.linalg.norm(right[:, top], axis=1) * np.linalg.norm(left[:, top], axis=1)

    def apply(self, state: np.ndarray) -> np.ndarray:
        """Return d/dt of the state less the operator on it, at all times."""
        result = -(self.matrices[0] @ state + (self.matrices[1] @ state) * self.field)
        result[self.keeps] += state[self.keeps] @ self.even.T
        result[~self.keeps] += state[~self.keeps] @ self.odd.T
        return result

    def correct(self, residual: np.ndarray) -> np.ndarray:
        """Return about the state whose `apply` is the residual."""
        amplitudes = np.einsum("tin,nt->ti", self.left, residual)
        amplitudes = (self.slow_inverse @ amplitudes.ravel()).reshape(amplitudes.shape)
        correction = np.einsum("tin,ti->nt", self.slow, amplitudes)
        rest = (residual - self.apply(correction)).T
        sides = np.empty((self.distinct, 2, rest.shape[1]))
        sides[:, 0] = rest[: self.distinct]
        sides[:, 1] = self.turn * rest[: self.distinct - 1 : -1]
        for side, (factors, pivots) in zip(sides, self.factors, strict=True):
            dgbtrs(factors, self.band, self.band, side.T, pivots, overwrite_b=True)
        slow, left = self.slow[: self.distinct], self.left[: self.distinct]
        sides -= np.matmul(np.matmul(sides, left.transpose(0, 2, 1)), slow)
        correction[:, : self.distinct] -= sides[:, 0].T
        correction[:, self.distinct :] -= (self.turn * sides[::-1, 1]).T
        return correction


def _orthonormal(vectors: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis of the columns, in Fortran order."""
    if vectors.shape[1] == 1:
        return vectors / np.sqrt(vectors[:, 0] @ vectors[:, 0])
    return np.asfortranarray(np.linalg.qr(vectors)[0])


def _slowest(decay: np.ndarray, slow: np.ndarray, left: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Return the smallest rate in the slow subspace of each time, and its vectors from both sides, shape (times, n)."""
    if slow.shape[1] == 1:
        return decay[:, 0, 0], (slow[:, 0], left[:, 0])
    values, vectors = np.linalg.eig(decay)
    least = np.abs(values).argmin(axis=1)
    number = np.arange(least.size)
    right = np.einsum("tin,ti->tn", slow, vectors[number, :, least])
    dual = np.einsum("tin,ti->tn", left, np.linalg.inv(vectors)[number, least, :])
    return np.abs(values[number, least]), (right, dual)


def _dual(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the basis of the left space that is dual to the right one; the right one where that does not exist."""
    overlap = left.T @ right
    if overlap.size == 1:
        return left / overlap if abs(overlap[0, 0]) > 1e-8 else right
    if np.linalg.cond(overlap) > 1e8 or abs(overlap).max() < 1e-8:
        return right
    return left @ np.linalg.inv(overlap).T


def periodic_state(
    drive: Drive,
    amplitude: float,
    frequency: float,
    *,
    bias: float = 0.0,
    times: int = 32,
    tolerance: float = 1e-6,
    iterations: int = 40,
    direct: bool = False,
) -> PeriodicState:
    """Return the periodic state in the field ``bias + amplitude cos wt``.

    Parameters
    ----------
    drive : Drive
        The operator.
    amplitude, bias : float
        Of the field in the unit of the driven weights, xi.
    frequency : float
        Angular frequency times the operator's unit of time.
    bias : float
        Static part of the field.
    times : int
        Times in half a cycle, even; a bias needs twice as many in the whole cycle, which are taken.
    tolerance : float
        Of the iteration: on the residual, and on the change of the quadrature part of the first harmonic.
    iterations : int
        Most of them.
    direct : bool
        Whether to solve by dense blocks at once.

    Returns
    -------
    PeriodicState
        With ``settled`` False where the iteration did not meet its tolerance.
    """
    if direct or drive.operators.size <= _SMALL:
        return _direct(drive, amplitude, frequency, bias, times)
    system = _System(drive, amplitude, bias, frequency, times if bias == 0.0 else 2 * times)
    start = system.correct(system.source)
    scale = np.linalg.norm(start)
    vectors = [start / scale]
    hessenberg = np.zeros((iterations + 1, iterations))
    analyse = 2.0 / system.field.size * np.exp(-1j * system.phases)
    first = [drive.output @ vectors[0] @ analyse]
    loss, residual, settled = 0.0, 1.0, False
    weights = np.zeros(1)
    for step in range(iterations):
        image = system.correct(system.apply(vectors[step]))
        for number, vector in enumerate(vectors):
            hessenberg[number, step] = np.vdot(vector, image)
            image -= hessenberg[number, step] * vector
        length = np.linalg.norm(image)
        hessenberg[step + 1, step] = length
        goal = np.zeros(step + 2)
        goal[0] = scale
        block = hessenberg[: step + 2, : step + 1]
        weights = np.linalg.lstsq(block, goal, rcond=None)[0]
        residual = float(np.linalg.norm(block @ weights - goal) / scale)
        response = weights @ np.array(first)
        before, loss = loss, float(response.imag)
        # a small loss beside a large response needs a smaller residual
        share = min(max(3.0 * abs(loss) / max(abs(response), 1e-300), 1e-7), 1.0)
        settled = residual < tolerance * share and abs(loss - before) <= max(3.0 * tolerance * abs(loss), 1e-14)
        if settled or length <= 1e-14 * scale:
            settled = settled or residual < tolerance
            break
        vectors.append(image / length)
        first.append(drive.output @ vectors[-1] @ analyse)
    if not settled and drive.operators.size <= _LARGEST_DIRECT:
        return _direct(drive, amplitude, frequency, bias, times)
    state = sum(weight * vector for weight, vector in zip(weights, vectors, strict=False))
    return _summary(drive, system, state, residual, settled)


def _direct(drive: Drive, amplitude: float, frequency: float, bias: float, times: int) -> PeriodicState:
    """Solve for the harmonics one after the other, from the highest down, by dense blocks.

    This is right where no mode is slow or fast against the field, and too slow for a large basis. Without a bias the
    even harmonics hold only the functions that a turned field keeps, the odd ones the others.
    """
    operators = drive.operators
    static, static_constant = operators.combine(drive.static)
    driven, driven_constant = operators.combine(drive.driven)
    inner = operators.matrix(static + bias * driven).toarray()
    coupling = 0.5 * amplitude * operators.matrix(driven).toarray()
    keeps = operators.parity > 0
    everything = np.ones(operators.size, dtype=bool)
    halves = [np.flatnonzero(keeps), np.flatnonzero(~keeps)] if bias == 0.0 else [np.flatnonzero(everything)] * 2
    onward: dict[int, np.ndarray] = {}
    for order in range(times, 0, -1):
        own, other = halves[order % 2], halves[1 - order % 2]
        block = 1j * order * frequency * np.eye(own.size) - inner[np.ix_(own, own)]
        if order < times:
            block -= coupling[np.ix_(own, other)] @ onward[order + 1]
        onward[order] = np.linalg.solve(block, coupling[np.ix_(own, other)].astype(complex))
    even, odd = halves
    # the source of the first harmonic goes through the last block of the elimination
    first = np.linalg.solve(block, 0.5 * amplitude * driven_constant[odd])
    back = coupling[np.ix_(even, odd)]
    state = np.linalg.solve(
        -inner[np.ix_(even, even)] - 2.0 * (back @ onward[1]).real,
        (static_constant + bias * driven_constant)[even] + 2.0 * (back @ first).real,
    ).astype(complex)
    amplitudes = [drive.output[even] @ state]
    tails = [_tails(operators, even, state)]
    for order in range(1, times + 1):
        state = onward[order] @ state + (first if order == 1 else 0.0)
        own = halves[order % 2]
        amplitudes.append(2.0 * (drive.output[own] @ state))
        tails.append(_tails(operators, own, state))
    harmonics = np.array(amplitudes)
    sizes = np.abs(harmonics[1:])
    # a cut enters what the low degrees do to second order in what the highest hold
    cut = np.max(tails, axis=0) ** 2 / max(abs(harmonics[1].imag), 1e-300)
    return PeriodicState(
        harmonics=harmonics,
        residual=0.0,
        degree_error=float(cut[0]),
        order_error=float(cut[1]),
        response_errors=(0.0, 0.0),
        harmonic_tail=float(sizes[-max(sizes.size // 8, 2) :].max() / max(sizes[0], 1e-300)),
        settled=True,
        rates=np.array([np.abs(np.linalg.eigvals(inner).real).min()]),
    )


def _tails(operators: Operators, chosen: np.ndarray, state: np.ndarray) -> tuple[float, float]:
    """Return the largest amplitude in the two highest degrees and in the highest order."""
    degree, order = operators.degree[chosen], operators.order[chosen]
    degrees = degree > operators.degree.max() - 2
    orders = (order == operators.order.max()) & (order > 0)
    return (
        float(np.abs(state[degrees]).max(initial=0.0)),
        float(np.abs(state[orders]).max(initial=0.0)),
    )


def _summary(drive: Drive, system: _System, state: np.ndarray, residual: float, settled: bool) -> PeriodicState:
    operators = drive.operators
    half = drive.output @ state
    whole = np.concatenate([half, -half]) if system.halved else half
    amplitudes = np.fft.rfft(whole) / whole.size
    order = np.arange(amplitudes.size)
    # the times start half a step after the phase 0
    amplitudes = amplitudes * np.exp(-1j * np.pi * order / whole.size)
    harmonics = np.where(order == 0, 1.0, 2.0) * amplitudes
    harmonics = harmonics[:-1]  # the one at half the sampling rate has no phase
    odd = np.abs(harmonics[1:])
    lag = system.frequency / (system.frequency**2 + system.rates**2)
    quadrature = max(abs(harmonics[1].imag), 1e-300)
    tails = _tails(operators, np.arange(operators.size), state)
    return PeriodicState(
        harmonics=harmonics,
        residual=residual,
        degree_error=system.cut(operators.degree, 2) @ lag / lag.size / quadrature,
        order_error=system.cut(operators.order, 1) @ lag / lag.size / quadrature,
        response_errors=(tails[0] ** 2 / quadrature, tails[1] ** 2 / quadrature),
        harmonic_tail=float(odd[-max(odd.size // 8, 2) :].max() / max(odd[0], 1e-300)),
        settled=settled,
        # in a strong field the slowest mode may be one of a pair that turns: its size is what counts
        rates=np.abs(system.rates[: system.distinct]),
    )
