"""Chemical formulae: composition and mass fractions.

Standard atomic weights: CIAAW 2021, Prohaska et al., Pure Appl Chem 2022;94:573, doi:10.1515/pac-2019-0603, table 1
(abridged or conventional values).
"""

from __future__ import annotations

import re

from ferrotope.errors import InputError, nearest

__all__ = ["ATOMIC_WEIGHTS", "composition", "formula_mass", "mass_fraction"]

ATOMIC_WEIGHTS = {  # g/mol
    "H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "F": 18.998, "Mg": 24.305, "Al": 26.982, "Si": 28.085,
    "P": 30.974, "S": 32.06, "Cl": 35.45, "Ca": 40.078, "Ti": 47.867, "V": 50.942, "Cr": 51.996, "Mn": 54.938,
    "Fe": 55.845, "Co": 58.933, "Ni": 58.693, "Cu": 63.546, "Zn": 65.38, "Ga": 69.723, "Ge": 72.630, "As": 74.922,
    "Sr": 87.62, "Y": 88.906, "Zr": 91.224, "Pd": 106.42, "Ag": 107.87, "In": 114.82, "Ba": 137.33, "La": 138.91,
    "Ce": 140.12, "Sm": 150.36, "Eu": 151.96, "Gd": 157.25, "Tb": 158.93, "Dy": 162.50, "Ho": 164.93, "Er": 167.26,
    "Yb": 173.05, "Lu": 174.97, "Hf": 178.49, "Re": 186.21, "Pt": 195.08, "Au": 196.97, "Bi": 208.98,
}  # fmt: skip
_PART = re.compile(r"([A-Z][a-z]?)(\d+(?:\.\d+)?)?")


def composition(formula: str) -> dict[str, float]:
    """Return the atoms of each element in a formula such as "Fe3O4" or "Zn0.4Fe2.6O4".

    Parameters
    ----------
    formula : str
        Without brackets.

    Returns
    -------
    dict of str to float
        Atoms per formula unit.

    Raises
    ------
    InputError
        If the text is not a formula or holds an element without an atomic weight here.

    Examples
    --------
    >>> composition("Fe3O4")
    {'Fe': 3.0, 'O': 4.0}
    """
    parts = _PART.findall(formula)
    if not parts or "".join(symbol + number for symbol, number in parts) != formula:
        raise InputError(
            "this is not a chemical formula",
            field="formula",
            value=formula,
            remedy="write it without brackets, 'Fe3O4'",
        )
    atoms: dict[str, float] = {}
    for symbol, number in parts:
        if symbol not in ATOMIC_WEIGHTS:
            raise InputError(
                "this element is not known here", field="formula", value=symbol, remedy=nearest(symbol, ATOMIC_WEIGHTS)
            )
        atoms[symbol] = atoms.get(symbol, 0.0) + float(number or 1.0)
    if not all(atoms.values()):
        raise InputError("a formula has no element with zero atoms", field="formula", value=formula)
    return atoms


def formula_mass(formula: str) -> float:
    """Return the mass of one mole of formula units in kg/mol."""
    return 1e-3 * sum(ATOMIC_WEIGHTS[symbol] * number for symbol, number in composition(formula).items())


def mass_fraction(formula: str, element: str) -> float:
    """Return the mass of an element per mass of the substance; 0 where it is absent.

    Examples
    --------
    >>> round(mass_fraction("Fe3O4", "Fe"), 4)
    0.7236
    """
    return 1e-3 * ATOMIC_WEIGHTS[element] * composition(formula).get(element, 0.0) / formula_mass(formula)
