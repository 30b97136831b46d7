"""Radiochemistry: how much label a particle carries, and how long it stays on."""

from ferrotope.radiochemistry.activity import (
    activity_per_iron,
    apparent_molar_activity,
    atoms_per_particle,
    carrier_free_molar_activity,
    chelators_per_particle,
    decay_constant,
    decay_factor,
    hot_fraction,
    mean_atoms_of_hot,
    nuclide_atoms,
    occupied_chelators,
    radiochemical_yield,
)
from ferrotope.radiochemistry.click import click_conversion
from ferrotope.radiochemistry.detachment import (
    bound_activity,
    decays_on_particle,
    detached_fraction,
    detachment_rate_from_assay,
    free_activity,
)
from ferrotope.radiochemistry.label_state import LabelState, label_state
from ferrotope.radiochemistry.radiolysis import radical_production_rate, vial_dose_rate
from ferrotope.radiochemistry.recoil import recoil_energy, recoil_range, retained_from_surface, retained_from_volume

__all__ = [
    "LabelState",
    "activity_per_iron",
    "apparent_molar_activity",
    "atoms_per_particle",
    "bound_activity",
    "carrier_free_molar_activity",
    "chelators_per_particle",
    "click_conversion",
    "decay_constant",
    "decay_factor",
    "decays_on_particle",
    "detached_fraction",
    "detachment_rate_from_assay",
    "free_activity",
    "hot_fraction",
    "label_state",
    "mean_atoms_of_hot",
    "nuclide_atoms",
    "occupied_chelators",
    "radical_production_rate",
    "radiochemical_yield",
    "recoil_energy",
    "recoil_range",
    "retained_from_surface",
    "retained_from_volume",
    "vial_dose_rate",
]
