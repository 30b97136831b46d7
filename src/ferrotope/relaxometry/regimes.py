"""Relaxivity of magnetised spheres in water by regime: motional averaging, static dephasing, partial refocusing."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError, nearest
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import PROTON_GYROMAGNETIC_RATIO, VACUUM_PERMEABILITY

__all__ = [
    "MOLAR_VOLUME",
    "larmor_shift",
    "molar_core_volume",
    "r2_motional_averaging",
    "r2_partial_refocusing",
    "r2star_static_dephasing",
    "translational_time",
    "water_diffusion",
]

MOLAR_VOLUME = 1.5e-5  # m3 of magnetite per mole of iron, rounded
_MOTIONAL = 16.0 / 45.0
_STATIC = 2.0 * math.pi * math.sqrt(3.0) / 9.0
# r2 phi/(Mv^2 d^2) of the scaling law that Vuong et al. found on published data: nm, A/m and 1/(mM s) made SI
_VUONG = 11.6e-12 * 1e18
_PREFACTORS = ("theory", "experimental")


def water_diffusion(temperature: ArrayLike) -> NDArray[np.float64]:
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
    # somewhat wider than the measurements: supercooled and superheated water goes the same way
    kelvin = between("temperature", temperature, 240.0, 400.0, "K", "give the temperature in K")
    return 1.635e-8 * (kelvin / 215.05 - 1.0) ** 2.063


def molar_core_volume(density, iron_mass_per_mass):
    """Return the volume of core per mole of iron in m3/mol for a density (kg/m3) and an iron mass fraction.

    Examples
    --------
    >>> f"{molar_core_volume(5170.0, 0.7236):.3g}"
    '1.49e-05'
    """
    return 55.845e-3 / (density * iron_mass_per_mass)


def translational_time(diameter: ArrayLike, D: ArrayLike) -> NDArray[np.float64]:
    """Return tau_D = d^2/(4D) in s: diffusion of water (m2/s) past a sphere of diameter d (m)."""
    return np.asarray(diameter, dtype=float) ** 2 / (4.0 * np.asarray(D, dtype=float))


def larmor_shift(Mv: ArrayLike) -> NDArray[np.float64]:
    """Return the shift dw = gamma mu0 Mv/3 in rad/s at the equator of a sphere with magnetisation Mv (A/m)."""
    return PROTON_GYROMAGNETIC_RATIO * VACUUM_PERMEABILITY * np.asarray(Mv, dtype=float) / 3.0


def r2_motional_averaging(
    core_diameter: ArrayLike,
    Mv: ArrayLike,
    *,
    D: ArrayLike,
    phi_intra: ArrayLike = 1.0,
    prefactor: Literal["theory", "experimental"] = "theory",
    shell_thickness: ArrayLike = 0.0,
    molar_volume: ArrayLike = MOLAR_VOLUME,
) -> NDArray[np.float64]:
    """Return r2 of motional averaging, (16/45) f tau_D dw^2 per mole of iron.

    Parameters
    ----------
    core_diameter : float or ndarray
        Of the core, or of a cluster taken as one large sphere, m.
    Mv : float or ndarray
        Mean magnetisation of that sphere, A/m: of a cluster, phi_intra times that of its cores.
    D : float or ndarray
        Diffusion coefficient of water, m2/s. The experimental prefactor does not know it.
    phi_intra : float or ndarray
        Volume of magnetic material per volume of the sphere; below 1 in clusters.
    prefactor : str
        "theory", or "experimental": 11.6e-12 Mv^2 d^2/phi_intra (nm, A/m, 1/(mM s)), fitted by Vuong et al., Adv
        Healthc Mater 2012;1:502, doi:10.1002/adhm.201200078, to published particles and clusters (the number is from
        memory of the paper), about twice the theory.
    shell_thickness : float or ndarray
        Of a layer that water does not enter, m: r2 falls as the distance of closest approach grows. The experimental
        prefactor, found on coated particles, takes none.
    molar_volume : float or ndarray
        Volume of core per mole of iron, m3/mol.

    Returns
    -------
    float or ndarray
        In m3/(mol s), that is 1/(mM s), with f = molar_volume/phi_intra at 1 mol/m3 of iron. Valid in saturation, for
        impermeable spheres, while dw tau_D is below 1 and the echo time far above tau_D. Gillis, Moiny and Brooks,
        Magn Reson Med 2002;47:257, doi:10.1002/mrm.10059.

    Examples
    --------
    >>> theory = r2_motional_averaging(10e-9, 3.5e5, D=3e-9)
    >>> measured = r2_motional_averaging(10e-9, 3.5e5, D=3e-9, prefactor="experimental")
    >>> print(f"{theory:.2f} {measured:.1f}")
    68.37 142.1
    """
    diameter = positive("core_diameter", core_diameter, "m")
    magnetisation = not_negative("Mv", Mv, "A/m")
    D, phi = positive("D", D, "m2/s"), _fraction(phi_intra)
    shell, volume = not_negative("shell_thickness", shell_thickness, "m"), positive("molar_volume", molar_volume)
    if prefactor not in _PREFACTORS:
        raise InputError(
            "there is no such prefactor",
            field="prefactor",
            value=prefactor,
            remedy=nearest(str(prefactor), _PREFACTORS),
        )
    if prefactor == "experimental":
        if np.any(shell > 0):
            raise InputError(
                "the experimental prefactor holds the coatings of the particles that it was fitted to",
                field="shell_thickness",
                value=shell_thickness,
                remedy='leave out shell_thickness, or take prefactor="theory"',
            )
        return (_VUONG * magnetisation**2 * diameter**2 / phi)[()]
    nearness = diameter / (diameter + 2.0 * shell)
    tau = translational_time(diameter, D)
    return (_MOTIONAL * volume / phi * tau * larmor_shift(magnetisation) ** 2 * nearness)[()]


def r2star_static_dephasing(
    Mv: ArrayLike, *, phi_intra: ArrayLike = 1.0, molar_volume: ArrayLike = MOLAR_VOLUME
) -> NDArray[np.float64]:
    """Return r2* of static dephasing, (2 pi sqrt(3)/9) f dw per mole of iron.

    Parameters
    ----------
    Mv : float or ndarray
        Mean magnetisation of the sphere, A/m: of a cluster, phi_intra times that of its cores.
    phi_intra : float or ndarray
        Volume of magnetic material per volume of the sphere.
    molar_volume : float or ndarray
        Volume of core per mole of iron, m3/mol.

    Returns
    -------
    float or ndarray
        In m3/(mol s), that is 1/(mM s). Valid in saturation, for dw tau_D far above 1, times far above 1/dw and f far
        below 1. Neither clustering nor a shell changes it: f dw stays. It is the largest rate that spheres of this
        magnetisation can give. Yablonskiy and Haacke, Magn Reson Med 1994;32:749, doi:10.1002/mrm.1910320610.

    Examples
    --------
    >>> f"{r2star_static_dephasing(3.5e5):.1f}"
    '711.4'
    """
    fraction = positive("molar_volume", molar_volume, "m3/mol") / _fraction(phi_intra)
    return (_STATIC * fraction * larmor_shift(not_negative("Mv", Mv, "A/m")))[()]


def r2_partial_refocusing(
    core_diameter: ArrayLike,
    Mv: ArrayLike,
    echo_time: ArrayLike,
    iron_concentration: ArrayLike,
    *,
    D: ArrayLike,
    phi_intra: ArrayLike = 1.0,
    shell_thickness: ArrayLike = 0.0,
    molar_volume: ArrayLike = MOLAR_VOLUME,
) -> NDArray[np.float64]:
    """Return r2 of large spheres in a train of echoes: the strong inner field dephases, the weak outer is refocused.

    Parameters
    ----------
    core_diameter : float or ndarray
        Of the core, or of a cluster taken as one large sphere, m.
    Mv : float or ndarray
        Mean magnetisation of that sphere, A/m.
    echo_time : float or ndarray
        Between echoes, s.
    iron_concentration : float or ndarray
        In mol/m3, that is mM; 0 is the dilute limit.
    D : float or ndarray
        Diffusion coefficient of water, m2/s.
    phi_intra : float or ndarray
        Volume of magnetic material per volume of the sphere.
    shell_thickness : float or ndarray
        Of a layer that water does not enter, m; the coated sphere is taken as one with the same moment.
    molar_volume : float or ndarray
        Volume of core per mole of iron, m3/mol.

    Returns
    -------
    float or ndarray
        r2 in m3/(mol s), that is 1/(mM s): 1/T2 over the iron concentration, with
        1/T2 = 1.8 f x^(1/3) (1.52 + f x)^(5/3)/tau_D, x = sqrt(4/5) dw TE/2 and f = molar_volume
        iron_concentration/phi_intra. Valid for dw tau_D well above 3.4 and TE far above 1/dw. It grows without bound
        with TE and concentration: where it exceeds `r2star_static_dephasing`, that is the rate. Gillis, Moiny and
        Brooks, Magn Reson Med 2002;47:257, doi:10.1002/mrm.10059 (formula from memory of the paper).

    Notes
    -----
    The exact rate of dilute spheres, `r2_echo_train`, depends on x in this way for dw tau_D above 100 and TE of the
    order of tau_D or less, and is 0.71 of this. With dw tau_D of 30 it is 0.6 to 0.65 of it, of 10 at most 0.5. The
    first echoes lose more: what is near the spheres goes first.

    Examples
    --------
    >>> f"{r2_partial_refocusing(500e-9, 1e5, 1e-3, 0.1, D=3e-9):.1f}"
    '44.9'
    """
    diameter = positive("core_diameter", core_diameter, "m")
    coated = diameter + 2.0 * not_negative("shell_thickness", shell_thickness, "m")
    shift = larmor_shift(not_negative("Mv", Mv, "A/m")) * (diameter / coated) ** 3
    x = math.sqrt(0.8) * shift * positive("echo_time", echo_time, "s") / 2.0
    fraction = positive("molar_volume", molar_volume, "m3/mol") / _fraction(phi_intra) * (coated / diameter) ** 3
    filled = fraction * not_negative("iron_concentration", iron_concentration, "mol/m3")
    tau = translational_time(coated, positive("D", D, "m2/s"))
    return (1.8 * fraction * np.cbrt(x) * (1.52 + filled * x) ** (5.0 / 3.0) / tau)[()]


def _fraction(phi_intra: ArrayLike) -> NDArray[np.float64]:
    """Return the volume fraction within a sphere, above 0 and at most 1."""
    return between("phi_intra", positive("phi_intra", phi_intra), 0.0, 1.0)
