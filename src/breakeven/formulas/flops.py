"""FLOPs by formula: Kaplan's rule of thumb, and the closed form of a BERT encoder.

A number of FLOPs means nothing without its convention, so each result carries it as text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Embeddings = Literal["in", "out"]

KAPLAN_SENSOR = "kaplan-2020: 2N/6N, embeddings out"
"""Sensor name of counts made with N without embedding tables; `kaplan_sensor` gives the other."""

_KAPLAN = (
    "Kaplan et al. 2020: a multiply-accumulate is 2 FLOPs; 2N per token forward, 6N per token in "
    "training (forward:backward 1:2); attention over positions, softmax and normalisation left "
    "out; tokens include padding"
)
_EMBEDDINGS = {
    "out": "N without embedding tables, as Kaplan et al. count it",
    "in": "N with embedding tables, as Dürlich et al. 2023 (equations 7 and 8) use it",
}
CLOSED_FORM_CONVENTION = (
    "closed form: ADD and MUL count 1 each (a multiply-accumulate is 2 FLOPs); a sum of k products "
    "is k MUL and k ADD, begun at the bias or at zero; a comparison counts as ADD; a division, "
    "square root, exp, erf or tanh counts as one MUL; embedding look-ups are free, their sums are "
    "not; attention over positions, padding and biases in; dropout out; backward is 2 x forward"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlopCount:
    """Work by formula.

    Attributes:
        flops: Number of operations.
        convention: What was counted, and how.
    """

    flops: float
    convention: str


def kaplan_sensor(embeddings: Embeddings) -> str:
    """Name under which a count by Kaplan's formulas is recorded.

    Examples:
        >>> kaplan_sensor("out") == KAPLAN_SENSOR
        True
    """
    return f"kaplan-2020: 2N/6N, embeddings {embeddings}"


def kaplan_convention(embeddings: Embeddings) -> str:
    """What Kaplan's formulas count, in one sentence."""
    return f"{_KAPLAN}; {_EMBEDDINGS[embeddings]}."


def training_flops(
    n_parameters: float, n_tokens: float, *, embeddings: Embeddings = "out"
) -> FlopCount:
    """Work of training, 6 N per token (Kaplan et al. 2020; Dürlich et al. 2023, equation 7).

    Args:
        n_parameters: N; whether embedding tables are in it is said by `embeddings`.
        n_tokens: Tokens seen, padding and repeats included: n * S * B in the paper's letters.
        embeddings: Only states what N holds; changes no number.

    Raises:
        ValueError: If a count is negative.

    Examples:
        >>> f"{training_flops(124742805, 256 * 4044 * 32).flops:.4e}"
        '2.4795e+16'
    """
    return _kaplan(6, n_parameters, n_tokens, embeddings)


def inference_flops(
    n_parameters: float, n_tokens: float, *, embeddings: Embeddings = "out"
) -> FlopCount:
    """Work of forward passes, 2 N per token (Kaplan et al. 2020; Dürlich et al. 2023, equation 8).

    Args:
        n_parameters: N; whether embedding tables are in it is said by `embeddings`.
        n_tokens: Tokens seen, padding and repeats included.
        embeddings: Only states what N holds; changes no number.

    Raises:
        ValueError: If a count is negative.

    Examples:
        >>> inference_flops(10, 3).flops
        60.0
    """
    return _kaplan(2, n_parameters, n_tokens, embeddings)


def distillation_flops(
    n_student: float, n_teacher: float, n_tokens: float, *, embeddings: Embeddings = "out"
) -> FlopCount:
    """Work of training a student on a teacher's predictions (Dürlich et al. 2023, section 4.2).

    The student's training and the teacher's inference on the same tokens.

    Args:
        n_student: Parameters of the student.
        n_teacher: Parameters of the teacher.
        n_tokens: Tokens seen, padding and repeats included.
        embeddings: Only states what the two hold; changes no number.

    Raises:
        ValueError: If a count is negative.

    Examples:
        >>> distillation_flops(10, 20, 3).flops
        300.0
    """
    student = training_flops(n_student, n_tokens, embeddings=embeddings)
    teacher = inference_flops(n_teacher, n_tokens, embeddings=embeddings)
    return FlopCount(flops=student.flops + teacher.flops, convention=student.convention)


