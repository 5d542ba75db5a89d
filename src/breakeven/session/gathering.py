"""Gathering: what a stage says of its run while it runs; safe to read from another thread."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from breakeven.meters import OpenWindow
from breakeven.records import (
    Cost,
    Judged,
    Measurement,
    Note,
    Phase,
    PhaseName,
    Run,
    Score,
    Volume,
)


class Gathering:
    """The half of `breakeven.records.protocols.StageContext` that only takes things in."""

    def __init__(self, *, notes: Sequence[Note] = ()) -> None:
        """Begin with what is known beforehand.

        Args:
            notes: Doubts.
        """
        self._lock = threading.Lock()
        self._phases: list[Phase] = []
        self._open_phase: tuple[PhaseName, OpenWindow] | None = None
        self._counts: list[Cost] = []
        self._output = Volume()
        self._scores: list[Score] = []
        self._judged: list[Judged] = []
        self._notes = list(notes)
        self._continues = ""

    def add_started_phase(self, name: PhaseName, measurement: Measurement) -> None:
        """Add a phase that was measured elsewhere, such as the start of this process."""
        with self._lock:
            self._phases.append(Phase(name=name, measurement=measurement))

    def count(self, cost: Cost) -> None:
        """Add a counted or modelled total to the work phase; the same count again adds up."""
        with self._lock:
            counts = self._counts
            for index, known in enumerate(counts):
                if _same_count(known, cost):
                    counts[index] = known + cost
                    return
            counts.append(cost)

    def add_output(self, volume: Volume, *, phase: PhaseName = PhaseName.WORK) -> None:
        """Add to what the work phase, or another one that is closed, has processed so far.

        Raises:
            LookupError: If there was no phase of that name.
        """
        with self._lock:
            if phase is PhaseName.WORK:
                self._output += volume
                return
            found = [i for i, one in enumerate(self._phases) if one.name is phase]
            if not found:
                raise LookupError(f"no phase {phase} was closed, so it processed nothing")
            last = self._phases[found[-1]]
            output = volume if last.output is None else last.output + volume
            self._phases[found[-1]] = replace(last, output=output)

    def add_score(self, score: Score) -> None:
        """Record one quality number."""
        with self._lock:
            self._scores.append(score)

    def add_note(self, note: Note) -> None:
        """Record one doubt; the same code and message are kept once."""
        with self._lock:
            known = {(kept.code, kept.message) for kept in self._notes}
            if (note.code, note.message) not in known:
                self._notes.append(note)

    def continues(self, run_id: str) -> None:
        """Say from which earlier run's checkpoint this one goes on."""
        with self._lock:
            self._continues = run_id

    def _refuse_inner(self, name: PhaseName) -> None:
        if self._open_phase is not None:
            raise ValueError(
                f"phase {name} was opened inside {self._open_phase[0]}; close that one first, "
                "because the costs of phases are added up"
            )

    def _filled(self, skeleton: Run, measured: Callable[[OpenWindow], Measurement]) -> Run:
        """Fill in what was gathered; the caller holds the lock.

        Args:
            skeleton: What is known beforehand.
            measured: Reads the phase that is still open.
        """
        phases = list(self._phases)
        if self._open_phase is not None:
            name, window = self._open_phase
            phases.append(Phase(name=name, measurement=measured(window)))
        return replace(
            skeleton,
            phases=tuple(phases),
            counts=(*skeleton.counts, *self._counts),
            output=self._output,
            scores=tuple(self._scores),
            judged=tuple(self._judged),
            notes=tuple(self._notes),
            continues=self._continues,
        )


def _same_count(known: Cost, cost: Cost) -> bool:
    return (known.resource, known.kind, known.channel, known.sensor) == (
        cost.resource,
        cost.kind,
        cost.channel,
        cost.sensor,
    )
