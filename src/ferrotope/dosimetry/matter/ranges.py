"""Ranges of electrons and alpha particles in liquid water, in the continuous-slowing-down approximation (CSDA).

Ranges are mass thicknesses (kg/m2): divide by the density of the medium for a length. Soft tissue is taken as water for
electrons; alpha particles have ranges in other media too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError, ValidityError, nearest
from ferrotope.units.constants import MEV

__all__ = ["alpha_csda_range", "cole_range", "electron_csda_range", "electron_energy_from_range"]

# Liquid water, I = 75 eV: kinetic energy (MeV), CSDA range (g/cm2).
# Source: M. J. Berger et al., ESTAR, NIST Standard Reference Database 124 (NISTIR 4999), doi:10.18434/T4NC7P.
_ESTAR = np.array(
    [
        (0.0100, 2.515e-4), (0.0125, 3.728e-4), (0.0150, 5.147e-4), (0.0175, 6.762e-4), (0.0200, 8.566e-4),
        (0.0250, 1.272e-3), (0.0300, 1.756e-3), (0.0350, 2.306e-3), (0.0400, 2.919e-3), (0.0450, 3.591e-3),
        (0.0500, 4.320e-3), (0.0550, 5.103e-3), (0.0600, 5.940e-3), (0.0700, 7.762e-3), (0.0800, 9.773e-3),
        (0.0900, 1.196e-2), (0.1000, 1.431e-2), (0.1250, 2.083e-2), (0.1500, 2.817e-2), (0.1750, 3.622e-2),
        (0.2000, 4.488e-2), (0.2500, 6.372e-2), (0.3000, 8.421e-2), (0.3500, 1.060e-1), (0.4000, 1.288e-1),
        (0.4500, 1.523e-1), (0.5000, 1.766e-1), (0.5500, 2.013e-1), (0.6000, 2.265e-1), (0.7000, 2.778e-1),
        (0.8000, 3.302e-1), (0.9000, 3.832e-1), (1.0000, 4.367e-1), (1.2500, 5.717e-1), (1.5000, 7.075e-1),
        (1.7500, 8.432e-1), (2.0000, 9.785e-1), (2.5000, 1.247), (3.0000, 1.514), (3.5000, 1.777),
        (4.0000, 2.037), (4.5000, 2.295), (5.0000, 2.550),
    ]
)  # fmt: skip

# Liquid water, I = 78 eV: kinetic energy (MeV), CSDA range (micrometre at 1 g/cm3), integrated from the electronic
# stopping power of ICRU Report 90 (2016), doi:10.1093/jicru/ndw043. Nuclear stopping is left out: it would shorten
# the range by less than 0.1 micrometre above 0.1 MeV.
_ALPHA = np.array(
    [
        (0.001, 0.2022), (0.01, 0.6207), (0.05, 1.334), (0.1, 1.854), (0.2, 2.589), (0.3, 3.166), (0.4, 3.672),
        (0.5, 4.143), (0.6, 4.595), (0.7, 5.039), (0.8, 5.481), (0.9, 5.927), (1.0, 6.379), (1.2, 7.315),
        (1.5, 8.833), (1.75, 10.22), (2.0, 11.73), (2.5, 15.09), (3.0, 18.90), (3.5, 23.15), (4.0, 27.84),
        (4.5, 32.94), (5.0, 38.46), (5.5, 44.38), (6.0, 50.68), (6.5, 57.38), (7.0, 64.46), (7.5, 71.92),
        (8.0, 79.75), (8.5, 87.95), (9.0, 96.51), (9.5, 105.4), (10.0, 114.7),
    ]
)  # fmt: skip

# Alpha energy (MeV), and the CSDA range in mass thickness over that in water. Source: M. J. Berger et al., ASTAR, NIST
# Standard Reference Database 124 (NISTIR 4999, after ICRU Report 49), doi:10.18434/T4NC7P: striated muscle (ICRU) for
# soft tissues, skeletal muscle, adipose tissue, cortical bone (ICRP), dry air, gold. Adipose tissue and bone of ICRP
# are not those of `media`: Z/A and I of these lengthen the range by 1.1 and 2.8 %, by the Bethe theory at 5 to 8 MeV.
# Iron oxides: stopping powers of iron and of oxygen added by mass (Bragg).
_RATIO_ENERGY = np.array([0.01, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0])
_SOFT = (0.985, 0.973, 0.973, 0.973, 0.976, 0.988, 0.996, 1.000, 1.002, 1.004, 1.006, 1.006)
_RANGE_RATIO = {
    "water": (1.0,) * 12,
    "soft_tissue": _SOFT,
    "soft_tissue_icru44": _SOFT,
    "lung": _SOFT,
    "blood": _SOFT,
    "brain": _SOFT,
    "muscle": (0.989, 0.976, 0.975, 0.975, 0.978, 0.990, 0.999, 1.003, 1.006, 1.007, 1.009, 1.010),
    "adipose": (0.749, 0.747, 0.764, 0.788, 0.827, 0.881, 0.909, 0.924, 0.934, 0.940, 0.948, 0.952),
    "bone": (1.175, 1.108, 1.115, 1.130, 1.156, 1.187, 1.200, 1.204, 1.206, 1.206, 1.204, 1.202),
    "air": (1.313, 1.169, 1.144, 1.132, 1.129, 1.146, 1.157, 1.161, 1.162, 1.162, 1.160, 1.158),
    "magnetite": (2.139, 1.890, 1.910, 1.930, 1.926, 1.873, 1.813, 1.765, 1.727, 1.697, 1.655, 1.626),
    "maghemite": (2.089, 1.853, 1.874, 1.893, 1.890, 1.840, 1.785, 1.738, 1.703, 1.675, 1.634, 1.606),
    "gold": (13.03, 8.378, 7.657, 7.202, 6.701, 5.928, 5.362, 4.961, 4.661, 4.429, 4.089, 3.851),
}

_LOG_ESTAR_ENERGY, _LOG_ESTAR_RANGE = np.log(_ESTAR[:, 0] * MEV), np.log(_ESTAR[:, 1] * 10.0)  # g/cm2 -> kg/m2
_LOG_ALPHA_ENERGY, _LOG_ALPHA_RANGE = np.log(_ALPHA[:, 0] * MEV), np.log(_ALPHA[:, 1] * 1e-3)  # um at 1 g/cm3
_LOWEST, _HIGHEST = 0.01 * MEV, 5.0 * MEV
_HIGHEST_ALPHA = 10.0 * MEV


def cole_range(energy: ArrayLike) -> NDArray[np.float64]:
    """Range of electrons below 50 keV in unit-density matter, from Cole's range-energy law.

    R = 0.0431 (E + 0.367)^1.77 - 0.007, with R in micrometre at 1 g/cm3 and E in keV.

    Parameters
    ----------
    energy : float or array
        Kinetic energy (J).

    Returns
    -------
    float or array
        Range (kg/m2), the shape of `energy`.

    Notes
    -----
    Valid from 20 eV to 50 keV. It is a measured range (plastic and air), 7 % above the ESTAR CSDA range at 10 keV.
    Source: A. Cole, Radiat Res 38 (1969) 7; the constants were not re-read in the paper, they are those that the
    cellular S values of Goddu et al., J Nucl Med 35 (1994) 303, rest on.
    """
    kilo = np.asarray(energy, dtype=float) / (1e-3 * MEV)
    return (0.0431 * (kilo + 0.367) ** 1.77 - 0.007) * 1e-3


_COLE_JOIN = float(np.exp(_LOG_ESTAR_RANGE[0]) / cole_range(_LOWEST))


def electron_csda_range(energy: ArrayLike) -> NDArray[np.float64]:
    """CSDA range of electrons (and, here, positrons) in liquid water.

    Parameters
    ----------
    energy : float or array
        Kinetic energy (J), above 0 and at most 5 MeV.

    Returns
    -------
    float or array
        CSDA range (kg/m2), the shape of `energy`.

    Raises
    ------
    ValidityError
        If an energy is not positive or is above 5 MeV.

    Notes
    -----
    From 10 keV the ESTAR table (log-log interpolation, within 0.3 % between nodes). Below 10 keV, where ESTAR ends,
    the shape of Cole's law scaled by 0.93 to meet ESTAR at 10 keV, so that the range has no step; an assumption that
    matters below 3 micrometre only. Positrons differ from electrons by under 3 % in range and are taken as equal.
    """
    energy = np.asarray(energy, dtype=float)
    _require(energy, _HIGHEST, "electron")
    table = np.exp(np.interp(np.log(energy), _LOG_ESTAR_ENERGY, _LOG_ESTAR_RANGE))
    return np.where(energy < _LOWEST, _COLE_JOIN * cole_range(np.minimum(energy, _LOWEST)), table)[()]


def electron_energy_from_range(csda_range: ArrayLike) -> NDArray[np.float64]:
    """Kinetic energy of an electron that has a given CSDA range in water; the inverse of `electron_csda_range`.

    Parameters
    ----------
    csda_range : float or array
        CSDA range (kg/m2), from 0 to 25.5.

    Returns
    -------
    float or array
        Kinetic energy (J); zero for ranges below that of a vanishing energy.
    """
    csda_range = np.asarray(csda_range, dtype=float)
    micro = np.minimum(csda_range, np.exp(_LOG_ESTAR_RANGE[0])) / _COLE_JOIN * 1e3
    low = np.maximum(((micro + 0.007) / 0.0431) ** (1.0 / 1.77) - 0.367, 0.0) * 1e-3 * MEV
    with np.errstate(divide="ignore"):
        high = np.exp(np.interp(np.log(csda_range), _LOG_ESTAR_RANGE, _LOG_ESTAR_ENERGY))
    return np.where(csda_range < np.exp(_LOG_ESTAR_RANGE[0]), low, high)[()]


def alpha_csda_range(energy: ArrayLike, substance: str = "water") -> NDArray[np.float64]:
    """CSDA range of alpha particles in liquid water or another medium.

    Parameters
    ----------
    energy : float or array
        Kinetic energy (J), from above 0 to 10 MeV.
    substance : str
        Name of a medium of `media.MEDIA`.

    Returns
    -------
    float or array
        CSDA range (kg/m2), the shape of `energy`; below 1 keV proportional to the square root of the energy.

    Raises
    ------
    ValidityError
        If an energy is not positive or is above 10 MeV.
    InputError
        If no range is known for the medium.

    Notes
    -----
    Water: ICRU Report 90 (2016) electronic stopping power; log-log interpolation, within 0.3 % from 1 MeV. Other media:
    that range times the ratio of the ranges of ASTAR (ICRU Report 49), interpolated, within 1 % from 1 MeV; held below
    10 keV. Soft tissues, lung, blood and brain have the ratio of striated muscle, which differs from that of skeletal
    muscle by 0.4 %. For iron oxides Bragg's rule with gaseous oxygen gives a range about 5 % short at 5 MeV and 10 % at
    1 MeV, if they behave as silica and alumina, for which ASTAR has the compound too.
    """
    energy = np.asarray(energy, dtype=float)
    _require(energy, _HIGHEST_ALPHA, "alpha particle")
    if substance not in _RANGE_RATIO:
        raise InputError(
            "the range of alpha particles in this medium is not tabulated",
            field="substance",
            value=substance,
            allowed=", ".join(_RANGE_RATIO),
            remedy=nearest(str(substance), _RANGE_RATIO),
        )
    ratio = np.interp(np.log(energy / MEV), np.log(_RATIO_ENERGY), np.log(_RANGE_RATIO[substance]))
    table = np.exp(np.interp(np.log(energy), _LOG_ALPHA_ENERGY, _LOG_ALPHA_RANGE) + ratio)
    lowest = np.exp(_LOG_ALPHA_ENERGY[0])
    return np.where(energy < lowest, table * np.sqrt(np.minimum(energy / lowest, 1.0)), table)[()]


def _require(energy, highest, particle):
    if not (np.all(energy > 0) and np.all(energy <= highest * (1 + 1e-9))):
        worst = float(np.max(energy) if np.any(energy > highest) else np.min(energy))
        raise ValidityError(
            f"the range of an {particle} of this energy is not tabulated",
            field="energy",
            value=f"{worst / MEV:.4g} MeV",
            allowed=f"above 0, at most {highest / MEV:g} MeV",
        )
