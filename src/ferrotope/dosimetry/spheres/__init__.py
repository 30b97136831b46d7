"""Energy that a uniform sphere absorbs of what is emitted inside it."""
