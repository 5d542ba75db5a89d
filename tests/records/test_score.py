import math

import pytest

from breakeven.records import Score


def accuracy(*, value: float = 0.5, n_examples: int = 10, n_correct: int | None = 5) -> Score:
    return Score(
        metric="accuracy", value=value, split="test", n_examples=n_examples, n_correct=n_correct
    )


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_score_is_finite(bad: float) -> None:
    with pytest.raises(ValueError, match="accuracy must be finite"):
        accuracy(value=bad)


@pytest.mark.parametrize(("n_examples", "n_correct"), [(10, 11), (10, -1), (-1, None)])
def test_no_more_successes_than_examples(n_examples: int, n_correct: int | None) -> None:
    with pytest.raises(ValueError, match="0 <= n_correct <= n_examples"):
        accuracy(n_examples=n_examples, n_correct=n_correct)


def test_a_metric_that_counts_no_successes_leaves_them_out() -> None:
    assert accuracy(n_correct=None).n_correct is None


def test_a_loss_is_turned_round_to_compare_by() -> None:
    loss = Score(metric="loss", value=1.5, split="test", n_examples=10, higher_is_better=False)
    assert (accuracy().product, loss.product) == (0.5, -1.5)


@pytest.mark.parametrize(
    ("value", "n_examples", "n_correct", "is_share"),
    [
        (0.5, 10, 5, True),
        (0.84, 1310, 1103, True),
        (84.2, 1310, 1103, False),
        (0.5, 10, None, False),
        (0.5, 0, 0, False),
    ],
)
def test_a_score_is_a_share_where_its_counts_give_its_value(
    value: float, n_examples: int, n_correct: int | None, *, is_share: bool
) -> None:
    found = accuracy(value=value, n_examples=n_examples, n_correct=n_correct)
    assert found.is_share is is_share


def test_an_interval_that_was_resampled_stands_beside_the_value() -> None:
    f1 = Score(metric="f1", value=0.8, split="test", n_examples=9, low=0.7, high=0.9, how="drawn")
    assert (f1.low, f1.high, f1.how) == (0.7, 0.9, "drawn")


@pytest.mark.parametrize(
    ("low", "high"),
    [(0.7, None), (None, 0.9), (0.9, 0.7), (float("nan"), 0.9), (0.1, float("inf"))],
)
def test_half_an_interval_or_one_that_is_none_is_refused(
    low: float | None, high: float | None
) -> None:
    with pytest.raises(ValueError, match="f1 needs finite low <= high or neither"):
        Score(metric="f1", value=0.8, split="test", n_examples=9, low=low, high=high)
