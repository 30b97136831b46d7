"""What is done to the subject: injection, images, heatings, as timed events with t = 0 at injection."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from ferrotope.errors import InputError
from ferrotope.units.constants import VACUUM_PERMEABILITY
from ferrotope.units.fields import Also, assumed, quantity
from ferrotope.units.noun import Noun
from ferrotope.units.value import Value

__all__ = ["Heating", "Image", "Protocol", "marks"]

_HOUR = ("h", 3600.0)
MOST_IRON = 0.01  # of the body mass; no tolerance, only so far out that a wrong unit is found
Time = quantity("s", low=0.0, high=3.2e7, shown=_HOUR)
Duration = quantity("s", positive=True, low=1e-3, high=3.2e7, shown=_HOUR)

_RIGHT_ANGLE = assumed("90 deg", "rad", note="spin echo excitation")
_NOISE = assumed("0.02", "1", positive=True, note="noise SD relative to the tissue signal before injection")
_ACQUISITION = assumed("20 min", "s", positive=True, note="acquisition time")


def marks(indices: Sequence[int]) -> list[str]:
    """Return what the names of an event's numbers carry: its index in the protocol, nothing where it is the only one.

    Parameters
    ----------
    indices : sequence of int
        Places of the events of one kind in the protocol, from 0.

    Returns
    -------
    list of str
        One an event, as in ``relaxometry.r2[1]``.
    """
    return [f"[{index}]" for index in indices] if len(indices) > 1 else [""] * len(indices)


class Image(Noun):
    """One acquisition: MRI with its sequence, or PET or SPECT with its scanner."""

    modality: Literal["MRI", "PET", "SPECT"]
    time: Time
    sequence: Literal["GRE", "SE", "UTE"] | None = Field(
        None, description="spoiled gradient echo, spin echo, ultra-short echo time"
    )
    B0: quantity("T", positive=True, low=0.01, high=30.0) | None = None
    TE: quantity("s", positive=True, low=1e-6, high=2.0, shown=("ms", 1e-3)) | None = None
    TR: quantity("s", positive=True, low=1e-4, high=60.0, shown=("ms", 1e-3)) | None = None
    flip_angle: (
        quantity("rad", positive=True, low=math.pi / 18000, high=math.pi, shown=("deg", math.pi / 180)) | None
    ) = Field(None, description="excitation flip angle; 90 deg for a spin echo unless it is given")
    noise: quantity("1", positive=True, low=1e-6, high=1.0) | None = Field(
        None, description="MRI noise standard deviation relative to the signal before injection"
    )
    scanner: str = Field("", description="name of a scanner of the imaging room, for PET and SPECT")
    resolution: quantity("m", positive=True, low=1e-4, high=0.05, shown=("mm", 1e-3)) | None = Field(
        None, description="FWHM in the image"
    )
    sensitivity: quantity("1", positive=True, low=1e-9, high=1.0, also={"1/(Bq s)": Also("1")}) | None = Field(
        None,
        description="counts per emitted positron (PET) or photon in the window (SPECT); cps/Bq is a pure number",
    )
    duration: Duration | None = Field(None, description="acquisition time of PET and SPECT")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        return self._as_mri() if self.modality == "MRI" else self._as_nuclear()

    def _as_mri(self) -> Self:
        self._refuse(("scanner", "resolution", "sensitivity", "duration"), "PET and SPECT")
        wanted = ("sequence", "B0", "TE", "TR") + (("flip_angle",) if self.sequence in ("GRE", "UTE") else ())
        for name in wanted:
            if getattr(self, name) is None:
                raise InputError(
                    f"an MRI acquisition needs {name}",
                    field=name,
                    remedy='for example sequence = "GRE", B0 = "3 T", TE = "5 ms", TR = "0.1 s", flip_angle = "30 deg"',
                )
        if self.TE.number >= self.TR.number:
            raise InputError(
                "the echo time must be shorter than the repetition time",
                field="TE",
                value=self.TE.text,
                allowed=f"below {self.TR.text}",
            )
        return self._fill(flip_angle=self.flip_angle or _RIGHT_ANGLE, noise=self.noise or _NOISE)

    def _as_nuclear(self) -> Self:
        self._refuse(("sequence", "B0", "TE", "TR", "flip_angle", "noise"), "MRI")
        return self._fill(duration=self.duration or _ACQUISITION)

    def _refuse(self, names: tuple[str, ...], modality: str) -> None:
        for name in names:
            if getattr(self, name):
                raise InputError(
                    f"{name} belongs to {modality}",
                    field=name,
                    value=str(getattr(self, name)),
                    remedy=f"remove it, or set another modality than {self.modality}",
                )


class Heating(Noun):
    """One exposure to an alternating magnetic field."""

    start: Time
    duration: Duration
    H: quantity(
        "A/m", positive=True, low=1.0, high=2e6, shown=("kA/m", 1e3), also={"T": Also("A/m", 1.0 / VACUUM_PERMEABILITY)}
    ) = Field(description="peak amplitude of the field; a flux density is converted with H = B/mu0")
    f: quantity("Hz", positive=True, low=1.0, high=1e8, shown=("kHz", 1e3))
    exposed: Literal["tumour", "body"] = Field("tumour", description="whether liver and spleen lie in the field too")
    immobilised_fraction: quantity("1", low=0.0, high=1.0) = Field(
        assumed(
            "1",
            "1",
            note="particles bound in tissue do not rotate (Di Corato et al. 2014)",
            source="doi:10.1016/j.biomaterials.2014.04.036",
        ),
        description="fraction of particles whose Brownian rotation is blocked",
    )
    viscosity: quantity("Pa s", positive=True, low=1e-6, high=1e3, shown=("mPa s", 1e-3)) = Field(
        assumed(
            "0.69 mPa s",
            "Pa s",
            positive=True,
            note="water at 37 degC, for the particles that are free to rotate",
            source="doi:10.1063/1.555581",
        ),
        description="of the liquid around particles that can rotate",
    )


class Protocol(Noun):
    """Injection, images and heatings."""

    route: Literal["intravenous", "intratumoural"] = "intravenous"
    retained_fraction: quantity("1", low=0.0, high=1.0) | None = Field(
        None, description="of an intratumoural injection that stays in the tumour"
    )
    administered_activity: quantity("Bq", positive=True, low=1.0, high=1e13, shown=("MBq", 1e6)) | None = None
    iron_dose: (
        quantity(
            "kg",
            positive=True,
            low=1e-15,
            high=0.1,
            shown=("mg", 1e-6),
            also={"kg/kg": Also("kg/kg", low=1e-12, high=MOST_IRON, shown=("mg/kg", 1e-6))},
        )
        | None
    ) = Field(None, description="mass of iron, absolute or per body mass")
    activity_per_iron: quantity("Bq/kg", positive=True, low=1.0, high=1e20, shown=("MBq/mg", 1e12)) | None = None
    image: list[Image] = Field(default_factory=list)
    heating: list[Heating] = Field(default_factory=list)

    @model_validator(mode="after")
    def _route(self) -> Self:
        if self.route == "intratumoural" and self.retained_fraction is None:
            raise InputError(
                "an intratumoural injection needs the fraction that stays in the tumour",
                field="retained_fraction",
                remedy='add retained_fraction = "0.7..0.95"',
            )
        if self.route == "intravenous" and self.retained_fraction is not None:
            raise InputError(
                "retained_fraction belongs to an intratumoural injection",
                field="retained_fraction",
                remedy='set route = "intratumoural" or remove it',
            )
        return self

    def doses(self, body_mass: Value | None) -> tuple[float | None, float | None]:
        """Return administered activity (Bq) and iron mass (kg), each from the others where it is not given.

        Parameters
        ----------
        body_mass : Value or None
            Needed where the iron dose is per body mass.

        Returns
        -------
        tuple of float or None
            Activity in Bq and iron in kg; None where it cannot be known.
        """
        iron = None
        if self.iron_dose is not None:
            iron = self.iron_dose.si
            if self.iron_dose.unit == "kg/kg":
                iron = iron * body_mass.si if body_mass is not None else None
        activity = self.administered_activity.si if self.administered_activity is not None else None
        if self.activity_per_iron is not None:
            if activity is None and iron is not None:
                activity = self.activity_per_iron.si * iron
            elif iron is None and activity is not None and self.iron_dose is None:
                iron = activity / self.activity_per_iron.si
        return activity, iron

    def check(self, body_mass: Value | None) -> None:
        """Refuse amounts that contradict each other or that the body cannot hold.

        Parameters
        ----------
        body_mass : Value or None
            Mass of the subject.

        Raises
        ------
        InputError
            If activity, iron dose and activity per iron are all given and differ by more than 5 %, or if the iron
            exceeds 1 % of the body mass.
        """
        if body_mass is not None and self.iron_dose is not None and self.iron_dose.unit == "kg":
            most = MOST_IRON * body_mass.number
            if self.iron_dose.number > most:
                raise InputError(
                    "the iron exceeds 1 % of the body mass",
                    field="protocol.iron_dose",
                    value=self.iron_dose.text,
                    allowed=f"up to {most * 1e6:.4g} mg",
                    remedy="check the unit; the dose is the mass of iron, not of a suspension",
                )
        if self.administered_activity is None or self.iron_dose is None or self.activity_per_iron is None:
            return
        activity, iron = self.doses(body_mass)
        if iron is None:
            return
        ratio = activity / iron / self.activity_per_iron.number
        if not 0.95 <= ratio <= 1.05:
            raise InputError(
                "activity, iron dose and activity per iron contradict each other",
                field="protocol.activity_per_iron",
                value=self.activity_per_iron.text,
                allowed=f"{activity / iron / 1e12:.4g} MBq/mg within 5 %, from the other two",
                remedy="give any two of the three",
            )
