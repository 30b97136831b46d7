"""The magnetisation in any waveform, against what is known in closed form and against the periodic solver."""

import math

import numpy as np
import pytest

from ferrotope.errors import InputError, ValidityError
from ferrotope.magnetism.equilibrium import langevin, langevin_parameter
from ferrotope.magnetism.loop import dynamic_loop
from ferrotope.magnetism.relaxation import (
    anisotropy_barrier,
    brown_relaxation_time,
    free_diffusion_time,
    neel_relaxation_time,
    smallest_eigenvalue,
)
from ferrotope.magnetism.stepping import vector_operators
from ferrotope.magnetism.waveform import response_to_field
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

MS = 446e3
T = 300.0


def susceptibility(diameter):
    return VACUUM_PERMEABILITY * MS**2 * math.pi / 6 * diameter**3 / (3 * BOLTZMANN * T)


def amplitudes(values, times, f, orders):
    """Return complex amplitudes over the last cycle of equidistant times."""
    phase = 2 * np.pi * f * times
    return np.array([2 * np.mean(values * np.exp(-1j * order * phase)) for order in orders])


def boltzmann(barrier, xi, axis):
    """Return the mean direction by quadrature over the sphere."""
    z, weight = np.polynomial.legendre.leggauss(60)
    z, phi = np.meshgrid(z, np.arange(120) * 2 * np.pi / 120, indexing="ij")
    radius = np.sqrt(1 - z**2)
    directions = np.array([radius * np.cos(phi), radius * np.sin(phi), z])
    along = np.tensordot(axis, directions, 1)
    density = weight[:, None] * np.exp(barrier * along**2 + np.tensordot(xi, directions, 1))
    return (directions * density).sum(axis=(1, 2)) / density.sum()


# The smaller core needs a smaller basis; the answer is known for both.
@pytest.mark.parametrize("diameter", [13e-9, pytest.param(16e-9, marks=pytest.mark.slow)])
def test_a_slow_lissajous_figure_follows_langevin(diameter):
    f, H = 200.0, 15e3
    times = np.linspace(0, 1 / f, 41)

    def field(time):
        return H * np.sin(2 * np.pi * f * np.array([3.0, 2.0, 1.0]) * time + np.array([0.0, 0.4, 1.0]))

    found = response_to_field(field, times, diameter, MS, 0.0, T=T)
    fields = np.array([field(time) for time in times])
    size = np.linalg.norm(fields, axis=1)[:, None]
    expected = MS * langevin(langevin_parameter(size, diameter, MS, T)) * fields / size
    np.testing.assert_allclose(found, expected, atol=1e-3 * MS)


# The time goes into the basis, which grows as the tolerance shrinks and as the precession gets stronger. In the fast
# tier the third harmonic is still 30 tolerances large.
@pytest.mark.parametrize(
    ("damping", "tolerance"),
    [(0.1, 3e-3), *[pytest.param(*case, marks=pytest.mark.slow) for case in ((0.1, 1e-4), (0.03, 2e-3))]],
)
def test_settles_into_the_periodic_state_of_harmonic_balance(damping, tolerance):
    # an axis at an angle, where precession matters; barrier 8, xi 4
    case = {"T": T, "alpha": damping}
    f, H, diameter, K, angle = 300e3, 10e3, 17.5e-9, 11.8e3, 0.7
    loop = dynamic_loop(diameter, MS, K, H, f, easy_axis=angle, tolerance=1e-5, **case)
    times = np.linspace(0, 3 / f, 3 * 64 + 1)
    axis = [math.sin(angle) * 0.6, math.sin(angle) * 0.8, math.cos(angle)]
    found = response_to_field(
        lambda time: [0, 0, H * math.cos(2 * np.pi * f * time)],
        times,
        diameter,
        MS,
        K,
        easy_axis=axis,
        tolerance=tolerance,
        **case,
    )
    assert anisotropy_barrier(K, diameter, T) == pytest.approx(8.0, abs=0.1)
    seen = amplitudes(found[-64:, 2] / MS, times[-64:], f, (1, 3, 5))
    np.testing.assert_allclose(seen, loop.harmonics[[1, 3, 5]], atol=tolerance)
    assert abs(loop.harmonics[3]) > 30 * tolerance


