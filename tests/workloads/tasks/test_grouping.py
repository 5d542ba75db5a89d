from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import SettingsError
from breakeven.workloads.tasks import Split
from breakeven.workloads.tasks.grouping import choose_together, groups_of
from breakeven.workloads.tasks.likeness import normalised


def split(
    texts: Sequence[str], pairs: Sequence[str] = (), sources: Sequence[str] = ()
) -> Split[int]:
    n = len(texts)
    own = tuple(sources) or tuple(str(i) for i in range(n))
    return Split(texts=tuple(texts), pairs=tuple(pairs), labels=(0,) * n, sources=own)


WORDS = st.lists(st.sampled_from("abcde"), min_size=1, max_size=6).map(" ".join)
TEXTS = st.lists(WORDS, min_size=1, max_size=25)
GROUPS = st.lists(st.integers(0, 9), min_size=1, max_size=40)


def test_examples_of_one_source_belong_together_and_no_others() -> None:
    same = split(["a b c", "a b c", "a b c d"], sources=["x", "y", "x"])
    assert groups_of(same) == (0, 1, 0)


def test_equal_texts_belong_together_whatever_their_case_and_signs() -> None:
    assert groups_of(split(["Fine!", "dull", "fine", "Dull."])) == (0, 1, 0, 1)


def test_phrases_belong_to_their_sentence() -> None:
    texts = ["the whole plot", "other words here", "the whole plot is thin"]
    assert groups_of(split(texts)) == (0, 1, 0)


def test_a_phrase_ties_no_two_sentences_together() -> None:
    texts = ["one of the best", "this is one of the best", "that was one of the best of all"]
    assert groups_of(split(texts)) == (0, 0, 2)


def test_fewer_than_three_words_stand_in_too_much_to_tell_anything() -> None:
    assert groups_of(split(["a film", "this is a film"])) == (0, 1)


def test_parts_of_words_are_no_phrases() -> None:
    assert groups_of(split(["art of war", "smart of warmth it is"])) == (0, 1)


def test_a_shared_second_text_is_enough() -> None:
    assert groups_of(split(["who", "where", "when"], ["Ada", "Bo", "Ada"])) == (0, 1, 0)


@given(TEXTS)
def test_whatever_is_equal_shares_a_group_and_groups_are_named_by_their_first(
    texts: list[str],
) -> None:
    groups = groups_of(split(texts))
    by_text = dict(zip(map(normalised, texts), groups, strict=True))
    assert [by_text[normalised(text)] for text in texts] == list(groups)
    assert all(groups[group] == group <= i for i, group in enumerate(groups))


@given(TEXTS)
def test_each_group_has_one_text_that_stands_in_no_other(texts: list[str]) -> None:
    groups = groups_of(split(texts))
    known = set(texts)
    outermost = {
        (group, text)
        for group, text in zip(groups, texts, strict=True)
        if len(text.split()) < 3 or not any(f" {text} " in f" {other} " for other in known - {text})
    }
    assert set(Counter(group for group, _ in outermost).values()) == {1}


@given(GROUPS, st.integers(0, 40), st.integers(0, 40), st.integers(0, 5))
def test_a_smaller_choice_is_part_of_a_larger_one(
    groups: list[int], one: int, two: int, seed: int
) -> None:
    few, many = sorted(n % (len(groups) + 1) for n in (one, two))
    smaller, larger = (choose_together(groups, n, seed=seed) for n in (few, many))
    assert set(smaller) <= set(larger)


@given(GROUPS, st.integers(0, 40), st.integers(0, 5))
def test_whole_groups_are_chosen_and_no_group_more_than_needed(
    groups: list[int], n: int, seed: int
) -> None:
    n_asked = n % (len(groups) + 1)
    chosen = choose_together(groups, n_asked, seed=seed)
    taken = Counter(groups[i] for i in chosen)
    assert chosen == sorted(set(chosen))
    assert taken == Counter(group for group in groups if group in taken)
    assert n_asked <= len(chosen) < n_asked + max(taken.values(), default=1)


def test_all_are_chosen_when_all_are_asked_for() -> None:
    assert choose_together([3, 3, 1], 3, seed=4) == [0, 1, 2]


def test_more_than_there_are_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"n_examples=4, but the split has 3; set at most"):
        choose_together([0, 1, 2], 4, seed=0)
