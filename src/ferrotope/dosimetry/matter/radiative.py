"""Bremsstrahlung of electrons: spectrum and radiative stopping power, from scaled cross sections of four elements.

The scaled cross section is chi(Z, T, kappa) = (beta^2/Z^2) k dsigma/dk, with k = kappa T the energy of the photon.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.dosimetry.matter.media import atomic_mass
from ferrotope.units.constants import ATOMIC_MASS, ELECTRON_MASS, MEV, SPEED_OF_LIGHT

__all__ = ["SHARES", "bremsstrahlung_spectrum", "radiative_stopping_power"]

SHARES = np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])  # kappa = k/T of the columns below
_ROWS = [0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]  # MeV
_LOG_ENERGY = np.log(np.array(_ROWS) * MEV)
_TABULATED_Z = np.array([1, 8, 26, 79])

# chi in millibarn. Source: S. M. Seltzer and M. J. Berger, At Data Nucl Data Tables 35 (1986) 345,
# doi:10.1016/0092-640X(86)90014-8, tables for Z = 1, 8, 26 and 79, nuclear and electronic field together.
_CHI = np.array(
    [
        [
            (7.853, 7.746, 7.040, 6.124, 5.230, 4.521, 4.360),
            (10.317, 9.753, 7.661, 5.899, 4.424, 2.897, 2.104),
            (11.551, 10.545, 7.795, 5.776, 4.172, 2.509, 1.439),
            (13.065, 11.108, 7.915, 5.617, 3.933, 2.239, 0.9667),
            (13.831, 11.499, 7.915, 5.487, 3.792, 2.109, 0.7585),
            (14.900, 11.922, 7.858, 5.295, 3.575, 1.940, 0.5508),
            (16.940, 12.510, 7.689, 4.937, 3.179, 1.670, 0.3427),
            (18.735, 12.956, 7.592, 4.716, 2.901, 1.490, 0.2506),
            (20.308, 13.464, 7.509, 4.595, 2.694, 1.362, 0.1973),
            (27.896, 15.681, 7.831, 4.555, 2.386, 1.045, 0.0945),
            (35.567, 18.406, 8.960, 5.241, 2.763, 1.038, 0.0649),
            (43.422, 21.445, 11.033, 6.744, 3.809, 1.306, 0.0573),
            (51.306, 25.500, 14.962, 9.828, 6.281, 2.515, 0.0542),
            (55.233, 28.137, 18.234, 12.751, 8.832, 4.247, 0.0529),
        ],
        [
            (4.761, 4.919, 5.064, 5.052, 4.963, 4.877, 4.845),
            (7.544, 7.581, 7.152, 6.506, 5.976, 5.539, 5.383),
            (8.693, 8.567, 7.530, 6.550, 5.779, 5.204, 5.019),
            (10.071, 9.221, 7.650, 6.326, 5.276, 4.521, 4.281),
            (10.422, 9.674, 7.586, 6.086, 4.948, 4.038, 3.736),
            (11.282, 9.833, 7.454, 5.725, 4.456, 3.396, 3.002),
            (11.934, 9.957, 7.036, 5.146, 3.780, 2.572, 2.045),
            (12.312, 9.903, 6.715, 4.775, 3.366, 2.146, 1.552),
            (12.585, 9.845, 6.478, 4.512, 3.080, 1.877, 1.251),
            (13.847, 9.974, 6.080, 3.969, 2.471, 1.293, 0.6334),
            (15.290, 10.688, 6.361, 4.106, 2.486, 1.198, 0.4444),
            (16.779, 11.657, 7.186, 4.757, 2.985, 1.416, 0.3874),
            (18.058, 13.034, 8.810, 6.169, 4.240, 2.195, 0.3675),
            (18.673, 13.774, 10.005, 7.433, 5.470, 3.147, 0.3579),
        ],
        [
            (2.182, 2.296, 2.489, 2.646, 2.802, 2.964, 3.052),
            (4.875, 5.069, 5.096, 5.012, 4.927, 4.907, 4.906),
            (6.245, 6.464, 6.261, 5.974, 5.690, 5.457, 5.373),
            (7.627, 7.677, 7.100, 6.527, 6.065, 5.638, 5.449),
            (8.599, 8.177, 7.358, 6.622, 6.004, 5.526, 5.281),
            (9.318, 8.796, 7.495, 6.413, 5.725, 5.134, 4.850),
            (10.459, 9.256, 7.304, 5.907, 4.931, 4.218, 3.924),
            (10.808, 9.488, 7.008, 5.503, 4.374, 3.553, 3.242),
            (11.212, 9.433, 6.829, 5.157, 3.974, 3.081, 2.746),
            (12.155, 9.508, 6.283, 4.371, 2.997, 1.934, 1.537),
            (12.897, 9.865, 6.356, 4.292, 2.798, 1.612, 1.104),
            (13.675, 10.471, 6.904, 4.750, 3.128, 1.710, 0.9493),
            (14.439, 11.265, 7.986, 5.835, 4.121, 2.335, 0.8611),
            (14.376, 11.713, 8.768, 6.717, 5.113, 3.096, 0.8153),
        ],
        [
            (0.5617, 0.6107, 0.7266, 0.8692, 1.059, 1.185, 1.206),
            (2.170, 2.341, 2.634, 2.897, 3.129, 3.297, 3.358),
            (3.463, 3.687, 3.949, 4.116, 4.236, 4.375, 4.459),
            (4.971, 5.195, 5.255, 5.189, 5.146, 5.189, 5.246),
            (5.889, 6.071, 5.925, 5.689, 5.536, 5.486, 5.492),
            (7.088, 7.146, 6.653, 6.183, 5.868, 5.671, 5.596),
            (8.810, 8.524, 7.415, 6.595, 6.000, 5.571, 5.385),
            (9.741, 9.137, 7.623, 6.604, 5.831, 5.252, 5.003),
            (10.413, 9.362, 7.669, 6.461, 5.589, 4.906, 4.615),
            (11.548, 9.802, 7.295, 5.652, 4.472, 3.539, 3.136),
            (11.913, 9.843, 7.014, 5.177, 3.865, 2.808, 2.315),
            (11.946, 9.804, 6.952, 5.093, 3.743, 2.541, 1.843),
            (11.672, 9.751, 7.177, 5.424, 4.139, 2.748, 1.526),
            (11.434, 9.724, 7.460, 5.881, 4.705, 3.252, 1.412),
        ],
    ]
)
_MILLIBARN = 1e-31  # m2
_REST_ENERGY = ELECTRON_MASS * SPEED_OF_LIGHT**2


def bremsstrahlung_spectrum(composition: dict[int, float], energy: ArrayLike, share: ArrayLike) -> NDArray[np.float64]:
    """Energy-weighted bremsstrahlung cross section per mass of a medium, k dSigma/dk.

    Parameters
    ----------
    composition : dict
        Mass fraction by atomic number.
    energy : array, shape (n,)
        Kinetic energies of the electron (J), 1 keV to 10 MeV.
    share : array, shape (m,)
        Energies of the photon over those of the electron, 0 to 1.

    Returns
    -------
    array, shape (n, m)
        k dSigma/dk (m2/kg): over k it is the number of photons per areal mass and photon energy, and its integral over
        k is the radiative mass stopping power.

    Notes
    -----
    Additivity of atoms. Interpolated in log Z with the factor Z(Z + 1)/Z^2 taken out, in log energy and, by the shape-
    preserving cubic, in k. Positrons are taken as electrons: at 10 keV in water they radiate about half as much.
    """
    from scipy.interpolate import PchipInterpolator

    energy, share = np.atleast_1d(np.asarray(energy, dtype=float)), np.atleast_1d(np.asarray(share, dtype=float))
    gamma = 1.0 + energy / _REST_ENERGY
    reduced = _CHI * (_TABULATED_Z / (_TABULATED_Z + 1.0))[:, None, None]
    in_z = PchipInterpolator(np.log(_TABULATED_Z), np.log(reduced), axis=0)
    total = np.zeros((energy.size, share.size))
    for z, fraction in composition.items():
        log_chi = in_z(np.log(z))
        chi = np.exp(PchipInterpolator(_LOG_ENERGY, log_chi, axis=0)(np.log(energy)))
        chi = np.exp(PchipInterpolator(SHARES, np.log(chi), axis=1)(share))
        atoms = fraction / (atomic_mass(z) * ATOMIC_MASS)
        total += atoms * z * (z + 1.0) * _MILLIBARN * chi
    return total / (1.0 - gamma**-2.0)[:, None]


def radiative_stopping_power(composition: dict[int, float], energy: ArrayLike, highest: ArrayLike | None = None):
    """Radiative mass stopping power of electrons.

    Parameters
    ----------
    composition : dict
        Mass fraction by atomic number.
    energy : float or array
        Kinetic energy (J), 1 keV to 10 MeV.
    highest : float, optional
        Largest energy of a photon that counts (J); all without it.

    Returns
    -------
    float or array
        Stopping power (J m2/kg), the shape of `energy`.
    """
    energy = np.asarray(energy, dtype=float)
    flat = np.atleast_1d(energy).ravel()
    nodes, weights = np.polynomial.legendre.leggauss(24)
    nodes, weights = 0.5 * (nodes + 1.0), 0.5 * weights
    if highest is None:
        result = flat * (bremsstrahlung_spectrum(composition, flat, nodes) @ weights)
    else:
        top = np.minimum(highest / flat, 1.0)
        rows = [bremsstrahlung_spectrum(composition, e, t * nodes)[0] @ weights for e, t in zip(flat, top, strict=True)]
        result = flat * top * np.array(rows)
    return result.reshape(energy.shape)[()]
