"""Auger electrons that fill the vacancies of an atom, from the rates of EADL97.

Needed by ``build_nuclide_data.py`` alone. Transition probabilities of K, L and M vacancies and binding energies are
those of the Evaluated Atomic Data Library (D. E. Cullen et al., UCRL-50400 Vol. 30, 1991, LLNL), as carried by fisx
1.3.2 (ESRF, MIT License); its author permits redistribution with this credit.

Each vacancy decays as in a neutral atom, so that energy is conserved against the binding energies. Vacancies for which
EADL97 in fisx has no rates (M5: those of M4 without M5; N and beyond; M of light elements) emit Auger electrons by
every pair of outer subshells that the energy allows, each pair weighted by its number of electron pairs; allowed means
E > 0 with the mean of the binding energies at Z and Z + 1 for the two electrons that leave (I. Bergstrom and R. D.
Hill, Ark. Fys. 1954;8:21, from memory).
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import fisx

FOLDER = Path(fisx.__file__).parent / "fisx_data"
CAPACITY = {"1": 2, "2": 2, "3": 4, "4": 4, "5": 6, "6": 6, "7": 8}  # by subshell number: s, p1/2, p3/2, d3/2 ...
# Order of filling (Madelung), each entry the two spin-orbit partners.
FILLING = (
    ("K",),
    ("L1",),
    ("L2", "L3"),
    ("M1",),
    ("M2", "M3"),
    ("N1",),
    ("M4", "M5"),
    ("N2", "N3"),
    ("O1",),
    ("N4", "N5"),
    ("O2", "O3"),
    ("P1",),
    ("N6", "N7"),
    ("O4", "O5"),
    ("P2", "P3"),
    ("Q1",),
    ("O6", "O7"),
    ("P4", "P5"),
)


def blocks(name: str) -> dict[str, dict[int, dict[str, float]]]:
    """Values of one file of fisx, by vacancy and atomic number."""
    found: dict[str, dict[int, dict[str, float]]] = {}
    shell, columns = "", []
    for line in (FOLDER / name).read_text().splitlines():
        if line.startswith("#S"):
            shell = line.split()[2].split("-")[0]
        elif line.startswith("#L"):
            columns = line.split()[2:]
        elif line[:1].isdigit():
            number, *values = line.split()
            found.setdefault(shell, {})[int(number)] = dict(zip(columns, map(float, values), strict=True))
    return found


@lru_cache(maxsize=1)
def rates() -> tuple[dict, dict]:
    """Radiative and nonradiative probabilities per vacancy."""
    radiative: dict = {}
    nonradiative: dict = {}
    for shell in "KLM":
        radiative |= blocks(f"EADL97_{shell}ShellRadiativeRates.dat")
        nonradiative |= blocks(f"EADL97_{shell}ShellNonradiativeRates.dat")
    return radiative, nonradiative


@lru_cache(maxsize=128)
def binding(z: int) -> dict[str, float]:
    """Binding energies (eV) of the occupied subshells, the strongest first."""
    (table,) = blocks("EADL97_BindingEnergies.dat").values()
    energies = {name.split("(")[0]: 1e3 * value for name, value in table[z].items() if value > 0}
    return dict(sorted(energies.items(), key=lambda pair: -pair[1]))


def occupation(z: int) -> dict[str, float]:
    """Electrons by subshell."""
    left, filled = float(z), {}
    for pair in FILLING:
        room = {name: 2 if name == "K" else CAPACITY[name[1]] for name in pair}
        share = min(1.0, left / sum(room.values()))
        filled |= {name: share * number for name, number in room.items()}
        left -= share * sum(room.values())
    return {name: number for name, number in filled.items() if number > 0}


@lru_cache(maxsize=4096)
def transitions(z: int, shell: str) -> tuple[tuple[float, tuple[str, ...], float], ...]:
    """Probability, new vacancies and energy (eV) of all ways to fill a vacancy; one new vacancy means an X ray."""
    radiative, nonradiative = rates()
    levels = binding(z)
    x = [
        (chance, (name[len(shell) :],), levels[shell] - levels[name[len(shell) :]])
        for name, chance in radiative.get(shell, {}).get(z, {}).items()
        if name != "TOTAL" and chance > 0 and name[len(shell) :] in levels
    ]
    table = nonradiative.get(shell, {}).get(z, {})
    if shell == "M5":
        m4 = nonradiative["M4"].get(z, {})
        table = {f"M5{name[2:]}": chance for name, chance in m4.items() if "M5" not in name}
    auger = []
    for name, chance in table.items():
        pair = name.partition("-")[2]
        new = pair[:2], pair[2:]
        if chance > 0 and new[0] in levels and new[1] in levels:
            auger.append((chance, new, levels[shell] - levels[new[0]] - levels[new[1]]))
    auger = [way for way in auger if way[2] > 0] or statistical(z, shell)
    bright = sum(way[0] for way in x)
    total = sum(way[0] for way in auger)
    return (*x, *((chance / total * (1.0 - bright), new, energy) for chance, new, energy in auger))


def statistical(z: int, shell: str) -> list[tuple[float, tuple[str, str], float]]:
    """Auger transitions of a vacancy without known rates: all allowed pairs, by their number of electrons."""
    levels, above, electrons = binding(z), binding(z + 1), occupation(z)
    outer = [name for name in levels if levels[name] < levels[shell] and name in electrons]
    found = []
    for i, first in enumerate(outer):
        for second in outer[i:]:
            energy = levels[shell] - levels[first] - levels[second]
            hold = sum(0.5 * max(above.get(name, 0.0) - levels[name], 0.0) for name in (first, second))
            pairs = (
                electrons[first] * electrons[second]
                if first != second
                else 0.5 * electrons[first] * (electrons[first] - 1.0)
            )
            if energy > hold and pairs > 0:
                found.append((pairs, (first, second), energy))
    return found


def relax(z: int, vacancies: dict[str, float]) -> dict[tuple[str, tuple[str, ...], float], float]:
    """Number of all transitions, by vacancy filled, new vacancies and energy (eV)."""
    left = dict(vacancies)
    found: dict[tuple[str, tuple[str, ...], float], float] = defaultdict(float)
    for shell in binding(z):
        number = left.get(shell, 0.0)
        if number <= 0:
            continue
        for chance, new, energy in transitions(z, shell):
            found[shell, new, energy] += number * chance
            for name in new:
                left[name] = left.get(name, 0.0) + number * chance
    return found


def from_k(z: int) -> float:
    """L vacancies that one K vacancy leaves."""
    ways = transitions(z, "K")
    return sum(chance * sum(name[0] == "L" for name in new) for chance, new, _ in ways)


def auger_lines(z: int, vacancies: dict[str, float]) -> list[tuple[float, float]]:
    """Mean energy (eV) and number of Auger electrons, one line for each filled shell and kind of transition.

    Kinds: by the main shells of the two electrons that take part; beyond the shell next to the one that is filled they
    count as one.
    """
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (shell, new, energy), number in relax(z, vacancies).items():
        if len(new) == 2:
            following = "KLMNOPQ"["KLMNOPQ".index(shell[0]) + 1]
            kind = shell[0] + "".join(sorted(name[0] if name[0] in (shell[0], following) else "Z" for name in new))
            sums[kind][0] += number
            sums[kind][1] += number * energy
    return [(energy / number, number) for number, energy in sums.values()]
