"""Serving: what a loaded model must offer so that any row can be measured the same way."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, Self, runtime_checkable

from breakeven.errors import SettingsError
from breakeven.formulas.flops import inference_flops
from breakeven.records import Cost, PhaseName, Scalar
from breakeven.records.protocols import StageContext
from breakeven.workloads.tasks import Split, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers to one batch.

    Attributes:
        predicted: One for each example, as its head gives them.
        n_real_tokens: Tokens of the texts, special tokens included; 0 without tokens.
        n_padded_tokens: Tokens computed on.
        n_new_tokens: Tokens that were generated; those that were read again are in the other two.
        confidences: How sure each answer is, from 0 to 1; only of rows made by `confident`.
        flops: What was computed, by Kaplan's rule, where that is not the row's `n_kaplan` for each
            padded token.
        tally: How many of the examples something happened to, by the name of its score: how an
            adaptive row answered them.
    """

    predicted: Sequence[Any]
    n_real_tokens: int = 0
    n_padded_tokens: int = 0
    n_new_tokens: int = 0
    confidences: Sequence[float] = ()
    flops: float | None = None
    tally: Mapping[str, int] = field(default_factory=dict)


LEFT_OUT = "leave this pathway out of that row by `pathways` of its entry in inference.sweep"
"""What to do about a setting that one of several pathways cannot take."""

Answering = Callable[[Sequence[int]], Answers]
"""Answers the examples at some indices, or does a part of that work."""


class Row(Protocol):
    """A loaded model set up for one configuration."""

    @property
    def synchronize(self) -> Callable[[], None]:
        """What waits for queued device work."""
        ...

    @property
    def n_kaplan(self) -> int | None:
        """Parameters outside embedding tables; None where Kaplan's rule does not apply."""
        ...

    def answer(self, indices: Sequence[int]) -> Answers:
        """Answer the examples at `indices`; text in, answers out.

        It returns when the answers are where the caller can read them, device work included,
        for the time it takes is the latency of a batch.
        """
        ...

    @property
    def prepares_shapes(self) -> bool:
        """Whether batches of a new shape cost extra the first time, beyond what warm-up repeats.

        The warm-up of such a row answers each batch once before the work does.
        """
        ...

    @property
    def parts(self) -> Mapping[PhaseName, Answering]:
        """Parts of `answer` to be measured again on their own, after the work."""
        ...

    def over(self, split: Split[Any]) -> Self:
        """The same setup for other examples, which are tokenized when their turn comes."""
        ...

    def costs(self) -> Sequence[Cost]:
        """What the row knows of its own cost, after the window: parameters, device memory."""
        ...


@runtime_checkable
class SureRow(Protocol):
    """A row that can say how sure it is of its answers."""

    def confident(self) -> Row:
        """The same row, whose answers come with `confidences`.

        Raises:
            SettingsError: If what stands on this model gives none.
        """
        ...


def confident(row: Row) -> Row:
    """The same row, whose answers say how sure they are.

    Raises:
        SettingsError: If it cannot say.
    """
    if isinstance(row, SureRow):
        return row.confident()
    raise SettingsError(
        "this model's answers say no confidence, which adaptive methods decide by; take a "
        "classifier: an encoder, its graph, or TF-IDF with estimator=logistic"
    )


def flops_of(row: Row, answers: Answers) -> float | None:
    """FLOPs of a batch by Kaplan's rule; None where the row counts none."""
    if answers.flops is not None or row.n_kaplan is None:
        return answers.flops
    return inference_flops(row.n_kaplan, answers.n_padded_tokens).flops


class Server(Protocol):
    """One checkpoint, loaded once."""

    @property
    def task(self) -> Task[Any]:
        """What it answers."""
        ...

    @property
    def is_scored(self) -> bool:
        """Whether its answers mean anything: weights and head were trained."""
        ...

    def configured(
        self, context: StageContext, settings: Mapping[str, Scalar], *, split: Split[Any]
    ) -> AbstractContextManager[Row]:
        """Set up one row for some examples; everything is as before when it ends.

        Raises:
            SettingsError: If this checkpoint cannot run so.
            PrecisionRefusedError: If the precision was measured not to pay here.
        """
        ...

    def close(self) -> None:
        """Give back what it holds; its rows answer nothing any more. Closing twice is fine."""
        ...
