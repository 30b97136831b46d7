"""Which organs lie in which exposures, with what power, and the temperatures that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ferrotope.curves import Curve, Exponentials
from ferrotope.hyperthermia import power
from ferrotope.hyperthermia.ball import PLACES, Ball, superposed
from ferrotope.protocol.nouns import Heating

__all__ = ["Exposure", "Warming", "exposures_of", "histories_of", "warming_of"]


@dataclass(frozen=True)
class Exposure:
    """One heating in plain numbers.

    Attributes
    ----------
    mark : str
        What the names of its records carry, empty where it is the only one.
    label : str
        Number, where there are several, and field and frequency in words.
    start, duration : float
        s.
    slp_iron : float or None
        Specific loss power, W per kg of iron; None where it is not known.
    whole_body : bool
        Whether liver and spleen lie in the field too.
    """

    mark: str
    label: str
    start: float
    duration: float
    slp_iron: float | None
    whole_body: bool

    @property
    def end(self) -> float:
        """Time at which the field goes off, s."""
        return self.start + self.duration

    def heats(self, organ: str) -> bool:
        """Return whether an organ lies in the field."""
        return organ == "tumour" or self.whole_body


@dataclass(frozen=True)
class Warming:
    """An organ through all exposures.

    Attributes
    ----------
    ball : Ball
        The organ.
    exposures : tuple of Exposure
        Those that it lies in.
    iron : tuple of (float or None)
        Mean iron concentration during each of them, kg/kg.
    powers : tuple of (float or None)
        Power density in each of them, W/m3; None where iron or specific loss power is not known.
    """

    ball: Ball
    exposures: tuple[Exposure, ...]
    iron: tuple[float | None, ...]
    powers: tuple[float | None, ...]

    @property
    def heated(self) -> list[tuple[Exposure, float]]:
        """The exposures whose power is known, with the power."""
        return [(item, watts) for item, watts in zip(self.exposures, self.powers, strict=True) if watts is not None]

    @cached_property
    def superposing(self) -> list[tuple[float, float, float, float]]:
        """Start (s), duration (s), power (W/m3) and fading time (s) of the exposures whose power is known."""
        fading = {duration: self.ball.fading(duration) for duration in {item.duration for item, _ in self.heated}}
        return [(item.start, item.duration, watts, fading[item.duration]) for item, watts in self.heated]


def exposures_of(heatings: Sequence[Heating], slp_iron: Sequence[float | None]) -> tuple[Exposure, ...]:
    """Return the heatings with their specific loss power (W/kg) as plain numbers."""
    several = len(heatings) > 1
    return tuple(
        Exposure(
            f"[{index}]" if several else "",
            f"{index + 1}: {_field(heating)}" if several else _field(heating),
            heating.start.si,
            heating.duration.si,
            slp,
            heating.exposed == "body",
        )
        for index, (heating, slp) in enumerate(zip(heatings, slp_iron, strict=True))
    )


def _field(heating: Heating) -> str:
    return f"{heating.H.si * 1e-3:.3g} kA/m, {heating.f.si * 1e-3:.3g} kHz"


def warming_of(ball: Ball, exposures: Sequence[Exposure], iron: Curve | Exponentials | None) -> Warming:
    """Return an organ in the exposures that it lies in, with its iron (kg/kg against time) where that is known."""
    felt = tuple(exposure for exposure in exposures if exposure.heats(ball.organ))
    held = tuple(_mean_iron(exposure, iron) for exposure in felt)
    powers = tuple(
        None
        if concentration is None or exposure.slp_iron is None
        else float(power.volumetric_power(concentration, ball.density, exposure.slp_iron))
        for exposure, concentration in zip(felt, held, strict=True)
    )
    return Warming(ball, felt, held, powers)


def _mean_iron(exposure: Exposure, iron: Curve | Exponentials | None) -> float | None:
    if iron is None:
        return None
    # A fitted sum of exponentials may dip below zero by rounding.
    return max(float(iron.integral(exposure.start, exposure.end)) / exposure.duration, 0.0)


def histories_of(warmings: Sequence[Warming], body: float) -> dict[str, dict[str, Curve]]:
    """Return the temperature (K) of the organs whose power is known, at all places, on one grid of times."""
    warm = [warming for warming in warmings if warming.heated]
    if not warm:
        return {}
    times = _grid([heating for warming in warm for heating in warming.superposing])
    found = {}
    for warming in warm:
        organ = warming.ball.organ
        rises = superposed(warming.ball.places, times, warming.superposing)
        found[organ] = {
            place: Curve(times, body + rises[:, index], unit="K", name=f"temperature of {organ}, {place}")
            for index, place in enumerate(PLACES)
        }
    return found


def _grid(heatings: Sequence[tuple[float, float, float, float]]) -> NDArray[np.float64]:
    """Times (s) that resolve each heating and its slowest fading."""
    slowest: dict[tuple[float, float], float] = {}
    for start, duration, _, fading in heatings:
        slowest[start, duration] = max(fading, slowest.get((start, duration), 0.0))
    steps = np.linspace(0.0, 1.0, 33)
    parts = []
    for (start, duration), fading in slowest.items():
        parts += [start + duration * steps**2, start + duration + fading * steps**3]
    times = np.unique(np.concatenate(parts))
    # Ends computed along two ways differ by rounding; a Curve wants strictly increasing times.
    return times[np.concatenate([[True], np.diff(times) > 1e-6])]
