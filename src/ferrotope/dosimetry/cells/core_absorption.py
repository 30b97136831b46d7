"""Energy that stays in the core of a particle, or in a cluster of cores, that carries a radionuclide.

Cores of 10 to 30 nm matter for Auger electrons below 1 keV and for recoil nuclei; all else crosses them hardly slowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.dosimetry.cells.geometry import geometric_reduction_factor
from ferrotope.dosimetry.matter.media import Medium, atomic_mass, electrons_per_mass_unit, medium
from ferrotope.dosimetry.matter.ranges import alpha_csda_range, electron_csda_range
from ferrotope.dosimetry.matter.stopping import csda_range_table
from ferrotope.dosimetry.spheres.decay_energy import line_spectrum
from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide, chain_weights
from ferrotope.units.checks import between, positive
from ferrotope.units.constants import (
    ATOMIC_MASS,
    AVOGADRO,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    MEV,
    SPEED_OF_LIGHT,
)

__all__ = ["SelfAbsorption", "recoil_range", "self_absorption"]

LABELS = ("surface", "volume")
_CHARGED = ("alpha", "recoil", "beta-", "beta+", "conversion", "auger")
# Real tracks are crooked. A straight one that loses its energy in half the range leaves more in a core than they do: an
# assumption, held against the transport of electrons in magnetite in the tests (0.9 to 1.5 times the straight tracks).
_CROOKED = 2.0
_BOHR_RADIUS = 5.29177210903e-11  # m, CODATA 2018, doi:10.1103/RevModPhys.93.025010
_FINE_STRUCTURE = 7.2973525693e-3  # CODATA 2018, the same
_ENERGY = {
    "electron": np.geomspace(1e-5, 5.0, 400) * MEV,
    "alpha": np.geomspace(1e-4, 10.0, 400) * MEV,
    "recoil": np.geomspace(1e-5, 0.4, 300) * MEV,
}


@dataclass(frozen=True, eq=False, kw_only=True)
class SelfAbsorption:
    """What stays in a core or cluster, by radiation.

    Attributes
    ----------
    nuclide, label : str
        What decays, and where: "surface" or "volume".
    diameter : float
        Diameter of the core or cluster (m).
    density : float
        Its density (kg/m3).
    energy : dict of str to float
        Energy emitted per decay (J) by radiation.
    fraction : dict of str to float
        Share of that energy which stays, on straight tracks.
    upper_bound : dict of str to float
        Share which stays at most.
    recoil_escape : float or None
        Mean probability that the nucleus which an alpha decay leaves behind comes to rest outside, on a straight track;
        None where there is no alpha decay.
    decays : dict of str to float
        Decays of each member of the chain per decay of the nuclide.
    """

    nuclide: str
    label: str
    diameter: float
    density: float
    energy: dict[str, float]
    fraction: dict[str, float]
    upper_bound: dict[str, float]
    recoil_escape: float | None
    decays: dict[str, float]


def self_absorption(
    nuclide: Nuclide | str,
    diameter: float,
    *,
    label: str = "surface",
    material: str = "magnetite",
    volume_fraction: float = 1.0,
    daughters: str | Mapping[str, float] | None = None,
) -> SelfAbsorption:
    """Energy of charged particles that stays in a core, or in a cluster of cores.

    Parameters
    ----------
    nuclide : Nuclide or str
        What decays.
    diameter : float
        Diameter of the core or the cluster (m).
    label : str
        "surface": the nuclide is bound to the surface. "volume": it is spread through the core or the cluster.
    material : str
        Medium of the core: "magnetite", "maghemite", "gold" or another of `media.MEDIA` with a range of alphas.
    volume_fraction : float
        Share of the volume that the material takes; the rest is water. Below 1 for a cluster.
    daughters : "prompt", "equilibrium" or mapping of str to float, optional
        Which daughters decay at the same place: see `nuclides.chain_weights`.

    Returns
    -------
    SelfAbsorption

    Raises
    ------
    InputError
        If the nuclide, the label or the material is unknown, or a number is out of range.

    Notes
    -----
    Straight tracks that lose energy continuously; ranges in a mixture by Bragg's rule on mass. Electrons: the range in
    water times the ratio of the Bethe ranges, which below 10 keV, where Bethe's theory ends in iron, is held: an
    assumption. Below 0.2 keV a range of a few nanometres is no more than an order of size. Alphas:
    `ranges.alpha_csda_range`. Recoil nuclei: `recoil_range`.

    The upper bound takes the stopping power per electron of water for electrons and per mass of water for alphas, each
    more than that of the oxide, and tracks of half the length, for crookedness.

    Examples
    --------
    >>> part = self_absorption("Lu-177", 15e-9)
    >>> part.fraction["beta-"] < 1e-3 < part.fraction["auger"]
    True
    """
    nuclide = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    diameter = float(between("diameter", positive("diameter", diameter, "m"), 1e-10, 1e-3, "m"))
    if label not in LABELS:
        raise InputError("this place is not known", field="label", value=label, allowed=", ".join(LABELS))
    share = float(between("volume_fraction", volume_fraction, 1e-3, 1.0))
    core, water = medium(material), medium("water")
    density = share * core.density + (1.0 - share) * water.density
    mixture = {core.name: share * core.density / density, "water": (1.0 - share) * water.density / density}
    region = (diameter / 2, diameter / 2) if label == "surface" else (0.0, diameter / 2)
    decays = chain_weights(nuclide, daughters)
    energy, stays, most = (dict.fromkeys(_CHARGED, 0.0) for _ in range(3))
    escape = recoils = 0.0
    for name, number in decays.items():
        member = Nuclide(name)
        for radiation in _CHARGED:
            energies, intensities = line_spectrum(member, radiation)
            if not energies.size:
                continue
            emitted = number * energies * intensities
            tables = _range_tables(radiation, mixture, member)
            energy[radiation] += emitted.sum()
            for total, (grid, ranges) in zip((stays, most), tables, strict=True):
                total[radiation] += emitted @ _stay(energies, grid, ranges, region, density)
            if radiation == "recoil":
                ends = np.interp(energies, *tables[0]) / density
                inside = geometric_reduction_factor(ends, region, (0.0, diameter / 2))
                escape += number * intensities @ (1.0 - inside)
                recoils += number * intensities.sum()
    seen = [radiation for radiation in _CHARGED if energy[radiation] > 0.0]
    return SelfAbsorption(
        nuclide=nuclide.name,
        label=label,
        diameter=diameter,
        density=density,
        energy={radiation: float(energy[radiation]) for radiation in seen},
        fraction={radiation: float(stays[radiation] / energy[radiation]) for radiation in seen},
        upper_bound={radiation: float(min(most[radiation] / energy[radiation], 1.0)) for radiation in seen},
        recoil_escape=float(min(escape / recoils, 1.0)) if recoils else None,
        decays=decays,
    )


def recoil_range(
    energy: ArrayLike, atomic_number: int, mass_number: int, material: Medium | str
) -> NDArray[np.float64]:
    """Path length of a slow heavy ion, such as the nucleus that an alpha decay leaves behind.

    Parameters
    ----------
    energy : float or array
        Kinetic energy (J), up to 0.4 MeV.
    atomic_number, mass_number : int
        Of the ion.
    material : Medium or str
        What it moves in.

    Returns
    -------
    float or array
        Path length (kg/m2), the shape of `energy`. The depth of penetration is shorter.

    Raises
    ------
    InputError
        If the energy is out of range or the material unknown.

    Notes
    -----
    Nuclear stopping: universal reduced cross section of J. F. Ziegler, J. P. Biersack, U. Littmark, The Stopping and
    Range of Ions in Solids (1985), as in Ziegler et al., Nucl Instrum Methods B 268 (2010) 1818,
    doi:10.1016/j.nimb.2010.02.091. Electronic stopping, an eighth of it: J. Lindhard and M. Scharff, Phys Rev 124
    (1961) 128, doi:10.1103/PhysRev.124.128. Both formulas are recalled, not re-read. Compounds by Bragg's rule.
    """
    energy = between("energy", positive("energy", energy, "J"), 0.0, _ENERGY["recoil"][-1] * (1 + 1e-9), "J")
    material = medium(material) if isinstance(material, str) else material
    ranges = _recoil_ranges(tuple(material.composition.items()), int(atomic_number), int(mass_number))
    return np.interp(energy, np.append(0.0, _ENERGY["recoil"]), ranges)[()]


@lru_cache(maxsize=256)
def _recoil_ranges(composition, z, mass):
    """Ranges (kg/m2) at 0 and the energies of `_ENERGY`."""
    energy = _ENERGY["recoil"]
    stopping = np.zeros_like(energy)
    kilo = energy / (1e-3 * MEV)
    velocity = np.sqrt(2.0 * energy / (mass * ATOMIC_MASS)) / (_FINE_STRUCTURE * SPEED_OF_LIGHT)  # in Bohr velocities
    hartree = _FINE_STRUCTURE**2 * ELECTRON_MASS * SPEED_OF_LIGHT**2
    for number, fraction in composition:
        other = atomic_mass(number)
        screening = z**0.23 + number**0.23
        reduced = 32.53 * other * kilo / (z * number * (mass + other) * screening)
        nuclear = np.log1p(1.1383 * reduced) / (
            2.0 * (reduced + 0.01321 * reduced**0.21226 + 0.19593 * np.sqrt(reduced))
        )
        nuclear *= 8.462e-15 * 1e-4 * ELEMENTARY_CHARGE * z * number * mass / ((mass + other) * screening)  # J m2
        shells = (z ** (2 / 3) + number ** (2 / 3)) ** 1.5
        electronic = 8.0 * np.pi * hartree * _BOHR_RADIUS**2 * z ** (7 / 6) * number / shells * velocity
        stopping += fraction * AVOGADRO / (other * 1e-3) * (nuclear + electronic)
    slope = energy / stopping
    steps = 0.5 * (slope[1:] + slope[:-1]) * np.diff(np.log(energy))
    # Below the first energy both stopping powers go about with the velocity.
    return np.concatenate([[0.0, 2.0 * slope[0]], 2.0 * slope[0] + np.cumsum(steps)])


def _range_tables(radiation, mixture, nuclide):
    """Energies and ranges (kg/m2) in a mixture, best estimate and lower bound."""
    kind = radiation if radiation in ("alpha", "recoil") else "electron"
    inverse, inverse_bound = 0.0, 0.0
    for name, weight in mixture.items():
        if weight == 0.0:
            continue
        if kind == "recoil":
            ion = nuclide.atomic_number - 2, nuclide.mass_number - 4
            bound = ranges = _recoil_ranges(tuple(medium(name).composition.items()), *ion)[1:]
        elif kind == "alpha":
            ranges, bound = alpha_csda_range(_ENERGY[kind], name), alpha_csda_range(_ENERGY[kind])
        else:
            water = electron_csda_range(_ENERGY[kind])
            ranges = water * _electron_ratio(name)
            bound = water * electrons_per_mass_unit(medium("water")) / electrons_per_mass_unit(medium(name))
        inverse, inverse_bound = inverse + weight / ranges, inverse_bound + weight / np.minimum(ranges, bound)
    energy = np.concatenate([[0.0], _ENERGY[kind]])
    best, least = (np.concatenate([[0.0], 1.0 / value]) for value in (inverse, inverse_bound))
    return (energy, best), (energy, least / _CROOKED)


@lru_cache(maxsize=32)
def _electron_ratio(name):
    """Bethe range of electrons in a medium over that in water, held below 10 keV."""
    grid = np.geomspace(1e-3, 5.0, 400) * MEV
    ratio = csda_range_table(medium(name), grid) / csda_range_table(medium("water"), grid)
    return np.interp(np.maximum(_ENERGY["electron"], 1e-2 * MEV), grid, ratio)


def _stay(energies, grid, ranges, source, density):
    """Fraction of the energy of particles from a core that they leave there on straight tracks."""
    ball = (0.0, source[1])
    place = np.linspace(0.0, 2.0 * source[1], 401)
    factor = geometric_reduction_factor(place, source, ball)
    middle = geometric_reduction_factor(0.5 * (place[1:] + place[:-1]), source, ball)
    factor = (factor[1:] + factor[:-1] + 4.0 * middle) / 6.0
    full = np.interp(energies, grid, ranges)[:, None]
    left = np.interp(np.maximum(full - density * place, 0.0), ranges, grid)
    # Where rounding of the two interpolations differs, nothing is gained.
    loss = np.maximum(-np.diff(np.minimum(left, energies[:, None]), axis=1), 0.0)
    return np.minimum(loss @ factor / energies, 1.0)
