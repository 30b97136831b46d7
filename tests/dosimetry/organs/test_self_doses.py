"""The front functions of the room."""

import numpy as np
import pytest

from ferrotope.curves import Curve, Exponentials
from ferrotope.dosimetry import Doses, extrapolate_to_human, self_doses
from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide

HOUR = 3600.0
MASSES = {"tumour": 0.2e-3, "liver": 1.7e-3, "spleen": 0.11e-3, "lungs": 0.12e-3}
DENSITIES = dict.fromkeys(MASSES, 1040.0)


def study(name, organs=("tumour", "liver"), activity=5e6):
    nuclide = Nuclide(name)
    times = np.array([0.0, 4, 24, 48]) * HOUR
    curves = {
        organ: Curve(
            times, activity * np.array([0.02, 0.08, 0.06, 0.04]), unit="Bq", decay_constant=nuclide.decay_constant
        )
        for organ in organs
    }
    return nuclide, {organ: float(curve.integral()) for organ, curve in curves.items()}, curves


def run(name, organs=("tumour", "liver"), **options):
    return self_doses(*study(name, organs), MASSES, DENSITIES, administered_activity=5e6, **options)


def values(outcome):
    return {record.path: record.value for record in outcome.records}


def test_dose_is_decays_times_s_value_by_hand():
    nuclide, decays, curves = study("Lu-177")
    found = values(self_doses(nuclide, decays, curves, MASSES, DENSITIES, administered_activity=5e6))
    assert found["dosimetry.absorbed_dose.liver"] == pytest.approx(
        decays["liver"] * found["dosimetry.s_value.liver"] * 1e-9
    )
    assert found["dosimetry.dose_per_activity.liver"] == pytest.approx(found["dosimetry.absorbed_dose.liver"] / 5 * 1e3)
    # All 147 keV of the electrons absorbed in 1.7 g would give 13.9 uGy/(MBq s); the sphere keeps 97 % and few photons.
    assert found["dosimetry.s_value.liver"] == pytest.approx(0.0139, rel=0.03)
    assert found["dosimetry.dominant.liver"].startswith("beta-")


@pytest.mark.parametrize("name", ["Cu-64", "Lu-177", "Ac-225", "Th-227", "Pb-212", "At-211", "Lu-177m"])
def test_dose_rate_curves_hold_the_dose(name):
    outcome = run(name)
    for organ in ("tumour", "liver"):
        parts = outcome.absorbed_dose[organ]
        low = sum(dose for radiation, dose in parts.items() if radiation not in ("alpha", "recoil"))
        assert outcome.dose_rate[organ].integral() == pytest.approx(low, rel=0.005)
        assert outcome.alpha_dose[organ] == parts["alpha"] + parts["recoil"]
        if outcome.alpha_dose[organ] > 0:
            assert outcome.alpha_dose_rate[organ].integral() == pytest.approx(outcome.alpha_dose[organ], rel=0.005)
        else:
            assert outcome.alpha_dose_rate == {}


def test_exponential_curves_are_taken_too():
    nuclide = Nuclide("Th-227")
    curve = Exponentials([1e6], [nuclide.decay_constant], unit="Bq")
    outcome = self_doses(nuclide, {"liver": float(curve.integral())}, {"liver": curve}, MASSES, DENSITIES)
    assert outcome.alpha_dose_rate["liver"].integral() == pytest.approx(outcome.alpha_dose["liver"], rel=0.005)


def test_ra223_grows_in_and_overtakes_thorium():
    # At the start Th-227 alone, one alpha of 5.88 MeV; in transient equilibrium four more follow.
    nuclide = Nuclide("Th-227")
    curve = Exponentials([1.0], [0.0], unit="Bq")
    rate = self_doses(nuclide, {"liver": 1.0}, {"liver": curve}, MASSES, DENSITIES).alpha_dose_rate["liver"]
    assert rate.value(100 * 86400.0) / rate.value(0.0) == pytest.approx(32.9 / 5.99, rel=0.02)


def test_daughters_that_leave_take_their_dose_with_them():
    kept, lost = run("Ac-225"), run("Ac-225", daughters={"Fr-221": 0.0})
    # Energies of ENSDF: 5.79 MeV of the 27.5 MeV of all four alphas.
    assert lost.alpha_dose["liver"] / kept.alpha_dose["liver"] == pytest.approx(5.79 / 27.5, rel=0.02)
    assert any("the organs keep: Fr-221 0%" in notice.text for notice in lost.notices)
    assert any("Alpha recoil" in notice.text for notice in kept.notices)


def test_alphas_low_let_and_recoils_are_reported_apart_and_add_up():
    found = values(run("Ac-225"))
    parts = [found[f"dosimetry.{part}.tumour"] for part in ("low_let_dose", "alpha_dose", "recoil_dose")]
    assert sum(parts) == pytest.approx(found["dosimetry.absorbed_dose.tumour"])
    assert "dosimetry.alpha_dose.tumour" not in values(run("Lu-177"))


