"""Rules of operators that treat every element alike, and of those that only move data."""

from collections.abc import Mapping

from breakeven.formulas.operations import (
    ADD,
    ELEMENT,
    MUL,
    NOTHING,
    Group,
    element_ops,
    power_ops,
)
from breakeven.workloads.counting.rules.rule import (
    Call,
    Counted,
    Rule,
    one,
    size_bytes,
    tensors_in,
)

_ACTIVATIONS = (
    *("relu", "leaky_relu", "elu", "hardtanh", "hardsigmoid", "hardswish", "softplus", "sigmoid"),
    *("log_sigmoid_forward", "silu", "mish", "tanh"),
)
_INTEGERS = (
    *("logical_and", "logical_or", "logical_not", "logical_xor", "bitwise_and", "bitwise_or"),
    *("bitwise_not", "bitwise_xor", "__and__", "__or__", "any", "all", "isin", "searchsorted"),
    *("floor_divide", "bucketize", "bincount", "nonzero", "equal", "_local_scalar_dense"),
    *("__lshift__", "__rshift__", "bitwise_left_shift", "bitwise_right_shift", "histc"),
)
_GATHERS = ("embedding", "gather", "index_select", "index", "take", "_unsafe_index")
_COPIES = (
    *("clone", "copy", "_to_copy", "_copy_from", "cat", "stack", "repeat", "constant_pad_nd"),
    *("where", "masked_fill", "masked_scatter", "masked_select", "scatter", "flip"),
    *("roll", "tril", "triu", "index_copy", "index_fill", "slice_scatter", "select_scatter"),
    *("_unsafe_view", "_reshape_alias", "reflection_pad2d", "replication_pad2d", "channel_shuffle"),
    *("upsample_nearest2d", "im2col", "unfold_copy", "repeat_interleave", "lift_fresh", "set_"),
    *(
        "native_dropout",
        "_fused_dropout",
        "alias_copy",
        "contiguous",
        "nan_to_num",
        "pixel_shuffle",
    ),
    *("_assert_async", "_assert_scalar", "_assert_tensor_metadata"),
)
_CREATIONS = (
    *("zeros", "ones", "full", "empty", "empty_strided", "arange", "linspace", "eye", "randn"),
    *("scalar_tensor", "rand", "randint", "randperm", "bernoulli", "normal", "uniform", "fill"),
    *("zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "zero"),
    *("new_zeros", "new_ones", "new_full", "new_empty", "new_empty_strided", "tril_indices"),
    *("triu_indices", "exponential", "randint_like", "multinomial", "device"),
)


def _element(call: Call) -> Counted:
    if not call.is_floating:
        return one(Group.INTEGER, NOTHING)
    n_elements = call.output.numel()
    ops = element_ops(call.name, n_elements)
    if call.arguments.get("alpha", 1) != 1:
        ops += MUL * n_elements
    group = Group.ACTIVATION if call.name in _ACTIVATIONS else Group.ELEMENTWISE
    return one(group, ops)


def _gelu(call: Call) -> Counted:
    name = "gelu" if call["approximate"] == "none" else "gelu_tanh"
    return one(Group.ACTIVATION, element_ops(name, call.output.numel()))


def _prelu(call: Call) -> Counted:
    return one(Group.ACTIVATION, (ADD + MUL) * call.output.numel())


def _power(call: Call) -> Counted:
    if not call.is_floating:
        return one(Group.INTEGER, NOTHING)
    exponent, n_elements = call["exponent"], call.output.numel()
    is_known = isinstance(exponent, int | float)
    ops = power_ops(float(exponent), n_elements) if is_known else MUL * (3 * n_elements)
    return one(Group.ELEMENTWISE, ops)


def _clamp(call: Call) -> Counted:
    if not call.is_floating:
        return one(Group.INTEGER, NOTHING)
    n_limits = sum(call.arguments.get(name) is not None for name in ("min", "max"))
    return one(Group.ELEMENTWISE, ADD * (n_limits * call.output.numel()))


def _added_into(call: Call) -> Counted:
    """Sums into places named by an index."""
    if not call.is_floating:
        return one(Group.INTEGER, NOTHING)
    source = call.arguments.get("source", call.arguments.get("src"))
    return one(Group.ELEMENTWISE, ADD * source.numel())


def _put(call: Call) -> Counted:
    """Values copied to places, or added to what is there."""
    n_added = call["values"].numel() if call["accumulate"] and call.is_floating else 0
    moved = _copy(call)
    return Counted(
        work={Group.COPY: NOTHING, Group.ELEMENTWISE: ADD * n_added},
        n_moved_bytes=moved.n_moved_bytes,
    )


def _bilinear(call: Call) -> Counted:
    """Four products summed per element, and their weights."""
    return one(Group.ELEMENTWISE, (ADD * 4 + MUL * 4) * call.output.numel())


def _integer(_: Call) -> Counted:
    return one(Group.INTEGER, NOTHING)


def _creation(_: Call) -> Counted:
    return one(Group.CREATION, NOTHING)


def view(_: Call) -> Counted:
    """Count another look at the same memory: nothing moves."""
    return one(Group.VIEW, NOTHING)


def _gather(call: Call) -> Counted:
    """Rows are read and written; so are the indices that name them, read."""
    index = call.arguments.get("indices", call.arguments.get("index"))
    n_index_bytes = sum(size_bytes(tensor) for tensor in tensors_in(index))
    return Counted(
        work={Group.GATHER: NOTHING}, n_moved_bytes=2 * size_bytes(call.output) + n_index_bytes
    )


def _copy(call: Call) -> Counted:
    n_bytes = sum(size_bytes(tensor) for tensor in call.outputs)
    return Counted(work={Group.COPY: NOTHING}, n_moved_bytes=2 * n_bytes)


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(ELEMENT, _element),
    "gelu": _gelu,
    "_prelu_kernel": _prelu,
    "pow": _power,
    **dict.fromkeys(("clamp", "clamp_min", "clamp_max"), _clamp),
    **dict.fromkeys(("index_add", "scatter_add", "scatter_reduce"), _added_into),
    "upsample_bilinear2d": _bilinear,
    **dict.fromkeys(_INTEGERS, _integer),
    **dict.fromkeys(_CREATIONS, _creation),
    **dict.fromkeys(_GATHERS, _gather),
    **dict.fromkeys(_COPIES, _copy),
    **dict.fromkeys(("index_put", "_index_put_impl"), _put),
    "_unsafe_view": view,
    "as_strided": view,
    "_reshape_alias": view,
}
