"""Rules of backward operators: what autograd dispatches; products of matrices need none here.

Each follows the chain rule with what the forward pass kept; fused attention recomputes its scores
(Dao et al. 2022), which is why its backward is 2.5 and not 2 times its forward.
"""

from collections.abc import Mapping
from math import prod

from breakeven.formulas.operations import (
    ADD,
    MUL,
    NOTHING,
    Group,
    OpCount,
    convolution_ops,
    matmul_ops,
)
from breakeven.workloads.counting.rules.rule import Call, Counted, Rule, one

_PER_ELEMENT: Mapping[str, OpCount] = {
    "threshold_backward": ADD,
    "hardtanh_backward": ADD * 2,
    "leaky_relu_backward": ADD + MUL,
    "tanh_backward": MUL + ADD + MUL,  # g (1 - y y)
    "sigmoid_backward": ADD + MUL * 2,  # g y (1 - y)
    "silu_backward": OpCount(n_add=4, n_mul=5),  # s = sigmoid(x); g s (1 + x (1 - s))
    "elu_backward": ADD + MUL * 2 + ADD,
}
_GELU = OpCount(n_add=2, n_mul=9)
"""Cumulated density (ADD, 3 MUL), density (4 MUL), and g (cdf + x pdf)."""

_GELU_TANH = OpCount(n_add=5, n_mul=13)
"""The inner polynomial and its derivative, the tanh and its own, and their sum."""

_NORM = OpCount(n_add=7, n_mul=6)
"""Standardise again, two sums over the row, three terms of the gradient, weight and bias."""

_STORED_NORM = OpCount(n_add=3, n_mul=4)
"""The statistics are constants: scale twice, and sums for weight and bias."""


def _element(call: Call) -> Counted:
    return one(Group.ACTIVATION, _PER_ELEMENT[call.name] * call.output.numel())


def _gelu(call: Call) -> Counted:
    ops = _GELU if call["approximate"] == "none" else _GELU_TANH
    return one(Group.ACTIVATION, ops * call.output.numel())


def _softmax(call: Call) -> Counted:
    """Give y (g - sum(g y)), and g - exp(y) sum(g) for the logarithm: two of each per element."""
    return one(Group.SOFTMAX, (ADD * 2 + MUL * 2) * call.output.numel())


def _norm(call: Call) -> Counted:
    return one(Group.NORMALISATION, _NORM * call["input"].numel())


def _batch_norm(call: Call) -> Counted:
    ops = _NORM if call["train"] else _STORED_NORM
    return one(Group.NORMALISATION, ops * call["input"].numel())


def _summed(call: Call) -> Counted:
    """Gradients added into the places they came from."""
    return one(Group.REDUCTION, ADD * call["grad_output"].numel())


def _pool(call: Call) -> Counted:
    """A gradient divided over its window, and added to what other windows say."""
    n_taps = prod(call.arguments.get("kernel_size", ())) or 1
    return one(Group.POOLING, (MUL + ADD * n_taps) * call["grad_output"].numel())


def _copy(call: Call) -> Counted:
    n_bytes = call.output.numel() * call.output.element_size()
    return Counted(work={Group.COPY: NOTHING}, n_moved_bytes=2 * n_bytes)


def _convolution(call: Call) -> Counted:
    """As many products for the input as for the weight, each as many as forward."""
    _, n_second, *taps = call.shape("weight")
    n_products = convolution_ops(
        call["input"].numel() if call["transposed"] else call["grad_output"].numel(),
        n_second,
        prod(taps),
    )
    for_input, for_weight, for_bias = call["output_mask"]
    ops = n_products * (for_input + for_weight)
    return one(Group.CONVOLUTION, ops + ADD * (call["grad_output"].numel() * for_bias))


def _attention(call: Call) -> Counted:
    """Scores again; gradients of weights, values, queries and keys; softmax both ways."""
    *batch, n_queries, width = call.shape("query")
    n_keys, value_width = call.shape("key")[-2], call.shape("value")[-1]
    keyed, valued = (matmul_ops(n_queries, size, n_keys) for size in (width, value_width))
    n_scores = prod(batch) * n_queries * n_keys
    return Counted(
        work={
            Group.PRODUCTS: (keyed * 3 + valued * 2) * prod(batch),
            Group.SOFTMAX: (ADD * 3 + MUL * 3) * n_scores,
            Group.ELEMENTWISE: MUL * (2 * n_scores),
        }
    )


def _likelihood(call: Call) -> Counted:
    """One number per example is picked, scaled or summed."""
    n = call["target"].numel()
    ops = ADD * n + MUL if call.name.endswith("forward") else MUL * n
    return one(Group.REDUCTION, ops)


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(_PER_ELEMENT, _element),
    "gelu_backward": _gelu,
    **dict.fromkeys(("_softmax_backward_data", "_log_softmax_backward_data"), _softmax),
    **dict.fromkeys(("native_layer_norm_backward", "native_group_norm_backward"), _norm),
    **dict.fromkeys(("native_batch_norm_backward", "cudnn_batch_norm_backward"), _batch_norm),
    **dict.fromkeys(
        ("embedding_dense_backward", "max_pool2d_with_indices_backward"),
        _summed,
    ),
    **dict.fromkeys(("avg_pool2d_backward", "_adaptive_avg_pool2d_backward"), _pool),
    **dict.fromkeys(
        ("slice_backward", "select_backward", "native_dropout_backward", "unfold_backward"), _copy
    ),
    "convolution_backward": _convolution,
    **dict.fromkeys(
        (
            "_scaled_dot_product_flash_attention_backward",
            "_scaled_dot_product_flash_attention_for_cpu_backward",
            "_scaled_dot_product_efficient_attention_backward",
            "_scaled_dot_product_cudnn_attention_backward",
        ),
        _attention,
    ),
    **dict.fromkeys(
        ("nll_loss_forward", "nll_loss_backward", "nll_loss2d_forward", "nll_loss2d_backward"),
        _likelihood,
    ),
}
