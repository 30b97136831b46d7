"""The field of a heating against its limits, as records."""

from __future__ import annotations

from ferrotope.hyperthermia import limits
from ferrotope.protocol.nouns import Heating
from ferrotope.result.records import Notice, Outcome, Record
from ferrotope.subject.nouns import Subject

__all__ = ["describe_field"]

_WARM = 10.0  # W/kg: ten times resting metabolism per mass of a person; local limit of MR scanners in the trunk


def describe_field(heating: Heating, mark: str, subject: Subject) -> Outcome:
    """Return the H f product, its ratio to the published limits, and the power of eddy currents.

    Parameters
    ----------
    heating : Heating
        One exposure.
    mark : str
        What the names of its records carry, empty where it is the only one.
    subject : Subject
        For the body radius and the conductivity.

    Returns
    -------
    Outcome
        Records ``hyperthermia.field_limit.NAME`` are ratios to a limit: above 1 is beyond it.
    """
    H, f = heating.H.si, heating.f.si
    product = float(limits.field_frequency_product(H, f))
    records = [
        _record(
            f"field_frequency_product{mark}",
            product,
            "A/(m s)",
            "Product of field and frequency",
            "H f, peak amplitude",
        ),
        _record(
            f"field_limit{mark}.hergt",
            product / limits.hergt_dutz_limit(),
            "1",
            "H f over the Hergt-Dutz limit",
            f"{limits.hergt_dutz_limit():.3g} A/(m s), proposed for a small exposed region",
            sources=("doi:10.1016/j.jmmm.2006.10.1156",),
        ),
    ]
    if subject.body_radius is None:
        text = f"heating{mark}: the Brezovich limit and eddy currents need subject.body_radius."
        return Outcome(records=tuple(records), notices=(Notice(level="absent", text=text),))
    radius = subject.body_radius.si
    limit = float(limits.brezovich_limit(radius))
    records.insert(
        1,
        _record(
            f"field_limit{mark}.brezovich",
            product / limit,
            "1",
            "H f over the Brezovich limit",
            f"{limit:.3g} A/(m s): 4.85e8 tolerated by people for an hour, scaled with 0.15 m over the radius of {radius:.3g} m",
            validity=""
            if subject.species.startswith("human")
            else "tolerance was tested in people; scaled by radius alone",
            sources=("doi:10.1109/TBME.1984.325372",),
        ),
    )
    sigma = subject.property("soft_tissue", "electrical_conductivity").si
    density = subject.property("soft_tissue", "density").si
    eddy = float(limits.eddy_current_power_density(sigma, H, f, radius)) / density
    records.append(
        _record(
            f"eddy_power{mark}",
            eddy,
            "W/kg",
            "Eddy-current power at the surface of the body",
            f"sigma (pi mu0 f H r)^2/2 over density, r = {radius:.3g} m, {sigma:.2g} S/m",
        )
    )
    notices = ()
    if eddy > _WARM:
        text = (
            f"heating{mark}: eddy currents deposit {eddy:.3g} W/kg at the surface of the body, above {_WARM:g} W/kg: pauses, a "
            "smaller exposed radius or a weaker field are needed. This heat is not in the temperatures."
        )
        notices = (Notice(level="warning", text=text),)
    return Outcome(records=tuple(records), notices=notices)


def _record(
    name: str, value: float, unit: str, title: str, method: str, validity: str = "", sources: tuple[str, ...] = ()
) -> Record:
    return Record(
        path=f"hyperthermia.{name}",
        value=value,
        unit=unit,
        title=title,
        method=method,
        validity=validity,
        sources=sources,
    )
