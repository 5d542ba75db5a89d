"""Parts: pieces of neural networks with their work and their parameters, which add up to models."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.formulas.operations import (
    ADD,
    MUL,
    NOTHING,
    Group,
    OpCount,
    attention_ops,
    element_ops,
    layer_norm_ops,
    matmul_ops,
    rms_norm_ops,
)

_ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_python": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "quick_gelu": "quick_gelu",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
}
"""Names of transformers' `hidden_act`, and of the operator each one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a model on a certain input.

    Attributes:
        work: Of one forward pass, by group.
        n_parameters: Learnable numbers that it holds; tied ones where they first occur.
        n_embedding: Of these, those in tables that are looked up.
        n_gathered: Elements looked up in tables.
    """

    work: Mapping[Group, OpCount] = field(default_factory=dict)
    n_parameters: int = 0
    n_embedding: int = 0
    n_gathered: int = 0

    @property
    def ops(self) -> OpCount:
        """All groups together."""
        return sum(self.work.values(), NOTHING)

    def __add__(self, other: "Part") -> "Part":
        groups = {**self.work, **other.work}
        return Part(
            work={g: self.work.get(g, NOTHING) + other.work.get(g, NOTHING) for g in groups},
            n_parameters=self.n_parameters + other.n_parameters,
            n_embedding=self.n_embedding + other.n_embedding,
            n_gathered=self.n_gathered + other.n_gathered,
        )

    def __mul__(self, n_times: int) -> "Part":
        return Part(
            work={group: ops * n_times for group, ops in self.work.items()},
            n_parameters=self.n_parameters * n_times,
            n_embedding=self.n_embedding * n_times,
            n_gathered=self.n_gathered * n_times,
        )


def linear(n_rows: int, n_in: int, n_out: int, *, has_bias: bool = True) -> Part:
    """Dense layer on so many rows; its sums begin at the bias.

    Examples:
        >>> linear(2, 3, 4).n_parameters
        16
    """
    return Part(
        work={Group.PRODUCTS: matmul_ops(n_rows, n_in, n_out)},
        n_parameters=n_in * n_out + (n_out if has_bias else 0),
    )


def tied_linear(n_rows: int, n_in: int, n_out: int, *, has_bias: bool = True) -> Part:
    """Dense layer whose weight is another layer's; only the bias is its own."""
    return Part(
        work={Group.PRODUCTS: matmul_ops(n_rows, n_in, n_out)},
        n_parameters=n_out if has_bias else 0,
    )


def layer_norm(n_rows: int, width: int) -> Part:
    """Layer normalisation with weight and bias."""
    return Part(work={Group.NORMALISATION: layer_norm_ops(n_rows, width)}, n_parameters=2 * width)


def rms_norm(n_rows: int, width: int) -> Part:
    """Root-mean-square normalisation with weight."""
    return Part(work={Group.NORMALISATION: rms_norm_ops(n_rows, width)}, n_parameters=width)


def activation(name: str, n_elements: int) -> Part:
    """Activation by its name in a configuration.

    Raises:
        KeyError: If the activation is not known.
    """
    return Part(work={Group.ACTIVATION: element_ops(_ACTIVATIONS[name], n_elements)})


def additions(n_elements: int) -> Part:
    """Sum of two tensors."""
    return Part(work={Group.ELEMENTWISE: ADD * n_elements})


def multiplications(n_elements: int) -> Part:
    """Product of two tensors, element by element."""
    return Part(work={Group.ELEMENTWISE: MUL * n_elements})


def table(n_rows: int, width: int, *, n_lookups: int) -> Part:
    """Embedding table: a gather, which costs no FPO."""
    return Part(
        work={Group.GATHER: NOTHING},
        n_parameters=n_rows * width,
        n_embedding=n_rows * width,
        n_gathered=n_lookups * width,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Sizes of attention over all positions.

    Attributes:
        n_rows: Batch x heads that ask.
        n_queries: Positions that ask.
        n_keys: Positions asked.
        head_size: Width of query, key and value.
        is_masked: Whether something is added to each score.
    """

    n_rows: int
    n_queries: int
    n_keys: int
    head_size: int
    is_masked: bool = False


def attention(scores: Scores) -> Part:
    """Attention between its projections."""
    work = dict(
        attention_ops(
            scores.n_rows,
            scores.n_queries,
            scores.n_keys,
            width=scores.head_size,
            value_width=scores.head_size,
        )
    )
    n_scores = scores.n_rows * scores.n_queries * scores.n_keys
    if scores.is_masked:
        work[Group.ELEMENTWISE] += ADD * n_scores
    return Part(work=work)
