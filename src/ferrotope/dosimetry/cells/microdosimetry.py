"""Microdosimetry of alpha particles in a cell nucleus: hits, specific energy, survival.

Terms of ICRU Report 36 (1983) and of J. C. Roeske and T. G. Stinchcomb, J Nucl Med 38 (1997) 1923: a hit (single event)
is one alpha particle that deposits energy in the nucleus, z its specific energy there, f1(z) the spectrum of hits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.dosimetry.cells.geometry import Region, cell_regions, region_mass
from ferrotope.dosimetry.matter.media import WATER_DENSITY
from ferrotope.dosimetry.matter.ranges import alpha_csda_range
from ferrotope.errors import InputError, nearest
from ferrotope.nuclides import Nuclide, chain_weights
from ferrotope.nuclides.names import parse_name
from ferrotope.units.checks import between, not_negative, positive
from ferrotope.units.constants import MEV

__all__ = ["NucleusHits", "chords", "nucleus_hits", "retained_daughters"]

# Alpha energy over range (kg/m2), for residual ranges.
_TABLE = np.concatenate([[0.0], np.geomspace(1e-4, 10.0, 1500)]) * MEV
_REACH = np.concatenate([[0.0], alpha_csda_range(_TABLE[1:])])
_BINS = 400


@dataclass(frozen=True, eq=False, kw_only=True)
class NucleusHits:
    """Hits of alpha particles on a cell nucleus.

    Attributes
    ----------
    nuclide, source : str
        What decays, and where.
    hits_per_decay : float
        Mean number of hits per decay of the nuclide in the source, with those of its daughters.
    frequency_mean : float
        Mean specific energy of a hit, z1 or zF (Gy).
    dose_mean : float
        Dose-weighted mean specific energy of a hit, zD = <z^2>/<z> (Gy).
    edges : array, shape (n + 1,)
        Specific energies (Gy).
    probability : array, shape (n,)
        Probability that a hit has a specific energy between these edges; the sum is 1 where there are hits.
    source_volume : float
        Volume of the source (m3), 0 for a surface. For "medium" the volume from which an alpha particle can reach the
        nucleus: decays per volume of the medium times this volume are the decays that count.
    nucleus_mass : float
        Mass of the nucleus (kg).
    decays : dict of str to float
        Decays of each member of the chain per decay of the nuclide.
    """

    nuclide: str
    source: str
    hits_per_decay: float
    frequency_mean: float
    dose_mean: float
    edges: NDArray[np.float64]
    probability: NDArray[np.float64]
    source_volume: float
    nucleus_mass: float
    decays: dict[str, float] = field(default_factory=dict)

    @property
    def f1(self) -> NDArray[np.float64]:
        """Density of the specific energy of a single event (1/Gy), shape (n,)."""
        return self.probability / np.diff(self.edges)

    @property
    def s_value(self) -> float:
        """Mean dose to the nucleus per decay in the source (Gy/(Bq s)), from alpha particles alone."""
        return self.hits_per_decay * self.frequency_mean

    def mean_hits(self, decays: ArrayLike) -> NDArray[np.float64]:
        """Mean number of hits.

        Parameters
        ----------
        decays : float or array
            Decays of the nuclide in the source (Bq s).

        Returns
        -------
        float or array
            <n>, the shape of `decays`.
        """
        return (not_negative("decays", decays, "Bq s") * self.hits_per_decay)[()]

    def hit_probabilities(self, decays: float, most: int = 20) -> NDArray[np.float64]:
        """Probability of a number of hits: the distribution of Poisson.

        Parameters
        ----------
        decays : float
            Decays of the nuclide in the source (Bq s).
        most : int
            Largest number of hits.

        Returns
        -------
        array, shape (most + 1,)
            Probability of 0, 1, ..., `most` hits.
        """
        mean = float(self.mean_hits(decays))
        number = np.arange(int(between("most", most, 0, 1e6)) + 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.log(mean) - np.log(number[1:])
        return np.exp(np.concatenate([[0.0], np.cumsum(steps)]) - mean)

    def survival(self, decays: ArrayLike, z0: float) -> NDArray[np.float64]:
        """Surviving fraction of cells.

        S = exp(-<n> (1 - int f1(z) exp(-z/z0) dz)): a cell with specific energy z survives with exp(-z/z0).

        Parameters
        ----------
        decays : float or array
            Decays of the nuclide in the source of each cell (Bq s).
        z0 : float
            Specific energy to the nucleus that a cell survives with the probability 1/e (Gy).

        Returns
        -------
        float or array
            Surviving fraction, the shape of `decays`.

        Notes
        -----
        Source: T. G. Stinchcomb and J. C. Roeske, Med Phys 19 (1992) 1385, and Roeske and Stinchcomb (1997), recalled,
        not re-read; it follows from a number of hits after Poisson and independent hits. Equal activity in all cells.
        """
        z0 = float(positive("z0", z0, "Gy"))
        middle = 0.5 * (self.edges[1:] + self.edges[:-1])
        killed = float(self.probability @ -np.expm1(-middle / z0))
        return np.exp(-self.mean_hits(decays) * killed)[()]

    def specific_energy_distribution(self, decays: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Distribution of the specific energy over cells, from any number of hits.

        Parameters
        ----------
        decays : float
            Decays of the nuclide in the source (Bq s).

        Returns
        -------
        specific_energy, probability : array, shape (m,)
            Specific energies in equal steps from 0 (Gy), and probabilities, the first of which holds the cells without
            a hit. The sum is 1, the mean <n> z1 and the variance <n> z1 zD, within the width of a step.

        Raises
        ------
        InputError
            If there are over 5000 hits on average, where the distribution is normal.
        """
        mean = float(between("mean hits", self.mean_hits(decays), 0.0, 5e3))
        step = 0.5 * (self.edges[1] - self.edges[0])
        most = mean + 10.0 * np.sqrt(mean) + 10.0
        size = int(2 ** np.ceil(np.log2(2.0 * most * self.probability.size)))
        single = np.zeros(size)
        single[1 : 2 * self.probability.size : 2] = self.probability  # a hit lies in the middle of its bin
        several = np.fft.irfft(np.exp(mean * (np.fft.rfft(single) - 1.0)), size)
        return step * np.arange(size), np.maximum(several, 0.0)


