"""Linear response: complex susceptibility, loss power, specific loss power and its limits."""

from __future__ import annotations

import math

import numpy as np

from ferrotope.errors import InputError
from ferrotope.magnetism.equilibrium import langevin_parameter
from ferrotope.magnetism.relaxation import (
    anisotropy_barrier,
    brown_relaxation_time,
    effective_relaxation_time,
    mean_square_cosine,
    neel_relaxation_time,
    transverse_relaxation_time,
)
from ferrotope.particle import magnetic_share, volume_weighted_sizes
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

__all__ = [
    "chord_factor",
    "debye_loss",
    "intrinsic_loss_power",
    "lag_of_random_axes",
    "largest_loop_power",
    "loss_power",
    "loss_susceptibility",
    "loss_susceptibility_by_size",
    "rosensweig_power",
]


def debye_loss(frequency, relaxation_time):
    """Return w tau/(1 + (w tau)^2) for a frequency in Hz and a time in s; 0 for an infinite time."""
    product = 2.0 * math.pi * np.asarray(frequency, dtype=float) * np.asarray(relaxation_time, dtype=float)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(np.isinf(product), 0.0, product / (1.0 + product**2))[()]


def chord_factor(xi):
    """Return (3/xi) L(xi): susceptibility of the chord over the initial one (Rosensweig 2002, equation 13)."""
    from ferrotope.magnetism.equilibrium import langevin

    xi = np.asarray(xi, dtype=float)
    safe = np.where(xi < 1e-4, 1.0, xi)
    return np.where(xi < 1e-4, 1.0 - xi**2 / 15.0, 3.0 * langevin(safe) / safe)[()]


def loss_power(loss_susceptibility, field, frequency):
    """Return the power per volume pi mu0 chi'' f H^2 in W/m3 for H in A/m (peak) and f in Hz."""
    return math.pi * VACUUM_PERMEABILITY * loss_susceptibility * frequency * np.asarray(field, dtype=float) ** 2


def largest_loop_power(magnetisation, field, frequency):
    """Return 4 mu0 Ms H f in W/m3, the area of the largest loop that fits between +-H and +-Ms, times f."""
    return 4.0 * VACUUM_PERMEABILITY * magnetisation * field * frequency


def intrinsic_loss_power(specific_loss_power, field, frequency):
    """Return ILP = SLP/(f H^2) in H m2/kg (Kallumadil et al. 2009, doi:10.1016/j.jmmm.2009.02.075)."""
    return specific_loss_power / (frequency * np.asarray(field, dtype=float) ** 2)


def rosensweig_power(field, frequency, diameter, magnetisation, relaxation_time, temperature, volume_fraction=1.0):
    """Return the loss power of one size in Rosensweig's model with the chord susceptibility.

    Parameters
    ----------
    field, frequency : float or ndarray
        Peak H in A/m and f in Hz.
    diameter : float or ndarray
        Magnetic diameter in m.
    magnetisation : float or ndarray
        Domain magnetisation in A/m.
    relaxation_time : float or ndarray
        Effective time in s.
    temperature : float or ndarray
        In K.
    volume_fraction : float
        Of magnetic solid.

    Returns
    -------
    float or ndarray
        In W per m3 of fluid. Rosensweig, J Magn Magn Mater 2002;252:370, doi:10.1016/S0304-8853(02)00706-0.
    """
    volume = math.pi / 6.0 * np.asarray(diameter, dtype=float) ** 3
    initial = VACUUM_PERMEABILITY * volume_fraction * magnetisation**2 * volume / (3.0 * BOLTZMANN * temperature)
    xi = langevin_parameter(field, diameter, magnetisation, temperature)
    return loss_power(initial * chord_factor(xi) * debye_loss(frequency, relaxation_time), field, frequency)


