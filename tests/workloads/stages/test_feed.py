import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.team import Team

pytestmark = pytest.mark.nlp

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
    orders = list(made.orders(made.n_batches))
    assert len(orders) == made.n_batches
    assert sorted(i for windows in orders for i in windows) == list(range(len(lengths)))


@given(LENGTHS)
def test_evaluation_holds_every_example_once(lengths: list[int]) -> None:
    seen = sorted(i for b in feed(lengths).in_order() for i in b.indices)
    assert seen == list(range(len(lengths)))


@pytest.mark.parametrize(("n_epochs", "n_steps"), [(0.75, 8), (1.0, 10), (2.5, 25), (0.001, 1)])
def test_fractions_of_an_epoch_are_whole_steps(n_epochs: float, n_steps: int) -> None:
    made = feed([3] * 40)
    assert made.n_steps(n_epochs) == n_steps
    assert len(list(made.orders(n_steps))) == n_steps


def test_epochs_follow_each_other_in_different_orders() -> None:
    batches = list(feed([1] * 12).orders(6))
    assert sorted(i for b in batches[:3] for i in b) == list(range(12))
    assert sorted(i for b in batches[3:] for i in b) == list(range(12))
    assert batches[:3] != batches[3:]


@given(LENGTHS, st.integers(1, 40), st.data())
def test_what_an_earlier_run_had_is_left_out(
    lengths: list[int], n_batches: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, n_batches))
    whole = list(feed(lengths).orders(n_batches))
    assert list(feed(lengths).orders(n_batches, start=start)) == whole[start:]


@given(LENGTHS, st.integers(1, 4))
def test_a_team_deals_out_the_batches_of_an_evaluation(lengths: list[int], n_ranks: int) -> None:
    teams = [Team(rank=rank, n_ranks=n_ranks) for rank in range(n_ranks)]
    dealt = [b for team in teams for b in feed(lengths, 4 * n_ranks).in_order(team)]
    assert sorted(i for b in dealt for i in b.indices) == list(range(len(lengths)))
    assert max(len(b.indices) for b in dealt) <= 4


def test_bucketed_batches_hold_similar_lengths() -> None:
    lengths = [1, 9] * 20
    made = {way: feed(lengths, is_bucketed=way) for way in (True, False)}
    padded = {
        way: sum(one.batch(windows).n_padded_tokens for windows in one.orders(one.n_batches))
        for way, one in made.items()
    }
    assert padded[True] == sum(lengths)
    assert padded[False] > padded[True]
