"""Temperatures of the tumour, liver and spleen in the field: the front function of the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ferrotope.curves import Curve, Exponentials
from ferrotope.hyperthermia import field_stage, power, sphere, transient
from ferrotope.protocol.nouns import Heating
from ferrotope.result.records import Notice, Outcome, Record, Series
from ferrotope.subject.nouns import Subject
from ferrotope.units.constants import CELSIUS_ZERO

__all__ = ["PLACES", "Heat", "heat"]

PLACES = ("centre", "mean", "edge", "t90")
GOAL = CELSIUS_ZERO + 43.0  # K
SURROUNDINGS = "muscle"
_ALSO_EXPOSED = ("liver", "spleen")
_COAGULATION = CELSIUS_ZERO + 50.0
_BOILING = CELSIUS_ZERO + 100.0
_METHOD = "Pennes bioheat, evenly heated sphere in infinite perfused tissue, transient by Laplace inversion"
_SOURCES = ("doi:10.1152/jappl.1948.1.2.93", "doi:10.1002/nme.995")
_MG_PER_G = 1e3  # kg/kg to mg/g


@dataclass(frozen=True, kw_only=True)
class Heat(Outcome):
    """Temperatures in the field.

    Attributes
    ----------
    history : dict of str to dict of str to Curve
        Temperature in K of each heated organ through all heatings, at "centre", "mean", "edge" and "t90" (the temperature
        that 90 % of the volume reaches), from the first start until the last heating has faded. Read ``times`` and
        ``values``: outside them the organ is at body temperature.
    """

    history: dict[str, dict[str, Curve]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Ball:
    """A heated organ as a sphere with its surroundings, in SI units."""

    organ: str
    radius: float
    density: float
    conductivity: float
    capacity: float
    cooling: float
    outer: tuple[float, float, float]

    def rise(self, distance, time) -> NDArray[np.float64]:
        """Rise per W/m3 after switching on; shape (times, distances), or (times,) for the mean."""
        k, c, w = self.outer
        return transient.temperature_rise(
            distance, time, self.radius, 1.0, self.conductivity, self.capacity, self.cooling, k, c, w
        )

    def places(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rise per W/m3 at the places of the history, shape (times, 4)."""
        found = self.rise([0.0, self.radius, power.temperature_percentile_radius(90.0, self.radius)], time)
        return np.column_stack([found[:, 0], self.rise(None, time), found[:, 1], found[:, 2]])

    def steady(self) -> float:
        """Steady rise per W/m3 at the centre."""
        k, _, w = self.outer
        return float(sphere.steady_temperature_rise(0.0, self.radius, 1.0, self.conductivity, self.cooling, k, w))


def heat(
    heatings: Sequence[Heating],
    slp_iron: Sequence[float | None],
    iron: Mapping[str, Curve | Exponentials],
    subject: Subject,
) -> Heat:
    """Return the temperatures that the iron in the organs reaches, and the field against its limits.

    Parameters
    ----------
    heatings : sequence of Heating
        Exposures of the protocol.
    slp_iron : sequence of float or None
        Specific loss power of each exposure, W per kg of iron; None where it is not known.
    iron : mapping of str to Curve
        Iron concentration of the organs, kg per kg of tissue.
    subject : Subject
        Masses, tissues, body radius and temperature.

    Returns
    -------
    Heat
        With records, series and notices.
    """
    if not heatings:
        return Heat(notices=(_absent("No heating is asked for: add [[protocol.heating]]."),))
    marks = [f"[{index}]" for index in range(len(heatings))] if len(heatings) > 1 else [""]
    records: list[Record] = []
    notices: list[Notice] = []
    for heating, mark in zip(heatings, marks, strict=True):
        found = field_stage.describe_field(heating, mark, subject)
        records += found.records
        notices += found.notices
    body = subject.temperature.si if subject.temperature is not None else CELSIUS_ZERO + 37.0
    times = _grid(heatings)
    history: dict[str, dict[str, Curve]] = {}
    profiles: dict[str, NDArray[np.float64]] = {}
    rho = np.linspace(0.0, 3.0, 61)
    for organ in _exposed(heatings, iron, subject, notices):
        ball = _ball(organ, subject)
        powers = [
            _power(heating, slp, iron.get(organ), ball, organ) for heating, slp in zip(heatings, slp_iron, strict=True)
        ]
        records += _sphere_records(ball)
        if any(value is not None for value in powers):
            rises = _superposed(ball, heatings, powers, times)
            history[organ] = {
                place: Curve(times, body + rises[:, index], unit="K", name=f"temperature of {organ}, {place}")
                for index, place in enumerate(PLACES)
            }
        for index, (heating, mark) in enumerate(zip(heatings, marks, strict=True)):
            if slp_iron[index] is None:
                continue
            records += _needed_records(heating, mark, slp_iron[index], ball, body)
            if powers[index] is not None:
                concentration = powers[index] / (ball.density * slp_iron[index]) if slp_iron[index] else None
                records += _temperature_records(heating, mark, powers[index], concentration, ball, body, history[organ])
                if organ not in profiles:
                    end = np.array([heating.duration.si])
                    profiles[organ] = body - CELSIUS_ZERO + powers[index] * ball.rise(rho * ball.radius, end)[0]
    notices += _assumptions(history, slp_iron, marks)
    return Heat(
        history=history,
        records=tuple(records),
        series=_series(history, times, rho, profiles),
        notices=tuple(notices),
    )


