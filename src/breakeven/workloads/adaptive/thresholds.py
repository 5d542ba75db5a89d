"""Thresholds: how sure a cheap answer must be to stand, chosen on validation examples.

A threshold is the last of a fixed sequence (Angelopoulos et al. 2021, Learn then Test, section
5.1): from handing on everything, one step of 5 % of the examples after the other, until the first
that is not shown to lose less than allowed. What is taken later is not looked at, so picking the
best of many thresholds on few examples cannot flatter any. A step is shown by the upper bound of
Tango's score interval; an example that is handed on is answered alike by definition.

A threshold is a choice. That the served model loses no more is for a certificate to show, on
examples that chose nothing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from breakeven.formulas.tango import tango_score

LEVEL = 0.9
"""One-sided. With 0.95, 500 examples would forbid every choice at half a point; the certificate
that comes after is what holds the usual level."""

N_STEPS = 20
"""Thresholds looked at: coarse, as each step is another chance to be ended by bad luck."""

NEVER = 2.0
"""A threshold no confidence reaches."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What validation examples were answered, cheapest answer first.

    Attributes:
        confidences: Of each early answer, from 0 to 1, shape (n_examples, n_exits).
        is_right: Of the same, shape (n_examples, n_exits).
        is_right_last: Of the answer that is always there, shape (n_examples,).
    """

    confidences: Floats
    is_right: Bools
    is_right_last: Bools

    def __post_init__(self) -> None:
        n, n_exits = self.confidences.shape
        if (
            not n
            or not n_exits
            or self.is_right.shape != (n, n_exits)
            or self.is_right_last.shape != (n,)
        ):
            raise ValueError(
                f"confidences {self.confidences.shape}, early answers {self.is_right.shape} and "
                f"last answers {self.is_right_last.shape} must be of the same examples, at least 1"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A threshold and what it did on the examples it was chosen on.

    Attributes:
        threshold: An answer stands from this confidence on.
        shares: Of the examples that each early answer takes; the rest gets to the last.
        n_lost: Examples the last answer alone would have had right.
        n_gained: Examples it would have had wrong.
        n_right: Examples answered rightly.
        n_right_last: The same by last answers alone.
        n: Examples.
        is_bounded: Whether an upper bound judged the loss, or, for want of examples, the loss
            itself with one example more.
    """

    threshold: float
    shares: tuple[float, ...]
    n_lost: int
    n_gained: int
    n_right: int
    n_right_last: int
    n: int
    is_bounded: bool

    @property
    def handed_on(self) -> float:
        """Share of the examples that get to the last answer."""
        return 1.0 - sum(self.shares)


def choose_threshold(answered: Answered, *, max_drop: float) -> Choice:
    """Hand on as little as may be shown to lose less than `max_drop` points.

    Args:
        answered: On examples no answer was fitted to.
        max_drop: In points of accuracy against last answers alone.

    Examples:
        Of 1,000 examples the early answer is wrong where it is least sure, on one in ten:

        >>> sure = np.linspace(0.5, 1, 1000)[:, None]
        >>> right = np.arange(1000)[:, None] >= 100
        >>> seen = Answered(confidences=sure, is_right=right, is_right_last=np.full(1000, True))
        >>> choice = choose_threshold(seen, max_drop=0.5)
        >>> round(choice.threshold, 3), round(choice.handed_on, 3), choice.n_lost
        (0.55, 0.1, 0)
    """
    margin = max_drop / 100
    is_bounded = len(answered.is_right_last) >= least_examples(max_drop)
    holds: Callable[[Choice], bool] = (
        (lambda choice: _is_shown(choice, margin))
        if is_bounded
        else (lambda choice: (choice.n_lost + 1 - choice.n_gained) / choice.n <= margin)
    )
    best = applied(answered, NEVER, is_bounded=is_bounded)
    surest = np.sort(answered.confidences.max(axis=1))
    for step in range(1, N_STEPS + 1):
        n_handed_on = len(surest) * (N_STEPS - step) // N_STEPS
        tried = applied(answered, float(surest[n_handed_on]), is_bounded=is_bounded)
        if not holds(tried):
            break
        best = tried
    return best


def least_examples(max_drop: float) -> float:
    """Examples below which not even an answer without fault could be shown to lose so little.

    >>> least_examples(0.5), least_examples(0.0)
    (327, inf)
    """
    margin = max_drop / 100
    least = _Z**2 * (1 - margin) / margin if margin > 0 else math.inf
    return math.ceil(least) if math.isfinite(least) else least


def applied(answered: Answered, threshold: float, *, is_bounded: bool) -> Choice:
    """What a threshold does: the first early answer that is sure enough stands."""
    is_sure = answered.confidences >= threshold
    first = is_sure & (np.cumsum(is_sure, axis=1) == 1)
    stands = is_sure.any(axis=1)
    right = np.where(stands, (first & answered.is_right).any(axis=1), answered.is_right_last)
    last = answered.is_right_last
    return Choice(
        threshold=threshold,
        shares=tuple(first.mean(axis=0).tolist()),
        n_lost=int(np.sum(last & ~right)),
        n_gained=int(np.sum(right & ~last)),
        n_right=int(np.sum(right)),
        n_right_last=int(np.sum(last)),
        n=len(last),
        is_bounded=is_bounded,
    )


_Z = NormalDist().inv_cdf(LEVEL)


def _is_shown(choice: Choice, margin: float) -> bool:
    score = tango_score(choice.n_lost, choice.n_gained, choice.n, difference=margin)
    return score <= -_Z
