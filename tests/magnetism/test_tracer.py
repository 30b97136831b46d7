"""Harmonics, point spread and system matrix of a tracer."""

import math
import uuid as uuids
from datetime import UTC, datetime, timedelta, timezone

import h5py
import numpy as np
import pytest

from ferrotope.errors import DataError, InputError, ValidityError
from ferrotope.magnetism import mdf
from ferrotope.magnetism.equilibrium import initial_susceptibility, langevin, langevin_derivative, langevin_parameter
from ferrotope.magnetism.loop import dynamic_loop
from ferrotope.magnetism.mdf import write_mdf
from ferrotope.magnetism.tracer import harmonic_spectrum, point_spread
from ferrotope.magnetism.waveform import response_to_field
from ferrotope.units.constants import VACUUM_PERMEABILITY

MS = 446e3
FIELD = 20e-3 / VACUUM_PERMEABILITY
GRADIENT = 2.5 / VACUUM_PERMEABILITY
# 25 nm and 300 K: the width of the Langevin derivative is xi = 4.16105, which is 4.7234 mT or 1.889 mm
CORE = {"core_diameter": 25e-9, "Ms": MS, "T": 300.0}
IDENTITY = "3170fdf8-f8e1-4cbf-ac73-41520b41f6ee"
NOON = datetime(2024, 5, 6, 12, 0, 0, 250000)
MATRIX = {"core_diameter": 22e-9, "Ms": MS, "K": 0.0, "H": 8e3, "f": 25e3, "T": 300.0, "uuid": IDENTITY, "time": NOON}
OFFSETS = np.linspace(-6e3, 6e3, 5)


def test_slow_harmonics_are_langevins():
    spectrum = harmonic_spectrum(K=0.0, H=FIELD, f=100.0, **CORE)
    assert langevin_parameter(FIELD, 25e-9, MS, 300.0) == pytest.approx(17.619, abs=1e-3)
    assert spectrum.magnetisation[1].real / MS == pytest.approx(1.16310, abs=1e-5)
    phase = (np.arange(512) + 0.5) * 2 * np.pi / 512
    curve = langevin(17.6190 * np.cos(phase))
    for order in (3, 5, 9, 15):
        exact = 2 * np.mean(curve * np.cos(order * phase))
        assert spectrum.magnetisation[order] / MS == pytest.approx(exact, abs=6e-5)
    assert np.abs(spectrum.magnetisation[::2]).max() == 0.0
    np.testing.assert_allclose(spectrum.frequencies[:4], [0, 100, 200, 300])
    np.testing.assert_allclose(spectrum.signal[3], 600j * np.pi * spectrum.magnetisation[3])
    assert spectrum.converged
    assert spectrum.method.endswith("no axis")


def test_a_bias_brings_even_harmonics_and_its_sign_turns_them():
    case = {"core_diameter": 18e-9, "Ms": MS, "K": 8e3, "H": 10e3, "f": 25e3, "T": 300.0, "easy_axis": 0.6}
    one, other = (harmonic_spectrum(**case, bias=bias).magnetisation / MS for bias in (4e3, -4e3))
    assert abs(one[2]) > 1e-2
    sign = np.where(np.arange(12) % 2, 1, -1)
    np.testing.assert_allclose(other[:12], sign * one[:12], atol=1e-7)


def test_axes_do_not_matter_without_anisotropy():
    case = {"core_diameter": 15e-9, "Ms": MS, "K": 0.0, "H": 10e3, "f": 200e3, "T": 300.0}
    loop = dynamic_loop(**case, easy_axis="random", tolerance=1e-4)
    np.testing.assert_allclose(harmonic_spectrum(**case).magnetisation[:6] / MS, loop.harmonics[:6], atol=2e-5)


