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

    def size_of(diameter: float) -> Size:
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
            found, relative, rate = one_size(size, mode, easy_axis, min(share, 0.05))
            weight, rest = weights[number], weights[number + step :: step].sum() if number + step >= 0 else 0.0
            # once it changes nothing, the sizes beyond are taken as this one
            last = before is not None and rest * abs(found[1] - before) < 0.1 * tolerance * abs(total[1])
            weight += rest if last else 0.0
            total = add_harmonics(total, weight * found)
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
