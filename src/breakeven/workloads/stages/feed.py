"""Feed: windows, handed out in shuffled batches, epoch by epoch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from breakeven.records import Scalar
from breakeven.workloads.models.batches import (
    Batch,
    batches,
    collate,
    inference_order,
    training_order,
)
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.stages.team import Team

_ALONE = Team()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Windows of a split and how to batch them.

    Attributes:
        encoded: The windows.
        pad_id: Token that fills.
        batch_size: Windows per batch, over all processes that share it.
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
            settings: `batch_size` (of one process), `n_processes`, `bucketed` and `seed`.
        """
        return cls(
            encoded=encoded,
            pad_id=int(tokenizer.pad_token_id),
            batch_size=int(settings["batch_size"]) * int(settings["n_processes"]),
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

    def orders(self, n_batches: int, *, start: int = 0) -> Iterator[list[int]]:
        """Windows of as many batches as asked, epoch after epoch, each newly shuffled.

        Args:
            n_batches: In all; the last epoch may be cut short.
            start: How many of them to leave out, because an earlier run has had them.
        """
        for first in range(0, n_batches, self.n_batches):
            order = training_order(
                self.encoded.lengths, self.batch_size, rng=self.rng, is_bucketed=self.is_bucketed
            )
            yield from order[max(0, start - first) : n_batches - first]

    def batch(self, windows: Sequence[int]) -> Batch:
        """Pad these windows to one batch."""
        return collate(self.encoded, windows, pad_id=self.pad_id)

    def in_order(self, team: Team = _ALONE) -> Iterator[Batch]:
        """Every window once, sorted by length, for evaluation.

        Args:
            team: Its batches are dealt out among these processes.
        """
        order = inference_order(self.encoded.lengths, self.batch_size // team.n_ranks)
        return batches(self.encoded, team.share(order), pad_id=self.pad_id)
