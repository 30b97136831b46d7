"""The imaging stage through its front function."""

import math
from typing import NamedTuple

import numpy as np
import pytest

from ferrotope.curves import Curve
from ferrotope.errors import InputError
from ferrotope.imaging import acquire, mean_recovery_coefficient
from ferrotope.imaging.emitters import seen_by
from ferrotope.protocol.nouns import Image

HOUR = 3600.0
MRI = {
    "modality": "MRI",
    "time": "24 h",
    "sequence": "GRE",
    "B0": "3 T",
    "TE": "5 ms",
    "TR": "100 ms",
    "flip_angle": "30 deg",
}
RELAXIVITY = (5.0, 100.0, 150.0)
MASSES = {"tumour": 0.2e-3, "liver": 1.2e-3, "muscle": 9e-3, "blood": 1.7e-3}
DENSITIES = dict.fromkeys(MASSES, 1050.0)


MEV = 1.602176634e-13


class Line(NamedTuple):
    radiation: str
    energy: float
    intensity: float


class Stub(NamedTuple):
    name: str
    half_life: float
    positrons: float
    lines: tuple[Line, ...] = ()

    def members(self):
        return (self,)

    def emissions(self, radiation):
        if radiation == "beta+":
            return (line("beta+", 300.0, self.positrons),) if self.positrons else ()
        return tuple(item for item in self.lines if item.radiation == radiation)


def line(radiation, kev, intensity):
    return Line(radiation, kev * 1e-3 * MEV, intensity)


CU64 = Stub("Cu-64", 12.701 * 3600, 0.1752, (line("gamma", 1345.8, 0.00475),))
TC99M = Stub("Tc-99m", 6.0067 * 3600, 0.0, (line("gamma", 140.511, 0.885), line("x", 18.4, 0.06)))
I124 = Stub("I-124", 4.176 * 86400, 0.227, (line("gamma", 602.7, 0.629),))
Y90 = Stub("Y-90", 64.05 * 3600, 3.2e-5)


def constant(value):
    return Curve(times=np.array([0.0, 48 * HOUR]), values=np.array([value, value]))


def decaying(value, nuclide):
    return Curve(
        times=np.array([0.0, 48 * HOUR]),
        values=np.array([value, value]),
        decay_constant=math.log(2) / nuclide.half_life,
    )


def show(images, *, relaxivities=None, iron=None, activity=None, nuclide=CU64, administered=5e6):
    images = [Image(**image) for image in images]
    return acquire(
        images,
        [RELAXIVITY if image.modality == "MRI" else None for image in images] if relaxivities is None else relaxivities,
        {} if iron is None else iron,
        {} if activity is None else activity,
        MASSES,
        DENSITIES,
        nuclide,
        administered,
        0.022,
    )


def numbers(outcome):
    return {record.path: record for record in outcome.records}


def texts(outcome, level):
    return " | ".join(notice.text for notice in outcome.notices if notice.level == level)


def test_signal_change_by_hand():
    # 0.02 mg Fe per g of liver: 0.376 mM; T1 809 ms (doi:10.1148/radiol.2303021331), T2* 19 ms at 3 T
    found = numbers(show([MRI], iron={"liver": constant(2e-5)}))
    C = 2e-5 * 1050 / 55.845e-3
    assert found["imaging.iron_concentration.liver"].value == pytest.approx(C)

    def S(R1, R2star):
        E1, a = math.exp(-0.1 * R1), math.radians(30)
        return math.sin(a) * (1 - E1) / (1 - E1 * math.cos(a)) * math.exp(-5e-3 * R2star)

    before, after = S(1 / 0.809, 1 / 0.019), S(1 / 0.809 + 5 * C, 1 / 0.019 + 150 * C)
    assert found["imaging.signal_change.liver"].value == pytest.approx(100 * (after / before - 1), rel=1e-9)
    assert found["imaging.contrast_to_noise.liver"].value == pytest.approx((after / before - 1) / 0.02, rel=1e-9)
    assert "macrophages" in found["imaging.signal_change.liver"].caveat


