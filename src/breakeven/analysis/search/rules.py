"""Rules: what a search looks for, in which rounds, and what it may not exceed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from breakeven.records import Resource

FIRST_EXAMPLES = 64
"""Two usual batches; on fewer, one example is worth more points than cells differ by."""

BLOCKS = 2
"""Of each round: as few as tell a scatter, which is pooled over all cells."""

GROWTH = 4
"""Each round has four times the examples of the one before: half the standard error."""

INDIFFERENT = 0.25
"""Share of what may be lost that is too little to pay for: epsilon of the dominance."""

SLACK = 0.2
"""Least share by which a cell must be dearer on a handful of examples; see `Step.slack`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One round.

    Attributes:
        n_examples: Of the selection examples.
        n_blocks: Blocks in which cost is measured, at least 2.
    """

    n_examples: int
    n_blocks: int

    def slack(self, n_selection: int) -> float:
        """Log cost ratio that is not held against a cell: few examples fill no large batch."""
        return float(np.log1p(SLACK * (1 - self.n_examples / n_selection)))


def usual_steps(n_selection: int) -> tuple[Step, ...]:
    """Rounds on 64, 256 ... and, from half of the examples on, on all.

    Args:
        n_selection: Examples to select on.

    Examples:
        >>> [(step.n_examples, step.n_blocks) for step in usual_steps(872)]
        [(64, 2), (256, 2), (872, 2)]
        >>> [step.n_examples for step in usual_steps(300)]
        [64, 300]
    """
    sizes = [FIRST_EXAMPLES]
    while sizes[-1] * GROWTH <= n_selection / 2:
        sizes.append(sizes[-1] * GROWTH)
    rising = [size for size in sizes if size < n_selection]
    return tuple(Step(n_examples=size, n_blocks=BLOCKS) for size in (*rising, n_selection))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is searched for.

    Attributes:
        max_drop: Quality that may be lost against the reference, as a share (0.01 is a point).
        limits: Most of a resource that a cell may reach; judged first.
        steps: Rounds; empty: `usual_steps`.
        leave_below: A cell leaves when its P(on the front) is below this.
        leave_between: The same in rounds between the first, on few examples, and the last, on all.
        seed: Of choices and draws.
    """

    max_drop: float
    limits: Mapping[Resource, float] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    leave_below: float = 0.04
    leave_between: float = 0.2
    seed: int = 0

    @property
    def indifference(self) -> float:
        """Quality too small to pay for."""
        return self.max_drop * INDIFFERENT


def over_limit(limits: Mapping[Resource, float], reached: Mapping[Resource, float]) -> str:
    """Which limit is broken, in words; empty for none as far as is known.

    A median above the limit of a 99th percentile breaks it as well.

    Args:
        limits: Most of each resource.
        reached: What was seen.

    Examples:
        >>> over_limit({Resource.LATENCY_P99_S: 0.1}, {Resource.LATENCY_P50_S: 0.2})
        'latency_p50_s is 0.2, above the limit of 0.1 for latency_p99_s'
    """
    lower = {Resource.LATENCY_P99_S: (Resource.LATENCY_P99_S, Resource.LATENCY_P50_S)}
    for resource, most in limits.items():
        for seen in lower.get(resource, (resource,)):
            if reached.get(seen, 0.0) > most:
                return (
                    f"{seen} is {reached[seen]:.4g}, above the limit of {most:.4g} for {resource}"
                )
    return ""
