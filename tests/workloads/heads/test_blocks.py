"""Blocks of a language model: every token scored once, none lost in packing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

from breakeven.workloads.heads.blocks import pack, scoring_blocks

TEXTS = st.lists(st.lists(st.integers(0, 9), max_size=30), max_size=6)


@given(texts=TEXTS, max_length=st.integers(2, 9), n_shared=st.integers(0, 12))
def test_each_token_but_a_texts_first_is_scored_once(
    texts: list[list[int]], max_length: int, n_shared: int
) -> None:
    scored: list[list[int]] = [[] for _ in texts]
    for block in scoring_blocks(texts, max_length=max_length, n_shared=n_shared):
        assert len(block.ids) <= max_length
        scored[block.example] += block.ids[block.n_context :]
    assert scored == [own[1:] for own in texts]


def test_later_blocks_begin_with_what_was_read_before() -> None:
    found = list(scoring_blocks([[1, 2, 3, 4, 5, 6]], max_length=4, n_shared=2))
    assert [(block.ids, block.n_context, block.n_scored) for block in found] == [
        ((1, 2, 3, 4), 1, 3),
        ((3, 4, 5, 6), 2, 2),
    ]


@given(texts=TEXTS, length=st.integers(2, 9), separator=st.sampled_from([None, 99]))
def test_packing_loses_no_token_and_counts_every_text(
    texts: list[list[int]], length: int, separator: int | None
) -> None:
    kept = [own for own in texts if own]
    found = pack(kept, length=length, separator=separator)
    ends = [] if separator is None else [separator]
    assert [i for block in found.ids for i in block] == [i for t in kept for i in [*t, *ends]]
    assert sum(found.n_starts) == len(kept)
    assert {len(block) for block in found.ids[:-1]} <= {length}
