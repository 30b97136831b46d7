"""DICOM series of PET and SPECT: place, scale, moments and decay reference, and RT Dose; all files are made here."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from ferrotope.errors import DataError, InputError
from ferrotope.imaging.dicom_series import open_dicom
from ferrotope.imaging.dicom_tags import injection_moment
from ferrotope.imaging.image_files import check_series, open_image
from ferrotope.imaging.image_grid import Grid
from ferrotope.imaging.rt_dose import write_rt_dose
from ferrotope.nuclides import Nuclide
from ferrotope.study.image_dose import image_dose
from ferrotope.study.image_dose_result import image_dose_result

HOUR = 3600.0
FLUORINE, LUTETIUM = Nuclide("F-18"), Nuclide("Lu-177")
COLUMNS, ROWS, SLICES = 3, 4, 5
AXIAL = (1, 0, 0, 0, 1, 0)
# Orientations whose slices run towards the head, the feet, the left, and at a slant.
ORIENTATIONS = [AXIAL, (-1, 0, 0, 0, 1, 0), (0, 1, 0, 0, 0, -1), (0.8, 0.6, 0, -0.36, 0.48, 0.8)]


def values_at(places):
    """Bq/mL at positions in LPS (mm): different along every axis."""
    return 2e5 + places @ np.array([100.0, 1700.0, 29000.0]) * 0.1


def places_of(orientation, spacing=4.0):
    """Position (LPS, mm) of every voxel [slice, row, column]."""
    across, down = np.array(orientation[:3], dtype=float), np.array(orientation[3:], dtype=float)
    k, r, c = np.indices((SLICES, ROWS, COLUMNS))
    origin = np.array([-10.0, 20.0, 30.0])
    return (
        origin
        + c[..., None] * 2.0 * across
        + r[..., None] * 3.0 * down
        + k[..., None] * spacing * np.cross(across, down)
    )


def dataset(modality, **tags):
    made = pydicom.dataset.Dataset()
    made.file_meta = pydicom.dataset.FileMetaDataset()
    made.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    kind = pydicom.uid.PositronEmissionTomographyImageStorage
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = (
        kind if modality == "PT" else pydicom.uid.NuclearMedicineImageStorage
    )
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    made.Modality, made.PatientID, made.SeriesInstanceUID = modality, "one", "1.2.3"
    made.Rows, made.Columns, made.PixelSpacing = ROWS, COLUMNS, [3.0, 2.0]
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 16, 15, 0
    made.SeriesDate = made.AcquisitionDate = "20260301"
    made.SeriesTime = made.AcquisitionTime = "103000.00"
    drug = pydicom.dataset.Dataset()
    drug.RadiopharmaceuticalStartDateTime = "20260301093000.00"
    drug.RadionuclideHalfLife, drug.RadionuclideTotalDose = FLUORINE.half_life, 185e6
    made.RadiopharmaceuticalInformationSequence = [drug]
    for name, value in tags.items():
        where = drug if hasattr(drug, name) or name.startswith("Radi") else made
        if value is None:
            delattr(where, name)
        else:
            setattr(where, name, value)
    return made


def pet(folder, orientation=AXIAL, values=None, change=None, skip=(), **tags):
    """A PET series of files in an order of their own, every slice with its own rescale slope."""
    folder.mkdir(exist_ok=True)
    places = places_of(orientation)
    values = values_at(places) if values is None else values
    for k in range(SLICES):
        if k in skip:
            continue
        made = dataset("PT", **{"Units": "BQML", "DecayCorrection": "START", "ActualFrameDuration": 600000, **tags})
        made.ImageOrientationPatient = list(orientation)
        made.ImagePositionPatient = [float(x) for x in places[k, 0, 0]]
        made.InstanceNumber = 1 + (3 * k) % SLICES
        slope = values[k].max() / (60000 - 1000 * k)
        made.RescaleSlope, made.RescaleIntercept = f"{slope:.10g}", "0"
        made.PixelData = np.round(values[k] / float(made.RescaleSlope)).astype("<u2").tobytes()
        if change is not None:
            change(made, k)
        made.save_as(folder / f"{(7 * k) % SLICES}.dcm", enforce_file_format=True)
    return folder


def spect(file, spacing=4.0, **tags):
    """A reconstructed SPECT image: counts in one file of many frames."""
    made = dataset("NM", **tags)
    places = places_of(AXIAL, spacing)
    made.ImageType = ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]
    made.NumberOfFrames, made.SpacingBetweenSlices = SLICES, spacing
    made.SliceVector = list(range(1, SLICES + 1))
    detector, rotation = pydicom.dataset.Dataset(), pydicom.dataset.Dataset()
    detector.ImageOrientationPatient, detector.ImagePositionPatient = list(AXIAL), list(places[0, 0, 0])
    rotation.NumberOfFramesInRotation, rotation.ActualFrameDuration = 60, 20000
    made.DetectorInformationSequence, made.RotationInformationSequence = [detector], [rotation]
    made.PixelData = (values_at(places) / 10.0).round().astype("<u2").tobytes()
    made.save_as(file, enforce_file_format=True)
    return file


def seen_at(image_grid):
    """Values of the phantom at the voxels of a grid."""
    index = np.indices(image_grid.shape).reshape(3, -1)
    ras = 1e3 * (image_grid.affine[:3, :3] @ index + image_grid.affine[:3, 3:])
    return values_at((ras * np.array([[-1.0], [-1.0], [1.0]])).T).reshape(image_grid.shape)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_shuffled_slices_come_back_in_their_place_each_with_its_scale(tmp_path, orientation):
    series = open_dicom(pet(tmp_path / "a", orientation))
    assert series.grid.shape == (COLUMNS, ROWS, SLICES)
    assert series.grid.voxel_size == pytest.approx((2e-3, 3e-3, 4e-3))
    assert series.values() == pytest.approx(seen_at(series.grid), rel=2e-5)


@pytest.mark.parametrize("spacing", [4.0, -4.0])
def test_the_sign_of_the_spacing_says_where_spect_slices_lie(tmp_path, spacing):
    """DICOM PS3.3 C.8.4.15: positive spacing stacks along the cross product of row and column, negative against it."""
    series = open_dicom(spect(tmp_path / "a.dcm", spacing))
    assert series.values() == pytest.approx(seen_at(series.grid) / 10.0, abs=0.5)
    assert series.grid.affine[2, 2] == pytest.approx(1e-3 * spacing)


def test_values_start_at_the_start_of_the_scan(tmp_path):
    image = open_image(pet(tmp_path / "a"), FLUORINE)
    assert (image.time, image.decay_reference, image.factor) == (HOUR, "image", pytest.approx(1e6))


def test_values_corrected_to_the_injection_are_told_apart(tmp_path):
    image = open_image(pet(tmp_path / "a", DecayCorrection="ADMIN"), FLUORINE)
    assert (image.time, image.decay_reference) == (HOUR, "injection")


def test_values_without_decay_correction_belong_to_the_middle_of_the_frame(tmp_path):
    image = open_image(pet(tmp_path / "a", DecayCorrection="NONE"), FLUORINE)
    assert (image.time, image.decay_reference) == (HOUR + 300.0, "image")
    with pytest.raises(DataError, match="ActualFrameDuration"):
        open_image(pet(tmp_path / "b", DecayCorrection="NONE", ActualFrameDuration=""), FLUORINE)


@pytest.mark.parametrize("correction", ["START", "ADMIN"])
def test_suv_is_turned_back_into_activity(tmp_path, correction):
    """5 kBq/mL in a subject of 70 kg after 185 MBq, all at one moment, is an SUV of 1.892 (arithmetic)."""
    values = np.full((SLICES, ROWS, COLUMNS), 5e3 / (185e6 / 70e3))
    assert values[0, 0, 0] == pytest.approx(1.892, abs=5e-4)
    folder = pet(tmp_path / "a", values=values, Units="GML", PatientWeight="70", DecayCorrection=correction)
    found = open_image(folder, FLUORINE).decay_corrected(FLUORINE.decay_constant)
    # At the scan 185 MBq decayed for an hour are left: corrected back to the injection both are the same.
    assert found == pytest.approx(5e9, rel=1e-4)


@pytest.mark.parametrize("tag", ["PatientWeight", "RadionuclideTotalDose"])
def test_suv_without_weight_or_activity_names_the_tag(tmp_path, tag):
    tags = {"Units": "GML", "PatientWeight": "70", tag: "" if tag == "PatientWeight" else None}
    with pytest.raises(DataError, match=tag):
        open_image(pet(tmp_path / "a", **tags), FLUORINE)


@pytest.mark.parametrize(
    "tag",
    [
        "Units", "DecayCorrection", "AcquisitionDate", "AcquisitionTime", "SeriesDate", "PixelSpacing",
        "ImageOrientationPatient", "ImagePositionPatient", "RescaleSlope", "RescaleIntercept",
    ],
)  # fmt: skip
def test_a_missing_tag_is_named(tmp_path, tag):
    def without(made, k):
        if k == 2:
            delattr(made, tag)

    with pytest.raises(DataError, match=rf"{tag} \([0-9A-F]{{4}},[0-9A-F]{{4}}\)"):
        open_image(pet(tmp_path / "a", change=without), FLUORINE).decay_corrected(0.0)


def test_a_time_of_day_alone_is_no_injection(tmp_path):
    folder = pet(tmp_path / "a", RadiopharmaceuticalStartDateTime=None, RadiopharmaceuticalStartTime="093000")
    with pytest.raises(InputError, match="that of any day"):
        open_image(folder, FLUORINE)
    assert open_image(folder, FLUORINE, injected=injection_moment("2026-03-01 09:30")).time == HOUR
    assert open_image(folder, FLUORINE, time=2 * HOUR).time == 2 * HOUR


def test_midnight_between_injection_and_scan_is_no_day_too_much(tmp_path):
    folder = pet(
        tmp_path / "a", SeriesTime="003000", AcquisitionTime="003000", RadiopharmaceuticalStartDateTime="20260228233000"
    )
    assert open_image(folder, FLUORINE).time == HOUR


def test_time_zones_count(tmp_path):
    """09:30 at +0100 and 10:30 at +0000 are two hours apart."""
    start = "20260301093000+0100"
    folder = pet(tmp_path / "a", RadiopharmaceuticalStartDateTime=start, TimezoneOffsetFromUTC="+0000")
    assert open_image(folder, FLUORINE).time == 2 * HOUR
    with pytest.raises(DataError, match="TimezoneOffsetFromUTC"):
        open_image(pet(tmp_path / "b", RadiopharmaceuticalStartDateTime=start), FLUORINE)


def test_an_image_before_the_injection_is_refused(tmp_path):
    with pytest.raises(DataError, match="earlier than the injection"):
        open_image(pet(tmp_path / "a", RadiopharmaceuticalStartDateTime="20260302093000"), FLUORINE)


def test_what_is_given_must_not_contradict_the_file(tmp_path):
    folder = pet(tmp_path / "a")
    for given in ({"time": 25 * HOUR}, {"decay_reference": "injection"}):
        with pytest.raises(InputError):
            open_image(folder, FLUORINE, **given)


def test_another_nuclide_is_refused(tmp_path):
    with pytest.raises(DataError, match="RadionuclideHalfLife"):
        open_image(pet(tmp_path / "a"), LUTETIUM)


def test_a_series_that_starts_long_before_its_acquisition_is_ambiguous(tmp_path):
    """10 minutes are 6 % of the decay of F-18; 20 seconds do not matter."""
    with pytest.raises(DataError, match="is not clear"):
        open_image(pet(tmp_path / "a", SeriesTime="102000"), FLUORINE)
    assert open_image(pet(tmp_path / "b", SeriesTime="102940"), FLUORINE).time == HOUR - 20.0
    # A later series time is that of a reconstruction made again: the acquisition counts.
    assert open_image(pet(tmp_path / "c", SeriesTime="150000"), FLUORINE).time == HOUR


def broken(name):
    def change(made, k):
        if name == "two series" and k == 1:
            made.SeriesInstanceUID = "1.2.4"
        if name == "two patients" and k == 1:
            made.PatientID = "other"
        if name == "two sizes" and k == 1:
            made.PixelSpacing = [3.0, 2.5]
        if name == "two orientations" and k == 1:
            made.ImageOrientationPatient = [-1, 0, 0, 0, 1, 0]
        if name == "two units" and k == 1:
            made.Units = "GML"
        if name == "one place" and k == 1:
            made.ImagePositionPatient = list(places_of(AXIAL)[0, 0, 0])
        if name == "uneven" and k == 4:
            made.ImagePositionPatient[2] += 0.5
        if name == "tilt":
            made.ImagePositionPatient[1] += 0.6 * k
        if name == "two starts" and k == 1:
            made.SeriesTime = "110000"
        if name == "of tissue":
            made.Modality = "CT"

    return change


@pytest.mark.parametrize(
    "name",
    [
        "two series", "two patients", "two sizes", "two orientations", "two units", "one place", "uneven", "tilt",
        "of tissue", "two starts",
    ],
)  # fmt: skip
def test_files_that_are_no_series_are_refused(tmp_path, name):
    with pytest.raises(DataError):
        open_dicom(pet(tmp_path / "a", change=broken(name)))


def test_a_missing_slice_is_noticed(tmp_path):
    with pytest.raises(DataError, match="evenly spaced"):
        open_dicom(pet(tmp_path / "a", skip=(2,)))
    with pytest.raises(DataError, match="not complete"):
        open_dicom(pet(tmp_path / "b", skip=(4,), NumberOfSlices=SLICES))


def test_images_of_two_injections_are_no_series(tmp_path):
    first = open_image(pet(tmp_path / "a"), FLUORINE)
    later = {"SeriesTime": "123000", "AcquisitionTime": "123000"}
    check_series([first, open_image(pet(tmp_path / "b", **later), FLUORINE)])
    for name, tags in enumerate([{"PatientID": "two"}, {"RadiopharmaceuticalStartDateTime": "20260301094500"}]):
        with pytest.raises(DataError):
            check_series([first, open_image(pet(tmp_path / f"c{name}", **later, **tags), FLUORINE)])


def test_counts_need_calibration_and_reference(tmp_path):
    """60 frames of 20 s at 9.1 cps/MBq: a count in a voxel of 24 mm3 is 1e6/(9.1 x 1200) Bq."""
    file = spect(tmp_path / "a.dcm")
    with pytest.raises(InputError, match="decay_reference"):
        open_image(file, FLUORINE, calibration="12 Bq/mL")
    with pytest.raises(InputError, match="calibration"):
        open_image(file, FLUORINE, decay_reference="image")
    image = open_image(file, FLUORINE, decay_reference="image", calibration="9.1 cps/MBq")
    assert (image.time, image.factor) == (HOUR, pytest.approx(1e6 / (9.1 * 1200) / 24e-9))
    assert "6.1% low" in image.notes[0]  # 10 of 110 minutes of half-life: 1 - 2^(-10/109.8)


def test_planar_images_and_mixed_frames_are_refused(tmp_path):
    for change in ({"ImageType": ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"]}, {"SliceVector": [1, 2, 3, 1, 2]}):
        file = spect(tmp_path / "a.dcm")
        made = pydicom.dcmread(file)
        for name, value in change.items():
            setattr(made, name, value)
        made.save_as(file)
        with pytest.raises(DataError):
            open_dicom(file)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="no DICOM file"):
        open_dicom(tmp_path)
    with pytest.raises(DataError, match="no such"):
        open_dicom(tmp_path / "absent")


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("mirrored", [False, True])
def test_rt_dose_lies_where_the_image_lies(tmp_path, orientation, mirrored):
    series = open_dicom(pet(tmp_path / "a", orientation))
    affine = series.grid.affine.copy()
    if mirrored:  # NIfTI files may be left-handed, DICOM frames are not
        affine[:3, 3] += affine[:3, 2] * (SLICES - 1)
        affine[:3, 2] *= -1
    where = Grid.of(series.grid.shape, affine)
    write_rt_dose(tmp_path / "dose.dcm", 1e-5 * seen_at(where), where, series.header, "method " * 40)
    found = pydicom.dcmread(tmp_path / "dose.dcm")
    assert (found.Modality, found.DoseUnits, found.PatientID) == ("RTDOSE", "GY", "one")
    across, down = np.array(found.ImageOrientationPatient[:3]), np.array(found.ImageOrientationPatient[3:])
    k, r, c = (n[..., None] for n in np.indices((SLICES, ROWS, COLUMNS)))
    rows, columns = found.PixelSpacing
    offsets = np.array(found.GridFrameOffsetVector, dtype=float)[k]
    places = np.array(found.ImagePositionPatient) + c * columns * across + r * rows * down
    places = places + offsets * np.cross(across, down)
    assert found.pixel_array * float(found.DoseGridScaling) == pytest.approx(1e-5 * values_at(places), rel=1e-6)


def test_dose_of_a_pet_series(tmp_path):
    """Two scans of what only decays: all positrons and electrons stay, C/lambda decays in a volume."""
    series = {"values": np.full((SLICES, ROWS, COLUMNS), 5e3), "DecayCorrection": "ADMIN"}
    later = {"SeriesTime": "123000", "AcquisitionTime": "123000"}
    folders = [pet(tmp_path / "a", **series, FrameOfReferenceUID="1.1"), pet(tmp_path / "b", **series, **later)]
    images = [open_image(folder, FLUORINE) for folder in folders]
    found = image_dose(images, FLUORINE, method="local", dose_rates=False)
    energy = sum(FLUORINE.mean_energies().get(name, 0.0) for name in ("beta+", "auger", "conversion"))
    assert found.dose.dose == pytest.approx(5e9 / FLUORINE.decay_constant * energy / 1000.0, rel=1e-4)
    assert any("frames of reference" in notice.text for notice in image_dose_result(found).notices)


def test_a_negative_dose_is_not_written(tmp_path):
    where = Grid.of((1, 1, 1), np.eye(4))
    with pytest.raises(InputError):
        write_rt_dose(tmp_path / "dose.dcm", np.full((1, 1, 1), -1.0), where)
    assert not list(Path(tmp_path).iterdir())
