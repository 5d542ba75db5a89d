"""Curve sets: groups compared, leverage named, bends and gaps said."""

from dataclasses import replace

import numpy as np
import pytest

from breakeven.analysis.curves.curve_axes import axis
from breakeven.analysis.curves.curve_set import CurveSet, bend, curve_set
from breakeven.analysis.curves.fits import Axes
from breakeven.analysis.curves.points import Point, Points

LOG_X, PLAIN = Axes(is_y_log=False), Axes(is_x_log=False, is_y_log=False)


def point(x: float, y: float, group: str = "a", row: str = "ft") -> Point:
    return Point(
        x=x, y=y, group=(group,), run_id=f"{group}{x}", row=row, stage="finetune", repeat=0
    )


def curves(
    points: list[Point], *, axes: Axes | None = None, target: float | None = None
) -> CurveSet:
    made = Points(x=axis("tokens"), y=axis("energy"), points=tuple(points), n_left_out=0)
    return curve_set(made, axes=axes, target=target)


def test_the_machine_whose_points_lie_closer_to_the_line_is_named() -> None:
    """Wang et al. 2023: tokens predict energy better on one machine than on the other."""
    rng, xs = np.random.default_rng(1), np.logspace(3, 7, 15)
    points = [
        point(float(x), float(x * np.exp(rng.normal(0, spread))), group)
        for group, spread in (("RTX 8000", 0.05), ("A100", 0.4))
        for x in xs
    ]
    (pair,) = curves(points).compared
    assert (pair.left, pair.right, pair.found.is_told_apart) == ("RTX 8000", "A100", True)
    assert pair.found.ratio.high < 1


def test_one_far_point_is_named_with_what_is_left_without_it() -> None:
    near = [point(1e3 + 10 * i, 5.0 + (-1) ** i) for i in range(6)]
    (group,) = curves([*near, point(1e6, 5000.0, row="ta-distil")], axes=PLAIN).groups
    assert any("rests on ta-distil" in sentence for sentence in group.sentences)
    assert any("r = 1.000 rests on ta-distil" in sentence for sentence in group.sentences)


def test_a_point_without_a_row_is_named_by_its_run() -> None:
    near = [point(1e3 + i, 5.0 + (-1) ** i) for i in range(4)]
    (group,) = curves([*near, point(1e6, 5000.0, row="")]).groups
    assert any("rests on a1000000.0" in sentence for sentence in group.sentences)


def test_r_rests_on_the_rows_at_the_value_that_holds_the_spread() -> None:
    """One row's removal moves r more (odd, away from all), but it holds none of the spread."""
    near = [point(float(x), y, row="near") for x, y in ((1, 2), (2, 1), (4, 3))]
    far = [point(101.0, 9.0, row="all"), point(101.0, 8.0, row="all-again")]
    (group,) = curves([*near, point(3.0, 9.0, row="odd"), *far], axes=PLAIN).groups
    (said,) = (sentence for sentence in group.sentences if sentence.startswith("r = "))
    assert "rests on all, all-again: one value holds" in said
    assert said.endswith("without it r = 0.395.")


@pytest.mark.parametrize(("axes", "r"), [(LOG_X, 0.999616), (PLAIN, 0.769371)])
def test_r_is_taken_on_the_axes_of_the_line_so_its_square_is_r2(axes: Axes, r: float) -> None:
    """A score that rises by 0.1 per tenfold, by numpy's corrcoef."""
    points = [point(10.0**i, 0.5 + 0.1 * i + 0.004 * (-1) ** i) for i in range(5)]
    (group,) = curves(points, axes=axes).groups
    assert group.correlation is not None
    assert group.line is not None
    assert group.correlation.pearson.value == pytest.approx(r, abs=1e-6)
    assert group.line.r_squared == pytest.approx(r**2, abs=1e-6)


def test_r_that_rises_without_the_far_value_rests_on_nothing() -> None:
    rising = [point(float(x), float(y)) for x, y in ((1, 1), (2, 2), (3, 3), (4, 4), (100, 5))]
    (group,) = curves(rising).groups
    assert not any(sentence.startswith("r = ") for sentence in group.sentences)


def test_with_two_x_there_is_no_r_without_one_and_many_rows_are_counted() -> None:
    points = [point(x, x + i, row=f"{x}/{i}") for x in (1.0, 50.0) for i in range(4)]
    (group,) = curves([*points, point(1.5, 2.0)], axes=LOG_X).groups
    assert any("rests on 4 points" in sentence for sentence in group.sentences)
    (flat,) = curves(points, axes=LOG_X).groups
    assert any("without it there is no r." in sentence for sentence in flat.sentences)


@pytest.mark.parametrize(
    ("ys", "word"),
    [
        ([0.50, 0.70, 0.80, 0.85, 0.87, 0.875], "flattens"),
        ([0.50, 0.51, 0.53, 0.58, 0.70, 0.95], "steepens"),
    ],
)
def test_diminishing_returns_are_said(ys: list[float], word: str) -> None:
    points = [point(10.0**i, y) for i, y in enumerate(ys)]
    (group,) = curves(points, axes=LOG_X).groups
    assert any(word in sentence for sentence in group.sentences)


@pytest.mark.parametrize(
    ("xs", "ys"),
    [
        ([1.0, 10.0, 100.0, 1000.0], [1.0, 2.0, 3.0, 5.0]),
        ([1.0, 1.0, 10.0, 10.0, 10.0], [1.0, 2.0, 3.0, 4.0, 5.0]),
        ([1.0, 10.0, 100.0, 1000.0, 1e4], [0.0] * 5),
    ],
    ids=["few", "two x", "nothing left over"],
)
def test_without_enough_to_judge_there_is_no_bend(xs: list[float], ys: list[float]) -> None:
    assert bend(xs, ys, axes=LOG_X) is None


def test_a_straight_power_law_does_not_bend() -> None:
    xs = [1.0, 10.0, 100.0, 1000.0, 1e4]
    noise = [1.05, 0.95, 1.02, 0.97, 1.01]
    found = bend(xs, [x * n for x, n in zip(xs, noise, strict=True)], axes=Axes())
    assert found is not None
    assert found[1] > 0.05


def test_two_points_are_too_few_and_say_so() -> None:
    (group,) = curves([point(1, 2), point(10, 20)]).groups
    assert group.line is None
    assert group.sentences == ("2 points: no line, which needs three and two different x.",)


def test_zero_cannot_be_drawn_on_a_log_axis_and_is_counted() -> None:
    found = curves([point(1, 0), point(0, 1), point(1, 2)])
    assert [len(group.points) for group in found.groups] == [1]
    assert found.sentences == ("2 points at or below 0 cannot be on a logarithmic axis.",)


def test_a_target_is_looked_for_only_when_asked() -> None:
    points = [point(1, 2), point(10, 20)]
    assert curves(points).reached == ()
    assert curves(points, target=15.0).reached[0].n_reached == 1


def test_moments_of_runs_are_not_taken_for_runs() -> None:
    same = tuple(replace(point(x, x), run_id="a") for x in (1.0, 2.0, 3.0))
    made = Points(x=axis("time"), y=axis("cpu"), points=same, n_left_out=0, is_inside=True)
    assert "intervals of the lines are too narrow" in curve_set(made).sentences[0]


def test_a_bend_on_a_plain_axis_is_told_in_steps() -> None:
    points = [point(x, x**2 + 0.01 * (-1) ** x, row=f"r{x}") for x in range(1, 8)]
    (group,) = curves(points, axes=Axes(is_x_log=False, is_y_log=False)).groups
    assert any("each step gives more" in sentence for sentence in group.sentences)
