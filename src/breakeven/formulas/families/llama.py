"""Llama and its kin: decoders with rotary positions, grouped queries and a gated feed-forward.

Sources: Touvron et al. 2023 (Llama); Ainslie et al. 2023 (grouped queries); Jiang et al. 2023
(Mistral); Yang et al. 2024 and 2025 (Qwen2, Qwen3). Details follow transformers.
"""

from collections.abc import Callable, Mapping

from breakeven.formulas.families.family import Ask, Config, Family, Head, n_labels, token_head
from breakeven.formulas.operations import ADD, MUL, Group
from breakeven.formulas.parts import (
    Part,
    Scores,
    activation,
    additions,
    attention,
    linear,
    multiplications,
    rms_norm,
    table,
    tied_linear,
)

_DEFAULTS = {
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": None,
    "head_dim": None,
    "hidden_act": "silu",
    "attention_bias": False,
    "mlp_bias": False,
    "tie_word_embeddings": False,
}
_NO_MLP_BIAS = {"mlp_bias": False}
_NO_BIAS = {"attention_bias": False, **_NO_MLP_BIAS}
"""Keys of Llama that transformers does not look at in these families."""

_QWEN = {**_DEFAULTS, "vocab_size": 151936, "intermediate_size": 22016, "num_key_value_heads": 32}


def _head_size(config: Config) -> int:
    return int(config["head_dim"] or config["hidden_size"] // config["num_attention_heads"])


def _angles(ask: Ask, head_size: int) -> Part:
    """Cosine and sine of every position, once per pass, each scaled; of half the width, doubled."""
    n_products = ask.n_tokens * (head_size // 2)
    return multiplications(4 * ask.n_tokens * head_size + n_products)


def _rotation(n_elements: int) -> Part:
    """Two products and a sum per element, and a change of sign for half of them."""
    signs = ADD * (n_elements // 2)
    return Part(work={Group.ELEMENTWISE: (MUL * 2 + ADD) * n_elements + signs})


def _self_attention(config: Config, ask: Ask, *, has_bias: bool, has_norms: bool) -> Part:
    rows, width, size = ask.n_rows, config["hidden_size"], _head_size(config)
    n_heads = config["num_attention_heads"]
    n_shared = config["num_key_value_heads"] or n_heads
    queries, keys = n_heads * size, n_shared * size
    scores = Scores(
        n_rows=ask.n_sequences * n_heads,
        n_queries=ask.n_tokens,
        n_keys=ask.n_tokens,
        head_size=size,
        is_masked=True,
    )
    part = linear(rows, width, queries, has_bias=has_bias)
    part += linear(rows, width, keys, has_bias=has_bias) * 2
    if has_norms:
        part += rms_norm(rows * n_heads, size) + rms_norm(rows * n_shared, size)
    part += _rotation(rows * queries) + _rotation(rows * keys) + attention(scores)
    return part + linear(rows, queries, width, has_bias=bool(config["attention_bias"]))


def _feed_forward(config: Config, ask: Ask) -> Part:
    rows, width, inner = ask.n_rows, config["hidden_size"], config["intermediate_size"]
    has_bias = bool(config["mlp_bias"])
    gates = linear(rows, width, inner, has_bias=has_bias) * 2
    gates += activation(config["hidden_act"], rows * inner) + multiplications(rows * inner)
    return gates + linear(rows, inner, width, has_bias=has_bias)


def _builder(*, has_bias: bool = False, has_norms: bool = False) -> Callable[[Config, Ask], Part]:
    """Make a builder: whether queries and keys have biases of their own, and are normalised."""

    def build(config: Config, ask: Ask) -> Part:
        rows, width = ask.n_rows, int(config["hidden_size"])
        layer = _self_attention(
            config,
            ask,
            has_bias=has_bias or bool(config["attention_bias"]),
            has_norms=has_norms,
        )
        layer += _feed_forward(config, ask)
        layer += (additions(rows * width) + rms_norm(rows, width)) * 2
        body = table(config["vocab_size"], width, n_lookups=rows)
        body += _angles(ask, _head_size(config)) + layer * int(config["num_hidden_layers"])
        return body + rms_norm(rows, width) + _head(config, ask)

    return build


def _head(config: Config, ask: Ask) -> Part:
    rows, width = ask.n_rows, int(config["hidden_size"])
    match ask.head:
        case Head.NONE:
            return Part()
        case Head.LANGUAGE:
            dense = tied_linear if config["tie_word_embeddings"] else linear
            return dense(rows, width, config["vocab_size"], has_bias=False)
        case Head.CLASSIFICATION:
            return linear(rows, width, n_labels(config), has_bias=False)
        case _:
            return token_head(config, ask, width)


FAMILIES: Mapping[str, Family] = {
    "llama": Family(build=_builder(), defaults=_DEFAULTS),
    "mistral": Family(
        build=_builder(),
        defaults={**_DEFAULTS, "intermediate_size": 14336, "num_key_value_heads": 8},
        requires=_NO_BIAS,
    ),
    "qwen2": Family(build=_builder(has_bias=True), defaults=_QWEN, requires=_NO_BIAS),
    "qwen3": Family(
        build=_builder(has_norms=True),
        defaults={**_QWEN, "head_dim": 128},
        requires=_NO_MLP_BIAS,
    ),
}
