"""The heated sphere against closed forms, a finite-volume solution and conservation of energy."""

import math

import numpy as np
import pytest
from ferrotope.hyperthermia.bioheat import (
    brezovich_limit,
    eddy_power_density,
    hergt_limit,
    sphere_step_response,
    steady_sphere,
    steady_sphere_mean,
)
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.special import erf

CASE = {"radius": 5e-3, "power_density": 1e6, "conductivity": 0.5, "perfusion": 0.005, "blood_heat_capacity": 4e6}


def test_perfused_sphere_of_known_temperature():
    """a 5 mm, P 1e6 W/m3, k 0.5, w 0.005, rho c 4e6 (kappa a = 1): centre 13.2121 K = (P/k kappa^2)(1 - 2/e)."""
    assert steady_sphere(0.0, **CASE) == pytest.approx(13.2121, abs=1e-4)
    assert steady_sphere(0.0, **CASE) == pytest.approx(50.0 * (1 - 2 / math.e), rel=1e-9)


def test_without_perfusion():
    still = {**CASE, "perfusion": 0.0}
    assert steady_sphere(0.0, **still) == pytest.approx(25.0, rel=1e-9)
    assert steady_sphere(5e-3, **still) == pytest.approx(50 / 3, rel=1e-9)
    assert steady_sphere(10e-3, **still) == pytest.approx(25 / 3, rel=1e-9)
    assert steady_sphere_mean(**still) == pytest.approx(20.0, rel=1e-6)


def test_continuity_in_position_and_in_perfusion():
    for w in (0.0, 1e-7, 1e-4, 0.02, 0.5):
        case = {**CASE, "perfusion": w}
        assert steady_sphere(5e-3 * (1 - 1e-9), **case) == pytest.approx(steady_sphere(5e-3 * (1 + 1e-9), **case), rel=1e-6)
    w = 1e-4 * 0.5 / (25e-6 * 4e6)  # perfusion number 1e-2, where the forms change
    below, above = (steady_sphere(2e-3, **{**CASE, "perfusion": w * f}) for f in (0.9999, 1.0001))
    assert below == pytest.approx(above, rel=3e-6)


@given(st.floats(1e-3, 3e-2), st.floats(1e-5, 0.1), st.floats(0.3, 0.7))
def test_energy_balance(radius, perfusion, conductivity):
    """Heat carried off by blood in all tissue equals the power put in."""
    case = {"radius": radius, "power_density": 1e5, "conductivity": conductivity, "perfusion": perfusion, "blood_heat_capacity": 3.8e6}
    depth = math.sqrt(conductivity / (perfusion * 3.8e6))
    inner = np.linspace(0, radius, 4001)
    outer = np.linspace(radius, radius + 40 * depth, 40001)
    total = sum(np.trapezoid(4 * math.pi * r**2 * perfusion * 3.8e6 * steady_sphere(r, **case), r) for r in (inner, outer))
    assert total == pytest.approx(1e5 * 4 / 3 * math.pi * radius**3, rel=2e-3)


def test_transient_centre_without_perfusion():
    """Closed form after Andrae et al. 1999: P a^2/2k [1 - (1 - 2 al t/a^2) erf u - 2/sqrt(pi) sqrt(al t)/a exp(-u^2)]."""
    a, p, k, rc = 5e-3, 1e6, 0.5, 3.6e6
    t = np.array([1.0, 10.0, 60.0, 600.0, 6000.0])
    al = k / rc
    u = a / np.sqrt(4 * al * t)
    exact = p * a**2 / (2 * k) * (1 - (1 - 2 * al * t / a**2) * erf(u) - 2 / math.sqrt(math.pi) * np.sqrt(al * t) / a * np.exp(-(u**2)))
    assert sphere_step_response(t, 0.0, a, p, k, rc, 0.0, 4e6) == pytest.approx(exact, rel=2e-3)


@pytest.mark.parametrize("position", [0.0, 2.5e-3, 5e-3, 8e-3, "mean"])
def test_transient_reaches_the_steady_state(position):
    late = sphere_step_response([4e4], position, 5e-3, 1e6, 0.5, 3.6e6, 0.005, 4e6, steps=4000)[0]
    steady = steady_sphere_mean(**CASE) if position == "mean" else steady_sphere(position, **CASE)
    assert late == pytest.approx(steady, rel=2e-3)


def test_transient_against_finite_volumes():
    """A radial finite-volume solution to 60 mm, perfusion 0.003."""
    a, p, k, rc, w, rcb = 4e-3, 5e5, 0.52, 3.7e6, 0.003, 3.8e6
    edges = np.concatenate([np.linspace(0, 2 * a, 161), np.linspace(2 * a, 60e-3, 160)[1:]])
    centres = 0.5 * (edges[1:] + edges[:-1])
    volume = 4 / 3 * math.pi * np.diff(edges**3)
    area = 4 * math.pi * edges**2
    source = np.where(centres < a, p, 0.0)

    def rate(_, temperature):
        flux = np.zeros(edges.size)
        flux[1:-1] = -k * np.diff(temperature) / np.diff(centres) * area[1:-1]
        return (source - w * rcb * temperature - np.diff(flux) / volume) / rc

    t = np.array([20.0, 120.0, 600.0])
    numeric = solve_ivp(rate, (0, 600), np.zeros(centres.size), "BDF", t, rtol=1e-6, atol=1e-8)
    for place in (centres[3], centres[120]):
        index = int(np.argmin(abs(centres - place)))
        ours = sphere_step_response(t, centres[index], a, p, k, rc, w, rcb)
        assert ours == pytest.approx(numeric.y[index], rel=5e-3)
    weights = volume * (centres < a)
    mean = (weights[:, None] * numeric.y).sum(axis=0) / weights.sum()
    assert sphere_step_response(t, "mean", a, p, k, rc, w, rcb) == pytest.approx(mean, rel=5e-3)


def test_it_starts_adiabatically():
    rise = sphere_step_response([0.0, 0.1], "mean", 10e-3, 1e6, 0.5, 3.6e6, 0.002, 4e6)
    assert rise[0] == 0.0
    assert rise[1] == pytest.approx(1e6 / 3.6e6 * 0.1, rel=0.02)


def test_field_limits():
    """4.85e8 at 15 cm: 4850 A/m at 100 kHz; a mouse of 15 mm has ten times that."""
    assert brezovich_limit(0.15) / 100e3 == pytest.approx(4850)
    assert brezovich_limit(0.015) == pytest.approx(4.85e9)
    assert hergt_limit() / 300e3 == pytest.approx(16.67e3, rel=1e-3)


def test_eddy_power():
    """0.5 S/m, r 0.15 m, H f 4.85e8: 20.6 kW/m3. 0.4 S/m, 0.1 m, 1.5e9: 70 kW/m3."""
    assert eddy_power_density(0.5, 4850.0, 1e5, 0.15) == pytest.approx(20.6e3, rel=3e-3)
    assert eddy_power_density(0.4, 15e3, 1e5, 0.1) == pytest.approx(70e3, rel=5e-3)
