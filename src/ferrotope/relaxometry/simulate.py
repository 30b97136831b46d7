"""Monte Carlo of protons that diffuse around magnetised spheres: R2* of free induction, R2 of echoes.

The medium is infinite. In a dilute suspension the phases that a proton gathers from objects placed at random are
independent, so that the signal is exp(-f X(t)): f is the volume fraction of cores, and X, the exponent that one object
gives, is an integral over all places of a proton in the whole of space. There is no cell whose size could enter.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as entry

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.relaxometry.regimes import (
    MOLAR_VOLUME,
    larmor_shift,
    r2_motional_averaging,
    r2star_static_dephasing,
    translational_time,
)
from ferrotope.units.checks import between, not_negative, positive

__all__ = ["SimulatedRelaxation", "periodic_cell_deficit", "random_cluster", "simulate_r2"]

_FLOOR = 0.12  # shortest step per radius: changes motional averaging by less than 0.3 %
_TIMES = 32  # of the decay curve of free induction
_INTERVALS = 6  # of a train that are simulated, in each half of it
_MOST_ECHOES = 1_000_000
_LATTICE = 2.837297 / (4.0 * math.pi)  # integral less lattice sum of 1/k^2 in a cubic cell of unit edge
_DENSE = 0.1  # volume fraction above which objects are not dilute
_TOUCH = 1.0 - 1e-9
_BATCHES = 20  # between which progress is reported
_MEMORY = 2e9  # bytes
# Nanoseconds on one core, for the estimate of time: a step, a core in a step, a time of an echo in a step.
_STEP_COST, _CORE_COST, _END_COST = 150.0, 25.0, 6.0


@dataclass(frozen=True)
class SimulatedRelaxation:
    """Relaxation of water by diffusion around magnetised spheres.

    Attributes
    ----------
    rate : float
        R2* or R2 in 1/s: the mean slope of -ln S over the second half of the time or of the train, and of a single
        echo over the whole.
    rate_error : float
        Its standard error.
    time : ndarray
        In s, starting at 0.
    signal : ndarray
        At `time`, 1 at the start.
    signal_error : ndarray
        Its standard error.
    volume_fraction : float
        Of cores.
    cell_bias : float
        Share of the rate that a simulation of one object in a periodic cubic cell of this volume fraction would have
        lacked, as its far field is cut off (see `periodic_cell_deficit`). Here the medium is infinite and nothing is
        lacking. Not a number beyond motional averaging, where that estimate does not hold.
    protons, steps : int
        Paths, and steps of all of them.
    seed : int
        With which the same numbers come out again.
    """

    rate: float
    rate_error: float
    time: NDArray[np.float64] = entry(repr=False)
    signal: NDArray[np.float64] = entry(repr=False)
    signal_error: NDArray[np.float64] = entry(repr=False)
    volume_fraction: float
    cell_bias: float
    protons: int
    steps: int
    seed: int

    def relaxivity(self, molar_volume: float = MOLAR_VOLUME) -> float:
        """Return the rate per iron in m3/(mol s), that is 1/(mM s).

        Parameters
        ----------
        molar_volume : float
            Volume of core per mole of iron, m3/mol.

        Returns
        -------
        float
            Of R2 or R2*.
        """
        return self.rate / self.volume_fraction * float(positive("molar_volume", molar_volume, "m3/mol"))


def simulate_r2(
    core_diameter: float,
    Mv: float,
    *,
    D: float,
    volume_fraction: float,
    echo_time: float | None = None,
    echoes: int = 1,
    duration: float | None = None,
    positions: ArrayLike | None = None,
    permeable: bool = False,
    shell_thickness: float = 0.0,
    shell_diffusion: float = 0.0,
    permeability: float | None = None,
    protons: int = 65536,
    seed: int = 0,
    longest: float = 600.0,
    progress: Callable[[float], object] | None = None,
) -> SimulatedRelaxation:
    """Return R2* or R2 of water with magnetised spheres, or clusters of them, by random walks.

    Parameters
    ----------
    core_diameter : float
        Of each core, m.
    Mv : float
        Magnetisation of the cores along the field, A/m.
    D : float
        Diffusion coefficient of water, m2/s.
    volume_fraction : float
        Volume of cores per volume of suspension, up to 0.1; the rate is that of the first order in it.
    echo_time : float, optional
        Between echoes, s, with a pulse halfway. Without it the free induction decays.
    echoes : int
        1 is Hahn's echo; more are the train of Carr, Purcell, Meiboom and Gill. Spheres with a large shift lose what is
        near them at the first echoes: a steady rate needs echoes*echo_time far above tau_D (dw TE)^(2/3).
    duration : float, optional
        Of free induction, s; by default about the relaxation time that theory foresees.
    positions : ndarray, optional
        Centres in m of the cores of a cluster, shape (n, 3), as of `random_cluster`; the suspension holds such clusters
        at random places and orientations. Without it, single cores at random places.
    permeable : bool
        Whether water goes freely through the cores, as through a porous bead or a cluster taken as one sphere. Its
        shift inside is then zero (Lorentz's local field).
    shell_thickness : float
        Of a layer without moment around each core, m.
    shell_diffusion : float
        Of water in that layer, m2/s, at most D; 0 keeps water out.
    permeability : float, optional
        Of a membrane around the layer, or around a permeable core that has none, m/s: water crosses it, either way, at
        this speed times its concentration. Without it there is no membrane.
    protons : int
        Number of paths, rounded up to a multiple of 64. The standard error falls with its square root.
    seed : int
        Of the random numbers. Each path has its own stream: the result does not depend on the number of threads.
    longest : float
        Time in s that the simulation may take by estimate, on the cores that there are; what would take longer is
        refused.
    progress : callable, optional
        Called with the share done, 0 to 1.

    Returns
    -------
    SimulatedRelaxation
        Rate with its standard error, and the decay.

    Raises
    ------
    InputError
        Where an argument is out of range, cores overlap, or time or memory would not suffice.

    Notes
    -----
    X' at time t is the mean of w(r) sin(phase of a path of length t that ends at r) over all places r, per volume of
    cores. Diffusion in equilibrium looks the same backwards, so that paths start at r, which is drawn where the shift w
    is large. Steps grow with the distance from the nearest surface, and a path is never cut off. Impermeable surfaces
    are mirrors.

    Examples
    --------
    >>> found = simulate_r2(10e-9, 3.5e5, D=3e-9, volume_fraction=1e-5, protons=64)
    >>> found.signal.size, found.rate_error > 0
    (33, True)
    """
    radius = _one("core_diameter", positive("core_diameter", core_diameter, "m")) / 2.0
    diffusion = _one("D", positive("D", D, "m2/s"))
    magnetisation = _one("Mv", not_negative("Mv", Mv, "A/m"))
    fraction = between("volume_fraction", positive("volume_fraction", volume_fraction), 0.0, _DENSE)
    fraction = _one("volume_fraction", fraction)
    echoes, protons, seed = _whole("echoes", echoes, 1), _whole("protons", protons, 2), _whole("seed", seed, 0)
    longest = _one("longest", positive("longest", longest, "s"))
    tau = float(translational_time(2.0 * radius, diffusion))
    shift = float(larmor_shift(magnetisation)) * tau
    wall, face, slow, floor = _surfaces(radius, diffusion, permeable, shell_thickness, shell_diffusion, permeability)
    leak = math.inf if permeability is None else permeability * radius / diffusion
    centres = _centres(positions, radius)
    if echo_time is not None:
        if duration is not None:
            raise InputError(
                "echoes last for echoes times echo_time",
                field="duration",
                value=duration,
                remedy="leave out one of them",
            )
        echo = _one("echo_time", positive("echo_time", echo_time, "s"))
        between("echoes", echoes, 1, _MOST_ECHOES)
        intervals, mixing = _train(echoes, echo / tau)
        times = echo * (intervals + 1.0)
        plan = (echo / tau, intervals, mixing)
    else:
        if echoes != 1:
            raise InputError(
                "echoes need their time", field="echo_time", remedy="give echo_time in s, or leave out echoes"
            )
        end = _foreseen(radius, magnetisation, diffusion, fraction) if duration is None else duration
        times = _one("duration", positive("duration", end, "s")) * np.arange(1, _TIMES + 1) / _TIMES
        plan = (times / tau,)
    curve = np.concatenate([[0.0], times])
    if shift == 0.0:
        whole, none = np.ones(curve.size), np.zeros(curve.size)
        return SimulatedRelaxation(0.0, 0.0, curve, whole, none, fraction, math.nan, protons, 0, seed)
    setting = (np.uint64(seed % 2**64), centres, shift, wall, face, slow, leak, floor)
    sums, squares, count, steps = _walk(setting, plan, protons, longest, progress)
    mean = sums / count
    error = np.sqrt(np.maximum(squares / count - mean**2, 0.0) / (count - 1))
    signal = np.exp(-fraction * mean[:-1])
    rate = float(fraction * mean[-1] / tau)
    missing = float(periodic_cell_deficit(2.0 * radius, magnetisation, fraction, D=diffusion, cores=len(centres)))
    averaged = shift * len(centres) ** (2.0 / 3.0) <= 1.0 and rate > 0
    return SimulatedRelaxation(
        rate=rate,
        rate_error=float(fraction * error[-1] / tau),
        time=curve,
        signal=np.concatenate([[1.0], signal]),
        signal_error=np.concatenate([[0.0], fraction * error[:-1] * signal]),
        volume_fraction=fraction,
        cell_bias=missing / rate if averaged else math.nan,
        protons=count,
        steps=steps,
        seed=seed,
    )


def periodic_cell_deficit(
    core_diameter: ArrayLike, Mv: ArrayLike, volume_fraction: ArrayLike, *, D: ArrayLike, cores: ArrayLike = 1
) -> NDArray[np.float64]:
    """Return by how much R2 in a periodic cubic cell with one object is below that of a suspension.

    Parameters
    ----------
    core_diameter : float or ndarray
        Of each core, m.
    Mv : float or ndarray
        Of the cores, A/m.
    volume_fraction : float or ndarray
        Of cores in the cell.
    D : float or ndarray
        Diffusion coefficient of water, m2/s.
    cores : int or ndarray
        Of the object in the cell.

    Returns
    -------
    float or ndarray
        In 1/s, averaged over orientations, to the leading order in the volume fraction: (4/5) f V n dw^2 c/(D L) with
        the volume V of a core, n cores, the edge L = (n V/f)^(1/3) of the cell and c = 0.2258. In the cell only the
        wave vectors of its lattice average the field: c/L is the integral of 1/k^2 over all of them less their sum.
        Valid in motional averaging. For single spheres it is 2.13 a/L of the rate, or 1.32 f^(1/3).

    Examples
    --------
    >>> whole = r2_motional_averaging(10e-9, 1e5, D=3e-9, molar_volume=1e-3)
    >>> f"{periodic_cell_deficit(10e-9, 1e5, 1e-3, D=3e-9) / whole:.3f}"
    '0.132'
    """
    volume = math.pi / 6.0 * positive("core_diameter", core_diameter, "m") ** 3
    fraction = positive("volume_fraction", volume_fraction)
    number = positive("cores", cores)
    edge = np.cbrt(number * volume / fraction)
    shift = larmor_shift(not_negative("Mv", Mv, "A/m"))
    return (0.8 * fraction * volume * number * shift**2 * _LATTICE / (positive("D", D, "m2/s") * edge))[()]


def random_cluster(count: int, core_diameter: float, phi_intra: float, *, seed: int = 0) -> NDArray[np.float64]:
    """Return centres of cores placed at random in a sphere without overlap.

    Parameters
    ----------
    count : int
        Number of cores.
    core_diameter : float
        In m.
    phi_intra : float
        Volume of cores per volume of the sphere, up to 0.25: random placing finds no room beyond.
    seed : int
        Of the random numbers.

    Returns
    -------
    ndarray, shape (count, 3)
        In m; the sphere has its centre at zero and the diameter core_diameter (count/phi_intra)^(1/3).

    Examples
    --------
    >>> random_cluster(5, 10e-9, 0.1).shape
    (5, 3)
    """
    count = _whole("count", count, 1)
    diameter = float(positive("core_diameter", core_diameter, "m"))
    phi = float(between("phi_intra", positive("phi_intra", phi_intra), 0.0, 0.25))
    reach = max(0.5 * np.cbrt(count / phi) - 0.5, 0.0)
    rng = np.random.default_rng(_whole("seed", seed, 0))
    placed = np.empty((count, 3))
    done, tries = 0, 0
    while done < count:
        if tries > 10_000 * count:
            raise InputError(
                "no room was found for all cores",
                field="phi_intra",
                value=phi_intra,
                remedy="lower phi_intra or take another seed",
            )
        tries += 1
        point = rng.uniform(-reach, reach, 3)
        if point @ point <= reach**2 and (np.sum((placed[:done] - point) ** 2, axis=1) >= 1.0).all():
            placed[done] = point
            done += 1
    return placed * diameter


def _surfaces(
    radius: float,
    diffusion: float,
    permeable: bool,
    thickness: float,
    shell_diffusion: float,
    permeability: float | None,
) -> tuple[float, float, float, float]:
    """Return, in core radii, where water is turned back, where it slows down, by how much, and the shortest step."""
    shell = _one("shell_thickness", not_negative("shell_thickness", thickness, "m")) / radius
    slow = between("shell_diffusion", shell_diffusion, 0.0, diffusion, "m2/s", "water in a shell is no faster")
    slow = _one("shell_diffusion", slow) / diffusion
    if permeability is not None:
        _one("permeability", not_negative("permeability", permeability, "m/s"))
        if (shell == 0.0 and not permeable) or (shell > 0.0 and slow == 0.0):
            raise InputError(
                "there is no water behind this membrane",
                field="permeability",
                value=permeability,
                remedy="give shell_thickness with shell_diffusion above 0, or permeable=True",
            )
        if shell == 0.0:
            return 0.0, 1.0, 1.0, _FLOOR
    elif shell == 0.0 or slow == 1.0:
        return (0.0 if permeable else 1.0), 0.0, 1.0, _FLOOR
    if slow > 0.0:
        return (0.0 if permeable else 1.0), 1.0 + shell, slow, min(_FLOOR, shell / 4.0)
    if permeable:
        raise InputError(
            "water cannot reach a permeable core through a shell that keeps it out",
            field="shell_diffusion",
            value=shell_diffusion,
            remedy="give shell_diffusion above 0, or permeable=False",
        )
    return 1.0 + shell, 0.0, 1.0, _FLOOR * (1.0 + shell)


def _centres(positions: ArrayLike | None, radius: float) -> NDArray[np.float64]:
    """Return the centres in core radii, refusing what is no cluster."""
    if positions is None:
        return np.zeros((1, 3))
    centres = np.ascontiguousarray(np.asarray(positions, dtype=float)) / radius
    if centres.ndim != 2 or centres.shape[1] != 3 or not len(centres) or not np.isfinite(centres).all():
        raise InputError(
            "centres of cores are wanted",
            field="positions",
            value=np.shape(positions),
            allowed="shape (n, 3), finite, in m",
        )
    if len(centres) > 1:
        from scipy.spatial import KDTree

        gaps, others = (found[:, 1] for found in KDTree(centres).query(centres, k=2))
        worst = int(gaps.argmin())
        if gaps[worst] < 2.0 * _TOUCH:
            raise InputError(
                f"cores {worst} and {others[worst]} overlap",
                field="positions",
                value=f"{gaps[worst] * radius:.3g} m apart",
                allowed=f"at least {2.0 * radius:.3g} m",
            )
    return centres - centres.mean(axis=0)


def _foreseen(radius: float, magnetisation: float, diffusion: float, fraction: float) -> float:
    """Return the relaxation time in s of single spheres by the lesser of both limits."""
    if magnetisation == 0.0:
        return 1.0
    rates = (
        r2_motional_averaging(2.0 * radius, magnetisation, D=diffusion, molar_volume=1.0),
        r2star_static_dephasing(magnetisation, molar_volume=1.0),
    )
    return 1.0 / (fraction * float(min(rates)))


def _train(echoes: int, echo: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the intervals of a train that are simulated, and the weights of their slopes.

    Row by row the weights give X at the end of each of these intervals, and last its slope in the second half. Between
    the intervals the slope is interpolated along the logarithm of their number.
    """
    middle = echoes // 2
    early, late = np.geomspace(1, max(middle, 1), _INTERVALS), np.linspace(middle + 1, echoes, _INTERVALS)
    chosen = np.unique(np.rint(np.concatenate([early, late])).astype(np.int64))
    chosen = chosen[chosen <= echoes]
    numbers = np.arange(1, echoes + 1)
    spread = [np.interp(np.log(numbers), np.log(chosen), unit) for unit in np.eye(chosen.size)]
    exponents = np.cumsum(spread, axis=1)[:, chosen - 1].T * echo
    second = (chosen > middle).astype(float)
    return chosen - 1, np.vstack([exponents, second / second.sum()])


def _walk(
    setting: tuple, plan: tuple, protons: int, longest: float, progress: Callable | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], int, int]:
    """Run the kernel in batches; return sums and sums of squares of the exponents, the protons and their steps."""
    from ferrotope.relaxometry.walk import GROUP, POINTS, walk_echoes, walk_free

    advance = walk_free if len(plan) == 1 else walk_echoes
    ends = 0 if len(plan) == 1 else plan[1].size * POINTS
    groups = -(-protons // GROUP)
    columns = plan[-1].shape[0] + 1
    threads = _threads()
    needed = 32.0 * columns * groups
    if needed > _MEMORY:
        raise InputError(
            f"the sums would take {needed / 1e9:.3g} GB of memory",
            field="protons",
            value=protons,
            allowed=f"up to {_MEMORY / 1e9:g} GB",
            remedy="take fewer protons",
        )
    cost = 1e-9 * (_STEP_COST + _CORE_COST * len(setting[1]) + _END_COST * ends) / threads
    share = int(longest / cost / groups)
    # The first groups say how long the paths are; they give up before they take more than all may.
    pilot = min(groups, 4 * threads)
    most = max(share * groups // pilot, 1)
    if share < GROUP:
        _refuse_time(protons * cost, longest, protons)
    sums, squares, taken = advance(0, pilot, *setting, *plan, most)
    estimate = float(taken.mean()) * groups * cost
    if estimate > longest or (taken >= most).any():
        _refuse_time(estimate, longest, protons)
    all_sums, all_squares, steps, done = [sums], [squares], int(taken.sum()), pilot
    batch = max(-(-groups // _BATCHES), threads)
    while done < groups:
        if progress is not None:
            progress(done / groups)
        count = min(batch, groups - done)
        sums, squares, taken = advance(done, count, *setting, *plan, np.iinfo(np.int64).max)
        all_sums.append(sums)
        all_squares.append(squares)
        steps, done = steps + int(taken.sum()), done + count
    if progress is not None:
        progress(1.0)
    # summed over groups in one order, whatever the batches were
    return np.concatenate(all_sums).sum(axis=0), np.concatenate(all_squares).sum(axis=0), groups * GROUP, steps


def _threads() -> int:
    import numba

    return min(numba.get_num_threads(), os.cpu_count() or 1)


def _refuse_time(estimate: float, longest: float, protons: int) -> None:
    raise InputError(
        f"the simulation would take about {estimate:.2g} s or more",
        field="protons",
        value=protons,
        allowed=f"{longest:g} s by estimate (longest)",
        remedy="take fewer protons, fewer echoes or a shorter duration, or raise longest",
    )


def _one(name: str, numbers: NDArray[np.float64]) -> float:
    if numbers.ndim:
        raise InputError("a single number is wanted", field=name, value=f"shape {numbers.shape}")
    return float(numbers)


def _whole(name: str, value: int, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError("a whole number is wanted", field=name, value=value, allowed=f"{least} or more")
    return int(value)
