"""Token classification: a tag for each word, learned and read at the word's first sub-word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from breakeven.workloads.heads.deciding import decided
from breakeven.workloads.heads.head import Lesson, Wish
from breakeven.workloads.heads.losses import soft_target_loss
from breakeven.workloads.heads.words import NO_TOKEN, TaggedWords, Tags, check_tags
from breakeven.workloads.models.batches import Batch, pad
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import AutoClass
from breakeven.workloads.tasks import Split, Task

_IGNORED = -100
"""Target that `cross_entropy` leaves out of its mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging(TaggedWords):
    """Answers each sentence by the index of the tag of every word; implements `Head`.

    The places of a window are, for each word, the position of its first sub-word, or `NO_TOKEN`.
    """

    labels: tuple[str, ...]
    auto_class: AutoClass = AutoClass.TOKENS

    @classmethod
    def of(cls, task: Task[Tags]) -> "Tagging":
        """Bind it to the tags of a task.

        Raises:
            SettingsError: If O is not among them.
        """
        check_tags(task)
        return cls(labels=task.labels)

    def logits(self, output: Any) -> Tensor:  # noqa: ANN401 - the same
        """Logits of the tags of every token, shape (n_windows, width, n_tags)."""
        found: Tensor = output.logits
        return found

    def lesson(self, split: Split[Tags], encoded: Encoded, device: torch.device) -> Lesson:
        """Cross-entropy of the true tag at first sub-words, in nats."""
        return _lesson(encoded, split.labels, device)

    def imitation(
        self, taught: Sequence[Tensor], encoded: Encoded, wish: Wish, device: torch.device
    ) -> Lesson:
        """Cross-entropy of the teacher's tag, or divergence from its distribution, at the same."""
        if not wish.is_soft:
            taken = [
                self.tags_of(decided(logits).tolist(), places)
                for logits, places in zip(taught, encoded.places, strict=True)
            ]
            return _lesson(encoded, taken, device)
        at = [_learned(places) for places in encoded.places]
        wanted = [logits[own].to(device) for logits, own in zip(taught, at, strict=True)]

        def loss(logits: Tensor, batch: Batch) -> Tensor:
            said = torch.cat([row[at[i]] for row, i in zip(logits, batch.indices, strict=True)])
            hoped = torch.cat([wanted[i] for i in batch.indices])
            return soft_target_loss(said, hoped, temperature=wish.temperature)

        return Lesson(loss=loss, weight=lambda batch: sum(len(at[i]) for i in batch.indices))

    def read(self, logits: Tensor, batch: Batch, encoded: Encoded) -> list[Tags]:
        """Tag of every word of each window.

        Raises:
            SettingsError: If outputs are no finite numbers.
        """
        rows: list[list[int]] = decided(logits).tolist()
        return [
            self.tags_of(row, encoded.places[window])
            for row, window in zip(rows, batch.indices, strict=True)
        ]


def _learned(places: Sequence[int]) -> list[int]:
    return [at for at in places if at != NO_TOKEN]


def _lesson(encoded: Encoded, tags: Sequence[Tags], device: torch.device) -> Lesson:
    """Learn one tag at the first sub-word of each word that has one."""
    targets = []
    for ids, places, own in zip(encoded.ids, encoded.places, tags, strict=True):
        target = [_IGNORED] * len(ids)
        for at, tag in zip(places, own, strict=True):
            if at != NO_TOKEN:
                target[at] = tag
        targets.append(target)
    n_learned = [len(_learned(places)) for places in encoded.places]

    def loss(logits: Tensor, batch: Batch) -> Tensor:
        wanted = pad([targets[i] for i in batch.indices], logits.shape[1], fill=_IGNORED)
        total = functional.cross_entropy(
            logits.flatten(0, 1), torch.from_numpy(wanted).to(device).flatten(), reduction="sum"
        )
        return total / max(1, weight(batch))

    def weight(batch: Batch) -> int:
        return sum(n_learned[i] for i in batch.indices)

    return Lesson(loss=loss, weight=weight)
