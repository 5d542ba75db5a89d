"""Feed: windows, handed out in shuffled batches, epoch by epoch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from breakeven.records import Scalar
from breakeven.workloads.models.batches import Batch, batches, inference_order, training_order
from breakeven.workloads.models.encoded import Encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Windows of a split and how to batch them.

    Attributes:
        encoded: The windows.
        pad_id: Token that fills.
        batch_size: Windows per batch.
        is_bucketed: Whether batches hold similar lengths.
        rng: Source of every shuffle.
    """

    encoded: Encoded
    pad_id: int
    batch_size: int
    is_bucketed: bool
    rng: np.random.Generator

    @classmethod
    def of(
        cls,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        encoded: Encoded,
        settings: Mapping[str, Scalar],
    ) -> "Feed":
        """Hand out windows in the way the settings ask for.

        Args:
            tokenizer: Of the model that will read them.
            encoded: What it made of the split.
            settings: `batch_size`, `bucketed` and `seed`.
        """
        return cls(
            encoded=encoded,
            pad_id=int(tokenizer.pad_token_id),
            batch_size=int(settings["batch_size"]),
            is_bucketed=bool(settings["bucketed"]),
            rng=np.random.default_rng(int(settings["seed"])),
        )

    @property
    def n_batches(self) -> int:
        """Batches in one epoch."""
        return -(-len(self.encoded) // self.batch_size)

    def n_steps(self, n_epochs: float) -> int:
        """Batches in `n_epochs`, which may be a fraction; at least one."""
        return max(1, round(n_epochs * self.n_batches))

    def epoch(self) -> Iterator[Batch]:
        """Every window once, newly shuffled."""
        order = training_order(
            self.encoded.lengths, self.batch_size, rng=self.rng, is_bucketed=self.is_bucketed
        )
        return batches(self.encoded, order, pad_id=self.pad_id)

    def steps(self, n_steps: int) -> Iterator[Batch]:
        """As many batches as asked, epoch after epoch; the last one may be cut short."""
        n_left = n_steps
        while n_left > 0:
            for _, batch in zip(range(n_left), self.epoch(), strict=False):
                yield batch
            n_left -= self.n_batches

    def in_order(self) -> Iterator[Batch]:
        """Every window once, sorted by length, for evaluation."""
        order = inference_order(self.encoded.lengths, self.batch_size)
        return batches(self.encoded, order, pad_id=self.pad_id)
