"""Compiled random walks of protons around magnetised spheres in an infinite medium.

Lengths are in core radii a and times in tau_D = a^2/D, so that water diffuses with 1 and a step of duration dt has the
standard deviation sqrt(2 dt) along each axis. Steps are short near a surface and grow with the distance from it: a
Brownian path may be looked at whenever its past says, without error.

The field has six directions at once, the axes of an icosahedron in a random orientation: a path serves for all of them,
and their mean of a product of two dipolar fields is that of all directions.

Each proton has random numbers of its own, and protons are summed in groups of fixed size: the threads change nothing.
"""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from ferrotope.kernels import kernel

__all__ = ["GROUP", "POINTS", "walk_echoes", "walk_free"]

GROUP = 64  # protons summed together
POINTS = 8  # times in each echo interval at which a path is read

_GROWTH = 0.25  # step per distance from the nearest surface
_AXES = 6
_TURN = 0.115  # keeps what the field gradient adds to the phase within a step below about 0.1 rad
_ECHO_STEP = 0.1  # longest step per echo time, where the echo is not whole
_WHOLE = 1e3  # (distance/a)^6/(n dw TE)^2 beyond which it is


@kernel
def _uniform(words):
    """Return the next number in (0, 1) of the stream whose state is words[0] (splitmix64)."""
    words[0] += np.uint64(0x9E3779B97F4A7C15)
    z = words[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (float(z >> np.uint64(11)) + 0.5) * 2.0**-53


@kernel
def _open_stream(words, seed, proton):
    """Set the state of the stream of a proton; the seed is scrambled before the proton is added to it."""
    words[0] = np.uint64(seed)
    _uniform(words)
    z = words[0] ^ (words[0] >> np.uint64(29))
    words[0] = z * np.uint64(0xD1342543DE82EF95) + np.uint64(proton) * np.uint64(0xDA942042E4DD58B5)
    _uniform(words)
    z = words[0]
    z = (z ^ (z >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    words[0] = z ^ (z >> np.uint64(32))


@kernel
def _normal(words, spare):
    """Return a standard normal number by the polar method; the second of a pair is kept in spare."""
    if spare[0] > 0.0:
        spare[0] = 0.0
        return spare[1]
    while True:
        x, y = 2.0 * _uniform(words) - 1.0, 2.0 * _uniform(words) - 1.0
        square = x * x + y * y
        if 0.0 < square < 1.0:
            scale = math.sqrt(-2.0 * math.log(square) / square)
            spare[0], spare[1] = 1.0, y * scale
            return x * scale


@kernel
def _direction(words):
    """Return a random direction."""
    z = 2.0 * _uniform(words) - 1.0
    angle = 2.0 * math.pi * _uniform(words)
    across = math.sqrt(1.0 - z * z)
    return across * math.cos(angle), across * math.sin(angle), z


@kernel
def _turn_axes(words, axes):
    """Fill axes, shape (6, 3), with the axes of an icosahedron in a random orientation."""
    frame = np.empty((3, 3))
    frame[0, 0], frame[0, 1], frame[0, 2] = _direction(words)
    length = 0.0
    while length < 0.1:
        frame[1, 0], frame[1, 1], frame[1, 2] = _direction(words)
        along = frame[0, 0] * frame[1, 0] + frame[0, 1] * frame[1, 1] + frame[0, 2] * frame[1, 2]
        length = math.sqrt(max(1.0 - along * along, 0.0))
    for k in range(3):
        frame[1, k] = (frame[1, k] - along * frame[0, k]) / length
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        frame[2, k] = frame[0, i] * frame[1, j] - frame[0, j] * frame[1, i]
    golden = 0.5 + 0.5 * math.sqrt(5.0)
    norm = math.sqrt(1.0 + golden * golden)
    for k in range(3):
        for i in range(3):
            short, long = frame[k, i] / norm, golden * frame[(k + 1) % 3, i] / norm
            axes[2 * k, i], axes[2 * k + 1, i] = long + short, long - short


@kernel
def _look(place, centres, axes, shift, shifts):
    """Fill shifts with those of each field direction at a place; return nearest sphere and distance from its centre.

    Inside a core the shift is zero: that of a uniform sphere with Lorentz's local field.
    """
    nearest, least = 0, np.inf
    shifts[:] = 0.0
    for i in range(centres.shape[0]):
        x, y, z = place[0] - centres[i, 0], place[1] - centres[i, 1], place[2] - centres[i, 2]
        square = x * x + y * y + z * z
        if square < least:
            least, nearest = square, i
        if square >= 1.0:
            inverse = 1.0 / square
            scale = shift * inverse * math.sqrt(inverse)
            for k in range(_AXES):
                along = x * axes[k, 0] + y * axes[k, 1] + z * axes[k, 2]
                shifts[k] += scale * (3.0 * along * along * inverse - 1.0)
    return nearest, math.sqrt(least)


@kernel
def _nearest(place, centres):
    """Return the nearest sphere and the distance from its centre."""
    nearest, least = 0, np.inf
    for i in range(centres.shape[0]):
        x, y, z = place[0] - centres[i, 0], place[1] - centres[i, 1], place[2] - centres[i, 2]
        square = x * x + y * y + z * z
        if square < least:
            least, nearest = square, i
    return nearest, math.sqrt(least)


@kernel
def _longest(distance, wall, face, floor, shift):
    """Return the longest step in time allowed at a distance from the nearest centre."""
    gap = abs(distance - (wall if wall > 0.0 else 1.0))
    if face > 0.0:
        gap = min(gap, abs(distance - face))
    step = max(floor, _GROWTH * gap)
    most = _TURN * max(distance, 1.0) ** 4
    if step**3 * shift > most:
        step = (most / shift) ** (1.0 / 3.0)
    return 0.5 * step * step


@kernel
def _mirror(place, centres, nearest, distance, radius, scale):
    """Move a place along the radius: its distance from a surface is turned around (scale -1) or changed."""
    new = radius + scale * (distance - radius)
    for k in range(3):
        place[k] = centres[nearest, k] + (place[k] - centres[nearest, k]) * new / distance


@kernel
def _move(place, trial, words, spare, centres, wall, face, slow, leak, distance, duration):
    """Move a proton for a duration.

    Spheres of radius `wall` are mirrors. Within `face` of a centre water diffuses with `slow`; the way in is open to
    the part sqrt(slow) of those that come, which keeps the density of water the same on both sides. A membrane there
    with the permeability `leak` lets only some through, in and out alike: 1/sqrt(pi duration) of the protons in a unit
    of volume come to a unit of surface in a unit of time.
    """
    inside = distance < face
    step = math.sqrt(2.0 * duration * (slow if inside else 1.0))
    for k in range(3):
        trial[k] = place[k] + step * _normal(words, spare)
    nearest, away = _nearest(trial, centres)
    if away < wall:
        if away < 1e-6 * wall:
            return
        _mirror(trial, centres, nearest, away, wall, -1.0)
        if centres.shape[0] > 1 and _nearest(trial, centres)[1] < wall:
            return  # thrown from one sphere into another: stays
    elif face > 0.0 and (away < face) != inside:
        scale = -1.0
        passing = leak * math.sqrt(math.pi * duration)
        if leak < np.inf and _uniform(words) * (passing + math.sqrt(slow)) > passing:
            pass  # held back by the membrane
        elif inside:
            scale = 1.0 / math.sqrt(slow)
        elif _uniform(words) < math.sqrt(slow):
            scale = math.sqrt(slow)
        _mirror(trial, centres, nearest, away, face, scale)
        if centres.shape[0] > 1 and _nearest(trial, centres)[1] < wall:
            return
    for k in range(3):
        place[k] = trial[k]


@kernel
def _start(place, words, centres, wall):
    """Choose a place and return the inverse of its density, per volume of cores; 0 where no water is.

    The distance from a random core is drawn with a density that falls with its power -3.5.
    """
    count = centres.shape[0]
    chosen = min(int(count * _uniform(words)), count - 1)
    inner = wall if wall > 0.0 else 1.0
    radius = inner / _uniform(words) ** 2
    x, y, z = _direction(words)
    place[0], place[1], place[2] = (
        centres[chosen, 0] + radius * x,
        centres[chosen, 1] + radius * y,
        centres[chosen, 2] + radius * z,
    )
    if _nearest(place, centres)[1] < wall:
        return 0.0
    density = 0.0
    for i in range(count):
        x, y, z = place[0] - centres[i, 0], place[1] - centres[i, 1], place[2] - centres[i, 2]
        square = x * x + y * y + z * z
        if square >= inner * inner:
            density += square**-1.75
    return 6.0 / (density * math.sqrt(inner))


@kernel
def _sine(x):
    """Return the sine, within 2e-7 of it and faster where the angle is small, as it is in weak fields."""
    square = x * x
    return x * (1.0 - square / 6.0 * (1.0 - square / 20.0)) if square < 0.09 else math.sin(x)


@kernel
def _free_group(group, seed, centres, shift, wall, face, slow, leak, floor, times, most, sums, squares):
    """Add the protons of one group to its sums and return their steps; see `walk_free`."""
    count, steps = times.shape[0], 0
    words = np.empty(1, dtype=np.uint64)
    place, trial, spare, axes = np.empty(3), np.empty(3), np.empty(2), np.empty((_AXES, 3))
    here, before, weights = np.empty(_AXES), np.empty(_AXES), np.empty(_AXES)
    phases = np.empty(_AXES)
    for member in range(GROUP):
        _open_stream(words, seed, group * GROUP + member)
        spare[0] = 0.0
        _turn_axes(words, axes)
        room = _start(place, words, centres, wall)
        if room == 0.0:
            continue
        _, distance = _look(place, centres, axes, shift, here)
        for i in range(_AXES):
            weights[i] = room * here[i] / _AXES
        phases[:] = 0.0
        time, exponent, half = 0.0, 0.0, 0.0
        for j in range(count):
            while time < times[j] and steps < most:
                duration = _longest(distance, wall, face, floor, shift)
                left = times[j] - time
                if duration >= left:
                    duration = left
                    time = times[j]
                else:
                    time += duration
                for i in range(_AXES):
                    before[i] = here[i]
                _move(place, trial, words, spare, centres, wall, face, slow, leak, distance, duration)
                _, distance = _look(place, centres, axes, shift, here)
                for i in range(_AXES):
                    # the integral of sin(phase) over a step in which the phase grows evenly
                    turn = 0.5 * duration * (before[i] + here[i])
                    even = math.sin(0.5 * turn) / (0.5 * turn) if abs(turn) > 0.1 else 1.0 - turn * turn / 24.0
                    exponent += weights[i] * duration * _sine(phases[i] + 0.5 * turn) * even
                    phases[i] += turn
                steps += 1
            sums[j] += exponent
            squares[j] += exponent * exponent
            if j == count // 2 - 1:
                half = exponent
        slope = (exponent - half) / (times[-1] - times[count // 2 - 1])
        sums[count] += slope
        squares[count] += slope * slope
    return steps


@kernel(parallel=True)
def walk_free(first, groups, seed, centres, shift, wall, face, slow, leak, floor, times, most):
    """Return sums over protons of the exponent X of free induction, S = exp(-f X), at each time.

    Parameters
    ----------
    first, groups : int
        First group and number of groups of protons.
    seed : int
        Of all streams.
    centres : ndarray
        Of the cores, shape (n, 3).
    shift : float
        dw tau_D of a core.
    wall : float
        Radius that keeps water out; 0 where cores let it through.
    face, slow : float
        Radius within which water diffuses with `slow`; 0 for none.
    leak : float
        Permeability of a membrane at `face`; infinite for none.
    floor : float
        Shortest step.
    times : ndarray
        Ascending, an even number of them; the second half gives the rate.
    most : int
        Steps after which a group gives up.

    Returns
    -------
    tuple of ndarray
        Sums and sums of squares of X at each time, and last of its slope over the second half, shape
        (groups, times + 1); steps of each group.

    Notes
    -----
    X' at time t is the mean of w(r) sin(phase of a path of length t that ends at r) over all places r, per volume of
    cores. A path looks the same backwards, so that r may be where it starts, and places are drawn where w is large.
    """
    sums, squares = np.zeros((groups, times.shape[0] + 1)), np.zeros((groups, times.shape[0] + 1))
    steps = np.zeros(groups, dtype=np.int64)
    for i in prange(groups):
        steps[i] = _free_group(
            first + i, seed, centres, shift, wall, face, slow, leak, floor, times, most, sums[i], squares[i]
        )
    return sums, squares, steps


@kernel
def _refocused(time, echo):
    """Return the integral of the sign of the phase up to a time: pulses at echo/2, 3 echo/2 and so on."""
    turns = (time + 0.5 * echo) / (2.0 * echo)
    return 0.5 * echo - abs((turns - math.floor(turns)) * 2.0 * echo - echo)


@kernel
def _draw_ends(ends, words, echo, intervals):
    """Fill ends with times, drawn alike in each of the intervals and mirrored at its pulse, in ascending order."""
    for k in range(POINTS // 2):
        part = (k + _uniform(words)) / POINTS
        for j in range(intervals.shape[0]):
            ends[j * POINTS + k] = (intervals[j] + part) * echo
            ends[(j + 1) * POINTS - 1 - k] = (intervals[j] + 1 - part) * echo


@kernel
def _gather(phases, ends, signed, alive, time, echo, before, here):
    """Add the phase of a step that ends at a time, seen from each end, to those that the path has not yet gone through.

    The integrals of the sign that are still to come are kept in signed.
    """
    for k in range(alive, ends.shape[0]):
        left = _refocused(max(ends[k] - time, 0.0), echo)
        turn = 0.5 * (signed[k] - left)
        signed[k] = left
        for i in range(_AXES):
            phases[k, i] += turn * (before[i] + here[i])


@kernel
def _slope(j, phases, ends, echo, weights):
    """Return the mean of X' in the j-th interval."""
    total = 0.0
    for k in range(j * POINTS, (j + 1) * POINTS):
        up = (ends[k] + 0.5 * echo) % (2.0 * echo) < echo
        for i in range(_AXES):
            term = weights[i] * math.sin(phases[k, i])
            total += term if up else -term
    return total / POINTS


@kernel
def _echo_group(
    group, seed, centres, shift, wall, face, slow, leak, floor, echo, intervals, mixing, most, sums, squares
):
    """Add the protons of one group to its sums and return their steps; see `walk_echoes`."""
    steps = 0
    far = (_WHOLE * (shift * echo * centres.shape[0]) ** 2) ** (1.0 / 6.0)
    words = np.empty(1, dtype=np.uint64)
    place, trial, spare, axes = np.empty(3), np.empty(3), np.empty(2), np.empty((_AXES, 3))
    here, before, weights = np.empty(_AXES), np.empty(_AXES), np.empty(_AXES)
    ends, signed = np.empty(intervals.shape[0] * POINTS), np.empty(intervals.shape[0] * POINTS)
    phases, slopes = np.empty((ends.shape[0], _AXES)), np.empty(intervals.shape[0])
    for member in range(GROUP):
        _open_stream(words, seed, group * GROUP + member)
        spare[0] = 0.0
        _turn_axes(words, axes)
        room = _start(place, words, centres, wall)
        if room == 0.0:
            continue
        _, distance = _look(place, centres, axes, shift, here)
        for i in range(_AXES):
            weights[i] = room * here[i] / _AXES
        _draw_ends(ends, words, echo, intervals)
        phases[:, :] = 0.0
        for k in range(ends.shape[0]):
            signed[k] = _refocused(ends[k], echo)
        time, alive = 0.0, 0
        while alive < ends.shape[0] and steps < most:
            duration = _longest(distance, wall, face, floor, shift)
            if distance < far:
                duration = min(duration, _ECHO_STEP * echo)
            for i in range(_AXES):
                before[i] = here[i]
            _move(place, trial, words, spare, centres, wall, face, slow, leak, distance, duration)
            _, distance = _look(place, centres, axes, shift, here)
            time += duration
            _gather(phases, ends, signed, alive, time, echo, before, here)
            while alive < ends.shape[0] and ends[alive] <= time:
                alive += 1
            steps += 1
        for j in range(intervals.shape[0]):
            slopes[j] = _slope(j, phases, ends, echo, weights)
        for k in range(mixing.shape[0]):
            value = 0.0
            for j in range(intervals.shape[0]):
                value += mixing[k, j] * slopes[j]
            sums[k] += value
            squares[k] += value * value
    return steps


@kernel(parallel=True)
def walk_echoes(first, groups, seed, centres, shift, wall, face, slow, leak, floor, echo, intervals, mixing, most):
    """Return sums over protons of the exponent X in a Carr-Purcell-Meiboom-Gill train.

    Parameters
    ----------
    first, groups, seed, centres, shift, wall, face, slow, leak, floor, most
        As of `walk_free`.
    echo : float
        Time between echoes; pulses lie halfway.
    intervals : ndarray of int
        Those of the train, counted from 0, in which the slope of X is looked at, ascending.
    mixing : ndarray
        Weights of these slopes in each result, shape (results, intervals).

    Returns
    -------
    tuple of ndarray
        Sums and sums of squares of the results, shape (groups, results); steps of each group.

    Notes
    -----
    As in `walk_free`, but what a path has gathered depends on the time in the train at which it ends. Each path
    serves for several such times, drawn in pairs mirrored at the pulses, so that where nothing moves the echo is whole.
    """
    sums, squares = np.zeros((groups, mixing.shape[0])), np.zeros((groups, mixing.shape[0]))
    steps = np.zeros(groups, dtype=np.int64)
    for i in prange(groups):
        steps[i] = _echo_group(
            first + i,
            seed,
            centres,
            shift,
            wall,
            face,
            slow,
            leak,
            floor,
            echo,
            intervals,
            mixing,
            most,
            sums[i],
            squares[i],
        )
    return sums, squares, steps
