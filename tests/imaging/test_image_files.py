"""Volumes in NIfTI files, and what an image has to say of itself before it counts as activity."""

import gzip
import json
import struct
from itertools import permutations, product

import nibabel
import numpy as np
import pytest

from ferrotope.errors import DataError, InputError
from ferrotope.imaging.image_files import check_series, open_image
from ferrotope.imaging.image_grid import Grid
from ferrotope.imaging.image_masks import read_labels
from ferrotope.imaging.nifti import open_nifti, write_nifti
from ferrotope.nuclides import Nuclide

HOUR = 3600.0
SHAPE = (3, 4, 5)
LUTETIUM = Nuclide("Lu-177")
PLAIN = {"time": 4 * HOUR, "decay_reference": "image", "unit": "Bq/mL"}


def turned(*, mirrored=False, degrees=20.0):
    """An affine (m) with three different edges, turned about two axes, and left-handed if so wished."""
    a, b = np.radians(degrees), np.radians(2 * degrees)
    about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    affine = np.eye(4)
    affine[:3, :3] = about_z @ about_x * [2e-3, 3e-3, -4.5e-3 if mirrored else 4.5e-3]
    affine[:3, 3] = [0.010, -0.020, 0.033]
    return affine


def phantom(grid):
    """Values that tell where they are: every voxel of any orientation of the same place has the same value."""
    index = np.indices(grid.shape).reshape(3, -1)
    x, y, z = grid.affine[:3, :3] @ index + grid.affine[:3, 3:]
    return (1.0 + 1e3 * x + 31e3 * (y + 0.1) + 700e3 * (z + 0.1)).reshape(grid.shape)


def grid(affine=None, shape=SHAPE):
    return Grid.of(shape, turned() if affine is None else affine)


@pytest.fixture
def image(tmp_path):
    def make(name="a.nii.gz", values=None, where=None, **given):
        where = where or grid()
        path = write_nifti(tmp_path / name, np.ones(where.shape) if values is None else values, where)
        return open_image(path, LUTETIUM, **{**PLAIN, **given})

    return make


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("degrees", [0.0, 20.0, 75.0, 170.0])
def test_a_volume_asymmetric_in_all_axes_comes_back_in_its_place(tmp_path, name, mirrored, degrees):
    where = grid(turned(mirrored=mirrored, degrees=degrees))
    path = write_nifti(tmp_path / name, phantom(where), where, "Gy")
    found = open_nifti(path)
    assert found.grid.affine == pytest.approx(where.affine, abs=1e-8)
    assert found.values() == pytest.approx(phantom(where), rel=1e-6)
    # Other programs may read the qform: it has to say the same.
    raw = bytearray(gzip.decompress(path.read_bytes()) if name.endswith("gz") else path.read_bytes())
    struct.pack_into("<h", raw, 254, 0)
    other = tmp_path / "qform.nii"
    other.write_bytes(raw)
    assert open_nifti(other).grid.affine == pytest.approx(where.affine, abs=1e-8)


@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
@pytest.mark.parametrize("name", ["a.nii", "A.NII.GZ"])
def test_scaled_integers_of_another_program_come_back(tmp_path, kind, name):
    """Rounding to 16 bits errs by at most half of a 65535th of the range."""
    where = grid(turned(mirrored=True))
    written = kind(phantom(where), np.diag([1e3, 1e3, 1e3, 1.0]) @ where.affine)
    written.header.set_xyzt_units("mm")
    written.set_data_dtype(np.int16)
    nibabel.save(written, tmp_path / name)
    found = open_nifti(tmp_path / name)
    assert (found.image.dataobj.dtype, found.notes) == (np.int16, ())
    assert found.image.dataobj.slope != 1.0
    assert found.grid.affine == pytest.approx(where.affine, abs=1e-8)
    assert found.values() == pytest.approx(phantom(where), abs=0.501 * np.ptp(phantom(where)) / 65535)
    assert (found.values() == nibabel.load(tmp_path / name).get_fdata()).all()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_axes_stored_in_another_order_or_direction_are_turned(tmp_path, order):
    """The same volume in all 48 orientations, made by nibabel: read where it lies, and turned back to one of them."""
    where = grid()
    upright = nibabel.Nifti1Image(phantom(where), np.diag([1e3, 1e3, 1e3, 1.0]) @ where.affine)
    upright.header.set_xyzt_units("mm")
    for flips in product((False, True), repeat=3):
        target = [[axis, -1 if flip else 1] for axis, flip in zip(order, flips, strict=True)]
        other = upright.as_reoriented(target)
        nibabel.save(other, tmp_path / "a.nii")
        found = open_nifti(tmp_path / "a.nii")
        assert found.values() == pytest.approx(phantom(found.grid), rel=1e-6)
        back = found.reoriented(where)
        back.grid.require_same(where, "a", "b")
        assert back.values() == pytest.approx(phantom(where), rel=1e-6)
        assert back.values().flags.c_contiguous


