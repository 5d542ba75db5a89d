"""Classification of one text or two: a linear layer over the model's summary of the text."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from breakeven.workloads.adaptive.confidence import softmax_maximum
from breakeven.workloads.heads.deciding import decided
from breakeven.workloads.heads.head import Lesson, Wish
from breakeven.workloads.heads.losses import soft_target_loss
from breakeven.workloads.heads.whole_text import WholeText
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import AutoClass
from breakeven.workloads.tasks import Split, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification(WholeText):
    """Answers each example by the index of its class; implements `Head`."""

    labels: tuple[str, ...]
    auto_class: AutoClass = AutoClass.CLASSIFICATION

    @classmethod
    def of(cls, task: Task[int]) -> "Classification":
        """Bind it to the classes of a task."""
        return cls(labels=task.labels)

    def lesson(self, split: Split[int], encoded: Encoded, device: torch.device) -> Lesson:  # noqa: ARG002 - a window is an example
        """Cross-entropy of the true class, in nats."""
        return _lesson(torch.tensor(split.labels, device=device))

    def imitation(
        self,
        taught: Sequence[Tensor],
        encoded: Encoded,  # noqa: ARG002 - the same
        wish: Wish,
        device: torch.device,
    ) -> Lesson:
        """Cross-entropy of the teacher's class, or divergence from its distribution."""
        answers = torch.stack(list(taught)).to(device)
        if not wish.is_soft:
            return _lesson(decided(answers))
        return Lesson(
            loss=lambda logits, batch: soft_target_loss(
                logits, answers[list(batch.indices)], temperature=wish.temperature
            ),
            weight=lambda batch: len(batch.indices),
        )

    def read(self, logits: Tensor, batch: Batch, encoded: Encoded) -> list[int]:  # noqa: ARG002 - the same
        """Index of the class of each window.

        Raises:
            SettingsError: If outputs are no finite numbers.
        """
        found: list[int] = decided(logits).tolist()
        return found

    def confidences(self, outputs: Tensor) -> list[float]:
        """Softmax probability of the class that is answered."""
        found: list[float] = softmax_maximum(outputs.float().cpu().numpy()).tolist()
        return found


def _lesson(classes: Tensor) -> Lesson:
    return Lesson(
        loss=lambda logits, batch: functional.cross_entropy(logits, classes[list(batch.indices)]),
        weight=lambda batch: len(batch.indices),
    )
