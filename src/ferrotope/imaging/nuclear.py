"""PET and SPECT: uptake values, partial volume and counting statistics.

No image is reconstructed. Counts are what an ideal camera of the stated sensitivity would collect; the noise is Poisson
noise of the counts that belong to the volume of interest, a floor under the noise of any reconstruction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError
from ferrotope.units.checks import not_negative, positive

__all__ = [
    "apparent_concentration",
    "central_recovery_coefficient",
    "contrast_to_background",
    "detected_counts",
    "gaussian_sigma",
    "mean_recovery_coefficient",
    "noise_equivalent_counts",
    "relative_standard_deviation",
    "standardised_uptake_value",
]

Floats = NDArray[np.float64]

GRAM_PER_MILLILITRE = 1000.0  # kg/m3
FWHM_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))


def standardised_uptake_value(
    activity_concentration: ArrayLike,
    body_mass: ArrayLike,
    administered_activity: ArrayLike,
    elapsed_time: ArrayLike = 0.0,
    half_life: ArrayLike = np.inf,
) -> Floats:
    """Standardised uptake value by body weight (SUVbw): C m / A, with A decayed to the time of C.

    Parameters
    ----------
    activity_concentration : array_like
        Activity per tissue volume C at the time of the scan, Bq/m3, not decay corrected.
    body_mass : array_like
        Body mass m, kg.
    administered_activity : array_like
        Administered activity at the time of injection, Bq.
    elapsed_time : array_like
        Time from injection to the scan, s. Leave 0 where C is already corrected to injection.
    half_life : array_like
        Physical half-life, s; infinite where C is already corrected.

    Returns
    -------
    ndarray
        SUVbw in the customary g/mL, which a tissue density of 1 g/mL makes dimensionless.

    Raises
    ------
    InputError
        If the concentration or time is negative or another value not positive.
    """
    C = not_negative("activity_concentration", activity_concentration, "Bq/m3")
    A = positive("administered_activity", administered_activity, "Bq")
    decay = np.exp(-np.log(2.0) * not_negative("elapsed_time", elapsed_time, "s") / _half_life(half_life))
    dose = A * decay
    # After a thousand half-lives both are zero in floats: nothing is there, so nothing is taken up.
    share = np.divide(C, dose, out=np.zeros(np.broadcast(C, dose).shape), where=dose > 0)
    return share * positive("body_mass", body_mass, "kg") / GRAM_PER_MILLILITRE


def gaussian_sigma(fwhm: ArrayLike) -> Floats:
    """Standard deviation of a Gaussian from its full width at half maximum (same unit)."""
    return positive("fwhm", fwhm, "m") / FWHM_PER_SIGMA


def central_recovery_coefficient(diameter: ArrayLike, fwhm: ArrayLike) -> Floats:
    """Recovery coefficient at the centre of a uniform sphere imaged with a Gaussian point spread function.

    RC = erf(x/sqrt 2) - sqrt(2/pi) x exp(-x^2/2) with x = (D/2)/sigma, the probability that a Gaussian step stays in
    the sphere.

    Parameters
    ----------
    diameter : array_like
        Sphere diameter D, m.
    fwhm : array_like
        Full width at half maximum of the isotropic point spread function, m.

    Returns
    -------
    ndarray
        Apparent over true concentration at the centre, cold surroundings, from 0 to 1.

    Raises
    ------
    InputError
        If the diameter is negative or the width not positive.

    References
    ----------
    Kessler, Ellis and Eden, J Comput Assist Tomogr 1984;8:514 (hot spot recovery coefficient; cited from memory).
    """
    from scipy.special import gammainc

    x = 0.5 * not_negative("diameter", diameter, "m") / gaussian_sigma(fwhm)
    # The incomplete gamma function of order 3/2 is the same number without the cancellation at small x.
    return gammainc(1.5, 0.5 * x**2)


def mean_recovery_coefficient(diameter: ArrayLike, fwhm: ArrayLike) -> Floats:
    """Recovery coefficient of the mean over a uniform sphere imaged with a Gaussian point spread function.

    The mean over the sphere is the probability that two points, the first uniform in the sphere and the second a
    Gaussian step away, are both inside. With the sphere's overlap function 1 - 3s/(4R) + s^3/(16R^3) and a = R/sigma:

    RC = erf(sqrt 2 a) - sqrt(2/pi) [3a^2 - 1 - (a^2 - 1) exp(-2a^2)] / (2a^3).

    Parameters
    ----------
    diameter : array_like
        Sphere diameter, m; the volume of interest is the true sphere.
    fwhm : array_like
        Full width at half maximum of the isotropic point spread function, m.

    Returns
    -------
    ndarray
        Apparent over true mean concentration, cold surroundings, from 0 to 1; below the central coefficient.

    Raises
    ------
    InputError
        If the diameter is negative or the width not positive.

    Notes
    -----
    Derived here. Real recovery also depends on reconstruction, positron range and edge artefacts (which exceed 1).
    """
    from scipy.special import erf

    a = 0.5 * not_negative("diameter", diameter, "m") / gaussian_sigma(fwhm)
    small = a < 0.5
    safe = np.where(small, 1.0, a)
    closed = erf(np.sqrt(2.0) * safe) - np.sqrt(2.0 / np.pi) * (
        3.0 * safe**2 - 1.0 - (safe**2 - 1.0) * np.exp(-2.0 * safe**2)
    ) / (2.0 * safe**3)
    return np.where(small, _mean_recovery_series(np.minimum(a, 0.5)), closed)[()]


def _mean_recovery_series(a: Floats) -> Floats:
    """Power series of the mean recovery coefficient, for a small a = R/sigma where the closed form cancels."""
    total = np.zeros_like(a)
    factor = 1.0
    for k in range(14):
        n = 2 + 2 * k
        moment = 1.0 / (n + 1) - 1.5 / (n + 2) + 0.5 / (n + 4)
        total = total + factor * moment * (2.0 * a) ** (n + 1)
        factor *= -0.5 / (k + 1)
    return np.sqrt(2.0 / np.pi) * total


def apparent_concentration(
    concentration: ArrayLike, background_concentration: ArrayLike, recovery_coefficient: ArrayLike
) -> Floats:
    """Concentration that a blurred image shows, with spill-out and with spill-in from a uniform background.

    C' = RC C + (1 - RC) C_bg.

    Parameters
    ----------
    concentration : array_like
        True concentration of the sphere, any unit.
    background_concentration : array_like
        True concentration of the infinite uniform surroundings, same unit.
    recovery_coefficient : array_like
        Recovery coefficient in cold surroundings, 0 to 1.

    Returns
    -------
    ndarray
        Apparent concentration, same unit; blurring is linear, so this is exact for the model.

    Raises
    ------
    InputError
        If a concentration is negative or the coefficient outside 0 to 1.
    """
    RC = _fraction("recovery_coefficient", recovery_coefficient)
    C = not_negative("concentration", concentration, "Bq/m3")
    return RC * C + (1.0 - RC) * not_negative("background_concentration", background_concentration, "Bq/m3")


def detected_counts(
    activity: ArrayLike,
    sensitivity: ArrayLike,
    acquisition_time: ArrayLike,
    emission_yield: ArrayLike,
    half_life: ArrayLike = np.inf,
    transmitted_fraction: ArrayLike = 1.0,
) -> Floats:
    """Expected counts from an activity in the field of view during one acquisition.

    N = A y S f (1 - exp(-lambda T))/lambda.

    Parameters
    ----------
    activity : array_like
        Activity A at the start of the acquisition, Bq.
    sensitivity : array_like
        Counts per emission S, dimensionless: per positron for PET, per photon in the energy window for SPECT.
    acquisition_time : array_like
        Duration T, s.
    emission_yield : array_like
        Positrons per decay, or photons in the energy window per decay, y.
    half_life : array_like
        Physical half-life, s.
    transmitted_fraction : array_like
        Fraction f that leaves the body unscattered (both photons for PET); 1 for a mouse within some 20 to 40 %.

    Returns
    -------
    ndarray
        Expected counts; scatter, randoms and dead time are not included.

    Raises
    ------
    InputError
        If a value is negative, or the sensitivity or transmitted fraction above 1.
    """
    T = not_negative("acquisition_time", acquisition_time, "s")
    rate = np.log(2.0) / _half_life(half_life)
    x = rate * T
    # Mean of the decay over the frame; 1 - x/2 keeps digits for a long-lived nuclide.
    mean_decay = np.where(x > 1e-8, -np.expm1(-x) / np.where(x > 1e-8, x, 1.0), 1.0 - 0.5 * x)
    emissions = not_negative("activity", activity, "Bq") * not_negative("emission_yield", emission_yield, "1/decay")
    seen = _fraction("sensitivity", sensitivity) * _fraction("transmitted_fraction", transmitted_fraction)
    return emissions * seen * T * mean_decay


def noise_equivalent_counts(
    true_counts: ArrayLike, scatter_counts: ArrayLike = 0.0, random_counts: ArrayLike = 0.0, random_factor: float = 2.0
) -> Floats:
    """Noise-equivalent counts T^2/(T + S + k R).

    Parameters
    ----------
    true_counts, scatter_counts, random_counts : array_like
        Expected counts of each sort.
    random_factor : float
        k: 2 where randoms are estimated from a delayed window, 1 where their estimate is free of noise.

    Returns
    -------
    ndarray
        Noise-equivalent counts; zero without trues.

    Raises
    ------
    InputError
        If a number is negative.

    References
    ----------
    Strother, Casey and Hoffman, IEEE Trans Nucl Sci 1990;37:783 (cited from memory).
    """
    T = not_negative("true_counts", true_counts, "counts")
    total = T + not_negative("scatter_counts", scatter_counts, "counts")
    total = total + not_negative("random_factor", random_factor, "") * not_negative(
        "random_counts", random_counts, "counts"
    )
    return np.divide(T**2, total, out=np.zeros_like(total), where=total > 0)[()]


def relative_standard_deviation(
    true_counts: ArrayLike, scatter_counts: ArrayLike = 0.0, random_counts: ArrayLike = 0.0
) -> Floats:
    """Relative standard deviation of the counts of a volume of interest, 1/sqrt(NEC).

    Parameters
    ----------
    true_counts, scatter_counts, random_counts : array_like
        Expected counts that belong to the volume of interest.

    Returns
    -------
    ndarray
        Relative standard deviation; infinite without counts. A floor: reconstruction amplifies noise, by more the
        sharper it is.

    Raises
    ------
    InputError
        If a number is negative.
    """
    nec = noise_equivalent_counts(true_counts, scatter_counts, random_counts)
    with np.errstate(divide="ignore"):
        return 1.0 / np.sqrt(nec)


def contrast_to_background(concentration: ArrayLike, background_concentration: ArrayLike) -> Floats:
    """Contrast (C - C_bg)/C_bg of a region against its background.

    Parameters
    ----------
    concentration : array_like
        Concentration (true or apparent), any unit.
    background_concentration : array_like
        Concentration of the background, same unit, positive.

    Returns
    -------
    ndarray
        Contrast, -1 or more.

    Raises
    ------
    InputError
        If the background is not positive or the concentration negative.
    """
    background = positive("background_concentration", background_concentration, "Bq/m3")
    return (not_negative("concentration", concentration, "Bq/m3") - background) / background


def _fraction(name: str, value: ArrayLike) -> Floats:
    numbers = not_negative(name, value, "")
    if (numbers > 1.0).any():
        raise InputError(f"{name} is above 1", field=name, value=value, allowed="0 to 1")
    return numbers


def _half_life(half_life: ArrayLike) -> Floats:
    numbers = np.asarray(half_life, dtype=float)
    if not (numbers > 0).all():  # infinite is allowed: no decay
        raise InputError("half_life must be positive", field="half_life", value=half_life, allowed="above 0 s")
    return numbers
