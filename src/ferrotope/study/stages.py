"""What each stage is handed: the nouns it needs, and plain numbers and curves from the stages before it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from ferrotope import (
    biokinetics,
    dosimetry,
    hyperthermia,
    imaging,
    magnetism,
    radiobiology,
    radiochemistry,
    relaxometry,
)
from ferrotope.curves import Curve, Exponentials
from ferrotope.nuclides import Nuclide
from ferrotope.particle import Arithmetic, Particle, arithmetic
from ferrotope.protocol import Protocol, marks
from ferrotope.result import Notice, Outcome, Record
from ferrotope.study import measured
from ferrotope.study.doubts import caveat, doubt, doubt_image_times, doubt_organs
from ferrotope.study.schema import Document
from ferrotope.study.scoring import BODY_TEMPERATURE
from ferrotope.subject import Subject

__all__ = [
    "Amounts",
    "Grains",
    "amounts",
    "doses",
    "effect",
    "heat",
    "human_doses",
    "kinetics",
    "labelling",
    "particle_stage",
    "pictures",
    "surroundings",
]

_FROM_DOSE = [f"radiobiology.{name}" for name in ("bed", "eqd2", "tcp", "activity_factor")]
# What the specific loss power enters, among the numbers of the heat.
_FROM_POWER = (
    "iron_needed", "iron_needed_edge", "power_density", "sar", "temperature_rise", "temperature_rise_mean",
    "temperature_rise_edge", "temperature_rise_steady", "t10", "t50", "t90",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Grains(Outcome):
    """The particle's arithmetic as an outcome."""

    arithmetic: Arithmetic | None = None


@dataclass(frozen=True, kw_only=True)
class Amounts(Outcome):
    """What was injected: activity in Bq and iron in kg, None where not known."""

    activity: float | None = None
    iron: float | None = None

    @property
    def activity_per_iron(self) -> float | None:
        """Activity per mass of iron at injection, Bq/kg."""
        return self.activity / self.iron if self.activity is not None and self.iron else None


def particle_stage(particle: Particle) -> Grains:
    """Return the particle arithmetic with its records."""
    result = arithmetic(particle)
    if result is None:
        text = "Particle arithmetic, magnetism and relaxivity need particle.core with its material and diameter."
        return Grains(notices=(Notice(level="absent", text=text),))
    rows = [
        ("core_volume", result.volume * 1e27, "nm3", "Mean core volume"),
        ("core_mass", result.mass * 1e21, "ag", "Mean core mass"),
        ("iron_atoms", result.iron_atoms, "1", "Iron atoms per particle"),
        ("surface", result.surface * 1e18, "nm2", "Mean surface per particle"),
    ]
    notices = ()
    if result.particles_per_iron is not None:
        rows.append(("particles_per_mg_iron", result.particles_per_iron * 1e-6, "1/mg", "Particles per mg of iron"))
    else:
        notices = (Notice(level="absent", text="The core holds no iron: amounts per iron are not defined."),)
    if result.shell_mass:
        rows.append(
            ("shell_mass", result.shell_mass * 1e21, "ag", f"Mean mass of the {particle.shell.material.name} part")
        )
    method = "spheres with a lognormal number distribution of diameters"
    records = tuple(
        Record(path=f"particle.{name}", value=value, unit=unit, title=title, method=method)
        for name, value, unit, title in rows
    )
    return Grains(arithmetic=result, records=records, notices=notices)


def amounts(protocol: Protocol, subject: Subject | None) -> Amounts:
    """Return the injected activity and iron."""
    activity, iron = protocol.doses(subject.mass if subject else None)
    given = protocol.administered_activity, protocol.iron_dose
    records = tuple(
        Record(
            path=f"protocol.{name}",
            value=amount * 1e-6 if unit == "MBq" else amount * 1e6,
            unit=unit,
            title=title,
            kind=said.kind if said is not None and said.unit == own else "predicted",
            method="" if said is not None and said.unit == own else "from the amounts that the study gives",
        )
        for name, amount, said, own, unit, title in (
            ("activity", activity, given[0], "Bq", "MBq", "Administered activity"),
            ("iron", iron, given[1], "kg", "mg", "Injected iron"),
        )
        if amount is not None
    )
    missing = [name for name, value in (("administered_activity", activity), ("iron_dose", iron)) if value is None]
    notices = tuple(
        Notice(level="absent", text=f"protocol.{name} is not given: what needs it is left out.") for name in missing
    )
    return Amounts(activity=activity, iron=iron, records=records, notices=notices)


