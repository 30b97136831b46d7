"""The labelled arrays of this room for the figures: histories, radial profiles, temperature against iron."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ferrotope.curves import Curve
from ferrotope.hyperthermia import power
from ferrotope.hyperthermia.ball import PLACES
from ferrotope.hyperthermia.warming import Exposure, Warming
from ferrotope.result.records import Series
from ferrotope.units.constants import CELSIUS_ZERO

__all__ = ["series_of"]

_DISTANCES = np.linspace(0.0, 3.0, 61)
_IRON = np.geomspace(1e-3, 1e3, 121)  # mg/g


def series_of(
    exposures: Sequence[Exposure],
    warmings: Sequence[Warming],
    history: Mapping[str, Mapping[str, Curve]],
    body: float,
) -> tuple[Series, ...]:
    """Return the series of the room.

    Parameters
    ----------
    exposures : sequence of Exposure
        All heatings.
    warmings : sequence of Warming
        The organs in the field.
    history : mapping of str to mapping of str to Curve
        Temperatures (K) of organs at places.
    body : float
        Body temperature before heating, K.

    Returns
    -------
    tuple of Series
        Empty where nothing could be computed.
    """
    tumour = next((warming for warming in warmings if warming.ball.organ == "tumour"), None)
    by_iron = () if tumour is None else _by_iron(tumour, body)
    if not history and not by_iron:
        return ()
    return (*_timing(exposures), *by_iron, *_histories(history), *_profiles(warmings, body))


def _timing(exposures: Sequence[Exposure]) -> tuple[Series, ...]:
    def hours(times: list[float], name: str, title: str) -> Series:
        return Series(name=name, dims=("exposure",), values=np.array(times) / 3600.0, unit="h", title=title)

    return (
        _labels("exposure", [exposure.label for exposure in exposures], "field and frequency"),
        hours([exposure.start for exposure in exposures], "exposure_start", "field on"),
        hours([exposure.end for exposure in exposures], "exposure_end", "field off"),
    )


def _by_iron(tumour: Warming, body: float) -> tuple[Series, ...]:
    """Temperature at the centre against iron, for each exposure; it is a straight line."""
    slopes = [_slope(tumour, exposure) for exposure in tumour.exposures]
    if not any(slope > 0 for slope in slopes):  # nothing is known, or nothing warms
        return ()
    temperatures = body - CELSIUS_ZERO + np.array(slopes)[:, None] * _IRON
    held = [np.nan if iron is None else 1e3 * iron for iron in tumour.iron]
    return (
        Series(name="iron", dims=("iron",), values=_IRON, unit="mg/g", title="iron in the tumour"),
        Series(
            name="temperature_by_iron",
            dims=("exposure", "iron"),
            values=temperatures,
            unit="degC",
            title="temperature at the centre of the tumour at the end of the heating",
        ),
        Series(
            name="iron_held",
            dims=("exposure",),
            values=np.array(held),
            unit="mg/g",
            title="iron that the tumour holds during the heating",
        ),
    )


def _slope(tumour: Warming, exposure: Exposure) -> float:
    """Rise at the centre (K) for one mg of iron per g; NaN where the specific loss power is not known."""
    if exposure.slp_iron is None:
        return np.nan
    watts = power.volumetric_power(1e-3, tumour.ball.density, exposure.slp_iron)
    return float(watts * tumour.ball.rise(0.0, exposure.duration)[0, 0])


def _histories(history: Mapping[str, Mapping[str, Curve]]) -> tuple[Series, ...]:
    if not history:
        return ()
    temperatures = [[places[place].values - CELSIUS_ZERO for place in PLACES] for places in history.values()]
    times = next(iter(history.values()))["centre"].times
    return (
        _labels("heat_organ", list(history), "organ"),
        _labels("place", PLACES, "place in the organ"),
        Series(name="heat_time", dims=("heat_time",), values=times / 3600.0, unit="h", title="time after injection"),
        Series(
            name="temperature",
            dims=("heat_organ", "place", "heat_time"),
            values=np.array(temperatures),
            unit="degC",
            title="temperature",
        ),
    )


def _profiles(warmings: Sequence[Warming], body: float) -> tuple[Series, ...]:
    """Temperature against distance at the end of the first heating of each organ."""
    profiles = []
    for warming in warmings:
        if warming.heated:
            exposure, watts = warming.heated[0]
            rise = warming.ball.rise(_DISTANCES * warming.ball.radius, exposure.duration)[0]
            profiles.append(body - CELSIUS_ZERO + watts * rise)
    if not profiles:
        return ()
    return (
        Series(
            name="relative_distance",
            dims=("relative_distance",),
            values=_DISTANCES,
            title="distance from the centre over radius",
        ),
        Series(
            name="temperature_profile",
            dims=("heat_organ", "relative_distance"),
            values=np.array(profiles),
            unit="degC",
            title="temperature at the end of the first heating",
        ),
    )


def _labels(name: str, values: Sequence[str], title: str) -> Series:
    return Series(name=name, dims=(name,), values=np.array(values), title=title)