def nucleus_hits(
    nuclide: Nuclide | str,
    cell_radius: float,
    nucleus_radius: float,
    source: str,
    *,
    daughters: str | Mapping[str, float] | None = None,
    density: float = WATER_DENSITY,
    endosomes: Region | None = None,
    points: int = 160,
) -> NucleusHits:
    """Single-event microdosimetry of a spherical cell nucleus for alpha particles.

    Parameters
    ----------
    nuclide : Nuclide or str
        What decays.
    cell_radius, nucleus_radius : float
        Radii of the cell and of its concentric nucleus (m).
    source : str
        N, Cy, CS, C or En as in `cell_regions`, or "medium": uniform activity all around the cell.
    daughters : "prompt", "equilibrium" or mapping of str to float, optional
        Which daughters decay in the source, and how often: see `nuclides.chain_weights`, and `retained_daughters`.
    density : float
        Density of the cell and its surroundings (kg/m3).
    endosomes : (float, float), optional
        Radii of the shell of endosomes (m), for the source En.
    points : int
        Start radii, and directions for each of them: the rule is deterministic.

    Returns
    -------
    NucleusHits

    Raises
    ------
    InputError
        If nothing that decays emits alpha particles, or a name or a size is not possible.

    Notes
    -----
    Straight tracks that lose energy continuously, by the residual ranges of ICRU Report 90; without straggling, delta
    rays (which carry up to 0.1 micrometre out of the nucleus) and recoil nuclei. Every alpha particle is a hit of its
    own, also where two of a chain follow each other within a second.

    Examples
    --------
    >>> hits = nucleus_hits("At-211", 6e-6, 4e-6, "CS", daughters="equilibrium")
    >>> round(hits.hits_per_decay, 3), round(hits.frequency_mean, 2)
    (0.127, 0.23)
    """
    nuclide = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    regions = cell_regions(cell_radius, nucleus_radius, endosomes)
    density = float(positive("density", density, "kg/m3"))
    points = int(between("points", points, 8, 2000))
    decays = chain_weights(nuclide, daughters)
    lines = [(line, number) for name, number in decays.items() for line in Nuclide(name).emissions("alpha")]
    if not lines:
        emitters = ", ".join(member.name for member in nuclide.members() if member.emissions("alpha"))
        remedy = f"daughters that do: {emitters}" if emitters else "name an alpha emitter"
        raise InputError("nothing here emits alpha particles", field="nuclide", value=nuclide.name, remedy=remedy)
    energy = np.minimum([line.energy for line, _ in lines], _TABLE[-1])
    number = np.array([line.intensity * decays_of for line, decays_of in lines])
    full = np.interp(energy, _TABLE, _REACH)
    radius, mass = regions["N"][1], region_mass(regions["N"], density)
    regions["medium"] = (cell_radius, max(cell_radius, radius + full.max() / density) * (1 + 1e-9))
    if source not in regions:
        raise InputError("this source is not known", field="source", value=source, remedy=nearest(source, regions))
    enters, leaves, weight = chords(regions[source], radius, points)
    left = full[:, None] - density * np.stack([enters, leaves])[:, None, :]
    deposit = -np.diff(np.interp(left, _REACH, _TABLE), axis=0)[0] / mass
    share = np.where(deposit > 0.0, number[:, None] * weight, 0.0)
    hits = float(share.sum())
    first, second = float((share * deposit).sum()), float((share * deposit**2).sum())
    top = float(deposit.max()) * (1 + 1e-9) or 1.0
    counts, edges = np.histogram(deposit, _BINS, (0.0, top), weights=share)
    return NucleusHits(
        nuclide=nuclide.name,
        source=source,
        hits_per_decay=hits,
        frequency_mean=first / hits if hits else 0.0,
        dose_mean=second / first if hits else 0.0,
        edges=edges,
        probability=counts / hits if hits else counts,
        source_volume=region_mass(regions[source], 1.0),
        nucleus_mass=mass,
        decays=decays,
    )


