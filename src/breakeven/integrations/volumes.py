"""Volumes: how many examples and tokens a batch holds, told from its shape.

Nothing here imports a framework, and nothing waits for a device: what lies on one is added up there
and read when somebody asks.
"""

from collections.abc import Mapping, Sequence, Sized
from typing import Any

from breakeven.records import Volume

TOKENS, MASK = "input_ids", "attention_mask"
"""What tokenizers of transformers call the two."""


class VolumeCounter:
    """Counts batches one by one.

    Attributes:
        is_sure: Whether every batch so far said how many examples it holds.
    """

    def __init__(self) -> None:
        self.is_sure = True
        self._on_device: Any = 0

    def count(self, batch: object) -> Volume:
        """Count one batch; real tokens that lie on a device are kept for `rest`.

        Args:
            batch: A tensor (first axis: examples), a tuple or list of them, a mapping of them as
                tokenizers give it, or a sequence of examples.
        """
        n_examples = count_examples(batch)
        self.is_sure &= n_examples is not None
        n_real = n_padded = 0
        if isinstance(batch, Mapping) and TOKENS in batch:
            n_padded = _n_items(batch[TOKENS])
            n_real = self._real_tokens(batch.get(MASK))
        return Volume(
            n_examples=n_examples or 0,
            n_real_tokens=n_real,
            n_padded_tokens=n_padded,
            n_batches=1,
        )

    def rest(self) -> Volume:
        """What still lay on a device; waits for it."""
        waiting, self._on_device = self._on_device, 0
        return Volume(n_real_tokens=int(waiting))

    def _real_tokens(self, mask: Any) -> int:  # noqa: ANN401 - a tensor of any framework, or lists
        if mask is None:
            return 0
        if not hasattr(mask, "sum"):
            return sum(sum(row) for row in mask)
        total = mask.sum()
        if getattr(getattr(mask, "device", None), "type", "cpu") == "cpu":
            return int(total)
        self._on_device = self._on_device + total
        return 0


def count_examples(batch: object) -> int | None:
    """Examples in a batch; None where its shape does not tell.

    Examples:
        >>> count_examples(["a text", "another"])
        2
        >>> count_examples({"input_ids": [[1, 2], [3, 4], [5, 6]], "labels": [0, 1, 0]})
        3
        >>> count_examples(7) is None
        True
    """
    if isinstance(batch, Mapping):
        first = batch.get(TOKENS, next(iter(batch.values()), None))
        return count_examples(first)
    shape = getattr(batch, "shape", None)
    if shape is not None:
        return int(shape[0]) if len(shape) else None
    if isinstance(batch, tuple) or (isinstance(batch, list) and _holds_columns(batch)):
        return count_examples(batch[0]) if batch else None
    if isinstance(batch, Sized) and not isinstance(batch, str | bytes):
        return len(batch)
    return None


def _holds_columns(batch: Sequence[object]) -> bool:
    """Whether a list is what collating pairs makes (inputs, labels) rather than of examples."""
    shapes = [getattr(column, "shape", None) for column in batch]
    sizes = {shape[0] if shape else None for shape in shapes}
    return len(sizes) == 1 and None not in sizes


def _n_items(tokens: Any) -> int:  # noqa: ANN401 - a tensor of any framework, or lists
    shape = getattr(tokens, "shape", None)
    if shape is None:
        return sum(len(row) for row in tokens)
    n_items = 1
    for size in shape:
        n_items *= int(size)
    return n_items
