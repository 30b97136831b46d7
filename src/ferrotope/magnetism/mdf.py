"""System matrices of simulated tracers in the MPI data format (MDF)."""

from __future__ import annotations

import io
import math
import os
import uuid as uuids
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ferrotope.errors import InputError, ValidityError
from ferrotope.magnetism.tracer import at_once, harmonic_spectrum
from ferrotope.result.store import put
from ferrotope.units.checks import between, positive
from ferrotope.units.constants import VACUUM_PERMEABILITY

__all__ = ["write_mdf"]

MDF_VERSION = "2.1.0"
_TOLERANCE = 1e-4  # of the loss, where there are axes as well as offsets to go through


def write_mdf(
    path: str | os.PathLike[str],
    core_diameter: float,
    Ms: float,
    K: float,
    H: float,
    f: float,
    offsets: ArrayLike,
    *,
    gradient: float | None = None,
    sampling_points: int = 64,
    material: str = "",
    tracer_name: str = "",
    tracer_volume: float = math.nan,
    iron_concentration: float = math.nan,
    study_name: str = "ferrotope",
    description: str = "",
    uuid: str | uuids.UUID | None = None,
    time: datetime | None = None,
    progress: Callable[[float], None] | None = None,
    **options: Any,
) -> Path:
    """Write the response of the particle over offset fields as a system matrix in the MPI data format (MDF, HDF5).

    What is simulated: a point of particles in a sinusoidal field H cos wt along z, with a static offset along z that
    stands for its place in the gradient, seen by one coil along z of unit sensitivity without noise, background and
    transfer function. One frame an offset, one drive-field channel, one receive channel.

    Parameters
    ----------
    path : path
        File to write; an existing file is replaced, only once the new one is whole.
    core_diameter, Ms, K, H, f
        As for `dynamic_loop`, SI; H and f above 0.
    offsets : array_like, shape (n,)
        Static fields along z in A/m, all different.
    gradient : float, optional
        Of the selection field along z in A/m2. With it the offsets become positions, offset/gradient, on a grid if
        they are equidistant; without it the table is that of a spectrometer with offset fields.
    sampling_points : int
        Samples of one period, even: the table holds the frequencies 0 to ``sampling_points/2`` times f. The last is
        0, as behind a filter.
    material, tracer_name : str
        Names for the tracer group.
    tracer_volume, iron_concentration : float
        Of the sample in m3 and of iron in it in mol/m3, as metadata: the response is per volume of core whatever they
        are. Not a number where not known.
    study_name, description : str
        Metadata.
    uuid : str or UUID, optional
        Identifier of the file, from which those of study and experiment are derived; random if not given.
    time : datetime, optional
        Time of creation, in UTC unless it has a zone; now if not given.
    progress : callable, optional
        Called with the part done, 0 to 1.
    **options
        As for `harmonic_spectrum`, with ``tolerance`` 1e-4 where that has 1e-5.

    Returns
    -------
    Path
        Of the file.

    Raises
    ------
    InputError
        If a number is out of range, or the path is a folder.
    ValidityError
        If a response did not converge.
    DataError
        If the file cannot be written.

    Notes
    -----
    Groups and fields of MDF 2.1.0 (Knopp et al., arXiv:1602.06072; names and dimensions from its specification and
    the reader of its authors). ``/measurement/data`` is complex (a compound of r and i) with dimensions period,
    channel, frequency, frame, and holds the discrete Fourier transform, not normalised, of dM/dt in A/(m s): component
    k is V/2 i k w M_k for V samples. Fields are in T/mu0 as the format wants. What the format has no field for starts
    with an underscore: the core, its material and the model in ``/tracer``.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError("this is a folder", field="path", value=str(path), remedy="give the name of a file")
    positive("H", H, "A/m")
    positive("f", f, "Hz")
    offsets = _offsets(offsets)
    if gradient is not None:
        positive("gradient", gradient, "A/m2")
    between("sampling_points", sampling_points, 4, 100_000)
    if sampling_points != int(sampling_points) or sampling_points % 2:
        raise InputError("an even whole number is needed", field="sampling_points", value=sampling_points)
    if "bias" in options:
        raise InputError("the offsets are the bias", field="bias", value=options["bias"])
    if not at_once(K, options):
        options = {"tolerance": _TOLERANCE} | options
    identity = _identity(uuid)
    stamp = _stamp(time)
    response, method = _responses(core_diameter, Ms, K, H, f, offsets, int(sampling_points) // 2, progress, options)
    fields = _root(identity, stamp, study_name, description or method)
    fields |= _tracer(core_diameter, Ms, K, material, tracer_name, tracer_volume, iron_concentration, method, options)
    fields |= _acquisition(H, f, gradient, int(sampling_points), offsets.size, stamp)
    fields |= _measurement(response, int(sampling_points)) | _calibration(offsets, gradient)
    _write(path, fields)
    return path


def _offsets(offsets: ArrayLike) -> NDArray[np.float64]:
    offsets = np.asarray(offsets, dtype=float)
    if offsets.ndim != 1 or offsets.size == 0 or not np.isfinite(offsets).all():
        raise InputError("one or more finite fields are needed", field="offsets", value=f"shape {offsets.shape}")
    if np.unique(offsets).size < offsets.size:
        raise InputError("an offset is given twice", field="offsets", value=offsets)
    return offsets


def _identity(uuid: str | uuids.UUID | None) -> uuids.UUID:
    try:
        return uuids.uuid4() if uuid is None else uuids.UUID(str(uuid))
    except ValueError as error:
        raise InputError(
            "this is no UUID", field="uuid", value=uuid, allowed="32 hexadecimal digits in groups of 8-4-4-4-12"
        ) from error


def _stamp(time: datetime | None) -> str:
    time = datetime.now(UTC) if time is None else time
    if time.tzinfo is not None:
        time = time.astimezone(UTC).replace(tzinfo=None)
    return time.isoformat(timespec="milliseconds")


def _responses(core_diameter, Ms, K, H, f, offsets, top, progress, options) -> tuple[NDArray[np.complex128], str]:
    """Return the harmonics of dM/dt, shape (frequency, offset), the top one 0, and the method.

    A field turned round turns the magnetisation half a cycle later: an offset and its negative are one calculation.
    """
    response = np.zeros((top + 1, offsets.size), dtype=complex)
    sign = np.where(np.arange(top + 1) % 2 == 1, 1.0, -1.0)
    found: dict[float, NDArray[np.complex128]] = {}
    method = ""
    for number, offset in enumerate(offsets):
        size = abs(float(offset))
        if size not in found:
            spectrum = harmonic_spectrum(core_diameter, Ms, K, H, f, bias=size, **options)
            if not spectrum.converged:
                raise ValidityError(
                    "the response did not converge",
                    field="offsets",
                    value=f"{size:.4g} A/m",
                    remedy="give a larger tolerance",
                )
            kept = np.zeros(top + 1, dtype=complex)
            count = min(top, spectrum.signal.size)
            kept[:count] = spectrum.signal[:count]
            found[size], method = kept, spectrum.method
        response[:, number] = found[size] if offset >= 0 else sign * found[size]
        if progress is not None:
            progress((number + 1) / offsets.size)
    return response, method


def _root(identity: uuids.UUID, stamp: str, study_name: str, description: str) -> dict[str, Any]:
    study, experiment = (str(uuids.uuid5(identity, name)) for name in ("study", "experiment"))
    return {
        "/version": MDF_VERSION,
        "/uuid": str(identity),
        "/time": stamp,
        "/study/name": study_name,
        "/study/number": np.int64(1),
        "/study/uuid": study,
        "/study/description": "Simulated response of magnetic nanoparticles",
        "/experiment/name": "system matrix",
        "/experiment/number": np.int64(1),
        "/experiment/uuid": experiment,
        "/experiment/description": description,
        "/experiment/subject": "none",
        "/experiment/isSimulation": np.int8(1),
        "/scanner/facility": "none",
        "/scanner/operator": "none",
        "/scanner/manufacturer": "none",
        "/scanner/name": "Ferrotope",
    }


def _tracer(core_diameter, Ms, K, material, name, volume, concentration, method, options) -> dict[str, Any]:
    given = {
        "_geometricStandardDeviation": options.get("sigma_g", 1.0),
        "_temperature": options.get("T", 310.15),
        "_damping": options.get("alpha", 0.1),
        "_gyromagneticRatio": options.get("gamma", 1.76085963e11),
        "_easyAxis": str(options.get("easy_axis", "random")),
        "_mode": options.get("mode", "neel"),
    }
    for word, field in (("hydrodynamic_diameter", "_hydrodynamicDiameter"), ("viscosity", "_viscosity")):
        if options.get(word) is not None:
            given[field] = options[word]
    fields = {
        "name": [name or material or "unnamed"],
        "batch": ["none"],
        "vendor": ["none"],
        "volume": [float(volume) * 1e3],  # litres
        "concentration": [float(concentration) * 1e-3],  # mol per litre
        "solute": ["Fe"],
        "_material": [material or "not stated"],
        "_coreDiameter": [core_diameter],
        "_saturationMagnetisation": [Ms],
        "_anisotropyConstant": [K],
        "_method": [method],
    }
    fields |= {field: [value] for field, value in given.items()}
    return {f"/tracer/{field}": value for field, value in fields.items()}


def _acquisition(H, f, gradient, sampling_points, frames, stamp) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "/scanner/topology": "MPS" if gradient is None else "FFP",
        "/acquisition/startTime": stamp,
        "/acquisition/numAverages": np.int64(1),
        "/acquisition/numFrames": np.int64(frames),
        "/acquisition/numPeriodsPerFrame": np.int64(1),
        "/acquisition/drivefield/numChannels": np.int64(1),
        "/acquisition/drivefield/baseFrequency": float(f),
        "/acquisition/drivefield/cycle": 1.0 / f,
        "/acquisition/drivefield/divider": np.ones((1, 1), dtype=np.int64),
        "/acquisition/drivefield/strength": np.full((1, 1, 1), VACUUM_PERMEABILITY * H),
        "/acquisition/drivefield/phase": np.full((1, 1, 1), 0.5 * np.pi),  # a cosine
        "/acquisition/drivefield/waveform": [["sine"]],
        "/acquisition/receiver/numChannels": np.int64(1),
        "/acquisition/receiver/bandwidth": 0.5 * sampling_points * f,
        "/acquisition/receiver/numSamplingPoints": np.int64(sampling_points),
        "/acquisition/receiver/unit": "A/(m s)",
        "/acquisition/receiver/dataConversionFactor": np.array([[1.0, 0.0]]),
    }
    if gradient is not None:
        # free of sources: what it is along z it is, by halves and opposite, across
        steepness = VACUUM_PERMEABILITY * gradient * np.diag([-0.5, -0.5, 1.0])
        fields["/acquisition/gradient"] = steepness.reshape(1, 1, 3, 3)
        fields["/acquisition/offsetField"] = np.zeros((1, 1, 3))
    return fields


def _measurement(response: NDArray[np.complex128], sampling_points: int) -> dict[str, Any]:
    frames = response.shape[1]
    scale = np.full(response.shape[0], 0.5 * sampling_points)
    scale[0] = sampling_points
    flags = {
        "isBackgroundCorrected": 1,
        "isFastFrameAxis": 1,
        "isFourierTransformed": 1,
        "isFramePermutation": 1,
        "isFrequencySelection": 0,
        "isSparsityTransformed": 0,
        "isSpectralLeakageCorrected": 1,
        "isTransferFunctionCorrected": 1,
    }
    fields = {f"/measurement/{name}": np.int8(value) for name, value in flags.items()}
    return fields | {
        "/measurement/data": (scale[:, None] * response).reshape(1, 1, *response.shape),
        "/measurement/framePermutation": np.arange(1, frames + 1),
        "/measurement/isBackgroundFrame": np.zeros(frames, dtype=np.int8),
    }


def _calibration(offsets: NDArray[np.float64], gradient: float | None) -> dict[str, Any]:
    along = np.array([0.0, 0.0, 1.0])
    fields: dict[str, Any] = {
        "/calibration/method": "simulation",
        "/calibration/offsetFields": VACUUM_PERMEABILITY * np.outer(offsets, along),
    }
    if gradient is None:
        return fields
    places = offsets / gradient
    fields["/calibration/positions"] = np.outer(places, along)
    steps = np.diff(places)
    if places.size > 1 and (steps > 0).all() and np.allclose(steps, steps.mean(), rtol=1e-6):
        # voxels reach half a step beyond their centres; across there is one, as wide
        fields["/calibration/size"] = np.array([1, 1, places.size])
        fields["/calibration/fieldOfView"] = steps.mean() * np.array([1.0, 1.0, places.size])
        fields["/calibration/fieldOfViewCenter"] = places.mean() * along
        fields["/calibration/order"] = "xyz"
        fields["/calibration/isMeanderingGrid"] = np.int8(0)
    return fields


def _write(path: Path, fields: dict[str, Any]) -> None:
    """Write the fields by way of memory and of a temporary name: a file that exists is whole."""
    import h5py

    content = io.BytesIO()
    text = h5py.string_dtype()
    with h5py.File(content, "w") as file:
        for name, value in fields.items():
            words = isinstance(value, str) or (isinstance(value, list) and isinstance(np.ravel(value)[0], str))
            file.create_dataset(name, data=value, dtype=text if words else None)
    put(content.getvalue(), path, "table")
