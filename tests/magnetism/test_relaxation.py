"""Relaxation times: exact eigenvalues, the usual forms with their measured errors, fields."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import eigh
from scipy.optimize import minimize_scalar

from ferrotope.errors import InputError, ValidityError
from ferrotope.magnetism.equilibrium import langevin
from ferrotope.magnetism.operators import neel_operators
from ferrotope.magnetism.relaxation import (
    brown_relaxation_time,
    brownian_time,
    free_diffusion_time,
    mean_square_cosine,
    neel_relaxation_time,
    neel_time,
    neel_time_ratio,
    neel_time_ratio_coffey,
    neel_time_ratio_high_barrier,
    smallest_eigenvalue,
    transverse_relaxation_time,
)
from ferrotope.magnetism.relaxation_in_field import (
    brownian_peak_frequency,
    brownian_time_across,
    brownian_time_along,
    neel_time_in_field,
    neel_time_ratio_two_wells,
)


def galerkin(sigma, xi=0.0, size=60):
    """Smallest non-zero eigenvalue by Galerkin's method in Legendre polynomials, weighted by Boltzmann's factor."""
    x, weights = np.polynomial.legendre.leggauss(4 * size)
    orders = np.arange(size)
    values = np.polynomial.legendre.legvander(x, size - 1) * np.sqrt(2.0 * orders + 1.0)
    slopes = np.stack(
        [np.polynomial.legendre.Legendre.basis(l).deriv()(x) * math.sqrt(2 * l + 1) for l in orders], axis=1
    )
    density = weights * np.exp(sigma * x**2 + xi * x - max(sigma, 0.0) - abs(xi))
    stiffness = (slopes * (density * (1 - x**2))[:, None]).T @ slopes
    return eigh(stiffness, (values * density[:, None]).T @ values, eigvals_only=True, subset_by_index=[1, 1])[0]


@pytest.mark.parametrize(("sigma", "ratio"), [(0.0, 1.0), (1.0, 1.53107), (10.0, 693.92)])
def test_neel_time_to_the_digits_given(sigma, ratio):
    assert neel_time(sigma, 2e-10) == pytest.approx(2e-10 * ratio, rel=4e-6)


def test_neel_time_of_arrays():
    times = neel_time(np.array([[0.0], [5.0]]), np.array([1e-10, 2e-10, 3e-10]))
    assert times.shape == (2, 3)
    assert times[1, 2] == pytest.approx(3 * neel_time(5.0, 1e-10))


@pytest.mark.parametrize(("sigma", "xi"), [(0.5, 0.0), (7.0, 0.0), (-4.0, 0.0), (3.0, 2.0), (0.0, 4.0), (-3.0, 3.0)])
def test_eigenvalue_by_a_second_method(sigma, xi):
    size = 40 if sigma > 0 else 16
    assert smallest_eigenvalue(sigma, xi) == pytest.approx(galerkin(sigma, xi, size), rel=1e-8)


@pytest.mark.parametrize("sigma", [-149.0, -20.0, -0.3, 0.7, 11.3, 19.99, 20.01, 60.0, 400.0])
def test_the_interpolated_ratio_is_that_of_the_eigenvalue(sigma):
    assert neel_time_ratio(sigma) * smallest_eigenvalue(sigma) == pytest.approx(2.0, rel=2e-7)


def test_tall_barriers_follow_browns_series():
    """1 + 1/sigma + 7/(4 sigma^2) + 9/(2 sigma^3) times the high-barrier form."""
    for sigma in (100.0, 300.0, 600.0):
        series = 1 + 1 / sigma + 1.75 / sigma**2 + 4.5 / sigma**3
        assert neel_time_ratio(sigma) / neel_time_ratio_high_barrier(sigma) == pytest.approx(series, rel=3e-7)


def test_deep_easy_planes_relax_like_a_spring():
    """lambda -> 2|sigma| - 1: an Ornstein-Uhlenbeck process with its first correction."""
    assert 2.0 / neel_time_ratio(-1e4) == pytest.approx(2e4 - 1.0, rel=1e-8)
    for sigma in (-150.01, -300.0, -3e3):
        assert neel_time_ratio(sigma) * smallest_eigenvalue(sigma) == pytest.approx(2.0, rel=2e-7)


@given(st.floats(-1e9, 1e9), st.floats(1e-15, 1e-3))
def test_neel_time_is_never_nan(sigma, tau):
    time = float(neel_time(sigma, tau))
    assert time > 0


def test_errors_of_the_usual_forms_are_those_documented():
    def error(form, sigma):
        return 100 * (form(sigma) / neel_time_ratio(sigma) - 1)

    brown = {1: 57, 2: -7, 4: -21, 5: -20, 10: -11, 15: -7.1, 20: -5.2, 30: -3.4}
    coffey = {0.5: 8.5, 1: 5.5, 2: -1.8, 4: -6.9, 5: -6.5, 10: -2.2, 15: -0.9, 20: -0.5}
    for sigma, expected in brown.items():
        assert error(neel_time_ratio_high_barrier, sigma) == pytest.approx(expected, abs=0.51)
    for sigma, expected in coffey.items():
        assert error(neel_time_ratio_coffey, sigma) == pytest.approx(expected, abs=0.05)
    assert neel_time_ratio_coffey(0.0) == pytest.approx(1.0)


@pytest.mark.parametrize(("lower", "error"), [(5.0, -20), (3.0, -22), (2.0, -15), (1.0, 23)])
@pytest.mark.parametrize("sigma", [10.0, 40.0])
def test_browns_two_wells_in_a_field(sigma, lower, error):
    xi = 2 * sigma * (1 - math.sqrt(lower / sigma))
    exact = 2.0 / smallest_eigenvalue(sigma, xi)
    assert 100 * (neel_time_ratio_two_wells(sigma, xi) / exact - 1) == pytest.approx(error, abs=2.5)


def test_two_wells_without_a_field_and_behind_high_barriers():
    np.testing.assert_allclose(neel_time_ratio_two_wells(12.0), neel_time_ratio_high_barrier(12.0))
    # a weak field: both wells empty
    for xi in (0.5, 1.5):
        change = neel_time_ratio_two_wells(20.0, xi) / neel_time_ratio_two_wells(20.0)
        exact = smallest_eigenvalue(20.0) / smallest_eigenvalue(20.0, xi)
        assert change == pytest.approx(exact, rel=5e-3)
    # both barriers far above kT, the whole range of energies 313 kT
    exact = 2.0 / smallest_eigenvalue(200.0, 100.0)
    assert neel_time_ratio_two_wells(200.0, 100.0) == pytest.approx(exact, rel=1e-2)
    with pytest.raises(ValidityError, match="one well"):
        neel_time_ratio_two_wells(2.0, 4.0)
    with pytest.raises(ValidityError, match="two_wells"):
        smallest_eigenvalue(600.0, 300.0)


def test_a_field_along_the_axis_against_spherical_harmonics():
    for sigma, xi in ((5.0, 3.0), (8.0, 20.0), (10.0, -6.0)):
        operators = neel_operators(40, 0)
        matrix = operators.matrix(operators.combine({"diffusion": 1.0, "axis": 2 * sigma, "z": xi})[0]).toarray()
        slowest = np.linalg.eigvals(-matrix).real.min()
        assert neel_time_in_field(sigma, xi, 1.0) == pytest.approx(2.0 / slowest, rel=1e-8)
    assert neel_time_in_field(5.0, 0.0, 1e-9) == pytest.approx(neel_time(5.0, 1e-9))
    assert smallest_eigenvalue(30.0, 25.0) == pytest.approx(smallest_eigenvalue(30.0, -25.0))


def test_a_field_at_an_angle():
    along = neel_time_in_field(8.0, 4.0, 1.0)
    assert neel_time_in_field(8.0, 4.0, 1.0, 1e-4) == pytest.approx(along, rel=1e-5)
    assert neel_time_in_field(8.0, 4.0, 1.0, math.pi - 0.5) == pytest.approx(
        neel_time_in_field(8.0, 4.0, 1.0, 0.5), rel=1e-6
    )
    # precession finds the saddle sooner: without it (a of 10) the same switching takes longer
    fast, slow = neel_time_in_field(8.0, 4.0, 1.0, 0.8, [0.1, 10.0])
    assert fast < 0.5 * slow
    # without anisotropy the angle means nothing
    assert neel_time_in_field(0.0, 5.0, 1.0, 0.7) == pytest.approx(brownian_time_along(5.0, 1.0), rel=1e-5)
    with pytest.raises(ValidityError, match="25 kT"):
        neel_time_in_field(40.0, 1.0, 1.0, 0.7)


def test_brownian_time_and_its_mode_in_a_constant_field():
    """100 nm, 0.89 mPa s, 298.15 K: 3.3962e-4 s."""
    assert brownian_time(100e-9, 0.89e-3, 298.15) == pytest.approx(3.3962e-4, rel=2e-5)
    operators = neel_operators(30, 1)
    matrix = operators.matrix(operators.combine({"diffusion": 1.0, "z": 6.0})[0]).toarray()
    for order, form in ((0, brownian_time_along), (1, brownian_time_across)):
        block = matrix[np.ix_(operators.order == order, operators.order == order)]
        assert form(6.0, 1.0) == pytest.approx(2.0 / np.linalg.eigvals(-block).real.min(), rel=1e-9)
        assert form(0.0, 3.0) == pytest.approx(3.0)
        assert form(0.0, 3.0, "effective") == pytest.approx(3.0)


@pytest.mark.parametrize(("order", "form"), [(0, brownian_time_along), (1, brownian_time_across)])
def test_effective_brownian_times_are_the_initial_decay(order, form):
    """Rate <|grad f|^2>/var f over 2 tau_B of f = cos or sin cos(phi), by quadrature."""
    x, weights = np.polynomial.legendre.leggauss(60)
    for xi in (0.5, 4.0, 15.0):
        density = weights * np.exp(xi * (x - 1))
        density /= density.sum()
        if order == 0:
            variance, gradient = density @ x**2 - (density @ x) ** 2, density @ (1 - x**2)
        else:
            variance = density @ (1 - x**2) / 2
            gradient = 1 - variance
        assert form(xi, 1.0, "effective") == pytest.approx(2 * variance / gradient, rel=1e-9)


def test_errors_of_the_effective_times_are_those_documented():
    along, across = {1: 3.0, 2: 9.5, 5: 15.5, 10: 2.7, 20: 0.3}, {1: 2.1, 2: 5.2, 5: 4.2, 10: 1.1, 20: 0.3}
    for form, table in ((brownian_time_along, along), (brownian_time_across, across)):
        for xi, shorter in table.items():
            assert 100 * (1 - form(float(xi), 1.0, "effective") / form(float(xi), 1.0)) == pytest.approx(
                shorter, abs=0.06
            )


def test_strong_fields_align_a_particle_like_a_spring():
    """Across 2 tau_B/xi, along half of it; both forms agree there."""
    for xi in (3e3, 1e6):
        for form in ("exact", "effective"):
            assert brownian_time_across(xi, 1.0, form) == pytest.approx(2 / xi, rel=1e-3)
            assert brownian_time_along(xi, 1.0, form) == pytest.approx(1 / xi, rel=1e-3)


def loss_of_blocked_moments(xi, product, degree=30, harmonics=31):
    """-Im m_1 of <cos> in a field xi cos(wt) at w tau_B, by matrix continued fractions over Legendre functions."""
    l = np.arange(1, degree + 1)
    pull = l * (l + 1) / (2.0 * l + 1)
    field = (np.diag(pull[1:], -1) - np.diag(pull[:-1], 1)) * xi / 2
    constant = np.zeros(degree)
    constant[0] = pull[0] * xi / 2
    step = np.zeros((degree, degree))
    for k in range(harmonics, 0, -1):
        inner = np.diag(2j * k * product + l * (l + 1.0)) - field @ step
        if k == 1:
            break
        step = np.linalg.solve(inner, field)
    # harmonic 0 is real: c_0 = (1/A_0) Re(2 B c_1); the constant function drives harmonic 1
    rest = np.diag(1.0 / (l * (l + 1.0))) @ field
    real = np.block([[inner.real, -inner.imag], [inner.imag, inner.real]])
    real[:degree, :degree] -= field @ rest * 2.0
    solution = np.linalg.solve(real, np.concatenate([constant, np.zeros(degree)]))
    return solution[0], -solution[degree]


def test_the_second_method_for_alternating_fields():
    """(xi, w tau_B) = (1, 1), (5, 1), (20, 1): amplitudes 2 m_1 of an integration in time."""
    for xi, expected in ((1, (0.165163, 0.162070)), (5, (0.666742, 0.484084)), (20, (1.064561, 0.428127))):
        assert 2 * np.array(loss_of_blocked_moments(xi, 1.0)) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize(("xi", "exact"), [(1.0, 1.0419), (5.0, 1.7167), (10.0, 2.7779), (20.0, 4.7941)])
def test_peak_of_the_brownian_loss_shifts_with_the_field(xi, exact):
    found = minimize_scalar(lambda log: -loss_of_blocked_moments(xi, math.exp(log))[1], bracket=(0.0, 1.0), tol=1e-6)
    assert math.exp(found.x) == pytest.approx(exact, rel=2e-4)
    assert 2 * math.pi * 3e-4 * brownian_peak_frequency(xi, 3e-4) == pytest.approx(exact, rel=0.021)


def test_times_across_the_axis():
    given = (446e3, 12e-9, 300.0, 0.1)
    free = free_diffusion_time(*given)
    for precession in (True, False):
        assert transverse_relaxation_time(0.0, *given, precession=precession) == pytest.approx(free, rel=1e-6)
    barrier = 1.380649e-23 * 300.0 / (math.pi / 6 * 12e-9**3)  # K of one kT
    for sigma, factor in ((1.0, 4.3), (3.0, 12.8), (8.0, 67.0), (1e3, 101.0), (1e4, 101.0)):
        slow, fast = (transverse_relaxation_time(sigma * barrier, *given, precession=p) for p in (False, True))
        assert slow / fast == pytest.approx(factor, rel=0.02)
        cosine = mean_square_cosine(sigma)
        assert slow == pytest.approx(2 * free * (1 - cosine) / (1 + cosine))


def test_neel_relaxation_time_without_anisotropy_is_diffusion():
    assert neel_relaxation_time(0.0, 446e3, 12e-9, 300.0) == pytest.approx(free_diffusion_time(446e3, 12e-9, 300.0))
    assert langevin(0.0) == 0.0


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: neel_time(1.0, 0.0), "tau_D"),
        (lambda: neel_time(math.nan, 1e-9), "sigma"),
        (lambda: brownian_time(0.0, 1e-3, 300.0), "d_h"),
        (lambda: brownian_time(1e-8, -1e-3, 300.0), "eta"),
        (lambda: brownian_time(1e-8, 1e-3, 0.0), "T"),
        (lambda: brown_relaxation_time(1e-3, [1e-8, -1e-8], 300.0), "hydrodynamic_diameter"),
        (lambda: free_diffusion_time(4e5, 0.0, 300.0), "diameter"),
        (lambda: free_diffusion_time(4e5, 1e-8, 300.0, 0.0), "damping"),
        (lambda: free_diffusion_time(4e5, 1e-8, 300.0, 11.0), "damping"),
        (lambda: neel_time_in_field(1.0, 1.0, 1e-9, 0.3, -0.1), "damping"),
        (lambda: brownian_time_along(1.0, 1.0, "fast"), "form"),
        (lambda: brownian_peak_frequency(-1.0, 1.0), "xi"),
        (lambda: neel_time_ratio_coffey(-1.0), "sigma"),
    ],
)
def test_bad_input_names_its_field(call, field):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.field == field
