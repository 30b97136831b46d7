"""Runs stages: notes what each reads, fills in the provenance of its records, and skips what cannot have changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from ferrotope.result.records import Outcome
from ferrotope.result.text import capitalised, sentence
from ferrotope.units.value import Value, recording

__all__ = ["Runner", "Trace"]

AnyOutcome = TypeVar("AnyOutcome", bound=Outcome)


@dataclass(frozen=True)
class Trace:
    """What one stage did: its outcome, the paths that it read and the stages that it used."""

    outcome: Outcome
    reads: frozenset[str]
    after: tuple[str, ...]


class Runner:
    """Calls the stages of one run.

    Parameters
    ----------
    values : mapping of str to Value
        All leaves of the document by path.
    previous : Runner, optional
        An earlier run of the same study. A stage whose inputs and upstream outcomes are the same is not run again.
    progress : callable, optional
        Called with the name of each stage as it starts.
    drawn : bool
        Whether the arrays of the figures are wanted, those of the samples being thrown away.
    """

    def __init__(
        self,
        values: Mapping[str, Value],
        previous: Runner | None = None,
        progress: Callable[[str], None] | None = None,
        *,
        drawn: bool = True,
    ) -> None:
        self.drawn = drawn
        self.values = values
        self.previous = previous
        self.progress = progress
        self.traces: dict[str, Trace] = {}

    def stage(self, name: str, compute: Callable[[], AnyOutcome], after: tuple[str, ...] = ()) -> AnyOutcome:
        """Run one stage, or take its outcome from the previous run.

        Parameters
        ----------
        name : str
            Name of the stage.
        compute : callable
            Calls the front function.
        after : tuple of str
            Stages whose outcomes the call uses.

        Returns
        -------
        Outcome
            As the front function returned it; the records with provenance are in ``traces``.
        """
        earlier = self.previous.traces.get(name) if self.previous else None
        if earlier is not None and self._unchanged(earlier):
            self.traces[name] = earlier
            return earlier.outcome
        if self.progress is not None:
            self.progress(name)
        with recording() as reads:
            outcome = compute()
        self.traces[name] = Trace(outcome, frozenset(reads), after)
        return outcome

    def _unchanged(self, earlier: Trace) -> bool:
        before = self.previous
        return all(self.values[path].number == before.values[path].number for path in earlier.reads) and all(
            self.traces[name].outcome is before.traces[name].outcome for name in earlier.after
        )

    def reads_of(self, name: str) -> frozenset[str]:
        """Return all paths that a stage rests on, through its upstream stages too."""
        trace = self.traces[name]
        return trace.reads.union(*(self.reads_of(upstream) for upstream in trace.after)) if trace.after else trace.reads

    def outcomes(self) -> dict[str, Outcome]:
        """Return the outcomes with the provenance of their records filled in."""
        complete = {}
        for name, trace in self.traces.items():
            rests = tuple(sorted({self.values[path].kind for path in self.reads_of(name)}))
            records = tuple(
                replace(
                    record,
                    title=capitalised(record.title),
                    inputs=tuple(sorted(trace.reads)),
                    upstream=trace.after,
                    rests_on=rests,
                )
                for record in trace.outcome.records
            )
            notices = tuple(replace(n, text=sentence(n.text), stage=name) for n in trace.outcome.notices)
            complete[name] = Outcome(records=records, series=trace.outcome.series, notices=notices)
        return complete
