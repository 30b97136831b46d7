"""The stage: where the activity and the iron are, in every organ that was measured, at every time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ferrotope.biokinetics.activity import MOSTLY, iron_concentration, organ_activity
from ferrotope.biokinetics.checks import check_recovery, late_slope_warnings, recovery
from ferrotope.biokinetics.nouns import Biodistribution, masses_of
from ferrotope.biokinetics.telling import (
    assumptions,
    balance_notices,
    coefficient_record,
    integrated_record,
    iron_record,
    organ_records,
    organ_series,
    other_reading,
)
from ferrotope.curves import Curve, Exponentials
from ferrotope.result import Notice, Outcome, Record
from ferrotope.subject.nouns import Subject

__all__ = ["Kinetics", "distribute", "retain"]


@dataclass(frozen=True, kw_only=True)
class Kinetics(Outcome):
    """Activity and iron of every organ.

    Attributes
    ----------
    fraction : dict of str to Curve or Exponentials
        Fraction of the administered activity, physical decay included, against time in s.
    retained : dict of str to Curve or Exponentials
        The same without decay.
    tiac : dict of str to float
        Time-integrated activity coefficient in s.
    iron : dict of str to Curve or Exponentials
        kg of administered iron per kg of tissue; empty where the iron dose is not known.
    masses : dict of str to float
        Organ masses in kg that were used, for the organs above.
    doubts : dict of str to str
        For organs whose coefficient is mostly an extrapolation: in what way.
    measured : dict of str to tuple of float
        First and last time in s at which an organ was measured; empty where nothing was.
    """

    fraction: dict[str, Curve | Exponentials] = field(default_factory=dict)
    retained: dict[str, Curve | Exponentials] = field(default_factory=dict)
    tiac: dict[str, float] = field(default_factory=dict)
    iron: dict[str, Curve | Exponentials] = field(default_factory=dict)
    masses: dict[str, float] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    measured: dict[str, tuple[float, float]] = field(default_factory=dict)


def distribute(
    biodistribution: Biodistribution | None,
    subject: Subject | None,
    nuclide: Any,
    activity: float | None,
    iron: float | None,
) -> Kinetics:
    """Turn a measured biodistribution into curves of activity and iron.

    Parameters
    ----------
    biodistribution : Biodistribution or None
        Loaded.
    subject : Subject or None
        Gives the organ masses.
    nuclide : Nuclide or None
        Only its half_life (s) is used.
    activity : float or None
        Administered activity in Bq.
    iron : float or None
        Administered iron in kg.

    Returns
    -------
    Kinetics
        Empty, with a notice, where the table or the nuclide is missing.

    Raises
    ------
    DataError
        When the organs, corrected for decay, hold more than was administered.
    """
    if biodistribution is None or biodistribution.table is None:
        return _absent(
            "biokinetics stops here: no biodistribution is known for this system; every later stage would need a table "
            "of organ, time and %ID/g (or %ID), named in [biodistribution]"
        )
    if nuclide is None:
        return _absent("biokinetics stops here: the nuclide is not known, and with it the physical decay")
    table, half_life = biodistribution.table, float(nuclide.half_life)
    nominal, variations, body = biodistribution.nominal
    balance = recovery(table, nominal, mass_variations=variations, half_life=half_life)
    check_recovery(table, balance, body)

    masses = masses_of(table, subject)
    factors = {
        organ: value.si for organ, value in biodistribution.scale.items() if table.unit == "%ID" or organ in masses
    }
    outside = {organ: value.si for organ, value in biodistribution.outside.items() if organ in factors}
    organs = organ_activity(table, half_life, masses, factors=factors, outside=outside)
    if not organs:
        return _absent(
            "biokinetics stops here: the table is in %ID/g and no organ mass is known; give [subject] species and mass"
        )
    concentration = {
        organ: iron_concentration(item.retained, iron, item.mass)
        for organ, item in organs.items()
        if iron is not None and item.mass == item.mass
    }
    notices = [Notice(level="assumption", text=text) for text in assumptions(biodistribution, organs, iron)]
    notices += [Notice(level="warning", text=text) for text in late_slope_warnings(table, half_life)]
    notices += balance_notices(balance)
    start = sum(float(item.retained.value(0.0)) for item in organs.values())
    if start > max(1.0, float(balance.fraction.max())):
        text = f"the curves, run back to the injection, start at {100 * start:.0f} % of what was administered"
        notices.append(Notice(level="warning", text=text + ": too steep before the first measurement"))
    records = organ_records(organs, activity, concentration)
    top = int(np.argmax(balance.fraction))
    records.append(
        Record(
            path="biokinetics.recovery",
            value=float(100 * balance.fraction[top]),
            unit="%",
            kind="predicted",
            title="largest sum over the measured organs",
            method=f"decay-corrected sum at {balance.times[top] / 3600:.3g} h",
        )
    )
    if biodistribution.decay_corrected.kind == "assumed":
        more, notice = other_reading(biodistribution, half_life, masses, factors, organs)
        records += more
        notices.append(notice)
    return Kinetics(
        records=tuple(records),
        series=tuple(organ_series(organs, table, half_life)),
        notices=tuple(notices),
        fraction={organ: item.activity for organ, item in organs.items()},
        retained={organ: item.retained for organ, item in organs.items()},
        tiac={organ: item.coefficient for organ, item in organs.items()},
        iron=concentration,
        masses={organ: item.mass for organ, item in organs.items() if item.mass == item.mass},
        doubts={organ: item.outside_words for organ, item in organs.items() if item.outside_fraction > MOSTLY},
        measured={
            organ: (float(item.retention.times[0]), float(item.retention.times[-1])) for organ, item in organs.items()
        },
    )


def retain(
    retained_fraction: Any,
    subject: Subject | None,
    nuclide: Any,
    activity: float | None,
    iron: float | None,
) -> Kinetics:
    """Activity and iron of a tumour that was injected directly and keeps a constant part.

    Parameters
    ----------
    retained_fraction : Value or float or None
        Part of an intratumoural injection that stays in the tumour.
    subject : Subject or None
        Gives the tumour's mass.
    nuclide : Nuclide or None
        Only its half_life (s) is used; None for particles without a label.
    activity : float or None
        Administered activity in Bq.
    iron : float or None
        Administered iron in kg.

    Returns
    -------
    Kinetics
        For the organ "tumour".
    """
    if retained_fraction is None:
        return _absent("biokinetics stops here: the fraction of the injection that stays in the tumour is not known")
    if subject is None or subject.tumour is None:
        return _absent(
            "biokinetics stops here: an intratumoural injection needs the tumour's mass; "
            'give [subject] tumour = { mass = "0.2 g" }'
        )
    kept = float(getattr(retained_fraction, "si", retained_fraction))
    mass = subject.organ_mass("tumour")
    retained = Exponentials([kept], [0.0], unit="1", name="tumour")
    concentration = {} if iron is None else {"tumour": iron_concentration(retained, iron, mass)}
    fraction, tiac, records = {}, {}, []
    if nuclide is not None:
        curve = retained.decayed(math.log(2.0) / float(nuclide.half_life))
        fraction, tiac = {"tumour": curve}, {"tumour": float(curve.integral())}
        records.append(coefficient_record("tumour", tiac["tumour"], "retained fraction, physical decay", "predicted"))
        if activity is not None:
            records.append(integrated_record("tumour", tiac["tumour"] * activity))
    if concentration:
        records.append(
            iron_record("tumour", float(concentration["tumour"].value(0.0)), "retained fraction over the tumour's mass")
        )
    notices = (
        Notice(
            level="assumption",
            text=f"{100 * kept:.3g} % of the injection stays in the tumour from the start and for good, spread evenly",
        ),
        Notice(
            level="absent",
            text="what leaves the tumour is not followed; that would need a table after intratumoural injection",
        ),
    )
    return Kinetics(
        records=tuple(records),
        notices=notices,
        fraction=fraction,
        retained={"tumour": retained},
        tiac=tiac,
        iron=concentration,
        masses={"tumour": mass},
    )


def _absent(text: str) -> Kinetics:
    return Kinetics(notices=(Notice(level="absent", text=text),))
