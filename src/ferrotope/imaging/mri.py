"""MRI signal equations, and what iron does to relaxation and contrast.

Signals are in units of the equilibrium signal: proton density, coil and gain are left out, so only ratios and
differences between signals of the same sequence have a meaning. Concentrations are in mM (mol/m3) of iron,
relaxivities in 1/(mM s).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.units.checks import not_negative, positive

__all__ = [
    "bssfp_signal",
    "contrast_to_noise_ratio",
    "ernst_angle",
    "iron_concentration",
    "liver_iron_from_r2star",
    "r2star_saturation_concentration",
    "relative_signal_change",
    "relaxation_rate",
    "sphere_field_shift",
    "spin_echo_signal",
    "spoiled_gradient_echo_signal",
    "transverse_signal_loss",
]

Floats = NDArray[np.float64]

IRON_MOLAR_MASS = 55.845e-3  # kg/mol, CIAAW standard atomic weight, doi:10.1515/pac-2019-0603, table 1


def iron_concentration(iron_mass_fraction: ArrayLike, tissue_density: ArrayLike) -> Floats:
    """Iron concentration in tissue from its iron content.

    Parameters
    ----------
    iron_mass_fraction : array_like
        Mass of iron per mass of tissue, kg/kg (1 mg/g is 1e-3).
    tissue_density : array_like
        Density of the tissue, kg/m3.

    Returns
    -------
    ndarray
        Iron concentration, mM (mol/m3), of the tissue volume; the water space in which MRI sees it is smaller.

    Raises
    ------
    InputError
        If the content is negative or the density not positive.

    Examples
    --------
    >>> round(float(iron_concentration(1e-3, 1050.0)), 2)
    18.8
    """
    content = not_negative("iron_mass_fraction", iron_mass_fraction, "kg/kg")
    return content * positive("tissue_density", tissue_density, "kg/m3") / IRON_MOLAR_MASS


def relaxation_rate(tissue_rate: ArrayLike, relaxivity: ArrayLike, concentration: ArrayLike) -> Floats:
    """Relaxation rate of tissue that holds a contrast agent: R = R0 + r C.

    Parameters
    ----------
    tissue_rate : array_like
        R1, R2 or R2* of the tissue without the agent, 1/s.
    relaxivity : array_like
        r1, r2 or r2*, 1/(mM s), per mM of iron.
    concentration : array_like
        Concentration of iron, mM.

    Returns
    -------
    ndarray
        Relaxation rate, 1/s.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    Linear addition holds for an agent that is spread evenly and reached by all water. Particles packed in macrophages
    keep r2* but lose much of r1 and r2, so r1 and r2 of a dispersion are upper limits in liver and spleen. A sum of
    T2* terms also takes the agent's extra decay as exponential, which static dephasing by clusters is not at short
    echo times.
    """
    rate = not_negative("tissue_rate", tissue_rate, "1/s")
    slope = not_negative("relaxivity", relaxivity, "1/(mM s)")
    return rate + slope * not_negative("concentration", concentration, "mM")


def spoiled_gradient_echo_signal(
    R1: ArrayLike, R2star: ArrayLike, TR: ArrayLike, TE: ArrayLike, flip_angle: ArrayLike
) -> Floats:
    """Steady-state signal of an ideally spoiled gradient echo; with a very short TE this is UTE.

    S = sin(a) (1 - E1) / (1 - E1 cos(a)) exp(-TE R2*), E1 = exp(-TR R1).

    Parameters
    ----------
    R1, R2star : array_like
        Relaxation rates, 1/s.
    TR, TE : array_like
        Repetition and echo time, s; TE does not exceed TR.
    flip_angle : array_like
        Flip angle a, rad.

    Returns
    -------
    ndarray
        Signal as a fraction of the equilibrium magnetisation.

    Raises
    ------
    InputError
        If a rate is negative or a time not positive.

    Notes
    -----
    Ideal spoiling is assumed. With RF spoiling at 117 degrees and T2 well above TR the true signal is some per cent
    lower (5.6 % for T1 1 s, T2 80 ms, TR 5 ms, 15 degrees by extended phase graphs). UTE with long readouts blurs as
    well.

    References
    ----------
    Ernst and Anderson, Rev Sci Instrum 1966;37:93, doi:10.1063/1.1719961 (steady state and optimum angle; cited from
    memory).
    """
    E1 = np.exp(-positive("TR", TR, "s") * not_negative("R1", R1, "1/s"))
    angle = np.asarray(flip_angle, dtype=float)
    decay = np.exp(-not_negative("TE", TE, "s") * not_negative("R2star", R2star, "1/s"))
    # R1 = 0 gives 0/0 only for a zero angle as well; there the signal is zero.
    denominator = 1.0 - E1 * np.cos(angle)
    steady = np.divide(np.sin(angle) * (1.0 - E1), denominator, out=np.zeros_like(denominator), where=denominator > 0)
    return steady * decay


def ernst_angle(R1: ArrayLike, TR: ArrayLike) -> Floats:
    """Flip angle (rad) of the largest spoiled gradient-echo signal: arccos(exp(-TR R1)).

    Parameters
    ----------
    R1 : array_like
        Longitudinal relaxation rate, 1/s.
    TR : array_like
        Repetition time, s.

    Returns
    -------
    ndarray
        Flip angle, rad.

    Raises
    ------
    InputError
        If R1 is negative or TR is not positive.
    """
    return np.arccos(np.exp(-positive("TR", TR, "s") * not_negative("R1", R1, "1/s")))


def spin_echo_signal(R1: ArrayLike, R2: ArrayLike, TR: ArrayLike, TE: ArrayLike) -> Floats:
    """Signal of a 90-180 degree spin echo in the steady state.

    S = [1 - 2 exp(-(TR - TE/2) R1) + exp(-TR R1)] exp(-TE R2).

    Parameters
    ----------
    R1, R2 : array_like
        Relaxation rates, 1/s.
    TR, TE : array_like
        Repetition and echo time, s; TE/2 is below TR.

    Returns
    -------
    ndarray
        Signal as a fraction of the equilibrium magnetisation. Negative where less than TR ln 2 is left for recovery.

    Raises
    ------
    InputError
        If a rate is negative or a time not positive.

    Notes
    -----
    One echo and perfect pulses; a train of refocusing pulses sees a smaller R2 of the agent and stimulated echoes. R2
    of particles above the motional-averaging limit depends on the echo spacing, so r2 must have been measured at the
    TE used.
    """
    TR, TE = positive("TR", TR, "s"), not_negative("TE", TE, "s")
    R1 = not_negative("R1", R1, "1/s")
    recovered = 1.0 - 2.0 * np.exp(-(TR - 0.5 * TE) * R1) + np.exp(-TR * R1)
    return recovered * np.exp(-TE * not_negative("R2", R2, "1/s"))


def bssfp_signal(R1: ArrayLike, R2: ArrayLike, TR: ArrayLike, flip_angle: ArrayLike) -> Floats:
    """Balanced steady-state free precession on resonance, at TE = TR/2.

    S = sin(a) (1 - E1) sqrt(E2) / (1 - (E1 - E2) cos(a) - E1 E2).

    Parameters
    ----------
    R1, R2 : array_like
        Relaxation rates, 1/s.
    TR : array_like
        Repetition time, s.
    flip_angle : array_like
        Flip angle a, rad, with alternating sign of the pulses.

    Returns
    -------
    ndarray
        Signal as a fraction of the equilibrium magnetisation.

    Raises
    ------
    InputError
        If a rate or TR is not positive.

    Notes
    -----
    Iron shifts the resonance as well as relaxing it, so banding can dominate; this formula knows nothing of it.
    """
    TR = positive("TR", TR, "s")
    E1 = np.exp(-TR * positive("R1", R1, "1/s"))
    E2 = np.exp(-TR * positive("R2", R2, "1/s"))
    angle = np.asarray(flip_angle, dtype=float)
    return np.sin(angle) * (1.0 - E1) * np.sqrt(E2) / (1.0 - (E1 - E2) * np.cos(angle) - E1 * E2)


def relative_signal_change(signal: ArrayLike, reference: ArrayLike) -> Floats:
    """Signal change relative to a reference, (S - S0)/S0.

    Parameters
    ----------
    signal : array_like
        Signal S, any unit.
    reference : array_like
        Signal S0 in the same unit, positive: the same tissue before injection, or another tissue (then this is
        contrast).

    Returns
    -------
    ndarray
        Relative change; -1 is complete loss.

    Raises
    ------
    InputError
        If the reference is not positive.
    """
    reference = positive("reference", reference, "(signal)")
    return (np.asarray(signal, dtype=float) - reference) / reference


def contrast_to_noise_ratio(signal: ArrayLike, reference: ArrayLike, noise: ArrayLike) -> Floats:
    """Contrast-to-noise ratio (S - S0)/sigma, signed.

    Parameters
    ----------
    signal, reference : array_like
        Two signals of the same sequence.
    noise : array_like
        Standard deviation of the noise per channel, in the unit of the signals.

    Returns
    -------
    ndarray
        Ratio; negative where the signal is below the reference.

    Raises
    ------
    InputError
        If the noise is not positive.

    Notes
    -----
    Gaussian noise. In magnitude images a signal below about 3 sigma sits on the Rician floor and is overestimated.
    """
    return (np.asarray(signal, dtype=float) - np.asarray(reference, dtype=float)) / positive("noise", noise, "(signal)")


def r2star_saturation_concentration(TE: ArrayLike, transverse_relaxivity: ArrayLike) -> Floats:
    """Concentration at which the agent alone leaves exp(-1) of the signal: 1/(TE r).

    Above it a signal at this TE no longer measures concentration: it is lost in noise whatever the concentration is.

    Parameters
    ----------
    TE : array_like
        Echo time, s.
    transverse_relaxivity : array_like
        r2* (gradient echo, UTE) or r2 (spin echo), 1/(mM s).

    Returns
    -------
    ndarray
        Iron concentration, mM.

    Raises
    ------
    InputError
        If a value is not positive.
    """
    return 1.0 / (positive("TE", TE, "s") * positive("transverse_relaxivity", transverse_relaxivity, "1/(mM s)"))


def transverse_signal_loss(TE: ArrayLike, transverse_relaxivity: ArrayLike, concentration: ArrayLike) -> Floats:
    """Fraction of the signal that the agent's transverse relaxation removes, 1 - exp(-TE r C).

    Parameters
    ----------
    TE : array_like
        Echo time, s.
    transverse_relaxivity : array_like
        r2* or r2, 1/(mM s).
    concentration : array_like
        Iron concentration, mM.

    Returns
    -------
    ndarray
        From 0 to 1. Above 1 - exp(-1) = 0.63 the signal is saturated (see `r2star_saturation_concentration`).

    Raises
    ------
    InputError
        If a value is negative.
    """
    r = not_negative("transverse_relaxivity", transverse_relaxivity, "1/(mM s)")
    return -np.expm1(-not_negative("TE", TE, "s") * r * not_negative("concentration", concentration, "mM"))


def liver_iron_from_r2star(R2star: ArrayLike) -> Floats:
    """Liver iron from R2* at 1.5 T: 0.0254 R2* + 0.202 mg Fe per g dry tissue.

    Parameters
    ----------
    R2star : array_like
        R2* at 1.5 T, 1/s.

    Returns
    -------
    ndarray
        Mass of iron per mass of dry liver, kg/kg.

    Raises
    ------
    InputError
        If R2* is negative.

    Notes
    -----
    A regression in patients with iron overload (1.33 to 32.9 mg/g), whose iron is ferritin and haemosiderin: it does
    not hold for particles, whose r2* is far larger, and here it only says what an R2* would mean without them.

    References
    ----------
    Wood et al., Blood 2005;106:1460, doi:10.1182/blood-2004-10-3982 (the range was read in the abstract; the two
    coefficients are from memory of its R2* calibration, not re-read).
    """
    return 1e-3 * (0.0254 * not_negative("R2star", R2star, "1/s") + 0.202)


def sphere_field_shift(
    distance: ArrayLike, polar_angle: ArrayLike, radius: ArrayLike, susceptibility_difference: ArrayLike
) -> Floats:
    """Relative field shift dB/B0 that a sphere of another susceptibility makes, with the Lorentz correction.

    Inside 0; outside (dchi/3) (R/r)^3 (3 cos^2 theta - 1).

    Parameters
    ----------
    distance : array_like
        Distance r from the centre, m.
    polar_angle : array_like
        Angle theta to B0, rad.
    radius : array_like
        Radius R of the sphere, m.
    susceptibility_difference : array_like
        Volume susceptibility of the sphere less that of its surroundings (SI, dimensionless), far below 1.

    Returns
    -------
    ndarray
        Relative shift of the resonance frequency.

    Raises
    ------
    InputError
        If the distance is negative or the radius not positive.

    References
    ----------
    The inverse Fourier transform of the unit dipole kernel 1/3 - kz^2/k^2, against which it is tested: Salomir et al.,
    Concepts Magn Reson 2003;19B:26 (cited from memory).
    """
    r = not_negative("distance", distance, "m")
    R = positive("radius", radius, "m")
    outside = r >= R
    ratio = np.divide(R, r, out=np.zeros(np.broadcast(r, R).shape), where=outside)
    return np.asarray(susceptibility_difference, dtype=float) / 3.0 * ratio**3 * (3.0 * np.cos(polar_angle) ** 2 - 1.0)
