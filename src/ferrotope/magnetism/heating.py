"""Heating power of a particle with its size distribution in a medium, by the method that is valid there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ferrotope.errors import InputError
from ferrotope.magnetism.equilibrium import langevin_parameter
from ferrotope.magnetism.linear_response import intrinsic_loss_power, lag_of_random_axes, largest_loop_power
from ferrotope.magnetism.losses import DAMPING, fixed_axes_loss, highest_barrier, precession_rate
from ferrotope.magnetism.relaxation import (
    anisotropy_barrier,
    brown_relaxation_time,
)
from ferrotope.magnetism.turning import highest_turning_barrier, turning_loss
from ferrotope.particle import Core, Particle, magnetic_share, volume_weighted_sizes
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

__all__ = ["HeatingPower", "Medium", "Sample", "best_core_diameter", "heating_power", "power_map"]

_WATER = 0.69e-3  # Pa s at 37 degC
_WEAK = 0.5  # xi below which linear response is the start of the series
_NOTABLE = 0.05  # part of the power outside a method's range from which on it is said


@dataclass(frozen=True)
class Medium:
    """What the particles are in.

    Attributes
    ----------
    immobilised_fraction : float
        Part of the particles that cannot turn, 0 to 1; 1 in tissue.
    viscosity : float
        Of the liquid around the others, Pa s.
    temperature : float
        In K.
    """

    immobilised_fraction: float = 1.0
    viscosity: float = _WATER
    temperature: float = 310.15

    def __post_init__(self) -> None:
        between("immobilised_fraction", self.immobilised_fraction, 0.0, 1.0)
        positive("viscosity", self.viscosity, "Pa s")
        positive("temperature", self.temperature, "K")


@dataclass(frozen=True)
class Sample:
    """The numbers of a core with its sizes.

    Attributes
    ----------
    median, sigma_g : float
        Number distribution of the core diameter in m.
    layer : float
        Thickness in m of the surface layer without moment.
    magnetisation, anisotropy, density : float
        Of the magnetic part (A/m), uniaxial constant (J/m3), and of the core (kg/m3).
    iron_fraction : float
        Mass of iron per mass of core.
    hydrodynamic_diameter : float or None
        In m.
    """

    median: float
    sigma_g: float
    layer: float
    magnetisation: float
    anisotropy: float
    density: float
    iron_fraction: float
    hydrodynamic_diameter: float | None = None

    @classmethod
    def of(cls, core: Core, hydrodynamic_diameter: float | None) -> Sample:
        """Return the numbers of a core.

        Raises
        ------
        InputError
            Where size, magnetisation or anisotropy are not known.
        """
        if core.diameter is None:
            raise InputError("heating power needs it", field="core.diameter", remedy="give the core diameter")
        if core.saturation_magnetisation is None and core.material.saturation_magnetisation is None:
            raise InputError("this carries no magnetic moment", field="core.material", value=core.material.name)
        if core.anisotropy is None and core.material.anisotropy is None:
            raise InputError("heating power needs it", field="core.anisotropy", remedy="give it in J/m3")
        return cls(
            core.diameter.si,
            core.sigma_g.si,
            core.nonmagnetic_layer.si,
            core.volume_magnetisation,
            core.anisotropy_constant,
            core.material.density.si,
            core.material.iron_mass_fraction,
            hydrodynamic_diameter,
        )

    @cached_property
    def sizes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Diameters of core and of its magnetic part in m, and weights by volume of core times the magnetic share."""
        diameters, weights = volume_weighted_sizes(self.median, self.sigma_g)
        share = magnetic_share(diameters, self.layer)
        return diameters, np.maximum(diameters * np.cbrt(share), 1e-12), weights * share


@dataclass(frozen=True)
class HeatingPower:
    """Heating power per mass, never without saying of what.

    Attributes
    ----------
    slp_core : float or ndarray
        W per kg of core (oxide).
    slp : float, ndarray or None
        W per kg of iron; None where the core holds none.
    ilp : float, ndarray or None
        H m2 per kg of iron.
    method : str
        How it was found.
    validity : str
        What is outside the method's range; empty where it holds.
    xi : float
        mu0 Ms V H/kT, the mean over the sizes that lose.
    """

    slp_core: float | np.ndarray
    slp: float | np.ndarray | None
    ilp: float | np.ndarray | None
    method: str
    validity: str
    xi: float


