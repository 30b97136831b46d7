"""Hysteresis loops of ensembles of moments by the stochastic Landau-Lifshitz-Gilbert equation.

For what the Fokker-Planck equation does not reach: clusters with dipolar interaction, cubic anisotropy, high barriers.
The kernels in `ferrotope.magnetism.stochastic_kernels` do the steps; this file prepares them and draws the loop.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as entry

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError, nearest
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import BOLTZMANN, ELECTRON_GYROMAGNETIC_RATIO, VACUUM_PERMEABILITY

__all__ = ["StochasticLoop", "stochastic_loop"]

_TURN = 0.1  # largest precession in a step, rad
_COARSE = 0.5  # precession in a step from which on Heun's method is not trusted, rad
_SPREAD = 1e-3  # largest thermal variance of a component in a step, of which 4/3 is the relative error of diffusion
_FOLLOW = 0.05  # largest viscous turn in a step, rad
_FEWEST = 400  # steps a period
_STATIC = 20_000  # steps of a "period" without frequency
_BUDGET = 1e12  # steps of all particles together
_CHUNK = 20_000_000  # steps of all particles between two reports of progress,
_LONGEST = 200_000  # and of each
_MEMORY = 4e9  # bytes of dipolar tensors
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
    matter = _Matter(Ms, K, T, alpha, gamma, anisotropy, mode)
    wave = _Wave(H, f, bias, periods, discard, harmonics)
    seed = _whole("seed", seed, 0, 2**63 - 1)
    count = None if particles is None else _whole("particles", particles, 1)
    liquid = (hydrodynamic_diameter, viscosity)
    if positions is None:
        ensemble: _Particles | _Clusters = _Particles(matter, core_diameter, easy_axis, liquid, count, seed)
    else:
        ensemble = _Clusters(matter, core_diameter, easy_axis, positions, count, seed)
    steps = _steps(ensemble, wave, steps_per_period)
    time_step = 1.0 / (wave.f * steps) if wave.f else ensemble.time_step(wave.strongest)
    ensemble.set_step(time_step)
    return _run(ensemble, wave, steps, time_step, seed, progress)


class _Matter:
    """What all particles have in common."""

    def __init__(self, Ms, K, T, alpha, gamma, anisotropy, mode) -> None:
        self.Ms = float(positive("Ms", Ms, "A/m"))
        self.K = _finite("K", K, "J/m3")
        self.T = float(positive("T", T, "K"))
        self.alpha = float(positive("alpha", alpha))
        if self.alpha >= 10.0:
            raise InputError("this is out of range", field="alpha", value=alpha, allowed="above 0, below 10")
        self.gamma = float(positive("gamma", gamma, "rad/(s T)"))
        self.cubic = _one_of("anisotropy", anisotropy, ("uniaxial", "cubic")) == "cubic"
        self.mode = _one_of("mode", mode, ("neel", "brown", "coupled"))
        if self.cubic and self.mode == "coupled":
            raise InputError(
                "a cubic particle that rotates in the liquid is not modelled",
                field="anisotropy",
                value=anisotropy,
                remedy="use anisotropy='uniaxial', or mode 'neel' or 'brown'",
            )
        self.thermal_energy = BOLTZMANN * self.T
        self.slowed = self.gamma / (1.0 + self.alpha**2)

    def angle(self, field, time_step):
        """Return a field in T as the angle of the kernels."""
        return self.slowed * time_step * field

    def kick(self, volume, time_step):
        """Return the standard deviation of the thermal field as an angle."""
        variance = 2.0 * self.alpha * self.thermal_energy / (self.gamma * self.Ms * volume * time_step)
        return self.angle(np.sqrt(variance), time_step)

    def longest(self, field, volume):
        """Return the longest step that resolves precession in a field in T and the thermal motion."""
        precession = self.gamma * field / math.sqrt(1.0 + self.alpha**2)
        diffusion = self.alpha * self.slowed * self.thermal_energy / (self.Ms * np.min(volume))
        return 1.0 / max(precession / _TURN, 2.0 * diffusion / _SPREAD)

    @property
    def anisotropy_field(self):
        """2 K/Ms in T."""
        return 2.0 * self.K / self.Ms


class _Wave:
    """The field."""

    def __init__(self, H, f, bias, periods, discard, harmonics) -> None:
        self.H = float(not_negative("H", H, "A/m"))
        self.f = float(not_negative("f", f, "Hz"))
        self.bias = _finite("bias", bias, "A/m")
        self.periods = _whole("periods", periods, 1)
        self.discard = _whole("discard", discard, 0, self.periods - 1)
        self.harmonics = _whole("harmonics", harmonics, 1, 1000)
        self.strongest = VACUUM_PERMEABILITY * (self.H + abs(self.bias))


class _Particles:
    """Particles that do not feel each other."""

    def __init__(self, matter, core_diameter, easy_axis, liquid, count, seed) -> None:
        from ferrotope.magnetism import stochastic_kernels as kernels

        diameters = positive("core_diameter", core_diameter, "m")
        if diameters.ndim > 1 or (diameters.ndim == 1 and count not in (None, diameters.size)):
            raise InputError(
                "there must be one diameter, or one for each particle",
                field="core_diameter",
                value=f"shape {diameters.shape}",
                remedy="leave out 'particles'",
            )
        count = diameters.size if diameters.ndim else (count or 1000)
        self.matter, self.count = matter, count
        self.volume = np.broadcast_to(np.pi / 6.0 * diameters**3, (count,))
        self.kind = {"coupled": kernels.FREE, "brown": kernels.BLOCKED}.get(
            matter.mode, kernels.CUBIC if matter.cubic else kernels.UNIAXIAL
        )
        self.friction = None
        if matter.mode != "neel":
            if not isinstance(easy_axis, str):
                raise InputError("particles that rotate have no fixed axis", field="easy_axis", value=easy_axis)
            self.friction = _friction(diameters, *liquid)

        draw = np.random.default_rng(seed)
        cosine, self.order = _strata(count, easy_axis, draw, shuffled=diameters.ndim > 0)
        azimuth = _azimuths(count, easy_axis)
        sign = np.where(np.argsort(self.order) % 2, -1.0, 1.0)
        self.weights = self.volume / self.volume.sum()
        rows = np.zeros((kernels.ROWS, count))
        rows[3:6] = _directions(cosine, azimuth)
        rows[2] = sign
        if matter.mode == "coupled":
            rows[0:3] = sign * rows[3:6]
        elif matter.mode == "brown":
            rows[0:3] = _directions(2.0 * cosine - 1.0, azimuth)
        rows[7] = self.weights
        spare = np.zeros(kernels.ROWS)
        spare[[2, 5]] = 1.0
        self.state = _packed(rows, spare)
        self.load = self.state.shape[0] * kernels.LANES  # moments that are computed, those in lanes to spare too
        self.streams = _packed(kernels.open_streams(np.uint64(seed), self.load))

    @property
    def _rows(self):
        """The state by group, row and lane."""
        from ferrotope.magnetism.stochastic_kernels import LANES, ROWS

        return self.state.reshape(-1, ROWS, LANES)

    def _set(self, row, values):
        self._rows[:, row] = _packed(np.broadcast_to(values, (1, self.count)))

    def time_step(self, strongest):
        """Return the longest step that resolves everything in an applied field in T."""
        steps = [np.inf]
        if self.matter.mode != "brown":
            field = strongest + abs(self.matter.anisotropy_field)
            steps.append(self.matter.longest(field, self.volume))
        if self.friction is not None:
            energy = self.matter.Ms * strongest if self.matter.mode == "brown" else 2.0 * abs(self.matter.K)
            drag = energy * np.max(self.volume / self.friction)
            diffusion = self.matter.thermal_energy / np.min(self.friction)
            steps.append(1.0 / max(drag / _FOLLOW, 2.0 * diffusion / _SPREAD))
        return min(steps)

    def set_step(self, time_step):
        """Prepare for steps of this length in s."""
        matter = self.matter
        self._set(6, matter.kick(self.volume, time_step))
        if self.friction is not None:
            stiffness = matter.Ms if matter.mode == "brown" else 2.0 * matter.K
            self._set(9, np.sqrt(2.0 * matter.thermal_energy / self.friction * time_step))
            self._set(10, stiffness * self.volume / self.friction * time_step)
        self.anisotropy = matter.angle(matter.anisotropy_field, time_step)
        self.scale = 1.0 if matter.mode == "brown" else matter.angle(1.0, time_step)

    def advance(self, field, climb):
        """Follow the field in T and return <m.h> after each step."""
        from ferrotope.magnetism.stochastic_kernels import advance

        traces = np.empty((self.state.shape[0], climb.size))
        drive = self.scale * field
        advance(self.state, self.streams, traces, drive, climb, self.anisotropy, self.matter.alpha, self.kind)
        return traces.sum(axis=0)

    def forget(self):
        """Set the sums of m.h dH to zero."""
        self._set(8, 0.0)

    def integral(self):
        """Return the sum of m.h dH and its standard error."""
        each = self._rows[:, 8].ravel()[: self.count]
        mean = float(self.weights @ each)
        # Neighbours in the strata differ by chance only, or almost; strata as such are no uncertainty.
        differences = np.diff((self.weights * (each - mean))[self.order])
        if self.count == 1:
            return mean, math.nan
        return mean, math.sqrt(0.5 * self.count / (self.count - 1) * float(differences @ differences))


class _Clusters:
    """Clusters, whose members feel each other's dipolar fields."""

    def __init__(self, matter, core_diameter, easy_axis, positions, count, seed) -> None:
        from ferrotope.magnetism import stochastic_kernels as kernels

        if matter.mode != "neel":
            raise InputError("clusters do not rotate", field="mode", value=matter.mode, allowed="neel")
        places, diameters = _arrangements(positions, core_diameter)
        arrangements, size = diameters.shape
        clusters = max(-(-(count or 1000) // size), arrangements)
        self.matter, self.count, self.size = matter, clusters, size
        taken = np.arange(clusters) % arrangements
        self.volume = (np.pi / 6.0 * diameters**3)[taken].T
        self.weights = self.volume / self.volume.sum()
        self.groups = -(-clusters // kernels.LANES)
        self.shared = arrangements == 1
        if 48.0 * size**2 * (1 if self.shared else self.groups * kernels.LANES) > _MEMORY:
            raise InputError(
                "the dipolar tensors of so many large clusters do not fit in memory",
                field="positions",
                value=f"{clusters} clusters of {size}",
                remedy="use fewer or smaller clusters, or one arrangement for all of them",
            )
        # In T for a unit vector at the second member.
        tensors = VACUUM_PERMEABILITY * matter.Ms / (4.0 * np.pi) * _dipolar(places, np.pi / 6.0 * diameters**3)
        self.dipolar = _strongest(tensors)
        self.tensors = tensors.reshape(1, -1) if self.shared else _packed(tensors.reshape(arrangements, -1).T[:, taken])

        draw = np.random.default_rng(seed)
        total = clusters * size
        cosine, _ = _strata(total, easy_axis, draw, shuffled=True)
        turned = isinstance(easy_axis, str)
        azimuth = draw.uniform(0.0, 2.0 * np.pi, total) if turned else np.zeros(total)
        spin = draw.uniform(0.0, 2.0 * np.pi, total) if turned else np.full(total, np.pi)
        axes = _crystals(cosine, azimuth, spin).reshape(3, 3, size, clusters)
        rows = np.zeros((size, kernels.MEMBER_ROWS, clusters))
        rows[:, 0:3] = (np.where(np.arange(clusters) % 2, -1.0, 1.0) * axes[0]).transpose(1, 0, 2)
        rows[:, 10] = self.weights
        rows[:, 12:] = axes.transpose(2, 0, 1, 3).reshape(size, 9, clusters)
        spare = np.zeros((size, kernels.MEMBER_ROWS))
        spare[:, 2] = 1.0
        self.state = _packed(rows.reshape(-1, clusters), spare.ravel())
        lanes = self.groups * kernels.LANES
        self.load = size * lanes
        words = kernels.open_streams(np.uint64(seed), self.load).reshape(4, lanes, size)
        self.streams = _packed(words.transpose(2, 0, 1).reshape(-1, lanes))

    def time_step(self, strongest):
        """Return the longest step that resolves everything in an applied field in T."""
        return self.matter.longest(strongest + abs(self.matter.anisotropy_field) + self.dipolar, self.volume)

    def set_step(self, time_step):
        """Prepare for steps of this length in s."""
        self._rows[:, :, 9] = _packed(self.matter.kick(self.volume, time_step)).reshape(self._rows[:, :, 9].shape)
        self.scale = self.matter.angle(1.0, time_step)
        self.angles = self.scale * self.tensors

    @property
    def _rows(self):
        """The state by group, member, row and lane."""
        from ferrotope.magnetism.stochastic_kernels import LANES, MEMBER_ROWS

        return self.state.reshape(self.groups, self.size, MEMBER_ROWS, LANES)

    def advance(self, field, climb):
        """Follow the field in T and return <m.h> after each step."""
        from ferrotope.magnetism.stochastic_kernels import advance_clusters

        traces = np.empty((self.groups, climb.size))
        drive, anisotropy = self.scale * field, self.scale * self.matter.anisotropy_field
        shared = (self.state, self.streams, self.angles, traces, drive, climb)
        advance_clusters(*shared, anisotropy, self.matter.alpha, self.matter.cubic)
        return traces.sum(axis=0)

    def forget(self):
        """Set the sums of m.h dH to zero."""
        self._rows[:, :, 11] = 0.0

    def integral(self):
        """Return the sum of m.h dH and its standard error."""
        weighted = self._rows[:, :, 10] * self._rows[:, :, 11]
        each = weighted.sum(axis=1).ravel()[: self.count]
        mean = float(each.sum())
        if self.count == 1:
            return mean, math.nan
        rest = each - self.weights.sum(axis=0) * mean
        return mean, math.sqrt(self.count / (self.count - 1) * float(rest @ rest))


def _steps(ensemble, wave, wanted) -> int:
    """Return the steps a period, within the budget, or refuse."""
    finest = ensemble.time_step(wave.strongest)
    if wanted is not None:
        steps = _whole("steps_per_period", wanted, 8)
        if wave.f and finest * _COARSE / _TURN * wave.f * steps < 1.0:
            raise InputError(
                "steps of this length do not resolve the motion",
                field="steps_per_period",
                value=steps,
                allowed=f"{math.ceil(_TURN / _COARSE / (finest * wave.f))} or more",
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


def _strata(count, easy_axis, draw, *, shuffled):
    """Return cosines, one at random in each of as many equal strata of 0 to 1, or that of an angle; and their order."""
    if not isinstance(easy_axis, str):
        angle = float(between("easy_axis", easy_axis, 0.0, math.pi, "rad"))
        return np.full(count, math.cos(angle)), np.arange(count)
    _one_of("easy_axis", easy_axis, ("random",))
    place = draw.permutation(count) if shuffled else np.arange(count)
    return (place + draw.random(count)) / count, np.argsort(place)


def _azimuths(count, easy_axis):
    """Return azimuths a golden angle apart, so that neighbouring strata lie all around, or 0 for a given angle."""
    golden = np.pi * (3.0 - math.sqrt(5.0))
    return golden * np.arange(count) if isinstance(easy_axis, str) else np.zeros(count)


def _directions(cosine, azimuth):
    """Return unit vectors, shape (3, n)."""
    sine = np.sqrt(1.0 - cosine**2)
    return np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine])


def _crystals(cosine, azimuth, spin):
    """Return crystal axes [001], [100], [010] in the laboratory, shape (axis 3, component 3, n).

    In the crystal the field has these cosine and azimuth; spin turns the crystal about the field.
    """
    sine = np.sqrt(1.0 - cosine**2)
    zero = np.zeros_like(cosine)
    axes = [
        (zero, zero, zero + 1.0),
        (np.cos(azimuth), -np.sin(azimuth), zero),
        (np.sin(azimuth), np.cos(azimuth), zero),
    ]
    turned = []
    for x, y, z in axes:
        x, z = cosine * x - sine * z, sine * x + cosine * z
        turned.append(np.stack([np.cos(spin) * x - np.sin(spin) * y, np.sin(spin) * x + np.cos(spin) * y, z]))
    return np.stack(turned)


def _friction(core_diameters, hydrodynamic_diameter, viscosity):
    """Return 6 eta V_h, J s."""
    missing = [
        name
        for name, value in (("hydrodynamic_diameter", hydrodynamic_diameter), ("viscosity", viscosity))
        if value is None
    ]
    if missing:
        raise InputError("a particle that rotates in a liquid needs this", field=missing[0], remedy="state it")
    outer = positive("hydrodynamic_diameter", hydrodynamic_diameter, "m")
    if outer.ndim > core_diameters.ndim or (outer.ndim and outer.shape != core_diameters.shape):
        raise InputError("there must be one, or one for each core", field="hydrodynamic_diameter", value=outer.shape)
    if (outer < core_diameters * (1.0 - 1e-9)).any():
        raise InputError(
            "this must not be less than the diameter of the core", field="hydrodynamic_diameter", value=outer.min()
        )
    return 6.0 * positive("viscosity", viscosity, "Pa s") * np.pi / 6.0 * outer**3


def _arrangements(positions, core_diameter):
    """Return places, shape (arrangements, members, 3), and diameters, or refuse what overlaps."""
    places = np.asarray(positions, dtype=float)
    if places.ndim == 2:
        places = places[None]
    if places.ndim != 3 or places.shape[2] != 3 or 0 in places.shape or not np.isfinite(places).all():
        raise InputError(
            "these must be finite, in m", field="positions", value=f"shape {places.shape}", allowed="shape (members, 3)"
        )
    diameters = positive("core_diameter", core_diameter, "m")
    try:
        diameters = np.broadcast_to(diameters, places.shape[:2])
    except ValueError:
        raise InputError(
            "there must be one diameter, or one for each member of the cluster",
            field="core_diameter",
            value=f"shape {diameters.shape}",
            allowed=f"shape {places.shape[1:2]}",
        ) from None
    for arrangement, size in zip(places, diameters, strict=True):
        distance = np.linalg.norm(arrangement[:, None] - arrangement, axis=2)
        gap = distance - 0.5 * (size[:, None] + size) * (1.0 - 1e-6)
        np.fill_diagonal(gap, 1.0)
        if gap.min() < 0.0:
            first, second = np.unravel_index(gap.argmin(), gap.shape)
            raise InputError(
                "particles overlap",
                field="positions",
                value=f"members {first} and {second}, {distance[first, second]:.3g} m apart",
                allowed=f"{0.5 * (size[first] + size[second]):.3g} m apart or more",
            )
    return places, diameters


def _dipolar(places, volumes):
    """Return V (3 r r - 1)/r^3 with V of the second member: xx, xy, xz, yy, yz, zz, shape (arrangements, n, n, 6)."""
    between = places[:, :, None] - places[:, None]
    square = np.einsum("aijk,aijk->aij", between, between)
    square += np.where(square == 0.0, np.inf, 0.0)  # nothing acts on itself
    first, second = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 1, 2, 1, 2, 2])
    products = 3.0 * between[..., first] * between[..., second] / square[..., None] - (first == second)
    return products * (volumes[:, None, :] * square**-1.5)[..., None]


