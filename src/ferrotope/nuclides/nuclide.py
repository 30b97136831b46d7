"""A radionuclide: half-life, emissions, mean energies per decay and decay chain."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ferrotope.errors import InputError, nearest
from ferrotope.nuclides import data
from ferrotope.nuclides.beta import branch_spectrum
from ferrotope.nuclides.emissions import RADIATIONS, Emission, all_emissions
from ferrotope.nuclides.names import atomic_number, is_stable, parse_name
from ferrotope.units.constants import AVOGADRO

__all__ = ["RADIATIONS", "BetaSpectrum", "ChainLink", "Emission", "Nuclide", "known_nuclides"]

_UKDD = "UKDD-12, as packaged in actigamma 0.1.5 (Apache-2.0)"
_EADL = "cascade of the rates of EADL97 (UCRL-50400 Vol. 30), as packaged in fisx 1.3.2"
_POSITRONS = "ENSDF (NNDC), September 2023"


class BetaSpectrum(NamedTuple):
    """Energy spectrum of beta particles.

    Attributes
    ----------
    energy : array, shape (n,)
        Kinetic energies (J).
    density : array, shape (n,) or (branches, n)
        Beta particles per decay and energy (1/J).
    """

    energy: NDArray[np.float64]
    density: NDArray[np.float64]


class ChainLink(NamedTuple):
    """One step of a decay chain.

    Attributes
    ----------
    nuclide : str
        The daughter, stable or not.
    parent : str
        What decays to it.
    branching : float
        Daughter atoms per decay of this parent.
    """

    nuclide: str
    parent: str
    branching: float


@dataclass(frozen=True)
class Nuclide:
    """A radionuclide by name.

    Parameters
    ----------
    name : str
        "Lu-177", "177Lu", "Lu177", "lu-177", "Tc-99m", "99mTc"; kept as "Lu-177".

    Raises
    ------
    InputError
        If the text is no nuclide, or the nuclide is stable or not in the shipped data.

    Examples
    --------
    >>> lutetium = Nuclide("177Lu")
    >>> lutetium.name, round(lutetium.half_life / 86400, 3)
    ('Lu-177', 6.647)
    >>> Nuclide("Ac-225").chain()[0]
    ChainLink(nuclide='Fr-221', parent='Ac-225', branching=1.0)
    """

    name: str
    _record: data.HalfLife = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        name = parse_name(self.name)
        if name not in data.half_lives():
            raise _unknown(name, self.name)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "_record", data.half_lives()[name])

    def __str__(self) -> str:
        return self.name

    @property
    def symbol(self) -> str:
        """Chemical symbol."""
        return self.name.split("-")[0]

    @property
    def mass_number(self) -> int:
        """Number of protons and neutrons."""
        return _mass_number(self.name)

    @property
    def atomic_number(self) -> int:
        """Number of protons."""
        return atomic_number(self.name)

    @property
    def half_life(self) -> float:
        """Half-life (s)."""
        return self._record.value

    @property
    def half_life_sd(self) -> float:
        """Standard deviation of the half-life (s); at least the difference between UKDD-12 and ENSDF."""
        return self._record.sd

    @property
    def decay_constant(self) -> float:
        """Probability of decay per time (1/s)."""
        return math.log(2.0) / self.half_life

    @property
    def molar_activity(self) -> float:
        """Activity per amount without any carrier, lambda N_A (Bq/mol)."""
        return self.decay_constant * AVOGADRO

    @property
    def branches(self) -> tuple[data.Branch, ...]:
        """Ways of decay, the strongest first: daughter, mode, fraction, sd, source."""
        return data.branches()[self.name]

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the half-life, the lines, the positrons and the branching come from."""
        found = [f"half-life: {self._record.source}", f"lines: {_UKDD}"]
        if self._emissions["auger"]:
            found.append(f"Auger electrons: {_EADL}")
        if self.name in data.positron_rows():
            found.append(f"positrons: {_POSITRONS}")
        found += [f"{branch.mode} to {branch.daughter}: {branch.source}" for branch in self.branches]
        return tuple(found)

    def emissions(self, radiation: str | None = None) -> tuple[Emission, ...]:
        """Lines and beta branches of the nuclide itself, daughters left out.

        Parameters
        ----------
        radiation : str, optional
            One of `RADIATIONS`; all by default.

        Returns
        -------
        tuple of Emission
            In the order of `RADIATIONS`, each by energy.

        Raises
        ------
        InputError
            If the radiation is none of `RADIATIONS`.

        Notes
        -----
        Recoils follow from the alpha lines by conservation of momentum, E_r = E_a m_a/m_daughter; the recoil of other
        decays (below 0.1 keV for beta decay) is left out. Annihilation photons are two per positron, at 511 keV. The
        energy of electron capture, which the neutrino takes, is no emission. Auger electrons are one line of mean
        energy for each shell that is filled and each kind of transition, from a cascade of EADL97 rates: their energy
        is good to a few per cent, the number of those below 30 eV, from the outer shells of a free atom, to a factor of
        two.
        """
        if radiation is None:
            return tuple(line for name in RADIATIONS for line in self._emissions[name])
        return self._emissions[_checked(radiation)]

    def beta_spectrum(
        self, radiation: str | None = None, *, by_branch: bool = False, points: int = 512
    ) -> BetaSpectrum:
        """Energy spectrum of the beta particles of the nuclide itself, daughters left out.

        Parameters
        ----------
        radiation : str, optional
            "beta-" or "beta+"; electrons and positrons together by default.
        by_branch : bool
            One spectrum a branch, in the order of `emissions`, instead of their sum.
        points : int
            Number of energies, at least 16.

        Returns
        -------
        BetaSpectrum
            Energies (J, shape (points,)) from 0 to the largest endpoint, closer together at low energy, and particles
            per decay and energy (1/J, shape (points,), or (branches, points) by branch). The integral by trapezoids is
            the number of particles per decay, its first moment the mean energy per decay.

        Raises
        ------
        InputError
            If the radiation is neither beta- nor beta+, or the nuclide emits none.

        Notes
        -----
        Shapes of `ferrotope.nuclides.beta.beta_density`: screened Fermi function, unique forbidden branches as
        ``unique_branches.csv`` lists them, all others of the allowed shape; each branch has its evaluated mean energy.

        Examples
        --------
        >>> energy, density = Nuclide("Y-90").beta_spectrum()
        >>> round(float(energy[-1]) / 1.602176634e-13, 2)
        2.28
        """
        lines = self._beta_branches(radiation)
        if points < 16:
            raise InputError("a spectrum needs more energies", field="points", value=points, allowed="16 or more")
        energy = max(line.endpoint for line in lines) * np.linspace(0.0, 1.0, points) ** 2
        density = np.array([_density(self, line, energy) for line in lines])
        return BetaSpectrum(energy, density if by_branch else density.sum(axis=0))

    def _beta_branches(self, radiation: str | None) -> tuple[Emission, ...]:
        wanted = ("beta-", "beta+") if radiation is None else (_checked(radiation),)
        if not set(wanted) <= {"beta-", "beta+"}:
            raise InputError(
                "only beta particles have a spectrum",
                field="radiation",
                value=radiation,
                allowed="beta- or beta+",
                remedy="all others are lines: see emissions()",
            )
        lines = tuple(line for name in wanted for line in self._emissions[name])
        if not lines:
            emitted = ", ".join(name for name in RADIATIONS if self._emissions[name])
            kind = radiation or "beta particles"
            raise InputError(
                f"{self.name} emits no {kind}", field="nuclide", value=self.name, remedy=f"it emits {emitted}"
            )
        return lines

    def mean_energy(self, radiation: str) -> float:
        """Mean energy per decay of the nuclide itself, daughters left out.

        Parameters
        ----------
        radiation : str
            One of alpha, recoil, beta-, beta+, conversion, auger, gamma, x, annihilation.

        Returns
        -------
        float
            Sum over the lines of energy times intensity (J per decay). Prompt isomers count as daughters: the 909 keV
            of Zr-89 belong to Y-89m.

        Raises
        ------
        InputError
            If the radiation is none of these.
        """
        return self._mean_energies[_checked(radiation)]

    def mean_energies(self) -> dict[str, float]:
        """Mean energy per decay (J) by radiation, for all of `RADIATIONS`."""
        return dict(self._mean_energies)

    def chain(self) -> list[ChainLink]:
        """Decay chain down to stable nuclides, the nuclide itself left out.

        Returns
        -------
        list of ChainLink
            One link a branch, in an order in which every parent comes before its daughters; a daughter of two parents
            has two links.
        """
        return list(_chain(self.name))

    def members(self) -> tuple[Nuclide, ...]:
        """The nuclide and all its radioactive descendants, parents before daughters."""
        names = dict.fromkeys([self.name, *(link.nuclide for link in _chain(self.name))])
        return tuple(Nuclide(name) for name in names if name in data.half_lives())

    @cached_property
    def _mean_energies(self) -> dict[str, float]:
        return {
            name: math.fsum(line.energy * line.intensity for line in lines) for name, lines in self._emissions.items()
        }

    @cached_property
    def _emissions(self) -> dict[str, tuple[Emission, ...]]:
        return all_emissions(self.name)


