"""Sampled rates: what lies between two samples is inside the slack, what lies in a gap is not."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.meters.gpu.sampled import MAX_GAP_S, Sampled

steps = st.lists(
    st.tuples(st.floats(0.001, 0.9 * MAX_GAP_S), st.floats(0.0, 1000.0)), min_size=2, max_size=30
)


def sampled(samples: list[tuple[float, float]], *, step: float = 0.0) -> Sampled:
    found, now_s = Sampled(step=step), 0.0
    for elapsed_s, power_w in samples:
        now_s += elapsed_s
        found.add(power_w, time_s=now_s)
    return found


@given(samples=steps)
def test_any_power_between_two_samples_is_inside_the_slack(
    samples: list[tuple[float, float]],
) -> None:
    found = sampled(samples)
    pairs = list(pairwise(samples))
    least_j = sum(min(left[1], right[1]) * right[0] for left, right in pairs)
    most_j = sum(max(left[1], right[1]) * right[0] for left, right in pairs)
    assert found.total - found.slack == pytest.approx(least_j, rel=1e-6, abs=1e-6)
    assert found.total + found.slack == pytest.approx(most_j, rel=1e-6, abs=1e-6)


@given(samples=steps)
def test_steady_power_has_no_slack_but_its_rounding(samples: list[tuple[float, float]]) -> None:
    found = sampled([(elapsed_s, 70.0) for elapsed_s, _ in samples], step=1.0)
    assert found.slack == pytest.approx(0.5 * found.covered_s)
    assert found.total == pytest.approx(70.0 * found.covered_s)


def test_what_lies_in_a_gap_is_neither_counted_nor_covered() -> None:
    found = sampled([(0.0, 100.0), (0.5, 100.0), (MAX_GAP_S + 1.0, 900.0), (0.5, 900.0)])
    assert found.covered_s == pytest.approx(1.0)
    assert found.total == pytest.approx(50.0 + 450.0)
    assert found.slack == 0.0
