"""The table of dephasing at any size against exact limits, random walks, and a solution made anew.

Times over tau_D, shifts as dw tau_D, rates times tau_D over the volume fraction.
"""

import math

import numpy as np
import pytest

from ferrotope.errors import InputError
from ferrotope.relaxometry import (
    r2_echo_train,
    r2_motional_averaging,
    r2_partial_refocusing,
    r2_spin_echo,
    r2star_dephasing,
    r2star_static_dephasing,
    simulate_r2,
)
from ferrotope.relaxometry.dephasing import LARGEST_SHIFT, reduced_rate
from ferrotope.relaxometry.outer_sphere import ayant_density
from ferrotope.relaxometry.regimes import larmor_shift, translational_time

MOTIONAL, STATIC = 16 / 45, 2 * math.pi * math.sqrt(3) / 9
SIGNALS = ("free_induction", "hahn_echo", "train")
d, D = 20e-9, 3e-9
TAU = d * d / (4 * D)


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("shift", [1e-4, 0.01, 0.05])
def test_weak_fields_are_motional_averaging(signal, shift):
    """(16/45) dw^2 tau_D: Gillis, Moiny and Brooks, doi:10.1002/mrm.10059."""
    assert reduced_rate(signal, shift, 1e9) == pytest.approx(MOTIONAL * shift**2, rel=1e-3)


def weak(time):
    """X of free induction over dw^2 tau_D^2 in a weak field, from Ayant's density by the trapezoidal rule.

    X'' is the correlation function of the shift, the cosine transform of its density: 16/45 A, doi:10.1063/1.478435.
    """
    w = np.geomspace(1e-9, 1e9, 40001) / time
    kernel = (1 - np.cos(w * time)) / w**2 * ayant_density(np.sqrt(2 * w))
    return 2 / math.pi * MOTIONAL * np.trapezoid(kernel * w, np.log(w))


@pytest.mark.parametrize("time", [0.01, 0.3, 5.0, 300.0])
def test_weak_fields_are_exact_at_all_times(time):
    shift = 0.02
    assert reduced_rate("free_induction", shift, time) == pytest.approx(shift**2 * weak(time) / time, rel=2e-3)
    # in a weak field an echo is four times free induction until the pulse less that until the echo
    echo = 4 * weak(time / 2) - weak(time)
    assert reduced_rate("hahn_echo", shift, time) == pytest.approx(shift**2 * echo / time, rel=3e-3)


@pytest.mark.parametrize("echo", [0.03, 0.4, 5.0, 300.0])
def test_long_trains_in_a_weak_field_are_exact(echo):
    """Pulses make a square wave of the phase: the density at its odd harmonics, with the weights 8/(pi k)^2."""
    k = np.arange(1, 200_001, 2)
    density = ayant_density(np.sqrt(2 * math.pi * k / echo))
    expected = MOTIONAL * np.sum(8 / (math.pi * k) ** 2 * density)
    assert reduced_rate("train", 0.02, echo) == pytest.approx(0.02**2 * expected, rel=3e-3)


@pytest.mark.parametrize("turned", [0.05, 0.5, 3.0, 30.0, 1000.0])
def test_water_that_stands_still_dephases_as_by_quadrature(turned):
    """X for dw t is the volume integral of 1 - cos(dw t (3 cos^2 - 1)/r^3), and 1.2092 dw t at last."""
    w = np.linspace(0, 1, 8001)[1:] - 0.5 / 8000  # volume of the sphere over that out to the place
    mu = (np.arange(400) + 0.5) / 400
    exponent = np.mean((1 - np.cos(turned * np.outer(w, 3 * mu**2 - 1))) / w[:, None] ** 2)
    shift = 2048.0
    assert reduced_rate("free_induction", shift, turned / shift) / shift * turned == pytest.approx(exponent, rel=5e-3)


def test_static_dephasing_is_a_stage():
    """It is reached before tau_D (dw tau_D)^2, never exceeded, and left for a rate with no size in it."""
    time = np.geomspace(1e-6, 1e10, 200)
    free = reduced_rate("free_induction", LARGEST_SHIFT, time) / LARGEST_SHIFT
    assert free.max() == pytest.approx(STATIC, rel=2e-3)
    late = [reduced_rate("free_induction", shift, 1e10) / shift for shift in (30.0, 100.0, 300.0)]
    assert late == pytest.approx([1.0397, 1.0395, 1.0394], rel=2e-3)
    assert np.all(reduced_rate("free_induction", np.geomspace(0.01, 1e4, 80)[:, None], time) > 0.0)


