"""The whole program, one line a stage."""

from __future__ import annotations

from ferrotope import (
    magnetism,
    relaxometry,
)
from ferrotope.nuclides import Nuclide
from ferrotope.study import stages, verdict
from ferrotope.study.runner import Runner
from ferrotope.study.schema import Document

__all__ = ["chain"]


def chain(study: Document, run: Runner) -> None:
    """Run every stage of a study in order.

    Parameters
    ----------
    study : Document
        Validated, with its biodistribution table loaded and every Value told its path.
    run : Runner
        Collects the outcomes.
    """
    particle, subject, protocol = study.particle, study.subject, study.protocol
    core, label = particle.core, particle.label
    nuclide = Nuclide(label.nuclide) if label else None
    stage = run.stage

    grains = stage("particle", lambda: stages.particle_stage(particle))
    amounts = stage("protocol", lambda: stages.amounts(protocol, subject))
    magnet = stage(
        "magnetism",
        lambda: magnetism.respond(core, protocol.heating, *stages.surroundings(particle, subject), drawn=run.drawn),
    )
    relax = stage(
        "relaxometry",
        lambda: relaxometry.relaxivities(
            core, protocol.image, *stages.surroundings(particle, subject), drawn=run.drawn
        ),
    )
    stage("radiochemistry", lambda: stages.labelling(particle, grains, amounts), after=("particle", "protocol"))
    kinetics = stage("biokinetics", lambda: stages.kinetics(study, nuclide, amounts), after=("protocol",))
    stage(
        "imaging",
        lambda: stages.pictures(study, nuclide, amounts, relax, kinetics),
        after=("protocol", "relaxometry", "biokinetics"),
    )
    doses = stage(
        "dosimetry", lambda: stages.doses(study, nuclide, amounts, kinetics), after=("protocol", "biokinetics")
    )
    stage("human", lambda: stages.human_doses(study, nuclide, kinetics), after=("biokinetics",))
    heat = stage("hyperthermia", lambda: stages.heat(study, magnet, kinetics), after=("magnetism", "biokinetics"))
    effect = stage(
        "radiobiology",
        lambda: stages.effect(study, doses, heat, kinetics),
        after=("biokinetics", "dosimetry", "hyperthermia"),
    )
    stage(
        "verdict",
        lambda: verdict.lights(study, amounts, doses, heat, effect),
        after=("protocol", "dosimetry", "hyperthermia", "radiobiology"),
    )
