"""Temperatures of the tumour, liver and spleen in the field: the front function of the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ferrotope.curves import Curve, Exponentials
from ferrotope.hyperthermia import field_stage, power
from ferrotope.hyperthermia._records import absent, assumption, record
from ferrotope.hyperthermia.ball import SURROUNDINGS, Ball, ball_of, superposed
from ferrotope.hyperthermia.heat_series import series_of
from ferrotope.hyperthermia.warming import Exposure, Warming, exposures_of, histories_of, warming_of
from ferrotope.protocol.nouns import Heating
from ferrotope.result.records import Notice, Outcome, Record
from ferrotope.subject.nouns import Subject
from ferrotope.units.constants import CELSIUS_ZERO

__all__ = ["Heat", "heat"]

GOAL = CELSIUS_ZERO + 43.0  # K
_BODY = CELSIUS_ZERO + 37.0  # K, where the subject has no temperature
_ALSO_EXPOSED = ("liver", "spleen")
_COAGULATION = CELSIUS_ZERO + 50.0
_BOILING = CELSIUS_ZERO + 100.0
_MODEL = "Pennes bioheat, evenly heated sphere in infinite perfused tissue"
_METHOD = f"{_MODEL}, transient by Laplace inversion, at the end of the heating"
_SOURCES = ("doi:10.1152/jappl.1948.1.2.93", "doi:10.1002/nme.995")
_MG_PER_G = 1e3  # kg/kg to mg/g
_MUCH_IRON = 100.0  # mg/g


@dataclass(frozen=True, kw_only=True)
class Heat(Outcome):
    """Temperatures in the field.

    Attributes
    ----------
    history : dict of str to dict of str to Curve
        Temperature in K of each heated organ through all heatings, at "centre", "mean", "edge" and "t90" (which 90 % of
        the volume reaches), from the first start until the last heating has faded to a thousandth. Read ``times`` and
        ``values``: outside them the organ is at body temperature. T90 is the temperature at a fixed distance from the
        centre, which is exact while the field is on; after it, the centre of a well perfused organ may become colder
        than its edge.
    """

    history: dict[str, dict[str, Curve]] = field(default_factory=dict)


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
    slp_iron : sequence of float or None, one a heating
        Specific loss power, W per kg of iron; None where it is not known.
    iron : mapping of str to Curve
        Iron concentration of the organs, kg per kg of tissue, against time since injection.
    subject : Subject
        Masses, tissues, body radius and temperature.

    Returns
    -------
    Heat
        With records, series and notices. What is not known becomes a notice "absent".

    Raises
    ------
    InputError
        If a specific loss power is negative or not finite.

    Notes
    -----
    Each exposure heats with the mean iron concentration during it; heatings superpose, because Pennes' equation is
    linear. The iron that 43 degC would need is that of an exposure by itself, from body temperature.
    """
    if not heatings:
        return Heat(notices=(absent("No heating is asked for: add [[protocol.heating]]."),))
    exposures = exposures_of(heatings, slp_iron)
    records: list[Record] = []
    notices: list[Notice] = []
    for heating, exposure in zip(heatings, exposures, strict=True):
        found = field_stage.describe_field(heating, exposure.mark, subject)
        records += found.records
        notices += found.notices
    if subject.temperature is None:
        notices.append(
            assumption("The body is taken to be at 37 degC before heating: subject.temperature is not given.")
        )
    body = _BODY if subject.temperature is None else subject.temperature.si
    warmings = [
        warming_of(ball_of(organ, subject), exposures, iron.get(organ))
        for organ in _exposed(exposures, iron, subject, notices)
    ]
    history = histories_of(warmings, body)
    for warming in warmings:
        records += _sphere_records(warming.ball)
        for exposure, held, watts in zip(warming.exposures, warming.iron, warming.powers, strict=True):
            if exposure.slp_iron is not None:
                records += _needed_records(exposure, warming.ball, body)
            if watts is not None:
                records += _amount_records(exposure, held, watts, warming.ball)
                records += _temperature_records(exposure, watts, warming, body)
    return Heat(
        history=history,
        records=tuple(records),
        series=(*series_of(exposures, warmings, history, body), *field_stage.limits_of_field(subject)),
        notices=(*notices, *_modelling(history, exposures)),
    )


def _exposed(
    exposures: Sequence[Exposure], iron: Mapping[str, object], subject: Subject, notices: list[Notice]
) -> list[str]:
    """Return the organs in the field that can be computed; say which cannot."""
    organs = []
    if subject.tumour is None:
        notices.append(absent("Heat in a tumour needs subject.tumour with its mass."))
    else:
        organs.append("tumour")
        if "tumour" not in iron:
            text = (
                "The temperature of the tumour needs its iron concentration: a biodistribution and an iron dose, or an "
                "intratumoural injection."
            )
            given = any(exposure.slp_iron is not None for exposure in exposures)
            notices.append(absent(f"{text} The iron that 43 degC would need is given." if given else text))
    if any(exposure.whole_body for exposure in exposures):
        known = [organ for organ in _ALSO_EXPOSED if organ in iron and organ in subject.organ]
        missing = " and ".join(organ for organ in _ALSO_EXPOSED if organ not in known)
        if missing:
            notices.append(absent(f"{missing}: in the field, but the iron concentration or the mass is not known."))
        organs += known
    return organs


