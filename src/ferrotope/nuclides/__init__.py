"""Radionuclides: half-lives, emissions, mean energies per decay, decay chains and the decay of inventories."""

from ferrotope.nuclides.daughters import chain_weights
from ferrotope.nuclides.decay import Decayed, chain_energies, cumulated_decays, decay
from ferrotope.nuclides.emissions import RADIATIONS, Emission
from ferrotope.nuclides.names import is_stable, parse_name
from ferrotope.nuclides.nuclide import BetaSpectrum, ChainLink, Nuclide, known_nuclides

__all__ = [
    "RADIATIONS",
    "BetaSpectrum",
    "ChainLink",
    "Decayed",
    "Emission",
    "Nuclide",
    "chain_energies",
    "chain_weights",
    "cumulated_decays",
    "decay",
    "is_stable",
    "known_nuclides",
    "parse_name",
]
