"""Training on a corpus: what pre-training and task-agnostic distillation share but the loss."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from breakeven.errors import SettingsError
from breakeven.records import Resource, Score
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoder import Encoder, save_model
from breakeven.workloads.stages.checkpoint import Kept
from breakeven.workloads.stages.cost_only import is_cost_only
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.ledger import Ledger, counted
from breakeven.workloads.stages.masked_lm import Gaps
from breakeven.workloads.stages.reading import Hider, Objective
from breakeven.workloads.stages.team import Team
from breakeven.workloads.stages.training import Lost, Training

N_LAST = 50
"""The training loss is reported as the mean over so many last batches that had gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedTraining:
    """One training on unlabelled text.

    Attributes:
        context: Told of progress, counts and the loss.
        request: Settings: `epochs` (may be a fraction), `lr`, `batch_size` ...
        encoder: Trained in place and kept as the artefact "model".
        texts: The corpus, tokenized once.
        objective: What is guessed of it.
        device: Where the encoder is.
        ledger: Where the work is written down.
    """

    context: StageContext
    request: StageRequest
    encoder: Encoder
    texts: Sequence[str]
    objective: Objective
    device: torch.device
    ledger: Ledger

    def run(self, loss: Callable[[Gaps], Tensor], book: Callable[[Batch, Gaps], None]) -> None:
        """Train, report and save.

        Args:
            loss: Of one batch and what is guessed of it.
            book: Writes one batch into the ledger.

        Raises:
            SettingsError: If there was nothing to guess from beginning to end.
        """
        settings, team = self.request.settings, Team.here()
        tokenizer = self.encoder.tokenizer
        encoded = self.objective.encode(tokenizer, self.texts, settings)
        feed = Feed.of(tokenizer, encoded, settings)
        hider = self.objective.begin(tokenizer, settings, rank=team.rank)
        guesser = _Guesser(hider=hider, device=self.device, loss=loss, book=book)
        n_batches = feed.n_steps(float(settings["epochs"]))
        Training(
            model=self.encoder.model,
            feed=feed,
            settings=settings,
            context=self.context,
            team=team,
        ).run(guesser, n_batches=n_batches)
        mean_loss = guesser.mean_loss(team)
        n_windows = min(n_batches * feed.batch_size, len(encoded))
        self._report(round(len(self.texts) * n_windows / len(encoded)), mean_loss)
        if team.is_first:
            save_model(self.context.artifact_dir("model"), self.encoder)

    def _report(self, n_used: int, mean_loss: float) -> None:
        self.ledger.close()
        self.context.count(counted(Resource.N_PARAMETERS, self.encoder.model.num_parameters()))
        self.context.count(counted(Resource.N_UNLABELLED_EXAMPLES, n_used))
        if is_cost_only(self.encoder.model):
            return
        score = Score(
            metric="training_loss",
            value=mean_loss,
            split="train",
            n_examples=n_used,
            higher_is_better=False,
        )
        self.context.add_score(score)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guesser:
    """Hides tokens and learns to guess them; implements `training.Pupil`.

    Attributes:
        hider: Chooses what is guessed.
        device: Where the model is.
        loss: Of one masked batch.
        book: Writes one batch into the ledger.
        last: The last losses of batches with gaps, left on the device so that no step waits for it.
    """

    hider: Hider
    device: torch.device
    loss: Callable[[Gaps], Tensor]
    book: Callable[[Batch, Gaps], None]
    last: deque[Tensor] = field(default_factory=lambda: deque(maxlen=N_LAST))

    def learn(self, batch: Batch) -> Lost:
        """Loss of a batch with gaps; it weighs as much as there are gaps."""
        gaps = Gaps.of(batch, self.hider.hide(batch), self.device)
        loss = self.loss(gaps)
        if n_gaps := gaps.targets.numel():
            self.last.append(loss.detach())
        self.book(batch, gaps)
        return Lost(loss=loss, weight=n_gaps)

    def mean_loss(self, team: Team) -> float:
        """Mean of the last losses of the whole team.

        Raises:
            SettingsError: If none of its batches had a gap.
        """
        losses = [float(lost) for lost in self.last]
        n_losses = team.total(len(losses))
        if not n_losses:
            raise SettingsError(
                "no batch held a token to guess, so nothing was learned; give longer texts"
            )
        return team.total(sum(losses)) / n_losses

    def after_epoch(self, n_batches: int) -> bool:  # noqa: ARG002 - nothing is judged
        """Go on: it cannot stop early."""
        return False

    def kept(self) -> Kept:
        """What is hidden next, and the last losses."""
        return Kept(tensors={**self.hider.state(), "last": torch.tensor([*self.last])})

    def restore(self, kept: Kept) -> None:
        """Go on from there."""
        self.hider.restore(kept.tensors)
        self.last.extend(kept.tensors["last"].to(self.device))