def test_remarks_of_nibabel_do_not_reach_the_terminal(tmp_path, caplog):
    (tmp_path / "a.nii").write_bytes(header() + bytes(120))  # sizes of 0 beside a valid sform
    open_nifti(tmp_path / "a.nii")
    assert not caplog.records
    nibabel.load(tmp_path / "a.nii")  # who calls nibabel hears it
    assert caplog.records


def test_whole_numbers_beyond_16_bits_are_refused(tmp_path):
    for wrong in (32768, -32769):
        with pytest.raises(InputError, match=f"{wrong}"):
            write_nifti(tmp_path / "a.nii", np.full(SHAPE, wrong), grid())
    assert not list(tmp_path.iterdir())


def test_a_volume_appears_whole_or_not_at_all(tmp_path):
    (tmp_path / "a.nii").mkdir()
    with pytest.raises(DataError, match="the volume cannot be written"):
        write_nifti(tmp_path / "a.nii", phantom(grid()), grid())
    assert [file.name for file in tmp_path.iterdir()] == ["a.nii"]


def test_files_are_read_and_written_by_public_names(tmp_path):
    import ferrotope.imaging as room

    assert (room.open_nifti, room.write_nifti, room.open_image) == (open_nifti, write_nifti, open_image)
    assert all(getattr(room, name).__doc__ for name in room.__all__)
    assert set(room.__all__) <= set(dir(room))
    with pytest.raises(AttributeError, match="no attribute 'open_analyze'"):
        room.open_analyze


def test_the_same_volume_gives_the_same_bytes(tmp_path):
    one, two = (write_nifti(tmp_path / name, phantom(grid()), grid(), "Gy") for name in ("a.nii.gz", "b.nii.gz"))
    assert one.read_bytes() == two.read_bytes()


def test_another_program_reads_the_same(tmp_path):
    where = grid(turned(mirrored=True))
    seen = nibabel.load(write_nifti(tmp_path / "a.nii.gz", phantom(where), where))
    assert seen.affine[:3] == pytest.approx(1e3 * where.affine[:3], abs=1e-4)
    assert seen.get_qform()[:3] == pytest.approx(1e3 * where.affine[:3], abs=1e-4)
    assert seen.get_fdata() == pytest.approx(phantom(where), rel=1e-6)


def header(*, order="<", shape=(3, *SHAPE, 1, 1, 1, 1), code=4, forms=(0, 1), magic=b"n+1\0", offset=352.0):
    """The header of nifti1.h, written by hand: 16-bit integers, sform of edges 2, 3, 4 mm."""
    raw = bytearray(352)
    struct.pack_into(order + "i", raw, 0, 348)
    struct.pack_into(order + "8h", raw, 40, *shape)
    struct.pack_into(order + "2h", raw, 70, code, 16)
    struct.pack_into(order + "3f", raw, 108, offset, 0.5, 3.0)
    raw[123] = 2
    struct.pack_into(order + "2h", raw, 252, *forms)
    struct.pack_into(order + "12f", raw, 280, 2, 0, 0, 1, 0, 3, 0, 2, 0, 0, 4, 3)
    raw[344:348] = magic
    return bytes(raw)


@pytest.mark.parametrize("order", ["<", ">"])
def test_stored_integers_are_scaled_in_either_byte_order(tmp_path, order):
    stored = np.arange(60, dtype=order + "i2")
    (tmp_path / "a.nii").write_bytes(header(order=order) + stored.tobytes())
    found = open_nifti(tmp_path / "a.nii")
    assert found.values()[1, 2, 3] == 0.5 * (1 + 3 * 2 + 12 * 3) + 3.0  # the first axis runs fastest
    assert found.grid.affine == pytest.approx(
        1e-3 * np.array([[2, 0, 0, 1], [0, 3, 0, 2], [0, 0, 4, 3], [0, 0, 0, 1e3]])
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"magic": bytes(4)}, "one piece"),
        ({"offset": 0.0}, "vox_offset"),
        ({"offset": 96.0}, "too low"),
        ({"forms": (1, 0)}, "no extent"),  # a qform, but the sizes of the voxels are 0
        ({"shape": (4, *SHAPE, 2, 1, 1, 1)}, "one volume"),
        ({"shape": (2, 3, 4, 1, 1, 1, 1, 1)}, "one volume"),
        ({"code": 32}, "real numbers"),
        ({"forms": (0, 0)}, "neither sform nor qform"),
    ],
)
def test_a_header_that_is_none_is_refused(tmp_path, given, message):
    (tmp_path / "a.nii").write_bytes(header(**given) + bytes(120))
    with pytest.raises(DataError, match=message):
        open_nifti(tmp_path / "a.nii")


