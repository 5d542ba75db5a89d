"""FLOPs by Kaplan's rule of thumb, which stages record; `families` holds the closed forms.

A number of FLOPs means nothing without its convention, so each result carries it as text.
"""

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
class EncoderShape:
    """Shape of a BERT-like encoder.

    Attributes:
        hidden_size: Width.
        n_layers: Depth.
        n_heads: Attention heads per layer.
        intermediate_size: Width inside the feed-forward block.
        vocab_size: Rows of the token embedding.
    """

    hidden_size: int
    n_layers: int
    n_heads: int
    intermediate_size: int
    vocab_size: int
