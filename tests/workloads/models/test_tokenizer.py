from types import SimpleNamespace

import pytest

from breakeven.errors import SettingsError
from breakeven.workloads.models.tokenizer import (
    encode,
    match_types,
    tokenize,
    train_tokenizer,
)

pytest.importorskip("transformers")
pytestmark = pytest.mark.nlp

CORPUS = [f"Return the {word} of a file" for word in ("name", "size", "owner", "path")] * 3


def test_ids_are_framed_and_cut_but_not_padded() -> None:
    tokenizer = train_tokenizer(CORPUS, 200)
    short, cut = tokenize(tokenizer, ["return", "return the name of a file"], max_length=4)
    cls, sep = tokenizer.cls_token_id, tokenizer.sep_token_id
    assert (short[0], short[-1]) == (cut[0], cut[-1]) == (cls, sep)
    assert (len(short), len(cut)) == (3, 4)


def test_letter_case_does_not_matter() -> None:
    tokenizer = train_tokenizer(CORPUS, 200)
    upper, lower = tokenize(tokenizer, ["RETURN THE NAME", "return the name"], max_length=16)
    assert upper == lower


def test_padding_token_is_the_first_of_the_vocabulary() -> None:
    assert train_tokenizer(CORPUS, 200).pad_token_id == 0


def test_training_does_not_depend_on_the_order_of_the_corpus() -> None:
    vocabularies = [train_tokenizer(c, 200).get_vocab() for c in (CORPUS, CORPUS[::-1])]
    assert vocabularies[0] == vocabularies[1]


def test_characters_never_seen_become_unknown() -> None:
    tokenizer = train_tokenizer(CORPUS, 200)
    (ids,) = tokenize(tokenizer, ["\u4e2d"], max_length=8)
    assert ids[1:-1] == [tokenizer.unk_token_id]


def test_only_the_five_special_tokens_are_special() -> None:
    tokenizer = train_tokenizer(CORPUS, 200)
    assert sorted(tokenizer.all_special_tokens) == ["[CLS]", "[MASK]", "[PAD]", "[SEP]", "[UNK]"]
    assert set(tokenizer.get_added_vocab()) == set(tokenizer.all_special_tokens)


def test_vocabulary_stays_within_its_limit() -> None:
    corpus = [f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(600)]
    assert len(train_tokenizer(corpus, 100)) <= 100


@pytest.mark.parametrize(("corpus", "vocab_size"), [([], 200), (CORPUS, 10)])
def test_nothing_to_learn_from_is_refused(corpus: list[str], vocab_size: int) -> None:
    with pytest.raises(SettingsError, match=f"vocab_size={vocab_size} on"):
        train_tokenizer(corpus, vocab_size)


@pytest.mark.parametrize(("n_types", "has_types"), [(2, True), (1, False), (None, False)])
def test_pairs_carry_type_ids_where_the_model_has_types_for_two(
    n_types: int | None, *, has_types: bool
) -> None:
    tokenizer = train_tokenizer(CORPUS, 200)
    match_types(tokenizer, SimpleNamespace(type_vocab_size=n_types))
    pair = encode(tokenizer, ["return"], ["the"], max_length=9)
    assert bool(pair.type_ids) is has_types
    assert len(pair.ids[0]) == 5
    assert encode(tokenizer, ["name"], max_length=9).type_ids == ()


def test_of_a_pair_the_longer_text_is_cut() -> None:
    tokenizer = train_tokenizer(CORPUS, 200)
    whole = encode(tokenizer, ["return"], ["the"], max_length=50).ids[0]
    cut = encode(tokenizer, ["return"], ["the file of a file of a file"], max_length=6).ids[0]
    assert len(cut) == 6
    assert cut[:4] == whole[:4]
