"""Absorbed dose of a map of activity: convolution of the map with the S values of its voxels."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.dosimetry.kernels.point_kernels import EDGES, PHOTONS, PointKernel, kernel_of_decays, point_kernel
from ferrotope.dosimetry.matter.media import WATER_DENSITY
from ferrotope.dosimetry.voxels.s_values import checked_voxel_size, energies_of_octant
from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide
from ferrotope.units.checks import not_negative, positive

__all__ = ["VoxelDose", "padded_shape", "voxel_dose"]

METHODS = ("auto", "convolution", "local")
LOCAL_ALPHA_THICKNESS = 0.3  # kg/m2, 0.3 mm of water: three to eight ranges of an alpha
LOCAL_ESCAPE = 0.01  # of the energy may leave a voxel whose radiation counts as absorbed on the spot
LOST = 1e-3  # of the energy of a radiation may lie beyond the reach of the kernel


@dataclass(frozen=True, eq=False)
class VoxelDose:
    """Absorbed dose of every voxel, and how it was found.

    Attributes
    ----------
    dose : array, shape of the map
        Absorbed dose (Gy).
    method : str
        What was convolved, what was absorbed on the spot, how far the kernel reaches, and what density did.
    on_the_spot : tuple of str
        Radiations taken as absorbed in the voxel of the decay.
    convolved : tuple of str
        Radiations carried to other voxels.
    neglected : tuple of str
        Radiations left out: photons where the method is "local".
    decays : dict of str to float
        Decays of each member of the chain per decay of the nuclide.
    grid : tuple of int
        Size of the largest grid that was transformed; empty where nothing was convolved.
    """

    dose: NDArray[np.float64]
    method: str
    on_the_spot: tuple[str, ...]
    convolved: tuple[str, ...]
    neglected: tuple[str, ...]
    decays: dict[str, float]
    grid: tuple[int, ...]

    def __array__(self, dtype=None, copy=None) -> NDArray[np.float64]:
        """Return the dose (Gy), so that NumPy takes the result for it."""
        return np.array(self.dose, dtype=dtype, copy=copy)


def voxel_dose(
    time_integrated_activity: ArrayLike,
    voxel_size: float | Sequence[float],
    nuclide: Nuclide | str,
    density: ArrayLike | None = None,
    method: str = "auto",
    *,
    daughters: str | Mapping[str, float] | None = None,
    radiation: str | None = None,
) -> VoxelDose:
    """Absorbed dose of a map of decays.

    Parameters
    ----------
    time_integrated_activity : array, shape (nx, ny, nz)
        Decays of the nuclide in every voxel (Bq s), not negative.
    voxel_size : float or three floats
        Edges of a voxel (m), in the order of the axes of the map.
    nuclide : Nuclide or str
        What decays.
    density : float or array, shape (nx, ny, nz), optional
        Density (kg/m3); water by default.
    method : str
        "convolution" carries all radiation to where it is absorbed. "local" lets charged particles be absorbed in the
        voxel of the decay, with what they would radiate, and leaves photons out. "auto" chooses for each radiation: on
        the spot are alphas and recoils in voxels of at least 0.3 mm of water, and whatever leaves a voxel with less
        than 1 % of its energy; the rest is convolved.
    daughters : "prompt", "equilibrium" or mapping of str to float, optional
        As in `point_kernel`; they decay where the nuclide does.
    radiation : str, optional
        One of `nuclides.RADIATIONS`; the sum of all by default. No RBE is in it.

    Returns
    -------
    VoxelDose
        Dose and method.

    Raises
    ------
    InputError
        If the map is not of three dimensions, holds what is negative or not a number, or needs more memory than the
        machine has (refused before any is taken); if the voxel size, the density or the method is wrong; or as
        `point_kernel`.

    Notes
    -----
    Outside the map there is the same matter without activity: nothing wraps around. The kernel reaches as far as to
    hold 99.9 % of the energy of each radiation, which for photons and for betas with much bremsstrahlung is the whole
    map.

    One number for the density scales the kernel exactly. With a map of densities the kernel is that of water; the
    energy of charged particles is divided by the mass of the voxel it falls into, and the dose of photons is left as in
    water, since in matter of another density their fluence and not the energy they leave is nearly the same. Right in
    large regions of one density and where ranges are short against the voxel; near boundaries of lung, bone or air, and
    for photons through much lung or bone, it can be wrong by tens of per cent: use transport there. In the abdomen
    such a correction of voxel doses by density agreed with Monte Carlo to a few per cent (A. Dieudonné et al., J Nucl
    Med 54 (2013) 236; read in abstract). A map of equal densities counts as one number.

    Examples
    --------
    >>> decays = np.zeros((9, 9, 9))
    >>> decays[4, 4, 4] = 1e12
    >>> found = voxel_dose(decays, 4e-3, "Lu-177")
    >>> float(found.dose[4, 4, 4].round(1))
    338.2
    """
    shape = _checked_map_shape(time_integrated_activity)
    size = checked_voxel_size(voxel_size)
    if method not in METHODS:
        raise InputError("this is no method", field="method", value=method, allowed=", ".join(METHODS))
    kernel = point_kernel(nuclide, daughters=daughters, radiation=radiation)
    reference, local_density = _densities(density, shape)
    thickness = tuple(edge * reference for edge in size)
    spot, moved, neglected = _sorted_radiations(kernel, thickness, method)
    # Photons and charged particles part ways only where a map of densities treats them differently.
    groups = [moved] if local_density is None else [_only(moved, True), _only(moved, False)]
    groups = [group for group in groups if group]
    plans = [_plan(kernel, group, thickness, shape) for group in groups]
    _refuse_beyond_memory(shape, [padded for _, padded in plans])

    decays = not_negative("time_integrated_activity", time_integrated_activity, "Bq s")
    mass = reference * float(np.prod(size))
    dose = decays * (sum(kernel.energy[name] for name in spot) / mass)
    if local_density is not None:
        dose *= reference / local_density
    for group, (extent, padded) in zip(groups, plans, strict=True):
        transform = _transform(kernel.nuclide, tuple(kernel.decays.items()), group, thickness, extent, padded)
        part = _convolved(decays, transform, padded)
        part /= mass
        if local_density is not None and group[0] not in PHOTONS:
            part *= reference / local_density
        dose += part
    text = _described(kernel, spot, moved, neglected, size, [extent for extent, _ in plans], reference, local_density)
    grid = max((padded for _, padded in plans), default=())
    return VoxelDose(dose, text, spot, moved, neglected, kernel.decays, grid)


def padded_shape(shape: Sequence[int], extent: Sequence[int]) -> tuple[int, int, int]:
    """Size of the grid on which a map can be convolved with a kernel without wrap-around.

    Parameters
    ----------
    shape : three ints
        Voxels of the map.
    extent : three ints
        Largest offset of the kernel along each axis.

    Returns
    -------
    three ints
        Even numbers with small factors only, at least the sum of both.
    """
    from scipy.fft import next_fast_len

    # Only the last axis is transformed as real numbers, for which fewer lengths are fast.
    half = [(n + reach + 1) // 2 for n, reach in zip(shape, extent, strict=True)]
    return tuple(2 * next_fast_len(n, real=axis == 2) for axis, n in enumerate(half))


def _checked_map_shape(activity: ArrayLike) -> tuple[int, int, int]:
    array = activity if hasattr(activity, "shape") else np.asarray(activity)
    if len(array.shape) != 3 or 0 in array.shape:
        raise InputError(
            "a map of decays has three axes",
            field="time_integrated_activity",
            value=f"shape {tuple(array.shape)}",
            remedy="give an array of shape (nx, ny, nz); for a slice (nx, ny, 1)",
        )
    if np.dtype(array.dtype).kind not in "fiub":
        raise InputError("decays are real numbers", field="time_integrated_activity", value=f"{array.dtype} array")
    return tuple(int(n) for n in array.shape)


def _densities(density: ArrayLike | None, shape: tuple[int, int, int]) -> tuple[float, NDArray[np.float64] | None]:
    """Density of the kernel, and the map of densities where they differ."""
    if density is None:
        return WATER_DENSITY, None
    found = positive("density", density, "kg/m3")
    if found.shape not in ((), shape):
        raise InputError(
            "the densities do not fit the map",
            field="density",
            value=f"shape {found.shape}",
            allowed=f"one number or shape {shape}",
        )
    if float(found.min()) == float(found.max()):
        return float(found.flat[0]), None
    return WATER_DENSITY, found


def _only(radiations: tuple[str, ...], photons: bool) -> tuple[str, ...]:
    return tuple(name for name in radiations if (name in PHOTONS) == photons)


def _sorted_radiations(kernel: PointKernel, thickness: tuple[float, ...], method: str):
    """Names of the radiations on the spot, convolved, and left out."""
    names = tuple(kernel.within)
    if method == "local":
        return _only(names, False), (), _only(names, True)
    if method == "convolution":
        return (), names, ()
    spot = tuple(name for name in names if _stays(name, kernel.within[name], thickness))
    return spot, tuple(name for name in names if name not in spot), ()


def _stays(radiation: str, within: NDArray[np.float64], thickness: tuple[float, ...]) -> bool:
    if radiation in ("alpha", "recoil") and min(thickness) >= LOCAL_ALPHA_THICKNESS:
        return True
    # What is absorbed at the small distance x leaves a voxel with the chance x S/(4 V), S surface and V volume.
    per_distance = 0.5 * sum(1.0 / edge for edge in thickness)
    centre = 0.5 * (EDGES[1:] + EDGES[:-1])
    return float(np.minimum(centre * per_distance, 1.0) @ np.diff(within)) < LOCAL_ESCAPE * within[-1]


def _plan(kernel, group, thickness, shape):
    """Extent of the kernel in voxels and the padded grid that it needs."""
    cumulated = [kernel.within[name] for name in group]
    reach = max(float(EDGES[np.searchsorted(within, (1.0 - LOST) * within[-1])]) for within in cumulated)
    extent = tuple(min(int(np.ceil(reach / edge)), n - 1) for edge, n in zip(thickness, shape, strict=True))
    return extent, padded_shape(shape, extent)


def _refuse_beyond_memory(shape, paddings) -> None:
    cells = max((float(a) * b * (c // 2 + 1) for a, b, c in paddings), default=0.0)
    # Two complex grids while one axis is transformed, a quarter of one for the kernel, dose, decays and a part of them.
    needed = 40.0 * cells + 24.0 * float(np.prod(np.array(shape, dtype=float)))
    have = _installed_memory()
    if needed > have:
        raise InputError(
            f"this map would need {needed / 1e9:.1f} GB of memory, and the machine has {have / 1e9:.1f} GB",
            field="time_integrated_activity",
            value=f"shape {shape}",
            remedy="crop the map, use larger voxels, or method='local'",
        )


def _installed_memory() -> float:
    """Bytes of memory of the machine; 8 GB where the system does not say."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 8e9


