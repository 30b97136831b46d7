"""Equilibrium with anisotropy, of distributions, with interactions and temperature; loops without thermal motion."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad, quad
from scipy.special import dawsn

from ferrotope.errors import InputError, ValidityError
from ferrotope.magnetism.anisotropic_equilibrium import uniaxial_langevin
from ferrotope.magnetism.equilibrium import (
    bloch_magnetisation,
    equilibrium_magnetisation,
    initial_susceptibility,
    interacting_magnetisation,
    langevin,
    magnetisation_curve,
    static_susceptibility,
)
from ferrotope.magnetism.relaxation import mean_square_cosine
from ferrotope.magnetism.stoner_wohlfarth import (
    coercive_field,
    stoner_wohlfarth_area,
    switching_field,
    thermal_switching,
)
from ferrotope.particle.sizes import gaussian_sizes, lognormal_sizes, tabulated_sizes

MU0 = 4e-7 * math.pi
KT = 1.380649e-23 * 300.0


def over_the_sphere(xi, sigma, angle):
    """Mean of n.h by adaptive quadrature over both angles of n, without Bessel functions."""
    across, along = math.sin(angle), math.cos(angle)
    top = max(sigma, 0.0) + xi

    def density(phi, theta):
        x, s = math.cos(theta), math.sin(theta)
        return math.exp(sigma * x * x + xi * (along * x + across * s * math.cos(phi)) - top) * s

    def component(phi, theta):
        return (along * math.cos(theta) + across * math.sin(theta) * math.cos(phi)) * density(phi, theta)

    both = (dblquad(f, 0, math.pi, 0, math.pi, epsabs=0, epsrel=1e-8)[0] for f in (component, density))
    return next(both) / next(both)


@pytest.mark.parametrize(
    ("xi", "sigma", "angle"),
    [(2.0, 5.0, 0.0), (3.0, 4.0, 0.8), (0.3, -6.0, 1.2), (12.0, 9.0, math.pi / 2), (1.0, 0.0, 1)],
)
def test_one_angle_by_quadrature_over_the_sphere(xi, sigma, angle):
    assert uniaxial_langevin(xi, sigma, angle) == pytest.approx(over_the_sphere(xi, sigma, angle), rel=1e-7)


@pytest.mark.parametrize(("xi", "sigma"), [(0.1, 0.5), (3.0, 5.0), (20.0, 30.0), (500.0, 200.0), (5.0, 200.0)])
def test_aligned_axes_in_closed_form(xi, sigma):
    """<cos> = [2 sinh(xi) e^sigma/Z - xi]/(2 sigma), Z by two Dawson integrals; scaled so that nothing overflows."""
    root, shift = math.sqrt(sigma), xi / (2 * math.sqrt(sigma))
    z = (dawsn(root + shift) + math.exp(-2 * xi) * dawsn(root - shift)) / root  # over e^(sigma + xi)
    exact = (-math.expm1(-2 * xi) / z - xi) / (2 * sigma)
    assert uniaxial_langevin(xi, sigma, 0.0) == pytest.approx(exact, rel=1e-7)


@pytest.mark.parametrize(("xi", "sigma"), [(3.0, 5.0), (2.0, -7.0), (40.0, 15.0)])
def test_random_axes_are_the_mean_over_angles(xi, sigma):
    mean = quad(lambda u: uniaxial_langevin(xi, sigma, math.acos(u)), 0, 1, epsrel=1e-8)[0]
    assert uniaxial_langevin(xi, sigma) == pytest.approx(mean, rel=1e-6)


@given(st.floats(1e-9, 1e9), st.floats(0.0, math.pi))
def test_without_anisotropy_all_axes_give_langevin(xi, angle):
    assert uniaxial_langevin(xi, 0.0, angle) == pytest.approx(langevin(xi), rel=1e-8)
    assert uniaxial_langevin(-xi, 0.0) == pytest.approx(-langevin(xi), rel=1e-6)


def test_limits_of_aligned_axes():
    assert uniaxial_langevin(0.7, 1e6, 0.0) == pytest.approx(math.tanh(0.7), rel=1e-5)  # two states
    assert uniaxial_langevin(5.0, 1e3, math.pi / 2) == pytest.approx(5.0 / 2e3, rel=2e-3)  # a stiff spring
    assert uniaxial_langevin(300.0, 1e3, math.pi / 2) == pytest.approx(300.0 / 2e3, rel=2e-3)


@settings(max_examples=60)
@given(
    st.floats(-1e12, 1e12),
    st.floats(-1e12, 1e12),
    st.one_of(st.just("random"), st.floats(-math.pi, math.pi)),
)
def test_extreme_energies_stay_between_the_bounds(xi, sigma, axis):
    mean = float(uniaxial_langevin(xi, sigma, axis))
    assert math.isfinite(mean)
    assert 0.0 <= math.copysign(1.0, xi) * mean <= 1.0 + 1e-9


@pytest.mark.parametrize("sigma", [-200.0, -8.0, 0.0, 3.0, 200.0])
def test_initial_slopes_are_those_of_the_mean_square_cosine(sigma):
    """Random axes: exactly a third; an angle psi: cos^2 <c^2> + sin^2 (1 - <c^2>)/2."""
    assert uniaxial_langevin(1e-5, sigma) / 1e-5 == pytest.approx(1 / 3, rel=1e-6)
    cosine = mean_square_cosine(sigma)
    for angle in (0.0, 0.6, math.pi / 2):
        slope = math.cos(angle) ** 2 * cosine + math.sin(angle) ** 2 * (1 - cosine) / 2
        assert uniaxial_langevin(1e-5, sigma, angle) / 1e-5 == pytest.approx(slope, rel=1e-7)


def test_mean_square_cosine_of_an_easy_plane():
    for sigma in (-0.005, -0.02, -3.0, -40.0):
        top, bottom = (quad(lambda x, k=k, s=sigma: x**k * math.exp(s * x * x), 0, 1)[0] for k in (2, 0))
        assert mean_square_cosine(sigma) == pytest.approx(top / bottom, rel=1e-7)


def test_a_curve_of_sizes_is_the_sum_of_its_sizes():
    sizes = tabulated_sizes([8e-9, 12e-9], weighted_by="number")
    field, ms, k = np.array([-2e4, 0.0, 5e3]), 4e5, 2e4
    whole = magnetisation_curve(field, sizes, ms, 300.0, anisotropy=k, easy_axis=0.5, nonmagnetic_layer=0.5e-9)
    expected = np.zeros(3)
    for d, weight in zip(*sizes, strict=True):
        volume = math.pi / 6 * (d - 1e-9) ** 3
        share = (1 - 1e-9 / d) ** 3
        expected += weight * share * ms * uniaxial_langevin(MU0 * ms * volume * field / KT, k * volume / KT, 0.5)
    np.testing.assert_allclose(whole, expected, rtol=1e-6)


def test_the_curve_without_anisotropy_is_langevins():
    sizes = lognormal_sizes(9e-9, 1.3, weighted_by="number")
    field = np.array([1e2, 1e4, 1e6])
    np.testing.assert_allclose(
        magnetisation_curve(field, sizes, 4e5, 300.0), equilibrium_magnetisation(field, 9e-9, 1.3, 4e5, 300.0)
    )


def test_random_axes_start_like_langevin_and_aligned_ones_three_times_steeper():
    sizes = gaussian_sizes(12e-9, 1e-9, weighted_by="volume", step=0.1)
    common = (sizes, 446e3, 300.0)
    isotropic = static_susceptibility(*common)
    assert static_susceptibility(*common, anisotropy=23e3) == pytest.approx(isotropic)
    stiff = static_susceptibility(*common, anisotropy=5e6, easy_axis=0.0)
    assert stiff == pytest.approx(3 * isotropic, rel=3e-3)
    assert static_susceptibility(*common, anisotropy=5e6, easy_axis=math.pi / 2) < 3e-3 * isotropic
    for axis in ("random", 0.0, 0.9):
        slope = magnetisation_curve(0.1, *common, anisotropy=23e3, easy_axis=axis) / 0.1
        assert static_susceptibility(*common, anisotropy=23e3, easy_axis=axis) == pytest.approx(slope, rel=1e-6)
    lognormal = lognormal_sizes(10e-9, 1.2, weighted_by="number")
    for layer in (0.0, 0.7e-9):
        expected = initial_susceptibility(10e-9, 1.2, 4e5, 300.0, layer)
        assert static_susceptibility(lognormal, 4e5, 300.0, nonmagnetic_layer=layer) == pytest.approx(expected)


def test_bloch_law():
    assert bloch_magnetisation(0.0, 5e5, 858.0) == 5e5
    assert bloch_magnetisation(300.0, 5e5, 1200.0) == pytest.approx(5e5 * (1 - 0.25**1.5))
    assert bloch_magnetisation(600.0, 5e5, 1200.0, 2.0, 0.5) == pytest.approx(5e5 * 0.75**0.5)
    assert bloch_magnetisation(900.0, 5e5, 858.0, 1.5, 0.36) == 0.0


def test_self_consistent_mean_field_solves_its_equation():
    sizes = lognormal_sizes(10e-9, 1.2, weighted_by="number", step=0.05)
    field = np.array([-3e4, 0.0, 1.0, 1e3, 1e5])
    for coupling in (1 / 3, -0.5):
        found = interacting_magnetisation(field, sizes, 4e5, 300.0, 0.05, form="self_consistent", coupling=coupling)
        again = 0.05 * magnetisation_curve(field + coupling * found, sizes, 4e5, 300.0)
        np.testing.assert_allclose(found, again, rtol=1e-9, atol=1e-8)
    chi = 0.05 * static_susceptibility(sizes, 4e5, 300.0)
    assert interacting_magnetisation(1.0, sizes, 4e5, 300.0, 0.05, form="self_consistent") == pytest.approx(
        chi / (1 - chi / 3), rel=1e-4
    )


@pytest.mark.parametrize(("form", "second"), [("modified_first_order", 0.0), ("modified_second_order", 1 / 144)])
def test_initial_slope_of_the_modified_mean_field(form, second):
    """chi0 (1 + chi0/3 + chi0^2/144)."""
    sizes = ([12e-9], [1.0])
    chi = 0.1 * static_susceptibility(sizes, 446e3, 300.0)
    assert chi > 1
    slope = interacting_magnetisation(0.1, sizes, 446e3, 300.0, 0.1, form=form) / 0.1
    assert slope == pytest.approx(chi * (1 + chi / 3 + second * chi**2), rel=1e-5)


def test_interactions_vanish_on_dilution_and_spontaneous_order_is_refused():
    sizes = ([12e-9], [1.0])
    thin = interacting_magnetisation(1e4, sizes, 446e3, 300.0, 1e-6) / 1e-6
    assert thin == pytest.approx(magnetisation_curve(1e4, sizes, 446e3, 300.0), rel=1e-4)
    with pytest.raises(ValidityError, match="modified_second_order"):
        interacting_magnetisation(1e4, sizes, 446e3, 300.0, 0.6, form="self_consistent")


def loop_area(angle, steps=4000, peak=1.5):
    """Stoner-Wohlfarth's loop area over K: the energy minimum followed by Newton steps through a field sweep."""
    fields = np.concatenate([np.linspace(peak, -peak, steps)])
    phi, moments = 0.0, []
    for h in fields:
        for _ in range(2000):
            slope = math.sin(2 * phi) - 2 * h * math.sin(angle - phi)
            bend = 2 * math.cos(2 * phi) + 2 * h * math.cos(angle - phi)
            move = -slope / bend if bend > 0.2 else -0.05 * slope
            phi += max(-0.05, min(0.05, move))
            if abs(move) < 1e-9:
                break
        moments.append(math.cos(angle - phi))
    moments = np.array(moments)
    # the other half of the loop is this one turned round; field over 2K/(mu0 Ms): area over K is 2 times the integral
    return 2 * np.trapezoid(moments + moments[::-1], -fields)


