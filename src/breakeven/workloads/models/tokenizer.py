"""Tokenizers: trained here for models built from nothing, and applied to texts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from breakeven.errors import ModelFolderError, SettingsError
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.folder import check_tokenizer, is_local
from breakeven.workloads.models.frameworks import import_transformers

SPECIAL_TOKENS = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}
END_TOKENS = {"bos_token": "[EOS]", "eos_token": "[EOS]"}
"""A model that reads from left to right begins and ends texts with one token (Radford et al. 2019,
released code)."""

MIN_VOCAB_SIZE = 100

TYPES = "token_type_ids"
"""What transformers calls the numbers that tell two texts of one input apart."""


def find_tokenizer(source: str, corpus: Iterable[str], *, n_tokens: int, ends_texts: bool) -> Any:  # noqa: ANN401 - untyped
    """Load the tokenizer that is named, or train one.

    Args:
        source: Folder or hub id; empty trains.
        corpus: Texts to train on.
        n_tokens: Upper limit of a trained vocabulary.
        ends_texts: Whether texts end with a token of their own, as decoders have it, instead of
            standing between two special ones.

    Raises:
        ModelFolderError: If there is none in the folder, or it cannot be loaded.
        SettingsError: If one is to be trained and there is nothing to train it on.
    """
    if not source:
        return train_tokenizer(corpus, n_tokens, ends_texts=ends_texts)
    if is_local(source):
        check_tokenizer(Path(source))
    try:
        return import_transformers().AutoTokenizer.from_pretrained(source, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise cannot_load(source, error) from error


def check_fast(tokenizer: Any, *, to: str) -> None:  # noqa: ANN401 - untyped
    """Refuse a tokenizer that does not tell where in a text its tokens stand.

    Args:
        tokenizer: Of the model.
        to: What that is needed for, after "to", for the message.

    Raises:
        SettingsError: If it is none of the Rust library `tokenizers`.
    """
    if not tokenizer.is_fast:
        raise SettingsError(
            f"{type(tokenizer).__name__} does not tell where its tokens stand in the text, which "
            f"is needed to {to}; use a model with a fast tokenizer (tokenizer.json)"
        )


def give_padding(tokenizer: Any, config: Any) -> None:  # noqa: ANN401 - untyped
    """Let models that were trained without padding pad with their end token."""
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    if getattr(config, "pad_token_id", None) is None:
        config.pad_token_id = tokenizer.pad_token_id


def match_types(tokenizer: Any, config: Any) -> None:  # noqa: ANN401 - untyped
    """Let a tokenizer tell two texts apart where its model has a table for that, and only there.

    Pairs then reach the model with type ids where it has types for two (BERT), and without where
    it takes none (DistilBERT) or knows a single type (RoBERTa).
    """
    names = [name for name in tokenizer.model_input_names if name != TYPES]
    has_two = int(getattr(config, "type_vocab_size", 0) or 0) > 1
    tokenizer.model_input_names = [*names, TYPES] if has_two else names


def cannot_load(source: str, error: Exception) -> ModelFolderError:
    """Say why a model or tokenizer could not be loaded, and what to do."""
    reason = str(error).strip().split("\n", 1)[0] or type(error).__name__
    advice = (
        "save it again with save_pretrained"
        if Path(source).is_dir()
        else "give the path of a local folder, or fetch it once where the hub can be reached"
    )
    return ModelFolderError(f"cannot load model {source!r} ({reason}); {advice}")


def train_tokenizer(corpus: Iterable[str], vocab_size: int, *, ends_texts: bool = False) -> Any:  # noqa: ANN401 - untyped
    """Train a lower-casing WordPiece tokenizer as BERT uses it (Devlin et al. 2019, sec. 3).

    The same texts give the same vocabulary, whatever their order.

    Args:
        corpus: Texts; their order does not matter.
        vocab_size: Upper limit of the vocabulary, special tokens included.
        ends_texts: As `find_tokenizer` takes it.

    Raises:
        SettingsError: If the corpus is empty or the vocabulary is too small to hold letters.
    """
    texts = sorted(set(corpus))
    if not texts or vocab_size < MIN_VOCAB_SIZE:
        raise SettingsError(
            f"cannot train a tokenizer with vocab_size={vocab_size} on {len(texts)} texts; give "
            f"at least one text and vocab_size >= {MIN_VOCAB_SIZE}"
        )
    transformers = import_transformers()
    trained = _new_wordpiece({})
    letters = _letters(trained, texts, limit=(vocab_size - len(SPECIAL_TOKENS)) // 2)
    trained.train_from_iterator(texts, _trainer(vocab_size, letters))
    if not ends_texts:
        wordpiece = _new_wordpiece(trained.get_vocab())
        _frame_with_cls_and_sep(wordpiece)
        return transformers.PreTrainedTokenizerFast(tokenizer_object=wordpiece, **SPECIAL_TOKENS)
    names = {"[CLS]": "[EOS]"}  # the place of a special token that a decoder has no use for
    vocabulary = {names.get(token, token): i for token, i in trained.get_vocab().items()}
    wordpiece = _new_wordpiece(vocabulary)
    _end_with(wordpiece, END_TOKENS["eos_token"])
    special = {name: SPECIAL_TOKENS[name] for name in ("pad_token", "unk_token")}
    return transformers.PreTrainedTokenizerFast(tokenizer_object=wordpiece, **special, **END_TOKENS)


def tokenize(tokenizer: Any, texts: Sequence[str], *, max_length: int) -> list[list[int]]:  # noqa: ANN401 - untyped
    """Token ids of each text, special tokens included, cut at `max_length` tokens, not padded."""
    ids = encode(tokenizer, texts, max_length=max_length).ids
    return [list(own) for own in ids]


def encode(
    tokenizer: Any,  # noqa: ANN401 - untyped
    texts: Sequence[str],
    pairs: Sequence[str] = (),
    *,
    max_length: int,
) -> Encoded:
    """Token ids of each text or pair, one window each, cut at `max_length` tokens.

    Of a pair the longer text is cut first. Type ids come with pairs, for models that ask.

    Args:
        tokenizer: Of the model that will read them.
        texts: The only texts, or the first of each pair.
        pairs: The second of each; none for single texts.
        max_length: In tokens, special ones included.
    """
    has_types = bool(pairs) and TYPES in tokenizer.model_input_names
    found = tokenizer(
        list(texts),
        *([list(pairs)] if pairs else []),
        truncation=True,
        max_length=max_length,
        padding=False,
        return_attention_mask=False,
        return_token_type_ids=has_types,
    )
    types = found[TYPES] if has_types else ()
    return Encoded.one_each(found["input_ids"], type_ids=types)


def _new_wordpiece(vocabulary: Mapping[str, int]) -> Any:  # noqa: ANN401 - untyped
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers  # noqa: PLC0415

    model = models.WordPiece(vocab=dict(vocabulary), unk_token=SPECIAL_TOKENS["unk_token"])
    wordpiece = Tokenizer(model)
    wordpiece.normalizer = normalizers.BertNormalizer(lowercase=True)
    wordpiece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    wordpiece.decoder = decoders.WordPiece()
    return wordpiece


def _letters(wordpiece: Any, texts: Sequence[str], *, limit: int) -> list[str]:  # noqa: ANN401 - untyped
    """The commonest characters after normalisation, at most `limit`, in a fixed order."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(wordpiece.normalizer.normalize_str(text))
    kept = [letter for letter in counts if not letter.isspace()]
    return sorted(sorted(kept, key=lambda letter: (-counts[letter], letter))[:limit])


