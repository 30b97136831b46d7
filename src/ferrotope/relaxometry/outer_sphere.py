"""Superparamagnetic outer-sphere model: r1 and r2 of a core against the Larmor frequency (NMRD)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.relaxometry.regimes import MOLAR_VOLUME
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import (
    BOLTZMANN,
    ELECTRON_GYROMAGNETIC_RATIO,
    PROTON_GYROMAGNETIC_RATIO,
    VACUUM_PERMEABILITY,
)

__all__ = ["ayant_density", "freed_density", "langevin", "roch"]


def langevin(x: ArrayLike) -> NDArray[np.float64]:
    """Return the Langevin function coth x - 1/x of an argument of 0 or more; x/3 where the difference would cancel."""
    x = np.asarray(x, dtype=float)
    safe = np.maximum(x, 1e-3)
    return np.where(x < 1e-3, x / 3.0, 1.0 / np.tanh(safe) - 1.0 / safe)[()]


def ayant_density(z: ArrayLike) -> NDArray[np.float64]:
    """Return Ayant's spectral density of translational diffusion; 1 at zero (Roch et al. 1999, equation 9)."""
    z = np.asarray(z, dtype=float)
    return (1 + 5 * z / 8 + z**2 / 8) / (1 + z + z**2 / 2 + z**3 / 6 + 4 * z**4 / 81 + z**5 / 81 + z**6 / 648)


def freed_density(angular_frequency: ArrayLike, translational: ArrayLike, neel: ArrayLike) -> NDArray[np.float64]:
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
    s = np.sqrt(1j * np.asarray(angular_frequency, dtype=float) * translational + translational / np.asarray(neel))
    return np.real((1 + s / 4) / (1 + s + 4 * s**2 / 9 + s**3 / 9))


def roch(
    larmor_frequency: ArrayLike,
    core_diameter: ArrayLike,
    Mv: ArrayLike,
    tau_neel: ArrayLike,
    *,
    D: ArrayLike,
    T: ArrayLike,
    P: ArrayLike = 0.0,
    Q: ArrayLike = 1.0,
    shell_thickness: ArrayLike = 0.0,
    molar_volume: ArrayLike = MOLAR_VOLUME,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return r1 and r2 of the superparamagnetic outer-sphere model.

    Parameters
    ----------
    larmor_frequency : float or ndarray
        Of the protons, Hz.
    core_diameter : float or ndarray
        In m.
    Mv : float or ndarray
        Saturation magnetisation, A/m.
    tau_neel : float or ndarray
        Néel time in s.
    D : float or ndarray
        Diffusion coefficient of water, m2/s.
    T : float or ndarray
        In K.
    P, Q : float or ndarray
        Weights, 0 to 1, of the fluctuation of the moment that precesses with the electrons (P) and that does not (Q).
        P = 0 and Q = 1 is the limit of high anisotropy; between them lies a finite one. With P = 1 and Q = 0 there is
        no anisotropy: a dispersion at low field comes on top. Both are found by fitting a profile.
    shell_thickness : float or ndarray
        Of a layer that water does not enter, m.
    molar_volume : float or ndarray
        Volume of core per mole of iron, m3/mol.

    Returns
    -------
    tuple of ndarray
        r1 and r2 in m3/(mol s), that is 1/(mM s), of iron. All arguments broadcast.

    Notes
    -----
    With the moment mu = Mv V, x = mu B/(kT), l = coth x - 1/x, N cores per volume of water, the distance R of closest
    approach, tau_D = R^2/D, C = (mu0/4pi)^2 mu^2 gamma^2 N/(R D)::

        1/T1 = (32 pi/135) C {7 P l/x F(wS) + [7 Q l/x + 3 (1 - l^2 - 2 l/x)] F(wI) + 3 l^2 A(wI)}
        1/T2 = (16 pi/135) C {13 P l/x F(wS) + 7 Q l/x F(wI) + 6 Q l/x F(0)
                              + (1 - l^2 - 2 l/x) [3 F(wI) + 4 F(0)] + l^2 [3 A(wI) + 4]}

    wI and wS are the angular frequencies of proton and electron, F Freed's and A Ayant's density. Valid in motional
    averaging, dw tau_D < 1. Roch, Muller and Gillis, J Chem Phys 1999;110:5403, doi:10.1063/1.478435 (equations from
    memory of the paper; at high field r2 is that of `r2_motional_averaging`, which was derived anew).

    Examples
    --------
    >>> r1, r2 = roch(20e6, 10e-9, 3.5e5, 1e-9, D=3e-9, T=310.0)
    >>> print(f"{r1:.2f} {r2:.2f}")
    48.48 86.82
    """
    proton = 2.0 * math.pi * not_negative("larmor_frequency", larmor_frequency, "Hz")
    diameter = positive("core_diameter", core_diameter, "m")
    magnetisation = not_negative("Mv", Mv, "A/m")
    neel = positive("tau_neel", tau_neel, "s")
    D, T = positive("D", D, "m2/s"), positive("T", T, "K")
    P, Q = between("P", P, 0.0, 1.0), between("Q", Q, 0.0, 1.0)
    radius = diameter / 2.0 + not_negative("shell_thickness", shell_thickness, "m")
    volume = math.pi / 6.0 * diameter**3
    moment = magnetisation * volume
    # cores per m3 of water at 1 mol/m3 (1 mM) of iron
    number = positive("molar_volume", molar_volume, "m3/mol") / volume
    scale = (VACUUM_PERMEABILITY / (4.0 * math.pi) * PROTON_GYROMAGNETIC_RATIO * moment) ** 2 * number / (radius * D)
    x = np.maximum(moment * proton / PROTON_GYROMAGNETIC_RATIO / (BOLTZMANN * T), 1e-9)
    aligned = langevin(x)
    over_x = aligned / x
    # 1 - l^2 - 2 l/x cancels at low field: its series is 1/3 - x^2/15 + ...
    spread = np.where(x < 0.02, 1 / 3 - x**2 / 15, 1.0 - aligned**2 - 2.0 * over_x)
    diffusive = radius**2 / D
    electron = proton * (ELECTRON_GYROMAGNETIC_RATIO / PROTON_GYROMAGNETIC_RATIO)
    ayant = ayant_density(np.sqrt(2.0 * proton * diffusive))
    at_electron, at_proton, at_zero = (freed_density(w, diffusive, neel) for w in (electron, proton, 0.0))
    saturated = aligned**2
    r1 = 7 * P * over_x * at_electron + (7 * Q * over_x + 3 * spread) * at_proton + 3 * saturated * ayant
    r2 = (
        13 * P * over_x * at_electron
        + Q * over_x * (7 * at_proton + 6 * at_zero)
        + spread * (3 * at_proton + 4 * at_zero)
        + saturated * (3 * ayant + 4)
    )
    return (32 * math.pi / 135 * scale * r1)[()], (16 * math.pi / 135 * scale * r2)[()]
