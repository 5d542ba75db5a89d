from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.nlp

from breakeven.formulas.operations import (  # noqa: E402 - after importorskip
    Group,
    OpCount,
    attention_ops,
    softmax_ops,
)
from breakeven.workloads.counting.mode import CountingMode  # noqa: E402 - the same
from breakeven.workloads.counting.rules import RULES, Call  # noqa: E402 - the same
from breakeven.workloads.counting.rules.rule import UnknownFormError  # noqa: E402 - needs torch

aten = torch.ops.aten
F = torch.nn.functional


def counted(function: Callable[..., Any], *shapes: tuple[int, ...]) -> dict[Group, OpCount]:
    """Work of a function of tensors on meta, free groups left out."""
    tensors = [torch.empty(shape, device="meta") for shape in shapes]
    with torch.no_grad(), CountingMode() as mode:
        function(*tensors)
    assert not mode.tally.unknown
    work: dict[Group, OpCount] = {}
    for row in mode.tally.rows():
        if row.ops.n_total:
            work[row.group] = work.get(row.group, OpCount()) + row.ops
    return work


def macs(n: int) -> OpCount:
    return OpCount(n_add=n, n_mul=n, n_mac=n)


@pytest.mark.parametrize(
    ("function", "shapes", "n"),
    [
        (torch.mm, ((2, 3), (3, 4)), 24),
        (torch.bmm, ((5, 2, 3), (5, 3, 4)), 120),
        (torch.addmm, ((4,), (2, 3), (3, 4)), 24),
        (torch.baddbmm, ((5, 2, 4), (5, 2, 3), (5, 3, 4)), 120),
        (torch.addbmm, ((2, 4), (5, 2, 3), (5, 3, 4)), 120),
        (torch.matmul, ((7, 5, 2, 3), (3, 4)), 7 * 5 * 24),
        (torch.mv, ((2, 3), (3,)), 6),
        (torch.dot, ((3,), (3,)), 3),
        (torch.addmv, ((2,), (2, 3), (3,)), 6),
        (F.linear, ((5, 2, 3), (4, 3), (4,)), 120),
        (lambda a, b: torch.einsum("bik,bkj->bij", a, b), ((5, 2, 3), (5, 3, 4)), 120),
    ],
)
def test_products(
    function: Callable[..., Any], shapes: tuple[tuple[int, ...], ...], n: int
) -> None:
    assert counted(function, *shapes)[Group.PRODUCTS] == macs(n)


def test_a_scaled_product_is_scaled_element_by_element() -> None:
    work = counted(lambda c, a, b: torch.addmm(c, a, b, alpha=2), (4,), (2, 3), (3, 4))
    assert work[Group.PRODUCTS] == macs(24) + OpCount(n_mul=8)


@pytest.mark.parametrize(
    ("function", "shapes", "n"),
    [
        # 4 filters of 3 x 3 x 2 at 5 x 5 places of 7 x 7
        (F.conv2d, ((1, 2, 7, 7), (4, 2, 3, 3)), 4 * 25 * 18),
        (lambda x, w: F.conv2d(x, w, groups=2), ((1, 4, 7, 7), (4, 2, 3, 3)), 4 * 25 * 18),
        (lambda x, w: F.conv2d(x, w, padding=1), ((1, 2, 7, 7), (4, 2, 3, 3)), 4 * 49 * 18),
        (F.conv1d, ((2, 2, 7), (4, 2, 3)), 2 * 4 * 5 * 6),
        # each of 2 x 3 x 3 inputs is spread over 4 x 2 x 2 outputs
        (F.conv_transpose2d, ((1, 2, 3, 3), (2, 4, 2, 2)), 18 * 16),
    ],
)
def test_convolutions(
    function: Callable[..., Any], shapes: tuple[tuple[int, ...], ...], n: int
) -> None:
    assert counted(function, *shapes) == {Group.CONVOLUTION: macs(n)}


