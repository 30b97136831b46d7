"""Particles as tracers of magnetic particle imaging: harmonics, and x-space point spread with relaxation.

The excitation is a sine along z and the receive coil is along it. Everything follows from `dynamic_loop`, so that
relaxation, anisotropy and precession are in it and equilibrium is not assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ferrotope.errors import InputError, ValidityError
from ferrotope.magnetism.loop import dynamic_loop
from ferrotope.units.checks import between, positive

__all__ = ["HarmonicSpectrum", "PointSpread", "at_once", "harmonic_spectrum", "point_spread"]

# Of the loss: that of the highest harmonics follows from it, and the signal weights them by their order. What is
# solved at once for all axes costs little.
_TOLERANCES = {"at once": 1e-6, "over axes": 1e-5}


@dataclass(frozen=True, kw_only=True, eq=False)
class HarmonicSpectrum:
    """Harmonics of the magnetisation along a field ``bias + H cos wt``.

    Attributes
    ----------
    frequencies : ndarray
        0, f, 2f, ... in Hz.
    magnetisation : ndarray of complex
        M_k in A/m per volume of core: M(t) = M_0 + Re sum M_k exp(i k w t).
    amplitude, bias : float
        Of the field, A/m.
    method : str
        How it was found.
    converged : bool
        As of `Loop`.
    """

    frequencies: NDArray[np.float64]
    magnetisation: NDArray[np.complex128]
    amplitude: float
    bias: float
    method: str
    converged: bool

    @property
    def signal(self) -> NDArray[np.complex128]:
        """Harmonics of dM/dt in A/(m s): i k w M_k. A coil sees minus this times its sensitivity and the volume."""
        return 2j * np.pi * self.frequencies * self.magnetisation


@dataclass(frozen=True, kw_only=True, eq=False)
class PointSpread:
    """What x-space imaging makes of a point of particles at the origin: the signal over the speed of the field.

    Attributes
    ----------
    field : ndarray
        Field at the particles in A/m, ascending, symmetric.
    position : ndarray
        Position in m of the field-free point at these fields, -field/gradient.
    rising, falling : ndarray
        dM/dH of a rising and of a falling field, a pure number. Relaxation shifts the first to higher and the second
        to lower fields and changes their width, wider without a barrier; in equilibrium they are one.
    gradient : float
        In A/m2.
    """

    field: NDArray[np.float64]
    position: NDArray[np.float64]
    rising: NDArray[np.float64]
    falling: NDArray[np.float64]
    gradient: float
    method: str
    converged: bool

    @property
    def fwhm_field(self) -> float:
        """Full width at half maximum in A/m, of either direction; mu0 times it is in T.

        Raises
        ------
        ValidityError
            If the field does not reach the half maximum on both sides.
        """
        return self._width(self.rising)

    @property
    def fwhm(self) -> float:
        """Full width at half maximum in m, of either direction."""
        return self.fwhm_field / self.gradient

    @property
    def combined_fwhm(self) -> float:
        """Full width at half maximum in m of the mean of both directions, which the shift blurs as well."""
        return self._width(0.5 * (self.rising + self.falling)) / self.gradient

    @property
    def shift(self) -> float:
        """Distance in m by which the peak comes late, in either direction; 0 in equilibrium."""
        return self._peak(self.rising)[0] / self.gradient

    @property
    def peak(self) -> float:
        """Largest dM/dH, a pure number."""
        return self._peak(self.rising)[1]

    def _peak(self, values: NDArray[np.float64]) -> tuple[float, float]:
        """Return place and height of the maximum, by a parabola through the three highest."""
        top = int(values.argmax())
        if top in (0, values.size - 1):
            raise ValidityError(
                "the point spread has no peak inside the swing of the field",
                field="H",
                value=f"{self.field[-1]:.3g} A/m",
                remedy="raise H or lower f: the magnetisation lags by too much",
            )
        left, middle, right = values[top - 1 : top + 2]
        offset = 0.5 * (left - right) / (left - 2.0 * middle + right)
        step = self.field[1] - self.field[0]
        return float(self.field[top] + offset * step), float(middle - 0.25 * (left - right) * offset)

    def _width(self, values: NDArray[np.float64]) -> float:
        height = self._peak(values)[1]
        top, above = int(values.argmax()), values >= 0.5 * height
        left, right = np.flatnonzero(~above[:top]), np.flatnonzero(~above[top:])
        if left.size == 0 or right.size == 0:
            raise ValidityError(
                "the field does not reach the half maximum of the point spread",
                field="H",
                value=f"{self.field[-1]:.3g} A/m",
                remedy="raise H or lower f",
            )
        edges = []
        for low in (left[-1], top + right[0] - 1):
            pair = values[low : low + 2]
            part = (0.5 * height - pair[0]) / (pair[1] - pair[0])
            edges.append(self.field[low] + part * (self.field[low + 1] - self.field[low]))
        return float(edges[1] - edges[0])


def harmonic_spectrum(
    core_diameter: float, Ms: float, K: float, H: float, f: float, *, bias: float = 0.0, **options: Any
) -> HarmonicSpectrum:
    """Return the harmonics of the magnetisation and of the receive signal.

    Parameters
    ----------
    core_diameter, Ms, K, H, f, bias
        As for `dynamic_loop`, SI; H and f above 0.
    **options
        Further arguments of `dynamic_loop`: ``sigma_g``, ``T``, ``alpha``, ``easy_axis``, ``mode`` and the others.
        ``tolerance`` is 1e-5 unless given, and 1e-6 for K = 0 and "brown"; the highest harmonics are good to about its
        root over 17, of the first one.

    Returns
    -------
    HarmonicSpectrum
        As many harmonics as the tolerance asked for.

    Examples
    --------
    >>> spectrum = harmonic_spectrum(15e-9, 446e3, 0.0, 10e3, 25e3, T=300.0)
    >>> bool(abs(spectrum.magnetisation[3]) > abs(spectrum.magnetisation[5]))
    True
    """
    positive("H", H, "A/m")
    positive("f", f, "Hz")
    isotropic = K == 0.0 and options.get("mode", "neel") == "neel"
    options = {"tolerance": _TOLERANCES["at once" if at_once(K, options) else "over axes"]} | options
    if isotropic:
        options["easy_axis"] = 0.0  # all are one, and this is the cheapest
    loop = dynamic_loop(core_diameter, Ms, K, H, f, bias=bias, **options)
    return HarmonicSpectrum(
        frequencies=f * np.arange(loop.harmonics.size),
        magnetisation=Ms * loop.harmonics,
        amplitude=H,
        bias=bias,
        method=loop.method.replace("one axis", "no axis") if isotropic else loop.method,
        converged=loop.converged,
    )


def at_once(K: float, options: dict[str, Any]) -> bool:
    """Return whether all axes are solved at once, so that a small tolerance costs little.

    Parameters
    ----------
    K : float
        As for `dynamic_loop`.
    options : dict
        Further arguments of `dynamic_loop`.

    Returns
    -------
    bool
        True in mode "brown", and in mode "neel" without anisotropy.
    """
    return options.get("mode", "neel") == "brown" or (K == 0.0 and options.get("mode", "neel") == "neel")


def point_spread(
    core_diameter: float,
    Ms: float,
    K: float,
    H: float,
    f: float,
    gradient: float,
    *,
    swing: float = 0.95,
    count: int = 801,
    **options: Any,
) -> PointSpread:
    """Return the x-space point spread of the particle, with relaxation, for both directions of the scan.

    Parameters
    ----------
    core_diameter, Ms, K, H, f
        As for `dynamic_loop`, SI; H and f above 0.
    gradient : float
        Of the selection field along the scan in A/m2; 1 T/m is 7.958e5 A/m2.
    swing : float
        Part of the amplitude that is used: near the turning points the field stands still and the ratio says nothing.
    count : int
        Number of fields, odd.
    **options
        As for `harmonic_spectrum`. A bias is not taken.

    Returns
    -------
    PointSpread
        With widths and shift.

    Notes
    -----
    Goodwill and Conolly, IEEE Trans Med Imaging 2010;29:1851, doi:10.1109/TMI.2010.2052284 (not re-read): the signal
    over the speed of the field-free point is the image of a point. In equilibrium it is the derivative of the Langevin
    function, whose width is 4.16105 kT/(mu0 m).
    """
    positive("gradient", gradient, "A/m2")
    between("swing", swing, 0.1, 0.99)
    between("count", count, 51, 100_001)
    if "bias" in options:
        raise InputError("a bias is not taken: it moves the point only", field="bias", value=options["bias"])
    spectrum = harmonic_spectrum(core_diameter, Ms, K, H, f, **options)
    fields = swing * H * np.linspace(-1.0, 1.0, int(count) // 2 * 2 + 1)
    falling_phase = np.arccos(fields / H)  # cos wt falls from 0 to pi
    orders = np.arange(spectrum.magnetisation.size)
    steep = []
    for phase in (2.0 * np.pi - falling_phase, falling_phase):
        change = (1j * orders * spectrum.magnetisation) @ np.exp(1j * orders[:, None] * phase)
        steep.append(change.real / (-H * np.sin(phase)))
    return PointSpread(
        field=fields,
        position=-fields / gradient,
        rising=steep[0],
        falling=steep[1],
        gradient=float(gradient),
        method=spectrum.method,
        converged=spectrum.converged,
    )
