"""The particle and its parts: core, shell, coating, label, ligand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from ferrotope.errors import InputError
from ferrotope.particle.materials import Material
from ferrotope.particle.sizes import magnetic_share, volume_weighted_sizes
from ferrotope.units.constants import AVOGADRO
from ferrotope.units.fields import Also, assumed, quantity
from ferrotope.units.noun import Noun
from ferrotope.units.value import Value

__all__ = ["Coating", "Core", "Label", "Ligand", "Particle", "Shell", "Stability", "lognormal_from_moments"]

_NM = ("nm", 1e-9)
CoreLength = quantity("m", positive=True, low=0.5e-9, high=2e-6, shown=_NM)
Thickness = quantity("m", low=0.0, high=1e-6, shown=_NM)
HydrodynamicLength = quantity("m", positive=True, low=1e-9, high=20e-6, shown=_NM)
GeometricDeviation = quantity("1", positive=True, low=1.0, high=3.0)
Fraction = quantity("1", low=0.0, high=1.0)
_PER_MASS = Also("A m2/kg", low=0.1, high=1000.0)

_MOST_MEAN_LIVES = 50.0  # after which nothing of 1e21 atoms is left
_ASSUMED_COUNT = 100  # particles measured on TEM images where the number is not stated


def lognormal_from_moments(mean: float, standard_deviation: float) -> tuple[float, float]:
    """Return median and geometric standard deviation of the lognormal with the given mean and standard deviation.

    Parameters
    ----------
    mean, standard_deviation : float
        Arithmetic moments of the number distribution, in one unit.

    Returns
    -------
    tuple of float
        Median (in that unit) and geometric standard deviation: with c = standard_deviation/mean,
        ``median = mean/sqrt(1 + c^2)`` and ``ln sigma_g = sqrt(ln(1 + c^2))``.

    Examples
    --------
    >>> median, sigma_g = lognormal_from_moments(10.4, 1.98)
    >>> round(median, 2), round(sigma_g, 2)
    (10.22, 1.21)
    """
    square = (standard_deviation / mean) ** 2
    return mean / math.sqrt(1.0 + square), math.exp(math.sqrt(math.log1p(square)))


class Core(Noun):
    """The magnetic core: a sphere of one material with a lognormal number distribution of diameters.

    Either ``diameter`` (the median of the number distribution) with ``sigma_g``, or ``diameter_mean`` and
    ``diameter_sd`` of the sizes counted on TEM images, with their number ``diameter_count`` where it is known.
    """

    material: Material = Field(description="name of a material, or a table of one")
    diameter: CoreLength | None = Field(None, description="median core diameter of the number distribution")
    sigma_g: GeometricDeviation | None = Field(
        None, description="geometric standard deviation of the number distribution"
    )
    diameter_mean: CoreLength | None = Field(None, description="arithmetic mean of the counted diameters")
    diameter_sd: quantity("m", positive=True, low=1e-12, high=2e-6, shown=_NM) | None = Field(
        None, description="standard deviation of the counted diameters (spread, not uncertainty)"
    )
    diameter_count: int | None = Field(None, ge=2, description="number of particles counted")
    nonmagnetic_layer: Thickness = Field(
        assumed("0 nm", "m", note="no non-magnetic surface layer"),
        description="thickness of the surface layer without moment",
    )
    saturation_magnetisation: (
        quantity("A/m", positive=True, low=1e3, high=2e6, shown=("kA/m", 1e3), also={"A m2/kg": _PER_MASS}) | None
    ) = Field(
        None,
        description="as measured on the core, per volume (A/m) or mass (A m2/kg, emu/g); replaces the material's",
    )
    anisotropy: quantity("J/m3", low=0.0, high=1e7, shown=("kJ/m3", 1e3)) | None = Field(
        None, description="effective uniaxial anisotropy constant; replaces the material's"
    )

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if self.diameter_mean is not None:
            return self._from_moments()
        if self.diameter_sd is not None or self.diameter_count is not None:
            raise InputError(
                "a standard deviation of sizes needs their mean",
                field="diameter_mean",
                remedy="give diameter_mean and diameter_sd, or diameter and sigma_g",
            )
        if self.diameter is None:
            return self
        if self.sigma_g is None and self.diameter.form == "deviation":
            raise InputError(
                "is this +/- the spread between particles, or the uncertainty of their median?",
                field="diameter",
                value=self.diameter.text,
                remedy="for a spread give diameter_mean and diameter_sd; for an uncertainty add sigma_g",
            )
        if self.sigma_g is None:
            spread = assumed(
                "1.05..1.35",
                "1",
                positive=True,
                note="width of the size distribution not given; typical range of iron-oxide cores",
            )
            return self._fill(sigma_g=spread)
        return self

    def _from_moments(self) -> Self:
        mean, deviation = self.diameter_mean, self.diameter_sd
        if self.diameter is not None or deviation is None or self.sigma_g is not None:
            raise InputError(
                "the size is given twice or by halves",
                field="diameter_mean",
                remedy="give diameter_mean with diameter_sd, or diameter with sigma_g, and nothing else",
            )
        if deviation.number >= mean.number:
            raise InputError(
                "the standard deviation of the sizes exceeds their mean",
                field="diameter_sd",
                value=deviation.text,
                remedy="check the unit",
            )
        median, sigma_g = lognormal_from_moments(mean.number, deviation.number)
        count = self.diameter_count or _ASSUMED_COUNT
        # counting error of the mean, and what the user does not know of it beside (calibration of the microscope)
        error = math.hypot(deviation.number / math.sqrt(count), mean.standard_deviation)
        counted = f"n = {count}" if self.diameter_count else f"number counted not given, {count} assumed"
        said = f"median and sigma_g of the lognormal with mean {mean.text} and SD {deviation.text}; {counted}"
        diameter = replace(
            mean,
            number=median,
            form="deviation",
            low=median - error,
            high=median + error,
            note=said,
            text=f"{median * 1e9:.3g} +/- {error * 1e9:.2g} nm",
        )
        width = replace(
            deviation,
            number=sigma_g,
            unit="1",
            form="exact",
            low=sigma_g,
            high=sigma_g,
            minimum=1.0,
            maximum=3.0,
            note=said,
            text=f"{sigma_g:.4g}",
        )
        return self._fill(diameter=diameter, sigma_g=width, diameter_mean=None, diameter_sd=None, diameter_count=None)

    @property
    def magnetic_volume_fraction(self) -> float:
        """Part of the volume of all cores that carries the moment."""
        diameters, weights = volume_weighted_sizes(self.diameter.si, self.sigma_g.si, 0.05)
        return float(magnetic_share(diameters, self.nonmagnetic_layer.si) @ weights)

    @property
    def volume_magnetisation(self) -> float:
        """Saturation magnetisation in A/m of the part that carries the moment.

        What was measured on the whole core is shared out over that part; else it is the material's.
        """
        given = self.saturation_magnetisation
        if given is None:
            return self.material.saturation_magnetisation.si
        whole = given.si * self.material.density.si if given.unit == "A m2/kg" else given.si
        return whole / self.magnetic_volume_fraction

    @property
    def anisotropy_constant(self) -> float:
        """Uniaxial anisotropy constant in J/m3: as given for the core, else the material's."""
        return (self.anisotropy or self.material.anisotropy).si

    @property
    def magnetic_diameter(self) -> float:
        """Median diameter in m of the part that carries the moment."""
        return max(self.diameter.si - 2.0 * self.nonmagnetic_layer.si, 0.0)