# After two cycles less than 1e-6 of the start is left. The looser tolerance keeps the basis small; what is allowed of
# error is the same.
@pytest.mark.parametrize(("cycles", "tolerance"), [(3, 1e-3), pytest.param(5, 1e-4, marks=pytest.mark.slow)])
def test_brownian_rotation_settles_into_the_periodic_state(cycles, tolerance):
    # xi = 5 and w tauB = 1: 0.666742 - 0.484084i is the first amplitude, integrated in time by another program
    viscosity, outer, diameter = 0.89e-3, 60e-9, 20e-9
    f = 1 / (2 * np.pi * float(brown_relaxation_time(viscosity, outer, T)))
    H = 5.0 / float(langevin_parameter(1.0, diameter, MS, T))
    direction = np.array([0.48, -0.6, 0.64])
    times = np.linspace(0, cycles / f, cycles * 64 + 1)
    found = response_to_field(
        lambda time: H * direction * math.cos(2 * np.pi * f * time),
        times,
        diameter,
        MS,
        0.0,
        T=T,
        mode="brown",
        hydrodynamic_diameter=outer,
        viscosity=viscosity,
        tolerance=tolerance,
    )
    first = amplitudes(found[-64:] @ direction / MS, times[-64:], f, (1,))[0]
    assert first == pytest.approx(0.666742 - 0.484084j, abs=1e-4)
    np.testing.assert_allclose(np.cross(found, direction), 0.0, atol=1e-9 * MS)


@pytest.mark.parametrize("azimuth", [0.0, 1.9])
def test_brownian_rotation_in_three_dimensions_is_the_same_when_turned(azimuth):
    # a second field across, too small to matter, takes the solver off the line
    viscosity, outer, diameter = 0.89e-3, 60e-9, 20e-9
    f = 1 / (2 * np.pi * float(brown_relaxation_time(viscosity, outer, T)))
    H = 5.0 / float(langevin_parameter(1.0, diameter, MS, T))
    direction = np.array([math.cos(azimuth), math.sin(azimuth), 0.0])
    times = np.linspace(0, 3 / f, 3 * 32 + 1)
    found = response_to_field(
        lambda time: H * direction * math.cos(2 * np.pi * f * time) + [0, 0, 1e-6 * H],
        times,
        diameter,
        MS,
        0.0,
        T=T,
        mode="brown",
        hydrodynamic_diameter=outer,
        viscosity=viscosity,
    )
    first = amplitudes(found[-32:] @ direction / MS, times[-32:], f, (1,))[0]
    assert first == pytest.approx(0.666742 - 0.484084j, abs=2e-3)


def test_relaxes_with_the_exact_neel_time():
    diameter = (3.0 * BOLTZMANN * T * 6 / math.pi / 11e3) ** (1 / 3)  # barrier 3
    time = 2 * float(free_diffusion_time(MS, diameter, T)) / smallest_eigenvalue(3.0)
    times = np.linspace(0, 4 * time, 9)
    axis = np.array([0.0, 0.6, 0.8])
    found = response_to_field(
        np.zeros((9, 3)), times, diameter, MS, 11e3, T=T, easy_axis=axis, initial=1e3 * axis, tolerance=1e-5
    )
    # after the fast modes have gone
    rates = -np.diff(np.log(found[1:] @ axis)) / np.diff(times[1:])
    np.testing.assert_allclose(rates * time, 1.0, rtol=2e-6)