def test_short_echoes_are_whole():
    """Free diffusion in the gradient: X/TE is TE^2/12 times the integral of its square, of an echo and of a train.

    The square of the gradient of (3 cos^2 - 1)/r^3 is (36 cos^2 sin^2 + 9 (3 cos^2 - 1)^2)/r^8, on average 12/r^8;
    the integral of r^-8 over all places is 3/5 of the sphere. The surface, a mirror, does not change the leading order.
    """
    shift, echo = 0.5, 2.0**-18
    expected = 12 * 3 / 5 * shift**2 * echo**2 / 12
    for signal in ("hahn_echo", "train"):
        assert reduced_rate(signal, shift, echo) == pytest.approx(expected, rel=0.01)
        assert reduced_rate(signal, shift, echo / 1000) == pytest.approx(expected * 1e-6, rel=0.02)


def test_long_echoes_refocus_nothing():
    """Once water has diffused through all that dephases, nothing is left to refocus: above tau_D (dw tau_D)^2."""
    for shift in (0.1, 1.0, 10.0):
        rates = [reduced_rate(signal, shift, 1e6 * (1 + shift) ** 2) for signal in SIGNALS]
        assert rates == pytest.approx([rates[0]] * 3, rel=2e-3)


def test_echoes_lose_no_more_than_free_induction():
    shift, time = np.geomspace(0.03, 2e3, 60)[:, None], np.geomspace(1e-6, 1e10, 90)
    free, echo, train = (reduced_rate(signal, shift, time) for signal in SIGNALS)
    assert np.all(echo <= free * 1.003)
    # with TE of the order of tau_D a train loses more than a single echo, as in Carr and Purcell's experiment
    assert np.all(train <= free * 1.01)
    # and a rate grows with the shift, though less than its square
    for rate in (free, echo, train):
        slope = np.diff(np.log(rate), axis=0) / np.diff(np.log(shift), axis=0)
        assert slope.min() > 0.0
        assert slope.max() < 2.01


def test_long_trains_follow_partial_refocusing():
    """Of large spheres the steady rate goes with x as the formula says; of its size we find 0.71."""
    echo = np.array([0.05, 0.2, 1.0])
    Mv, times = 1000.0 / TAU / larmor_shift(1.0), echo * TAU
    formula = r2_partial_refocusing(d, Mv, times, 0.0, D=D)
    assert r2_echo_train(d, Mv, times, D=D) / formula == pytest.approx(np.full(3, 0.715), rel=0.015)


def walked(shift, time, echoes=0, protons=8192):
    Mv = shift / TAU / float(larmor_shift(1.0))
    echo = {"echo_time": time * TAU, "echoes": echoes} if echoes else {"duration": time * TAU}
    found = simulate_r2(d, Mv, D=D, volume_fraction=1e-5, protons=protons, **echo)
    if echoes > 1:
        return found.rate * TAU / 1e-5, found.rate_error * TAU / 1e-5
    exponent, error = -math.log(found.signal[-1]), found.signal_error[-1] / found.signal[-1]
    return exponent / time / 1e-5, error / time / 1e-5


def off(signal, shift, time, protons):
    """Relative standard error of a walk, and how far the table is from it over what is allowed."""
    rate, error = walked(shift, time, int(signal == "hahn_echo"), protons)
    return error / rate, abs(rate - reduced_rate(signal, shift, time)) / (3.5 * error + 0.003 * rate)


@pytest.mark.parametrize(("signal", "shift", "time"), [("free_induction", 10.0, 10.0), ("hahn_echo", 3.0, 4.0)])
def test_random_walks_agree(signal, shift, time):
    error, distance = off(signal, shift, time, 1024)
    assert error < 0.06
    assert distance < 1.0


@pytest.mark.slow
@pytest.mark.parametrize("shift", [1.0, 10.0, 100.0, 1000.0])
@pytest.mark.parametrize("time", [0.3, 30.0, 3000.0])
@pytest.mark.parametrize("signal", ["free_induction", "hahn_echo"])
def test_many_random_walks_agree(signal, shift, time):
    error, distance = off(signal, shift, time, 32768)
    assert error < 0.03
    assert distance < 1.0


