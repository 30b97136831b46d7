"""Stylised phantoms: volumes of solids against geometry, masses, places, bad input."""

import numpy as np
import pytest

from ferrotope.errors import InputError
from ferrotope.subject.nouns import Subject
from ferrotope.subject.phantoms import DENSITIES, phantom
from ferrotope.subject.solids import level_of, room_of

ONE = np.ones(3)
# Thyroid of RADAR's mouse of 30 g (R. Keenan et al., J Nucl Med 51 (2010) 471), which allows larger voxels.
COARSE_MOUSE = {"species": "mouse", "organ_masses": {"thyroid": 16e-6}, "voxel_size": 0.7e-3}
COARSE = {
    "mouse": COARSE_MOUSE,
    "rat": {"species": "rat", "organ_masses": {"thyroid": 50e-6}, "voxel_size": 1e-3},
    "human_male": {"species": "human", "voxel_size": 7e-3},
    "human_female": {"species": "human", "sex": "female", "voxel_size": 7e-3},
}


def volume(solid, scale=ONE, step=1.0):
    low, high = room_of([solid], scale, 1.2)
    place = [np.arange(a, b, step) + 0.5 * step for a, b in zip(low, high, strict=True)]
    return np.count_nonzero(level_of(solid, scale, place) <= 1.0) * step**3


ELLIPSOID = {"shape": "ellipsoid", "centre": [3, -4, 5], "half_axes": [20, 15, 30]}


@pytest.mark.parametrize(
    ("solid", "expected"),
    [
        (ELLIPSOID, 4 / 3 * np.pi * 20 * 15 * 30),
        ({**ELLIPSOID, "half_axes": [20, 20, 30], "axis": [1, 1, 0]}, 4 / 3 * np.pi * 20 * 20 * 30),
        ({**ELLIPSOID, "cuts": [[0, 0, -2, -10]]}, 2 / 3 * np.pi * 20 * 15 * 30),
        ({**ELLIPSOID, "centre": [60, 0, 0], "mirrored": True}, 8 / 3 * np.pi * 20 * 15 * 30),
        ({**ELLIPSOID, "repeat": 3, "step": [0, 0, -70]}, 4 * np.pi * 20 * 15 * 30),
        ({"shape": "elliptic_cylinder", "centre": [0, 0, 0], "half_axes": [20, 10, 15]}, np.pi * 20 * 10 * 30),
        # a straight capsule; a cone of radii 20 and 10 with half a ball at either end
        (
            {"shape": "tube", "points": [[0, 0, 0], [0, 30, 40]], "radii": [10, 10]},
            np.pi * 100 * 50 + 4 / 3 * np.pi * 1000,
        ),
        (
            {"shape": "tube", "points": [[0, 0, 0], [0, 0, 90]], "radii": [20, 10]},
            np.pi * 90 / 3 * 700 + 2 / 3 * np.pi * 9000,
        ),
        # between ellipsoids of nearly the same shape, and a ring
        (
            {"shape": "shell", "centre": [0, 0, 0], "half_axes": [30, 30, 30], "thickness": 6},
            4 / 3 * np.pi * (33**3 - 27**3),
        ),
        (
            {"shape": "shell", "centre": [0, 0, 0], "half_axes": [30, 30, 10], "thickness": 6, "cylinder": True},
            np.pi * (33**2 - 27**2) * 20,
        ),
    ],
)
def test_volumes_of_solids(solid, expected):
    assert volume(solid) == pytest.approx(expected, rel=0.01)


def test_scaled_solid():
    assert volume(ELLIPSOID, np.array([1.5, 0.8, 1.1])) == pytest.approx(4 / 3 * np.pi * 9000 * 1.32, rel=0.01)


@pytest.mark.parametrize("kind", COARSE)
def test_masses_are_those_of_the_anatomy(kind):
    body = phantom(**COARSE[kind])
    subject = Subject(species=kind)
    given = COARSE[kind].get("organ_masses", {})
    assert body.body_mass == pytest.approx(subject.mass.si, rel=2e-3)
    for name, mass in zip(body.names, body.masses, strict=True):
        if name.endswith("_content") or name == "remainder":
            continue
        wanted = given.get(name, subject.organ_mass(name))
        if name == "bone" and "marrow" in body.names:
            wanted -= subject.organ_mass("marrow")
        assert mass == pytest.approx(wanted, rel=0.02), name
    voxel = body.voxel_size**3
    counted = np.bincount(body.labels.ravel(), minlength=len(body.names) + 1)[1:] * voxel * body.densities
    np.testing.assert_allclose(counted, body.masses)
    assert not body.labels[[0, -1]].any()
    assert not body.labels[:, :, [0, -1]].any()


