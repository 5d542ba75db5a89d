"""Reaching a target: the first x that showed it, or that it was not reached."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.curves.curve_axes import axis
from breakeven.analysis.curves.fits import Axes, fit_line
from breakeven.analysis.curves.points import Point, Points
from breakeven.analysis.curves.reach import Reached, line_reaches
from breakeven.analysis.curves.reach import reached as reached_in

LOG_X = Axes(is_y_log=False)


def at(x: float, y: float, *, repeat: int = 0, run_id: str = "", metric: str = "accuracy") -> Point:
    return Point(
        x=x,
        y=y,
        group=(metric,),
        run_id=run_id or f"{x}/{repeat}",
        row="ft",
        stage="finetune",
        repeat=repeat,
        lower_is_better=metric == "loss",
    )


def reached(points: list[Point], target: float, *, is_inside: bool = False) -> tuple[Reached, ...]:
    drawn = Points(
        x=axis("data"), y=axis("score"), points=tuple(points), n_left_out=0, is_inside=is_inside
    )
    return reached_in(drawn, target)


def test_one_series_reaches_it_between_the_last_below_and_the_first_at_it() -> None:
    (found,) = reached([at(1000, 0.92), at(100, 0.85), at(10, 0.7)], 0.9)
    assert found.at is not None
    assert (found.at.low, found.at.value, found.at.high) == (100, 1000, 1000)
    assert found.sentence == "reached"


def test_several_series_give_a_t_interval_on_the_log_scale() -> None:
    """Firsts 100, 200, 400: geometric mean 200, half-width t(2) sd / sqrt 3 of their logs."""
    points = [at(x, 0.9, repeat=r) for r, x in enumerate((100, 200, 400))]
    (found,) = reached([*points, at(50, 0.5, repeat=0)], 0.9)
    assert found.at is not None
    assert found.at.value == pytest.approx(200)
    half = 4.30265 * np.std(np.log([100, 200, 400]), ddof=1) / math.sqrt(3)
    assert found.at.high == pytest.approx(200 * math.exp(half), rel=1e-4)
    assert found.range_of == "t over 3 runs"


def test_two_series_are_no_t_interval_but_both_with_their_gaps() -> None:
    """t over 100 and 400 would be 200 (0.03 to 1,335,000)."""
    points = [at(100, 0.9, repeat=0), at(50, 0.5, repeat=1), at(400, 0.9, repeat=1)]
    (found,) = reached(points, 0.9)
    assert found.at is not None
    assert (found.at.low, found.at.value, found.at.high) == pytest.approx((0, 200, 400))
    assert [(gap.low, gap.high) for gap in found.seen] == [(0, 100), (50, 400)]
    assert found.range_of == "gap between judgements"


def test_a_series_that_begins_at_the_target_has_no_logarithm() -> None:
    points = [at(x, 0.9, repeat=r) for r, x in enumerate((0, 200, 400))]
    (found,) = reached(points, 0.9)
    assert found.at is not None
    assert (found.at.value, found.at.high, found.has_t) == (0, 400, False)


def test_series_that_agree_leave_open_what_lies_between_their_points() -> None:
    points = [at(x, y, repeat=r) for r in (0, 1) for x, y in ((2000, 0.75), (8000, 0.85))]
    (found,) = reached(points, 0.8)
    assert found.at is not None
    assert (found.at.low, found.at.value, found.at.high) == pytest.approx((2000, 8000, 8000))


def test_the_coarser_of_two_series_says_what_was_not_tried() -> None:
    coarse = [at(1000, 0.7, repeat=0), at(8000, 0.9, repeat=0)]
    fine = [at(1000, 0.7, repeat=1), at(4000, 0.75, repeat=1), at(8000, 0.9, repeat=1)]
    (found,) = reached([*coarse, *fine], 0.8)
    assert found.at is not None
    assert (found.at.low, found.at.value, found.at.high) == pytest.approx((1000, 8000, 8000))


def test_one_series_short_of_it_leaves_no_number() -> None:
    (found,) = reached([at(100, 0.95, repeat=0), at(100, 0.8, repeat=1)], 0.9)
    assert (found.n, found.n_reached, found.at, found.range_of) == (2, 1, None, "")
    assert found.sentence == "not reached by 1 of 2"


def test_a_run_with_several_points_is_a_series_of_its_own() -> None:
    points = [at(1, 0.5, run_id="a"), at(2, 0.9, run_id="a"), at(4, 0.9, run_id="b")]
    assert reached(points, 0.9, is_inside=True)[0].n == 2


def test_losses_are_to_fall_and_scores_beside_them_to_rise() -> None:
    lost = [at(x, y, metric="loss") for x, y in ((1, 2.0), (2, 0.5))]
    scored = [at(x, y) for x, y in ((1, 0.5), (2, 0.7), (4, 1.0))]
    fell, rose = reached([*lost, *scored], 1.0)
    assert fell.at is not None
    assert rose.at is not None
    assert (fell.at.value, rose.at.value) == (2, 4)


def test_the_lines_crossing_lies_where_the_line_has_the_target() -> None:
    rng = np.random.default_rng(2)
    xs = np.logspace(1, 4, 12)
    ys = 0.5 + 0.1 * np.log10(xs) + rng.normal(0, 0.01, 12)
    line = fit_line(xs.tolist(), ys.tolist(), axes=LOG_X)
    assert line is not None
    found = line_reaches(line, 0.8)
    assert found is not None
    assert line.at(found.value) == pytest.approx(0.8)
    low, high = line.mean_at(found.low), line.mean_at(found.high)
    assert low.high == pytest.approx(0.8, abs=1e-9)
    assert high.low == pytest.approx(0.8, abs=1e-9)


@given(st.floats(-1.0, 3.0))
def test_its_interval_holds_the_crossing(target: float) -> None:
    line = fit_line([1, 10, 100, 1000], [0.1, 0.42, 0.68, 1.01], axes=LOG_X)
    assert line is not None
    found = line_reaches(line, target)
    assert found is not None
    assert found.low <= found.value <= found.high


def test_a_flat_line_reaches_nothing_for_sure() -> None:
    line = fit_line([1, 10, 100], [0.8, 0.82, 0.79], axes=LOG_X)
    assert line is not None
    assert line_reaches(line, 0.9) is None


def test_plain_axes_and_powers_are_inverted_too() -> None:
    plain = fit_line([1, 2, 3], [2.0, 4.0, 6.0], axes=Axes(is_x_log=False, is_y_log=False))
    power = fit_line([1, 10, 100], [1.0, 100.0, 1e4])
    assert plain is not None
    assert power is not None
    found, rooted = line_reaches(plain, 5.0), line_reaches(power, 1e6)
    assert found is not None
    assert rooted is not None
    assert found.value == pytest.approx(2.5)
    assert rooted.value == pytest.approx(1000)


def test_a_target_beyond_doubles_is_infinitely_far() -> None:
    line = fit_line([1, 10, 100], [0.1, 0.2, 0.3], axes=LOG_X)
    assert line is not None
    found = line_reaches(line, 50.0)
    assert found is not None
    assert math.isinf(found.value)
