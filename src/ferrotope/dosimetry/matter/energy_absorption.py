"""Mass energy-absorption coefficients of liquid water and of other media."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.dosimetry.matter.attenuation import tabulated_energy_absorption
from ferrotope.dosimetry.matter.media import Medium
from ferrotope.errors import ValidityError
from ferrotope.units.constants import MEV

__all__ = ["mass_energy_absorption_coefficient"]

# Liquid water: photon energy (MeV), mu_en/rho (cm2/g). Source: J. H. Hubbell and S. M. Seltzer, NIST Standard
# Reference Database 126 (NISTIR 5632), table 4, doi:10.18434/T4D01F.
_MU_EN = np.array(
    [
        (1e-3, 4065.0), (1.5e-3, 1372.0), (2e-3, 615.2), (3e-3, 191.7), (4e-3, 81.91), (5e-3, 41.88), (6e-3, 24.05),
        (8e-3, 9.915), (0.01, 4.944), (0.015, 1.374), (0.02, 0.5503), (0.03, 0.1557), (0.04, 0.06947),
        (0.05, 0.04223), (0.06, 0.03190), (0.08, 0.02597), (0.1, 0.02546), (0.15, 0.02764), (0.2, 0.02967),
        (0.3, 0.03192), (0.4, 0.03279), (0.5, 0.03299), (0.6, 0.03284), (0.8, 0.03206), (1.0, 0.03103),
        (1.25, 0.02965), (1.5, 0.02833), (2.0, 0.02608), (3.0, 0.02281), (4.0, 0.02066), (5.0, 0.01915),
        (6.0, 0.01806), (8.0, 0.01658), (10.0, 0.01566), (15.0, 0.01441), (20.0, 0.01382),
    ]
)  # fmt: skip
_LOG_ENERGY, _LOG_MU_EN = np.log(_MU_EN[:, 0] * MEV), np.log(_MU_EN[:, 1] * 0.1)  # cm2/g -> m2/kg
_LOWEST, _HIGHEST = 1e-3 * MEV, 20.0 * MEV


def mass_energy_absorption_coefficient(energy: ArrayLike, substance: Medium | str = "water") -> NDArray[np.float64]:
    """Mass energy-absorption coefficient mu_en/rho of liquid water or another medium.

    Parameters
    ----------
    energy : float or array
        Photon energy (J), above 0, at most 20 MeV.
    substance : Medium or str
        Medium or the name of one, such as "soft_tissue", "bone", "lung", "magnetite" or "gold".

    Returns
    -------
    float or array
        Coefficient (m2/kg), the shape of `energy`.

    Raises
    ------
    ValidityError
        If an energy is not positive or is above 20 MeV.
    InputError
        If the medium is not known.

    Notes
    -----
    Water by its own NIST table, log-log interpolation; other media by `attenuation.tabulated_energy_absorption`. Below
    1 keV, where the tables end, the value at 1 keV scaled with E^-3 and held below 100 eV: such photons are absorbed
    within micrometres.
    """
    energy = np.asarray(energy, dtype=float)
    if not (np.all(energy > 0) and np.all(energy <= _HIGHEST * (1 + 1e-9))):
        worst = float(np.max(energy) if np.any(energy > _HIGHEST) else np.min(energy))
        raise ValidityError(
            "the absorption of photons of this energy is not tabulated",
            field="energy",
            value=f"{worst / MEV:.4g} MeV",
            allowed="above 0, at most 20 MeV",
        )
    if substance == "water":
        table = np.exp(np.interp(np.log(energy), _LOG_ENERGY, _LOG_MU_EN))
    else:
        table = tabulated_energy_absorption(np.clip(energy, _LOWEST, _HIGHEST), substance)
    below = np.clip(energy / _LOWEST, 0.1, 1.0) ** -3
    return (table * below)[()]
