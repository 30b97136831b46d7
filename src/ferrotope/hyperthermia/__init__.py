"""Hyperthermia: temperature of tissue with particles in an alternating field, and the limits of that field."""

from ferrotope.hyperthermia.heat import Heat, heat
from ferrotope.hyperthermia.limits import (
    brezovich_limit,
    eddy_current_electric_field,
    eddy_current_power_density,
    field_frequency_product,
    hergt_dutz_limit,
)
from ferrotope.hyperthermia.power import (
    iron_concentration_needed,
    specific_absorption_rate,
    temperature_percentile_radius,
    volumetric_power,
)
from ferrotope.hyperthermia.sphere import mean_temperature_rise, perfusion_cooling, steady_temperature_rise
from ferrotope.hyperthermia.transient import (
    heating_and_cooling,
    temperature_rise,
    unperfused_centre_temperature_rise,
)

__all__ = [
    "Heat",
    "brezovich_limit",
    "eddy_current_electric_field",
    "eddy_current_power_density",
    "field_frequency_product",
    "heat",
    "heating_and_cooling",
    "hergt_dutz_limit",
    "iron_concentration_needed",
    "mean_temperature_rise",
    "perfusion_cooling",
    "specific_absorption_rate",
    "steady_temperature_rise",
    "temperature_percentile_radius",
    "temperature_rise",
    "unperfused_centre_temperature_rise",
    "volumetric_power",
]
