"""Passes: which examples form which batch, and how long a row works on them.

Texts are sorted by their characters, which a server knows before it tokenizes. That leaves a fifth
of the tokens of a batch of 32 to padding (SST-2 20 %, AG News 24 %). With a budget of tokens a row
is handed a pool of several batches at once, tokenizes it, sorts it by tokens and fills each forward
pass, so that 3-5 % remain.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, repeat
from operator import itemgetter
from typing import Any, TypeVar

from breakeven.records import Note, NoteCode, Scalar
from breakeven.workloads.models.batches import cut, cut_by_tokens, length_order
from breakeven.workloads.tasks import Split

T = TypeVar("T")

BATCHES_PER_POOL = 8
"""More leave less padding, but every answer waits for its pool."""

CHARACTERS_PER_TOKEN = 4.5
"""Of English in sub-word vocabularies of some 30,000, blanks included (SST-2 4.5, AG News 4.7 by
MiniLM's); it sizes pools, never forward passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass over a split.

    Attributes:
        batches: Indices of what is asked at once, in the order it is worked on.
        widest: One forward pass with the longest text; warm-up repeats it, so that whatever
            grows with length has grown before the work begins. What is made anew for each shape
            has not: see `Row.prepares_shapes`.
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
        settings: `batch_size` or `batch_tokens`, `sorted` and `seed` of the row.
    """
    seconds = split.pairs or repeat("")
    lengths = [len(text) + len(pair) for text, pair in zip(split.texts, seconds, strict=False)]
    order = length_order(lengths) if settings["sorted"] else list(range(len(lengths)))
    budget = int(settings["batch_tokens"])
    typical = [math.ceil(length / CHARACTERS_PER_TOKEN) for length in lengths]
    batches = _pools(order, typical, budget) if budget else cut(order, int(settings["batch_size"]))
    widest = max(batches, key=lambda batch: max(lengths[i] for i in batch))
    if budget:
        longest = sorted(widest, key=lambda i: -lengths[i])
        widest = cut_by_tokens(longest, typical, budget)[0]
    if settings["sorted"]:
        random.Random(int(settings["seed"])).shuffle(batches)  # noqa: S311 - an order, no secret
    return Pass(batches=batches, widest=widest)


def forward_passes(lengths: Sequence[int], settings: Mapping[str, Scalar]) -> list[list[int]]:
    """Divide the windows that are asked at once into forward passes.

    Args:
        lengths: Tokens of each window, special ones included.
        settings: `batch_size` or `batch_tokens`, `sorted`, `padding` and `max_length` of the row.

    Returns:
        Places of the windows of each forward pass, sorted by tokens where there is a budget.
    """
    order, budget = list(range(len(lengths))), int(settings["batch_tokens"])
    if not budget:
        return cut(order, int(settings["batch_size"]))
    if settings["padding"] == "max_length":
        lengths = [int(settings["max_length"])] * len(lengths)
    return cut_by_tokens(length_order(lengths) if settings["sorted"] else order, lengths, budget)


def in_order(found: Mapping[int, T]) -> list[T]:
    """What forward passes found by the place of each window, one after another from 0."""
    return [found[place] for place in range(len(found))]


def _pools(order: Sequence[int], typical: Sequence[int], budget: int) -> list[list[int]]:
    """Cut an order where about `BATCHES_PER_POOL` times the budget is full."""
    starts = accumulate((typical[i] for i in order), initial=0)
    pool_of = [start // (budget * BATCHES_PER_POOL) for start in starts]
    grouped = groupby(zip(pool_of, order, strict=False), key=itemgetter(0))
    return [[index for _, index in own] for _, own in grouped]


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

    @property
    def n_different(self) -> int:
        """Batches of a pass that may be asked: fewer than all where their number is exact."""
        is_exact = self.n_batches > 0 and self.min_window_s == 0
        return min(self.n_batches, self.n_per_pass) if is_exact else self.n_per_pass

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
