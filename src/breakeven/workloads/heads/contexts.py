"""Contexts: a question with as much of its context as fits, again and again until its end.

A context longer than `max_length` allows is read in several windows that share some tokens, so
that an answer cut by one window stands whole in the next (Devlin et al. 2019, released code). The
cost of a question is that of all its windows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from breakeven.errors import SettingsError
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.tokenizer import check_fast
from breakeven.workloads.tasks.form import Answers

MAX_QUESTION_TOKENS = 64
"""A question is cut here, and at half the window (64: Devlin et al. 2019, released code)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What a window holds of a context.

    Attributes:
        characters: Of the context behind each token: the first, and the one after the last; None
            for tokens of the question and special ones.
        null: Position of the token that stands for "not in here": [CLS], or the first.
    """

    characters: tuple[tuple[int, int] | None, ...]
    null: int


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens of a window, both ends included."""

    first: int
    last: int


def shared_tokens(stride: int, max_length: int) -> int:
    """Tokens two neighbouring windows share: `stride`, or a third of the length where it is -1.

    A third is the usual 128 of 384 for SQuAD as transformers' example run_qa.py shares them; 128 is
    the step there, not what is shared, in the code that Devlin et al. 2019 released.

    >>> shared_tokens(-1, 384), shared_tokens(0, 384)
    (128, 0)
    """
    return max_length // 3 if stride < 0 else stride


def encode_contexts(
    tokenizer: Any,  # noqa: ANN401 - transformers is untyped
    questions: Sequence[str],
    contexts: Sequence[str],
    *,
    max_length: int,
    n_shared: int,
) -> Encoded:
    """Windows of every question; every token of its context is in at least one.

    Args:
        tokenizer: A fast one: the others do not tell characters.
        questions: One per example.
        contexts: The text each is answered from.
        max_length: Longest window, in tokens with special ones.
        n_shared: Tokens that neighbouring windows share; cut to what leaves one new token.

    Returns:
        With a `Passage` as the place of each window.

    Raises:
        SettingsError: If the tokenizer tells no characters, or nothing fits.
    """
    check_fast(tokenizer, to="read answers")
    pairs = tokenizer(
        list(questions),
        list(contexts),
        truncation=False,
        padding=False,
        return_offsets_mapping=True,
        verbose=False,
    )
    ids, types, places, example_of = [], [], [], []
    for example in range(len(questions)):
        pair = pairs[example]
        for kept in _windows(pair.sequence_ids, max_length=max_length, n_shared=n_shared):
            example_of.append(example)
            ids.append([pair.ids[i] for i in kept])
            types.append([pair.type_ids[i] for i in kept])
            places.append(_passage(pair, kept, tokenizer.cls_token_id))
    has_types = "token_type_ids" in tokenizer.model_input_names
    return Encoded(
        ids=ids, example_of=example_of, type_ids=types if has_types else (), places=places
    )


def _windows(
    text_of: Sequence[int | None], *, max_length: int, n_shared: int
) -> Iterator[list[int]]:
    """Tokens of each window: question and special tokens stay, the context moves by.

    Args:
        text_of: Which text each token of the whole pair belongs to; None for special tokens.
        max_length: Longest window, in tokens.
        n_shared: Tokens that neighbouring windows share.
    """
    question, context = ([i for i, text in enumerate(text_of) if text == own] for own in (0, 1))
    n_special = len(text_of) - len(question) - len(context)
    n_asked = min(len(question), MAX_QUESTION_TOKENS, max(0, max_length - n_special) // 2)
    room = max_length - n_special - n_asked
    if room < 1:
        raise SettingsError(
            f"max_length={max_length} leaves no room for a context beside {n_special} special "
            "tokens; raise it"
        )
    dropped = {*question[n_asked:], *context}
    frame = [i for i in range(len(text_of)) if i not in dropped]
    step = room - min(n_shared, room - 1)
    n_more = -(-max(0, len(context) - room) // step)
    for start in range(0, n_more * step + 1, step):
        yield sorted([*frame, *context[start : start + room]])


def _passage(pair: Any, kept: Sequence[int], cls_id: int | None) -> Passage:  # noqa: ANN401 - untyped
    ids = [pair.ids[i] for i in kept]
    return Passage(
        characters=tuple(pair.offsets[i] if pair.sequence_ids[i] == 1 else None for i in kept),
        null=ids.index(cls_id) if cls_id in ids else 0,
    )


def find_answer(passage: Passage, answers: Answers) -> Span:
    """Tokens of the first answer; the null token where the window does not hold all of it.

    Args:
        passage: What the window holds.
        answers: Right ones; training learns the first.
    """
    start, end = answers.starts[0], answers.starts[0] + len(answers.texts[0])
    inside = [(i, own) for i, own in enumerate(passage.characters) if own is not None]
    covered = [i for i, (first, last) in inside if first < end and last > start]
    is_whole = bool(covered) and inside[0][1][0] <= start and end <= inside[-1][1][1]
    return Span(covered[0], covered[-1]) if is_whole else Span(passage.null, passage.null)
