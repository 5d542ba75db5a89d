import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.lifetime_cases import amount, lives, pathway

from breakeven.analysis.lifetime import envelope, lower_envelope

LINES = st.lists(
    st.tuples(st.floats(min_value=0, max_value=1e6), st.floats(min_value=0, max_value=1e3)),
    min_size=1,
    max_size=12,
)


def test_three_lines_by_hand() -> None:
    """0 + 5n, 8 + 3n and 20 + n: they cross at 4 and at 6; 5 is where the outer two would."""
    assert lower_envelope([(0.0, 5.0), (20.0, 1.0), (8.0, 3.0)]) == [(0, 0.0), (2, 4.0), (1, 6.0)]


@pytest.mark.parametrize(
    ("lines", "chain"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([(3.0, 1.0)], [(0, 0.0)], id="one"),
        pytest.param([(3.0, 1.0), (3.0, 1.0)], [(0, 0.0)], id="the same twice"),
        pytest.param([(3.0, 1.0), (1.0, 1.0)], [(1, 0.0)], id="parallel"),
        pytest.param([(3.0, 1.0), (3.0, 0.5)], [(1, 0.0)], id="same start"),
        pytest.param([(0.0, 2.0), (9.0, 1.0), (9.5, 1.0)], [(0, 0.0), (1, 9.0)], id="never"),
        pytest.param([(0.0, 4.0), (4.0, 2.0), (8.0, 0.0)], [(0, 0.0), (2, 2.0)], id="one point"),
    ],
)
def test_corners(lines: list[tuple[float, float]], chain: list[tuple[int, float]]) -> None:
    assert lower_envelope(lines) == chain


@given(LINES, st.floats(min_value=0, max_value=1e6))
def test_nobody_is_cheaper_than_the_envelope_at_any_volume(
    lines: list[tuple[float, float]], volume: float
) -> None:
    chain = lower_envelope(lines)
    index = [i for i, low in chain if low <= volume][-1]
    costs = [start + rate * volume for start, rate in lines]

    assert costs[index] <= min(costs) * (1 + 1e-6) + 1e-6


@given(LINES)
def test_along_the_chain_volumes_rise_and_cost_per_item_falls(
    lines: list[tuple[float, float]],
) -> None:
    chain = lower_envelope(lines)

    assert chain[0][1] == 0.0
    assert all(a[1] < b[1] for a, b in itertools.pairwise(chain))
    assert all(lines[a[0]][1] > lines[b[0]][1] for a, b in itertools.pairwise(chain))


@given(LINES, st.randoms())
def test_the_order_of_the_lines_does_not_matter(
    lines: list[tuple[float, float]], random: np.random.Generator
) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)
    one, other = lower_envelope(lines), lower_envelope(shuffled)

    assert [lines[i] for i, _ in one] == [shuffled[i] for i, _ in other]


def test_each_change_has_the_break_even_of_the_two_that_change_places() -> None:
    made = [
        pathway("A", {"a": amount(10.0)}, [5.0, 5.2, 4.8]),
        pathway("B", {"b": amount(40.0)}, [2.0, 2.1, 1.9]),
    ]
    first, second = envelope(lives(made)).pieces

    assert (first.name, first.high, first.since) == ("A", 10.0, None)
    assert second.since is not None
    assert second.since.estimate.low is not None
    assert second.since.estimate.low < 10.0 < (second.since.estimate.high or 0.0)
    assert math.isinf(second.high)


def test_who_costs_the_same_everywhere_is_named_beside_the_first() -> None:
    made = [pathway(n, {n: amount(10.0)}, 5.0) for n in ("A", "B")]
    found = envelope(lives(made))

    assert [(p.name, p.equals) for p in found.pieces] == [("A", ("B",))]
    assert found.at_planned == {"A": 0.5, "B": 0.5}


def test_the_piece_of_a_volume_is_the_one_that_begins_there() -> None:
    made = [pathway("A", {"a": amount(0.0)}, 5.0), pathway("B", {"b": amount(40.0)}, 1.0)]
    found = envelope(lives(made))

    assert [found.at(n).name for n in (0.0, 9.9, 10.0, 1e9)] == ["A", "A", "B", "B"]


def test_probabilities_at_one_volume_sum_to_one_and_somewhere_is_no_rarer() -> None:
    made = [
        pathway("A", {"a": amount(10.0, sd=2.0)}, [5.0, 6.0, 4.0]),
        pathway("B", {"b": amount(12.0, sd=2.0)}, [4.9, 6.1, 4.2]),
        pathway("C", {"c": amount(11.0, half=3.0)}, [5.0, 5.5, 4.4]),
    ]
    found = envelope(lives(made))

    assert sum(found.at_planned.values()) == pytest.approx(1.0)
    assert all(found.somewhere[n] >= p - 1e-9 for n, p in found.at_planned.items())
