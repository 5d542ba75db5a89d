import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.formulas.operations import (
    ADD,
    MUL,
    Group,
    OpCount,
    attention_ops,
    batch_norm_ops,
    convolution_ops,
    element_ops,
    layer_norm_ops,
    log_softmax_ops,
    matmul_ops,
    power_ops,
    rms_norm_ops,
    softmax_ops,
)
from breakeven.formulas.operators import OPERATORS, operator_ops

SMALL = st.integers(1, 40)


def test_matrix_product_of_two_by_three_and_three_by_four() -> None:
    assert matmul_ops(2, 3, 4) == OpCount(n_add=24, n_mul=24, n_mac=24)


def test_elementwise_counts_worked_out_by_hand() -> None:
    assert softmax_ops(1, 4) == OpCount(n_add=12, n_mul=8)
    assert log_softmax_ops(1, 4) == OpCount(n_add=16, n_mul=5)
    assert layer_norm_ops(1, 4) == OpCount(n_add=17, n_mul=16)
    assert rms_norm_ops(1, 4) == OpCount(n_add=5, n_mul=15)
    assert batch_norm_ops(8, 2) == OpCount(n_add=18, n_mul=20)
    assert element_ops("gelu", 2) == OpCount(n_add=2, n_mul=8)


def test_activations_are_made_of_add_and_mul() -> None:
    # x / (1 + exp(-x)) as x times the sigmoid: sign, exp, add, divide, multiply
    assert element_ops("silu", 1) == ADD + MUL + ADD + MUL + MUL
    # 0.5 x (1 + tanh(c (x + d x x x)))
    assert element_ops("gelu_tanh", 1) == OpCount(n_add=2, n_mul=7)


def test_a_first_convolution_of_a_resnet() -> None:
    # 64 filters of 7 x 7 x 3 at 112 x 112 places
    assert convolution_ops(64 * 112 * 112, 3, 49).n_mac == 64 * 112 * 112 * 147


def test_groups_divide_the_work_of_a_convolution() -> None:
    assert convolution_ops(10, 8, 9, n_groups=4) * 4 == convolution_ops(10, 8, 9)


def test_groups_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="3 groups do not divide 8 channels"):
        convolution_ops(10, 8, 9, n_groups=3)


@pytest.mark.parametrize(
    ("exponent", "n_mul"),
    [(0, 0), (1, 0), (2, 1), (3, 2), (8, 3), (15, 6), (-1, 1), (-2, 2), (0.5, 1), (-0.5, 2)],
)
def test_powers_by_squaring_and_roots(exponent: float, n_mul: int) -> None:
    assert power_ops(exponent, 1) == OpCount(n_mul=n_mul)


def test_other_powers_are_exp_of_log() -> None:
    assert power_ops(1.7, 2) == OpCount(n_mul=6)


def test_attention_worked_out_by_hand() -> None:
    # one head, 2 queries on 3 keys of width 4, values of width 5
    assert attention_ops(1, 2, 3, width=4, value_width=5) == {
        Group.PRODUCTS: matmul_ops(2, 4, 3) + matmul_ops(2, 3, 5),
        Group.SOFTMAX: softmax_ops(2, 3),
        Group.ELEMENTWISE: OpCount(n_mul=6),
    }


@given(SMALL, SMALL, SMALL, SMALL)
def test_products_of_a_matrix_product_split_over_rows(a: int, b: int, k: int, m: int) -> None:
    assert matmul_ops(a, k, m) + matmul_ops(b, k, m) == matmul_ops(a + b, k, m)


@given(st.sampled_from(sorted(OPERATORS)), SMALL)
def test_every_operator_works_and_says_what_it_is_made_of(name: str, size: int) -> None:
    operator = OPERATORS[name]
    sizes = [size] * len(operator.sizes)
    assert operator_ops(name, sizes).n_total > 0
    assert operator.made_of


@pytest.mark.parametrize(
    ("name", "sizes", "sentence"),
    [
        ("matmull", [1], "no operator 'matmull'"),
        ("matmul", [2, 3], "matmul takes ROWS INNER COLUMNS, got 2 sizes"),
    ],
)
def test_wrong_questions_are_told_the_right_ones(
    name: str, sizes: list[int], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        operator_ops(name, sizes)


def test_sizes_of_a_convolution_and_of_attention() -> None:
    assert operator_ops("conv2d", [3, 64, 7, 112, 112]).n_mac == 118_013_952
    assert operator_ops("attention", [2, 3, 3, 4]).n_mac == 2 * 2 * 3 * 3 * 4
