"""GPT-2: decoder with learnt positions, normalised before each block (Radford et al. 2019)."""

from collections.abc import Mapping

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


def _layer(config: Config, ask: Ask) -> Part:
    rows, width, n_heads = ask.n_rows, config["n_embd"], config["n_head"]
    inner = config["n_inner"] or 4 * width
    scores = Scores(
        n_rows=ask.n_sequences * n_heads,
        n_queries=ask.n_tokens,
        n_keys=ask.n_tokens,
        head_size=width // n_heads,
        is_masked=True,
    )
    feed_forward = linear(rows, width, inner) + linear(rows, inner, width)
    return (
        linear(rows, width, 3 * width)
        + attention(scores)
        + linear(rows, width, width)
        + feed_forward
        + activation(config["activation_function"], rows * inner)
        + (additions(rows * width) + layer_norm(rows, width)) * 2
    )


def _build(config: Config, ask: Ask) -> Part:
    rows, width = ask.n_rows, int(config["n_embd"])
    body = table(config["vocab_size"], width, n_lookups=rows)
    body += table(config["n_positions"], width, n_lookups=ask.n_tokens) + additions(rows * width)
    body += _layer(config, ask) * int(config["n_layer"]) + layer_norm(rows, width)
    match ask.head:
        case Head.NONE:
            return body
        case Head.LANGUAGE:
            return body + tied_linear(rows, width, config["vocab_size"], has_bias=False)
        case Head.CLASSIFICATION:
            return body + linear(rows, width, n_labels(config), has_bias=False)
        case _:
            return body + token_head(config, ask, width)


FAMILIES: Mapping[str, Family] = {
    "gpt2": Family(
        build=_build,
        defaults={
            "vocab_size": 50257,
            "n_positions": 1024,
            "n_embd": 768,
            "n_layer": 12,
            "n_head": 12,
            "n_inner": None,
            "activation_function": "gelu_new",
            "scale_attn_weights": True,
            "scale_attn_by_inverse_layer_idx": False,
            "reorder_and_upcast_attn": False,
            "add_cross_attention": False,
            "tie_word_embeddings": True,
        },
        requires={
            "scale_attn_weights": True,
            "scale_attn_by_inverse_layer_idx": False,
            "reorder_and_upcast_attn": False,
            "add_cross_attention": False,
            "tie_word_embeddings": True,
        },
    )
}
