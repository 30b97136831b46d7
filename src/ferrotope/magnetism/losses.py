"""The loss of many sizes at once, from shipped tables of the direct solutions.

The loss is told by the quadrature part L of the first harmonic of the reduced magnetisation: the area of the loop is
pi mu0 H Ms L. With random fixed axes L depends on the barrier, on xi and on the frequency alone (at a damping of 0.1),
for a moment fixed in a particle that turns on xi and the frequency.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np

from ferrotope.units.constants import ELECTRON_GYROMAGNETIC_RATIO, VACUUM_PERMEABILITY

__all__ = ["DAMPING", "fixed_axes_loss", "highest_barrier", "precession_rate", "rigid_loss"]

DAMPING = 0.1  # of the table
_LOWEST_RATE, _HIGHEST_RATE = 1e-4, 0.25
_MARGIN = 6
_SECOND_FIELD = 0.7  # above the weakest, in ln y
_HIGHEST_FREQUENCY = 0.25  # w 2 tau_D


class _Table:
    """Cubic spline through ln L on equal steps of some coordinates, straight on outside."""

    def __init__(self, grids: list[np.ndarray], values: np.ndarray):
        from scipy.interpolate import CubicSpline
        from scipy.ndimage import spline_filter

        self.origin = [grid[0] for grid in grids]
        self.step = [grid[1] - grid[0] for grid in grids]
        self.last = [grid.size - 1.0 for grid in grids]
        # the filter makes the slope zero at the ends of its array: they are put far enough away
        for axis, grid in enumerate(grids):
            number = np.arange(-_MARGIN, grid.size + _MARGIN)
            values = CubicSpline(np.arange(grid.size), values, axis=axis)(number)
        self.coefficients = spline_filter(values, order=3, mode="mirror")

    def places(self, *coordinates: np.ndarray) -> list[np.ndarray]:
        """Return the coordinates in steps of the table, of one shape."""
        steps = [(value - o) / s for value, o, s in zip(coordinates, self.origin, self.step, strict=True)]
        return [np.array(place, ndmin=1) for place in np.broadcast_arrays(*steps)]

    def inside(self, places: list[np.ndarray]) -> np.ndarray:
        from scipy.ndimage import map_coordinates

        held = [np.clip(place, 0.0, last) + _MARGIN for place, last in zip(places, self.last, strict=True)]
        return map_coordinates(self.coefficients, np.array(held), order=3, mode="mirror", prefilter=False)

    def at(self, places: list[np.ndarray], straight: tuple[int, ...]) -> np.ndarray:
        """Return ln L; beyond the ends of the axes ``straight`` on along the slope of the last step."""
        result = self.inside(places)
        for axis in straight:
            for end, inward in ((0.0, 1.0), (self.last[axis], -1.0)):
                beyond = np.flatnonzero((places[axis].ravel() - end) * inward < 0.0)
                if beyond.size:
                    chosen = [place.ravel()[beyond] for place in places]
                    outer, inner = list(chosen), list(chosen)
                    outer[axis], inner[axis] = np.full(beyond.size, end), np.full(beyond.size, end + inward)
                    slope = self.inside(outer) - self.inside(inner)
                    result.reshape(-1)[beyond] += slope * (end - chosen[axis]) * inward
        return result


def _stored(name: str) -> dict[str, np.ndarray]:
    with files("ferrotope.magnetism").joinpath(name).open("rb") as file, np.load(file) as stored:
        return {key: stored[key].astype(float) for key in stored.files}


@lru_cache(maxsize=1)
def _fixed() -> _Table:
    """The axes are arcsinh(barrier/15), ln y with y = xi/(2 barrier + 10), and ln rate.

    The fields of the table are closer where the loss bends; they are brought to equal steps of ln y, along which it is
    smooth, by a spline of their own.
    """
    from scipy.interpolate import CubicSpline

    stored = _stored("fixed_axes_loss.npz")
    field = np.log(0.3 * np.sinh(stored["v"]))
    steps = np.linspace(field[0], field[-1], 120)
    values = CubicSpline(field, stored["log_loss"], axis=1)(steps)
    return _Table([stored["t"], steps, stored["rate"]], values)


@lru_cache(maxsize=1)
def _rigid() -> _Table:
    stored = _stored("rigid_loss.npz")
    return _Table([stored["log_xi"], stored["log_rate"]], stored["log_loss"])


def highest_barrier() -> float:
    """Return the barrier in kT up to which the table of fixed axes goes.

    Above, the loss is taken at this barrier and the same field over the anisotropy field.
    """
    table = _fixed()
    return float(15.0 * np.sinh(table.origin[0] + table.step[0] * table.last[0]))


def precession_rate(field, frequency):
    """Return w 2 tau_D/xi, the frequency over the damped precession in the peak field, at the table's damping.

    Parameters
    ----------
    field : float or ndarray
        Peak H in A/m.
    frequency : float or ndarray
        In Hz.

    Returns
    -------
    float or ndarray
        2 pi f (1 + a^2)/(a gamma mu0 H): the same for all sizes and materials.
    """
    precession = ELECTRON_GYROMAGNETIC_RATIO * VACUUM_PERMEABILITY * np.asarray(field, dtype=float)
    return 2.0 * np.pi * np.asarray(frequency, dtype=float) * (1.0 + DAMPING**2) / (DAMPING * precession)


def fixed_axes_loss(barrier, xi, rate):
    """Return L of single-domain particles with random fixed axes.

    Parameters
    ----------
    barrier : float or ndarray
        K V/kT, 0 or more.
    xi : float or ndarray
        mu0 Ms V H/kT, above 0.
    rate : float or ndarray
        As `precession_rate` gives it.

    Returns
    -------
    tuple of ndarray
        L, and whether it lies outside the table (barrier above `highest_barrier`, rate outside 1e-4 to 0.25, xi times
        rate above 0.25) where it is continued: a blocked moment depends on the field over the anisotropy field alone
        once thermal motion is slow.
    """
    barrier, xi, rate = np.broadcast_arrays(
        np.asarray(barrier, dtype=float), np.asarray(xi, dtype=float), np.asarray(rate, dtype=float)
    )
    shape = barrier.shape
    barrier, xi, rate = (np.array(value, ndmin=1) for value in (barrier, xi, rate))
    table = _fixed()
    shrunk = np.minimum(1.0, highest_barrier() / np.maximum(barrier, 1e-30))
    outside = shrunk < 1.0
    barrier, xi = barrier * shrunk, xi * shrunk
    reduced = np.log(xi / (2.0 * barrier + 10.0))
    across = np.arcsinh(barrier / 15.0)
    places = table.places(across, reduced, np.log(rate))
    loss = np.exp(table.at(places, straight=(1, 2)))
    lowest, next_one = table.origin[1], table.origin[1] + _SECOND_FIELD
    # a weak field counts at the weakest of the table and the same frequency
    near = rate * np.exp(np.minimum(reduced - lowest, 0.0))
    outside |= (near < _LOWEST_RATE) | (near > _HIGHEST_RATE) | (xi * rate > _HIGHEST_FREQUENCY)
    weak = reduced < lowest
    if weak.any():
        # L is odd in the field: two terms through two weak fields of the table, at the same frequency
        first, second = (
            np.exp(
                table.at(
                    table.places(across[weak], np.full(int(weak.sum()), end), np.log(rate[weak]) + reduced[weak] - end),
                    straight=(2,),
                )
                - end
            )
            for end in (lowest, next_one)
        )
        square, ends = np.exp(2.0 * reduced[weak]), np.exp(2.0 * np.array([lowest, next_one]))
        curved = first + (second - first) * (square - ends[0]) / (ends[1] - ends[0])
        loss[weak] = np.exp(reduced[weak]) * np.maximum(curved, 0.5 * np.minimum(first, second))
    return loss.reshape(shape), outside.reshape(shape)


def rigid_loss(xi, rate):
    """Return L of moments that are fixed in particles that turn in a liquid.

    Parameters
    ----------
    xi : float or ndarray
        mu0 Ms V H/kT, above 0.
    rate : float or ndarray
        w tau_B.

    Returns
    -------
    ndarray
        L; below xi = 0.1 that of Debye, above 200 and outside 1e-3 to 1200 straight on in the logarithms.
    """
    xi, rate = np.broadcast_arrays(np.asarray(xi, dtype=float), np.asarray(rate, dtype=float))
    table = _rigid()
    places = table.places(np.log(np.maximum(xi, 1e-30)), np.log(np.maximum(rate, 1e-30)))
    return np.exp(table.at(places, straight=(0, 1))).reshape(xi.shape)