def test_a_high_barrier_keeps_its_moment():
    # barrier 25: nothing happens in a microsecond, and rounding must not make it
    diameter = (25.0 * BOLTZMANN * T * 6 / math.pi / 11e3) ** (1 / 3)
    assert neel_relaxation_time(11e3, MS, diameter, T) > 0.1
    found = response_to_field(
        np.zeros((5, 3)), np.linspace(0, 1e-6, 5), diameter, MS, 11e3, T=T, easy_axis=[0, 0, 1], initial=[0, 0, 40e3]
    )
    # the mean moment of one well is left: <|cos|> of exp(25 cos^2)
    z = np.linspace(0, 1, 20001)
    well = np.trapezoid(z * np.exp(25 * (z**2 - 1)), z) / np.trapezoid(np.exp(25 * (z**2 - 1)), z)
    assert found[-1, 2] / MS == pytest.approx(well, abs=2e-3)


def test_constant_field_of_any_direction_changes_nothing():
    diameter, K, axis = 14e-9, 12e3, np.array([0.48, 0.6, 0.64])
    field = np.array([3e3, -9e3, 6e3])
    times = np.linspace(0, 1e-7, 4)
    found = response_to_field(np.tile(field, (4, 1)), times, diameter, MS, K, T=T, easy_axis=axis)
    barrier = float(anisotropy_barrier(K, diameter, T))
    expected = MS * boltzmann(barrier, langevin_parameter(field, diameter, MS, T), axis)
    np.testing.assert_allclose(found, np.tile(expected, (4, 1)), atol=2e-4 * MS)


# The smaller core needs a smaller basis. Its axis still moves the end by 5e-2, 500 times what is allowed.
@pytest.mark.parametrize(("diameter", "tolerance"), [(10e-9, 1e-3), pytest.param(12e-9, 1e-4, marks=pytest.mark.slow)])
def test_ends_in_boltzmanns_distribution(diameter, tolerance):
    K, axis = 12e3, np.array([0.6, 0.0, 0.8])
    field = np.array([2e3, 12e3, -7e3])
    times = np.array([0.0, 2e-6])
    found = response_to_field(
        np.tile(field, (2, 1)), times, diameter, MS, K, T=T, easy_axis=axis, initial=[0, 0, 0], tolerance=tolerance
    )
    barrier = float(anisotropy_barrier(K, diameter, T))
    expected = boltzmann(barrier, langevin_parameter(field, diameter, MS, T), axis)
    np.testing.assert_allclose(found[0], 0.0, atol=1e-12 * MS)
    np.testing.assert_allclose(found[1] / MS, expected, atol=1e-4)


def test_precesses_the_right_way():
    # magnetised along x, then a field along z: d<n>/dt = gamma/(1 + a^2) B x <n> across the two, so towards +y
    diameter, damping, H = 16e-9, 0.02, 30e3
    times = np.array([0.0, 1e-12, 2e-12])
    found = response_to_field(
        lambda time: [0, 0, H], times, diameter, MS, 0.0, T=T, alpha=damping, initial=[H, 0, 0], tolerance=1e-5
    )
    rate = 1.76085963e11 / (1 + damping**2) * VACUUM_PERMEABILITY * H
    assert found[1, 1] / times[1] == pytest.approx(rate * found[0, 0], rel=1e-2)


# The identity is exact in any basis, and the smaller core has the smaller one.
@pytest.mark.parametrize("diameter", [13e-9, pytest.param(16e-9, marks=pytest.mark.slow)])
def test_turning_field_and_axis_turns_the_answer(diameter):
    turn, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    f, H = 100e3, 8e3
    times = np.linspace(0, 1 / f, 12)
    axis = np.array([0.3, 0.5, 0.8])

    def field(time):
        return H * np.cos(2 * np.pi * f * np.array([1.0, 1.1, 0.7]) * time + np.array([0.0, 1.0, 2.0]))

    straight = response_to_field(field, times, diameter, MS, 11e3, T=T, easy_axis=axis)
    turned = response_to_field(lambda time: turn @ field(time), times, diameter, MS, 11e3, T=T, easy_axis=turn @ axis)
    np.testing.assert_allclose(turned, straight @ turn.T, atol=1e-9 * MS)
    # and the opposite direction of the axis is the same axis
    flipped = response_to_field(field, times, diameter, MS, 11e3, T=T, easy_axis=-2 * axis)
    np.testing.assert_allclose(flipped, straight, atol=1e-9 * MS)


