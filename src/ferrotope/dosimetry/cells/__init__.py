"""Dose to cells and their nuclei, alone and among others, and what the core of a particle keeps."""