@pytest.mark.parametrize(
    ("function", "shape", "group", "ops"),
    [
        (lambda x: F.softmax(x, -1), (2, 4), Group.SOFTMAX, softmax_ops(2, 4)),
        (lambda x: F.log_softmax(x, -1), (1, 4), Group.SOFTMAX, OpCount(n_add=16, n_mul=5)),
        (lambda x: F.softmax(x, 0), (), Group.SOFTMAX, softmax_ops(1, 1)),
        (lambda x: F.layer_norm(x, (4,)), (1, 4), Group.NORMALISATION, OpCount(n_add=13, n_mul=12)),
        (lambda x: F.group_norm(x, 2), (1, 4, 2), Group.NORMALISATION, OpCount(n_add=26, n_mul=24)),
        (F.gelu, (2,), Group.ACTIVATION, OpCount(n_add=2, n_mul=8)),
        (
            lambda x: F.gelu(x, approximate="tanh"),
            (1,),
            Group.ACTIVATION,
            OpCount(n_add=2, n_mul=7),
        ),
        (F.relu, (3,), Group.ACTIVATION, OpCount(n_add=3)),
        (F.silu, (1,), Group.ACTIVATION, OpCount(n_add=2, n_mul=3)),
        (torch.tanh, (3,), Group.ACTIVATION, OpCount(n_mul=3)),
        (torch.sigmoid, (1,), Group.ACTIVATION, OpCount(n_add=2, n_mul=2)),
        (lambda x: x + 1, (3,), Group.ELEMENTWISE, OpCount(n_add=3)),
        (lambda x: x.add_(1), (3,), Group.ELEMENTWISE, OpCount(n_add=3)),
        (lambda x: torch.add(x, 1, alpha=2), (3,), Group.ELEMENTWISE, OpCount(n_add=3, n_mul=3)),
        (lambda x: x**3, (2,), Group.ELEMENTWISE, OpCount(n_mul=4)),
        (lambda x: x > 0, (3,), Group.ELEMENTWISE, OpCount(n_add=3)),
        (lambda x: x.clamp(min=0), (3,), Group.ELEMENTWISE, OpCount(n_add=3)),
        (torch.rsqrt, (3,), Group.ELEMENTWISE, OpCount(n_mul=6)),
        (lambda x: x.sum(), (3,), Group.REDUCTION, OpCount(n_add=3)),
        (lambda x: x.mean(-1), (2, 3), Group.REDUCTION, OpCount(n_add=6, n_mul=2)),
        (lambda x: x.var(-1), (1, 3), Group.REDUCTION, OpCount(n_add=9, n_mul=5)),
        (lambda x: x.amax(-1), (2, 3), Group.REDUCTION, OpCount(n_add=6)),
        (lambda x: x.sort(), (2, 8), Group.REDUCTION, OpCount(n_add=2 * 8 * 3)),
        (lambda x: F.max_pool2d(x, 2), (1, 1, 4, 4), Group.POOLING, OpCount(n_add=16)),
        (lambda x: F.avg_pool2d(x, 2), (1, 1, 4, 4), Group.POOLING, OpCount(n_add=16, n_mul=4)),
        # windows of 2 overlap: 0-1, 1-2 of 3 in each direction
        (
            lambda x: F.adaptive_avg_pool2d(x, 2),
            (1, 1, 3, 3),
            Group.POOLING,
            OpCount(n_add=16, n_mul=4),
        ),
        (
            lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
            (1, 1, 1, 1),
            Group.ELEMENTWISE,
            OpCount(n_add=16, n_mul=16),
        ),
    ],
)
def test_operators_of_one_tensor(
    function: Callable[..., Any], shape: tuple[int, ...], group: Group, ops: OpCount
) -> None:
    assert counted(function, shape) == {group: ops}


def test_batch_normalisation_by_stored_and_by_own_statistics() -> None:
    stored = counted(F.batch_norm, (2, 3, 4), *[(3,)] * 4)
    own = counted(
        lambda x, m, v, w, b: F.batch_norm(x, m, v, w, b, training=True), (2, 3, 4), *[(3,)] * 4
    )
    plain = counted(F.batch_norm, (2, 3, 4), (3,), (3,))
    assert stored == {Group.NORMALISATION: OpCount(n_add=51, n_mul=54)}
    assert own == {Group.NORMALISATION: OpCount(n_add=51 + 72, n_mul=54 + 24 + 6)}
    assert plain == {Group.NORMALISATION: OpCount(n_add=27, n_mul=30)}


def test_root_mean_square_normalisation_in_one_operator() -> None:
    work = counted(lambda x, w: torch.rms_norm(x, (4,), w, 1e-6), (1, 4), (4,))
    assert sum(work.values(), OpCount()) == OpCount(n_add=5, n_mul=15)


def called(name: str, result: Any, **arguments: Any) -> dict[Group, OpCount]:
    """Work of a call that no operator of this build needs to make."""
    return dict(RULES[name](Call(name=name, arguments=arguments, result=result)).work)


def test_root_mean_square_normalisation_where_it_is_fused() -> None:
    x, w = torch.ones(1, 4), torch.ones(4)
    work = called("_fused_rms_norm", (x,), input=x, normalized_shape=[4], weight=w)
    assert work == {Group.NORMALISATION: OpCount(n_add=5, n_mul=15)}


def test_rows_that_meet_the_matrix_of_their_group() -> None:
    x, w = torch.ones(6, 3), torch.ones(2, 3, 4)
    assert called("_grouped_mm", torch.ones(6, 4), self=x, mat2=w) == {Group.PRODUCTS: macs(72)}
    with pytest.raises(UnknownFormError):
        called("_grouped_mm", torch.ones(2, 6, 4), self=torch.ones(2, 6, 3), mat2=w)


