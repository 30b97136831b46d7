"""Limits of the alternating field: what a body or a small region can stand, and the eddy currents behind it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.units.checks import not_negative, positive
from ferrotope.units.constants import VACUUM_PERMEABILITY

__all__ = [
    "BREZOVICH_PRODUCT",
    "BREZOVICH_RADIUS",
    "HERGT_DUTZ_PRODUCT",
    "LOCAL_ABSORPTION_LIMIT",
    "brezovich_limit",
    "eddy_current_electric_field",
    "eddy_current_power_density",
    "field_frequency_product",
    "hergt_dutz_limit",
]

# A/(m s). Read in the abstract of arXiv:2405.20756 only. It is the product of 13.56 MHz and 35.8 A/m.
BREZOVICH_PRODUCT = 4.85e8
BREZOVICH_RADIUS = 0.15  # m; half of the 30 cm across which the current looped in the trunk, from memory
HERGT_DUTZ_PRODUCT = 5e9  # A/(m s); from memory, no text of the paper was found to read

# W/kg in any 10 g of head or trunk, mean of 6 minutes, 100 kHz to 6 GHz (limbs 20). Read in paragraph 14-4 of the
# Norwegian regulation of action and limit values for workers and, up to 10 GHz, in a table that quotes guidelines of
# ICNIRP. Such guidelines leave patients out. IEC 60601-2-33 for MR scanners has the same number in its normal mode:
# from memory, the standard was not read.
LOCAL_ABSORPTION_LIMIT = 10.0


def field_frequency_product(H: ArrayLike, f: ArrayLike) -> NDArray[np.float64]:
    """Return the product of field amplitude and frequency.

    Parameters
    ----------
    H : array_like
        Peak amplitude of the field, A/m.
    f : array_like
        Frequency, Hz.

    Returns
    -------
    ndarray
        A/(m s).

    Raises
    ------
    InputError
        If a number is negative or not finite.
    """
    return (not_negative("H", H, "A/m") * not_negative("f", f, "Hz"))[()]


def brezovich_limit(body_radius: ArrayLike = BREZOVICH_RADIUS) -> NDArray[np.float64]:
    """Return the largest H f that awake patients tolerated for an hour, scaled with the radius of the exposed body.

    Parameters
    ----------
    body_radius : array_like
        Radius of the part of the body inside the coil, m.

    Returns
    -------
    ndarray
        A/(m s): 4.85e8 times 0.15 m over the radius.

    Raises
    ------
    InputError
        If the radius is not positive.

    Notes
    -----
    Atkinson, Brezovich and Chakraborty, IEEE Trans Biomed Eng 1984;31:70-75, doi:10.1109/TBME.1984.325372, and
    Brezovich, Med Phys Monogr 1988;16:82-111 (both from memory, neither read; the number is quoted in the abstract of
    arXiv:2405.20756). The scaling holds the eddy-current power at the surface constant, which goes with (H f r)^2. The
    limit was found near 13.56 MHz; that it holds at 100 kHz is an extrapolation, and there nerves may be stimulated
    before tissue is warm. Whether smaller bodies with faster metabolism stand the same power per mass was not tested.
    """
    return (BREZOVICH_PRODUCT * BREZOVICH_RADIUS / positive("body_radius", body_radius, "m"))[()]


def hergt_dutz_limit() -> float:
    """Return the H f that was proposed as tolerable where a small region is exposed, 5e9 A/(m s).

    Returns
    -------
    float
        A/(m s).

    Notes
    -----
    Hergt and Dutz, J Magn Magn Mater 2007;311:187-192, doi:10.1016/j.jmmm.2006.10.1156 (value and DOI from memory, not
    read): a relaxation of the Atkinson-Brezovich limit by about ten for a smaller radius and a serious illness; a
    proposal, not a trial.
    """
    return HERGT_DUTZ_PRODUCT


def eddy_current_electric_field(H: ArrayLike, f: ArrayLike, distance: ArrayLike) -> NDArray[np.float64]:
    """Return the amplitude of the electric field that a uniform axial field induces in a cylinder.

    Parameters
    ----------
    H : array_like
        Peak amplitude, A/m.
    f : array_like
        Hz.
    distance : array_like
        From the axis, m.

    Returns
    -------
    ndarray
        Peak amplitude, V/m: pi mu0 f H r.

    Raises
    ------
    InputError
        If a number is negative or not finite.
    """
    product = field_frequency_product(H, f) * not_negative("distance", distance, "m")
    return (math.pi * VACUUM_PERMEABILITY * product)[()]


def eddy_current_power_density(
    electrical_conductivity: ArrayLike, H: ArrayLike, f: ArrayLike, distance: ArrayLike
) -> NDArray[np.float64]:
    """Return the mean power density of eddy currents in a conducting cylinder along the field.

    Parameters
    ----------
    electrical_conductivity : array_like
        S/m.
    H : array_like
        Peak amplitude, A/m.
    f : array_like
        Hz.
    distance : array_like
        From the axis, m; the largest value stands at the surface of the body.

    Returns
    -------
    ndarray
        W/m3: sigma (pi mu0 f H r)^2/2.

    Raises
    ------
    InputError
        If a number is negative or not finite.

    Notes
    -----
    Faraday's law with a uniform field and one conductivity, in a body thinner than the skin depth (0.8 m for 0.4 S/m at
    1 MHz, more below); sharp contrasts between tissues raise it locally. The mean over a period: half of sigma E^2.
    """
    field = eddy_current_electric_field(H, f, distance)
    return (0.5 * not_negative("electrical_conductivity", electrical_conductivity, "S/m") * field**2)[()]
