"""The radiochemistry stage: how much label a particle carries at injection, and how it will lose it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ferrotope.particle.materials import Material
from ferrotope.particle.nouns import Label
from ferrotope.radiochemistry import activity as label_arithmetic
from ferrotope.radiochemistry import detachment
from ferrotope.radiochemistry.daughters import recoil_records
from ferrotope.result.records import Notice, Outcome, Record, Series

__all__ = ["LabelState", "label_state"]

_HOUR = 3600.0
_MBQ_PER_MG = 1e12  # Bq/kg
_GBQ_PER_UMOL = 1e15  # Bq/mol


@dataclass(frozen=True, kw_only=True)
class LabelState(Outcome):
    """How much label the particles carry at injection.

    Attributes
    ----------
    atoms_per_particle : float or None
        Mean number of radioactive atoms per particle.
    hot_fraction : float or None
        Fraction of particles with at least one.
    detachment_rate : float or None
        1/s.
    """

    atoms_per_particle: float | None = None
    hot_fraction: float | None = None
    detachment_rate: float | None = None


def label_state(
    label: Label,
    particles_per_iron: float | None,
    surface: float | None,
    activity_per_iron: float | None,
    *,
    core_diameter: float | None = None,
    core_material: Material | None = None,
) -> LabelState:
    """Return how much label the particles carry at injection and how fast they lose it.

    Parameters
    ----------
    label : Label
        Nuclide, chelator, stability.
    particles_per_iron : float or None
        Particles per mass of iron, 1/kg.
    surface : float or None
        Surface of a particle, m2.
    activity_per_iron : float or None
        Activity per mass of iron as administered, Bq/kg.
    core_diameter : float, optional
        m, for the recoil of alpha emitters.
    core_material : Material, optional
        For the same; magnetite where not given.

    Returns
    -------
    LabelState
        With a notice "absent" for each number that could not be had.

    Raises
    ------
    InputError
        If the nuclide is not known.
    """
    from ferrotope.nuclides import Nuclide

    nuclide = Nuclide(label.nuclide)
    half_life = float(nuclide.half_life)
    records = [
        _record(
            "molar_activity",
            float(label_arithmetic.carrier_free_molar_activity(half_life)) / _GBQ_PER_UMOL,
            "GBq/umol",
            f"molar activity of {label.nuclide} without carrier",
            "decay constant times Avogadro's number",
        )
    ]
    notices: list[Notice] = []
    atoms = hot = None
    if activity_per_iron is None:
        notices.append(
            _absent(
                "label per particle: needs the activity per mass of iron (any two of activity, iron dose and "
                "activity per iron)"
            )
        )
    else:
        records += _vial_records(label, activity_per_iron, half_life)
        if particles_per_iron is None:
            notices.append(_absent("label per particle: needs the core material and diameter"))
        else:
            atoms = float(label_arithmetic.atoms_per_particle(activity_per_iron, half_life, particles_per_iron))
            hot = float(label_arithmetic.hot_fraction(atoms))
            records += _particle_records(label.nuclide, atoms, hot, activity_per_iron / particles_per_iron)
            notices.append(
                Notice(
                    level="assumption",
                    text="the label is spread over equal particles at random (Poisson); large particles of a "
                    "distribution carry more, so fewer are hot",
                )
            )
    records += _chelator_records(label, surface, atoms, notices)
    rate, loss_records, series = _loss(label, half_life, notices)
    records += loss_records
    recoil, recoil_notices = recoil_records(nuclide, core_diameter, core_material)
    return LabelState(
        atoms_per_particle=atoms,
        hot_fraction=hot,
        detachment_rate=rate,
        records=(*records, *recoil),
        series=series,
        notices=(*notices, *recoil_notices),
    )


def _vial_records(label: Label, activity_per_iron: float, half_life: float) -> list[Record]:
    waiting = label.time_since_labelling.si
    left = float(label_arithmetic.decay_factor(waiting, half_life))
    how = f"2^(-t/T), t {waiting / _HOUR:.3g} h between labelling and injection"
    at_end = activity_per_iron / left / _MBQ_PER_MG
    title = "activity per iron needed after labelling"
    return [
        _record("decay_factor", left, "1", "activity left at injection of that after labelling", how),
        _record("activity_per_iron", at_end, "MBq/mg", title, f"as administered over the decay factor, {how}"),
    ]


def _particle_records(nuclide: str, atoms: float, hot: float, activity: float) -> list[Record]:
    return [
        _record(
            "activity_per_particle",
            activity,
            "Bq",
            "activity per particle, mean",
            "activity per iron over particles per iron",
        ),
        _record(
            "atoms_per_particle", atoms, "1", f"{nuclide} atoms per particle, mean", "activity over decay constant"
        ),
        _record("hot_fraction", hot, "1", "particles that carry at least one label atom", "Poisson, 1 - exp(-mean)"),
        _record(
            "atoms_of_hot",
            float(label_arithmetic.mean_atoms_of_hot(atoms)),
            "1",
            f"{nuclide} atoms on a particle that carries any",
            "mean over hot fraction",
        ),
    ]


def _chelator_records(label: Label, surface: float | None, atoms: float | None, notices: list[Notice]) -> list[Record]:
    if label.chelators_per_particle is not None:
        chelators, how = label.chelators_per_particle.si, "as given"
    elif label.chelator_density is not None and surface is not None:
        chelators = float(label_arithmetic.chelators_per_particle(surface, label.chelator_density.si))
        how = f"{label.chelator_density.si * 1e-18:.3g} per nm2 on {surface * 1e18:.4g} nm2"
    else:
        if label.chelator:
            notices.append(
                _absent("occupied chelators: needs chelators_per_particle, or chelator_density and the core diameter")
            )
        return []
    records = [
        _record("chelators_per_particle", chelators, "1", f"{label.chelator or 'binding sites'} per particle", how)
    ]
    if atoms is not None:
        occupied = float(label_arithmetic.occupied_chelators(atoms, chelators))
        validity = f"{occupied:.3g} label atoms for each chelator: more than they can hold" if occupied > 1 else ""
        records.append(
            _record(
                "occupied_chelators",
                occupied,
                "1",
                "chelators that hold a label atom",
                "atoms over chelators, carrier not counted",
                validity,
            )
        )
    return records


def _rate(label: Label, notices: list[Notice]) -> tuple[float, str, str] | None:
    """Detachment rate in 1/s, its kind and how it was had."""
    if label.detachment_rate is not None:
        return label.detachment_rate.si, label.detachment_rate.kind, "first-order rate as given"
    if label.stability is None:
        notices.append(
            _absent("loss of label: needs detachment_rate, or stability = { intact = ..., time = ..., medium = ... }")
        )
        return None
    assay = label.stability
    intact, time = assay.intact.si, assay.time.si
    if intact < 1e-6:
        notices.append(
            _absent("loss of label: an assay that leaves no millionth gives no rate; give an earlier time point")
        )
        return None
    deviation = assay.intact.standard_deviation
    rate, error = detachment.detachment_rate_from_assay(time, intact, deviation if deviation > 0 else 1.0)
    said = f"-ln({intact:.4g})/{time / _HOUR:.3g} h in {assay.medium}"
    if intact == 1:
        bound = (
            f"; a loss of up to {100 * -math.expm1(-1.96 * error * time):.2g} % is within its error"
            if deviation > 0
            else "; its error is not given"
        )
        notices.append(
            Notice(
                level="warning",
                text=f"no loss of label was seen in {time / _HOUR:.3g} h, which is taken as no loss at all{bound}",
            )
        )
    elif deviation > 0:
        said += f", +/- {error * _HOUR:.2g} 1/h"
    if intact < 1 and time > 0:
        notices.append(
            Notice(
                level="assumption",
                text=f"loss of label is first order at the rate of the assay in {assay.medium}; in the body it "
                f"can be faster",
            )
        )
    return rate, "fitted", said


def _loss(
    label: Label, half_life: float, notices: list[Notice]
) -> tuple[float | None, list[Record], tuple[Series, ...]]:
    found = _rate(label, notices)
    if found is None:
        return None, [], ()
    rate, kind, said = found
    records = [
        _record("detachment_rate", rate * _HOUR, "1/h", "rate at which label leaves the particle", said, kind=kind)
    ]
    for hours in (1, 24):
        lost = float(detachment.detached_fraction(hours * _HOUR, rate))
        records.append(
            _record(
                f"detached_{hours}h", lost, "1", f"label off the particle after {hours} h, decay apart", "1 - exp(-k t)"
            )
        )
    waiting = float(detachment.detached_fraction(label.time_since_labelling.si, rate))
    records.append(
        _record(
            "detached_at_injection",
            waiting,
            "1",
            "label off the particle at injection if it was pure after labelling",
            "1 - exp(-k t)",
        )
    )
    share = float(detachment.decays_on_particle(half_life, rate))
    records.append(
        _record(
            "decays_on_particle",
            share,
            "1",
            "decays that happen on the particle",
            "decay constant over its sum with the rate",
        )
    )
    span = min(5.0 * half_life, 14 * 24 * _HOUR)
    times = np.linspace(0.0, span, 101)
    series = (
        Series(name="label_time", dims=("label_time",), values=times / _HOUR, unit="h", title="time"),
        Series(
            name="bound",
            dims=("label_time",),
            values=100 * detachment.bound_activity(times, 1.0, half_life, rate),
            unit="%",
            title="activity on the particle",
        ),
        Series(
            name="free",
            dims=("label_time",),
            values=100 * detachment.free_activity(times, 1.0, half_life, rate),
            unit="%",
            title="activity that came off",
        ),
    )
    return rate, records, series


def _record(
    name: str, value: float | None, unit: str, title: str, method: str, validity: str = "", kind: str = "predicted"
) -> Record:
    return Record(
        path=f"radiochemistry.{name}", value=value, unit=unit, title=title, method=method, validity=validity, kind=kind
    )


def _absent(text: str) -> Notice:
    return Notice(level="absent", text=text)
