"""The best span of a window, by hand and against trying every pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

from breakeven.errors import SettingsError
from breakeven.workloads.heads.best_span import (
    MAX_ANSWER_TOKENS,
    best_span,
    decided_span,
    text_of,
)
from breakeven.workloads.heads.contexts import Passage, Span

CONTEXT = "Ada wrote it"
PASSAGE = Passage(characters=(None, None, (0, 3), (4, 9), (10, 12), None), null=0)


def scores(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


@given(
    characters=st.lists(st.sampled_from([None, (0, 1)]), min_size=1, max_size=50),
    data=st.data(),
)
def test_no_pair_inside_the_context_scores_more(
    characters: list[tuple[int, int] | None], data: st.DataObject
) -> None:
    n = len(characters)
    values = st.lists(st.integers(-9, 9), min_size=n, max_size=n)
    start, end = (scores(*data.draw(values)) for _ in range(2))
    sums = [
        start[i] + end[j]
        for i in range(n)
        for j in range(i, min(n, i + MAX_ANSWER_TOKENS))
        if characters[i] and characters[j]
    ]
    found = best_span(start, end, Passage(characters=tuple(characters), null=0))
    assert (found.score if found else None) == max(sums, default=None)


def test_a_start_behind_its_end_is_no_answer() -> None:
    found = best_span(scores(0, 0, 0, 0, 9, 0), scores(0, 0, 9, 1, 0, 0), PASSAGE)
    assert found is not None
    assert (found.span, found.score) == (Span(2, 2), 9)


def test_an_answer_has_no_token_more_than_the_limit() -> None:
    passage = Passage(characters=((0, 1),) * (MAX_ANSWER_TOKENS + 1), null=0)
    start, end = (np.zeros(MAX_ANSWER_TOKENS + 1, np.float32) for _ in range(2))
    start[0], end[-2:] = 9, (1, 2)
    found = best_span(start, end, passage)
    assert found is not None
    assert found.span == Span(0, MAX_ANSWER_TOKENS - 1)


def test_scores_of_padding_are_ignored() -> None:
    found = best_span(scores(0, 0, 1, 0, 0, 0, 99), scores(0, 0, 1, 0, 0, 0, 99), PASSAGE)
    assert found is not None
    assert found.span == Span(2, 2)


def test_a_window_without_context_has_no_span() -> None:
    nothing = Passage(characters=(None,), null=0)
    assert best_span(scores(1), scores(1), nothing) is None
    assert decided_span(scores(1), scores(1), nothing) == Span(0, 0)


def test_a_model_that_prefers_the_null_token_decides_for_it() -> None:
    start, end = scores(5, 0, 1, 0, 0, 0), scores(5, 0, 0, 1, 0, 0)
    assert decided_span(start, end, PASSAGE) == Span(0, 0)
    assert decided_span(start - scores(9, 0, 0, 0, 0, 0), end, PASSAGE) == Span(2, 3)


def test_text_is_what_stands_between_the_ends() -> None:
    assert text_of(Span(2, 3), PASSAGE, CONTEXT) == "Ada wrote"
    assert text_of(Span(0, 0), PASSAGE, CONTEXT) == ""


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_scores_that_are_no_numbers_are_no_answer(broken: float) -> None:
    numbers, wrong = scores(0, 0, 1, 2, 3, 0), scores(0, 0, broken, 2, 3, 0)
    for start, end in ((wrong, numbers), (numbers, wrong)):
        with pytest.raises(SettingsError, match="lower lr, or run it with precision: fp32"):
            best_span(start, end, PASSAGE)


def test_scores_outside_the_context_are_not_looked_at() -> None:
    start = scores(np.nan, np.inf, 1, 2, 3, np.nan)
    assert best_span(start, start, PASSAGE) is not None
