from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch")
import torch
from torch import nn
from torch.nn import functional

from breakeven.formulas.families import FAMILIES, Ask
from breakeven.formulas.operations import Group, OpCount
from breakeven.workloads.counting.mode import CountingMode
from breakeven.workloads.counting.models import Build, count_model
from breakeven.workloads.counting.module import count_module, count_training_step

pytestmark = pytest.mark.nlp

SMALL = {
    "num_hidden_layers": 1,
    "n_layer": 1,
    "n_layers": 1,
    "vocab_size": 100,
    "pad_token_id": 0,
}


def backward(function: Callable[..., Any], *shapes: tuple[int, ...]) -> dict[Group, OpCount]:
    """Work of the backward pass alone."""
    tensors = [torch.empty(s, device="meta", requires_grad=True) for s in shapes]
    result = function(*tensors)
    with CountingMode() as mode:
        result.backward(torch.empty_like(result))
    assert not mode.tally.unknown
    work: dict[Group, OpCount] = {}
    for row in mode.tally.rows():
        if row.ops.n_total:
            work[row.group] = work.get(row.group, OpCount()) + row.ops
    return work


def macs(n: int) -> OpCount:
    return OpCount(n_add=n, n_mul=n, n_mac=n)


def test_a_product_costs_two_more_backward() -> None:
    assert backward(torch.mm, (2, 3), (3, 4)) == {Group.PRODUCTS: macs(48)}


def test_a_convolution_costs_two_more_and_a_sum_for_its_bias() -> None:
    work = backward(functional.conv2d, (1, 2, 7, 7), (4, 2, 3, 3), (4,))
    assert work == {Group.CONVOLUTION: macs(2 * 4 * 25 * 18) + OpCount(n_add=100)}


def test_an_image_that_asks_for_no_gradient_costs_none() -> None:
    image = torch.empty((1, 2, 7, 7), device="meta")
    work = backward(lambda weight: functional.conv2d(image, weight), (4, 2, 3, 3))
    assert work == {Group.CONVOLUTION: macs(4 * 25 * 18)}


def test_a_transposed_convolution_costs_two_more() -> None:
    work = backward(functional.conv_transpose2d, (1, 2, 3, 3), (2, 4, 2, 2))
    assert work == {Group.CONVOLUTION: macs(2 * 18 * 16)}


@pytest.mark.parametrize(
    ("function", "group", "per_element"),
    [
        (functional.relu, Group.ACTIVATION, OpCount(n_add=1)),
        (torch.tanh, Group.ACTIVATION, OpCount(n_add=1, n_mul=2)),
        (torch.sigmoid, Group.ACTIVATION, OpCount(n_add=1, n_mul=2)),
        (functional.silu, Group.ACTIVATION, OpCount(n_add=4, n_mul=5)),
        (functional.gelu, Group.ACTIVATION, OpCount(n_add=2, n_mul=9)),
        (
            lambda x: functional.gelu(x, approximate="tanh"),
            Group.ACTIVATION,
            OpCount(n_add=5, n_mul=13),
        ),
        (lambda x: functional.softmax(x, -1), Group.SOFTMAX, OpCount(n_add=2, n_mul=2)),
        (lambda x: functional.log_softmax(x, -1), Group.SOFTMAX, OpCount(n_add=2, n_mul=2)),
        (
            lambda x: functional.layer_norm(x, (3,)),
            Group.NORMALISATION,
            OpCount(n_add=7, n_mul=6),
        ),
    ],
)
def test_gradients_element_by_element(
    function: Callable[..., Any], group: Group, per_element: OpCount
) -> None:
    assert backward(function, (2, 3)) == {group: per_element * 6}


def test_batch_normalisation_is_cheaper_backward_by_stored_statistics() -> None:
    stored, own = nn.BatchNorm1d(3).eval(), nn.BatchNorm1d(3)
    x = torch.ones(4, 3, requires_grad=True)
    forward = count_module(stored, x).ops
    assert count_training_step(stored, x).work[Group.NORMALISATION] == forward + OpCount(
        n_add=36, n_mul=48
    )
    assert own.training
    assert count_training_step(own, x).unknown == {}


def test_pools_send_gradients_back_to_their_windows() -> None:
    assert backward(lambda x: functional.max_pool2d(x, 2), (1, 1, 4, 4)) == {
        Group.REDUCTION: OpCount(n_add=4)
    }
    assert backward(lambda x: functional.avg_pool2d(x, 2), (1, 1, 4, 4)) == {
        Group.POOLING: OpCount(n_add=16, n_mul=4)
    }


def test_a_table_adds_up_the_gradients_of_its_rows() -> None:
    table = nn.Embedding(10, 4)
    count = count_training_step(table, torch.zeros((2, 3), dtype=torch.int64))
    assert count.work[Group.REDUCTION] == OpCount(n_add=24 + 24)  # gradients, and our own sum


def test_slices_send_copies_back() -> None:
    assert backward(lambda x: x[1:], (4, 2)) == {}
    picked = backward(lambda x: x[torch.tensor([0, 0])], (4, 2))
    assert picked == {Group.ELEMENTWISE: OpCount(n_add=4)}


def test_the_loss_of_a_classifier_has_rules() -> None:
    class Classifier(nn.Linear):
        def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002 - torch's name
            return functional.cross_entropy(super().forward(input), torch.tensor([0, 1]))

    count = count_training_step(Classifier(3, 4), torch.ones(2, 3))
    assert count.unknown == {}
    assert count.ops.n_mac == 2 * 24


def test_fused_attention_recomputes_its_scores_backward() -> None:
    q = torch.ones((2, 3, 8, 4), requires_grad=True)
    forward = CountingMode()
    with forward:
        result = functional.scaled_dot_product_attention(q, q, q)
    operators = {row.operator for row in forward.tally.rows()}
    assert "_scaled_dot_product_flash_attention_for_cpu" in operators
    with CountingMode() as mode:
        result.sum().backward()  # type: ignore[no-untyped-call]  # torch's
    assert not mode.tally.unknown
    products = [row.ops.n_mac for row in mode.tally.rows() if row.group is Group.PRODUCTS]
    assert products == [5 * 6 * 8 * 8 * 4]


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_training_is_three_forward_passes_within_a_hundredth(family: str) -> None:
    config = {"model_type": family, **SMALL}
    ask = Ask(n_sequences=1, n_tokens=16)
    count = count_model(config, ask, Build(trains=True, attention="eager"))
    assert count.training is not None
    assert count.unknown == {}
    assert count.training.n_total == pytest.approx(3 * count.ops.n_total, rel=0.01)
