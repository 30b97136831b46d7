"""Relaxivity of superparamagnetic cores: outer-sphere model, motional averaging, static dephasing."""

from __future__ import annotations

import math

import numpy as np

from ferrotope.units.constants import (
    BOLTZMANN,
    PROTON_GYROMAGNETIC_RATIO,
    VACUUM_PERMEABILITY,
)

__all__ = [
    "ayant_density",
    "freed_density",
    "langevin",
    "larmor_shift",
    "molar_core_volume",
    "motional_averaging_rate",
    "outer_sphere_relaxivities",
    "static_dephasing_rate",
    "translational_time",
    "vuong_relaxivity",
    "water_diffusion",
]

# r2 phi_intra/(Mv^2 d^2) of the scaling law that Vuong et al. found on published data: nm, A/m and 1/(mM s) made SI
VUONG_PREFACTOR = 11.6e-12 * 1e18


def water_diffusion(temperature):
    """Return the self-diffusion coefficient of water.

    Parameters
    ----------
    temperature : float or ndarray
        In K, 273 to 373.

    Returns
    -------
    float or ndarray
        In m2/s: 1.635e-8 (T/215.05 K - 1)^2.063 (Holz, Heil and Sacco, Phys Chem Chem Phys 2000;2:4740,
        doi:10.1039/b005319h), within 1 %.

    Examples
    --------
    >>> f"{water_diffusion(298.15):.3g}"
    '2.3e-09'
    """
    return 1.635e-8 * (np.asarray(temperature, dtype=float) / 215.05 - 1.0) ** 2.063


def molar_core_volume(density, iron_mass_per_mass):
    """Return the volume of core per mole of iron in m3/mol for a density (kg/m3) and an iron mass fraction.

    Examples
    --------
    >>> f"{molar_core_volume(5170.0, 0.7236):.3g}"
    '1.49e-05'
    """
    return 55.845e-3 / (density * iron_mass_per_mass)


def translational_time(diameter, diffusion):
    """Return tau_D = d^2/(4D) in s: diffusion of water past a sphere of diameter d (m)."""
    return np.asarray(diameter, dtype=float) ** 2 / (4.0 * diffusion)


def larmor_shift(magnetisation):
    """Return the shift gamma mu0 Mv/3 in rad/s at the equator of a sphere with magnetisation Mv (A/m)."""
    return PROTON_GYROMAGNETIC_RATIO * VACUUM_PERMEABILITY * np.asarray(magnetisation, dtype=float) / 3.0


def motional_averaging_rate(volume_fraction, diameter, magnetisation, diffusion):
    """Return 1/T2 of motional averaging, (16/45) f tau_D dw^2.

    Parameters
    ----------
    volume_fraction : float or ndarray
        Of impermeable spheres.
    diameter : float or ndarray
        In m.
    magnetisation : float or ndarray
        Of the spheres in A/m.
    diffusion : float or ndarray
        Of water in m2/s.

    Returns
    -------
    float or ndarray
        In 1/s; valid while dw tau_D is below 1. Gillis, Moiny and Brooks, Magn Reson Med 2002;47:257,
        doi:10.1002/mrm.10059.
    """
    shift = larmor_shift(magnetisation)
    return 16.0 / 45.0 * volume_fraction * translational_time(diameter, diffusion) * shift**2


def vuong_relaxivity(diameter, magnetisation, intra_fraction=1.0):
    """Return r2 of the scaling law fitted by Vuong et al. to published particles, 11.6e-12 Mv^2 d^2/phi.

    Parameters
    ----------
    diameter : float or ndarray
        In m.
    magnetisation : float or ndarray
        Mv in A/m.
    intra_fraction : float or ndarray
        Volume of magnetic material per volume of particle.

    Returns
    -------
    float or ndarray
        In m3/(mol s), that is 1/(mM s). About twice the theory of `motional_averaging_rate`. Vuong et al., Adv Healthc
        Mater 2012;1:502, doi:10.1002/adhm.201200078; the prefactor is taken from memory of the paper.
    """
    return (
        VUONG_PREFACTOR
        * np.asarray(magnetisation, dtype=float) ** 2
        * np.asarray(diameter, dtype=float) ** 2
        / intra_fraction
    )


def static_dephasing_rate(volume_fraction, magnetisation):
    """Return 1/T2* of static dephasing, (2 pi sqrt(3)/9) f dw, in 1/s.

    Parameters
    ----------
    volume_fraction : float or ndarray
        Of spheres.
    magnetisation : float or ndarray
        In A/m.

    Returns
    -------
    float or ndarray
        The largest rate that spheres of this volume and magnetisation can give. Yablonskiy and Haacke, Magn Reson Med
        1994;32:749, doi:10.1002/mrm.1910320610.
    """
    return 2.0 * math.pi * math.sqrt(3.0) / 9.0 * volume_fraction * larmor_shift(magnetisation)


