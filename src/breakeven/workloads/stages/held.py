"""Held: a split that a model is judged by and never learns from, and what the judgement was."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from breakeven.errors import SettingsError
from breakeven.records import Scalar, Score
from breakeven.records.protocols import StageContext
from breakeven.workloads.heads import Lesson
from breakeven.workloads.metrics import Verdict
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.learner import Learner
from breakeven.workloads.stages.ledger import Ledger
from breakeven.workloads.stages.scoring import judge
from breakeven.workloads.stages.stopping import EarlyStopping
from breakeven.workloads.tasks import Task

SPLIT = "validation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Quality on the held-out split.

    Attributes:
        task: What was answered.
        loss: Mean over single answers, in the head's unit (nats, squared numbers).
        answers: One for each example of the split; none where the loss is no number.
        stopped: When training was stopped by it; None where it was not.
    """

    task: Task[Any]
    loss: float
    answers: Sequence[Any]
    stopped: EarlyStopping | None = None

    def verdict(self, *, n_draws: int | None = None) -> Verdict:
        """All scores of the task's form; see `scoring.judge`."""
        labels = self.task.validation.labels
        return judge(self.task, self.answers, labels, split=SPLIT, n_draws=n_draws)

    def report(self, context: StageContext, *, is_scored: bool) -> None:
        """Hand everything to the context, best outside the work: intervals take their time.

        Args:
            context: Of the run.
            is_scored: Whether the model can have any quality; else only the epochs are told.

        Raises:
            SettingsError: If it is to be scored and the loss is no number.
        """
        if self.stopped is not None:
            context.add_score(self._lower_is_better("stopped_epoch", self.stopped.epoch))
            context.add_score(self._lower_is_better("best_epoch", self.stopped.best_epoch))
        if not is_scored:
            return
        if not math.isfinite(self.loss):
            raise SettingsError(
                f"training diverged: the {SPLIT} loss is {self.loss}; lower lr, or raise "
                "warmup_ratio"
            )
        context.add_score(self._lower_is_better("loss", self.loss))
        verdict = self.verdict()
        for score in verdict.scores:
            context.add_score(score)
        for note in verdict.notes:
            context.add_note(note)

    def tell(self, context: StageContext, *, step: float, n_steps: float) -> None:
        """Say in the middle of the work how good the model is by now, without intervals.

        Raises:
            TrialPrunedError: If that is not good enough to go on.
        """
        if math.isfinite(self.loss):
            scores = (self._lower_is_better("loss", self.loss), *self.verdict(n_draws=0).scores)
            context.judged(scores, step=step, n_steps=n_steps)

    def _lower_is_better(self, metric: str, value: float) -> Score:
        return Score(
            metric=metric,
            value=value,
            split=SPLIT,
            n_examples=len(self.answers),
            higher_is_better=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The validation split, encoded once.

    Attributes:
        task: Whose split it is.
        feed: Its windows.
        lesson: What its true labels say.
    """

    task: Task[Any]
    feed: Feed
    lesson: Lesson

    @classmethod
    def of(
        cls,
        learner: Learner,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        task: Task[Any],
        settings: Mapping[str, Scalar],
    ) -> "Held | None":
        """Encode the split; None when it is empty, as there is nothing to judge by."""
        if not len(task.validation):
            return None
        encoded = learner.head.encode(tokenizer, task.validation, settings)
        return cls(
            task=task,
            feed=Feed.of(tokenizer, encoded, settings),
            lesson=learner.head.lesson(task.validation, encoded, learner.device),
        )

    def judge(self, learner: Learner, ledger: Ledger) -> Judgement:
        """Let the model answer the split.

        Args:
            learner: In whatever state it is.
            ledger: Where the forward passes are written down.
        """
        encoded, lesson = self.feed.encoded, self.lesson
        readings: dict[int, Any] = {}
        losses: dict[int, tuple[float, int]] = {}

        def see(batch: Batch, logits: Tensor) -> None:
            loss = float(lesson.loss(logits, batch))
            losses[batch.indices[0]] = loss, lesson.weight(batch)
            if math.isfinite(loss):
                own = learner.head.read(logits, batch, encoded)
                readings.update(zip(batch.indices, own, strict=True))

        learner.watch(self.feed, ledger, see)
        readings, losses = learner.team.merged(readings), learner.team.merged(losses)
        total = sum(loss * weight for loss, weight in losses.values())
        loss = total / max(1, sum(weight for _, weight in losses.values()))
        if not math.isfinite(loss):
            return Judgement(task=self.task, loss=loss, answers=())
        in_order = [readings[i] for i in range(len(encoded))]
        answers = learner.head.answers(in_order, self.task.validation, encoded)
        return Judgement(task=self.task, loss=loss, answers=answers)
