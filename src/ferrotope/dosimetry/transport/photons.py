"""Transport of photons, analogue: each collision as it happens, the electrons deposited on the spot or handed over.

Physics, all cross sections those of `dosimetry.matter.attenuation`:

- photoelectric effect in K, L1, L2, L3 or an outer shell, the electron in the direction of Sauter's distribution; K
  and L vacancies cascade by the transitions of EADL97: photons from 1 keV are followed, Auger electrons stay where they
  start. An electron from beyond L3 gets all the energy, its binding (at most 3.4 keV, in gold) included;
- Compton scattering by Klein and Nishina times the incoherent scattering function. The spread of the energy of the
  scattered photon by the motion of bound electrons (Doppler broadening) and the vacancy that is left are neglected: the
  electron gets all that the photon loses;
- Rayleigh scattering by the squared form factor of free atoms;
- pair production, triplets as pairs: kinetic energy shared evenly at random (the spectrum is flat near the threshold).

Not followed: photonuclear reactions, polarisation, fluorescence of M shells and below 1 keV.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ferrotope.dosimetry.matter.attenuation import HIGHEST_ENERGY, LOWEST_ENERGY
from ferrotope.dosimetry.transport.photon_tables import PhotonTables
from ferrotope.kernels import kernel
from ferrotope.units.checks import between, positive

__all__ = ["transport_photons"]

REST = 8.1871057769e-14  # m c2 of the electron, J, CODATA 2018
PER_ANGSTROM = 1.0 / (12398.4198 * 1.602176634e-19)  # 1/(h c): 1/angstrom a J, CODATA 2018
COHERENT, INCOHERENT, PHOTOELECTRIC = 0, 1, 2


def transport_photons(
    particles: NDArray[np.float64],
    streams: NDArray[np.uint64],
    geometry: tuple,
    tables: PhotonTables,
    cut: float,
    electron_cut: float,
    deposit: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.uint64], NDArray[np.int64], float]:
    """Follow photons until they are absorbed or have left.

    Parameters
    ----------
    particles : array, (n, 8)
        Position x, y, z (m), direction u, v, w, energy (J, at most 20 MeV) and weight of each photon.
    streams : uint64 array, (n,)
        Seed of the stream of random numbers of each photon.
    geometry : tuple
        (kind, edges_squared, origin, spacing, shape, medium, density) of `transport.geometry`: 0 concentric shells,
        1 voxels.
    tables : PhotonTables
        From `photon_tables`, of the media of the geometry.
    cut : float
        Energy (J) below which a photon is absorbed on the spot, at least 1 keV.
    electron_cut : float
        Kinetic energy (J) up to which electrons and positrons are absorbed on the spot; ``inf`` for all of them (the
        kerma approximation). The annihilation photons of a positron absorbed here are followed here.
    deposit : array, (regions,)
        Weight times energy (J) absorbed in each region; added to.

    Returns
    -------
    electrons : array, (m, 8)
        Electrons and positrons above `electron_cut`, as `particles` with their kinetic energy.
    electron_streams : uint64 array, (m,)
        Seeds of their streams.
    electron_charge : int64 array, (m,)
        -1 or +1; what follows a positron must also follow its annihilation photons.
    escaped : float
        Weight times energy (J) of the photons that left or started outside.

    Raises
    ------
    InputError
        If a cut is out of range or an energy above 20 MeV.

    Notes
    -----
    A photon draws from its own stream alone, so that results do not depend on how photons are grouped. Voxels thinner
    than the shortest mean free path in the grid are crossed by delta tracking, others and shells one by one; with
    voxels each call also costs one pass over the grid. Energy is kept: deposits, escape, kinetic energies and 2 m c2
    for each positron handed over add up to what came in, to rounding.
    """
    between("cut", cut, LOWEST_ENERGY, HIGHEST_ENERGY, "J", "photons below 1 keV are not tabulated")
    if electron_cut != np.inf:
        positive("electron_cut", electron_cut, "J")
    if len(particles):
        between("energy", particles[:, 6].max(), 0.0, HIGHEST_ENERGY * (1 + 1e-9), "J")
    particles, streams = np.ascontiguousarray(particles, dtype=float), np.ascontiguousarray(streams, dtype=np.uint64)
    return _transport(particles, streams, geometry, tables, float(cut), float(electron_cut), deposit)


@kernel
def _seed(state, seed):
    """Fill the four words of xoshiro256++ from one, by splitmix64 (D. Blackman and S. Vigna, doi:10.1145/3460772)."""
    for n in range(4):
        seed += np.uint64(0x9E3779B97F4A7C15)
        z = seed
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state[n] = z ^ (z >> np.uint64(31))


@kernel
def _word(state):
    """Return the next 64 bits of xoshiro256++."""
    total = state[0] + state[3]
    word = ((total << np.uint64(23)) | (total >> np.uint64(41))) + state[0]
    shifted = state[1] << np.uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = (state[3] << np.uint64(45)) | (state[3] >> np.uint64(19))
    return word


@kernel
def _uniform(state):
    """Return a number from the open interval between 0 and 1."""
    return ((_word(state) >> np.uint64(11)) + 0.5) * 1.1102230246251565e-16


@kernel
def _above(table, value):
    """Return the first index from 1 on at which a rising table is above a value, at most the last index."""
    low, high = 0, table.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if table[middle] > value:
            high = middle
        else:
            low = middle
    return high


@kernel
def _turned(u, v, w, cosine, azimuth):
    """Return a direction turned by the polar angle of a cosine and by an azimuth."""
    sine = np.sqrt(max(1.0 - cosine * cosine, 0.0))
    a, b = sine * np.cos(azimuth), sine * np.sin(azimuth)
    across = u * u + v * v
    if across < 1e-20:
        sign = 1.0 if w > 0 else -1.0
        return a, b * sign, cosine * sign
    root = np.sqrt(across)
    return (
        u * cosine + (a * u * w - b * v) / root,
        v * cosine + (a * v * w + b * u) / root,
        w * cosine - a * root,
    )


@kernel
def _anywhere(state):
    """Return a direction from the isotropic distribution."""
    cosine, azimuth = 2.0 * _uniform(state) - 1.0, 2.0 * np.pi * _uniform(state)
    sine = np.sqrt(1.0 - cosine * cosine)
    return sine * np.cos(azimuth), sine * np.sin(azimuth), cosine


@kernel
def _locate(kind, place, edges_squared, origin, spacing, shape, cell):
    """Find the shell or voxel of a position; return whether there is one."""
    if kind == 0:
        squared = place[0] ** 2 + place[1] ** 2 + place[2] ** 2
        cell[0] = _above(edges_squared, squared) - 1
        return squared < edges_squared[edges_squared.size - 1]
    for axis in range(3):
        at = np.floor((place[axis] - origin[axis]) / spacing[axis])
        if not 0 <= at < shape[axis]:
            return False
        cell[axis] = int(at)
    return True


@kernel
def _boundary(kind, place, edges_squared, origin, spacing, cell):
    """Return the distance to the boundary of the shell or voxel, the axis that is crossed and the step along it."""
    if kind == 0:
        along = place[0] * place[3] + place[1] * place[4] + place[2] * place[5]
        off = along * along - place[0] ** 2 - place[1] ** 2 - place[2] ** 2  # minus the squared closest approach
        inner = off + edges_squared[cell[0]]
        if along < 0.0 and inner > 0.0 and cell[0] > 0:
            return max(-along - np.sqrt(inner), 0.0), 0, -1
        return max(-along + np.sqrt(max(off + edges_squared[cell[0] + 1], 0.0)), 0.0), 0, 1
    nearest, crossed, step = np.inf, 0, 1
    for axis in range(3):
        speed = place[3 + axis]
        if speed != 0.0:
            ahead = cell[axis] + 1 if speed > 0 else cell[axis]
            distance = (origin[axis] + ahead * spacing[axis] - place[axis]) / speed
            if distance < nearest:
                nearest, crossed, step = distance, axis, 1 if speed > 0 else -1
    return max(nearest, 0.0), crossed, step


@kernel
def _coherent_cosine(state, energy, x, form):
    """Sample the cosine of Rayleigh scattering: squared form factor times the Thomson factor."""
    highest = energy * PER_ANGSTROM
    last = x.size - 1
    limit = min(highest, x[last]) ** 2
    top = _above(x, highest)
    reach = form[top - 1] + (form[top] - form[top - 1]) * (limit - x[top - 1] ** 2) / (x[top] ** 2 - x[top - 1] ** 2)
    while True:
        aim = _uniform(state) * reach
        n = _above(form, aim)
        low = x[n - 1] ** 2
        squared = low + (x[n] ** 2 - low) * (aim - form[n - 1]) / (form[n] - form[n - 1])
        cosine = max(1.0 - 2.0 * squared / highest**2, -1.0)
        if 2.0 * _uniform(state) < 1.0 + cosine * cosine:
            return cosine


@kernel
def _compton(state, energy, x, scattering):
    """Sample the cosine and the energy of a Compton photon: Klein and Nishina times the scattering function."""
    k = energy / REST
    least = 1.0 / (1.0 + 2.0 * k)
    first, second = -np.log(least), 0.5 * (1.0 - least * least)
    last = x.size - 1
    while True:
        if _uniform(state) * (first + second) < first:
            ratio = least ** _uniform(state)
        else:
            ratio = np.sqrt(least * least + (1.0 - least * least) * _uniform(state))
        less = min((1.0 - ratio) / (k * ratio), 2.0)  # 1 - cosine
        if _uniform(state) > 1.0 - ratio * less * (2.0 - less) / (1.0 + ratio * ratio):
            continue
        momentum = energy * PER_ANGSTROM * np.sqrt(0.5 * less)
        if momentum >= x[last]:
            bound = 1.0
        elif momentum < x[1]:
            bound = scattering[1] * (momentum / x[1]) ** 2
        else:
            n = _above(x, momentum)
            bound = scattering[n - 1] + (scattering[n] - scattering[n - 1]) * (momentum - x[n - 1]) / (x[n] - x[n - 1])
        if _uniform(state) < bound:
            return 1.0 - less, ratio * energy


@kernel
def _photoelectron_cosine(state, kinetic):
    """Sample the cosine of a photoelectron (F. Sauter, Ann Phys 403 (1931) 454), by the rejection of PENELOPE."""
    if kinetic < 1e-6 * REST:  # at an edge
        return 2.0 * _uniform(state) - 1.0
    gamma = 1.0 + kinetic / REST
    beta = np.sqrt(1.0 - 1.0 / gamma**2)
    a = 1.0 / beta - 1.0
    extra = 0.5 * beta * gamma * (gamma - 1.0) * (gamma - 2.0)
    while True:
        r = _uniform(state)
        less = 2.0 * a * (2.0 * r + (a + 2.0) * np.sqrt(r)) / ((a + 2.0) ** 2 - 4.0 * r)
        if _uniform(state) * 2.0 * (1.0 / a + extra) < (2.0 - less) * (1.0 / (a + less) + extra):
            return 1.0 - less


@kernel
def _shell(state, energy, fraction, shares, binding):
    """Choose the shell of a photoelectric effect: 0 to 3 for K to L3, -1 beyond. `shares` are those of two energies."""
    draw = _uniform(state)
    for shell in range(4):
        if 0.0 < binding[shell] <= energy:
            low, high = shares[shell, 0], shares[shell, 1]
            if low == 0.0:  # an edge between the two
                low = high
            draw -= low + (high - low) * fraction
            if draw < 0.0:
                return shell
    return -1


@kernel
def _fluorescence(state, shell, first, cumulated, photon, vacancies, cut, found):
    """Fill a vacancy and those that follow; write the energies of the photons from `cut` on and return their number."""
    open_shells = np.empty(32, np.int64)
    open_shells[0] = shell
    waiting, count = 1, 0
    while waiting > 0:
        waiting -= 1
        n = first[open_shells[waiting]]
        draw = _uniform(state)
        while cumulated[n] < draw:
            n += 1
        if photon[n] >= cut:
            found[count] = photon[n]
            count += 1
        for left in vacancies[n]:
            if left > 0:
                open_shells[waiting] = left - 1
                waiting += 1
    return count


@kernel
def _scatter(state, energy, place, azimuth, x, scattering, born):
    """Scatter a photon off an electron: turn `place`, write the electron to `born`, return the energy that is left."""
    cosine, after = _compton(state, energy, x, scattering)
    u, v, w = _turned(place[3], place[4], place[5], cosine, azimuth)
    # The electron takes the momentum that the photon loses.
    a, b, c = energy * place[3] - after * u, energy * place[4] - after * v, energy * place[5] - after * w
    size = max(np.sqrt(a * a + b * b + c * c), 1e-300)
    born[0, 0], born[0, 1], born[0, 2] = a / size, b / size, c / size
    born[0, 3], born[0, 4] = energy - after, -1.0
    place[3], place[4], place[5] = u, v, w
    return after


@kernel
def _absorb(state, energy, place, azimuth, shares, part, binding, first, tables, cut, born, found):
    """Absorb a photon by the photoelectric effect; return the energy that stays and how many photons are in `found`."""
    shell = _shell(state, energy, part, shares, binding)
    local, photons = 0.0, 0
    if shell >= 0:
        local = binding[shell]
        photons = _fluorescence(state, shell, first, tables.cumulated, tables.photon, tables.vacancies, cut, found)
    born[0, 3], born[0, 4] = energy - local, -1.0
    cosine = _photoelectron_cosine(state, energy - local)
    born[0, 0], born[0, 1], born[0, 2] = _turned(place[3], place[4], place[5], cosine, azimuth)
    for n in range(photons):
        local -= found[n]
    return local, photons


@kernel
def _produce(state, energy, place, azimuth, born):
    """Turn a photon into an electron and a positron; cosines by 1/(1 - beta cosine)^2, the leading angular factor."""
    both = energy - 2.0 * REST
    share = _uniform(state)
    for n in range(2):
        kinetic = both * (share if n == 0 else 1.0 - share)
        gamma = 1.0 + kinetic / REST
        beta = np.sqrt(1.0 - 1.0 / gamma**2)
        r = 2.0 * _uniform(state) - 1.0
        cosine = (r + beta) / (1.0 + r * beta)
        born[n, 0], born[n, 1], born[n, 2] = _turned(place[3], place[4], place[5], cosine, azimuth + n * np.pi)
        born[n, 3], born[n, 4] = kinetic, 2.0 * n - 1.0


@kernel
def _push(stack, cells, top, place, cell, direction, energy, weight):
    """Put a photon on the stack."""
    for n in range(3):
        stack[top, n] = place[n]
        stack[top, 3 + n] = direction[n]
        cells[top, n] = cell[n]
    stack[top, 6], stack[top, 7] = energy, weight
    return top + 1


@kernel
def _majorants(total, medium, density):
    """Return the highest attenuation coefficient (1/m) in any region by energy; zeros if a region is void."""
    densest = np.zeros(total.shape[0])
    highest = np.zeros(total.shape[1])
    for region in range(medium.size):
        if medium[region] < 0:
            return highest
        densest[medium[region]] = max(densest[medium[region]], density[region])
    for m in range(densest.size):
        for n in range(highest.size):
            highest[n] = max(highest[n], densest[m] * total[m, n])
    return highest


@kernel
def _leap(state, place, cell, geometry, tables, low, part, highest):
    """Move a photon to its next collision across voxels (delta tracking, E. R. Woodcock et al., ANL-7050, 1965).

    Return what `_fly` returns.
    """
    kind, edges_squared, origin, spacing, shape, medium, density = geometry
    while True:
        way = -np.log(_uniform(state)) / highest
        for n in range(3):
            place[n] += way * place[3 + n]
        if not _locate(kind, place, edges_squared, origin, spacing, shape, cell):
            return -1, 0, 0.0
        region = (cell[0] * shape[1] + cell[1]) * shape[2] + cell[2]
        m = medium[region]
        mu = tables.total[m, low] + (tables.total[m, low + 1] - tables.total[m, low]) * part
        if _uniform(state) * highest < mu * density[region]:
            return region, m, mu


@kernel
def _fly(state, energy, cut, place, cell, geometry, tables, low, part, highest):
    """Move a photon to its next collision, region by region if the voxels are not thin against 1/`highest`.

    Return the region, its medium and the attenuation coefficient there; -1 for the region if the photon has left.
    """
    kind, edges_squared, origin, spacing, shape, medium, density = geometry
    if kind == 1 and energy >= cut and 0.0 < highest * min(spacing[0], spacing[1], spacing[2]) < 1.0:
        return _leap(state, place, cell, geometry, tables, low, part, highest)
    depth = -np.log(_uniform(state))
    while True:
        region = cell[0] if kind == 0 else (cell[0] * shape[1] + cell[1]) * shape[2] + cell[2]
        m = medium[region]
        if m < 0:
            return -1, m, 0.0
        mu = tables.total[m, low] + (tables.total[m, low + 1] - tables.total[m, low]) * part
        if energy < cut:
            return region, m, mu
        way, axis, step = _boundary(kind, place, edges_squared, origin, spacing, cell)
        thickness = mu * density[region] * way
        collides = depth < thickness
        if collides:
            way = depth / (mu * density[region])
        for n in range(3):
            place[n] += way * place[3 + n]
        if collides:
            return region, m, mu
        depth -= thickness
        cell[axis] += step
        if cell[axis] < 0 or cell[axis] >= (edges_squared.size - 1 if kind == 0 else shape[axis]):
            return -1, m, 0.0


@kernel
def _channel(state, mu, low, part, channels):
    """Choose an element and a process by their parts of the attenuation coefficient."""
    draw, chosen = _uniform(state) * mu, 0
    for n in range(channels.shape[0]):
        value = channels[n, low] + (channels[n, low + 1] - channels[n, low]) * part
        if value > 0.0:
            chosen = n
            draw -= value
            if draw < 0.0:
                break
    return chosen


@kernel
def _append(electrons, streams, charges, count, place, born, weight, word):
    """Append an electron to the batch, which doubles when it is full."""
    if count == charges.size:
        wider, seeds, signs = np.empty((2 * count, 8)), np.empty(2 * count, np.uint64), np.empty(2 * count, np.int64)
        for n in range(count):
            for k in range(8):
                wider[n, k] = electrons[n, k]
            seeds[n], signs[n] = streams[n], charges[n]
        electrons, streams, charges = wider, seeds, signs
    for n in range(3):
        electrons[count, n] = place[n]
        electrons[count, 3 + n] = born[n]
    electrons[count, 6], electrons[count, 7] = born[3], weight
    streams[count], charges[count] = word, int(born[4])
    return electrons, streams, charges


@kernel
def _transport(particles, streams, geometry, tables, cut, electron_cut, deposit):  # noqa: C901
    state, born, found = np.empty(4, np.uint64), np.empty((2, 5)), np.empty(32)
    stack, cells, place, cell = np.empty((64, 8)), np.zeros((64, 3), np.int64), np.empty(6), np.zeros(3, np.int64)
    electrons, seeds, charges = np.empty((256, 8)), np.empty(256, np.uint64), np.empty(256, np.int64)
    kind, edges_squared, origin, spacing, shape, medium, density = geometry
    majorants = _majorants(tables.total, medium, density) if kind == 1 else np.zeros(tables.total.shape[1])
    count, escaped = 0, 0.0
    for history in range(particles.shape[0]):
        _seed(state, streams[history])
        for n in range(8):
            stack[0, n] = particles[history, n]
        if not _locate(kind, stack[0], edges_squared, origin, spacing, shape, cells[0]):
            escaped += stack[0, 6] * stack[0, 7]
            continue
        top = 1
        while top > 0:
            top -= 1
            for n in range(6):
                place[n] = stack[top, n]
            for n in range(3):
                cell[n] = cells[top, n]
            energy, weight = stack[top, 6], stack[top, 7]
            while energy > 0.0:
                grid = (np.log(max(energy, cut)) - tables.log_lowest) * tables.per_step
                low = min(max(int(grid), 0), tables.total.shape[1] - 2)
                part = grid - low
                highest = majorants[low] + (majorants[low + 1] - majorants[low]) * part
                region, m, mu = _fly(state, energy, cut, place, cell, geometry, tables, low, part, highest)
                if region < 0:
                    escaped += energy * weight
                    break
                if energy < cut:
                    deposit[region] += energy * weight
                    break
                channel = _channel(state, mu, low, part, tables.channels[m])
                element, process = tables.elements[m, channel // 4], channel % 4
                azimuth = 2.0 * np.pi * _uniform(state)
                local, electrons_born = 0.0, 1  # energy that stays here
                if process == COHERENT:
                    cosine = _coherent_cosine(state, energy, tables.x, tables.form[element])
                    place[3], place[4], place[5] = _turned(place[3], place[4], place[5], cosine, azimuth)
                    continue
                if process == INCOHERENT:
                    energy = _scatter(state, energy, place, azimuth, tables.x, tables.scattering[element], born)
                elif process == PHOTOELECTRIC:
                    shares = tables.shares[element][:, low : low + 2]
                    binding, first = tables.binding[element], tables.first[element]
                    local, photons = _absorb(
                        state, energy, place, azimuth, shares, part, binding, first, tables, cut, born, found
                    )
                    for n in range(photons):
                        top = _push(stack, cells, top, place, cell, _anywhere(state), found[n], weight)
                    energy = 0.0
                else:
                    _produce(state, energy, place, azimuth, born)
                    electrons_born, energy = 2, 0.0
                for n in range(electrons_born):
                    if born[n, 3] > electron_cut:
                        electrons, seeds, charges = _append(
                            electrons, seeds, charges, count, place, born[n], weight, _word(state)
                        )
                        count += 1
                        continue
                    local += born[n, 3]
                    if born[n, 4] > 0.0:  # a positron, which annihilates at rest
                        u, v, w = _anywhere(state)
                        top = _push(stack, cells, top, place, cell, (u, v, w), REST, weight)
                        top = _push(stack, cells, top, place, cell, (-u, -v, -w), REST, weight)
                deposit[region] += local * weight
    return electrons[:count], seeds[:count], charges[:count], escaped
