"""The relaxometry stage: r1, r2 and r2* of a core at the field of each MRI image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ferrotope.particle import Core, magnetic_share, volume_weighted_sizes
from ferrotope.protocol import Image, marks
from ferrotope.relaxometry.dephasing import LARGEST_SHIFT, reduced_rate
from ferrotope.relaxometry.outer_sphere import langevin, roch
from ferrotope.relaxometry.regimes import (
    larmor_shift,
    molar_core_volume,
    r2_motional_averaging,
    r2star_static_dephasing,
    translational_time,
    water_diffusion,
)
from ferrotope.result import Notice, Outcome, Record, Series
from ferrotope.units.constants import BOLTZMANN, ELECTRON_GYROMAGNETIC_RATIO, PROTON_GYROMAGNETIC_RATIO

__all__ = ["CLUSTERS", "Relaxivities", "relaxivities"]

_MOTIONAL = 1.0  # dw tau_D below which motional averaging holds
# Larmor frequency over dw beyond motional averaging: 2 dw is the largest shift, at the poles, which only a stronger
# field makes secular; r1 is then below a seventh of what diffusion to the spheres allows from 5 on.
_SECULAR, _PERTURBED = 2.0, 5.0
_ECHO_TIME = 0.01  # s, assumed where no image says: usual for measuring relaxivity
_ROCH = "doi:10.1063/1.478435"
_GILLIS = "doi:10.1002/mrm.10059"
_STATIC = "doi:10.1002/mrm.1910320610"
_VUONG = "doi:10.1002/adhm.201200078"
_TORREY = "doi:10.1103/PhysRev.104.563"
# Found with the clinical agents of the catalogue: see the documentation, validation.
CLUSTERS = (
    "that of dispersed cores: measured r1 is 1.3 to 1.6 times lower in ferumoxytol, 3 to 7 times in clustered agents"
)
# Found by reasoning: w0, not tau_D, sets the time in which the field must turn a proton little.
_LARGE = (
    "beyond motional averaging r1 is of first order in (dw/w0)^2, with dw/w0 = {:.2g} here: a proton is turned little "
    "within 1/w0, though much within tau_D"
)
_HERTZ_PER_TESLA = PROTON_GYROMAGNETIC_RATIO / (2.0 * math.pi)
_STEP = 0.05  # of ln d: relaxivity varies slowly with size
_FINE_STEP = 0.01  # the same, for the curve over the field
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
    core: Core | None,
    images: Sequence[Image],
    temperature: float,
    hydrodynamic_diameter: float | None,
    *,
    drawn: bool = True,
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
    drawn : bool
        Whether the arrays of the figure are wanted, which take longer than all the rest.

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
    outside: list[str] = []
    for index, mark in zip(mri, marks(mri), strict=True):
        field, echo_time = images[index].B0.si, images[index].TE.si
        found[index] = tuple(float(value) for value in ensemble.at(field, echo_time))
        records += _records(ensemble, field, echo_time, mark, found[index], hydrodynamic_diameter)
        outside += [ensemble.outside(field, _SECULAR), ensemble.outside(field, _PERTURBED)]
    text = (
        "Relaxivity is that of single cores dispersed in water that reaches their surface; clusters and a coating that "
        "keeps water out change it."
    )
    return Relaxivities(
        r1=tuple(found[i][0] if i in found else None for i in range(len(images))),
        r2=tuple(found[i][1] if i in found else None for i in range(len(images))),
        r2star=tuple(found[i][2] if i in found else None for i in range(len(images))),
        validity="; ".join(dict.fromkeys(filter(None, outside))),
        records=tuple(records),
        series=tuple(_profile(core, temperature, [images[index] for index in mri])) if drawn else (),
        notices=(Notice(level="assumption", text=text),),
    )


def _profile(core: Core, temperature: float, mri: Sequence[Image]) -> list[Series]:
    """The relaxivities over the field, and where the images are."""
    # at 0.1 MHz the turning of the moment shows, whose time grows fast with the size
    ensemble = _Ensemble.of(core, temperature, _FINE_STEP)
    frequencies = np.geomspace(0.01, 1000.0, 101)  # MHz
    fields = frequencies * 1e6 / _HERTZ_PER_TESLA
    profile = ensemble.at(fields, mri[0].TE.si if mri else _ECHO_TIME)
    series = [
        Series(name="B0", dims=("B0",), values=fields, unit="T", title="Field"),
        Series(name="larmor_frequency", dims=("B0",), values=frequencies, unit="MHz", title="Proton Larmor frequency"),
    ]
    for values, (name, title) in zip(profile, (("r1", "r1"), ("r2", "r2"), ("r2star", "r2*")), strict=True):
        series.append(Series(name=name, dims=("B0",), values=values, unit="1/(mM s)", title=f"{title} per iron"))
    if mri:
        points = np.array([image.B0.si for image in mri])
        series.append(Series(name="study_B0", dims=("study_B0",), values=points, unit="T", title="Field of the images"))
    return series


@dataclass(frozen=True)
class _Ensemble:
    """A size distribution weighted by iron, with what each size needs.

    A core with a layer without moment counts as a whole sphere with its mean magnetisation: the field outside is the
    same, and water comes no nearer than the surface.
    """

    diameters: np.ndarray
    weights: np.ndarray
    magnetisation: np.ndarray
    molar_volume: float
    neel: np.ndarray
    temperature: float
    diffusion: float

    @classmethod
    def of(cls, core: Core, temperature: float, step: float = _STEP) -> _Ensemble:
        anisotropy = core.anisotropy or core.material.anisotropy
        diameters, weights = volume_weighted_sizes(core.diameter.si, core.sigma_g.si, step)
        share = magnetic_share(diameters, core.nonmagnetic_layer.si)
        magnetisation = core.volume_magnetisation
        magnetic = np.maximum(math.pi / 6.0 * diameters**3 * share, 1e-30)
        barrier = np.minimum((anisotropy.si if anisotropy else 0.0) * magnetic / (BOLTZMANN * temperature), 300.0)
        return cls(
            diameters,
            weights,
            magnetisation * share,
            molar_core_volume(core.material.density.si, core.material.iron_mass_fraction),
            _neel_time(barrier, magnetisation, magnetic, temperature),
            temperature,
            float(water_diffusion(temperature)),
        )

    def at(self, field, echo_time, closest_approach=0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return r1, r2 and r2* at fields (T, any shape): of a spin echo, and of free induction, at echo_time (s).

        Water comes no nearer to a centre than `closest_approach` (m). The outer-sphere model has a part of r2 that does
        not fall with the field, motional averaging of the shift; in its place comes the rate of that shift at any size.
        """
        field = np.asarray(field, dtype=float)[..., None]
        shell = np.maximum(closest_approach - self.diameters / 2.0, 0.0)
        spheres = {"D": self.diffusion, "shell_thickness": shell, "molar_volume": self.molar_volume}
        r1, r2 = roch(
            field * _HERTZ_PER_TESLA, self.diameters, self.magnetisation, self.neel, T=self.temperature, **spheres
        )
        moment = self.magnetisation * math.pi / 6.0 * self.diameters**3
        aligned = self.magnetisation * langevin(moment * field / (BOLTZMANN * self.temperature))
        coated = self.diameters + 2.0 * shell
        thinned = (self.diameters / coated) ** 3
        tau = translational_time(coated, self.diffusion)
        reduced = larmor_shift(aligned) * thinned * tau
        rest = np.maximum(r2 - r2_motional_averaging(self.diameters, aligned, **spheres), 0.0)
        scale = self.molar_volume / thinned / tau
        static = r2star_static_dephasing(aligned, molar_volume=self.molar_volume)
        found = []
        for signal in ("hahn_echo", "free_induction"):
            rate = rest + scale * reduced_rate(signal, reduced, echo_time / tau)
            # in weak fields the rest grows beyond what any dephasing could do
            found.append(np.where(reduced > _MOTIONAL, np.minimum(rate, static), rate))
        echo, free = found
        return tuple((values @ self.weights)[()] for values in (np.minimum(r1, echo), echo, free))

    def mean(self, values: np.ndarray) -> float:
        """Return the mean of a quantity of each size, weighted by iron."""
        return float(values @ self.weights)

    def reduced_time(self) -> float:
        """Return dw tau_D at the volume-weighted median size, saturated."""
        middle = self.diameters.size // 2
        return float(self.shift() * translational_time(self.diameters[middle], self.diffusion))

    def shift(self) -> float:
        """Return dw in rad/s at that size, saturated."""
        return float(larmor_shift(self.magnetisation[self.diameters.size // 2]))

    def outside(self, field: float, least: float) -> str:
        """Return what is outside the model at a field (T) whose Larmor frequency must be `least` times dw."""
        reduced = self.reduced_time()
        if reduced > LARGEST_SHIFT:
            return f"dw tau_D is {reduced:.2g} at the median size: larger than any that was solved ({LARGEST_SHIFT:g})"
        weakest = least * self.shift() / PROTON_GYROMAGNETIC_RATIO
        if reduced > _MOTIONAL and field < weakest:
            return f"beyond motional averaging (dw tau_D is {reduced:.2g}) a field of {weakest:.2g} T or more is needed"
        return ""


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


def _records(
    ensemble: _Ensemble,
    field: float,
    echo_time: float,
    mark: str,
    values: tuple[float, float, float],
    hydrodynamic_diameter: float | None,
) -> list[Record]:
    model = "superparamagnetic outer-sphere model, high anisotropy"
    solved = model + "; the shift along the field solved for {} at TE = " + f"{1e3 * echo_time:g} ms"
    reduced, secular = ensemble.reduced_time(), ensemble.outside(field, _SECULAR)
    large = _LARGE.format(ensemble.shift() / (field * PROTON_GYROMAGNETIC_RATIO))
    rows = [
        ("r1", "r1", model, ensemble.outside(field, _PERTURBED), (_ROCH,)),
        ("r2", "r2", solved.format("a spin echo"), secular, (_ROCH, _GILLIS, _TORREY)),
        ("r2star", "r2*", solved.format("free induction"), secular, (_ROCH, _STATIC, _TORREY)),
    ]
    found = [
        Record(
            path=f"relaxometry.{name}{mark}",
            value=value,
            unit="1/(mM s)",
            title=f"{title} at {field:g} T per mM iron",
            method=f"{method}; mean over sizes weighted by iron",
            validity=validity,
            caveat="" if name != "r1" else CLUSTERS if reduced <= _MOTIONAL else f"{CLUSTERS}; {large}",
            sources=sources,
        )
        for value, (name, title, method, validity, sources) in zip(values, rows, strict=True)
    ]
    spheres = {"D": ensemble.diffusion, "molar_volume": ensemble.molar_volume}
    averaged = [
        ensemble.mean(r2_motional_averaging(ensemble.diameters, ensemble.magnetisation, prefactor=prefactor, **spheres))
        for prefactor in ("theory", "experimental")
    ]
    bound = ensemble.mean(r2star_static_dephasing(ensemble.magnetisation, molar_volume=ensemble.molar_volume))
    validity = f"dw tau_D is {reduced:.2g} at the median size: beyond motional averaging" if reduced > _MOTIONAL else ""
    law = "11.6e-12 Mv^2 d^2, fitted to published particles"
    rows = [
        (
            "r2_motional_averaging",
            averaged[0],
            "r2 of motional averaging, saturated",
            "(16/45) f tau_D dw^2",
            validity,
            _GILLIS,
        ),
        ("r2_scaling_law", averaged[1], "r2 of the experimental scaling law", law, validity, _VUONG),
        ("r2_static_dephasing", bound, "upper bound of static dephasing", "(2 pi sqrt3/9) f dw", "", _STATIC),
    ]
    if hydrodynamic_diameter is not None and hydrodynamic_diameter / 2.0 > ensemble.diameters.min() / 2.0:
        method = f"{model}, closest approach at the hydrodynamic radius"
        r1, r2, _ = ensemble.at(field, echo_time, hydrodynamic_diameter / 2.0)
        for name, value in (("r1", float(r1)), ("r2", float(r2))):
            title = f"{name} at {field:g} T if the coating kept all water out"
            rows.append((f"{name}_impermeable", value, title, method, "", _ROCH))
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
