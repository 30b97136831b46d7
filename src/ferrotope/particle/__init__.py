"""The particle: its parts, its materials and its arithmetic."""

from ferrotope.particle.arithmetic import Arithmetic, arithmetic
from ferrotope.particle.materials import Material, material_names
from ferrotope.particle.nouns import Coating, Core, Label, Ligand, Particle, Shell, Stability

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
    "material_names",
]
