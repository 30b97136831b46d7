"""Multiple scattering tables against closed forms and quadrature."""

import numpy as np
from numpy.testing import assert_allclose
from scipy.special import eval_legendre

from ferrotope.dosimetry.matter.media import medium
from ferrotope.dosimetry.matter.stopping import restricted_stopping_power
from ferrotope.dosimetry.transport import elastic
from ferrotope.dosimetry.transport.elastic import QUANTILES, elastic_moments, multiple_scattering_tables
from ferrotope.units.constants import MEV

WATER = medium("water")
ENERGY = np.exp(np.log(1e-3 * MEV) + np.arange(192) / 25.0)
CUT = np.maximum(1e-3 * MEV, 0.02 * ENERGY)


def test_first_moment_of_screened_rutherford_scattering_in_closed_form():
    # 1 - <cos> = 2 eta [(1 + eta) ln(1 + 1/eta) - 1]: integral of (1 - mu)/(1 - mu + 2 eta)^2
    eta = np.geomspace(1e-7, 0.1, 12)
    expected = 2.0 * eta * ((1.0 + eta) * np.log1p(1.0 / eta) - 1.0)
    assert_allclose(1.0 - elastic._mean_legendre(eta)[:, 1], expected, rtol=1e-8)


def test_high_moments_by_quadrature():
    nodes, weights = np.polynomial.legendre.leggauss(800)
    for eta in (1e-6, 1e-4, 1e-2):
        low, high = np.log(2.0 * eta), np.log(2.0 + 2.0 * eta)
        at = 0.5 * (high - low) * nodes + 0.5 * (high + low)
        weight = weights * np.exp(-at)
        found = elastic._mean_legendre(np.array([eta]))[0]
        for order in (5, 50, 200):
            mean = weight @ eval_legendre(order, 1.0 + 2.0 * eta - np.exp(at)) / weight.sum()
            assert_allclose(found[order], mean, atol=1e-9)


def test_sampled_deflection_has_the_moments_of_goudsmit_and_saunderson():
    # S. Goudsmit and J. L. Saunderson, Phys Rev 57 (1940) 24: <P_l> = exp(-integral of N sigma (1 - F_l) ds)
    share = 0.03
    moments, total = elastic_moments(WATER, ENERGY, CUT)
    slowing = restricted_stopping_power(WATER, ENERGY, CUT)
    untouched, scale, quantiles = multiple_scattering_tables(ENERGY, moments, total, slowing, share)
    probability = (np.arange(200 * QUANTILES) + 0.5) / (200 * QUANTILES)
    place = 1.0 - np.sqrt(probability)  # the larger of two uniform numbers, as the transport draws it
    nodes, weights = np.polynomial.legendre.leggauss(6)
    for row in (20, 58, 115, 172):  # 2, 10, 100 and 970 keV
        w = np.interp(place * QUANTILES, np.arange(QUANTILES + 1), quantiles[row])
        below = 2.0 * scale[row] * w / (1.0 - w + scale[row])
        within = np.log(ENERGY[row] * (1.0 - 0.5 * share * (1.0 + nodes)))
        for order, sampled in ((1, below), (2, 3.0 * below - 1.5 * below**2)):
            rate = np.exp(np.interp(within, np.log(ENERGY), np.log(moments[:, order] / slowing)))
            depth = 0.5 * share * ENERGY[row] * weights @ rate
            assert_allclose((1.0 - untouched[row]) * sampled.mean(), 1.0 - np.exp(-depth), rtol=2e-3)


def test_no_collision_at_all_has_the_probability_of_poisson():
    moments, total = elastic_moments(WATER, ENERGY, CUT)
    slowing = restricted_stopping_power(WATER, ENERGY, CUT)
    untouched, _, quantiles = multiple_scattering_tables(ENERGY, moments, total, slowing, 0.03)
    at = 30  # 3.3 keV
    expected = 0.03 * ENERGY[at] * np.interp(ENERGY[at] * 0.985, ENERGY, total / slowing)
    assert_allclose(-np.log(untouched[at]), expected, rtol=2e-3)
    assert np.all(np.diff(quantiles, axis=1) >= 0.0)


def test_heavy_atoms_scatter_more():
    gold, _ = elastic_moments(medium("gold"), ENERGY, CUT)
    water, _ = elastic_moments(WATER, ENERGY, CUT)
    assert np.all(gold[:, 1] > 2.0 * water[:, 1])
