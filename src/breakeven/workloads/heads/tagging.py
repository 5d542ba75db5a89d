"""Token classification: a tag for each word, learned and read at the word's first sub-word.

The convention of BERT (Devlin et al. 2019, section 5.3). A word without a token, cut off or unknown
to the tokenizer's alphabet, is answered O.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from breakeven.errors import SettingsError
from breakeven.records import Scalar
from breakeven.workloads.heads.deciding import decided
from breakeven.workloads.heads.head import Lesson, Wish
from breakeven.workloads.heads.losses import soft_target_loss
from breakeven.workloads.metrics.entities import OUTSIDE
from breakeven.workloads.models.batches import Batch, pad
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import AutoClass
from breakeven.workloads.models.tokenizer import check_fast
from breakeven.workloads.tasks import Split, Task

NO_TOKEN = -1
_IGNORED = -100
"""Target that `cross_entropy` leaves out of its mean."""

Tags = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
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
        if OUTSIDE not in task.labels:
            raise SettingsError(
                f"the tags of the task {task.name} are {', '.join(task.labels)}, without "
                f"{OUTSIDE} for words outside every entity; add it to `labels`"
            )
        return cls(labels=task.labels)

    def encode(
        self,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        split: Split[Tags],
        settings: Mapping[str, Scalar],
    ) -> Encoded:
        """One window for each sentence, cut at `max_length` tokens.

        Raises:
            SettingsError: If the tokenizer cannot say where its tokens stand in the text.
        """
        check_fast(tokenizer, to="tag words")
        found = tokenizer(
            list(split.texts),
            truncation=True,
            max_length=int(settings["max_length"]),
            padding=False,
            return_attention_mask=False,
            return_token_type_ids=False,
            return_offsets_mapping=True,
        )
        places = [
            first_tokens(text, own)
            for text, own in zip(split.texts, found["offset_mapping"], strict=True)
        ]
        return Encoded.one_each(found["input_ids"], places=places)

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
                self._tags(decided(logits).tolist(), places)
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
            self._tags(row, encoded.places[window])
            for row, window in zip(rows, batch.indices, strict=True)
        ]

    def answers(self, readings: Sequence[Tags], split: Split[Tags], encoded: Encoded) -> list[Tags]:  # noqa: ARG002 - a window is an example
        """Each window is a sentence."""
        return list(readings)

    def _tags(self, by_token: Sequence[int], places: Sequence[int]) -> Tags:
        outside = self.labels.index(OUTSIDE)
        return tuple(outside if at == NO_TOKEN else by_token[at] for at in places)


def first_tokens(text: str, offsets: Sequence[tuple[int, int]]) -> list[int]:
    """Position of the first token of each word, `NO_TOKEN` for words without one.

    Args:
        text: Words joined by one space.
        offsets: First character of each token and the one behind its last; equal for tokens that
            stand for no text.

    Examples:
        >>> first_tokens("New York", [(0, 0), (0, 3), (4, 6), (6, 8), (0, 0)])
        [1, 2]
    """
    starts = [0, *(i + 1 for i, letter in enumerate(text) if letter == " ")]
    places = [NO_TOKEN] * len(starts)
    for position, (start, end) in enumerate(offsets):
        inked = next((i for i in range(start, end) if text[i] != " "), None)
        if inked is None:
            continue
        word = bisect_right(starts, inked) - 1
        if places[word] == NO_TOKEN:
            places[word] = position
    return places


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
