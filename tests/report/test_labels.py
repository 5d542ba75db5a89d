from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("altair")

from breakeven.report.figures.labels import (
    LINE_PX,
    Box,
    Spot,
    place,
    share_of,
    spread,
)

pytestmark = pytest.mark.report


def test_a_name_goes_left_when_there_is_no_room_to_the_right() -> None:
    (found,) = place([Spot(x=0.97, y=0.5, text="TF-IDF")], width_px=300, height_px=200)

    assert found.align == "right"


def test_two_points_close_together_get_names_on_different_sides() -> None:
    spots = [Spot(x=0.5, y=0.5, text="FT"), Spot(x=0.53, y=0.5, text="TS")]

    first, second = place(spots, width_px=300, height_px=200)

    assert first != second


def test_a_name_keeps_off_a_line() -> None:
    line = Box(150, 98, 300, 102)

    (found,) = place([Spot(x=0.5, y=0.5, text="FT")], width_px=300, height_px=200, lines=[line])

    assert found.dy != 0 or found.align != "left"


def test_a_name_keeps_off_upright_intervals() -> None:
    spots = [
        Spot(x=0.5, y=0.5, text="FT"),
        Spot(x=0.55, y=0.9, text="TS", y_span=(0.1, 0.9)),
    ]

    assert place(spots, width_px=300, height_px=200)[0].align != "left"


@given(st.lists(st.floats(min_value=0, max_value=300), max_size=8))
def test_spread_keeps_order_and_distance(positions: list[float]) -> None:
    moved = spread(positions)

    pairs = sorted(zip(positions, moved, strict=True))
    gaps = [b[1] - a[1] for a, b in pairwise(pairs)]
    assert all(gap >= LINE_PX - 1e-6 for gap in gaps)


def test_spread_stays_below_its_limit() -> None:
    assert max(spread([99.0, 100.0], limit=100.0)) == 100.0


def test_shares_are_linear_or_logarithmic() -> None:
    assert share_of(5.0, (0.0, 10.0), is_log=False) == 0.5
    assert share_of(10.0, (1.0, 100.0), is_log=True) == pytest.approx(0.5)
