"""Compiled stochastic Landau-Lifshitz-Gilbert and rotational Langevin equations of ensembles of moments.

LANES particles (or clusters) are advanced side by side, and everything about them lies in flat arrays, row after row of
LANES numbers: so the loops over the lanes fill whole vector registers, which makes a step five times faster than
particle after particle. Fields are angles: in tesla, times gamma dt/(1 + a^2) with damping a. Each particle has a
stream of random numbers of its own, so that results depend neither on the lanes nor on the threads.
"""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from ferrotope.kernels import kernel

__all__ = [
    "BLOCKED",
    "CUBIC",
    "FREE",
    "LANES",
    "MEMBER_ROWS",
    "ROWS",
    "UNIAXIAL",
    "advance",
    "advance_clusters",
    "fill_normals",
    "open_streams",
]

LANES = 32  # side by side; a multiple of what any vector register holds
UNIAXIAL, CUBIC, FREE, BLOCKED = 0, 1, 2, 3  # what `advance` can move
ROWS = 11  # numbers that `advance` keeps of each particle
MEMBER_ROWS = 21  # numbers that `advance_clusters` keeps of each member of a cluster
_BLOCK = 16  # steps for which random numbers are drawn at once; even, as normal numbers come in pairs


@kernel
def open_streams(seed, count):
    """Return the states of xoshiro256++ of many particles, shape (4, count), from splitmix64 of seed and index."""
    streams = np.empty((4, count), dtype=np.uint64)
    for particle in range(count):
        # The seed is scrambled before the index is added: neighbouring seeds share no stream.
        state = np.uint64(seed)
        for word in range(5):
            state += np.uint64(0x9E3779B97F4A7C15)
            z = state
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z = z ^ (z >> np.uint64(31))
            if word == 0:
                state = z ^ (np.uint64(particle) * np.uint64(0xD1342543DE82EF95))
            else:
                streams[word - 1, particle] = z
    return streams


@kernel(fastmath=True)
def fill_normals(words, normals, pairs):
    """Fill normals, of length 2 * pairs * LANES, with standard normal numbers, LANES particles side by side.

    Parameters
    ----------
    words : ndarray
        States of the generators, length 4 * LANES, the first words of all, then the second and so on; changed.
    normals : ndarray
        Row by row: the first number of each particle, then the second and so on.
    pairs : int
        Half the numbers wanted of each particle.

    Notes
    -----
    Box and Muller's transform of 32 random bits each for radius and angle: nothing lies beyond 6.66 standard
    deviations, where 3e-11 of the normal law is. Logarithm, sine and cosine are series good to 1e-9, without branches.
    """
    one = np.uint64(0x3FF0000000000000)
    for pair in range(pairs):
        row = 2 * pair * LANES
        for lane in range(LANES):
            s0 = words[lane]
            s1 = words[LANES + lane]
            s2 = words[2 * LANES + lane]
            s3 = words[3 * LANES + lane]
            bits = s0 + s3
            bits = ((bits << np.uint64(23)) | (bits >> np.uint64(41))) + s0
            shifted = s1 << np.uint64(17)
            s2 ^= s0
            s3 ^= s1
            s1 ^= s2
            s0 ^= s3
            s2 ^= shifted
            words[lane] = s0
            words[LANES + lane] = s1
            words[2 * LANES + lane] = s2
            words[3 * LANES + lane] = (s3 << np.uint64(45)) | (s3 >> np.uint64(19))

            # The upper 32 bits: u in (0, 1] = 2^exponent * mantissa, mantissa in [1, 2).
            u = 2.0 - np.uint64(((bits >> np.uint64(32)) << np.uint64(20)) | one).view(np.float64)
            pattern = np.float64(u).view(np.uint64)
            exponent = np.uint64((pattern >> np.uint64(52)) | np.uint64(0x4330000000000000)).view(np.float64)
            mantissa = np.uint64((pattern & np.uint64(0x000FFFFFFFFFFFFF)) | one).view(np.float64)
            large = mantissa > 1.4142135623730951
            mantissa = 0.5 * mantissa if large else mantissa
            exponent = exponent - (4503599627371518.0 if large else 4503599627371519.0)
            t = (mantissa - 1.0) / (mantissa + 1.0)
            tt = t * t
            logarithm = 2.0 * t * (1.0 + tt * (1 / 3 + tt * (1 / 5 + tt * (1 / 7 + tt * (1 / 9 + tt / 11)))))
            radius = math.sqrt(-2.0 * (logarithm + 0.6931471805599453 * exponent))

            # The lower 32 bits: 30 for the angle within an eighth of a turn of an axis, 2 for the axis.
            angle = np.uint64(((bits & np.uint64(0x3FFFFFFF)) << np.uint64(22)) | one).view(np.float64)
            angle = (angle - (1.5 - 2.0**-31)) * (0.5 * math.pi)
            aa = angle * angle
            sine = angle * (1.0 - aa * (1 / 6 - aa * (1 / 120 - aa * (1 / 5040 - aa / 362880))))
            cosine = 1.0 - aa * (1 / 2 - aa * (1 / 24 - aa * (1 / 720 - aa * (1 / 40320 - aa / 3628800))))
            turned = (bits & np.uint64(0x40000000)) != np.uint64(0)
            signed = -radius if (bits & np.uint64(0x80000000)) != np.uint64(0) else radius
            normals[row + lane] = signed * (-sine if turned else cosine)
            normals[row + LANES + lane] = signed * (cosine if turned else sine)


