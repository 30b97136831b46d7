"""Hysteresis loops of ensembles of moments by the stochastic Landau-Lifshitz-Gilbert equation.

For what the Fokker-Planck equation does not reach: clusters with dipolar interaction, cubic anisotropy, high barriers.
`ferrotope.magnetism.stochastic_ensembles` prepares and moves the moments; this file leads them through the field and
draws the loop.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as entry

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.magnetism.stochastic_ensembles import TURN, Clusters, Matter, Particles, finite, whole_number
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import ELECTRON_GYROMAGNETIC_RATIO, VACUUM_PERMEABILITY

__all__ = ["StochasticLoop", "stochastic_loop"]

_COARSE = 0.5  # precession in a step from which on Heun's method is not trusted, rad
_FEWEST = 400  # steps a period
_STATIC = 20_000  # steps of a "period" without frequency
_BUDGET = 1e12  # steps of all particles together
_CHUNK = 20_000_000  # steps of all particles between two reports of progress,
_LONGEST = 200_000  # and of each
_SAMPLES = 200  # points of the loop that is handed back


@dataclass(frozen=True)
class StochasticLoop:
    """Hysteresis loop of an ensemble in H cos(2 pi f t) + bias.

    Attributes
    ----------
    area : float
        Loss a cycle, J per m3 of core.
    area_sem : float
        Its standard error over particles or clusters; not a number for a single one.
    harmonics : ndarray
        Complex a_k with <m.h> = a_0 + Re sum of a_k exp(2 pi i k f t); m is the moment over its saturation.
    time : ndarray
        In s from the start of the last period, the middle of each sample.
    field : ndarray
        In A/m, at `time`.
    magnetisation : ndarray
        <m.h> in the last period, the mean over each sample.
    frequency : float
        In Hz.
    time_step : float
        In s.
    steps : int
        Steps of each particle.
    seed : int
        With which the same loop comes out again.
    """

    area: float
    area_sem: float
    harmonics: NDArray[np.complex128] = entry(repr=False)
    time: NDArray[np.float64] = entry(repr=False)
    field: NDArray[np.float64] = entry(repr=False)
    magnetisation: NDArray[np.float64] = entry(repr=False)
    frequency: float
    time_step: float
    steps: int
    seed: int

    def specific_loss(self, density: float) -> float:
        """Return the power in W per kg of core for its density in kg/m3."""
        return self.area * self.frequency / float(positive("density", density, "kg/m3"))

    def slp(self, density: float, iron_mass_fraction: float = 0.7236) -> float:
        """Return the power in W per kg of iron.

        Parameters
        ----------
        density : float
            Of the core, kg/m3.
        iron_mass_fraction : float
            Of the core; magnetite by default.

        Returns
        -------
        float
            In W/kg.
        """
        return self.specific_loss(density) / float(between("iron_mass_fraction", iron_mass_fraction, 1e-6, 1.0))


def stochastic_loop(
    core_diameter: ArrayLike,
    Ms: float,
    K: float,
    H: float,
    f: float,
    *,
    T: float = 310.15,
    alpha: float = 0.1,
    gamma: float = ELECTRON_GYROMAGNETIC_RATIO,
    easy_axis: str | float = "random",
    mode: str = "neel",
    hydrodynamic_diameter: ArrayLike | None = None,
    viscosity: float | None = None,
    bias: float = 0.0,
    anisotropy: str = "uniaxial",
    positions: ArrayLike | None = None,
    particles: int | None = None,
    periods: int = 2,
    discard: int = 1,
    steps_per_period: int | None = None,
    harmonics: int = 20,
    seed: int = 0,
    progress: Callable[[float], object] | None = None,
) -> StochasticLoop:
    """Return the hysteresis loop of an ensemble of single-domain particles.

    Parameters
    ----------
    core_diameter : float or ndarray
        Magnetic diameter in m: of all, one a particle, or with `positions` one a member of the cluster.
    Ms : float
        Saturation magnetisation, A/m.
    K : float
        Anisotropy constant, J/m3; may be negative (easy plane, or cubic with easy diagonals).
    H, f : float
        Amplitude in A/m and frequency in Hz of the field along z. Without frequency the field is H + bias throughout,
        and a period is `steps_per_period` steps.
    T : float
        Temperature, K.
    alpha : float
        Gilbert's damping.
    gamma : float
        Gyromagnetic ratio, rad/(s T).
    easy_axis : "random" or float
        Random directions, evenly spread over strata, or the angle between the field and the easy axis in rad, tilted
        towards x (with cubic anisotropy the axis [001], tilted about [010], which lies along y).
    mode : str
        "neel": the particle does not move; "brown": the moment does not move in the particle, which rotates; "coupled":
        both move, and the moment turns the particle by its easy axis.
    hydrodynamic_diameter, viscosity : float, optional
        In m and Pa s, for particles that rotate.
    bias : float
        Static field along z, A/m.
    anisotropy : str
        "uniaxial" or "cubic".
    positions : ndarray, optional
        Of the members of a cluster in m, shape (members, 3), or (arrangements, members, 3), which are taken in turn.
        The members feel each other's dipolar fields. The clusters are not turned.
    particles : int, optional
        How many; 1000 by default, or one for each diameter. Clusters are filled up, and each arrangement is used.
    periods, discard : int
        Periods computed, and how many at the start of them are thrown away. The ensemble starts on its easy
        axes, half of it up and half down.
    steps_per_period : int, optional
        By default so many that precession, thermal motion and rotation in the liquid are resolved.
    harmonics : int
        Highest harmonic of the magnetisation that is returned.
    seed : int
        Of the random numbers: the same seed gives the same loop, with any number of threads. (Another
        kind of processor may round differently, which chance amplifies.)
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    StochasticLoop
        Loss, its standard error, harmonics and loop.

    Notes
    -----
    dm/dt = -gamma/(1 + a^2) (m x B + a m x (m x B)) with damping a, B applied, of anisotropy (2 K/Ms (m.e) e, or
    2 K/Ms sum of (m.c)^3 c over cubic axes c), dipolar and thermal; each component of the thermal field has variance
    2 a kB T/(gamma Ms V dt) in a step dt. A free particle of volume V_h rotates with its axis n by
    dn/dt = (2 K V/zeta) (m.n) (m - (m.n) n) + w x n, w of variance 2 kB T/(zeta dt), zeta = 6 eta V_h; a blocked one by
    the torque Ms V m x B. Heun's method in Stratonovich's sense (W. F. Brown, Phys Rev 1963;130:1677,
    doi:10.1103/PhysRev.130.1677, gives the equations). The loss is -mu0 Ms times the closed integral of m.h dH.

    32 particles, or 32 clusters, are advanced side by side: fewer take as long.
    """
    matter = Matter(Ms, K, T, alpha, gamma, anisotropy, mode)
    wave = _Wave(H, f, bias, periods, discard, harmonics)
    seed = whole_number("seed", seed, 0, 2**63 - 1)
    count = None if particles is None else whole_number("particles", particles, 1)
    liquid = (hydrodynamic_diameter, viscosity)
    if positions is None:
        ensemble: Particles | Clusters = Particles(matter, core_diameter, easy_axis, liquid, count, seed)
    else:
        ensemble = Clusters(matter, core_diameter, easy_axis, positions, count, seed)
    steps = _steps(ensemble, wave, steps_per_period)
    time_step = 1.0 / (wave.f * steps) if wave.f else ensemble.time_step(wave.strongest)
    ensemble.set_step(time_step)
    return _run(ensemble, wave, steps, time_step, seed, progress)


class _Wave:
    """The field."""

    def __init__(self, H, f, bias, periods, discard, harmonics) -> None:
        self.H = float(not_negative("H", H, "A/m"))
        self.f = float(not_negative("f", f, "Hz"))
        self.bias = finite("bias", bias, "A/m")
        self.periods = whole_number("periods", periods, 1)
        self.discard = whole_number("discard", discard, 0, self.periods - 1)
        self.harmonics = whole_number("harmonics", harmonics, 1, 1000)
        self.strongest = VACUUM_PERMEABILITY * (self.H + abs(self.bias))


def _steps(ensemble, wave, wanted) -> int:
    """Return the steps a period, within the budget, or refuse."""
    finest = ensemble.time_step(wave.strongest)
    if wanted is not None:
        steps = whole_number("steps_per_period", wanted, 8)
        if wave.f and finest * _COARSE / TURN * wave.f * steps < 1.0:
            raise InputError(
                "steps of this length do not resolve the motion",
                field="steps_per_period",
                value=steps,
                allowed=f"{math.ceil(TURN / _COARSE / (finest * wave.f))} or more",
                remedy="leave it out to have it chosen",
            )
    elif wave.f:
        steps = max(_FEWEST, math.ceil(1.0 / (wave.f * finest)))
    else:
        steps = _STATIC
    whole = float(steps) * wave.periods * ensemble.load
    if whole > _BUDGET:
        raise InputError(
            "this would take too long",
            field="f",
            value=f"{wave.f:g} Hz",
            allowed=f"{_BUDGET:.0e} steps of all particles together; this needs {whole:.1e}",
            remedy="use fewer particles or periods, or the Fokker-Planck solution for slow fields",
        )
    return steps


def _run(ensemble, wave, steps, time_step, seed, progress) -> StochasticLoop:
    """Follow the field through all periods and gather the loop."""
    kept = wave.periods - wave.discard
    samples = min(_SAMPLES, steps)
    sums = np.zeros(wave.harmonics + 1, dtype=complex)
    loop, inside, middle = np.zeros(samples), np.zeros(samples), np.zeros(samples)
    chunk = min(max(64, _CHUNK // ensemble.load), _LONGEST)
    for period in range(wave.periods):
        if period == wave.discard:
            ensemble.forget()
        for first in range(0, steps, chunk):
            at = np.arange(first, min(first + chunk, steps) + 1)
            wave_form = np.cos(2.0 * np.pi / steps * at) if wave.f else np.ones(at.size)
            field = VACUUM_PERMEABILITY * (wave.bias + wave.H * wave_form)
            trace = ensemble.advance(field, 0.5 * np.diff(wave_form))
            if period >= wave.discard:
                turn, power = np.exp(-2j * np.pi / steps * at[1:]), np.ones(trace.size, dtype=complex)
                for order in range(sums.size if wave.f else 1):
                    sums[order] += trace @ power
                    power *= turn
            if period == wave.periods - 1:
                sample = at[:-1] * samples // steps
                loop += np.bincount(sample, trace, samples)
                inside += np.bincount(sample, minlength=samples)
                middle += np.bincount(sample, at[1:], samples)
            if progress is not None:
                progress((period + at[-1] / steps) / wave.periods)
    sums[1:] *= 2.0
    mean, error = ensemble.integral()
    unit = VACUUM_PERMEABILITY * ensemble.matter.Ms * wave.H / kept
    time = middle / inside * time_step
    return StochasticLoop(
        area=-unit * mean + 0.0,
        area_sem=unit * error,
        harmonics=sums / (kept * steps),
        time=time,
        field=wave.bias + wave.H * np.cos(2.0 * np.pi * wave.f * time),
        magnetisation=loop / inside,
        frequency=wave.f,
        time_step=time_step,
        steps=steps * wave.periods,
        seed=seed,
    )
