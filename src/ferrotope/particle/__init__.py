"""The particle: its parts, its materials and its arithmetic."""

from ferrotope.particle.arithmetic import Arithmetic, arithmetic
from ferrotope.particle.materials import Material, material_names
from ferrotope.particle.nouns import Coating, Core, Label, Ligand, Particle, Shell, Stability
from ferrotope.particle.sizes import magnetic_share, volume_weighted_sizes

__all__ = [
    "Arithmetic",
    "Coating",
    "Core",
    "Label",
    "Ligand",
    "Material",
    "Particle",
    "Shell",
    "Stability",
    "arithmetic",
    "magnetic_share",
    "material_names",
    "volume_weighted_sizes",
]
