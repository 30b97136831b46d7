"""Dynamic hysteresis loops by harmonic balance over the Fokker-Planck equation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ferrotope.errors import InputError
from ferrotope.magnetism.equilibrium import langevin_parameter
from ferrotope.magnetism.one_size import Size, add_harmonics, one_size
from ferrotope.magnetism.relaxation import anisotropy_barrier, brown_relaxation_time
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

__all__ = ["Loop", "dynamic_loop"]

Mode = Literal["neel", "brown", "coupled"]

# kT; above, the spherical harmonics get too many
_LARGEST_BARRIERS = {"neel": 150.0, "brown": math.inf, "coupled": 25.0}
_REMEDIES = {
    "neel": "use stochastic_loop, or mode='brown' for particles that turn",
    "coupled": "use heating_power for the loss of particles that turn, or stochastic_loop",
}
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
        Wanted relative error of the area, 1e-6 to 0.05; by default 5e-4 of one size, 1e-3 of many, which are never
        known better than that, and 5e-3 for "coupled".
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
        tolerance = 5e-3 if mode == "coupled" else 1e-3 if sigma_g > 1.0 else 5e-4
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

    def size_of(diameter: float) -> Size:
        barrier = float(anisotropy_barrier(K, diameter, T))
        if abs(barrier) > _LARGEST_BARRIERS[mode]:
            raise InputError(
                "the barrier KV/kT is beyond what spherical harmonics can hold",
                field="core_diameter",
                value=f"{diameter * 1e9:.3g} nm, KV/kT = {barrier:.3g}",
                allowed=f"KV/kT up to {_LARGEST_BARRIERS[mode]:g} in mode '{mode}'",
                remedy=_REMEDIES[mode],
            )
        xi = float(langevin_parameter(H, diameter, Ms, T))
        free = Ms * math.pi / 6.0 * diameter**3 * (1.0 + alpha**2) / (2.0 * alpha * gamma * BOLTZMANN * T)
        rotation = 0.0
        unit = 2.0 * free
        if mode != "neel":
            brown = float(brown_relaxation_time(viscosity, diameter + layer, T))
            rotation = free / brown
            unit = 2.0 * brown if mode == "brown" else unit
        return Size(barrier, xi, xi * bias / H, 2.0 * math.pi * f * unit, alpha, unit, rotation)

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
    diameters, weights = _size_nodes(median, math.log(sigma_g), size_of, mode, easy_axis == "random", 0.1 * tolerance)
    middle = weights.size // 2
    total, settling, done = np.zeros(2, dtype=complex), 0.0, 0.0
    square = 0.0  # of the error of the loss
    first: list[np.ndarray] = []
    # the small sizes first: they cost little, and show how much the large ones have to be known
    for numbers in (range(middle, -1, -1), range(middle + 1, weights.size)):
        line = first[:1]  # from the middle outwards
        for place, number in enumerate(numbers):
            weight = weights[number]
            size = size_of(diameters[number])
            # a size that adds little, as far as its neighbour's loss tells, may be known less well
            part = weight * abs(line[-1][1].imag / total[1].imag) if line and total[1].imag != 0.0 else 1.0
            share = tolerance * max(1.0, 0.5 / max(part, 1e-3))
            found, relative, rate = one_size(size, mode, easy_axis, min(share, 0.05))
            line.append(found)
            first = first or line
            total = add_harmonics(total, weight * found)
            square += (weight * relative * abs(found[1].imag)) ** 2
            if weight > 0.5 * weights.max():
                settling = max(settling, size.unit_time / rate if rate > 0 else math.inf)
            done += weight
            if progress is not None:
                progress(min(done, 0.99))
            beyond = weights[list(numbers[place + 1 :])]
            if len(line) > 2 and beyond.size:
                rest, wrong = _continued(line, beyond)
                if wrong < 0.4 * tolerance * abs(total[1].imag):
                    total = add_harmonics(total, rest)
                    square += wrong**2
                    done += beyond.sum()
                    break
    if progress is not None:
        progress(1.0)
    error = math.sqrt(square) / max(abs(total[1].imag), 1e-300)
    return total, math.hypot(error, 0.3 * tolerance if weights.size > 1 else 0.0), settling


def _continued(line: list[np.ndarray], weights: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the weighted harmonics of the sizes beyond the last, by the parabola through three, and about its error.

    The error of the loss is what the bend of the parabola adds, or a tenth of what the slope does.
    """
    steps = np.arange(1.0, weights.size + 1.0)
    slope, bend = weights @ steps, weights @ (0.5 * steps * (steps + 1.0))
    parts = ((weights.sum() + slope + bend, -1), (-slope - 2.0 * bend, -2), (bend, -3))
    rest = np.zeros(2, dtype=complex)
    for factor, place in parts:
        rest = add_harmonics(rest, factor * line[place])
    last, before, earlier = (line[place][1].imag for _, place in parts)
    return rest, max(bend * abs(last - 2.0 * before + earlier), 0.1 * slope * abs(last - before))


def _size_nodes(
    median: float, spread: float, size_of, mode: str, random_axes: bool, allowed: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return diameters and weights of the volume-weighted lognormal, for a relative error ``allowed`` of the loss.

    The error of the trapezoidal rule is about 2 exp(-2 pi a/step), a the distance of the nearest pole from the real
    axis. The loss of a weak field, w tau/(1 + (w tau)^2), has it at a phase pi/2 of tau, which grows as exp(sigma): in
    the logarithm of the diameter at pi/2 over three times the barrier of the size that blocks. A strong field takes
    more off the barrier at some angles than at others, which spreads the peak of random axes: by a factor from four
    cases with twice as many sizes or more. At one angle all sizes switch at the same part of the anisotropy field.
    """
    if spread < 1e-9:
        return np.array([median]), np.array([1.0])
    heavy = size_of(median * math.exp(3.0 * spread**2))
    blocking, deviation = 3.0, 0.0
    if mode != "brown" and heavy.barrier > 0.0:
        for _ in range(20):  # w tau = 1 with tau by Brown 1963, doi:10.1103/PhysRev.130.1677, for high barriers
            blocking = max(math.log(4.0 / math.sqrt(math.pi) * heavy.barrier * blocking**0.5 / heavy.frequency), 3.0)
        deviation = math.log(blocking / heavy.barrier) / (3.0 * spread)
    largest = min(0.75, 0.12 / spread)
    if abs(deviation) > 6.0:  # no size is near that
        step = largest
    else:
        field = heavy.xi * min(blocking / heavy.barrier, 1.0) if heavy.barrier > 0.0 else heavy.xi
        wider = 1.0 + 0.03 * field**2 if random_axes else 1.0
        distance = 0.5 * math.pi * wider / (3.0 * blocking * spread)
        step = min(largest, 2.0 * math.pi * distance / math.log(2.0 / allowed))
    count = math.ceil(6.0 / step)
    deviations = step * np.arange(-count, count + 1)
    weights = np.exp(-0.5 * deviations**2)
    return median * np.exp(3.0 * spread**2 + spread * deviations), weights / weights.sum()
