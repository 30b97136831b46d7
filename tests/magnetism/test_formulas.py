"""Magnetism against published and independently derived numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from ferrotope.magnetism.equilibrium import (
    equilibrium_magnetisation,
    initial_susceptibility,
    langevin,
    langevin_derivative,
    langevin_parameter,
)
from ferrotope.magnetism.linear_response import (
    chord_factor,
    debye_loss,
    intrinsic_loss_power,
    largest_loop_power,
    loss_power,
    loss_susceptibility,
    rosensweig_power,
)
from ferrotope.magnetism.relaxation import (
    anisotropy_field,
    brown_relaxation_time,
    effective_relaxation_time,
    mean_square_cosine,
    neel_time_ratio,
    neel_time_ratio_coffey,
    neel_time_ratio_high_barrier,
    smallest_eigenvalue,
    transverse_relaxation_time,
)
from ferrotope.particle import volume_weighted_sizes

MU0 = 4e-7 * math.pi
KT = 1.380649e-23 * 300.0


@pytest.mark.parametrize(("x", "value"), [(0.1, 0.0333111), (1.0, 0.3130353), (5.0, 0.8000908), (5.88976, 0.830229)])
def test_langevin_values(x, value):
    assert langevin(x) == pytest.approx(value, abs=5e-7)
    assert langevin(-x) == pytest.approx(-value, abs=5e-7)


def test_langevin_is_smooth_where_its_two_forms_meet():
    for x in (0.0999999, 0.1000001):
        assert langevin(x) == pytest.approx(1 / math.tanh(x) - 1 / x, rel=1e-11)
        assert langevin_derivative(x) == pytest.approx(1 / x**2 - 1 / math.sinh(x) ** 2, rel=1e-9)
    assert langevin(0.0) == 0.0
    assert langevin_derivative(0.0) == pytest.approx(1 / 3)
    assert langevin(1e6) == pytest.approx(1 - 1e-6)


@given(st.floats(0.01, 200.0))
def test_langevin_derivative_is_the_slope(x):
    h = 1e-5 * max(x, 1.0)
    assert langevin_derivative(x) == pytest.approx((langevin(x + h) - langevin(x - h)) / (2 * h), rel=1e-4, abs=1e-9)


def test_magnetisation_against_direct_integration_over_sizes():
    """Number lognormal weighted by volume, integrated with adaptive quadrature."""
    median, sigma_g, ms, field = 9e-9, 1.3, 4e5, 2e4
    s = math.log(sigma_g)

    def weighted(u, with_moment):
        d = median * math.exp(u)
        weight = math.exp(-0.5 * (u / s) ** 2) * d**3
        return weight * float(langevin(MU0 * ms * math.pi / 6 * d**3 * field / KT)) if with_moment else weight

    top, bottom = (quad(weighted, -6 * s, 9 * s, args=(flag,), limit=200)[0] for flag in (True, False))
    assert equilibrium_magnetisation(field, median, sigma_g, ms, 300.0) == pytest.approx(ms * top / bottom, rel=1e-5)


@given(st.floats(4e-9, 20e-9), st.floats(1.0, 1.4))
def test_initial_slope_and_saturation(median, sigma_g):
    ms = 4e5
    slope = equilibrium_magnetisation(1e-3, median, sigma_g, ms, 300.0) / 1e-3
    assert slope == pytest.approx(initial_susceptibility(median, sigma_g, ms, 300.0), rel=2e-4)
    assert equilibrium_magnetisation(1e12, median, sigma_g, ms, 300.0) == pytest.approx(ms, rel=1e-4)


def test_a_dead_layer_lowers_saturation_by_its_volume():
    value = equilibrium_magnetisation(1e12, 10e-9, 1.0, 4e5, 300.0, 1e-9)
    assert value == pytest.approx(4e5 * 0.8**3, rel=1e-5)


@pytest.mark.parametrize("sigma_g", [1.0, 1.3])
def test_initial_susceptibility_is_the_slope_with_a_dead_layer_too(sigma_g):
    slope = equilibrium_magnetisation(1.0, 10e-9, sigma_g, 4e5, 300.0, 0.5e-9)
    assert initial_susceptibility(10e-9, sigma_g, 4e5, 300.0, 0.5e-9) == pytest.approx(slope, rel=1e-4)


def test_volume_weights_have_the_moments_of_the_distribution():
    d, w = volume_weighted_sizes(10e-9, 1.25)
    s = math.log(1.25)
    for k in (-3, 1, 3):
        assert (w * d**k).sum() == pytest.approx(1e-8**k * math.exp(0.5 * s * s * ((k + 3) ** 2 - 9)), rel=1e-9)


@pytest.mark.parametrize(("sigma", "ratio"), [(1.0, 1.53107), (10.0, 693.92)])
def test_neel_time_of_the_exact_eigenvalue(sigma, ratio):
    assert 2.0 / smallest_eigenvalue(sigma) == pytest.approx(ratio, rel=1e-5)
    assert neel_time_ratio(sigma) == pytest.approx(ratio, rel=2e-5)


def test_neel_time_without_a_barrier_is_free_diffusion():
    assert neel_time_ratio(0.0) == pytest.approx(1.0, rel=1e-9)


def test_neel_time_by_a_second_method():
    """Odd eigenfunction by inverse iteration with the positive integral kernel on a fine grid."""
    x = np.linspace(0.0, 1.0, 40001)[:-1] + 0.5 / 40000
    h = 1.0 / 40000
    for sigma in (0.5, 3.3, 8.7, 14.2):
        g = x.copy()
        for _ in range(12):
            inner = np.cumsum((g * np.exp(sigma * (x**2 - 1)))[::-1])[::-1] * h
            inner -= 0.5 * h * g * np.exp(sigma * (x**2 - 1))
            slope = inner / ((1 - x**2) * np.exp(sigma * (x**2 - 1)))
            new = np.cumsum(slope) * h - 0.5 * h * slope
            weight = np.exp(sigma * (x**2 - 1))
            eigenvalue = (weight * g * new).sum() / (weight * new * new).sum()
            g = new / new[-1]
        assert neel_time_ratio(sigma) == pytest.approx(2.0 / eigenvalue, rel=3e-4)


def test_interpolation_and_the_join_to_the_series():
    for sigma in (0.3, 2.7, 6.1, 12.3, 19.9):
        assert neel_time_ratio(sigma) == pytest.approx(2.0 / smallest_eigenvalue(sigma), rel=1e-5)
    assert neel_time_ratio(20.0001) == pytest.approx(neel_time_ratio(19.9999), rel=1e-3)
    assert 2.0 / smallest_eigenvalue(23.0) == pytest.approx(neel_time_ratio(23.0), rel=1e-3)
    assert np.all(np.diff(neel_time_ratio(np.linspace(0, 60, 400))) > 0)


def test_errors_of_the_usual_approximations():
    """Brown -11 % at 10; Coffey +5.5 % at 1, -2 % at 10, 1 % at 15."""
    assert neel_time_ratio_high_barrier(10.0) / neel_time_ratio(10.0) - 1 == pytest.approx(-0.11, abs=0.005)
    assert neel_time_ratio_coffey(1.0) / neel_time_ratio(1.0) - 1 == pytest.approx(0.055, abs=0.005)
    assert neel_time_ratio_coffey(10.0) / neel_time_ratio(10.0) - 1 == pytest.approx(-0.02, abs=0.01)
    assert abs(neel_time_ratio_coffey(15.0) / neel_time_ratio(15.0) - 1) < 0.015


def test_brown_time_of_a_100_nm_particle():
    """100 nm, 0.89 mPa s, 298.15 K: 3.3962e-4 s."""
    assert brown_relaxation_time(0.89e-3, 100e-9, 298.15) == pytest.approx(3.3962e-4, rel=1e-4)


def test_effective_time():
    assert effective_relaxation_time(2.0, 2.0) == 1.0
    assert effective_relaxation_time(math.inf, 3.0) == 3.0


def test_mean_square_cosine():
    """0.862 at 8; 1/3 without a barrier; direct quadrature."""
    assert mean_square_cosine(8.0) == pytest.approx(0.862, abs=5e-4)
    for sigma in (0.0, 0.005, 0.02, 1.0, 20.0):
        top, bottom = (quad(lambda x, k=k, s=sigma: x**k * math.exp(s * (x * x - 1)), 0, 1)[0] for k in (2, 0))
        assert mean_square_cosine(sigma) == pytest.approx(top / bottom, rel=1e-7)


def rosensweig_case(radius, anisotropy=23e3, exponent=0.5):
    """Rosensweig's ferrofluid, SLP per gram of magnetite with his form of the Néel time."""
    volume = 4 / 3 * math.pi * radius**3
    barrier = anisotropy * volume / KT
    neel = math.sqrt(math.pi) / 2 * 1e-9 * math.exp(barrier) / barrier**exponent
    brown = brown_relaxation_time(2.35e-3, 2 * (radius + 2e-9), 300.0)
    power = rosensweig_power(0.06 / MU0, 3e5, 2 * radius, 446e3, effective_relaxation_time(neel, brown), 300.0, 0.071)
    return power, power / (0.071 * 5180 * 1e3)


