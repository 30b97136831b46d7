"""S values of the organs of a stylised mouse, rat or human.

Charged particles by convolution of each organ with a point kernel on the voxels of the phantom, photons by transport
through them; where few photons reach a small or distant organ, a point kernel between points of both organs helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ferrotope.dosimetry.kernels.point_kernels import EDGES, PHOTONS, PointKernel, kernel_of_decays
from ferrotope.dosimetry.organs.phantom_transport import BATCHES, electron_energies, photon_energies
from ferrotope.dosimetry.spheres.decay_energy import line_spectrum
from ferrotope.dosimetry.voxels.s_values import energies_of_octant
from ferrotope.nuclides import RADIATIONS, Nuclide, chain_weights
from ferrotope.subject.phantoms import Phantom, phantom
from ferrotope.units.checks import between

if TYPE_CHECKING:
    import xarray

__all__ = ["charged_energies", "organ_s_values"]

BODY = "body"
WELL_KNOWN = 0.05  # relative standard error up to which the transport needs no help
LEAST_SCATTER, UNMEASURED_SCATTER = 0.03, 0.2  # relative error of the kernel, where few pairs are well known the second
ELECTRONS = ("beta-", "beta+", "conversion", "auger")
LEAST_ELECTRONS = 2000  # followed from lung and bone
PAIRS = 20_000  # pairs of points of two organs
KEPT = 0.005  # of the energy of charged particles may lie beyond the reach of the convolution: bremsstrahlung


def organ_s_values(
    species: str,
    nuclide: Nuclide | str,
    *,
    sex: str | None = None,
    body_mass: float | None = None,
    organ_masses: Mapping[str, float] | None = None,
    daughters: str | Mapping[str, float] | None = None,
    radiation: str | None = None,
    voxel_size: float | None = None,
    histories: int = 100_000,
    seed: int = 0,
) -> xarray.DataArray:
    """S values between all organs of a stylised phantom.

    Parameters
    ----------
    species : str
        "mouse", "rat" or "human".
    nuclide : Nuclide or str
        What decays.
    sex, body_mass, organ_masses, voxel_size
        As in `subject.phantoms.phantom` (kg, m): S is that of organs with these masses.
    daughters : "prompt", "equilibrium" or mapping of str to float, optional
        As in `point_kernel`; they decay where the nuclide does.
    radiation : str, optional
        One of `nuclides.RADIATIONS`; the sum of all by default. No RBE is in it.
    histories : int
        Photons followed from each source, at least 80.
    seed : int
        The same seed gives the same result, whatever the number of threads.

    Returns
    -------
    xarray.DataArray
        S (Gy/(Bq s)), dimensions "target" and "source": the organs, their contents, "remainder" and the whole "body".
        Coordinates "mass" (kg, of the target), "standard_error" (Gy/(Bq s), of the transport) and, by source,
        "emitted" and "absorbed" energy (J per decay; the rest leaves the body).

    Raises
    ------
    InputError
        As `phantom` and `point_kernel`, or if there are too few histories.

    Notes
    -----
    Electrons, positrons and alphas: the kernel of unbounded water convolved with the source and cut at the surface of
    the body. Electrons from lung and bone are followed (a fifth of `histories`, at least 2000), and what these get from
    other organs is the same by reciprocity. Bremsstrahlung beyond the reach of the convolution is that of the kernel.

    Photons: transport with densities and compositions of lung, skeleton and soft tissue, electrons absorbed where they
    start. Where its relative standard error exceeds 5 % it is averaged with the photon kernel of unbounded tissue
    between random points of both organs, which the other pairs first correct for the finite body and whose error they
    measure: 5 % in the mouse (F-18), 7 % in man for Ga-68 and 18 % for Lu-177, whose soft photons stop in bone.

    Positions of mouse and rat are estimates, so their cross-doses are too (`Phantom.sources`).

    Examples
    --------
    >>> s = organ_s_values("human", "At-211", radiation="alpha", daughters="prompt", voxel_size=7e-3)
    >>> round(1e9 * float(s.sel(target="kidneys", source="kidneys")), 4)  # mGy/(MBq s)
    0.0035
    """
    import xarray

    histories = int(between("histories", histories, 10 * BATCHES, 1e10))
    nuclide = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    wanted = RADIATIONS if radiation is None else (radiation,)
    nuclide.emissions(wanted[0])  # refuses what is no radiation
    decays = tuple(chain_weights(nuclide, daughters).items())
    photon_names, electron_names, heavy_names = (
        tuple(name for name in wanted if name in kind) for kind in (PHOTONS, ELECTRONS, ("alpha", "recoil"))
    )
    body = phantom(species, sex=sex, body_mass=body_mass, organ_masses=organ_masses, voxel_size=voxel_size)
    kernels = [kernel_of_decays(nuclide.name, decays, names) for names in (photon_names, electron_names, heavy_names)]
    light, electrons, heavy = kernels
    rng = np.random.default_rng(seed)
    places = [_points(body, label, rng) for label in range(1, len(body.names) + 1)]

    lines = _lines(decays, electron_names)
    energy, error = _electron_energies(body, electrons, lines, places, max(histories // 5, LEAST_ELECTRONS), seed)
    energy += charged_energies(body, heavy)
    photons = photon_energies(body, *_lines(decays, photon_names), histories=histories, seed=seed)
    found, spread = _steadied(body, light, photons, places)
    energy, error = energy + found, np.hypot(error, spread)
    emitted = sum(sum(kernel.energy.values()) for kernel in kernels)
    return _labelled(body, energy, error, emitted, nuclide.name, decays, histories, seed, xarray)


def charged_energies(body: Phantom, kernel: PointKernel) -> NDArray[np.float64]:
    """Energy that charged particles leave in the organs, by convolution.

    Parameters
    ----------
    body : Phantom
        Where.
    kernel : PointKernel
        Of charged particles only.

    Returns
    -------
    array, shape (targets, sources)
        J per decay in the source; 0 beyond the reach of the kernel.
    """
    count = len(body.names)
    energy = np.zeros((count, count))
    if not kernel.within:
        return energy
    within = kernel.summed()
    reach = float(EDGES[np.searchsorted(within, (1.0 - KEPT) * within[-1])])
    octants = {}
    for n, density in enumerate(body.densities):
        thickness = body.voxel_size * density
        extent = int(np.ceil(reach / thickness))
        if density not in octants:
            octant = energies_of_octant(within, (thickness,) * 3, (extent,) * 3)
            octants[density] = octant[np.ix_(*(np.abs(np.arange(-extent, extent + 1)),) * 3)]
        part = _box(body.labels, n + 1, extent)
        source = (body.labels[part] == n + 1).astype(float)
        spread = _convolved(source, octants[density])
        got = np.bincount(body.labels[part].ravel(), spread.ravel(), count + 1)[1:]
        energy[:, n] = np.maximum(got, 0.0) / source.sum()
    energy[energy < 1e-9 * within[-1]] = 0.0  # rounding of the transforms
    return energy


def _electron_energies(body, kernel, lines, places, histories, seed):
    """Energies of electrons and positrons, and their standard errors: by convolution, from lung and bone by transport.

    What lung and bone get from other organs follows by reciprocity: dose per decay is equal in both directions. The
    other tissue takes the difference, so that each source loses what it loses.
    """
    energy = charged_energies(body, kernel)
    error = np.zeros_like(energy)
    if not kernel.within:
        return energy, error
    far = energy == 0.0
    if far.any():
        energy[far] = _kernel_energies(body, kernel, places)[far]
    soft = np.array(body.media) == "soft_tissue"
    for n in np.flatnonzero(~soft):
        lost = energy.sum(axis=0)
        found, spread = electron_energies(body, body.names[n], *lines, histories=histories, seed=seed)
        near = ~far[:, n] & (found > 0.0)
        energy[near, n], error[near, n] = found[near], spread[near]
        near &= soft
        energy[n, near] = (found / body.masses * body.masses[n])[near]
        error[n, near] = (spread / body.masses * body.masses[n])[near]
        rest = energy[-1] + lost - energy.sum(axis=0)
        energy[-1, near] = np.where(rest > 0.0, rest, energy[-1])[near]
    return energy, error


def _steadied(body, kernel, photons, places):
    """Photon energies and standard errors; where few photons arrived, the kernel helps.

    On the pairs of organs that the transport knows well it tells how far the kernel of unbounded soft tissue is off: a
    mean ratio for each source, and the scatter that is left. With that scatter as its error, the kernel is averaged
    with the transport for all other pairs.
    """
    energy, error = photons.deposited.copy(), photons.standard_error.copy()
    if photons.emitted == 0.0:
        return energy, error
    crossed = ~np.eye(len(energy), dtype=bool)
    known = crossed & (error < WELL_KNOWN * energy)
    if known[crossed].all():
        return energy, error
    expected = _kernel_energies(body, kernel, places)
    ratio = np.array([energy[k, n].sum() / expected[k, n].sum() if k.any() else 1.0 for n, k in enumerate(known.T)])
    expected *= np.sqrt(np.outer(ratio, ratio))
    scatter = UNMEASURED_SCATTER
    if np.count_nonzero(known) >= len(energy):
        of_transport = np.mean((error[known] / energy[known]) ** 2)
        total = np.mean(np.log(energy[known] / expected[known]) ** 2)
        scatter = np.sqrt(max(total - of_transport, LEAST_SCATTER**2))
    # The variance of a count goes with its expectation; the one found with a few photons is of no use as a weight.
    per_energy = (error**2 * crossed).sum(axis=0) / np.maximum((energy * crossed).sum(axis=0), 1e-300)
    of_transport, of_kernel = per_energy * expected, (scatter * expected) ** 2
    weight = of_kernel / np.maximum(of_kernel + of_transport, 1e-300)
    mixed = crossed & ~known
    energy[mixed] = (weight * energy + (1.0 - weight) * expected)[mixed]
    error[mixed] = np.sqrt(weight**2 * of_transport + (1.0 - weight) ** 2 * of_kernel)[mixed]
    return energy, error


def _kernel_energies(body, kernel, places):
    """Energies (J per decay) in the organs by the kernel of unbounded soft tissue between random points."""
    count = len(body.names)
    energy = np.zeros((count, count))
    soft = float(body.densities[-1])
    for a in range(count):
        for b in range(a + 1):
            # Points closer than half a voxel count as half a voxel apart.
            distance = np.linalg.norm(places[a] - places[b][::-1], axis=1)
            dose = float(kernel.dose(np.maximum(distance, 0.5 * body.voxel_size), soft).mean())
            energy[a, b], energy[b, a] = dose * body.masses[a], dose * body.masses[b]
    return energy


def _points(body, label, rng):
    cells = np.flatnonzero(body.labels.ravel() == label)
    cell = np.unravel_index(rng.choice(cells, PAIRS), body.labels.shape)
    return (np.stack(cell, axis=1) + rng.random((PAIRS, 3))) * body.voxel_size


def _lines(decays, radiations):
    """Energies (J) and numbers per decay of the photons of a chain."""
    energies, numbers = [np.zeros(0)], [np.zeros(0)]
    for member, weight in decays:
        for name in radiations:
            energy, number = line_spectrum(Nuclide(member), name)
            energies.append(energy)
            numbers.append(weight * number)
    return np.concatenate(energies), np.concatenate(numbers)


def _convolved(array, kernel):
    """The convolution with a kernel of odd size, on the grid of the array."""
    from scipy.fft import irfftn, next_fast_len, rfftn

    shape = [next_fast_len(n + m - 1, real=True) for n, m in zip(array.shape, kernel.shape, strict=True)]
    found = irfftn(rfftn(array, shape) * rfftn(kernel, shape), shape)
    return found[tuple(slice(m // 2, m // 2 + n) for n, m in zip(array.shape, kernel.shape, strict=True))]


def _box(labels, label, margin):
    """Slices around an organ with a margin in voxels."""
    found = []
    for axis in range(3):
        some = np.flatnonzero((labels == label).any(axis=tuple(other for other in range(3) if other != axis)))
        found.append(slice(max(int(some[0]) - margin, 0), int(some[-1]) + margin + 1))
    return tuple(found)


def _labelled(body, energy, error, emitted, nuclide, decays, histories, seed, xarray):
    """The S values with the whole body as the last target and source."""
    share = body.masses / body.body_mass
    mass = np.append(body.masses, body.body_mass)
    full, spread = np.zeros((2, mass.size, mass.size))
    full[:-1, :-1], spread[:-1, :-1] = energy, error
    full[:-1, -1], full[-1, :-1] = energy @ share, energy.sum(axis=0)
    spread[:-1, -1], spread[-1, :-1] = np.sqrt(error**2 @ share**2), np.sqrt((error**2).sum(axis=0))
    full[-1, -1], spread[-1, -1] = full[-1, :-1] @ share, np.sqrt(spread[-1, :-1] ** 2 @ share**2)
    names = [*body.names, BODY]
    s = full / mass[:, None]
    return xarray.DataArray(
        s,
        dims=("target", "source"),
        coords={
            "target": names,
            "source": names,
            "mass": ("target", mass, {"units": "kg"}),
            "standard_error": (("target", "source"), spread / mass[:, None], {"units": "Gy/(Bq s)"}),
            "emitted": ("source", np.full(mass.size, emitted), {"units": "J"}),
            "absorbed": ("source", full[-1], {"units": "J"}),
        },
        name="s_value",
        attrs={
            "units": "Gy/(Bq s)",
            "nuclide": nuclide,
            "decays": ", ".join(f"{name} {number:.4g}" for name, number in decays),
            "species": f"{body.species}, {body.sex}",
            "body_mass": body.body_mass,
            "voxel_size": body.voxel_size,
            "method": (
                "charged particles: point kernels convolved with the organs, electrons of lung and bone by transport; "
                f"photons: transport, {histories} a source, seed {seed}, averaged with point kernels where few arrive"
            ),
        },
    )
