"""r2 of echoes and r2* of free induction around magnetised spheres of any size, from a table of the exact rates."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.relaxometry.regimes import MOLAR_VOLUME, larmor_shift, translational_time
from ferrotope.units.checks import between, not_negative, positive

__all__ = ["LARGEST_SHIFT", "r2_echo_train", "r2_spin_echo", "r2star_dephasing", "reduced_rate"]

Signal = Literal["free_induction", "hahn_echo", "train"]
LARGEST_SHIFT = 2.0**11  # of dw tau_D in the table: magnetite of 0.8 um
# at times below those of the table X/t rises with this power of the time, as it does there
_RISE = {"free_induction": 1.0, "hahn_echo": 2.0, "train": 2.0}
# and above its shifts with this power of the shift: static dephasing, and what echoes leave of it
_GROWTH = {"free_induction": 1.0, "hahn_echo": 1.0 / 3.0, "train": 1.0 / 3.0}


def r2_spin_echo(
    core_diameter: ArrayLike,
    Mv: ArrayLike,
    echo_time: ArrayLike,
    *,
    D: ArrayLike,
    phi_intra: ArrayLike = 1.0,
    shell_thickness: ArrayLike = 0.0,
    molar_volume: ArrayLike = MOLAR_VOLUME,
) -> NDArray[np.float64]:
    """Return r2 of a single (Hahn) echo: -ln S/TE per mole of iron, for spheres of any size.

    Parameters
    ----------
    core_diameter : float or ndarray
        Of the core, or of a cluster taken as one large sphere that water does not enter, m.
    Mv : float or ndarray
        Mean magnetisation of that sphere along the field, A/m: of a cluster, phi_intra times that of its cores.
    echo_time : float or ndarray
        TE, s.
    D : float or ndarray
        Diffusion coefficient of water, m2/s.
    phi_intra : float or ndarray
        Volume of magnetic material per volume of the sphere.
    shell_thickness : float or ndarray
        Of a layer that water does not enter, m; the coated sphere is taken as one with the same moment.
    molar_volume : float or ndarray
        Volume of core per mole of iron, m3/mol.

    Returns
    -------
    float or ndarray
        In m3/(mol s), that is 1/(mM s), within 0.7 %: motional averaging of small spheres, static dephasing that echoes
        refocus in part of large ones, and all between. Of first order in the volume fraction.

    Raises
    ------
    InputError
        Where an argument is out of range, or dw tau_D above 2048.

    Notes
    -----
    In a dilute suspension of impermeable spheres the signal is exp(-f X), and X depends on dw tau_D and TE/tau_D only.
    The table holds solutions of the equation of Torrey, Phys Rev 1956;104:563, doi:10.1103/PhysRev.104.563, around one
    sphere (tools/build_dephasing_table.py); `simulate_r2` gives the same by random walks. The field of the magnet is
    taken to be far above that of the spheres, so that only the component along it counts.

    Examples
    --------
    >>> small, large = r2_spin_echo([10e-9, 500e-9], 3.5e5, 10e-3, D=3e-9)
    >>> print(f"{small:.1f} {large:.1f}")
    68.0 317.8
    """
    return _relaxivity("hahn_echo", core_diameter, Mv, echo_time, D, phi_intra, shell_thickness, molar_volume)


def r2_echo_train(
    core_diameter: ArrayLike,
    Mv: ArrayLike,
    echo_time: ArrayLike,
    *,
    D: ArrayLike,
    phi_intra: ArrayLike = 1.0,
    shell_thickness: ArrayLike = 0.0,
    molar_volume: ArrayLike = MOLAR_VOLUME,
) -> NDArray[np.float64]:
    """Return r2 of a long Carr-Purcell-Meiboom-Gill train per mole of iron, for spheres of any size.

    Parameters
    ----------
    core_diameter, Mv, D, phi_intra, shell_thickness, molar_volume
        As of `r2_spin_echo`.
    echo_time : float or ndarray
        Between echoes, s.

    Returns
    -------
    float or ndarray
        In m3/(mol s), that is 1/(mM s), within 0.7 %: the steady rate of the late echoes.

    Notes
    -----
    The steady rate is reached slowly, since what is near the spheres is lost first: after a time t the rate is higher
    by the share Y/3/sqrt(pi t/tau_D), with Y the steady rate times tau_D over the volume fraction, as around any sink
    that diffusion feeds. For cores up to 0.1 um that is little after 10 ms, and train and single echo are alike; for
    beads of 1 um the first 100 ms of a train are not steady. Source and limits as of `r2_spin_echo`.

    Examples
    --------
    >>> print(f"{r2_echo_train(500e-9, 3.5e5, 1e-3, D=3e-9):.1f}")
    46.5
    """
    return _relaxivity("train", core_diameter, Mv, echo_time, D, phi_intra, shell_thickness, molar_volume)


def r2star_dephasing(
    core_diameter: ArrayLike,
    Mv: ArrayLike,
    echo_time: ArrayLike,
    *,
    D: ArrayLike,
    phi_intra: ArrayLike = 1.0,
    shell_thickness: ArrayLike = 0.0,
    molar_volume: ArrayLike = MOLAR_VOLUME,
) -> NDArray[np.float64]:
    """Return r2* of free induction: -ln S/TE of a gradient echo per mole of iron, for spheres of any size.

    Parameters
    ----------
    core_diameter, Mv, D, phi_intra, shell_thickness, molar_volume
        As of `r2_spin_echo`.
    echo_time : float or ndarray
        TE of the gradient echo, s.

    Returns
    -------
    float or ndarray
        In m3/(mol s), that is 1/(mM s), within 0.7 %.

    Notes
    -----
    Static dephasing, 1.2092 f dw (`r2star_static_dephasing`), holds from times of about 1/dw until about
    tau_D (dw tau_D)^2. Later water has diffused past all places of a notable shift, and the rate falls to 1.04 f dw
    (dw tau_D above 5). Protons are then dephased as they visit a sphere, one after the other (de Haan, Magn Reson Med
    2011, doi:10.1002/mrm.22966, the visit-limited regime). Source and limits as of `r2_spin_echo`.

    Examples
    --------
    >>> small, large = r2star_dephasing([10e-9, 500e-9], 3.5e5, 10e-3, D=3e-9)
    >>> print(f"{small:.1f} {large:.1f}")
    68.0 705.5
    """
    return _relaxivity("free_induction", core_diameter, Mv, echo_time, D, phi_intra, shell_thickness, molar_volume)


def reduced_rate(signal: Signal, reduced_shift: ArrayLike, reduced_time: ArrayLike) -> NDArray[np.float64]:
    """Return the rate times tau_D over the volume fraction.

    Parameters
    ----------
    signal : str
        "free_induction", "hahn_echo" or "train".
    reduced_shift : float or ndarray
        dw tau_D, 0 or more; up to `LARGEST_SHIFT` within 0.7 %, beyond by the power law of large spheres.
    reduced_time : float or ndarray
        Over tau_D, above 0: duration, echo time, or time between echoes. Above 2^34, of
        the train 2^30, the rate is that there.

    Returns
    -------
    float or ndarray
        X/t, and for the train the steady X'.
    """
    shift, time = np.broadcast_arrays(np.asarray(reduced_shift, dtype=float), np.asarray(reduced_time, dtype=float))
    first_shift, first_time, last_time, spline = _table(signal)
    # Below the table everything goes with the square of the shift.
    inside, later = np.clip(shift, first_shift, LARGEST_SHIFT), np.clip(time, first_time, last_time)
    rate = np.exp(spline.ev(np.log2(inside), np.log2(later))) * np.minimum(time / first_time, 1.0) ** _RISE[signal]
    return (rate * np.minimum(shift / inside, 1.0) ** 2 * np.maximum(shift / inside, 1.0) ** _GROWTH[signal])[()]


@lru_cache(maxsize=3)
def _table(signal: Signal):
    """Return the least shift, the least and the largest time, and a spline of ln rate over log2 of both."""
    from scipy.interpolate import RectBivariateSpline

    with files("ferrotope.relaxometry").joinpath("dephasing.npz").open("rb") as file, np.load(file) as stored:
        along = "log2_spacing" if signal == "train" else "log2_time"
        shifts, times = stored["log2_shift"].astype(float), stored[along].astype(float)
        spline = RectBivariateSpline(shifts, times, stored[f"log_{signal}"].astype(float))
    return 2.0 ** shifts[0], 2.0 ** times[0], 2.0 ** times[-1], spline


def _relaxivity(signal: Signal, core_diameter, Mv, echo_time, D, phi_intra, shell_thickness, molar_volume):
    diameter = positive("core_diameter", core_diameter, "m")
    coated = diameter + 2.0 * not_negative("shell_thickness", shell_thickness, "m")
    thinned = (diameter / coated) ** 3
    tau = translational_time(coated, positive("D", D, "m2/s"))
    reduced = larmor_shift(not_negative("Mv", Mv, "A/m")) * thinned * tau
    if np.any(reduced > LARGEST_SHIFT):
        raise InputError(
            "the sphere is too large for the table of dephasing",
            field="core_diameter",
            value=core_diameter,
            allowed=f"dw tau_D up to {LARGEST_SHIFT:g}; here {np.max(reduced):.3g}",
            remedy="take r2star_static_dephasing, or a smaller sphere",
        )
    share = between("phi_intra", positive("phi_intra", phi_intra), 0.0, 1.0)
    fraction = positive("molar_volume", molar_volume, "m3/mol") / share / thinned
    return (fraction / tau * reduced_rate(signal, reduced, positive("echo_time", echo_time, "s") / tau))[()]
