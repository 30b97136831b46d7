"""Imaging: what MRI, PET and SPECT would see, and images of activity from files."""

from importlib import import_module
from typing import Any

from ferrotope.imaging.acquire import Images, acquire
from ferrotope.imaging.mpi import langevin_derivative, x_space_resolution
from ferrotope.imaging.mri import (
    bssfp_signal,
    contrast_to_noise_ratio,
    ernst_angle,
    iron_concentration,
    liver_iron_from_r2star,
    r2star_saturation_concentration,
    relative_signal_change,
    relaxation_rate,
    sphere_field_shift,
    spin_echo_signal,
    spoiled_gradient_echo_signal,
    transverse_signal_loss,
)
from ferrotope.imaging.nuclear import (
    apparent_concentration,
    central_recovery_coefficient,
    contrast_to_background,
    detected_counts,
    mean_recovery_coefficient,
    noise_equivalent_counts,
    relative_standard_deviation,
    standardised_uptake_value,
)

# File formats and units of text: only who reads files pays.
_LAZY = {
    "ActivityImage": "image_files",
    "DicomSeries": "dicom_series",
    "Grid": "image_grid",
    "NiftiFile": "nifti",
    "injection_moment": "dicom_tags",
    "open_dicom": "dicom_series",
    "open_image": "image_files",
    "open_nifti": "nifti",
    "read_labels": "image_masks",
    "write_nifti": "nifti",
    "write_rt_dose": "rt_dose",
}

__all__ = [
    "Images",
    "acquire",
    "apparent_concentration",
    "bssfp_signal",
    "central_recovery_coefficient",
    "contrast_to_background",
    "contrast_to_noise_ratio",
    "detected_counts",
    "ernst_angle",
    "iron_concentration",
    "langevin_derivative",
    "liver_iron_from_r2star",
    "mean_recovery_coefficient",
    "noise_equivalent_counts",
    "r2star_saturation_concentration",
    "relative_signal_change",
    "relative_standard_deviation",
    "relaxation_rate",
    "sphere_field_shift",
    "spin_echo_signal",
    "spoiled_gradient_echo_signal",
    "standardised_uptake_value",
    "transverse_signal_loss",
    "x_space_resolution",
    *_LAZY,
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
