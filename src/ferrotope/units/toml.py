"""Reading a TOML file that somebody wrote by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ferrotope.errors import InputError

__all__ = ["read_toml"]

_LARGEST = 4_000_000  # bytes; a study is a few kilobytes


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of reasonable size.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict
        Its tables.

    Raises
    ------
    InputError
        If there is no such file, it is empty, too large, not text or not TOML.
    """
    remedy = "give the path of a study file in TOML, or the id of a catalogue system (ferrotope show)"
    try:
        if not path.is_file():
            raise InputError("there is no such file", file=path, remedy=remedy)
        size = path.stat().st_size
        if size > _LARGEST:
            raise InputError(
                "the file is too large for a study",
                file=path,
                value=f"{size / 1e6:.0f} MB",
                allowed=f"up to {_LARGEST / 1e6:.0f} MB",
                remedy=remedy,
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror or error}", file=path, remedy=remedy) from error
    except UnicodeDecodeError as error:
        raise InputError(
            "the file is not text in UTF-8", file=path, remedy="a study is a TOML text file; save it as UTF-8"
        ) from error
    if not text.strip():
        raise InputError("the file is empty", file=path, remedy=remedy)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = (
            str(error) if isinstance(error, tomllib.TOMLDecodeError) else "its values are nested too deeply or too long"
        )
        raise InputError(
            f"the file is not valid TOML: {said}", file=path, remedy='text needs quotes, as in diameter = "10 nm"'
        ) from error
