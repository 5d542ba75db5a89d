"""Best span: the answer that a model's scores of starts and ends point to.

The released code of BERT pairs the twenty best starts with the twenty best ends of a window; here
every pair is looked at, so that no answer is worse by the model's own scores.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.errors import SettingsError
from breakeven.workloads.heads.contexts import Passage, Span
from breakeven.workloads.heads.finite import NOT_FINITE

MAX_ANSWER_TOKENS = 30
"""Longest answer (Devlin et al. 2019, released code for SQuAD)."""

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A span of one window, and the sum of its start's and its end's score."""

    span: Span
    score: float


def best_span(start: Scores, end: Scores, passage: Passage) -> Found | None:
    """The span inside the context with the largest sum, the shortest and first of equals.

    Args:
        start: Score of each token as the first of the answer, shape (n_tokens,) or longer:
            what stands behind the passage is padding.
        end: Score of each as the last, same shape.
        passage: What the window holds.

    Returns:
        None where the window holds nothing of the context.

    Raises:
        SettingsError: If a score inside the context is no finite number.

    >>> passage = Passage(characters=(None, (0, 3), (4, 7)), null=0)
    >>> best_span(np.array([9, 1, 3], np.float32), np.array([9, 4, 0], np.float32), passage)
    Found(span=Span(first=1, last=1), score=5.0)
    """
    is_inside = np.array([own is not None for own in passage.characters])
    if not is_inside.any():
        return None
    n_tokens = len(is_inside)
    if not all(np.isfinite(side[:n_tokens][is_inside]).all() for side in (start, end)):
        raise SettingsError(NOT_FINITE)
    firsts = np.where(is_inside, start[:n_tokens], -np.inf)
    lasts = np.where(is_inside, end[:n_tokens], -np.inf)
    best: Found | None = None
    for more in range(min(MAX_ANSWER_TOKENS, n_tokens)):
        sums = firsts[: n_tokens - more] + lasts[more:]
        first = int(sums.argmax())
        if best is None or sums[first] > best.score:
            best = Found(span=Span(first, first + more), score=float(sums[first]))
    return best


def decided_span(start: Scores, end: Scores, passage: Passage) -> Span:
    """What a model says of one window: its best span, or the null token where that scores more."""
    best = best_span(start, end, passage)
    if best is None or float(start[passage.null] + end[passage.null]) > best.score:
        return Span(passage.null, passage.null)
    return best.span


def text_of(span: Span, passage: Passage, context: str) -> str:
    """Characters of the context that a span covers, without blanks around them."""
    first, last = passage.characters[span.first], passage.characters[span.last]
    return context[first[0] : last[1]].strip() if first and last else ""
