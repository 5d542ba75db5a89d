"""The protocol of a head: how one form of task is encoded, learned, imitated and answered.

A model reads windows (`Encoded`), a task counts examples. Everything a training or a service
does is the same for every form but for what stands here; how answers are judged against labels
needs no torch and stands in `stages.scoring`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from breakeven.records import Scalar
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import AutoClass
from breakeven.workloads.tasks import Split

L_contra = TypeVar("L_contra", contravariant=True)
"""Label of an example."""

A_co = TypeVar("A_co", covariant=True)
"""Answer to an example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a model is punished for on one split.

    Attributes:
        loss: Mean loss of a batch's logits, a scalar on their device.
        weight: How many single answers (examples, words) that mean rests on, so that the means
            of batches can be averaged.
    """

    loss: Callable[[Tensor, Batch], Tensor]
    weight: Callable[[Batch], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a teacher is to be imitated.

    Attributes:
        is_soft: Whether its whole distribution is learned, softened, and not its decisions as
            if they were true.
        temperature: Above 0; for soft targets only.
    """

    is_soft: bool
    temperature: float


class Head(Protocol[L_contra, A_co]):
    """What stands on a model for one form of task; bound to a task's labels, without weights."""

    @property
    def auto_class(self) -> AutoClass:
        """Class of transformers that puts it on a checkpoint."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the model's outputs, as its configuration keeps them; empty for none."""
        ...

    def encode(
        self,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        split: Split[L_contra],
        settings: Mapping[str, Scalar],
    ) -> Encoded:
        """Turn examples into windows of at most `max_length` tokens, truncated or divided.

        Labels are not looked at, so that texts can be served one batch at a time.
        """
        ...

    def logits(self, output: Any) -> Tensor:  # noqa: ANN401 - the same
        """Take from a model's output what answers are read from, shape (n_windows, ...).

        Where there is one row for each token, the second dimension is the batch's width.
        """
        ...

    def lesson(self, split: Split[L_contra], encoded: Encoded, device: torch.device) -> Lesson:
        """Learn, or be judged by, the true labels."""
        ...

    def imitation(
        self, taught: Sequence[Tensor], encoded: Encoded, wish: Wish, device: torch.device
    ) -> Lesson:
        """Learn what a teacher answers.

        Args:
            taught: The teacher's logits of each window, on the CPU, without padding.
            encoded: The windows, the same for teacher and student.
            wish: Decisions or distribution.
            device: Where the student computes.
        """
        ...

    def read(self, logits: Tensor, batch: Batch, encoded: Encoded) -> Sequence[Any]:
        """Reduce logits to what answers rest on, one reading for each window, on the CPU."""
        ...

    def answers(
        self, readings: Sequence[Any], split: Split[L_contra], encoded: Encoded
    ) -> Sequence[A_co]:
        """Turn readings of every window into one answer for each example, in their order."""
        ...


def without_padding(logits: Tensor, batch: Batch) -> list[Tensor]:
    """Logits of each window on the CPU, cut to its own tokens where there is one row a token."""
    on_cpu = logits.cpu()
    if on_cpu.ndim < 3:
        return list(on_cpu)
    lengths = batch.attention_mask.sum(axis=1).tolist()
    return [own[:length] for own, length in zip(on_cpu, lengths, strict=True)]
