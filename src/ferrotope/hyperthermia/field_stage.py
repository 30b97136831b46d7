"""The field of a heating against its limits, as records."""

from __future__ import annotations

import numpy as np

from ferrotope.hyperthermia import limits
from ferrotope.hyperthermia._records import absent, record
from ferrotope.protocol.nouns import Heating
from ferrotope.result.records import Notice, Outcome, Series
from ferrotope.subject.nouns import Subject

__all__ = ["describe_field", "limits_of_field"]


def describe_field(heating: Heating, mark: str, subject: Subject) -> Outcome:
    """Return the H f product, its ratio to the published limits, and the power of eddy currents.

    Parameters
    ----------
    heating : Heating
        One exposure.
    mark : str
        What the names of its records carry, empty where it is the only one.
    subject : Subject
        For the body radius, and the conductivity and density of soft tissue.

    Returns
    -------
    Outcome
        Records ``hyperthermia.field_limit.NAME`` are ratios to a limit: above 1 is beyond it. Without a body radius, a
        notice "absent" stands for the Brezovich limit and the eddy currents.
    """
    H, f = heating.H.si, heating.f.si
    product = float(limits.field_frequency_product(H, f))
    hergt = limits.hergt_dutz_limit()
    records = [
        record(
            f"field_frequency_product{mark}",
            product,
            "A/(m s)",
            "Product of field and frequency",
            "H f, peak amplitude",
        ),
        record(
            f"field_limit{mark}.hergt",
            product / hergt,
            "1",
            "H f over the Hergt-Dutz limit",
            f"{hergt:.3g} A/(m s), proposed for a small exposed region",
            caveat="proposed for a small region, but the body is exposed" if heating.exposed == "body" else "",
            sources=("doi:10.1016/j.jmmm.2006.10.1156",),
        ),
    ]
    if subject.body_radius is None:
        text = f"heating{mark}: the Brezovich limit and eddy currents need subject.body_radius."
        return Outcome(records=tuple(records), notices=(absent(text),))
    radius = subject.body_radius.si
    brezovich = float(limits.brezovich_limit(radius))
    records.insert(
        1,
        record(
            f"field_limit{mark}.brezovich",
            product / brezovich,
            "1",
            "H f over the Brezovich limit",
            f"{brezovich:.3g} A/(m s): {limits.BREZOVICH_PRODUCT:.3g} tolerated by people for an hour, scaled with "
            f"{limits.BREZOVICH_RADIUS:g} m over the radius of {radius:.3g} m",
            caveat=""
            if subject.species.startswith("human")
            else "tolerance was tested in people; scaled by radius alone",
            sources=("doi:10.1109/TBME.1984.325372", "arXiv:2405.20756"),
        ),
    )
    sigma = subject.property("soft_tissue", "electrical_conductivity").si
    density = subject.property("soft_tissue", "density").si
    eddy = float(limits.eddy_current_power_density(sigma, H, f, radius)) / density
    records.append(
        record(
            f"eddy_power{mark}",
            eddy,
            "W/kg",
            "Eddy-current power at the surface of the body",
            f"sigma (pi mu0 f H r)^2/2 over density, r = {radius:.3g} m, {sigma:.2g} S/m, while the field is on",
        )
    )
    notices: tuple[Notice, ...] = ()
    warm = limits.LOCAL_ABSORPTION_LIMIT
    if eddy > warm:
        text = (
            f"heating{mark}: eddy currents deposit {eddy:.3g} W/kg at the surface of the body, above the {warm:g} W/kg "
            "that guidelines allow in the trunk of workers: pauses, a smaller exposed radius or a weaker field are "
            "needed. This heat is not in the temperatures."
        )
        notices = (Notice(level="warning", text=text),)
    return Outcome(records=tuple(records), notices=notices)


def limits_of_field(subject: Subject) -> tuple[Series, ...]:
    """Return the limits of the product of field and frequency, with their names, for the figures."""
    found = {"Hergt-Dutz": limits.hergt_dutz_limit()}
    if subject.body_radius is not None:
        found["Brezovich"] = float(limits.brezovich_limit(subject.body_radius.si))
    return (
        Series(
            name="field_limit_name",
            dims=("field_limit_name",),
            values=np.array(list(found)),
            unit="1",
            title="Limit of the field",
        ),
        Series(
            name="field_limit_product",
            dims=("field_limit_name",),
            values=np.array(list(found.values())),
            unit="A/(m s)",
            title="Product of field and frequency",
        ),
    )