def test_a_mirrored_lissajous_figure_is_not_the_same():
    # without precession a mirror image would be as good; with it, left and right differ
    f, H = 2e6, 12e3
    times = np.linspace(0, 0.5 / f, 9)  # they differ most, by 5e-3, at its beginning
    axis = [0.0, 0.0, 1.0]
    right, left = (
        response_to_field(
            lambda time, sign=sign: (
                H * np.array([math.cos(2 * np.pi * f * time), sign * math.sin(2 * np.pi * f * time), 0.5])
            ),
            times,
            14e-9,
            MS,
            11e3,
            T=T,
            easy_axis=axis,
            alpha=0.02,
        )
        for sign in (1, -1)
    )
    assert np.abs(right - left * [1, -1, 1]).max() > 2e-3 * MS


def test_a_rotating_field_is_followed_with_debyes_lag():
    diameter, H = 14e-9, 15.0
    tau = float(free_diffusion_time(MS, diameter, T))
    f = 0.7 / (2 * np.pi * tau)
    times = np.linspace(0, 12 * tau, 61)
    found = response_to_field(
        lambda time: H * np.array([math.cos(2 * np.pi * f * time), math.sin(2 * np.pi * f * time), 0.0]),
        times,
        diameter,
        MS,
        0.0,
        T=T,
        tolerance=1e-6,
    )
    late = times > 8 * tau
    phase = 2 * np.pi * f * times[late] - math.atan(0.7)
    expected = susceptibility(diameter) * H / math.hypot(1, 0.7)
    np.testing.assert_allclose(found[late, 0], expected * np.cos(phase), atol=1e-3 * expected)
    np.testing.assert_allclose(found[late, 1], expected * np.sin(phase), atol=1e-3 * expected)
    # precession about the field that the moment lags behind lifts it by -gamma' B tau m sin(lag), second order in H
    lift = 1.76085963e11 / 1.01 * VACUUM_PERMEABILITY * H * tau * expected * math.sin(math.atan(0.7))
    np.testing.assert_allclose(found[late, 2], -lift, rtol=5e-3)


@pytest.mark.parametrize("sampled", [True, False])
def test_pulses_with_sharp_edges(sampled):
    # a weak field on a free moment is a filter of one time constant: up from t = 1 to 3 tau, then back
    diameter, H = 14e-9, 60.0
    tau = float(free_diffusion_time(MS, diameter, T))
    t = np.array([0.0, 1.0, 1.0, 1.5, 2.0, 3.0, 3.0, 4.0, 6.0])
    on = np.array([0, 0, 1, 1, 1, 1, 0, 0, 0])
    if sampled:
        found = response_to_field(np.outer(on, [0, 0, H]), t * tau, diameter, MS, 0.0, T=T, tolerance=1e-6)
    else:
        found = response_to_field(
            lambda time: [0, 0, H if tau <= time < 3 * tau else 0.0],
            t * tau,
            diameter,
            MS,
            0.0,
            T=T,
            tolerance=1e-6,
            breakpoints=[tau, 3 * tau],
        )
    risen = 1 - np.exp(-np.clip(t - 1, 0, 2))
    expected = risen * np.exp(-np.clip(t - 3, 0, None))
    np.testing.assert_allclose(found[:, 2] / (susceptibility(diameter) * H), expected, atol=5e-4)


