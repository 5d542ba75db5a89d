"""Metrics: how good answers are, as scores with their intervals; free of torch.

Each form of task has one function here that takes what a model answered and gives scores.
"""

from breakeven.workloads.metrics.constant import constant_scores
from breakeven.workloads.metrics.judging import (
    Verdict,
    judge_answers,
    judge_classes,
    judge_numbers,
    judge_tags,
    judge_tokens,
)

__all__ = [
    "Verdict",
    "constant_scores",
    "judge_answers",
    "judge_classes",
    "judge_numbers",
    "judge_tags",
    "judge_tokens",
]
