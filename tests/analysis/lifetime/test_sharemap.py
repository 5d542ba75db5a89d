import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.lifetime_cases import amount, lives, pathway

from breakeven.analysis.lifetime import Lives, Terms, Update, match, share_map
from breakeven.errors import UnknownNameError

SIZES = st.floats(min_value=0.1, max_value=1e3)
TASKS = (1, 2, 4, 8, 16, 32, 64)
VOLUMES = (0.0, 1.0, 10.0, 100.0, 1e4)


@st.composite
def studies(draw: st.DrawFn) -> Lives:
    def use() -> list[float]:
        return [draw(SIZES) for _ in range(3)]

    return lives(
        [
            pathway("FT", {"ft": amount(draw(SIZES), sd=0.05)}, use()),
            pathway("TS", {"ts": amount(draw(SIZES), half=0.05)}, use()),
            pathway("TA", {"distil": amount(draw(SIZES)), "ta": amount(draw(SIZES))}, use()),
        ]
    )


@given(studies())
def test_more_tasks_never_take_a_cell_away_from_a_user_of_the_row(made: Lives) -> None:
    cells = share_map(made, "distil", n_tasks=TASKS, volumes=VOLUMES).cells
    for volume in VOLUMES:
        names = [c.cheapest for c in cells if c.volume == volume]
        assert "".join("u" if n == "TA" else "o" for n in names).lstrip("o").count("o") == 0


@given(studies())
def test_along_the_volume_the_cheapest_costs_less_and_less_per_item(made: Lives) -> None:
    cells = share_map(made, "distil", n_tasks=(3,), volumes=VOLUMES).cells
    rates = [made.named(c.cheapest).per_item.value for c in cells]

    assert all(a >= b - 1e-9 for a, b in itertools.pairwise(rates))


def test_probability_of_the_user_rises_with_the_tasks() -> None:
    made = lives(
        [
            pathway("TS", {"ts": amount(20.0, sd=4.0)}, [1.0, 1.1, 0.9]),
            pathway("TA", {"distil": amount(100.0, sd=20.0), "ta": amount(5.0)}, [1.0, 1.2, 0.8]),
        ]
    )
    cells = share_map(made, "distil", n_tasks=TASKS, volumes=(10.0,)).cells
    sure = [(cell.cheapest, cell.probability or 0.0) for cell in cells]
    user = [p if cheapest == "TA" else 1 - p for cheapest, p in sure]

    assert user == sorted(user)
    assert user[0] < 0.05
    assert user[-1] > 0.9


def test_tasks_that_match_by_hand() -> None:
    """90 / k + 10 + 2n = 40 + n at n = 0 has k = 3, at n = 20 has k = 9."""
    made = lives(
        [
            pathway("TS", {"ts": amount(40.0)}, 1.0),
            pathway("TA", {"distil": amount(90.0), "ta": amount(10.0)}, 2.0),
        ],
        volume=20.0,
    )
    user, other = made.named("TA"), made.named("TS")
    for volume, k in ((0.0, 3.0), (20.0, 9.0)):
        found = match(made, "distil", user, other, volume=volume).n_tasks
        assert found is not None
        assert found.value == pytest.approx(k)
    assert match(made, "distil", user, other, volume=30.0).words == "no number is enough"


def test_a_user_that_is_ahead_anyway_needs_no_tasks() -> None:
    made = lives(
        [
            pathway("TS", {"ts": amount(400.0)}, 1.0),
            pathway("TA", {"distil": amount(90.0), "ta": amount(10.0)}, 1.0),
        ]
    )
    found = match(made, "distil", made.named("TA"), made.named("TS"), volume=0.0)

    assert (found.n_tasks, found.words) == (None, "ahead when it pays the whole row")


def test_an_update_of_the_shared_row_is_shared_too() -> None:
    """(90 / k)(1 + 20 / 10) + 10 + 20 = 40 + 20 has k = 9."""
    made = lives(
        [
            pathway("TS", {"ts": amount(40.0)}, 1.0),
            pathway("TA", {"distil": amount(90.0), "ta": amount(10.0)}, 1.0),
        ],
        Terms(updates=(Update(every=10.0, row="distil"),)),
    )
    user, other = made.named("TA"), made.named("TS")
    found = match(made, "distil", user, other, volume=20.0)

    assert found.n_tasks is not None
    assert found.n_tasks.value == pytest.approx(9.0)
    cells = share_map(made, "distil", n_tasks=(8, 10), volumes=(20.0,)).cells
    assert [c.cheapest for c in cells] == ["TS", "TA"]


def test_an_unknown_row_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no row of development named 'x'"):
        share_map(lives([pathway("A", {"a": amount(1.0)}, 1.0)]), "x", n_tasks=[1], volumes=[1.0])
