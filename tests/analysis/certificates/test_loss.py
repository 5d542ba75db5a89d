from collections.abc import Mapping
from dataclasses import replace

import pytest
from tests.analysis.sweeps.cells import cell

from breakeven.analysis.certificates.loss import is_shown, loss_of, paired_by
from breakeven.analysis.runs.select import ScoredRun

BASE, CUT = cell("reference", [1.0], n_correct=900), cell("short", [1.0], n_correct=890)


def told(run_id: str) -> Mapping[int, bool] | None:
    """The cut gets ten examples wrong that the base gets right, and no other."""
    n_right = {"reference": 900, "short": 890}[run_id]
    return {i: i < n_right for i in range(1000)}


def test_ten_examples_lost_and_none_won_is_a_loss_that_pairs_show() -> None:
    loss = loss_of(BASE, CUT, paired=paired_by(told))

    assert loss is not None
    assert loss.value == pytest.approx(0.01)
    assert is_shown(loss) is True
    assert "exact McNemar p = 0.002" in loss.method


def test_the_same_scores_without_pairs_show_nothing() -> None:
    loss = loss_of(BASE, CUT)

    assert is_shown(loss) is False
    assert loss is not None
    assert "independent proportions" in loss.method


def test_unknown_answers_fall_back_on_counts() -> None:
    assert loss_of(BASE, CUT, paired=paired_by(lambda _: None)) == loss_of(BASE, CUT)


def test_scores_without_counts_have_no_interval() -> None:
    assert BASE.scored is not None
    score = replace(BASE.scored.score, metric="f1", n_correct=None)
    vague = replace(BASE, scored=ScoredRun(score=score, run_id="v"))

    loss = loss_of(vague, CUT)

    assert loss is not None
    assert (loss.low, loss.level, is_shown(loss)) == (None, None, None)


def test_without_a_score_there_is_no_loss() -> None:
    assert loss_of(BASE, cell("bare", [1.0], n_correct=None)) is None
