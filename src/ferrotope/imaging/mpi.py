"""Magnetic particle imaging: the Langevin point spread function of x-space theory.

Equilibrium magnetisation is assumed: relaxation blurs further, most of all for large cores. Goodwill and Conolly, IEEE
Trans Med Imaging 2010;29:1851, doi:10.1109/TMI.2010.2052284 (x-space; not re-read).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.units.checks import positive
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

__all__ = ["langevin_derivative", "x_space_resolution"]

# The full width at half maximum of the Langevin derivative, in units of its argument: twice the root of L'(xi) = 1/6.
LANGEVIN_DERIVATIVE_FWHM = 4.161048


def langevin_derivative(field_ratio: ArrayLike) -> NDArray[np.float64]:
    """Derivative of the Langevin function, 1/xi^2 - 1/sinh^2(xi).

    Parameters
    ----------
    field_ratio : array_like
        xi = mu0 m H/(kB T), dimensionless.

    Returns
    -------
    ndarray
        L'(xi), at most 1/3.
    """
    xi = np.abs(np.asarray(field_ratio, dtype=float))
    small = xi < 0.05
    safe = np.where(small, 1.0, np.minimum(xi, 300.0))
    # Below 0.05 the two terms cancel; the Taylor series is exact to 1e-10 there.
    series = 1.0 / 3.0 - xi**2 / 15.0 + 2.0 * xi**4 / 189.0
    return np.where(
        small, series, np.where(xi > 300.0, 1.0 / np.maximum(xi, 1.0) ** 2, 1 / safe**2 - 1 / np.sinh(safe) ** 2)
    )


def x_space_resolution(
    magnetic_moment: ArrayLike, gradient: ArrayLike, temperature: ArrayLike = 310.15
) -> NDArray[np.float64]:
    """Width of the x-space point spread function along the drive field, 4.16 kB T/(mu0 m G).

    Parameters
    ----------
    magnetic_moment : array_like
        Moment m of one particle, A m2.
    gradient : array_like
        Gradient G of the selection field, A/m2 (1 T/m is 1/mu0 = 7.96e5 A/m2).
    temperature : array_like
        Temperature, K.

    Returns
    -------
    ndarray
        Full width at half maximum, m.

    Raises
    ------
    InputError
        If a value is not positive.
    """
    moment = positive("magnetic_moment", magnetic_moment, "A m2")
    steepness = VACUUM_PERMEABILITY * moment * positive("gradient", gradient, "A/m2")
    return LANGEVIN_DERIVATIVE_FWHM * BOLTZMANN * positive("temperature", temperature, "K") / steepness
