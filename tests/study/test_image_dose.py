"""Dose from images: known series give known doses, by arithmetic and by energy."""

import numpy as np
import pytest

from ferrotope.errors import InputError
from ferrotope.imaging.image_files import open_image
from ferrotope.imaging.image_grid import Grid
from ferrotope.imaging.nifti import write_nifti
from ferrotope.nuclides import Nuclide
from ferrotope.result import Result
from ferrotope.study.image_dose import OUTSIDE, image_dose
from ferrotope.study.image_dose_result import image_dose_result
from ferrotope.study.region_activity import image_weights

HOUR = 3600.0
TIMES = HOUR * np.array([4.0, 24.0, 96.0])
SHAPE = (7, 8, 9)
EDGES = (3e-3, 4e-3, 5e-3)
CONCENTRATION = 1e12  # Bq/m3 at the injection
BIOLOGICAL = 1.0 / (70 * HOUR)
CHARGED = ("beta-", "beta+", "conversion", "auger", "alpha", "recoil")
LUTETIUM, YTTRIUM = Nuclide("Lu-177"), Nuclide("Y-90")


@pytest.fixture
def series(tmp_path):
    """Uniform activity that falls as exp(-k t) beside its physical decay."""

    def make(nuclide, biological, *, shape=SHAPE, edges=EDGES, reference="image", factor=1.0, times=TIMES):
        grid = Grid.of(shape, np.diag([*edges, 1.0]))
        images = []
        for number, time in enumerate(times):
            rate = biological + (nuclide.decay_constant if reference == "image" else 0.0)
            values = np.broadcast_to(1e-6 * CONCENTRATION * np.exp(-rate * time) * factor, shape)
            path = write_nifti(tmp_path / f"{number}.nii", values, grid)
            images.append(open_image(path, nuclide, time=time, decay_reference=reference, unit="Bq/mL"))
        return images

    return make


def local_dose(nuclide, integrated):
    """Dose (Gy) of charged particles that stay: decays per volume times energy over density of water."""
    return integrated * sum(nuclide.mean_energies().get(name, 0.0) for name in CHARGED) / 1000.0


def test_three_images_of_one_exponential_give_the_dose_of_its_integral(series):
    """D = E/m with E = energy per decay times C0/(k + lambda) times volume."""
    biological = 1.0 / (70 * HOUR)
    found = image_dose(series(LUTETIUM, biological), LUTETIUM, integration="region", method="local", dose_rates=False)
    expected = local_dose(LUTETIUM, CONCENTRATION / (biological + LUTETIUM.decay_constant))
    assert found.dose.dose == pytest.approx(expected, rel=1e-5)
    assert found.regions[0].fitted
    assert found.regions[0].extrapolated == pytest.approx(
        np.exp(-(biological + LUTETIUM.decay_constant) * TIMES[-1]), rel=1e-4
    )
    assert found.inside == pytest.approx(local_dose(LUTETIUM, 1) / (sum(LUTETIUM.mean_energies().values()) / 1000.0))


def test_the_middle_of_a_large_region_receives_what_it_emits(series):
    """Y-90 by convolution: 34 mm of water on every side hold all betas (11 mm) and most bremsstrahlung."""
    images = series(YTTRIUM, 0.0, shape=(17, 17, 17), edges=(4e-3, 4e-3, 4e-3))
    found = image_dose(images, YTTRIUM, dose_rates=False, daughters="prompt")
    expected = local_dose(YTTRIUM, CONCENTRATION / YTTRIUM.decay_constant)
    assert found.dose.dose[8, 8, 8] == pytest.approx(expected, rel=0.005)
    corner, edge, face = found.dose.dose[0, 0, 0], found.dose.dose[0, 0, 8], found.dose.dose[0, 8, 8]
    assert expected / 8 < corner < edge < face < 0.9 * expected  # an eighth, a quarter, half of space and more
    # Energy left 3 mm from the decay on average leaves a cube of 68 mm with the chance 3 mm x S/(4 V) = 0.066.
    assert 0.92 < found.inside < 0.96


