"""Score: one quality number on one split."""

import math
from dataclasses import dataclass

from breakeven.records.cost import Kind, Origin

SHARE_DIGITS = 0.005
"""A score this close to the share of right answers is that share: it may have been rounded to two
digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One quality number on one split.

    Attributes:
        metric: The field's name ("accuracy").
        value: In the metric's own scale; accuracy is a fraction.
        split: Which data it was taken on ("test", "validation").
        n_examples: How many examples it rests on.
        n_correct: For metrics that count successes; None for the others.
        higher_is_better: False for losses and perplexity.
        kind: `counted` when it was scored, `assumed` when somebody stated it.
        origin: Stated where a measured command counted it and nobody here checked.
    """

    metric: str
    value: float
    split: str
    n_examples: int
    n_correct: int | None = None
    higher_is_better: bool = True
    kind: Kind = Kind.COUNTED
    origin: Origin = Origin.LIVE

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"{self.metric} must be finite, got {self.value}")
        n_correct = 0 if self.n_correct is None else self.n_correct
        if not 0 <= n_correct <= self.n_examples:
            raise ValueError(
                f"{self.metric} needs 0 <= n_correct <= n_examples, "
                f"got {self.n_correct} of {self.n_examples}"
            )

    @property
    def is_share(self) -> bool:
        """Whether the value is the share of right answers, so that their counts say how sure."""
        if self.n_correct is None or self.n_examples == 0:
            return False
        return abs(self.value - self.n_correct / self.n_examples) <= SHARE_DIGITS

    @property
    def product(self) -> float:
        """The score with a sign that makes larger better, to compare by."""
        return self.value if self.higher_is_better else -self.value
