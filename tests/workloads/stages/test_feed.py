import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.stages.feed import Feed

LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=30)


def feed(lengths: list[int], batch_size: int = 4, *, is_bucketed: bool = True) -> Feed:
    return Feed(
        encoded=Encoded.one_each([[7] * n for n in lengths]),
        pad_id=0,
        batch_size=batch_size,
        is_bucketed=is_bucketed,
        rng=np.random.default_rng(0),
    )


@given(LENGTHS, st.integers(1, 5))
def test_an_epoch_holds_every_example_once(lengths: list[int], batch_size: int) -> None:
    made = feed(lengths, batch_size)
    batches = list(made.epoch())
    assert len(batches) == made.n_batches
    assert sorted(i for b in batches for i in b.indices) == list(range(len(lengths)))


@given(LENGTHS)
def test_evaluation_holds_every_example_once(lengths: list[int]) -> None:
    seen = sorted(i for b in feed(lengths).in_order() for i in b.indices)
    assert seen == list(range(len(lengths)))


@pytest.mark.parametrize(("n_epochs", "n_steps"), [(0.75, 8), (1.0, 10), (2.5, 25), (0.001, 1)])
def test_fractions_of_an_epoch_are_whole_steps(n_epochs: float, n_steps: int) -> None:
    made = feed([3] * 40)
    assert made.n_steps(n_epochs) == n_steps
    assert len(list(made.steps(n_steps))) == n_steps


def test_epochs_follow_each_other_in_different_orders() -> None:
    batches = [b.indices for b in feed([1] * 12).steps(6)]
    assert sorted(i for b in batches[:3] for i in b) == list(range(12))
    assert sorted(i for b in batches[3:] for i in b) == list(range(12))
    assert batches[:3] != batches[3:]


def test_bucketed_batches_hold_similar_lengths() -> None:
    lengths = [1, 9] * 20
    padded = {
        way: sum(b.n_padded_tokens for b in feed(lengths, is_bucketed=way).epoch())
        for way in (True, False)
    }
    assert padded[True] == sum(lengths)
    assert padded[False] > padded[True]