def surroundings(particle: Particle, subject: Subject | None) -> tuple[float, float | None]:
    """Return the temperature (K) and the hydrodynamic diameter (m) that magnetism and relaxometry need."""
    temperature = (
        subject.temperature.si if subject is not None and subject.temperature is not None else BODY_TEMPERATURE
    )
    whole = particle.coating.hydrodynamic_diameter
    return temperature, whole.si if whole is not None else None


def labelling(particle: Particle, grains: Grains, injected: Amounts) -> Outcome:
    """Return the state of the label on the particle."""
    if particle.label is None:
        return _absent("The label's state needs particle.label with a nuclide.")
    found, core = grains.arithmetic, particle.core
    return radiochemistry.label_state(
        particle.label,
        found.particles_per_iron if found else None,
        found.surface if found else None,
        injected.activity_per_iron,
        core_diameter=core.diameter.si if core is not None and core.diameter is not None else None,
        core_material=core.material if core is not None else None,
    )


def kinetics(study: Document, nuclide: Nuclide | None, injected: Amounts) -> biokinetics.Kinetics:
    """Return activity and iron in the organs, from the table or from an intratumoural injection."""
    subject, protocol = study.subject, study.protocol
    if subject is None:
        return _no_kinetics("Biokinetics and all later stages need a subject.")
    if protocol.route == "intratumoural":
        if subject.tumour is None:
            return _no_kinetics("An intratumoural injection needs subject.tumour with its mass.")
        return biokinetics.retain(protocol.retained_fraction, subject, nuclide, injected.activity, injected.iron)
    if study.biodistribution is None:
        return _no_kinetics(
            "There is no measured biodistribution: activity and iron in the organs, and with them images, dose, heat "
            "in tissue and biological effect, need [biodistribution] with a table of %ID/g or %ID against time."
        )
    if nuclide is None:
        return _no_kinetics("The biodistribution table needs particle.label with its nuclide.")
    return biokinetics.distribute(study.biodistribution, subject, nuclide, injected.activity, injected.iron)


def pictures(
    study: Document,
    nuclide: Nuclide | None,
    injected: Amounts,
    relax: relaxometry.Relaxivities,
    organs: biokinetics.Kinetics,
) -> Outcome:
    """Return the images of the protocol."""
    subject = study.subject
    if not study.protocol.image:
        return _absent("No image is asked for: add [[protocol.image]].")
    if subject is None or not organs.masses:
        return _absent("Images need activity or iron in the organs.")
    used = measured.relaxivities(study, relax)
    outcome = imaging.acquire(
        study.protocol.image,
        used.values,
        organs.iron,
        organs.fraction,
        organs.masses,
        _densities(subject, organs),
        nuclide,
        injected.activity,
        subject.mass.si,
    )
    starts = [f"imaging.{name}{mark}." for name in ("signal_change", "contrast_to_noise") for mark in used.predicted]
    said = f"rests on relaxivities outside their model's range: {relax.validity}" if relax.validity else ""
    records = doubt(outcome.records, said, starts)
    records = caveat(records, f"r1 {relaxometry.CLUSTERS}" if used.predicted else "", starts)
    records = doubt_image_times(records, study.protocol.image, organs.measured)
    return replace(outcome, records=records, notices=(*outcome.notices, *used.notices))


def doses(study: Document, nuclide: Nuclide | None, injected: Amounts, organs: biokinetics.Kinetics) -> dosimetry.Doses:
    """Return the self-doses of organs and tumour."""
    if nuclide is None or study.subject is None or not organs.tiac:
        text = "Dose needs a nuclide and the time-integrated activity of at least one organ."
        return dosimetry.Doses(notices=(Notice(level="absent", text=text),))
    if injected.activity is None:
        text = "Dose needs the administered activity; the S values and coefficients above hold without it."
        return dosimetry.Doses(notices=(Notice(level="absent", text=text),))
    outcome = dosimetry.self_doses(
        nuclide,
        {name: seconds * injected.activity for name, seconds in organs.tiac.items()},
        {
            name: _with_integral(curve, organs.tiac[name]).scaled(injected.activity, unit="Bq")
            for name, curve in organs.fraction.items()
        },
        organs.masses,
        _densities(study.subject, organs),
        administered_activity=injected.activity,
    )
    return replace(outcome, records=doubt_organs(outcome.records, organs.doubts, ["dosimetry."]))