def known_nuclides() -> tuple[str, ...]:
    """Names of the radionuclides in the shipped data.

    Returns
    -------
    tuple of str
        By atomic and mass number.
    """
    return tuple(sorted(data.half_lives(), key=lambda name: (atomic_number(name), _mass_number(name), name)))


def _mass_number(name: str) -> int:
    return int(name.split("-")[1].split("m")[0])


def _density(nuclide: Nuclide, line: Emission, energy: NDArray[np.float64]) -> NDArray[np.float64]:
    charge = -1 if line.radiation == "beta-" else 1
    daughter = nuclide.atomic_number - charge
    return line.intensity * branch_spectrum(
        energy, line.endpoint, daughter, nuclide.mass_number, charge, unique=line.unique, mean_energy=line.energy
    )


def _checked(radiation: str) -> str:
    if radiation not in RADIATIONS:
        raise InputError(
            "this is no radiation", field="radiation", value=radiation, remedy=nearest(str(radiation), RADIATIONS)
        )
    return radiation


def _unknown(name: str, text: str) -> InputError:
    if is_stable(name):
        return InputError(
            f"{name} is stable: it has no activity",
            field="nuclide",
            value=text,
            remedy=_same_element(name) or "name a radionuclide",
        )
    return InputError(
        f"the nuclear data of {name} are not shipped",
        field="nuclide",
        value=text,
        remedy=_same_element(name) or "ferrotope.nuclides.known_nuclides() lists those that are",
    )


def _same_element(name: str) -> str:
    alike = [known for known in known_nuclides() if known.split("-")[0] == name.split("-")[0]]
    return f"radionuclides of this element here: {', '.join(alike)}" if alike else ""


@lru_cache(maxsize=256)
def _chain(name: str) -> tuple[ChainLink, ...]:
    """Links of a chain, ordered so that all links into a nuclide come before its own branches."""
    below: list[str] = []
    seen: set[str] = set()

    def visit(nuclide: str) -> None:
        seen.add(nuclide)
        for branch in reversed(data.branches().get(nuclide, ())):
            if branch.daughter not in seen:
                visit(branch.daughter)
        below.append(nuclide)

    visit(name)
    order = below[::-1]
    return tuple(
        ChainLink(daughter, parent, branch.fraction)
        for daughter in order[1:]
        for parent in order
        for branch in data.branches().get(parent, ())
        if branch.daughter == daughter
    )
