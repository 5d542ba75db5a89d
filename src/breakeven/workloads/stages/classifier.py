"""Classifier: an encoder with a head on a device; batches in, logits out."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoder import Encoder, count_parameters, to_tensors
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """A model ready to compute.

    Attributes:
        model: A transformers model with a classification head, on `device`.
        device: Where it computes.
        n_parameters: Kaplan's N: all parameters outside embedding tables.
    """

    model: Any
    device: torch.device
    n_parameters: int

    @classmethod
    def of(cls, encoder: Encoder, device: torch.device) -> "Classifier":
        """Put an encoder's model on `device`."""
        counts = count_parameters(encoder.model)
        return cls(
            model=encoder.model.to(device),
            device=device,
            n_parameters=counts.n_total - counts.n_embedding,
        )

    def logits(self, batch: Batch) -> Tensor:
        """Logits of one batch, shape (n_examples, n_labels), on the device."""
        logits: Tensor = self.model(**to_tensors(batch, self.device)).logits
        return logits

    def all_logits(self, feed: Feed, ledger: Ledger) -> Tensor:
        """Logits of every example in the order of the split, on the CPU, without gradient.

        Args:
            feed: The split.
            ledger: Where the forward passes are written down.
        """
        self.model.eval()
        parts: list[Tensor] = []
        order: list[int] = []
        with torch.inference_mode():
            for batch in feed.in_order():
                parts.append(self.logits(batch))
                order.extend(batch.indices)
                ledger.passed(batch.n_padded_tokens, n_parameters=self.n_parameters)
            found = torch.cat(parts).cpu()
            return torch.empty_like(found).index_copy_(0, torch.tensor(order), found)
