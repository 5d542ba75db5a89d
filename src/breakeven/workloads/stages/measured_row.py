"""One measured row: idle, warm-up, work; then what it amounted to and how good it was."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from breakeven.formulas.plateau import find_plateau
from breakeven.records import Note, NoteCode, PhaseName, Scalar, Score, Volume
from breakeven.records.protocols import StageContext
from breakeven.workloads.stages.asked import Asked
from breakeven.workloads.stages.latency import batch_latency
from breakeven.workloads.stages.ledger import Ledger
from breakeven.workloads.stages.passes import Amount, Pass, plan_pass
from breakeven.workloads.stages.scoring import judge, kept
from breakeven.workloads.stages.serving import Answering, Answers, Row, flops_of
from breakeven.workloads.tasks import Task

MAX_WARMUP_BATCHES = 50
"""A row that has not settled within these goes on, with a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What the work phase did.

    Attributes:
        batches: Indices of each batch of one pass.
        answers: Those of the first pass, as far as it went.
        n_done: Batches worked on, repeats included.
        durations_s: How long each of them took, shape (n_done,).
    """

    batches: Sequence[Sequence[int]]
    answers: Sequence[Answers]
    n_done: int
    durations_s: Sequence[float]

    @property
    def indices(self) -> list[int]:
        """Places of the first pass's examples among those asked, as far as it went."""
        return list(chain.from_iterable(self.batches[: len(self.answers)]))

    @property
    def predicted(self) -> list[Any]:
        """What they were answered."""
        return list(chain.from_iterable(answered.predicted for answered in self.answers))

    @property
    def times(self) -> list[int]:
        """How often each batch of `answers` was worked on."""
        n_passes, n_more = divmod(self.n_done, len(self.batches))
        return [n_passes + (i < n_more) for i in range(len(self.answers))]

    @property
    def tally(self) -> Mapping[str, int]:
        """What happened to how many examples of the first pass."""
        total: Counter[str] = Counter()
        for answered in self.answers:
            total.update(answered.tally)
        return total

    def flops(self, row: Row) -> float | None:
        """What `row` computed for it; None where it counts none."""
        counts = [flops_of(row, answered) for answered in self.answers]
        if None in counts:
            return None
        return sum(n * (flops or 0.0) for n, flops in zip(self.times, counts, strict=True))

    @property
    def volume(self) -> Volume:
        """Everything processed; a batch that came again counts again."""
        times = self.times
        answers = list(zip(times, self.answers, strict=True))
        return Volume(
            n_examples=sum(n * len(b) for n, b in zip(times, self.batches, strict=False)),
            n_real_tokens=sum(n * a.n_real_tokens for n, a in answers),
            n_padded_tokens=sum(n * a.n_padded_tokens for n, a in answers),
            n_batches=self.n_done,
            n_new_tokens=sum(n * a.n_new_tokens for n, a in answers),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRow:
    """Drives one configured row through its phases.

    Attributes:
        context: Where phases, counts and scores go.
        row: The model, set up.
        task: What the answers are judged by.
        asked: The examples that are answered.
        settings: Of the row, resolved.
        clock_s: Monotonic clock, in seconds.
        sleep: Waits so many seconds.
    """

    context: StageContext
    row: Row
    task: Task[Any]
    asked: Asked
    settings: Mapping[str, Scalar]
    clock_s: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def run(self, *, is_scored: bool) -> None:
        """Run every phase, then add volume, counts, notes and, if it means anything, the score."""
        one_pass = plan_pass(self.asked.split, self.settings)
        if (idle_s := float(self.settings["idle_s"])) > 0:
            with self.context.phase(PhaseName.IDLE, synchronize=self.row.synchronize):
                self.sleep(idle_s)
        self._warm_up(one_pass)
        worked = self._pass_over(one_pass.batches, PhaseName.WORK, self.row.answer)
        self._count(worked)
        for name, answer in self.row.parts.items():
            part = self._pass_over(one_pass.batches, name, answer)
            self.context.add_output(part.volume, phase=name)
        if is_scored:
            self._score(worked)
        self._tell_tally(worked)

    def _warm_up(self, one_pass: Pass) -> None:
        """Repeat the widest batch a fixed number of times, or until its time has settled.

        A row that prepares for each shape answers every batch once before that.
        """
        wanted = str(self.settings["warmup"])
        is_open = wanted == "plateau"
        n_most = MAX_WARMUP_BATCHES if is_open else int(wanted)
        if n_most == 0:
            return
        durations_s: list[float] = []
        with self.context.phase(PhaseName.WARMUP, synchronize=self.row.synchronize):
            for batch in self._new_shapes(one_pass.batches):
                self.row.answer(batch)
            while len(durations_s) < n_most:
                start_s = self.clock_s()
                self.row.answer(one_pass.widest)
                durations_s.append(self.clock_s() - start_s)
                if is_open and find_plateau(durations_s) is not None:
                    return
        if is_open:
            self.context.add_note(
                Note(
                    code=NoteCode.NO_PLATEAU,
                    message=f"warm-up did not settle within {n_most} batches",
                    advice="Set `warmup` to a fixed count, or keep other load off the machine.",
                )
            )

    def _new_shapes(self, batches: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
        """Batches to be met before the work; none where a shape met is nothing gained."""
        return batches[: self._amount(batches).n_different] if self.row.prepares_shapes else ()

    def _amount(self, batches: Sequence[Sequence[int]]) -> Amount:
        return Amount.of(self.settings, n_per_pass=len(batches), enough_s=self.context.enough_s)

    def _pass_over(
        self, batches: Sequence[Sequence[int]], phase: PhaseName, answer: Answering
    ) -> Worked:
        """Measure passes over the split, as many as the sensors need."""
        amount = self._amount(batches)
        clock_s, n_batches = self.clock_s, len(batches)
        answers: list[Answers] = []
        durations_s: list[float] = []
        n_done = 0
        with self.context.phase(phase, synchronize=self.row.synchronize):
            start_s = ended_s = clock_s()
            while not amount.is_done(n_done, ended_s - start_s):
                asked_s = clock_s()
                answered = answer(batches[n_done % n_batches])
                ended_s = clock_s()
                durations_s.append(ended_s - asked_s)
                if n_done < n_batches:
                    answers.append(answered)
                n_done += 1
        asked = self.asked
        note = amount.ended_early(n_done, n_examples=len(asked.split), split=asked.name)
        if note is not None:
            self.context.add_note(note)
        return Worked(batches=batches, answers=answers, n_done=n_done, durations_s=durations_s)

    def _count(self, worked: Worked) -> None:
        self.context.add_output(worked.volume)
        for cost in (*self.row.costs(), *batch_latency(worked.durations_s)):
            self.context.count(cost)
        if (flops := worked.flops(self.row)) is not None:
            ledger = Ledger(self.context)
            ledger.spent(flops)
            ledger.close()

    def _tell_tally(self, worked: Worked) -> None:
        """Tell how the answers came about, after how good they are: the first score decides."""
        for name, n in worked.tally.items():
            self.context.add_score(
                Score(
                    metric=name,
                    value=n / len(worked.indices),
                    split=self.asked.name,
                    n_examples=len(worked.indices),
                    higher_is_better=False,
                )
            )

    def _score(self, worked: Worked) -> None:
        """Score what the first pass saw, and keep each answer for paired comparison."""
        asked, found = self.asked, dict(zip(worked.indices, worked.predicted, strict=True))
        places = sorted(found)
        answers = [found[i] for i in places]
        labels = [asked.split.labels[i] for i in places]
        verdict = judge(self.task, answers, labels, split=asked.name)
        for score in verdict.scores:
            self.context.add_score(score)
        for note in verdict.notes:
            self.context.add_note(note)
        np.savez_compressed(
            self.context.artifact_dir("predictions") / "predictions.npz",
            split=np.asarray(asked.name),
            index=np.asarray([asked.index[i] for i in places]),
            group=np.asarray([asked.group[i] for i in places]),
            **kept(self.task, answers, labels),  # type: ignore[arg-type]  # one keyword is a bool
        )
