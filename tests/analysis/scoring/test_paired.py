"""Two models on the same examples: published intervals, exact p, answers from outside."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.runs.select import ScoredRun
from breakeven.analysis.samples.stats import newcombe, wilson
from breakeven.analysis.scoring.answers import AnswerSheet, answer_sheet, common_sheets
from breakeven.analysis.scoring.paired import (
    Discordance,
    crossed_difference,
    independent_difference,
    mcnemar_p,
    tango,
)
from breakeven.testing.tiny import tiny_score

COUNTS = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 60))


@pytest.mark.parametrize(
    ("left_only", "right_only", "n", "low", "high"),
    [
        pytest.param(1, 7, 21, -0.517, -0.026, id="Bentur et al. 2009"),
        pytest.param(6, 16, 161, -0.124, -0.00543, id="Cavo et al. 2012"),
    ],
)
def test_tango_as_fagerland_lydersen_and_laake_print_it(
    left_only: int, right_only: int, n: int, low: float, high: float
) -> None:
    found = tango(Discordance(left_only=left_only, right_only=right_only, n=n))
    assert found.low == pytest.approx(low, rel=5e-3)
    assert found.high == pytest.approx(high, rel=2e-2)


@given(COUNTS)
def test_tango_turns_with_its_sides_and_stays_on_the_scale(counts: tuple[int, int, int]) -> None:
    b, c, rest = counts
    found = tango(Discordance(left_only=b, right_only=c, n=b + c + rest))
    back = tango(Discordance(left_only=c, right_only=b, n=b + c + rest))
    assert (found.low, found.high) == pytest.approx((-back.high, -back.low), abs=1e-9)
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_without_disagreement_tango_gives_z2_over_n_plus_z2() -> None:
    found = tango(Discordance(left_only=0, right_only=0, n=100))
    assert found.high == pytest.approx(3.8415 / 103.8415, rel=1e-4)


def test_all_examples_won_by_one_side() -> None:
    assert tango(Discordance(left_only=5, right_only=0, n=5)).high == 1.0


def test_tango_keeps_its_promise() -> None:
    rng = np.random.default_rng(2)
    draws = rng.multinomial(200, [0.05, 0.02, 0.93], size=600)
    found = [tango(Discordance(left_only=int(b), right_only=int(c), n=200)) for b, c, _ in draws]
    assert 0.93 <= np.mean([i.low <= 0.03 <= i.high for i in found]) <= 0.98


@given(st.integers(0, 20), st.integers(0, 20))
def test_mcnemar_is_the_sign_test_on_disagreements(b: int, c: int) -> None:
    p = mcnemar_p(Discordance(left_only=b, right_only=c, n=b + c + 1))
    tail = float(stats.binom.cdf(min(b, c), b + c, 0.5))
    assert p == pytest.approx(min(1.0, 2 * tail) if b != c else 1.0)


def test_joined_intervals_of_two_shares_are_newcombes() -> None:
    joined, expected = (
        independent_difference(wilson(56, 70), wilson(48, 80)),
        newcombe((56, 70), (48, 80)),
    )
    assert (joined.low, joined.high) == pytest.approx((expected.low, expected.high))


def test_models_that_never_disagree_are_not_known_to_be_equal() -> None:
    same = np.ones((2, 100))
    found = crossed_difference(same, same[:1])
    assert (found.low, found.high) == pytest.approx((-0.0384, 0.0384), abs=1e-4)


def scored(run_id: str, n_correct: int, n: int = 4) -> ScoredRun:
    return ScoredRun(score=tiny_score(n_correct, n), run_id=run_id)


def told(*right: int, n: int = 4) -> dict[int, bool]:
    return {i: i in right for i in range(n)}


def test_answers_are_lined_up_by_example() -> None:
    turned = dict(reversed(told(3).items()))
    sheet = answer_sheet([scored("a", 2), scored("b", 1)], {"a": told(0, 1), "b": turned}.get)
    assert sheet is not None
    assert sheet.correct.tolist() == [[1, 1, 0, 0], [0, 0, 0, 1]]
    assert sheet.shares.tolist() == [0.5, 0.5, 0, 0.5]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param({"a": told(0, 1)}, id="one run without answers"),
        pytest.param({"a": told(0, 1), "b": told(0, 1, 2)}, id="answers contradict the score"),
        pytest.param({"a": told(0, 1), "b": told(0, 1, n=5)}, id="more examples than scored"),
        pytest.param({"a": told(0, 1), "b": {7: True, 8: False, 9: False, 10: True}}, id="others"),
    ],
)
def test_answers_that_do_not_fit_are_not_used(answers: dict[str, dict[int, bool]]) -> None:
    assert answer_sheet([scored("a", 2), scored("b", 2)], answers.get) is None


def test_sheets_share_examples_or_nothing() -> None:
    one = AnswerSheet(examples=(0, 1), correct=np.array([[1.0, 0.0]]))
    far = AnswerSheet(examples=(5,), correct=np.array([[1.0]]))
    same = common_sheets(one, one)
    assert same is not None
    assert same[0] is one
    assert common_sheets(one, far) is None
    assert common_sheets(one, None) is None