def heating_power(particle: Particle | Core | Sample, H: float, f: float, medium: Medium | None = None) -> HeatingPower:
    """Return the heating power of particles in an alternating field.

    Parameters
    ----------
    particle : Particle, Core or Sample
        A particle brings its hydrodynamic diameter, which those that turn need.
    H, f : float
        Peak field in A/m and frequency in Hz.
    medium : Medium, optional
        Bound in tissue at 37 degC by default.

    Returns
    -------
    HeatingPower
        Of single cores without interaction, with uniaxial anisotropy and a damping of 0.1, averaged over the sizes.

    Raises
    ------
    InputError
        If a number is out of range or not known.

    Notes
    -----
    Bound particles: the direct solution of the Fokker-Planck equation with random fixed axes, by `fixed_axes_loss`.
    Particles that turn: the two wells of the moment in a particle that turns, by `turning_loss`; linear response and a
    cubic term where xi is below 0.5.
    """
    medium = medium or Medium()
    sample = _sample(particle)
    not_negative("H", H, "A/m")
    not_negative("f", f, "Hz")
    if medium.immobilised_fraction < 1.0 and sample.hydrodynamic_diameter is None:
        raise InputError(
            "particles that turn need their size",
            field="coating.hydrodynamic_diameter",
            remedy="give it, or an immobilised fraction of 1",
        )
    if H == 0.0 or f == 0.0:
        iron = 0.0 if sample.iron_fraction > 0 else None
        return HeatingPower(0.0, iron, None, "no alternating field, no loss", "", 0.0)
    losses = _Losses.of(sample, medium, np.array([float(H)]), np.array([float(f)]))
    power = losses.power()[0]
    return HeatingPower(
        slp_core=float(power),
        slp=float(power / sample.iron_fraction) if sample.iron_fraction > 0 else None,
        ilp=float(intrinsic_loss_power(power / sample.iron_fraction, H, f)) if sample.iron_fraction > 0 else None,
        method=losses.method(),
        validity=losses.validity(float(H), float(f), float(power)),
        xi=losses.mean_xi(),
    )


def power_map(particle: Particle | Core | Sample, H, f, medium: Medium | None = None) -> np.ndarray:
    """Return the specific loss power in W per kg of core for fields and frequencies that broadcast.

    Parameters
    ----------
    particle, medium
        As for `heating_power`.
    H, f : float or ndarray
        Peak fields in A/m and frequencies in Hz, above 0.

    Returns
    -------
    ndarray
        The broadcast shape of ``H`` and ``f``; divide by the iron fraction for the power per kg of iron.
    """
    medium = medium or Medium()
    fields, frequencies = np.broadcast_arrays(positive("H", H, "A/m"), positive("f", f, "Hz"))
    powers = _Losses.of(_sample(particle), medium, fields.ravel(), frequencies.ravel()).power()
    return powers.reshape(fields.shape)


def best_core_diameter(
    particle: Particle | Core | Sample, product: float, field_range: tuple[float, float], medium: Medium | None = None
) -> tuple[float, float, float]:
    """Return the core size that heats most under a limit of the product of field and frequency.

    Parameters
    ----------
    particle, medium
        As for `heating_power`; the median diameter is replaced, the width of the sizes kept.
    product : float
        Limit of H f in A/(m s), for example 5e9.
    field_range : tuple of float
        Smallest and largest field in A/m that the apparatus gives.

    Returns
    -------
    tuple of float
        Median core diameter in m, field in A/m (the frequency is ``product`` over it), and W per kg of core. Only
        single-domain sizes with a barrier within the table are searched: larger ones are not better known.
    """
    from dataclasses import replace

    from scipy.optimize import minimize_scalar

    positive("product", product, "A/(m s)")
    low, high = (float(positive("field_range", value, "A/m")) for value in field_range)
    if low > high:
        raise InputError("the range is empty", field="field_range", value=field_range)
    sample = _sample(particle)
    fields = np.geomspace(low, high, 60) if high > low else np.array([low])

    def best(nanometres: float) -> tuple[float, float]:
        sized = replace(
            sample,
            median=nanometres * 1e-9,
            hydrodynamic_diameter=None
            if sample.hydrodynamic_diameter is None
            else sample.hydrodynamic_diameter + nanometres * 1e-9 - sample.median,
        )
        powers = power_map(sized, fields, product / fields, medium)
        return float(powers.max()), float(fields[powers.argmax()])

    # up to where the table ends for the size that holds most of the volume
    spread = math.exp(3.0 * math.log(sample.sigma_g) ** 2)
    kelvin = BOLTZMANN * medium.temperature
    largest = (6.0 * highest_barrier() * kelvin / (math.pi * max(sample.anisotropy, 1.0))) ** (1 / 3) / spread
    sizes = np.arange(3.0, min(largest * 1e9 + 2e9 * sample.layer, 60.0), 0.5)
    if sizes.size == 0:
        raise InputError(
            "the anisotropy is beyond the table", field="anisotropy", value=f"{sample.anisotropy:.3g} J/m3"
        )
    coarse = sizes[np.argmax([best(size)[0] for size in sizes])]
    # in nm: the search stops at absolute distances
    found = minimize_scalar(
        lambda size: -best(size)[0], bounds=(coarse - 0.5, coarse + 0.5), method="bounded", options={"xatol": 1e-3}
    ).x
    power, field = best(found)
    return found * 1e-9, field, power


def _sample(particle: Particle | Core | Sample) -> Sample:
    if isinstance(particle, Sample):
        return particle
    if isinstance(particle, Core):
        return Sample.of(particle, None)
    whole = particle.coating.hydrodynamic_diameter
    if particle.core is None:
        raise InputError("heating power needs it", field="particle.core", remedy="give the core")
    return Sample.of(particle.core, whole.si if whole is not None else None)


