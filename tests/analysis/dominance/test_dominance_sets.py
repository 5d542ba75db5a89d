"""Fronts by hand, from the literature, and the laws that hold for every set of points."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.dominance import (
    chances_on_front,
    covering,
    dominators,
    efficient,
    near_front,
    shortfalls,
)

VALUES = st.integers(min_value=1, max_value=12).map(float)


@st.composite
def losses(draw: st.DrawFn) -> list[list[float]]:
    """A few points in two or three axes, on a coarse grid so that ties are common."""
    n_axes = draw(st.sampled_from([2, 3]))
    row = st.lists(VALUES, min_size=n_axes, max_size=n_axes)
    return draw(st.lists(row, min_size=1, max_size=12))


def beats(one: list[float], two: list[float]) -> bool:
    return all(a <= b for a, b in zip(one, two, strict=True)) and one != two


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        pytest.param(
            [(-87.3, 141.1), (-84.9, 218.2), (-77.6, 6923.3)],
            [True, False, False],
            id="development of Durlich et al. 2023, Wh: FT alone",
        ),
        pytest.param(
            [(-87.3, 5.198), (-84.9, 3.1), (-77.6, 3.3)],
            [True, True, False],
            id="deployment of the same: FT and TS",
        ),
        pytest.param(
            [
                (-56.432, 0.72),
                (-78.428, 11.58),
                (-78.956, 15.55),
                (-79.746, 18.42),
                (-81.304, 20.82),
            ],
            [True] * 5,
            id="Schwartz et al. 2020, figure 4a: each dearer model is better",
        ),
        pytest.param(
            [(-56.432, 61.1), (-78.428, 60.19), (-78.956, 83.46), (-79.746, 86.92)],
            [False, True, True, True],
            id="the same by parameters: AlexNet is beaten by ResNet-152",
        ),
        pytest.param([(1.0, 1.0), (1.0, 1.0)], [True, True], id="equal points beat nobody"),
        pytest.param([(1.0, 1.0), (1.0, 2.0)], [True, False], id="a tie on one axis"),
    ],
)
def test_fronts_by_hand(points: list[tuple[float, float]], expected: list[bool]) -> None:
    assert efficient(points).tolist() == expected


def test_front_of_zdt1_is_its_curve() -> None:
    """Zitzler, Deb and Thiele 2000: f2 = g (1 - sqrt(f1 / g)), Pareto-optimal where g = 1."""
    f1 = np.linspace(0, 1, 51)
    curve = np.column_stack([f1, 1 - np.sqrt(f1)])
    worse = np.column_stack([f1, 1.5 * (1 - np.sqrt(f1 / 1.5))])
    found = efficient(np.vstack([curve, worse]))
    assert found[:51].all()
    assert not found[51:].any()


@given(losses())
def test_the_front_is_non_dominated_and_complete(points: list[list[float]]) -> None:
    on_front = efficient(points)
    by_hand = [not any(beats(other, point) for other in points) for point in points]
    assert on_front.tolist() == by_hand
    for point, flag in zip(points, on_front, strict=True):
        front = [p for p, kept in zip(points, on_front, strict=True) if kept]
        assert flag or any(beats(other, point) for other in front)


@given(losses())
def test_dominators_are_those_that_beat(points: list[list[float]]) -> None:
    for point, found in zip(points, dominators(points), strict=True):
        assert [points[i] for i in found] == [p for p in points if beats(p, point)]


@given(losses())
def test_the_front_does_not_change_under_rising_transforms(points: list[list[float]]) -> None:
    moved = [[math.log(row[0]), *(x**3 + 5 for x in row[1:])] for row in points]
    assert efficient(moved).tolist() == efficient(points).tolist()


@given(losses(), st.floats(min_value=0, max_value=0.4), st.floats(min_value=0, max_value=0.4))
def test_a_larger_tolerance_never_takes_a_point_away(
    points: list[list[float]], one: float, other: float
) -> None:
    small, large = sorted((one, other))
    front, near = efficient(points), near_front(points, tolerance=small)
    wide = near_front(points, tolerance=large)
    assert not (front & ~near).any()
    assert not (near & ~wide).any()
    assert near_front(points, tolerance=0.0).tolist() == front.tolist()


@given(losses(), st.floats(min_value=0, max_value=0.4))
def test_the_cover_is_of_the_front_and_stands_for_every_point(
    points: list[list[float]], tolerance: float
) -> None:
    cover = covering(points, tolerance=tolerance)
    front = efficient(points)
    assert all(front[i] for i in cover)
    for point in points:
        assert any(
            all(a - tolerance * abs(a) <= b for a, b in zip(points[i], point, strict=True))
            for i in cover
        )


@given(losses())
def test_a_point_better_by_its_shortfall_equals_one_of_the_front(points: list[list[float]]) -> None:
    front = [points[i] for i in np.flatnonzero(efficient(points))]
    for point, share in zip(points, shortfalls(points), strict=True):
        better = [x - share * abs(x) for x in point]
        assert any(all(a <= b + 1e-9 for a, b in zip(better, f, strict=True)) for f in front)


def test_ten_percent_behind_by_hand() -> None:
    """20 J where 18 J give the same answers: 10 % less would do; 9 % would not."""
    points = [[-0.9, 18.0], [-0.9, 20.0]]
    assert shortfalls(points).tolist() == [0.0, pytest.approx(0.1)]
    assert near_front(points, tolerance=0.09).tolist() == [True, False]
    assert near_front(points, tolerance=0.11).tolist() == [True, True]


def test_chance_of_two_equal_costs_is_a_half() -> None:
    """Same score, costs drawn alike: in each draw one of the two is the cheaper (4,000 draws)."""
    rng = np.random.default_rng(7)
    costs = rng.normal(10.0, 1.0, size=(4000, 2))
    drawn = np.stack([np.full_like(costs, -0.9), costs], axis=2)
    found = chances_on_front(drawn)
    assert found is not None
    assert sum(found) == pytest.approx(1.0)
    assert found[0] == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_an_impossible_tolerance_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="tolerance must be 0 or more and finite"):
        near_front([[1.0, 2.0]], tolerance=bad)
    with pytest.raises(ValueError, match="tolerance must be 0 or more and finite"):
        covering([[1.0, 2.0]], tolerance=bad)
