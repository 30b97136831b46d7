"""What each stage is handed: the nouns it needs, and plain numbers and curves from the stages before it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ferrotope import biokinetics, dosimetry, hyperthermia, imaging, radiobiology, radiochemistry, relaxometry
from ferrotope.nuclides import Nuclide
from ferrotope.particle import Arithmetic, Particle, arithmetic
from ferrotope.protocol import Protocol
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
    "kinetics",
    "labelling",
    "particle_stage",
    "pictures",
    "surroundings",
]

_BODY_TEMPERATURE = 310.15  # K, where there is no subject


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
            "There is no measured biodistribution: activity and iron in the organs, and with them images, dose, heat in tissue and biological "
            "effect, need [biodistribution] with a table of %ID/g or %ID against time."
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
    relaxivities, notices = _relaxivities(study, relax)
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
    return replace(outcome, notices=(*outcome.notices, *notices))


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


def heat(study: Document, magnet, organs: biokinetics.Kinetics) -> hyperthermia.Heat:
    """Return temperatures and field limits."""
    if not study.protocol.heating:
        return hyperthermia.Heat(notices=_absent("No heating is asked for: add [[protocol.heating]].").notices)
    if study.subject is None:
        return hyperthermia.Heat(notices=_absent("Heating needs a subject.").notices)
    powers, notices = [], []
    for index, predicted in enumerate(magnet.slp_iron):
        found = observed(study, f"magnetism.slp[{index}]", "W/kg")
        powers.append(predicted if found is None else found[0])
        if found is not None:
            notices.append(_measured_instead("specific loss power", found[1], "heat in tissue"))
    outcome = hyperthermia.heat(study.protocol.heating, powers, organs.iron, study.subject)
    return replace(outcome, notices=(*outcome.notices, *notices))


def effect(study: Document, dose: dosimetry.Doses, heating: hyperthermia.Heat) -> Outcome:
    """Return the biological effect of dose and heat."""
    if study.subject is None or not (dose.dose_rate or heating.history):
        return radiobiology.Effect(notices=_absent("Biological effect needs a dose or a temperature history.").notices)
    return radiobiology.effect(dose.dose_rate, dose.alpha_dose, heating.history, study.subject)


def _relaxivities(
    study: Document, relax: relaxometry.Relaxivities
) -> tuple[list[tuple[float, float, float] | None], list[Notice]]:
    """Return r1, r2 and r2* of each image, measured where the conditions are the study's, else predicted."""
    used: list[tuple[float, float, float] | None] = []
    notices = []
    event = -1
    for predicted in zip(relax.r1, relax.r2, relax.r2star, strict=True):
        if predicted[0] is None:
            used.append(None)
            continue
        event += 1
        triple = list(predicted)
        for place, name in enumerate(("r1", "r2", "r2star")):
            found = observed(study, f"relaxometry.{name}[{event}]", "1/(mM s)")
            if found is not None:
                triple[place] = found[0]
                notices.append(_measured_instead(name, found[1], "images"))
        used.append((triple[0], triple[1], triple[2]))
    return used, notices


def _measured_instead(name: str, measured: Measured, where: str) -> Notice:
    text = f"The measured {name} of {measured.value} {measured.unit} ({measured.source}) is used for {where}: its conditions are the study's."
    return Notice(level="assumption", text=text)


def _densities(subject: Subject, organs: biokinetics.Kinetics) -> dict[str, float]:
    return {name: subject.property(name, "density").si for name in organs.masses}


def _absent(text: str) -> Outcome:
    return Outcome(notices=(Notice(level="absent", text=text),))


def _no_kinetics(text: str) -> biokinetics.Kinetics:
    return biokinetics.Kinetics(notices=(Notice(level="absent", text=text),))
