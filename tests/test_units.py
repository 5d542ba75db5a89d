import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.units import (
    J_PER_KWH,
    J_PER_WH,
    S_PER_H,
    Scale,
    format_bytes,
    format_count,
    format_duration,
    format_si,
    scale_bytes,
    scale_count,
    scale_duration,
    scale_energy,
    scale_si,
)


def test_the_constants_are_exact() -> None:
    assert (J_PER_WH, J_PER_KWH, S_PER_H) == (3600.0, 3600.0 * 1000, 3600.0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 J"),
        (1.0, "1 J"),
        (-2500.0, "-2.5 kJ"),
        (0.00219, "2.19 mJ"),
        (3.2e-5, "32 µJ"),
        (4e-9, "4 nJ"),
        (5e-12, "5 pJ"),
        (999.4, "999 J"),
        (999.6, "1 kJ"),
        (123456.0, "123 kJ"),
        (3.14e23, "314 ZJ"),
        (math.inf, "∞ J"),
        (-math.inf, "-∞ J"),
        (math.nan, "nan J"),
    ],
)
def test_a_value_gets_the_prefix_that_leaves_one_to_three_digits(value: float, text: str) -> None:
    assert format_si(value, "J") == text


def test_a_value_below_every_prefix_is_not_rounded_to_zero() -> None:
    assert format_si(1e-15, "J") == "1e-15 J"


def test_a_bare_count_has_no_trailing_blank() -> None:
    assert format_si(12.0, "") == "12"


@given(st.floats(min_value=1e-12, max_value=9e26))
def test_the_text_is_the_value_within_half_a_digit(value: float) -> None:
    factors = {"Y": 1e24, "Z": 1e21, "E": 1e18, "P": 1e15, "T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3}
    factors |= {"": 1.0, "m": 1e-3, "µ": 1e-6, "n": 1e-9, "p": 1e-12}
    number, unit = format_si(value, "J").split(" ")
    assert float(number) * factors[unit.removesuffix("J")] == pytest.approx(value, rel=5.1e-3)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.5, "0.5"),
        (950, "950"),
        (999.9, "1,000"),
        (12345, "12,300"),
        (1.27e8, "127 million"),
        (999_999_600, "1 billion"),
        (-2e9, "-2 billion"),
        (3e12, "3 trillion"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
    ],
)
def test_a_count_is_said_the_way_people_say_it(value: float, text: str) -> None:
    assert format_count(value) == text


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [
        (0.25, "250 ms"),
        (59.0, "59 s"),
        (60.0, "00:01:00"),
        (2117, "00:35:17"),
        (360000, "100:00:00"),
        (math.inf, "∞ s"),
        (math.nan, "nan s"),
    ],
)
def test_a_duration_is_a_clock_from_one_minute_on(duration_s: float, text: str) -> None:
    assert format_duration(duration_s) == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(512, "0.5 KiB"), (2**20, "1.0 MiB"), (90868376, "86.7 MiB"), (3 * 2**30, "3.00 GiB")],
)
def test_a_size_is_in_powers_of_1024(size_bytes: float, text: str) -> None:
    assert format_bytes(size_bytes) == text


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        (scale_si(0.00219, "J"), Scale(1e-3, "mJ")),
        (scale_si(999.6, "J"), Scale(1e3, "kJ")),
        (scale_si(0.0, "J"), Scale(1.0, "J")),
        (scale_si(math.inf, "J"), Scale(1.0, "J")),
        (scale_duration(0.0072), Scale(1e-3, "ms")),
        (scale_duration(1497), Scale(60.0, "min")),
        (scale_duration(20_000), Scale(3600.0, "h")),
        (scale_duration(4 * 86400), Scale(86400.0, "days")),
        (scale_duration(math.inf), Scale(1.0, "s")),
        (scale_energy(3599.0), Scale(1e3, "kJ")),
        (scale_energy(507_960.0), Scale(3600.0, "Wh")),
        (scale_energy(math.inf), Scale(1.0, "J")),
        (scale_bytes(90_868_376), Scale(2.0**20, "MiB")),
        (scale_bytes(3 * 2**30), Scale(2.0**30, "GiB")),
        (scale_bytes(math.inf), Scale(2.0**20, "MiB")),
        (scale_count(999_600), Scale(1e6, "million")),
        (scale_count(950), Scale(1.0, "")),
        (scale_count(math.inf), Scale(1.0, "")),
    ],
)
def test_the_numbers_of_one_axis_share_a_scale(scale: Scale, expected: Scale) -> None:
    assert scale == expected