def chords(
    source: Region, radius: float, points: int = 160
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Where straight tracks from a concentric source enter and leave a ball.

    Parameters
    ----------
    source : (float, float)
        Inner and outer radius (m) of the source.
    radius : float
        Radius of the ball (m).
    points : int
        Start radii, and directions for each of them.

    Returns
    -------
    enters, leaves : array, shape (points^2,)
        Distances from the start at which tracks enter (0 from inside) and leave (m).
    weight : array, shape (points^2,)
        Probability of each, per emission; the sum is the probability that a straight line meets the ball.
    """
    share = (np.arange(points) + 0.5) / points
    inner, outer = source
    # Start radii are the means of equal volumes; a ball that lies in the source cuts the volumes at its surface.
    cuts = [inner, radius, outer] if inner < radius < outer else [inner, outer]
    starts, volumes = [], []
    for low, high in pairwise(cuts):
        part = (high**3 - low**3) / (outer**3 - inner**3) if outer > inner else 1.0
        starts.append(np.cbrt(low**3 + (high**3 - low**3) * share))
        volumes.append(np.full(points, part / points))
    start, volume = np.concatenate(starts)[:, None], np.concatenate(volumes)[:, None]
    inside = start < radius * (1.0 - 1e-12)
    # cos of the angle between the track and the way to the centre, from where the track meets the ball
    least = np.where(inside, -1.0, np.sqrt(np.maximum(1.0 - (radius / start) ** 2, 0.0)))
    cosine = least + (1.0 - least) * share
    weight = volume * 0.5 * (1.0 - least) / points * np.ones(points)
    half = np.sqrt(np.maximum(radius**2 - start**2 * (1.0 - cosine**2), 0.0))
    enters = np.where(inside, 0.0, start * cosine - half)
    return enters.ravel(), (start * cosine + half).ravel(), weight.ravel()


def retained_daughters(nuclide: Nuclide | str, retained_fraction: float | Mapping[str, float]) -> dict[str, float]:
    """Decays of the daughters that stay where the nuclide is.

    Parameters
    ----------
    nuclide : Nuclide or str
        The parent.
    retained_fraction : float or mapping of str to float
        Fraction of the atoms made by alpha decay that stay in spite of their recoil: one number for every alpha decay,
        or by daughter (1 for those that are not named). A daughter that has gone takes those after it along.

    Returns
    -------
    dict of str to float
        Decays of each daughter per decay of the parent, for the argument `daughters` of `nucleus_hits`,
        `cell_s_values` and their like. Daughters that live over ten half-lives of the parent, and what follows them,
        have 0 decays.

    Raises
    ------
    InputError
        If a fraction is not between 0 and 1 or its name is no daughter.

    Examples
    --------
    >>> retained_daughters("Ac-225", 0.5)["At-217"]
    0.25
    """
    nuclide = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    whole = chain_weights(nuclide, "equilibrium")
    daughters = [member.name for member in nuclide.members()[1:]]
    named, every = {}, 1.0
    if isinstance(retained_fraction, Mapping):
        named = {parse_name(name): fraction for name, fraction in retained_fraction.items()}
    else:
        every = float(between("retained_fraction", retained_fraction, 0.0, 1.0))
    for name, fraction in named.items():
        if name not in daughters:
            raise InputError(
                f"{name} is no radioactive daughter of {nuclide.name}",
                field="retained_fraction",
                value=name,
                remedy=nearest(name, daughters) if daughters else "it has none",
            )
        between(f"retained_fraction.{name}", fraction, 0.0, 1.0)
    stay = {nuclide.name: 1.0}
    for name in daughters:
        total = 0.0
        for link in nuclide.chain():
            if link.nuclide != name or name not in whole:
                continue
            recoils = Nuclide(link.parent).mass_number - Nuclide(name).mass_number == 4
            total += link.branching * stay.get(link.parent, 0.0) * (named.get(name, every) if recoils else 1.0)
        stay[name] = total
    return {name: stay[name] for name in daughters}