@pytest.mark.parametrize("angle", [0.3, 0.8, 1.3])
def test_loss_without_thermal_motion_by_following_the_minimum(angle):
    assert stoner_wohlfarth_area(1.0, angle) == pytest.approx(loop_area(angle), rel=0.01)


def test_stoner_wohlfarth_areas():
    """8 K aligned, 1.9766 K for random axes; nothing below the switching fields."""
    assert stoner_wohlfarth_area(1e4, 0.0) == pytest.approx(8e4)
    assert stoner_wohlfarth_area(1e4, math.pi / 2) == pytest.approx(0.0, abs=1e-8)
    assert stoner_wohlfarth_area(1.0) == pytest.approx(1.9766, abs=5e-5)
    mean = quad(lambda a: math.sin(a) * float(stoner_wohlfarth_area(1.0, a)), 0, math.pi / 2, epsrel=1e-6)[0]
    assert stoner_wohlfarth_area(1.0) == pytest.approx(mean, rel=1e-5)
    part = quad(lambda a: math.sin(a) * float(stoner_wohlfarth_area(1.0, a, 0.7)), 0, math.pi / 2, limit=200)[0]
    assert stoner_wohlfarth_area(1.0, "random", 0.7) == pytest.approx(part, rel=1e-4)
    assert stoner_wohlfarth_area(1.0, "random", 0.5) == 0.0
    assert stoner_wohlfarth_area(1.0, 0.0, 0.99) == 0.0
    assert stoner_wohlfarth_area(0.0) == 0.0