def test_point_spread_in_equilibrium_is_the_langevin_derivative():
    spread = point_spread(K=0.0, H=FIELD, f=100.0, gradient=GRADIENT, **CORE)
    assert spread.fwhm_field * VACUUM_PERMEABILITY == pytest.approx(4.7234e-3, rel=5e-4)
    assert spread.fwhm == pytest.approx(1.889e-3, rel=5e-4)
    assert spread.combined_fwhm == pytest.approx(spread.fwhm, rel=1e-5)
    assert spread.shift == pytest.approx(0.0, abs=1e-6)
    steepest = initial_susceptibility(25e-9, 1.0, MS, 300.0)
    assert spread.peak == pytest.approx(steepest, rel=2e-3)
    exact = 3 * steepest * langevin_derivative(langevin_parameter(spread.field, 25e-9, MS, 300.0))
    np.testing.assert_allclose(spread.rising, exact, atol=3e-3 * steepest)
    np.testing.assert_allclose(spread.position, -spread.field / GRADIENT)


def test_relaxation_shifts_and_blurs_the_point_spread():
    slow, fast = (point_spread(K=0.0, H=FIELD, f=f, gradient=GRADIENT, **CORE) for f in (2e3, 200e3))
    assert fast.shift > 20 * slow.shift > 0
    assert fast.fwhm > 1.05 * slow.fwhm
    assert fast.combined_fwhm > 1.1 * slow.combined_fwhm
    assert fast.peak < slow.peak
    # a scan back is the mirror image
    np.testing.assert_allclose(fast.rising, fast.falling[::-1], atol=1e-9 * fast.peak)


def test_a_barrier_shifts_but_does_not_blur():
    # an axis near the field: the moments wait for the coercive field and then go together
    axial = {"core_diameter": 20e-9, "Ms": MS, "K": 5e3, "easy_axis": 0.5, "T": 300.0, "tolerance": 1e-4}
    slow, fast = (point_spread(H=FIELD, f=f, gradient=GRADIENT, **axial) for f in (2e3, 100e3))
    assert fast.shift > 5 * slow.shift > 0
    assert fast.peak > slow.peak
    assert fast.combined_fwhm > 1.1 * slow.combined_fwhm


