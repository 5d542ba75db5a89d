import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.lifetime_cases import amount, lives, pathway

from breakeven.analysis.lifetime import Terms, Update, envelope, lower_envelope

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


@pytest.mark.parametrize(
    ("volume", "names"), [(9.9, ("A",)), (10.0, ("A", "B")), (10.1, ("B",)), (1e9, ("B",))]
)
def test_at_the_planned_volume_the_cheapest_is_named_and_who_costs_the_same(
    volume: float, names: tuple[str, ...]
) -> None:
    made = [pathway("A", {"a": amount(0.0)}, 5.0), pathway("B", {"b": amount(40.0)}, 1.0)]

    assert envelope(lives(made, volume=volume)).planned == names


def test_probabilities_at_one_volume_sum_to_one_and_somewhere_is_no_rarer() -> None:
    made = [
        pathway("A", {"a": amount(10.0, sd=2.0)}, [5.0, 6.0, 4.0]),
        pathway("B", {"b": amount(12.0, sd=2.0)}, [4.9, 6.1, 4.2]),
        pathway("C", {"c": amount(11.0, half=3.0)}, [5.0, 5.5, 4.4]),
    ]
    found = envelope(lives(made))

    at_planned = {n: p for n, p in found.at_planned.items() if p is not None}
    assert sum(at_planned.values()) == pytest.approx(1.0)
    assert all((found.somewhere[n] or 0.0) >= p - 1e-9 for n, p in at_planned.items())


def test_pieces_follow_the_steps_of_updates() -> None:
    """282.2 against 295.3 from 1 million on; the line alone would change places at 1.19 million."""
    made = [
        pathway("FT", {"ft": amount(141.1)}, 1e-6),
        pathway("TS", {"ft": amount(141.1), "ts": amount(77.1)}, 0.4e-6),
    ]
    first, second = envelope(lives(made, Terms(updates=(Update(every=1e6),)))).pieces

    assert (first.name, first.high) == ("FT", 2e6)
    assert (second.name, second.low) == ("TS", 2e6)
    assert second.since is not None
    assert second.since.estimate.value == 2e6


def test_a_lead_between_updates_is_a_piece_of_its_own() -> None:
    """B saves 1 an item and is 10 dearer; 100 of it are paid again after every 50."""
    made = [pathway("A", {"a": amount(90.0)}, 2.0), pathway("B", {"b": amount(100.0)}, 1.0)]
    found = envelope(lives(made, Terms(updates=(Update(every=50.0, row="b"),))))

    assert [(p.name, p.low) for p in found.pieces] == [("A", 0.0), ("B", 10.0), ("A", 50.0)]
    assert [p.since is None for p in found.pieces] == [True, False, False]


def test_of_two_that_are_level_the_one_with_updates_loses_at_the_first() -> None:
    made = [pathway("P0", {"r0": amount(3.0)}, 1.0), pathway("P1", {"r1": amount(3.0)}, 1.0)]
    found = envelope(lives(made, Terms(updates=(Update(every=5.0, row="r0"),))))

    assert [(p.name, p.low) for p in found.pieces] == [("P0", 0.0), ("P1", 5.0)]


@given(
    st.lists(
        st.tuples(
            st.floats(min_value=1, max_value=100),
            st.floats(min_value=0.1, max_value=5),
            st.sampled_from([None, 5.0, 8.0, 13.0]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.floats(min_value=0, max_value=500),
)
def test_nobody_is_cheaper_than_its_piece_at_any_volume_with_updates(
    made: list[tuple[float, float, float | None]], volume: float
) -> None:
    of = lives(
        [pathway(f"P{i}", {f"r{i}": amount(d)}, m) for i, (d, m, _) in enumerate(made)],
        Terms(updates=tuple(Update(every=e, row=f"r{i}") for i, (*_, e) in enumerate(made) if e)),
    )
    found = envelope(of, n_draws=2)
    name = [piece.name for piece in found.pieces if piece.low <= volume][-1]
    costs = {life.name: life.total(volume).value for life in of.members}
    near = any(abs(piece.low - volume) <= 1e-6 * volume for piece in found.pieces)

    assert near or costs[name] <= min(costs.values()) * (1 + 1e-6)


def test_no_probability_is_made_of_the_resolution_alone_however_clear() -> None:
    made = [
        pathway("A", {"a": amount(10.0, half=0.5)}, 3.0),
        pathway("B", {"b": amount(40.0, half=0.5)}, 1.0),
    ]
    found = envelope(lives(made))

    assert set(found.at_planned.values()) == set(found.somewhere.values()) == {None}
    assert found.why_no_probability is not None