def _sphere_records(ball: Ball) -> list[Record]:
    conductivity, _, cooling = ball.inside
    return [
        record(
            f"radius.{ball.organ}", ball.radius * 1e3, "mm", f"Radius of {ball.organ} as a sphere", "sphere of its mass"
        ),
        record(
            f"cooling_length.{ball.organ}",
            1e3 * (conductivity / cooling) ** 0.5 if cooling else None,
            "mm",
            f"Length over which perfusion cools in {ball.organ}",
            "sqrt(k/(w rho_b c_b))",
            validity="" if cooling else "no perfusion",
        ),
    ]


def _needed_records(exposure: Exposure, ball: Ball, body: float) -> list[Record]:
    centre, edge = ball.rise([0.0, ball.radius], exposure.duration)[0]
    watts = float(power.volumetric_power(1.0, ball.density, exposure.slp_iron))
    records = []
    for name, rise, words in (("iron_needed", centre, "the centre"), ("iron_needed_edge", edge, "the edge")):
        needed = _MG_PER_G * float(power.iron_concentration_needed(GOAL, body, watts * float(rise)))
        finite = bool(np.isfinite(needed))
        records.append(
            record(
                f"{name}{exposure.mark}.{ball.organ}",
                needed if finite else None,
                "mg/g",
                f"Iron that 43 degC at {words} of {ball.organ} would need",
                _METHOD,
                validity=_needed_validity(needed) if finite else "the particles give no heat in this field",
                sources=_SOURCES,
            )
        )
    return records


def _needed_validity(needed: float) -> str:
    if needed > _MG_PER_G:
        return f"{needed:.3g} mg of iron per g of tissue cannot be: 43 degC is out of reach"
    if needed > _MUCH_IRON:
        return f"above {_MUCH_IRON:g} mg of iron per g of tissue: not to be expected even after direct injection"
    return ""


def _amount_records(exposure: Exposure, held: float, watts: float, ball: Ball) -> list[Record]:
    organ, rate = ball.organ, float(power.specific_absorption_rate(watts, ball.density))
    rows = [
        ("iron", held * _MG_PER_G, "mg/g", f"Iron in {organ} during the heating"),
        ("power_density", watts * 1e-3, "kW/m3", f"Heating power in {organ}"),
        ("sar", rate, "W/kg", f"Specific absorption rate of {organ}"),
    ]
    method = "iron concentration, mean of the heating, times density times specific loss power"
    return [record(f"{name}{exposure.mark}.{organ}", *rest, method) for name, *rest in rows]


def _temperature_records(exposure: Exposure, watts: float, warming: Warming, body: float) -> list[Record]:
    ball, organ, heatings = warming.ball, warming.ball.organ, warming.superposing
    radii = power.temperature_percentile_radius([0.0, 10.0, 50.0, 90.0, 100.0], ball.radius)
    centre, t10, t50, t90, edge = superposed(lambda time: ball.rise(radii, time), [exposure.end], heatings)[0]
    mean = superposed(lambda time: ball.rise(None, time), [exposure.end], heatings)[0]
    celsius, steady = body - CELSIUS_ZERO, watts * ball.steady()
    rows = [
        ("temperature_rise", centre, "K", f"Temperature rise at the centre of {organ}"),
        ("temperature_rise_mean", mean, "K", f"Mean temperature rise of {organ}"),
        ("temperature_rise_edge", edge, "K", f"Temperature rise at the edge of {organ}"),
        ("t10", celsius + t10, "degC", f"T10 of {organ}"),
        ("t50", celsius + t50, "degC", f"T50 of {organ}"),
        ("t90", celsius + t90, "degC", f"T90 of {organ}"),
    ]
    validity = _validity(body + centre)
    return [
        *(
            record(f"{name}{exposure.mark}.{organ}", *rest, _METHOD, validity=validity, sources=_SOURCES)
            for name, *rest in rows
        ),
        record(
            f"temperature_rise_steady{exposure.mark}.{organ}",
            steady,
            "K",
            f"Temperature rise at the centre of {organ}, if heated for ever",
            f"{_MODEL}, steady",
            validity=_validity(body + steady),
            sources=_SOURCES[:1],
        ),
    ]


def _validity(hottest: float) -> str:
    if hottest > _BOILING:
        return f"{hottest - CELSIUS_ZERO:.0f} degC cannot be in tissue: water boils and perfusion stops long before"
    if hottest > _COAGULATION:
        return f"{hottest - CELSIUS_ZERO:.0f} degC: above about 50 degC tissue coagulates and its perfusion stops"
    return ""


def _modelling(history: Mapping[str, object], exposures: Sequence[Exposure]) -> list[Notice]:
    notices = [
        absent(f"heating{exposure.mark}: no specific loss power, so no temperature.")
        for exposure in exposures
        if exposure.slp_iron is None
    ]
    if history:
        notices.append(
            assumption(
                f"Heat: iron spread evenly in a sphere of the organ's mass, in infinite {SURROUNDINGS}; perfusion does "
                "not change with temperature; no single large vessels, no cooling through the skin, no eddy currents."
            )
        )
    if any(organ in history for organ in _ALSO_EXPOSED):
        notices.append(
            assumption(
                "Perfusion of liver and spleen is that of people at rest; small animals have more blood flow per mass "
                "and warm up less."
            )
        )
    return notices
