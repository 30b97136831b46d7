"""An organ as an evenly heated ball in other tissue: its rise in time, and how long it stays warm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.hyperthermia import power, sphere, transient
from ferrotope.subject.nouns import Subject

__all__ = ["PLACES", "SURROUNDINGS", "Ball", "ball_of", "superposed"]

PLACES = ("centre", "mean", "edge", "t90")
SURROUNDINGS = "muscle"
_FADED = 1e-3  # of the rise at the end of a heating: less is as good as body temperature


@dataclass(frozen=True)
class Ball:
    """A heated organ as a sphere, with its surroundings.

    Attributes
    ----------
    organ : str
        Name.
    radius : float
        m.
    density : float
        kg/m3.
    inside, outside : tuple of float
        Conductivity W/(m K), volumetric heat capacity J/(m3 K), cooling by perfusion W/(m3 K).
    """

    organ: str
    radius: float
    density: float
    inside: tuple[float, float, float]
    outside: tuple[float, float, float]

    def rise(self, distance: ArrayLike | None, time: ArrayLike) -> NDArray[np.float64]:
        """Return the rise (K) per W/m3 after switching on, as of `transient.temperature_rise`."""
        return transient.temperature_rise(distance, time, self.radius, 1.0, *self.inside, *self.outside)

    def places(self, time: ArrayLike) -> NDArray[np.float64]:
        """Return the rise (K) per W/m3 after switching on at `PLACES`, shape (times, places)."""
        radii = power.temperature_percentile_radius([0.0, 100.0, 90.0], self.radius)
        return np.insert(self.rise(radii, time), 1, self.rise(None, time), axis=1)

    def steady(self) -> float:
        """Return the steady rise (K) per W/m3 at the centre."""
        (k, _, cooling), (k_outside, _, cooling_outside) = self.inside, self.outside
        return float(sphere.steady_temperature_rise(0.0, self.radius, 1.0, k, cooling, k_outside, cooling_outside))

    def fading(self, duration: float) -> float:
        """Return the time (s) after a heating of that duration (s) until a thousandth of its rise is left."""
        after = np.geomspace(60.0, 1e7, 18)
        times = np.concatenate([[duration], duration + after])
        rise = transient.heating_and_cooling(lambda t: self.rise([0.0, self.radius], t), times, duration).max(axis=1)
        faded = rise[1:] < _FADED * rise[0]
        return float(after[np.argmax(faded)] if faded.any() else after[-1])


def superposed(
    response: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    times: ArrayLike,
    heatings: Sequence[tuple[float, float, float, float]],
) -> NDArray[np.float64]:
    """Return the rise through several heatings.

    Parameters
    ----------
    response : callable
        Rise (K) per W/m3, shape (times, ...), at times (s) since switching on; zero before. `Ball.places` is one.
    times : array_like, shape (m,)
        s.
    heatings : sequence of (start s, duration s, power W/m3, fading s)
        What superposes; after its fading time a heating is forgotten.

    Returns
    -------
    ndarray, shape (m, ...)
        K.
    """
    times = np.asarray(times, dtype=float)
    total = 0.0
    for start, duration, watts, fading in heatings:
        since = times - start
        felt = since <= duration + fading
        rise = watts * transient.heating_and_cooling(response, np.where(felt, since, 0.0), duration)
        total = total + rise
    return total


def ball_of(organ: str, subject: Subject) -> Ball:
    """Return an organ, or the tumour, as a ball of its mass in muscle.

    Parameters
    ----------
    organ : str
        Name of the organ.
    subject : Subject
        Masses and tissues.

    Returns
    -------
    Ball
        In SI units.

    Raises
    ------
    InputError
        If its mass is not known.
    """

    def of(tissue: str, name: str) -> float:
        return subject.property(tissue, name).si

    blood = of("blood", "density"), of("blood", "heat_capacity")

    def thermal(tissue: str) -> tuple[float, float, float]:
        cooling = float(sphere.perfusion_cooling(of(tissue, "perfusion"), *blood))
        return of(tissue, "conductivity"), of(tissue, "density") * of(tissue, "heat_capacity"), cooling

    return Ball(organ, subject.radius(organ), of(organ, "density"), thermal(organ), thermal(SURROUNDINGS))
