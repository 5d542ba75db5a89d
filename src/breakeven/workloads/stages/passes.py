"""Passes: which examples form which batch, and how long a row works on them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from breakeven.records import Note, NoteCode, Scalar
from breakeven.workloads.models.batches import inference_order
from breakeven.workloads.tasks import Split


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass over a split.

    Attributes:
        batches: Indices of each batch, in the order they are worked on.
        widest: The batch with the longest text; warm-up repeats it, so that whatever grows
            with length has grown before the work begins.
    """

    batches: Sequence[Sequence[int]]
    widest: Sequence[int]


def plan_pass(split: Split[Any], settings: Mapping[str, Scalar]) -> Pass:
    """Divide one pass over a split into batches.

    Sorted batches hold examples of similar length, so that little is padded; they then come in a
    seeded random order, because a window that ends early must not have seen one length only.
    Length is counted in characters, of both texts of a pair: a server knows them before it
    tokenizes.

    Args:
        split: What is to be answered.
        settings: `batch_size`, `sorted` and `seed` of the row.
    """
    seconds = split.pairs or repeat("")
    lengths = [len(text) + len(pair) for text, pair in zip(split.texts, seconds, strict=False)]
    is_sorted = bool(settings["sorted"])
    batches = inference_order(lengths, int(settings["batch_size"]), is_sorted=is_sorted)
    widest = max(batches, key=lambda batch: max(lengths[i] for i in batch))
    if is_sorted:
        random.Random(int(settings["seed"])).shuffle(batches)  # noqa: S311 - an order, no secret
    return Pass(batches=batches, widest=widest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much work a row does: so many batches or so many seconds, whichever is longer.

    Attributes:
        n_batches: Batches at least; 0 means whole passes over the split.
        min_window_s: Seconds at least.
        n_per_pass: Batches in one pass.
    """

    n_batches: int
    min_window_s: float
    n_per_pass: int

    @classmethod
    def of(
        cls, settings: Mapping[str, Scalar], *, n_per_pass: int, enough_s: float = 0.0
    ) -> "Amount":
        """Read it from a row's settings.

        A slow energy sensor lengthens the window by repetition, unless `min_window_s` is 0: that
        asks for exactly so many batches, as published protocols do, and a window that is then too
        short for its sensor is marked.

        Args:
            settings: `n_batches` and `min_window_s` of the row.
            n_per_pass: Batches in one pass.
            enough_s: Seconds that the energy sensors need.
        """
        min_window_s = float(settings["min_window_s"])
        return cls(
            n_batches=int(settings["n_batches"]),
            min_window_s=max(min_window_s, enough_s) if min_window_s > 0 else 0.0,
            n_per_pass=n_per_pass,
        )

    def is_done(self, n_done: int, elapsed_s: float) -> bool:
        """Whether `n_done` batches in `elapsed_s` seconds suffice."""
        if elapsed_s < self.min_window_s:
            return False
        if self.n_batches == 0:
            return n_done > 0 and n_done % self.n_per_pass == 0
        return n_done >= self.n_batches

    def ended_early(self, n_done: int, *, n_examples: int, split: str) -> Note | None:
        """Say that the data ended before the work asked for did, if so.

        Args:
            n_done: Batches worked through.
            n_examples: Examples in the split.
            split: Its name.
        """
        if n_done <= self.n_per_pass:
            return None
        asked = f"{self.min_window_s:g} s"
        if self.n_batches:
            asked = f"{self.n_batches} batches and {asked}"
        return Note(
            code=NoteCode.DATA_ENDED,
            message=(
                f"the {split} split ended after {self.n_per_pass} batches ({n_examples} examples), "
                f"before the {asked} asked for; its examples were repeated"
            ),
            advice="The cost per example stands; the score rests on the first pass only.",
        )