@lru_cache(maxsize=4)
def _transform(nuclide, decays, group, thickness, extent, padded) -> NDArray[np.float64]:
    """Fourier transform of the energy per decay in every voxel: real, and one octant is enough.

    The discrete Fourier transform of a sequence that is even about 0 is the discrete cosine transform I of its half.
    """
    from scipy.fft import dctn

    octant = np.zeros([n // 2 + 1 for n in padded])
    octant[tuple(slice(reach + 1) for reach in extent)] = energies_of_octant(
        kernel_of_decays(nuclide, decays, group).summed(), thickness, extent
    )
    transform = dctn(octant, type=1, overwrite_x=True, workers=-1)
    transform.flags.writeable = False
    return transform


def _convolved(decays, transform, padded):
    """Real convolution with an even kernel; rows that hold only the padding are never transformed."""
    from scipy.fft import fft, ifft, irfft, rfft

    nx, ny, nz = decays.shape
    wave = rfft(decays, padded[2], axis=2, workers=-1)
    wave = fft(wave, padded[1], axis=1, overwrite_x=True, workers=-1)
    wave = fft(wave, padded[0], axis=0, overwrite_x=True, workers=-1)
    across, down = padded[0] // 2, padded[1] // 2
    mirrored = transform[:, down - 1 : 0 : -1]
    wave[: across + 1, : down + 1] *= transform
    wave[: across + 1, down + 1 :] *= mirrored
    wave[across + 1 :, : down + 1] *= transform[across - 1 : 0 : -1]
    wave[across + 1 :, down + 1 :] *= mirrored[across - 1 : 0 : -1]
    wave = ifft(wave, axis=0, overwrite_x=True, workers=-1)[:nx]
    wave = ifft(wave, axis=1, workers=-1)[:, :ny]
    found = irfft(wave, padded[2], axis=2, workers=-1)[:, :, :nz]
    return np.maximum(found, 0.0)


def _described(kernel, spot, moved, neglected, size, extents, reference, local_density) -> str:
    parts = []
    if spot:
        parts.append(f"absorbed in the voxel of the decay: {', '.join(spot)}")
    if moved:
        reach = max(max(reach * edge for reach, edge in zip(extent, size, strict=True)) for extent in extents)
        parts.append(f"convolved up to {1e3 * reach:.3g} mm: {', '.join(moved)} ({kernel.method})")
    if neglected:
        parts.append(f"left out: {', '.join(neglected)}")
    if local_density is None:
        parts.append(f"density {reference:g} kg/m3 everywhere")
    else:
        parts.append(
            "kernel of water; energy of charged particles over the mass of the voxel, dose of photons as in water"
        )
    return "; ".join(parts)