def test_no_iron_no_change():
    found = numbers(show([MRI], iron={"tumour": constant(0.0)}))
    assert found["imaging.signal_change.tumour"].value == 0.0
    assert found["imaging.signal_change.tumour"].validity == ""


def test_saturation_and_noise_floor_are_said():
    # 1 mg/g is 18.8 mM, far above 1/(5 ms x 150) = 1.33 mM
    record = numbers(show([MRI], iron={"tumour": constant(1e-3)}))["imaging.signal_change.tumour"]
    assert record.value == pytest.approx(-100.0, abs=0.1)
    assert "saturated: 18.8 mM exceeds 1/(TE r2*) = 1.33 mM" in record.validity
    assert "noise" in record.validity


def test_spin_echo_uses_r2_and_field_outside_the_table_is_said():
    image = {**MRI, "sequence": "SE", "B0": "11.7 T", "TR": "30 s", "TE": "10 ms"}
    record = numbers(show([image], iron={"tumour": constant(1e-5)}))["imaging.signal_change.tumour"]
    C = 1e-5 * 1050 / 55.845e-3
    assert record.value == pytest.approx(100 * math.expm1(-0.01 * 100 * C), abs=0.01)
    assert "extrapolated to 11.7 T" in record.caveat


def test_several_images_are_numbered_as_in_the_protocol():
    pet = {"modality": "PET", "time": "4 h"}
    found = numbers(
        show([MRI, pet, {**MRI, "time": "4 h"}], iron={"tumour": constant(1e-5)}, activity={"tumour": constant(0.02)})
    )
    assert {"imaging.signal_change[0].tumour", "imaging.signal_change[2].tumour", "imaging.suv.tumour"} <= set(found)


def test_a_spin_echo_without_a_flip_angle_takes_ninety_degrees():
    plain = {key: value for key, value in MRI.items() if key != "flip_angle"}
    said = {**plain, "sequence": "SE", "flip_angle": "90 deg"}
    first, second = (
        numbers(show([image], iron={"tumour": constant(1e-5)}))["imaging.signal_change.tumour"].value
        for image in ({**plain, "sequence": "SE"}, said)
    )
    assert first == second


def test_echo_time_that_leaves_no_signal_gives_no_number():
    image = {**MRI, "sequence": "SE", "TR": "100 ms", "TE": "99 ms"}
    record = numbers(show([image], iron={"liver": constant(1e-5)}))["imaging.signal_change.liver"]
    assert record.value is None or math.isfinite(record.value)


def test_suv_of_an_even_body_is_one():
    # an organ with its share of the activity by mass, density 1.05: 1.05 g/mL
    activity = {"liver": decaying(1.2 / 22, CU64)}
    found = numbers(show([{"modality": "PET", "time": "24 h"}], activity=activity))
    assert found["imaging.suv.liver"].value == pytest.approx(1.05)


def test_counts_noise_and_concentration_by_hand():
    # 2 %ID in the tumour at 24 h, 5 MBq of Cu-64 (0.1752 positrons), Inveon: 0.0661 and 0.7 transmitted, 20 min
    found = numbers(show([{"modality": "PET", "time": "24 h"}], activity={"tumour": decaying(0.02, CU64)}))
    now = 5e6 * 0.02 * 0.5 ** (24 / 12.701)
    lam = math.log(2) / CU64.half_life
    counts = now * 0.1752 * 0.0661 * 0.7 * -math.expm1(-lam * 1200) / lam
    assert found["imaging.counts.tumour"].value == pytest.approx(counts, rel=1e-9)
    assert found["imaging.noise.tumour"].value == pytest.approx(100 / math.sqrt(counts), rel=1e-9)
    assert found["imaging.activity_concentration.tumour"].value == pytest.approx(now / 1e3 / (0.2 / 1.05), rel=1e-9)


