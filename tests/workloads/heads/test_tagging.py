from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.workloads.heads import Wish  # noqa: E402 - the same
from breakeven.workloads.heads.tagging import Tagging  # noqa: E402 - the same
from breakeven.workloads.heads.words import NO_TOKEN, first_tokens  # noqa: E402 - the same
from breakeven.workloads.models.batches import collate  # noqa: E402 - the same
from breakeven.workloads.models.encoded import Encoded  # noqa: E402 - the same
from breakeven.workloads.models.tokenizer import train_tokenizer  # noqa: E402 - the same
from breakeven.workloads.tasks import Form, Split, make_task  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

CPU = torch.device("cpu")
HEAD = Tagging(labels=("O", "B-PER", "I-PER"))
ENCODED = Encoded.one_each([[9, 5, 6, 7, 9], [9, 8, 9]], places=[[1, 3, NO_TOKEN], [1]])
"""A sentence of three words, the last cut off and the first of two sub-words; one of one word."""

SPLIT = Split(texts=("a b c", "d"), labels=((1, 2, 0), (0,)), sources=("s", "s"))
BATCH = collate(ENCODED, (1, 0), pad_id=0)


def logits_for(*rows: list[int]) -> Any:
    """Logits that are 2 for the tag of each token and 0 for the others; shape (n, 5, 3)."""
    padded = [row + [0] * (5 - len(row)) for row in rows]
    return 2.0 * torch.nn.functional.one_hot(torch.tensor(padded), 3).float()


def test_only_first_sub_words_of_words_that_are_there_are_learned() -> None:
    """Three of eight tokens: O of d, B-PER of a, I-PER of b."""
    lesson = HEAD.lesson(SPLIT, ENCODED, CPU)
    logits = logits_for([1, 0, 2], [0, 1, 2, 1, 2])
    rows = torch.stack([logits[0, 1], logits[1, 1], logits[1, 3]])
    expected = torch.nn.functional.cross_entropy(rows, torch.tensor([0, 1, 2]))
    assert lesson.weight(BATCH) == 3
    assert float(lesson.loss(logits, BATCH)) == pytest.approx(float(expected))


def test_padding_changes_no_loss() -> None:
    lesson = HEAD.lesson(SPLIT, ENCODED, CPU)
    wide = collate(ENCODED, (1, 0), pad_id=0, padding="max_length", max_length=9)
    logits = logits_for([1, 0, 2], [0, 1, 2, 1, 2])
    padded = torch.nn.functional.pad(logits, (0, 0, 0, 4), value=3.0)
    assert float(lesson.loss(padded, wide)) == pytest.approx(float(lesson.loss(logits, BATCH)))


def test_a_batch_without_a_word_that_has_a_token_is_no_disaster() -> None:
    nothing = Encoded.one_each([[9, 9]], places=[[NO_TOKEN]])
    lesson = HEAD.lesson(SPLIT.take([1]), nothing, CPU)
    batch = collate(nothing, (0,), pad_id=0)
    assert lesson.weight(batch) == 0
    assert float(lesson.loss(torch.zeros(1, 2, 3), batch)) == 0.0


def test_words_are_read_at_their_first_sub_word_and_cut_ones_are_outside() -> None:
    readings = HEAD.read(logits_for([1, 2, 2], [0, 1, 2, 2, 1]), BATCH, ENCODED)
    assert readings == [(2,), (1, 2, 0)]
    assert HEAD.answers([(1, 2, 0), (2,)], SPLIT, ENCODED) == [(1, 2, 0), (2,)]


def test_outputs_that_are_no_numbers_are_no_tag() -> None:
    broken = torch.full((2, 5, 3), torch.nan)
    with pytest.raises(SettingsError, match="not all finite numbers"):
        HEAD.read(broken, BATCH, ENCODED)


def test_a_student_learns_the_teachers_tags() -> None:
    taught = [logits_for([0, 1, 2, 2, 1])[0], logits_for([0, 2, 0])[0, :3]]
    lesson = HEAD.imitation(taught, ENCODED, Wish(is_soft=False, temperature=1.0), CPU)
    truth = HEAD.lesson(
        Split(texts=("a b c", "d"), labels=((1, 2, 0), (2,)), sources=("s", "s")), ENCODED, CPU
    )
    logits = logits_for([1, 0, 2], [0, 1, 2, 1, 2])
    assert torch.equal(lesson.loss(logits, BATCH), truth.loss(logits, BATCH))


def test_a_student_that_says_the_same_is_not_punished_by_soft_targets() -> None:
    taught = [logits_for([0, 1, 2, 2, 1])[0], logits_for([0, 2, 0])[0, :3]]
    lesson = HEAD.imitation(taught, ENCODED, Wish(is_soft=True, temperature=2.0), CPU)
    same = logits_for([1, 2, 1], [2, 1, 0, 2, 0])  # differs where nothing is learned
    other = logits_for([1, 0, 1], [2, 1, 0, 2, 0])
    assert float(lesson.loss(same, BATCH)) == pytest.approx(0, abs=1e-6)
    assert float(lesson.loss(other, BATCH)) > 0.1
    assert lesson.weight(BATCH) == 3


def test_words_find_their_tokens_in_a_real_tokenizer() -> None:
    texts = ("Ada went to New-York", "she stayed")
    tokenizer = train_tokenizer(texts * 3, 200)
    split = Split(texts=texts, labels=((0,) * 4, (0,) * 2), sources=("s", "s"))
    encoded = HEAD.encode(tokenizer, split, {"max_length": 50})
    for ids, places, text in zip(encoded.ids, encoded.places, texts, strict=True):
        begun = [tokenizer.convert_ids_to_tokens(ids[at]) for at in places]
        assert [own[0] for own in begun] == [word[0].lower() for word in text.split(" ")]
    cut = HEAD.encode(tokenizer, split, {"max_length": 4})
    assert len(cut.ids[0]) == 4
    assert cut.places[0][-1] == NO_TOKEN


def test_a_tokenizer_that_cannot_tell_places_is_refused() -> None:
    slow = type("SlowTokenizer", (), {"is_fast": False})()
    with pytest.raises(SettingsError, match="SlowTokenizer does not tell where its tokens stand"):
        HEAD.encode(slow, SPLIT, {"max_length": 9})


def test_tags_without_an_outside_are_refused() -> None:
    task = make_task(
        "some", ("B-PER", "I-PER"), (SPLIT, SPLIT, SPLIT), form=Form.TOKEN_CLASSIFICATION
    )
    with pytest.raises(SettingsError, match="without O for words outside every entity"):
        Tagging.of(task)


@given(st.lists(st.text("abcé", min_size=1, max_size=5), min_size=1, max_size=8), st.integers(1, 3))
def test_every_word_begins_where_a_tokenizer_of_pieces_begins_it(
    words: list[str], size: int
) -> None:
    """Pieces of at most `size` letters, which may take the space before a word along."""
    text, offsets, firsts = " ".join(words), [(0, 0)], []
    start = 0
    for word in words:
        firsts.append(len(offsets))
        begun = start - 1 if start else 0
        ends = [*range(start + size, start + len(word), size), start + len(word)]
        for end in ends:
            offsets.append((begun, end))
            begun = end
        start += len(word) + 1
    assert first_tokens(text, [*offsets, (0, 0)]) == firsts


def test_a_token_of_a_space_alone_begins_no_word() -> None:
    assert first_tokens("a b", [(0, 1), (1, 2), (2, 3)]) == [0, 2]
    assert first_tokens("a b", [(0, 1)]) == [0, NO_TOKEN]
