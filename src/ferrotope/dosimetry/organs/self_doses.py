"""Self-doses of organs and tumour from their time-integrated activities: the front function of the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ferrotope.curves import Curve, Exponentials
from ferrotope.dosimetry.matter.media import WATER_DENSITY
from ferrotope.dosimetry.organs.chains import (
    LINGERING,
    Member,
    activity_weights,
    dose_rate_curves,
    grown_activities,
    members_of_chain,
)
from ferrotope.dosimetry.spheres.decay_energy import RADIATIONS, absorbed_energy, emitted_energy, family
from ferrotope.dosimetry.spheres.straight_tracks import sphere_radius
from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide
from ferrotope.result import Notice, Outcome, Record, Series

__all__ = ["LOCAL_EQUILIBRIUM", "NOT_COMPACT", "Doses", "self_doses"]

LOCAL_EQUILIBRIUM = "local equilibrium"

# Organs that are sheets, shells or nets, for which the sphere of their mass is a poor picture.
NOT_COMPACT = frozenset(
    {"lungs", "lung", "bone", "skeleton", "marrow", "skin", "blood", "stomach", "small_intestine", "large_intestine"}
    | {"intestine", "bladder", "muscle", "fat", "body", "carcass", "remainder"}
)
NOT_COMPACT_TEXT = (
    "not a compact organ: the sphere of its mass keeps too much energy (F-18 in a mouse: lungs 30 to 55 %, skeleton "
    "26 % above the voxel model of Keenan 2010)"
)
METHOD = "MIRD self-dose of a uniform sphere: point kernels (electrons), straight tracks (alphas), mu_en (photons)"
SOURCES = ("doi:10.2967/jnumed.108.056036", "doi:10.18434/T4NC7P", "doi:10.18434/T4D01F", "doi:10.1093/jicru/ndw043")

_LOW_LET = np.array([name not in ("alpha", "recoil") for name in RADIATIONS])
_ELECTRONS = np.array([name in ("beta-", "beta+", "conversion", "auger") for name in RADIATIONS])
_PHOTONS = np.array([name in ("gamma", "x", "annihilation") for name in RADIATIONS])
_ALPHA, _RECOIL = RADIATIONS.index("alpha"), RADIATIONS.index("recoil")
_MGY_PER_MBQ_S = 1e9  # Gy/(Bq s) to mGy/(MBq s)
_YEAR, _DAY, _HOUR = 365.25 * 86400.0, 86400.0, 3600.0


@dataclass(frozen=True, kw_only=True)
class Doses(Outcome):
    """Absorbed doses by self-irradiation.

    Attributes
    ----------
    absorbed_dose : dict of str to dict of str to float
        Absorbed dose (Gy) of an organ by radiation: alpha, recoil, beta-, beta+, conversion, auger, gamma, x,
        annihilation; daughters included. No RBE is in it.
    dose_rate : dict of str to Curve
        Dose rate (Gy/s) of the radiations of low LET, for the organs with a curve.
    alpha_dose : dict of str to float
        Absorbed dose (Gy) of alphas and recoils together.
    alpha_dose_rate : dict of str to Curve
        Dose rate (Gy/s) of alphas and recoils; empty without alphas.
    """

    absorbed_dose: dict[str, dict[str, float]] = field(default_factory=dict)
    dose_rate: dict[str, Curve | Exponentials] = field(default_factory=dict)
    alpha_dose: dict[str, float] = field(default_factory=dict)
    alpha_dose_rate: dict[str, Curve | Exponentials] = field(default_factory=dict)


def self_doses(
    nuclide: Nuclide,
    time_integrated: Mapping[str, float],
    curves: Mapping[str, Curve | Exponentials],
    masses: Mapping[str, float],
    densities: Mapping[str, float],
    daughters: str | Mapping[str, float] = LOCAL_EQUILIBRIUM,
    administered_activity: float | None = None,
) -> Doses:
    """Return the self-doses of all organs with a time-integrated activity.

    Parameters
    ----------
    nuclide : Nuclide
        The label.
    time_integrated : mapping of str to float
        Decays of the label in the organ, to infinite time (Bq s).
    curves : mapping of str to Curve
        Activity of the label in the organ (Bq); may lack organs, which then have no dose-rate curve.
    masses, densities : mapping of str to float
        Of the organs (kg, kg/m3). An organ without mass gets no dose, one without density that of water.
    daughters : str or mapping of str to float
        "local equilibrium": daughters stay and decay where the parent did. Or the fraction, by name of daughter, of its
        newly formed atoms that stay in the organ until they decay; daughters not named stay.
    administered_activity : float, optional
        Activity (Bq) to which doses per activity refer.

    Returns
    -------
    Doses
        Records by organ: absorbed dose, with alphas also its parts of low LET, alpha and recoil; S value; dose per
        administered activity; the radiation that dominates.

    Raises
    ------
    InputError
        If a retained fraction is named for a nuclide that is no daughter, or lies outside 0 to 1, or an activity is
        negative.
    """
    links = family(nuclide.name)
    members, lingering = members_of_chain(links, _retained(daughters))
    notices: list[Notice] = []
    organs = _usable_organs(time_integrated, masses, notices)
    if not organs:
        text = "No self-doses: they need the time-integrated activity and the mass of an organ or of the tumour."
        return Doses(notices=(*notices, Notice(level="absent", text=text)))
    mass = np.array([masses[name] for name in organs], dtype=float)
    density = np.array([densities.get(name, WATER_DENSITY) for name in organs], dtype=float)
    decays = np.array([time_integrated[name] for name in organs], dtype=float)
    thickness = sphere_radius(mass, density) * density
    s_of = {member.name: absorbed_energy(member.name, thickness) / mass[:, None] for member in members}
    s_total = sum(member.decays * s_of[member.name] for member in members)
    doses = decays[:, None] * s_total
    has_alpha = bool(np.any(s_total[:, [_ALPHA, _RECOIL]] > 0))
    weights = activity_weights(members)
    low_rate, alpha_rate = _dose_rates(members, weights, s_of, organs, curves, has_alpha)
    notices += _chain_notices(members, lingering, daughters, weights)
    notices += _model_notices(members, organs, s_total * mass[:, None], densities)
    rows = [dict(zip(RADIATIONS, map(float, row), strict=True)) for row in doses]
    return Doses(
        records=_records(organs, mass, s_total, doses, administered_activity, has_alpha),
        series=_series(nuclide, organs, doses, low_rate, alpha_rate),
        notices=tuple(notices),
        absorbed_dose=dict(zip(organs, rows, strict=True)),
        dose_rate=low_rate,
        alpha_dose={name: row["alpha"] + row["recoil"] for name, row in zip(organs, rows, strict=True)},
        alpha_dose_rate=alpha_rate,
    )


def _retained(daughters: str | Mapping[str, float]) -> Mapping[str, float]:
    if isinstance(daughters, Mapping):
        return daughters
    if daughters != LOCAL_EQUILIBRIUM:
        raise InputError(
            "this treatment of daughters is not known",
            field="daughters",
            value=daughters,
            allowed=f"'{LOCAL_EQUILIBRIUM}' or the retained fraction of each daughter",
        )
    return {}


def _usable_organs(
    time_integrated: Mapping[str, float], masses: Mapping[str, float], notices: list[Notice]
) -> list[str]:
    organs, endless, massless = [], [], []
    for name, decays in time_integrated.items():
        if np.isnan(decays) or decays < 0:
            raise InputError(
                "a time-integrated activity cannot be negative",
                field=f"time_integrated.{name}",
                value=f"{decays:g} Bq s",
                allowed="0 or more",
            )
        if name not in masses:
            massless.append(name)
        elif not np.isfinite(decays):
            endless.append(name)
        else:
            organs.append(name)
    if massless:
        text = f"No dose for {_listed(massless)}: the mass is not known; give it under [subject.organ]."
        notices.append(Notice(level="absent", text=text))
    if endless:
        text = f"No dose for {_listed(endless)}: the time-integrated activity has no end; it needs decay or a tail."
        notices.append(Notice(level="absent", text=text))
    return organs


def _dose_rates(
    members: Sequence[Member],
    weights: Mapping[str, Mapping[str, float]],
    s_of: Mapping[str, np.ndarray],
    organs: Sequence[str],
    curves: Mapping[str, Curve | Exponentials],
    has_alpha: bool,
) -> tuple[dict[str, Curve | Exponentials], dict[str, Curve | Exponentials]]:
    """Dose rates of low LET and of alphas with recoils, for the organs with a curve."""
    rows = [i for i, name in enumerate(organs) if name in curves]
    names, known = [organs[i] for i in rows], [curves[organs[i]] for i in rows]
    if not names:
        return {}, {}
    lag = any(member.name in weights[member.name] for member in members[1:])
    grown = grown_activities(members, weights, known) if lag else None
    found = []
    for chosen in (_LOW_LET, ~_LOW_LET):
        s_values = {member.name: s_of[member.name][rows][:, chosen].sum(axis=1) for member in members}
        found.append(dict(zip(names, dose_rate_curves(members, weights, s_values, known, grown), strict=True)))
    return found[0], found[1] if has_alpha else {}


def _records(
    organs: Sequence[str],
    mass: np.ndarray,
    s_total: np.ndarray,
    doses: np.ndarray,
    administered_activity: float | None,
    has_alpha: bool,
) -> tuple[Record, ...]:
    records = []
    for i, name in enumerate(organs):
        total, row = float(doses[i].sum()), s_total[i]
        caveat = "; ".join(_caveats(name, mass[i], row))

        def add(
            quantity: str, value: float | str, unit: str, title: str, *, organ: str = name, caveat: str = caveat
        ) -> None:
            records.append(
                Record(
                    path=f"dosimetry.{quantity}.{organ}",
                    value=value,
                    unit=unit,
                    title=f"{title}, {organ.replace('_', ' ')}",
                    method=METHOD,
                    caveat=caveat,
                    sources=SOURCES,
                )
            )

        add("absorbed_dose", total, "Gy", "Absorbed dose")
        if has_alpha:
            add("low_let_dose", float(doses[i, _LOW_LET].sum()), "Gy", "Absorbed dose of electrons and photons")
            add("alpha_dose", float(doses[i, _ALPHA]), "Gy", "Absorbed dose of alphas")
            add("recoil_dose", float(doses[i, _RECOIL]), "Gy", "Absorbed dose of recoil nuclei")
        add("s_value", float(row.sum()) * _MGY_PER_MBQ_S, "mGy/(MBq s)", "S value of self-dose")
        if administered_activity:
            add(
                "dose_per_activity",
                total / administered_activity * _MGY_PER_MBQ_S,
                "mGy/MBq",
                "Absorbed dose per activity",
            )
        if row.sum() > 0:
            main = int(np.argmax(row))
            add(
                "dominant",
                f"{RADIATIONS[main]} {row[main] / row.sum():.0%}",
                "",
                "Radiation that gives most of the dose",
            )
    return tuple(records)


def _caveats(name: str, mass: float, energy: np.ndarray) -> list[str]:
    found = []
    if name in NOT_COMPACT:
        found.append(NOT_COMPACT_TEXT)
    share = energy[_PHOTONS].sum() / energy.sum() if energy.sum() > 0 else 0.0
    if share > 0.3 and mass > 0.1:
        found.append(
            f"photons give {share:.0%} of this self-dose, and scattered photons are followed only in part: here "
            f"they are too low by up to {'8' if mass <= 1.0 else '16'} % above 0.2 MeV and more below"
        )
    return found


def _chain_notices(
    members: Sequence[Member],
    lingering: Sequence[Member],
    daughters: str | Mapping[str, float],
    weights: Mapping[str, Mapping[str, float]],
) -> list[Notice]:
    notices = []
    names = [member.name for member in members[1:]]
    if names and daughters == LOCAL_EQUILIBRIUM:
        text = f"The daughters of {members[0].name} ({_listed(names)}) are taken to decay where it did."
        if any(emitted_energy(member.name)[_ALPHA] > 0 for member in members):
            text += " Alpha recoil frees them from the particle: daughters that leave the organ would lower its dose."
        notices.append(Notice(level="assumption", text=text))
    elif names:
        kept = ", ".join(f"{name} {fraction:.0%}" for name, fraction in dict(daughters).items())
        text = f"Of newly formed daughters the organs keep: {kept}; all others stay. What leaves is not followed."
        notices.append(Notice(level="assumption", text=text))
    lagging = [name for name in names if name in weights[name]]
    if lagging:
        text = f"The dose rate follows the growth of {_listed(lagging)} in the organ; doses are to infinite time."
        notices.append(Notice(level="assumption", text=text))
    for member in lingering:
        energy = emitted_energy(member.name)
        charged = float(energy[_ELECTRONS].sum() + energy[_ALPHA] + energy[_RECOIL]) * member.decays
        before = sum(float(emitted_energy(m.name)[~_PHOTONS].sum()) * m.decays for m in members)
        if charged > 0.01 * before > 0:
            text = (
                f"{member.name} (half-life {_duration(member.half_life)}) lives over {LINGERING:g} times longer than "
                f"what it comes from and is left out; atoms that stayed would add {charged / before:.0%}."
            )
            notices.append(Notice(level="absent", text=text))
    return notices


def _model_notices(
    members: Sequence[Member], organs: Sequence[str], absorbed: np.ndarray, densities: Mapping[str, float]
) -> list[Notice]:
    emitted = sum(member.decays * emitted_energy(member.name) for member in members)
    notices = [
        Notice(
            level="assumption",
            text="Every organ and the tumour is a sphere of its mass with uniform activity in tissue like water; doses "
            "are means over the organ, to infinite time, without RBE.",
        )
    ]
    missing = [name for name in organs if name not in densities]
    if missing:
        text = f"The density of {_listed(missing)} is not given: 1.00 g/cm3 stands in."
        notices.append(Notice(level="assumption", text=text))
    electrons = float(emitted[_ELECTRONS].sum())
    if electrons > 0:
        escape = 1.0 - absorbed[:, _ELECTRONS].sum(axis=1) / electrons
        losing = [f"{name} {lost:.0%}" for name, lost in zip(organs, escape, strict=True) if lost > 0.1]
        if losing:
            text = (
                f"Electron energy that leaves its organ ({', '.join(losing)}) is not given to the neighbours, whose "
                "doses are too low by it; that needs a phantom."
            )
            notices.append(Notice(level="absent", text=text))
    if emitted[_PHOTONS].sum() > 0:
        text = "Photons from other organs and the rest of the body are not modelled: they need a phantom and transport."
        notices.append(Notice(level="absent", text=text))
    return notices


def _series(
    nuclide: Nuclide,
    organs: Sequence[str],
    doses: np.ndarray,
    low_rate: Mapping[str, Curve | Exponentials],
    alpha_rate: Mapping[str, Curve | Exponentials],
) -> tuple[Series, ...]:
    present = doses.sum(axis=0) > 0
    series = [
        Series(name="organ", dims=("organ",), values=np.array(organs), unit="", title="Organ"),
        Series(name="radiation", dims=("radiation",), values=np.array(RADIATIONS)[present], unit="", title="Radiation"),
        Series(
            name="dose_by_radiation",
            dims=("organ", "radiation"),
            values=doses[:, present],
            unit="Gy",
            title="Absorbed dose by radiation",
        ),
    ]
    if low_rate:
        horizon = 7.0 * nuclide.half_life
        time = np.concatenate([[0.0], np.geomspace(1e-3 * horizon, horizon, 119)])
        series.append(Series(name="time", dims=("time",), values=time / _HOUR, unit="h", title="Time after injection"))
        names = np.array(list(low_rate))
        series.append(Series(name="rate_organ", dims=("rate_organ",), values=names, unit="", title="Organ"))
        for name, rates, title in (
            ("low_let_dose_rate", low_rate, "Dose rate of electrons and photons"),
            ("alpha_dose_rate", alpha_rate, "Dose rate of alphas and recoils"),
        ):
            if rates:
                values = np.array([curve.value(time) for curve in rates.values()]) * 1e3 * _HOUR
                series.append(Series(name=name, dims=("rate_organ", "time"), values=values, unit="mGy/h", title=title))
    return tuple(series)


def _listed(names: Sequence[str]) -> str:
    shown = [name.replace("_", " ") for name in names]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def _duration(seconds: float) -> str:
    for unit, length in (("y", _YEAR), ("d", _DAY), ("h", _HOUR), ("min", 60.0)):
        if seconds >= length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.3g} s"