def _kaplan(factor: int, n_parameters: float, n_tokens: float, embeddings: Embeddings) -> FlopCount:
    if n_parameters < 0 or n_tokens < 0:
        raise ValueError(f"counts must be >= 0, got N={n_parameters} and {n_tokens} tokens")
    return FlopCount(
        flops=float(factor * n_parameters * n_tokens), convention=kaplan_convention(embeddings)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpCount:
    """Elementary operations.

    Attributes:
        n_add: Additions, subtractions and comparisons.
        n_mul: Multiplications, divisions and elementary functions.
    """

    n_add: int
    n_mul: int

    @property
    def n_total(self) -> int:
        """Both together: FLOPs."""
        return self.n_add + self.n_mul

    def __add__(self, other: "OpCount") -> "OpCount":
        return OpCount(n_add=self.n_add + other.n_add, n_mul=self.n_mul + other.n_mul)

    def __mul__(self, n_times: int) -> "OpCount":
        return OpCount(n_add=self.n_add * n_times, n_mul=self.n_mul * n_times)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderShape:
    """Shape of a BERT-like encoder.

    Attributes:
        hidden_size: Width.
        n_layers: Depth.
        n_heads: Attention heads per layer.
        intermediate_size: Width inside the feed-forward block.
        vocab_size: Rows of the token embedding; counts only in the masked-LM head.
        n_labels: Classes of the classification head behind a pooler; 0 for neither.
    """

    hidden_size: int
    n_layers: int
    n_heads: int
    intermediate_size: int
    vocab_size: int
    n_labels: int = 0


def matmul_ops(n_rows: int, n_inner: int, n_columns: int) -> OpCount:
    """Operations of a matrix product with accumulation begun at a bias or at zero.

    Examples:
        >>> matmul_ops(2, 3, 4)
        OpCount(n_add=24, n_mul=24)
    """
    n_products = n_rows * n_inner * n_columns
    return OpCount(n_add=n_products, n_mul=n_products)


def softmax_ops(n_rows: int, width: int) -> OpCount:
    """Operations of softmax over rows: find the maximum, subtract it, exp, sum, divide."""
    return OpCount(n_add=3 * width, n_mul=2 * width) * n_rows


def layer_norm_ops(n_rows: int, width: int) -> OpCount:
    """Operations of layer normalisation over rows.

    Per element: sum, subtract the mean, square, sum, scale by the deviation, weight, bias; per
    row: two divisions, epsilon, square root and reciprocal.
    """
    return OpCount(n_add=4 * width + 1, n_mul=3 * width + 4) * n_rows


def gelu_ops(n_elements: int) -> OpCount:
    """Operations of the exact GELU, x * 0.5 * (1 + erf(x / sqrt 2))."""
    return OpCount(n_add=1, n_mul=4) * n_elements


def encoder_parts(shape: EncoderShape, *, length_tokens: int) -> Mapping[str, OpCount]:
    """Operations of one forward pass over one sequence, by part.

    Args:
        shape: Of the encoder.
        length_tokens: Width of the sequence, padding included.

    Returns:
        Parts "embedding", "linear", "attention" (its two products), "softmax" (with scale and
        mask), "layer_norm", "activation" and "residual".
    """
    n, h, f = length_tokens, shape.hidden_size, shape.intermediate_size
    n_scores = shape.n_heads * n * n
    layer = {
        "linear": matmul_ops(n, h, h) * 4 + matmul_ops(n, h, f) + matmul_ops(n, f, h),
        "attention": matmul_ops(n, h, n) * 2,
        "softmax": softmax_ops(shape.n_heads * n, n) + OpCount(n_add=n_scores, n_mul=n_scores),
        "layer_norm": layer_norm_ops(n, h) * 2,
        "activation": gelu_ops(n * f),
        "residual": OpCount(n_add=2 * n * h, n_mul=0),
    }
    parts = {name: ops * shape.n_layers for name, ops in layer.items()}
    parts["embedding"] = OpCount(n_add=2 * n * h, n_mul=0)
    parts["layer_norm"] += layer_norm_ops(n, h)
    if shape.n_labels:
        parts["linear"] += matmul_ops(1, h, h) + matmul_ops(1, h, shape.n_labels)
        parts["activation"] += OpCount(n_add=0, n_mul=h)
    return parts


def masked_lm_ops(shape: EncoderShape, *, n_positions: int) -> OpCount:
    """Operations of BERT's masked-LM head on the positions that are guessed, forward."""
    n, h = n_positions, shape.hidden_size
    dense = matmul_ops(n, h, h) + gelu_ops(n * h) + layer_norm_ops(n, h)
    return dense + matmul_ops(n, h, shape.vocab_size)


def encoder_flops(
    shape: EncoderShape, *, length_tokens: int, n_sequences: int = 1, is_training: bool = False
) -> FlopCount:
    """Work of a BERT-like encoder in closed form, its pooler and classifier included.

    Args:
        shape: Of the encoder.
        length_tokens: Width of the batch, padding included.
        n_sequences: How many sequences of that width.
        is_training: Whether the backward pass (twice the forward) is added.
    """
    per_sequence = sum(
        ops.n_total for ops in encoder_parts(shape, length_tokens=length_tokens).values()
    )
    factor = 3 if is_training else 1
    return FlopCount(
        flops=float(per_sequence * n_sequences * factor), convention=f"{CLOSED_FORM_CONVENTION}."
    )
