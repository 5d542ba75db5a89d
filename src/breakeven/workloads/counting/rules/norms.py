"""Rules of softmax, normalisation, reductions and pooling."""

from collections.abc import Mapping, Sequence
from math import prod

from breakeven.formulas.operations import (
    ADD,
    MUL,
    Group,
    OpCount,
    batch_norm_ops,
    log_softmax_ops,
    softmax_ops,
    standardise_ops,
)
from breakeven.workloads.counting.rules.rule import Call, Counted, Rule, one

_PER_INPUT: Mapping[str, OpCount] = {
    **dict.fromkeys(("sum", "cumsum", "nansum"), ADD),
    **dict.fromkeys(("max", "min", "amax", "amin", "argmax", "argmin", "cummax", "cummin"), ADD),
    "aminmax": ADD * 2,
    **dict.fromkeys(("prod", "cumprod"), MUL),
    "mean": ADD,
    "norm": ADD + MUL,
    "linalg_vector_norm": ADD + MUL,
    "logsumexp": ADD * 3 + MUL,
    **dict.fromkeys(("var", "var_mean", "std", "std_mean"), ADD * 3 + MUL),
}
"""Per element that goes in; sums begin at zero."""

_PER_OUTPUT: Mapping[str, OpCount] = {
    "mean": MUL,
    **dict.fromkeys(("norm", "linalg_vector_norm"), MUL),
    "logsumexp": MUL + ADD,
    **dict.fromkeys(("var", "var_mean"), MUL * 2),
    **dict.fromkeys(("std", "std_mean"), MUL * 3),
}
"""Per element that comes out: divisions, roots, logarithms."""


def _reduction(call: Call) -> Counted:
    if not call.is_floating:
        return one(Group.INTEGER, OpCount())
    ops = _PER_INPUT[call.name] * call["self"].numel()
    ops += _PER_OUTPUT.get(call.name, OpCount()) * call.output.numel()
    return one(Group.REDUCTION, ops)


def _sort(call: Call) -> Counted:
    """Merge sort's bound: n times the whole logarithm of n comparisons, per row."""
    if not call.is_floating:
        return one(Group.INTEGER, OpCount())
    width = _width(call, call["dim"])
    return one(Group.REDUCTION, ADD * (call["self"].numel() * (width - 1).bit_length()))


def _softmax(call: Call) -> Counted:
    width = _width(call, call["dim"])
    n_rows = call["self"].numel() // max(width, 1)
    count = log_softmax_ops if "log" in call.name else softmax_ops
    return one(Group.SOFTMAX, count(n_rows, width))


def _width(call: Call, dim: int) -> int:
    shape = call.shape("self")
    return shape[dim] if shape else 1


def _affine(call: Call, n_elements: int) -> OpCount:
    """Weight and bias, where they are."""
    has_weight = call.arguments.get("weight") is not None
    has_bias = call.arguments.get("bias") is not None
    return MUL * (n_elements * has_weight) + ADD * (n_elements * has_bias)


def _layer_norm(call: Call) -> Counted:
    n_elements, width = call["input"].numel(), prod(call["normalized_shape"])
    ops = standardise_ops(n_elements // width, width) + _affine(call, n_elements)
    return one(Group.NORMALISATION, ops)


def _group_norm(call: Call) -> Counted:
    n_elements, n_rows = call["input"].numel(), call["N"] * call["group"]
    ops = standardise_ops(n_rows, n_elements // n_rows) + _affine(call, n_elements)
    return one(Group.NORMALISATION, ops)


def _rms_norm(call: Call) -> Counted:
    n_elements, width = call["input"].numel(), prod(call["normalized_shape"])
    per_row = OpCount(n_add=width + 1, n_mul=2 * width + 3)
    ops = per_row * (n_elements // width) + _affine(call, n_elements)
    return one(Group.NORMALISATION, ops)


def _batch_norm(call: Call) -> Counted:
    n_elements, n_channels = call["input"].numel(), call.shape("input")[1]
    ops = batch_norm_ops(n_elements, n_channels)
    if call["weight"] is None:
        ops += OpCount(n_add=-n_elements, n_mul=-n_elements)
    if call.arguments.get("training", call.name == "_native_batch_norm_legit"):
        ops += (ADD * 3 + MUL) * n_elements + MUL * (2 * n_channels)
    return one(Group.NORMALISATION, ops)


def _max_pool(call: Call) -> Counted:
    return one(Group.POOLING, ADD * (call.output.numel() * prod(_square(call["kernel_size"]))))


def _mean_pool(call: Call) -> Counted:
    taps = prod(_square(call["kernel_size"]))
    return one(Group.POOLING, (ADD * taps + MUL) * call.output.numel())


def _adaptive_mean_pool(call: Call) -> Counted:
    """Windows of an adaptive pool may overlap where sizes do not divide."""
    n_outputs = call.output.numel()
    sizes_in, sizes_out = call.shape("self")[-2:], tuple(call.output.shape)[-2:]
    n_taps = prod(
        sum(-(-(i + 1) * size // n) - i * size // n for i in range(n))
        for size, n in zip(sizes_in, sizes_out, strict=True)
    )
    n_planes = n_outputs // prod(sizes_out)
    return one(Group.POOLING, ADD * (n_taps * n_planes) + MUL * n_outputs)


def _square(sizes: Sequence[int]) -> Sequence[int]:
    """One number of a kernel stands for both."""
    return (sizes[0], sizes[0]) if len(sizes) == 1 else sizes


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(_PER_INPUT, _reduction),
    **dict.fromkeys(("sort", "topk", "argsort"), _sort),
    **dict.fromkeys(("_softmax", "_safe_softmax", "softmax"), _softmax),
    **dict.fromkeys(("_log_softmax", "log_softmax"), _softmax),
    "native_layer_norm": _layer_norm,
    "native_group_norm": _group_norm,
    **dict.fromkeys(("_fused_rms_norm", "rms_norm"), _rms_norm),
    **dict.fromkeys(
        (
            "native_batch_norm",
            "cudnn_batch_norm",
            "miopen_batch_norm",
            "_native_batch_norm_legit",
            "_native_batch_norm_legit_no_training",
            "_batch_norm_no_update",
        ),
        _batch_norm,
    ),
    **dict.fromkeys(("max_pool2d", "max_pool2d_with_indices"), _max_pool),
    "avg_pool2d": _mean_pool,
    "_adaptive_avg_pool2d": _adaptive_mean_pool,
}
