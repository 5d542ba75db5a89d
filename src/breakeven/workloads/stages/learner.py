"""Learner: a model with its head on a device; batches in, logits out."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from breakeven.workloads.heads import Head
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoder import Encoder, count_parameters, to_tensors
from breakeven.workloads.models.frozen import FrozenBody
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.ledger import Ledger
from breakeven.workloads.stages.team import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """A model ready to compute.

    Attributes:
        model: A transformers model with a head, on `device`.
        head: What its output means.
        device: Where it computes.
        n_parameters: Kaplan's N: all parameters outside embedding tables, of those that learn.
        team: The processes that share the work.
        body: What is below the head, where only the head is trained; None where all is.
    """

    model: Any
    head: Head[Any, Any]
    device: torch.device
    n_parameters: int
    team: Team = field(default_factory=Team.here)
    body: FrozenBody | None = None

    @classmethod
    def of(cls, encoder: Encoder, head: Head[Any, Any], device: torch.device) -> "Learner":
        """Put an encoder's model on `device`."""
        counts = count_parameters(encoder.model)
        return cls(
            model=encoder.model.to(device),
            head=head,
            device=device,
            n_parameters=counts.n_total - counts.n_embedding,
        )

    def only_head(self, ledger: Ledger) -> "Learner":
        """The same, to learn by what stands above the last layer alone.

        Args:
            ledger: Where passes through what is frozen are written down.

        Raises:
            SettingsError: If nothing stands there.
        """
        n_all = self.n_parameters

        def passed(n_tokens: int) -> None:
            ledger.passed(n_tokens, n_parameters=n_all - n_head)

        body = FrozenBody(model=self.model, told=passed)
        n_head = sum(p.numel() for p in self.model.parameters() if p.requires_grad)
        return replace(self, body=body, n_parameters=n_head)

    def logits(self, batch: Batch) -> Tensor:
        """Logits of one batch, on the device."""
        tensors = to_tensors(batch, self.device)
        with nullcontext() if self.body is None else self.body.skipped(batch, tensors):
            return self.head.logits(self.model(**tensors))

    def watch(self, feed: Feed, ledger: Ledger, see: Callable[[Batch, Tensor], None]) -> None:
        """Pass over every window of a split without gradient; each process sees its share.

        Args:
            feed: The split.
            ledger: Where the forward passes are written down.
            see: Told the logits of each batch.
        """
        self.model.eval()
        with torch.inference_mode():
            for batch in feed.in_order(self.team):
                see(batch, self.logits(batch))
                ledger.passed(batch.n_padded_tokens, n_parameters=self.n_parameters)