@pytest.mark.parametrize("reference", ["image", "injection"])
def test_pure_physical_decay_is_exact_by_either_reference(series, reference):
    found = image_dose(series(LUTETIUM, 0.0, reference=reference), LUTETIUM, method="local")
    expected = local_dose(LUTETIUM, CONCENTRATION / LUTETIUM.decay_constant)
    assert found.dose.dose == pytest.approx(expected, rel=1e-5)
    # The dose rate of what only decays is the dose times lambda, less what decayed until then.
    for time, rate in zip(TIMES, found.dose_rates, strict=True):
        left = np.exp(-LUTETIUM.decay_constant * time)
        assert rate == pytest.approx(expected * LUTETIUM.decay_constant * left, rel=1e-5)


def test_weights_are_the_integral_of_straight_lines_under_decay():
    """Against quadrature, and the excess k^2 d^2/12 of straight lines over a falling exponential."""
    decay = 1.2e-6
    values = np.array([3.0, 2.0, 2.5])
    fine = np.linspace(0.0, TIMES[-1], 400001)
    line = np.interp(fine, TIMES, values) * np.exp(-decay * fine)
    tail = values[-1] * np.exp(-decay * TIMES[-1]) / decay
    assert image_weights(TIMES, decay) @ values == pytest.approx(np.trapezoid(line, fine) + tail, rel=1e-9)
    step, rate = 10 * HOUR, 1e-6
    times = np.arange(0.0, 400.0) * step
    excess = image_weights(times, decay) @ np.exp(-rate * times) * (rate + decay) - 1.0
    assert excess == pytest.approx((rate * step) ** 2 / 12.0, rel=0.02)
    assert image_weights([5 * HOUR], decay) == pytest.approx([1.0 / decay])
    assert image_weights([0.0], decay) == pytest.approx([1.0 / decay])


def test_regions_share_out_the_whole(series):
    """Two regions with different activity: sums, masses and fits are each their own."""
    factor = np.ones(SHAPE)
    factor[4:] = 3.0
    labels = np.ones(SHAPE, dtype=int)
    labels[4:] = 7
    images = series(LUTETIUM, 1.0 / (70 * HOUR), factor=factor)
    given = {"labels": labels, "names": {7: "Tumour, left"}, "method": "local", "dose_rates": False}
    found = image_dose(images, LUTETIUM, **given, integration="voxel")
    whole, first, tumour = found.regions
    assert (whole.voxels, first.name, tumour.name) == (7 * 72, "region 1", "Tumour, left")
    assert first.integral + tumour.integral == pytest.approx(whole.integral)
    assert found.time_integrated_activity.sum() == pytest.approx(whole.integral)
    assert first.mass + tumour.mass == pytest.approx(whole.mass) == pytest.approx(7 * 72 * 60e-9 * 1000.0)
    assert found.means[2] / found.means[1] == pytest.approx(3.0)
    fitted = image_dose(images, LUTETIUM, **given)  # with a mask every region is fitted
    assert fitted.settings["integration"] == "region"
    assert fitted.regions[1].integral < 0.8 * first.integral  # no clearance after the last image is cautious
    assert fitted.time_integrated_activity.sum() == pytest.approx(fitted.regions[0].integral)
    assert fitted.means[2] / fitted.means[1] == pytest.approx(3.0)


