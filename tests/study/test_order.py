"""Order of runs: complete, interleaved, seeded."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.study.order import randomized_blocks

ROWS = st.lists(st.text("abc/=", min_size=1, max_size=6), unique=True, min_size=1, max_size=12)
BLOCKS = st.integers(min_value=1, max_value=8)
SEEDS = st.integers(min_value=0, max_value=2**32)


@given(ROWS, BLOCKS, SEEDS)
def test_every_block_holds_every_row_once(rows: list[str], n_blocks: int, seed: int) -> None:
    slots = randomized_blocks(rows, n_blocks=n_blocks, seed=seed)
    for block in range(n_blocks):
        assert Counter(s.row for s in slots if s.block == block) == Counter(rows)


@given(ROWS, BLOCKS, SEEDS, st.integers(min_value=0, max_value=100))
def test_blocks_follow_each_other_and_positions_count_up(
    rows: list[str], n_blocks: int, seed: int, first: int
) -> None:
    slots = randomized_blocks(rows, n_blocks=n_blocks, seed=seed, first_position=first)
    assert [s.position for s in slots] == list(range(first, first + len(slots)))
    assert [s.block for s in slots] == sorted(s.block for s in slots)


@given(ROWS, BLOCKS, SEEDS, st.randoms(use_true_random=False))
def test_the_seed_alone_decides_whatever_the_order_of_the_file(
    rows: list[str], n_blocks: int, seed: int, mixer: object
) -> None:
    other = sorted(rows, reverse=True)
    assert randomized_blocks(rows, n_blocks=n_blocks, seed=seed) == randomized_blocks(
        other, n_blocks=n_blocks, seed=seed
    )


@given(ROWS, BLOCKS, SEEDS)
def test_more_blocks_leave_the_first_ones_as_they_were(
    rows: list[str], n_blocks: int, seed: int
) -> None:
    few = randomized_blocks(rows, n_blocks=n_blocks, seed=seed)
    more = randomized_blocks(rows, n_blocks=n_blocks + 1, seed=seed)
    assert more[: len(few)] == few


def test_every_order_of_three_rows_turns_up() -> None:
    slots = randomized_blocks(["a", "b", "c"], n_blocks=200, seed=0)
    orders = Counter("".join(s.row for s in slots if s.block == b) for b in range(200))
    assert set(orders) == {"abc", "acb", "bac", "bca", "cab", "cba"}


def test_another_seed_gives_another_order() -> None:
    rows = [str(i) for i in range(20)]
    assert randomized_blocks(rows, n_blocks=1, seed=1) != randomized_blocks(
        rows, n_blocks=1, seed=2
    )


PAIRED = st.lists(st.text("abc/=", min_size=1, max_size=6), unique=True, min_size=2, max_size=12)


@given(PAIRED, st.integers(min_value=1, max_value=12), SEEDS)
def test_a_pair_takes_turns_in_running_first_and_nothing_else_moves(
    rows: list[str], n_blocks: int, seed: int
) -> None:
    reference, twin, *others = rows
    plain = randomized_blocks(rows, n_blocks=n_blocks, seed=seed)
    paired = randomized_blocks(rows, n_blocks=n_blocks, seed=seed, pair=(reference, twin))
    for block in range(n_blocks):
        order = [s.row for s in paired if s.block == block]
        before = [s.row for s in plain if s.block == block]
        assert (order.index(reference) < order.index(twin)) == (block % 2 == 0)
        assert [r if r in others else "" for r in order] == [
            r if r in others else "" for r in before
        ]


def test_where_a_pair_runs_stays_random() -> None:
    rows = ["aa", "b", "c", "reference"]
    slots = randomized_blocks(rows, n_blocks=400, seed=0, pair=("reference", "aa"))
    places = Counter(s.position % 4 for s in slots if s.row == "reference" and s.block % 2 == 0)
    assert set(places) == {0, 1, 2}
    assert places[0] > places[1] > places[2]


def test_a_pair_that_is_not_run_is_refused() -> None:
    with pytest.raises(ValueError, match="not among the rows"):
        randomized_blocks(["a"], n_blocks=1, seed=0, pair=("a", "b"))


def test_two_rows_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="different names"):
        randomized_blocks(["a", "a"], n_blocks=1, seed=0)
