"""Energy spectra of beta decay, as sums over energy need them; computed in the room of the nuclides."""

from ferrotope.nuclides.beta import beta_energy_spectrum, fermi_function

__all__ = ["beta_energy_spectrum", "fermi_function"]
