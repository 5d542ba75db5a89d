"""Start-up and cost per item from whole processes of several volumes."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from breakeven.analysis.costs.startup import Split, split_startup
from breakeven.analysis.uncertain import Observation, quantile
from breakeven.records import Kind, Origin


def seen(*values: float, half_width: float = 0.0) -> list[Observation]:
    return [
        Observation(
            value=v,
            low=v - half_width,
            high=v + half_width,
            kinds=(Kind.MEASURED,),
            origins=(Origin.LIVE,),
            run_ids=(f"run-{i}",),
        )
        for i, v in enumerate(values)
    ]


def split(volumes: Sequence[float], totals: Sequence[Observation]) -> Split:
    found = split_startup(volumes, totals)
    assert found is not None
    return found


def test_two_points_by_hand_with_the_bounds_of_their_sensors() -> None:
    """(5 - 3) / (200 - 100) = 0.02 an item, 3 - 2 = 1 to start; 0.1 either way on both."""
    found = split([100, 200], seen(3.0, 5.0, half_width=0.1))
    assert found.per_item.value == pytest.approx(0.02)
    assert found.per_item.interval() == pytest.approx(((4.9 - 3.1) / 100, (5.1 - 2.9) / 100))
    assert found.startup.value == pytest.approx(1.0)
    assert found.startup.interval() == pytest.approx((2 * 2.9 - 5.1, 2 * 3.1 - 4.9))
    assert not found.per_item.has_scatter
    assert found.method == "two-point line through 2 runs"


def test_three_points_by_hand() -> None:
    """Totals 2, 3, 7 at 0, 1, 2: slope 2.5, intercept 1.5, misses .5, -1, .5, so s^2 = 1.5."""
    found = split([0.0, 1.0, 2.0], seen(2.0, 3.0, 7.0))
    assert (found.per_item.value, found.startup.value) == pytest.approx((2.5, 1.5))
    assert found.per_item.variance == pytest.approx(1.5 / 2)
    assert found.startup.variance == pytest.approx(1.5 * (1 / 3 + 1 / 2))
    assert found.per_item.df == pytest.approx(1.0)
    assert found.method == "least-squares line through 3 runs of 3 volumes"


def test_least_squares_agrees_with_scipy() -> None:
    rng = np.random.default_rng(3)
    volumes = np.repeat([100.0, 400.0, 1600.0], 3)
    totals = 2.0 + 3e-3 * volumes + rng.normal(0, 0.05, 9)
    expected = scipy_stats.linregress(volumes, totals)
    found = split(list(volumes), seen(*totals))
    half = quantile(7) * expected.stderr
    assert found.per_item.interval() == pytest.approx(
        (expected.slope - half, expected.slope + half)
    )
    assert found.startup.value == pytest.approx(expected.intercept)
    assert math.sqrt(found.startup.variance) == pytest.approx(expected.intercept_stderr)
    assert found.startup.df == pytest.approx(7.0)
    assert found.startup.n == 9


def test_resolution_is_kept_where_it_is_coarser_than_the_scatter() -> None:
    found = split([100, 200, 300], seen(1.0, 2.0001, 3.0, half_width=0.5))
    assert not found.per_item.has_scatter
    assert found.per_item.interval() == pytest.approx((0.005, 0.015), rel=1e-3)


def test_kinds_origins_and_runs_are_kept() -> None:
    first, second = seen(3.0, 5.0)
    found = split([1, 2], [replace(first, kinds=(Kind.COUNTED,)), second])
    assert found.per_item.kinds == (Kind.COUNTED, Kind.MEASURED)
    assert found.startup.run_ids == ("run-0", "run-1")


@pytest.mark.parametrize(
    ("volumes", "totals"),
    [
        pytest.param([100, 100], (3.0, 3.1), id="one volume"),
        pytest.param([100, 200], (3.0, 2.0), id="more items cost less"),
        pytest.param([100, 200], (3.0, 3.0), id="items cost nothing"),
        pytest.param([], (), id="no run"),
    ],
)
def test_no_line_that_a_cost_can_have_is_no_answer(
    volumes: Sequence[float], totals: Sequence[float]
) -> None:
    assert split_startup(volumes, seen(*totals)) is None


def test_two_points_below_zero_keep_their_slope_and_start_from_0() -> None:
    """(9 - 3) / 100 = 0.06 an item, 3 - 6 = -3 to start: an error of 3 s, in one way or another."""
    found = split([100, 200], seen(3.0, 9.0))
    assert found.per_item.value == pytest.approx(0.06)
    assert (found.startup.value, *found.startup.interval()) == pytest.approx((0.0, 0.0, 3.0))
    assert not found.is_startup_told


def test_a_line_a_little_below_zero_ends_where_its_interval_does() -> None:
    """Totals 0, 0.5, 3 at 0, 1, 2: slope 1.5, intercept -1/3, s^2 = 2/3, standard error 0.745."""
    found = split([0.0, 1.0, 2.0], seen(0.0, 0.5, 3.0))
    assert found.per_item.value == pytest.approx(1.5)
    high = -1 / 3 + quantile(1) * math.sqrt(2 / 3 * (1 / 3 + 1 / 2))
    assert found.startup.value == 0.0
    assert found.startup.interval() == pytest.approx((-high, high))
    assert found.startup.high == pytest.approx(high)
    assert found.startup.df == pytest.approx(1.0)
    assert not found.is_startup_told


def test_a_start_up_above_0_whose_interval_holds_0_stays_as_it_is() -> None:
    found = split([0.0, 1.0, 2.0], seen(2.0, 3.0, 7.0))
    assert found.startup.value == pytest.approx(1.5)
    assert not found.is_startup_told
    assert split([100, 200], seen(3.0, 5.0)).is_startup_told
    assert split([100, 200], seen(1.0, 2.0)).is_startup_told  # exactly none


def test_a_true_start_up_is_in_the_interval_of_nearly_every_sample() -> None:
    """0.1 s among a scatter of 0.2: no sample is left out, and 95 % promised of each."""
    rng, volumes = np.random.default_rng(7), np.array([100.0, 300.0, 500.0])
    found = [
        split(list(volumes), seen(*(0.1 + 0.01 * volumes + rng.normal(0, 0.2, 3))))
        for _ in range(400)
    ]
    assert np.mean([f.per_item.value for f in found]) == pytest.approx(0.01, abs=1e-4)
    held = [f.startup.interval()[0] <= 0.1 <= f.startup.interval()[1] for f in found]
    assert np.mean(held) >= 0.93


@given(
    st.lists(st.integers(1, 10**6), min_size=2, max_size=8, unique=True),
    st.floats(1e-6, 1e3),
    st.floats(0.0, 1e4),
)
def test_an_exact_line_is_recovered_exactly(
    volumes: list[int], per_item: float, startup: float
) -> None:
    totals = [startup + per_item * n for n in volumes]
    found = split(volumes, seen(*totals))
    rounding = 1e-9 * max(totals)
    assert found.startup.value == pytest.approx(startup, abs=100 * rounding)
    assert found.per_item.value * max(volumes) == pytest.approx(
        per_item * max(volumes), abs=100 * rounding
    )
    assert not found.per_item.has_scatter


@given(
    st.lists(st.tuples(st.integers(1, 1000), st.floats(1.0, 2.0)), min_size=3, max_size=9),
    st.floats(1e-3, 1e3),
)
def test_the_unit_of_the_cost_does_not_matter(runs: list[tuple[int, float]], factor: float) -> None:
    volumes = [n for n, _ in runs]
    plain = split_startup(volumes, seen(*(v for _, v in runs)))
    scaled = split_startup(volumes, seen(*(v * factor for _, v in runs)))
    assert (plain is None) == (scaled is None)
    assert (scaled.per_item.value if scaled else 0.0) == pytest.approx(
        plain.per_item.value * factor if plain else 0.0
    )
