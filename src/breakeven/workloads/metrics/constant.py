"""Constant: what the same answer to everything scores, the bar that learning has to clear."""

from collections.abc import Sequence

from breakeven.workloads.metrics.judging import Verdict, judge_classes

_POSITIVE = 1
"""The one of two classes that F1 is about; never giving it scores 0."""


def constant_scores(label: int, labels: Sequence[int], *, n_classes: int) -> dict[str, float]:
    """Score always giving one class, by metric; F1 is that of its better constant answer.

    Args:
        label: Index of the class that is always given.
        labels: The right ones.
        n_classes: Of the task; of two the second is the positive one.

    Examples:
        >>> constant_scores(0, [0, 0, 0, 1], n_classes=2)
        {'accuracy': 0.75, 'macro_f1': 0.42857142857142855, 'mcc': 0.0, 'f1': 0.4}
        >>> constant_scores(2, [0, 1, 2, 2], n_classes=3)
        {'accuracy': 0.5, 'macro_f1': 0.2222222222222222, 'mcc': 0.0}
    """
    found = {s.metric: s.value for s in _judged(label, labels, n_classes=n_classes).scores}
    if positive := _judged(_POSITIVE, labels, n_classes=n_classes).score("f1"):
        found["f1"] = positive.value
    return found


def _judged(label: int, labels: Sequence[int], *, n_classes: int) -> Verdict:
    given = [label] * len(labels)
    return judge_classes(given, labels, n_classes=n_classes, split="test", n_draws=0)