def centre(body, name):
    return (np.argwhere(body.mask(name)).mean(axis=0) + 0.5) * body.voxel_size + body.origin


@pytest.mark.parametrize("kind", COARSE)
def test_organs_lie_where_they_belong(kind):
    """x to the right, y to the front, z to the head: asymmetric in all three."""
    body = phantom(**COARSE[kind])
    at = {name: centre(body, name) for name in body.names}
    assert at["liver"][0] > 0 > at["spleen"][0]
    assert at["stomach"][0] < 0
    assert at["kidneys"][1] < at["bladder"][1]
    assert at["bone"][1] < at["heart"][1]
    order = ["brain", "thyroid", "heart", "liver", "kidneys", "bladder"]
    heights = [at[name][2] for name in order]
    assert heights == sorted(heights, reverse=True)


def test_outline_of_the_adult_male():
    # trunk 40 by 20 by 70 cm: MIRD Pamphlet No. 5 Revised
    body = phantom("human", voxel_size=7e-3)
    trunk = body.labels[:, :, int((0.35 - body.origin[2]) / body.voxel_size)] > 0
    extent = [np.ptp(np.flatnonzero(trunk.any(axis=axis))) + 1 for axis in (1, 0)]
    np.testing.assert_allclose(np.array(extent) * body.voxel_size, [0.40, 0.20], atol=0.015)


def test_given_masses_and_body():
    body = phantom("mouse", body_mass=30e-3, organ_masses={"kidney": 0.5e-3, "thyroid": 20e-6}, voxel_size=0.7e-3)
    kidneys, liver = (body.masses[body.label(name) - 1] for name in ("kidneys", "liver"))
    assert kidneys == pytest.approx(0.5e-3, rel=0.01)
    assert liver == pytest.approx(0.0549 * 30e-3, rel=0.01)  # the table's fraction
    assert body.body_mass == pytest.approx(30e-3, rel=2e-3)


def test_contents_lie_inside_their_organs():
    body = phantom("human", voxel_size=7e-3)
    for name in ("heart", "stomach", "bladder"):
        inner, outer = (np.argwhere(body.mask(part)) for part in (f"{name}_content", name))
        assert (outer.min(axis=0) <= inner.min(axis=0)).all()
        assert (outer.max(axis=0) >= inner.max(axis=0)).all()
        assert len(outer)


def test_media_and_sources():
    body = phantom("human", voxel_size=7e-3)
    assert body.media[body.label("lungs") - 1] == "lung"
    assert body.densities[body.label("bone") - 1] == DENSITIES["skeleton"]
    assert body.sources["liver"].startswith("stated: ORNL/TM-8381")
    assert body.sources["thyroid"].startswith("assumed")
    assert all(text.startswith("assumed") for text in phantom(**COARSE_MOUSE).sources.values())


def test_female_rodents_have_no_testes():
    assert "testes" not in phantom("mouse", sex="female", voxel_size=0.7e-3, organ_masses={"thyroid": 16e-6}).names
    assert "testes" not in phantom("human_female", voxel_size=7e-3).names


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"species": "dog"}, "species"),
        ({"species": "mouse", "sex": "both"}, "sex"),
        ({"species": "human_male", "sex": "female"}, "sex"),
        ({"species": "mouse", "body_mass": 0.0}, "body_mass"),
        ({"species": "mouse", "body_mass": float("nan")}, "body_mass"),
        ({"species": "mouse", "organ_masses": {"liver": 25e-3}}, "organ_masses"),
        ({"species": "mouse", "organ_masses": {"liver": -1e-3}}, "organ_masses.liver"),
        ({"species": "mouse", "organ_masses": {"livr": 1e-3}}, "organ_masses.livr"),
        ({"species": "mouse", "organ_masses": {"kidney": 1e-4, "kidneys": 1e-4}}, "organ_masses.kidneys"),
        ({"species": "human", "voxel_size": 20e-3}, "voxel_size"),
        ({"species": "human", "voxel_size": 1e-4}, "voxel_size"),
    ],
)
def test_bad_input_is_named(given, field):
    with pytest.raises(InputError) as caught:
        phantom(**given)
    assert caught.value.field == field


def test_unknown_organ_of_a_phantom():
    with pytest.raises(InputError, match="no such organ"):
        phantom(**COARSE_MOUSE).mask("gall bladder")
