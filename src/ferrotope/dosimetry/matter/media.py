"""Media that radiation crosses: composition by mass, density, mean excitation energy.

Compositions, densities and mean excitation energies I: J. H. Hubbell and S. M. Seltzer, NISTIR 5632, tables 1 and 2,
doi:10.18434/T4D01F. Its human tissues are those of ICRU Report 44 (1989), its I those of ICRU Report 37 (1984).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, log

from ferrotope.errors import InputError, nearest
from ferrotope.particle.formula import ATOMIC_WEIGHTS
from ferrotope.units.checks import positive
from ferrotope.units.constants import ELEMENTARY_CHARGE

__all__ = ["MEDIA", "WATER_DENSITY", "Medium", "atomic_mass", "electrons_per_mass_unit", "medium"]

WATER_DENSITY = 1000.0  # kg/m3: the unit density to which published sphere tables refer

# The elements with photon tables, and those weights (g/mol) that particles do not need; the same source as theirs.
_SYMBOLS = {
    1: "H", 6: "C", 7: "N", 8: "O", 9: "F", 11: "Na", 12: "Mg", 13: "Al", 14: "Si", 15: "P", 16: "S", 17: "Cl",
    18: "Ar", 19: "K", 20: "Ca", 22: "Ti", 25: "Mn", 26: "Fe", 27: "Co", 28: "Ni", 29: "Cu", 30: "Zn", 47: "Ag",
    53: "I", 56: "Ba", 64: "Gd", 78: "Pt", 79: "Au",
}  # fmt: skip
_NUMBERS = {symbol: number for number, symbol in _SYMBOLS.items()}
_WEIGHTS = {**ATOMIC_WEIGHTS, "Na": 22.990, "Ar": 39.95, "K": 39.098, "I": 126.90}


@dataclass(frozen=True)
class Medium:
    """A homogeneous medium.

    Parameters
    ----------
    name : str
        Name in messages.
    composition : dict of int to float
        Mass fraction by atomic number; the fractions add up to 1.
    density : float
        Density (kg/m3).
    mean_excitation_energy : float
        Mean excitation energy I of the Bethe stopping power (J).

    Raises
    ------
    InputError
        If a mass fraction, their sum, the density or the mean excitation energy is not possible, or an element has no
        photon tables.
    """

    name: str
    composition: Mapping[int, float]
    density: float
    mean_excitation_energy: float

    def __post_init__(self) -> None:
        positive("density", self.density, "kg/m3")
        positive("mean_excitation_energy", self.mean_excitation_energy, "J")
        positive("composition", list(self.composition.values()) or [0.0])
        for number in self.composition:
            atomic_mass(number)
        total = sum(self.composition.values())
        if abs(total - 1.0) > 0.01:
            raise InputError(
                "the mass fractions of a medium must add up to 1",
                field="composition",
                value=f"{total:.4g} for {self.name}",
                allowed="0.99 to 1.01",
            )
        exact = {number: float(fraction) / total for number, fraction in self.composition.items()}
        object.__setattr__(self, "composition", exact)


def atomic_mass(number: int) -> float:
    """Return the standard atomic weight of an element.

    Parameters
    ----------
    number : int
        Atomic number.

    Returns
    -------
    float
        Atomic weight (g/mol, that is u per atom).

    Raises
    ------
    InputError
        If the element has no photon tables here.
    """
    if number not in _SYMBOLS:
        raise InputError(
            "this element is not tabulated",
            field="composition",
            value=number,
            allowed=", ".join(_NUMBERS),
            remedy="add it to ELEMENTS of tools/build_photon_tables.py and build the tables",
        )
    return _WEIGHTS[_SYMBOLS[number]]


def electrons_per_mass_unit(medium: Medium) -> float:
    """Return Z/A of a medium: electrons per atomic mass unit (mol/g).

    Parameters
    ----------
    medium : Medium
        Its composition is used.

    Returns
    -------
    float
        Z/A (mol/g).
    """
    return sum(fraction * number / atomic_mass(number) for number, fraction in medium.composition.items())


def _by_symbol(name: str, density: float, excitation: float, **fractions: float) -> Medium:
    """Return a medium from its density (g/cm3), I (eV) and mass fractions by symbol."""
    composition = {_NUMBERS[symbol]: fraction for symbol, fraction in fractions.items()}
    return Medium(name, composition, density * 1e3, excitation * ELEMENTARY_CHARGE)


def _iron_oxide(name: str, density: float, iron: int, oxygen: int) -> Medium:
    """Return an iron oxide; I by Bragg additivity with the atoms of ICRU Report 37 for condensed compounds.

    There (table 5.1) oxygen has 106 eV, and a metal 1.13 times the I of the element, 286 eV for iron. The rule gives
    227.3 eV for Fe2O3, as ESTAR lists it.
    """
    mass = iron * atomic_mass(26) + oxygen * atomic_mass(8)
    electrons = {323.2: 26 * iron, 106.0: 8 * oxygen}
    excitation = exp(sum(count * log(energy) for energy, count in electrons.items()) / sum(electrons.values()))
    return _by_symbol(name, density, excitation, O=oxygen * atomic_mass(8) / mass, Fe=iron * atomic_mass(26) / mass)


# Densities of the iron oxides: R. M. Cornell and U. Schwertmann, The Iron Oxides, doi:10.1002/3527602097. The lung is
# that of NIST, 1050 kg/m3 without its air; an inflated lung has 260 kg/m3 (ICRU Report 44), which the caller gives.
MEDIA = {
    entry.name: entry
    for entry in (
        _by_symbol("water", 1.0, 75.0, H=0.111898, O=0.888102),
        _by_symbol("soft_tissue", 1.0, 74.9, H=0.101172, C=0.111, N=0.026, O=0.761828),  # ICRU, four components
        _by_symbol(
            "soft_tissue_icru44", 1.06, 74.7,
            H=0.102, C=0.143, N=0.034, O=0.708, Na=0.002, P=0.003, S=0.003, Cl=0.002, K=0.003,
        ),
        _by_symbol(
            "muscle", 1.05, 74.6, H=0.102, C=0.143, N=0.034, O=0.71, Na=0.001, P=0.002, S=0.003, Cl=0.001, K=0.004
        ),
        _by_symbol(
            "bone", 1.92, 112.0, H=0.034, C=0.155, N=0.042, O=0.435, Na=0.001, Mg=0.002, P=0.103, S=0.003, Ca=0.225
        ),  # cortical
        _by_symbol(
            "lung", 1.05, 75.2, H=0.103, C=0.105, N=0.031, O=0.749, Na=0.002, P=0.002, S=0.003, Cl=0.003, K=0.002
        ),
        _by_symbol("adipose", 0.95, 64.8, H=0.114, C=0.598, N=0.007, O=0.278, Na=0.001, S=0.001, Cl=0.001),
        _by_symbol(
            "blood", 1.06, 75.2,
            H=0.102, C=0.11, N=0.033, O=0.745, Na=0.001, P=0.001, S=0.002, Cl=0.003, K=0.002, Fe=0.001,
        ),
        _by_symbol(
            "brain", 1.04, 73.9, H=0.107, C=0.145, N=0.022, O=0.712, Na=0.002, P=0.004, S=0.002, Cl=0.003, K=0.003
        ),
        _by_symbol("air", 1.205e-3, 85.7, C=0.000124, N=0.755267, O=0.231781, Ar=0.012827),
        _iron_oxide("magnetite", 5.17, 3, 4),
        _iron_oxide("maghemite", 4.87, 2, 3),
        _by_symbol("gold", 19.32, 790.0, Au=1.0),
    )
}  # fmt: skip


def medium(name: str, density: float | None = None) -> Medium:
    """Return a medium by its name, at another density if one is given.

    Parameters
    ----------
    name : str
        One of `MEDIA`, such as "water", "soft_tissue", "bone", "lung" or "magnetite".
    density : float, optional
        Density (kg/m3) in place of the tabulated one: of an inflated lung, or of a voxel of a CT image.

    Returns
    -------
    Medium
        Composition, density and mean excitation energy.

    Raises
    ------
    InputError
        If the name is not known or the density is not positive.

    Examples
    --------
    >>> medium("lung", density=260.0).density
    260.0
    """
    if name not in MEDIA:
        raise InputError(
            "this medium is not known",
            field="medium",
            value=name,
            allowed=", ".join(MEDIA),
            remedy=nearest(name, MEDIA),
        )
    return MEDIA[name] if density is None else replace(MEDIA[name], density=density)
