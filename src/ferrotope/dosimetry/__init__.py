"""Absorbed dose from radionuclides: spheres, cells, voxels and organs, by kernels and by transport of our own."""

from importlib import import_module
from typing import Any

from ferrotope.dosimetry.matter.energy_absorption import mass_energy_absorption_coefficient
from ferrotope.dosimetry.matter.ranges import (
    alpha_csda_range,
    cole_range,
    electron_csda_range,
    electron_energy_from_range,
)
from ferrotope.dosimetry.organs.chains import (
    Member,
    activity_weights,
    dose_rate_curves,
    grown_activities,
    members_of_chain,
)
from ferrotope.dosimetry.organs.daughters import daughter_activity, integrate_curve
from ferrotope.dosimetry.organs.dose import absorbed_dose, dose_rate, mass_scaled_s_value, s_value
from ferrotope.dosimetry.organs.extrapolation import metabolic_time, relative_mass_coefficient
from ferrotope.dosimetry.organs.human import Extrapolation, extrapolate_to_human
from ferrotope.dosimetry.organs.self_doses import LOCAL_EQUILIBRIUM, Doses, self_doses
from ferrotope.dosimetry.spheres.decay_energy import Link, absorbed_energy, emitted_energy, family, line_spectrum
from ferrotope.dosimetry.spheres.electrons import (
    electron_absorbed_fraction,
    point_kernel_absorbed_fraction,
    scaled_point_kernel,
)
from ferrotope.dosimetry.spheres.photons import photon_absorbed_fraction, sphere_absorption
from ferrotope.dosimetry.spheres.straight_tracks import (
    alpha_absorbed_fraction,
    chord_weight,
    constant_let_absorbed_fraction,
    sphere_mass,
    sphere_radius,
    straight_track_electron_absorbed_fraction,
)
from ferrotope.nuclides.beta import beta_energy_spectrum, fermi_function

# Transport and kernels load compilers and tables: only who uses them pays.
_LAZY = {
    "CellSValues": "cells.s_values",
    "ClusterDose": "cells.clusters",
    "DoseVolume": "voxels.volume_histogram",
    "Medium": "matter.media",
    "NucleusHits": "cells.microdosimetry",
    "PointKernel": "kernels.point_kernels",
    "VoxelDose": "voxels.convolution",
    "VoxelSValues": "voxels.s_values",
    "cell_cluster_dose": "cells.clusters",
    "cell_s_values": "cells.s_values",
    "dose_volume": "voxels.volume_histogram",
    "mass_attenuation_coefficient": "matter.attenuation",
    "mass_energy_transfer_coefficient": "matter.attenuation",
    "medium": "matter.media",
    "nucleus_hits": "cells.microdosimetry",
    "organ_s_values": "organs.s_values",
    "partial_attenuation_coefficients": "matter.attenuation",
    "point_kernel": "kernels.point_kernels",
    "recoil_range": "cells.core_absorption",
    "retained_daughters": "cells.microdosimetry",
    "sphere_s_value": "spheres.s_values",
    "self_absorption": "cells.core_absorption",
    "voxel_dose": "voxels.convolution",
    "voxel_s_values": "voxels.s_values",
}

__all__ = [
    "LOCAL_EQUILIBRIUM",
    "Doses",
    "Extrapolation",
    "Link",
    "Member",
    "absorbed_dose",
    "absorbed_energy",
    "activity_weights",
    "alpha_absorbed_fraction",
    "alpha_csda_range",
    "beta_energy_spectrum",
    "chord_weight",
    "cole_range",
    "constant_let_absorbed_fraction",
    "daughter_activity",
    "dose_rate",
    "dose_rate_curves",
    "electron_absorbed_fraction",
    "electron_csda_range",
    "electron_energy_from_range",
    "emitted_energy",
    "extrapolate_to_human",
    "family",
    "fermi_function",
    "grown_activities",
    "integrate_curve",
    "line_spectrum",
    "mass_energy_absorption_coefficient",
    "mass_scaled_s_value",
    "members_of_chain",
    "metabolic_time",
    "photon_absorbed_fraction",
    "point_kernel_absorbed_fraction",
    "relative_mass_coefficient",
    "s_value",
    "scaled_point_kernel",
    "self_doses",
    "sphere_absorption",
    "sphere_mass",
    "sphere_radius",
    "straight_track_electron_absorbed_fraction",
    *_LAZY,
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
