"""Langevin point spread function of MPI."""

import numpy as np
import pytest
from scipy.optimize import brentq

from ferrotope.imaging import mpi


def test_derivative_at_zero_is_one_third():
    assert mpi.langevin_derivative(0.0) == pytest.approx(1 / 3)


def test_derivative_against_a_finite_difference():
    xi = np.array([0.01, 0.049, 0.051, 0.5, 2.0, 10.0, 200.0])

    def langevin(x):
        return 1 / np.tanh(x) - 1 / x

    h = 1e-3
    numeric = (langevin(xi + h * xi) - langevin(xi - h * xi)) / (2 * h * xi)
    assert mpi.langevin_derivative(xi) == pytest.approx(numeric, rel=1e-4)
    assert mpi.langevin_derivative(1e4) == pytest.approx(1e-8)


def test_width_of_the_peak():
    half = brentq(lambda x: float(mpi.langevin_derivative(x)) - 1 / 6, 1.0, 4.0)
    assert pytest.approx(2 * half, rel=1e-4) == mpi.LANGEVIN_DERIVATIVE_FWHM


def test_resolution_of_a_25_nm_core():
    # 25 nm magnetite at 446 kA/m in 2.5 T/m at 310 K: FWHM = 4.16 kT/(m G) = 1.95 mm, cubic in diameter
    moment = 446e3 * np.pi / 6 * 25e-9**3
    G = 2.5 / 1.25663706212e-6
    width = mpi.x_space_resolution(moment, G, 310.0)
    assert width == pytest.approx(4.16 * 1.380649e-23 * 310 / (moment * 2.5), rel=1e-3)
    assert mpi.x_space_resolution(8 * moment, G, 310.0) == pytest.approx(width / 8)
