"""S values of spheres: point kernels folded another way, limits, chains."""

import math

import numpy as np
import pytest

from ferrotope.dosimetry import point_kernel, sphere_mass, sphere_s_value
from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide
from ferrotope.units.constants import MEV


@pytest.mark.parametrize(("nuclide", "radius"), [("Lu-177", 5e-4), ("Y-90", 5e-3), ("Y-90", 2e-2)])
def test_betas_are_the_point_kernel_folded_with_the_chords(nuclide, radius):
    # a point at distance r from another in the sphere lies in it too with 1 - 3r/4R + r^3/16R^3
    edges = np.linspace(0.0, 2.0, 4001) * radius
    inside = point_kernel(nuclide, daughters="prompt", radiation="beta-").cumulative(edges[1:])
    middle = 0.5 * (edges[1:] + edges[:-1]) / radius
    energy = np.diff(inside, prepend=0.0) @ (1.0 - 0.75 * middle + middle**3 / 16.0)
    expected = energy / (4.0 / 3.0 * math.pi * radius**3 * 1000.0)
    assert sphere_s_value(nuclide, radius, radiation="beta-") == pytest.approx(expected, rel=5e-3)


def test_a_large_sphere_absorbs_all_that_is_charged():
    nuclide, mass = Nuclide("Lu-177"), 4.0 / 3.0 * math.pi * 1e-3
    charged = sum(sphere_s_value(nuclide, 0.1, radiation=name) for name in ("beta-", "conversion", "auger"))
    emitted = sum(nuclide.mean_energy(name) for name in ("beta-", "conversion", "auger"))
    assert charged == pytest.approx(emitted / (1000.0 * mass), rel=0.01)


def test_mass_counts_not_size_alone():
    # radius times density decides the fraction, the mass the dose
    assert sphere_s_value("I-131", 2e-3, 500.0, radiation="beta-") == pytest.approx(
        sphere_s_value("I-131", 1e-3, 1000.0, radiation="beta-") / 4.0, rel=1e-12
    )


def test_a_chain_gives_all_its_alphas():
    # ICRP Publication 107: 27.48 MeV of alphas from Ac-225 and what follows, 5.79 MeV from itself
    mass = float(sphere_mass(1e-2))
    for daughters, total in (("equilibrium", 27.48), ("prompt", 5.787)):
        s = sphere_s_value("Ac-225", 1e-2, daughters=daughters, radiation="alpha")
        assert s * mass / MEV == pytest.approx(total, rel=0.01)


def test_bone_with_thorium_227():
    # IDAC-Dose 2.1, doi:10.1186/s13550-017-0339-3, figure 3: 1 MBq in 10 cm3 of bone, 80 days, 110 Gy without daughters
    nuclide = Nuclide("Th-227")
    decays = 1e6 * (1.0 - math.exp(-nuclide.decay_constant * 80 * 86400)) / nuclide.decay_constant
    radius = (10e-6 * 3.0 / (4.0 * math.pi)) ** (1 / 3)
    assert decays * sphere_s_value(nuclide, radius, 1920.0, daughters="prompt") == pytest.approx(110.0, rel=0.03)


def test_what_is_wrong_is_refused():
    with pytest.raises(InputError, match="daughters"):
        sphere_s_value("Ac-225", 1e-3)
    with pytest.raises(InputError, match="radius"):
        sphere_s_value("Y-90", 0.0)
    with pytest.raises(InputError, match="radiation"):
        sphere_s_value("Y-90", 1e-3, radiation="betta-")
    with pytest.raises(InputError, match=r"-1 at \[1\]"):
        sphere_s_value("Y-90", [1e-3, -1.0])
