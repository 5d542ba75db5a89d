"""Fit: train a model for a fixed number of epochs, or until validation stops improving."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from torch import Tensor

from breakeven.errors import SettingsError
from breakeven.records import Resource, Scalar
from breakeven.records.protocols import StageContext
from breakeven.workloads.heads import Lesson
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoder import Encoder, save_model
from breakeven.workloads.stages.checkpoint import Kept, keep_model, restore_model
from breakeven.workloads.stages.cost_only import is_cost_only
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.held import Held, Judgement
from breakeven.workloads.stages.learner import Learner
from breakeven.workloads.stages.ledger import Ledger, counted
from breakeven.workloads.stages.stopping import EarlyStopping
from breakeven.workloads.stages.training import Lost, Training

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
            watched = self.held if self.context.is_watched else None
            self._train(_Course(fit=self, watched=watched), self.feed.n_steps(n_epochs))
            return self.held.judge(self.learner, self.ledger) if self.held else None
        course = _Course(fit=self, held=self._needed_held())
        self._train(course, self.feed.n_batches * int(self.settings["max_epochs"]))
        return course.best_judgement()

    def _needed_held(self) -> Held:
        if self.held is None:
            raise SettingsError(
                "epochs=0 stops early by the validation loss, and the task has no validation "
                "split; set epochs above 0, or set validation rows aside in the task"
            )
        return self.held

    def _train(self, course: "_Course", n_batches: int) -> None:
        course.n_batches = n_batches
        Training(
            model=self.learner.model,
            feed=self.feed,
            settings=self.settings,
            context=self.context,
            team=self.learner.team,
        ).run(course, n_batches=n_batches)

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
        if self.learner.team.is_first:
            save_model(self.context.artifact_dir("model"), encoder)

    def report(self, judgement: Judgement | None) -> None:
        """Score the state that is kept, unless the model is there for its costs only."""
        if judgement is not None:
            is_scored = not is_cost_only(self.learner.model)
            judgement.report(self.context, is_scored=is_scored)


@dataclass(slots=True, kw_only=True)
class _Course:
    """What a training asks of a fit; implements `training.Pupil`.

    Attributes:
        fit: Whose.
        held: What each epoch is judged by, to stop early; None to go on to the end.
        watched: What each epoch but the last is judged by where somebody else may end it.
        n_batches: At the end, unless it stops early.
        stopping: Epochs seen, and the best of them.
        judgement: Of the best epoch; None where an interrupted run made it.
        best: Tensors of the model after that epoch.
    """

    fit: Fit
    held: Held | None = None
    watched: Held | None = None
    n_batches: int = 0
    stopping: EarlyStopping = field(init=False)
    judgement: Judgement | None = None
    best: Mapping[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stopping = EarlyStopping(int(self.fit.settings["patience"]))

    def learn(self, batch: Batch) -> Lost:
        """Loss of a batch under the lesson."""
        fit = self.fit
        loss = fit.lesson.loss(fit.learner.logits(batch), batch)
        fit.ledger.trained(batch, n_parameters=fit.learner.n_parameters)
        return Lost(loss=loss, weight=fit.lesson.weight(batch))

    def after_epoch(self, n_batches: int) -> bool:
        """Judge the epoch, keep the model if it is the best, and say whether patience ran out."""
        if self.held is None:
            if self.watched is not None and n_batches < self.n_batches:
                self._judge(self.watched, n_batches)
            return False
        judgement = self._judge(self.held, n_batches)
        if self.stopping.is_best(judgement.loss):
            self.judgement = judgement
            self.best = keep_model(self.fit.learner.model).copied().tensors
        return self.stopping.is_over

    def _judge(self, held: Held, n_batches: int) -> Judgement:
        fit = self.fit
        judgement = held.judge(fit.learner, fit.ledger)
        fit.ledger.hand_over()
        if not is_cost_only(fit.learner.model):
            judgement.tell(fit.context, step=n_batches, n_steps=self.n_batches)
        return judgement

    def kept(self) -> Kept:
        """Epochs seen, and the best model."""
        stopping = self.stopping
        values = {
            "epoch": stopping.epoch,
            "best_epoch": stopping.best_epoch,
            "best_loss": stopping.best_loss,
        }
        return Kept(tensors=self.best, values=values)

    def restore(self, kept: Kept) -> None:
        """Go on from there; the judgement of the best model is made again at the end."""
        self.best, self.judgement = kept.tensors, None
        for name, value in kept.values.items():
            setattr(self.stopping, name, value)

    def best_judgement(self) -> Judgement:
        """Go back to the best state and say how good it is.

        Raises:
            SettingsError: If there is none, as no validation loss was a number.
        """
        held, learner, stopping = self.held, self.fit.learner, self.stopping
        if held is None or not self.best:
            raise SettingsError(
                "training diverged: no validation loss was a number at "
                f"lr={self.fit.settings['lr']}; lower lr, or raise warmup_ratio"
            )
        restore_model(learner.model, Kept(tensors=self.best))
        _log.info("stopped after epoch %s, kept %s", stopping.epoch, stopping.best_epoch)
        judgement = self.judgement or held.judge(learner, self.fit.ledger)
        return replace(judgement, stopped=stopping)
