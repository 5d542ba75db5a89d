"""Fit: train a classifier for a fixed number of epochs, or until validation stops improving."""

import copy
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from breakeven.errors import SettingsError
from breakeven.records import Scalar, Score
from breakeven.records.protocols import StageContext
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.stages.classifier import Classifier
from breakeven.workloads.stages.cost_only import is_cost_only
from breakeven.workloads.stages.descent import Descent
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.ledger import Ledger
from breakeven.workloads.stages.scoring import accuracy
from breakeven.workloads.stages.stopping import EarlyStopping
from breakeven.workloads.tasks import Split

_log = logging.getLogger(__name__)

Loss = Callable[[Tensor, Sequence[int]], Tensor]
"""Loss of logits, shape (n_examples, n_labels), of the training examples at the given indices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A split that is judged by and never learned from."""

    feed: Feed
    labels: tuple[int, ...]

    @classmethod
    def of(
        cls,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        split: Split[int],
        settings: Mapping[str, Scalar],
    ) -> "Held | None":
        """Tokenize a split; None when it is empty, as there is nothing to judge by."""
        if not len(split):
            return None
        return cls(feed=Feed.of(tokenizer, split.texts, settings), labels=split.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Quality on the held-out split; the loss is the mean cross-entropy in nats."""

    loss: float
    accuracy: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One training of one classifier.

    Attributes:
        classifier: Trained in place.
        feed: What it learns from.
        loss: What it is punished for.
        held: What it is judged by; None trains a fixed number of epochs and judges nothing.
        settings: `epochs` (0: stop early), `max_epochs`, `patience`, `lr` and its schedule.
        ledger: Where the work is written down.
        context: Told of progress and scores.
    """

    classifier: Classifier
    feed: Feed
    loss: Loss
    held: Held | None
    settings: Mapping[str, Scalar]
    ledger: Ledger
    context: StageContext

    def run(self) -> None:
        """Train, and score the state that is kept, unless the model is there for its costs only.

        Raises:
            SettingsError: If no validation loss was a number, or it is to stop early without one.
        """
        n_epochs = float(self.settings["epochs"])
        if n_epochs > 0:
            self._fixed(n_epochs)
            judgement = self._judge(self.held) if self.held else None
        else:
            judgement = self._until_no_better(self._needed_held())
        if judgement and self.held and not is_cost_only(self.classifier.model):
            self._add("loss", judgement.loss, self.held)
            self.context.add_score(judgement.accuracy)

    def _needed_held(self) -> Held:
        if self.held is None:
            raise SettingsError(
                "epochs=0 stops early by the validation loss, and the task has no validation "
                "split; set epochs above 0, or set validation rows aside in the task"
            )
        return self.held

    def _fixed(self, n_epochs: float) -> None:
        n_steps = self.feed.n_steps(n_epochs)
        descent = Descent.of(self.classifier.model, self.settings, n_steps=n_steps)
        for step, batch in enumerate(self.feed.steps(n_steps), start=1):
            self._learn(descent, batch)
            self.context.progress(step, n_steps)

    def _until_no_better(self, held: Held) -> Judgement:
        """Train until patience runs out and go back to the best state."""
        model, n_batches = self.classifier.model, self.feed.n_batches
        n_steps = n_batches * int(self.settings["max_epochs"])
        descent = Descent.of(model, self.settings, n_steps=n_steps)
        stopping = EarlyStopping(int(self.settings["patience"]))
        best: tuple[Judgement, Mapping[str, Tensor]] | None = None
        for step, batch in enumerate(self.feed.steps(n_steps), start=1):
            self._learn(descent, batch)
            self.context.progress(step, n_steps)
            if step % n_batches:
                continue
            judgement = self._judge(held)
            if stopping.is_best(judgement.loss):
                best = judgement, copy.deepcopy(model.state_dict())
            if stopping.is_over:
                break
        if best is None:
            raise SettingsError(
                f"training diverged: no validation loss was a number at lr={self.settings['lr']}; "
                "lower lr, or raise warmup_ratio"
            )
        judgement, state = best
        model.load_state_dict(state)
        self._report(stopping, held)
        return judgement

    def _learn(self, descent: Descent, batch: Batch) -> None:
        self.classifier.model.train()
        descent.step(self.loss(self.classifier.logits(batch), batch.indices))
        self.ledger.trained(batch, n_parameters=self.classifier.n_parameters)

    def _judge(self, held: Held) -> Judgement:
        logits = self.classifier.all_logits(held.feed, self.ledger)
        labels = held.labels
        return Judgement(
            loss=float(functional.cross_entropy(logits, torch.tensor(labels))),
            accuracy=accuracy(logits.argmax(-1).numpy(), labels, split="validation"),
        )

    def _report(self, stopping: EarlyStopping, held: Held) -> None:
        _log.info("stopped after epoch %s, kept %s", stopping.epoch, stopping.best_epoch)
        self._add("stopped_epoch", stopping.epoch, held)
        self._add("best_epoch", stopping.best_epoch, held)

    def _add(self, metric: str, value: float, held: Held) -> None:
        self.context.add_score(
            Score(
                metric=metric,
                value=value,
                split="validation",
                n_examples=len(held.labels),
                higher_is_better=False,
            )
        )
