"""Dynamic hysteresis loops by harmonic balance over the Fokker-Planck equation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from ferrotope.errors import InputError
from ferrotope.magnetism.equilibrium import langevin_parameter
from ferrotope.magnetism.operators import brown_operators, coupled_operators, neel_operators
from ferrotope.magnetism.periodic import Drive, PeriodicState, periodic_state
from ferrotope.magnetism.relaxation import anisotropy_barrier, brown_relaxation_time
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

__all__ = ["Loop", "dynamic_loop"]

Mode = Literal["neel", "brown", "coupled"]

# kT; above, the spherical harmonics get too many
_LARGEST_BARRIERS = {"neel": 150.0, "brown": math.inf, "coupled": 25.0}
_MOST_BYTES = 4e9
_LARGEST_DIRECT = 900  # functions
_MOST_TIMES = 400  # in half a cycle
_PRECESSION_AT_A_TENTH = 2.7  # `_precession` at a damping of 0.1, for which the estimate of the order is right
_ORDERS = (0, 2, 3, 4, 6, 8, 10, 12, 14, 17, 20, 24, 28, 32)
_METHODS = {
    "neel": "harmonic balance, Néel rotation about fixed axes",
    "brown": "harmonic balance, Brownian rotation of blocked moments",
    "coupled": "harmonic balance, coupled Néel and Brownian rotation",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Loop:
    """A periodic steady state of the magnetisation.

    Attributes
    ----------
    area : float
        Loss per cycle in J per m3 of core.
    harmonics : ndarray of complex
        a_k of the mean reduced magnetisation along the field, a_0 + Re sum a_k exp(i k w t), in H cos wt, weighted by
        the volume of the sizes; area = -pi mu0 H Ms Im a_1.
    amplitude, frequency, bias : float
        Of the field: A/m, Hz, A/m.
    saturation : float
        Ms in A/m.
    method : str
        How it was found.
    converged : bool
        Whether basis, harmonics and nodes met the tolerance by their own estimates.
    error : float
        Estimated relative error of the area.
    settling_time : float
        Time constant in s with which the slowest of the sizes near the median approaches this state; a loop that is
        measured for a shorter time is another one.
    """

    area: float
    harmonics: np.ndarray
    amplitude: float
    frequency: float
    bias: float
    saturation: float
    method: str
    converged: bool
    error: float
    settling_time: float = field(default=0.0)

    @property
    def power(self) -> float:
        """Loss power in W per m3 of core."""
        return self.area * self.frequency

    def specific_loss(self, density: float) -> float:
        """Return the power in W per kg of core of the given density (kg/m3)."""
        return self.power / float(positive("density", density, "kg/m3"))

    def slp(self, density: float, iron_mass_fraction: float = 0.7236) -> float:
        """Return the specific loss power in W per kg of iron.

        Parameters
        ----------
        density : float
            Of the core, kg/m3.
        iron_mass_fraction : float
            Mass of iron per mass of core; that of magnetite by default.
        """
        return self.specific_loss(density) / float(between("iron_mass_fraction", iron_mass_fraction, 1e-6, 1.0))

    def curve(self, count: int = 256) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return time (s), field (A/m) and mean magnetisation along the field (A/m) at equidistant times of one cycle.

        Parameters
        ----------
        count : int
            Number of times; the first is repeated at the end, one period later.
        """
        phase = np.linspace(0.0, 2.0 * np.pi, count + 1)
        orders = np.arange(self.harmonics.size)
        reduced = (self.harmonics[:, None] * np.exp(1j * orders[:, None] * phase)).real.sum(axis=0)
        period = 1.0 / self.frequency if self.frequency > 0 else 0.0
        return phase / (2.0 * np.pi) * period, self.bias + self.amplitude * np.cos(phase), self.saturation * reduced


