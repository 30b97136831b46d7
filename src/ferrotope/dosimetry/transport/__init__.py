"""Monte Carlo transport of electrons, positrons and photons through shells and voxels."""

from ferrotope.dosimetry.transport.geometry import Shells, Voxels
from ferrotope.dosimetry.transport.simulate import Transport, simulate
from ferrotope.dosimetry.transport.sources import Ball, Point, Radiation, VoxelMap, emitted_radiations

__all__ = ["Ball", "Point", "Radiation", "Shells", "Transport", "VoxelMap", "Voxels", "emitted_radiations", "simulate"]
