"""Operators: abstract operations by name and sizes, for `breakeven flops --op`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from breakeven.formulas.operations import (
    ADD,
    ELEMENT,
    NOTHING,
    OpCount,
    attention_ops,
    batch_norm_ops,
    convolution_ops,
    layer_norm_ops,
    log_softmax_ops,
    matmul_ops,
    rms_norm_ops,
    softmax_ops,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """An operator one can ask about.

    Attributes:
        sizes: Names of the sizes it takes, in order.
        made_of: How it is made of ADD and MUL.
        count: From the sizes to its work.
    """

    sizes: tuple[str, ...]
    made_of: str
    count: Callable[..., OpCount]


def _conv2d(
    n_channels_in: int, n_channels_out: int, kernel: int, height: int, width: int
) -> OpCount:
    return convolution_ops(n_channels_out * height * width, n_channels_in, kernel * kernel)


def _attention(n_heads: int, n_queries: int, n_keys: int, width: int) -> OpCount:
    parts = attention_ops(n_heads, n_queries, n_keys, width=width, value_width=width)
    return sum(parts.values(), NOTHING)


_ROWS = ("rows", "width")
OPERATORS: Mapping[str, Operator] = {
    "matmul": Operator(
        sizes=("rows", "inner", "columns"),
        made_of="rows x columns sums of `inner` products, begun at the bias or at zero: "
        "1 MUL and 1 ADD each (begun at the first product it would be one ADD less per sum)",
        count=matmul_ops,
    ),
    "conv2d": Operator(
        sizes=("channels-in", "channels-out", "kernel", "height", "width"),
        made_of="a sum of channels-in x kernel x kernel products per output element "
        "(height and width are the output's)",
        count=_conv2d,
    ),
    "attention": Operator(
        sizes=("heads", "queries", "keys", "width"),
        made_of="matmul(queries, width, keys), 1 MUL per score to scale, softmax(queries, keys), "
        "matmul(queries, keys, width), per head",
        count=_attention,
    ),
    "softmax": Operator(
        sizes=_ROWS,
        made_of="per element: compare, subtract, exp, add, divide",
        count=softmax_ops,
    ),
    "log-softmax": Operator(
        sizes=_ROWS,
        made_of="per element: compare, subtract, exp, add, subtract; per row: log",
        count=log_softmax_ops,
    ),
    "layer-norm": Operator(
        sizes=_ROWS,
        made_of="per element: add, subtract, square, add, scale, weight, bias; per row: 2 "
        "divisions, epsilon, root, reciprocal",
        count=layer_norm_ops,
    ),
    "rms-norm": Operator(
        sizes=_ROWS,
        made_of="per element: square, add, scale, weight; per row: division, epsilon, root, "
        "reciprocal",
        count=rms_norm_ops,
    ),
    "batch-norm": Operator(
        sizes=("elements", "channels"),
        made_of="by stored statistics, per element: subtract, scale, weight, bias; per channel: "
        "epsilon, root, reciprocal",
        count=batch_norm_ops,
    ),
    "sum": Operator(
        sizes=("elements",), made_of="1 ADD per element, begun at zero", count=ADD.__mul__
    ),
    **{
        name.replace("_", "-"): Operator(
            sizes=("elements",),
            made_of=f"per element {one.n_add} ADD and {one.n_mul} MUL",
            count=one.__mul__,
        )
        for name, one in ELEMENT.items()
    },
}
"""What `--op` takes."""


def operator_ops(name: str, sizes: Sequence[int]) -> OpCount:
    """Work of an operator.

    Raises:
        ValueError: If there is no such operator, or it takes other sizes.

    Examples:
        >>> operator_ops("matmul", [2, 3, 4])
        OpCount(n_add=24, n_mul=24, n_mac=24)
    """
    operator = OPERATORS.get(name)
    if operator is None:
        raise ValueError(f"no operator {name!r}; there are {', '.join(sorted(OPERATORS))}")
    if len(sizes) != len(operator.sizes):
        wanted = " ".join(operator.sizes).upper()
        raise ValueError(f"{name} takes {wanted}, got {len(sizes)} sizes; give it these numbers")
    return operator.count(*sizes)
