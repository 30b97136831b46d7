"""Samples in time, joined by straight lines, times an optional physical decay, with an exponential tail."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError

__all__ = ["Curve", "Floats"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """A quantity against time, t = 0 being the injection.

    Between samples the value is v(t) exp(-decay_constant t) with v(t) linear; after the last sample v falls as
    exp(-tail_rate (t - t_last)); before the first sample the value is zero. Integrals are exact for that shape.

    Parameters
    ----------
    times : array_like, shape (n,)
        Sample times in s, not negative, strictly increasing.
    values : array_like, shape (n,)
        v at those times, in `unit`, before decay is applied.
    unit : str
        Unit of the values.
    standard_deviations : array_like, shape (n,), optional
        One standard deviation of each value, same unit.
    name : str
        What the curve describes.
    decay_constant : float
        Physical decay in 1/s that multiplies the samples; 0 when they already hold it.
    tail_rate : float
        Fall of v after the last sample in 1/s, beside the decay; infinity ends the curve there.

    Raises
    ------
    InputError
        When shapes differ, times do not increase, or a number is not finite or out of range.
    """

    times: Floats
    values: Floats
    unit: str = "1"
    standard_deviations: Floats | None = None
    name: str = ""
    decay_constant: float = 0.0
    tail_rate: float = 0.0

    def __post_init__(self) -> None:
        times = np.atleast_1d(np.array(self.times, dtype=float))
        values = np.atleast_1d(np.array(self.values, dtype=float))
        if times.ndim != 1 or times.shape != values.shape or times.size == 0:
            raise InputError("times and values must be lists of the same length, one or longer", field=self.name)
        if not (np.isfinite(times).all() and np.isfinite(values).all()):
            raise InputError("times and values must be finite", field=self.name)
        if times[0] < 0 or (np.diff(times) <= 0).any():
            raise InputError("times must increase and start at 0 s or later", field=self.name)
        if not 0 <= self.decay_constant < np.inf or not self.tail_rate >= 0:
            raise InputError("decay constant and tail rate must be 0 or more, in 1/s", field=self.name)
        if self.standard_deviations is not None:
            deviations = np.atleast_1d(np.array(self.standard_deviations, dtype=float))
            if deviations.shape != times.shape or not (np.isfinite(deviations) & (deviations >= 0)).all():
                raise InputError("standard deviations must be one a sample, finite and 0 or more", field=self.name)
            deviations.flags.writeable = False
            object.__setattr__(self, "standard_deviations", deviations)
        times.flags.writeable = values.flags.writeable = False
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "values", values)

    def value(self, t: ArrayLike) -> Floats:
        """Value at times `t` (s, any shape), decay and tail included; zero before the first sample."""
        t = np.asarray(t, dtype=float)
        base = np.interp(t, self.times, self.values, left=0.0)
        last = self.times[-1]
        after = np.maximum(t - last, 0.0)
        with np.errstate(invalid="ignore"):
            tail = np.where(after > 0, np.exp(-self.tail_rate * after), 1.0)
        return (base * tail * np.exp(-self.decay_constant * np.maximum(t, 0.0)))[()]

    def integral(self, start: ArrayLike = 0.0, stop: ArrayLike = np.inf) -> Floats:
        """Exact integral from `start` to `stop` (s; they broadcast), in `unit` times s.

        Infinite when neither decay nor tail ends the curve.
        """
        start, stop = np.broadcast_arrays(np.asarray(start, dtype=float), np.asarray(stop, dtype=float))
        result = self._accumulated(stop) - self._accumulated(start)
        return np.where(start == stop, 0.0, result)[()]

    def sample_weights(self) -> Floats:
        """Derivative of the integral from 0 to infinity with respect to each value (s), shape (n,).

        The integral is linear in the values: integral() equals sample_weights() @ values.
        """
        weights = np.zeros_like(self.values)
        h = np.diff(self.times)
        e0, e1 = _moments(self.decay_constant, h)
        weight = np.exp(-self.decay_constant * self.times)
        weights[:-1] += weight[:-1] * (e0 - e1 / h)
        weights[1:] += weight[:-1] * e1 / h
        total_rate = self.decay_constant + self.tail_rate
        weights[-1] += weight[-1] / total_rate if total_rate > 0 else np.inf
        return weights

    def sample(self, times: ArrayLike) -> Curve:
        """The same curve resampled at `times` (s), decay included in the samples."""
        return Curve(
            times, self.value(times), unit=self.unit, name=self.name, tail_rate=self.tail_rate + self.decay_constant
        )

    def scaled(self, factor: float, *, unit: str | None = None, name: str | None = None) -> Curve:
        """The curve and its standard deviations times a constant, under a new unit and name if they are given."""
        deviations = self.standard_deviations
        return replace(
            self,
            values=self.values * factor,
            standard_deviations=None if deviations is None else deviations * abs(factor),
            unit=self.unit if unit is None else unit,
            name=self.name if name is None else name,
        )

    def decayed(self, decay_constant: float, *, name: str | None = None) -> Curve:
        """The curve times exp(-decay_constant t), decay_constant in 1/s (physical decay from t = 0)."""
        return replace(
            self, decay_constant=self.decay_constant + decay_constant, name=self.name if name is None else name
        )

    def grid(self, points: int = 200) -> Floats:
        """Times (s) that resolve the curve: its samples, `points` equal steps between them, and its tail."""
        times = np.union1d(self.times, np.linspace(self.times[0], self.times[-1], points))
        rate = self.decay_constant + self.tail_rate
        if 0 < rate < np.inf:
            times = np.concatenate([times, self.times[-1] + np.linspace(0, 20.0 / rate, points)[1:]])
        return times

    def _accumulated(self, t: Floats) -> Floats:
        """Integral from the first sample to t."""
        rate, times, values = self.decay_constant, self.times, self.values
        last = times[-1]
        inside = np.clip(t, times[0], last)
        if times.size > 1:
            h = np.diff(times)
            slope = np.diff(values) / h
            e0, e1 = _moments(rate, h)
            cumulative = np.concatenate(
                [[0.0], np.cumsum(np.exp(-rate * times[:-1]) * (values[:-1] * e0 + slope * e1))]
            )
            i = np.clip(np.searchsorted(times, inside, side="right") - 1, 0, times.size - 2)
            e0, e1 = _moments(rate, inside - times[i])
            total = cumulative[i] + np.exp(-rate * times[i]) * (values[i] * e0 + slope[i] * e1)
        else:
            total = np.zeros_like(inside)
        after = np.maximum(t - last, 0.0)
        total_rate = rate + self.tail_rate
        with np.errstate(invalid="ignore"):
            span = after if total_rate == 0 else np.where(after > 0, -np.expm1(-total_rate * after), 0.0) / total_rate
            tail = np.where(after > 0, values[-1] * np.exp(-rate * last) * span, 0.0)
        return total + (tail if values[-1] != 0 else 0.0)


def _moments(rate: float, length: Floats) -> tuple[Floats, Floats]:
    """Integrals of exp(-rate s) and of s exp(-rate s) over 0 < s < length."""
    x = rate * length
    small = x < 0.05
    safe = np.where(small, 1.0, x)
    # Taylor series where 1 - exp(-x)(1 + x) would cancel; the next terms are below 1e-13 at x = 0.05.
    series0 = 1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5 * (1 - x / 6 * (1 - x / 7)))))
    series1 = 1 / 2 - x / 3 + x**2 / 8 - x**3 / 30 + x**4 / 144 - x**5 / 840 + x**6 / 5760 - x**7 / 45360
    e0 = np.where(small, series0, -np.expm1(-safe) / safe)
    e1 = np.where(small, series1, (-np.expm1(-safe) - safe * np.exp(-safe)) / safe**2)
    return e0 * length, e1 * length**2