def test_rosensweig_magnetite_of_7_nm_radius():
    """Rosensweig 2002 inputs: P 7.4365e8 W/m3, SLP 2022 W/g."""
    power, specific = rosensweig_case(7e-9)
    assert power == pytest.approx(7.4365e8, rel=1e-4)
    assert specific == pytest.approx(2022.0, rel=1e-4)


def test_rosensweig_optimum_radius():
    """6.869 nm with his prefactor, 7.533 nm with Brown's exponent."""
    radii = np.linspace(6e-9, 9e-9, 3001)
    assert radii[np.argmax([rosensweig_case(r)[1] for r in radii])] == pytest.approx(6.869e-9, abs=2e-12)
    assert radii[np.argmax([rosensweig_case(r, exponent=1.5)[1] for r in radii])] == pytest.approx(7.533e-9, abs=2e-12)


def test_carrey_loop_area_at_resonance():
    """Random axes, w tau = 1, 20 nm, 446 kA/m, 300 K, 1 kA/m: 166.33 J/m3 (Carrey 2011, doi:10.1063/1.3551582)."""
    volume = math.pi / 6 * 20e-9**3
    susceptibility = MU0 * 446e3**2 * volume / (3 * KT) * 0.5
    assert loss_power(susceptibility, 1e3, 1.0) == pytest.approx(166.33, rel=1e-4)


