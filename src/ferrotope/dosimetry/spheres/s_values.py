"""S values of uniform spheres."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.dosimetry.spheres.decay_energy import RADIATIONS, absorbed_energy
from ferrotope.dosimetry.spheres.straight_tracks import sphere_mass
from ferrotope.nuclides import Nuclide, chain_weights
from ferrotope.units.checks import positive

__all__ = ["sphere_s_value"]


def sphere_s_value(
    nuclide: Nuclide | str,
    radius: ArrayLike,
    density: ArrayLike = 1000.0,
    *,
    daughters: str | Mapping[str, float] | None = None,
    radiation: str | None = None,
) -> NDArray[np.float64]:
    """Return the dose to a uniform sphere per decay of a nuclide spread through it.

    Parameters
    ----------
    nuclide : Nuclide or str
        The parent.
    radius : float or ndarray
        Of the sphere, m.
    density : float or ndarray
        Of sphere and surroundings, kg/m3.
    daughters : str or mapping of str to float, optional
        As of `ferrotope.nuclides.chain_weights`: "prompt", "equilibrium", or decays per decay of the parent by name.
    radiation : str, optional
        One radiation; the sum of all by default.

    Returns
    -------
    float or ndarray
        S in Gy/(Bq s) of the parent, the broadcast shape of radius and density.

    Raises
    ------
    InputError
        If the nuclide or the radiation is unknown, a number is not positive, or the daughters have to be chosen.

    Notes
    -----
    Electrons by point kernels, alphas by straight tracks, photons by mu_en without build-up
    (`photon_absorbed_fraction` has the error), recoils where they start. Below 1 micrometre of water the absorbed
    fraction of 1 micrometre is taken.

    Examples
    --------
    >>> f"{sphere_s_value('Y-90', 0.01):.3g}"  # of 4.2 g
    '2.87e-11'
    """
    parent = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    radius, density = positive("radius", radius, "m"), positive("density", density, "kg/m3")
    if radiation is None:
        chosen = slice(None)
    else:
        parent.emissions(radiation)  # refuses what is no radiation
        chosen = slice(RADIATIONS.index(radiation), RADIATIONS.index(radiation) + 1)
    energy = sum(
        decays * absorbed_energy(name, radius * density)[..., chosen].sum(axis=-1)
        for name, decays in chain_weights(parent, daughters).items()
    )
    return (energy / sphere_mass(radius, density))[()]