def human_doses(study: Document, nuclide: Nuclide | None, organs: biokinetics.Kinetics) -> Outcome:
    """Return what the same kinetics would mean for a person, labelled as an extrapolation; nothing for a person."""
    subject = study.subject
    if nuclide is None or subject is None or not organs.tiac or subject.species.startswith("human"):
        return Outcome()
    if study.protocol.route == "intratumoural":
        return _absent(
            "A dose after injection into a tumour is not carried over to people: it follows the tumour's mass."
        )
    person = _person()
    masses = biokinetics.masses_of_organs(organs.tiac, person)
    outcome = dosimetry.extrapolate_to_human(
        nuclide,
        organs.tiac,
        subject.species,
        organs.masses,
        subject.mass.si,
        masses,
        person.mass.si,
        {name: person.property(name, "density").si for name in masses},
    )
    sources = dict.fromkeys(organ.mass.source for organ in person.organ.values() if organ.mass is not None)
    records = tuple(
        replace(record, sources=tuple(dict.fromkeys((*record.sources, *filter(None, sources)))))
        for record in doubt_organs(outcome.records, organs.doubts, ["dosimetry."])
    )
    return replace(outcome, records=records)


@lru_cache(maxsize=1)
def _person() -> Subject:
    return Subject.model_validate({"species": "human"})


def heat(study: Document, magnet: magnetism.Magnetism, organs: biokinetics.Kinetics) -> hyperthermia.Heat:
    """Return temperatures and field limits."""
    if not study.protocol.heating:
        return hyperthermia.Heat(notices=_absent("No heating is asked for: add [[protocol.heating]].").notices)
    if study.subject is None:
        return hyperthermia.Heat(notices=_absent("Heating needs a subject.").notices)
    used = measured.powers(study, magnet)
    outcome = hyperthermia.heat(study.protocol.heating, used.values, organs.iron, study.subject)
    records = outcome.records
    for mark, validity in zip(marks(range(len(magnet.slp_validity))), magnet.slp_validity, strict=True):
        if mark in used.predicted and validity:
            said = f"rests on a specific loss power outside its model's range: {validity}"
            records = doubt(records, said, [f"hyperthermia.{name}{mark}." for name in _FROM_POWER])
    return replace(outcome, records=records, notices=(*outcome.notices, *used.notices))


def effect(
    study: Document, dose: dosimetry.Doses, heating: hyperthermia.Heat, organs: biokinetics.Kinetics
) -> radiobiology.Effect:
    """Return the biological effect of dose and heat."""
    if study.subject is None or not (dose.dose_rate or heating.history):
        return radiobiology.Effect(notices=_absent("Biological effect needs a dose or a temperature history.").notices)
    outcome = radiobiology.effect(dose.dose_rate, dose.alpha_dose, heating.history, study.subject)
    said = next((r.validity for r in heating.records if r.path.startswith("hyperthermia.t90") and r.validity), "")
    records = doubt(outcome.records, said, ["radiobiology.cem43", "radiobiology.heat_survival"])
    return replace(outcome, records=doubt_organs(records, organs.doubts, _FROM_DOSE))


def _with_integral(curve: Curve | Exponentials, seconds: float) -> Curve | Exponentials:
    """Return the curve scaled to a time-integrated activity coefficient, which knows more of what was not measured."""
    whole = float(curve.integral())
    return curve.scaled(seconds / whole) if 0 < whole < math.inf and seconds != whole else curve


def _densities(subject: Subject, organs: biokinetics.Kinetics) -> dict[str, float]:
    return {name: subject.property(name, "density").si for name in organs.masses}


def _absent(text: str) -> Outcome:
    return Outcome(notices=(Notice(level="absent", text=text),))


def _no_kinetics(text: str) -> biokinetics.Kinetics:
    return biokinetics.Kinetics(notices=(Notice(level="absent", text=text),))
