"""From what an organ holds to its activity, its time-integrated activity coefficient and its iron."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ferrotope.biokinetics.retention import Retention, retentions
from ferrotope.biokinetics.table import BiodistributionTable
from ferrotope.curves import Curve, Exponentials
from ferrotope.errors import InputError

__all__ = [
    "COMPOSITES",
    "EXTRAPOLATION_ERROR",
    "MOSTLY",
    "OrganActivity",
    "iron_concentration",
    "organ_activity",
    "organ_mass",
    "time_integrated_activity_coefficient",
]

# Relative error of the part of a coefficient outside the measured times, where no model was fitted and the curve was
# held constant. An assumption: an organ that was looked at once, late, may have held twice as much or half before.
EXTRAPOLATION_ERROR = 0.5
MOSTLY = 0.5  # part of a coefficient outside the measured times from which on it is an extrapolation

LARGE_PART = 0.2  # of a coefficient outside the measured times, from which on it is said

# Organs that papers lump together, as sums of organs of the anatomy.
COMPOSITES = {
    "intestine": ("small_intestine", "large_intestine"),
    "gastrointestinal_tract": ("stomach", "small_intestine", "large_intestine"),
}


@dataclass(frozen=True, eq=False)
class OrganActivity:
    """One organ's share of the administered activity.

    Parameters
    ----------
    organ : str
        Name.
    retained : Curve or Exponentials
        Decay-corrected fraction of what was administered, against time in s.
    activity : Curve or Exponentials
        Fraction of the administered activity with physical decay.
    coefficient : float
        Time-integrated activity coefficient in s.
    relative_uncertainty : float
        Relative standard deviation of the coefficient from the measured points; without that of the organ's mass and of
        what lies outside the measured times.
    tail_fraction, head_fraction : float
        Parts of the coefficient after the last and before the first measured point.
    mass : float
        Organ mass in kg, nan where not needed and not known.
    retention : Retention
        Points, method and fit.
    """

    organ: str
    retained: Curve | Exponentials
    activity: Curve | Exponentials
    coefficient: float
    relative_uncertainty: float
    tail_fraction: float
    head_fraction: float
    mass: float
    retention: Retention
    to_fraction: float

    @property
    def outside_fraction(self) -> float:
        """Part of the coefficient outside the measured times that no fitted model carries."""
        return 0.0 if self.retention.fitted else min(self.tail_fraction + self.head_fraction, 1.0)

    @property
    def outside_words(self) -> str:
        """What the coefficient owes to times at which nobody looked; empty where it is little."""
        parts = (
            (self.tail_fraction, "after the last measurement"),
            (self.head_fraction, "before the first measurement"),
        )
        said = [f"{100 * part:.0f} % of it lies {words}" for part, words in parts if part > LARGE_PART]
        return "; ".join(said)

    @property
    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Measured times (s), decay-corrected fractions of the administered amount, and their standard deviations."""
        r = self.retention
        return r.times, r.values * self.to_fraction, r.errors * self.to_fraction


def time_integrated_activity_coefficient(activity: Curve | Exponentials) -> float:
    """Integral over all time of an organ's share of the administered activity.

    a~ = integral of A(t)/A0 dt from 0 to infinity

    Parameters
    ----------
    activity : Curve or Exponentials
        A(t)/A0 with physical decay.

    Returns
    -------
    float
        In s. At most T1/2/ln 2 for all organs together, when nothing is counted twice.

    Notes
    -----
    Source: MIRD Pamphlet 21, Bolch WE et al., J Nucl Med 2009;50:477, doi:10.2967/jnumed.108.056036.
    """
    return float(activity.integral())


def organ_mass(organ: str, masses: Mapping[str, float]) -> float | None:
    """Mass in kg of an organ, of the parts where the name lumps several, or None where it is not known.

    Parameters
    ----------
    organ : str
        Name as in the table.
    masses : mapping of str to float
        kg.

    Returns
    -------
    float or None
    """
    if organ in masses:
        return masses[organ]
    parts = COMPOSITES.get(organ, ())
    return sum(masses[part] for part in parts) if parts and all(part in masses for part in parts) else None


