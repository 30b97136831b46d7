"""The relaxometry stage: r1, r2 and r2* of a core at the field of each MRI image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ferrotope.particle import Core
from ferrotope.protocol import Image, marks
from ferrotope.relaxometry.formulas import (
    larmor_shift,
    molar_core_volume,
    motional_averaging_rate,
    outer_sphere_relaxivities,
    static_dephasing_rate,
    translational_time,
    vuong_relaxivity,
    water_diffusion,
)
from ferrotope.result import Notice, Outcome, Record, Series
from ferrotope.units.constants import BOLTZMANN, ELECTRON_GYROMAGNETIC_RATIO

__all__ = ["Relaxivities", "relaxivities"]

_MOTIONAL = 1.0  # dw tau_D below which motional averaging holds
_ROCH = "doi:10.1063/1.478435"
_GILLIS = "doi:10.1002/mrm.10059"
_STATIC = "doi:10.1002/mrm.1910320610"
_VUONG = "doi:10.1002/adhm.201200078"
_NODES = 15
_DAMPING = 0.1


@dataclass(frozen=True, kw_only=True)
class Relaxivities(Outcome):
    """Relaxivities per iron.

    Attributes
    ----------
    r1, r2, r2star : tuple of float or None
        In m3/(mol s), that is 1/(mM s), one an image in the order given; None for PET and SPECT and where the core is
        not known.
    validity : str
        Empty where the model holds; otherwise what is outside.
    """

    r1: tuple[float | None, ...] = ()
    r2: tuple[float | None, ...] = ()
    r2star: tuple[float | None, ...] = ()
    validity: str = ""


def relaxivities(
    core: Core | None, images: Sequence[Image], temperature: float, hydrodynamic_diameter: float | None
) -> Relaxivities:
    """Return the relaxivities of a core at the field of every MRI image.

    Parameters
    ----------
    core : Core or None
        Size and material.
    images : sequence of Image
        The acquisitions; only MRI has relaxivities.
    temperature : float
        Of the tissue in K; the diffusion of its water is taken as that of pure water.
    hydrodynamic_diameter : float or None
        In m; says what an impermeable coating would change.

    Returns
    -------
    Relaxivities
        Means over the size distribution weighted by iron.
    """
    nothing = tuple(None for _ in images)
    if core is None or core.diameter is None:
        return _absent("Relaxivity needs particle.core.diameter.", nothing)
    if core.saturation_magnetisation is None and core.material.saturation_magnetisation is None:
        return _absent(f"{core.material.name} carries no magnetic moment.", nothing)
    if core.material.iron_mass_fraction == 0:
        return _absent(f"{core.material.name} holds no iron: relaxivity per iron is not defined.", nothing)
    if core.magnetic_diameter <= 0:
        return _absent("The non-magnetic layer is as thick as the core.", nothing)
    ensemble = _Ensemble.of(core, temperature)
    mri = [index for index, image in enumerate(images) if image.modality == "MRI"]
    found: dict[int, tuple[float, float, float]] = {}
    records: list[Record] = []
    validity = _validity(ensemble)
    for index, mark in zip(mri, marks(mri), strict=True):
        field = images[index].B0.si
        found[index] = ensemble.at(field)
        records += _records(ensemble, field, mark, found[index], validity, hydrodynamic_diameter)
    fields = np.geomspace(1e-3, 15.0, 60)
    profile = np.array([ensemble.at(field) for field in fields])
    series = [Series(name="B0", dims=("B0",), values=fields, unit="T", title="Field")]
    for column, (name, title) in enumerate((("r1", "r1"), ("r2", "r2"), ("r2star", "r2*"))):
        series.append(
            Series(name=name, dims=("B0",), values=profile[:, column], unit="1/(mM s)", title=f"{title} per iron")
        )
    if mri:
        points = np.array([images[index].B0.si for index in mri])
        series.append(Series(name="study_B0", dims=("study_B0",), values=points, unit="T", title="Field of the images"))
    text = (
        "Relaxivity is that of single cores dispersed in water that reaches their surface; clusters and a coating that "
        "keeps water out change it."
    )
    return Relaxivities(
        r1=tuple(found[i][0] if i in found else None for i in range(len(images))),
        r2=tuple(found[i][1] if i in found else None for i in range(len(images))),
        r2star=tuple(found[i][2] if i in found else None for i in range(len(images))),
        validity=validity,
        records=tuple(records),
        series=tuple(series),
        notices=(Notice(level="assumption", text=text),),
    )


@dataclass(frozen=True)
class _Ensemble:
    """A size distribution, with what each size needs."""

    diameters: np.ndarray
    weights: np.ndarray
    magnetisation: float
    molar_volume: np.ndarray
    neel: np.ndarray
    temperature: float
    diffusion: float
    median: float

    @classmethod
    def of(cls, core: Core, temperature: float) -> _Ensemble:
        median, sigma_g, layer = core.diameter.si, core.sigma_g.si, core.nonmagnetic_layer.si
        magnetisation, anisotropy = core.volume_magnetisation, (core.anisotropy or core.material.anisotropy)
        points, weights = np.polynomial.hermite_e.hermegauss(_NODES)
        spread = math.log(sigma_g)
        # weighted by iron, that is by volume: the lognormal moves to median exp(3 s^2)
        outer = median * np.exp(3.0 * spread**2 + spread * points)
        magnetic = np.clip(outer - 2.0 * layer, 1e-10, None)
        molar = molar_core_volume(core.material.density.si, core.material.iron_mass_fraction) * (magnetic / outer) ** 3
        volume = math.pi / 6.0 * magnetic**3
        barrier = np.minimum((anisotropy.si if anisotropy else 0.0) * volume / (BOLTZMANN * temperature), 300.0)
        return cls(
            magnetic,
            weights / weights.sum(),
            magnetisation,
            molar,
            _neel_time(barrier, magnetisation, volume, temperature),
            temperature,
            float(water_diffusion(temperature)),
            core.magnetic_diameter,
        )

    def at(self, field: float) -> tuple[float, float, float]:
        """Return r1, r2 and r2* at a field, each size bounded by static dephasing."""
        r1, r2 = outer_sphere_relaxivities(
            field, self.diameters, self.magnetisation, self.molar_volume, self.neel, self.temperature, self.diffusion
        )
        moment = self.magnetisation * math.pi / 6.0 * self.diameters**3
        x = np.maximum(moment * field / (BOLTZMANN * self.temperature), 1e-9)
        aligned = np.where(x < 1e-3, x / 3.0, 1.0 / np.tanh(np.maximum(x, 1e-3)) - 1.0 / x)
        static = static_dephasing_rate(self.molar_volume, self.magnetisation * aligned)
        beyond = larmor_shift(self.magnetisation * aligned) * translational_time(self.diameters, self.diffusion) > 1.0
        # In motional averaging r2* is r2; beyond, static dephasing bounds both.
        bounded = np.where(beyond, np.minimum(r2, static), r2)
        return float(r1 @ self.weights), float(bounded @ self.weights), float(bounded @ self.weights)

    def behind_coating(self, field: float, hydrodynamic_diameter: float) -> float:
        """Return r2 at a field if no water came nearer than the hydrodynamic radius."""
        _, r2 = outer_sphere_relaxivities(
            field,
            self.diameters,
            self.magnetisation,
            self.molar_volume,
            self.neel,
            self.temperature,
            self.diffusion,
            np.maximum(hydrodynamic_diameter, self.diameters) / 2.0,
        )
        return float(r2 @ self.weights)

    def reduced_time(self) -> float:
        """Return dw tau_D at the volume-weighted median size, saturated."""
        middle = float(np.exp(np.log(self.diameters) @ self.weights))
        return float(larmor_shift(self.magnetisation) * translational_time(middle, self.diffusion))


def _neel_time(barrier: np.ndarray, magnetisation: float, volume: np.ndarray, temperature: float) -> np.ndarray:
    """Return tau_N in s by Coffey's interpolation, within some per cent: the relaxivity hardly feels it."""
    free = (
        magnetisation
        * volume
        * (1 + _DAMPING**2)
        / (2 * _DAMPING * ELECTRON_GYROMAGNETIC_RATIO * BOLTZMANN * temperature)
    )
    safe = np.maximum(barrier, 1e-3)
    shape = safe / (1.0 + safe) * np.sqrt(safe / math.pi) + 2.0 ** (-safe - 1.0)
    return free * np.expm1(safe) / (2.0 * safe) / shape


