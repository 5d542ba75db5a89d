"""Hypervolume: worked areas, and what must hold of any set of points."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.fronts.hypervolume import Plane

PLANE = Plane(cost=0.08, quality=0.5)

points = st.lists(
    st.tuples(st.floats(1e-4, 0.2), st.floats(0.3, 1.0)),
    min_size=1,
    max_size=12,
)


def area(*placed: tuple[float, float]) -> float:
    costs, quality = np.array(placed).T
    return PLANE.hypervolume(costs, quality)


def test_one_point_spans_its_rectangle() -> None:
    assert area((0.02, 0.9)) == pytest.approx(math.log(4) * 0.4)


def test_a_staircase_is_the_sum_of_its_steps() -> None:
    assert area((0.04, 0.9), (0.02, 0.7)) == pytest.approx(math.log(2) * (0.4 + 0.2))


def test_what_is_no_better_than_the_reference_adds_nothing() -> None:
    assert area((0.1, 0.9), (0.01, 0.5)) == 0.0


def test_no_points_reach_nothing() -> None:
    assert PLANE.hypervolume([], []) == 0.0


@given(points, points)
def test_more_points_never_reach_less(
    some: list[tuple[float, float]], others: list[tuple[float, float]]
) -> None:
    assert area(*some, *others) >= area(*some) - 1e-12


@given(points, st.floats(0.1, 10.0))
def test_the_unit_of_cost_does_not_matter(placed: list[tuple[float, float]], unit: float) -> None:
    costs, quality = np.array(placed).T
    scaled = Plane(cost=PLANE.cost * unit, quality=PLANE.quality)
    assert scaled.hypervolume(costs * unit, quality) == pytest.approx(area(*placed), abs=1e-9)
