"""Compact the emission lines of UKDD-12 (actigamma) into ``src/ferrotope/nuclides/emissions.json``.

Run by a developer, never by a user: ``python tools/build_nuclide_data.py``. Needs actigamma 0.1.5 and scipy.

What is done to UKDD-12, besides selection:

1. Electrons are split into conversion and Auger electrons. UKDD-12 gives the Auger electrons of an element as one line
   a shell (K, L, in newer evaluations M too), at the same energy in every nuclide. `AUGER_LINES` lists these energies.
   Each lies below the K binding energy of its element and, unlike a conversion electron, recurs in nuclides of other
   mass number and does not move with the gamma energies. Everything else is a conversion electron.
2. Most evaluations stop at the L shell. The Auger electrons of the outer shells are added as one line a nuclide
   (`outer_auger`), whose energy follows from conservation of energy.
3. The 511 keV line leaves the X rays: positrons and their annihilation come from ``positrons.csv``.
4. UKDD-12 gives one mean energy for all beta transitions of a nuclide. Branches get means from allowed spectra (unique
   first forbidden for Y-90), scaled by one factor to that mean.
5. Alpha and beta intensities are scaled so that they add up to the branching fraction of ``branching.csv``: one alpha
   or beta particle an alpha or beta decay. UKDD-12 is off by up to 3 % (Bi-213).
6. Gaps of UKDD-12 are filled (`ADDITIONS`) or lines replaced (`REPLACED`), each with its source.
7. Lines below 1e-7 per decay are left out.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import actigamma
import numpy as np
from scipy.special import loggamma

ROOM = Path(__file__).resolve().parents[1] / "src" / "ferrotope" / "nuclides"
UKDD = Path(actigamma.__file__).parent / "data" / "lines_decay_2012.min.json"
LEAST = 1e-7  # per decay
ELECTRON = 510998.95  # rest energy, eV, CODATA 2018
ABOUT = (
    "Emission lines of UKDD-12, the decay library of the UK Atomic Energy Authority (2012), as packaged in actigamma "
    "0.1.5 (Apache License 2.0), selected and changed as NOTICE.md says. Energies in eV, intensities per decay. Rows: "
    "energy, intensity, sd of the intensity; for beta-: mean energy, endpoint, intensity, sd. Made by "
    "tools/build_nuclide_data.py."
)

# Energies (eV) at which UKDD-12 lists Auger electrons, by emitting element: K, L and where given M shell.
AUGER_LINES = {
    "O": (520.0,),
    "Ca": (3300.0, 3396.0, 310.0, 300.0),
    "Sc": (3640.0, 3749.0, 370.0, 350.0),
    "Ti": (4000.0, 420.0),
    "Cr": (4780.0, 540.0),
    "Mn": (5190.0, 610.0),
    "Fe": (5818.0, 660.0, 41.6),
    "Co": (6070.0, 750.0),
    "Ni": (6540.0, 840.0),
    "Zn": (7530.0, 7811.0, 990.0, 1000.0, 65.1),
    "Ga": (8040.0, 1100.0),
    "Ge": (8560.0, 1190.0),
    "Sr": (12100.0, 1790.0),
    "Y": (12700.0, 13291.0, 1750.0, 1910.0, 264.0),
    "Tc": (15500.0, 2170.0),
    "Ru": (16200.0, 2530.0),
    "Cd": (19300.0, 20446.0, 2720.0, 2723.0, 570.0),
    "Te": (22700.0, 3190.0),
    "Xe": (24600.0, 3430.0),
    "Nd": (32551.0, 4230.0, 1251.0),
    "Pm": (33175.0, 4381.0, 1311.0),
    "Sm": (32600.0, 34902.0, 4530.0, 1374.0),
    "Eu": (33700.0, 4690.0),
    "Gd": (34900.0, 4840.0),
    "Dy": (39907.0, 5163.0, 1638.0),
    "Ho": (38400.0, 41222.0, 5328.0, 5330.0, 1707.0),
    "Er": (39700.0, 5500.0),
    "Tm": (40900.0, 5670.0),
    "Lu": (46746.0, 6016.0, 2001.0),
    "Hf": (44800.0, 48189.0, 6180.0, 6183.0, 2090.0),
    "W": (51145.0, 6526.0, 2271.0),
    "Re": (52672.0, 6703.0, 2362.0),
    "Os": (48300.0, 54226.0, 6880.0, 2458.0),
    "Hg": (53800.0, 7600.0),
    "Tl": (62417.0, 7783.0, 2990.0),
    "Pb": (56700.0, 64141.0, 7966.0, 7970.0, 3108.0),
    "Bi": (58200.0, 65901.0, 8150.0, 8151.0, 3228.0),
    "Po": (59700.0, 67681.0, 8330.0, 8333.0, 3357.0),
    "At": (69501.0, 8518.0, 3489.0),
    "Rn": (71357.0, 8706.0, 3619.0),
    "Fr": (73245.0, 8895.0, 3756.0),
    "Ra": (65900.0, 75175.0, 9090.0, 9188.0, 9478.0, 4176.0),
}
# Binding energies K, L1, L2, L3 (eV) of the elements whose Auger electrons UKDD-12 gives for K and L only.
# Elam, Ravel, Sieber, Radiat Phys Chem 2002;63:121, doi:10.1016/S0969-806X(01)00227-4, as carried by XrayDB.
BINDING = {
    "Ca": (4038, 438, 350, 346),
    "Sc": (4492, 498, 404, 399),
    "Ti": (4966, 561, 460, 454),
    "Cr": (5989, 696, 584, 574),
    "Mn": (6539, 769, 650, 639),
    "Co": (7709, 925, 793, 778),
    "Ni": (8333, 1009, 870, 853),
    "Zn": (9659, 1196, 1045, 1022),
    "Ga": (10367, 1299, 1143, 1116),
    "Ge": (11103, 1415, 1248, 1217),
    "Sr": (16105, 2216, 2007, 1940),
    "Y": (17038, 2373, 2156, 2080),
    "Tc": (21044, 3043, 2793, 2677),
    "Cd": (26711, 4018, 3727, 3538),
    "Te": (31814, 4939, 4612, 4341),
    "Xe": (34561, 5453, 5107, 4786),
    "Sm": (46834, 7737, 7312, 6716),
    "Eu": (48519, 8052, 7617, 6977),
    "Gd": (50239, 8376, 7930, 7243),
    "Ho": (55618, 9394, 8918, 8071),
    "Er": (57486, 9751, 9264, 8358),
    "Tm": (59390, 10116, 9617, 8648),
    "Hf": (65351, 11271, 10739, 9561),
    "Os": (73871, 12968, 12385, 10871),
    "Hg": (83102, 14839, 14209, 12284),
    "Pb": (88005, 15861, 15200, 13035),
    "Bi": (90526, 16388, 15711, 13419),
    "Po": (93105, 16939, 16244, 13814),
    "Ra": (103922, 19237, 18484, 15444),
}
# UKDD-12 leaves out the atomic shell after electron capture in Mn-52 (K X rays 0.003 per decay instead of 0.17).
# UKDD-12 has the endpoints of Cu-67 for a Q value of 577 keV; ENSDF 2023 has 561.7 keV.
REPLACED = {"Mn-52": ("x", "auger"), "Cu-67": ("beta-",)}
# Nuclides whose mean beta energy in UKDD-12 does not fit the lines: Ho-166m has 51.9 keV where its own branches give 43
# and ENSDF 40.3.
OWN_MEANS = ("Cu-67", "Ho-166m")
ENDF_MN52 = "ENDF/B-VII.1 decay sublibrary, dec-025_Mn_052.endf"
ENDF_ER169 = "ENDF/B-VII.1 decay sublibrary, dec-068_Er_169.endf"
ENSDF = "endpoint of ENSDF, September 2023; intensity of UKDD-12"
ADDITIONS = {
    "Cu-67": (
        ("beta-", 168.17e3, 0.011, 0.0001, ENSDF),
        ("beta-", 377.123e3, 0.571, 0.0002, ENSDF),
        ("beta-", 468.389e3, 0.218, 0.0009, ENSDF),
        ("beta-", 561.7e3, 0.2, 0.02, ENSDF),
    ),
    "Mn-52": (
        ("x", 497.8337, 3.287715e-3, 3.1e-4, ENDF_MN52),
        ("x", 574.4329, 4.110823e-4, 4.9e-5, ENDF_MN52),
        ("x", 614.3064, 6.021114e-4, 4.1e-5, ENDF_MN52),
        ("x", 5367.86, 5.288281e-2, 5.4e-3, ENDF_MN52),
        ("x", 5376.79, 1.038048e-1, 1.1e-2, ENDF_MN52),
        ("x", 5906.35, 6.080026e-3, 6.2e-4, ENDF_MN52),
        ("x", 5907.40, 1.197639e-2, 1.2e-3, ENDF_MN52),
        ("auger", 36.17227, 2.231760, 0.23, ENDF_MN52),
        ("auger", 61.26355, 2.453470e-1, 1.5e-2, ENDF_MN52),
        ("auger", 502.8570, 1.086411, 5.9e-2, ENDF_MN52),
        ("auger", 547.2764, 8.949484e-3, 8.5e-4, ENDF_MN52),
        ("auger", 4747.947, 3.636259e-1, 2.9e-2, ENDF_MN52),
        ("auger", 5294.539, 8.483460e-2, 5.0e-3, ENDF_MN52),
        ("auger", 5844.748, 5.291627e-3, 3.7e-4, ENDF_MN52),
    ),
    # UKDD-12 has only the M electrons of the 8.4 keV transition, and none of the Auger electrons that fill the M shell.
    # They carry what the M electron (6.0942 keV, 0.336 per decay) leaves of 8.401 keV.
    "Er-169": (
        ("conversion", 7938.469, 8.19e-2, 9.4e-3, ENDF_ER169),
        ("conversion", 8370.870, 1.08e-2, 1.2e-3, ENDF_ER169),
        ("auger", 2306.8, 0.336, 0.05, "conservation of energy"),
    ),
}


def rows(name: str) -> list[dict[str, str]]:
    """Rows of one of the room's tables."""
    with (ROOM / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def lines(entry: dict, kind: str) -> list[tuple[float, float, float]]:
    """Energy (eV), intensity per decay and its sd of one kind of radiation."""
    if kind not in entry:
        return []
    block = entry[kind]["lines"]
    columns = zip(
        *(block[key] for key in ("energies", "intensities", "intensities_unc", "norms", "norms_unc")), strict=True
    )
    return [(energy, i * n, math.hypot(u * n, i * v)) for energy, i, u, n, v in columns]


def outer_auger(element: str, x: list, auger: list) -> list[tuple[float, float, float]]:
    """One line for the Auger electrons of the M and further shells, by conservation of energy.

    Every listed K line fills a K vacancy and every listed L line an L vacancy. Their binding energies less the L
    vacancies that K lines leave, the X rays and the listed Auger electrons is what the outer shells emit. A K X ray
    below B_K - 0.75 B_L1 is Kalpha and leaves one L vacancy; a K Auger electron is taken to leave 1.6 (KLL 2, KLX 1).
    The number of electrons is that of the outer vacancies left; each is given the mean energy.
    """
    k, l1, l2, l3 = BINDING[element]
    l_mean = (l1 + l2 + 2 * l3) / 4
    k_x = [row for row in x if 0.75 * k < row[0] <= k]
    l_x = [row for row in x if row[0] <= l1]
    k_auger = [row for row in auger if row[0] > l1]
    l_auger = [row for row in auger if row[0] <= l1]
    total = {name: sum(row[1] for row in part) for name, part in zip("abcd", (k_x, l_x, k_auger, l_auger), strict=True)}
    alpha = sum(row[1] for row in k_x if row[0] < k - 0.75 * l1)
    energy = (total["a"] + total["c"]) * k + (total["b"] + total["d"] - alpha - 1.6 * total["c"]) * l_mean
    energy -= sum(e * i for e, i, _ in [*k_x, *l_x, *auger])
    count = (total["a"] - alpha) + total["b"] + 0.4 * total["c"] + 2.0 * total["d"]
    if count < LEAST or energy <= 0:
        return []
    # A fifth: the numbers of vacancies per transition are averages.
    return [(energy / count, count, 0.2 * count)]


def outer_lines(elements: set[str], x: list, auger: list) -> list[tuple[float, float, float]]:
    """`outer_auger` of the element that emits most Auger electrons, where the evaluation stops at its L shell."""
    emitters = [element for element in elements if element in BINDING]
    if not emitters:
        return []
    energies = {element: AUGER_LINES[element] for element in emitters}
    main = max(emitters, key=lambda element: sum(row[1] for row in auger if row[0] in energies[element]))
    listed = [row[0] for row in auger if row[0] in energies[main]]
    if not listed or min(listed) < BINDING[main][3] / 3:
        return []
    return outer_auger(main, x, auger)


def mean_beta(endpoint: float, z: int, a: int, unique: bool) -> float:
    """Mean energy (eV) of a beta minus branch, point nucleus, no screening."""
    energy = endpoint * (np.arange(2000) + 0.5) / 2000
    w = 1 + energy / ELECTRON
    p = np.sqrt(w * w - 1)
    q = (endpoint - energy) / ELECTRON
    radius, strength = 2.9e-3 * a ** (1 / 3), z / 137.036

    def fermi(k: int) -> np.ndarray:
        g = math.sqrt(k * k - strength**2)
        return (2 * p * radius) ** (2 * (g - k)) * np.exp(
            math.pi * strength * w / p + 2 * np.real(loggamma(g + 1j * strength * w / p)) - 2 * loggamma(1 + 2 * g)
        )

    shape = p * w * q * q * fermi(1)
    if unique:
        # lambda_2 = F_1/F_0 with the factors [k (2k-1)!!]^2 4^k of k = 2 and k = 1, (6^2 16)/(1 4) = 144; the Coulomb
        # weights (2 + g_2)/(2 (1 + g_1)) are 1 within 2 %.
        shape = shape * (q * q + 144 * fermi(2) / fermi(1) * p * p)
    return float(np.sum(energy * shape) / np.sum(shape))


def compact(name: str, entry: dict, daughters: list[dict[str, str]]) -> dict:
    """The record of one nuclide."""
    z, a = divmod(entry["zai"] // 10, 1000)
    share = {
        mode: sum(float(row["fraction"]) for row in daughters if row["mode"] == mode) for mode in ("alpha", "beta-")
    }
    elements = {row["daughter"].split("-")[0] for row in daughters}
    auger_energies = {energy for element in elements for energy in AUGER_LINES.get(element, ())}
    electrons = lines(entry, "electron")
    out: dict[str, list] = {
        "gamma": lines(entry, "gamma"),
        "x": [row for row in lines(entry, "x-ray") if not 509e3 < row[0] < 513e3],
        "conversion": [row for row in electrons if row[0] not in auger_energies],
        "auger": [row for row in electrons if row[0] in auger_energies],
        "alpha": lines(entry, "alpha") if share["alpha"] else [],
        "beta-": lines(entry, "beta") if share["beta-"] else [],
    }
    for kind in REPLACED.get(name, ()):
        out[kind] = []
    out["auger"] += outer_lines(elements, out["x"], out["auger"])
    for kind, energy, intensity, sd, _ in ADDITIONS.get(name, ()):
        out[kind].append((energy, intensity, sd))
    for mode in ("alpha", "beta-"):
        total = sum(row[1] for row in out[mode])
        if out[mode] and abs(total / share[mode] - 1) > 0.005:
            print(f"{name}: {mode} intensities add up to {total:.4f}, branching {share[mode]:.4f}")
        out[mode] = [(energy, i * share[mode] / total, u * share[mode] / total) for energy, i, u in out[mode]]
    if out["beta-"]:
        means = [mean_beta(row[0], z + 1, a, name == "Y-90") for row in out["beta-"]]
        ours = sum(mean * row[1] for mean, row in zip(means, out["beta-"], strict=True)) / share["beta-"]
        theirs = entry["beta"]["mean_energy"] / sum(row[1] for row in lines(entry, "beta"))
        scale = 1.0 if name in OWN_MEANS else theirs / ours
        if abs(theirs / ours - 1) > 0.01:
            print(f"{name}: mean beta energy of UKDD-12 {theirs / ours:.4f} of that of spectra, used {scale:.4f}")
        out["beta-"] = [(mean * scale, *row) for mean, row in zip(means, out["beta-"], strict=True)]
    record: dict = {"half_life": entry["halflife"]}
    for kind, found in out.items():
        kept = sorted(row for row in found if row[-2] >= LEAST)
        if kept:
            record[kind] = [[*(float(f"{v:.7g}") for v in row[:-1]), float(f"{row[-1]:.3g}")] for row in kept]
    return record


def main() -> None:
    """Write the file."""
    raw = json.loads(UKDD.read_text())
    daughters: dict[str, list[dict[str, str]]] = {}
    for row in rows("branching.csv"):
        daughters.setdefault(row["parent"], []).append(row)
    nuclides = {name: compact(name, raw[name.replace("-", "")], daughters[name]) for name in daughters}
    text = ",\n".join(f'"{name}":{json.dumps(record, separators=(",", ":"))}' for name, record in nuclides.items())
    target = ROOM / "emissions.json"
    target.write_text(f'{{"about":{json.dumps(ABOUT)},\n"nuclides":{{\n{text}\n}}}}\n', encoding="utf-8")
    print(f"{target.name}: {len(nuclides)} nuclides, {target.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
