"""Other ways to the temperature of a heated sphere, which share nothing with the package."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.integrate import quad
from scipy.linalg import eigh_tridiagonal, solveh_banded
from scipy.special import erf, gammainc


@dataclass(frozen=True)
class FiniteVolumes:
    """Pennes' equation on concentric shells; (conductivity, heat capacity, cooling) of two media, 1 W/m3."""

    radius: float
    inside: tuple[float, float, float]
    outside: tuple[float, float, float]
    inner_cells: int = 400
    outer_cells: int = 400
    reach: float = 60.0  # outermost radius over the radius of the sphere

    def __post_init__(self):
        a = self.radius
        edges = np.concatenate(
            [np.linspace(0, a, self.inner_cells + 1), a * np.geomspace(1, self.reach, self.outer_cells + 1)[1:]]
        )
        nodes = 0.5 * (edges[1:] + edges[:-1])
        is_inside = nodes < a
        k, h, c = (np.where(is_inside, x, y) for x, y in zip(self.inside, self.outside, strict=True))
        volume = 4 / 3 * math.pi * np.diff(edges**3)
        # Exact thermal resistance of a spherical shell, from a node to the face and from the face to the next node.
        face = edges[1:-1]
        resistance = (1 / nodes[:-1] - 1 / face) / (4 * math.pi * k[:-1])
        resistance += (1 / face - 1 / nodes[1:]) / (4 * math.pi * k[1:])
        conductance = 1 / resistance
        # Beyond the last shell the steady field falls as exp(-kappa r)/r.
        far = 4 * math.pi * k[-1] * edges[-1] * (1 + edges[-1] * math.sqrt(c[-1] / k[-1]))
        diagonal = c * volume
        diagonal[:-1] += conductance
        diagonal[1:] += conductance
        diagonal[-1] += far
        for name, value in {"nodes": nodes, "is_inside": is_inside, "volume": volume, "heat": h * volume,
                            "diagonal": diagonal, "beside": -conductance}.items():  # fmt: skip
            object.__setattr__(self, name, value)

    def steady(self):
        """Rise (K) per W/m3 at the nodes."""
        band = np.zeros((2, self.nodes.size))
        band[0, 1:], band[1] = self.beside, self.diagonal
        return solveh_banded(band, self.volume * self.is_inside)

    def rise(self, times):
        """Rise (K) per W/m3 at times (s) since switching on, shape (times, nodes); exact in time."""
        root = np.sqrt(self.heat)
        rates, modes = eigh_tridiagonal(self.diagonal / self.heat, self.beside / (root[1:] * root[:-1]))
        source = modes.T @ (self.volume * self.is_inside / root)
        grown = -np.expm1(-np.outer(times, rates)) / rates
        return (grown * source) @ modes.T / root

    def mean(self, values):
        """Mean over the sphere."""
        weight = self.volume * self.is_inside
        return values @ weight / weight.sum()


def point_sources(distance, time, radius, power_density, conductivity, heat_capacity, cooling):
    """Return the rise (K) with the same tissue everywhere; a distance of None gives the mean over the sphere.

    T = P/(rho c) int_0^t exp(-c s/(rho c)) G ds, where G is the fraction of heat set free at r that is inside the
    sphere after the time s (by reciprocity), for a Gaussian of variance 2 alpha s; s = z^2 makes the integrand smooth.
    """
    alpha, rate = conductivity / heat_capacity, cooling / heat_capacity

    def fraction(width):  # width = sqrt(4 alpha s)/a
        if distance is None:
            # The overlap of two spheres at distance d (in radii), 1 - 3 d/4 + d^3/16, averaged over the Gaussian.
            x, root = 4 / width**2, math.sqrt(math.pi)
            overlap = gammainc(1.5, x) - 1.5 * width / root * gammainc(2.0, x)
            return overlap + 0.25 * width**3 / root * gammainc(3.0, x)
        rho = distance / radius
        x = 4 * rho / width**2
        centred = 0.5 * (erf((1 - rho) / width) + erf((1 + rho) / width))
        bumps = math.exp(-(((1 - rho) / width) ** 2)) * (-math.expm1(-x) / x if x > 0 else 1.0)
        return centred - 2 / (math.sqrt(math.pi) * width) * bumps

    def integrand(z):
        width = 2 * math.sqrt(alpha) * z / radius
        return 2 * z * math.exp(-rate * z**2) * fraction(width) if width > 1e-9 else 0.0

    end, scale = math.sqrt(time), radius / math.sqrt(4 * alpha)
    breaks = [0.0, *(x * scale for x in (0.05, 0.2, 0.5, 1, 2, 5, 20, 100, 500) if x * scale < end), end]
    parts = [quad(integrand, x, y, epsabs=0, epsrel=1e-12)[0] for x, y in pairwise(breaks)]
    return power_density / heat_capacity * math.fsum(parts)
