"""The biological effect of dose and heat in the organs and the tumour: the front function of the room."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ferrotope.curves import Curve, Exponentials
from ferrotope.radiobiology.control import tcp
from ferrotope.radiobiology.heat_damage import cem43, heat_survival
from ferrotope.radiobiology.linear_quadratic import bed, dose_of_bed, eqd
from ferrotope.radiobiology.protraction import protraction_of_curve
from ferrotope.result.records import Notice, Outcome, Record
from ferrotope.subject.nouns import Subject
from ferrotope.units.constants import CELSIUS_ZERO

__all__ = ["ALPHA_RBE", "Effect", "effect"]

ALPHA_RBE = (1.0, 5.0)  # MIRD Pamphlet 22 proposes 5 for cell kill; 1 beside it shows what the choice does
_FRACTION = 2.0  # Gy
_COUNTED_FROM = CELSIUS_ZERO + 39.0  # K; neither thermal dose nor kill by heat was measured below
_SUBSTEPS = 16
_HEAT_PLACES = (("t90", "", "that 90 % of {organ} reaches"), ("centre", "_centre", "at the centre of {organ}"))
_LQ = ("doi:10.1007/BF02982830", "doi:10.1259/0007-1285-58-690-515")
_EQD = "doi:10.1016/j.radonc.2012.10.006"
_MIRD22 = "doi:10.2967/jnumed.108.058651"
_POISSON = "doi:10.1088/0031-9155/38/6/001"
_CEM = "doi:10.1016/0360-3016(84)90379-1"
_HEAT = "public code of an extended linear-quadratic model (SiHa parameters), not traced to a paper"


@dataclass(frozen=True, kw_only=True)
class Effect(Outcome):
    """Biological effect by organ.

    Attributes
    ----------
    bed : dict of str to float
        Biologically effective dose of the radiation of low LET, Gy.
    eqd2 : dict of str to float
        The same as the equivalent dose in 2 Gy fractions, Gy.
    tcp : dict of str to float
        Tumour control probability by the RBE of alphas, "1" and "5"; one entry "1" where there are none.
    """

    bed: dict[str, float] = field(default_factory=dict)
    eqd2: dict[str, float] = field(default_factory=dict)
    tcp: dict[str, float] = field(default_factory=dict)


def effect(
    dose_rate: Mapping[str, Curve | Exponentials],
    alpha_dose: Mapping[str, float],
    history: Mapping[str, Mapping[str, Curve]],
    subject: Subject,
) -> Effect:
    """Return biologically effective doses, tumour control and the effect of heat, each apart.

    Parameters
    ----------
    dose_rate : mapping of str to Curve
        Dose rate of the radiation of low LET in each organ, Gy/s.
    alpha_dose : mapping of str to float
        Absorbed dose of alphas and recoils in each organ, Gy.
    history : mapping of str to mapping of str to Curve
        Temperature (K) of the heated organs at "centre" and "t90".
    subject : Subject
        Radiobiological properties of the tissues, mass of the tumour.

    Returns
    -------
    Effect
        Records by organ. Dose and heat are not combined: no published rate joins the two at the low dose rate of
        radionuclides.
    """
    records: list[Record] = []
    found: dict[str, dict[str, float]] = {"bed": {}, "eqd2": {}}
    controls: dict[str, float] = {}
    notices: list[Notice] = []
    endless = []
    for organ, rate in dose_rate.items():
        dose = float(rate.integral())
        if not math.isfinite(dose):
            endless.append(organ)
            continue
        alpha = float(alpha_dose.get(organ, 0.0))
        rows, low = _organ_records(organ, rate, dose, alpha, subject)
        records += rows
        found["bed"][organ], found["eqd2"][organ] = low
        if organ == "tumour" and subject.tumour is not None:
            rows, controls = _control_records(rate, dose, alpha, subject)
            records += rows
    for organ, places in history.items():
        records += _heat_records(organ, places)
    if endless:
        notices.append(Notice(level="absent", text=f"No BED for {', '.join(endless)}: the dose rate has no end."))
    notices += _notices(found["bed"], alpha_dose, controls, history)
    return Effect(records=tuple(records), notices=tuple(notices), tcp=controls, **found)


def _organ_records(
    organ: str, rate: Curve | Exponentials, dose: float, alpha: float, subject: Subject
) -> tuple[list[Record], tuple[float, float]]:
    """Records of BED and EQD2, and those of low LET as numbers."""
    name = organ.replace("_", " ")
    alpha_beta = subject.property(organ, "alpha_beta").si
    repair = subject.property(organ, "repair_half_time").si
    protraction = _protraction(rate, dose, repair)
    low = float(bed(dose, protraction, alpha_beta))
    low_eqd = float(eqd(low, _FRACTION, alpha_beta))
    method = (
        f"linear-quadratic with Lea-Catcheside, alpha/beta {alpha_beta:.3g} Gy, repair half-time {repair / 3600:.3g} h"
    )
    has_alpha = alpha > 0
    mark, words = ("_low_let", " of low LET") if has_alpha else ("", "")
    rows = [
        ("protraction_factor", protraction, "1", f"Protraction factor G, {name}", method, _LQ),
        (f"bed{mark}", low, "Gy", f"BED{words}, {name}", method, _LQ),
        (f"eqd2{mark}", low_eqd, "Gy", f"EQD2{words}, {name}", method, (*_LQ, _EQD)),
    ]
    if has_alpha:
        for rbe in ALPHA_RBE:
            said = f"{method}; RBE {rbe:g} times the alpha dose, without beta term"
            total = low + rbe * alpha
            rows.append(
                (f"bed_rbe{rbe:g}", total, "Gy", f"BED with RBE {rbe:g} of alphas, {name}", said, (*_LQ, _MIRD22))
            )
            equivalent = float(eqd(total, _FRACTION, alpha_beta))
            rows.append(
                (
                    f"eqd2_rbe{rbe:g}",
                    equivalent,
                    "Gy",
                    f"EQD2 with RBE {rbe:g} of alphas, {name}",
                    said,
                    (*_LQ, _EQD, _MIRD22),
                )
            )
    return [_record(f"{path}.{organ}", *rest) for path, *rest in rows], (low, low_eqd)


def _protraction(rate: Curve | Exponentials, dose: float, repair_half_time: float) -> float:
    return protraction_of_curve(rate, math.log(2.0) / repair_half_time) if dose > 0 else 0.0


def _control_records(
    rate: Curve | Exponentials, dose: float, alpha_dose: float, subject: Subject
) -> tuple[list[Record], dict[str, float]]:
    """Tumour control, and the factor on the activity that would bring it to one half."""
    sensitivity = subject.property("tumour", "alpha").si
    alpha_beta = subject.property("tumour", "alpha_beta").si
    protraction = _protraction(rate, dose, subject.property("tumour", "repair_half_time").si)
    volume = subject.tumour.mass.si / subject.property("tumour", "density").si
    clonogens = subject.property("tumour", "clonogen_density").si * volume
    low = float(bed(dose, protraction, alpha_beta))
    records, controls = [], {}
    rbes = ALPHA_RBE if alpha_dose > 0 else (1.0,)
    for rbe in rbes:
        mark, words = (f"_rbe{rbe:g}", f" with RBE {rbe:g} of alphas") if alpha_dose > 0 else ("", "")
        value = float(tcp(clonogens, sensitivity, low + rbe * alpha_dose))
        controls[f"{rbe:g}"] = value
        method = f"exp(-N exp(-alpha BED)), N {clonogens:.2g}, alpha {sensitivity:.3g}/Gy, mean dose taken as uniform"
        records.append(
            _record(f"tcp{mark}.tumour", value, "1", f"Tumour control probability{words}", method, (*_LQ, _POISSON))
        )
        factor = _half_control_factor(clonogens, sensitivity, alpha_beta, protraction, dose, rbe * alpha_dose)
        records.append(
            _record(
                f"activity_factor_tcp50{mark}.tumour",
                factor,
                "1",
                f"Times the activity that a TCP of one half needs{words}",
                "the BED of ln N - ln ln 2 over alpha, at the same time course",
                (*_LQ, _POISSON),
                "" if factor is not None else "the tumour gets no dose, or holds less than one clonogen",
            )
        )
    return records, controls


def _half_control_factor(
    clonogens: float, sensitivity: float, alpha_beta: float, protraction: float, dose: float, weighted_alpha: float
) -> float | None:
    """Return s with s D (1 + G s D/(a/b)) + s D_alpha = BED of a TCP of one half."""
    linear = dose + weighted_alpha
    if linear <= 0 or clonogens <= math.log(2.0):
        return None
    wanted = (math.log(clonogens) - math.log(math.log(2.0))) / sensitivity
    # s (D + D_alpha) is the dose of that BED under the curvature G D^2/(D + D_alpha)^2
    return float(dose_of_bed(wanted, protraction * (dose / linear) ** 2, alpha_beta)) / linear


def _heat_records(organ: str, places: Mapping[str, Curve]) -> list[Record]:
    name = organ.replace("_", " ")
    rows = []
    for place, mark, words in _HEAT_PLACES:
        if place not in places:
            continue
        durations, temperatures = _steps(places[place])
        where = words.format(organ=name)
        beyond = "" if temperatures.max() < CELSIUS_ZERO + 100.0 else "the temperature cannot be in tissue"
        kept = np.minimum(temperatures, CELSIUS_ZERO + 100.0)
        rows.append(
            _record(
                f"cem43{mark}.{organ}",
                cem43(durations, kept, _COUNTED_FROM),
                "min",
                f"CEM43 of the temperature {where}",
                "R 0.5 from 43 degC, 0.25 from 39 degC",
                (_CEM,),
                beyond,
            )
        )
        rows.append(
            _record(
                f"heat_survival{mark}.{organ}",
                heat_survival(durations, kept, threshold=_COUNTED_FROM),
                "1",
                f"Survival of cells after heat alone, at the temperature {where}",
                "Arrhenius kill of SiHa cells in culture, counted from 39 degC",
                (_HEAT,),
                beyond,
            )
        )
    return rows


def _steps(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """Return short steps and the temperature in the middle of each."""
    share = (np.arange(_SUBSTEPS) + 0.5) / _SUBSTEPS
    lengths = np.diff(curve.times)
    durations = np.repeat(lengths / _SUBSTEPS, _SUBSTEPS)
    middles = (curve.values[:-1, None] + np.diff(curve.values)[:, None] * share).ravel()
    return durations, middles


def _notices(
    beds: Mapping[str, float],
    alpha_dose: Mapping[str, float],
    controls: Mapping[str, float],
    history: Mapping[str, Mapping[str, Curve]],
) -> list[Notice]:
    texts = []
    if beds:
        texts.append(
            "BED is computed from the mean dose of each organ. Where dose is uneven, cells in cold parts survive and "
            "the effect is smaller."
        )
    if any(alpha_dose.get(organ, 0.0) > 0 for organ in beds):
        texts.append(
            "The RBE of alphas is not known for these particles; 1 and 5 stand side by side. Low LET is kept apart, "
            "and alphas and beta particles are taken not to interact."
        )
    if controls:
        texts.append(
            "Tumour control is for ranking designs: alpha, clonogen number and uniform dose are assumptions, and "
            "repopulation is left out."
        )
    if history:
        texts.append(
            "Kill by heat stands apart from dose: sensitisation, thermotolerance and the change of perfusion and of "
            "repair by heat are not modelled."
        )
    return [Notice(level="assumption", text=text) for text in texts]


def _record(
    path: str,
    value: float | None,
    unit: str,
    title: str,
    method: str,
    sources: tuple[str, ...],
    validity: str = "",
) -> Record:
    return Record(
        path=f"radiobiology.{path}",
        value=value,
        unit=unit,
        title=title,
        method=method,
        sources=sources,
        validity=validity,
    )
