"""Equilibrium magnetisation of superparamagnetic cores: sizes, anisotropy, temperature, dead layer, interactions.

``sizes`` is a pair of diameters (m) and weights by volume, as `ferrotope.particle.sizes` makes them.
"""

from __future__ import annotations

import math

import numpy as np

from ferrotope.errors import InputError, ValidityError
from ferrotope.magnetism.anisotropic_equilibrium import Axis, uniaxial_langevin
from ferrotope.magnetism.relaxation import anisotropy_barrier, mean_square_cosine
from ferrotope.particle import magnetic_share, volume_weighted_sizes
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

__all__ = [
    "bloch_magnetisation",
    "equilibrium_magnetisation",
    "initial_susceptibility",
    "interacting_magnetisation",
    "langevin",
    "langevin_derivative",
    "langevin_parameter",
    "magnetisation_curve",
    "static_susceptibility",
]

_LORENTZ = 1.0 / 3.0  # the field in a spherical hole
_FORMS = ("self_consistent", "modified_first_order", "modified_second_order")


def langevin(x):
    """Return the Langevin function L(x) = coth x - 1/x.

    Parameters
    ----------
    x : float or ndarray
        Energy of the moment in the field over the thermal energy.

    Returns
    -------
    float or ndarray
        Between -1 and 1. Near zero the series x/3 - x^3/45 + 2 x^5/945 - x^7/4725 is used, where the difference would
        lose its digits.

    Examples
    --------
    >>> round(float(langevin(1.0)), 7)
    0.3130353
    """
    x = np.asarray(x, dtype=float)
    small = np.abs(x) < 0.1
    safe = np.where(small, 1.0, x)
    square = x * x
    series = x * (1 / 3 - square * (1 / 45 - square * (2 / 945 - square / 4725)))
    # the series is evaluated everywhere, also where x is large and it is not used
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(small, series, 1.0 / np.tanh(safe) - 1.0 / safe)[()]


def langevin_derivative(x):
    """Return dL/dx = 1/x^2 - 1/sinh(x)^2.

    Parameters
    ----------
    x : float or ndarray
        As for `langevin`.

    Returns
    -------
    float or ndarray
        1/3 at zero.
    """
    x = np.asarray(x, dtype=float)
    small = np.abs(x) < 0.1
    safe = np.where(small, 1.0, np.clip(np.abs(x), None, 300.0))
    square = np.where(small, x * x, 0.0)
    series = 1 / 3 - square * (1 / 15 - square * (2 / 189 - square / 675))
    exact = 1.0 / np.where(small, 1.0, x * x) - 1.0 / np.sinh(safe) ** 2
    return np.where(small, series, exact)[()]


def langevin_parameter(field, diameter, magnetisation, temperature):
    """Return xi = mu0 Ms V H/(kB T).

    Parameters
    ----------
    field : float or ndarray
        Field H in A/m.
    diameter : float or ndarray
        Magnetic diameter in m.
    magnetisation : float or ndarray
        Saturation magnetisation in A/m.
    temperature : float or ndarray
        In K.

    Returns
    -------
    float or ndarray
        Pure number.
    """
    volume = math.pi / 6.0 * not_negative("diameter", diameter, "m") ** 3
    thermal = BOLTZMANN * positive("temperature", temperature, "K")
    return VACUUM_PERMEABILITY * not_negative("magnetisation", magnetisation, "A/m") * volume * field / thermal


def equilibrium_magnetisation(field, median, sigma_g, magnetisation, temperature, nonmagnetic_layer=0.0):
    """Return the equilibrium magnetisation per volume of core.

    Parameters
    ----------
    field : float or ndarray
        Field H in A/m, any shape.
    median, sigma_g : float
        Number distribution of the core diameter (m).
    magnetisation : float
        Saturation magnetisation of the magnetic part in A/m.
    temperature : float
        In K.
    nonmagnetic_layer : float
        Thickness in m of a surface layer without moment.

    Returns
    -------
    float or ndarray
        M in A/m of core volume, the shape of ``field``: the volume-weighted mean of Ms (1 - 2t/d)^3 L(xi). Interactions
        and anisotropy are neglected (the latter drops out for random axes at low field only).
    """
    _checked(median, sigma_g, nonmagnetic_layer)
    diameters, weights = volume_weighted_sizes(median, sigma_g)
    share = magnetic_share(diameters, nonmagnetic_layer)
    magnetic = diameters * np.cbrt(share)
    xi = langevin_parameter(np.asarray(field, dtype=float)[..., None], magnetic, magnetisation, temperature)
    return (magnetisation * (langevin(xi) * share) @ weights)[()]


