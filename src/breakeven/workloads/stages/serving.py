"""Serving: what a loaded model must offer so that any row can be measured the same way."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from breakeven.records import Cost, Scalar
from breakeven.records.protocols import StageContext
from breakeven.workloads.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers to one batch.

    Attributes:
        predicted: Index of the class of each text, as the framework gives it.
        n_real_tokens: Tokens of the texts, special tokens included; 0 without tokens.
        n_padded_tokens: Tokens computed on.
    """

    predicted: Any
    n_real_tokens: int = 0
    n_padded_tokens: int = 0


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
        """Answer the test texts at `indices`; text in, predictions out.

        It returns when the predictions are where the caller can read them, device work included,
        for the time it takes is the latency of a batch.
        """
        ...

    def gather(self, answers: Sequence[Answers]) -> NDArray[np.int64]:
        """Predictions of several batches in one array, after the window."""
        ...

    def costs(self) -> Sequence[Cost]:
        """What the row knows of its own cost, after the window: parameters, device memory."""
        ...


class Server(Protocol):
    """One checkpoint, loaded once."""

    @property
    def task(self) -> Task[int]:
        """What it answers; rows read the test split."""
        ...

    @property
    def is_scored(self) -> bool:
        """Whether its answers mean anything: weights and head were trained."""
        ...

    def configured(
        self, context: StageContext, settings: Mapping[str, Scalar]
    ) -> AbstractContextManager[Row]:
        """Set up one row; everything is as before when it ends.

        Raises:
            SettingsError: If this checkpoint cannot run so.
            PrecisionRefusedError: If the precision was measured not to pay here.
        """
        ...
