"""The magnetism stage: magnetisation, relaxation times and heating power of a core."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ferrotope.magnetism.equilibrium import equilibrium_magnetisation, initial_susceptibility, langevin_parameter
from ferrotope.magnetism.linear_response import (
    intrinsic_loss_power,
    largest_loop_power,
    loss_power,
    loss_susceptibility_by_size,
)
from ferrotope.magnetism.relaxation import (
    anisotropy_barrier,
    anisotropy_field,
    brown_relaxation_time,
    neel_relaxation_time,
)
from ferrotope.particle import Core
from ferrotope.protocol import Heating, marks
from ferrotope.result import Notice, Outcome, Record, Series
from ferrotope.units.constants import VACUUM_PERMEABILITY

__all__ = ["Magnetism", "respond"]

_LINEAR_XI = 1.0  # Carrey et al. 2011: linear response needs xi below 1
_WATER_VISCOSITY = 0.69e-3  # Pa s at 37 degC, for the Brownian time where no heating states a viscosity
_EQUILIBRIUM = "doi:10.1016/S0016-0032(29)91451-4"
_LINEAR = ("doi:10.1016/S0304-8853(02)00706-0", "doi:10.1063/1.3551582")
_BROWN = "doi:10.1103/PhysRev.130.1677"
_METHOD = "linear response with Brown's exact Néel time over a lognormal size distribution"


@dataclass(frozen=True, kw_only=True)
class Magnetism(Outcome):
    """What the core does in a field.

    Attributes
    ----------
    slp_iron : tuple of float or None
        Specific loss power in W per kg of iron, one a heating; None where it is not known.
    slp_core : tuple of float or None
        The same per kg of core.
    slp_validity : tuple of str
        What is outside the range of the method, one a heating; empty where it holds or there is no power.
    """

    slp_iron: tuple[float | None, ...] = ()
    slp_core: tuple[float | None, ...] = ()
    slp_validity: tuple[str, ...] = ()


def respond(
    core: Core | None, heatings: Sequence[Heating], temperature: float, hydrodynamic_diameter: float | None
) -> Magnetism:
    """Return magnetisation, relaxation times and heating power.

    Parameters
    ----------
    core : Core or None
        Size, material and magnetic properties.
    heatings : sequence of Heating
        Fields for which the heating power is wanted.
    temperature : float
        In K.
    hydrodynamic_diameter : float or None
        In m; needed for particles that are free to rotate.

    Returns
    -------
    Magnetism
        With an "absent" notice where the core is not known or carries no moment.
    """
    nothing = tuple(None for _ in heatings)
    if core is None or core.diameter is None:
        return _absent("Magnetism needs particle.core.diameter.", nothing)
    if core.saturation_magnetisation is None and core.material.saturation_magnetisation is None:
        return _absent(f"{core.material.name} carries no magnetic moment.", nothing)
    if core.anisotropy is None and core.material.anisotropy is None:
        return _absent("Magnetism needs the anisotropy constant of the core or its material.", nothing)
    if core.magnetic_diameter <= 0:
        return _absent("The non-magnetic layer is as thick as the core.", nothing)
    sample = _Sample.of(core, temperature, hydrodynamic_diameter)
    records = _static_records(sample)
    series = list(_magnetisation_series(sample))
    slp_iron: list[float | None] = []
    slp_core: list[float | None] = []
    said: list[str] = []
    series_of_heating: list[Series] = []
    notices: list[Notice] = []
    for heating, mark in zip(heatings, marks(range(len(heatings))), strict=True):
        if heating.immobilised_fraction.si < 1 and hydrodynamic_diameter is None:
            text = (
                "Heat of rotating particles needs particle.coating.hydrodynamic_diameter, or immobilised_fraction = 1."
            )
            notices.append(Notice(level="absent", text=text))
            slp_core.append(None)
            slp_iron.append(None)
            said.append("")
            continue
        loss = _Loss.of(sample, heating, heating.f.si)
        power = float(loss.power(sample, heating.H.si, heating.f.si))
        if not series_of_heating:
            series_of_heating = _heating_series(sample, heating, loss)
        slp_core.append(power)
        slp_iron.append(power / sample.iron_fraction if sample.iron_fraction > 0 else None)
        said.append(_validity(sample, loss, heating.H.si, heating.f.si, power))
        records += _heating_records(sample, heating, mark, power, said[-1])
    if heatings:
        text = (
            "Heating power is that of single cores without interaction, uniaxial anisotropy, random axes, damping 0.1."
        )
        notices.append(Notice(level="assumption", text=text))
    return Magnetism(
        records=tuple(records),
        series=(*series, *series_of_heating),
        notices=tuple(notices),
        slp_iron=tuple(slp_iron),
        slp_core=tuple(slp_core),
        slp_validity=tuple(said),
    )


@dataclass(frozen=True)
class _Sample:
    """The numbers of a core, read once."""

    median: float
    sigma_g: float
    layer: float
    magnetisation: float
    magnetic_fraction: float
    anisotropy: float
    density: float
    iron_fraction: float
    temperature: float
    hydrodynamic_diameter: float | None

    @classmethod
    def of(cls, core: Core, temperature: float, hydrodynamic_diameter: float | None) -> _Sample:
        return cls(
            core.diameter.si,
            core.sigma_g.si,
            core.nonmagnetic_layer.si,
            core.volume_magnetisation,
            core.magnetic_volume_fraction,
            core.anisotropy_constant,
            core.material.density.si,
            core.material.iron_mass_fraction,
            temperature,
            hydrodynamic_diameter,
        )

    @property
    def magnetic(self) -> float:
        """Median magnetic diameter."""
        return self.median - 2.0 * self.layer


@dataclass(frozen=True)
class _Loss:
    """What a sample loses at one frequency or several."""

    susceptibility: np.ndarray
    xi_per_field: float

    @classmethod
    def of(cls, sample: _Sample, heating: Heating, frequency) -> _Loss:
        magnetic, parts = loss_susceptibility_by_size(
            frequency,
            sample.median,
            sample.sigma_g,
            sample.magnetisation,
            sample.anisotropy,
            sample.temperature,
            nonmagnetic_layer=sample.layer,
            immobilised_fraction=heating.immobilised_fraction.si,
            viscosity=heating.viscosity.si,
            hydrodynamic_diameter=sample.hydrodynamic_diameter,
        )
        total = parts.sum(axis=-1)
        xi = langevin_parameter(1.0, magnetic, sample.magnetisation, sample.temperature)
        # the sizes that lose decide whether the response is linear, not those that are many
        weights = parts.reshape(-1, magnetic.size).sum(axis=0)
        losing = weights.sum()
        return cls(total, float(xi @ weights / losing) if losing > 0 else float(xi.max()))

    def power(self, sample: _Sample, field, frequency):
        """Loss power in W per kg of core; field and frequency broadcast."""
        return loss_power(self.susceptibility, field, frequency) / sample.density


def _static_records(sample: _Sample) -> list[Record]:
    saturation = sample.magnetisation * sample.magnetic_fraction / sample.density
    barrier = float(anisotropy_barrier(sample.anisotropy, sample.magnetic, sample.temperature))
    neel = float(neel_relaxation_time(sample.anisotropy, sample.magnetisation, sample.magnetic, sample.temperature))
    blocked = "" if math.isfinite(neel) else f"the moment is blocked: the barrier is {barrier:.3g} kT"
    susceptibility = initial_susceptibility(
        sample.median, sample.sigma_g, sample.magnetisation, sample.temperature, sample.layer
    )
    shared = "as given, over the whole core" if sample.layer > 0 else "as given"
    rows = [
        ("saturation", saturation, "A m2/kg", "Saturation magnetisation per mass of core", shared),
        ("initial_susceptibility", susceptibility, "1", "Initial susceptibility of the core (volume, SI)", "Langevin"),
        ("barrier", barrier, "1", "Anisotropy barrier KV/kT at the median size", "uniaxial anisotropy"),
        ("neel_time", neel, "s", "Néel relaxation time at the median size", "Fokker-Planck eigenvalue, damping 0.1"),
    ]
    if sample.iron_fraction > 0:
        title = "Saturation magnetisation per mass of iron"
        rows.append(("saturation_iron", saturation / sample.iron_fraction, "A m2/kg", title, shared))
    if sample.hydrodynamic_diameter is not None:
        brown = float(brown_relaxation_time(_WATER_VISCOSITY, sample.hydrodynamic_diameter, sample.temperature))
        rows.append(("brown_time", brown, "s", "Brownian rotation time in water", "3 eta V/kT, 0.69 mPa s"))
    sources = {"neel_time": (_BROWN,), "initial_susceptibility": (_EQUILIBRIUM,)}
    return [
        Record(
            path=f"magnetism.{name}",
            value=value if math.isfinite(value) else None,
            unit=unit,
            title=title,
            method=method,
            validity=blocked if name == "neel_time" else "",
            sources=sources.get(name, ()),
        )
        for name, value, unit, title, method in rows
    ]


def _heating_records(sample: _Sample, heating: Heating, mark: str, power: float, validity: str) -> list[Record]:
    field, frequency = heating.H.si, heating.f.si
    method = f"{_METHOD}; {field / 1e3:.3g} kA/m, {frequency / 1e3:.4g} kHz"
    rows = [("slp_core", power * 1e-3, "W/g", "Specific loss power per gram of core (oxide)")]
    if sample.iron_fraction > 0:
        iron = power / sample.iron_fraction
        ilp = float(intrinsic_loss_power(iron, field, frequency)) * 1e9
        rows = [
            ("slp", iron * 1e-3, "W/g", "Specific loss power per gram of iron"),
            ("ilp", ilp, "nH m2/kg", "Intrinsic loss power per mass of iron"),
            *rows,
        ]
    return [
        Record(
            path=f"magnetism.{name}{mark}",
            value=value,
            unit=unit,
            title=title,
            method=method,
            validity=validity,
            sources=(*_LINEAR, _BROWN),
        )
        for name, value, unit, title in rows
    ]


def _validity(sample: _Sample, loss: _Loss, field: float, frequency: float, power: float) -> str:
    said = []
    xi = loss.xi_per_field * field
    if xi > _LINEAR_XI:
        said.append(f"linear response needs mu0 Ms V H/kT below 1; the mean over the sizes that lose is {xi:.2g}")
    ratio = (
        field / float(anisotropy_field(sample.anisotropy, sample.magnetisation)) if sample.anisotropy > 0 else math.inf
    )
    if ratio > 0.5:
        said.append(f"the field is {ratio:.2g} of the anisotropy field: the barrier changes during the cycle")
    bound = (
        float(largest_loop_power(sample.magnetisation, field, frequency)) * sample.magnetic_fraction / sample.density
    )
    if power > bound:
        said.append(f"more than the largest possible loop, {bound * 1e-3:.3g} W/g of core: the number cannot be right")
    return "; ".join(said)


def _magnetisation_series(sample: _Sample) -> tuple[Series, ...]:
    field = np.concatenate([[0.0], np.geomspace(1e2, 1.0 / VACUUM_PERMEABILITY, 119)])
    curve = equilibrium_magnetisation(
        field, sample.median, sample.sigma_g, sample.magnetisation, sample.temperature, sample.layer
    )
    return (
        Series(name="field", dims=("field",), values=field / 1e3, unit="kA/m", title="Field"),
        Series(
            name="magnetisation",
            dims=("field",),
            values=curve / sample.density,
            unit="A m2/kg",
            title="Magnetisation per mass of core",
        ),
    )


def _heating_series(sample: _Sample, heating: Heating, loss: _Loss) -> list[Series]:
    per_iron = sample.iron_fraction or 1.0
    unit = "W/g"
    frequencies = np.geomspace(1e4, 2e6, 80)
    fields = np.linspace(0.0, 2.0 * heating.H.si, 60)
    against_f = _Loss.of(sample, heating, frequencies).power(sample, heating.H.si, frequencies) / per_iron * 1e-3
    against_h = loss.power(sample, fields, heating.f.si) / per_iron * 1e-3
    linear = _LINEAR_XI / loss.xi_per_field
    point = np.array([heating.H.si / 1e3, heating.f.si / 1e3, linear / 1e3])
    rows = [
        ("frequency", "frequency", frequencies / 1e3, "kHz", "Frequency"),
        ("slp_by_frequency", "frequency", against_f, unit, "SLP at the study's field"),
        ("amplitude", "amplitude", fields / 1e3, "kA/m", "Field amplitude"),
        ("slp_by_field", "amplitude", against_h, unit, "SLP at the study's frequency"),
        ("study_point", "study_point", point, "1", "H (kA/m) and f (kHz) of the study, end of linear response (kA/m)"),
    ]
    return [
        Series(name=name, dims=(dim,), values=values, unit=label, title=title)
        for name, dim, values, label, title in rows
    ]


def _absent(text: str, nothing: tuple[None, ...]) -> Magnetism:
    return Magnetism(
        notices=(Notice(level="absent", text=text),),
        slp_iron=nothing,
        slp_core=nothing,
        slp_validity=tuple("" for _ in nothing),
    )
