"""Masked training: what pre-training and task-agnostic distillation share, all but the loss."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from breakeven.records import Resource, Score
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoder import Encoder, save_model
from breakeven.workloads.models.tokenizer import encode
from breakeven.workloads.stages.cost_only import is_cost_only
from breakeven.workloads.stages.descent import Descent
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.ledger import Ledger, counted
from breakeven.workloads.stages.masked_lm import Gaps
from breakeven.workloads.stages.masking import Masker

N_LAST = 50
"""The training loss is reported as the mean over this many last steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedTraining:
    """One training on masked text.

    Attributes:
        context: Told of progress, counts and the loss.
        request: Settings: `epochs` (may be a fraction), `lr`, `batch_size` ...
        encoder: Trained in place and kept as the artefact "model".
        texts: The corpus, tokenized once.
        device: Where the encoder is.
        ledger: Where the work is written down.
        last: The last losses, left on the device so that no step waits for it.
    """

    context: StageContext
    request: StageRequest
    encoder: Encoder
    texts: Sequence[str]
    device: torch.device
    ledger: Ledger
    last: deque[Tensor] = field(default_factory=lambda: deque(maxlen=N_LAST))

    def run(self, loss: Callable[[Gaps], Tensor], book: Callable[[Batch, Gaps], None]) -> None:
        """Train, report and save.

        Args:
            loss: Of one masked batch.
            book: Writes one batch into the ledger.
        """
        settings, model = self.request.settings, self.encoder.model
        tokenizer = self.encoder.tokenizer
        encoded = encode(tokenizer, self.texts, max_length=int(settings["max_length"]))
        feed = Feed.of(tokenizer, encoded, settings)
        masker = Masker.of(self.encoder.tokenizer, settings)
        n_steps = feed.n_steps(float(settings["epochs"]))
        descent = Descent.of(model, settings, n_steps=n_steps)
        n_used = 0
        model.train()
        for step, batch in enumerate(feed.steps(n_steps), start=1):
            masked = masker.mask(torch.from_numpy(batch.input_ids))
            gaps = Gaps.of(batch, masked, self.device)
            lost = loss(gaps)
            descent.step(lost)
            self.last.append(lost.detach())
            n_used += len(batch.indices)
            book(batch, gaps)
            self.context.progress(step, n_steps)
        model.eval()
        self._report(min(n_used, len(self.texts)))
        save_model(self.context.artifact_dir("model"), self.encoder)

    def _report(self, n_used: int) -> None:
        self.ledger.close()
        self.context.count(counted(Resource.N_PARAMETERS, self.encoder.model.num_parameters()))
        self.context.count(counted(Resource.N_UNLABELLED_EXAMPLES, n_used))
        if is_cost_only(self.encoder.model):
            return
        score = Score(
            metric="training_loss",
            value=float(torch.stack(tuple(self.last)).mean()),
            split="train",
            n_examples=n_used,
            higher_is_better=False,
        )
        self.context.add_score(score)
