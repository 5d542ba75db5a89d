from typing import Any

import pytest

pytest.importorskip("torch")
import torch

pytestmark = pytest.mark.nlp

from breakeven.errors import UnknownOperatorError  # noqa: E402 - after importorskip
from breakeven.formulas.operations import Group, OpCount  # noqa: E402 - the same
from breakeven.workloads.counting.mode import CountingMode  # noqa: E402 - the same
from breakeven.workloads.counting.module import (  # noqa: E402 - the same
    count_by_torch,
    count_module,
)


class Branching(torch.nn.Module):
    """Looks at its input, as decoders do, before it uses its weights."""

    def __init__(self) -> None:
        super().__init__()
        self.table = torch.nn.Embedding(10, 4)
        self.dense = torch.nn.Linear(4, 4)

    def forward(self, ids: torch.Tensor) -> Any:
        rows = self.table(ids)
        positions = torch.arange(ids.shape[1], device=rows.device)
        if bool((positions[1:] > 0).all()):
            rows = self.dense(rows)
        return rows + positions.to(rows.device)[:, None]


class RootMeanSquareNorm(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


def on_meta(module: type[torch.nn.Module], *sizes: int) -> Any:
    with torch.device("meta"):
        return module(*sizes)


def test_a_module_may_look_at_its_input_while_its_weights_are_on_meta() -> None:
    count = count_module(on_meta(Branching), torch.ones((2, 3), dtype=torch.int64))
    assert count.ops == OpCount(n_add=96 + 24, n_mul=96, n_mac=96)
    assert count.unknown == {}


def test_the_same_is_counted_with_real_weights() -> None:
    ids = torch.ones((2, 3), dtype=torch.int64)
    assert count_module(Branching(), ids).ops == count_module(on_meta(Branching), ids).ops


def test_parameters_learnable_and_in_all() -> None:
    module = on_meta(Branching)
    module.table.weight.requires_grad_(requires_grad=False)
    count = count_module(module, torch.ones((1, 2), dtype=torch.int64))
    assert (count.n_parameters, count.n_learnable) == (40 + 20, 20)
    assert count.weights_bytes == 4 * 60


def test_tied_weights_count_once() -> None:
    layer = on_meta(torch.nn.Linear, 4, 4)
    count = count_module(torch.nn.Sequential(layer, layer), torch.empty((1, 4), device="meta"))
    assert (count.n_parameters, count.weights_bytes) == (20, 80)
    assert count.ops.n_mac == 32


def test_what_a_norm_does_in_python_is_normalisation() -> None:
    count = count_module(RootMeanSquareNorm(), torch.empty((1, 4), device="meta"))
    assert count.work == {Group.NORMALISATION: OpCount(n_add=5, n_mul=4 + 1 + 2 + 4)}


def test_an_activation_is_told_from_arithmetic() -> None:
    count = count_module(torch.nn.Hardshrink(), torch.empty(3, device="meta"))
    assert count.unknown == {"hardshrink": 1}
    count = count_module(torch.nn.Softsign(), torch.empty(3, device="meta"))
    assert set(count.work) == {Group.ACTIVATION}


def test_memory_that_is_freed_does_not_add_up() -> None:
    layers = [torch.nn.ReLU() for _ in range(5)]
    count = count_module(torch.nn.Sequential(*layers), torch.empty(1000, device="meta"))
    assert 4000 <= count.peak_activation_bytes <= 8000


def test_a_transposed_weight_is_no_activation() -> None:
    layer = torch.nn.Linear(3, 4, bias=False)
    assert count_module(layer, torch.ones((2, 3))).peak_activation_bytes == 4 * 2 * 4


def test_views_and_results_in_place_take_no_further_memory() -> None:
    with CountingMode() as mode:
        x = torch.zeros(1000)
        y = x.view(10, 100).relu_()
    assert mode.live.peak_bytes == 4000
    del x, y


def test_an_unknown_operator_is_named_with_its_calls_and_refused_when_strict() -> None:
    with torch.no_grad(), CountingMode() as mode:
        torch.linalg.qr(torch.eye(3))
        torch.linalg.qr(torch.eye(3))
    assert mode.tally.unknown == {"linalg_qr": 2}
    count = count_module(torch.nn.Hardshrink(), torch.empty(3, device="meta"))
    with pytest.raises(UnknownOperatorError, match="no rule counts hardshrink x1"):
        count.check_known()


def test_a_packed_form_of_attention_is_unknown_rather_than_wrong() -> None:
    q = torch.empty((1, 8, 2, 8), device="meta")
    ends = torch.empty(3, dtype=torch.int32, device="meta")
    with CountingMode() as mode:
        torch.ops.aten._efficient_attention_forward(q, q, q, None, ends, ends, 4, 4, 0.0, 0)
    assert mode.tally.unknown == {"_efficient_attention_forward": 1}


def test_operators_of_other_libraries_keep_their_names() -> None:
    def twice(x: torch.Tensor) -> torch.Tensor:
        return x * 2

    twice = torch.library.custom_op("breakeven_test::twice", twice, mutates_args=())
    with CountingMode() as mode:
        twice(torch.ones(2))
    assert mode.tally.unknown == {"breakeven_test::twice": 1}


def test_inference_mode_hides_nothing() -> None:
    layer, x = torch.nn.Linear(3, 4), torch.ones((2, 3))
    with torch.inference_mode():
        assert count_module(layer, x).ops.n_mac == 24


def test_operators_made_of_others_are_taken_apart_where_nothing_else_does_it() -> None:
    with torch.inference_mode(), CountingMode() as mode:
        torch.matmul(torch.ones(2, 3), torch.ones(3, 4))
    assert [row.operator for row in mode.tally.rows() if row.ops.n_mac] == ["mm"]


def test_torchs_counter_sees_products_only() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.GELU())
    x = torch.ones((2, 3))
    assert count_by_torch(module, x) == 48
    assert count_module(module, x).ops.n_total == 48 + 8 * 5


def test_a_known_count_passes_strictly() -> None:
    count_module(torch.nn.ReLU(), torch.ones(3)).check_known()
