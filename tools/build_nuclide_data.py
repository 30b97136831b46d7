"""Compact the emission lines of UKDD-12 (actigamma) into ``src/ferrotope/nuclides/emissions.json``.

Run by a developer, never by a user: ``python tools/build_nuclide_data.py``. Needs actigamma 0.1.5, fisx 1.3.2 and this
project.

What is done to UKDD-12, besides selection:

1. Electrons are split into conversion and Auger electrons. UKDD-12 gives the Auger electrons of an element as one line
   a shell (K, L, in newer evaluations M too), at the same energy in every nuclide. `AUGER_LINES` lists these energies.
   Each lies below the K binding energy of its element and, unlike a conversion electron, recurs in nuclides of other
   mass number and does not move with the gamma energies. Everything else is a conversion electron.
2. UKDD-12 lumps the Auger electrons of a shell and mostly stops at the L shell. For the element that emits most of
   them they are replaced by the whole cascade of EADL97 rates (`atomic_relaxation`), which starts from the vacancies of
   UKDD-12 (`vacancies`).
3. The 511 keV line leaves the X rays: positrons and their annihilation come from ``positrons.csv``.
4. UKDD-12 gives one mean energy for all beta transitions of a nuclide. Branches get means from
   `ferrotope.nuclides.beta` (unique forbidden shapes where ``unique_branches.csv`` has them), scaled by one factor to
   that mean.
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
from atomic_relaxation import auger_lines, binding, from_k

from ferrotope.nuclides.beta import beta_energy_spectrum
from ferrotope.nuclides.data import unique_order
from ferrotope.nuclides.names import SYMBOLS
from ferrotope.units.constants import ELEMENTARY_CHARGE

ROOM = Path(__file__).resolve().parents[1] / "src" / "ferrotope" / "nuclides"
UKDD = Path(actigamma.__file__).parent / "data" / "lines_decay_2012.min.json"
LEAST = 1e-7  # per decay
LEAST_CONVERSION = 50.0  # eV; below stand M Auger electrons of light elements
# M and further captures per L capture, at Z: about those of W. Bambynek et al., Rev Mod Phys 1977;49:77 (recalled).
OUTER_CAPTURE = ((20, 45, 70, 90), (0.16, 0.25, 0.30, 0.34))
ABOUT = (
    "Emission lines of UKDD-12, the decay library of the UK Atomic Energy Authority (2012), as packaged in actigamma "
    "0.1.5 (Apache License 2.0), selected and changed as NOTICE.md says. Energies in eV, intensities per decay. Rows: "
    "energy, intensity, sd of the intensity; for beta-: mean energy, endpoint, intensity, sd. Made by "
    "tools/build_nuclide_data.py."
)

# Energies (eV) at which UKDD-12 lists Auger electrons, by emitting element: K, L and where given M shell.
AUGER_LINES = {
    "B": (170.0,),
    "C": (260.0,),
    "N": (380.0,),
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
    "As": (9110.0, 1240.0),
    "Se": (9670.0, 10066.0, 1320.0, 1330.0, 135.0),
    "Kr": (10800.0, 1500.0),
    "Sr": (12100.0, 1790.0),
    "Y": (12700.0, 13291.0, 1750.0, 1910.0, 264.0),
    "Tc": (15500.0, 2170.0),
    "Ru": (16200.0, 2530.0),
    "Rh": (17000.0, 2390.0),
    "Cd": (19300.0, 20446.0, 2720.0, 2723.0, 570.0),
    "Sn": (22244.0, 2951.0, 667.0),
    "Te": (22700.0, 3190.0),
    "Xe": (24600.0, 26087.0, 3419.0, 3430.0, 889.0),
    "Ba": (26400.0, 3670.0),
    "La": (27400.0, 3800.0),
    "Nd": (32551.0, 4230.0, 1251.0),
    "Pm": (33175.0, 4381.0, 1311.0),
    "Sm": (32600.0, 34902.0, 4530.0, 1374.0),
    "Eu": (33700.0, 4690.0),
    "Gd": (34900.0, 4840.0),
    "Dy": (39907.0, 5163.0, 1638.0),
    "Ho": (38400.0, 41222.0, 5328.0, 5330.0, 1707.0),
    "Er": (39700.0, 42560.0, 5495.0, 5500.0, 1777.0),
    "Tm": (40900.0, 5670.0),
    "Lu": (46746.0, 6016.0, 2001.0),
    "Hf": (44800.0, 48189.0, 6180.0, 6183.0, 2090.0),
    "W": (51145.0, 6526.0, 2271.0),
    "Re": (52672.0, 6703.0, 2362.0),
    "Os": (48300.0, 54226.0, 6880.0, 2458.0),
    "Pt": (51000.0, 7240.0),
    "Au": (59057.0, 7422.0, 2763.0),
    "Hg": (53800.0, 60722.0, 7600.0, 7604.0, 2873.0),
    "Tl": (55200.0, 62417.0, 7780.0, 7783.0, 2990.0),
    "Pb": (56700.0, 64141.0, 7966.0, 7970.0, 3108.0),
    "Bi": (58200.0, 65901.0, 8150.0, 8151.0, 3228.0),
    "Po": (59700.0, 67681.0, 8330.0, 8333.0, 3357.0),
    "At": (69501.0, 8518.0, 3489.0),
    "Rn": (71357.0, 8706.0, 3619.0),
    "Fr": (73245.0, 8895.0, 3756.0),
    "Ra": (65900.0, 75175.0, 9090.0, 9188.0, 9478.0, 4176.0),
}
# UKDD-12 leaves out the atomic shell after electron capture in Mn-52 (K X rays 0.003 per decay instead of 0.17).
# UKDD-12 has the endpoints of Cu-67 for a Q value of 577 keV; ENSDF 2023 has 561.7 keV.
# UKDD-12 has only a part of the conversion and Auger electrons of Sc-47.
REPLACED = {"Mn-52": ("x", "auger"), "Sc-47": ("x", "auger", "conversion"), "Cu-67": ("beta-",)}
# Element of the Auger electrons where UKDD-12 has none.
MAIN_ELEMENT = {"Er-169": "Tm"}
# Nuclides whose mean beta energy in UKDD-12 does not fit the lines: Ho-166m has 51.9 keV where its own branches give 43
# and ENSDF 40.3; Sr-90 has 174 keV, the mean of an allowed spectrum, where ENSDF has 195.7.
OWN_MEANS = ("Cu-67", "Sr-90", "Ho-166m")
ENDF_MN52 = "ENDF/B-VII.1 decay sublibrary, dec-025_Mn_052.endf"
ENDF_MN52M = "ENDF/B-VII.1 decay sublibrary, dec-025_Mn_052m1.endf: transition of 1434 keV"
ENDF_SC47 = "ENDF/B-VII.1 decay sublibrary, dec-021_Sc_047.endf"
ENSDF_TL208 = "coefficients of the E3 transition of 2614.5 keV in ENSDF, September 2023; sd of 3 % assumed"
ENDF_Y90 = "ENDF/B-VII.1 decay sublibrary, dec-039_Y_090.endf: E0 transition of 1760.7 keV"
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
    "Mn-52m": (
        ("conversion", 1428071.0, 6.151433e-5, 9.1e-7, ENDF_MN52M),
        ("conversion", 1433366.0, 5.677867e-6, 8.4e-8, ENDF_MN52M),
        ("conversion", 1434060.0, 7.751925e-7, 1.1e-8, ENDF_MN52M),
    ),
    "Sc-47": (
        ("x", 4469.38, 1.79137e-4, 2.0e-5, ENDF_SC47),
        ("x", 4475.36, 3.52572e-4, 4.0e-5, ENDF_SC47),
        ("x", 4895.95, 6.045842e-5, 5.1e-6, ENDF_SC47),
        ("auger", 380.9494, 4.601358e-3, 2.8e-4, ENDF_SC47),
        ("auger", 425.0974, 1.074373e-4, 1.0e-5, ENDF_SC47),
        ("auger", 3967.213, 1.751639e-3, 1.4e-4, ENDF_SC47),
        ("auger", 4402.519, 4.055263e-4, 2.5e-5, ENDF_SC47),
        ("auger", 4841.629, 2.364270e-5, 1.7e-6, ENDF_SC47),
        ("conversion", 154414.6, 2.772980e-3, 1.4e-4, ENDF_SC47),
        ("conversion", 158817.3, 2.772980e-4, 2.8e-5, ENDF_SC47),
        ("conversion", 159381.0, 3.734643e-5, 2.1e-6, ENDF_SC47),
    ),
    # UKDD-12 lacks the conversion of the strongest transition.
    "Tl-208": (
        ("conversion", 2526.5e3, 1.708e-3, 5e-5, ENSDF_TL208),
        ("conversion", 2598.7e3, 2.92e-4, 9e-6, ENSDF_TL208),
        ("conversion", 2611.0e3, 6.85e-5, 2e-6, ENSDF_TL208),
        ("conversion", 2613.7e3, 2.12e-5, 6e-7, ENSDF_TL208),
    ),
    "Y-90": (
        ("conversion", 1742702.0, 1.0235e-4, 2.0e-5, ENDF_Y90),
        ("conversion", 1758168.0, 1.265e-5, 2.5e-6, ENDF_Y90),
    ),
    # UKDD-12 has only the M electrons of the 8.4 keV transition.
    "Er-169": (
        ("conversion", 7938.469, 8.19e-2, 9.4e-3, ENDF_ER169),
        ("conversion", 8370.870, 1.08e-2, 1.2e-3, ENDF_ER169),
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


def main_element(elements: set[str], auger: list) -> str | None:
    """Element that emits most of the Auger electrons of UKDD-12; None without any."""
    number = {element: sum(row[1] for row in auger if row[0] in AUGER_LINES.get(element, ())) for element in elements}
    main = max(sorted(number), key=lambda element: number[element])
    return main if number[main] > 0 else None


def conversion_shells(z: int, gamma: list, conversion: list) -> dict[str, float]:
    """Conversion electrons of K, L, M, N and of M1 alone: by the binding energy that they lack of a gamma line.

    Where several gamma lines fit, the strongest counts. Energies of UKDD-12 and EADL97 differ by up to 0.5 %.
    """
    levels = binding(z)
    ranges = {
        "K": (levels["K"], levels["K"]),
        "L": (levels.get("L3", 0.0), levels["L1"]),
        "M": (0.9 * levels.get("M5", 0.0), levels.get("M1", 0.0)),
        "N": (0.0, levels.get("N1", 0.0)),
    }
    found = dict.fromkeys(("K", "L", "M", "M1", "N"), 0.0)
    for energy, intensity, _ in conversion:
        fits = [
            (strength, shell, line - energy)
            for line, strength, _ in gamma
            for shell, (low, high) in ranges.items()
            if high > 0 and abs(line - energy - min(max(line - energy, low), high)) < 0.005 * high + 30.0 + 3e-4 * line
        ]
        if fits:
            _, shell, missing = max(fits)
            # UKDD-12 lists M electrons at a mean binding energy, ENDF/B-VII.1 at that of M1 where it means M1.
            found["M1" if shell == "M" and missing > 0.97 * levels["M1"] else shell] += intensity
    return found


def vacancies(z: int, x: list, auger: list, shells: dict[str, float], captures: float) -> dict[str, float]:
    """Primary vacancies per decay of the element that emits most.

    K: what UKDD-12 fills by X rays and Auger electrons; L: the same, less what K vacancies leave; outer shells:
    conversion electrons, and captures in proportion to those of the L shell. Captures leave L1, M1 and N1, conversion
    the subshells of L and M by their number of electrons.
    """
    levels = binding(z)
    k = sum(row[1] for row in x if 0.75 * levels["K"] < row[0] <= 1.01 * levels["K"])
    k += sum(row[1] for row in auger if row[0] > levels["L1"])
    filled = sum(row[1] for row in x if 0.5 * levels.get("L3", 0.0) < row[0] <= levels["L1"])
    filled += sum(row[1] for row in auger if 1.05 * levels.get("M1", 0.0) < row[0] < levels["L1"])
    inner = max(filled - k * from_k(z), 0.0)
    converted = min(shells["L"], inner)
    outer = max(captures - max(k - shells["K"], 0.0), 0.0)
    ratio = float(np.interp(z, *OUTER_CAPTURE))
    captured = outer * ratio / (1.0 + ratio)
    found = {
        "K": k,
        "L1": inner - 0.75 * converted,
        "L2": 0.25 * converted,
        "L3": 0.5 * converted,
        "M1": 0.25 * shells["M"] + shells["M1"] + 0.8 * captured,
        "M2": 0.25 * shells["M"],
        "M3": 0.5 * shells["M"],
        "N1": shells["N"] + 0.2 * captured,
    }
    return {name: number for name, number in found.items() if name in levels}


def mean_beta(endpoint: float, z: int, a: int, unique: int) -> float:
    """Mean energy (eV) of a beta minus branch."""
    energy, probability = beta_energy_spectrum(endpoint * ELEMENTARY_CHARGE, z, a, -1, unique=unique, points=1000)
    return float(energy @ probability) / ELEMENTARY_CHARGE


def compact(name: str, entry: dict, daughters: list[dict[str, str]], positrons: float) -> dict:
    """The record of one nuclide."""
    z, a = divmod(entry["zai"] // 10, 1000)
    share = {
        mode: sum(float(row["fraction"]) for row in daughters if row["mode"] == mode) for mode in ("alpha", "beta-")
    }
    elements = {row["daughter"].split("-")[0] for row in daughters}
    auger_energies = {energy for element in elements for energy in AUGER_LINES.get(element, ())}
    main = main_element(elements, lines(entry, "electron"))
    electrons = lines(entry, "electron")
    out: dict[str, list] = {
        "gamma": lines(entry, "gamma"),
        "x": [row for row in lines(entry, "x-ray") if not 509e3 < row[0] < 513e3],
        "conversion": [row for row in electrons if row[0] not in auger_energies and row[0] > LEAST_CONVERSION],
        "auger": [row for row in electrons if row[0] in auger_energies],
        "alpha": lines(entry, "alpha") if share["alpha"] else [],
        "beta-": lines(entry, "beta") if share["beta-"] else [],
    }
    for kind in REPLACED.get(name, ()):
        out[kind] = []
    for kind, energy, intensity, sd, _ in ADDITIONS.get(name, ()):
        out[kind].append((energy, intensity, sd))
    main = MAIN_ELEMENT.get(name, main)
    if main:
        z_main = SYMBOLS.index(main) + 1
        captures = sum(
            float(row["fraction"])
            for row in daughters
            if row["mode"] == "EC" and row["daughter"].startswith(f"{main}-")
        )
        own = [row for row in out["auger"] if row[0] in AUGER_LINES.get(main, ()) or name in REPLACED]
        shells = conversion_shells(z_main, out["gamma"], out["conversion"])
        holes = vacancies(z_main, out["x"], own, shells, max(captures - positrons, 0.0))
        relative = math.sqrt(sum(row[2] ** 2 for row in own)) / max(sum(row[1] for row in own), LEAST)
        out["auger"] = [row for row in out["auger"] if row not in own]
        # A fifth for the outer shells (rates) and what UKDD-12 states for its own lines.
        out["auger"] += [
            (energy, n, n * max(relative, 0.05 if energy > 1e3 else 0.2)) for energy, n in auger_lines(z_main, holes)
        ]
    for mode in ("alpha", "beta-"):
        total = sum(row[1] for row in out[mode])
        if out[mode] and abs(total / share[mode] - 1) > 0.005:
            print(f"{name}: {mode} intensities add up to {total:.4f}, branching {share[mode]:.4f}")
        out[mode] = [(energy, i * share[mode] / total, u * share[mode] / total) for energy, i, u in out[mode]]
    if out["beta-"]:
        means = [mean_beta(row[0], z + 1, a, unique_order(name, "beta-", row[0])) for row in out["beta-"]]
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
    positrons: dict[str, float] = {}
    for row in rows("positrons.csv"):
        positrons[row["nuclide"]] = positrons.get(row["nuclide"], 0.0) + 0.01 * float(row["intensity"])
    nuclides = {
        name: compact(name, raw[name.replace("-", "")], daughters[name], positrons.get(name, 0.0)) for name in daughters
    }
    text = ",\n".join(f'"{name}":{json.dumps(record, separators=(",", ":"))}' for name, record in nuclides.items())
    target = ROOM / "emissions.json"
    target.write_text(f'{{"about":{json.dumps(ABOUT)},\n"nuclides":{{\n{text}\n}}}}\n', encoding="utf-8")
    print(f"{target.name}: {len(nuclides)} nuclides, {target.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
