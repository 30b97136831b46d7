"""Beta spectra: tables of Fermi functions, a second solution of the Dirac equation, published mean energies."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import spherical_jn, spherical_yn

from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide, data, known_nuclides
from ferrotope.nuclides.beta import (
    beta_density,
    beta_energy_spectrum,
    branch_spectrum,
    fermi_function,
    lepton_ratio,
    screening_energy,
    shape_factor,
)
from ferrotope.units.constants import ELECTRON_MASS, MEV, SPEED_OF_LIGHT

KEV = 1e-3 * MEV
REST = ELECTRON_MASS * SPEED_OF_LIGHT**2
ALPHA = 7.2973525693e-3
BETA = [name for name in known_nuclides() if Nuclide(name).emissions("beta-") or Nuclide(name).emissions("beta+")]


# H. Behrens, J. Janecke, Landolt-Bornstein I/4 (1969), table II, doi:10.1007/b19939, read in the test of a public code
# (pnfam): momentum in m c, F_0 and lambda_2 without screening.
@pytest.mark.parametrize(
    ("Z", "A", "momentum", "fermi", "ratio"),
    [
        (32, 72, 0.1, 21.611, 5.5523),
        (32, 72, 0.5, 4.8821, 1.0796),
        (32, 72, 1.0, 3.2982, 0.9524),
        (32, 72, 2.0, 2.7288, 0.9344),
        (32, 72, 5.0, 2.4594, 0.9531),
        (84, 210, 0.1, 381.64, 15.6186),
        (84, 210, 0.5, 80.476, 1.1168),
        (84, 210, 1.0, 45.386, 0.6928),
        (84, 210, 2.0, 29.197, 0.6440),
    ],
)
def test_fermi_function_of_a_table(Z, A, momentum, fermi, ratio):
    energy = (np.sqrt(1.0 + momentum**2) - 1.0) * REST
    assert fermi_function(energy, Z, A, -1) == pytest.approx(fermi, rel=3e-4)
    # The finite charge radius, left out here, moves lambda_2 by up to 1 %.
    assert lepton_ratio(energy, Z, A, -1, 2) == pytest.approx(ratio, rel=0.01)
    assert lepton_ratio(energy, Z, A, -1, 1) == pytest.approx(1.0)


def test_unique_shapes_without_charge_are_polynomials():
    energy, q = np.array([0.1, 0.7, 2.0]) * REST, np.array([1.5, 0.9, 0.1])
    p = np.sqrt((1.0 + energy / REST) ** 2 - 1.0)
    np.testing.assert_allclose(shape_factor(energy, q, 0, 90, -1, 0), 1.0)
    np.testing.assert_allclose(shape_factor(energy, q, 0, 90, -1, 1), q**2 + p**2, rtol=1e-12)
    np.testing.assert_allclose(
        shape_factor(energy, q, 0, 90, -1, 2), q**4 + 10.0 / 3.0 * q**2 * p**2 + p**4, rtol=1e-12
    )


# Endpoint and mean energy (keV) that ENSDF (September 2023) lists: computed there by the program LOGFT, unique shapes
# for unique branches. Last: unique order.
@pytest.mark.parametrize(
    ("name", "charge", "endpoint", "mean", "unique"),
    [
        ("Y-90", -1, 2278.5, 932.4, 1),
        ("Sr-90", -1, 545.9, 195.7, 1),
        ("Ho-166", -1, 1773.1, 651.33, 1),
        ("I-131", -1, 806.87, 283.24, 1),
        ("Lu-177", -1, 247.13, 78.12, 1),
        ("Tb-161", -1, 522.0, 157.4, 0),
        ("F-18", 1, 633.5, 249.8, 0),
        ("C-11", 1, 960.4, 385.7, 0),
        ("Cu-64", 1, 652.62, 278.008, 0),
        ("Zr-89", 1, 901.85, 395.5, 0),
        ("I-124", 1, 2137.6, 974.74, 1),
        ("I-124", 1, 1534.86, 687.04, 0),
        ("As-72", 1, 3334.0, 1528.5, 1),
        ("Tb-152", 1, 2968.0, 1337.0, 1),
        ("Tb-152", 1, 2623.72, 1186.0, 0),
    ],
)
def test_mean_energy_without_rescaling(name, charge, endpoint, mean, unique):
    nuclide = Nuclide(name)
    energy, probability = beta_energy_spectrum(
        endpoint * KEV, nuclide.atomic_number - charge, nuclide.mass_number, charge, unique=unique, points=1000
    )
    assert energy @ probability / KEV == pytest.approx(mean, rel=0.01)


def dirac(kappa, W, Z, A, charge, shift):
    """Squared amplitude at the nucleus of one partial wave, over that of a free particle.

    Uniform nucleus in a Hulthen field charge alpha Z b/(exp(b r) - 1), whose shift at the nucleus is alpha Z b/2.
    """
    R, b, p = 1.2 * A ** (1 / 3) / 386.159, 2.0 * shift / (ALPHA * Z), np.sqrt(W * W - 1.0)

    def V(r):
        nucleus = (3.0 - (r / R) ** 2) / (2.0 * R) if r < R else 1.0 / r
        return charge * ALPHA * Z * (nucleus + b / np.expm1(b * r) - 1.0 / r)

    def slope(r, y):
        return [-kappa / r * y[0] + (W + 1 - V(r)) * y[1], kappa / r * y[1] - (W - 1 - V(r)) * y[0]]

    def slope_of_log(s, y):
        r = np.exp(s)
        return [r * change for change in slope(r, y)]

    r, end = 1e-3 * R, 25.0 / b
    first = [1.0, -(W - 1 - V(r)) * r / 3] if kappa < 0 else [(W + 1 - V(r)) * r / 3, 1.0]
    y = first
    for start, stop in ((r, R), (R, 1.0)):
        y = solve_ivp(slope_of_log, (np.log(start), np.log(stop)), y, method="DOP853", rtol=1e-9, atol=1e-13).y[:, -1]
    G, F = solve_ivp(slope, (1.0, end), y, method="DOP853", rtol=1e-8, atol=1e-11).y[:, -1]
    x, large, small = p * end, (kappa if kappa > 0 else 0), (0 if kappa > 0 else 1)
    weight = np.sign(kappa) * p / (W + 1)
    matrix = [
        [x * spherical_jn(large, x), x * spherical_yn(large, x)],
        [weight * x * spherical_jn(small, x), weight * x * spherical_yn(small, x)],
    ]
    amplitude = np.sum(np.linalg.solve(matrix, [G, F]) ** 2)
    free = p if kappa < 0 else p * abs(weight)
    return 1.0 / r**2 / amplitude / free**2


def exact_density(kev, Z, A, charge):
    """p W F_0 L_0 of a screened atom."""
    W, shift = 1.0 + kev * KEV / REST, screening_energy(Z + charge) / REST
    waves = [dirac(kappa, W, Z, A, charge, shift) for kappa in (-1, 1)]
    return np.sqrt(W * W - 1.0) * ((W + 1) * waves[0] + (W - 1) * waves[1]) / 2.0


def shape_against_dirac(kev, Z, A, charge, reference=200.0):
    endpoint = 100.0 * MEV  # so far away that the neutrino's momentum is constant
    ours = beta_density(np.array([kev, reference]) * KEV, endpoint, Z, A, charge)
    ours = ours / (endpoint - np.array([kev, reference]) * KEV) ** 2
    return ours[0] / ours[1] / (exact_density(kev, Z, A, charge) / exact_density(reference, Z, A, charge))


def test_screened_shape_against_the_dirac_equation():
    # Lu-177 at 5 keV, below the shift of 14 keV where Rose's formula ends.
    assert shape_against_dirac(5.0, 72, 177, -1) == pytest.approx(1.0, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("Z", "A", "charge", "kev", "tolerance"),
    [
        (72, 177, -1, 2, 0.03),
        (72, 177, -1, 20, 0.01),
        (72, 177, -1, 500, 0.01),
        (40, 90, -1, 5, 0.01),
        (40, 90, -1, 50, 0.005),
        (84, 213, -1, 10, 0.02),
        (84, 213, -1, 1000, 0.04),  # finite nuclear size
        (28, 64, 1, 10, 0.06),
        (28, 64, 1, 50, 0.01),
        (64, 152, 1, 50, 0.04),
        (64, 152, 1, 500, 0.02),
    ],
)
def test_shapes_against_the_dirac_equation(Z, A, charge, kev, tolerance):
    assert shape_against_dirac(kev, Z, A, charge) == pytest.approx(1.0, abs=tolerance)


def test_screening_makes_slow_positrons():
    # The electrons of the atom lower the barrier: hardly for F-18, much for Tb-152.
    for Z, A, least in ((8, 18, 1.0), (64, 152, 1.4)):
        bare = np.sqrt((1 + 30 * KEV / REST) ** 2 - 1) * (1 + 30 * KEV / REST) * fermi_function(30 * KEV, Z, A, 1)
        screened = beta_density(30 * KEV, 100 * MEV, Z, A, 1) / (100 * MEV / REST - 30 * KEV / REST) ** 2
        assert screened / bare > least


@pytest.mark.parametrize("name", BETA)
def test_spectrum_holds_particles_and_energy_of_the_evaluation(name):
    nuclide = Nuclide(name)
    for radiation in ("beta-", "beta+"):
        lines = nuclide.emissions(radiation)
        if not lines:
            continue
        energy, density = nuclide.beta_spectrum(radiation)
        assert np.all(density >= 0)
        assert energy[0] == 0
        assert energy[-1] == pytest.approx(max(line.endpoint for line in lines))
        assert np.trapezoid(density, energy) == pytest.approx(sum(line.intensity for line in lines), rel=1e-9)
        assert np.trapezoid(energy * density, energy) == pytest.approx(nuclide.mean_energy(radiation), rel=1e-9)


def test_branches_and_signs_add_up():
    copper = Nuclide("Cu-64")
    both, electrons, positrons = (copper.beta_spectrum(kind) for kind in (None, "beta-", "beta+"))
    apart = np.interp(both.energy, electrons.energy, electrons.density, right=0.0)
    np.testing.assert_allclose(apart + positrons.density, both.density, rtol=2e-3, atol=1e-4 * both.density.max())
    lines = Nuclide("Lu-177").emissions("beta-")
    energy, rows = Nuclide("Lu-177").beta_spectrum(by_branch=True)
    assert rows.shape == (len(lines), energy.size)
    np.testing.assert_allclose(rows.sum(axis=0), Nuclide("Lu-177").beta_spectrum().density)
    for line, row in zip(lines, rows, strict=True):
        assert np.all(row[energy > line.endpoint] == 0)


def test_number_of_points_does_not_matter():
    coarse, fine = (Nuclide("Y-90").beta_spectrum(points=number) for number in (128, 2048))
    share = [np.trapezoid(np.where(energy < 0.5 * MEV, density, 0.0), energy) for energy, density in (coarse, fine)]
    assert share[0] == pytest.approx(share[1], rel=0.02)


def test_unique_branches_are_known_and_matter():
    orders = {name: max(line.unique for line in Nuclide(name).emissions() if line.endpoint > 0) for name in BETA}
    assert {"Y-90", "Sr-90", "Ho-166", "I-124", "As-72", "Tb-152"} <= {name for name, n in orders.items() if n == 1}
    assert orders["Tc-99"] == 2
    assert orders["F-18"] == orders["Cu-64"] == orders["Re-188"] == 0
    # Each row of the table names a shipped branch.
    for (name, radiation), branches in data._unique_branches().items():
        for endpoint, order in branches:
            found = [
                line for line in Nuclide(name).emissions(radiation) if abs(line.endpoint / KEV - endpoint / 1e3) < 3
            ]
            assert [line.unique for line in found] == [order], (name, endpoint)
    # Y-90: 2 % more energy than the allowed shape gives.
    means = [np.dot(*beta_energy_spectrum(2278.5 * KEV, 40, 90, -1, unique=order)) for order in (0, 1)]
    assert 0.005 < means[1] / means[0] - 1 < 0.03


def test_given_mean_is_kept_and_the_endpoint_too():
    energy = np.linspace(0.0, 600.0, 400) * KEV
    density = branch_spectrum(energy, 497.9 * KEV, 72, 177, -1, mean_energy=155.0 * KEV)
    assert np.trapezoid(density, energy) == pytest.approx(1.0)
    assert np.trapezoid(density * energy, energy) / KEV == pytest.approx(155.0)
    assert np.all(density[energy > 497.9 * KEV] == 0)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("Cu-64", {"radiation": "gamma"}, "only beta particles have a spectrum"),
        ("Cu-64", {"radiation": "beta"}, "did you mean 'beta-'|Did you mean"),
        ("Lu-177", {"radiation": "beta+"}, r"Lu-177 emits no beta\+"),
        ("At-211", {}, "At-211 emits no beta particles"),
        ("Y-90", {"points": 3}, "16 or more"),
    ],
)
def test_bad_input(name, arguments, message):
    with pytest.raises(InputError, match=message):
        Nuclide(name).beta_spectrum(**arguments)


def test_impossible_branches():
    with pytest.raises(InputError, match="endpoint"):
        branch_spectrum(np.linspace(0, 1, 9) * MEV, -1.0, 40, 90, -1)
    with pytest.raises(InputError, match="mean_energy"):
        branch_spectrum(np.linspace(0, 1, 99) * MEV, 1.0 * MEV, 40, 90, -1, mean_energy=0.95 * MEV)
