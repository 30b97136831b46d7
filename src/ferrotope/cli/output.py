"""The output folder: checked before anything is computed, filled file by file, and never emptied."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ferrotope.errors import InputError

if TYPE_CHECKING:
    from ferrotope.result import Result

__all__ = ["VALIDATION_FILES", "check_folder", "default_folder", "write", "write_files"]

VALIDATION_FILES = ("predicted-against-measured.csv", "predicted-against-measured.html")
_FILES = ("result.nc", "summary.json", "report.html", *VALIDATION_FILES)
_TEMPORARY = ".ferrotope-"


def default_folder(study: str) -> Path:
    """Return where a study's output goes: ``out`` and the name of the file, the folder or the catalogue system."""
    name = Path(os.path.abspath(study)).name
    return Path("out") / (name.removesuffix(".toml") or "study")


def check_folder(folder: Path) -> None:
    """Refuse a place that cannot take the output.

    Parameters
    ----------
    folder : Path
        Where the files shall go; it need not exist.

    Raises
    ------
    InputError
        If it is a file, or a folder with files that Ferrotope did not write.
    """
    folder = Path(os.path.abspath(folder))
    with _reachable(folder):
        if folder.exists() and not folder.is_dir():
            raise InputError(
                "the output is a folder, and a file of that name exists",
                field="--output",
                value=str(folder),
                remedy="choose another name",
            )
        names = [item.name for item in folder.iterdir()] if folder.is_dir() else []
        if strange := [name for name in names if name not in _FILES and not name.startswith(_TEMPORARY)]:
            raise InputError(
                f"the folder holds files that Ferrotope did not write, such as '{sorted(strange)[0]}'",
                field="--output",
                value=str(folder),
                remedy="choose a new folder",
            )


def write(result: Result, folder: Path) -> None:
    """Write result, summary and report; each file appears whole, and an earlier one stays until then.

    Parameters
    ----------
    result : Result
        Of a run.
    folder : Path
        Made where it does not exist.

    Raises
    ------
    InputError
        If something cannot be written; nothing is changed then.
    """
    from ferrotope.report import write_report
    from ferrotope.result.store import write_summary

    writers = {
        "result.nc": result.save,
        "summary.json": lambda path: write_summary(result, path),
        "report.html": lambda path: write_report(result, path),
    }
    write_files(writers, folder)


def write_files(writers: Mapping[str, Callable[[Path], object]], folder: Path) -> None:
    """Write files; each appears whole, and an earlier one stays until then.

    Parameters
    ----------
    writers : mapping of str to callable
        By the name of the file; each is called with the path that it shall write.
    folder : Path
        Made where it does not exist.

    Raises
    ------
    InputError
        If something cannot be written; nothing is changed then.
    """
    folder = Path(os.path.abspath(folder))
    with _reachable(folder):
        made = [place for place in (folder, *folder.parents) if not place.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # inside the folder, so that moving a file is one step on one disk
            partial = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder))
            try:
                for name, write_one in writers.items():
                    write_one(partial / name)
                for name in writers:
                    os.replace(partial / name, folder / name)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
        finally:
            for place in made:
                with contextlib.suppress(OSError):
                    place.rmdir()  # only what is empty goes


@contextlib.contextmanager
def _reachable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"the output cannot be written: {error.strerror or error}",
            field="--output",
            value=str(folder),
            remedy="choose a folder that you may write to",
        ) from error
