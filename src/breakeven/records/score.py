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
        low: Where the 95 % interval begins, for metrics whose interval no count gives; None
            where it is not known, as for shares, whose counts tell it.
        high: Where it ends.
        how: What `low` and `high` rest on; empty without them.
    """

    metric: str
    value: float
    split: str
    n_examples: int
    n_correct: int | None = None
    higher_is_better: bool = True
    kind: Kind = Kind.COUNTED
    origin: Origin = Origin.LIVE
    low: float | None = None
    high: float | None = None
    how: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"{self.metric} must be finite, got {self.value}")
        self._check_bounds()
        n_correct = 0 if self.n_correct is None else self.n_correct
        if not 0 <= n_correct <= self.n_examples:
            raise ValueError(
                f"{self.metric} needs 0 <= n_correct <= n_examples, "
                f"got {self.n_correct} of {self.n_examples}"
            )

    def _check_bounds(self) -> None:
        if self.low is None and self.high is None:
            return
        if (
            self.low is None
            or self.high is None
            or not -math.inf < self.low <= self.high < math.inf
        ):
            raise ValueError(
                f"{self.metric} needs finite low <= high or neither, got {self.low} and {self.high}"
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
