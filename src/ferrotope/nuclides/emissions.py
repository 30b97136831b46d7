"""What a radionuclide emits: lines and beta branches, each of one kind of radiation."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from ferrotope.nuclides import data
from ferrotope.units.constants import ELECTRON_MASS, ELEMENTARY_CHARGE, SPEED_OF_LIGHT

__all__ = ["RADIATIONS", "Emission", "all_emissions"]

RADIATIONS = ("alpha", "recoil", "beta-", "beta+", "conversion", "auger", "gamma", "x", "annihilation")
_ALPHA_MASS = 4.001506179  # u, CODATA 2018
_ANNIHILATION_PHOTON = ELECTRON_MASS * SPEED_OF_LIGHT**2


class Emission(NamedTuple):
    """One line, or one branch of a beta spectrum.

    Attributes
    ----------
    radiation : str
        One of `RADIATIONS`.
    energy : float
        Energy (J); of a beta branch its mean.
    intensity : float
        Number per decay.
    sd : float
        Standard deviation of the intensity; 0 where the evaluation states none.
    endpoint : float
        Largest kinetic energy of a beta branch (J), without the 1.022 MeV of annihilation; nan otherwise.
    unique : int
        Order of a unique forbidden beta branch (1 for the first, as in Y-90); 0 for all others.
    """

    radiation: str
    energy: float
    intensity: float
    sd: float
    endpoint: float = math.nan
    unique: int = 0


@lru_cache(maxsize=256)
def all_emissions(name: str) -> dict[str, tuple[Emission, ...]]:
    """Lines and beta branches of a known nuclide by radiation, for all of `RADIATIONS`."""
    rows = data.emission_rows()[name]
    found: dict[str, tuple[Emission, ...]] = {}
    for radiation in RADIATIONS:
        lines = rows.get(radiation, []) if radiation != "beta+" else data.positron_rows().get(name, ())
        if radiation in ("beta-", "beta+"):
            found[radiation] = tuple(
                Emission(
                    radiation,
                    mean * ELEMENTARY_CHARGE,
                    intensity,
                    sd,
                    endpoint * ELEMENTARY_CHARGE,
                    data.unique_order(name, radiation, endpoint),
                )
                for mean, endpoint, intensity, sd in sorted(lines)
            )
        else:
            found[radiation] = tuple(
                Emission(radiation, energy * ELEMENTARY_CHARGE, intensity, sd) for energy, intensity, sd in lines
            )
    daughter_mass = int(name.split("-")[1].split("m")[0]) - 4
    found["recoil"] = tuple(
        line._replace(radiation="recoil", energy=line.energy * _ALPHA_MASS / daughter_mass) for line in found["alpha"]
    )
    positrons = math.fsum(line.intensity for line in found["beta+"])
    if positrons:
        sd = math.sqrt(math.fsum(line.sd**2 for line in found["beta+"]))
        found["annihilation"] = (Emission("annihilation", _ANNIHILATION_PHOTON, 2 * positrons, 2 * sd),)
    return found