@kernel(fastmath=True)
def _turn(x, y, z, hx, hy, hz, damping):
    """Return the change -m x (h + a m x h) of the unit vector m in the field h."""
    tx = hx + damping * (y * hz - z * hy)
    ty = hy + damping * (z * hx - x * hz)
    tz = hz + damping * (x * hy - y * hx)
    return z * ty - y * tz, x * tz - z * tx, y * tx - x * ty


@kernel(fastmath=True)
def _unit(x, y, z):
    """Return the vector with length 1."""
    scale = 1.0 / math.sqrt(x * x + y * y + z * z)
    return x * scale, y * scale, z * scale


@kernel(fastmath=True)
def _step_uniaxial(state, normals, b0, b1, climb, anisotropy, damping):
    """Make one step of uniaxial particles in the frame of their crystal and return the weighted sum of m.h after it."""
    total = 0.0
    for lane in range(LANES):
        x, y, z = state[lane], state[LANES + lane], state[2 * LANES + lane]
        ux, uy, uz = state[3 * LANES + lane], state[4 * LANES + lane], state[5 * LANES + lane]
        s = state[6 * LANES + lane]
        gx, gy, gz = s * normals[lane], s * normals[LANES + lane], s * normals[2 * LANES + lane]
        dx, dy, dz = _turn(x, y, z, gx + b0 * ux, gy + b0 * uy, gz + b0 * uz + anisotropy * z, damping)
        px, py, pz = x + dx, y + dy, z + dz
        qx, qy, qz = _turn(px, py, pz, gx + b1 * ux, gy + b1 * uy, gz + b1 * uz + anisotropy * pz, damping)
        before = x * ux + y * uy + z * uz
        x, y, z = _unit(x + 0.5 * (dx + qx), y + 0.5 * (dy + qy), z + 0.5 * (dz + qz))
        after = x * ux + y * uy + z * uz
        state[lane], state[LANES + lane], state[2 * LANES + lane] = x, y, z
        state[8 * LANES + lane] += climb * (before + after)
        total += state[7 * LANES + lane] * after
    return total


