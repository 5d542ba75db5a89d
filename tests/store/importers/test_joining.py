"""A wall log meets runs: joules as they were, clocks found or asked for, doubts said."""

from dataclasses import replace

import pytest
from tests.store.importers.made_up import EPOCH_S, IDLE_W, WORK_W, MakeLog, MakeRun, cost, stamp

from breakeven.errors import DataFileError
from breakeven.formulas.alignment import Offset
from breakeven.formulas.hygiene import Limits
from breakeven.records import NoteCode, Origin, Resource, Run, Scope
from breakeven.store.importers import LogFormat, read_power_log
from breakeven.store.importers.joining import Joined, Joining, join_log

EXACT = Offset(value_s=0.0, low_s=0.0, high_s=0.0)


def joining(offset: Offset | None = EXACT, **fields: object) -> Joining:
    known: dict[str, object] = {"scope": Scope.WALL, "imported_at": stamp(500.0)}
    return Joining(offset=offset, **(known | fields))  # type: ignore[arg-type]  # any field


@pytest.fixture
def three(run_at: MakeRun) -> list[Run]:
    return [
        run_at("a", (20.0, 10.0), costs=[cost(Resource.CPU_S, 9.0)]),
        run_at("b", (45.0, 20.0), costs=[cost(Resource.CPU_S, 19.0)]),
        run_at("c", (80.0, 5.0), costs=[cost(Resource.CPU_S, 5.0)]),
    ]


def values(joined: Joined) -> list[float]:
    return [c.value for phase in joined.attachment.phases for c in phase.costs]


def codes(joined: Joined) -> set[NoteCode]:
    return {note.code for phase in joined.attachment.phases for note in phase.notes}


@pytest.mark.parametrize("offset_s", [0.0, 33.25, -8.5])
def test_the_offset_is_found_and_the_joules_are_right(
    three: list[Run], wall_log: MakeLog, offset_s: float
) -> None:
    joined = join_log(read_power_log(wall_log(three, offset_s=offset_s)), three, joining(None))
    found = joined.offset
    assert found.is_estimated
    assert found.low_s <= offset_s <= found.high_s
    assert found.value_s == pytest.approx(offset_s, abs=0.5)
    costs = [c for phase in joined.attachment.phases for c in phase.costs]
    for got, duration_s in zip(costs, (10.0, 20.0, 5.0), strict=True):
        assert got.low <= WORK_W * duration_s <= got.high
        assert got.value == pytest.approx(WORK_W * duration_s, rel=0.1)


def test_what_a_cost_from_a_log_says_of_itself(three: list[Run], wall_log: MakeLog) -> None:
    joined = join_log(read_power_log(wall_log(three)), three, joining())
    (phase, *_) = joined.attachment.phases
    (got,) = phase.costs
    assert (got.channel, got.sensor, got.origin) == ("wall", "log wall.csv", Origin.LOGGED)
    assert (got.scope, got.kind, got.period_s) == (Scope.WALL, "measured", 0.5)
    assert got.not_covered == "what is plugged in elsewhere; all that hangs on the plug is in"
    assert phase.started_at == three[0].phases[0].measurement.started_at


def test_a_clock_that_is_known_badly_widens_the_interval(
    three: list[Run], wall_log: MakeLog
) -> None:
    log = read_power_log(wall_log(three))
    vague = Offset(value_s=0.0, low_s=-3.0, high_s=3.0)
    (sure, *_), (unsure, *_) = (
        [c for p in join_log(log, three, joining(o)).attachment.phases for c in p.costs]
        for o in (EXACT, vague)
    )
    assert sure.value == unsure.value
    assert unsure.low <= sure.low - 2.5 * (WORK_W - IDLE_W)
    assert sure.high <= unsure.high


def test_runs_that_overlap_each_have_the_whole_and_say_so(
    run_at: MakeRun, wall_log: MakeLog
) -> None:
    runs = [run_at("a", (20.0, 20.0)), run_at("b", (30.0, 20.0)), run_at("c", (50.0, 5.0))]
    phases = join_log(read_power_log(wall_log(runs)), runs, joining()).attachment.phases
    said = [[n.message for n in p.notes if n.code == "runs-overlapped"] for p in phases]
    assert ["row of b (b)" in text for text in said[0]] == [True]
    assert ["row of a (a); wall.csv shows them together" in text for text in said[1]] == [True]
    assert said[2] == []


@pytest.mark.parametrize(("told_j", "n_notes"), [(2 * WORK_W * 20.0, 1), (WORK_W * 20.0, 0)])
def test_a_log_that_checks_a_channel_and_disagrees_says_so(
    run_at: MakeRun, wall_log: MakeLog, told_j: float, n_notes: int
) -> None:
    plug = replace(cost(Resource.ENERGY_J, told_j, channel="plug"), scope=Scope.WALL)
    runs = [run_at("a", (20.0, 20.0), costs=[plug])]
    (phase,) = join_log(
        read_power_log(wall_log(runs)), runs, joining(check_of="plug")
    ).attachment.phases
    found = [n for n in phase.notes if n.code is NoteCode.SENSORS_DISAGREE]
    assert len(found) == n_notes


def test_a_phase_of_which_the_log_saw_less_than_half_stays_as_it_is(
    run_at: MakeRun, wall_log: MakeLog
) -> None:
    seen = [run_at("a", (20.0, 10.0))]
    log = read_power_log(wall_log(seen))
    inside_s = log.end_s - EPOCH_S
    runs = [*seen, run_at("late", (inside_s - 8.0, 20.0)), run_at("half", (inside_s - 10.0, 19.5))]
    joined = join_log(log, runs, joining())
    assert joined.attachment.run_ids == ("a", "half")
    assert joined.n_unseen == 1


