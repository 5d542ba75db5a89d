"""A row of an encoder in torch."""

from dataclasses import dataclass
from typing import Any

import torch

from breakeven.records import Cost
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import to_tensors
from breakeven.workloads.stages.device import model_costs
from breakeven.workloads.stages.window_row import Computed, WindowRow


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderRow(WindowRow):
    """An encoder set up for one row; implements `serving.Row`.

    Attributes:
        model: In evaluation mode, on `device`, as deep and as precise as the row wants.
        device: Where the model computes.
    """

    model: Any
    device: torch.device

    def compute(self, batch: Batch, encoded: Encoded) -> Computed:
        """One forward pass."""
        with torch.inference_mode():
            logits = self.head.logits(self.model(**to_tensors(batch, self.device)))
            return Computed(
                readings=self.head.read(logits, batch, encoded),
                confidences=self.head.confidences(logits) if self.says_confidence else (),
            )

    def costs(self) -> list[Cost]:
        """Parameters, and what the model took of a CUDA device's memory."""
        return model_costs(self.model, self.device)
