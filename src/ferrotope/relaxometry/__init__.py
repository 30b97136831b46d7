"""Relaxometry: r1, r2 and r2* of a particle, by formula and by Monte Carlo."""

from ferrotope.relaxometry.dephasing import r2_echo_train, r2_spin_echo, r2star_dephasing
from ferrotope.relaxometry.outer_sphere import roch
from ferrotope.relaxometry.regimes import (
    r2_motional_averaging,
    r2_partial_refocusing,
    r2star_static_dephasing,
    water_diffusion,
)
from ferrotope.relaxometry.relaxivities import CLUSTERS, Relaxivities, relaxivities
from ferrotope.relaxometry.simulate import SimulatedRelaxation, periodic_cell_deficit, random_cluster, simulate_r2

__all__ = [
    "CLUSTERS",
    "Relaxivities",
    "SimulatedRelaxation",
    "periodic_cell_deficit",
    "r2_echo_train",
    "r2_motional_averaging",
    "r2_partial_refocusing",
    "r2_spin_echo",
    "r2star_dephasing",
    "r2star_static_dephasing",
    "random_cluster",
    "relaxivities",
    "roch",
    "simulate_r2",
    "water_diffusion",
]
