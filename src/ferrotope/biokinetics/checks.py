"""Tests that a biodistribution table must survive before anyone believes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ferrotope.biokinetics.activity import organ_mass
from ferrotope.biokinetics.retention import READING_ERROR
from ferrotope.biokinetics.table import BiodistributionTable
from ferrotope.errors import DataError

__all__ = [
    "Recovery",
    "SharedRatio",
    "check_recovery",
    "constant_ratios",
    "exceeds",
    "late_half_lives",
    "late_slope_warnings",
    "recovery",
]

COVERAGE = 2.0  # standard deviations by which a recovery may exceed 100 %


@dataclass(frozen=True, eq=False)
class Recovery:
    """Sum over the measured organs at each time of a table.

    Parameters
    ----------
    times : array, shape (n,)
        s.
    fraction : array, shape (n,)
        Of the administered amount, decay-corrected; a lower bound where organs are missing at that time.
    standard_deviation : array, shape (n,)
        Of the fraction, from the table's errors and the organ masses' variation.
    largest : tuple of str
        The organ that holds most at each time.
    parts : array, shape (n,)
        What that organ holds.
    unknown : tuple of str
        Organs left out because their mass is not known.
    """

    times: NDArray[np.float64]
    fraction: NDArray[np.float64]
    standard_deviation: NDArray[np.float64]
    largest: tuple[str, ...]
    parts: NDArray[np.float64]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class SharedRatio:
    """A stretch of times over which two tables differ by one constant factor.

    Parameters
    ----------
    organ : str
        Name.
    ratio : float
        Median of first over second.
    start, stop : float
        First and last time of the stretch in s.
    count : int
        Number of shared times in it.
    """

    organ: str
    ratio: float
    start: float
    stop: float
    count: int


def recovery(
    table: BiodistributionTable,
    masses: Mapping[str, float],
    *,
    mass_variations: Mapping[str, float] | None = None,
    half_life: float | None = None,
) -> Recovery:
    """Sum what was found in all organs at each time.

    Parameters
    ----------
    table : BiodistributionTable
        As measured.
    masses : mapping of str to float
        Organ masses in kg, used where the unit is %ID/g.
    mass_variations : mapping of str to float, optional
        Relative standard deviation of each organ's mass.
    half_life : float, optional
        Physical half-life in s, to correct a table that is not decay-corrected; without it such a table gives a lower
        bound.

    Returns
    -------
    Recovery
    """
    decay_constant = math.log(2.0) / half_life if half_life else 0.0
    times = table.times
    total, variance = np.zeros(times.size), np.zeros(times.size)
    most, which, unknown = np.zeros(times.size), [""] * times.size, []
    for organ, rows in table.organs.items():
        mass = organ_mass(organ, masses)
        if table.unit == "%ID/g" and mass is None:
            unknown.append(organ)
            continue
        grams = mass * 1e3 if table.unit == "%ID/g" and mass is not None else 1.0
        part = rows.values * table.decay_factor(rows.times, decay_constant) * grams / 100.0
        spread = rows.standard_deviations / np.sqrt(np.where(np.isfinite(rows.animals), rows.animals, 1.0))
        spread = np.hypot(
            np.where(np.isfinite(spread), spread, READING_ERROR * rows.values), table.resolution / math.sqrt(12)
        )
        relative = np.divide(spread, rows.values, out=np.zeros_like(spread), where=rows.values > 0)
        of_mass = (mass_variations or {}).get(organ, 0.0) if table.unit == "%ID/g" else 0.0
        at = np.searchsorted(times, rows.times)
        total[at] += part
        variance[at] += part**2 * (relative**2 + of_mass**2)
        for place, amount in zip(at, part, strict=True):
            if amount > most[place]:
                most[place], which[place] = amount, organ
    return Recovery(times, total, np.sqrt(variance), tuple(which), most, tuple(unknown))


def exceeds(found: Recovery) -> bool:
    """Whether the sum exceeds 100 % by more than two standard deviations at some time."""
    return bool((found.fraction - 1.0 > COVERAGE * found.standard_deviation).any())


def check_recovery(table: BiodistributionTable, found: Recovery, body_mass: float | None = None) -> None:
    """Refuse a table that finds more than was given.

    Parameters
    ----------
    table : BiodistributionTable
        The table.
    found : Recovery
        Its recovery.
    body_mass : float, optional
        kg, for the message.

    Raises
    ------
    DataError
        When the sum exceeds 100 % by more than two standard deviations at some time.
    """
    if not exceeds(found):
        return
    i = int(np.argmax(found.fraction - 1.0 - COVERAGE * found.standard_deviation))
    animal = f" in a body of {body_mass * 1e3:.4g} g" if body_mass else ""
    if table.unit == "%ID/g":
        remedy = 'check whether the numbers are %ID per organ (unit = "%ID"), and the subject\'s body mass'
    else:
        remedy = 'check whether the numbers are %ID per gram (unit = "%ID/g"), and whether organs are counted twice'
    if not table.decay_corrected:
        remedy += ", and whether the values are decay-corrected already (decay_corrected = true)"
    raise DataError(
        f"the organs hold {100 * found.fraction[i]:.0f} % of what was administered at {_time(found.times[i])}{animal}; "
        f"{found.largest[i].replace('_', ' ')} alone {100 * found.parts[i]:.0f} %",
        file=table.name or None,
        field="biodistribution",
        allowed=f"100 % within its error, here {100 * COVERAGE * found.standard_deviation[i]:.0f} %",
        remedy=remedy,
    )


def late_half_lives(table: BiodistributionTable) -> dict[str, tuple[float, float, float]]:
    """Half-life of each organ's values, as printed, between its last two times.

    Parameters
    ----------
    table : BiodistributionTable
        As measured.

    Returns
    -------
    dict of str to (float, float, float)
        Half-life in s (negative where the values rise, infinite where they are equal), and the two times in s. Organs
        with a zero, or with a rounding error above 10 %, at these times are left out.
    """
    found = {}
    for organ, rows in table.organs.items():
        if rows.times.size < 2:
            continue
        (t0, t1), (v0, v1) = rows.times[-2:], rows.values[-2:]
        if min(v0, v1) <= 0 or table.resolution / math.sqrt(12) > 0.1 * min(v0, v1):
            continue
        fall = math.log(v0 / v1)
        found[organ] = (math.log(2.0) * (t1 - t0) / fall if fall else math.inf, float(t0), float(t1))
    return found


def late_slope_warnings(table: BiodistributionTable, half_life: float, tolerance: float = 0.10) -> list[str]:
    """Find organs whose late values betray that the decay correction was stated the wrong way.

    A decay-corrected value that falls with the physical half-life, or an uncorrected one that would rise with it once
    corrected, is a coincidence or a mistake. Only intervals of 0.2 mean lives or more are judged: over shorter ones the
    slopes cannot be told apart.

    Parameters
    ----------
    table : BiodistributionTable
        As measured, with its stated reading.
    half_life : float
        Physical half-life in s.
    tolerance : float
        Relative difference of the slopes that counts as equal.

    Returns
    -------
    list of str
        One sentence an organ; empty when nothing is suspicious.
    """
    decay_constant = math.log(2.0) / half_life
    warnings = []
    for organ, (late, t0, t1) in late_half_lives(table).items():
        if decay_constant * (t1 - t0) < 0.2:
            continue
        slope = math.log(2.0) / late if math.isfinite(late) else 0.0
        span = f"from {_time(t0)} to {_time(t1)}"
        label = organ.replace("_", " ")
        if table.decay_corrected and abs(slope / decay_constant - 1.0) <= tolerance:
            warnings.append(
                f"{label} {span} falls with a half-life of {_time(late)}, the nuclide's own is {_time(half_life)}: "
                "the table, stated to be decay-corrected, may not be"
            )
        if not table.decay_corrected and abs(slope) <= tolerance * decay_constant:
            warnings.append(
                f"{label} {span} hardly changes although the nuclide decays with {_time(half_life)}: "
                "the table, stated not to be decay-corrected, may be"
            )
    return warnings


def constant_ratios(
    first: BiodistributionTable, second: BiodistributionTable, *, tolerance: float = 0.005, least: int = 4
) -> list[SharedRatio]:
    """Find stretches over which two tables agree but for one factor, closer than two experiments would.

    Parameters
    ----------
    first, second : BiodistributionTable
        As measured.
    tolerance : float
        Relative width within which ratios count as one, beside the rounding of the printed digits.
    least : int
        Shortest stretch of shared times that is reported.

    Returns
    -------
    list of SharedRatio
        The longest stretch of each organ. Values below 20 printed digits are not compared.
    """
    shared = []
    for organ in first.organs.keys() & second.organs.keys():
        a, b = first.organs[organ], second.organs[organ]
        pairs = [
            (t, a.values[i], b.values[j])
            for i, t in enumerate(a.times)
            for j in np.flatnonzero(np.abs(b.times - t) <= 0.01 * t)
            if a.values[i] > 10 * first.resolution and b.values[j] > 10 * second.resolution
        ]
        best = _longest(pairs, 0.5 * first.resolution, 0.5 * second.resolution, tolerance)
        if len(best) >= least:
            ratio = float(np.median([x / y for _, x, y in best]))
            shared.append(SharedRatio(organ, ratio, float(best[0][0]), float(best[-1][0]), len(best)))
    return sorted(shared, key=lambda item: (-item.count, item.organ))


def _longest(pairs: list[tuple[float, float, float]], half_a: float, half_b: float, tolerance: float):
    """Longest run of consecutive pairs whose possible ratios have one value in common."""
    best: list[tuple[float, float, float]] = []
    for start in range(len(pairs)):
        low, high = 0.0, math.inf
        for stop in range(start, len(pairs)):
            _, x, y = pairs[stop]
            low = max(low, (x - half_a) / (y + half_b) * (1 - tolerance))
            high = min(high, (x + half_a) / (y - half_b) * (1 + tolerance))
            if low > high:
                break
            if stop - start + 1 > len(best):
                best = pairs[start : stop + 1]
    return best


def _time(seconds: float) -> str:
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if abs(seconds) >= 3 * size or (unit == "min" and abs(seconds) >= size):
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
