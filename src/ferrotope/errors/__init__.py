"""The errors that Ferrotope raises on purpose.

Every message says which field, what value with its unit, what is allowed and what to do about it.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterable, Iterator

__all__ = ["DataError", "FerrotopeError", "InputError", "SchemaError", "ValidityError", "naming", "nearest"]


class FerrotopeError(Exception):
    """Base of all errors that Ferrotope raises on purpose.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence without a full stop.
    field : str, optional
        Path of the offending field, for example ``particle.core.diameter``.
    value : object, optional
        The value as the user wrote it, with its unit.
    allowed : str, optional
        The range or the list of what is allowed.
    remedy : str, optional
        What the user can do.
    file : str or path, optional
        The file in which the field stands.
    """

    def __init__(
        self,
        problem: str,
        *,
        field: str | None = None,
        value: object = None,
        allowed: str | None = None,
        remedy: str | None = None,
        file: object = None,
    ) -> None:
        self.problem, self.field, self.value = problem, field, value
        self.allowed, self.remedy, self.file = allowed, remedy, file
        super().__init__(problem)

    def __str__(self) -> str:
        where = ": ".join(str(part) for part in (self.file, self.field) if part)
        text = f"{where}: {self.problem}" if where else self.problem
        if self.value is not None:
            text += f" (got {_shown(self.value)})"
        if self.allowed:
            text += f". Allowed: {self.allowed}"
        if self.remedy:
            text += f". {self.remedy[0].upper()}{self.remedy[1:]}"
        return text if text.endswith((".", "?")) else text + "."


class InputError(FerrotopeError, ValueError):
    """The user's input is wrong: a study, a table, an argument."""


class DataError(InputError):
    """A data file is unreadable or contradicts itself."""


class SchemaError(InputError):
    """A file was written under a schema that this version cannot read."""


class ValidityError(FerrotopeError, ValueError):
    """A formula was asked for an answer outside the range in which it holds."""


@contextlib.contextmanager
def naming(file: object) -> Iterator[None]:
    """Let errors that do not say in which file the field stands say that it is this one.

    Parameters
    ----------
    file : str or path or None
        The file.
    """
    try:
        yield
    except FerrotopeError as error:
        error.file = error.file or file
        raise


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a remedy that names the closest known words.

    Parameters
    ----------
    word : str
        What the user wrote.
    known : iterable of str
        What is allowed.

    Returns
    -------
    str
        "did you mean ...?" or the list of what is known.
    """
    known = sorted(set(known))
    lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), lower, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(f"'{lower[name]}'" for name in close) + "?"
    listed = ", ".join(known[:30])
    return f"known are: {listed}" + (", ..." if len(known) > 30 else "")


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 120 else text[:117] + "..."
