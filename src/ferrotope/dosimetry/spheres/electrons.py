"""Absorbed fractions of electrons in a uniform sphere, from scaled point kernels.

The energy that an isotropic point source in water deposits between r and r + dr is E F(r/R0) d(r/R0), with R0 the CSDA
range. F hardly changes with energy when distances are measured in R0, so a few tabulated energies are enough. Folding F
with the chord probability of the sphere gives the self absorbed fraction without transport at run time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.dosimetry.matter.media import WATER_DENSITY
from ferrotope.dosimetry.matter.ranges import electron_csda_range
from ferrotope.units.checks import positive
from ferrotope.units.constants import MEV

__all__ = ["electron_absorbed_fraction", "point_kernel_absorbed_fraction", "scaled_point_kernel"]

_KERNEL_ENERGY = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]) * MEV
_BIN = 0.025

# F(r/R0), one row a bin of 0.025 R0 (the first from 0 to 0.025), one column an energy of _KERNEL_ENERGY.
# Computed for this project with EGSnrc (NRC Canada, commit 9edee3e; I. Kawrakow et al., NRCC Report PIRS-701), EDKnrc:
# isotropic point source in liquid water of 1 g/cm3, cut-offs 1 keV, spin effects off, R0 from ESTAR.
# Statistical uncertainty 0.1 to 0.5 % up to 0.8 R0.
_KERNEL = np.array(
    [
        (0.7634, 0.6084, 0.5544, 0.5628, 0.5927, 0.6723, 0.7479, 0.8147),
        (0.5757, 0.5722, 0.5789, 0.5939, 0.6298, 0.7126, 0.79, 0.8588),
        (0.6056, 0.6032, 0.6062, 0.6198, 0.6544, 0.7387, 0.8133, 0.8786),
        (0.6374, 0.6304, 0.6303, 0.6472, 0.6786, 0.7605, 0.8347, 0.8996),
        (0.6694, 0.6609, 0.6572, 0.6738, 0.7044, 0.7829, 0.8564, 0.9133),
        (0.7033, 0.692, 0.6928, 0.702, 0.7327, 0.8096, 0.8759, 0.9371),
        (0.7412, 0.7276, 0.7243, 0.7369, 0.7616, 0.8385, 0.9018, 0.9521),
        (0.7878, 0.7693, 0.7636, 0.7718, 0.7979, 0.8674, 0.9286, 0.9734),
        (0.8286, 0.8162, 0.804, 0.8111, 0.8364, 0.8998, 0.9526, 0.992),
        (0.8746, 0.8589, 0.8495, 0.856, 0.8804, 0.9327, 0.9802, 1.015),
        (0.9283, 0.909, 0.896, 0.9016, 0.9244, 0.9771, 1.02, 1.038),
        (0.9806, 0.9632, 0.9519, 0.9576, 0.975, 1.021, 1.055, 1.063),
        (1.035, 1.02, 1.008, 1.017, 1.032, 1.07, 1.095, 1.094),
        (1.094, 1.08, 1.069, 1.076, 1.089, 1.124, 1.135, 1.123),
        (1.156, 1.142, 1.133, 1.141, 1.15, 1.174, 1.179, 1.155),
        (1.214, 1.21, 1.199, 1.207, 1.208, 1.238, 1.233, 1.193),
        (1.276, 1.275, 1.274, 1.282, 1.284, 1.297, 1.288, 1.227),
        (1.347, 1.343, 1.339, 1.341, 1.352, 1.347, 1.329, 1.264),
        (1.401, 1.401, 1.402, 1.403, 1.412, 1.409, 1.374, 1.303),
        (1.451, 1.452, 1.462, 1.464, 1.471, 1.459, 1.413, 1.345),
        (1.495, 1.502, 1.51, 1.518, 1.52, 1.502, 1.466, 1.384),
        (1.53, 1.541, 1.544, 1.566, 1.561, 1.541, 1.484, 1.412),
        (1.564, 1.568, 1.586, 1.6, 1.591, 1.566, 1.504, 1.437),
        (1.57, 1.569, 1.607, 1.611, 1.61, 1.568, 1.514, 1.444),
        (1.568, 1.577, 1.611, 1.615, 1.61, 1.563, 1.493, 1.444),
        (1.547, 1.561, 1.594, 1.588, 1.591, 1.538, 1.474, 1.416),
        (1.521, 1.526, 1.547, 1.552, 1.546, 1.494, 1.429, 1.384),
        (1.462, 1.473, 1.494, 1.497, 1.48, 1.429, 1.364, 1.333),
        (1.401, 1.4, 1.419, 1.419, 1.394, 1.342, 1.289, 1.256),
        (1.309, 1.311, 1.323, 1.318, 1.287, 1.227, 1.182, 1.162),
        (1.2, 1.203, 1.201, 1.202, 1.175, 1.1, 1.064, 1.053),
        (1.084, 1.071, 1.062, 1.053, 1.03, 0.957, 0.9236, 0.931),
        (0.9503, 0.9491, 0.9284, 0.9084, 0.8747, 0.8044, 0.7841, 0.7881),
        (0.8052, 0.8064, 0.7804, 0.7578, 0.7197, 0.6478, 0.6388, 0.6564),
        (0.6534, 0.6546, 0.6436, 0.6102, 0.574, 0.5069, 0.4913, 0.5218),
        (0.5018, 0.5211, 0.5028, 0.4713, 0.4339, 0.3772, 0.3613, 0.3916),
        (0.3557, 0.392, 0.3785, 0.3448, 0.3163, 0.2607, 0.2515, 0.2787),
        (0.2254, 0.2742, 0.2661, 0.2372, 0.2093, 0.1725, 0.1665, 0.1843),
        (0.1221, 0.1785, 0.1773, 0.1555, 0.1329, 0.1007, 0.09828, 0.1103),
        (0.04786, 0.104, 0.11, 0.09428, 0.07498, 0.05422, 0.05062, 0.05904),
        (0.01246, 0.05308, 0.06066, 0.05271, 0.03809, 0.02578, 0.02422, 0.02848),
        (0.001273, 0.01964, 0.02888, 0.02541, 0.01899, 0.01129, 0.009132, 0.0119),
        (0, 0.005186, 0.01239, 0.011, 0.008495, 0.004608, 0.002638, 0.004699),
        (0, 0.0004872, 0.003839, 0.003978, 0.003175, 0.001453, 0.000905, 0.001444),
        (0, 7.139e-05, 0.001087, 0.000985, 0.0007665, 0.0006362, 0.0003552, 0.0007681),
        (0, 0, 0.0001504, 0.0003264, 0.0002581, 0.0001333, 0.0001777, 0.000396),
        (0, 0, 0, 5.179e-05, 9.836e-05, 0.000107, 0.0001659, 0.0005536),
        (0, 0, 0, 0, 7.55e-05, 0.0001299, 0.0001409, 0.0004443),
        (0, 0, 0, 4.609e-05, 4.038e-05, 0.0001325, 0.0001585, 0.0004262),
        (0, 0, 0, 0, 7.464e-05, 8.216e-05, 0.0002012, 0.0003896),
    ]
).T  # fmt: skip

# Running moments int_0^s F s'^n ds' at the bin edges, for n = 0, 1 and 3: all that the sphere weight needs.
_EDGES = _BIN * np.arange(_KERNEL.shape[1] + 1)
_MOMENTS = {
    n: np.concatenate([np.zeros((8, 1)), np.cumsum(_KERNEL * np.diff(_EDGES ** (n + 1)) / (n + 1), axis=1)], axis=1)
    for n in (0, 1, 3)
}


def scaled_point_kernel(energy: ArrayLike, scaled_distance: ArrayLike) -> NDArray[np.float64]:
    """Scaled dose point kernel F(r/R0) of an isotropic point source of electrons in water.

    Parameters
    ----------
    energy : float or array
        Initial kinetic energy (J), above 0, at most 5 MeV.
    scaled_distance : float or array
        Distance from the source in units of the CSDA range, r/R0.

    Returns
    -------
    float or array
        F, fraction of the initial energy deposited per unit of r/R0; arguments broadcast.

    Notes
    -----
    Tabulated for 10 keV to 2 MeV, linear in log energy between. Below 10 keV and above 2 MeV the kernel of the end of
    the table is used with the range of the energy asked for.
    """
    energy, distance = np.broadcast_arrays(np.asarray(energy, dtype=float), np.asarray(scaled_distance, dtype=float))
    lower, share = _neighbours(energy)
    index = np.minimum((distance / _BIN).astype(int), _KERNEL.shape[1] - 1)
    value = (1.0 - share) * _KERNEL[lower, index] + share * _KERNEL[lower + 1, index]
    return np.where(distance < _EDGES[-1], value, 0.0)[()]


def point_kernel_absorbed_fraction(
    energy: ArrayLike, distance: ArrayLike, density: ArrayLike = WATER_DENSITY
) -> NDArray[np.float64]:
    """Fraction of the energy of an isotropic electron point source that is absorbed within a distance of it.

    Parameters
    ----------
    energy : float or array
        Initial kinetic energy (J), above 0, at most 5 MeV.
    distance : float or array
        Distance from the source (m), positive.
    density : float or array
        Density of the medium (kg/m3).

    Returns
    -------
    float or array
        Fraction; tends to 1 less the bremsstrahlung that escapes (0.3 % at 1 MeV, 0.7 % at 2 MeV).
    """
    energy, distance, density = _prepared(energy, distance, density)
    scaled = distance * density / electron_csda_range(energy)
    lower, share = _neighbours(energy)
    at = [_moment(0, node, np.minimum(scaled, _EDGES[-1])) for node in (lower, lower + 1)]
    return ((1.0 - share) * at[0] + share * at[1])[()]


def electron_absorbed_fraction(
    energy: ArrayLike, radius: ArrayLike, density: ArrayLike = WATER_DENSITY
) -> NDArray[np.float64]:
    """Self absorbed fraction of a uniform sphere for electrons or positrons of one energy.

    phi = int_0^2R F(x/R0) (1 - 3x/(4R) + x^3/(16R^3)) dx/R0, in closed form over the bins of the kernel.

    Parameters
    ----------
    energy : float or array
        Initial kinetic energy (J), above 0, at most 5 MeV.
    radius : float or array
        Radius of the sphere (m), positive.
    density : float or array
        Density of sphere and surroundings (kg/m3); lengths scale with it.

    Returns
    -------
    float or array
        Absorbed fraction; arguments broadcast. For a large sphere it tends to 1 less the escaping bremsstrahlung.

    Raises
    ------
    ValidityError
        If an energy is not positive or is above 5 MeV.
    InputError
        If a radius or a density is not positive.

    Notes
    -----
    Exact for a sphere inside an unbounded medium of the same composition (the kernel knows back-scatter); the
    uncertainty is that of the kernel, 1 to 2 %. Bremsstrahlung that would be absorbed in a large organ is not added:
    below 1 % of the energy up to 2 MeV.
    """
    energy, radius, density = _prepared(energy, radius, density)
    scaled = radius * density / electron_csda_range(energy)
    lower, share = _neighbours(energy)
    reach = np.minimum(2.0 * scaled, _EDGES[-1])
    at = [
        _moment(0, node, reach) - 0.75 * _moment(1, node, reach) / scaled + _moment(3, node, reach) / (16.0 * scaled**3)
        for node in (lower, lower + 1)
    ]
    return ((1.0 - share) * at[0] + share * at[1])[()]


def _prepared(energy, length, density):
    arrays = [np.asarray(part, dtype=float) for part in (energy, length, density)]
    positive("radius", arrays[1], "m")
    positive("density", arrays[2], "kg/m3")
    return np.broadcast_arrays(*arrays)


def _neighbours(energy):
    """Index of the tabulated energy below and the weight of the one above, linear in log energy."""
    place = np.interp(np.log(np.maximum(energy, 1e-30)), np.log(_KERNEL_ENERGY), np.arange(8.0))
    lower = np.minimum(place.astype(int), 6)
    return lower, place - lower


def _moment(order, node, reach):
    """int_0^reach F s^order ds of a tabulated energy; F is constant in a bin."""
    index = np.minimum((reach / _BIN).astype(int), _KERNEL.shape[1] - 1)
    power = order + 1
    return _MOMENTS[order][node, index] + _KERNEL[node, index] * (reach**power - _EDGES[index] ** power) / power