@dataclass(frozen=True)
class _Losses:
    """L of each size at each pair of field and frequency, shape (pairs, sizes), and what is doubtful of it."""

    sample: Sample
    medium: Medium
    fields: np.ndarray
    frequencies: np.ndarray
    xi: np.ndarray
    loss: np.ndarray
    beyond_table: np.ndarray

    @classmethod
    def of(cls, sample: Sample, medium: Medium, fields: np.ndarray, frequencies: np.ndarray) -> _Losses:
        diameters, magnetic, _ = sample.sizes
        xi = langevin_parameter(fields[:, None], magnetic, sample.magnetisation, medium.temperature)
        barrier = anisotropy_barrier(sample.anisotropy, magnetic, medium.temperature)
        rate = precession_rate(fields, frequencies)[:, None]
        loss, beyond = np.zeros_like(xi), np.zeros(xi.shape, dtype=bool)
        part = medium.immobilised_fraction
        if part > 0.0:
            fixed, outside = fixed_axes_loss(barrier, xi, rate)
            # a weak field outside the table is linear response
            weak = outside & (xi < _WEAK)
            fixed = np.where(weak, _linear(sample, medium, frequencies, magnetic, xi, np.inf), fixed)
            loss, beyond = part * fixed, outside & ~weak
        if part < 1.0:
            free, outside = _turning(sample, medium, frequencies, diameters, magnetic, xi, barrier, rate)
            loss, beyond = loss + (1.0 - part) * free, beyond | outside
        return cls(sample, medium, fields, frequencies, xi, loss, beyond)

    def power(self) -> np.ndarray:
        """Return W per kg of core at each pair."""
        mean = self.loss @ self.sample.sizes[2]
        area = math.pi * VACUUM_PERMEABILITY * self.fields * self.sample.magnetisation * mean
        return area * self.frequencies / self.sample.density

    def _shares(self) -> np.ndarray:
        parts = (self.loss * self.sample.sizes[2])[0]
        total = parts.sum()
        return parts / total if total > 0 else np.full(parts.size, 1.0 / parts.size)

    def mean_xi(self) -> float:
        """Return xi averaged over what each size loses, at the first pair."""
        return float(self.xi[0] @ self._shares())

    def method(self) -> str:
        """Return how the first pair was found."""
        bound = "harmonic balance of the Fokker-Planck equation, random fixed axes (table)"
        free = "two wells of the moment in a particle that turns (table, within some 5 % of the coupled solution)"
        part = self.medium.immobilised_fraction
        if part == 1.0:
            return bound
        return free if part == 0.0 else f"{bound}; particles that turn: {free}"

    def validity(self, field: float, frequency: float, power: float) -> str:
        """Return what is outside at the first pair."""
        said = []
        shares = self._shares()
        high = float(shares @ self.beyond_table[0])
        if high > _NOTABLE:
            rate = float(precession_rate(field, frequency))
            if _rate_fits(rate):
                free = self.medium.immobilised_fraction == 0.0
                limit = highest_turning_barrier() if free else highest_barrier()
                said.append(
                    f"{high:.0%} of the power comes from sizes with a barrier above {limit:.0f} kT"
                    + (", which the field switches" if free else "")
                    + ": known to some 20 %"
                )
            else:
                said.append(f"frequency over damped precession is {rate:.2g}, outside the table (1e-4 to 0.25)")
        fraction = float(self.sample.sizes[2].sum())
        bound = float(largest_loop_power(self.sample.magnetisation, field, frequency)) * fraction / self.sample.density
        if power > bound:
            said.append(
                f"more than the largest possible loop, {bound * 1e-3:.3g} W/g of core: the number cannot be right"
            )
        return "; ".join(said)


def _rate_fits(rate: float) -> bool:
    return 1e-4 <= rate <= 0.25


def _linear(sample: Sample, medium: Medium, frequencies, magnetic, xi, brown):
    """Return L in linear response."""
    properties = (sample.anisotropy, sample.magnetisation, magnetic, medium.temperature, DAMPING)
    return xi / 3.0 * lag_of_random_axes(frequencies[:, None], *properties, brown=brown)


def _turning(sample: Sample, medium: Medium, frequencies, diameters, magnetic, xi, barrier, rate):
    """Return L of particles that turn, and where the frequency is outside the table."""
    layer = max(sample.hydrodynamic_diameter - sample.median, 0.0)
    brown = brown_relaxation_time(medium.viscosity, diameters + layer, medium.temperature)
    phase = 2.0 * math.pi * frequencies[:, None] * brown
    loss, outside = turning_loss(barrier, xi, rate, phase)
    weak = xi < _WEAK
    if weak.any():
        # L is odd in the field: the term after the linear one meets the table at the same frequency
        linear = _linear(sample, medium, frequencies, magnetic, xi, brown)
        edge, _ = turning_loss(barrier, _WEAK, rate * xi / _WEAK, phase)
        cubic = edge * xi / _WEAK / np.maximum(linear, 1e-300) - 1.0
        loss = np.where(weak, linear * (1.0 + cubic * (xi / _WEAK) ** 2), loss)
    return loss, outside & ~weak
