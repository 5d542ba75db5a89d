"""Growth over years: the figures that the Green AI paper quotes, and Hypothesis."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.curves.trend import growth, trend


def test_three_hundred_thousand_times_is_eighteen_doublings() -> None:
    """Schwartz et al. 2020, introduction: 300,000x, AlexNet to AlphaZero, about 62 months."""
    found = growth(300_000, 62)
    assert found.doublings == pytest.approx(18.2, abs=0.05)
    assert found.doubling_months == pytest.approx(3.4, abs=0.05)


def test_what_shrinks_never_doubles() -> None:
    found = trend([2020.0, 2021.0, 2022.0], [4.0, 2.0, 1.0])
    assert found.ends.doubling_months is None
    assert found.doubling_months is None


def test_two_points_have_ends_and_no_line() -> None:
    found = trend([2012.0, 2017.0], [1.0, 2.0**10])
    assert found.ends.doubling_months == pytest.approx(6.0)
    assert found.line is None
    assert found.doubling_months is None


def test_several_amounts_at_an_end_are_their_geometric_mean() -> None:
    """Nothing grew: 1 and 100 at each end, 10 in the mean."""
    found = trend([2012.0, 2012.0, 2017.0, 2017.0], [1.0, 100.0, 100.0, 1.0])
    assert found.ends.factor == pytest.approx(1.0)
    assert found.ends.span_months == pytest.approx(60.0)


def test_the_interval_is_open_where_growth_is_not_shown() -> None:
    found = trend([2012.0, 2013.0, 2014.0, 2015.0], [1.0, 30.0, 0.5, 40.0])
    assert found.doubling_months is not None
    value, fast, slow = found.doubling_months
    assert 0 < fast < value
    assert math.isinf(slow)


@given(months=st.floats(1, 60), years=st.lists(st.integers(1, 400), min_size=3, unique=True))
def test_a_steady_doubling_is_found(months: float, years: list[int]) -> None:
    at = [2000 + year / 100 for year in years]
    found = trend(at, [2 ** ((t - 2000) * 12 / months) for t in at])
    assert found.doubling_months is not None
    assert found.doubling_months[0] == pytest.approx(months, rel=1e-6)
    assert found.ends.doubling_months == pytest.approx(months, rel=1e-6)


@pytest.mark.parametrize(
    ("years", "amounts", "words"),
    [
        ([2012.0], [1.0], "two moments"),
        ([2012.0, 2013.0], [1.0], "2 moments and 1 amounts"),
        ([2012.0, 2013.0], [0.0, 1.0], "cannot grow by a factor"),
    ],
)
def test_what_is_no_trend_is_refused(years: list[float], amounts: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        trend(years, amounts)


@pytest.mark.parametrize(("factor", "months"), [(0.0, 5.0), (2.0, 0.0)])
def test_growth_needs_a_factor_and_a_span(factor: float, months: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        growth(factor, months)
