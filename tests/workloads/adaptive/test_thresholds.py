import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.workloads.adaptive.thresholds import (
    NEVER,
    Answered,
    applied,
    choose_threshold,
    least_examples,
)


def seen(confidences: list[list[float]], right: list[list[bool]], last: list[bool]) -> Answered:
    return Answered(
        confidences=np.array(confidences),
        is_right=np.array(right),
        is_right_last=np.array(last),
    )


def test_the_first_exit_that_is_sure_answers() -> None:
    """Four examples: left at once, left at the second exit, sure at both, never sure."""
    answered = seen(
        [[0.9, 0.1], [0.1, 0.9], [0.9, 0.9], [0.1, 0.1]],
        [[True, False], [False, True], [False, True], [True, True]],
        [True, False, True, False],
    )
    choice = applied(answered, 0.5, is_bounded=True)
    assert choice.shares == (0.5, 0.25)
    assert choice.handed_on == 0.25
    assert (choice.n_right, choice.n_right_last) == (2, 2)
    assert (choice.n_lost, choice.n_gained) == (1, 1)


def test_an_early_answer_that_is_never_worse_takes_everything() -> None:
    sure = np.linspace(0.5, 1, 500)[:, None]
    right = np.full(500, fill_value=True)
    choice = choose_threshold(
        Answered(confidences=sure, is_right=right[:, None], is_right_last=right), max_drop=0.5
    )
    assert choice.handed_on == 0
    assert choice.is_bounded


def test_an_early_answer_that_is_always_wrong_takes_nothing() -> None:
    sure = np.linspace(0.5, 1, 500)[:, None]
    right = np.full(500, fill_value=True)
    choice = choose_threshold(
        Answered(confidences=sure, is_right=~right[:, None], is_right_last=right), max_drop=0.5
    )
    assert (choice.threshold, choice.handed_on, choice.n_lost) == (NEVER, 1, 0)


def test_what_comes_after_a_loss_is_not_looked_at() -> None:
    """The 50 surest of 1,000 are wrong; that all others are gained comes too late."""
    sure = np.linspace(1, 0.5, 1000)[:, None]
    is_right = np.arange(1000)[:, None] >= 50
    answered = Answered(confidences=sure, is_right=is_right, is_right_last=~is_right[:, 0])
    assert choose_threshold(answered, max_drop=0.5).handed_on == 1


def test_few_examples_are_judged_by_one_loss_more_than_was_seen() -> None:
    """Of 20, one loss more is 5 points: none may be seen at 5, one may at 10."""
    sure = np.linspace(0.5, 1, 20)[:, None]
    right = np.arange(20)[:, None] != 10
    answered = Answered(
        confidences=sure, is_right=right, is_right_last=np.full(20, fill_value=True)
    )
    five, ten = (choose_threshold(answered, max_drop=drop) for drop in (5, 9.9))
    assert not five.is_bounded
    assert (five.n_lost, five.handed_on) == (0, 0.55)
    assert (ten.n_lost, ten.handed_on) == (0, 0.55)
    assert choose_threshold(answered, max_drop=10).is_bounded is (least_examples(10) <= 20)


@pytest.mark.parametrize(("max_drop", "least"), [(0.5, 327), (1.0, 163), (10, 15), (0, math.inf)])
def test_examples_that_could_show_so_small_a_loss(max_drop: float, least: float) -> None:
    """From z^2 (1 - m) / m with z = 1.2816."""
    assert least_examples(max_drop) == least


def test_examples_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="must be of the same examples, at least 1"):
        seen([[0.5]], [[True]], [True, False])


@st.composite
def answers(draw: st.DrawFn) -> Answered:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, n_exits = draw(st.integers(1, 400)), draw(st.integers(1, 3))
    good = draw(st.floats(0.3, 1))
    return Answered(
        confidences=rng.uniform(0.5, 1, (n, n_exits)),
        is_right=rng.random((n, n_exits)) < good,
        is_right_last=rng.random(n) < 0.9,
    )


@given(answers(), st.floats(0, 20))
def test_what_was_seen_to_be_lost_is_never_above_what_was_allowed(
    answered: Answered, max_drop: float
) -> None:
    choice = choose_threshold(answered, max_drop=max_drop)
    assert 100 * (choice.n_lost - choice.n_gained) <= max_drop * choice.n + 1e-9
    assert choice.n_right - choice.n_right_last == choice.n_gained - choice.n_lost
    assert choice == applied(answered, choice.threshold, is_bounded=choice.is_bounded)
    assert 0 <= choice.handed_on <= 1 + 1e-9


@given(answers(), st.floats(0, 10), st.floats(0, 10))
def test_a_larger_allowance_hands_on_no_more(
    answered: Answered, max_drop: float, more: float
) -> None:
    strict, lax = (choose_threshold(answered, max_drop=d) for d in (max_drop, max_drop + more))
    if strict.is_bounded == lax.is_bounded:
        assert lax.handed_on <= strict.handed_on + 1e-9


def test_a_threshold_that_truly_loses_more_is_chosen_in_one_of_ten_at_most() -> None:
    """The small answer is right with probability equal to its confidence, the large one in 97 %.

    Whoever keeps answers from confidence t on truly loses the mean of 0.97 - c above t; the true
    loss passes 1 point where t falls below a value worked out here, and 300 samples of 600 examples
    each may choose a lower one in at most 10 % of all, and three standard errors more.
    """
    rng = np.random.default_rng(5)
    n_worse = 0
    for _ in range(300):
        sure = rng.uniform(0.5, 1, 600)
        answered = Answered(
            confidences=sure[:, None],
            is_right=(rng.random(600) < sure)[:, None],
            is_right_last=rng.random(600) < 0.97,
        )
        chosen = min(choose_threshold(answered, max_drop=1.0).threshold, 1.0)
        true_loss = (0.97 * (1 - chosen) - (1 - chosen**2) / 2) / 0.5
        n_worse += true_loss > 0.01
    assert n_worse / 300 <= 0.1 + 3 * math.sqrt(0.09 / 300)
