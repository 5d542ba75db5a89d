import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.uncertain import (
    Observation,
    Uncertain,
    as_estimate,
    difference,
    is_same,
    mean_of,
    once,
    quantile,
    total_of,
)
from breakeven.records import Kind, Origin

AMOUNTS = st.floats(min_value=0, max_value=1e9)
FACTORS = st.floats(min_value=-1e3, max_value=1e3)


def seen(value: float, half_width: float = 0.0, run_id: str = "a") -> Observation:
    return Observation(
        value=value,
        low=value - half_width,
        high=value + half_width,
        kinds=(Kind.MEASURED,),
        origins=(Origin.LIVE,),
        run_ids=(run_id,),
    )


@st.composite
def uncertain(draw: st.DrawFn) -> Uncertain:
    value, width = draw(AMOUNTS), draw(st.floats(min_value=0, max_value=1e3))
    variance = draw(st.floats(min_value=0, max_value=1e6))
    df = draw(st.integers(min_value=1, max_value=50))
    return Uncertain(
        value=value,
        low=value - width,
        high=value + width,
        variance=variance,
        curvature=variance**2 / df,
    )


def test_mean_of_repeats_by_hand() -> None:
    mean = mean_of([seen(4.0), seen(5.0), seen(9.0)])
    assert mean.value == 6.0
    assert mean.variance == pytest.approx(7.0 / 3)  # s**2 = (4 + 1 + 9) / 2 = 7
    assert mean.df == pytest.approx(2.0)


def test_a_single_run_has_only_its_sensors_interval() -> None:
    mean = mean_of([seen(10.0, half_width=3.0)])
    assert (mean.low, mean.high) == (7.0, 13.0)
    assert mean.variance == pytest.approx(3.0)  # 3**2 / 3, uniform
    assert mean.interval() == (7.0, 13.0)
    assert not mean.has_scatter


def test_uniform_error_has_a_third_of_the_squared_half_width() -> None:
    width, n = 2.0, 200_000
    exact = sum((width * (2 * (i + 0.5) / n - 1)) ** 2 for i in range(n)) / n
    assert mean_of([seen(10.0, half_width=width)]).variance == pytest.approx(exact, rel=1e-6)


def test_resolution_wins_where_repeats_look_too_much_alike() -> None:
    mean = mean_of([seen(10.0, half_width=3.0), seen(10.0, half_width=3.0)])
    assert mean.variance == pytest.approx(1.5)  # (3 + 3) / 4
    assert mean.df == math.inf


def test_scatter_wins_where_it_is_larger_and_is_not_added_to_resolution() -> None:
    mean = mean_of([seen(8.0, half_width=0.1), seen(12.0, half_width=0.1)])
    assert mean.variance == pytest.approx(4.0)
    assert mean.df == 1.0


def test_satterthwaite_of_two_equal_parts_adds_their_degrees_of_freedom() -> None:
    part = mean_of([seen(4.0), seen(5.0), seen(6.0)])
    assert (part + part).df == pytest.approx(4.0)


def test_what_happened_once_adds_no_scatter() -> None:
    total = total_of([seen(3.0, half_width=1.0), seen(4.0, half_width=1.0)])
    assert (total.value, total.low, total.high) == (7.0, 5.0, 9.0)
    assert not total.has_scatter


def test_difference_turns_bounds_around() -> None:
    left = Uncertain(value=5.0, low=4.0, high=6.0)
    right = Uncertain(value=3.0, low=2.5, high=3.5)
    assert ((left - right).low, (left - right).high) == (0.5, 3.5)


def test_kinds_and_runs_are_kept_once() -> None:
    total = mean_of([seen(1.0, run_id="a")]) + mean_of([seen(1.0, run_id="b"), seen(2.0)])
    assert total.run_ids == ("a", "b")
    assert total.kinds == (Kind.MEASURED,)


def test_t_interval_by_hand() -> None:
    low, high = mean_of([seen(4.0), seen(5.0), seen(6.0)]).interval()
    assert low == pytest.approx(2.5159, abs=1e-4)
    assert high == pytest.approx(7.4841, abs=1e-4)


@pytest.mark.parametrize(
    ("amount", "level", "words"),
    [
        (mean_of([seen(4.0), seen(5.0)]), 0.95, "one; t interval, 1 degrees of freedom"),
        (mean_of([seen(4.0, 0.5)]), None, "one; bounds from the sensors' resolution"),
        (Uncertain.exact(4.0), None, "one; no spread"),
    ],
    ids=["scatter", "resolution", "exact"],
)
def test_estimate_says_how_its_interval_came_about(
    amount: Uncertain, level: float | None, words: str
) -> None:
    estimate = as_estimate(amount, "cpu_s", what="one")
    assert (estimate.level, estimate.method) == (level, words)


def test_a_cost_is_never_estimated_below_zero() -> None:
    assert as_estimate(mean_of([seen(0.1), seen(5.0)]), "cpu_s", what="mean").low == 0.0


def test_quantile_agrees_with_tables() -> None:
    assert quantile(1) == pytest.approx(12.706, abs=1e-3)
    assert quantile(10, level=0.99) == pytest.approx(3.169, abs=1e-3)


def test_same_means_no_value_and_no_doubt() -> None:
    assert is_same(Uncertain.exact(0.0))
    assert not is_same(Uncertain(value=0.0, low=-1.0, high=1.0))


@given(uncertain(), uncertain())
def test_sum_is_commutative_and_its_variance_adds(left: Uncertain, right: Uncertain) -> None:
    total = left + right
    assert total.value == right.value + left.value
    assert total.variance == left.variance + right.variance


@given(uncertain(), FACTORS)
def test_scaling_scales_bounds_and_keeps_degrees_of_freedom(
    amount: Uncertain, factor: float
) -> None:
    scaled = amount.scaled(factor)
    assert scaled.low <= scaled.value <= scaled.high
    assert scaled.variance == pytest.approx(amount.variance * factor**2)


def test_what_is_left_of_an_observation_may_be_off_by_what_both_sensors_may() -> None:
    left = seen(5.0, 0.5, "whole") - seen(2.0, 0.25, "part")
    assert (left.low, left.value, left.high) == (2.25, 3.0, 3.75)
    assert left.run_ids == ("whole", "part")
    assert left.kinds == (Kind.MEASURED,)


@given(st.lists(AMOUNTS, min_size=1, max_size=12))
def test_mean_lies_within_what_was_seen(values: list[float]) -> None:
    mean = mean_of([seen(value) for value in values])
    assert min(values) * (1 - 1e-9) <= mean.value <= max(values) * (1 + 1e-9)


@given(st.lists(st.integers()))
def test_once_keeps_the_first_of_each(values: list[int]) -> None:
    assert sorted(once(values)) == sorted(set(values))


def test_amounts_that_differ_in_their_last_bits_only_are_equal() -> None:
    left, right = 15.1e6, math.nextafter(15.1e6, math.inf)
    assert is_same(Uncertain.exact(left) - Uncertain.exact(right))


def test_a_difference_in_the_eighth_digit_is_kept() -> None:
    assert difference(1.00000001, 1.0) == pytest.approx(1e-8)


def test_rounding_between_repeats_is_no_scatter() -> None:
    assert mean_of([seen(0.1 + 0.2), seen(0.3), seen(0.3)]).variance == 0.0
    assert not mean_of([seen(0.1 + 0.2), seen(0.3)]).has_scatter


@given(AMOUNTS, AMOUNTS)
def test_a_difference_changes_sign_with_its_order(left: float, right: float) -> None:
    assert difference(left, right) == -difference(right, left)