@kernel(fastmath=True)
def _step_cubic(state, normals, b0, b1, climb, anisotropy, damping):
    """Make one step of cubic particles in the frame of their crystal and return the weighted sum of m.h after it."""
    total = 0.0
    for lane in range(LANES):
        x, y, z = state[lane], state[LANES + lane], state[2 * LANES + lane]
        ux, uy, uz = state[3 * LANES + lane], state[4 * LANES + lane], state[5 * LANES + lane]
        s = state[6 * LANES + lane]
        gx, gy, gz = s * normals[lane], s * normals[LANES + lane], s * normals[2 * LANES + lane]
        hx = gx + b0 * ux + anisotropy * x * x * x
        hy = gy + b0 * uy + anisotropy * y * y * y
        hz = gz + b0 * uz + anisotropy * z * z * z
        dx, dy, dz = _turn(x, y, z, hx, hy, hz, damping)
        px, py, pz = x + dx, y + dy, z + dz
        hx = gx + b1 * ux + anisotropy * px * px * px
        hy = gy + b1 * uy + anisotropy * py * py * py
        hz = gz + b1 * uz + anisotropy * pz * pz * pz
        qx, qy, qz = _turn(px, py, pz, hx, hy, hz, damping)
        before = x * ux + y * uy + z * uz
        x, y, z = _unit(x + 0.5 * (dx + qx), y + 0.5 * (dy + qy), z + 0.5 * (dz + qz))
        after = x * ux + y * uy + z * uz
        state[lane], state[LANES + lane], state[2 * LANES + lane] = x, y, z
        state[8 * LANES + lane] += climb * (before + after)
        total += state[7 * LANES + lane] * after
    return total


@kernel(fastmath=True)
def _follow(x, y, z, nx, ny, nz, wx, wy, wz, drag):
    """Return the change of the axis n that the moment m turns in a liquid, drag (m.n)(m - (m.n) n) + w x n."""
    c = x * nx + y * ny + z * nz
    pull = drag * c
    return (
        pull * (x - c * nx) + wy * nz - wz * ny,
        pull * (y - c * ny) + wz * nx - wx * nz,
        pull * (z - c * nz) + wx * ny - wy * nx,
    )


@kernel(fastmath=True)
def _step_free(state, normals, b0, b1, climb, anisotropy, damping):
    """Make one step of uniaxial particles that rotate in a liquid; return the weighted sum of m_z after it."""
    total = 0.0
    for lane in range(LANES):
        x, y, z = state[lane], state[LANES + lane], state[2 * LANES + lane]
        nx, ny, nz = state[3 * LANES + lane], state[4 * LANES + lane], state[5 * LANES + lane]
        s = state[6 * LANES + lane]
        gx, gy, gz = s * normals[lane], s * normals[LANES + lane], s * normals[2 * LANES + lane]
        s = state[9 * LANES + lane]
        wx, wy, wz = s * normals[3 * LANES + lane], s * normals[4 * LANES + lane], s * normals[5 * LANES + lane]
        drag = state[10 * LANES + lane]

        k = anisotropy * (x * nx + y * ny + z * nz)
        dx, dy, dz = _turn(x, y, z, gx + k * nx, gy + k * ny, gz + b0 + k * nz, damping)
        ex, ey, ez = _follow(x, y, z, nx, ny, nz, wx, wy, wz, drag)
        px, py, pz = x + dx, y + dy, z + dz
        ox, oy, oz = nx + ex, ny + ey, nz + ez
        k = anisotropy * (px * ox + py * oy + pz * oz)
        qx, qy, qz = _turn(px, py, pz, gx + k * ox, gy + k * oy, gz + b1 + k * oz, damping)
        rx, ry, rz = _follow(px, py, pz, ox, oy, oz, wx, wy, wz, drag)

        before = z
        x, y, z = _unit(x + 0.5 * (dx + qx), y + 0.5 * (dy + qy), z + 0.5 * (dz + qz))
        nx, ny, nz = _unit(nx + 0.5 * (ex + rx), ny + 0.5 * (ey + ry), nz + 0.5 * (ez + rz))
        state[lane], state[LANES + lane], state[2 * LANES + lane] = x, y, z
        state[3 * LANES + lane], state[4 * LANES + lane], state[5 * LANES + lane] = nx, ny, nz
        state[8 * LANES + lane] += climb * (before + z)
        total += state[7 * LANES + lane] * z
    return total


