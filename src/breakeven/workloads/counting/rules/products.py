"""Rules of sums of products: matrices, convolutions, and attention in one operator."""

from collections.abc import Mapping
from math import prod

from breakeven.formulas.operations import (
    ADD,
    MUL,
    NOTHING,
    Group,
    OpCount,
    attention_ops,
    convolution_ops,
    matmul_ops,
)
from breakeven.workloads.counting.rules.rule import Call, Counted, Rule, UnknownFormError, one


def _matrices(first: str, second: str) -> Rule:
    """Products of two matrices or batches of them; a bias begins the sums."""

    def rule(call: Call) -> Counted:
        *batch, n_rows, n_inner = call.shape(first)
        products = matmul_ops(n_rows, n_inner, call.shape(second)[-1]) * prod(batch)
        return one(Group.PRODUCTS, products + _scaling(call))

    return rule


def _scaling(call: Call) -> OpCount:
    """Of a result by `alpha` and a bias by `beta`, where they are not one."""
    factors = (call.arguments.get("alpha", 1), call.arguments.get("beta", 1))
    n_elements: int = call.output.numel()
    return MUL * (n_elements * sum(factor not in {0, 1} for factor in factors))


def _vectors(call: Call) -> Counted:
    """Sums of products that leave out the inner size: dot, mv, addmv."""
    matrix = call.arguments.get("mat", call.arguments["self"])
    return one(Group.PRODUCTS, matmul_ops(matrix.numel(), 1, 1) + _scaling(call))


def _grouped(call: Call) -> Counted:
    """Products of rows with the matrix of their group (an expert): each row meets one."""
    if len(call.shape("self")) != 2:
        raise UnknownFormError
    (n_rows, n_inner), n_columns = call.shape("self"), call.shape("mat2")[-1]
    return one(Group.PRODUCTS, matmul_ops(n_rows, n_inner, n_columns))


def _linear(call: Call) -> Counted:
    n_out, n_in = call.shape("weight")
    return one(Group.PRODUCTS, matmul_ops(prod(call.shape("input")[:-1]), n_in, n_out))


def _convolution(call: Call) -> Counted:
    _, n_second, *taps = call.shape("weight")
    if call["transposed"]:
        ops = convolution_ops(prod(call.shape("input")), n_second, prod(taps))
    else:
        n_groups = call["groups"]
        n_in = n_second * n_groups
        ops = convolution_ops(call.output.numel(), n_in, prod(taps), n_groups=n_groups)
    return one(Group.CONVOLUTION, ops)


def _attention(mask: str) -> Rule:
    """Fused attention; all positions count, though a causal kernel may skip some."""

    def rule(call: Call) -> Counted:
        *batch, n_queries, width = call.shape("query")
        n_keys, value_width = call.shape("key")[-2], call.shape("value")[-1]
        work = dict(
            attention_ops(prod(batch), n_queries, n_keys, width=width, value_width=value_width)
        )
        if call.arguments.get(mask) is not None:
            work[Group.ELEMENTWISE] += ADD * (prod(batch) * n_queries * n_keys)
        return Counted(work=work)

    return rule


def _sequence_first_attention(mask: str) -> Rule:
    """Attention of kernels that take batch x positions x heads x width, not packed ones."""

    def rule(call: Call) -> Counted:
        packed = ("cum_seq_q", "cu_seqlens_q")
        if any(call.arguments.get(name) is not None for name in packed):
            raise UnknownFormError
        n_batch, n_queries, n_heads, width = call.shape("query")
        n_keys, value_width = call.shape("key")[1], call.shape("value")[-1]
        n_rows = n_batch * n_heads
        work = dict(attention_ops(n_rows, n_queries, n_keys, width=width, value_width=value_width))
        if call.arguments.get(mask) is not None:
            work[Group.ELEMENTWISE] += ADD * (n_rows * n_queries * n_keys)
        return Counted(work=work)

    return rule


def _distances(call: Call) -> Counted:
    """Euclidean distances of all pairs: subtract, square, add; a root per pair."""
    *batch, n_rows, width = call.shape("x1")
    n_pairs = prod(batch) * n_rows * call.shape("x2")[-2]
    return one(Group.PRODUCTS, (ADD * 2 + MUL) * (n_pairs * width) + MUL * n_pairs)


def _no_work(_: Call) -> Counted:
    return one(Group.CREATION, NOTHING)


RULES: Mapping[str, Rule] = {
    "mm": _matrices("self", "mat2"),
    "bmm": _matrices("self", "mat2"),
    "addmm": _matrices("mat1", "mat2"),
    "addbmm": _matrices("batch1", "batch2"),
    "baddbmm": _matrices("batch1", "batch2"),
    "_grouped_mm": _grouped,
    "dot": _vectors,
    "vdot": _vectors,
    "mv": _vectors,
    "addmv": _vectors,
    "linear": _linear,
    "convolution": _convolution,
    "_convolution": _convolution,
    "_cdist_forward": _distances,
    "_fused_sdp_choice": _no_work,
    **dict.fromkeys(
        (
            "_scaled_dot_product_flash_attention",
            "_scaled_dot_product_flash_attention_for_cpu",
            "_scaled_dot_product_fused_attention_overrideable",
            "_scaled_dot_product_attention_math_for_mps",
            "scaled_dot_product_attention",
        ),
        _attention("attn_mask"),
    ),
    **dict.fromkeys(
        ("_scaled_dot_product_efficient_attention", "_scaled_dot_product_cudnn_attention"),
        _attention("attn_bias"),
    ),
    "_flash_attention_forward": _sequence_first_attention("attn_mask"),
    "_efficient_attention_forward": _sequence_first_attention("bias"),
}