@dataclass(frozen=True)
class _Size:
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
    """What the last angle needed, from which the next one starts."""

    degree: int
    order: int
    times: int
    direct: bool = False

    @classmethod
    def guess(cls, size: _Size, angle: float, tolerance: float) -> _Basis:
        """Return what a random design of cases needed at the median."""
        width = size.width
        decades = math.log10(tolerance / 5e-4)
        degree = max(width * (3.95 - 0.33 * decades), 10.0)
        order = max(1.0 + 0.85 * width * math.sin(angle) - 1.3 * decades, 2.0)
        times = 12 if size.xi < 1.0 else 24 if size.xi < 5.0 else 34 if size.xi < 15.0 else 46
        return cls(_even(degree), _order(order), _even(times * (1.0 - 0.12 * max(decades, -1.0))))

    def turned(self, angle: float, other: float) -> _Basis:
        """Return the guess for another angle: the order follows the part of the field across the axis."""
        return replace(self, order=_order(self.order * min(math.sin(other) / max(math.sin(angle), 1e-3), 1.0)))


def _order(wanted: float) -> int:
    """Return the next of the orders for which operators are made."""
    return next((order for order in _ORDERS if order >= wanted - 1e-9), _ORDERS[-1])


def _even(number: float) -> int:
    return 2 * math.ceil(number / 2.0)


