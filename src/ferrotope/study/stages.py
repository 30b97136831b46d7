"""What each stage is handed: the nouns it needs, and plain numbers and curves from the stages before it."""

from __future__ import annotations

from collections.abc import Sequence
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
from ferrotope.nuclides import Nuclide
from ferrotope.particle import Arithmetic, Particle, arithmetic
from ferrotope.protocol import Protocol, marks
from ferrotope.result import Notice, Outcome, Record
from ferrotope.study.schema import Document, Measured
from ferrotope.study.scoring import observed
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

_BODY_TEMPERATURE = 310.15  # K, where there is no subject
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
    records = []
    if activity is not None:
        records.append(
            Record(
                path="protocol.activity",
                value=activity * 1e-6,
                unit="MBq",
                title="Administered activity",
                kind="stated",
            )
        )
    if iron is not None:
        records.append(Record(path="protocol.iron", value=iron * 1e6, unit="mg", title="Injected iron", kind="stated"))
    missing = [name for name, value in (("administered_activity", activity), ("iron_dose", iron)) if value is None]
    notices = tuple(
        Notice(level="absent", text=f"protocol.{name} is not given: what needs it is left out.") for name in missing
    )
    return Amounts(activity=activity, iron=iron, records=tuple(records), notices=notices)


def surroundings(particle: Particle, subject: Subject | None) -> tuple[float, float | None]:
    """Return the temperature (K) and the hydrodynamic diameter (m) that magnetism and relaxometry need."""
    temperature = (
        subject.temperature.si if subject is not None and subject.temperature is not None else _BODY_TEMPERATURE
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
    relaxivities, notices, predicted = _relaxivities(study, relax)
    outcome = imaging.acquire(
        study.protocol.image,
        relaxivities,
        organs.iron,
        organs.fraction,
        organs.masses,
        _densities(subject, organs),
        nuclide,
        injected.activity,
        subject.mass.si,
    )
    said = f"rests on relaxivities outside their model's range: {relax.validity}" if relax.validity else ""
    paths = [f"imaging.{name}{mark}." for name in ("signal_change", "contrast_to_noise") for mark in predicted]
    records = _cautioned(outcome.records, paths, said)
    return replace(outcome, records=records, notices=(*outcome.notices, *notices))


def doses(study: Document, nuclide: Nuclide | None, injected: Amounts, organs: biokinetics.Kinetics) -> dosimetry.Doses:
    """Return the self-doses of organs and tumour."""
    if nuclide is None or study.subject is None or not organs.tiac:
        text = "Dose needs a nuclide and the time-integrated activity of at least one organ."
        return dosimetry.Doses(notices=(Notice(level="absent", text=text),))
    if injected.activity is None:
        text = "Dose needs the administered activity; the S values and coefficients above hold without it."
        return dosimetry.Doses(notices=(Notice(level="absent", text=text),))
    return dosimetry.self_doses(
        nuclide,
        {name: seconds * injected.activity for name, seconds in organs.tiac.items()},
        {name: curve.scaled(injected.activity, unit="Bq") for name, curve in organs.fraction.items()},
        organs.masses,
        _densities(study.subject, organs),
        administered_activity=injected.activity,
    )


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
    return dosimetry.extrapolate_to_human(
        nuclide,
        organs.tiac,
        subject.species,
        organs.masses,
        subject.mass.si,
        masses,
        person.mass.si,
        {name: person.property(name, "density").si for name in masses},
    )


@lru_cache(maxsize=1)
def _person() -> Subject:
    return Subject.model_validate({"species": "human"})


def heat(study: Document, magnet: magnetism.Magnetism, organs: biokinetics.Kinetics) -> hyperthermia.Heat:
    """Return temperatures and field limits."""
    if not study.protocol.heating:
        return hyperthermia.Heat(notices=_absent("No heating is asked for: add [[protocol.heating]].").notices)
    if study.subject is None:
        return hyperthermia.Heat(notices=_absent("Heating needs a subject.").notices)
    powers, notices = [], []
    names = marks(range(len(magnet.slp_iron)))
    doubtful: list[tuple[str, str]] = []
    for index, (predicted, said) in enumerate(zip(magnet.slp_iron, magnet.slp_validity, strict=True)):
        found = observed(study, f"magnetism.slp[{index}]", "W/kg")
        powers.append(predicted if found is None else found[0])
        if found is not None:
            notices.append(_measured_instead("specific loss power", found[1], "heat in tissue"))
        elif said:
            doubtful.append((names[index], f"rests on a specific loss power outside its model's range: {said}"))
    outcome = hyperthermia.heat(study.protocol.heating, powers, organs.iron, study.subject)
    records = outcome.records
    for mark, said in doubtful:
        records = _cautioned(records, [f"hyperthermia.{name}{mark}." for name in _FROM_POWER], said)
    return replace(outcome, records=records, notices=(*outcome.notices, *notices))


def effect(study: Document, dose: dosimetry.Doses, heating: hyperthermia.Heat) -> Outcome:
    """Return the biological effect of dose and heat."""
    if study.subject is None or not (dose.dose_rate or heating.history):
        return radiobiology.Effect(notices=_absent("Biological effect needs a dose or a temperature history.").notices)
    outcome = radiobiology.effect(dose.dose_rate, dose.alpha_dose, heating.history, study.subject)
    said = next((r.validity for r in heating.records if r.path.startswith("hyperthermia.t90") and r.validity), "")
    return replace(
        outcome, records=_cautioned(outcome.records, ["radiobiology.cem43", "radiobiology.heat_survival"], said)
    )


def _relaxivities(
    study: Document, relax: relaxometry.Relaxivities
) -> tuple[list[tuple[float, float, float] | None], list[Notice], list[str]]:
    """Return r1, r2 and r2* of each image, measured where the conditions are the study's, else predicted.

    And, last, the marks of the images in which any of them is predicted.
    """
    used: list[tuple[float, float, float] | None] = [None] * len(relax.r1)
    known = [index for index, value in enumerate(relax.r1) if value is not None]
    notices, predicted = [], []
    for index, mark in zip(known, marks(known), strict=True):
        triple = [relax.r1[index], relax.r2[index], relax.r2star[index]]
        replaced = 0
        for place, name in enumerate(("r1", "r2", "r2star")):
            found = observed(study, f"relaxometry.{name}[{index}]", "1/(mM s)")
            if found is not None:
                triple[place], replaced = found[0], replaced + 1
                notices.append(_measured_instead(name, found[1], "images"))
        if replaced < len(triple):
            predicted.append(mark)
        used[index] = (triple[0], triple[1], triple[2])
    return used, notices, predicted


def _cautioned(records: tuple[Record, ...], starts: Sequence[str], said: str) -> tuple[Record, ...]:
    """Return the records, those whose path starts so with one more reason why they may not hold."""
    if not said:
        return records
    return tuple(
        replace(record, validity="; ".join(part for part in (record.validity, said) if part))
        if record.path.startswith(tuple(starts))
        else record
        for record in records
    )


def _measured_instead(name: str, measured: Measured, where: str) -> Notice:
    medium = f", in {measured.conditions.medium}" if measured.conditions.medium else ""
    text = (
        f"The measured {name} of {measured.value} {measured.unit} ({measured.source}{medium}) is used for {where}: "
        "its conditions are the study's."
    )
    return Notice(level="assumption", text=text)


def _densities(subject: Subject, organs: biokinetics.Kinetics) -> dict[str, float]:
    return {name: subject.property(name, "density").si for name in organs.masses}


def _absent(text: str) -> Outcome:
    return Outcome(notices=(Notice(level="absent", text=text),))


def _no_kinetics(text: str) -> biokinetics.Kinetics:
    return biokinetics.Kinetics(notices=(Notice(level="absent", text=text),))