def loss_susceptibility_by_size(
    frequency,
    median,
    sigma_g,
    magnetisation,
    anisotropy,
    temperature,
    *,
    nonmagnetic_layer=0.0,
    immobilised_fraction=1.0,
    viscosity=None,
    hydrodynamic_diameter=None,
    damping=0.1,
):
    """Return what each size of a distribution adds to chi'' per volume of core.

    The easy axes point anywhere. The moment along its axis, with the weight <cos^2>, relaxes with the Néel time; across
    it with the transverse time, too fast to lose much below the GHz range. Where the particle can turn, Brownian
    rotation relaxes both as well.

    One Debye form along the axis and one across it: chi'' is up to 1.3 % too high from 30 kHz to 1 MHz (magnetite, 6 to
    20 nm, 23 kJ/m3), where the moment still turns over; what a single blocked size loses within its wells is up to 35 %
    too low, and the resonance in the GHz range is missing. `ferrotope.magnetism.susceptibility.ac_susceptibility` is
    exact.

    Parameters
    ----------
    frequency : float or ndarray
        In Hz, any shape.
    median, sigma_g : float
        Number distribution of the core diameter (m).
    magnetisation : float
        Of the magnetic part, in A/m.
    anisotropy : float
        Uniaxial constant in J/m3.
    temperature : float
        In K.
    nonmagnetic_layer : float
        In m.
    immobilised_fraction : float
        0 to 1.
    viscosity, hydrodynamic_diameter : float, optional
        Pa s and m, of the particles that are free; needed where the immobilised fraction is below 1. The coating keeps
        its thickness over the size distribution.
    damping : float
        Gilbert's constant.

    Returns
    -------
    tuple of ndarray
        Magnetic diameters (m), shape (n,), and chi'' of each, shape (..., n), weights included: their sum is chi''.
    """
    positive("median", median, "m")
    between("sigma_g", sigma_g, 1.0, 10.0)
    between("immobilised_fraction", immobilised_fraction, 0.0, 1.0)
    if immobilised_fraction < 1 and (viscosity is None or hydrodynamic_diameter is None):
        missing = "viscosity" if viscosity is None else "hydrodynamic_diameter"
        raise InputError("particles that turn need this", field=missing, remedy="give it, or immobilised_fraction=1")
    diameters, weights = volume_weighted_sizes(median, sigma_g)
    share = magnetic_share(diameters, not_negative("nonmagnetic_layer", nonmagnetic_layer, "m"))
    magnetic = np.maximum(diameters * np.cbrt(share), 1e-12)
    initial = VACUUM_PERMEABILITY * magnetisation**2 * math.pi / 6.0 * magnetic**3 / (3.0 * BOLTZMANN * temperature)
    parts = [(immobilised_fraction, np.inf)]
    if immobilised_fraction < 1:
        layer = max(hydrodynamic_diameter - median, 0.0)
        parts.append((1.0 - immobilised_fraction, brown_relaxation_time(viscosity, diameters + layer, temperature)))
    f = np.asarray(frequency, dtype=float)[..., None]
    properties = (anisotropy, magnetisation, magnetic, temperature, damping)
    lag = sum(part * lag_of_random_axes(f, *properties, brown=brown) for part, brown in parts)
    return magnetic, initial * share * weights * lag


def lag_of_random_axes(frequency, anisotropy, magnetisation, diameter, temperature, damping=0.1, *, brown=np.inf):
    """Return chi'' over the initial susceptibility of moments with easy axes in all directions.

    Parameters
    ----------
    frequency : float or ndarray
        In Hz.
    anisotropy, magnetisation, diameter, temperature, damping
        As for `neel_relaxation_time`.
    brown : float or ndarray
        Brownian time in s, infinite where the particle cannot turn.

    Returns
    -------
    float or ndarray
        Along the axis, with the weight <cos^2>, the moment has the Néel time, across it the transverse one; Brownian
        rotation acts beside both.
    """
    properties = (anisotropy, magnetisation, diameter, temperature, damping)
    neel, across = neel_relaxation_time(*properties), transverse_relaxation_time(*properties)
    cosine = mean_square_cosine(anisotropy_barrier(anisotropy, diameter, temperature))
    along = cosine * debye_loss(frequency, effective_relaxation_time(neel, brown))
    return along + (1.0 - cosine) * debye_loss(frequency, effective_relaxation_time(across, brown))


def loss_susceptibility(frequency, *distribution, **options):
    """Return chi'' per volume of core, averaged over the size distribution.

    Parameters
    ----------
    frequency : float or ndarray
        In Hz, any shape.
    *distribution, **options
        As for `loss_susceptibility_by_size`.

    Returns
    -------
    float or ndarray
        Pure number, the shape of ``frequency``.
    """
    return loss_susceptibility_by_size(frequency, *distribution, **options)[1].sum(axis=-1)[()]
