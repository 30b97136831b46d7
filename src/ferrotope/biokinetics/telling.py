"""Records, series and notices of the stage: what it tells the reader."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ferrotope.biokinetics.activity import MOSTLY, OrganActivity, organ_activity
from ferrotope.biokinetics.checks import Recovery, exceeds, recovery
from ferrotope.biokinetics.nouns import Biodistribution
from ferrotope.biokinetics.table import MOST_MEAN_LIVES, BiodistributionTable
from ferrotope.curves import Curve, Exponentials
from ferrotope.errors import InputError
from ferrotope.result import Notice, Record, Series

__all__ = [
    "assumptions",
    "balance_notices",
    "coefficient_record",
    "integrated_record",
    "iron_record",
    "organ_records",
    "organ_series",
    "other_reading",
]

MIRD = "doi:10.2967/jnumed.108.056036"


def organ_records(
    organs: Mapping[str, OrganActivity],
    activity: float | None,
    iron: Mapping[str, Curve | Exponentials],
) -> list[Record]:
    """Return coefficient, time-integrated activity, highest uptake and iron of every organ."""
    records = []
    for organ, item in organs.items():
        kind = "fitted" if item.retention.fitted else "predicted"
        records.append(coefficient_record(organ, item.coefficient, item.retention.method, kind, item))
        if activity is not None:
            records.append(integrated_record(organ, item.coefficient * activity, item))
        times, values, _ = item.points
        highest = int(np.argmax(values))
        grams = item.mass * 1e3
        unit = "%ID/g" if grams == grams else "%ID"
        records.append(
            Record(
                path=f"biokinetics.uptake.{organ}",
                value=100 * float(values[highest]) / (grams if grams == grams else 1.0),
                unit=unit,
                title=f"highest measured uptake in {_label(organ)}, decay-corrected",
                kind="measured",
                method=f"point at {times[highest] / 3600:.3g} h",
            )
        )
        if organ in iron:
            records.append(
                iron_record(
                    organ,
                    float(iron[organ].value(times[highest])),
                    f"at {times[highest] / 3600:.3g} h, iron taken to follow the label",
                )
            )
    return records


def coefficient_record(organ: str, seconds: float, method: str, kind: str, item: OrganActivity | None = None) -> Record:
    """Return the record of a time-integrated activity coefficient given in s."""
    validity, caveat = _outside(item)
    return Record(
        path=f"biokinetics.tiac.{organ}",
        value=seconds / 3600.0,
        unit="h",
        title=f"time-integrated activity coefficient of {_label(organ)}",
        kind=kind,
        method=method,
        validity=validity,
        caveat=caveat,
        sources=(MIRD,),
    )


def _outside(item: OrganActivity | None) -> tuple[str, str]:
    """Validity and caveat: what the coefficient owes to times outside the measured ones."""
    if item is None:
        return "", ""
    mostly = item.outside_fraction > MOSTLY
    return (item.outside_words, "") if mostly else ("", item.outside_words)


def integrated_record(organ: str, decays: float, item: OrganActivity | None = None) -> Record:
    """Return the record of a time-integrated activity given in Bq s."""
    validity, caveat = _outside(item)
    return Record(
        path=f"biokinetics.tia.{organ}",
        value=decays / 3.6e9,
        unit="MBq h",
        title=f"time-integrated activity of {_label(organ)}",
        kind="predicted",
        method="coefficient times administered activity",
        validity=validity,
        caveat=caveat,
        sources=(MIRD,),
    )


def iron_record(organ: str, concentration: float, method: str) -> Record:
    """Return the record of an iron concentration given in kg per kg."""
    return Record(
        path=f"biokinetics.iron.{organ}",
        value=concentration * 1e3,
        unit="mg/g",
        title=f"administered iron in {_label(organ)}",
        kind="predicted",
        method=method,
    )


def assumptions(noun: Biodistribution, organs: Mapping[str, OrganActivity], iron: float | None) -> list[str]:
    """Return a sentence for each modelling choice."""
    texts = []
    for name, reading in (("unit", noun.unit), ("decay correction", noun.decay_corrected)):
        if reading.kind == "assumed":
            said = {True: "decay-corrected", False: "not decay-corrected"}.get(reading.value, f"as {reading.value}")
            texts.append(
                f"the table's {name} is not stated in its source; it is read {said}"
                + (f": {reading.note}" if reading.note else "")
            )
    if noun.unit.value == "%ID/g":
        texts.append(
            "%ID/g becomes %ID with the whole organ's mass, also where only a piece (of muscle, skin, bone) was counted"
        )
    once = [_label(organ) for organ, item in organs.items() if item.retention.times.size == 1]
    if once:
        texts.append(
            f"measured at one time only and held constant, decay aside: {', '.join(once)}; half of what lies outside "
            "the measured time is taken as its standard deviation"
        )
    joined = [
        _label(organ)
        for organ, item in organs.items()
        if not item.retention.fitted and item.retention.times.size > 1 and item.coefficient > 0
    ]
    if joined:
        texts.append(
            "points joined by straight lines, constant before the first, physical decay alone after the last: "
            + ", ".join(joined)
        )
    if iron is not None:
        texts.append(
            "iron goes where the label goes: the curves count label that came off as iron, and no iron is broken down"
        )
    return texts


def balance_notices(balance: Recovery) -> list[Notice]:
    """Return what the recovery says: too much, too little, and what could not be counted."""
    notices = []
    high = float(balance.fraction.max())
    i = int(np.argmax(balance.fraction))
    if high > 1:
        notices.append(
            Notice(
                level="warning",
                text=f"the organs hold {100 * high:.0f} +/- {100 * balance.standard_deviation[i]:.0f} % of what was "
                f"administered at {balance.times[i] / 3600:.3g} h: above 100 %, within two standard deviations",
            )
        )
    if balance.unknown:
        names = ", ".join(_label(organ) for organ in balance.unknown)
        notices.append(
            Notice(
                level="absent",
                text=f"left out for want of an organ mass: {names}; give [subject.organ.NAME] mass, or subject.tumour",
            )
        )
    low = 100 * (1 - high)
    if low > 0:
        notices.append(
            Notice(
                level="absent",
                text=f"at least {low:.0f} % of the administered activity is in no measured organ (excreted, carcass or "
                "not counted) and is not followed; that would need whole-body and excreta counts",
            )
        )
    return notices


def other_reading(
    noun: Biodistribution,
    half_life: float,
    masses: Mapping[str, float],
    factors: Mapping[str, float],
    organs: Mapping[str, OrganActivity],
) -> tuple[list[Record], Notice]:
    """Coefficients under the other reading of the decay correction, which the source leaves open."""
    table = noun.table
    if table is None:
        raise InputError("the biodistribution is not loaded", field="biodistribution")
    other = table.read_as(decay_corrected=not table.decay_corrected)
    nominal, variations, _ = noun.nominal
    mean_lives = float(table.times[-1]) / half_life * np.log(2)
    if not other.decay_corrected and mean_lives > MOST_MEAN_LIVES:
        text = "the table cannot be other than decay-corrected: nothing could have been counted at its last time"
        return [], Notice(level="assumption", text=text)
    found = organ_activity(other, half_life, masses, factors=factors)
    said = "not decay-corrected" if table.decay_corrected else "decay-corrected"
    records = [
        Record(
            path=f"biokinetics.other_reading.{organ}",
            value=item.coefficient / 3600.0,
            unit="h",
            title=f"time-integrated activity coefficient of {_label(organ)} if the table is {said}",
            kind="fitted" if item.retention.fitted else "predicted",
            method=item.retention.method,
            sources=(MIRD,),
        )
        for organ, item in found.items()
    ]
    ratios = {
        organ: found[organ].coefficient / item.coefficient for organ, item in organs.items() if item.coefficient > 0
    }
    if not ratios:
        return records, Notice(
            level="assumption", text="no organ holds activity, so the decay correction makes no difference"
        )
    low, high = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
    text = (
        f"if the table is {said} instead, the time-integrated activity coefficients change by factors from "
        f"{ratios[low]:.3g} ({_label(low)}) to {ratios[high]:.3g} ({_label(high)})"
    )
    balance = recovery(other, nominal, mass_variations=variations, half_life=half_life)
    if exceeds(balance):
        text += (
            f"; that reading finds up to {100 * balance.fraction.max():.0f} % of what was administered: not possible"
        )
    return records, Notice(level="warning", text=text)


def organ_series(organs: Mapping[str, OrganActivity], table: BiodistributionTable, half_life: float) -> list[Series]:
    """Return the labelled arrays of the stage: curves, measured points and coefficients by organ."""
    names = list(organs)
    measured_at = table.times
    end = max(1.2 * float(measured_at[-1]), 4.0 * half_life)
    start = float(measured_at[measured_at > 0].min(initial=end)) / 10.0
    # the measured times too, so that a drawn curve bends and ends where the points stand
    times = np.union1d(np.concatenate([[0.0], np.geomspace(start, end, 120)]), measured_at)
    retained = np.array([item.retained.value(times) for item in organs.values()])
    decayed = retained * np.exp2(-times / half_life)
    points = np.full((len(names), measured_at.size), np.nan)
    errors = points.copy()
    for row, item in enumerate(organs.values()):
        t, value, error = item.points
        at = np.searchsorted(measured_at, t)
        points[row, at], errors[row, at] = 100 * value, 100 * error
    per_organ = {
        "tiac": ([item.coefficient / 3600 for item in organs.values()], "h", "time-integrated activity coefficient"),
        "tiac_relative_sd": (
            [item.relative_uncertainty for item in organs.values()],
            "1",
            "its relative standard deviation, without that of organ masses",
        ),
        "tail_fraction": (
            [item.tail_fraction for item in organs.values()],
            "1",
            "part of it after the last measurement",
        ),
        "head_fraction": (
            [item.head_fraction for item in organs.values()],
            "1",
            "part of it before the first measurement",
        ),
        "organ_mass": ([item.mass * 1e3 for item in organs.values()], "g", "organ mass"),
    }
    series = [
        Series(name="organ", dims=("organ",), values=np.array(names), title="organ"),
        Series(name="time", dims=("time",), values=times / 3600, unit="h", title="time after injection"),
        Series(name="sampled", dims=("sampled",), values=measured_at / 3600, unit="h", title="time of measurement"),
        Series(
            name="retained", dims=("organ", "time"), values=100 * retained, unit="%ID", title="decay-corrected content"
        ),
        Series(
            name="activity",
            dims=("organ", "time"),
            values=100 * decayed,
            unit="%IA",
            title="activity over administered activity",
        ),
        Series(
            name="measured", dims=("organ", "sampled"), values=points, unit="%ID", title="measured, decay-corrected"
        ),
        Series(
            name="measured_sd",
            dims=("organ", "sampled"),
            values=errors,
            unit="%ID",
            title="standard deviation of the measured",
        ),
    ]
    return series + [
        Series(name=name, dims=("organ",), values=np.array(values, dtype=float), unit=unit, title=title)
        for name, (values, unit, title) in per_organ.items()
    ]


def _label(organ: str) -> str:
    return organ.replace("_", " ")