def _validity(ensemble: _Ensemble) -> str:
    reduced = ensemble.reduced_time()
    if reduced <= _MOTIONAL:
        return ""
    return f"dw tau_D is {reduced:.2g} at the median size: beyond motional averaging (1), bounded by static dephasing"


def _records(
    ensemble: _Ensemble,
    field: float,
    mark: str,
    values: tuple[float, float, float],
    validity: str,
    hydrodynamic_diameter: float | None,
) -> list[Record]:
    model = "superparamagnetic outer-sphere model, high anisotropy"
    found = [
        Record(
            path=f"relaxometry.{name}{mark}",
            value=value,
            unit="1/(mM s)",
            title=f"{title} at {field:g} T per mM iron",
            method=f"{model}, mean over sizes weighted by iron"
            + ("" if name != "r2star" else "; r2* = r2 in motional averaging"),
            validity=validity,
            sources=(_ROCH,) if name == "r1" else (_ROCH, _GILLIS, _STATIC),
        )
        for name, title, value in zip(("r1", "r2", "r2star"), ("r1", "r2", "r2*"), values, strict=True)
    ]
    # weighted by iron the square of the diameter has its own mean
    square = float(ensemble.diameters**2 @ (ensemble.weights * ensemble.molar_volume))
    mean_molar = float(ensemble.molar_volume @ ensemble.weights)
    size = math.sqrt(square / mean_molar)
    theory = float(motional_averaging_rate(mean_molar, size, ensemble.magnetisation, ensemble.diffusion))
    scaling = float(vuong_relaxivity(size, ensemble.magnetisation))
    bound = float(static_dephasing_rate(mean_molar, ensemble.magnetisation))
    law = "11.6e-12 Mv^2 d^2, fitted to published particles"
    rows = [
        (
            "r2_motional_averaging",
            theory,
            "r2 of motional averaging, saturated",
            "(16/45) f tau_D dw^2",
            validity,
            _GILLIS,
        ),
        ("r2_scaling_law", scaling, "r2 of the experimental scaling law", law, validity, _VUONG),
        ("r2_static_dephasing", bound, "upper bound of static dephasing", "(2 pi sqrt3/9) f dw", "", _STATIC),
    ]
    if hydrodynamic_diameter is not None and hydrodynamic_diameter > ensemble.median:
        title = f"r2 at {field:g} T if the coating kept all water out"
        method = f"{model}, closest approach at the hydrodynamic radius"
        rows.append(("r2_impermeable", ensemble.behind_coating(field, hydrodynamic_diameter), title, method, "", _ROCH))
    return found + [
        Record(
            path=f"relaxometry.{name}{mark}",
            value=value,
            unit="1/(mM s)",
            title=title,
            method=method,
            validity=said,
            sources=(source,),
        )
        for name, value, title, method, said, source in rows
    ]


def _absent(text: str, nothing: tuple[None, ...]) -> Relaxivities:
    return Relaxivities(notices=(Notice(level="absent", text=text),), r1=nothing, r2=nothing, r2star=nothing)
