"""Exact match and F1 of answers, against a second implementation written in another way."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from breakeven.workloads.metrics.answers import answer_f1, exact_match, normalise
from breakeven.workloads.metrics.resampling import value_of

_PIECES = [
    *(
        "the",
        "The",
        "a",
        "an",
        "A.",
        "cat",
        "Cat",
        "cat's",
        "U.S.",
        "u.s",
        "1,000",
        "1000",
        "naïve",
    ),
    *(
        "“a”",
        "the·an",
        "ÅNGAN",
        "ångan",
        "東京",
        "İ",
        "ß",
        "_a_",
        "a-b",
        "...",
        " ",
        "\t",
        "\u00a0x",
    ),
]


def words_left(answer: str) -> list[str]:
    """Words of an answer that count, found by reading it character by character."""
    kept = [c for c in answer.lower() if not (ord(c) < 128 and c.isprintable() and _is_sign(c))]
    runs: list[str] = [""]
    for character in kept:
        is_word = character.isalnum() or character == "_"
        was_word = runs[-1][-1:].isalnum() or runs[-1][-1:] == "_"
        if is_word == was_word:
            runs[-1] += character
        else:
            runs.append(character)
    return "".join(" " if run in {"a", "an", "the"} else run for run in runs).split()


def _is_sign(character: str) -> bool:
    return not character.isalnum() and character != " "


def shared_f1(given: str, right: str) -> float:
    """F1 of two answers, by striking out each shared word once."""
    ours, theirs = words_left(given), words_left(right)
    left = list(theirs)
    for word in ours:
        if word in left:
            left.remove(word)
    n_shared = len(theirs) - len(left)
    if n_shared == 0:
        return 0.0
    precision, recall = n_shared / len(ours), n_shared / len(theirs)
    return 2 * precision * recall / (precision + recall)


def cases() -> Iterator[tuple[list[list[str]], list[str]]]:
    """Right and given answers of 1 to 5 questions, built of pieces that are hard to normalise."""
    rng = np.random.default_rng(11)

    def answer(n_least: int) -> str:
        return " ".join(rng.choice(_PIECES, size=rng.integers(n_least, 5)))

    for _ in range(1_000):
        n = rng.integers(1, 6)
        rights = [[answer(1) for _ in range(rng.integers(1, 4))] for _ in range(n)]
        given = [str(rng.choice(r)) if rng.random() < 0.3 else answer(0) for r in rights]
        yield rights, given


def test_answer_f1_equals_a_second_implementation() -> None:
    for rights, given in cases():
        best = [max(shared_f1(g, r) for r in own) for g, own in zip(given, rights, strict=True)]
        assert value_of(answer_f1(rights, given), len(given)) == pytest.approx(np.mean(best))


def test_exact_match_equals_a_second_implementation() -> None:
    for rights, given in cases():
        same = [
            any(words_left(g) == words_left(r) for r in own)
            for g, own in zip(given, rights, strict=True)
        ]
        assert value_of(exact_match(rights, given), len(given)) == pytest.approx(np.mean(same))


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("The Nobel Prize", "nobel prize"),
        ("a  1,000\tU.S. dollars.", "1000 us dollars"),
        ("“the” Łódź", "“ ” łódź"),
        ("theatre an", "theatre"),
        ("...", ""),
    ],
)
def test_case_signs_articles_and_space_do_not_count(answer: str, left: str) -> None:
    assert normalise(answer) == left


def test_the_best_of_several_right_answers_counts() -> None:
    rights = [["in the year 1066", "1066"]]
    assert value_of(answer_f1(rights, ["1066"]), 1) == 1.0
    assert value_of(answer_f1(rights, ["year 1066"]), 1) == pytest.approx(0.8)


@pytest.mark.parametrize(("right", "f1", "same"), [("Ada", 0.0, 0.0), ("the", 0.0, 1.0)])
def test_an_empty_answer_shares_no_word(right: str, f1: float, same: float) -> None:
    assert value_of(answer_f1([[right]], [""]), 1) == f1
    assert value_of(exact_match([[right]], [""]), 1) == same


def test_questions_and_answers_must_be_equally_many() -> None:
    rights: Sequence[Sequence[str]] = [["a"], ["b"]]
    with pytest.raises(ValueError, match="zip"):
        exact_match(rights, ["a"])
