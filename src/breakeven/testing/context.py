"""A stage's context without meters, for testing stages: it writes down what the stage asked for.

Order matters in measuring, so `events` keeps it: "work: sync", "work: open", "work: close" ...
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from breakeven.errors import TrialPrunedError
from breakeven.records import Cost, Judged, Note, PhaseName, Resource, Score, Volume


@dataclass(slots=True, kw_only=True)
class FakeContext:
    """Implements `breakeven.records.protocols.StageContext` in memory.

    Attributes:
        folder: Where artefact folders are made; usually pytest's `tmp_path`.
        run_id: Any text.
        enough_s: Seconds that a window must last for the sensors it stands for.
        events: What happened, in order: "<phase>: sync | open | close".
        phases: Phases that were closed, in order.
        counts: Costs the stage counted.
        output: Sum of the volumes added.
        outputs: The same for other phases than the work.
        scores: Scores in order.
        notes: Notes, each kept once.
        progressed: Every (done, total) reported.
        losses: Every training loss reported.
        checkpoints: Folder of checkpoints; None for a run that nothing goes on from.
        continued: Run that the stage said it goes on from.
        judgements: Every judgement reported.
        is_watched: Whether it asks for judgements after each pass.
        prune_after: How many judgements end the stage; 0 for never.
    """

    folder: Path
    run_id: str = "fake-run"
    enough_s: float = 0.0
    events: list[str] = field(default_factory=list)
    phases: list[PhaseName] = field(default_factory=list)
    counts: list[Cost] = field(default_factory=list)
    output: Volume = field(default_factory=Volume)
    outputs: dict[PhaseName, Volume] = field(default_factory=dict)
    scores: list[Score] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    progressed: list[tuple[float, float]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    checkpoints: Path | None = None
    continued: str = ""
    judgements: list[Judged] = field(default_factory=list)
    is_watched: bool = False
    prune_after: int = 0

    @contextmanager
    def phase(
        self, name: PhaseName, *, synchronize: Callable[[], None] = lambda: None
    ) -> Iterator[None]:
        """Note the phase's opening and closing, each after `synchronize`."""
        self._synchronize(name, synchronize)
        self.events.append(f"{name}: open")
        try:
            yield
        finally:
            self._synchronize(name, synchronize)
            self.events.append(f"{name}: close")
            self.phases.append(name)

    def count(self, cost: Cost) -> None:
        """Keep the cost."""
        self.counts.append(cost)

    def add_output(self, volume: Volume, *, phase: PhaseName = PhaseName.WORK) -> None:
        """Add to `output`, or to what another phase processed."""
        if phase is PhaseName.WORK:
            self.output += volume
        else:
            self.outputs[phase] = self.outputs.get(phase, Volume()) + volume

    def add_score(self, score: Score) -> None:
        """Keep the score."""
        self.scores.append(score)

    def add_note(self, note: Note) -> None:
        """Keep the note unless the same one is there already."""
        if note not in self.notes:
            self.notes.append(note)

    def artifact_dir(self, name: str) -> Path:
        """Make an empty folder `name` below `folder`."""
        made = self.folder / name
        made.mkdir(parents=True)
        return made

    def checkpoint_dir(self) -> Path | None:
        """Return the same folder again and again, unless `checkpoints` is None."""
        return self.checkpoints

    def continues(self, run_id: str) -> None:
        """Keep what was said."""
        self.continued = run_id

    def progress(self, done: float, total: float) -> None:
        """Keep what was reported."""
        self.progressed.append((done, total))

    def learning(self, loss: float) -> None:
        """Keep what was reported."""
        self.losses.append(loss)

    def judged(self, scores: Sequence[Score], *, step: float, n_steps: float) -> None:
        """Keep the judgement; end the stage when it was told to.

        Raises:
            TrialPrunedError: At the judgement numbered `prune_after`.
        """
        self.judgements.append(Judged(step=step, n_steps=n_steps, scores=tuple(scores)))
        if len(self.judgements) == self.prune_after:
            raise TrialPrunedError(f"pruned at step {step:g} of {n_steps:g}")

    def counted(self, resource: Resource) -> float:
        """Sum of what was counted of one resource."""
        return sum(cost.value for cost in self.counts if cost.resource is resource)

    def score(self, metric: str, split: str) -> Score:
        """Return the one score of that metric and split.

        Raises:
            LookupError: If there is none, or more than one.
        """
        found = [s for s in self.scores if (s.metric, s.split) == (metric, split)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} scores named {metric!r} on {split!r}, expected one")
        return found[0]

    def _synchronize(self, name: PhaseName, synchronize: Callable[[], None]) -> None:
        synchronize()
        self.events.append(f"{name}: sync")
