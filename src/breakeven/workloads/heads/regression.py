"""Regression of one text or two: one number, learned by its squared error."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from breakeven.workloads.heads.arrays import OUTPUT
from breakeven.workloads.heads.head import Lesson, Wish
from breakeven.workloads.heads.whole_text import WholeText
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import AutoClass
from breakeven.workloads.tasks import Split, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression(WholeText):
    """Answers each example by a number; implements `Head`."""

    labels: tuple[str, ...] = (OUTPUT,)
    auto_class: AutoClass = AutoClass.CLASSIFICATION

    @classmethod
    def of(cls, task: Task[float]) -> "Regression":  # noqa: ARG003 - a number has no names
        """Bind it to a task."""
        return cls()

    def lesson(self, split: Split[float], encoded: Encoded, device: torch.device) -> Lesson:  # noqa: ARG002 - a window is an example
        """Mean squared error."""
        return _lesson(torch.tensor(split.labels, dtype=torch.float32, device=device))

    def imitation(
        self,
        taught: Sequence[Tensor],
        encoded: Encoded,  # noqa: ARG002 - the same
        wish: Wish,  # noqa: ARG002 - a number is decision and distribution in one
        device: torch.device,
    ) -> Lesson:
        """Mean squared difference from the teacher's numbers."""
        return _lesson(torch.stack(list(taught)).squeeze(-1).to(device))

    def read(self, logits: Tensor, batch: Batch, encoded: Encoded) -> list[float]:  # noqa: ARG002 - the same
        """The number of each window."""
        found: list[float] = logits.squeeze(-1).float().tolist()
        return found


def _lesson(numbers: Tensor) -> Lesson:
    return Lesson(
        loss=lambda logits, batch: functional.mse_loss(
            logits.squeeze(-1), numbers[list(batch.indices)]
        ),
        weight=lambda batch: len(batch.indices),
    )