def organ_activity(
    table: BiodistributionTable,
    half_life: float,
    masses: Mapping[str, float],
    *,
    deviates: Mapping[str, float] | None = None,
    factors: Mapping[str, float] | None = None,
    outside: Mapping[str, float] | None = None,
) -> dict[str, OrganActivity]:
    """Activity of every organ of a table as a fraction of the administered activity.

    The fits are computed once for a table; a call with other masses, deviates or factors only scales them.

    Parameters
    ----------
    table : BiodistributionTable
        As measured.
    half_life : float
        Physical half-life in s.
    masses : mapping of str to float
        Organ masses in kg, needed where the unit is %ID/g. An organ without a mass is then left out.
    deviates : mapping of str to float, optional
        A standard normal number z for each organ. The organ's whole curve is multiplied by exp(s z) with
        s = sqrt(ln(1 + u^2)), u its relative uncertainty: errors are taken as fully correlated in time, the median
        (z = 0) is the curve itself and no sample is negative.
    factors : mapping of str to float, optional
        Plain factors for each organ's curve, for a sampler that draws them itself.
    outside : mapping of str to float, optional
        Plain factors for the part of each coefficient outside the measured times; the curve is left as it is.

    Returns
    -------
    dict of str to OrganActivity
        In the order of the table.

    Raises
    ------
    InputError
        When the half-life is not a positive number.
    """
    if not (half_life > 0 and math.isfinite(half_life)):
        raise InputError("the half-life must be a positive number", value=f"{half_life} s", allowed="above 0 s")
    decay_constant = math.log(2.0) / half_life
    per_gram = table.unit == "%ID/g"
    result = {}
    for organ, (retention, integral, uncertainty, tail, head) in _integrals(table, decay_constant).items():
        mass = organ_mass(organ, masses)
        if per_gram and mass is None:
            continue
        to_fraction = 0.01 * (mass * 1e3 if per_gram and mass is not None else 1.0)
        scale = to_fraction * (factors.get(organ, 1.0) if factors else 1.0)
        if deviates and organ in deviates:
            scale *= math.exp(deviates[organ] * math.sqrt(math.log1p(uncertainty**2)))
        retained = retention.curve.scaled(scale, unit="1", name=organ)
        beyond = 0.0 if retention.fitted else min(tail + head, 1.0)
        change = beyond * (outside.get(organ, 1.0) - 1.0) if outside else 0.0
        result[organ] = OrganActivity(
            organ=organ,
            retained=retained,
            activity=retained.decayed(decay_constant),
            coefficient=integral * scale * (1.0 + change),
            relative_uncertainty=uncertainty,
            tail_fraction=tail,
            head_fraction=head,
            mass=math.nan if mass is None else mass,
            retention=retention,
            to_fraction=to_fraction,
        )
    return result


@lru_cache(maxsize=64)
def _integrals(
    table: BiodistributionTable, decay_constant: float
) -> dict[str, tuple[Retention, float, float, float, float]]:
    """Retention, time integral in table units, its relative uncertainty, and its parts after and before the points.

    Independent of masses and sampled factors, so that a sampled study does this once.
    """
    found = {}
    for organ, retention in retentions(table, decay_constant).items():
        activity = retention.curve.decayed(decay_constant)
        integral = time_integrated_activity_coefficient(activity)
        tail = float(activity.integral(retention.times[-1])) / integral if integral > 0 else 0.0
        head = float(activity.integral(0.0, retention.times[0])) / integral if integral > 0 else 0.0
        found[organ] = (retention, integral, retention.relative_uncertainty(decay_constant), tail, head)
    return found


def iron_concentration(retained: Curve | Exponentials, iron_dose: float, tissue_mass: float) -> Curve | Exponentials:
    """Administered iron per mass of tissue, if iron goes where the label goes.

    c(t) = f(t) m_Fe / m_tissue with f the decay-corrected fraction: iron does not decay. Label that came off the
    particle counts as iron here, and iron that is broken down stays; the body's own iron is not included.

    Parameters
    ----------
    retained : Curve or Exponentials
        f(t), decay-corrected fraction of what was administered.
    iron_dose : float
        kg of iron administered.
    tissue_mass : float
        kg.

    Returns
    -------
    Curve or Exponentials
        kg of iron per kg of tissue against time in s.

    Raises
    ------
    InputError
        When the dose is negative or the mass not positive.
    """
    if not iron_dose >= 0:
        raise InputError("the iron dose must not be negative", value=f"{iron_dose} kg", allowed="0 kg or more")
    if not tissue_mass > 0:
        raise InputError("the tissue mass must be positive", value=f"{tissue_mass} kg", allowed="above 0 kg")
    return retained.scaled(iron_dose / tissue_mass, unit="kg/kg")