@kernel(fastmath=True)
def _step_blocked(state, normals, b0, b1, climb):
    """Make one step of particles that carry their moment with them; return the weighted sum of m_z after it."""
    total = 0.0
    for lane in range(LANES):
        x, y, z = state[lane], state[LANES + lane], state[2 * LANES + lane]
        s = state[9 * LANES + lane]
        wx, wy, wz = s * normals[lane], s * normals[LANES + lane], s * normals[2 * LANES + lane]
        drag = state[10 * LANES + lane]
        # The angular velocity is the torque m x b over the drag, and the thermal one.
        vx, vy = wx + drag * b0 * y, wy - drag * b0 * x
        dx, dy, dz = vy * z - wz * y, wz * x - vx * z, vx * y - vy * x
        px, py, pz = x + dx, y + dy, z + dz
        vx, vy = wx + drag * b1 * py, wy - drag * b1 * px
        qx, qy, qz = vy * pz - wz * py, wz * px - vx * pz, vx * py - vy * px
        before = z
        x, y, z = _unit(x + 0.5 * (dx + qx), y + 0.5 * (dy + qy), z + 0.5 * (dz + qz))
        state[lane], state[LANES + lane], state[2 * LANES + lane] = x, y, z
        state[8 * LANES + lane] += climb * (before + z)
        total += state[7 * LANES + lane] * z
    return total


