"""Hypervolumes, knees, flat regions and reference sets, by hand and as laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.dominance import (
    GivenPoint,
    Space,
    Standing,
    compare_given,
    efficient,
    flat_region,
    given_axes,
    given_space,
    hypervolume,
    improvement,
    knee,
    reference_point,
)

SCORES = st.integers(min_value=50, max_value=99).map(lambda n: n / 100)
COSTS = st.integers(min_value=1, max_value=50).map(float)
POINTS = st.lists(st.tuples(SCORES, COSTS), min_size=1, max_size=8)


def plane(points: list[tuple[float, float]]) -> Space:
    lines = [GivenPoint(name=f"p{i}", values=point) for i, point in enumerate(points)]
    return given_space(lines, given_axes("accuracy", ["energy_j"]))


def test_two_rectangles_by_hand() -> None:
    """Log costs -1 and -2 beyond 0, scores .9 and .7 beyond .5: 1 x .4 + 1 x .2 = .6."""
    found = hypervolume(plane([(0.9, math.exp(-1)), (0.7, math.exp(-2))]), reference=(0.5, 1.0))
    assert found.estimate.value == pytest.approx(0.6)
    assert found.estimate.low is None
    assert found.shares == {"p0": pytest.approx(0.2 / 0.6), "p1": pytest.approx(0.2 / 0.6)}


def test_three_boxes_by_hand() -> None:
    """A textbook union of boxes in three axes: by inclusion and exclusion 2 + 2 - 1 = 3."""
    axes = given_axes("score", ["a", "b"])
    lines = [
        GivenPoint(name="x", values=(2.0, math.exp(-1), math.exp(-1))),
        GivenPoint(name="y", values=(1.0, math.exp(-2), math.exp(-1))),
    ]
    found = hypervolume(given_space(lines, axes), reference=(0.0, 1.0, 1.0))
    assert found.estimate.value == pytest.approx(3.0)


def test_costs_alone_need_no_score() -> None:
    lines = [GivenPoint(name="x", values=(math.exp(-1), math.exp(-3)))]
    space = given_space(lines, given_axes(None, ["energy_j", "duration_s"]))
    assert hypervolume(space, reference=(1.0, 1.0)).estimate.value == pytest.approx(3.0)


@given(POINTS, st.tuples(SCORES, COSTS))
def test_a_further_point_never_makes_the_volume_smaller(
    points: list[tuple[float, float]], further: tuple[float, float]
) -> None:
    reference = (0.4, 60.0)
    before = hypervolume(plane(points), reference=reference).estimate.value
    after = hypervolume(plane([*points, further]), reference=reference).estimate.value
    assert before is not None
    assert after is not None
    assert after >= before - 1e-12


@given(POINTS)
def test_the_default_reference_is_worse_than_every_point(points: list[tuple[float, float]]) -> None:
    space = plane(points)
    score, cost = reference_point([space])
    assert all(score < s and cost > c for s, c in points)
    assert (hypervolume(space).estimate.value or 0.0) > 0


def test_a_reference_of_another_number_of_axes_is_refused() -> None:
    with pytest.raises(ValueError, match="has 1 values for 2 axes"):
        hypervolume(plane([(0.9, 1.0)]), reference=(0.5,))


def test_a_cost_of_nothing_has_no_volume() -> None:
    with pytest.raises(ValueError, match=r"energy_j of 0 has no logarithm"):
        hypervolume(plane([(0.9, 0.0)]))


def test_the_knee_is_the_point_before_the_line() -> None:
    """Ends (0, 1) and (1, 0) in the unit square, the middle at (1/4, 1/4)."""
    at = [(0.9, math.exp(4)), (0.8, math.exp(1)), (0.5, math.exp(0))]
    found = knee(plane(at))
    assert found is not None
    assert found.name == "p1"
    assert found.distance == pytest.approx((1 - 0.25 - 0.25) / math.sqrt(2))


@pytest.mark.parametrize(
    "points",
    [
        pytest.param([(0.9, 2.0), (0.8, 1.0)], id="two ends and nothing between"),
        pytest.param([(0.9, 4.0), (0.6, 2.0), (0.5, 1.0)], id="a hollow front"),
        pytest.param([(0.9, 4.0), (0.8, 2.0), (0.7, 0.0)], id="a cost without a logarithm"),
    ],
)
def test_some_fronts_have_no_knee(points: list[tuple[float, float]]) -> None:
    assert knee(plane(points)) is None


def test_flat_by_point_values_and_by_what_is_shown() -> None:
    """811, 811 and 795 right of 872: equal, equal, and lower by less than Newcombe's interval."""
    axes = given_axes("accuracy", ["energy_j"])
    lines = [
        GivenPoint(name=name, values=(n / 872, cost), counts=(n, 872))
        for name, n, cost in (
            ("128", 811, 9.0),
            ("48", 811, 3.0),
            ("32", 795, 2.0),
            ("16", 726, 1.0),
        )
    ]
    found = flat_region(given_space(lines, axes), compare_given(lines, axes))
    assert found is not None
    assert found.equal == ("128", "48")
    assert found.not_shown_lower == ("128", "48", "32")
    assert [point.name for point in found.points if point.is_shown_lower] == ["16"]


def test_a_tolerance_widens_the_flat_region() -> None:
    points = [(0.93, 9.0), (0.92, 3.0), (0.90, 1.0)]
    lines = [GivenPoint(name=f"p{i}", values=point) for i, point in enumerate(points)]
    axes = given_axes("accuracy", ["energy_j"])
    found = flat_region(given_space(lines, axes), compare_given(lines, axes), tolerance=0.01)
    assert found is not None
    assert found.equal == ("p0", "p1")
    assert found.not_shown_lower == ("p0",)  # nothing is known of the doubt


