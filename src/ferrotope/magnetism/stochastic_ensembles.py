"""Ensembles of moments as the kernels of the stochastic method take them: how they start and what a step does to them.

Particles, which do not feel each other, and clusters, whose members do, offer the same: `time_step`, `set_step`,
`advance`, `forget`, `integral`, and how many moments are computed, `load`.
"""

from __future__ import annotations

import math

import numpy as np

from ferrotope.errors import InputError, nearest
from ferrotope.magnetism.stochastic_geometry import (
    arrange,
    azimuths,
    crystals,
    dipolar_tensors,
    directions,
    strong_field,
)
from ferrotope.units.checks import between, positive
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

__all__ = ["TURN", "Clusters", "Matter", "Particles", "finite", "whole_number"]

TURN = 0.1  # largest precession in a step, rad
_SPREAD = 1e-3  # largest thermal variance of a component in a step, of which 4/3 is the relative error of diffusion
_FOLLOW = 0.05  # largest viscous turn in a step, rad
_MEMORY = 4e9  # bytes of dipolar tensors


class Matter:
    """What all particles have in common."""

    def __init__(self, Ms, K, T, alpha, gamma, anisotropy, mode) -> None:
        self.Ms = float(positive("Ms", Ms, "A/m"))
        self.K = finite("K", K, "J/m3")
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
        return 1.0 / max(precession / TURN, 2.0 * diffusion / _SPREAD)

    @property
    def anisotropy_field(self):
        """2 K/Ms in T."""
        return 2.0 * self.K / self.Ms


class Particles:
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
        azimuth = azimuths(count, easy_axis)
        sign = np.where(np.argsort(self.order) % 2, -1.0, 1.0)
        self.weights = self.volume / self.volume.sum()
        rows = np.zeros((kernels.ROWS, count))
        rows[3:6] = directions(cosine, azimuth)
        rows[2] = sign
        if matter.mode == "coupled":
            rows[0:3] = sign * rows[3:6]
        elif matter.mode == "brown":
            rows[0:3] = directions(2.0 * cosine - 1.0, azimuth)
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


class Clusters:
    """Clusters, whose members feel each other's dipolar fields."""

    def __init__(self, matter, core_diameter, easy_axis, positions, count, seed) -> None:
        from ferrotope.magnetism import stochastic_kernels as kernels

        if matter.mode != "neel":
            raise InputError("clusters do not rotate", field="mode", value=matter.mode, allowed="neel")
        places, diameters = arrange(positions, core_diameter)
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
        tensors = VACUUM_PERMEABILITY * matter.Ms / (4.0 * np.pi) * dipolar_tensors(places, np.pi / 6.0 * diameters**3)
        self.dipolar = strong_field(tensors)
        self.tensors = tensors.reshape(1, -1) if self.shared else _packed(tensors.reshape(arrangements, -1).T[:, taken])

        draw = np.random.default_rng(seed)
        total = clusters * size
        cosine, _ = _strata(total, easy_axis, draw, shuffled=True)
        turned = isinstance(easy_axis, str)
        azimuth = draw.uniform(0.0, 2.0 * np.pi, total) if turned else np.zeros(total)
        spin = draw.uniform(0.0, 2.0 * np.pi, total) if turned else np.full(total, np.pi)
        axes = crystals(cosine, azimuth, spin).reshape(3, 3, size, clusters)
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


def _strata(count, easy_axis, draw, *, shuffled):
    """Return cosines, one at random in each of as many equal strata of 0 to 1, or that of an angle; and their order."""
    if not isinstance(easy_axis, str):
        angle = float(between("easy_axis", easy_axis, 0.0, math.pi, "rad"))
        return np.full(count, math.cos(angle)), np.arange(count)
    _one_of("easy_axis", easy_axis, ("random",))
    place = draw.permutation(count) if shuffled else np.arange(count)
    return (place + draw.random(count)) / count, np.argsort(place)


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


def _packed(rows, spare=None):
    """Return rows of shape (rows, n) as (groups, rows * LANES), with spare values (or 0) in the lanes beyond n."""
    from ferrotope.magnetism.stochastic_kernels import LANES

    groups = -(-rows.shape[1] // LANES)
    padded = np.zeros((rows.shape[0], groups * LANES), dtype=rows.dtype)
    if spare is not None:
        padded[:] = spare[:, None]
    padded[:, : rows.shape[1]] = rows
    return np.ascontiguousarray(padded.reshape(-1, groups, LANES).transpose(1, 0, 2)).reshape(groups, -1)


def finite(name, value, unit):
    """Return a number, or refuse what is not finite."""
    number = float(np.asarray(value, dtype=float))
    if not math.isfinite(number):
        raise InputError("this must be finite", field=name, value=value, allowed=f"a number in {unit}")
    return number


def whole_number(name, value, low, high=None) -> int:
    """Return a whole number, or refuse what is none or out of range."""
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
