import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.records import Volume
from breakeven.workloads.models.batches import (
    BATCHES_PER_BUCKET,
    batches,
    collate,
    inference_order,
    training_order,
)
from breakeven.workloads.models.encoded import Encoded

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=300)
SIZES = st.integers(1, 17)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def texts(lengths: list[int]) -> Encoded:
    return Encoded.one_each([[7] * length for length in lengths])


@given(LENGTHS, SIZES, st.integers(0, 9), st.booleans())
def test_an_epoch_holds_every_example_once(
    lengths: list[int],
    batch_size: int,
    seed: int,
    is_bucketed: bool,  # noqa: FBT001 - drawn
) -> None:
    order = training_order(lengths, batch_size, rng=rng(seed), is_bucketed=is_bucketed)
    assert sorted(i for batch in order for i in batch) == list(range(len(lengths)))
    assert len(order) == -(-len(lengths) // batch_size)
    assert all(1 <= len(batch) <= batch_size for batch in order)


@given(LENGTHS, SIZES, st.booleans())
def test_a_pass_of_inference_holds_every_example_once(
    lengths: list[int],
    batch_size: int,
    is_sorted: bool,  # noqa: FBT001 - drawn
) -> None:
    order = inference_order(lengths, batch_size, is_sorted=is_sorted)
    assert sorted(i for batch in order for i in batch) == list(range(len(lengths)))
    assert all(len(batch) == batch_size for batch in order[:-1])


@given(LENGTHS, SIZES)
def test_tokens_are_counted_exactly(lengths: list[int], batch_size: int) -> None:
    order = inference_order(lengths, batch_size)
    made = list(batches(texts(lengths), order, pad_id=0))
    assert sum(batch.n_real_tokens for batch in made) == sum(lengths)
    expected = sum(len(batch) * max(lengths[i] for i in batch) for batch in order)
    assert sum(batch.n_padded_tokens for batch in made) == expected
    assert all(int(batch.attention_mask.sum()) == batch.n_real_tokens for batch in made)


@st.composite
def full_batches(draw: st.DrawFn) -> tuple[list[int], int]:
    """Lengths that fill every batch; a shorter last batch may pad less where it happens to be."""
    batch_size, n_batches = draw(SIZES), draw(st.integers(1, 12))
    n_texts = batch_size * n_batches
    return draw(st.lists(st.integers(1, 40), min_size=n_texts, max_size=n_texts)), batch_size


@given(full_batches())
def test_sorting_never_pads_more_than_the_order_of_the_data(case: tuple[list[int], int]) -> None:
    lengths, batch_size = case
    padded = [
        sum(batch.n_padded_tokens for batch in batches(texts(lengths), order, pad_id=0))
        for order in (
            inference_order(lengths, batch_size),
            inference_order(lengths, batch_size, is_sorted=False),
        )
    ]
    assert padded[0] <= padded[1]


def test_sorted_inference_begins_with_the_longest() -> None:
    assert inference_order([2, 9, 4, 9], 2) == [[1, 3], [2, 0]]


def test_unsorted_inference_keeps_the_order_of_the_data() -> None:
    assert inference_order([2, 9, 4], 2, is_sorted=False) == [[0, 1], [2]]


def test_batches_of_a_bucket_hold_neighbouring_lengths() -> None:
    lengths = list(range(1, 65))
    order = training_order(lengths, 4, rng=rng())
    spreads = [max(lengths[i] for i in b) - min(lengths[i] for i in b) for b in order]
    assert spreads == [3] * 16
    assert order != sorted(order)


def test_buckets_keep_epochs_different() -> None:
    lengths = [5] * (4 * BATCHES_PER_BUCKET)
    generator = rng()
    first, second = (training_order(lengths, 4, rng=generator) for _ in range(2))
    assert {frozenset(batch) for batch in first} != {frozenset(batch) for batch in second}


def test_the_seed_decides_the_order() -> None:
    orders = [training_order([3, 1, 2] * 9, 2, rng=rng(seed)) for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


def test_padding_stands_on_the_right_and_is_masked() -> None:
    batch = collate(Encoded.one_each([[1], [2, 3], [4, 5, 6]]), [1, 2], pad_id=9)
    assert batch.indices == (1, 2)
    assert batch.input_ids.tolist() == [[2, 3, 9], [4, 5, 6]]
    assert batch.attention_mask.tolist() == [[1, 1, 0], [1, 1, 1]]
    assert batch.volume == Volume(n_examples=2, n_real_tokens=5, n_padded_tokens=6, n_batches=1)


def test_padding_to_the_limit_counts_all_of_it() -> None:
    batch = collate(
        Encoded.one_each([[1], [2, 3]]), [0, 1], pad_id=0, padding="max_length", max_length=4
    )
    assert batch.n_padded_tokens == 8
    assert batch.n_real_tokens == 3


@pytest.mark.parametrize("max_length", [None, 1])
def test_a_limit_that_cannot_hold_the_text_is_refused(max_length: int | None) -> None:
    with pytest.raises(ValueError, match="cannot hold 2 tokens"):
        collate(
            Encoded.one_each([[1, 2]]), [0], pad_id=0, padding="max_length", max_length=max_length
        )
