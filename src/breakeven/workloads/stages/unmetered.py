"""A stage's context outside every measurement, for what is loaded to be used."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from breakeven.records import Cost, Note, PhaseName, Score, Volume


class Unmetered:
    """Implements `breakeven.records.protocols.StageContext` and keeps nothing."""

    run_id = ""
    enough_s = 0.0
    is_watched = False

    def phase(
        self,
        name: PhaseName,  # noqa: ARG002 - nothing is measured
        *,
        synchronize: Callable[[], None] = lambda: None,  # noqa: ARG002 - the same
    ) -> AbstractContextManager[None]:
        """Do the block as it is."""
        return nullcontext()

    def count(self, cost: Cost) -> None:
        """Drop it."""

    def add_output(self, volume: Volume, *, phase: PhaseName = PhaseName.WORK) -> None:
        """Drop it."""

    def add_score(self, score: Score) -> None:
        """Drop it."""

    def add_note(self, note: Note) -> None:
        """Drop it."""

    def artifact_dir(self, name: str) -> Path:
        """Refuse.

        Raises:
            NotImplementedError: Always; what is only used makes nothing.
        """
        raise NotImplementedError(name)

    def checkpoint_dir(self) -> Path | None:
        """Nothing goes on from here."""
        return None

    def continues(self, run_id: str) -> None:
        """Drop it."""

    def progress(self, done: float, total: float) -> None:
        """Drop it."""

    def learning(self, loss: float) -> None:
        """Drop it."""

    def judged(self, scores: Sequence[Score], *, step: float, n_steps: float) -> None:
        """Drop them."""
