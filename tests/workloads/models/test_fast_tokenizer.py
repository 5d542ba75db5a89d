"""The library alone gives the tokens that transformers gives by it."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")

from breakeven.errors import ModelFolderError
from breakeven.workloads.heads.contexts import encode_contexts
from breakeven.workloads.models.fast_tokenizer import FastTokenizer, load_fast
from breakeven.workloads.models.frameworks import import_transformers
from breakeven.workloads.models.tokenizer import encode, train_tokenizer

pytestmark = pytest.mark.nlp

TEXTS = ["the film was fine", "a", "who came to the grand hotel in rome", ""]
PAIRS = ["it was", "the film was a long story of rome and the hotel", "ada", "fine"]
CONFIG = '{"model_type": "bert", "type_vocab_size": 2}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tokenizer")
    train_tokenizer([*TEXTS[:3], *PAIRS], 120).save_pretrained(made)
    (made / "config.json").write_text(CONFIG, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def theirs(folder: Path) -> Any:
    found = import_transformers().AutoTokenizer.from_pretrained(folder)
    found.model_input_names = ["input_ids", "attention_mask", "token_type_ids"]
    return found


@pytest.fixture(scope="module")
def ours(folder: Path) -> FastTokenizer:
    return load_fast(folder)


@pytest.mark.parametrize("max_length", [4, 8, 64])
def test_texts_become_the_same_tokens(ours: FastTokenizer, theirs: Any, max_length: int) -> None:
    assert (
        encode(ours, TEXTS, max_length=max_length).ids
        == encode(theirs, TEXTS, max_length=max_length).ids
    )


@pytest.mark.parametrize("max_length", [5, 9, 64])
def test_pairs_become_the_same_tokens_and_types(
    ours: FastTokenizer, theirs: Any, max_length: int
) -> None:
    mine, other = (encode(each, TEXTS, PAIRS, max_length=max_length) for each in (ours, theirs))
    assert (mine.ids, mine.type_ids) == (other.ids, other.type_ids)


def test_contexts_fall_into_the_same_windows(ours: FastTokenizer, theirs: Any) -> None:
    mine, other = (
        encode_contexts(each, TEXTS[:3], PAIRS[:3], max_length=12, n_shared=3)
        for each in (ours, theirs)
    )
    assert mine == other


def test_special_tokens_have_the_same_numbers(ours: FastTokenizer, theirs: Any) -> None:
    assert (ours.pad_token_id, ours.cls_token_id) == (theirs.pad_token_id, theirs.cls_token_id)


def test_a_model_without_types_is_given_none(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "config.json").write_text('{"model_type": "distilbert"}', encoding="utf-8")
    assert not encode(load_fast(tmp_path), TEXTS, PAIRS, max_length=9).type_ids


def test_a_folder_without_its_file_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match=r"tokenizer\.json cannot be read"):
        load_fast(tmp_path)


def test_real_sentences_become_the_same_tokens(shared_dir: Path) -> None:
    """MiniLM's own tokenizer on SST-2's development sentences."""
    folder = shared_dir / "models" / "all-MiniLM-L6-v2"
    rows = (shared_dir / "data/sst2/dev.tsv").read_text(encoding="utf-8").splitlines()[1:]
    texts = [row.rpartition("\t")[0] for row in rows]
    other = import_transformers().AutoTokenizer.from_pretrained(folder)
    mine = encode(load_fast(folder), texts, max_length=48).ids
    assert mine == encode(other, texts, max_length=48).ids
