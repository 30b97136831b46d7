"""Write the photon tables of ``src/ferrotope/dosimetry/matter``: cross sections, scattering functions, relaxation.

Run by a developer, never by a user: ``python tools/build_photon_tables.py``. Needs fisx 1.3.2, xraylib 4.3.0 and
roentgen 2.4.0, which carry the evaluated data named in the headers of the tables below; ``NOTICE.md`` of the folder
names their licences.

What is done to the data, besides selection:

1. Cross sections: XCOM as it is, from 1 keV to 20 MeV. The share of the photoelectric effect of the K, L1, L2 and L3
   shell is the ratio of the subshell cross section to the total one of EPDL97, moved to the edges of XCOM.
2. Energy absorption: the elements of NIST, whose edges, printed with four digits, get the energies of XCOM.
3. Scattering: form factor and incoherent scattering function on a coarse grid of the momentum transfer.
4. Relaxation: transition probabilities of EADL97, each as its photon (if any) and the vacancies that it leaves in K to
   L3. Energies of lines are differences of binding energies. Shells bound by less than 1 keV are left out, and
   vacancies beyond L3 are dropped: their photons (M lines of gold, 2 keV) are absorbed where they arise.
"""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

import fisx
import numpy as np
import xraylib

ROOM = Path(__file__).resolve().parents[1] / "src" / "ferrotope" / "dosimetry" / "matter"
FISX = Path(fisx.__file__).parent / "fisx_data"
NIST = Path(str(distribution("roentgen").locate_file("roentgen/data/elements")))  # its import needs more packages
ELEMENTS = {
    "H": 1, "C": 6, "N": 7, "O": 8, "F": 9, "Na": 11, "Mg": 12, "Al": 13, "Si": 14, "P": 15, "S": 16, "Cl": 17,
    "Ar": 18, "K": 19, "Ca": 20, "Ti": 22, "Mn": 25, "Fe": 26, "Co": 27, "Ni": 28, "Cu": 29, "Zn": 30, "Ag": 47,
    "I": 53, "Ba": 56, "Gd": 64, "Pt": 78, "Au": 79,
}  # fmt: skip
SHELLS = ("K", "L1", "L2", "L3")
LOWEST, HIGHEST = 1.0, 20e3  # keV
LEAST = 1e-4  # of all transitions of a shell
MOMENTUM = np.concatenate([[0.0], np.geomspace(0.005, 100.0, 70)])  # sin(theta/2) / wavelength, 1/angstrom

CROSS_SECTIONS = """\
# Photon cross sections of elements, cm2/g, energies in keV; photoelectric share of the K, L1, L2 and L3 shell.
# Source: M. J. Berger et al., XCOM, NIST Standard Reference Database 8, doi:10.18434/T48G6X, as packaged in fisx 1.3.2;
# shares: D. E. Cullen et al., EPDL97, UCRL-50400 vol. 6 rev. 5 (1997). An edge has two rows. Pair: in the field of the
# nucleus and of the electrons. Made by tools/build_photon_tables.py.
z,energy,coherent,incoherent,photoelectric,pair,k,l1,l2,l3
"""
ABSORPTION = """\
# Mass energy-absorption coefficients of elements, cm2/g, energies in keV.
# Source: J. H. Hubbell and S. M. Seltzer, NIST Standard Reference Database 126 (NISTIR 5632), table 3,
# doi:10.18434/T4D01F, as packaged in roentgen 2.4.0. An edge has two rows. Made by tools/build_photon_tables.py.
z,energy,mu_en
"""
SCATTERING = """\
# Atomic form factor and incoherent scattering function against x = sin(theta/2)/wavelength (1/angstrom).
# Source: J. H. Hubbell et al., J Phys Chem Ref Data 4 (1975) 471, doi:10.1063/1.555523, as evaluated by xraylib 4.3.0.
# Made by tools/build_photon_tables.py.
z,x,form_factor,scattering_function
"""
RELAXATION = """\
# Transitions that fill a vacancy: probability, energy of the photon (keV; 0 if an electron is emitted), and the shells
# left vacant (0 none followed, 1 K, 2 L1, 3 L2, 4 L3); binding energy of the shell in keV.
# Source: D. E. Cullen et al., EADL97, UCRL-50400 vol. 30 (1991), binding energies F. P. Larkins, At Data Nucl Data
# Tables 20 (1977) 311, table I, both as packaged in fisx 1.3.2. Made by tools/build_photon_tables.py.
z,shell,binding,probability,photon,vacancy_1,vacancy_2
"""


