"""Printed numbers and the interval of their last digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.store.importers.printed import is_clock, read_clock, read_printed


@st.composite
def rounded_numbers(draw: st.DrawFn) -> tuple[Decimal, str]:
    """A number of six decimals, and the text of it rounded to fewer."""
    exact = Decimal(draw(st.integers(0, 10**12))).scaleb(-6)
    return exact, str(exact.quantize(Decimal(1).scaleb(-draw(st.integers(0, 5)))))


@given(rounded_numbers())
def test_the_interval_holds_every_number_that_is_printed_so(pair: tuple[Decimal, str]) -> None:
    exact, text = pair
    found = read_printed(text)
    slack = 1e-9 * max(1.0, found.value)
    assert found.low - slack <= float(exact) <= found.high + slack
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("141.1", 141.05, 141.15),
        ("141.10", 141.095, 141.105),
        ("2117", 2116.5, 2117.5),
        ("2.48e16", 2.475e16, 2.485e16),
        ("3E-06", 2.5e-6, 3.5e-6),
        ("0", 0.0, 0.5),
        ("-0.5", -0.55, -0.45),
    ],
)
def test_half_of_the_last_digit_is_open(text: str, low: float, high: float) -> None:
    found = read_printed(text)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_a_unit_scales_value_and_interval() -> None:
    found = read_printed("1.5", factor=3600.0)
    assert (found.low, found.value, found.high, found.step) == pytest.approx(
        (5220.0, 5400.0, 5580.0, 360.0)
    )


def test_a_count_is_exact() -> None:
    found = read_printed("2500", is_exact=True)
    assert (found.low, found.value, found.high, found.step) == (2500.0, 2500.0, 2500.0, 0.0)


@pytest.mark.parametrize("text", ["", "x", "1,5", "nan", "inf", "1_000", "5 W", "1e999"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_printed(text)


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [("00:35:17", 2117.0, 0.5), ("13:06:59", 47219.0, 0.5), ("100:00:00.5", 360000.5, 0.05)],
)
def test_hours_minutes_seconds(text: str, value: float, half: float) -> None:
    found = read_clock(text)
    assert is_clock(text)
    assert (found.value, found.high - found.value) == pytest.approx((value, half))


@pytest.mark.parametrize("text", ["35:17", "1:75:00", "2117", "-01:00:00"])
def test_other_texts_are_no_clock(text: str) -> None:
    assert not is_clock(text)
    with pytest.raises(ValueError, match="hh:mm:ss"):
        read_clock(text)


@pytest.mark.parametrize("text", ["0e999", "0e400"])
def test_a_last_digit_beyond_all_numbers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a finite number"):
        read_printed(text)
