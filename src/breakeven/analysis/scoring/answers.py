"""Answers: which test examples a run got right, brought by the caller beside the records.

Records hold counts; which examples were right lies in an artefact beside them, and analysis does
not know the store. So the caller passes a function from run id to answers. Without it every
interval falls back on the counts, and says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.runs.select import ScoredRun

Answers = Callable[[str], Mapping[int, bool] | None]
"""From a run's id to whether each test example, by its index, was right; None where unknown."""

Floats = NDArray[np.float64]


def no_answers(run_id: str) -> Mapping[int, bool] | None:  # noqa: ARG001 - it knows no run
    """Know of no run which examples it got right: records alone.

    Examples:
        >>> no_answers("a") is None
        True
    """
    return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnswerSheet:
    """Right and wrong answers of several runs to the same examples.

    Attributes:
        examples: shape (n_examples,), index of each in the test split, ascending.
        correct: shape (n_runs, n_examples), 1 for right and 0 for wrong; between them where runs
            were put together.
    """

    examples: tuple[int, ...]
    correct: Floats

    @property
    def shares(self) -> Floats:
        """Share of the runs that got each example right; shape (n_examples,)."""
        means: Floats = self.correct.mean(axis=0)
        return means

    def together(self, groups: Sequence[Sequence[int]]) -> "AnswerSheet":
        """Mean answers of groups of runs, each given by its places."""
        rows = [self.correct[list(group)].mean(axis=0) for group in groups]
        return AnswerSheet(examples=self.examples, correct=np.array(rows))

    def only(self, examples: Sequence[int]) -> "AnswerSheet":
        """The same runs on some of the examples, which must all be there."""
        place = {example: i for i, example in enumerate(self.examples)}
        columns = [place[example] for example in examples]
        return AnswerSheet(examples=tuple(examples), correct=self.correct[:, columns])


def answer_sheet(scored: Sequence[ScoredRun], answers: Answers) -> AnswerSheet | None:
    """Line up what several runs answered.

    Args:
        scored: At least one run with its score.
        answers: Where per-example answers come from.

    Returns:
        None when a run's answers are unknown or contradict its score, or when the runs answered
        different examples.

    Examples:
        >>> from breakeven.records import Score
        >>> half = Score(metric="accuracy", value=0.5, split="test", n_examples=2, n_correct=1)
        >>> runs = [ScoredRun(score=half, run_id=name) for name in "ab"]
        >>> told = {"a": {0: True, 1: False}, "b": {1: True, 0: False}}
        >>> answer_sheet(runs, told.get).correct.tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    found = [_agreeing(run, answers(run.run_id)) for run in scored]
    known = [by_example for by_example in found if by_example is not None]
    if not known or len(known) < len(found) or any(k.keys() != known[0].keys() for k in known):
        return None
    examples = tuple(sorted(known[0]))
    return AnswerSheet(
        examples=examples,
        correct=np.array([[float(k[example]) for example in examples] for k in known]),
    )


def common_sheets(
    left: AnswerSheet | None, right: AnswerSheet | None
) -> tuple[AnswerSheet, AnswerSheet] | None:
    """Two sheets cut down to the examples that both hold; None when they share none.

    Examples:
        >>> one = AnswerSheet(examples=(0, 1), correct=np.array([[1.0, 0.0]]))
        >>> two = AnswerSheet(examples=(1, 2), correct=np.array([[1.0, 1.0]]))
        >>> [sheet.correct.tolist() for sheet in common_sheets(one, two)]
        [[[0.0]], [[1.0]]]
    """
    if left is None or right is None:
        return None
    if left.examples == right.examples:
        return left, right
    both = sorted(set(left.examples) & set(right.examples))
    return (left.only(both), right.only(both)) if both else None


def _agreeing(run: ScoredRun, told: Mapping[int, bool] | None) -> Mapping[int, bool] | None:
    """The answers if they give the score that was stored."""
    score = run.score
    is_same = told and len(told) == score.n_examples and sum(told.values()) == score.n_correct
    return told if is_same and score.is_share else None