QKV = ((2, 3, 5, 8), (2, 3, 7, 8), (2, 3, 7, 8))
FULL = sum(attention_ops(6, 5, 7, width=8, value_width=8).values(), OpCount())


@pytest.mark.parametrize(
    ("name", "further"),
    [
        ("_scaled_dot_product_flash_attention", ()),
        ("_scaled_dot_product_flash_attention_for_cpu", ()),
        ("_scaled_dot_product_efficient_attention", (None, False)),
        ("_scaled_dot_product_cudnn_attention", (None, False)),
    ],
)
def test_attention_in_one_operator_is_products_softmax_and_scale(
    name: str, further: tuple[object, ...]
) -> None:
    work = counted(lambda q, k, v: getattr(aten, name)(q, k, v, *further), *QKV)
    assert sum(work.values(), OpCount()) == FULL
    assert work[Group.PRODUCTS] == macs(6 * 5 * 7 * 16)


def test_a_mask_adds_one_addition_per_score() -> None:
    def masked(q: Any, k: Any, v: Any, m: Any) -> Any:
        return aten._scaled_dot_product_flash_attention_for_cpu(q, k, v, attn_mask=m)

    work = counted(masked, *QKV, (2, 3, 5, 7))
    assert sum(work.values(), OpCount()) == FULL + OpCount(n_add=6 * 5 * 7)


def test_attention_taken_apart_has_the_same_products() -> None:
    work = counted(F.scaled_dot_product_attention, *QKV)
    assert work[Group.PRODUCTS].n_mac == 6 * 5 * 7 * 16
    assert work[Group.SOFTMAX] == softmax_ops(30, 7)


def test_kernels_that_take_positions_before_heads() -> None:
    shapes = ((2, 5, 3, 8), (2, 7, 3, 8), (2, 7, 3, 8))

    def kernel(q: Any, k: Any, v: Any) -> Any:
        return aten._efficient_attention_forward(q, k, v, None, None, None, None, None, 0.0, 0)

    work = counted(kernel, *shapes)
    assert sum(work.values(), OpCount()) == FULL


def test_a_bias_of_such_a_kernel_adds_one_addition_per_score() -> None:
    q = torch.ones((2, 5, 3, 8))
    k = torch.ones((2, 7, 3, 8))
    masked = called("_efficient_attention_forward", (q,), query=q, key=k, value=k, bias=q)
    assert sum(masked.values(), OpCount()) == FULL + OpCount(n_add=6 * 5 * 7)


def test_gathers_are_free_and_say_what_they_move() -> None:
    ids = torch.zeros((2, 3), dtype=torch.int64)
    with CountingMode() as mode:
        F.embedding(ids, torch.zeros((10, 4)))
    (row,) = (r for r in mode.tally.rows() if r.group is Group.GATHER)
    # 6 rows of 4 floats, read and written, and 6 ids of 8 bytes
    assert (row.ops, row.n_moved_bytes) == (OpCount(), 2 * 6 * 16 + 48)


def test_views_copies_and_integers_are_listed_and_free() -> None:
    with CountingMode() as mode:
        x = torch.zeros((2, 3))
        y = torch.cat([x.t().contiguous().view(6), torch.arange(6) + 1])
        y.masked_fill(y.bool() & True, 0.0)
    assert not mode.tally.unknown
    groups = {row.group for row in mode.tally.rows()}
    assert groups == {Group.VIEW, Group.COPY, Group.CREATION, Group.INTEGER}
    assert all(row.ops == OpCount() for row in mode.tally.rows())


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.sum(),
        lambda x: x**2,
        lambda x: x.clamp(min=0),
        lambda x: x.sort(),
        lambda x: x.index_add(0, x, x),
        lambda x: x == 1,
    ],
)
def test_arithmetic_of_integers_is_no_floating_point_work(function: Callable[..., Any]) -> None:
    with CountingMode() as mode:
        function(torch.tensor([1, 0]))
    assert not mode.tally.unknown
    assert all(row.ops == OpCount() for row in mode.tally.rows())


def test_sums_into_places_are_additions() -> None:
    with CountingMode() as mode:
        torch.zeros(4).index_add(0, torch.tensor([0, 0, 1]), torch.ones(3))
    assert sum((r.ops for r in mode.tally.rows()), OpCount()) == OpCount(n_add=3)


def test_more_rules_than_models_need() -> None:
    assert counted(F.prelu, (1, 3), (1,)) == {Group.ACTIVATION: OpCount(n_add=3, n_mul=3)}
    assert counted(torch.cdist, (2, 3), (4, 3))
    assert counted(torch.pow, (2,), (2,)) == {Group.ELEMENTWISE: OpCount(n_mul=6)}
