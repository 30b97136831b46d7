"""Dose of maps of activity, voxel by voxel."""