def test_trapezoid():
    # ramps of 2 tau, a plateau of 3 tau; the corners of the samples are found
    diameter, H = 14e-9, 60.0
    tau = float(free_diffusion_time(MS, diameter, T))
    t = np.array([0.0, 2.0, 5.0, 7.0, 8.0])
    field = np.interp(t, [0, 2, 5, 7, 8], [0, 1, 1, 0, 0])
    found = response_to_field(np.outer(field, [0, H, 0]), t * tau, diameter, MS, 0.0, T=T, tolerance=1e-6)

    def ramp(t):
        return np.where(t > 0, t - 1 + np.exp(-np.clip(t, 0, None)), 0) / 2

    expected = ramp(t) - ramp(t - 2) - ramp(t - 5) + ramp(t - 7)
    np.testing.assert_allclose(found[:, 1] / (susceptibility(diameter) * H), expected, atol=5e-4)


# One cycle at a looser tolerance costs less than half. The error allowed is no larger than in the slow tier: the
# anisotropy moves the harmonic by 4e-2.
@pytest.mark.parametrize(
    ("cycles", "samples", "options", "allowed"),
    [
        (1, 16, {"tolerance": 5e-3, "max_step": 3e-7}, 5e-4),
        pytest.param(2, 32, {"tolerance": 2e-3}, 1e-3, marks=pytest.mark.slow),
    ],
)
def test_random_axes_on_a_line_average_to_the_loop(cycles, samples, options, allowed):
    f, H, diameter = 300e3, 12e3, 14e-9
    loop = dynamic_loop(diameter, MS, 11e3, H, f, T=T)
    times = np.linspace(0, cycles / f, cycles * samples + 1)
    found = response_to_field(
        lambda time: [0, H * math.cos(2 * np.pi * f * time), 0], times, diameter, MS, 11e3, T=T, **options
    )
    first = amplitudes(found[-samples:, 1] / MS, times[-samples:], f, (1,))[0]
    assert first == pytest.approx(loop.harmonics[1], abs=allowed)
    assert np.abs(found[:, [0, 2]]).max() < 1e-12 * MS


# Half a cycle and a few polar axes cost an eighth of what the solver takes by itself. At this core they are enough: the
# two differ by 1e-5, and the anisotropy moves both by 6e-3.
@pytest.mark.parametrize(
    ("cycles", "on_the_line", "off_the_line", "allowed"),
    [
        (0.5, {"polar_axes": 4, "max_step": 3e-7}, {"polar_axes": 2, "max_step": 3e-7}, 2e-4),
        pytest.param(1, {}, {}, 1e-3, marks=pytest.mark.slow),
    ],
)
def test_random_axes_without_a_line_are_those_with_one(cycles, on_the_line, off_the_line, allowed):
    # a field across, too small to matter, takes the solver off the line and onto the product rule
    f, H, diameter = 300e3, 12e3, 12e-9
    times = np.linspace(0, cycles / f, 6)
    direction = np.array([0.64, 0.48, 0.6])

    def field(time):
        return H * direction * math.cos(2 * np.pi * f * time)

    straight = response_to_field(field, times, diameter, MS, 11e3, T=T, **on_the_line)
    product = response_to_field(
        lambda time: field(time) + np.array([0, 0, 1e-4]), times, diameter, MS, 11e3, T=T, **off_the_line
    )
    np.testing.assert_allclose(product, straight, atol=allowed * MS)


# In a field as weak as this the first answer hardly depends on the tolerance, nor on the length of the steps after it;
# one axis alone is wrong by a factor of 0.5 to 2.
@pytest.mark.parametrize(
    "options", [{"tolerance": 1e-3, "max_step": 1e-9}, pytest.param({"tolerance": 1e-5}, marks=pytest.mark.slow)]
)
def test_random_axes_are_isotropic_in_a_weak_static_field(options):
    # <cos^2> drops out: the susceptibility of random axes is that without anisotropy, in every direction
    diameter, field = 12e-9, np.array([50.0, 80.0, -60.0])
    times = np.array([0.0, 1e-9, 2e-9])
    samples = np.array([field, field, 1.0001 * field + [0.001, 0, 0]])  # not on a line
    found = response_to_field(samples, times, diameter, MS, 15e3, T=T, polar_axes=2, **options)
    np.testing.assert_allclose(found[0], susceptibility(diameter) * field, rtol=1e-3)