def test_damaged_files_are_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        open_nifti(tmp_path / "a.nii")
    (tmp_path / "a.nii").write_bytes(header() + bytes(50))
    with pytest.raises(DataError, match="ends early"):
        open_nifti(tmp_path / "a.nii").values()
    whole = write_nifti(tmp_path / "b.nii.gz", phantom(grid()), grid()).read_bytes()
    (tmp_path / "b.nii.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"damaged|early"):
        open_nifti(tmp_path / "b.nii.gz").values()
    (tmp_path / "c.nii.gz").write_bytes(b"no gzip at all")
    with pytest.raises(DataError, match="damaged"):
        open_nifti(tmp_path / "c.nii.gz")


def test_a_volume_beyond_memory_is_refused_with_the_amount(tmp_path):
    (tmp_path / "a.nii").write_bytes(header(shape=(3, 30000, 30000, 30000, 1, 1, 1, 1)))
    with pytest.raises(InputError, match=r"would need 270000\.0 GB"):  # 27e12 voxels of 8 + 2 bytes
        open_nifti(tmp_path / "a.nii").values()


@pytest.mark.parametrize("size", [0.0, np.nan, np.inf, 1e200, 2.0])
def test_voxels_of_no_or_an_impossible_size_are_refused(size):
    with pytest.raises(DataError, match="no extent"):
        Grid.of(SHAPE, np.diag([1e-3, size, 1e-3, 1.0]))


def test_sheared_axes_are_refused():
    affine = turned()
    affine[:3, 2] += 0.2 * affine[:3, 1]
    with pytest.raises(DataError, match="gantry tilt"):
        Grid.of(SHAPE, affine)


@pytest.mark.parametrize("name", ["time", "decay_reference", "unit"])
def test_what_a_nifti_file_does_not_say_has_to_be_given(image, name):
    with pytest.raises(InputError) as refused:
        image(**{name: None})
    assert refused.value.field in (name, "time_after_injection")
    assert refused.value.remedy


@pytest.mark.parametrize("ending", ["toml", "json"])
def test_a_file_beside_the_image_can_say_it(image, tmp_path, ending):
    said = {"time_after_injection": "24 h", "decay_reference": "injection", "unit": "kBq/mL"}
    text = json.dumps({**said, "ConversionSoftware": "x"})
    if ending == "toml":
        text = "\n".join(f'{key} = "{value}"' for key, value in said.items())
    (tmp_path / f"a.{ending}").write_text(text, encoding="utf-8")
    found = image(time=None, decay_reference=None, unit=None)
    assert (found.time, found.decay_reference, found.factor) == (24 * HOUR, "injection", pytest.approx(1e9))
    with pytest.raises(InputError, match="the image says 24 h"):
        image(decay_reference=None, unit=None)
    (tmp_path / "a.toml").write_text('unti = "Bq/mL"', encoding="utf-8")
    with pytest.raises(InputError, match="Did you mean 'unit'"):
        image()


def test_activity_is_corrected_back_to_the_injection(image):
    left = np.exp(-LUTETIUM.decay_constant * 4 * HOUR)
    assert image(values=np.full(SHAPE, 2.0)).decay_corrected(LUTETIUM.decay_constant) == pytest.approx(2e6 / left)
    corrected = image(values=np.full(SHAPE, 2.0), decay_reference="injection")
    assert corrected.decay_corrected(LUTETIUM.decay_constant) == pytest.approx(2e6)


@pytest.mark.parametrize(
    ("unit", "calibration", "factor"),
    [
        ("Bq/mL", None, 1e6),
        ("kBq/cm3", None, 1e9),
        ("Bq", None, 1 / 27e-9),
        ("counts", "12 Bq/mL", 12e6),
        ("counts", "40 Bq", 40 / 27e-9),
    ],
)
def test_units_of_activity(image, unit, calibration, factor):
    """A voxel of 2 x 3 x 4.5 mm has 27 mm3."""
    assert image(unit=unit, calibration=calibration).factor == pytest.approx(factor)


@pytest.mark.parametrize(
    ("unit", "calibration", "field"),
    [
        ("mL", None, "unit"),
        ("Gy", None, "unit"),
        ("counts", None, "calibration"),
        ("counts", "x Bq", "calibration"),
        ("counts", "-2 Bq", "calibration"),
        ("counts", "2", "calibration"),
        ("counts", "2 Bq/kg", "calibration"),
        ("bq/ml", None, "unit"),
        ("counts", "9.1 cps/MBq", "calibration"),
        ("Bq/mL", "12 Bq/mL", "calibration"),
    ],
)
def test_other_units_are_refused(image, unit, calibration, field):
    with pytest.raises(InputError) as refused:
        image(unit=unit, calibration=calibration)
    assert refused.value.field == field


@pytest.mark.parametrize("wrong", [np.nan, -1.0, np.inf])
def test_activity_that_is_none_is_refused_with_its_place(image, wrong):
    values = np.ones(SHAPE)
    values[1, 2, 3] = wrong
    with pytest.raises(DataError, match=r"\(1, 2, 3\)"):
        image(values=values).decay_corrected(1e-6)


def test_negative_activity_is_kept_on_demand_but_not_an_image_without_activity(image):
    values = np.ones(SHAPE)
    values[1, 2, 3] = -1.0
    assert image(values=values).decay_corrected(0.0, negative="keep")[1, 2, 3] == pytest.approx(-1e6)
    for empty in (np.zeros(SHAPE), -values):
        with pytest.raises(DataError, match="no activity"):
            image(values=empty).decay_corrected(0.0, negative="keep")


def test_no_image_is_taken_when_nothing_is_left(image):
    """Seconds read as hours, or the time of another nuclide."""
    assert image(time=30 * LUTETIUM.half_life).time > 0
    with pytest.raises(InputError, match="30 half-lives of Lu-177"):
        image(time=31 * LUTETIUM.half_life)


def test_a_series_has_one_grid_and_one_reference_and_runs_in_time(image):
    early, late = image("a.nii"), image("b.nii", time=24 * HOUR)
    check_series([early, late])
    for images, field in (
        ([late, early], "time_after_injection"),
        ([early, image("c.nii")], "time_after_injection"),
        ([early, image("c.nii", time=24 * HOUR, decay_reference="injection")], "decay_reference"),
        ([early, image("c.nii", time=24 * HOUR, unit="kBq/mL")], "unit"),
        ([early, image("c.nii", time=24 * HOUR, where=grid(shape=(3, 4, 6)))], "shape"),
        ([early, image("c.nii", time=24 * HOUR, where=grid(turned(mirrored=True)))], "affine"),
        ([early, image("a.nii", time=24 * HOUR)], "IMAGE"),
        ([], "IMAGE"),
    ):
        with pytest.raises(InputError) as refused:
            check_series(images)
        assert refused.value.field == field


@pytest.mark.parametrize("wrong", [{"decay_reference": "start"}, {"time": -1.0}, {"time": np.nan}])
def test_a_wrong_word_or_time_is_refused(image, wrong):
    with pytest.raises(InputError):
        image(**wrong)


def test_a_mask_holds_whole_numbers_on_the_same_grid(image, tmp_path):
    seen = image()
    labels = np.zeros(SHAPE, dtype=int)
    labels[0, 1, 2] = 3
    path = write_nifti(tmp_path / "mask.nii", labels, grid())
    assert (read_labels(path, seen.grid, seen.path) == labels).all()
    nibabel.save(nibabel.load(path).as_reoriented([[1, 1], [0, -1], [2, 1]]), tmp_path / "turned.nii")
    assert (read_labels(tmp_path / "turned.nii", seen.grid, seen.path) == labels).all()
    for values, where in (
        (0.5 * labels, grid()),
        (0 * labels, grid()),
        (-labels, grid()),
        (1e30 * labels, grid()),
        (labels, grid(turned(mirrored=True))),
    ):
        with pytest.raises(DataError):
            read_labels(write_nifti(tmp_path / "wrong.nii", values, where), seen.grid, seen.path)
    with pytest.raises(DataError, match="NIfTI"):
        read_labels(tmp_path / "structures.dcm", seen.grid, seen.path)
