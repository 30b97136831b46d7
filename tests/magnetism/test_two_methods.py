"""Two methods that share no line of code: stochastic moments against harmonic balance over the Fokker-Planck equation.

The cases were drawn at random (KV/kT from 0 to 15, xi from 0.5 to 20, damping from 0.05 to 1, 50 kHz to 2 MHz, axes,
bias and liquid too) and kept if they lose at least 5 % of 4 mu0 H Ms, settle within half a period, and a stochastic run
of at most half a minute reaches a standard error of 0.8 % of the loss. That leaves few with xi below 2.
"""

import math

import numpy as np
import pytest

from ferrotope.magnetism import dynamic_loop, stochastic_loop
from ferrotope.units.constants import BOLTZMANN, VACUUM_PERMEABILITY

MS, T = 446e3, 300.0
# KV/kT, xi, damping, kHz, nm, what else, particles, periods kept. Bias in units of H, shell in diameters of the core.
CASES = [
    # random axes
    (0.558, 1.78, 0.127, 1340, 31.2, {}, 12288, 4),
    (0.725, 0.771, 0.056, 1520, 35.7, {}, 35712, 4),
    (1.62, 7.37, 0.0987, 1920, 34.2, {}, 1024, 4),
    (4.84, 1.83, 0.111, 979, 24.8, {}, 5504, 4),
    (6.45, 4.86, 0.164, 1040, 39.0, {}, 896, 4),
    (8.33, 4.13, 0.46, 108, 37.9, {}, 960, 4),
    (9.07, 12.7, 0.821, 538, 36.1, {}, 256, 4),
    (10.7, 18.6, 0.214, 138, 38.4, {}, 192, 4),
    (12.0, 8.9, 0.398, 1760, 12.7, {}, 320, 4),
    (2.51, 2.39, 0.127, 1690, 36.4, {"bias": 0.754}, 13632, 4),
    (2.69, 3.0, 0.227, 1560, 36.9, {"bias": 0.317}, 3712, 4),
    (6.08, 6.51, 0.0725, 1500, 12.3, {"bias": 0.106}, 1472, 4),
    (10.9, 15.9, 0.414, 717, 30.2, {"bias": 0.356}, 192, 4),
    # one axis
    (1.38, 3.83, 0.0608, 1160, 27.6, {"easy_axis": 0.157}, 1536, 4),
    (5.3, 2.98, 0.0923, 386, 39.5, {"easy_axis": 0.929}, 1536, 4),
    (7.91, 16.7, 0.056, 161, 35.7, {"easy_axis": 0.15}, 192, 4),
    (9.71, 13.1, 0.554, 1370, 37.3, {"easy_axis": 0.2}, 192, 4),
    (11.1, 13.8, 0.805, 1740, 32.2, {"easy_axis": 1.4}, 768, 4),
    (10.4, 13.4, 0.893, 122, 36.6, {"easy_axis": 0.107, "bias": 0.29}, 192, 4),
    (14.4, 18.8, 0.312, 714, 31.0, {"easy_axis": 0.0212, "bias": 0.141}, 192, 4),
    # easy planes
    (-1.69, 7.67, 0.0977, 1220, 34.0, {"easy_axis": 1.44}, 2752, 4),
    (-3.34, 4.29, 0.0702, 578, 38.0, {}, 9216, 4),
    (-4.37, 14.6, 0.0509, 661, 38.7, {"easy_axis": 0.895}, 2560, 4),
    # blocked in a liquid
    (2.45, 1.88, 0.486, 57, 37.1, {"mode": "brown", "shell": 2.0, "viscosity": 4.97e-5, "bias": 0.32}, 7552, 6),
    (9.35, 2.14, 0.251, 91.2, 20.5, {"mode": "brown", "shell": 1.73, "viscosity": 2.02e-4}, 3456, 6),
    (11.3, 16.3, 0.292, 131, 18.0, {"mode": "brown", "shell": 1.81, "viscosity": 4.29e-5}, 512, 6),
    # free in a liquid
    (0.37, 6.28, 0.0714, 485, 34.4, {"mode": "coupled", "shell": 1.09, "viscosity": 5.01e-5}, 8192, 4),
    (4.37, 3.47, 0.1, 242, 32.8, {"mode": "coupled", "shell": 1.32, "viscosity": 4.46e-5}, 4096, 4),
    (7.44, 5.53, 0.862, 1680, 36.3, {"mode": "coupled", "shell": 1.08, "viscosity": 3.11e-5}, 1344, 4),
    (7.85, 4.79, 0.419, 462, 32.9, {"mode": "coupled", "shell": 1.45, "viscosity": 4.45e-5}, 1024, 4),
]


def given(sigma, xi, damping, frequency, size, rest):
    """Arguments of both methods."""
    diameter = size * 1e-9
    volume = math.pi / 6 * diameter**3
    H = xi * BOLTZMANN * T / (VACUUM_PERMEABILITY * MS * volume)
    rest = dict(rest)
    if "bias" in rest:
        rest["bias"] *= H
    if "shell" in rest:
        rest["hydrodynamic_diameter"] = rest.pop("shell") * diameter
    K = sigma * BOLTZMANN * T / volume
    return {"core_diameter": diameter, "Ms": MS, "K": K, "H": H, "f": frequency * 1e3, "T": T, "alpha": damping} | rest


@pytest.mark.slow
def test_thirty_random_cases():
    scores, told = [], []
    for number, (*numbers, particles, kept) in enumerate(CASES):
        case = given(*numbers)
        balanced = dynamic_loop(**case, tolerance=1e-3 if case.get("mode") == "coupled" else 5e-4)
        assert balanced.converged, numbers
        assert balanced.area > 0.05 * 4 * VACUUM_PERMEABILITY * case["H"] * MS, numbers
        # What is left of the start is below a thousandth.
        discard = max(1, math.ceil(7.0 * balanced.settling_time * case["f"]))
        assert discard <= 4, numbers
        drawn = stochastic_loop(**case, particles=particles, periods=discard + kept, discard=discard, seed=number)
        scores.append((drawn.area - balanced.area) / drawn.area_sem)
        told.append(f"{numbers}: z {scores[-1]:+.2f}, standard error {drawn.area_sem / drawn.area:.2%}")
        assert drawn.area_sem < 0.01 * drawn.area, told[-1]
    print(*told, f"mean z {np.mean(scores):+.3f}, largest {np.abs(scores).max():.2f}", sep="\n")
    assert np.abs(scores).max() < 3.5, told
    assert abs(np.mean(scores)) < 0.5, told
