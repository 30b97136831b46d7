"""Compiled transport of electrons and positrons through shells or voxels.

Condensed histories of class II. Between the hard events (delta rays and bremsstrahlung above a cut, annihilation in
flight) an electron loses energy continuously. It is taken in steps of a fixed share of its energy; in each it is
deflected once, by the angle of the whole step, at a place drawn with the local scattering power: the random hinge,
which gives the mean place and the spread after a step right to first order. Energy is laid down along the straight
parts, cut at every boundary, so that regions may be much thinner than a step. Energies are the clock: places of events
are drawn in the energy that the continuous loss leaves, and its fluctuation is one of the path that the loss takes.

A particle has its own random numbers: what else is in its batch changes nothing.
"""

from __future__ import annotations

import math

import numpy as np

from ferrotope.kernels import kernel

__all__ = ["transport_electrons"]

DONE, LEFT, OTHER_MEDIUM = 0, 1, 2
# Columns of the curves; the last three are of the straggling.
SLOW, RATE, BOUND, RADIATIVE, ANNIHILATING, CSDA, TILT, UNTOUCHED, SCALE, LONGER, SHORTER, CHANCE = range(12)
STACK = 4096  # electrons that wait; a delta ray beyond them would stay where it was made
RESERVE = 2048  # photons that one history may add