def test_vector_operators_turn_into_each_other():
    operators = vector_operators(6, 6)
    for ending in ("", "_precession"):
        spectra = [
            np.sort_complex(np.round(np.linalg.eigvals(operators.matrix(operators.data[name + ending]).toarray()), 6))
            for name in "xy"
        ]
        # the cut at one degree is the same in all directions
        np.testing.assert_allclose(spectra[0].imag, spectra[1].imag, atol=1e-5)
    outputs = np.array([operators.outputs[name] for name in "xyz"])
    np.testing.assert_allclose(outputs @ outputs.T, np.eye(3) * 4 * np.pi / 3, atol=1e-12)
    # [A_x, A_y] of precession, -i L, is the rotation about z: -i [Lx, Ly] i = -i Lz up to sign
    x, y, z = (operators.matrix(operators.data[f"{name}_precession"]).toarray() for name in "xyz")
    np.testing.assert_allclose(x @ y - y @ x, z, atol=1e-10)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"core_diameter": 0.0}, "core_diameter"),
        ({"Ms": -1.0}, "Ms"),
        ({"T": 0.0}, "T"),
        ({"alpha": 0.0}, "alpha"),
        ({"K": math.nan}, "K"),
        ({"mode": "coupled"}, "mode"),
        ({"mode": "brown"}, "hydrodynamic_diameter"),
        ({"mode": "brown", "hydrodynamic_diameter": 5e-9, "viscosity": 1e-3}, "hydrodynamic_diameter"),
        ({"mode": "brown", "hydrodynamic_diameter": 50e-9, "viscosity": 0.0}, "viscosity"),
        ({"easy_axis": [0, 0, 0]}, "easy_axis"),
        ({"easy_axis": "z"}, "easy_axis"),
        ({"easy_axis": 0.3}, "easy_axis"),
        ({"initial": "saturated"}, "initial"),
        ({"initial": [1.0, 2.0]}, "initial"),
        ({"times": [0.0, 0.0]}, "times"),
        ({"times": [1.0, 0.0]}, "times"),
        ({"field": np.zeros((2, 2))}, "field"),
        ({"field": [[0, 0, 0], [0, 0, math.inf]]}, "field"),
        ({"field": lambda time: [0.0, math.nan, 0.0]}, "field"),
        ({"field": "sine"}, "field"),
        ({"tolerance": 0.5}, "tolerance"),
        ({"polar_axes": 0}, "polar_axes"),
        ({"max_step": -1.0}, "max_step"),
        ({"breakpoints": [math.nan]}, "breakpoints"),
        ({"core_diameter": 200e-9}, "core_diameter"),
    ],
)
def test_bad_input_is_named(change, field):
    particle = {"core_diameter": 12e-9, "Ms": MS, "K": 11e3, "T": T}
    arguments = {"field": np.zeros((2, 3)), "times": [0.0, 1e-8]} | particle | change
    with pytest.raises(InputError) as raised:
        response_to_field(**arguments)
    assert raised.value.field == field


def test_too_narrow_a_density_is_refused_before_it_is_built():
    with pytest.raises(ValidityError, match="too narrow"):
        response_to_field(np.full((2, 3), 1e6), [0.0, 1e-8], 40e-9, MS, 0.0, T=T, initial=[0, 0, 1e6])


def test_a_pulse_across_that_nobody_announced_is_refused():
    # between two of the places at which the solver looks beforehand, and early, so that the steps soon meet it
    def field(time):
        return [1e3 if 5.03e-8 < time < 5.13e-8 else 0.0, 0.0, 1e3]

    with pytest.raises(ValidityError, match="breakpoints"):
        response_to_field(field, [0.0, 1e-6], 10e-9, MS, 11e3, T=T, easy_axis=[0, 0, 1], max_step=4e-10)
