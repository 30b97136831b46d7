"""The magnetism stage: magnetisation, relaxation times and heating power of a core."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ferrotope.magnetism.equilibrium import equilibrium_magnetisation, initial_susceptibility, langevin_parameter
from ferrotope.magnetism.heating import HeatingPower, Medium, Sample, heating_power, power_map
from ferrotope.magnetism.losses import DAMPING
from ferrotope.magnetism.relaxation import anisotropy_barrier, brown_relaxation_time, neel_relaxation_time
from ferrotope.particle import Core
from ferrotope.protocol import Heating, marks
from ferrotope.result import Notice, Outcome, Record, Series
from ferrotope.units.constants import VACUUM_PERMEABILITY

__all__ = ["Magnetism", "respond"]

_LOOP_TOLERANCE = 0.03  # of the drawn loop
_DRAWN_BARRIER, _DRAWN_XI = 30.0, 40.0  # kT; above, the loop takes seconds
_WATER_VISCOSITY = 0.69e-3  # Pa s at 37 degC, for the Brownian time where no heating states a viscosity
_EQUILIBRIUM = "doi:10.1016/S0016-0032(29)91451-4"
_BROWN = "doi:10.1103/PhysRev.130.1677"
_LOSS = (_BROWN, "doi:10.1016/S0304-8853(02)00706-0")


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
    core: Core | None,
    heatings: Sequence[Heating],
    temperature: float,
    hydrodynamic_diameter: float | None,
    *,
    drawn: bool = True,
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
    drawn : bool
        Whether the arrays of the figures are wanted: the loop of one size takes longer than all the rest.

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
    sample = Sample.of(core, hydrodynamic_diameter)
    records = _static_records(sample, temperature)
    series = list(_magnetisation_series(sample, temperature)) if drawn else []
    slp_iron: list[float | None] = []
    slp_core: list[float | None] = []
    said: list[str] = []
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
        medium = Medium(heating.immobilised_fraction.si, heating.viscosity.si, temperature)
        found = heating_power(sample, heating.H.si, heating.f.si, medium)
        if drawn and not any(slp_core):
            series += [*_heating_series(sample, heating, medium), *_loop_series(sample, heating, temperature)]
        slp_core.append(float(found.slp_core))
        slp_iron.append(None if found.slp is None else float(found.slp))
        said.append(found.validity)
        records += _heating_records(heating, mark, found)
    if heatings:
        text = (
            "Heating power is that of single cores without interaction, uniaxial anisotropy, random axes, damping "
            f"{DAMPING:g}."
        )
        notices.append(Notice(level="assumption", text=text))
    return Magnetism(
        records=tuple(records),
        series=tuple(series),
        notices=tuple(notices),
        slp_iron=tuple(slp_iron),
        slp_core=tuple(slp_core),
        slp_validity=tuple(said),
    )


def _static_records(sample: Sample, temperature: float) -> list[Record]:
    saturation = sample.magnetisation * float(sample.sizes[2].sum()) / sample.density
    magnetic = sample.median - 2.0 * sample.layer
    barrier = float(anisotropy_barrier(sample.anisotropy, magnetic, temperature))
    neel = float(neel_relaxation_time(sample.anisotropy, sample.magnetisation, magnetic, temperature, DAMPING))
    blocked = "" if math.isfinite(neel) else f"the moment is blocked: the barrier is {barrier:.3g} kT"
    susceptibility = initial_susceptibility(
        sample.median, sample.sigma_g, sample.magnetisation, temperature, sample.layer
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
        brown = float(brown_relaxation_time(_WATER_VISCOSITY, sample.hydrodynamic_diameter, temperature))
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


def _heating_records(heating: Heating, mark: str, found: HeatingPower) -> list[Record]:
    method = f"{found.method}; {heating.H.si / 1e3:.3g} kA/m, {heating.f.si / 1e3:.4g} kHz"
    rows = [("slp_core", found.slp_core * 1e-3, "W/g", "Specific loss power per gram of core (oxide)")]
    if found.slp is not None:
        rows = [
            ("slp", found.slp * 1e-3, "W/g", "Specific loss power per gram of iron"),
            ("ilp", found.ilp * 1e9, "nH m2/kg", "Intrinsic loss power per mass of iron"),
            *rows,
        ]
    return [
        Record(
            path=f"magnetism.{name}{mark}",
            value=value,
            unit=unit,
            title=title,
            method=method,
            validity=found.validity,
            sources=_LOSS,
        )
        for name, value, unit, title in rows
    ]


def _magnetisation_series(sample: Sample, temperature: float) -> tuple[Series, ...]:
    field = np.concatenate([[0.0], np.geomspace(1e2, 1.0 / VACUUM_PERMEABILITY, 119)])
    curve = equilibrium_magnetisation(
        field, sample.median, sample.sigma_g, sample.magnetisation, temperature, sample.layer
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


def _heating_series(sample: Sample, heating: Heating, medium: Medium) -> list[Series]:
    """The power over a map of fields and frequencies, and along the two lines through the study's point."""
    field, frequency = heating.H.si, heating.f.si
    per_mass = 1e-3 / (sample.iron_fraction or 1.0)
    frequencies, fields = np.geomspace(2e4, 2e6, 31), np.linspace(0.0, max(2.0 * field, 2e4), 26)
    powers = power_map(sample, fields[1:, None], frequencies, medium) * per_mass
    over = np.vstack([np.zeros(frequencies.size), powers])
    rows = [
        ("frequency", ("frequency",), frequencies / 1e3, "kHz", "Frequency"),
        ("amplitude", ("amplitude",), fields / 1e3, "kA/m", "Field amplitude"),
        ("slp_map", ("amplitude", "frequency"), over, "W/g", "SLP per mass of iron"),
        (
            "slp_by_frequency",
            ("frequency",),
            power_map(sample, field, frequencies, medium) * per_mass,
            "W/g",
            "SLP at the study's field",
        ),
        (
            "slp_by_field",
            ("amplitude",),
            np.concatenate([[0.0], power_map(sample, fields[1:], frequency, medium) * per_mass]),
            "W/g",
            "SLP at the study's frequency",
        ),
        ("study_point", ("study_point",), np.array([field / 1e3, frequency / 1e3]), "1", "H (kA/m) and f (kHz)"),
    ]
    return [Series(name=name, dims=dims, values=values, unit=u, title=title) for name, dims, values, u, title in rows]