def initial_susceptibility(median, sigma_g, magnetisation, temperature, nonmagnetic_layer=0.0):
    """Return the initial susceptibility per volume of core, the slope of `equilibrium_magnetisation` at zero field.

    Parameters
    ----------
    median, sigma_g : float
        Number distribution of the core diameter (m).
    magnetisation : float
        Saturation magnetisation of the magnetic part in A/m.
    temperature : float
        In K.
    nonmagnetic_layer : float
        Thickness in m of a surface layer without moment.

    Returns
    -------
    float
        Pure number, the volume-weighted mean of mu0 Ms^2 Vm (Vm/V)/(3 kB T) with Vm the magnetic volume; without a
        layer mu0 Ms^2 V/(3 kB T) at V = V(median) exp(13.5 ln(sigma_g)^2).
    """
    _checked(median, sigma_g, nonmagnetic_layer)
    diameters, weights = volume_weighted_sizes(median, sigma_g)
    share = magnetic_share(diameters, nonmagnetic_layer)
    volume = math.pi / 6.0 * diameters**3 * share
    thermal = 3.0 * BOLTZMANN * positive("temperature", temperature, "K")
    return float(VACUUM_PERMEABILITY * magnetisation**2 / thermal * (volume * share) @ weights)


def magnetisation_curve(
    field, sizes, magnetisation, temperature, *, anisotropy=0.0, easy_axis: Axis = "random", nonmagnetic_layer=0.0
):
    """Return the equilibrium magnetisation per volume of core, of any size distribution and with anisotropy.

    Parameters
    ----------
    field : float or ndarray
        Field H in A/m, any shape and sign.
    sizes : tuple of ndarray, shape (n,)
        Core diameters in m and their weights by volume.
    magnetisation : float
        Saturation magnetisation of the magnetic part in A/m.
    temperature : float
        In K.
    anisotropy : float
        Uniaxial constant K in J/m3 of particles whose axes are fixed, negative for an easy plane; 0 for Langevin's
        curve, which particles that turn freely follow at any K.
    easy_axis : "random" or float
        Axes in all directions, or their angle with the field in rad.
    nonmagnetic_layer : float
        Thickness in m of a surface layer without moment.

    Returns
    -------
    float or ndarray
        M in A/m of core volume, the shape of ``field``. Interactions are neglected.
    """
    diameters, weights = _sizes(sizes)
    share = magnetic_share(diameters, not_negative("nonmagnetic_layer", nonmagnetic_layer, "m"))
    magnetic = diameters * np.cbrt(share)
    field = between("field", field, -1e15, 1e15, "A/m")
    xi = langevin_parameter(field[..., None], magnetic, float(magnetisation), float(temperature))
    if anisotropy == 0:
        mean = langevin(xi)
    else:
        mean = uniaxial_langevin(xi, anisotropy_barrier(anisotropy, magnetic, temperature), easy_axis)
    return (magnetisation * (mean * share) @ weights)[()]


def static_susceptibility(
    sizes, magnetisation, temperature, *, anisotropy=0.0, easy_axis: Axis = "random", nonmagnetic_layer=0.0
):
    """Return the initial susceptibility per volume of core, the slope of `magnetisation_curve` at zero field.

    Parameters
    ----------
    sizes, magnetisation, temperature, anisotropy, easy_axis, nonmagnetic_layer
        As for `magnetisation_curve`.

    Returns
    -------
    float
        Volume mean of mu0 Ms^2 Vm (Vm/V)/(3 kB T) times 3 [cos^2 psi <c^2> + sin^2 psi (1 - <c^2>)/2] for axes at an
        angle psi to the field, <c^2> the `mean_square_cosine`. For random axes that factor is 1 at any anisotropy.
    """
    diameters, weights = _sizes(sizes)
    share = magnetic_share(diameters, not_negative("nonmagnetic_layer", nonmagnetic_layer, "m"))
    magnetic = diameters * np.cbrt(share)
    slope = langevin_parameter(1.0, magnetic, float(magnetisation), float(temperature)) / 3.0
    if easy_axis != "random":
        along = math.cos(float(between("easy_axis", easy_axis, -2.0 * math.pi, 2.0 * math.pi, "rad"))) ** 2
        cosine = mean_square_cosine(anisotropy_barrier(anisotropy, magnetic, temperature))
        slope = slope * 3.0 * (along * cosine + (1.0 - along) * (1.0 - cosine) / 2.0)
    return float(magnetisation * (slope * share) @ weights)


def bloch_magnetisation(temperature, at_zero, vanishing_temperature, exponent=1.5, critical_exponent=1.0):
    """Return the saturation magnetisation at a temperature, Ms0 (1 - (T/T0)^a)^b.

    Parameters
    ----------
    temperature : float or ndarray
        T in K.
    at_zero : float or ndarray
        Ms0 in A/m, at 0 K.
    vanishing_temperature : float or ndarray
        T0 in K, where the magnetisation ends. With b = 1 it is a constant of the material near room temperature that
        lies above the Curie temperature; with b about 1/3 it is the Curie temperature (858 K for magnetite, assumed).
    exponent : float
        a; 3/2 for spin waves (Bloch, Z Phys 1930;61:206, doi:10.1007/BF01339661), often fitted for nanoparticles.
    critical_exponent : float
        b.

    Returns
    -------
    float or ndarray
        In A/m, 0 above T0. For a value known at another temperature divide by that of this function with
        ``at_zero=1``.
    """
    temperature = not_negative("temperature", temperature, "K")
    reduced = temperature / positive("vanishing_temperature", vanishing_temperature, "K")
    rest = np.maximum(1.0 - reduced ** positive("exponent", exponent), 0.0)
    return (not_negative("at_zero", at_zero, "A/m") * rest ** positive("critical_exponent", critical_exponent))[()]