@given(POINTS, POINTS)
def test_a_new_set_is_judged_as_the_joint_front_says(
    old: list[tuple[float, float]], new: list[tuple[float, float]]
) -> None:
    found = improvement(plane(new), plane(old))
    for point, judged in zip(new, found.points, strict=True):
        as_good = [p for p in old if p[0] >= point[0] and p[1] <= point[1]]
        assert judged.is_state_of_the_art == (not as_good)
        better = [p for p in old if p[0] <= point[0] and p[1] >= point[1] and p != point]
        is_improvement = judged.standing is Standing.IMPROVES
        assert not is_improvement or better
    assert found.before is not None
    assert found.after is not None
    assert (found.after.estimate.value or 0) >= (found.before.estimate.value or 0) - 1e-12


def test_sets_in_other_axes_are_refused() -> None:
    other = given_space(
        [GivenPoint(name="a", values=(0.9, 1.0))], given_axes("accuracy", ["duration_s"])
    )
    with pytest.raises(ValueError, match="the sets differ in axes"):
        improvement(plane([(0.9, 1.0)]), other)


def test_repeats_pool_their_scatter() -> None:
    """Two names, two lines each: the pooled SD of the logs has two degrees of freedom."""
    costs = (("a", 1.0), ("a", 1.1), ("b", 4.0), ("b", 4.4))
    lines = [GivenPoint(name=name, values=(0.9, cost)) for name, cost in costs]
    axes = given_axes("accuracy", ["energy_j"])
    found = compare_given(lines, axes)("b", "a", axes[1]).estimate
    sd = math.log(1.1) / math.sqrt(2)
    half = 4.302653 * sd  # t of 2 degrees of freedom; sd sqrt(1/2 + 1/2)
    assert found.value == pytest.approx(4.0)
    assert found.low == pytest.approx(4.0 * math.exp(-half), rel=1e-5)
    assert found.high == pytest.approx(4.0 * math.exp(half), rel=1e-5)
    assert found.level == 0.95


def test_pooled_repeats_cover_the_true_ratio() -> None:
    """1,000 tables, eight names, two repeats, 3 % scatter: 95 % intervals hold the truth."""
    rng = np.random.default_rng(11)
    axes = given_axes(None, ["energy_j"])
    inside = 0
    for _ in range(1000):
        logs = rng.normal(0.0, 0.03, size=(8, 2))
        lines = [
            GivenPoint(name=f"n{i}", values=(float((i + 1) * math.exp(log)),))
            for i, row in enumerate(logs)
            for log in row
        ]
        found = compare_given(lines, axes)("n3", "n0", axes[0]).estimate
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 4.0 <= found.high
    assert 0.93 <= inside / 1000 <= 0.97


def test_costs_alone_have_no_flat_region() -> None:
    axes = given_axes(None, ["energy_j", "duration_s"])
    lines = [GivenPoint(name="a", values=(1.0, 2.0))]
    assert flat_region(given_space(lines, axes), compare_given(lines, axes)) is None


def test_an_impossible_loss_is_refused() -> None:
    axes = given_axes("accuracy", ["energy_j"])
    lines = [GivenPoint(name="a", values=(0.9, 2.0))]
    with pytest.raises(ValueError, match="tolerance must be 0 or more"):
        flat_region(given_space(lines, axes), compare_given(lines, axes), tolerance=-0.1)


def test_a_space_needs_points_with_a_value_per_axis() -> None:
    with pytest.raises(ValueError, match="one value per axis"):
        given_space([GivenPoint(name="a", values=(0.9,))], given_axes("accuracy", ["energy_j"]))


def test_nobody_is_on_the_front_of_no_points() -> None:
    axes = given_axes("accuracy", ["energy_j"])
    empty = Space(phase="as given", axes=axes, spots=())
    assert efficient(empty.losses).tolist() == []
    assert empty.drawn.shape[1:] == (0, 2)
    with pytest.raises(ValueError, match="no points to be held against"):
        improvement(plane([(0.9, 1.0)]), empty)


def test_the_cheapest_is_the_front_of_one_axis() -> None:
    assert efficient([[2.0], [1.0], [1.0]]).tolist() == [False, True, True]


def test_a_reference_set_with_a_cost_of_nothing_has_no_volume() -> None:
    found = improvement(plane([(0.9, 1.0)]), plane([(0.8, 0.0)]))
    assert found.before is None
    assert found.points[0].standing is Standing.EXTENDS


def test_a_reference_beyond_every_point_leaves_nothing() -> None:
    found = hypervolume(plane([(0.9, 10.0)]), reference=(0.5, 1.0))
    assert found.estimate.value == 0.0
    assert found.shares == {}


def test_a_ratio_over_nothing_is_none() -> None:
    axes = given_axes("accuracy", ["energy_j"])
    costs = (("a", 1.0), ("a", 1.2), ("b", 0.0))
    lines = [GivenPoint(name=name, values=(0.9, cost)) for name, cost in costs]
    gap = compare_given(lines, axes)("a", "b", axes[1])
    assert gap.estimate.value is None
    assert gap.is_shown is None


def test_the_volume_of_doubtful_points_lies_inside_its_interval() -> None:
    lines = [
        GivenPoint(
            name=str(i), values=(k / 872, 1.0 + i), counts=(k, 872), bounds={1: (i + 0.5, i + 1.5)}
        )
        for i, k in enumerate((700, 750, 780, 800))
    ]
    found = hypervolume(given_space(lines, given_axes("accuracy", ["energy_j"]))).estimate
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
