"""References as data, and BibTeX of what a result used."""

from ferrotope.sources.references import bibtex, reference

__all__ = ["bibtex", "reference"]
