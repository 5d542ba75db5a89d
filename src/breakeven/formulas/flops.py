"""FLOPs by formula: Kaplan's rule of thumb, and the closed form of a BERT encoder.

A number of FLOPs means nothing without its convention, so each result carries it as text.
"""

from dataclasses import dataclass

KAPLAN_SENSOR = "kaplan-2020: 2N/6N, embeddings out"

KAPLAN_CONVENTION = (
    "Kaplan et al. 2020: one multiply-accumulate is 2 FLOPs, forward 2N per token, training 6N "
    "(forward:backward 1:2), attention's work over positions left out; S counts padded tokens."
)
CLOSED_FORM_CONVENTION = (
    "Closed form: ADD and MUL count 1 each, a sum of k products is k MUL and k ADD (accumulated "
    "into zero), exp, tanh, erf, sqrt and division count 1 MUL each, embedding look-ups count "
    "their ADDs only, biases and padding in, dropout out; training 3 x forward (1:2)."
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderShape:
    """Shape of a BERT-like encoder.

    Attributes:
        hidden_size: Width.
        n_layers: Depth.
        n_heads: Attention heads per layer.
        intermediate_size: Width inside the feed-forward block.
        vocab_size: Rows of the token embedding; used for parameters and the masked-LM head.
        n_labels: Classes of the classification head; 0 for no head.
    """

    hidden_size: int
    n_layers: int
    n_heads: int
    intermediate_size: int
    vocab_size: int
    n_labels: int = 0
