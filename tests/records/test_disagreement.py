"""Two sensors on one thing: a disagreement is a note, and never a false alarm."""

from breakeven.records import Cost, Kind, NoteCode, Resource
from breakeven.records.disagreement import disagreements


def cost(
    value: float,
    *,
    spread: float = 1.0,
    channel: str = "GPU-a",
    check_of: str | None = None,
    period_s: float | None = 0.1,
) -> Cost:
    return Cost(
        resource=Resource.ENERGY_J,
        value=value,
        low=value - spread,
        high=value + spread,
        kind=Kind.MEASURED,
        channel=channel,
        sensor="counter" if check_of is None else "power",
        check_of=check_of,
        period_s=period_s,
    )


def check(value: float, *, period_s: float | None = 0.1) -> Cost:
    return cost(value, channel="GPU-a power", check_of="GPU-a", period_s=period_s)


def test_intervals_that_do_not_meet_are_a_note_that_names_both() -> None:
    (note,) = disagreements([cost(187.0), check(327.0)], duration_s=5.0)
    assert note.code is NoteCode.SENSORS_DISAGREE
    assert "counter counted 187 (186 to 188)" in note.message
    assert "power 327 (326 to 328)" in note.message


def test_a_counter_above_its_check_is_one_too() -> None:
    assert len(disagreements([cost(327.0), check(187.0)], duration_s=5.0)) == 1


def test_intervals_that_touch_agree() -> None:
    assert disagreements([cost(100.0), check(102.0)], duration_s=5.0) == []


def test_a_window_shorter_than_ten_updates_of_either_decides_nothing() -> None:
    assert disagreements([cost(187.0), check(327.0)], duration_s=0.9) == []
    assert disagreements([cost(187.0), check(327.0, period_s=1.0)], duration_s=5.0) == []


def test_sensors_that_are_fresh_at_every_read_are_compared_in_any_window() -> None:
    pair = [cost(187.0, period_s=None), check(327.0, period_s=None)]
    assert len(disagreements(pair, duration_s=0.1)) == 1


def test_a_check_of_what_is_absent_says_nothing() -> None:
    assert disagreements([check(327.0)], duration_s=5.0) == []
