"""Direction: whether more of a score is better, as its runs say."""

from collections.abc import Iterable

from breakeven.records import Run


def is_more_better(metric: str, runs: Iterable[Run]) -> bool:
    """Whether a larger value of a metric is the better one; so it is where no run has the metric.

    Args:
        metric: Name of the score.
        runs: Of one study.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> is_more_better("accuracy", example_runs()[1])
        True
    """
    scores = (score for run in runs for score in run.scores if score.metric == metric)
    return next((score.higher_is_better for score in scores), True)
