"""Recoil of the daughters of an alpha-emitting label: who stays in the particle by stopping alone."""

from __future__ import annotations

from typing import Any

from ferrotope.nuclides.names import SYMBOLS
from ferrotope.particle.formula import ATOMIC_WEIGHTS, composition
from ferrotope.particle.materials import Material
from ferrotope.radiochemistry.recoil import recoil_energy, recoil_range, retained_from_surface, retained_from_volume
from ferrotope.result.records import Notice, Record
from ferrotope.units.constants import MEV

__all__ = ["recoil_records"]

_LEAST_ALPHAS = 0.01  # per decay of the member: rarer branches are left out


def recoil_records(
    nuclide: Any, core_diameter: float | None, core_material: Material | None
) -> tuple[tuple[Record, ...], tuple[Notice, ...]]:
    """Return recoil energy, range and retention for every alpha emitter of the label's chain.

    Parameters
    ----------
    nuclide : Nuclide
        The label.
    core_diameter : float or None
        m.
    core_material : Material or None
        Magnetite where None.

    Returns
    -------
    tuple
        Records and notices; both empty for a chain without alphas.
    """
    emitters = [(member, *alphas) for member in nuclide.members() if (alphas := _alphas(member)) is not None]
    if not emitters:
        return (), ()
    formula, density = ("Fe3O4", 5170.0) if core_material is None else (core_material.formula, core_material.density.si)
    target = {
        (SYMBOLS.index(symbol) + 1, ATOMIC_WEIGHTS[symbol]): atoms for symbol, atoms in composition(formula).items()
    }
    records: list[Record] = []
    notices = [
        Notice(
            level="assumption",
            text="daughters of alpha decay: retention in the core is that by stopping alone; re-implantation in "
            "aggregates and re-sorption raise it, the broken chelate lowers it, so it is neither bound",
        )
    ]
    if core_material is None:
        notices.append(Notice(level="assumption", text="recoil ranges are those in magnetite"))
    if core_diameter is None:
        notices.append(Notice(level="absent", text="retention of recoiling daughters: needs the core diameter"))
    for member, energy, share in emitters:
        Z, A = member.atomic_number, member.mass_number
        daughter = f"{SYMBOLS[Z - 3]}-{A - 4}"
        recoil = float(recoil_energy(energy, A))
        reach = recoil_range(recoil, (Z - 2, float(A - 4)), target, density)
        records.append(
            Record(
                path=f"radiochemistry.recoil_energy.{daughter}",
                value=1e3 * recoil / MEV,
                unit="keV",
                title=f"recoil energy of {daughter} from {member.name} ({share:.3g} per decay)",
                method="conservation of momentum",
            )
        )
        records.append(
            Record(
                path=f"radiochemistry.recoil_range.{daughter}",
                value=1e9 * reach,
                unit="nm",
                title=f"range of {daughter} in {formula}",
                method="ZBL nuclear and LSS electronic stopping, +/- 20 %",
                sources=("doi:10.1103/PhysRev.124.128",),
            )
        )
        if core_diameter is None:
            continue
        for place, retained, where in (
            ("volume", retained_from_volume, "in"),
            ("surface", retained_from_surface, "on the surface of"),
        ):
            records.append(
                Record(
                    path=f"radiochemistry.recoil_retention.{place}.{daughter}",
                    value=float(retained(reach, 0.5 * core_diameter)),
                    unit="1",
                    title=f"{daughter} that stops in a core of {1e9 * core_diameter:.3g} nm when {member.name} "
                    f"is {where} it",
                    method="straight path of fixed length in a sphere",
                )
            )
    return tuple(records), tuple(notices)


def _alphas(member: Any) -> tuple[float, float] | None:
    """Mean alpha energy (J) and alphas per decay of a nuclide; None where there are hardly any."""
    lines = member.emissions("alpha")
    share = sum(line.intensity for line in lines)
    if share < _LEAST_ALPHAS:
        return None
    return sum(line.energy * line.intensity for line in lines) / share, min(share, 1.0)