def test_what_lies_outside_the_regions_is_fitted_too(series):
    """C0/(k + lambda) everywhere; joined images would give 1.59 of it outside."""
    labels = np.zeros(SHAPE, dtype=int)
    labels[2:4, 2:4, 2:4] = 5
    images = series(LUTETIUM, BIOLOGICAL)
    found = image_dose(images, LUTETIUM, labels=labels, method="local", dose_rates=False)
    whole, region, rest = found.regions
    assert (region.voxels, rest.name, rest.voxels) == (8, OUTSIDE, 7 * 72 - 8)
    expected = local_dose(LUTETIUM, CONCENTRATION / (BIOLOGICAL + LUTETIUM.decay_constant))
    assert found.dose.dose == pytest.approx(expected, rel=1e-5)
    assert whole.integral == pytest.approx(found.time_integrated_activity.sum(), rel=1e-9)
    assert whole.integral_sd == pytest.approx(np.hypot(region.integral_sd, rest.integral_sd))
    assert whole.extrapolated == pytest.approx(region.extrapolated)  # both fall alike
    assert whole.curve.value(HOUR) == pytest.approx(region.curve.value(HOUR) + rest.curve.value(HOUR))
    shown = image_dose_result(found)
    assert shown.headlines == ("dosimetry.absorbed_dose.region_5", "dosimetry.time_integrated_activity.region_5")
    interval, mean = shown.intervals[shown.headlines[0]], shown[shown.headlines[0]].value
    spread = 1.96 * region.integral_sd / region.integral
    assert (interval.low, interval.high) == pytest.approx((mean * (1 - spread), mean * (1 + spread)))


def test_joined_images_say_how_far_they_lie_above_a_fit(series):
    """Lu-177 cleared with k = 1/(70 h), images at 4, 24 and 96 h: 59 % too high, by the weights alone."""
    found = image_dose(series(LUTETIUM, BIOLOGICAL), LUTETIUM, method="local", dose_rates=False)
    rate = BIOLOGICAL + LUTETIUM.decay_constant
    excess = image_weights(TIMES, LUTETIUM.decay_constant) @ np.exp(-BIOLOGICAL * TIMES) * rate
    assert excess == pytest.approx(1.59, abs=0.005)
    assert found.regions[0].joined_over_fitted == pytest.approx(excess, rel=1e-4)
    result = image_dose_result(found)
    assert any("59% above that of exponentials" in notice.text for notice in result.notices)
    assert not result.intervals  # the tail is assumed: no error of counting says how wrong it is


def test_negative_voxels_are_refused_or_raise_the_activity_by_a_known_part(series):
    factor = np.ones(SHAPE)
    factor[0] = -1.0
    images = series(LUTETIUM, 0.0, factor=factor)
    with pytest.raises(InputError, match=r"72 voxels are negative.*--negative zero"):
        image_dose(images, LUTETIUM, dose_rates=False)
    found = image_dose(images, LUTETIUM, method="local", dose_rates=False, negative="zero")
    assert found.raised == pytest.approx([6.0 / 5.0 - 1.0] * 3)  # 6 of 7 layers count 1, one -1
    assert (found.dose.dose[0] == 0).all()
    assert any("adds 20.0%" in notice.text for notice in image_dose_result(found).notices)


def test_regions_without_a_fit_say_why(series):
    labels, factor = np.ones(SHAPE, dtype=int), np.ones(SHAPE)
    labels[3:], factor[3:] = 2, 0.0
    images = series(LUTETIUM, BIOLOGICAL, factor=factor, times=TIMES[:2])
    found = image_dose(images, LUTETIUM, labels=labels, method="local", dose_rates=False)
    warnings = [notice.text for notice in image_dose_result(found).notices if notice.level == "warning"]
    assert any("Two images are too few to fit exponentials to region 1" in text for text in warnings)
    assert "No image holds activity in region 2." in warnings


def test_activity_that_grows_or_was_never_given_is_a_warning(series):
    """Files in the wrong order, and a unit a thousand times too large."""
    found = image_dose(series(LUTETIUM, -BIOLOGICAL), LUTETIUM, method="local", dose_rates=False)
    texts = [notice.text for notice in image_dose_result(found, administered_activity=1e6).notices]
    assert any("grows" in text for text in texts)
    assert any("of the administered activity" in text for text in texts)


def test_doses_by_radiation_add_up_and_a_map_of_one_density_is_that_density(series):
    images = series(LUTETIUM, 0.0)
    found = image_dose(images, LUTETIUM, by_radiation=True, dose_rates=False, density=np.full(SHAPE, 1050.0))
    assert sum(found.by_radiation.values()) == pytest.approx(found.means, rel=3e-3)
    assert image_dose(images, LUTETIUM, dose_rates=False, density=1050.0).means == pytest.approx(found.means)
    assert found.regions[0].mass == pytest.approx(7 * 72 * 60e-9 * 1050.0)