def test_switching_field():
    np.testing.assert_allclose(switching_field(np.array([0.0, math.pi / 4, math.pi / 2])), [1.0, 0.5, 1.0])


def test_thermal_coercivity_of_the_reference_case():
    """20 nm, 446 kA/m, 11 kJ/m3, 300 K, 20 kA/m, 300 kHz, tau0 0.1 ns: kappa 0.593, random Hc 8.08 mT, 7.21 kJ/m3."""
    case = (20e3, 3e5, 20e-9, 446e3, 11e3, 300.0)
    assert thermal_switching(*case) == pytest.approx(0.593, abs=5e-4)
    field = MU0 * coercive_field(*case)
    assert field == pytest.approx(8.08e-3, rel=2e-3)
    assert 2 * field * 446e3 == pytest.approx(7.21e3, rel=2e-3)
    kappa = thermal_switching(*case)
    assert MU0 * coercive_field(*case, easy_axis=0.0) == pytest.approx(2 * 11e3 / 446e3 * (1 - kappa**0.5))


def test_coercivity_without_thermal_motion_and_beyond_validity():
    cold = coercive_field(20e3, 3e5, 20e-9, 446e3, 11e3, 1e-3, easy_axis=0.0)
    assert cold == pytest.approx(2 * 11e3 / (MU0 * 446e3), rel=1e-2)
    with pytest.raises(ValidityError, match="kappa"):
        coercive_field(20e3, 3e5, 15e-9, 446e3, 11e3, 300.0)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: magnetisation_curve(1e3, ([0.0], [1.0]), 4e5, 300.0), "sizes"),
        (lambda: magnetisation_curve(1e3, ([1e-8], [0.5]), 4e5, 300.0), "sizes"),
        (lambda: magnetisation_curve(1e3, ([1e-8], [1.0]), 4e5, 0.0), "temperature"),
        (lambda: magnetisation_curve(1e3, ([1e-8], [1.0]), -4e5, 300.0), "magnetisation"),
        (lambda: magnetisation_curve(math.nan, ([1e-8], [1.0]), 4e5, 300.0), "field"),
        (lambda: equilibrium_magnetisation(1e3, -1e-8, 1.2, 4e5, 300.0), "median"),
        (lambda: equilibrium_magnetisation(1e3, 1e-8, 0.8, 4e5, 300.0), "sigma_g"),
        (lambda: initial_susceptibility(1e-8, 1.2, 4e5, -1.0), "temperature"),
        (lambda: interacting_magnetisation(1e3, ([1e-8], [1.0]), 4e5, 300.0, 0.0), "volume_fraction"),
        (lambda: interacting_magnetisation(1e3, ([1e-8], [1.0]), 4e5, 300.0, 0.1, form="weiss"), "form"),
        (lambda: uniaxial_langevin(1.0, 1.0, 30.0), "easy_axis"),
        (lambda: bloch_magnetisation(300.0, 4e5, 0.0), "vanishing_temperature"),
        (lambda: thermal_switching(1e4, 1e5, 0.0, 4e5, 1e4, 300.0), "diameter"),
        (lambda: stoner_wohlfarth_area(-1.0), "anisotropy"),
    ],
)
def test_bad_input_names_its_field(call, field):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.field == field
