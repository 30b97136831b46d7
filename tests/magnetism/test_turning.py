"""Particles that turn while their moment does: limits, the coupled solution, and the shipped table."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from ferrotope.magnetism import dynamic_loop
from ferrotope.magnetism.heating import Medium, Sample, heating_power, power_map
from ferrotope.magnetism.losses import fixed_axes_loss, precession_rate, rigid_loss
from ferrotope.magnetism.relaxation import (
    brown_relaxation_time,
    neel_time_ratio,
    smallest_eigenvalue,
)
from ferrotope.magnetism.relaxation_in_field import neel_time_in_field
from ferrotope.magnetism.turning import Wells, loss_of_turning, slowest_rate, turning_loss, two_well_losses
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

T, MS = 310.15, 446e3


@dataclass
class SteadyWells:
    """Wells with one rate at all angles and fields."""

    barrier: float
    rate: float

    def rates(self, cosine, xi):
        return np.full(np.broadcast(cosine, xi).shape, self.rate)


def test_moments_that_never_flip_are_rigid():
    # the moment bends towards the field by xi/(2 sigma) of a radian
    for xi in (1.0, 20.0):
        times = np.array([0.3, 10.0, 100.0])
        turning, _ = two_well_losses(SteadyWells(4000.0, 0.0), xi, [0.01], times)
        assert turning[0] == pytest.approx(rigid_loss(xi, times), rel=0.01)


def test_weak_fields_have_both_times():
    # 1/tau = lambda/(2 tau_D) + 1/tau_B, with the mean cosine in the well m as the moment: L = xi/3 m^2 w tau/(1 + ...)
    barrier, rate, frequency, xi = 3.0, 0.2, 0.05, 0.02
    c, weights = np.polynomial.legendre.leggauss(60)
    c, weights = 0.5 * (c + 1.0), weights * np.exp(barrier * 0.25 * (c + 1.0) ** 2)
    mean = (weights @ c) / weights.sum()
    times = np.array([0.1, 1.0, 30.0, 1e6])
    turning, resting = two_well_losses(SteadyWells(barrier, rate), xi, [frequency], times)
    product = 1.0 / (rate / frequency + 1.0 / times)
    assert turning[0] == pytest.approx(xi / 3 * mean**2 * product / (1 + product**2), rel=3e-3)
    assert resting[0] == pytest.approx(xi / 3 * mean**2 * product[-1] / (1 + product[-1] ** 2), rel=3e-3)


def test_flips_relieve_a_slow_cycle():
    # the moment has a second way into equilibrium
    slow = [two_well_losses(SteadyWells(5.0, rate), 4.0, [1e-3], [0.1])[0][0, 0] for rate in (1e-6, 0.02, 1.0)]
    assert slow[0] > slow[1] > slow[2] > 0


def test_slowest_rates():
    # along the axis by the flux method; at an angle by the adaptive basis of `neel_time_in_field`
    assert slowest_rate(12.0, 6.0, 0.0) == pytest.approx(smallest_eigenvalue(12.0, 6.0), rel=1e-4)
    assert slowest_rate(5.0, 0.0, 0.7) == pytest.approx(2.0 / neel_time_ratio(5.0), rel=1e-6)
    for barrier, xi, angle in ((4.0, 2.0, 0.6), (8.0, 5.0, 1.2)):
        exact = 2.0 / neel_time_in_field(barrier, xi, 1.0, angle=angle)
        assert slowest_rate(barrier, xi, angle) == pytest.approx(exact, rel=1e-3)


def test_two_wells_at_rest_are_the_direct_solution_behind_a_barrier():
    wells = Wells.of(9.0, 4.0)
    _, resting = two_well_losses(wells, 4.0, [4e-3, 4e-2], [1.0])
    assert resting == pytest.approx(fixed_axes_loss(9.0, 4.0, np.array([1e-3, 1e-2]))[0], rel=0.015)


def test_without_a_barrier_turning_does_not_matter():
    loss = loss_of_turning(Wells.of(0.0, 2.0), 2.0, np.array([0.01]), np.array([5.0, 500.0]))
    assert loss[0] == pytest.approx(float(fixed_axes_loss(0.0, 2.0, 0.01)[0]), rel=0.01)


def test_the_numerical_method_converges():
    wells = SteadyWells(10.0, 0.05)
    coarse, fine = (
        two_well_losses(wells, 15.0, [0.02], [5.0], cells=cells, steps=steps)[0]
        for cells, steps in ((32, 64), (48, 144))
    )
    assert coarse == pytest.approx(fine, rel=3e-3)


# diameter (nm), K (kJ/m3), peak field (kA/m), frequency (kHz), hydrodynamic diameter (nm), viscosity (mPa s), and L of
# dynamic_loop(mode="coupled", tolerance=1e-2): random particles in liquids (seed 1: 45 with sigma 1 to 24 and xi 0.5 to
# 40). 32 were solved, by increasing 2 sigma + xi but for one; of the 30 that said they had converged all but two are
# here. At sigma 11.02 the solution at 1e-2, L = 0.3716, moved to 0.3939 at 3e-4, which stands last. At sigma 12.75 it
# gave 0.0766 with an error of 6e-3, the theory 0.0340: it was not solved again, and is left out as unresolved.
DESIGN = [
    (11.834, 7.0105, 5.468, 629.56, 98.435, 2.9085, 0.001785),
    (12.082, 9.4226, 7.3644, 224.24, 19.459, 2.0752, 0.001414),
    (12.644, 9.3171, 5.1714, 130.27, 28.547, 3.8992, 0.0009066),
    (12.362, 8.9286, 12.299, 74.752, 17.914, 2.2621, 0.001911),
    (15.767, 5.8515, 2.161, 251.63, 61.173, 2.5033, 0.003938),
    (15.481, 5.0574, 6.7628, 561.81, 51.063, 2.8712, 0.01216),
    (13.087, 11.367, 5.859, 79.052, 19.712, 2.8568, 0.001704),
    (13.488, 10.917, 3.4963, 172.27, 30.629, 2.3702, 0.002399),
    (14.329, 9.7454, 2.7244, 91.065, 36.121, 3.9778, 0.00169),
    (13.826, 5.7013, 21.829, 648.61, 75.984, 3.7989, 0.0108),
    (17.317, 5.4929, 1.9944, 38.133, 50.513, 0.75661, 0.00166),
    (13.948, 10.777, 4.176, 72.14, 31.189, 2.3274, 0.001853),
    (12.195, 6.9347, 50.359, 89.92, 25.699, 1.2854, 0.002778),
    (12.118, 13.853, 27.127, 297.08, 30.869, 2.9019, 0.006923),
    (14.15, 12.346, 4.664, 641.69, 65.606, 4.3494, 0.02875),
    (13.935, 7.3988, 28.881, 160.93, 38.292, 1.941, 0.004731),
    (12.552, 7.1531, 52.303, 481.63, 43.568, 1.4872, 0.006659),
    (15.214, 9.3875, 13.073, 79.017, 41.258, 0.94329, 0.01032),
    (18.023, 8.7968, 1.4756, 258.13, 95.211, 0.9666, 0.06439),
    (14.263, 17.505, 9.5139, 182.66, 25.41, 4.206, 0.05472),
    (13.332, 21.822, 14.99, 89.753, 20.214, 3.0913, 0.03515),
    (13.212, 10.183, 61.095, 114.17, 34.526, 2.414, 0.004741),
    (11.504, 23.55, 69.888, 191.89, 41.784, 3.1952, 0.01268),
    (15.543, 12.123, 24.217, 132.9, 43.186, 1.8537, 0.04728),
    (14.024, 24.53, 14.044, 284.49, 63.222, 1.407, 0.2669),
    (16.595, 17.785, 9.3398, 48.001, 26.662, 1.694, 0.2851),
    (23.958, 6.1505, 3.9121, 308.9, 30.625, 1.5882, 0.2592),
    (26.554, 9.6602, 4.1193, 421.34, 42.551, 0.72871, 0.03043),
    (23.827, 6.6648, 3.4155, 75.313, 31.81, 0.69801, 0.3938),
]

# the same, and L with its standard error, of stochastic_loop(mode="coupled") with 256 particles and seed 1, from the
# last 2 of 6 periods (of 7 in the last two rows)
STOCHASTIC = [
    (26.0, 15.0, 12.0, 500.0, 35.0, 0.69, 0.1458, 0.0063),
    (26.0, 15.0, 24.0, 500.0, 35.0, 0.69, 0.7874, 0.0139),
    (26.0, 15.0, 32.0, 500.0, 35.0, 0.69, 0.8091, 0.0060),
    (28.0, 24.0, 30.0, 500.0, 34.0, 0.69, 0.5129, 0.0058),
    (28.0, 24.0, 50.0, 500.0, 34.0, 0.69, 0.9191, 0.0042),
]


def reduced(row):
    """Return sigma, xi, rate and w tau_B of a row of the design."""
    d, K, H, f, whole, viscosity = row[:6]
    d, K, H, f, whole, viscosity = d * 1e-9, K * 1e3, H * 1e3, f * 1e3, whole * 1e-9, viscosity * 1e-3
    volume = math.pi / 6 * d**3
    xi = VACUUM_PERMEABILITY * MS * volume * H / (BOLTZMANN * T)
    brown = 2 * math.pi * f * float(brown_relaxation_time(viscosity, whole, T))
    return K * volume / (BOLTZMANN * T), xi, float(precession_rate(H, f)), brown


def test_table_is_the_coupled_solution():
    found = np.array([float(turning_loss(*reduced(row))[0]) for row in DESIGN])
    errors = np.abs(found / [row[-1] for row in DESIGN] - 1.0)
    assert np.median(errors) < 0.02
    assert np.quantile(errors, 0.95) < 0.06
    assert errors.max() < 0.1


def test_table_is_what_stochastic_moments_do_behind_a_high_barrier():
    # sigma 32 in the table and 64 beyond it, below and above the field that switches the moment within a cycle
    for row, allowed in zip(STOCHASTIC, (0.02, 0.02, 0.02, 0.03, 0.1), strict=True):
        found = float(turning_loss(*reduced(row))[0])
        assert abs(found - row[6]) < 2.0 * row[7] + allowed * row[6]


@pytest.mark.slow
def test_design_is_the_coupled_solution():
    for row in DESIGN[:25:5]:
        d, K, H, f, whole, viscosity, loss = row
        loop = dynamic_loop(
            d * 1e-9,
            MS,
            K * 1e3,
            H * 1e3,
            f * 1e3,
            mode="coupled",
            T=T,
            hydrodynamic_diameter=whole * 1e-9,
            viscosity=viscosity * 1e-3,
            tolerance=1e-2,
        )
        assert -loop.harmonics[1].imag == pytest.approx(loss, rel=0.02)


def errors_of_table(rng, count, largest_barrier):
    """Relative errors of the table against the theory it was made from, at random points as in liquids."""
    found = []
    for _ in range(count):
        barrier, xi = rng.uniform(0.5, largest_barrier), math.exp(rng.uniform(math.log(0.5), math.log(40.0)))
        rate = math.exp(rng.uniform(math.log(3e-4), math.log(min(0.2, 0.3 / xi))))
        brown = rate * xi * math.exp(rng.uniform(math.log(80.0), math.log(1e4)))
        exact = loss_of_turning(Wells.of(barrier, xi), xi, [rate], [brown])[0, 0]
        found.append(float(turning_loss(barrier, xi, rate, brown)[0]) / exact - 1.0)
    return np.abs(found)


@pytest.mark.slow
def test_table_is_its_theory_everywhere():
    found = errors_of_table(np.random.default_rng(5), 24, 30.0)
    assert np.median(found) < 0.01
    assert np.quantile(found, 0.95) < 0.06


def test_beyond_the_highest_barrier_the_loss_goes_on():
    # at the end of the table and a little above: no step
    for xi, brown in ((3.0, 5.0), (30.0, 5.0), (80.0, 300.0)):
        below, above = (float(turning_loss(barrier, xi, 2e-3, brown)[0]) for barrier in (44.9, 45.3))
        assert above == pytest.approx(below, rel=0.05)
    # blocked in a weak field, it is the rigid one
    assert float(turning_loss(200.0, 3.0, 2e-3, 5.0)[0]) == pytest.approx(float(rigid_loss(3.0, 5.0)), rel=0.05)


def test_very_slow_turning_goes_over_into_what_no_longer_changes():
    losses = [float(turning_loss(10.0, 8.0, 2e-3, brown)[0]) for brown in (5e3, 2e4, 1e6, 1e9)]
    assert losses == pytest.approx([losses[-1]] * 4, rel=0.02)


def test_what_is_outside_is_said():
    assert turning_loss(5.0, 2.0, np.array([5e-5, 1e-3, 0.3]), 1.0)[1].tolist() == [True, False, True]
    # 60 and 100 kT in a weak field and in one that switches
    barriers, fields = np.array([60.0, 60.0, 100.0, 100.0]), np.array([10.0, 60.0, 10.0, 80.0])
    assert turning_loss(barriers, fields, 1e-3, 5.0)[1].tolist() == [False, False, False, True]


def test_the_field_aligns_the_axes():
    # over many cycles the axes turn to the field, where a strong field loses more than with random axes at rest
    turning = float(turning_loss(20.0, 30.0, 2e-3, 1e4)[0])
    assert turning > 1.2 * float(fixed_axes_loss(20.0, 30.0, 2e-3)[0])


def sample(diameter, **changed):
    given = {"sigma_g": 1.0, "anisotropy": 11e3, "hydrodynamic_diameter": diameter + 6e-9} | changed
    return Sample(
        diameter,
        given.pop("sigma_g"),
        0.0,
        446e3,
        given.pop("anisotropy"),
        5180.0,
        0.7236,
        given.pop("hydrodynamic_diameter"),
    )


LIQUID = Medium(immobilised_fraction=0.0, viscosity=0.9e-3, temperature=300.0)


def test_power_goes_smoothly_through_the_end_of_linear_response():
    fields = np.linspace(0.4, 0.6, 41)  # in xi
    H = fields * BOLTZMANN * 300.0 / (VACUUM_PERMEABILITY * 446e3 * math.pi / 6 * (14e-9) ** 3)
    powers = power_map(sample(14e-9), H, 300e3, LIQUID) / H**2
    steps = np.diff(np.log(powers))
    assert np.abs(steps).max() < 5e-3
    assert np.abs(np.diff(steps)).max() < 3e-3


def test_small_particles_do_not_lose_as_rigid_ones():
    # 10 nm: the moment follows the field within nanoseconds and never turns the particle (coupled solution)
    loop = dynamic_loop(
        10e-9, 446e3, 11e3, 15e3, 300e3, T=300.0, mode="coupled", hydrodynamic_diameter=16e-9, viscosity=0.9e-3
    )
    found = heating_power(sample(10e-9), 15e3, 300e3, LIQUID)
    assert found.slp_core == pytest.approx(loop.specific_loss(5180.0), rel=0.03)
    assert found.validity == ""


def test_sizes_that_hardly_have_a_moment_are_no_trouble():
    found = power_map(sample(4e-9, sigma_g=1.3), np.array([10.0, 1e3, 1e5]), 300e3, LIQUID)
    assert np.isfinite(found).all()
    assert (found > 0).all()
