"""Fit: train a model for a fixed number of epochs, or until validation stops improving."""

import copy
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from torch import Tensor

from breakeven.errors import SettingsError
from breakeven.records import Resource, Scalar
from breakeven.records.protocols import StageContext
from breakeven.workloads.heads import Lesson
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoder import Encoder, save_model
from breakeven.workloads.stages.cost_only import is_cost_only
from breakeven.workloads.stages.descent import Descent
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.held import Held, Judgement
from breakeven.workloads.stages.learner import Learner
from breakeven.workloads.stages.ledger import Ledger, counted
from breakeven.workloads.stages.stopping import EarlyStopping

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One training of one model.

    Attributes:
        learner: Trained in place.
        feed: What it learns from.
        lesson: What it is punished for.
        held: What it is judged by; None trains a fixed number of epochs and judges nothing.
        settings: `epochs` (0: stop early), `max_epochs`, `patience`, `lr` and its schedule.
        ledger: Where the work is written down.
        context: Told of progress and scores.
    """

    learner: Learner
    feed: Feed
    lesson: Lesson
    held: Held | None
    settings: Mapping[str, Scalar]
    ledger: Ledger
    context: StageContext

    def run(self) -> Judgement | None:
        """Train.

        Returns:
            How good the state that is kept is; None where there is nothing to judge by.

        Raises:
            SettingsError: If no validation loss was a number, or it is to stop early without one.
        """
        n_epochs = float(self.settings["epochs"])
        if n_epochs > 0:
            self._fixed(n_epochs)
            return self.held.judge(self.learner, self.ledger) if self.held else None
        return self._until_no_better(self._needed_held())

    def _needed_held(self) -> Held:
        if self.held is None:
            raise SettingsError(
                "epochs=0 stops early by the validation loss, and the task has no validation "
                "split; set epochs above 0, or set validation rows aside in the task"
            )
        return self.held

    def _fixed(self, n_epochs: float) -> None:
        n_steps = self.feed.n_steps(n_epochs)
        descent = Descent.of(self.learner.model, self.settings, n_steps=n_steps)
        for step, batch in enumerate(self.feed.steps(n_steps), start=1):
            self._learn(descent, batch)
            self.context.progress(step, n_steps)

    def _until_no_better(self, held: Held) -> Judgement:
        """Train until patience runs out and go back to the best state."""
        model, n_batches = self.learner.model, self.feed.n_batches
        n_steps = n_batches * int(self.settings["max_epochs"])
        descent = Descent.of(model, self.settings, n_steps=n_steps)
        stopping = EarlyStopping(int(self.settings["patience"]))
        best: tuple[Judgement, Mapping[str, Tensor]] | None = None
        for step, batch in enumerate(self.feed.steps(n_steps), start=1):
            self._learn(descent, batch)
            self.context.progress(step, n_steps)
            if step % n_batches:
                continue
            judgement = held.judge(self.learner, self.ledger)
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
        _log.info("stopped after epoch %s, kept %s", stopping.epoch, stopping.best_epoch)
        return replace(judgement, stopped=stopping)

    def _learn(self, descent: Descent, batch: Batch) -> None:
        self.learner.model.train()
        descent.step(self.lesson.loss(self.learner.logits(batch), batch))
        self.ledger.trained(batch, n_parameters=self.learner.n_parameters)

    def keep(self, encoder: Encoder, resource: Resource, n_examples: int) -> None:
        """End the work: hand over what it amounted to, and keep the model as an artefact.

        Args:
            encoder: The one that was trained.
            resource: What the training examples are counted as.
            n_examples: How many there were.
        """
        self.ledger.close()
        self.context.count(counted(Resource.N_PARAMETERS, encoder.model.num_parameters()))
        self.context.count(counted(resource, n_examples))
        save_model(self.context.artifact_dir("model"), encoder)

    def report(self, judgement: Judgement | None) -> None:
        """Score the state that is kept, unless the model is there for its costs only."""
        if judgement is not None:
            is_scored = not is_cost_only(self.learner.model)
            judgement.report(self.context, is_scored=is_scored)