def test_partial_volume_of_the_tumour():
    activity = {"tumour": constant(0.02), "muscle": constant(0.09)}
    found = numbers(show([{"modality": "PET", "time": "1 h", "resolution": "1.5 mm"}], activity=activity))
    diameter = (6 * 0.2e-3 / 1050 / math.pi) ** (1 / 3)
    RC = float(mean_recovery_coefficient(diameter, 1.5e-3))
    assert found["imaging.recovery.tumour"].value == pytest.approx(RC)
    true, around = found["imaging.suv.tumour"].value, found["imaging.suv.muscle"].value
    assert found["imaging.apparent_suv.tumour"].value == pytest.approx(RC * true + (1 - RC) * around)
    assert found["imaging.tumour_to_background.tumour"].value == pytest.approx(RC * true / around + 1 - RC)
    coarse = numbers(show([{"modality": "PET", "time": "1 h", "resolution": "10 mm"}], activity=activity))
    assert "spills" in coarse["imaging.recovery.tumour"].caveat


def test_decayed_to_nothing_has_no_noise_value():
    found = numbers(show([{"modality": "PET", "time": "24 h"}], activity={"tumour": constant(0.0)}))
    assert found["imaging.noise.tumour"].value is None
    assert found["imaging.noise.tumour"].validity == "no counts"


def test_what_a_scanner_sees():
    assert seen_by("PET", CU64).emission_yield == pytest.approx(0.1752, rel=1e-6)
    assert seen_by("SPECT", TC99M).emission_yield == pytest.approx(0.885)
    assert "140 keV" in seen_by("SPECT", TC99M).said or "141 keV" in seen_by("SPECT", TC99M).said
    assert (
        seen_by("PET", TC99M).emission_yield
        == seen_by("SPECT", Y90).emission_yield
        == seen_by("PET", Y90).emission_yield
        == 0
    )
    assert "prompt" in seen_by("PET", I124).reason
    # neighbouring lines share a window, far ones do not
    pair = Stub(
        "X-1",
        1.0,
        0.0,
        (line("gamma", 100, 0.2), line("gamma", 105, 0.1), line("gamma", 250, 0.15), line("gamma", 800, 0.9)),
    )
    assert seen_by("SPECT", pair).emission_yield == pytest.approx(0.3)
    with pytest.raises(InputError):
        seen_by("MRI", CU64)


@pytest.mark.parametrize(("modality", "nuclide"), [("PET", TC99M), ("SPECT", Y90), ("SPECT", CU64)])
def test_a_nuclide_that_cannot_be_seen_is_absent_not_an_error(modality, nuclide):
    outcome = show([{"modality": modality, "time": "1 h"}], activity={"tumour": constant(0.02)}, nuclide=nuclide)
    assert outcome.records == ()
    assert "not imageable" in texts(outcome, "absent")


def test_absent_inputs_are_said():
    assert "no image" in texts(show([]), "absent")
    assert "iron concentration" in texts(show([MRI]), "absent")
    assert "relaxivities" in texts(show([MRI], relaxivities=[None], iron={"tumour": constant(1e-5)}), "absent")
    assert "biodistribution" in texts(show([{"modality": "PET", "time": "1 h"}]), "absent")
    assert "radionuclide" in texts(show([{"modality": "PET", "time": "1 h"}], nuclide=None), "absent")
    outcome = show([{"modality": "PET", "time": "1 h"}], activity={"tumour": constant(0.02)}, administered=None)
    assert "administered activity" in texts(outcome, "absent")
    assert "imaging.suv.tumour" in numbers(outcome)
    assert "imaging.counts.tumour" not in numbers(outcome)


def test_scanner_of_the_wrong_kind_is_refused():
    with pytest.raises(InputError, match="another modality"):
        show([{"modality": "PET", "time": "1 h", "scanner": "symbia-lehr"}], activity={"tumour": constant(0.02)})
    with pytest.raises(InputError, match="not known"):
        show([{"modality": "PET", "time": "1 h", "scanner": "inveon"}], activity={"tumour": constant(0.02)})