class Shell(Noun):
    """A second inorganic part: a gold shell around the core, or a gold particle grown on it (dumbbell)."""

    material: Material
    arrangement: Literal["shell", "dumbbell"] = "shell"
    thickness: Thickness | None = None
    diameter: CoreLength | None = Field(None, description="of the second particle of a dumbbell")

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        wanted = "thickness" if self.arrangement == "shell" else "diameter"
        if getattr(self, wanted) is None:
            raise InputError(f"a {self.arrangement} needs its {wanted}", field=wanted, remedy=f'add {wanted} = "3 nm"')
        return self


class Coating(Noun):
    """The organic or silica layer, and what light scattering and electrophoresis say of the whole."""

    material: str = ""
    thickness: Thickness | None = None
    hydrodynamic_diameter: HydrodynamicLength | None = None
    zeta_potential: quantity("V", low=-0.2, high=0.2, shown=("mV", 1e-3)) | None = None
    molar_mass: quantity("kg/mol", positive=True, low=1e-3, high=1e5, also={"kg": Also("kg/mol", AVOGADRO)}) | None = (
        None
    )


class Stability(Noun):
    """Result of one stability assay: how much of the label was still on the particle."""

    intact: Fraction
    time: quantity("s", positive=True, low=1.0, high=3.2e7, shown=("h", 3600.0))
    medium: str = "serum"