@kernel(parallel=True, fastmath=True)
def advance(particles, streams, traces, drive, climb, anisotropy, damping, kind):
    """Advance particles that do not feel each other by Heun's method, with unit length restored.

    The sense of the noise is Stratonovich's, as it must be for a field that fluctuates faster than the moment.

    Parameters
    ----------
    particles : ndarray
        Shape (groups, ROWS * LANES), changed in place. Rows: 0 to 2 the moment m, a unit vector; 3 to 5 the direction
        of the field in the frame of the crystal (easy axis z, or cubic axes x, y, z), or for free particles the easy
        axis n, with the field along z; 6 the standard deviation of the thermal field, an angle; 7 the weight in the
        traces; 8 the sum of m.h times the change of the field, added to; 9 the standard deviation of the thermal
        rotation of a free or blocked particle; 10 the drag: in a step the axis of a free particle turns by it times
        (m.n) |m x n|, that of a blocked one by it times drive times |m x z|. Lanes to spare have weight 0.
    streams : ndarray
        Of `open_streams`, shape (groups, 4 * LANES), changed in place.
    traces : ndarray
        The weighted sum of m.h in each group after each step, shape (groups, steps), overwritten.
    drive : ndarray
        The field before each step and after the last, an angle (for blocked particles in any unit), shape (steps + 1,).
    climb : ndarray
        Half the change of the field in each step, in any unit, shape (steps,).
    anisotropy : float
        The field 2 K/Ms, an angle.
    damping : float
        Gilbert's a.
    kind : int
        UNIAXIAL, CUBIC, FREE or BLOCKED.
    """
    steps = climb.shape[0]
    per_step = 6 if kind == FREE else 3
    for group in prange(traces.shape[0]):
        state, words = particles[group], streams[group]
        normals = np.empty(6 * _BLOCK * LANES)
        for first in range(0, steps, _BLOCK):
            fill_normals(words, normals, per_step * _BLOCK // 2)
            for at in range(first, min(first + _BLOCK, steps)):
                drawn = normals[per_step * (at - first) * LANES :]
                b0, b1 = drive[at], drive[at + 1]
                if kind == UNIAXIAL:
                    total = _step_uniaxial(state, drawn, b0, b1, climb[at], anisotropy, damping)
                elif kind == CUBIC:
                    total = _step_cubic(state, drawn, b0, b1, climb[at], anisotropy, damping)
                elif kind == FREE:
                    total = _step_free(state, drawn, b0, b1, climb[at], anisotropy, damping)
                else:
                    total = _step_blocked(state, drawn, b0, b1, climb[at])
                traces[group, at] = total


@kernel(fastmath=True)
def _set_fields(fields, state, source, normals, size, b, anisotropy, cubic):
    """Set the applied, thermal and anisotropy fields of all members for the moments in the rows from source on."""
    for i in range(size):
        at, first, draw = 3 * i * LANES, i * MEMBER_ROWS * LANES, 6 * i * LANES
        m = first + source * LANES
        for lane in range(LANES):
            s = state[first + 9 * LANES + lane]
            fields[at + lane] = s * normals[draw + lane]
            fields[at + LANES + lane] = s * normals[draw + LANES + lane]
            fields[at + 2 * LANES + lane] = s * normals[draw + 2 * LANES + lane] + b
        for axis in range(3 if cubic else 1):
            e = first + (12 + 3 * axis) * LANES
            for lane in range(LANES):
                ex, ey, ez = state[e + lane], state[e + LANES + lane], state[e + 2 * LANES + lane]
                c = state[m + lane] * ex + state[m + LANES + lane] * ey + state[m + 2 * LANES + lane] * ez
                k = anisotropy * (c * c * c if cubic else c)
                fields[at + lane] += k * ex
                fields[at + LANES + lane] += k * ey
                fields[at + 2 * LANES + lane] += k * ez


@kernel(fastmath=True)
def _add_common(fields, moments, xx, xy, xz, yy, yz, zz):
    """Add the fields of one member at another, with a tensor common to all lanes."""
    for lane in range(LANES):
        x, y, z = moments[lane], moments[LANES + lane], moments[2 * LANES + lane]
        fields[lane] += xx * x + xy * y + xz * z
        fields[LANES + lane] += xy * x + yy * y + yz * z
        fields[2 * LANES + lane] += xz * x + yz * y + zz * z


@kernel(fastmath=True)
def _add_own(fields, moments, tensors):
    """Add the fields of one member at another, with a tensor of each lane."""
    for lane in range(LANES):
        x, y, z = moments[lane], moments[LANES + lane], moments[2 * LANES + lane]
        xy, xz, yz = tensors[LANES + lane], tensors[2 * LANES + lane], tensors[4 * LANES + lane]
        fields[lane] += tensors[lane] * x + xy * y + xz * z
        fields[LANES + lane] += xy * x + tensors[3 * LANES + lane] * y + yz * z
        fields[2 * LANES + lane] += xz * x + yz * y + tensors[5 * LANES + lane] * z


@kernel(fastmath=True)
def _add_dipolar(fields, state, source, tensors, size, spread):
    """Add the fields of the other members of each cluster; spread says that each lane has tensors of its own."""
    for i in range(size):
        here = fields[3 * i * LANES :]
        for j in range(size):
            if i == j:
                continue
            moments = state[(j * MEMBER_ROWS + source) * LANES :]
            t = 6 * (i * size + j)
            if spread:
                _add_own(here, moments, tensors[t * LANES :])
            else:
                xx, xy, xz = tensors[t], tensors[t + 1], tensors[t + 2]
                _add_common(here, moments, xx, xy, xz, tensors[t + 3], tensors[t + 4], tensors[t + 5])


@kernel(fastmath=True)
def _predict(state, fields, size, damping):
    """Set the changes of all members in their fields and where they lead."""
    for i in range(size):
        m, f = i * MEMBER_ROWS * LANES, 3 * i * LANES
        for lane in range(LANES):
            x, y, z = state[m + lane], state[m + LANES + lane], state[m + 2 * LANES + lane]
            hx, hy, hz = fields[f + lane], fields[f + LANES + lane], fields[f + 2 * LANES + lane]
            dx, dy, dz = _turn(x, y, z, hx, hy, hz, damping)
            state[m + 3 * LANES + lane] = x + dx
            state[m + 4 * LANES + lane] = y + dy
            state[m + 5 * LANES + lane] = z + dz
            state[m + 6 * LANES + lane] = dx
            state[m + 7 * LANES + lane] = dy
            state[m + 8 * LANES + lane] = dz


@kernel(fastmath=True)
def _correct(state, fields, size, climb, damping):
    """Move all members by the mean of two changes and return the weighted sum of m_z after it."""
    total = 0.0
    for i in range(size):
        m, f = i * MEMBER_ROWS * LANES, 3 * i * LANES
        for lane in range(LANES):
            x, y, z = state[m + 3 * LANES + lane], state[m + 4 * LANES + lane], state[m + 5 * LANES + lane]
            hx, hy, hz = fields[f + lane], fields[f + LANES + lane], fields[f + 2 * LANES + lane]
            qx, qy, qz = _turn(x, y, z, hx, hy, hz, damping)
            before = state[m + 2 * LANES + lane]
            x = state[m + lane] + 0.5 * (state[m + 6 * LANES + lane] + qx)
            y = state[m + LANES + lane] + 0.5 * (state[m + 7 * LANES + lane] + qy)
            z = before + 0.5 * (state[m + 8 * LANES + lane] + qz)
            x, y, z = _unit(x, y, z)
            state[m + lane], state[m + LANES + lane], state[m + 2 * LANES + lane] = x, y, z
            state[m + 11 * LANES + lane] += climb * (before + z)
            total += state[m + 10 * LANES + lane] * z
    return total


@kernel(parallel=True, fastmath=True)
def advance_clusters(members, streams, tensors, traces, drive, climb, anisotropy, damping, cubic):
    """Advance clusters of particles that feel the dipolar fields of the others of their cluster; the field is along z.

    LANES clusters lie side by side in a group.

    Parameters
    ----------
    members : ndarray
        Shape (groups, size * MEMBER_ROWS * LANES), changed in place. Rows of each member: 0 to 2 the moment, a unit
        vector; 3 to 8 for the kernel; 9 the standard deviation of the thermal field, an angle; 10 the weight in the
        traces, 0 in lanes to spare; 11 the sum of m.h times the change of the field, added to; 12 to 20 the crystal
        axes, of which a uniaxial crystal uses the first.
    streams : ndarray
        Of `open_streams`, shape (groups, size * 4 * LANES), changed in place.
    tensors : ndarray
        Field at a member for a unit vector at another, an angle, shape (groups, size * size * 6 * LANES): member,
        other, then xx, xy, xz, yy, yz, zz. If all clusters are alike, shape (1, size * size * 6).
    traces, drive, climb, anisotropy, damping
        As in `advance`.
    cubic : bool
        Whether anisotropy is cubic.
    """
    size = members.shape[1] // (MEMBER_ROWS * LANES)
    spread = tensors.shape[1] > 6 * size * size
    for group in prange(traces.shape[0]):
        state, words = members[group], streams[group]
        pairs = tensors[group] if spread else tensors[0]
        fields = np.empty(3 * size * LANES)
        normals = np.empty(6 * size * LANES)
        for at in range(climb.shape[0]):
            if at % 2 == 0:
                for i in range(size):
                    fill_normals(words[4 * i * LANES :], normals[6 * i * LANES :], normals.size // (2 * size * LANES))
            drawn = normals[3 * (at % 2) * LANES :]
            _set_fields(fields, state, 0, drawn, size, drive[at], anisotropy, cubic)
            _add_dipolar(fields, state, 0, pairs, size, spread)
            _predict(state, fields, size, damping)
            _set_fields(fields, state, 3, drawn, size, drive[at + 1], anisotropy, cubic)
            _add_dipolar(fields, state, 3, pairs, size, spread)
            traces[group, at] = _correct(state, fields, size, climb[at], damping)