def test_fixed_random_axes_carry_the_mean_square_cosine():
    """14 nm, 23 kJ/m3, 446 kA/m, 1 kA/m, 300 kHz, damping 0.1: 48.86 J/m3 a cycle; a full solution has 48.715."""
    chi = loss_susceptibility(3e5, 14e-9, 1.0, 446e3, 23e3, 300.0)
    assert loss_power(chi, 1e3, 3e5) / 3e5 == pytest.approx(48.86, rel=2e-3)


@pytest.mark.parametrize(("anisotropy", "tolerance"), [(15e3, 0.12), (200e3, 0.01)])
def test_free_particles_follow_rosensweig_behind_a_high_barrier(anisotropy, tolerance):
    """Rosensweig gives all of the moment the effective time; that holds as 1 - <cos^2>, about 1/sigma, goes to zero."""
    options = {"immobilised_fraction": 0.0, "viscosity": 1e-3, "hydrodynamic_diameter": 30e-9}
    chi = loss_susceptibility(1e5, 18e-9, 1.0, 446e3, anisotropy, 300.0, **options)
    volume = math.pi / 6 * 18e-9**3
    sigma = anisotropy * volume / KT
    neel = 446e3 * volume * 1.01 / (0.2 * 1.76085963023e11 * KT) * neel_time_ratio(sigma)
    tau = effective_relaxation_time(neel, brown_relaxation_time(1e-3, 30e-9, 300.0))
    rosensweig = MU0 * 446e3**2 * volume / (3 * KT) * debye_loss(1e5, tau)
    assert chi == pytest.approx(rosensweig, rel=tolerance)
    assert chi < rosensweig
    assert chi == pytest.approx(mean_square_cosine(sigma) * rosensweig, rel=1e-3)  # the rest is too fast to lose


