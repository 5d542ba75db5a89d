"""Encoded: a split as the windows a model reads; most examples are one, long ones several."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A split as token ids, not padded.

    Attributes:
        ids: Token ids of every window, special tokens included.
        example_of: Which example of the split each window belongs to, ascending from 0.
        type_ids: Which of two texts each token belongs to; empty where there is one text, or the
            model does not ask.
        places: What a head alone must know of each window (where words begin, where a text
            stands); empty where it needs nothing.
        begins: Examples that begin in each window, where windows hold several; empty where an
            example begins with its first window.
    """

    ids: Sequence[Sequence[int]]
    example_of: Sequence[int]
    type_ids: Sequence[Sequence[int]] = ()
    places: Sequence[Any] = ()
    begins: Sequence[int] = ()

    def __post_init__(self) -> None:
        n_windows = len(self.ids)
        if len(self.example_of) != n_windows or {len(self.type_ids), len(self.places)} - {
            0,
            n_windows,
        }:
            raise ValueError(
                f"{n_windows} windows need as many examples, type ids and places, got "
                f"{len(self.example_of)}, {len(self.type_ids)} and {len(self.places)}"
            )

    @classmethod
    def one_each(
        cls,
        ids: Sequence[Sequence[int]],
        *,
        type_ids: Sequence[Sequence[int]] = (),
        places: Sequence[Any] = (),
    ) -> "Encoded":
        """Every example in one window."""
        return cls(ids=ids, example_of=range(len(ids)), type_ids=type_ids, places=places)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lengths(self) -> list[int]:
        """Tokens of each window."""
        return [len(own) for own in self.ids]

    def take(self, examples: Sequence[int]) -> "Encoded":
        """Return the windows of some examples, which are counted from 0 in the order given."""
        windows: list[int] = []
        example_of: list[int] = []
        for place, example in enumerate(examples):
            first = bisect_left(self.example_of, example)
            own = range(first, bisect_right(self.example_of, example, lo=first))
            windows += own
            example_of += [place] * len(own)
        return Encoded(
            ids=[self.ids[i] for i in windows],
            example_of=example_of,
            type_ids=[self.type_ids[i] for i in windows] if self.type_ids else (),
            places=[self.places[i] for i in windows] if self.places else (),
        )

    def n_begun(self, windows: Sequence[int]) -> int:
        """Examples that begin in one of `windows`; over all windows, all examples."""
        if self.begins:
            return sum(self.begins[i] for i in windows)
        return sum(i == 0 or self.example_of[i - 1] != self.example_of[i] for i in windows)
