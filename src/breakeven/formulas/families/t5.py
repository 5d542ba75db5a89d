"""T5: encoder and decoder with relative positions (Raffel et al. 2020).

Both sides have the same length. The feed-forward block is plain, or gated as in version 1.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.formulas.families.family import Ask, Config, Family, Head
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    width: int
    inner: int
    n_heads: int
    head_size: int
    n_buckets: int


def _attention(sizes: _Sizes, ask: Ask) -> Part:
    """Norm, projections without bias, attention with something added to each score, residual."""
    rows, width, projected = ask.n_rows, sizes.width, sizes.n_heads * sizes.head_size
    scores = Scores(
        n_rows=ask.n_sequences * sizes.n_heads,
        n_queries=ask.n_tokens,
        n_keys=ask.n_tokens,
        head_size=sizes.head_size,
        is_masked=True,
    )
    part = rms_norm(rows, width) + linear(rows, width, projected, has_bias=False) * 3
    part += attention(scores) + linear(rows, projected, width, has_bias=False)
    return part + additions(rows * width)


def _feed_forward(sizes: _Sizes, ask: Ask, projection: str) -> Part:
    rows, width, inner = ask.n_rows, sizes.width, sizes.inner
    is_gated = projection.startswith("gated-")
    act = {"gated-gelu": "gelu_new"}.get(projection, projection.removeprefix("gated-"))
    part = rms_norm(rows, width) + linear(rows, width, inner, has_bias=False)
    if is_gated:
        part += linear(rows, width, inner, has_bias=False) + multiplications(rows * inner)
    part += activation(act, rows * inner) + linear(rows, inner, width, has_bias=False)
    return part + additions(rows * width)


def _positions(sizes: _Sizes, ask: Ask) -> Part:
    """Bucket of every pair by the logarithm of its distance; the bias it looks up, and a mask."""
    n_pairs = ask.n_tokens**2
    biases = table(sizes.n_buckets, sizes.n_heads, n_lookups=n_pairs)
    n_masked = ask.n_sequences * sizes.n_heads * n_pairs
    return biases + multiplications(4 * n_pairs) + additions(n_masked)


def _build(config: Config, ask: Ask) -> Part:
    sizes = _Sizes(
        width=config["d_model"],
        inner=config["d_ff"],
        n_heads=config["num_heads"],
        head_size=config["d_kv"],
        n_buckets=config["relative_attention_num_buckets"],
    )
    attended = _attention(sizes, ask)
    fed = _feed_forward(sizes, ask, str(config["feed_forward_proj"]))
    n_encoder = int(config["num_layers"])
    n_decoder = int(config["num_decoder_layers"] or n_encoder)
    ends = _positions(sizes, ask) + rms_norm(ask.n_rows, sizes.width)
    words = table(config["vocab_size"], sizes.width, n_lookups=2 * ask.n_rows)
    encoder = (attended + fed) * n_encoder + ends
    decoder = (attended * 2 + fed) * n_decoder + ends
    return words + encoder + decoder + _head(config, ask)


def _head(config: Config, ask: Ask) -> Part:
    rows, width, n_words = ask.n_rows, int(config["d_model"]), int(config["vocab_size"])
    if ask.head is Head.NONE:
        return Part()
    part = tied_linear(rows, width, n_words, has_bias=False)
    # transformers ties in any case; a configuration that says it does not leaves out the scale
    return part + multiplications(rows * width) if config["tie_word_embeddings"] else part


FAMILIES: Mapping[str, Family] = {
    "t5": Family(
        build=_build,
        defaults={
            "vocab_size": 32128,
            "d_model": 512,
            "d_kv": 64,
            "d_ff": 2048,
            "num_layers": 6,
            "num_decoder_layers": None,
            "num_heads": 8,
            "relative_attention_num_buckets": 32,
            "feed_forward_proj": "relu",
            "tie_word_embeddings": True,
        },
        heads=frozenset({Head.NONE, Head.LANGUAGE}),
    )
}
