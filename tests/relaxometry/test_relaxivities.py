"""The relaxometry stage: one size against the formula, averages, bounds, and what it says of itself."""

from dataclasses import replace

import numpy as np
import pytest

from ferrotope.magnetism.relaxation import neel_relaxation_time
from ferrotope.particle import Core
from ferrotope.protocol import Image
from ferrotope.relaxometry import (
    r2_spin_echo,
    r2star_dephasing,
    r2star_static_dephasing,
    relaxivities,
    roch,
    water_diffusion,
)
from ferrotope.relaxometry.regimes import molar_core_volume
from ferrotope.relaxometry.relaxivities import _Ensemble
from ferrotope.units.constants import PROTON_GYROMAGNETIC_RATIO

OXIDE = {
    "name": "oxide",
    "formula": "Fe3O4",
    "density": "5.17 g/cm3",
    "saturation_magnetisation": "350 kA/m",
    "anisotropy": "13 kJ/m3",
}
MRI = {"modality": "MRI", "sequence": "SE", "time": "1 h", "TE": "5 ms", "TR": "1 s"}
PET = {"modality": "PET", "time": "1 h"}
T = 310.15


def core(**values):
    return Core(**{"material": OXIDE, "diameter": "10 nm", "sigma_g": 1.0, **values})


def run(given=None, fields=("1.5 T",), whole=None):
    outcome = relaxivities(given or core(), [Image(**MRI, B0=field) for field in fields], T, whole)
    return outcome, {record.path.removeprefix("relaxometry."): record for record in outcome.records}


def test_one_size_is_the_formula():
    outcome, found = run()
    volume = molar_core_volume(5170.0, 0.7236)
    neel = float(neel_relaxation_time(13e3, 350e3, 10e-9, T))
    frequency = 1.5 * PROTON_GYROMAGNETIC_RATIO / (2 * np.pi)
    r1, r2 = roch(frequency, 10e-9, 350e3, neel, D=water_diffusion(T), T=T, molar_volume=volume)
    # the room takes Coffey's Néel time, some per cent off the exact one
    assert found["r1"].value == pytest.approx(r1, rel=2e-3)
    # dw tau_D is 0.32: the shift is averaged to 1 %, of which the outer-sphere model knows nothing
    assert found["r2"].value == pytest.approx(r2, rel=0.015)
    assert found["r2"].value < r2
    assert outcome.r1 == (found["r1"].value,)


def test_ferumoxytol_like_cores_relax_as_measured():
    # r2 of ferumoxytol is 61 to 65 per mM and s at 1.5 and 3 T (the catalogue's entry); r1 comes out too high
    given = core(diameter="7.5 nm", sigma_g=1.2, material="iron_oxide")
    for field in ("1.5 T", "3 T"):
        assert run(given, [field])[1]["r2"].value == pytest.approx(64.0, rel=0.25)


def test_a_layer_without_moment_keeps_water_off():
    bare, layered = (run(core(nonmagnetic_layer=layer))[1] for layer in ("0 nm", "0.5 nm"))
    share = 0.9**3
    # motional averaging goes with the square of the mean magnetisation at the same surface
    assert layered["r2_motional_averaging"].value == pytest.approx(share**2 * bare["r2_motional_averaging"].value)
    assert layered["r2_scaling_law"].value == pytest.approx(share**2 * bare["r2_scaling_law"].value)
    assert layered["r2_static_dephasing"].value == pytest.approx(share * bare["r2_static_dephasing"].value)
    assert layered["r2"].value < bare["r2"].value


def test_sizes_are_averaged_by_iron():
    broad = run(core(sigma_g=1.3))[1]
    s = np.log(1.3)
    # <d^5>/<d^3> of the number distribution
    assert broad["r2_motional_averaging"].value == pytest.approx(
        run()[1]["r2_motional_averaging"].value * np.exp(8 * s**2), rel=1e-6
    )


@pytest.mark.parametrize("diameter", ["10 nm", "30 nm", "100 nm"])
@pytest.mark.parametrize("field", ["0.01 T", "0.47 T", "7 T"])
def test_r1_never_exceeds_r2_nor_r2_static_dephasing(diameter, field):
    found = run(core(diameter=diameter), [field])[1]
    assert found["r1"].value <= found["r2"].value * (1 + 1e-9)
    bound = float(r2star_static_dephasing(350e3, molar_volume=molar_core_volume(5170.0, 0.7236)))
    assert found["r2_static_dephasing"].value == pytest.approx(bound, rel=1e-3)
    if diameter != "10 nm":
        assert found["r2"].value <= found["r2_static_dephasing"].value * (1 + 1e-9)


