"""BERT and its kin: encoders with learnt positions, normalised after each block.

Sources: Devlin et al. 2019; Liu et al. 2019 (RoBERTa); Sanh et al. 2019 (DistilBERT); Clark et
al. 2020 (ELECTRA). Details follow the implementations in transformers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from breakeven.formulas.families.family import Ask, Config, Family, Head, n_labels, token_head
from breakeven.formulas.parts import (
    Part,
    Scores,
    activation,
    additions,
    attention,
    layer_norm,
    linear,
    table,
    tied_linear,
)

_DEFAULTS = {
    "vocab_size": 30522,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "hidden_act": "gelu",
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "tie_word_embeddings": True,
}
_REQUIRES = {"is_decoder": False, "add_cross_attention": False, "tie_word_embeddings": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    width: int
    inner: int
    n_layers: int
    n_heads: int
    n_words: int
    n_positions: int
    n_types: int
    embedding_width: int
    act: str


def _sizes(config: Config) -> _Sizes:
    return _Sizes(
        width=config["hidden_size"],
        inner=config["intermediate_size"],
        n_layers=config["num_hidden_layers"],
        n_heads=config["num_attention_heads"],
        n_words=config["vocab_size"],
        n_positions=config["max_position_embeddings"],
        n_types=config["type_vocab_size"],
        embedding_width=config.get("embedding_size", config["hidden_size"]),
        act=config["hidden_act"],
    )


def _distilbert_sizes(config: Config) -> _Sizes:
    return _Sizes(
        width=config["dim"],
        inner=config["hidden_dim"],
        n_layers=config["n_layers"],
        n_heads=config["n_heads"],
        n_words=config["vocab_size"],
        n_positions=config["max_position_embeddings"],
        n_types=0,
        embedding_width=config["dim"],
        act=config["activation"],
    )


def _embeddings(sizes: _Sizes, ask: Ask) -> Part:
    width, n_elements = sizes.embedding_width, ask.n_rows * sizes.embedding_width
    part = table(sizes.n_words, width, n_lookups=ask.n_rows)
    part += table(sizes.n_positions, width, n_lookups=ask.n_tokens) + additions(n_elements)
    if sizes.n_types:
        part += table(sizes.n_types, width, n_lookups=ask.n_rows) + additions(n_elements)
    part += layer_norm(ask.n_rows, width)
    if width != sizes.width:
        part += linear(ask.n_rows, width, sizes.width)
    return part


def _layer(sizes: _Sizes, ask: Ask) -> Part:
    rows, width, inner = ask.n_rows, sizes.width, sizes.inner
    scores = Scores(
        n_rows=ask.n_sequences * sizes.n_heads,
        n_queries=ask.n_tokens,
        n_keys=ask.n_tokens,
        head_size=width // sizes.n_heads,
    )
    block_end = additions(rows * width) + layer_norm(rows, width)
    feed_forward = linear(rows, width, inner) + linear(rows, inner, width)
    return (
        linear(rows, width, width) * 4
        + attention(scores)
        + feed_forward
        + activation(sizes.act, rows * inner)
        + block_end * 2
    )


def _body(sizes: _Sizes, ask: Ask) -> Part:
    return _embeddings(sizes, ask) + _layer(sizes, ask) * sizes.n_layers


def _first_token(sizes: _Sizes, ask: Ask, act: str) -> Part:
    """Dense layer and activation on the first token of each sequence."""
    rows, width = ask.n_sequences, sizes.width
    return linear(rows, width, width) + activation(act, rows * width)


def _language_head(sizes: _Sizes, ask: Ask, act: str) -> Part:
    """Masked-LM head on every position, its table tied to the embeddings."""
    rows, width = ask.n_rows, sizes.embedding_width
    transform = linear(rows, sizes.width, width) + activation(act, rows * width)
    return transform + layer_norm(rows, width) + tied_linear(rows, width, sizes.n_words)


def _builder(
    sizes_of: Callable[[Config], _Sizes], *, pooler: str = "", classifier: str, language: str = ""
) -> Callable[[Config, Ask], Part]:
    """Make a builder; the strings name activations, empty for none of its own."""

    def build(config: Config, ask: Ask) -> Part:
        sizes = sizes_of(config)
        body = _body(sizes, ask)
        match ask.head:
            case Head.NONE:
                return body + _first_token(sizes, ask, pooler) if pooler else body
            case Head.CLASSIFICATION:
                first = _first_token(sizes, ask, classifier)
                return body + first + linear(ask.n_sequences, sizes.width, n_labels(config))
            case Head.LANGUAGE:
                return body + _language_head(sizes, ask, language or sizes.act)
            case _:
                return body + token_head(config, ask, sizes.width)

    return build


_ROBERTA = _builder(_sizes, pooler="tanh", classifier="tanh", language="gelu")

FAMILIES: Mapping[str, Family] = {
    "bert": Family(
        build=_builder(_sizes, pooler="tanh", classifier="tanh"),
        defaults=_DEFAULTS,
        requires=_REQUIRES,
    ),
    "roberta": Family(
        build=_ROBERTA, defaults={**_DEFAULTS, "vocab_size": 50265}, requires=_REQUIRES
    ),
    "xlm-roberta": Family(build=_ROBERTA, defaults=_DEFAULTS, requires=_REQUIRES),
    "camembert": Family(build=_ROBERTA, defaults=_DEFAULTS, requires=_REQUIRES),
    "electra": Family(
        build=_builder(_sizes, classifier="gelu", language="gelu"),
        defaults={
            **_DEFAULTS,
            "embedding_size": 128,
            "hidden_size": 256,
            "num_attention_heads": 4,
            "intermediate_size": 1024,
        },
        requires=_REQUIRES,
    ),
    "distilbert": Family(
        build=_builder(_distilbert_sizes, classifier="relu"),
        defaults={
            "vocab_size": 30522,
            "dim": 768,
            "hidden_dim": 3072,
            "n_layers": 6,
            "n_heads": 12,
            "activation": "gelu",
            "max_position_embeddings": 512,
            "sinusoidal_pos_embds": False,
            "tie_word_embeddings": True,
        },
        requires={"sinusoidal_pos_embds": False, "tie_word_embeddings": True},
    ),
}