def _exposed(heatings, iron, subject: Subject, notices: list[Notice]) -> list[str]:
    organs = []
    if subject.tumour is None:
        notices.append(_absent("Heat in a tumour needs subject.tumour with its mass."))
    else:
        organs.append("tumour")
        if "tumour" not in iron:
            notices.append(
                _absent(
                    "The temperature of the tumour needs its iron concentration: a biodistribution and an iron dose, or an "
                    "intratumoural injection. The iron that 43 degC would need is given."
                )
            )
    if any(heating.exposed == "body" for heating in heatings):
        organs += [organ for organ in _ALSO_EXPOSED if organ in iron]
        missing = [organ for organ in _ALSO_EXPOSED if organ not in iron]
        if missing:
            notices.append(
                _absent(f"{' and '.join(missing)} lie in the field, but their iron concentration is not known.")
            )
    return organs


def _ball(organ: str, subject: Subject) -> _Ball:
    def of(tissue: str, name: str) -> float:
        return subject.property(tissue, name).si

    blood = (of("blood", "density"), of("blood", "heat_capacity"))

    def thermal(tissue: str) -> tuple[float, float, float]:
        return (
            of(tissue, "conductivity"),
            of(tissue, "density") * of(tissue, "heat_capacity"),
            float(sphere.perfusion_cooling(of(tissue, "perfusion"), *blood)),
        )

    return _Ball(organ, subject.radius(organ), of(organ, "density"), *thermal(organ), thermal(SURROUNDINGS))


def _power(heating: Heating, slp: float | None, iron, ball: _Ball, organ: str) -> float | None:
    """Power density with the mean iron concentration during the heating; None where it is not known."""
    if slp is None or iron is None or (organ != "tumour" and heating.exposed != "body"):
        return None
    start, duration = heating.start.si, heating.duration.si
    concentration = max(float(iron.integral(start, start + duration)) / duration, 0.0)
    return float(power.volumetric_power(concentration, ball.density, slp))