def langevin(x):
    """Return the Langevin function coth x - 1/x of a positive argument; x/3 where the difference would cancel."""
    x = np.asarray(x, dtype=float)
    safe = np.maximum(x, 1e-3)
    return np.where(x < 1e-3, x / 3.0, 1.0 / np.tanh(safe) - 1.0 / safe)[()]


def ayant_density(z):
    """Return Ayant's spectral density of translational diffusion; 1 at zero (Roch et al. 1999, equation 9)."""
    z = np.asarray(z, dtype=float)
    return (1 + 5 * z / 8 + z**2 / 8) / (1 + z + z**2 / 2 + z**3 / 6 + 4 * z**4 / 81 + z**5 / 81 + z**6 / 648)


def freed_density(angular_frequency, translational, neel):
    """Return Freed's spectral density of diffusion with an electronic relaxation time.

    Parameters
    ----------
    angular_frequency : float or ndarray
        In rad/s.
    translational, neel : float or ndarray
        tau_D and tau_N in s.

    Returns
    -------
    float or ndarray
        Re[(1 + s/4)/(1 + s + 4 s^2/9 + s^3/9)] with s^2 = i w tau_D + tau_D/tau_N. Roch, Muller and Gillis, J Chem Phys
        1999;110:5403, doi:10.1063/1.478435.
    """
    s = np.sqrt(1j * np.asarray(angular_frequency, dtype=float) * translational + translational / neel)
    return np.real((1 + s / 4) / (1 + s + 4 * s**2 / 9 + s**3 / 9))


def outer_sphere_relaxivities(
    flux_density, diameter, magnetisation, molar_volume, neel_time, temperature, diffusion, closest_approach=None
):
    """Return r1 and r2 of the superparamagnetic outer-sphere model with high anisotropy.

    Parameters
    ----------
    flux_density : float or ndarray
        B0 in T.
    diameter : float or ndarray
        Magnetic diameter in m.
    magnetisation : float or ndarray
        In A/m.
    molar_volume : float or ndarray
        Volume of core per mole of iron, m3/mol.
    neel_time : float or ndarray
        In s.
    temperature : float or ndarray
        In K.
    diffusion : float or ndarray
        Of water, m2/s.
    closest_approach : float or ndarray, optional
        Radius in m within which no water comes; by default that of the core.

    Returns
    -------
    tuple of float or ndarray
        r1 and r2 in m3/(mol s), that is 1/(mM s). Valid in motional averaging (dw tau_D < 1) and for an anisotropy
        energy far above the Zeeman energy of the electron spins. Roch, Muller and Gillis, J Chem Phys 1999;110:5403,
        doi:10.1063/1.478435, equations in the limit P = 0, Q = 1.
    """
    radius = np.asarray(diameter, dtype=float) / 2.0 if closest_approach is None else closest_approach
    volume = math.pi / 6.0 * np.asarray(diameter, dtype=float) ** 3
    moment = magnetisation * volume
    # particles per m3 of water at 1 mol/m3 (1 mM) of iron
    number = molar_volume / volume
    dipolar = (1e-7 * PROTON_GYROMAGNETIC_RATIO * moment) ** 2 * number / (radius * diffusion)
    x = np.maximum(moment * np.asarray(flux_density, dtype=float) / (BOLTZMANN * temperature), 1e-9)
    aligned = langevin(x)
    over_x = aligned / x
    # 1 - L^2 - 2L/x cancels at low field: its series is 1/3 - x^2/15 + ...
    spread = np.where(x < 0.02, 1 / 3 - x**2 / 15, 1.0 - aligned**2 - 2.0 * over_x)
    proton = PROTON_GYROMAGNETIC_RATIO * np.asarray(flux_density, dtype=float)
    diffusive = radius**2 / diffusion
    ayant = ayant_density(np.sqrt(2.0 * proton * diffusive))
    at_proton = freed_density(proton, diffusive, neel_time)
    at_zero = freed_density(0.0, diffusive, neel_time)
    saturated = aligned**2
    r1 = 32 * math.pi / 135 * dipolar * ((7 * over_x + 3 * spread) * at_proton + 3 * saturated * ayant)
    near_proton = 7 * over_x * at_proton + 3 * spread * at_proton + 3 * saturated * ayant
    static = 6 * over_x * at_zero + 4 * spread * at_zero + 4 * saturated
    r2 = 16 * math.pi / 135 * dipolar * (near_proton + static)
    return r1[()], r2[()]