def _strongest(tensors):
    """Return a large dipolar field: of the others at their strongest, added as if by chance, where it is strongest."""
    if tensors.shape[1] == 1:
        return 0.0
    trace = tensors[..., 0] ** 2 + tensors[..., 3] ** 2 + tensors[..., 5] ** 2
    norm = trace + 2.0 * (tensors[..., 1] ** 2 + tensors[..., 2] ** 2 + tensors[..., 4] ** 2)
    return float(np.sqrt(norm.sum(axis=2)).max()) * 2.0 / math.sqrt(6.0)  # the norm of diag(2, -1, -1) is sqrt(6)


def _packed(rows, spare=None):
    """Return rows of shape (rows, n) as (groups, rows * LANES), with spare values (or 0) in the lanes beyond n."""
    from ferrotope.magnetism.stochastic_kernels import LANES

    groups = -(-rows.shape[1] // LANES)
    padded = np.zeros((rows.shape[0], groups * LANES), dtype=rows.dtype)
    if spare is not None:
        padded[:] = spare[:, None]
    padded[:, : rows.shape[1]] = rows
    return np.ascontiguousarray(padded.reshape(-1, groups, LANES).transpose(1, 0, 2)).reshape(groups, -1)


def _finite(name, value, unit):
    number = float(np.asarray(value, dtype=float))
    if not math.isfinite(number):
        raise InputError("this must be finite", field=name, value=value, allowed=f"a number in {unit}")
    return number


def _whole(name, value, low, high=None) -> int:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | np.integer)
        or value < low
        or (high is not None and value > high)
    ):
        allowed = f"a whole number, {low} or more" + (f", up to {high}" if high is not None else "")
        raise InputError("this must be a whole number in its range", field=name, value=value, allowed=allowed)
    return int(value)


def _one_of(name, value, known):
    if value not in known:
        remedy = nearest(value, known) if isinstance(value, str) else None
        raise InputError("this is not known", field=name, value=value, allowed=", ".join(known), remedy=remedy)
    return value