class Label(Noun):
    """The radionuclide and how it is held."""

    nuclide: str
    chelator: str = ""
    route: str = Field("", description="for example 'chelate', 'chelator-free', 'intrinsic (core)', 'click'")
    chelator_density: quantity("1/m2", positive=True, low=1e12, high=2e19, shown=("1/nm2", 1e18)) | None = Field(
        None, description="chelators per surface of the core"
    )
    chelators_per_particle: quantity("1", positive=True, low=1e-3, high=1e7) | None = None
    radiochemical_yield: Fraction | None = None
    radiochemical_purity: Fraction | None = None
    stability: Stability | None = None
    detachment_rate: quantity("1/s", low=0.0, high=1.0, shown=("1/h", 1 / 3600.0)) | None = None
    time_since_labelling: quantity("s", low=0.0, high=3.2e7, shown=("h", 3600.0)) = Field(
        assumed("1 h", "s", note="from the end of labelling to injection"),
        description="from the end of labelling to injection",
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        # Imported here: the nuclide table is read only when there is a label.
        from ferrotope.nuclides import Nuclide

        nuclide = Nuclide(self.nuclide)
        most = _MOST_MEAN_LIVES * nuclide.half_life / math.log(2.0)
        if max(self.time_since_labelling.number, self.time_since_labelling.high) > most:
            raise InputError(
                f"nothing of {nuclide.name} is left after this time",
                field="time_since_labelling",
                value=self.time_since_labelling.text,
                allowed=f"up to {most / 3600:.4g} h, {_MOST_MEAN_LIVES:g} mean lives",
                remedy="check the unit",
            )
        return self._fill(nuclide=nuclide.name)


class Ligand(Noun):
    """A targeting molecule."""

    name: str
    target: str = ""
    per_particle: quantity("1", positive=True, low=1e-3, high=1e6) | None = None


class Particle(Noun):
    """A radiolabelled magnetic nanoparticle.

    Examples
    --------
    >>> from ferrotope import Particle
    >>> particle = Particle(core={"material": "magnetite", "diameter": "10 nm", "sigma_g": 1.15})
    >>> f"{particle.core.diameter.si:.3g}"
    '1e-08'
    """

    name: str = ""
    core: Core | None = None
    shell: Shell | None = None
    coating: Coating = Field(default_factory=Coating)
    label: Label | None = None
    ligand: Ligand | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        core, whole = self.core, self.coating.hydrodynamic_diameter
        if core is not None and core.diameter is not None and whole is not None and whole.number < core.diameter.number:
            raise InputError(
                "the hydrodynamic diameter is smaller than the core",
                field="coating.hydrodynamic_diameter",
                value=whole.text,
                allowed=f"at least {core.diameter.text}",
                remedy="check which of the two was measured",
            )
        return self

    @property
    def outer_diameter(self) -> Value | None:
        """Hydrodynamic diameter where known."""
        return self.coating.hydrodynamic_diameter


def describe(particle: Particle) -> dict[str, Any]:
    """Return the particle's parts as short text, for tables and drawings."""
    core, label = particle.core, particle.label
    return {
        "core": core.material.name if core else "",
        "diameter": str(core.diameter) if core and core.diameter else "",
        "coating": particle.coating.material,
        "hydrodynamic_diameter": str(particle.outer_diameter) if particle.outer_diameter else "",
        "nuclide": label.nuclide if label else "",
        "chelator": label.chelator if label else "",
        "ligand": particle.ligand.name if particle.ligand else "",
    }