def test_series_fit_their_dimensions():
    outcome = show(
        [MRI, {"modality": "PET", "time": "4 h"}], iron={"tumour": constant(1e-5)}, activity={"tumour": constant(0.02)}
    )
    sizes = {series.name: series.values.size for series in outcome.series if series.dims == (series.name,)}
    for series in outcome.series:
        assert series.values.shape == tuple(sizes[dim] for dim in series.dims)
        assert series.values.size <= 200


def test_a_nuclide_long_gone_gives_zero_not_nan():
    gone = Stub("Ga-68", 67.71 * 60, 0.889)
    activity = {
        "tumour": Curve(times=np.array([0.0]), values=np.array([0.02]), decay_constant=math.log(2) / gone.half_life)
    }
    outcome = show([{"modality": "PET", "time": "300 d"}], activity=activity, nuclide=gone)
    assert numbers(outcome)["imaging.suv.tumour"].value == 0.0
    assert all(np.isfinite(series.values).all() for series in outcome.series if series.values.dtype.kind == "f")


@pytest.mark.parametrize(
    ("name", "modality", "emissions"),
    # DDEP and ENSDF: positrons per decay; photons of the main lines in a 20 % window
    [
        ("F-18", "PET", 0.967),
        ("Cu-64", "PET", 0.175),
        ("Ga-68", "PET", 0.889),
        ("Zr-89", "PET", 0.227),
        ("Tc-99m", "SPECT", 0.89),
        ("In-111", "SPECT", 0.94),
        ("I-123", "SPECT", 0.836),
        ("I-131", "SPECT", 0.815),
        ("Lu-177", "SPECT", 0.104),
    ],
)
def test_published_yields_of_real_nuclides(name, modality, emissions):
    from ferrotope.nuclides import Nuclide

    assert seen_by(modality, Nuclide(name)).emission_yield == pytest.approx(emissions, rel=0.03)


@pytest.mark.parametrize(
    ("name", "modality"), [("Y-90", "SPECT"), ("Er-169", "SPECT"), ("F-18", "SPECT"), ("Lu-177", "PET")]
)
def test_real_nuclides_that_cannot_be_seen(name, modality):
    from ferrotope.nuclides import Nuclide

    assert seen_by(modality, Nuclide(name)).emission_yield == 0


def test_hard_photons_behind_a_weak_line_are_said():
    from ferrotope.nuclides import Nuclide

    # Fe-59: 3 % at 192 keV, two lines above 1 MeV
    assert "above 450 keV" in seen_by("SPECT", Nuclide("Fe-59")).reason
    assert seen_by("SPECT", Nuclide("Tc-99m")).reason == ""


def test_what_a_window_holds_beside_its_line_is_said():
    from ferrotope.nuclides import Nuclide

    for name in ("Ho-166", "Re-188"):  # mean beta energies of 0.67 and 0.76 MeV
        assert "bremsstrahlung" in seen_by("SPECT", Nuclide(name)).reason
    assert "bremsstrahlung" not in seen_by("SPECT", Nuclide("Lu-177")).reason
    # the window of Ac-225 is filled by Fr-221 (218 keV) and Bi-213 (440 keV)
    assert "Fr-221, Bi-213" in seen_by("SPECT", Nuclide("Ac-225")).reason
    assert "411" in seen_by("SPECT", Nuclide("Au-198")).said or "412" in seen_by("SPECT", Nuclide("Au-198")).said


def test_spect_at_another_energy_says_so():
    outcome = show([{"modality": "SPECT", "time": "1 h"}], activity={"tumour": constant(0.02)}, nuclide=TC99M)
    assert "whatever the energy" in texts(outcome, "assumption")
    # 100 kBq in the tumour, 3.99e-5 x 0.885 x 0.85 x 1200 s, decay in the frame
    lam = math.log(2) / TC99M.half_life
    expected = 1e5 * 0.885 * 3.99e-5 * 0.85 * -math.expm1(-lam * 1200) / lam
    assert numbers(outcome)["imaging.counts.tumour"].value == pytest.approx(expected)
