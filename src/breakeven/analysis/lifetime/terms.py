"""Terms: what is counted in a life beside development and use, as somebody asks for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.analysis.lifetime.charging import ShareRule
from breakeven.records import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCost:
    """What a wrong answer costs; assumed.

    Attributes:
        resource: In which cost.
        per_error: Amount, at least 0, in its SI unit.

    Raises:
        ValueError: If the amount is negative or not finite.
    """

    resource: Resource
    per_error: float

    def __post_init__(self) -> None:
        if not 0 <= self.per_error < math.inf:
            raise ValueError(f"an error costs at least 0, got {self.per_error:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Development that is paid again during deployment; assumed.

    Attributes:
        every: Items between one update and the next, above 0.
        row: Row of development that is repeated; None for the row each pathway deploys.

    Raises:
        ValueError: If the number of items is not above 0 and finite.
    """

    every: float
    row: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.every < math.inf:
            raise ValueError(f"items between updates must be above 0, got {self.every:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How lives are counted; the defaults add nothing.

    Attributes:
        rules: Sharing rule by row of development.
        error_cost: Paid for each wrong answer; None for nothing.
        updates: Development repeated during deployment.
        is_weighted: Whether costs are per unit of output weighted by score.

    Raises:
        ValueError: If wrong answers would count twice, as a cost and by a weight.
    """

    rules: Mapping[str, ShareRule] = field(default_factory=dict)
    error_cost: ErrorCost | None = None
    updates: tuple[Update, ...] = ()
    is_weighted: bool = False

    def __post_init__(self) -> None:
        if self.is_weighted and self.error_cost is not None:
            raise ValueError(
                "output weighted by score and a cost of errors count wrong answers twice; "
                "ask for one of them"
            )


PLAIN = Terms()
