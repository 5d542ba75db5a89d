"""Serving: what a loaded model must offer so that any row can be measured the same way."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, Self

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
    """

    predicted: Sequence[Any]
    n_real_tokens: int = 0
    n_padded_tokens: int = 0
    n_new_tokens: int = 0


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
    def parts(self) -> Mapping[PhaseName, Answering]:
        """Parts of `answer` to be measured again on their own, after the work."""
        ...

    def over(self, split: Split[Any]) -> Self:
        """The same setup for other examples, which are tokenized when their turn comes."""
        ...

    def costs(self) -> Sequence[Cost]:
        """What the row knows of its own cost, after the window: parameters, device memory."""
        ...


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
