"""The subject: species, anatomy, tissues and tumour."""

from ferrotope.subject.nouns import Organ, Subject, Tissue, Tumour, species_names
from ferrotope.subject.organs import canonical_organ

__all__ = ["Organ", "Subject", "Tissue", "Tumour", "canonical_organ", "species_names"]
