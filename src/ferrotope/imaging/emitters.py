"""Which emissions of a nuclide a PET or SPECT scanner can see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ferrotope.errors import InputError
from ferrotope.units.constants import MEV

__all__ = ["Visible", "seen_by"]

SPECT_RANGE = (0.060 * MEV, 0.450 * MEV)  # softer photons stay in the body, harder ones pass the collimator
_HALF_WINDOW = 0.10  # a window of 20 % about the line
_LEAST_YIELD = 0.01  # per decay; below, nobody images with it at tracer activity
_PROMPT_RANGE = (0.40 * MEV, 0.65 * MEV)  # gammas that pass for annihilation photons
_PROMPT_YIELD = 0.10
_BREMSSTRAHLUNG = 0.5 * MEV  # of beta energy per decay; below, a photopeak of some per cent stands out of it


@dataclass(frozen=True)
class Visible:
    """What a scanner uses of a nuclide.

    Attributes
    ----------
    emission_yield : float
        Positrons, or photons in the energy window, per decay; 0 where the nuclide is not imageable.
    said : str
        The emission in words.
    reason : str
        Why it is not imageable, or what disturbs; empty where nothing does.
    """

    emission_yield: float
    said: str
    reason: str = ""


def seen_by(modality: str, nuclide: Any) -> Visible:
    """Return what a modality sees of a nuclide itself, its daughters left out.

    Parameters
    ----------
    modality : str
        "PET" (positrons) or "SPECT" (photons of 60 to 450 keV, the strongest line with a window of 20 %).
    nuclide : Nuclide
        With ``emissions(radiation)``.

    Returns
    -------
    Visible
        Yield 0 and a reason where there are fewer than 0.01 emissions per decay.

    Raises
    ------
    InputError
        If the modality is neither.
    """
    if modality == "PET":
        return _positrons(nuclide)
    if modality == "SPECT":
        return _window(nuclide)
    raise InputError("only PET and SPECT see a radionuclide", field="modality", value=modality, allowed="PET or SPECT")


def _positrons(nuclide: Any) -> Visible:
    positrons = sum(line.intensity for line in nuclide.emissions("beta+"))
    if positrons < _LEAST_YIELD:
        return Visible(0.0, "", f"{positrons:.2g} positrons per decay" if positrons > 0 else "it emits no positrons")
    prompt = sum(share for energy, share in _photons(nuclide) if _PROMPT_RANGE[0] <= energy <= _PROMPT_RANGE[1])
    reason = (
        f"{prompt:.2g} prompt gammas of 400 to 650 keV per decay add a background that is not modelled"
        if prompt > _PROMPT_YIELD
        else ""
    )
    return Visible(positrons, f"{positrons:.3g} positrons per decay", reason)


def _window(nuclide: Any) -> Visible:
    lines = [(energy, share) for energy, share in _photons(nuclide) if SPECT_RANGE[0] <= energy <= SPECT_RANGE[1]]
    if not lines:
        return Visible(0.0, "", "it has no photon of 60 to 450 keV, and bremsstrahlung is not modelled")
    centre = max(lines, key=lambda line: line[1])[0]
    seen = sum(share for energy, share in lines if abs(energy - centre) <= _HALF_WINDOW * centre)
    if seen < _LEAST_YIELD:
        return Visible(
            0.0,
            "",
            f"{seen:.2g} photons per decay in its best window of 60 to 450 keV; bremsstrahlung and photons of "
            f"daughters are not modelled",
        )
    said = f"{seen:.3g} photons per decay in a 20 % window at {1e3 * centre / MEV:.0f} keV"
    return Visible(seen, said, "; ".join(_disturbances(nuclide, seen)))


def _disturbances(nuclide: Any, seen: float) -> list[str]:
    """What adds counts to a window that no model here has."""
    found = []
    hard = sum(share for energy, share in _photons(nuclide) if energy > SPECT_RANGE[1])
    if hard > seen:
        found.append(
            f"{hard:.2g} photons above 450 keV per decay pass the collimator and outnumber those in the window"
        )
    electrons = sum(line.energy * line.intensity for line in nuclide.emissions("beta-"))
    if electrons > _BREMSSTRAHLUNG:
        found.append(f"bremsstrahlung of {electrons / MEV:.2g} MeV of beta energy per decay adds a broad background")
    daughters = [
        member.name
        for member in nuclide.members()[1:]
        if member.half_life < nuclide.half_life
        and any(SPECT_RANGE[0] <= energy <= SPECT_RANGE[1] and share > seen for energy, share in _photons(member))
    ]
    if daughters:
        found.append(f"daughters ({', '.join(daughters)}) have stronger lines, which are left out")
    return found


def _photons(nuclide: Any) -> list[tuple[float, float]]:
    """Gamma and x lines as (energy in J, photons per decay)."""
    return [(line.energy, line.intensity) for kind in ("gamma", "x") for line in nuclide.emissions(kind)]