def dynamic_loop(
    core_diameter: float,
    Ms: float,
    K: float,
    H: float,
    f: float,
    *,
    sigma_g: float = 1.0,
    T: float = 310.15,
    alpha: float = 0.1,
    gamma: float = 1.76085963e11,
    easy_axis: Literal["random"] | float = "random",
    mode: Mode = "neel",
    hydrodynamic_diameter: float | None = None,
    viscosity: float | None = None,
    bias: float = 0.0,
    tolerance: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> Loop:
    """Return the dynamic hysteresis loop of cores in a field ``bias + H cos wt``.

    Parameters
    ----------
    core_diameter : float
        Magnetic diameter in m; the number median where sizes are distributed.
    Ms : float
        Saturation magnetisation in A/m.
    K : float
        Uniaxial anisotropy constant in J/m3; 0 gives the isotropic limit, below 0 an easy plane.
    H, f : float
        Peak field in A/m and frequency in Hz; zero of either gives no loss.
    sigma_g : float
        Geometric standard deviation of the lognormal number distribution of diameters.
    T : float
        Temperature in K.
    alpha : float
        Gilbert's damping, within (0, 10).
    gamma : float
        Gyromagnetic ratio in rad/(s T).
    easy_axis : "random" or float
        Axes in all directions, or one angle to the field in rad. Not used where the particle rotates.
    mode : {"neel", "brown", "coupled"}
        Moment in a fixed particle, moment fixed in a particle that turns, or both.
    hydrodynamic_diameter, viscosity : float, optional
        In m and Pa s, for "brown" and "coupled". The coating keeps its thickness over the sizes.
    bias : float
        Static field in A/m along the alternating one.
    tolerance : float, optional
        Wanted relative error of the area, 1e-6 to 0.05; by default 5e-4, and 5e-3 for "coupled".
    progress : callable, optional
        Called with the part done, 0 to 1.

    Returns
    -------
    Loop
        Weighted by volume over the sizes. ``converged`` is False where an estimate exceeds the tolerance.

    Raises
    ------
    InputError
        If a number is out of range, or the particle beyond what the method can hold, with the remedy.

    Notes
    -----
    The Fokker-Planck equation of Brown 1963 (doi:10.1103/PhysRev.130.1677) over spherical harmonics, precession kept,
    solved for its periodic state without a transient: see `periodic_state`. The size of the basis, the number of times
    and of angles follow from estimates of their errors. Particles do not interact.
    """
    positive("core_diameter", core_diameter, "m")
    positive("Ms", Ms, "A/m")
    positive("T", T, "K")
    positive("gamma", gamma, "rad/(s T)")
    between("K", K, -1e8, 1e8, "J/m3")
    not_negative("H", H, "A/m")
    not_negative("f", f, "Hz")
    between("sigma_g", sigma_g, 1.0, 3.0)
    between("bias", bias, -1e8, 1e8, "A/m")
    if tolerance is None:
        tolerance = 5e-3 if mode == "coupled" else 5e-4
    between("tolerance", tolerance, 1e-6, 0.05)
    if not 0.0 < alpha < 10.0:
        raise InputError("this is out of range", field="alpha", value=alpha, allowed="above 0, below 10")
    if mode not in _METHODS:
        raise InputError("this mode is not known", field="mode", value=mode, allowed=", ".join(_METHODS))
    layer = _coating(mode, core_diameter, hydrodynamic_diameter, viscosity)
    if easy_axis != "random":
        between("easy_axis", easy_axis, -2.0 * math.pi, 2.0 * math.pi, "rad", "give the angle in rad, or 'random'")
    if H == 0.0 or f == 0.0:
        return _still(Ms, H, f, bias, mode)

    def size_of(diameter: float) -> _Size:
        barrier = float(anisotropy_barrier(K, diameter, T))
        if abs(barrier) > _LARGEST_BARRIERS[mode]:
            raise InputError(
                "the barrier KV/kT is beyond what spherical harmonics can hold",
                field="core_diameter",
                value=f"{diameter * 1e9:.3g} nm, KV/kT = {barrier:.3g}",
                allowed=f"KV/kT up to {_LARGEST_BARRIERS[mode]:g} in mode '{mode}'",
                remedy="use stochastic_loop, or mode='brown' for particles that turn",
            )
        xi = float(langevin_parameter(H, diameter, Ms, T))
        free = Ms * math.pi / 6.0 * diameter**3 * (1.0 + alpha**2) / (2.0 * alpha * gamma * BOLTZMANN * T)
        rotation = 0.0
        unit = 2.0 * free
        if mode != "neel":
            brown = float(brown_relaxation_time(viscosity, diameter + layer, T))
            rotation = free / brown
            unit = 2.0 * brown if mode == "brown" else unit
        return _Size(barrier, xi, xi * bias / H, 2.0 * math.pi * f * unit, alpha, unit, rotation)

    harmonics, error, rate_time = _over_sizes(core_diameter, sigma_g, size_of, mode, easy_axis, tolerance, progress)
    return Loop(
        area=float(-math.pi * VACUUM_PERMEABILITY * H * Ms * harmonics[1].imag),
        harmonics=harmonics,
        amplitude=H,
        frequency=f,
        bias=bias,
        saturation=Ms,
        method=_METHODS[mode] + ("" if mode != "neel" else ", random axes" if easy_axis == "random" else ", one axis"),
        converged=bool(error <= tolerance),
        error=error,
        settling_time=rate_time,
    )


def _coating(mode: str, core_diameter: float, hydrodynamic_diameter: float | None, viscosity: float | None) -> float:
    """Return what the particle is wider than its core, in m."""
    if mode == "neel":
        return 0.0
    for name, value, unit in (("hydrodynamic_diameter", hydrodynamic_diameter, "m"), ("viscosity", viscosity, "Pa s")):
        if value is None:
            raise InputError(f"mode '{mode}' needs it", field=name, value="not given", remedy=f"give {name} in {unit}")
        positive(name, value, unit)
    if hydrodynamic_diameter < core_diameter:
        raise InputError(
            "the particle is smaller than its core",
            field="hydrodynamic_diameter",
            value=f"{hydrodynamic_diameter * 1e9:.4g} nm",
            allowed=f"{core_diameter * 1e9:.4g} nm or more",
        )
    return hydrodynamic_diameter - core_diameter


def _still(Ms: float, H: float, f: float, bias: float, mode: str) -> Loop:
    return Loop(
        area=0.0,
        harmonics=np.zeros(2, dtype=complex),
        amplitude=H,
        frequency=f,
        bias=bias,
        saturation=Ms,
        method=_METHODS[mode] + "; no alternating field, no loss",
        converged=True,
        error=0.0,
    )


def _over_sizes(median, sigma_g, size_of, mode, easy_axis, tolerance, progress) -> tuple[np.ndarray, float, float]:
    """Return the harmonics averaged by volume over the sizes, the relative error of the loss, the settling time."""
    diameters, weights = _size_nodes(median, math.log(sigma_g), size_of)
    middle = weights.size // 2
    total, square, settling = np.zeros(2, dtype=complex), 0.0, 0.0
    done = 0.0
    for step in (1, -1):
        before: complex | None = None
        for number in range(middle if step > 0 else middle - 1, weights.size if step > 0 else -1, step):
            size = size_of(diameters[number])
            # a size that weighs little may be known less well: all add about the same error
            share = tolerance * max(1.0, 0.4 / weights[number])
            found, relative, rate = _one_size(size, mode, easy_axis, min(share, 0.05))
            weight, rest = weights[number], weights[number + step :: step].sum() if number + step >= 0 else 0.0
            # once it changes nothing, the sizes beyond are taken as this one
            last = before is not None and rest * abs(found[1] - before) < 0.1 * tolerance * abs(total[1])
            weight += rest if last else 0.0
            total = _add(total, weight * found)
            square += (weight * relative * abs(found[1].imag)) ** 2
            if weights[number] > 0.5 * weights.max():
                settling = max(settling, size.unit_time / rate if rate > 0 else math.inf)
            done += weight
            before = found[1]
            if progress is not None:
                progress(min(done, 1.0))
            if last:
                break
    return total, math.sqrt(square) / max(abs(total[1].imag), 1e-300), settling


def _size_nodes(median: float, spread: float, size_of) -> tuple[np.ndarray, np.ndarray]:
    """Return diameters and weights of the volume-weighted lognormal.

    The trapezoidal rule converges exponentially once its step resolves the loss. Near the size that blocks, the loss of
    a weak field peaks within about one e-fold of the relaxation time, of which there are 3 sigma in one of d; a strong
    field spreads the peak by what it takes off the barrier.
    """
    if spread < 1e-9:
        return np.array([median]), np.array([1.0])
    heavy = size_of(median * math.exp(3.0 * spread**2))
    blocking = max(math.log(1.0 / min(heavy.frequency, 0.1)), 3.0)
    step = min(0.75, (1.2 + 0.33 * heavy.xi) / (3.0 * blocking * spread), 0.12 / spread)
    count = math.ceil(6.0 / step)
    deviations = step * np.arange(-count, count + 1)
    weights = np.exp(-0.5 * deviations**2)
    return median * np.exp(3.0 * spread**2 + spread * deviations), weights / weights.sum()


def _add(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    longer, shorter = (first, second) if first.size >= second.size else (second, first)
    result = longer.copy()
    result[: shorter.size] += shorter
    return result


def _one_size(size: _Size, mode: str, easy_axis, tolerance: float) -> tuple[np.ndarray, float, float]:
    """Return harmonics, the relative error of the loss and the mean slow rate of one size."""
    if mode != "neel" or easy_axis != "random" or size.barrier == 0.0:
        angle = 0.0 if mode != "neel" or easy_axis == "random" else float(easy_axis)
        if mode == "coupled":
            state, error = _refine_coupled(size, tolerance)
        else:
            state, error = _refine(size, mode, angle, _Basis.guess(size, angle, tolerance), tolerance)
        return state.harmonics, error, float(state.rates.mean())
    bases: dict[float, _Basis] = {}
    count = _first_angles(size, tolerance)
    while True:
        total, error, rate, missing = _over_angles(size, bases, count, tolerance)
        if missing <= 0.7 * tolerance or count >= 64:
            return total, math.hypot(error, missing), rate
        count = _even(1.5 * count)


def _first_angles(size: _Size, tolerance: float) -> int:
    wanted = 8 if tolerance < 5e-3 else 6
    if size.barrier < 16.0 or size.xi < 1.0:
        return wanted
    return _even(wanted * (1.5 if tolerance < 2e-2 else 1.3))


def _over_angles(
    size: _Size, bases: dict[float, _Basis], count: int, tolerance: float
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
        basis = _Basis.guess(size, angle, tolerance) if nearest is None else bases[nearest].turned(nearest, angle)
        mean = abs(total[1].imag) / weighed if weighed > 0 else 0.0
        state, relative = _refine(size, "neel", angle, basis, 0.6 * tolerance, mean / (count * weight))
        bases[angle] = basis
        total = _add(total, weight * state.harmonics)
        weighed += weight
        losses[number] = state.harmonics[1].imag * math.sin(angle)
        error += weight * relative * abs(state.harmonics[1].imag)
        rate = min(rate, float(state.rates.mean()))
    coefficients = np.abs(np.polynomial.legendre.legfit(nodes, losses, count - 1))
    # the rule is exact to twice the degree of the interpolation: what is missing decays as the square of its tail
    missing = 0.3 * float((coefficients[-2:].max() / max(coefficients.max(), 1e-300)) ** 2)
    return total, error / max(abs(total[1].imag), 1e-300), rate, missing


def _refine(
    size: _Size, mode: str, angle: float, basis: _Basis, tolerance: float, scale: float = 0.0
) -> tuple[PeriodicState, float]:
    """Solve for one angle with a basis that grows until the estimates meet the tolerance.

    Errors are relative to the loss of this angle, or to ``scale`` where that is larger.
    """
    before = math.inf
    for _ in range(8):
        state = _solve(size, mode, angle, basis, tolerance)
        allowed = tolerance * max(1.0, scale / max(abs(state.harmonics[1].imag), 1e-300))
        errors = (
            _caution(size, basis, mode) * state.degree_error,
            max(_precession(size, basis) / _PRECESSION_AT_A_TENTH, 1.0) ** 2.5 * state.order_error,
            _missing_times(size, mode, angle, state),
        )
        if max(errors) <= allowed and state.settled:
            break
        if errors[0] > allowed:
            excess = min(math.log10(errors[0] / allowed), 4.0)
            basis.degree = _even(basis.degree * (1.04 + 0.05 * excess))
        if errors[1] > allowed:
            place = min(_ORDERS.index(basis.order) + (2 if errors[1] > 30.0 * allowed else 1), len(_ORDERS) - 1)
            basis.order = _ORDERS[place]
        if errors[2] > allowed and errors[2] > before and not basis.direct:
            # more times made it worse: where precession is as fast as they are, only the harmonics themselves will do
            basis.direct, basis.times, before = True, _even(basis.times / 1.8), math.inf
        elif errors[2] > allowed or not state.settled:
            before = errors[2]
            basis.times = min(_even(basis.times * (1.35 if errors[2] < 10.0 * allowed else 1.8)), _MOST_TIMES)
    return state, float(max(errors)) if state.settled else 1.0


def _refine_coupled(size: _Size, tolerance: float) -> tuple[PeriodicState, float]:
    """Solve with a growing basis until the loss no longer changes; each step leaves a third or less of it."""
    basis = _Basis(_even(max(3.2 * size.width, 8.0)), _order(max(2.2 * size.width, 2.0)), 16 if size.xi < 5.0 else 24)
    before = _solve(size, "coupled", 0.0, basis, tolerance)
    error = math.inf
    for _ in range(8):
        basis = _Basis(basis.degree + 2, _order(basis.order + 1), basis.times)
        if _missing_times(size, "coupled", 0.5 * math.pi, before) > tolerance or not before.settled:
            basis.times = min(_even(1.35 * basis.times), _MOST_TIMES)
        state = _solve(size, "coupled", 0.0, basis, tolerance)
        change = abs(state.harmonics[1].imag - before.harmonics[1].imag) / max(abs(state.harmonics[1].imag), 1e-300)
        error = max(change / 3.0, _missing_times(size, "coupled", 0.5 * math.pi, state)) if state.settled else 1.0
        before = state
        if error <= tolerance:
            break
    return before, float(error)


def _missing_times(size: _Size, mode: str, angle: float, state: PeriodicState) -> float:
    """Return about the relative error of the loss by the number of times, from the highest harmonics.

    It is of second order in them, but for a moment that a low barrier lets precess round the field as it goes through
    zero: that excites high harmonics to first order. The factors are from cases solved with many more times.
    """
    tail = state.harmonic_tail
    if mode == "brown":
        return 300.0 * tail**2
    rings = 2.0 / size.damping * math.exp(-max(size.barrier, 0.0) / 2.0) * math.sin(angle) ** 2
    return max(300.0 * tail**2, rings * tail)


def _caution(size: _Size, basis: _Basis, mode: str) -> float:
    """Return how much larger the error may be than the product of the slow mode's tails.

    What couples the cut degrees to the others grows with the energies and with precession. Fitted from above to a
    design of 7 cases (sigma 8 to 50, damping 0.02 to 1), and tested on another.
    """
    if mode == "brown":
        return 1.0
    return _precession(size, basis) ** 2 * 25.0 * max(size.width**2 / 33.0, 0.3) ** 2.5


def _precession(size: _Size, basis: _Basis) -> float:
    """Return about how much precession adds to the coupling between functions, over that of the damping."""
    return 1.0 + 4.0 / (size.damping * basis.degree)


def _solve(size: _Size, mode: str, angle: float, basis: _Basis, tolerance: float) -> PeriodicState:
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


def _axis_weights(size: _Size) -> dict[str, float]:
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
