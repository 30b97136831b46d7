"""The subject: species, anatomy, tissues and tumour."""

from ferrotope.subject.nouns import Organ, Subject, Tissue, Tumour, species_names

__all__ = ["Organ", "Subject", "Tissue", "Tumour", "species_names"]
