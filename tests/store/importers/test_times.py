from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import SettingsError
from breakeven.store.importers.times import parse_times, parse_zone

NOON_S = 1_777_896_000.0
"""2026-05-04 12:00 UTC."""


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("2026-05-04T12:00:00Z", "time"),
        ("2026-05-04 14:00:00+02:00", "time"),
        ("2026/05/04 12:00:00.000+00:00", "timestamp"),
        ("1777896000", "timestamp"),
        ("1777896000.000", "t_s"),
        ("1777896000000", "epoch_ms"),
    ],
)
def test_one_instant_in_every_form(text: str, header: str) -> None:
    found = parse_times([text, text], header=header)
    assert (found.times_s[0], found.is_elapsed) == (NOON_S, False)


def test_small_numbers_are_elapsed_seconds_or_milliseconds() -> None:
    assert parse_times(["0.5", "1.5"], header="t_s").times_s == (0.5, 1.5)
    found = parse_times(["500", "1500"], header="elapsed_ms")
    assert (found.times_s, found.is_elapsed) == ((0.5, 1.5), True)


def test_local_times_take_the_zone_that_was_said_summer_time_included() -> None:
    zone = parse_zone("Europe/Berlin")
    found = parse_times(["2026-05-04 14:00:00", "2026-01-04 13:00:00"], header="Date", zone=zone)
    assert found.times_s == (NOON_S, NOON_S - 120 * 86400)


@pytest.mark.parametrize("text", ["2026-10-25 02:30:00", "2026-03-29 02:30:00"])
def test_a_time_of_day_that_was_there_twice_or_never_is_refused(text: str) -> None:
    zone = parse_zone("Europe/Berlin")
    with pytest.raises(ValueError, match=r"row 1: the clocks of Europe/Berlin showed .* twice or"):
        parse_times(["2026-01-04 13:00:00", text], header="Date", zone=zone)
    assert parse_times([text], header="Date", zone=parse_zone("+01:00")).times_s[0] > 0


def test_a_zone_in_the_text_wins_over_the_one_that_was_said() -> None:
    found = parse_times(["2026-05-04T12:00:00Z"], header="time", zone=parse_zone("+05:00"))
    assert found.times_s == (NOON_S,)


def test_the_resolution_is_the_last_written_digit() -> None:
    assert parse_times(["1777896000.25"], header="t").resolution_s == 0.01
    assert parse_times(["2026-05-04T12:00:00Z"], header="t").resolution_s == 1.0
    assert parse_times(["2026-05-04 12:00+00:00"], header="t").resolution_s == 60.0
    assert parse_times(["2026-05-04T12:00:00.5+00:00"], header="t").resolution_s == 1e-3


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["2026-05-04 14:00"], r"row 0: .* names no zone; write \+00:00 or Z"),
        (["05/04/2026 12:00"], "row 0: time '05/04/2026 12:00' cannot be read"),
        (["yesterday"], "row 0: time 'yesterday' cannot be read"),
        (["1777896000", "noon"], "row 1: time 'noon' is no number"),
        (["99999999999"], "neither seconds nor milliseconds since 1970"),
        ([], "there is no time"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_row(texts: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_times(texts, header="time")


def test_zones_by_name_and_by_offset() -> None:
    assert parse_zone("utc") is UTC
    assert parse_zone("-03:30") == timezone(-timedelta(hours=3, minutes=30))


@pytest.mark.parametrize("text", ["Mars/Olympus", "+25:00", "+x", "../etc/passwd"])
def test_an_unknown_zone_is_refused_with_advice(text: str) -> None:
    with pytest.raises(SettingsError, match="write UTC, an offset"):
        parse_zone(text)


@given(st.floats(min_value=1e9, max_value=4e9))
def test_seconds_and_milliseconds_agree(time_s: float) -> None:
    seconds = parse_times([repr(time_s)], header="t")
    milliseconds = parse_times([repr(time_s * 1000)], header="t")
    assert milliseconds.times_s[0] == pytest.approx(seconds.times_s[0])
