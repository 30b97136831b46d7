"""Point kernels in water against EGSnrc, to the last shell: the slow tier."""

import numpy as np
import pytest

from ferrotope.dosimetry.matter.ranges import electron_csda_range
from ferrotope.dosimetry.spheres.electrons import scaled_point_kernel
from ferrotope.dosimetry.transport import Point, Radiation, Shells, emitted_radiations, simulate
from ferrotope.units.constants import MEV

pytestmark = pytest.mark.slow
BIN = 0.025

# Share of the energy of the electrons of a nuclide that is deposited within a distance (mm) of a point in water.
# Computed for this project with EGSnrc (NRC Canada, commit 9edee3e), EDKnrc, 300 000 histories, cut-offs 1 keV, spin
# effects off, from the spectra of ICRP Publication 107 with positrons taken as electrons.
WITHIN = {
    "Lu-177": [(0.010866, 0.05488), (0.041156, 0.17246), (0.1, 0.34935), (0.22667, 0.59222), (0.43778, 0.81489),
               (0.56444, 0.89243), (0.81778, 0.96963)],
    "I-131": [(0.019016, 0.05178), (0.072023, 0.16486), (0.24889, 0.44063), (0.39667, 0.60981), (0.61833, 0.79022),
              (0.84, 0.90068), (1.1356, 0.96873)],
    "Sm-153": [(0.0078262, 0.05075), (0.046205, 0.2038), (0.175, 0.38156), (0.39667, 0.58902), (0.76611, 0.81625),
               (0.98778, 0.89568), (1.4311, 0.97299)],
    "Re-188": [(0.14521, 0.05524), (0.55, 0.17637), (1.4789, 0.42596), (2.1756, 0.58697), (3.3367, 0.78832),
               (4.2656, 0.89084), (5.6589, 0.96806)],
    "Y-90": [(0.23665, 0.05301), (0.81778, 0.18621), (1.7889, 0.3995), (2.76, 0.58633), (4.2167, 0.79907),
             (5.4306, 0.90862), (6.8872, 0.9728)],
    "F-18": [(0.039604, 0.05316), (0.15, 0.20776), (0.27667, 0.37315), (0.46667, 0.58246), (0.72, 0.78309),
             (0.97333, 0.9027), (1.29, 0.97198)],
}  # fmt: skip


def kernel(energy, histories, **options):
    """F(r/R0) in bins of 0.025 up to 1.25 and its standard error."""
    shells = Shells(BIN * np.arange(1, 51) * electron_csda_range(energy * MEV) * 1e-3)
    radiation = Radiation("line", "electron", [energy * MEV])
    options = {"follow_photons": False, "seed": 1} | options
    result = simulate(radiation, Point(), shells, histories=histories, **options)
    return result.deposited[0] / (energy * MEV * BIN), result.standard_error[0] / (energy * MEV * BIN)


@pytest.mark.parametrize("energy", [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0])
def test_kernels_of_single_energies(energy):
    # Within 3 % where the kernel is above a tenth of its peak, and twice the statistics of both.
    found, error = kernel(energy, 300_000)
    expected = scaled_point_kernel(energy * MEV, BIN * (np.arange(50) + 0.5))
    high = expected > 0.1 * expected.max()
    found, error, expected = found[high], error[high], expected[high]
    reference_error = 0.0036 * np.sqrt(1.5 / expected)  # of EGSnrc: 0.3 % at the peak, 1.2 % at a tenth of it
    allowed = 0.03 + 2.0 * np.hypot(error / found, reference_error)
    difference = np.abs(found / expected - 1.0)
    if energy < 0.03:
        # EGSnrc has 0.5 % (10 keV) and 0.2 % (20 keV) of the energy too much in the first bin, where the stopping power
        # alone counts and F is S R0/E = 0.567 at most; what it lacks elsewhere shows at the end of the range.
        difference[0] = 0.0
        allowed[31:] += 0.06
    assert np.all(difference < allowed)


@pytest.mark.parametrize("nuclide", sorted(WITHIN))
def test_cumulative_energy_of_nuclides(nuclide):
    parts = [r for r in emitted_radiations(nuclide) if r.kind != "photon"]
    energies = np.concatenate([r.energies for r in parts])
    intensities = np.concatenate([r.intensities for r in parts])
    keep = energies >= 1e-3 * MEV
    radiation = Radiation("electrons", "electron", energies[keep], intensities[keep])
    radii, expected = np.array(WITHIN[nuclide]).T
    result = simulate(radiation, Point(), Shells(radii * 1e-3), histories=100_000, follow_photons=False, seed=1)
    found = np.cumsum(result.deposited[0]) / radiation.mean_energy
    assert np.all(np.abs(found - expected) < 0.01)


def test_half_the_step_changes_little():
    # The bulk of the kernel within 0.5 % (and 3 standard errors), the energy within any distance within 0.1 %.
    one, error = kernel(0.5, 300_000)
    half, _ = kernel(0.5, 300_000, step_share=0.015, seed=2)
    bulk = np.arange(50) < 32
    assert np.all(np.abs(half - one)[bulk] < 0.005 * one[bulk] + 3.0 * np.sqrt(2.0) * error[bulk])
    assert np.all(np.abs(np.cumsum(half - one)) * BIN < 0.002)
