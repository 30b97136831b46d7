"""Sums of decaying exponentials, integrated exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.curves.curve import Curve, Floats
from ferrotope.errors import InputError

__all__ = ["Exponentials"]


@dataclass(frozen=True, eq=False)
class Exponentials:
    """A curve sum_i A_i exp(-k_i t) for t >= 0, and zero before t = 0.

    Parameters
    ----------
    amplitudes : array_like, shape (n,)
        A_i, in `unit`; some may be negative (uptake).
    rates : array_like, shape (n,)
        k_i in 1/s, not negative.
    unit : str
        Unit of the values.
    name : str
        What the curve describes.

    Raises
    ------
    InputError
        When the shapes differ, a number is not finite or a rate is negative.
    """

    amplitudes: NDArray[np.float64]
    rates: NDArray[np.float64]
    unit: str = "1"
    name: str = ""

    def __post_init__(self) -> None:
        amplitudes = np.atleast_1d(np.array(self.amplitudes, dtype=float))
        rates = np.atleast_1d(np.array(self.rates, dtype=float))
        if amplitudes.ndim != 1 or amplitudes.shape != rates.shape:
            raise InputError("amplitudes and rates must be lists of the same length", field=self.name)
        if not (np.isfinite(amplitudes).all() and np.isfinite(rates).all()):
            raise InputError("amplitudes and rates must be finite", field=self.name)
        if (rates < 0).any():
            raise InputError(
                "a rate is negative", field=self.name, value=f"{rates.min():g} 1/s", allowed="0 or more, in 1/s"
            )
        amplitudes.flags.writeable = rates.flags.writeable = False
        object.__setattr__(self, "amplitudes", amplitudes)
        object.__setattr__(self, "rates", rates)

    def value(self, t: ArrayLike) -> Floats:
        """Value at times `t` (s, any shape); zero before t = 0."""
        t = np.asarray(t, dtype=float)
        later = np.maximum(t, 0.0)
        total = np.exp(-later[..., None] * self.rates) @ self.amplitudes
        return np.where(t < 0, 0.0, total)[()]

    def integral(self, start: ArrayLike = 0.0, stop: ArrayLike = np.inf) -> Floats:
        """Exact integral from `start` to `stop` (s; they broadcast), infinite where a constant has no end.

        Unit: `unit` times s. The part before t = 0 counts nothing.
        """
        lower = np.maximum(np.asarray(start, dtype=float), 0.0)[..., None]
        upper = np.maximum(np.asarray(stop, dtype=float), 0.0)[..., None]
        k = self.rates
        with np.errstate(invalid="ignore", over="ignore"):
            length = np.asarray(upper - lower)
            kx = np.where(k > 0, k * length, 0.0)
            # expm1 keeps digits where k * length is small.
            unit_integral = np.where(k > 0, -np.expm1(-kx) / np.where(k > 0, k, 1.0), length)
            part = np.where(self.amplitudes != 0, self.amplitudes * np.exp(-k * lower) * unit_integral, 0.0)
        return part.sum(axis=-1)[()]

    def sample(self, times: ArrayLike) -> Curve:
        """The same curve as samples at `times` (s), with the slowest exponential as its tail."""
        present = self.rates[self.amplitudes != 0]
        slowest = float(present.min()) if present.size else 0.0
        return Curve(times, self.value(times), unit=self.unit, name=self.name, tail_rate=slowest)

    def grid(self, points: int = 200) -> Floats:
        """Times (s) that resolve the curve: 0, then equal ratios up to 20 of the slowest time constants."""
        rates = self.rates[(self.rates > 0) & (self.amplitudes != 0)]
        if not rates.size:
            return np.array([0.0])
        return np.concatenate([[0.0], np.geomspace(0.01 / rates.max(), 20.0 / rates.min(), points)])

    def scaled(self, factor: float, *, unit: str | None = None, name: str | None = None) -> Exponentials:
        """The curve times a constant, under a new unit and name if they are given."""
        return replace(
            self,
            amplitudes=self.amplitudes * factor,
            unit=self.unit if unit is None else unit,
            name=self.name if name is None else name,
        )

    def decayed(self, decay_constant: float, *, name: str | None = None) -> Exponentials:
        """The curve times exp(-decay_constant t), decay_constant in 1/s (physical decay from t = 0)."""
        return replace(self, rates=self.rates + decay_constant, name=self.name if name is None else name)