def _loop_series(sample: Sample, heating: Heating, temperature: float) -> list[Series]:
    """The dynamic loop of the size at the middle of the volume, bound; none where that size is beyond the method."""
    from ferrotope.magnetism.loop import dynamic_loop

    diameter = sample.median * math.exp(3.0 * math.log(sample.sigma_g) ** 2) - 2.0 * sample.layer
    if diameter <= 0 or anisotropy_barrier(sample.anisotropy, diameter, temperature) > _DRAWN_BARRIER:
        return []
    if langevin_parameter(heating.H.si, diameter, sample.magnetisation, temperature) > _DRAWN_XI:
        return []
    loop = dynamic_loop(
        diameter,
        sample.magnetisation,
        sample.anisotropy,
        heating.H.si,
        heating.f.si,
        T=temperature,
        alpha=DAMPING,
        tolerance=_LOOP_TOLERANCE,
    )
    _, field, magnetisation = loop.curve(200)
    title = f"Magnetisation of bound cores of {diameter * 1e9:.3g} nm"
    return [
        Series(name="loop_field", dims=("loop_phase",), values=field / 1e3, unit="kA/m", title="Field over one cycle"),
        Series(name="loop_magnetisation", dims=("loop_phase",), values=magnetisation / 1e3, unit="kA/m", title=title),
    ]


def _absent(text: str, nothing: tuple[None, ...]) -> Magnetism:
    return Magnetism(
        notices=(Notice(level="absent", text=text),),
        slp_iron=nothing,
        slp_core=nothing,
        slp_validity=tuple("" for _ in nothing),
    )
