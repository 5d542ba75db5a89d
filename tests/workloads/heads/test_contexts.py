"""Windows of contexts: everything is read, answers are found again, characters stay right."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("transformers")

from breakeven.errors import SettingsError
from breakeven.workloads.heads.contexts import (
    MAX_QUESTION_TOKENS,
    Passage,
    Span,
    encode_contexts,
    find_answer,
    shared_tokens,
)
from breakeven.workloads.models.tokenizer import train_tokenizer
from breakeven.workloads.tasks.form import Answers

WORDS = ["ada", "wrote", "the", "first", "program", "for", "an", "engine", "by", "1843"]
QUESTION = "who wrote it"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    trained = train_tokenizer([" ".join(WORDS), QUESTION] * 3, 300)
    trained.model_input_names = ["input_ids", "token_type_ids", "attention_mask"]
    return trained


def passages(tokenizer: Any, context: str, *, max_length: int, n_shared: int) -> list[Passage]:
    encoded = encode_contexts(
        tokenizer, [QUESTION], [context], max_length=max_length, n_shared=n_shared
    )
    assert all(len(own) <= max_length for own in encoded.ids)
    return list(encoded.places)


@settings(max_examples=30)
@given(
    words=st.lists(st.sampled_from(WORDS), max_size=40),
    max_length=st.integers(8, 40),
    n_shared=st.integers(0, 60),
)
def test_every_character_of_a_context_but_blanks_is_in_a_window(
    tokenizer: Any, words: list[str], max_length: int, n_shared: int
) -> None:
    context = " ".join(words)
    found = passages(tokenizer, context, max_length=max_length, n_shared=n_shared)
    read = {i for one in found for own in one.characters if own for i in range(*own)}
    assert read == {i for i, letter in enumerate(context) if letter != " "}


@settings(max_examples=30)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=40), data=st.data())
def test_an_answer_within_the_shared_tokens_stands_whole_in_a_window(
    tokenizer: Any, words: list[str], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(words) - 1))
    start = len(" ".join([*words[:at], ""]))
    context = " ".join(words)
    answers = Answers(texts=(words[at],), starts=(start,))
    spans = [
        (one, find_answer(one, answers))
        for one in passages(tokenizer, context, max_length=30, n_shared=14)
    ]
    texts = set()
    for one, span in spans:
        first, last = one.characters[span.first], one.characters[span.last]
        texts.add(context[first[0] : last[1]] if first and last else "")
    assert words[at] in texts
    assert texts <= {words[at], ""}


def test_a_short_context_is_one_window_like_the_tokenizers_own(tokenizer: Any) -> None:
    encoded = encode_contexts(
        tokenizer, [QUESTION] * 2, ["ada wrote", ""], max_length=20, n_shared=6
    )
    own = tokenizer([QUESTION] * 2, ["ada wrote", ""])
    assert (encoded.ids, encoded.type_ids) == (own["input_ids"], own["token_type_ids"])
    assert list(encoded.example_of) == [0, 1]


def test_windows_are_those_of_the_tokenizers_own_truncation(tokenizer: Any) -> None:
    context = " ".join(WORDS * 3)
    own = tokenizer(
        [QUESTION],
        [context],
        truncation="only_second",
        max_length=20,
        stride=5,
        return_overflowing_tokens=True,
    )
    encoded = encode_contexts(tokenizer, [QUESTION], [context], max_length=20, n_shared=5)
    assert encoded.ids == own["input_ids"]


def test_a_window_without_the_whole_answer_points_to_cls(tokenizer: Any) -> None:
    context = "ada wrote the first program"
    answers = Answers(texts=("ada wrote the first program",), starts=(0,))
    found = passages(tokenizer, context, max_length=10, n_shared=1)
    assert [find_answer(one, answers) for one in found] == [Span(0, 0)] * len(found)
    assert len(found) > 1


def test_a_question_longer_than_half_the_window_is_cut(tokenizer: Any) -> None:
    encoded = encode_contexts(tokenizer, ["who " * 40], ["who who"], max_length=12, n_shared=0)
    n_context = [sum(own is not None for own in one.characters) for one in encoded.places]
    n_special = 3
    assert len(encoded.ids[0]) == 12
    assert n_context[0] == 12 - n_special - (12 - n_special) // 2


def test_a_question_is_cut_in_a_wide_window_too(tokenizer: Any) -> None:
    encoded = encode_contexts(tokenizer, ["who " * 100], ["ada"], max_length=300, n_shared=0)
    (one,) = encoded.places
    n_context = sum(own is not None for own in one.characters)
    assert len(encoded.ids[0]) == 3 + MAX_QUESTION_TOKENS + n_context


def test_a_length_without_room_is_refused(tokenizer: Any) -> None:
    with pytest.raises(SettingsError, match=r"max_length=3 leaves no room .* raise it"):
        encode_contexts(tokenizer, [QUESTION], ["ada"], max_length=3, n_shared=0)


def test_a_tokenizer_that_tells_no_characters_is_refused() -> None:
    class Slow:
        is_fast = False

    with pytest.raises(SettingsError, match=r"Slow does not tell .*tokenizer\.json"):
        encode_contexts(Slow(), [], [], max_length=3, n_shared=0)


def test_neighbours_share_a_third_unless_told() -> None:
    assert [shared_tokens(n, 384) for n in (-1, 0, 64)] == [128, 0, 64]


@pytest.mark.parametrize("trims", [True, False])
def test_bytes_without_special_tokens_tell_characters_too(*, trims: bool) -> None:
    """GPT-2's sort of tokenizer: no token between question and context, blanks inside tokens."""
    from tokenizers import ByteLevelBPETokenizer  # noqa: PLC0415 - loaded with transformers
    from tokenizers.processors import ByteLevel  # noqa: PLC0415 - the same
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415 - the same

    context = "Ada wröte the “first” programme — in 1843 — for Babbage"
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator([context, QUESTION] * 3, vocab_size=300, show_progress=False)
    trained.post_processor = ByteLevel(trim_offsets=trims)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained._tokenizer)
    answers = Answers(texts=("“first” programme",), starts=(context.index("“"),))
    read = set()
    for one in passages(tokenizer, context, max_length=40, n_shared=30):
        span = find_answer(one, answers)
        first, last = one.characters[span.first], one.characters[span.last]
        read.add(context[first[0] : last[1]].strip() if first and last else "")
    assert "“first” programme" in read
    assert read <= {"“first” programme", ""}