@kernel
def _open_stream(state, seed):
    """Fill the state of xoshiro256++ from a seed (splitmix64)."""
    z = np.uint64(seed)
    for word in range(4):
        z += np.uint64(0x9E3779B97F4A7C15)
        y = z
        y = (y ^ (y >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        y = (y ^ (y >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state[word] = y ^ (y >> np.uint64(31))


@kernel
def _word(state):
    """Return the next 64 bits of xoshiro256++."""
    total = state[0] + state[3]
    result = ((total << np.uint64(23)) | (total >> np.uint64(41))) + state[0]
    shifted = state[1] << np.uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = (state[3] << np.uint64(45)) | (state[3] >> np.uint64(19))
    return result


@kernel
def _uniform(state):
    """Return a number in (0, 1)."""
    return (float(_word(state) >> np.uint64(11)) + 0.5) * 2.0**-53


@kernel(fastmath=True)
def _turned(u, v, w, cosine, sine, azimuth):
    """Return a direction turned by a polar angle about the old one."""
    c, s = math.cos(azimuth) * sine, math.sin(azimuth) * sine
    across2 = u * u + v * v
    if across2 < 1e-20:
        return c, s, cosine if w > 0.0 else -cosine
    across = math.sqrt(across2)
    c, s = c / across, s / across
    return u * cosine + u * w * c - v * s, v * cosine + v * w * c + u * s, w * cosine - across2 * c


@kernel
def _locate(x, y, z, kind, edges2, origin, spacing, shape):
    """Return the region of a place, -1 outside."""
    if kind == 0:
        r2 = x * x + y * y + z * z
        if r2 >= edges2[-1]:
            return -1
        low, high = 0, edges2.size - 1
        while high - low > 1:
            middle = (low + high) // 2
            if r2 >= edges2[middle]:
                low = middle
            else:
                high = middle
        return low
    ix = math.floor((x - origin[0]) / spacing[0])
    iy = math.floor((y - origin[1]) / spacing[1])
    iz = math.floor((z - origin[2]) / spacing[2])
    if ix < 0 or iy < 0 or iz < 0 or ix >= shape[0] or iy >= shape[1] or iz >= shape[2]:
        return -1
    return (int(ix) * shape[1] + int(iy)) * shape[2] + int(iz)


@kernel(fastmath=True)
def _confined(x, y, z, reach, region, kind, edges2, origin, spacing, shape):
    """Whether nothing of a region's boundary is nearer than a distance."""
    if kind == 0:
        r = math.sqrt(x * x + y * y + z * z)
        if (r + reach) ** 2 >= edges2[region + 1]:
            return False
        return region == 0 or (r > reach and (r - reach) ** 2 > edges2[region])
    iz = region % shape[2]
    iy = (region // shape[2]) % shape[1]
    ix = region // (shape[2] * shape[1])
    a = x - origin[0] - ix * spacing[0]
    b = y - origin[1] - iy * spacing[1]
    c = z - origin[2] - iz * spacing[2]
    if a < reach or b < reach or c < reach:
        return False
    return spacing[0] - a > reach and spacing[1] - b > reach and spacing[2] - c > reach


@kernel(fastmath=True)
def _to_shell(x, y, z, u, v, w, length, region, edges2):
    """Return the distance to the next shell boundary within a length, and the region behind it (-2 for none)."""
    r2 = x * x + y * y + z * z
    b = x * u + y * v + z * w
    inner = region > 0 and b < 0.0
    if inner:
        closest2 = r2 - b * b
        inner = closest2 < edges2[region] and not (length < -b and r2 + length * (2.0 * b + length) > edges2[region])
        if inner:
            root = edges2[region] - r2 + b * b
            return max(-b - math.sqrt(max(root, 0.0)), 0.0), region - 1
    if r2 + length * (2.0 * b + length) <= edges2[region + 1]:
        return length, -2
    root = edges2[region + 1] - r2 + b * b
    return max(-b + math.sqrt(max(root, 0.0)), 0.0), region + 1 if region + 2 < edges2.size else -1


@kernel(fastmath=True)
def _to_face(x, y, z, u, v, w, length, region, origin, spacing, shape):
    """Return the distance to the next voxel face within a length, and the voxel behind it (-2 for none)."""
    iz = region % shape[2]
    iy = (region // shape[2]) % shape[1]
    ix = region // (shape[2] * shape[1])
    nearest, behind = length, -2
    if u != 0.0:
        d = max((origin[0] + (ix + (u > 0.0)) * spacing[0] - x) / u, 0.0)
        if d < nearest:
            next_x = ix + (1 if u > 0.0 else -1)
            nearest = d
            behind = region + (next_x - ix) * shape[1] * shape[2] if 0 <= next_x < shape[0] else -1
    if v != 0.0:
        d = max((origin[1] + (iy + (v > 0.0)) * spacing[1] - y) / v, 0.0)
        if d < nearest:
            next_y = iy + (1 if v > 0.0 else -1)
            nearest, behind = d, region + (next_y - iy) * shape[2] if 0 <= next_y < shape[1] else -1
    if w != 0.0:
        d = max((origin[2] + (iz + (w > 0.0)) * spacing[2] - z) / w, 0.0)
        if d < nearest:
            next_z = iz + (1 if w > 0.0 else -1)
            nearest, behind = d, region + (next_z - iz) if 0 <= next_z < shape[2] else -1
    return nearest, behind


@kernel(fastmath=True)
def _advance(x, y, z, u, v, w, energy, target, thickness, weight, region, geometry, deposit):
    """Move straight while the energy falls to a target; return place, energy, region and how it ended.

    The energy goes down in proportion to the mass thickness; the density may change on the way, the medium may not.
    """
    kind, edges2, origin, spacing, shape, medium, density = geometry
    matter = medium[region]
    while True:
        length = thickness / density[region]
        if kind == 0:
            d, behind = _to_shell(x, y, z, u, v, w, length, region, edges2)
        else:
            d, behind = _to_face(x, y, z, u, v, w, length, region, origin, spacing, shape)
        x, y, z = x + d * u, y + d * v, z + d * w
        if behind == -2:
            deposit[region] += weight * (energy - target)
            return x, y, z, target, region, DONE
        loss = (energy - target) * min(d / length, 1.0)
        deposit[region] += weight * loss
        energy -= loss
        thickness = max(thickness - d * density[region], 0.0)
        if behind < 0 or medium[behind] < 0:
            return x, y, z, energy, behind, LEFT
        region = behind
        if medium[region] != matter:
            return x, y, z, energy, region, OTHER_MEDIUM
        if thickness <= 0.0:
            deposit[region] += weight * (energy - target)
            return x, y, z, target, region, DONE


@kernel(fastmath=True)
def _delta_share(state, least, gamma, positron):
    """Return the share of the kinetic energy that a delta ray takes, from Moller's or Bhabha's cross section."""
    if not positron:
        c = (2.0 * gamma - 1.0) / (gamma * gamma)
        while True:
            s = least / (1.0 - _uniform(state) * (1.0 - 2.0 * least))
            # s^2 times the bracket: 1 + (s/(1-s))^2 + (s (gamma-1)/gamma)^2 - c s/(1-s), below 9/4 for s < 1/2
            ratio = s / (1.0 - s)
            part = s * (gamma - 1.0) / gamma
            if 2.25 * _uniform(state) <= 1.0 + ratio * ratio + part * part - c * ratio:
                return s
    beta2 = 1.0 - 1.0 / (gamma * gamma)
    y = 1.0 / (gamma + 1.0)
    b1, b2, b4 = 2.0 - y * y, (1.0 - 2.0 * y) * (3.0 + y * y), (1.0 - 2.0 * y) ** 3
    b3 = b4 + (1.0 - 2.0 * y) ** 2
    while True:
        s = least / (1.0 - _uniform(state) * (1.0 - least))
        if _uniform(state) <= 1.0 + beta2 * s * (-b1 + s * (b2 + s * (-b3 + s * b4))):
            return s


@kernel(fastmath=True)
def _annihilation_share(state, gamma):
    """Return the share of the total energy that one photon takes when a positron annihilates in flight (Heitler)."""
    a = gamma + 1.0
    c = a * a + 2.0 * gamma
    least = 1.0 / (a + math.sqrt(gamma * gamma - 1.0))
    # The density is S(s) + S(1-s), S = -a^2 + c/s - 1/s^2: either photon may be the one that S gives.
    while True:
        s = least * ((1.0 - least) / least) ** _uniform(state)
        if _uniform(state) * (c - 2.0 * a) <= c - a * a * s - 1.0 / s:
            return s


@kernel
def _put(rows, count, x, y, z, u, v, w, energy, last):
    """Write a particle into the next row; return the number of rows, or the same number where there is no room."""
    if count >= rows.shape[0]:
        return count
    row = rows[count]
    row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7] = x, y, z, u, v, w, energy, last
    return count + 1


@kernel
def _annihilate(state, x, y, z, weight, rest, photons, seeds, made):
    """Add two photons of 511 keV back to back; return the number of photons."""
    w = 2.0 * _uniform(state) - 1.0
    across, azimuth = math.sqrt(1.0 - w * w), 2.0 * math.pi * _uniform(state)
    u, v = across * math.cos(azimuth), across * math.sin(azimuth)
    for sign in (1.0, -1.0):
        seeds[made] = _word(state)
        made = _put(photons, made, x, y, z, sign * u, sign * v, sign * w, rest, weight)
    return made


@kernel(fastmath=True)
def _knock(state, place, energy, charge, floor, floor_share, rest, stack, depth):
    """Eject a delta ray; return the energy and direction of the projectile and the depth of the stack."""
    x, y, z, u, v, w = place
    positron = charge > 0.0
    least = max(floor, floor_share * energy) / energy
    if least >= (1.0 if positron else 0.5):
        return energy, u, v, w, depth
    share = _delta_share(state, least, 1.0 + energy / rest, positron)
    ejected, left, azimuth = share * energy, (1.0 - share) * energy, 2.0 * math.pi * _uniform(state)
    cosine2 = ejected * (energy + 2.0 * rest) / (energy * (ejected + 2.0 * rest))
    a, b, c = _turned(u, v, w, math.sqrt(cosine2), math.sqrt(max(1.0 - cosine2, 0.0)), azimuth)
    depth = _put(stack, depth, x, y, z, a, b, c, ejected, -1.0)
    cosine2 = left * (energy + 2.0 * rest) / (energy * (left + 2.0 * rest))
    u, v, w = _turned(u, v, w, math.sqrt(cosine2), math.sqrt(max(1.0 - cosine2, 0.0)), azimuth + math.pi)
    return left, u, v, w, depth


@kernel(fastmath=True)
def _radiate(state, place, energy, lowest_photon, shape, rest, weight, photons, seeds, made):
    """Emit a bremsstrahlung photon; return the energy left and the number of photons."""
    x, y, z, u, v, w = place
    if energy <= lowest_photon:
        return energy, made
    last = shape.size - 1
    while True:  # k dsigma/dk over its largest value
        photon = lowest_photon * (energy / lowest_photon) ** _uniform(state)
        at = min(photon / energy, 1.0) * last
        low = min(int(at), last - 1)
        if _uniform(state) <= shape[low] + (at - low) * (shape[low + 1] - shape[low]):
            break
    gamma = 1.0 + energy / rest
    beta = math.sqrt(1.0 - 1.0 / (gamma * gamma))
    cosine = 2.0 * _uniform(state) - 1.0
    cosine = (cosine + beta) / (1.0 + beta * cosine)
    sine = math.sqrt(max(1.0 - cosine * cosine, 0.0))
    a, b, c = _turned(u, v, w, cosine, sine, 2.0 * math.pi * _uniform(state))
    seeds[made] = _word(state)
    return energy - photon, _put(photons, made, x, y, z, a, b, c, photon, weight)


@kernel(fastmath=True)
def _annihilate_in_flight(state, place, energy, rest, weight, photons, seeds, made):
    """Turn a moving positron into two photons; return the number of photons."""
    x, y, z, u, v, w = place
    gamma = 1.0 + energy / rest
    share, azimuth = _annihilation_share(state, gamma), 2.0 * math.pi * _uniform(state)
    momentum = math.sqrt(gamma * gamma - 1.0)
    for part in (share, 1.0 - share):
        cosine = min(max((gamma + 1.0 - 1.0 / part) / momentum, -1.0), 1.0)
        a, b, c = _turned(u, v, w, cosine, math.sqrt(1.0 - cosine * cosine), azimuth)
        seeds[made] = _word(state)
        made = _put(photons, made, x, y, z, a, b, c, part * (energy + 2.0 * rest), weight)
        azimuth += math.pi
    return made


@kernel(fastmath=True)
def _deflect(state, u, v, w, untouched, scale, quantiles, stretch):
    """Turn a direction by the multiple scattering of a step; 1 - cos goes with how long the path was for its loss."""
    if untouched > 1e-9 and _uniform(state) < untouched:
        return u, v, w
    count = quantiles.size - 1
    at = (1.0 - max(_uniform(state), _uniform(state))) * count
    low = int(at)
    share = quantiles[low] + (at - low) * (quantiles[low + 1] - quantiles[low])
    below = min(stretch * 2.0 * scale * share / (1.0 - share + scale), 2.0)
    return _turned(u, v, w, 1.0 - below, math.sqrt(below * (2.0 - below)), 2.0 * math.pi * _uniform(state))


@kernel(fastmath=True)
def _stretch(state, row, placed):
    """Return the path of a loss over its mean, one of two values.

    Where a flight starts at a place, a source or a boundary, and not at an energy, long ones are met more often.
    """
    chance = row[CHANCE] * (1.0 + row[LONGER]) if placed else row[CHANCE]
    return 1.0 + (row[LONGER] if _uniform(state) < chance else row[SHORTER])


@kernel(fastmath=True)
def _happen(state, chance, place, energy, charge, curve, spectrum, limits, weight, store, counts):
    """Let the hard event happen that a number in (0, 1) says; return energy and direction, energy 0 for the end."""
    _log_low, _per_log, _lowest, floor, floor_share, lowest_photon, rest = limits
    stack, photons, seeds, _deposit, _left = store
    _x, _y, _z, u, v, w = place
    if chance < curve[RADIATIVE]:
        energy, counts[1] = _radiate(
            state, place, energy, lowest_photon, spectrum, rest, weight, photons, seeds, counts[1]
        )
    elif chance < curve[RADIATIVE] + curve[ANNIHILATING]:
        counts[1] = _annihilate_in_flight(state, place, energy, rest, weight, photons, seeds, counts[1])
        energy = 0.0
    else:
        energy, u, v, w, counts[0] = _knock(state, place, energy, charge, floor, floor_share, rest, stack, counts[0])
    return energy, u, v, w


@kernel(fastmath=True)
def _follow(state, start, region, geometry, curves, quantiles, spectra, rules, limits, counts, store):  # noqa: C901
    """Follow one electron or positron to its end; counts hold the depth of the stack and the number of photons.

    Flights go from hinge to hinge, unless a hard event, a boundary between media or the end comes first: then the
    steps are planned anew. `at` is the place of the energy in the tables, `depth` what is left to the next hard event.
    """
    x, y, z, u, v, w, energy, charge, weight = start
    kind, edges2, origin, spacing, shape, medium, density = geometry
    log_low, per_log, lowest, _floor, _floor_share, _lowest_photon, rest = limits
    _stack, photons, seeds, deposit, left = store
    sign = 1 if charge > 0.0 else 0
    local, share, shift = rules[0, 0], rules[0, 1], 0.0
    plan, draw, placed = True, True, True
    curve = curves[0, sign]
    while True:
        if plan:
            if region < 0 or medium[region] < 0:
                left[sign] += weight * (energy + 2.0 * rest * sign)
                return
            if energy <= lowest:
                break
            curve = curves[medium[region], sign]
            local, share = rules[medium[region], 0], rules[medium[region], 1]
            shift = -math.log(1.0 - share) * per_log
            step_energy, at = energy, (math.log(energy) - log_low) * per_log
            step_at, depth = at, -math.log(_uniform(state))
            plan, draw = False, True
        if draw:
            k = min(max(int(step_at), 0), curve.shape[0] - 2)
            f = step_at - k
            if sign == 0 and energy < local:
                reach = (curve[k, CSDA] + (f + shift) * (curve[k + 1, CSDA] - curve[k, CSDA])) / density[region]
                if _confined(x, y, z, reach, region, kind, edges2, origin, spacing, shape):
                    break
            row = k + 1 if _uniform(state) < f else k
            ahead = _uniform(state)
            ahead += curve[k, TILT] * ahead * (1.0 - ahead)
            hinge, bound = step_energy * (1.0 - share * ahead), curve[k, BOUND]
            stretch = _stretch(state, curve[k], placed) if curve[k, LONGER] > 1e-5 else 1.0
            draw, placed = False, False
        hard = energy - depth / bound
        target = max(hard, hinge, lowest)
        part = (energy - target) / energy
        middle = max(at - per_log * part * (0.5 + part * (0.125 + part / 24.0)), 0.0)
        j = int(middle)
        slow = curve[j, SLOW] + (middle - j) * (curve[j + 1, SLOW] - curve[j, SLOW])
        depth -= (energy - target) * bound
        thickness = (energy - target) * slow * stretch
        x, y, z, energy, region, how = _advance(
            x, y, z, u, v, w, energy, target, thickness, weight, region, geometry, deposit
        )
        if how != DONE:
            plan, placed = True, True
            continue
        if energy <= lowest:
            break
        at -= per_log * part * (1.0 + part * (0.5 + part * (1.0 / 3.0 + part * (0.25 + 0.2 * part))))
        if target == hinge:
            u, v, w = _deflect(
                state, u, v, w, curve[row, UNTOUCHED], curve[row, SCALE], quantiles[medium[region], sign, row], stretch
            )
            step_energy, step_at, draw = step_energy * (1.0 - share), step_at - shift, True
            continue
        j = max(int(at), 0)
        chance = _uniform(state) * bound / (curve[j, RATE] + (at - j) * (curve[j + 1, RATE] - curve[j, RATE]))
        if chance >= 1.0:
            depth = -math.log(_uniform(state))
            continue
        energy, u, v, w = _happen(
            state,
            chance,
            (x, y, z, u, v, w),
            energy,
            charge,
            curve[j],
            spectra[medium[region], j],
            limits,
            weight,
            store,
            counts,
        )
        if energy == 0.0:
            return
        plan = True
    deposit[region] += weight * energy
    if sign == 1:
        counts[1] = _annihilate(state, x, y, z, weight, rest, photons, seeds, counts[1])


@kernel(fastmath=True)
def transport_electrons(
    particles,
    streams,
    charge,
    first,
    geometry,
    curves,
    quantiles,
    spectra,
    rules,
    limits,
    photons,
    seeds,
    deposit,
    left,
):
    """Follow a batch of electrons and positrons with their delta rays.

    Parameters
    ----------
    particles : array, shape (n, 8)
        x, y, z (m), direction cosines u, v, w, kinetic energy (J), weight.
    streams : array of uint64, shape (n,)
        Seeds of the particles' own random numbers.
    charge : array of int64, shape (n,)
        -1 for electrons, +1 for positrons.
    first : int
        Particle to start with.
    geometry : tuple
        From `geometry.Shells` or `geometry.Voxels`.
    curves, quantiles, spectra, rules : array
        From `tables.electron_tables`.
    limits : tuple of float
        From there too.
    photons, seeds : array, shapes (m, 8) and (m + 2,)
        Room for bremsstrahlung and annihilation photons, as `particles` and `streams`; m above 2 RESERVE.
    deposit : array, shape (regions,)
        Energy deposited, weight times J; added to in place.
    left : array, shape (2,)
        Energy of electrons and of positrons that left, added to in place; a positron takes two rest energies along.

    Returns
    -------
    following : int
        Number of the particle to go on with: fewer than all where the room for photons is nearly full.
    made : int
        Number of photons.
    """
    kind, edges2, origin, spacing, shape, _medium, _density = geometry
    state, counts = np.empty(4, dtype=np.uint64), np.zeros(2, dtype=np.int64)
    stack = np.empty((STACK, 8))
    store = (stack, photons, seeds, deposit, left)
    for n in range(first, particles.shape[0]):
        if counts[1] > photons.shape[0] - RESERVE:
            return n, counts[1]
        _open_stream(state, streams[n])
        weight = particles[n, 7]
        for i in range(7):
            stack[0, i] = particles[n, i]
        stack[0, 7] = charge[n]
        counts[0] = 1
        while counts[0] > 0:
            counts[0] -= 1
            row = stack[counts[0]]
            start = (row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], weight)
            region = _locate(row[0], row[1], row[2], kind, edges2, origin, spacing, shape)
            _follow(state, start, region, geometry, curves, quantiles, spectra, rules, limits, counts, store)
    return particles.shape[0], counts[1]
