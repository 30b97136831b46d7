"""Decay of any inventory of radionuclides and stable ones: activities, atoms and decays at any time.

The Bateman equations are solved path by path with divided differences of the exponential function, which stay exact for
equal and nearly equal half-lives, for daughters of microseconds below parents of years, and at short times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ferrotope.errors import InputError
from ferrotope.nuclides import data
from ferrotope.nuclides.emissions import RADIATIONS
from ferrotope.nuclides.names import is_stable, parse_name
from ferrotope.nuclides.nuclide import Nuclide

__all__ = ["Decayed", "chain_energies", "cumulated_decays", "decay", "exponential_difference"]

# Up to this spread of rate times time the Taylor series is summed; all its terms are positive.
_SERIES_SPREAD = 8.0
_SERIES_TERMS = 64


@dataclass(frozen=True)
class Decayed:
    """An inventory after some time.

    Attributes
    ----------
    times : array, shape (...)
        Times (s) since the inventory was given.
    activities : dict of str to array, shape (...)
        Activity (Bq) of every radionuclide.
    atoms : dict of str to array, shape (...)
        Number of atoms of every nuclide, stable ones included.
    """

    times: np.ndarray
    activities: dict[str, np.ndarray]
    atoms: dict[str, np.ndarray]


def decay(inventory: Mapping[str, float], times: ArrayLike, quantity: str = "activity") -> Decayed:
    """Let an inventory decay.

    Parameters
    ----------
    inventory : mapping of str to float
        By nuclide: activities (Bq), or numbers of atoms. Stable nuclides only as atoms.
    times : float or array, shape (...)
        Times (s), not negative, finite.
    quantity : str
        "activity" or "atoms": what the inventory holds.

    Returns
    -------
    Decayed
        Activities and atoms of all members of the chains, the given nuclides first.

    Raises
    ------
    InputError
        If a nuclide is unknown or given twice, an amount is negative or not finite, a stable nuclide has an activity,
        or a time is negative or not finite.

    Notes
    -----
    Source: H. Bateman, Proc Camb Phil Soc 1910;15:423, with the divided differences of A. McCurdy, K. C. Ng, B. N.
    Parlett, Math Comp 1984;43:501 (method; both from memory).

    Examples
    --------
    >>> state = decay({"Ac-225": 1e6}, 10 * 86400.0)
    >>> round(float(state.activities["Bi-213"]) / 1e6, 3)
    0.502
    """
    start = _atoms(inventory, quantity)
    moments = _times(times)
    if not np.all(np.isfinite(moments)):
        raise InputError("times must be finite", field="times", remedy="use cumulated_decays for all time")
    atoms: dict[str, np.ndarray] = {name: np.zeros(moments.shape) for name in start}
    for name, number in start.items():
        for path, share in _paths(name):
            amount = _amount(path, share, moments)
            atoms[path[-1]] = atoms.get(path[-1], np.zeros(moments.shape)) + number * amount
    activities = {name: _rate(name) * number for name, number in atoms.items() if name in data.half_lives()}
    return Decayed(moments, activities, atoms)


def cumulated_decays(
    inventory: Mapping[str, float], times: ArrayLike = np.inf, quantity: str = "activity"
) -> dict[str, np.ndarray]:
    """Decays of every member of the chains from the start to a time.

    Parameters
    ----------
    inventory : mapping of str to float
        By nuclide: activities (Bq), or numbers of atoms.
    times : float or array, shape (...)
        Times (s), not negative; infinity by default.
    quantity : str
        "activity" or "atoms": what the inventory holds.

    Returns
    -------
    dict of str to array, shape (...)
        Time-integrated activity (Bq s, the number of decays) of every radionuclide.

    Raises
    ------
    InputError
        As `decay`, but times may be infinite.
    """
    start = _atoms(inventory, quantity)
    moments = _times(times)
    finite = np.isfinite(moments)
    decays: dict[str, np.ndarray] = {name: np.zeros(moments.shape) for name in start if name in data.half_lives()}
    for name, number in start.items():
        for path, share in _paths(name):
            if path[-1] not in data.half_lives():
                continue
            # Decays are the atoms of a stable daughter that takes all of them; at last every atom has decayed.
            counted = np.full(moments.shape, share)
            counted[finite] = _amount((*path, ""), share, moments[finite])
            decays[path[-1]] = decays.get(path[-1], np.zeros(moments.shape)) + number * counted
    return decays


def chain_energies(nuclide: Nuclide | str, longest_half_life: float | None = None) -> dict[str, float]:
    """Mean energy per decay of the parent, with all decays of the daughters that follow from it.

    Parameters
    ----------
    nuclide : Nuclide or str
        The parent.
    longest_half_life : float, optional
        Daughters that live longer (s), and what comes after them, are left out; ten half-lives of the parent by
        default. One minute takes in prompt isomers only, such as Y-89m after Zr-89.

    Returns
    -------
    dict of str to float
        J per decay of the parent by radiation, for all of `RADIATIONS`.

    Notes
    -----
    Each daughter counts with its decays per decay of the parent over all time, which is its branching: what an organ
    absorbs that keeps the whole chain. In secular equilibrium it is also the energy at any moment.
    """
    parent = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    limit = 10.0 * parent.half_life if longest_half_life is None else longest_half_life
    total = dict.fromkeys(RADIATIONS, 0.0)
    for path, share in _paths(parent.name):
        if all(name in data.half_lives() for name in path) and all(
            data.half_lives()[name].value <= limit for name in path[1:]
        ):
            for radiation, energy in Nuclide(path[-1]).mean_energies().items():
                total[radiation] += share * energy
    return total


def exponential_difference(rates: Sequence[float], times: ArrayLike) -> np.ndarray:
    """Divided difference of exp(-rate t), the kernel of the Bateman equations.

    D = sum_i exp(-l_i t) / prod_(j != i) (l_j - l_i), continued to equal rates.

    Parameters
    ----------
    rates : sequence of float
        l (1/s), at least one, zero and repeated ones allowed.
    times : array, shape (n,)
        t (s), finite and not negative.

    Returns
    -------
    array, shape (n,)
        D in s^(k-1) for k rates; positive.

    Notes
    -----
    Where the largest and the smallest rate differ by more than 8/t, D follows from the differences without one of them;
    elsewhere from its Taylor series about the largest, whose terms are all positive. Neither loses digits.
    """
    times = np.asarray(times, dtype=float)
    return _difference(tuple(sorted(float(rate) for rate in rates)), times, {})


def _difference(rates: tuple[float, ...], times: np.ndarray, known: dict) -> np.ndarray:
    if rates in known:
        return known[rates]
    if len(rates) == 1:
        result = np.exp(-rates[0] * times)
    else:
        spread = rates[-1] - rates[0]
        near = spread * times <= _SERIES_SPREAD
        result = np.empty(times.shape)
        if np.any(near):
            result[near] = _series(rates, times[near])
        if not np.all(near):
            without = _difference(rates[:-1], times, known) - _difference(rates[1:], times, known)
            result[~near] = without[~near] / spread
    known[rates] = result
    return result


def _series(rates: tuple[float, ...], times: np.ndarray) -> np.ndarray:
    """exp(-l_max t) t^(k-1) sum_m h_m((l_max - l_i) t)/(m+k-1)!, h_m the complete homogeneous polynomials."""
    order = len(rates) - 1
    homogeneous = np.zeros((_SERIES_TERMS, *times.shape))
    homogeneous[0] = 1.0
    for rate in rates[:-1]:
        step = (rates[-1] - rate) * times
        for m in range(1, _SERIES_TERMS):
            homogeneous[m] += step * homogeneous[m - 1]
    # t^order/order! term by term, so that neither the power nor the factorial overflows.
    front = np.exp(-rates[-1] * times)
    for m in range(1, order + 1):
        front = front * times / m
    weight, total = np.ones(times.shape), homogeneous[0].copy()
    for m in range(1, _SERIES_TERMS):
        weight = weight / (m + order)
        total += weight * homogeneous[m]
    return front * total


def _amount(path: tuple[str, ...], share: float, times: np.ndarray) -> np.ndarray:
    """Atoms of the last nuclide of a path per atom of the first at the start."""
    rates = [_rate(name) for name in path]
    flat = times.reshape(-1)
    return (share * np.prod(rates[:-1]) * exponential_difference(rates, flat)).reshape(times.shape)


def _rate(name: str) -> float:
    record = data.half_lives().get(name)
    return np.log(2.0) / record.value if record else 0.0


def _paths(name: str) -> Iterator[tuple[tuple[str, ...], float]]:
    """All ways down from a nuclide to each descendant, with the product of the branching fractions."""
    stack: list[tuple[tuple[str, ...], float]] = [((name,), 1.0)]
    while stack:
        path, share = stack.pop(0)
        yield path, share
        for branch in data.branches().get(path[-1], ()):
            stack.append(((*path, branch.daughter), share * branch.fraction))


def _times(times: ArrayLike) -> np.ndarray:
    moments = np.asarray(times, dtype=float)
    if not np.all(moments >= 0):
        raise InputError("times must not be negative", field="times", value=_worst(moments), allowed="0 s and later")
    return moments


def _worst(moments: np.ndarray) -> str:
    return "NaN" if np.any(np.isnan(moments)) else f"{np.min(moments):g} s"


def _atoms(inventory: Mapping[str, float], quantity: str) -> dict[str, float]:
    if quantity not in ("activity", "atoms"):
        raise InputError(
            "an inventory holds activities or atoms", field="quantity", value=quantity, allowed="activity or atoms"
        )
    start: dict[str, float] = {}
    for text, amount in inventory.items():
        name = parse_name(text)
        if not (quantity == "atoms" and is_stable(name)):
            Nuclide(name)
        if not 0 <= amount < np.inf:
            raise InputError(
                "an amount must be a number from 0 up",
                field=f"inventory.{name}",
                value=f"{amount:g} {'Bq' if quantity == 'activity' else 'atoms'}",
                allowed="0 or more, finite",
            )
        if name in start:
            raise InputError(f"{name} stands in the inventory twice", field="inventory", value=text)
        start[name] = amount if quantity == "atoms" else amount / _rate(name)
    return start