def test_lingering_daughters_are_said():
    assert any("Gd-149" in notice.text and notice.level == "absent" for notice in run("Tb-149").notices)


def test_a_caveat_names_organs_that_are_no_spheres():
    outcome = run("Cu-64", ("lungs", "spleen"))
    by_path = {record.path: record for record in outcome.records}
    assert "not a compact organ" in by_path["dosimetry.absorbed_dose.lungs"].caveat
    assert by_path["dosimetry.absorbed_dose.spleen"].caveat == ""
    assert any("leaves its organ" in notice.text for notice in outcome.notices)


def test_what_is_missing_is_said_and_the_rest_is_done():
    nuclide, decays, curves = study("Cu-64")
    outcome = self_doses(nuclide, {**decays, "thymus": 1.0, "spleen": np.inf}, curves, MASSES, {})
    assert set(outcome.absorbed_dose) == {"tumour", "liver"}
    absent = " ".join(notice.text for notice in outcome.notices if notice.level == "absent")
    assert "thymus" in absent
    assert "spleen" in absent
    assert any("1.00 g/cm3" in notice.text for notice in outcome.notices)
    empty = self_doses(nuclide, {}, {}, MASSES, DENSITIES)
    assert isinstance(empty, Doses)
    assert not empty.records
    assert empty.notices[0].level == "absent"
    assert self_doses(nuclide, decays, {}, MASSES, DENSITIES).dose_rate == {}


def test_no_activity_no_dose():
    nuclide = Nuclide("Ac-225")
    outcome = self_doses(nuclide, {"liver": 0.0}, {}, MASSES, DENSITIES)
    assert values(outcome)["dosimetry.absorbed_dose.liver"] == 0.0


def test_wrong_input_is_refused():
    nuclide, decays, curves = study("Ac-225")
    for bad in (-1.0, np.nan):
        with pytest.raises(InputError, match="negative"):
            self_doses(nuclide, {"liver": bad}, curves, MASSES, DENSITIES)
    with pytest.raises(InputError, match="daughters"):
        self_doses(nuclide, decays, curves, MASSES, DENSITIES, daughters="some")
    with pytest.raises(InputError, match="mass"):
        self_doses(nuclide, decays, curves, {**MASSES, "liver": 0.0}, DENSITIES)


def test_series_are_labelled_and_add_up():
    outcome = run("Ac-225")
    series = {item.name: item for item in outcome.series}
    for item in series.values():
        for axis, dim in enumerate(item.dims):
            assert series[dim].values.shape == (item.values.shape[axis],)
    stacked = series["dose_by_radiation"].values.sum(axis=1)
    expected = [sum(outcome.absorbed_dose[organ].values()) for organ in series["organ"].values]
    np.testing.assert_allclose(stacked, expected)
    assert series["alpha_dose_rate"].values.max() > series["low_let_dose_rate"].values.max() > 0


def test_human_doses_are_labelled_as_extrapolation():
    human = {"liver": 1.8, "spleen": 0.15}
    nuclide = Nuclide("Lu-177")
    outcome = extrapolate_to_human(
        nuclide, {"liver": 1e5, "spleen": 2e4, "tumour": 1e4}, "mouse", MASSES, 22e-3, human, 73.0, {}
    )
    found = values(outcome)
    assert all("extrapolation from the mouse" in record.caveat for record in outcome.records)
    assert not any("tumour" in path for path in found)
    # Relative mass: the liver is 7.7 % of this mouse and 2.5 % of the human.
    ratio = found["dosimetry.human.relative_mass.liver"] / found["dosimetry.human.same_activity.liver"]
    assert ratio == pytest.approx((1.8 / 73.0) / (1.7e-3 / 22e-3))
    # 1e5 decays per Bq, 147 keV of electrons in 1.8 kg, and photons that a human liver keeps in part.
    electrons = 1e5 * 0.147 * 1.602e-13 / 1.8 * 1e9
    assert 1.0 < found["dosimetry.human.same_activity.liver"] / electrons < 1.06


def test_impossible_human_coefficients_are_warned_of():
    outcome = extrapolate_to_human(
        Nuclide("Lu-177"), {"liver": 8e5}, "mouse", {"liver": 0.5e-3}, 22e-3, {"liver": 1.8}, 73.0, {}
    )
    assert [notice.level for notice in outcome.notices] == ["assumption", "warning"]
    nothing = extrapolate_to_human(Nuclide("Lu-177"), {"tumour": 1.0}, "mouse", MASSES, 22e-3, {}, 73.0, {})
    assert nothing.records == ()
    assert nothing.notices[0].level == "absent"