def elements(name):
    """Return the blocks of a file of one block an element, with the column names of each."""
    blocks, key = {}, None
    for line in (FISX / f"{name}.dat").read_text().splitlines():
        if line.startswith("#S"):
            key = line.split()[2]
            blocks[key] = []
        elif key and line.strip() and not line.startswith("#"):
            blocks[key].append([float(word) for word in line.split()])
    return {key: np.array(rows) for key, rows in blocks.items()}


def by_number(name):
    """Return for each scan of a file its column names and its rows by atomic number."""
    scans = []
    for line in (FISX / f"{name}.dat").read_text().splitlines():
        if line.startswith("#L"):
            scans.append((line.split()[1:], {}))
        elif scans and line.strip() and not line.startswith("#"):
            words = line.split()
            scans[-1][1][int(float(words[0]))] = np.array([float(word) for word in words])
    return scans


def edges(rows):
    """Return the energies that stand twice."""
    return rows[1:, 0][np.diff(rows[:, 0]) == 0]


def shell_shares(epdl, binding, energy, above):
    """Return the shares of K, L1, L2, L3 in the photoelectric effect at one energy (keV)."""

    def at_energy(values):
        own = values > 0
        log_energy, log_values = np.log(epdl[own, 0]), np.log(values[own])
        slope = (log_values[1] - log_values[0]) / (log_energy[1] - log_energy[0])
        below = min(np.log(energy) - log_energy[0], 0.0)  # where the edge of XCOM lies below that of EPDL97
        return float(np.exp(np.interp(np.log(energy), log_energy, log_values) + slope * below))

    shells = epdl[:, 5:9]
    followed = np.array(binding) >= LOWEST
    found = [
        at_energy(shells[:, n]) if followed[n] and energy > edge * (1 - 1e-4 if above else 1 + 1e-4) else 0.0
        for n, edge in enumerate(binding)
    ]
    others = np.where(epdl[:, 0] >= LOWEST, epdl[:, 4] - shells[:, followed].sum(axis=1), 0.0)
    total = sum(found) + (at_energy(others) if np.any(others > 0) else 0.0)
    return [part / total if total > 0 else 0.0 for part in found]


def cross_sections(xcom, epdl, binding):
    """Return the rows of the cross-section table of one element."""
    inside = xcom[(xcom[:, 0] >= LOWEST) & (xcom[:, 0] <= HIGHEST)]
    rows, seen = [], set()
    for n, row in enumerate(inside):
        if tuple(row) in seen:  # XCOM has 250 keV twice without an edge
            continue
        seen.add(tuple(row))
        above = n > 0 and inside[n - 1, 0] == row[0]
        rows.append([row[0], row[1], row[2], row[4], row[5], *shell_shares(epdl, binding, row[0], above)])
    return rows


def absorption(z, edge_energies):
    """Return the rows of the energy-absorption table of one element."""
    rows = np.loadtxt(NIST / f"z{z:02d}.csv", delimiter=",", comments="#")
    rows[:, 0] *= 1e3
    printed = set(edges(rows))
    for row in rows:
        if row[0] in printed:
            row[0] = edge_energies[np.argmin(np.abs(edge_energies - row[0]))]
    return rows