def transient(steady, start, end):
    """Mean rate of a sink between two times: 1 + r/sqrt(pi t) times the steady rate 3 r (Smoluchowski)."""
    return steady * (1 + steady / 3 * 2 / math.sqrt(math.pi) / (math.sqrt(start) + math.sqrt(end)))


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "echo", "echoes"), [(30.0, 0.3, 400), (30.0, 1.0, 200), (3.0, 4.0, 60)])
def test_trains_of_random_walks_come_to_the_steady_rate(shift, echo, echoes):
    rate, error = walked(shift, echo, echoes, 65536)
    expected = transient(float(reduced_rate("train", shift, echo)), echo * echoes / 2, echo * echoes)
    assert error < 0.035 * rate
    assert abs(rate - expected) < 3.5 * error + 0.01 * rate, (rate, error, expected)


@pytest.mark.parametrize(("shift", "time"), [(0.7, 3.0), (11.0, 45.0)])
def test_the_table_is_what_its_tool_makes(shift, time):
    """Between the nodes, on shells twice as fine: discretisation and spline."""
    from tools.build_dephasing_table import decay, longest, train

    power = math.log2(time)
    free, echo = decay(shift, np.arange(power - 18, power + 1), 1.5)
    made = {"free_induction": free[-1], "hahn_echo": echo[-1], "train": train(shift, time, 1.5)}
    for signal, rate in made.items():
        assert reduced_rate(signal, shift, time) == pytest.approx(rate, rel=5e-3)
    assert reduced_rate("free_induction", shift, 1e10) == pytest.approx(longest(shift), rel=5e-3)


def test_relaxivities_of_small_and_large_spheres():
    small = r2_motional_averaging(6e-9, 2e5, D=D)
    for function in (r2_spin_echo, r2_echo_train, r2star_dephasing):
        assert function(6e-9, 2e5, 10e-3, D=D) == pytest.approx(small, rel=5e-3)
    assert r2star_dephasing(500e-9, 3.5e5, 1e-4, D=D) == pytest.approx(r2star_static_dephasing(3.5e5), rel=0.01)
    # by hand: 100 nm, reduced shift and time
    tau, shift = translational_time(1e-7, D), larmor_shift(3e5)
    rate = 1.5e-5 / tau * reduced_rate("hahn_echo", shift * tau, 5e-3 / tau)
    assert r2_spin_echo(1e-7, 3e5, 5e-3, D=D) == pytest.approx(rate)


def test_a_coated_core_and_a_cluster_are_large_spheres():
    core, shell, M = 60e-9, 30e-9, 3e5
    phi = (core / (core + 2 * shell)) ** 3
    for function in (r2_spin_echo, r2_echo_train, r2star_dephasing):
        coated = function(core, M, 2e-3, D=D, shell_thickness=shell)
        assert coated == pytest.approx(function(core + 2 * shell, phi * M, 2e-3, D=D, phi_intra=phi))


def test_arrays_broadcast_and_no_moment_is_no_rate():
    assert r2_spin_echo([[1e-8], [1e-7]], [1e5, 2e5, 0.0], 1e-3, D=D).shape == (2, 3)
    assert r2_spin_echo(1e-8, 0.0, 1e-3, D=D) == 0.0
    assert isinstance(float(r2star_dephasing(1e-8, 1e5, 1e-3, D=D)), float)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"core_diameter": 0.0}, "core_diameter"),
        ({"core_diameter": 1e-4}, "core_diameter.*2048"),
        ({"Mv": -1.0}, "Mv"),
        ({"echo_time": 0.0}, "echo_time"),
        ({"D": 0.0}, "D"),
        ({"phi_intra": 1.1}, "phi_intra"),
        ({"shell_thickness": -1.0}, "shell_thickness"),
        ({"molar_volume": math.nan}, "molar_volume"),
    ],
)
def test_what_is_out_of_range_is_named(given, field):
    with pytest.raises(InputError, match=field):
        r2_spin_echo(**{"core_diameter": 1e-8, "Mv": 1e5, "echo_time": 1e-3, "D": D, **given})
