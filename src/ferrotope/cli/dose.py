"""`ferrotope dose`: absorbed dose from a series of images."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ferrotope.errors import InputError

if TYPE_CHECKING:
    from ferrotope.study.image_dose import ImageDose

__all__ = ["dose"]

_DECAY_HELP = (
    "To when the values are corrected for decay: image (they are the activity at the time of the image) or injection."
)


def dose(
    images: Annotated[
        list[Path], typer.Argument(help="NIfTI files, or folders with one DICOM series each, from early to late.")
    ],
    nuclide: Annotated[str, typer.Option("--nuclide", help="What decays, for example Lu-177.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A new folder for maps, tables and report.")],
    times: Annotated[
        str | None, typer.Option("--times", help='Times of the images after injection: "4 h, 24 h, 96 h".')
    ] = None,
    decay_reference: Annotated[str | None, typer.Option("--decay-reference", help=_DECAY_HELP)] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="Of the values: Bq/mL and the like, Bq (of a voxel), or counts.")
    ] = None,
    calibration: Annotated[
        str | None, typer.Option("--calibration", help='What a count is: "12 Bq/mL", "40 Bq" or "9.1 cps/MBq".')
    ] = None,
    injected: Annotated[
        str | None, typer.Option("--injected", help='When, for DICOM series without it: "2026-03-01 09:30".')
    ] = None,
    mask: Annotated[
        Path | None, typer.Option("--mask", help="NIfTI file with the number of its region in every voxel.")
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option("--region", help="Name of a label of the mask, as in 2=tumour; repeatable.")
    ] = None,
    fit: Annotated[
        str | None,
        typer.Option(
            "--fit",
            help="region: exponentials fitted to each region; voxel: images joined in every voxel, then physical decay "
            "alone, too high for what is cleared. Default: region with --mask, else voxel.",
        ),
    ] = None,
    negative: Annotated[
        str, typer.Option("--negative", help="Negative voxels: refuse, or zero (the report says what that adds).")
    ] = "refuse",
    administered_activity: Annotated[
        str | None, typer.Option("--administered-activity", help='At the injection, for example "7.4 GBq".')
    ] = None,
    density: Annotated[
        str | None, typer.Option("--density", help='For example "1.04 g/cm3"; water where it is left out.')
    ] = None,
    density_map: Annotated[
        Path | None, typer.Option("--density-map", help="NIfTI file of the density in g/cm3 on the images' grid.")
    ] = None,
    method: Annotated[str, typer.Option("--method", help="auto, convolution or local.")] = "auto",
    daughters: Annotated[
        str | None, typer.Option("--daughters", help='prompt, equilibrium, or "Bi-213=0.5, Tl-209=0.01".')
    ] = None,
    relative_error: Annotated[
        float | None, typer.Option("--relative-error", help="Of the activity of a region in one image (default 0.1).")
    ] = None,
    by_radiation: Annotated[
        bool, typer.Option("--by-radiation", help="Also find the mean doses of each radiation.")
    ] = False,
    dose_rates: Annotated[
        bool, typer.Option("--dose-rates/--no-dose-rates", help="Write the map of the dose rate at each image.")
    ] = True,
    rt_dose: Annotated[
        bool | None, typer.Option("--rt-dose/--no-rt-dose", help="Write DICOM RT Dose (default: for DICOM images).")
    ] = None,
) -> None:
    """Absorbed dose from a series of PET or SPECT images: maps, dose-volume histograms and a report."""
    from rich.console import Console

    from ferrotope.cli.app import _say
    from ferrotope.cli.output import write_files
    from ferrotope.cli.progress import StageProgress
    from ferrotope.imaging.dicom_tags import injection_moment, pydicom_module
    from ferrotope.imaging.image_files import check_series, open_image
    from ferrotope.imaging.image_masks import read_labels
    from ferrotope.nuclides import Nuclide
    from ferrotope.study.image_dose import RELATIVE_ERROR, image_dose
    from ferrotope.study.image_dose_result import image_dose_result

    _check_new(output)
    write_files({}, output)  # refuses now what could not be written after the work
    emitter = Nuclide(nuclide)
    administered = _quantity("--administered-activity", administered_activity, "Bq")
    weight = _density("--density", density, density_map)
    named = _named(region or [])
    chain = _daughters(daughters)
    when = [None] * len(images) if times is None else _times(times, len(images))
    moment = None if injected is None else injection_moment(injected)
    with StageProgress(Console(stderr=True)) as progress:
        progress("reading", 0, 0)
        opened = [
            open_image(
                path,
                emitter,
                time=time,
                decay_reference=decay_reference,
                unit=unit,
                calibration=calibration,
                injected=moment,
            )
            for path, time in zip(images, when, strict=True)
        ]
        check_series(opened)
        if rt_dose is None:
            rt_dose = opened[0].dicom is not None
        if rt_dose:
            pydicom_module()
        labels = None if mask is None else read_labels(mask, opened[0].grid, opened[0].path)
        if density_map is not None:
            weight = _density_map(density_map, opened[0])
        found = image_dose(
            opened,
            emitter,
            labels=labels,
            names=named,
            density=weight,
            method=method,
            daughters=chain,
            integration=fit,
            negative=negative,
            relative_error=RELATIVE_ERROR if relative_error is None else relative_error,
            by_radiation=by_radiation,
            dose_rates=dose_rates,
            progress=progress,
        )
        progress("writing", 0, 0)
        result = image_dose_result(found, administered_activity=administered)
        volumes = _volumes(found, rt_dose)
        write_files({**volumes, **_tables(result, tuple(volumes))}, output)
    warnings = [f"warning: {notice.text}" for notice in result.notices if notice.level == "warning"]
    _say("\n".join([result.summary(), "", *warnings, f"report: {output / 'report.html'}"]))


def _volumes(found: ImageDose, rt_dose: bool) -> dict[str, Callable[[Path], object]]:
    """Writers of the maps by name of the file."""
    from ferrotope.imaging.nifti import write_nifti
    from ferrotope.imaging.rt_dose import write_rt_dose

    grid, name = found.grid, found.nuclide.name
    writers: dict[str, Callable[[Path], object]] = {
        "dose.nii.gz": lambda path: write_nifti(path, found.dose.dose, grid, f"absorbed dose of {name} (Gy)"),
        "time_integrated_activity.nii.gz": lambda path: write_nifti(
            path, found.time_integrated_activity, grid, f"decays of {name} in a voxel (Bq s)"
        ),
    }
    for number, rate in enumerate(found.dose_rates, start=1):
        hours = found.images[number - 1].time / 3600.0
        said = f"dose rate of {name} at {hours:.4g} h (Gy/h)"
        writers[f"dose_rate_{number}.nii.gz"] = lambda path, rate=rate, said=said: write_nifti(
            path, 3600.0 * rate, grid, said
        )
    if rt_dose:
        header = found.images[0].dicom.header if found.images[0].dicom is not None else None
        said = f"{name}: {found.dose.method}"
        writers["dose.dcm"] = lambda path: write_rt_dose(path, found.dose.dose, grid, header, said)
    return writers


def _tables(result: Any, volumes: tuple[str, ...]) -> dict[str, Callable[[Path], object]]:
    """Writers of result, summary and report, which name the maps beside them by their hashes."""
    from ferrotope.report.image_dose import write_image_dose_page
    from ferrotope.result.store import write_summary

    def complete(folder: Path) -> Any:
        hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in volumes}
        return replace(result, provenance={**result.provenance, "volumes_sha256": hashes})

    return {
        "result.nc": lambda path: complete(path.parent).save(path),
        "summary.json": lambda path: write_summary(complete(path.parent), path),
        "report.html": lambda path: write_image_dose_page(result, path),
    }


def _check_new(folder: Path) -> None:
    """Refuse a folder with anything in it: maps of another series would stay beside the new ones."""
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise InputError(f"the folder cannot be read: {error.strerror}", field="--output", value=str(folder)) from error
    if taken:
        raise InputError(
            "there is something of this name already",
            field="--output",
            value=str(folder),
            remedy="choose a new or an empty folder",
        )


def _quantity(option: str, text: str | None, si: str) -> float | None:
    from ferrotope.units.fields import to_value

    if text is None:
        return None
    try:
        return to_value(text, si, positive=True).number
    except InputError as error:
        error.field = error.field or option
        raise


def _times(text: str, number: int) -> list[float]:
    from ferrotope.units.fields import to_value

    found = []
    for part in text.split(","):
        try:
            found.append(to_value(part.strip(), "s", low=0.0).number)
        except InputError as error:
            error.field = error.field or "--times"
            error.remedy = 'write each with its unit, as in "4 h, 24 h, 96 h"'
            raise
    if len(found) != number:
        raise InputError(
            f"there are {number} images",
            field="--times",
            value=text,
            allowed=f"{number} times",
            remedy='write them in the order of the images, as in "4 h, 24 h, 96 h"',
        )
    return found


def _density(option: str, text: str | None, density_map: Path | None) -> float | None:
    if text is not None and density_map is not None:
        raise InputError("there are two densities", field=option, value=text, remedy="drop --density or --density-map")
    return _quantity(option, text, "kg/m3")


def _density_map(path: Path, image: Any) -> Any:
    from ferrotope.imaging.nifti import open_nifti

    file = open_nifti(path).reoriented(image.grid)
    image.grid.require_same(file.grid, path, image.path)
    return 1e3 * file.values()


def _named(given: list[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for text in given:
        label, _, name = text.partition("=")
        if not label.strip().isdecimal() or not name.strip() or int(label) in found or int(label) == 0:
            raise InputError("this names no label, or one twice", field="--region", value=text, remedy="write 2=tumour")
        found[int(label)] = name.strip()
    return found


def _daughters(text: str | None) -> str | dict[str, float] | None:
    if text is None or "=" not in text:
        return text
    found = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        if name.strip() in found:
            raise InputError("a daughter is named twice", field="--daughters", value=text, remedy="name each once")
        try:
            found[name.strip()] = float(number)
        except ValueError as error:
            raise InputError(
                "these are no decays per decay of the parent",
                field="--daughters",
                value=part.strip(),
                remedy='write "Bi-213=0.5, Tl-209=0.01"',
            ) from error
    return found
