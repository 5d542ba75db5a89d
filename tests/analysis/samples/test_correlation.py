"""Correlation, and the one value that carries it."""

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.samples.correlation import correlate


def test_one_stage_holds_nearly_all_the_spread_of_the_papers_correlation(shared_dir: Path) -> None:
    """Durlich et al. 2023, 4.3: r = 0.997 over 87 runs, at stage means."""
    with (shared_dir / "published" / "durlich2023" / "table1.csv").open() as file:
        rows = list(csv.DictReader(file))
    counted = {"TS": rows[3:5], "FT": rows[:2], "TA": rows[5:]}
    points = [
        (float(row["flops"]), float(row["energy_wh"]))
        for scenario in counted.values()
        for row in scenario
        for _ in range(int(row["n_runs"]))
    ]
    assert len(points) == 87
    found = correlate([x for x, _ in points], [y for _, y in points])
    assert found is not None
    assert found.pearson.value == pytest.approx(0.99707, abs=5e-6)
    assert {points[i] for i in found.holders} == {(3.65e17, 6848.9)}
    assert found.pearson_without == pytest.approx(0.99321, abs=5e-6)
    assert found.spearman == pytest.approx(0.8834, abs=5e-5)
    assert found.share == pytest.approx(0.99914, abs=5e-6)


def test_the_interval_is_fishers() -> None:
    """tanh(atanh(r) -+ 1.96 / sqrt(n - 3)); Fisher 1921, Metron 1. p as scipy has it."""
    xs, ys = [float(i) for i in range(30)], [float(i * i % 11) for i in range(30)]
    found = correlate(xs, ys)
    assert found is not None
    assert found.p == pytest.approx(float(stats.pearsonr(xs, ys).pvalue))
    middle, half = math.atanh(found.pearson.value), 1.959964 / math.sqrt(27)
    assert found.pearson.low == pytest.approx(math.tanh(middle - half), abs=1e-6)
    assert found.pearson.high == pytest.approx(math.tanh(middle + half), abs=1e-6)


@pytest.mark.parametrize(
    "ys", [[1.0, 2.0, 3.0], [5.0, 5.0, 5.0, 5.0]], ids=["too few", "nothing varies"]
)
def test_without_enough_to_go_on_there_is_no_correlation(ys: list[float]) -> None:
    assert correlate([float(i) for i in range(len(ys))], ys) is None


def test_columns_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="2 x and 1 y"):
        correlate([1.0, 2.0], [1.0])


def test_where_only_one_value_varies_nothing_is_left_without_it() -> None:
    found = correlate([1.0, 1.0, 1.0, 9.0], [2.0, 2.0, 2.0, 8.0])
    assert found is not None
    assert found.pearson.value == pytest.approx(1.0)
    assert (found.holders, found.pearson_without) == ((3,), None)
    assert found.rests_on(0.9)


def test_points_that_share_a_value_are_left_out_together() -> None:
    """Two runs at x = 101 hold the spread; the place whose loss moves r most is another, (3, 9).

    x without 101 is 1, 2, 3, 4 with y 2, 1, 9, 3: r = 5.5 / sqrt(5 * 38.75).
    """
    found = correlate([1.0, 2.0, 3.0, 4.0, 101.0, 101.0], [2.0, 1.0, 9.0, 3.0, 9.0, 8.0])
    assert found is not None
    assert found.holders == (4, 5)
    assert found.pearson_without == pytest.approx(5.5 / math.sqrt(5 * 38.75))
    assert found.share > 0.99
    assert found.rests_on(0.9)


def test_nothing_rests_on_a_value_without_which_r_rises() -> None:
    """The far x fits worst: 1, 2, 3, 4 lie on a line, 100 lies below where it would."""
    found = correlate([1.0, 2.0, 3.0, 4.0, 100.0], [1.0, 2.0, 3.0, 4.0, 5.0])
    assert found is not None
    assert (found.holders, found.share > 0.99) == ((4,), True)
    assert found.pearson.value < 0.8
    assert found.pearson_without == pytest.approx(1.0)
    assert not found.rests_on(0.9)


def test_r_rests_on_the_value_that_turns_its_sign() -> None:
    found = correlate([1.0, 2.0, 3.0, 10.0], [3.0, 2.0, 1.0, 2.6])
    assert found is not None
    assert found.pearson.value > 0
    assert found.pearson_without == pytest.approx(-1.0)
    assert found.rests_on(0.9)


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=4, max_size=12),
    st.integers(2, 9),
)
def test_neither_order_nor_scale_matters(points: list[tuple[int, int]], factor: int) -> None:
    xs, ys = [float(x) for x, _ in points], [float(y) for _, y in points]
    one = correlate(xs, ys)
    two = correlate([factor * y for y in reversed(ys)], list(reversed(xs)))
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        assert one.pearson.value == pytest.approx(two.pearson.value, abs=1e-9)
        assert one.pearson.low <= one.pearson.value <= one.pearson.high


def test_three_points_are_left_where_one_of_four_holds_the_spread() -> None:
    found = correlate([1.0, 2.0, 3.0, 100.0], [3.0, 1.0, 2.0, 90.0])
    assert found is not None
    assert found.holders == (3,)
    assert found.pearson_without == pytest.approx(-0.5)
