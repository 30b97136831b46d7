"""Radiobiology: effect of protracted dose, tumour control and complication, kill by heat, published limits."""

from ferrotope.radiobiology.control import geud, ntcp_lkb, tcp
from ferrotope.radiobiology.effect import Effect, effect
from ferrotope.radiobiology.heat_damage import cem43, heat_survival
from ferrotope.radiobiology.limits import Limit, limits
from ferrotope.radiobiology.linear_quadratic import bed, dose_of_bed, eqd, protraction_factor
from ferrotope.radiobiology.protraction import protraction_of_curve

__all__ = [
    "Effect",
    "Limit",
    "bed",
    "cem43",
    "dose_of_bed",
    "effect",
    "eqd",
    "geud",
    "heat_survival",
    "limits",
    "ntcp_lkb",
    "protraction_factor",
    "protraction_of_curve",
    "tcp",
]
