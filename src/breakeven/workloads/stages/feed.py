"""Feed: tokenized texts, handed out in shuffled batches, epoch by epoch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from breakeven.records import Scalar
from breakeven.workloads.models.batches import Batch, batches, inference_order, training_order
from breakeven.workloads.models.tokenizer import tokenize


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Token ids of a split and how to batch them.

    Attributes:
        ids: Token ids of every example, not padded.
        pad_id: Token that fills.
        batch_size: Examples per batch.
        is_bucketed: Whether batches hold similar lengths.
        rng: Source of every shuffle.
    """

    ids: Sequence[Sequence[int]]
    pad_id: int
    batch_size: int
    is_bucketed: bool
    rng: np.random.Generator

    @classmethod
    def of(
        cls,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        texts: Sequence[str],
        settings: Mapping[str, Scalar],
    ) -> "Feed":
        """Tokenize every text once.

        Args:
            tokenizer: Of the model that will read them.
            texts: In the order of the split.
            settings: `max_length`, `batch_size`, `bucketed` and `seed`.
        """
        return cls(
            ids=tokenize(tokenizer, texts, max_length=int(settings["max_length"])),
            pad_id=int(tokenizer.pad_token_id),
            batch_size=int(settings["batch_size"]),
            is_bucketed=bool(settings["bucketed"]),
            rng=np.random.default_rng(int(settings["seed"])),
        )

    @property
    def n_batches(self) -> int:
        """Batches in one epoch."""
        return -(-len(self.ids) // self.batch_size)

    def n_steps(self, n_epochs: float) -> int:
        """Batches in `n_epochs`, which may be a fraction; at least one."""
        return max(1, round(n_epochs * self.n_batches))

    def epoch(self) -> Iterator[Batch]:
        """Every example once, newly shuffled."""
        lengths = [len(own) for own in self.ids]
        order = training_order(lengths, self.batch_size, rng=self.rng, is_bucketed=self.is_bucketed)
        return batches(self.ids, order, pad_id=self.pad_id)

    def steps(self, n_steps: int) -> Iterator[Batch]:
        """As many batches as asked, epoch after epoch; the last one may be cut short."""
        n_left = n_steps
        while n_left > 0:
            for _, batch in zip(range(n_left), self.epoch(), strict=False):
                yield batch
            n_left -= self.n_batches

    def in_order(self) -> Iterator[Batch]:
        """Every example once, sorted by length, for evaluation."""
        order = inference_order([len(own) for own in self.ids], self.batch_size)
        return batches(self.ids, order, pad_id=self.pad_id)
