"""Motional averaging, static dephasing and partial refocusing against numbers and each other."""

import math

import numpy as np
import pytest

from ferrotope.errors import InputError
from ferrotope.relaxometry import (
    r2_motional_averaging,
    r2_partial_refocusing,
    r2star_static_dephasing,
    water_diffusion,
)
from ferrotope.relaxometry.regimes import larmor_shift, translational_time


def test_motional_averaging_by_both_prefactors():
    """10 nm and 3.5e5 A/m at 37 degC: 68.37 by theory, 142.1 by the scaling law 11.6e-12 Mv^2 d^2."""
    assert r2_motional_averaging(10e-9, 3.5e5, D=3e-9) == pytest.approx(68.37, abs=6e-3)
    measured = r2_motional_averaging(10e-9, 3.5e5, D=3e-9, prefactor="experimental")
    assert measured == pytest.approx(142.1, abs=0.06)
    # the theory as a scaling law: 5.581e-12 at D = 3e-9, 7.280e-12 at 2.3e-9
    for D, law in ((3e-9, 5.581e-12), (2.3e-9, 7.280e-12)):
        assert r2_motional_averaging(1e-9, 1.0, D=D) == pytest.approx(law, rel=1e-4)


def test_static_dephasing():
    """(2 pi sqrt3/9) f dw = 711.4 1/(mM s) for 3.5e5 A/m, and 474.3 1/s for a volume fraction of 1e-5."""
    assert r2star_static_dephasing(3.5e5) == pytest.approx(711.4, abs=0.06)
    assert r2star_static_dephasing(3.5e5, molar_volume=1e-5) == pytest.approx(474.3, abs=0.06)


def test_the_regimes_cross_at_32_nm():
    d = 32.26e-9
    assert larmor_shift(3.5e5) * translational_time(d, 3e-9) == pytest.approx(3.4009, rel=5e-4)
    assert r2_motional_averaging(d, 3.5e5, D=3e-9) == pytest.approx(r2star_static_dephasing(3.5e5), rel=5e-4)


def test_partial_refocusing_by_hand():
    """1.8 f x^(1/3) (1.52 + f x)^(5/3)/tau_D with x = sqrt(4/5) dw TE/2, written out."""
    d, M, TE, C, D, phi = 400e-9, 1e5, 5e-3, 2.0, 2.5e-9, 0.4
    f = C * 1.5e-5 / phi
    x = math.sqrt(0.8) * (2.6752218744e8 * 4e-7 * math.pi * M / 3) * TE / 2
    rate = 1.8 * f * x ** (1 / 3) * (1.52 + f * x) ** (5 / 3) / (d * d / 4 / D)
    assert r2_partial_refocusing(d, M, TE, C, D=D, phi_intra=phi) * C == pytest.approx(rate, rel=1e-8)


def test_partial_refocusing_of_few_cores_does_not_depend_on_how_many():
    dilute, little = (r2_partial_refocusing(4e-7, 1e5, 5e-3, C, D=3e-9) for C in (0.0, 1e-6))
    assert dilute == pytest.approx(little, rel=1e-6)
    assert dilute > 0


def test_a_cluster_is_a_large_sphere_of_its_mean_magnetisation():
    """n cores at volume fraction phi: d^2 grows by (n/phi)^(2/3), r2 by that times phi; static dephasing stays."""
    n, phi, d, M = 64.0, 0.3, 9e-9, 3e5
    core = r2_motional_averaging(d, M, D=3e-9)
    cluster = r2_motional_averaging(d * (n / phi) ** (1 / 3), phi * M, D=3e-9, phi_intra=phi)
    assert cluster == pytest.approx(core * phi * (n / phi) ** (2 / 3))
    assert r2star_static_dephasing(phi * M, phi_intra=phi) == pytest.approx(r2star_static_dephasing(M))


def test_a_coated_core_is_a_large_sphere_too():
    """A shell that keeps water out: the same sphere described by its own size, mean magnetisation and filling."""
    d, shell, M = 20e-9, 10e-9, 3e5
    phi = (d / (d + 2 * shell)) ** 3
    coated = r2_motional_averaging(d, M, D=3e-9, shell_thickness=shell)
    assert coated == pytest.approx(r2_motional_averaging(d + 2 * shell, phi * M, D=3e-9, phi_intra=phi))
    coated = r2_partial_refocusing(d, M, 1e-3, 5.0, D=3e-9, shell_thickness=shell)
    assert coated == pytest.approx(r2_partial_refocusing(d + 2 * shell, phi * M, 1e-3, 5.0, D=3e-9, phi_intra=phi))


def test_arrays_broadcast_and_no_moment_is_no_rate():
    assert r2_motional_averaging([[8e-9], [9e-9]], [1e5, 2e5, 3e5], D=3e-9).shape == (2, 3)
    assert r2star_static_dephasing([0.0, 1e5])[0] == 0.0
    assert r2_motional_averaging(1e-8, 0.0, D=3e-9) == 0.0
    assert r2_partial_refocusing(1e-8, 0.0, 1e-3, [0.0, 1.0], D=3e-9).tolist() == [0.0, 0.0]


def test_water_diffusion_at_the_published_temperatures():
    """Holz 2000: 2.299e-9 at 25 degC; Krynicki 1978 within 2 % at 37 degC (3.04e-9)."""
    assert water_diffusion(298.15) == pytest.approx(2.299e-9, rel=2e-3)
    assert water_diffusion(310.15) == pytest.approx(3.04e-9, rel=0.02)
    assert np.all(np.diff(water_diffusion([280.0, 300.0, 320.0])) > 0)
    with pytest.raises(InputError, match="temperature"):
        water_diffusion(37.0)


@pytest.mark.parametrize(
    ("function", "given", "field"),
    [
        (r2_motional_averaging, {"core_diameter": -1e-9}, "core_diameter"),
        (r2_motional_averaging, {"Mv": -1.0}, "Mv"),
        (r2_motional_averaging, {"D": 0.0}, "D"),
        (r2_motional_averaging, {"phi_intra": 0.0}, "phi_intra"),
        (r2_motional_averaging, {"phi_intra": 1.2}, "phi_intra"),
        (r2_motional_averaging, {"prefactor": "experiment"}, "prefactor.*experimental"),
        (r2_motional_averaging, {"prefactor": "experimental", "shell_thickness": 1e-9}, "shell_thickness"),
        (r2_partial_refocusing, {"echo_time": 0.0, "iron_concentration": 1.0}, "echo_time"),
        (r2_partial_refocusing, {"echo_time": 1e-3, "iron_concentration": -1.0}, "iron_concentration"),
    ],
)
def test_what_is_out_of_range_is_named(function, given, field):
    with pytest.raises(InputError, match=field):
        function(**{"core_diameter": 1e-8, "Mv": 3.5e5, "D": 3e-9, **given})
