"""Dose-volume histograms against distributions whose quantiles are known."""

import numpy as np
import pytest

from ferrotope.dosimetry.voxels.volume_histogram import dose_volume
from ferrotope.errors import InputError


def test_a_uniform_spread_of_doses_has_the_dose_on_the_diagonal():
    found = dose_volume(np.linspace(0.0, 10.0, 100001)[::-1])
    assert found.dose_at([98, 50, 2]) == pytest.approx([0.2, 5.0, 9.8], abs=1e-4)
    assert found.volume_at([0.0, 2.5, 10.0, 11.0]) == pytest.approx([100.0, 75.0, 1e-3, 0.0], abs=2e-3)
    assert (found.least, found.most, found.mean) == pytest.approx((0.0, 10.0, 5.0))


def test_dose_under_the_curve_is_the_mean_dose():
    """The integral of the cumulative curve over dose is the mean: int V dD = mean."""
    found = dose_volume(np.random.default_rng(3).lognormal(1.0, 0.5, 5000))
    edges = np.concatenate([[0.0], found.doses])
    volume = found.volume_at(0.5 * (edges[1:] + edges[:-1]))
    assert volume @ np.diff(edges) / 100.0 == pytest.approx(found.mean)


def test_a_region_counts_only_its_voxels():
    dose = np.arange(8.0).reshape(2, 2, 2)
    assert dose_volume(dose, dose > 5).doses.tolist() == [6.0, 7.0]


@pytest.mark.parametrize(
    ("dose", "region"),
    [([1.0], [False]), ([1.0, 2.0], [True]), ([1.0, 2.0], [1, 0]), ([1.0, np.nan], None), ([-1.0], None)],
)
def test_bad_input_is_refused(dose, region):
    with pytest.raises(InputError):
        dose_volume(dose, region)
