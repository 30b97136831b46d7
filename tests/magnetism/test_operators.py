"""The Fokker-Planck operators: algebra, equilibrium, eigenvalues."""

import numpy as np
import pytest
import scipy.sparse.linalg as linalg

from ferrotope.magnetism.operators import brown_operators, coupled_operators, neel_operators
from ferrotope.magnetism.relaxation import smallest_eigenvalue


def assembled(operators, weights):
    data, constant = operators.combine(weights)
    return operators.matrix(data), constant


@pytest.mark.parametrize("damping", [0.05, 0.3, 2.0])
@pytest.mark.parametrize("barrier", [1.0, 5.0, 10.0])
def test_slowest_rate_is_browns_eigenvalue(barrier, damping):
    operators = neel_operators(30, 2)
    matrix, _ = assembled(operators, {"diffusion": 1.0, "axis": 2 * barrier, "axis_precession": 2 * barrier / damping})
    rates = np.linalg.eigvals(matrix.toarray())
    slowest = -rates[np.argmin(np.abs(rates))]
    assert slowest.imag == pytest.approx(0.0, abs=1e-9)
    assert slowest.real == pytest.approx(smallest_eigenvalue(barrier), rel=1e-6)


@pytest.mark.parametrize(("barrier", "xi", "angle"), [(4.0, 3.0, 0.7), (0.0, 6.0, 0.3), (-5.0, 2.0, 1.1)])
def test_static_state_is_boltzmanns(barrier, xi, angle):
    # precession does not change equilibrium: second method is quadrature of exp(sigma cos^2 + xi.n)
    operators = neel_operators(24, 16)
    across, along = np.sin(angle), np.cos(angle)
    weights = {
        "diffusion": 1.0,
        "axis": 2 * barrier,
        "axis_precession": 2 * barrier / 0.1,
        "x": xi * across,
        "z": xi * along,
        "x_precession": xi * across / 0.1,
        "z_precession": xi * along / 0.1,
    }
    matrix, constant = assembled(operators, weights)
    state = linalg.spsolve(matrix.tocsc(), -constant)
    nodes, node_weights = np.polynomial.legendre.leggauss(80)
    phi = np.arange(80) * 2 * np.pi / 80
    z, phi = np.meshgrid(nodes, phi, indexing="ij")
    x = np.sqrt(1 - z**2) * np.cos(phi)
    density = node_weights[:, None] * np.exp(barrier * z**2 + xi * (across * x + along * z))
    assert operators.outputs["z"] @ state == pytest.approx((density * z).sum() / density.sum(), rel=1e-6)
    assert operators.outputs["x"] @ state == pytest.approx((density * x).sum() / density.sum(), rel=1e-6)


def test_a_turned_field_turns_the_state():
    operators = neel_operators(8, 5)
    for name, sign in (("diffusion", 1), ("axis", 1), ("axis_precession", 1), ("x", -1), ("z_precession", -1)):
        matrix = operators.matrix(operators.data[name]).toarray()
        turned = operators.parity[:, None] * matrix * operators.parity
        np.testing.assert_allclose(turned, sign * matrix, atol=1e-12)


def test_coupled_equilibrium_is_boltzmanns():
    # <m_z> of a moment with a free axis is Langevin's, whatever the barrier: the axis drops out of the integral
    operators = coupled_operators(16, 16, 16)
    barrier, xi, damping, rotation = 4.0, 3.0, 0.1, 0.3
    matrix, constant = assembled(
        operators,
        {
            "diffusion": 1.0,
            "axis": 2 * barrier,
            "axis_precession": 2 * barrier / damping,
            "rotation": rotation,
            "torque": 2 * barrier * rotation,
            "z": xi,
            "z_precession": xi / damping,
        },
    )
    state = linalg.spsolve(matrix.tocsc(), -constant)
    assert operators.outputs["z"] @ state == pytest.approx(1 / np.tanh(xi) - 1 / xi, rel=1e-4)


def test_coupled_without_barrier_is_a_free_moment():
    operators = coupled_operators(6, 4, 4)
    matrix, _ = assembled(operators, {"diffusion": 1.0, "rotation": 0.2})
    rates = np.sort(-np.linalg.eigvals(matrix.toarray()).real)
    # l1(l1+1) + 0.2 l2(l2+1): the smallest are l2 = 2 alone, then l1 = 1 alone
    assert rates[0] == pytest.approx(0.2 * 6)
    assert pytest.approx(rates[np.argmin(np.abs(rates - 2.0))]) == 2.0


def test_brown_operator_relaxes_with_debyes_time():
    operators = brown_operators(6)
    matrix, constant = assembled(operators, {"diffusion": 1.0})
    assert matrix.toarray()[0, 0] == -2.0  # in units of 1/(2 tau_B): <P1> decays with 1/tau_B
    assert not constant.any()
