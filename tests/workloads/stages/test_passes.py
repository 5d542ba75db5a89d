from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.records import NoteCode, Scalar
from breakeven.workloads.stages.passes import (
    BATCHES_PER_POOL,
    CHARACTERS_PER_TOKEN,
    Amount,
    forward_passes,
    in_order,
    plan_pass,
)
from breakeven.workloads.tasks import Split


def settings(**changed: Scalar) -> dict[str, Scalar]:
    return {
        "batch_size": 2,
        "batch_tokens": 0,
        "padding": "longest",
        "max_length": 6,
        "sorted": True,
        "seed": 0,
        "n_batches": 0,
        "min_window_s": 0.0,
        **changed,
    }


def split(texts: Sequence[str], pairs: Sequence[str] = ()) -> Split[int]:
    n = len(texts)
    return Split(texts=tuple(texts), pairs=tuple(pairs), labels=(0,) * n, sources=("s",) * n)


TEXTS = st.lists(st.text("ab", max_size=8), min_size=1, max_size=20)


@given(TEXTS, st.integers(1, 5), st.booleans())
def test_a_pass_answers_every_text_once(texts: list[str], size: int, is_sorted: bool) -> None:  # noqa: FBT001 - Hypothesis passes by position
    planned = plan_pass(split(texts), settings(batch_size=size, sorted=is_sorted))
    assert sorted(i for batch in planned.batches for i in batch) == list(range(len(texts)))
    assert max(texts, key=len) in {texts[i] for i in planned.widest} or any(
        len(texts[i]) == max(map(len, texts)) for i in planned.widest
    )


def test_unsorted_texts_stay_in_their_order() -> None:
    assert plan_pass(split(["aaa", "a", "aa"]), settings(sorted=False)).batches == [[0, 1], [2]]


def test_the_length_of_a_pair_counts_both_texts() -> None:
    pairs = split(["aaa", "a", "a"], ["", "aaaaaa", "a"])
    planned = plan_pass(pairs, settings(batch_size=1))
    assert planned.widest == [1]
    assert {tuple(batch) for batch in planned.batches} == {(0,), (1,), (2,)}


def test_sorted_batches_hold_similar_lengths_in_an_order_of_chance() -> None:
    texts = ["a" * (i + 1) for i in range(40)]
    planned = plan_pass(split(texts), settings())
    assert all(abs(first - second) == 1 for first, second in planned.batches)
    firsts = [batch[0] for batch in planned.batches]
    assert firsts != sorted(firsts, reverse=True)
    assert planned == plan_pass(split(texts), settings())


def lengths_of(n_windows: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(1, 6), min_size=n_windows, max_size=n_windows)


LENGTHS = st.integers(1, 20).flatmap(lengths_of)


@given(LENGTHS, st.integers(1, 30), st.booleans(), st.sampled_from(["longest", "max_length"]))
def test_no_forward_pass_is_above_its_budget_of_tokens(
    lengths: list[int],
    budget: int,
    is_sorted: bool,  # noqa: FBT001 - Hypothesis passes by position
    padding: str,
) -> None:
    row = settings(batch_tokens=budget, sorted=is_sorted, padding=padding)
    passes = forward_passes(lengths, row)
    widths = [6 if padding == "max_length" else max(lengths[i] for i in own) for own in passes]
    assert all(
        len(own) == 1 or width * len(own) <= budget
        for width, own in zip(widths, passes, strict=True)
    )
    placed = [i for own in passes for i in own]
    assert sorted(placed) == list(range(len(lengths)))
    assert is_sorted or placed == sorted(placed)


@given(LENGTHS, st.integers(6, 30))
def test_each_forward_pass_is_full(lengths: list[int], budget: int) -> None:
    """Sorted, longest first: one more window of the next pass would not have fitted."""
    passes = forward_passes(lengths, settings(batch_tokens=budget))
    for own in passes[:-1]:
        assert lengths[own[0]] * (len(own) + 1) > budget


def test_without_a_budget_windows_are_counted() -> None:
    assert forward_passes([5, 1, 3], settings()) == [[0, 1], [2]]


def test_windows_of_similar_length_share_a_budget() -> None:
    assert forward_passes([2, 6, 3, 6, 1], settings(batch_tokens=12)) == [[1, 3], [2, 0, 4]]


def test_what_was_found_is_put_back_into_order() -> None:
    assert in_order({2: "c", 0: "a", 1: "b"}) == ["a", "b", "c"]


@given(TEXTS, st.integers(1, 9), st.booleans())
def test_pools_answer_every_text_once(texts: list[str], budget: int, is_sorted: bool) -> None:  # noqa: FBT001 - the same
    planned = plan_pass(split(texts), settings(batch_tokens=budget, sorted=is_sorted))
    assert sorted(i for pool in planned.batches for i in pool) == list(range(len(texts)))
    assert max(map(len, texts)) == max(len(texts[i]) for i in planned.widest)


def test_a_pool_fills_several_forward_passes_and_warm_up_takes_one() -> None:
    """Texts of 4 tokens each, and 8 tokens a pass: two texts a pass, sixteen a pool."""
    texts = ["a" * int(4 * CHARACTERS_PER_TOKEN)] * 40
    planned = plan_pass(split(texts), settings(batch_tokens=8))
    assert sorted(map(len, planned.batches)) == [8, 2 * BATCHES_PER_POOL, 2 * BATCHES_PER_POOL]
    assert len(planned.widest) == 2


@pytest.mark.parametrize(
    ("n_batches", "min_s", "n_done", "elapsed_s", "is_done"),
    [
        pytest.param(3, 0.0, 2, 9.0, False, id="too few batches"),
        pytest.param(3, 0.0, 3, 0.1, True, id="enough batches"),
        pytest.param(3, 2.0, 3, 1.9, False, id="window still too short"),
        pytest.param(3, 2.0, 9, 2.0, True, id="window long enough"),
        pytest.param(0, 0.0, 0, 0.0, False, id="no pass begun"),
        pytest.param(0, 0.0, 4, 0.1, False, id="within a pass"),
        pytest.param(0, 0.0, 5, 0.1, True, id="one whole pass"),
        pytest.param(0, 2.0, 5, 0.1, False, id="one pass, window too short"),
        pytest.param(0, 2.0, 10, 2.1, True, id="two whole passes"),
    ],
)
def test_whichever_is_longer(
    n_batches: int, min_s: float, n_done: int, elapsed_s: float, *, is_done: bool
) -> None:
    amount = Amount.of(settings(n_batches=n_batches, min_window_s=min_s), n_per_pass=5)
    assert amount.is_done(n_done, elapsed_s) is is_done


def test_says_when_the_data_ended_first() -> None:
    """872 examples are 14 batches of 64; 200 were asked for (R004-06)."""
    amount = Amount.of(settings(n_batches=200), n_per_pass=14)
    note = amount.ended_early(200, n_examples=872, split="test")
    assert note is not None
    assert note.code is NoteCode.DATA_ENDED
    assert note.message == (
        "the test split ended after 14 batches (872 examples), before the 200 batches and 0 s "
        "asked for; its examples were repeated"
    )


def test_says_when_the_minimum_window_made_it_repeat() -> None:
    note = Amount.of(settings(min_window_s=1.5), n_per_pass=2).ended_early(
        4, n_examples=3, split="test"
    )
    assert note is not None
    assert "before the 1.5 s asked for" in note.message


def test_says_nothing_when_the_data_sufficed() -> None:
    assert Amount.of(settings(), n_per_pass=5).ended_early(5, n_examples=9, split="test") is None
