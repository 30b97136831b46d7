"""Biokinetics: from a measured biodistribution to activity and iron in every organ."""

from __future__ import annotations

from ferrotope.biokinetics.activity import (
    OrganActivity,
    iron_concentration,
    organ_activity,
    time_integrated_activity_coefficient,
)
from ferrotope.biokinetics.checks import check_recovery, constant_ratios, late_half_lives, late_slope_warnings, recovery
from ferrotope.biokinetics.distribute import Kinetics, distribute, retain
from ferrotope.biokinetics.nouns import Biodistribution, Reading, masses_of_organs
from ferrotope.biokinetics.read import read_table
from ferrotope.biokinetics.retention import Retention, fit_retention, retentions
from ferrotope.biokinetics.table import BiodistributionTable

__all__ = [
    "Biodistribution",
    "BiodistributionTable",
    "Kinetics",
    "OrganActivity",
    "Reading",
    "Retention",
    "check_recovery",
    "constant_ratios",
    "distribute",
    "fit_retention",
    "iron_concentration",
    "late_half_lives",
    "late_slope_warnings",
    "masses_of_organs",
    "organ_activity",
    "read_table",
    "recovery",
    "retain",
    "retentions",
    "time_integrated_activity_coefficient",
]
