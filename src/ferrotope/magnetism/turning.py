"""The loss of particles that turn while their moment does.

Turning is slow beside the motion of the moment within a well of its anisotropy: tau_D/tau_B is below 0.01 in any
liquid. What has to be followed is then the density P(x, t) of the axis towards the well that holds the moment, x its
cosine with the field. With Z(x) the partition function of the moment in its well,

    2 tau_B dP/dt = d/dx (1 - x^2) (dP/dx - P d ln Z/dx) + flips of u to -u.

The torque on the particle is that of the mean moment. The two rates of the flips balance in equilibrium, and add up to
the slowest rate of the Fokker-Planck equation of the moment at that angle and field. The periodic state holds what many
cycles do to the axes (Usov and Liubimov, J Appl Phys 2012;112:023901, doi:10.1063/1.4737126). What the moment loses
within its well is added as it is in particles at rest: the difference between the direct solution for random fixed axes
and that of two wells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ferrotope.kernels import kernel
from ferrotope.magnetism.losses import DAMPING, _stored, _Table, fixed_axes_loss, rigid_loss
from ferrotope.magnetism.relaxation import neel_time_ratio

__all__ = ["Wells", "highest_turning_barrier", "loss_of_turning", "slowest_rate", "turning_loss", "two_well_losses"]

_CELLS = 32  # from the equator to the pole
_STEPS = 64  # in half a cycle
_GAMMA = 1.0 - math.sqrt(0.5)  # of the implicit method of two stages and second order that damps what is fast
_NODES = 48  # of the integral over a well
_ANGLES, _FIELDS = 21, 60  # of the rates
_RESOLVED = 1e-7  # of a rate over that of diffusion; the angular frequency of the field is above 1e-5
_SOLVED_FIELD, _SOLVED_FREQUENCY = 35.0, 0.25  # xi and w 2 tau_D up to which the table of fixed axes was solved
_LOWEST_RATE, _HIGHEST_RATE = 1e-4, 0.25  # of this table


@dataclass(frozen=True, eq=False)
class Wells:
    """How fast the moment changes between the two wells of an axis in a static field.

    Attributes
    ----------
    barrier : float
        K V/kT.
    strongest : float
        Field in xi up to which the rates are known; above there is one well, and they are kept.
    log_rate : callable
        Spline of ln lambda over the angle of field and axis in rad and xi.
    """

    barrier: float
    strongest: float
    log_rate: object

    @classmethod
    def of(cls, barrier: float, largest_field: float = math.inf, damping: float = DAMPING) -> Wells:
        """Return the wells of one barrier, for fields up to ``largest_field``.

        Parameters
        ----------
        barrier : float
            K V/kT, 0 to about 45.
        largest_field : float
            In xi.
        damping : float
            Gilbert's constant.

        Returns
        -------
        Wells
            Some seconds are spent on a high barrier.
        """
        from scipy.interpolate import PchipInterpolator, RectBivariateSpline

        strongest = min(largest_field, 2.4 * barrier + 20.0)
        angles = np.linspace(0.0, 0.5 * math.pi, _ANGLES)
        count = max(math.ceil(_FIELDS * strongest / (2.4 * barrier + 20.0)), 8)
        fields = strongest * np.linspace(0.0, 1.0, count) ** 1.3
        zero = math.log(2.0 / float(neel_time_ratio(barrier)))
        table = np.empty((angles.size, fields.size))
        for place, angle in enumerate(angles):
            rates = np.array([slowest_rate(barrier, field, angle, damping) for field in fields[1:]])
            known = rates > _RESOLVED
            if known.sum() < 2:
                known[-2:] = True
                rates = np.maximum(rates, math.exp(zero))
            # what is too slow to be resolved is too slow to matter
            points = np.append(0.0, fields[1:][known]), np.append(zero, np.log(rates[known]))
            table[place] = PchipInterpolator(*points)(fields)
        return cls(barrier, strongest, RectBivariateSpline(angles, fields, table))

    def rates(self, cosine: np.ndarray, xi: np.ndarray) -> np.ndarray:
        """Return the slowest rate in 1/(2 tau_D) at cosines of axis and field (0 to 1) and fields."""
        return np.exp(self.log_rate(np.arccos(cosine), np.minimum(np.abs(xi), self.strongest), grid=False))


def slowest_rate(barrier: float, xi: float, angle: float, damping: float = DAMPING) -> float:
    """Return the slowest rate at which a moment with a fixed easy axis approaches equilibrium in a static field.

    Parameters
    ----------
    barrier, xi : float
        K V/kT and mu0 Ms V H/kT.
    angle : float
        Between axis and field in rad.
    damping : float
        Gilbert's constant.

    Returns
    -------
    float
        In 1/(2 tau_D), that of the eigenvalues of Brown's Fokker-Planck operator that decays without precession; to
        about 1e-9 of the largest.
    """
    from scipy.linalg.lapack import dgbtrf, dgbtrs
    from scipy.sparse.linalg import LinearOperator, eigs

    from ferrotope.magnetism.operators import neel_operators

    width, across, along = math.sqrt(2.0 * barrier + xi), xi * abs(math.sin(angle)), xi * math.cos(angle)
    degree = 4 * math.ceil(max(5.5 * width, 16.0) / 4.0)
    order = 2 * math.ceil(max(0.75 + 0.6 * width * abs(math.sin(angle)), 1.0)) if across > 1e-9 * xi else 0
    operators = neel_operators(degree, min(order, degree))
    weights = {"diffusion": 1.0, "axis": 2.0 * barrier, "axis_precession": 2.0 * barrier / damping}
    weights |= {"x": across, "z": along, "x_precession": across / damping, "z_precession": along / damping}
    band, storage = operators.bandwidth, operators.band_storage()
    operators.fill_band(storage, operators.combine(weights)[0], 0.0)
    factors, pivots, _ = dgbtrf(storage, band, band)
    inverse = LinearOperator(
        (operators.size, operators.size),
        matvec=lambda vector: dgbtrs(factors, band, band, vector, pivots)[0],
        dtype=float,
    )
    start = 0.8 * operators.outputs["z"] + 0.6 * operators.outputs["x"] + 1e-3
    values = -1.0 / eigs(inverse, k=4, v0=start, return_eigenvectors=False, tol=1e-8)
    still = values.real[np.abs(values.imag) < 1e-3 * np.abs(values)]
    return float(still.min() if still.size else values.real.min())


def _cells(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return cosines of the cells from the equator to the pole, their widths, and (1 - x^2)/dx of their lower faces."""
    edges = np.linspace(0.5 * math.pi, 0.0, count + 1)
    x = np.cos(0.5 * (edges[1:] + edges[:-1]))
    return x, np.diff(np.cos(edges)), np.append(0.5 / x[0], np.sin(edges[1:-1]) ** 2 / np.diff(x))