def scattering_rows(z):
    """Return x, form factor and incoherent scattering function; the tail of the form factor falls with x^-4."""
    rows = [[0.0, float(z), 0.0]]
    for x in MOMENTUM[1:]:
        tail = rows[-1][1] * (rows[-1][0] / x) ** 4
        form = xraylib.FF_Rayl(z, x)
        # xraylib interpolates with cubic splines that swing where the table ends.
        form = form if 0.8 * tail < form < rows[-1][1] and x < 50.0 else tail
        rows.append([x, form, float(np.clip(xraylib.SF_Compt(z, x), rows[-1][2], z))])
    return rows


def transitions(z, shell, binding, radiative, nonradiative):
    """Return the rows of one shell: photons line by line, electrons by the vacancies that they leave in K to L3."""
    followed = {name: n + 1 for n, name in enumerate(SHELLS) if binding[name] >= LOWEST}
    rows: dict[tuple, float] = {}
    names, values = radiative
    for name, probability in zip(names[2:], values[z][2:], strict=True):
        upper = name[len(shell) :]
        if probability > 0:
            energy = round(binding[shell] - binding.get(upper, 0.0), 4)
            key = (energy, followed.get(upper, 0), 0)
            rows[key] = rows.get(key, 0.0) + probability
    names, values = nonradiative
    for name, probability in zip(names[2:], values[z][2:], strict=True):
        first, second = re.fullmatch(r"([A-Z]\d*)([A-Z]\d*)", name.split("-")[1]).groups()
        left = sorted((followed.get(first, 0), followed.get(second, 0)), reverse=True)
        key = (0.0, *left)
        rows[key] = rows.get(key, 0.0) + probability
    total = sum(rows.values())
    kept = {key: part / total for key, part in rows.items() if part > LEAST * total}
    scale = sum(kept.values())
    return [
        [z, SHELLS.index(shell) + 1, binding[shell], part / scale, *key]
        for key, part in sorted(kept.items(), key=lambda item: -item[1])
    ]


def write(name, header, rows, formats):
    """Write a table as text."""
    lines = [",".join(format(value, form) for value, form in zip(row, formats, strict=True)) for row in rows]
    (ROOM / name).write_text(header + "\n".join(lines) + "\n")
    print(f"{name}: {len(rows)} rows")


def main() -> None:
    """Build the four tables."""
    xcom, epdl = elements("XCOM_CrossSections"), elements("EPDL97_CrossSections")
    names, larkins = by_number("BindingEnergies")[0]
    radiative = by_number("EADL97_KShellRadiativeRates") + by_number("EADL97_LShellRadiativeRates")
    nonradiative = by_number("EADL97_KShellNonradiativeRates") + by_number("EADL97_LShellNonradiativeRates")
    sections, absorbed, scattering, relaxation = [], [], [], []
    for symbol, z in ELEMENTS.items():
        binding = dict(zip(names[1:], larkins[z][1:], strict=True)) if z in larkins else dict.fromkeys(SHELLS, 0.0)
        sections += [[z, *row] for row in cross_sections(xcom[symbol], epdl[symbol], [binding[s] for s in SHELLS])]
        absorbed += [[z, row[0], row[2]] for row in absorption(z, edges(xcom[symbol]))]
        scattering += [[z, *row] for row in scattering_rows(z)]
        for shell, photons, electrons in zip(SHELLS, radiative, nonradiative, strict=True):
            if binding[shell] >= LOWEST:
                relaxation += transitions(z, shell, binding, photons, electrons)
    write("photon_cross_sections.csv", CROSS_SECTIONS, sections, ["d", ".7g"] + [".5g"] * 4 + [".4g"] * 4)
    write("photon_energy_absorption.csv", ABSORPTION, absorbed, ["d", ".7g", ".4g"])
    write("atomic_scattering.csv", SCATTERING, scattering, ["d", ".5g", ".5g", ".5g"])
    write("atomic_relaxation.csv", RELAXATION, relaxation, ["d", "d", ".7g", ".5g", ".6g", "d", "d"])


if __name__ == "__main__":
    main()
