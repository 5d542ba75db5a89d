"""Threshold: whether a lowest score that somebody asks for is on the scale of the scores there are.

A threshold of 0.86 lets every score in percent pass, and one of 86 no fraction: both are slips of
the unit, which no table would show.
"""

from collections.abc import Sequence

from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.records import Score


def off_scale(min_score: float, scores: Sequence[Score]) -> str:
    """Why a threshold cannot be meant so; empty where it can.

    Args:
        min_score: Lowest acceptable score.
        scores: Of one metric. Of those in which less is better nothing is said, for they have no
            percent.

    Examples:
        >>> half = [Score(metric="accuracy", value=0.5, split="test", n_examples=9)]
        >>> off_scale(0.4, half)
        ''
        >>> off_scale(40.0, half)
        'no accuracy here: scores reach from 0.5 to 0.5; they are fractions, write 0.4'
        >>> top1 = [Score(metric="top1", value=x, split="test", n_examples=9) for x in (84.9, 87.3)]
        >>> print(off_scale(0.86, top1).replace(";", chr(10)))
        no top1 here: scores reach from 84.9 to 87.3
         all lie above it, so it would leave nobody out. In percent it is 86
    """
    if not scores or not all(score.higher_is_better for score in scores):
        return ""
    low, high = (end(score.value for score in scores) for end in (min, max))
    said = f"no {metric_words(scores[0].metric)} here: scores reach from {low:.4g} to {high:.4g}"
    if low >= 0 and high <= 1 < min_score <= 100:
        return f"{said}; they are fractions, write {min_score / 100:g}"
    if 0 < min_score <= 1 < low and high <= 100:
        return (
            f"{said}; all lie above it, so it would leave nobody out. In percent it is "
            f"{100 * min_score:g}"
        )
    return ""
