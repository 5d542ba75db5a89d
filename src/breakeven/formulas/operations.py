"""Operations: the work of abstract operators as recursive functions of ADD and MUL.

FPO of Schwartz et al. 2020 ("Green AI"): two base operations have a cost of one each, and every
other operator is made of them, or of operators that are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

CONVENTION = (
    "FPO: ADD and MUL of floating-point numbers count 1 each (a multiply-accumulate is 2); a sum "
    "of k products is k MUL and k ADD, begun at the bias or at zero; a comparison or change of "
    "sign counts as ADD; a division, square root, exp, log, erf, tanh, sine or cosine counts as "
    "one MUL; look-ups, copies, selections and integers are free; all positions are attended to, "
    "masked ones too; padding and biases in; dropout out"
)
"""What the counts of this module mean; it travels with every number made from them."""


class Group(StrEnum):
    """Kind of operator under which work is itemised."""

    PRODUCTS = "matrix products"
    CONVOLUTION = "convolution"
    SOFTMAX = "softmax"
    NORMALISATION = "normalisation"
    ACTIVATION = "activation"
    POOLING = "pooling"
    ELEMENTWISE = "elementwise"
    REDUCTION = "reduction"
    GATHER = "gather"
    VIEW = "view"
    COPY = "copy"
    CREATION = "creation"
    INTEGER = "integer or boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpCount:
    """Elementary operations.

    Attributes:
        n_add: Additions, subtractions, changes of sign and comparisons.
        n_mul: Multiplications, divisions and elementary functions.
        n_mac: Pairs of a MUL and an ADD that accumulate products; `n_add` and `n_mul` hold them.
    """

    n_add: int = 0
    n_mul: int = 0
    n_mac: int = 0

    @property
    def n_total(self) -> int:
        """FPO: additions and multiplications together."""
        return self.n_add + self.n_mul

    def __add__(self, other: "OpCount") -> "OpCount":
        return OpCount(
            n_add=self.n_add + other.n_add,
            n_mul=self.n_mul + other.n_mul,
            n_mac=self.n_mac + other.n_mac,
        )

    def __mul__(self, n_times: int) -> "OpCount":
        return OpCount(
            n_add=self.n_add * n_times, n_mul=self.n_mul * n_times, n_mac=self.n_mac * n_times
        )


NOTHING = OpCount()
ADD = OpCount(n_add=1)
MUL = OpCount(n_mul=1)

_SIGMOID = ADD + MUL + ADD + MUL  # 1 / (1 + exp(-x))
_TANH_GELU = MUL * 4 + ADD + MUL + ADD + MUL * 2
"""0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x x x)))."""

ELEMENT: Mapping[str, OpCount] = {
    **dict.fromkeys(("add", "sub", "rsub", "neg", "abs", "sign", "maximum", "minimum"), ADD),
    **dict.fromkeys(("floor", "ceil", "round", "trunc", "fmod", "remainder", "frac"), ADD),
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge", "isnan", "isinf", "isfinite"), ADD),
    **dict.fromkeys(("mul", "div", "reciprocal", "sqrt", "exp", "exp2", "log", "log2"), MUL),
    **dict.fromkeys(("erf", "tanh", "sin", "cos", "square", "log10", "erfinv"), MUL),
    **dict.fromkeys(("tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "asinh"), MUL),
    "erfc": MUL + ADD,
    "rsqrt": MUL * 2,
    "expm1": MUL + ADD,
    "log1p": ADD + MUL,
    "clamp": ADD * 2,
    "addcmul": MUL * 2 + ADD,
    "addcdiv": MUL * 2 + ADD,
    "lerp": ADD + MUL + ADD,
    "relu": ADD,
    "leaky_relu": ADD + MUL,
    "elu": ADD + MUL + ADD + MUL,
    "hardtanh": ADD * 2,
    "hardsigmoid": ADD + ADD * 2 + MUL,
    "hardswish": ADD + ADD * 2 + MUL * 2,
    "softplus": MUL + MUL + ADD + MUL + MUL,
    "sigmoid": _SIGMOID,
    "log_sigmoid_forward": _SIGMOID + MUL,
    "silu": _SIGMOID + MUL,
    "quick_gelu": MUL + _SIGMOID + MUL,
    "mish": MUL + ADD + MUL + MUL + MUL,
    "gelu": MUL + MUL + ADD + MUL + MUL,  # 0.5 x (1 + erf(x / sqrt 2))
    "gelu_tanh": _TANH_GELU,
}
"""Work per element of operators that treat every element alike."""


def element_ops(name: str, n_elements: int) -> OpCount:
    """Operations of an elementwise operator.

    Raises:
        KeyError: If the operator is none of `ELEMENT`.

    Examples:
        >>> element_ops("sigmoid", 3)
        OpCount(n_add=6, n_mul=6, n_mac=0)
    """
    return ELEMENT[name] * n_elements


def power_ops(exponent: float, n_elements: int) -> OpCount:
    """Operations of x ** exponent: by squaring, by a root, else by exp(exponent log x).

    Examples:
        >>> power_ops(3, 1).n_mul, power_ops(-0.5, 1).n_mul, power_ops(0.3, 1).n_mul
        (2, 2, 3)
    """
    if exponent == int(exponent):
        whole = abs(int(exponent))
        n_squarings, n_products = max(0, whole.bit_length() - 1), max(0, whole.bit_count() - 1)
        return MUL * (n_squarings + n_products + (exponent < 0)) * n_elements
    if abs(exponent) == 0.5:
        return MUL * (1 + (exponent < 0)) * n_elements
    return MUL * 3 * n_elements


def matmul_ops(n_rows: int, n_inner: int, n_columns: int) -> OpCount:
    """Operations of a matrix product with accumulation begun at a bias or at zero.

    Examples:
        >>> matmul_ops(2, 3, 4)
        OpCount(n_add=24, n_mul=24, n_mac=24)
    """
    return mac_ops(n_rows * n_inner * n_columns)


def mac_ops(n_products: int) -> OpCount:
    """Operations of so many products, each added to a sum."""
    return OpCount(n_add=n_products, n_mul=n_products, n_mac=n_products)


def convolution_ops(
    n_outputs: int, n_channels_in: int, n_taps: int, *, n_groups: int = 1
) -> OpCount:
    """Operations of a convolution.

    Args:
        n_outputs: Elements of the output: batch x channels x height x width.
        n_channels_in: Channels of the input.
        n_taps: Size of the kernel: height x width. Zeros of the padding are multiplied too.
        n_groups: Of channels that do not see each other.

    Raises:
        ValueError: If the groups do not divide the channels.

    Examples:
        >>> convolution_ops(64 * 112 * 112, 3, 7 * 7).n_mac
        118013952
    """
    if n_channels_in % n_groups:
        raise ValueError(f"{n_groups} groups do not divide {n_channels_in} channels")
    return mac_ops(n_outputs * (n_channels_in // n_groups) * n_taps)


def softmax_ops(n_rows: int, width: int) -> OpCount:
    """Operations of softmax over rows: find the maximum, subtract it, exp, sum, divide."""
    return OpCount(n_add=3 * width, n_mul=2 * width) * n_rows


def log_softmax_ops(n_rows: int, width: int) -> OpCount:
    """Operations of log-softmax over rows: maximum, subtract, exp, sum, log, subtract."""
    return OpCount(n_add=4 * width, n_mul=width + 1) * n_rows


def standardise_ops(n_rows: int, width: int) -> OpCount:
    """Operations of taking mean and deviation out of rows.

    Per element: sum, subtract the mean, square, sum, scale by the deviation; per row: two
    divisions, epsilon, square root and reciprocal.
    """
    return OpCount(n_add=3 * width + 1, n_mul=2 * width + 4) * n_rows


def layer_norm_ops(n_rows: int, width: int) -> OpCount:
    """Operations of layer normalisation over rows: standardise, weight, bias."""
    return standardise_ops(n_rows, width) + (MUL + ADD) * (n_rows * width)


def rms_norm_ops(n_rows: int, width: int) -> OpCount:
    """Operations of root-mean-square normalisation over rows.

    Per element: square, sum, scale, weight; per row: division, epsilon, root and reciprocal.
    """
    return OpCount(n_add=width + 1, n_mul=3 * width + 3) * n_rows


def batch_norm_ops(n_elements: int, n_channels: int) -> OpCount:
    """Operations of batch normalisation by stored statistics.

    Per element: subtract the mean, scale, weight, bias; per channel: epsilon, root, reciprocal.
    """
    return (ADD + MUL + MUL + ADD) * n_elements + (ADD + MUL * 2) * n_channels


def attention_ops(
    n_rows: int, n_queries: int, n_keys: int, *, width: int, value_width: int
) -> Mapping[Group, OpCount]:
    """Operations of attention over all positions: products, scale, softmax; no mask.

    Args:
        n_rows: Batch x heads.
        n_queries: Positions that ask.
        n_keys: Positions asked.
        width: Of a query and a key.
        value_width: Of a value.
    """
    products = matmul_ops(n_queries, width, n_keys) + matmul_ops(n_queries, n_keys, value_width)
    return {
        Group.PRODUCTS: products * n_rows,
        Group.SOFTMAX: softmax_ops(n_rows * n_queries, n_keys),
        Group.ELEMENTWISE: MUL * (n_rows * n_queries * n_keys),
    }