def test_point_spread_agrees_with_time_stepping():
    f, H, angle = 50e3, FIELD, 0.5
    spread = point_spread(18e-9, MS, 8e3, H, f, GRADIENT, T=300.0, easy_axis=angle)
    samples = 600
    times = np.linspace(0, 1.5 / f, samples + samples // 2 + 1)
    axis = [math.sin(angle), 0, math.cos(angle)]
    stepped = response_to_field(
        lambda time: [0, 0, H * math.cos(2 * np.pi * f * time)], times, 18e-9, MS, 8e3, T=300.0, easy_axis=axis,
        tolerance=1e-4,
    )[:, 2]  # fmt: skip
    fields = H * np.cos(2 * np.pi * f * times)
    last = slice(samples, samples + samples // 2 + 1)  # the field falls
    middle = 0.5 * (fields[last][1:] + fields[last][:-1])
    slope = np.diff(stepped[last]) / np.diff(fields[last])
    inside = np.abs(middle) < 0.9 * H
    expected = np.interp(middle[inside], spread.field, spread.falling)
    np.testing.assert_allclose(slope[inside], expected, atol=5e-3 * spread.peak)


def test_a_point_spread_without_a_peak_or_half_maximum_is_refused():
    case = {"mode": "brown", "hydrodynamic_diameter": 60e-9, "viscosity": 1e-3}
    lagging = point_spread(K=0.0, H=FIELD, f=200e3, gradient=GRADIENT, **CORE, **case)
    with pytest.raises(ValidityError, match="no peak"):
        lagging.shift
    weak = point_spread(K=0.0, H=1e3, f=100.0, gradient=GRADIENT, **CORE)
    with pytest.raises(ValidityError, match="half maximum"):
        weak.fwhm


def test_system_matrix_reads_back(tmp_path):
    path = write_mdf(
        tmp_path / "matrix.mdf",
        offsets=OFFSETS,
        gradient=GRADIENT,
        sampling_points=32,
        material="magnetite",
        tracer_volume=1e-8,
        iron_concentration=100.0,
        **MATRIX,
    )
    assert [file.name for file in tmp_path.iterdir()] == ["matrix.mdf"]
    with h5py.File(path) as file:
        for name in REQUIRED:
            assert name in file, name
        assert file["version"].asstr()[()] == "2.1.0"
        assert file["uuid"].asstr()[()] == IDENTITY
        assert file["time"].asstr()[()] == "2024-05-06T12:00:00.250"
        assert {str(uuids.UUID(file[f"{group}/uuid"].asstr()[()])) for group in ("study", "experiment")}.isdisjoint(
            {IDENTITY}
        )
        data = file["measurement/data"]
        assert data.shape == (1, 1, 17, 5)  # period, channel, frequency, frame
        assert data.dtype == np.complex128
        assert data.id.get_type().get_class() == h5py.h5t.COMPOUND
        assert [data.id.get_type().get_member_name(number) for number in (0, 1)] == [b"r", b"i"]
        assert file["experiment/isSimulation"][()] == 1
        assert file["acquisition/numFrames"][()] == 5
        assert file["acquisition/gradient"].shape == (1, 1, 3, 3)
        np.testing.assert_allclose(np.trace(file["acquisition/gradient"][0, 0]), 0.0, atol=1e-12)
        assert file["acquisition/gradient"][0, 0, 2, 2] == pytest.approx(2.5)
        assert file["acquisition/drivefield/strength"][0, 0, 0] == pytest.approx(8e3 * VACUUM_PERMEABILITY)
        assert file["acquisition/drivefield/waveform"].asstr()[0, 0] == "sine"
        assert file["acquisition/receiver/bandwidth"][()] == 16 * 25e3
        np.testing.assert_array_equal(file["calibration/size"], [1, 1, 5])
        np.testing.assert_allclose(file["calibration/positions"][:, 2], OFFSETS / GRADIENT)
        np.testing.assert_allclose(file["calibration/offsetFields"][:, 2], OFFSETS * VACUUM_PERMEABILITY)
        assert file["calibration/fieldOfView"][2] == pytest.approx(12e3 / GRADIENT * 5 / 4)
        assert file["tracer/_coreDiameter"][0] == 22e-9
        assert file["tracer/_material"].asstr()[0] == "magnetite"
        assert file["tracer/volume"][0] == pytest.approx(1e-5)  # litres
        assert file["tracer/concentration"][0] == pytest.approx(0.1)  # mol per litre
        response = data[0, 0]
    # odd harmonics are even in the offset, even ones odd
    np.testing.assert_allclose(response[1::2], response[1::2, ::-1], atol=1e-12)
    np.testing.assert_allclose(response[::2], -response[::2, ::-1], atol=1e-12)
    assert np.abs(response[2, 0]) > 0.05 * np.abs(response[1, 0])
    assert not response[2::2, 2].any()
    # a negative offset against its own calculation, and in the samples that the transform belongs to
    spectrum = harmonic_spectrum(
        **{name: MATRIX[name] for name in ("core_diameter", "Ms", "K", "H", "f", "T")}, bias=-6e3
    )
    np.testing.assert_allclose(response[1:10, 0], 16 * spectrum.signal[1:10], atol=1e-4 * abs(response[1, 0]))
    samples = np.fft.irfft(response[:, 0], 32)
    phase = 2 * np.pi * np.arange(32) / 32
    orders = np.arange(16)
    summed = (spectrum.signal[:16, None] * np.exp(1j * orders[:, None] * phase)).real.sum(axis=0)
    np.testing.assert_allclose(samples, summed, atol=1e-4 * np.abs(summed).max())


REQUIRED = [
    "version uuid time",
    "study/name study/number study/uuid study/description",
    "experiment/name experiment/number experiment/uuid experiment/description experiment/subject",
    "tracer/name tracer/batch tracer/vendor tracer/volume tracer/concentration tracer/solute",
    "scanner/facility scanner/operator scanner/manufacturer scanner/name scanner/topology",
    "acquisition/startTime acquisition/numAverages acquisition/numFrames acquisition/numPeriodsPerFrame",
    "acquisition/drivefield/numChannels acquisition/drivefield/strength acquisition/drivefield/phase",
    "acquisition/drivefield/baseFrequency acquisition/drivefield/divider acquisition/drivefield/waveform",
    "acquisition/drivefield/cycle acquisition/receiver/numChannels acquisition/receiver/bandwidth",
    "acquisition/receiver/numSamplingPoints acquisition/receiver/unit acquisition/receiver/dataConversionFactor",
    "measurement/data measurement/framePermutation measurement/isBackgroundCorrected measurement/isBackgroundFrame",
    "measurement/isFastFrameAxis measurement/isFourierTransformed measurement/isFramePermutation",
    "measurement/isFrequencySelection measurement/isSparsityTransformed measurement/isSpectralLeakageCorrected",
    "measurement/isTransferFunctionCorrected calibration/method",
]
REQUIRED = [name for line in REQUIRED for name in line.split()]


def test_a_spectrometer_has_no_positions(tmp_path):
    path = write_mdf(tmp_path / "table.mdf", offsets=[0.0, 1e3, 5e3], sampling_points=16, **MATRIX)
    with h5py.File(path) as file:
        assert file["scanner/topology"].asstr()[()] == "MPS"
        assert "positions" not in file["calibration"]
        assert "gradient" not in file["acquisition"]
        assert np.isnan(file["tracer/volume"][0])


def test_the_same_arguments_give_the_same_file(tmp_path):
    local = NOON.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=5)))
    one = write_mdf(tmp_path / "a.mdf", offsets=[0.0, 1e3], sampling_points=8, **MATRIX)
    other = write_mdf(tmp_path / "b.mdf", offsets=[0.0, 1e3], sampling_points=8, **(MATRIX | {"time": local}))
    assert one.read_bytes() == other.read_bytes()
    third = write_mdf(tmp_path / "c.mdf", offsets=[0.0], sampling_points=8, **(MATRIX | {"uuid": None, "time": None}))
    with h5py.File(third) as file:
        assert uuids.UUID(file["uuid"].asstr()[()]).version == 4
        assert datetime.fromisoformat(file["time"].asstr()[()]) > NOON


