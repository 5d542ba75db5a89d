"""The context of a rank: what a stage says goes to the leader, who measures."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from breakeven.errors import TrialPrunedError
from breakeven.records import Cost, Note, PhaseName, Resource, Score, Volume
from breakeven.workloads.ranks.messages import (
    AsksFolder,
    Closes,
    Judges,
    Line,
    Message,
    Opens,
    Reply,
    Says,
    Setup,
)

_SHARED = frozenset({Resource.FLOPS})
"""Counts of what a rank itself has done; the others are the same in every rank."""


class RankContext:
    """Implements `breakeven.records.protocols.StageContext` over a line to the leader.

    Volumes and operations are each rank's own and add up; everything else is said by the first.
    """

    def __init__(
        self,
        line: Line,
        replies: "SimpleQueue[Reply]",
        setup: Setup,
        *,
        is_first: bool,
        cpu_s: Callable[[], float] = time.process_time,
    ) -> None:
        """Speak for one rank.

        Args:
            line: To the leader.
            replies: Where its answers arrive.
            setup: What is known beforehand.
            is_first: Whether this rank speaks for all.
            cpu_s: CPU seconds of this process.
        """
        self.run_id, self.enough_s = setup.run_id, setup.enough_s
        self.is_watched = setup.is_watched
        self._line, self._replies = line, replies
        self._is_first, self._cpu_s = is_first, cpu_s

    @contextmanager
    def phase(
        self, name: PhaseName, *, synchronize: Callable[[], None] = lambda: None
    ) -> Iterator[None]:
        """Begin and end together with the others; an error ends it at once."""
        synchronize()
        self._ask(Opens(phase=name))
        started_s = self._cpu_s()
        yield
        synchronize()
        self._ask(Closes(phase=name, cpu_s=self._cpu_s() - started_s))

    def count(self, cost: Cost) -> None:
        """Pass on a count."""
        if self._is_first or cost.resource in _SHARED:
            self._line.send(Says(cost=cost))

    def add_output(self, volume: Volume) -> None:
        """Pass on what this rank has processed."""
        self._line.send(Says(volume=volume))

    def add_score(self, score: Score) -> None:
        """Pass on a quality number."""
        if self._is_first:
            self._line.send(Says(score=score))

    def add_note(self, note: Note) -> None:
        """Pass on a doubt; the same one is kept once."""
        self._line.send(Says(note=note))

    def artifact_dir(self, name: str) -> Path:
        """Ask for an empty folder; only the first rank keeps anything."""
        folder = self._ask(AsksFolder(name=name)).folder
        assert folder is not None  # only checkpoints may have none
        return Path(folder)

    def checkpoint_dir(self) -> Path | None:
        """Ask for the folder of checkpoints, which all ranks share."""
        folder = self._ask(AsksFolder(name="")).folder
        return None if folder is None else Path(folder)

    def continues(self, run_id: str) -> None:
        """Pass on which run is gone on from."""
        if self._is_first:
            self._line.send(Says(continues=run_id))

    def progress(self, done: float, total: float) -> None:
        """Pass on how far the stage is."""
        if self._is_first:
            self._line.send(Says(progress=(done, total)))

    def learning(self, loss: float) -> None:
        """Pass on how the training goes, as the first rank sees it."""
        if self._is_first:
            self._line.send(Says(loss=loss))

    def judged(self, scores: Sequence[Score], *, step: float, n_steps: float) -> None:
        """Pass on how good the model is; every rank asks, so that all end together.

        Raises:
            TrialPrunedError: If the trial is not worth its end.
        """
        reply = self._ask(Judges(scores=list(scores), step=step, n_steps=n_steps))
        if reply.pruned:
            raise TrialPrunedError(reply.pruned)

    def _ask(self, message: Message) -> Reply:
        self._line.send(message)
        return self._replies.get()