def interacting_magnetisation(
    field,
    sizes,
    magnetisation,
    temperature,
    volume_fraction,
    *,
    form="modified_second_order",
    coupling=_LORENTZ,
    anisotropy=0.0,
    easy_axis: Axis = "random",
    nonmagnetic_layer=0.0,
):
    """Return the equilibrium magnetisation of a suspension whose particles feel the mean field of the others.

    Parameters
    ----------
    field : float or ndarray
        Field H inside the sample in A/m (the demagnetising field of its shape subtracted), any shape.
    sizes, magnetisation, temperature, anisotropy, easy_axis, nonmagnetic_layer
        As for `magnetisation_curve`, which gives M0(H), here per volume of suspension.
    volume_fraction : float
        Of the cores in the suspension, above 0, up to 0.74.
    form : {"modified_second_order", "modified_first_order", "self_consistent"}
        M = M0(H + M0/3 + M0 M0'/144), M = M0(H + M0/3), or the solution of M = M0(H + lambda M).
    coupling : float
        lambda of the self-consistent form: 1/3 is Weiss's field of a sphere; negative for cores that demagnetise each
        other, as in chains across the field.

    Returns
    -------
    float or ndarray
        M in A/m of suspension, the shape of ``field``.

    Raises
    ------
    ValidityError
        Where the self-consistent form orders spontaneously (lambda times the initial susceptibility 1 or more), which
        suspensions do not.

    Notes
    -----
    In small fields the modified forms have chi0 (1 + chi0/3) and chi0 (1 + chi0/3 + chi0^2/144), chi0 the initial
    susceptibility without interaction (Ivanov and Kuznetsova, Phys Rev E 2001;64:041405, from memory of the result).
    """
    if form not in _FORMS:
        raise InputError("this is no form", field="form", value=form, allowed=", ".join(_FORMS))
    fraction = float(between("volume_fraction", positive("volume_fraction", volume_fraction), 0.0, 0.74))
    options = {"anisotropy": anisotropy, "easy_axis": easy_axis, "nonmagnetic_layer": nonmagnetic_layer}
    initial = fraction * static_susceptibility(sizes, magnetisation, temperature, **options)

    def alone(local):
        return fraction * magnetisation_curve(local, sizes, magnetisation, temperature, **options)

    field = between("field", field, -1e15, 1e15, "A/m")
    if form == "self_consistent":
        return _self_consistent(alone, np.abs(field), float(coupling), initial, fraction * magnetisation) * np.sign(
            field
        )
    first = alone(field)
    if form == "modified_first_order":
        return alone(field + first / 3.0)
    # a step in which the curve of the largest moments hardly bends
    step = 1e-3 * (np.abs(field) + fraction * magnetisation / (initial + 1e-300))
    slope = (alone(field + step) - alone(field - step)) / (2.0 * step)
    return alone(field + first / 3.0 + first * slope / 144.0)


def _self_consistent(alone, field, coupling, initial, saturation):
    """Return the solution of M = M0(H + lambda M) between 0 and M0(H + lambda Ms), or above it, for H of 0 or more."""
    if coupling * initial >= 1.0:
        raise ValidityError(
            "the mean field orders the moments without a field",
            field="coupling",
            value=coupling,
            allowed=f"below {1.0 / initial:.4g}, one over the initial susceptibility",
            remedy="use form='modified_second_order'",
        )
    # M0(H + lambda M) - M falls with M; the secant of regula falsi, halved where one end stays (Illinois)
    low, high = np.zeros_like(field), np.full_like(field, saturation)
    at_low, at_high = alone(field + coupling * low) - low, alone(field + coupling * high) - high
    middle = low
    for _ in range(60):
        difference = at_low - at_high
        middle = np.where(
            difference > 0, (low * -at_high + high * at_low) / np.where(difference > 0, difference, 1), low
        )
        value = alone(field + coupling * middle) - middle
        if (np.abs(value) <= 1e-12 * saturation).all():
            break
        above = value > 0
        at_high, at_low = np.where(above, 0.5 * at_high, value), np.where(above, value, 0.5 * at_low)
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return middle


def _sizes(sizes):
    diameters, weights = sizes
    diameters = positive("sizes", np.atleast_1d(diameters), "m")
    weights = not_negative("weights", np.atleast_1d(weights))
    if weights.shape != diameters.shape or not abs(weights.sum() - 1.0) < 1e-6:
        raise InputError("the weights must sum to one, one for each size", field="sizes", value=float(weights.sum()))
    return diameters, weights


def _checked(median, sigma_g, layer) -> None:
    positive("median", median, "m")
    between("sigma_g", sigma_g, 1.0, 10.0)
    not_negative("nonmagnetic_layer", layer, "m")