def test_progress_reaches_one(tmp_path):
    seen = []
    write_mdf(tmp_path / "a.mdf", offsets=OFFSETS, sampling_points=8, progress=seen.append, **MATRIX)
    assert seen[-1] == 1.0
    assert seen == sorted(seen)


def test_nothing_is_left_behind_by_a_failure(tmp_path, monkeypatch):
    target = tmp_path / "matrix.mdf"
    target.write_bytes(b"before")

    def fails(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mdf.os, "replace", fails)
    with pytest.raises(DataError, match="No space left"):
        write_mdf(target, offsets=[0.0], sampling_points=8, **MATRIX)
    assert [file.name for file in tmp_path.iterdir()] == ["matrix.mdf"]
    assert target.read_bytes() == b"before"


def test_a_folder_is_not_overwritten(tmp_path):
    with pytest.raises(InputError, match="folder"):
        write_mdf(tmp_path, offsets=[0.0], **MATRIX)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError):
        write_mdf(tmp_path / "file" / "matrix.mdf", offsets=[0.0], sampling_points=8, **MATRIX)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"H": 0.0}, "H"),
        ({"f": -1.0}, "f"),
        ({"core_diameter": -1e-9}, "core_diameter"),
        ({"offsets": []}, "offsets"),
        ({"offsets": [0.0, 0.0]}, "offsets"),
        ({"offsets": [math.nan]}, "offsets"),
        ({"gradient": 0.0}, "gradient"),
        ({"sampling_points": 7}, "sampling_points"),
        ({"sampling_points": 2}, "sampling_points"),
        ({"bias": 1.0}, "bias"),
        ({"uuid": "seven"}, "uuid"),
    ],
)
def test_bad_input_is_named_and_writes_nothing(tmp_path, change, field):
    with pytest.raises(InputError) as raised:
        write_mdf(tmp_path / "a.mdf", **({"offsets": [0.0]} | MATRIX | change))
    assert raised.value.field == field
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "field"),
    [({"gradient": 0.0}, "gradient"), ({"swing": 1.0}, "swing"), ({"count": 3}, "count"), ({"bias": 1.0}, "bias")],
)
def test_bad_input_of_the_point_spread_is_named(change, field):
    with pytest.raises(InputError) as raised:
        point_spread(**({"K": 0.0, "H": FIELD, "f": 100.0, "gradient": GRADIENT} | CORE | change))
    assert raised.value.field == field