def _trainer(vocab_size: int, letters: Sequence[str]) -> Any:  # noqa: ANN401 - untyped
    """Build a trainer whose result does not depend on the order of a hash map.

    The library numbers the letters inside words in the order it meets them, which differs from
    run to run, and breaks ties between merges by those numbers. Naming them as special tokens
    numbers them beforehand; the tokenizer that is kept knows only the vocabulary.
    """
    from tokenizers import trainers  # noqa: PLC0415 - loaded with the tokenizer

    return trainers.WordPieceTrainer(
        vocab_size=vocab_size,
        min_frequency=2,
        special_tokens=[*SPECIAL_TOKENS.values(), *(f"##{letter}" for letter in letters)],
        initial_alphabet=list(letters),
        limit_alphabet=len(letters),
        show_progress=False,
    )


def _frame_with_cls_and_sep(wordpiece: Any) -> None:  # noqa: ANN401 - untyped
    from tokenizers import processors  # noqa: PLC0415 - loaded with the tokenizer

    cls, sep = SPECIAL_TOKENS["cls_token"], SPECIAL_TOKENS["sep_token"]
    wordpiece.post_processor = processors.TemplateProcessing(
        single=f"{cls} $A {sep}",
        pair=f"{cls} $A {sep} $B:1 {sep}:1",
        special_tokens=[(token, wordpiece.token_to_id(token)) for token in (cls, sep)],
    )


def _end_with(wordpiece: Any, end: str) -> None:  # noqa: ANN401 - untyped
    from tokenizers import processors  # noqa: PLC0415 - loaded with the tokenizer

    wordpiece.post_processor = processors.TemplateProcessing(
        single=f"$A {end}",
        pair=f"$A {end} $B:1 {end}:1",
        special_tokens=[(end, wordpiece.token_to_id(end))],
    )
