"""Human self-doses extrapolated from an animal's time-integrated activity coefficients, by two methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ferrotope.dosimetry.organs.extrapolation import relative_mass_coefficient
from ferrotope.dosimetry.organs.self_doses import LOCAL_EQUILIBRIUM, METHOD, SOURCES, self_doses
from ferrotope.nuclides import Nuclide
from ferrotope.result import Notice, Outcome, Record

__all__ = ["Extrapolation", "extrapolate_to_human"]

_CICONE = "doi:10.1186/s13550-022-00893-z"


@dataclass(frozen=True, kw_only=True)
class Extrapolation(Outcome):
    """Human organ self-doses per administered activity, none of them measured in a human.

    Attributes
    ----------
    same_activity : dict of str to float
        Gy/Bq, if the human organ held the same fraction of the activity at the same times as the animal's.
    relative_mass : dict of str to float
        Gy/Bq, if it held the same concentration relative to the mean of the body.
    """

    same_activity: dict[str, float] = field(default_factory=dict)
    relative_mass: dict[str, float] = field(default_factory=dict)


def extrapolate_to_human(
    nuclide: Nuclide,
    time_integrated_activity_coefficients: Mapping[str, float],
    animal: str,
    animal_masses: Mapping[str, float],
    animal_body_mass: float,
    human_masses: Mapping[str, float],
    human_body_mass: float,
    human_densities: Mapping[str, float],
    daughters: str | Mapping[str, float] = LOCAL_EQUILIBRIUM,
) -> Extrapolation:
    """Return human organ self-doses per activity from an animal's coefficients, labelled as extrapolation.

    Parameters
    ----------
    nuclide : Nuclide
        The label.
    time_integrated_activity_coefficients : mapping of str to float
        Of the animal's organs (s); "tumour" is left out, it is not the human's.
    animal : str
        Species, for the labels.
    animal_masses, human_masses : mapping of str to float
        Organ masses (kg).
    animal_body_mass, human_body_mass : float
        Body masses (kg), positive.
    human_densities : mapping of str to float
        Densities (kg/m3).
    daughters : str or mapping
        As in `self_doses`.

    Returns
    -------
    Extrapolation
        Two records an organ, in mGy/MBq, their `caveat` saying that they are extrapolations.

    Raises
    ------
    InputError
        If a mass is not positive or a coefficient negative.
    """
    usable = {
        name: value
        for name, value in time_integrated_activity_coefficients.items()
        if name != "tumour" and name in animal_masses and name in human_masses and np.isfinite(value)
    }
    if not usable:
        text = "No human doses: they need organs with a coefficient and a mass in the animal and in the human."
        return Extrapolation(notices=(Notice(level="absent", text=text),))
    scaled = {
        name: float(
            relative_mass_coefficient(value, animal_masses[name], animal_body_mass, human_masses[name], human_body_mass)
        )
        for name, value in usable.items()
    }
    label = f"extrapolation from the {animal}, not a measurement or prediction for humans"
    notices = [
        Notice(
            level="assumption",
            text=f"Human doses are extrapolated from the {animal} by two methods, without stretching time to the "
            "slower metabolism of a human; published comparisons find such methods to differ significantly.",
        )
    ]
    physical = nuclide.half_life / np.log(2.0)
    if sum(scaled.values()) > physical:
        text = (
            f"Relative mass scaling gives the organs together {sum(scaled.values()) / physical:.0%} of all decays "
            "there can be: it is impossible for at least one of them."
        )
        notices.append(Notice(level="warning", text=text))
    doses, records = [], []
    for name, title, coefficients in (
        ("same_activity", "same fraction of activity", usable),
        ("relative_mass", "relative mass scaling", scaled),
    ):
        outcome = self_doses(nuclide, coefficients, {}, human_masses, human_densities, daughters)
        totals = {organ: sum(parts.values()) for organ, parts in outcome.absorbed_dose.items()}
        doses.append(totals)
        records += [
            Record(
                path=f"dosimetry.human.{name}.{organ}",
                value=value * 1e9,
                unit="mGy/MBq",
                title=f"Human self-dose by {title}, {organ.replace('_', ' ')}",
                method=f"{title}; {METHOD}",
                caveat=label,
                sources=(_CICONE, *SOURCES),
            )
            for organ, value in totals.items()
        ]
    return Extrapolation(records=tuple(records), notices=tuple(notices), same_activity=doses[0], relative_mass=doses[1])
