import math
from dataclasses import replace

import pytest

from breakeven.records import Cost, Kind, Measurement, Note, NoteCode, Resource, Scope


def joules(
    channel: str, value: float, *, part_of: str | None = None, kind: Kind = Kind.MEASURED
) -> Cost:
    return Cost(
        resource=Resource.ENERGY_J,
        value=value,
        low=value,
        high=value,
        kind=kind,
        channel=channel,
        sensor="rapl",
        part_of=part_of,
    )


def window(*costs: Cost) -> Measurement:
    return Measurement(started_at="2026-01-01T00:00:00Z", duration_s=1.0, costs=costs)


def total_j(measurement: Measurement, kind: Kind = Kind.MEASURED) -> float | None:
    total = measurement.total(Resource.ENERGY_J, kind)
    return None if total is None else total.value


def test_channels_that_stand_side_by_side_add_up() -> None:
    assert total_j(window(joules("package-0", 10.0), joules("package-1", 5.0))) == 15.0


def test_a_channel_inside_another_is_not_added_to_it() -> None:
    seen = window(
        joules("psys", 30.0),
        joules("package-0", 10.0, part_of="psys"),
        joules("core-0", 7.0, part_of="package-0"),
        joules("gpu0", 100.0),
    )
    assert total_j(seen) == 130.0


def test_a_part_counts_when_its_whole_was_not_seen() -> None:
    assert total_j(window(joules("core-0", 7.0, part_of="package-0"))) == 7.0


def test_a_modelled_whole_does_not_hide_a_measured_part() -> None:
    seen = window(
        joules("package-0", 10.0, kind=Kind.MODELLED), joules("core-0", 7.0, part_of="package-0")
    )
    assert total_j(seen) == 7.0
    assert total_j(seen, Kind.MODELLED) == 10.0


def test_what_nobody_saw_is_missing_and_not_zero() -> None:
    assert window(joules("package-0", 0.0)).total(Resource.CPU_S) is None
    assert total_j(window(joules("package-0", 0.0))) == 0.0


@pytest.mark.parametrize("bad_s", [-1.0, math.nan, math.inf])
def test_an_impossible_duration_is_refused(bad_s: float) -> None:
    with pytest.raises(ValueError, match="duration_s must be finite and >= 0"):
        Measurement(started_at="2026-01-01T00:00:00Z", duration_s=bad_s)


def scoped(channel: str, value: float, scope: Scope) -> Cost:
    return replace(joules(channel, value), scope=scope)


def test_a_plug_contains_the_supplies_and_every_part() -> None:
    parts = (joules("package-0", 10.0), joules("gpu0", 100.0))
    supplies = (scoped("psu1", 60.0, Scope.SUPPLY), scoped("psu2", 62.0, Scope.SUPPLY))
    assert total_j(window(*parts, *supplies)) == 122.0
    assert total_j(window(*parts, *supplies, scoped("plug", 130.0, Scope.WALL))) == 130.0


@pytest.mark.parametrize(("seen_frac", "total"), [(0.5, 60.0), (0.49, 100.0)])
def test_a_plug_that_saw_little_of_a_window_hides_nothing(seen_frac: float, total: float) -> None:
    plug = replace(scoped("plug", 60.0, Scope.WALL), high=130.0, coverage_frac=seen_frac)
    assert total_j(window(joules("gpu0", 100.0), plug)) == total
    assert total_j(window(plug)) == 60.0


def test_a_scope_of_which_one_channel_saw_little_hides_nothing() -> None:
    cords = (
        scoped("plug1", 60.0, Scope.WALL),
        replace(scoped("plug2", 6.0, Scope.WALL), coverage_frac=0.1),
    )
    assert total_j(window(joules("gpu0", 100.0), *cords)) == 100.0
    assert total_j(window(*cords)) == 66.0


def test_a_sum_reaches_as_far_as_its_narrowest_part() -> None:
    total = scoped("plug", 1.0, Scope.WALL) + joules("gpu0", 1.0)
    assert total.scope is Scope.PART


def stretch(*costs: Cost, notes: tuple[Note, ...] = ()) -> Measurement:
    return Measurement(started_at="", duration_s=2.0, costs=costs, notes=notes)


def test_two_stretches_add_up_channel_by_channel() -> None:
    package = joules("package-0", 5.0)
    core = replace(joules("core", 3.0), part_of="package-0", period_s=0.1)
    both = stretch(package, core).followed_by(stretch(core, package))
    total = both.total(Resource.ENERGY_J)
    assert total is not None
    assert (total.value, both.duration_s) == (10.0, 4.0)
    assert both.costs[1] == replace(core, value=6.0, low=6.0, high=6.0)


def test_a_stretch_that_a_sensor_did_not_see_is_named() -> None:
    gpu = replace(joules("gpu0", 5.0), not_covered="fans")
    (cost,) = stretch(gpu).followed_by(stretch()).followed_by(stretch()).costs
    assert (cost.value, cost.not_covered) == (5.0, "fans; some of the stretches")


def test_what_one_of_two_equal_stretches_has_covers_half() -> None:
    (cost,) = stretch(joules("gpu0", 5.0)).followed_by(stretch()).costs
    assert (cost.low, cost.high, cost.coverage_frac) == (5.0, 10.0, 0.5)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    "whole", [joules("psys", 9.0), replace(joules("plug", 9.0), scope=Scope.WALL)]
)
def test_a_whole_of_one_stretch_does_not_hide_the_parts_of_both(whole: Cost, order: int) -> None:
    part = joules("package-0", 5.0, part_of="psys")
    first, second = (stretch(whole, part), stretch(part))[::order]
    assert total_j(first.followed_by(second)) == 10.0
    assert total_j(first.followed_by(second).followed_by(first)) == 15.0


def test_of_the_doubts_of_many_stretches_one_of_each_code_is_kept() -> None:
    def doubt(text: str) -> Note:
        return Note(code=NoteCode.SHORT_WINDOW, message=text, advice="")

    both = stretch(notes=(doubt("first"),)).followed_by(stretch(notes=(doubt("second"),)))
    assert [note.message for note in both.notes] == ["first"]
