"""Trials: runs of one row under settings that are being searched, and how good each became."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.records.score import Score
from breakeven.records.settings import Scalar

VALIDATION = "validation"
"""Split that trials are judged on; the test split is left to the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a run was tried for.

    Attributes:
        row: Row that is tuned.
        number: From 0, in the order the settings were drawn.
        metric: Score by which trials are compared.
        drawn: The settings that were searched, as drawn.
    """

    row: str
    number: int
    metric: str
    drawn: Mapping[str, Scalar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (self.row and self.number >= 0):
            raise ValueError(
                f"a trial needs a row and a number from 0, got {self.row!r}, {self.number}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How good a model in training was at one point.

    Attributes:
        step: Steps done, above 0.
        n_steps: Steps at which the training ends unless it ends early.
        scores: On held-out examples.
    """

    step: float
    n_steps: float
    scores: tuple[Score, ...]

    def __post_init__(self) -> None:
        if not 0 < self.step <= self.n_steps:
            raise ValueError(f"a step is in 0..n_steps, got {self.step} of {self.n_steps}")


def score_of(scores: tuple[Score, ...], metric: str) -> Score | None:
    """Return the last score of that metric on the validation split; None without one.

    Examples:
        >>> score_of((), "loss") is None
        True
    """
    found = [s for s in scores if (s.metric, s.split) == (metric, VALIDATION)]
    return found[-1] if found else None