@pytest.mark.parametrize(("diameter", "tolerance"), [("18 nm", 0.03), ("40 nm", 0.03), ("150 nm", 0.02)])
def test_a_large_core_is_the_table(diameter, tolerance):
    """At 7 T the field of the magnet is fifty times that of the core, and little but its shift relaxes."""
    outcome, found = run(core(diameter=diameter), ["7 T"])
    size = float(diameter.removesuffix(" nm")) * 1e-9
    given = {"D": water_diffusion(T), "molar_volume": molar_core_volume(5170.0, 0.7236)}
    assert found["r2"].value == pytest.approx(float(r2_spin_echo(size, 350e3, 5e-3, **given)), rel=tolerance)
    assert found["r2star"].value == pytest.approx(float(r2star_dephasing(size, 350e3, 5e-3, **given)), rel=tolerance)
    assert outcome.validity == found["r2"].validity == found["r1"].validity == ""
    assert "beyond motional averaging" in found["r2_motional_averaging"].validity


def test_the_echo_time_counts_for_large_cores():
    short, long = (
        relaxivities(core(diameter="500 nm"), [Image(**{**MRI, "TE": echo}, B0="3 T")], T, None)
        for echo in ("1 ms", "50 ms")
    )
    assert short.r2[0] < 0.8 * long.r2[0]
    assert short.r2[0] < short.r2star[0]


@pytest.mark.parametrize("field", [0.47, 1.5, 7.0])
def test_no_jump_where_motional_averaging_ends(field):
    sizes = np.geomspace(8e-9, 60e-9, 400)
    # the unit matrix as weights: each size for itself
    many = {"diameters": sizes, "magnetisation": np.full(400, 350e3), "neel": np.full(400, 1.0), "weights": np.eye(400)}
    for values in replace(_Ensemble.of(core(), T), **many).at(field, 5e-3):
        assert np.max(np.abs(np.diff(np.log(values)))) < 0.02


def test_a_weak_field_beyond_motional_averaging_is_said():
    outcome, found = run(core(diameter="40 nm"), ["0.1 T"])
    assert "a field of 0.29 T or more is needed" in found["r2"].validity
    assert "a field of 0.73 T or more is needed" in found["r1"].validity
    assert found["r2"].validity in outcome.validity
    assert found["r1"].validity in outcome.validity
    assert "(dw/w0)^2" in found["r1"].caveat
    assert run(fields=["0.1 T"])[1]["r2"].validity == ""


def test_a_size_beyond_all_that_was_solved_is_said():
    found = run(core(diameter="1500 nm"))[1]
    assert "larger than any that was solved" in found["r2"].validity
    assert np.isfinite(found["r2"].value)


def test_a_coating_that_keeps_water_out_lowers_both():
    found = run(whole=40e-9)[1]
    assert found["r1_impermeable"].value < 0.2 * found["r1"].value
    assert found["r2_impermeable"].value == pytest.approx(found["r2"].value / 4, rel=0.3)
    assert "r2_impermeable" not in run()[1]


def test_images_are_numbered_by_their_place():
    images = [Image(**PET), Image(**MRI, B0="3 T"), Image(**MRI, B0="7 T")]
    outcome = relaxivities(core(), images, T, None)
    paths = {record.path for record in outcome.records}
    assert {"relaxometry.r1[1]", "relaxometry.r2[2]"} <= paths
    assert outcome.r1[0] is None
    assert outcome.r1[1] > outcome.r1[2]
    one = relaxivities(core(), images[:2], T, None)
    assert "relaxometry.r1" in {record.path for record in one.records}


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (None, "diameter"),
        (Core(material="gold", diameter="10 nm", sigma_g=1.1), "no magnetic moment"),
        (core(nonmagnetic_layer="5 nm"), "as thick as the core"),
    ],
)
def test_what_has_no_relaxivity_is_said(given, word):
    outcome = relaxivities(given, [Image(**MRI, B0="3 T")], T, None)
    assert outcome.records == ()
    assert outcome.r1 == (None,)
    assert word in outcome.notices[0].text


def test_the_profile_runs_over_the_larmor_frequency():
    series = {item.name: item for item in run()[0].series}
    frequency, field = series["larmor_frequency"].values, series["B0"].values
    assert (frequency[0], frequency[-1]) == (pytest.approx(0.01), pytest.approx(1000.0))
    assert frequency == pytest.approx(42.577 * field, rel=1e-4)  # MHz per tesla
    neel = float(neel_relaxation_time(13e3, 350e3, 10e-9, T))
    volume = molar_core_volume(5170.0, 0.7236)
    r1, r2 = roch(frequency * 1e6, 10e-9, 350e3, neel, D=water_diffusion(T), T=T, molar_volume=volume)
    assert series["r1"].values == pytest.approx(np.minimum(r1, r2), rel=5e-3)
    assert series["r2"].values == pytest.approx(r2, rel=0.015)
    assert series["r1"].values[-1] < 0.05 * series["r1"].values.max()
