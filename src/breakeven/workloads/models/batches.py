"""Batches: windows of similar length together, padded as little as asked, tokens counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from breakeven.records import Volume
from breakeven.workloads.models.encoded import Encoded

Padding = Literal["longest", "max_length"]

BATCHES_PER_BUCKET = 50
"""Examples are shuffled, cut into buckets of this many batches and sorted within each, so that
batches hold similar lengths and still differ from epoch to epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One padded batch.

    Attributes:
        indices: Position of each window among those of its split.
        input_ids: shape (n_windows, width), padded on the right.
        attention_mask: The same shape; 1 on real tokens, 0 on padding.
        n_real_tokens: Tokens that are not padding, special tokens included.
        n_examples: Examples that begin here; an example of several windows counts once.
        n_batches: 1; 0 for a share of a batch that somebody else counts.
        type_ids: Which of two texts a token belongs to, the same shape; None for models that do
            not ask.
    """

    indices: tuple[int, ...]
    input_ids: NDArray[np.int64]
    attention_mask: NDArray[np.int64]
    n_real_tokens: int
    n_examples: int
    n_batches: int = 1
    type_ids: NDArray[np.int64] | None = None

    @property
    def n_padded_tokens(self) -> int:
        """Tokens the model computes on, padding included."""
        return int(self.input_ids.size)

    @property
    def volume(self) -> Volume:
        """What processing this batch once amounts to."""
        return Volume(
            n_examples=self.n_examples,
            n_real_tokens=self.n_real_tokens,
            n_padded_tokens=self.n_padded_tokens,
            n_batches=self.n_batches,
        )


def training_order(
    lengths: Sequence[int], batch_size: int, *, rng: np.random.Generator, is_bucketed: bool = True
) -> list[list[int]]:
    """Indices of each batch of one epoch; every example once.

    Args:
        lengths: Tokens of each example.
        batch_size: Examples per batch; the last one may hold fewer.
        rng: Source of the shuffle; pass the same generator on for the next epoch.
        is_bucketed: Whether similar lengths go together; otherwise the order is random.
    """
    order = rng.permutation(len(lengths)).tolist()
    if not is_bucketed:
        return cut(order, batch_size)
    batches = [
        batch
        for bucket in cut(order, batch_size * BATCHES_PER_BUCKET)
        for batch in cut(sorted(bucket, key=lambda i: lengths[i]), batch_size)
    ]
    return [batches[i] for i in rng.permutation(len(batches))]


def inference_order(
    lengths: Sequence[int], batch_size: int, *, is_sorted: bool = True
) -> list[list[int]]:
    """Indices of each batch; sorted by length, longest first, or in the order of the data.

    Longest first: what does not fit in memory fails at once, not at the end.
    """
    order = length_order(lengths) if is_sorted else list(range(len(lengths)))
    return cut(order, batch_size)


def length_order(lengths: Sequence[int]) -> list[int]:
    """Indices sorted by length, longest first, equal ones as they come."""
    return sorted(range(len(lengths)), key=lambda i: -lengths[i])


def collate(
    encoded: Encoded,
    indices: Sequence[int],
    *,
    pad_id: int,
    padding: Padding = "longest",
    max_length: int | None = None,
) -> Batch:
    """Pad the windows at `indices` to one width.

    Args:
        encoded: Every window of the split.
        indices: Which of them make up the batch.
        pad_id: Token that fills.
        padding: To the longest of the batch, or always to `max_length`.
        max_length: Needed for padding "max_length"; in tokens.

    Raises:
        ValueError: If a window is longer than the width, or `max_length` is missing.
    """
    rows = [encoded.ids[i] for i in indices]
    lengths = np.array([len(row) for row in rows])
    longest = int(lengths.max())
    if padding == "max_length" and (max_length is None or max_length < longest):
        raise ValueError(f"max_length={max_length} cannot hold {longest} tokens; tokenize shorter")
    width = longest if padding == "longest" or max_length is None else max_length
    types = [encoded.type_ids[i] for i in indices] if encoded.type_ids else None
    return Batch(
        indices=tuple(indices),
        input_ids=pad(rows, width, fill=pad_id),
        attention_mask=(np.arange(width) < lengths[:, None]).astype(np.int64),
        n_real_tokens=int(lengths.sum()),
        n_examples=encoded.n_begun(indices),
        type_ids=None if types is None else pad(types, width, fill=0),
    )


def pad(rows: Sequence[Sequence[int]], width: int, *, fill: int) -> NDArray[np.int64]:
    """Fill up rows on the right; shape (n_rows, width)."""
    padded = np.full((len(rows), width), fill, dtype=np.int64)
    for row, own in zip(padded, rows, strict=True):
        row[: len(own)] = own
    return padded


def batches(
    encoded: Encoded,
    order: Sequence[Sequence[int]],
    *,
    pad_id: int,
    padding: Padding = "longest",
    max_length: int | None = None,
) -> Iterator[Batch]:
    """Yield the batches of an order, each padded when its turn comes."""
    for indices in order:
        yield collate(encoded, indices, pad_id=pad_id, padding=padding, max_length=max_length)


def cut_by_tokens(order: Sequence[int], lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Divide an order into batches of at most `budget` tokens, padding to the longest included.

    Args:
        order: Indices.
        lengths: Tokens of each index.
        budget: What alone is longer is a batch of its own.

    >>> cut_by_tokens([2, 0, 1], [3, 4, 8], budget=8)
    [[2], [0, 1]]
    """
    found: list[list[int]] = []
    width = 0
    for index in order:
        width = max(width, lengths[index])
        if found and width * (len(found[-1]) + 1) <= budget:
            found[-1].append(index)
        else:
            found.append([index])
            width = lengths[index]
    return found


def cut(order: Sequence[int], size: int) -> list[list[int]]:
    """Divide an order into batches of `size`; the last one may hold fewer."""
    return [list(order[start : start + size]) for start in range(0, len(order), size)]