def _in_the_well(barrier: float, xi: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ln Z and <m.h> over the hemisphere about an axis at each cosine, shape (fields, cosines)."""
    from scipy.special import i0e, i1e

    points, weights = np.polynomial.legendre.leggauss(_NODES)
    theta = 0.25 * math.pi * (points + 1.0)
    along, across = np.cos(theta), np.sin(theta)
    sine = np.sqrt(1.0 - x**2)
    # the angle about the axis is integrated by Bessel functions, which are scaled by exp(-|argument|)
    turned = xi[:, None, None] * sine[:, None] * across
    energy = barrier * (along**2 - 1.0) + xi[:, None, None] * x[:, None] * along + np.abs(turned)
    top = energy.max(axis=-1, keepdims=True)
    density = np.exp(energy - top) * weights * across
    middle, side = density * i0e(turned), density * i1e(turned)
    total = middle.sum(axis=-1)
    return np.log(total) + top[..., 0], (x * (middle @ along) + sine * (side @ across)) / total


def _bernoulli(step: np.ndarray) -> np.ndarray:
    small = np.abs(step) < 1e-6
    safe = np.where(small, 1.0, step)
    return np.where(small, 1.0 - 0.5 * step, safe / np.expm1(safe))


def _over_half_a_cycle(wells: Wells, xi: float, cells: int, steps: int) -> tuple[np.ndarray, ...]:
    """Return the rates at the two times of each step in units of diffusion, the moments and the widths of the cells.

    Cells come in pairs at x and -x. The rates are: from cell to next and back on either side, shape (times, cells, 4);
    across the equator and back, shape (times, 2); flips and back, and moments in both wells, shape (times, cells, 2).
    """
    starts = math.pi / steps * np.arange(steps)
    phases = np.sort(np.concatenate([starts + _GAMMA * math.pi / steps, starts + math.pi / steps]))
    field = xi * np.cos(phases)
    x, width, faces = _cells(cells)
    potential, moment = _in_the_well(wells.barrier, field, np.concatenate([x, -x]))
    turn = np.zeros((phases.size, cells, 4))
    up, down = potential[:, :cells], potential[:, cells:]
    for place, side in ((0, up), (2, down)):
        # fluxes between neighbours that vanish in equilibrium (Scharfetter and Gummel)
        step = side[:, :-1] - side[:, 1:]
        turn[:, :-1, place] = faces[1:] * _bernoulli(step) / width[:-1]
        turn[:, :-1, place + 1] = faces[1:] * _bernoulli(-step) / width[1:]
    over = up[:, 0] - down[:, 0]
    equator = faces[0] / width[0] * np.stack([_bernoulli(over), _bernoulli(-over)], axis=-1)
    rate = wells.rates(*np.broadcast_arrays(x, field[:, None]))
    share = 1.0 / (1.0 + np.exp(up - down))
    flip = np.stack([rate * share, rate * (1.0 - share)], axis=-1)
    return turn, equator, flip, np.stack([moment[:, :cells], moment[:, cells:]], axis=-1), width


def two_well_losses(
    wells: Wells, xi: float, frequency: np.ndarray, brown: np.ndarray, *, cells: int = _CELLS, steps: int = _STEPS
) -> tuple[np.ndarray, np.ndarray]:
    """Return L of moments that are in equilibrium within their well, in particles that turn and in particles at rest.

    Parameters
    ----------
    wells : Wells
        Of one barrier, known up to ``xi``.
    xi : float
        mu0 Ms V H/kT in the peak field.
    frequency : ndarray, shape (n,)
        w 2 tau_D.
    brown : ndarray, shape (k,)
        w tau_B.
    cells, steps : int
        Cells from the equator to the pole, and steps in half a cycle.

    Returns
    -------
    tuple of ndarray
        L with turning, shape (n, k), and with random fixed axes, shape (n,).
    """
    parts = _over_half_a_cycle(wells, float(xi), cells, steps)
    frequency, brown = np.atleast_1d(frequency).astype(float), np.atleast_1d(brown).astype(float)
    turning = np.array([[_turning_cycle(*parts[:4], b, w) for b in brown] for w in frequency])
    return turning, _at_rest(parts, frequency)


def _turning_cycle(turn, equator, flip, moment, brown: float, frequency: float) -> float:
    """Return L of the state that half a cycle turns round: P(x) becomes P(-x)."""
    cells = turn.shape[1]
    size = 2 * cells
    rates = 0.5 / brown, 1.0 / frequency
    state = np.eye(size).reshape(cells, 2, size)
    _half_cycle(turn, equator, flip, moment, *rates, _GAMMA, state)
    matrix = state[:, ::-1].reshape(size, size) - np.eye(size)
    # the equations add up to zero: the last one makes room for the number of particles
    matrix[-1] = 1.0
    start = np.linalg.solve(matrix, np.append(np.zeros(size - 1), 1.0)).reshape(cells, 2, 1)
    return _half_cycle(turn, equator, flip, moment, *rates, _GAMMA, start)


def _at_rest(parts: tuple[np.ndarray, ...], frequency: np.ndarray) -> np.ndarray:
    return np.array([_resting_cycle(*parts[2:], 1.0 / w, _GAMMA) for w in frequency])


def loss_of_turning(wells: Wells, xi: float, rate: np.ndarray, brown: np.ndarray) -> np.ndarray:
    """Return L of particles that turn while their moment does, with the loss within the wells.

    Parameters
    ----------
    wells : Wells
        Of one barrier.
    xi : float
        mu0 Ms V H/kT in the peak field.
    rate : ndarray, shape (n,)
        w 2 tau_D/xi, as `ferrotope.magnetism.losses.precession_rate` gives it.
    brown : ndarray, shape (k,)
        w tau_B.

    Returns
    -------
    ndarray
        Shape (n, k).
    """
    rate = np.atleast_1d(rate).astype(float)
    turning, resting = two_well_losses(wells, xi, rate * xi, brown)
    # where the table of fixed axes was not solved, the part within the wells is that at its edge
    held = min(xi, _SOLVED_FIELD)
    slow = np.minimum(rate * xi, _SOLVED_FREQUENCY)
    two_wells = _at_rest(_over_half_a_cycle(wells, held, _CELLS, _STEPS), slow)
    whole, _ = fixed_axes_loss(wells.barrier, held, slow / held)
    within = np.maximum(whole / two_wells - 1.0, 0.0)
    # behind a high barrier it is a few hundredths, and what goes beyond is noise of that table
    within = np.minimum(within, 0.05 * math.exp(max(15.0 - wells.barrier, 0.0)))
    return turning + (within * resting)[:, None]


@lru_cache(maxsize=1)
def _table() -> _Table:
    """The axes are arcsinh(barrier/15), ln y with y = xi/(2 barrier + 10), ln rate and ln(w tau_B)."""
    from scipy.interpolate import CubicSpline

    stored = _stored("turning_loss.npz")
    field = np.log(0.3 * np.sinh(stored["v"]))
    steps = np.linspace(field[0], field[-1], 80)
    values = CubicSpline(field, stored["log_loss"], axis=1)(steps)
    return _Table([stored["t"], steps, stored["rate"], stored["brown"]], values)


def highest_turning_barrier() -> float:
    """Return the barrier in kT up to which `turning_loss` was tested in fields that switch the moment.

    It is twice that of the table.
    """
    table = _table()
    return float(30.0 * np.sinh(table.origin[0] + table.step[0] * table.last[0]))


def turning_loss(barrier, xi, rate, brown):
    """Return L of single-domain particles that turn in a liquid while their moment turns in them.

    Parameters
    ----------
    barrier : float or ndarray
        K V/kT, 0 or more.
    xi : float or ndarray
        mu0 Ms V H/kT, above 0.
    rate : float or ndarray
        As `ferrotope.magnetism.losses.precession_rate` gives it.
    brown : float or ndarray
        w tau_B.

    Returns
    -------
    tuple of ndarray
        L, and whether it lies outside the table: a rate outside 1e-4 to 0.25, where it is continued, or a field above a
        fifth of the anisotropy field behind a barrier above `highest_turning_barrier`. Above 45 kT the moment is taken
        to move as without thermal motion: L depends on ratios of the energies and times, and what heat does to the
        direction of a rigid particle comes in as a factor.

    Notes
    -----
    Against `dynamic_loop(mode="coupled")` the error is 1 % at the median and below 6 % at 29 random particles in
    liquids, all but one with barriers up to 11 kT; another point, at 13 kT, is unresolved. Against stochastic moments
    it is below 2.5 % at three fields at 32 kT, and at 64 kT -2 % below the switching field and -8 % above it. Of this
    up to 5 % are interpolation, most at barriers below 5 kT.
    """
    barrier, xi, rate, brown = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (barrier, xi, rate, brown)))
    shape = barrier.shape
    barrier, xi, rate, brown = (np.array(value, ndmin=1).ravel() for value in (barrier, xi, rate, brown))
    outside = (rate < _LOWEST_RATE) | (rate > _HIGHEST_RATE)
    table = _table()
    highest = 0.5 * highest_turning_barrier()
    outside |= (barrier > highest_turning_barrier()) & (xi > 0.4 * barrier)
    shrunk = np.minimum(1.0, highest / np.maximum(barrier, 1e-30))
    factor = np.ones(barrier.size)
    high = shrunk < 1.0
    if high.any():
        factor[high] = rigid_loss(xi[high], brown[high]) / rigid_loss((xi * shrunk)[high], (brown * shrunk)[high])
    barrier, xi, brown = barrier * shrunk, xi * shrunk, brown * shrunk
    across, field, log_rate = np.arcsinh(barrier / 15.0), np.log(xi / (2.0 * barrier + 10.0)), np.log(rate)
    last = math.exp(table.origin[3] + table.step[3] * table.last[3])

    def at(times):
        return np.exp(table.at(table.places(across, field, log_rate, np.log(times)), straight=(1, 2, 3)))

    loss = at(np.minimum(brown, last))
    slow = brown > last
    if slow.any():
        # turning adds a part as 1/(w tau_B) to what is left of the loss: two terms through two times of the table
        before = at(np.full(brown.size, 0.4 * last))
        part = (before - loss) / (1.0 / 0.4 - 1.0)
        loss = np.where(slow, np.maximum(loss - part * (1.0 - last / np.maximum(brown, last)), 0.0), loss)
    return (loss * factor).reshape(shape), outside.reshape(shape)


@kernel
def _step(turn, equator, flip, slow, fast, h, state, inverse):
    """Replace each column of the state by that an implicit step later: elimination over pairs of cells, in place.

    ``turn`` and ``flip`` are weighted with ``slow`` and ``fast``, h is the step, ``inverse`` is working space.
    """
    cells, columns = state.shape[0], state.shape[2]
    for i in range(cells):
        there, back = fast * flip[i, 0], fast * flip[i, 1]
        if i == 0:
            there += slow * equator[0]
            back += slow * equator[1]
        d00, d01 = 1.0 + h * (slow * turn[i, 0] + there), -h * back
        d10, d11 = -h * there, 1.0 + h * (slow * turn[i, 2] + back)
        if i > 0:
            # what enters from the cell before, and what leaves to it
            in0, in1 = -h * slow * turn[i - 1, 0], -h * slow * turn[i - 1, 2]
            out0, out1 = h * slow * turn[i - 1, 1], h * slow * turn[i - 1, 3]
            m00, m01 = in0 * inverse[i - 1, 0], in0 * inverse[i - 1, 1]
            m10, m11 = in1 * inverse[i - 1, 2], in1 * inverse[i - 1, 3]
            d00 += out0 + m00 * out0
            d01 += m01 * out1
            d10 += m10 * out0
            d11 += out1 + m11 * out1
            for c in range(columns):
                p, q = state[i - 1, 0, c], state[i - 1, 1, c]
                state[i, 0, c] -= m00 * p + m01 * q
                state[i, 1, c] -= m10 * p + m11 * q
        scale = 1.0 / (d00 * d11 - d01 * d10)
        inverse[i, 0], inverse[i, 1] = d11 * scale, -d01 * scale
        inverse[i, 2], inverse[i, 3] = -d10 * scale, d00 * scale
    for i in range(cells - 1, -1, -1):
        i00, i01, i10, i11 = inverse[i, 0], inverse[i, 1], inverse[i, 2], inverse[i, 3]
        out0, out1 = h * slow * turn[i, 1], h * slow * turn[i, 3]
        for c in range(columns):
            p, q = state[i, 0, c], state[i, 1, c]
            if i < cells - 1:
                p += out0 * state[i + 1, 0, c]
                q += out1 * state[i + 1, 1, c]
            state[i, 0, c] = i00 * p + i01 * q
            state[i, 1, c] = i10 * p + i11 * q


@kernel
def _half_cycle(turn, equator, flip, moment, slow, fast, gamma, state):
    """Lead the columns of the state through half a cycle; return 2/pi times the integral of <m.h> sin of the first."""
    steps, cells, columns = turn.shape[0] // 2, state.shape[0], state.shape[2]
    h = math.pi / steps
    inverse, middle = np.empty((cells, 4)), np.empty_like(state)
    total = 0.0
    for n in range(steps):
        middle[:] = state
        _step(turn[2 * n], equator[2 * n], flip[2 * n], slow, fast, gamma * h, middle, inverse)
        for i in range(cells):
            for side in range(2):
                for c in range(columns):
                    state[i, side, c] += (1.0 - gamma) / gamma * (middle[i, side, c] - state[i, side, c])
        last = 2 * n + 1
        _step(turn[last], equator[last], flip[last], slow, fast, gamma * h, state, inverse)
        mean = 0.0
        for i in range(cells):
            mean += state[i, 0, 0] * moment[last, i, 0] + state[i, 1, 0] * moment[last, i, 1]
        total += mean * math.sin(h * (n + 1))
    return 2.0 / math.pi * h * total


@kernel
def _resting_cycle(flip, moment, width, fast, gamma):
    """Return L of random axes at rest, by the same steps."""
    steps, cells = flip.shape[0] // 2, flip.shape[1]
    h = math.pi / steps
    total = 0.0
    for i in range(cells):
        # half a cycle makes slope p + offset of the part p in the upper well, which has to be 1 - p
        start, slope = 0.0, 1.0
        for sweep in range(2):
            p = start
            for n in range(2 * steps):
                there, back = gamma * h * fast * flip[n, i, 0], gamma * h * fast * flip[n, i, 1]
                if n % 2 == 0:
                    p += (1.0 - gamma) / gamma * ((p + back) / (1.0 + there + back) - p)
                    if sweep == 0:
                        slope += (1.0 - gamma) / gamma * (1.0 / (1.0 + there + back) - 1.0) * slope
                else:
                    p = (p + back) / (1.0 + there + back)
                    if sweep == 0:
                        slope /= 1.0 + there + back
                    else:
                        mean = p * moment[n, i, 0] + (1.0 - p) * moment[n, i, 1]
                        total += width[i] * mean * math.sin(h * (n + 1) / 2)
            start = (1.0 - p) / (1.0 + slope)
    return 2.0 / math.pi * h * total
