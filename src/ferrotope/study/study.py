"""A study: the input of Ferrotope, and the one verb that runs it."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ferrotope import __version__, catalogue
from ferrotope.errors import InputError, naming, nearest
from ferrotope.nuclides import Nuclide
from ferrotope.result import Input, Interval, Result
from ferrotope.study import sampling
from ferrotope.study.headlines import present
from ferrotope.study.load import merge, read_toml, validate
from ferrotope.study.pipeline import chain
from ferrotope.study.runner import Runner
from ferrotope.study.schema import Document
from ferrotope.study.scoring import score
from ferrotope.units.noun import leaves, place, substitute
from ferrotope.units.value import Value

__all__ = ["Study"]

Progress = Callable[[str, int, int], None]


class Study:
    """One particle in one subject under one protocol.

    Make it with `from_toml`, `from_catalogue` or `from_tables`.

    Parameters
    ----------
    document : Document
        The validated input.
    tables : mapping
        The same as plain tables, kept in the result.
    folder : Path
        Where relative file names start.
    assume : bool
        Whether a core that was not measured may be assumed.

    Raises
    ------
    InputError
        If the input is wrong.

    Examples
    --------
    >>> import ferrotope
    >>> result = ferrotope.Study.from_catalogue("yang2011-cu64-crgd-spion").run()
    >>> result["particle.particles_per_mg_iron"].unit
    '1/mg'
    """

    def __init__(self, document: Document, tables: Mapping[str, Any], folder: Path, *, assume: bool = False) -> None:
        core = document.particle.core
        if core is not None and core.diameter is not None and core.diameter.kind == "assumed" and not assume:
            raise InputError(
                "the core size of this particle was not measured",
                field="particle.core.diameter",
                value=core.diameter.text,
                remedy="run with --assume (Python: assume=True) for an illustration, or give the measured size",
            )
        document.protocol.check(document.subject.mass if document.subject else None)
        if document.biodistribution is not None:
            if document.subject is None:
                raise InputError(
                    "a biodistribution needs a subject", field="subject", remedy='add [subject] species = "mouse"'
                )
            label = document.particle.label
            half_life = Nuclide(label.nuclide).half_life if label else None
            loaded = document.biodistribution.load(folder, document.subject, half_life)
            document = document.model_copy(update={"biodistribution": loaded})
        table = document.biodistribution
        self._table_hash = hashlib.sha256((folder / table.file).read_bytes()).hexdigest() if table else ""
        self.document: Document = place(document)
        self.correlations = self._checked_correlations()
        self.tables = dict(tables)
        self.folder = folder
        self.file: object = None
        self.illustration = core is not None and core.diameter is not None and core.diameter.kind == "assumed"

    @classmethod
    def from_toml(cls, path: str | Path, *, assume: bool = False, catalogue_folder: str | Path | None = None) -> Study:
        """Read a study from a TOML file.

        Parameters
        ----------
        path : str or Path
            The file.
        assume : bool
            Whether a core that was not measured may be assumed.
        catalogue_folder : str or Path, optional
            A further folder of catalogue systems.

        Returns
        -------
        Study
            Ready to run.

        Raises
        ------
        InputError
            Naming the file, the field, the value, what is allowed and the remedy.
        """
        file = Path(path)
        return cls.from_tables(
            read_toml(file), folder=file.parent, file=file, assume=assume, catalogue_folder=catalogue_folder
        )

    @classmethod
    def from_catalogue(
        cls, id: str, *, variant: str = "", assume: bool = False, catalogue_folder: str | Path | None = None
    ) -> Study:
        """Return the study of a published system as its catalogue entry states it.

        Parameters
        ----------
        id : str
            For example "yang2011-cu64-crgd-spion"; `ferrotope.catalogue.ids()` lists them.
        variant : str
            Name of a variant of the entry.
        assume : bool
            Whether a core that was not measured may be assumed.
        catalogue_folder : str or Path, optional
            A further folder of catalogue systems.

        Returns
        -------
        Study
            Ready to run.
        """
        given = {"particle": {"catalogue": id, **({"variant": variant} if variant else {})}}
        return cls.from_tables(given, assume=assume, catalogue_folder=catalogue_folder)

    @classmethod
    def from_tables(
        cls,
        given: Mapping[str, Any],
        *,
        folder: str | Path = ".",
        file: object = None,
        assume: bool = False,
        catalogue_folder: str | Path | None = None,
    ) -> Study:
        """Return the study that plain tables describe, as they would be read from TOML.

        Parameters
        ----------
        given : mapping
            The tables of a study file.
        folder : str or Path
            Where relative file names start.
        file : object, optional
            What messages call the input.
        assume, catalogue_folder
            As in `from_toml`.

        Returns
        -------
        Study
            Ready to run.
        """
        tables, base = dict(given), Path(folder)
        if "variant" in tables and "system" not in tables:
            raise InputError(
                "the variant is chosen beside the catalogue system",
                field="variant",
                value=tables["variant"],
                remedy="write it under [particle]",
                file=file,
            )
        particle = tables.get("particle")
        if isinstance(particle, Mapping) and ("catalogue" in particle or "variant" in particle):
            own = {key: value for key, value in particle.items() if key not in ("catalogue", "variant")}
            with naming(file):
                entry = catalogue.entry(particle.get("catalogue"), base=base, extra=catalogue_folder)
                start = entry.tables_of(particle.get("variant"), merge=merge)
            validate(Document, start, entry.folder / "system.toml")  # so that its faults are not said to be the study's
            table = tables.get("biodistribution")
            if not (isinstance(table, Mapping) and "file" in table):
                base = entry.folder
            tables = merge(start, {**tables, "particle": own})
        tables.pop("variant", None)
        with naming(file):
            study = cls(validate(Document, tables, file), tables, base, assume=assume)
        study.file = file
        return study

    @property
    def title(self) -> str:
        """Title of the study, else of its system."""
        document = self.document
        return (
            document.study.title
            or (document.system.title if document.system else "")
            or document.particle.name
            or "untitled study"
        )

    def uncertain(self) -> dict[str, Value]:
        """Return the inputs about which something is not known, by path."""
        return {path: value for path, value in leaves(self.document) if value.uncertain}

    def run(self, samples: int | None = None, seed: int | None = None, progress: Progress | None = None) -> Result:
        """Run every stage, once at the medians and, where asked for, over samples of the uncertain inputs.

        Parameters
        ----------
        samples : int, optional
            Number of samples; by default what ``[uncertainty]`` of the study says, else a single run. 0 means a single
            run in any case.
        seed : int, optional
            Of the Sobol scrambling; by default the study's, else 0.
        progress : callable, optional
            Called as progress(what, done, total) while the study runs.

        Returns
        -------
        Result
            The headline is the run at the medians; intervals are sample quantiles.

        Raises
        ------
        InputError
            If the input is wrong in a way that only a stage can see.
        """
        asked = self.document.uncertainty
        samples = (asked.samples if asked else 0) if samples is None else samples
        seed = (asked.seed if asked else 0) if seed is None else seed
        if not isinstance(samples, int) or samples < 0 or 0 < samples < 8 or samples > 1_000_000:
            raise InputError(
                "the number of samples is out of range", field="samples", value=samples, allowed="0, or 8 to 1000000"
            )
        if not isinstance(seed, int) or seed < 0:
            raise InputError("the seed is a whole number", field="seed", value=seed, allowed="0 or more")
        with naming(self.file):
            return self._run(samples, seed, progress)

    def _run(self, samples: int, seed: int, progress: Progress | None) -> Result:
        values = dict(leaves(self.document))
        steps = iter(range(1, 100))
        central = Runner(values, progress=(lambda name: progress(name, next(steps), 0)) if progress else None)
        chain(self.document, central)
        outcomes = central.outcomes()
        records = {record.path: record for outcome in outcomes.values() for record in outcome.records}
        read = frozenset().union(*(trace.reads for trace in central.traces.values()))
        intervals: dict[str, Interval] = {}
        ranking: dict[str, list[tuple[str, float]]] = {}
        headlines = present(records)
        if samples:
            intervals, ranking = self._sampled(central, read, samples, seed, headlines, progress)
        return Result(
            title=self.title,
            records=records,
            series={name: outcome.series for name, outcome in outcomes.items()},
            notices=tuple(notice for outcome in outcomes.values() for notice in outcome.notices),
            inputs={
                path: _as_input(path, value, path in read)
                for path, value in values.items()
                if path in read or _told(path, value)
            },
            headlines=headlines,
            study=self.tables,
            provenance=self._provenance(samples, seed),
            intervals=intervals,
            ranking=ranking,
            scores=score(self.document, records),
        )

    def _sampled(
        self,
        central: Runner,
        read: frozenset[str],
        samples: int,
        seed: int,
        headlines: tuple[str, ...],
        progress: Progress | None,
    ) -> tuple[dict[str, Interval], dict[str, list[tuple[str, float]]]]:
        # Only inputs that some stage reads: an unread one cannot matter, and would cost a Sobol dimension.
        uncertain = {path: value for path, value in self.uncertain().items() if path in read}
        correlations = [item for item in self.correlations if item[0] in uncertain and item[1] in uncertain]
        numbers = sampling.design(uncertain, samples, seed, correlations)
        paths = [
            record.path
            for trace in central.traces.values()
            for record in trace.outcome.records
            if not isinstance(record.value, str)
        ]
        table = {path: np.full(samples, np.nan) for path in paths}
        valid = {path: np.ones(samples, dtype=bool) for path in paths}
        for index in range(samples):
            changed = {path: uncertain[path].at(float(column[index])) for path, column in numbers.items()}
            document = substitute(self.document, changed)
            run = Runner({**central.values, **changed}, previous=central, drawn=False)
            chain(document, run)
            for trace in run.traces.values():
                for record in trace.outcome.records:
                    if record.path in table and record.value is not None and not isinstance(record.value, str):
                        table[record.path][index] = record.value
                        valid[record.path][index] = not record.validity
            if progress:
                progress("samples", index + 1, samples)
        found = {path: sampling.intervals(column, valid[path]) for path, column in table.items()}
        upstream = {
            record.path: central.reads_of(name)
            for name, trace in central.traces.items()
            for record in trace.outcome.records
        }
        ranking = {
            path: sampling.rank({name: numbers[name] for name in numbers if name in upstream[path]}, table[path])
            for path in headlines
            if path in table
        }
        return found, ranking

    def _checked_correlations(self) -> list[tuple[str, str, float]]:
        known = self.uncertain()
        exact = {path for path, _ in leaves(self.document)}
        seen: set[frozenset[str]] = set()
        for index, pair in enumerate(self.document.correlation):
            field = f"correlation[{index}].between"
            for path in pair.between:
                if path not in known:
                    problem = "this input is certain" if path in exact else "there is no such input"
                    raise InputError(problem, field=field, value=path, remedy=nearest(path, known))
            if pair.between[0] == pair.between[1]:
                raise InputError("a correlation needs two different inputs", field=field, value=pair.between[0])
            if frozenset(pair.between) in seen:
                raise InputError("the correlation of these inputs stands twice", field=field, value=list(pair.between))
            seen.add(frozenset(pair.between))
        return [(*pair.between, pair.coefficient) for pair in self.document.correlation]

    def _provenance(self, samples: int, seed: int) -> dict[str, Any]:
        document = self.document
        return {
            "ferrotope": __version__,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "platform": sys.platform,
            "samples": samples,
            "seed": seed,
            "system": document.system.id if document.system else "",
            "illustration": self.illustration,
            "biodistribution_sha256": self._table_hash,
        }


def _as_input(path: str, value: Value, read: bool) -> Input:
    parts = {
        name: part
        for name, part in asdict(value).items()
        if name in ("text", "number", "unit", "kind", "source", "where", "note")
    }
    return Input(path=path, uncertain=value.uncertain, read=read, **parts)


def _told(path: str, value: Value) -> bool:
    """Whether an unread value was said by somebody, rather than being a row of a shipped table."""
    return value.kind != "assumed" and not path.startswith(
        ("subject.organ.", "subject.tissue.", "biodistribution.scale.", "biodistribution.outside.")
    )