def test_the_meters_own_error_widens_both_ways(three: list[Run], wall_log: MakeLog) -> None:
    log = read_power_log(wall_log(three))
    plain, wide = (
        join_log(log, three, joining(relative_error=e)).attachment.phases[1].costs[0]
        for e in (0.0, 0.02)
    )
    assert wide.high - plain.high == pytest.approx(0.02 * plain.value)
    assert plain.low - wide.low == pytest.approx(0.02 * plain.value)


def test_a_flat_log_asks_for_the_offset(three: list[Run], wall_log: MakeLog) -> None:
    log = read_power_log(wall_log([]))
    with pytest.raises(DataFileError, match=r"cannot be told: the log's power hardly.*--offset-s"):
        join_log(log, three, joining(None))
    assert values(join_log(log, three, joining())) == pytest.approx([500.0, 1000.0, 250.0])


def test_one_phase_alone_asks_for_the_offset(three: list[Run], wall_log: MakeLog) -> None:
    log = read_power_log(wall_log(three[:1]))
    with pytest.raises(DataFileError, match="one stretch of work alone"):
        join_log(log, three[:1], joining(None))


def test_a_log_that_ends_within_a_run_says_how_much_it_saw(
    three: list[Run], wall_log: MakeLog
) -> None:
    log = read_power_log(wall_log(three, span_s=(0.0, 55.5)))
    joined = join_log(log, three, joining())
    cut = joined.attachment.phases[1].costs[0]
    assert cut.coverage_frac == pytest.approx(0.5)
    assert cut.value == pytest.approx(10 * WORK_W, rel=0.05)
    assert cut.high >= 20 * WORK_W
    assert joined.n_unseen == 1
    assert NoteCode.PARTIAL_COVERAGE in codes(joined)


def test_few_samples_in_a_phase_are_said(run_at: MakeRun, wall_log: MakeLog) -> None:
    runs = [run_at("a", (20.0, 2.0))]
    assert NoteCode.SHORT_WINDOW in codes(join_log(read_power_log(wall_log(runs)), runs, joining()))


def test_a_log_of_another_day_is_refused_with_both_times(
    three: list[Run], wall_log: MakeLog
) -> None:
    log = read_power_log(wall_log(three, offset_s=86400.0))
    for how in (joining(), joining(None)):
        with pytest.raises(
            DataFileError,
            match=r"they do not meet, or not by half of any phase\. Check the log's zone",
        ):
            join_log(log, three, how)


def test_a_store_without_runs_is_refused(three: list[Run], wall_log: MakeLog) -> None:
    with pytest.raises(DataFileError, match="no runs in the store"):
        join_log(read_power_log(wall_log(three)), [], joining())


def test_a_mended_sample_is_named_with_its_line(three: list[Run], wall_log: MakeLog) -> None:
    path = wall_log(three)
    lines = path.read_text().splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith(stamp(25.0)))
    lines[place] = f"{stamp(25.0)},{WORK_W - 262144 / 0.5}"
    path.write_text("\n".join(lines))
    log = read_power_log(path, form=LogFormat(limits=Limits(range_j=262144.0)))
    joined = join_log(log, three, joining())
    notes = {
        p.run_id: [n for n in p.notes if n.code is NoteCode.SPOILED_SAMPLE]
        for p in joined.attachment.phases
    }
    assert [len(found) for found in notes.values()] == [1, 0, 0]
    assert f"wall.csv:{place + 1}: wall showed -524138 W" in notes["a"][0].message
    assert "it was taken for 150 W" in notes["a"][0].message
    assert values(joined)[0] == pytest.approx(10 * WORK_W, rel=0.05)


def test_an_unmended_sample_is_left_out_and_lowers_the_coverage(
    three: list[Run], wall_log: MakeLog
) -> None:
    path = wall_log(three)
    path.write_text(path.read_text().replace(f"{stamp(25.0)},150.0", f"{stamp(25.0)},-7.0"))
    joined = join_log(read_power_log(path), three, joining())
    assert joined.attachment.phases[0].costs[0].coverage_frac == pytest.approx(0.9)
    assert {NoteCode.SPOILED_SAMPLE, NoteCode.PARTIAL_COVERAGE} <= codes(joined)


def test_software_power_in_the_phases_guides_the_search(run_at: MakeRun, wall_log: MakeLog) -> None:
    """The idle phase inside the run is idle at the wall as well."""
    runs = [
        run_at(f"r{i}", (start_s, 6.0), costs=[cost(Resource.ENERGY_J, 600.0)])
        for i, start_s in enumerate((10.0, 30.0, 44.0))
    ]
    joined = join_log(read_power_log(wall_log(runs, offset_s=2.0)), runs, joining(None))
    assert joined.offset.value_s == pytest.approx(2.0, abs=0.3)


def test_manual_readings_of_a_kill_a_watt_bound_a_run_by_their_steps(
    run_at: MakeRun, tmp_path: object
) -> None:
    from pathlib import Path  # noqa: PLC0415 - one use

    path = Path(str(tmp_path)) / "killawatt.csv"
    readings = ((0.0, "1.00"), (3600.0, "1.25"), (7200.0, "1.27"))
    path.write_text(
        "time,wall_kWh\n" + "\n".join(f"{EPOCH_S + t:.0f},{kwh}" for t, kwh in readings)
    )
    runs = [run_at("long", (60.0, 3480.0))]
    (phase,) = join_log(read_power_log(path), runs, joining()).attachment.phases
    (got,) = phase.costs
    assert got.value == pytest.approx(0.25 * 3.6e6 * 3480 / 3600)
    assert (got.low, got.high) == pytest.approx((0.0, 0.26 * 3.6e6))
    assert got.resolution == pytest.approx(36e3)