def test_the_mean_dose_of_two_densities_is_energy_over_mass(series):
    """All energy stays: the mean dose is the emitted energy over the mass, whatever lies where."""
    density = np.full(SHAPE, 1000.0)
    density[2:] = 300.0
    found = image_dose(series(LUTETIUM, 0.0), LUTETIUM, method="local", dose_rates=False, density=density)
    energy = local_dose(LUTETIUM, CONCENTRATION / LUTETIUM.decay_constant) * 1000.0 * 7 * 72 * 60e-9
    assert found.means[0] == pytest.approx(energy / (density.sum() * 60e-9), rel=1e-5)


def test_the_result_says_what_it_rests_on(series, tmp_path):
    labels = np.zeros(SHAPE, dtype=int)
    labels[2:5, 2:5, 2:5] = 2
    found = image_dose(series(LUTETIUM, 0.0), LUTETIUM, labels=labels, names={2: "tumour"}, by_radiation=True)
    result = image_dose_result(found, administered_activity=1e6)
    assert result["dosimetry.absorbed_dose.tumour"].value == pytest.approx(found.means[1])
    assert result["dosimetry.volume.tumour"].value == pytest.approx(27 * 0.06)
    assert result["dosimetry.d98.tumour"].value <= result["dosimetry.d2.tumour"].value
    assert result["dosimetry.tiac.whole_image"].value == pytest.approx(
        CONCENTRATION * 7 * 72 * 60e-9 / LUTETIUM.decay_constant / 1e6 / HOUR, rel=1e-5
    )
    text = result.explain("absorbed_dose.tumour")
    assert "0.nii" in text
    assert "measured" in text
    said = " ".join(notice.text for notice in result.notices)
    assert "after the last image" in said  # two thirds of the decays are
    assert "of the administered activity" in said  # 30 MBq of 1 MBq
    assert "Partial-volume" in said
    again = Result.load(result.save(tmp_path / "result.nc"))
    assert {item.name for item in again.series["dosimetry"]} >= {"dose_at_volume", "dose_by_radiation"}
    assert again.summary() == result.summary()


def test_one_image_is_physical_decay_and_says_so(series):
    found = image_dose(series(LUTETIUM, 0.0, times=TIMES[:1]), LUTETIUM, method="local", dose_rates=False)
    expected = local_dose(LUTETIUM, CONCENTRATION / LUTETIUM.decay_constant)
    assert found.dose.dose == pytest.approx(expected, rel=1e-5)
    assert any("One image" in notice.text for notice in image_dose_result(found).notices)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"integration": "simpson"}, "integration"),
        ({"negative": "keep"}, "negative"),
        ({"method": "monte carlo"}, "method"),
        ({"relative_error": 0.0}, "relative_error"),
        ({"density": -1.0}, "density"),
        ({"density": 1e6}, "density"),
        ({"density": np.ones((2, 2, 2))}, "density"),
        ({"names": {1: "liver"}}, "region"),
        ({"labels": np.zeros((2, 2, 2), dtype=int)}, "mask"),
        ({"labels": np.ones(SHAPE, dtype=int), "names": {2: "liver"}}, "region"),
        ({"labels": np.arange(504).reshape(SHAPE) % 3, "names": {1: "a", 2: "a"}}, "region"),
        ({"daughters": "all"}, "daughters"),
    ],
)
def test_wrong_settings_are_refused_before_an_image_is_read(series, wrong, field, tmp_path):
    images = series(LUTETIUM, 0.0)
    for file in tmp_path.glob("*.nii"):
        file.unlink()
    with pytest.raises(InputError) as refused:
        image_dose(images, LUTETIUM, **wrong)
    assert refused.value.field == field


def test_daughters_have_to_be_chosen(series):
    with pytest.raises(InputError) as refused:
        image_dose(series(Nuclide("Ac-225"), 0.0), "Ac-225")
    assert refused.value.field == "daughters"
