"""Scores among the columns: the first on the test split of several runs, by the study's metric."""

import math
from collections.abc import Sequence

import numpy as np

from breakeven.analysis.matrix.study import StudyColumns
from breakeven.analysis.runs.select import ScoredRun, score_on_test
from breakeven.records import Kind, Origin, Score


class TestScores:
    """Scores of finished runs of one study."""

    __test__ = False  # pytest: a class of the product

    def __init__(self, study: StudyColumns) -> None:
        """Find the first score of each run."""
        self._study = study
        columns, scores = study.columns, study.columns.scores
        is_asked = (scores.metric == columns.code(study.definition.metric)) & (
            scores.split == columns.code("test")
        )
        asked = np.flatnonzero(is_asked)
        runs = np.searchsorted(scores.starts, asked, side="right") - 1
        first_of = np.full(len(columns.ids), -1, dtype=np.int64)
        first_of[runs[::-1]] = asked[::-1]
        first_of[~study.is_ok] = -1
        self._first_of = first_of

    def first(self, places: Sequence[int]) -> ScoredRun | None:
        """As `select.score_on_test`: of the first run that has one."""
        scored = next((place for place in places if self._first_of[place] >= 0), None)
        if scored is None:
            return None
        columns = self._study.columns
        if columns.is_by_batch[scored]:
            return score_on_test(columns.records([scored]), self._study.definition.metric)
        return ScoredRun(
            score=self._score(int(self._first_of[scored])), run_id=self._study.run_id(scored)
        )

    def _score(self, at: int) -> Score:
        texts, scores = self._study.columns.texts, self._study.columns.scores
        value, low, high = scores.values[:, at].tolist()
        n_correct = int(scores.n_correct[at])
        return Score(
            metric=texts[scores.metric[at]],
            value=value,
            split=texts[scores.split[at]],
            n_examples=int(scores.n_examples[at]),
            n_correct=None if n_correct < 0 else n_correct,
            higher_is_better=bool(scores.higher_is_better[at]),
            kind=Kind(texts[scores.kind[at]]),
            origin=Origin(texts[scores.origin[at]]),
            low=None if math.isnan(low) else low,
            high=None if math.isnan(high) else high,
            how=texts[scores.how[at]],
        )