@pytest.mark.parametrize("diameter", [8e-9, 12e-9, 16e-9])
def test_particles_in_a_stiff_medium_are_bound_particles(diameter):
    common = (3e5, diameter, 1.2, 446e3, 23e3, 310.0)
    stiff = {"immobilised_fraction": 0.0, "viscosity": 1e9, "hydrodynamic_diameter": 40e-9}
    assert loss_susceptibility(*common, **stiff) == pytest.approx(loss_susceptibility(*common), rel=1e-9)


def test_without_a_barrier_the_moment_relaxes_alike_along_and_across():
    d = 10e-9
    tau = 446e3 * math.pi / 6 * d**3 * 1.01 / (0.2 * 1.76085963023e11 * KT)
    assert transverse_relaxation_time(1e-6, 446e3, d, 300.0) == pytest.approx(tau, rel=1e-6)
    chi = MU0 * 446e3**2 * math.pi / 6 * d**3 / (3 * KT)
    assert loss_susceptibility(1e8, d, 1.0, 446e3, 1e-6, 300.0) == pytest.approx(chi * debye_loss(1e8, tau), rel=1e-6)


@pytest.mark.parametrize("sigma_g", [1.05, 1.26, 1.36, 1.5, 2.0])
def test_the_average_over_sizes_converges(sigma_g):
    """10 nm magnetite at 300 kHz, against a dense sum; 31 Gauss-Hermite nodes were off by up to 70 %."""
    spread = math.log(sigma_g)
    x = np.linspace(-8, 8, 40_001)
    weights = np.exp(-0.5 * x**2)
    sizes = 10e-9 * np.exp(3 * spread**2 + spread * x)
    each = np.array([loss_susceptibility(3e5, float(d), 1.0, 446e3, 23e3, 310.0) for d in sizes[::20]])
    dense = float((each * weights[::20]).sum() / weights[::20].sum())
    assert loss_susceptibility(3e5, 10e-9, sigma_g, 446e3, 23e3, 310.0) == pytest.approx(dense, rel=2e-3)


def test_a_mixture_is_the_weighted_sum():
    given_ = {"viscosity": 1e-3, "hydrodynamic_diameter": 40e-9}
    free, half, bound = (
        loss_susceptibility(2e5, 14e-9, 1.2, 4e5, 2e4, 310.0, immobilised_fraction=part, **given_)
        for part in (0.0, 0.5, 1.0)
    )
    assert half == pytest.approx(0.5 * (free + bound))


def test_chord_factor_limits():
    assert chord_factor(0.0) == pytest.approx(1.0)
    assert chord_factor(1e-4) == pytest.approx(1.0)
    assert chord_factor(5.0) == pytest.approx(3 * 0.8000908 / 5, rel=1e-6)


def test_largest_loop_and_ilp_and_anisotropy_field():
    """100 W/g at 300 kHz, 20 kA/m: 0.8333 nH m2/kg. K 11 kJ/m3, 446 kA/m: mu0 Hk 49.3 mT."""
    assert intrinsic_loss_power(1e5, 20e3, 3e5) * 1e9 == pytest.approx(0.8333, rel=1e-4)
    assert MU0 * anisotropy_field(11e3, 446e3) == pytest.approx(49.3e-3, rel=1e-3)
    assert largest_loop_power(4e5, 1e4, 1.0) == pytest.approx(4 * MU0 * 4e5 * 1e4)


def test_langevin_parameter_of_a_known_case():
    """20 nm, 474 kA/m, 293 K, 12 mT: xi 5.88976 (with the 2014 Boltzmann constant)."""
    assert langevin_parameter(0.012 / MU0, 20e-9, 474e3, 293.0) == pytest.approx(5.88976, rel=1e-5)
