"""A measured biodistribution: what was counted in which organ, when, and under which reading."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ferrotope.errors import DataError, InputError, nearest
from ferrotope.subject import canonical_organ

__all__ = ["MOST_MEAN_LIVES", "UNITS", "BiodistributionTable", "OrganRows", "require_reading"]

UNITS = ("%ID/g", "%ID")
MOST_MEAN_LIVES = 50.0  # nothing of 1e21 atoms is left, so nothing was counted


def require_reading(unit: object, decay_corrected: object, file: object = None) -> None:
    """Refuse a table whose unit or decay correction nobody stated.

    Parameters
    ----------
    unit : str or None
        "%ID/g" or "%ID".
    decay_corrected : bool or None
        Whether the values were corrected for decay to the time of injection.
    file : str or path, optional
        Named in the error.

    Raises
    ------
    InputError
        When either is missing or is something else; the message says why it matters.
    """
    if unit is None:
        raise InputError(
            "the unit of the biodistribution table is missing",
            field="unit",
            file=file,
            allowed="'%ID/g' or '%ID'",
            remedy="state it: the two differ by the mass of the organ in gram, by 1.4 for the liver and by 0.1 for the "
            "spleen of a mouse, and so does every dose",
        )
    if unit not in UNITS:
        raise InputError(
            "the unit of the biodistribution table is not known",
            field="unit",
            value=unit,
            file=file,
            allowed="'%ID/g' or '%ID'",
            remedy=nearest(str(unit), UNITS),
        )
    if decay_corrected is None:
        raise InputError(
            "whether the biodistribution table is decay-corrected is not stated",
            field="decay_corrected",
            file=file,
            allowed="true or false",
            remedy="state it: read the wrong way, physical decay is counted twice or not at all, and the dose is wrong "
            "by a factor that grows with every half-life",
        )
    if not isinstance(decay_corrected, (bool, np.bool_)):
        raise InputError(
            "decay_corrected must be true or false",
            field="decay_corrected",
            value=decay_corrected,
            file=file,
            allowed="true or false",
        )


@dataclass(frozen=True, eq=False)
class OrganRows:
    """What a table says of one organ, in the order of time.

    Parameters
    ----------
    times : array, shape (n,)
        Time after injection in s.
    values : array, shape (n,)
        As measured, in the table's unit.
    standard_deviations : array, shape (n,)
        Spread between the animals in the table's unit, nan where the table gives none.
    animals : array, shape (n,)
        Number of animals, nan where the table gives none.
    """

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    standard_deviations: NDArray[np.float64]
    animals: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BiodistributionTable:
    """A biodistribution with the reading that makes its numbers mean something.

    Parameters
    ----------
    organs : dict of str to OrganRows
        Organ name (as the anatomy writes it) to its rows.
    unit : str
        "%ID/g" or "%ID".
    decay_corrected : bool
        Whether the values were corrected for decay to the time of injection.
    resolution : float
        Step of the last printed digit, in `unit`; 0 if not known. A printed 0.0 then means below half of it.
    name : str
        File or title, for messages.
    variant : str
        Which variant of the particle the rows are of, if the file holds several.
    """

    organs: dict[str, OrganRows]
    unit: str
    decay_corrected: bool
    resolution: float = 0.0
    name: str = ""
    variant: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        require_reading(self.unit, self.decay_corrected, self.name or None)
        if not self.organs:
            raise DataError("the biodistribution table holds no organ", file=self.name or None)
        if not any((rows.values > 0).any() for rows in self.organs.values()):
            raise DataError(
                "no organ of the biodistribution table holds anything at any time",
                file=self.name or None,
                remedy="check that the column 'value' is the content, and leave out what was not measured",
            )
        hasher = hashlib.sha256(repr((self.unit, bool(self.decay_corrected), float(self.resolution))).encode())
        for organ, rows in self.organs.items():
            hasher.update(organ.encode())
            for column in (rows.times, rows.values, rows.standard_deviations, rows.animals):
                hasher.update(np.ascontiguousarray(column, dtype=float).tobytes())
        # Two tables with the same content are the same table, so that fits are found again when a file is read again.
        object.__setattr__(self, "digest", hasher.hexdigest())

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BiodistributionTable) and other.digest == self.digest

    @property
    def times(self) -> NDArray[np.float64]:
        """All times in the table, in s, increasing."""
        return np.unique(np.concatenate([rows.times for rows in self.organs.values()]))

    def decay_factor(self, times: NDArray[np.float64], decay_constant: float) -> NDArray[np.float64]:
        """What turns the table's values at `times` (s) into decay-corrected ones, decay_constant in 1/s.

        Raises DataError where nothing could have been counted any more.
        """
        if self.decay_corrected:
            return np.ones_like(times)
        if decay_constant * times.max() > MOST_MEAN_LIVES:
            raise DataError(
                "the table is not decay-corrected and its last time is too late to correct",
                file=self.name or None,
                value=f"{decay_constant * times.max() / np.log(2):.3g} half-lives after injection",
                allowed=f"up to {MOST_MEAN_LIVES / np.log(2):.0f} half-lives",
                remedy="check the nuclide, and whether the table is decay-corrected",
            )
        return np.exp(decay_constant * times)

    def read_as(self, *, unit: str | None = None, decay_corrected: bool | None = None) -> BiodistributionTable:
        """The same numbers under another reading of their unit or decay correction."""
        return replace(
            self,
            unit=self.unit if unit is None else unit,
            decay_corrected=self.decay_corrected if decay_corrected is None else decay_corrected,
        )

    @classmethod
    def from_values(
        cls,
        values: dict[str, tuple[list[float], list[float]]],
        *,
        unit: str,
        decay_corrected: bool,
        standard_deviations: dict[str, list[float]] | None = None,
        resolution: float = 0.0,
        name: str = "",
    ) -> BiodistributionTable:
        """Build a table from Python numbers.

        Parameters
        ----------
        values : dict of str to (times, values)
            Times in s and values in `unit` for each organ.
        unit, decay_corrected, resolution, name
            As for the class.
        standard_deviations : dict of str to list of float, optional
            One standard deviation a value.

        Returns
        -------
        BiodistributionTable

        Raises
        ------
        DataError
            When a number is negative or not finite, or a time stands twice.
        """
        organs = {}
        for organ, (times, numbers) in values.items():
            t, v = np.array(times, dtype=float), np.array(numbers, dtype=float)
            sd = np.array((standard_deviations or {}).get(organ, np.full(t.shape, np.nan)), dtype=float)
            if t.ndim != 1 or t.shape != v.shape or t.shape != sd.shape or not t.size:
                raise DataError("times and values must be lists of the same length", field=organ, file=name or None)
            if not (np.isfinite(t) & np.isfinite(v) & (t >= 0) & (v >= 0)).all() or (sd < 0).any():
                raise DataError("times and values must be finite and not negative", field=organ, file=name or None)
            order = np.argsort(t)
            if (np.diff(t[order]) <= 0).any():
                raise DataError("a time stands twice", field=organ, file=name or None)
            name_here = canonical_organ(organ)
            if name_here in organs:
                raise DataError("the organ stands twice under different names", field=organ, file=name or None)
            organs[name_here] = OrganRows(t[order], v[order], sd[order], np.full(t.shape, np.nan))
        return cls(organs, unit, decay_corrected, resolution=resolution, name=name)