def _superposed(ball: _Ball, heatings, powers, times: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros((times.size, len(PLACES)))
    for heating, value in zip(heatings, powers, strict=True):
        if value:
            since = times - heating.start.si
            total += value * transient.heating_and_cooling(ball.places, since, heating.duration.si)
    return total


def _grid(heatings: Sequence[Heating]) -> NDArray[np.float64]:
    """Times that resolve each heating and its fading, s."""
    parts = []
    for heating in heatings:
        start, duration = heating.start.si, heating.duration.si
        fading = float(np.clip(2.0 * duration, 1800.0, 7200.0))
        parts += [start + duration * np.linspace(0, 1, 33) ** 2, start + duration + fading * np.linspace(0, 1, 29) ** 2]
    times = np.unique(np.concatenate(parts))
    # Ends computed along two ways differ by rounding; a Curve wants strictly increasing times.
    return times[np.concatenate([[True], np.diff(times) > 1e-6])]


def _sphere_records(ball: _Ball) -> list[Record]:
    return [
        _record(
            f"radius.{ball.organ}", ball.radius * 1e3, "mm", f"Radius of {ball.organ} as a sphere", "sphere of its mass"
        ),
        _record(
            f"cooling_length.{ball.organ}",
            1e3 * (ball.conductivity / ball.cooling) ** 0.5 if ball.cooling else None,
            "mm",
            f"Length over which perfusion cools in {ball.organ}",
            "sqrt(k/(w rho_b c_b))",
            validity="" if ball.cooling else "no perfusion",
        ),
    ]


def _needed_records(heating: Heating, mark: str, slp: float, ball: _Ball, body: float) -> list[Record]:
    end = np.array([heating.duration.si])
    centre, edge = ball.rise([0.0, ball.radius], end)[0]
    organ, records = ball.organ, []
    for name, rise, words in (("iron_needed", centre, "the centre"), ("iron_needed_edge", edge, "the edge")):
        slope = float(power.volumetric_power(1.0, ball.density, slp)) * float(rise)
        needed = _MG_PER_G * float(power.iron_concentration_needed(GOAL, body, slope))
        finite = bool(np.isfinite(needed))
        records.append(
            _record(
                f"{name}{mark}.{organ}",
                needed if finite else None,
                "mg/g",
                f"Iron that 43 degC at {words} of {organ} would need",
                _METHOD + ", at the end of the heating",
                validity=_needed_validity(needed) if finite else "the particles give no heat in this field",
            )
        )
    return records


def _needed_validity(needed: float) -> str:
    if needed > _MG_PER_G:
        return f"{needed:.3g} mg of iron per g of tissue cannot be: 43 degC is out of reach"
    return "more iron than was ever deposited in tissue" if needed > 100.0 else ""


def _temperature_records(
    heating: Heating,
    mark: str,
    value: float,
    concentration: float | None,
    ball: _Ball,
    body: float,
    history: Mapping[str, Curve],
) -> list[Record]:
    organ, end = ball.organ, heating.start.si + heating.duration.si
    final = {place: float(curve.value(end)) for place, curve in history.items()}
    # Earlier heatings may still be felt at T10 and T50; only the history above holds them.
    own = value * ball.rise(power.temperature_percentile_radius([10.0, 50.0], ball.radius), [heating.duration.si])[0]
    validity = _validity(final["centre"])
    rows = [
        ("power_density", value * 1e-3, "kW/m3", f"Heating power in {organ}"),
        ("sar", value / ball.density, "W/kg", f"Specific absorption rate of {organ}"),
        ("temperature_rise", final["centre"] - body, "K", f"Temperature rise at the centre of {organ}"),
        ("temperature_rise_mean", final["mean"] - body, "K", f"Mean temperature rise of {organ}"),
        ("temperature_rise_edge", final["edge"] - body, "K", f"Temperature rise at the edge of {organ}"),
        ("temperature_rise_steady", value * ball.steady(), "K", f"Temperature rise at the centre of {organ}, if heated for ever"),
        ("t10", body + own[0] - CELSIUS_ZERO, "degC", f"T10 of {organ}"),
        ("t50", body + own[1] - CELSIUS_ZERO, "degC", f"T50 of {organ}"),
        ("t90", final["t90"] - CELSIUS_ZERO, "degC", f"T90 of {organ}"),
    ]  # fmt: skip
    if concentration is not None:
        rows.insert(0, ("iron", concentration * _MG_PER_G, "mg/g", f"Iron in {organ} during the heating"))
    described = _METHOD + ", at the end of the heating"
    plain = {"power_density", "sar", "iron"}
    return [
        _record(
            f"{name}{mark}.{organ}",
            number,
            unit,
            title,
            "iron concentration times density times specific loss power" if name in plain else described,
            validity="" if name in plain else validity,
        )
        for name, number, unit, title in rows
    ]


def _validity(hottest: float) -> str:
    if hottest > _BOILING:
        return f"{hottest - CELSIUS_ZERO:.0f} degC cannot be in tissue: water boils and perfusion stops long before"
    if hottest > _COAGULATION:
        return f"{hottest - CELSIUS_ZERO:.0f} degC: above about 50 degC tissue coagulates and its perfusion stops"
    return ""


def _assumptions(history, slp_iron, marks) -> list[Notice]:
    notices = [
        _absent(f"heating{mark}: no specific loss power, so no temperature.")
        for slp, mark in zip(slp_iron, marks, strict=True)
        if slp is None
    ]
    if history:
        notices.append(
            Notice(
                level="assumption",
                text=f"Heat: iron spread evenly in a sphere of the organ's mass, in infinite {SURROUNDINGS}; perfusion does not "
                "change with temperature; no single large vessels, no cooling through the skin, no eddy-current heat.",
            )
        )
    if any(organ in history for organ in _ALSO_EXPOSED):
        notices.append(
            Notice(
                level="assumption",
                text="Perfusion of liver and spleen is that of people at rest; small animals have more blood flow per mass "
                "and warm up less.",
            )
        )
    return notices


def _series(history, times, rho, profiles) -> tuple[Series, ...]:
    if not history:
        return ()
    organs = list(history)
    temperatures = np.array([[history[organ][place].values - CELSIUS_ZERO for place in PLACES] for organ in organs])
    return (
        Series(name="heat_organ", dims=("heat_organ",), values=np.array(organs), title="organ"),
        Series(name="place", dims=("place",), values=np.array(PLACES), title="place in the organ"),
        Series(name="heat_time", dims=("heat_time",), values=times / 3600.0, unit="h", title="time after injection"),
        Series(
            name="temperature",
            dims=("heat_organ", "place", "heat_time"),
            values=temperatures,
            unit="degC",
            title="temperature",
        ),
        Series(
            name="relative_distance",
            dims=("relative_distance",),
            values=rho,
            title="distance from the centre over radius",
        ),
        Series(
            name="temperature_profile",
            dims=("heat_organ", "relative_distance"),
            values=np.array([profiles[organ] for organ in organs]),
            unit="degC",
            title="temperature at the end of the first heating",
        ),
    )


def _record(name: str, value: float | None, unit: str, title: str, method: str, validity: str = "") -> Record:
    number = None if value is None else float(value)
    return Record(
        path=f"hyperthermia.{name}",
        value=number,
        unit=unit,
        title=title,
        method=method,
        validity=validity,
        sources=_SOURCES if method.startswith("Pennes") else (),
    )


def _absent(text: str) -> Notice:
    return Notice(level="absent", text=text)
