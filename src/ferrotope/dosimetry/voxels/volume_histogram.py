"""Dose-volume histograms: how much of a region receives how much dose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.units.checks import between, not_negative

__all__ = ["DoseVolume", "dose_volume"]


@dataclass(frozen=True, eq=False)
class DoseVolume:
    """Cumulative dose-volume histogram of a region of equal voxels.

    Attributes
    ----------
    doses : array, shape (n,)
        Dose of every voxel (Gy), increasing.
    """

    doses: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """Mean dose (Gy)."""
        return float(self.doses.mean())

    @property
    def least(self) -> float:
        """Lowest dose of a voxel (Gy)."""
        return float(self.doses[0])

    @property
    def most(self) -> float:
        """Highest dose of a voxel (Gy)."""
        return float(self.doses[-1])

    def dose_at(self, percent: ArrayLike) -> NDArray[np.float64]:
        """Dose that so much of the volume receives at least.

        Parameters
        ----------
        percent : float or array
            Of the volume, 0 to 100: 98 for the near-minimum dose D98, 50 for the median, 2 for the near-maximum D2.

        Returns
        -------
        float or array
            Gy; between voxels by a straight line.

        Notes
        -----
        Source of the names: ICRU Report 83, J ICRU 10 (2010) no. 1 (from memory).
        """
        percent = between("percent", percent, 0.0, 100.0, "%")
        return np.quantile(self.doses, 1.0 - percent / 100.0)[()]

    def volume_at(self, dose: ArrayLike) -> NDArray[np.float64]:
        """Part of the volume that receives at least so much dose.

        Parameters
        ----------
        dose : float or array
            Gy.

        Returns
        -------
        float or array
            Percent of the volume.
        """
        below = np.searchsorted(self.doses, not_negative("dose", dose, "Gy"), side="left")
        return (100.0 * (1.0 - below / self.doses.size))[()]


def dose_volume(dose: ArrayLike, region: ArrayLike | None = None) -> DoseVolume:
    """Cumulative dose-volume histogram of a region.

    Parameters
    ----------
    dose : array
        Dose of voxels of equal volume (Gy).
    region : array of bool, shape of dose, optional
        Which voxels; all by default.

    Returns
    -------
    DoseVolume

    Raises
    ------
    InputError
        If the region is empty or of another shape, or a dose is negative or not a number.

    Examples
    --------
    >>> found = dose_volume([1.0, 2.0, 3.0, 4.0])
    >>> float(found.dose_at(50)), float(found.volume_at(3.0)), found.mean
    (2.5, 50.0, 2.5)
    """
    dose = np.asarray(dose, dtype=float)
    chosen = dose.ravel() if region is None else dose[_checked(region, dose.shape)]
    if chosen.size == 0:
        raise InputError("the region has no voxel", field="region")
    return DoseVolume(np.sort(not_negative("dose", chosen, "Gy")))


def _checked(region: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    region = np.asarray(region)
    if region.shape != shape or region.dtype != bool:
        raise InputError(
            "a region is true or false for every voxel of the dose",
            field="region",
            value=f"{region.dtype} of shape {region.shape}",
            allowed=f"bool of shape {shape}",
        )
    return region
