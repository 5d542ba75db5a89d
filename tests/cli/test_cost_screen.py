"""The screen after `breakeven measure`: amounts, shares, idle draw, each doubt once."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.cli.cost_screen import WIDTH, cost_screen
from breakeven.records import (
    Cost,
    IdleReading,
    Kind,
    Machine,
    Measurement,
    Note,
    NoteCode,
    Phase,
    PhaseName,
    Resource,
    Run,
    Stage,
    Status,
)

MIB = 2**20
MACHINE = Machine(
    host="h",
    host_id="1",
    system="Linux",
    cpu_model="x",
    n_cpus=4,
    memory_bytes=1000 * MIB,
    python="3.11",
)
ABSENT = Note(code=NoteCode.METER_UNAVAILABLE, message="rapl: root only.", advice="chmod it.")
ADVICE = "Measure more work at once."
IDLE = IdleReading(
    channel="package-0",
    sensor="rapl",
    power_w=3.6,
    low_w=3.5,
    high_w=3.7,
    duration_s=60.0,
    measured_at="2026-01-02T03:04:05.000+00:00",
)


def cost(resource: Resource, value: float, channel: str, *, doubt: float = 0.0) -> Cost:
    return Cost(
        resource=resource,
        value=value,
        low=value - doubt,
        high=value + doubt,
        kind=Kind.MEASURED,
        channel=channel,
        sensor="rapl" if resource is Resource.ENERGY_J else "proc",
    )


PACKAGE = replace(cost(Resource.ENERGY_J, 100.0, "package-0", doubt=1.0), not_covered="fans")
CORE = replace(cost(Resource.ENERGY_J, 60.0, "core-0"), part_of="package-0")
GPU = cost(Resource.ENERGY_J, 20.0, "gpu0")
HOST = (
    cost(Resource.CPU_S, 20.0, "process_tree"),
    cost(Resource.PEAK_MEMORY_BYTES, 100.0 * MIB, "process_tree"),
    cost(Resource.MEMORY_BYTE_S, 500.0 * MIB, "process_tree"),
)


def screen(
    *costs: Cost,
    run_notes: tuple[Note, ...] = (),
    notes: tuple[Note, ...] = (),
    asked: Collection[Resource] = frozenset(Resource),
) -> str:
    work = Measurement(started_at="", duration_s=10.0, costs=costs, notes=notes)
    run = Run(
        run_id="run-1",
        row="train",
        stage=Stage.COMMAND,
        status=Status.OK,
        started_at="",
        machine=MACHINE,
        phases=(Phase(name=PhaseName.WORK, measurement=work),),
        notes=run_notes,
        idle=(IDLE,),
    )
    return cost_screen(run, exit_code=0, store=Path("store"), asked=asked)


def test_time_utilisation_and_memory_are_shown_with_what_they_are_shares_of() -> None:
    lines = screen(*HOST).splitlines()
    assert lines[:4] == [
        "train: ok, exit code 0",
        "  duration     10 s",
        "  CPU time     20 s, 50% of 4 CPUs",
        "  memory       100.0 MiB at its peak, 50.0 MiB on average, 5% of 1000.0 MiB",
    ]


def test_a_mean_of_few_samples_is_shown_as_its_interval() -> None:
    wide = cost(Resource.MEMORY_BYTE_S, 500.0 * MIB, "process_tree", doubt=400.0 * MIB)
    assert "between 10.0 MiB and 90.0 MiB on average" in screen(wide)


def test_a_mean_of_memory_is_no_more_than_the_peak_was() -> None:
    peak = cost(Resource.PEAK_MEMORY_BYTES, 60.0 * MIB, "process_tree")
    wide = cost(Resource.MEMORY_BYTE_S, 500.0 * MIB, "process_tree", doubt=400.0 * MIB)
    assert "60.0 MiB at its peak, between 10.0 MiB and 60.0 MiB on average" in screen(peak, wide)


def test_a_window_too_short_for_samples_of_memory_has_no_mean() -> None:
    open_down = cost(Resource.MEMORY_BYTE_S, 500.0 * MIB, "process_tree", doubt=500.0 * MIB)
    text = screen(HOST[1], open_down)
    assert "100.0 MiB at its peak, no mean: too short a time for its samples" in text
    assert "on average" not in text


def test_gross_energy_and_energy_above_idle_stand_side_by_side_with_the_reading() -> None:
    text = " ".join(screen(*HOST, PACKAGE).split())
    assert "energy 100 J (package-0, rapl), idle draw included, 99 J to 101 J" in text
    # 100 J less 3.6 W for 10 s.
    assert "64 J of package-0 above idle, 62 J to 66 J: idle is 3.6 W, seen for 60 s on" in text
    assert "leaves out: fans" in text


def test_several_channels_are_summed_and_parts_named_as_parts() -> None:
    text = " ".join(screen(*HOST, PACKAGE, CORE, GPU).split())
    assert "energy 120 J in all, idle draw included, 119 J to 121 J" in text
    assert "60 J (core-0, in package-0, rapl)" in text


def test_an_idle_reading_of_another_sensor_is_not_taken_off() -> None:
    other = replace(PACKAGE, sensor="perf_event")
    assert "above idle" not in screen(*HOST, other)


def test_checks_and_partial_coverage_are_named() -> None:
    check = replace(GPU, channel="gpu0-power", check_of="gpu0", coverage_frac=0.25)
    assert "a check of gpu0, rapl, seen 25% of the time)" in " ".join(screen(GPU, check).split())


def test_without_joules_the_reasons_and_what_was_measured_instead_are_told() -> None:
    text = screen(*HOST, run_notes=(ABSENT,))
    assert text.splitlines()[4:8] == [
        "  energy       not measured: no sensor here counts joules",
        "               rapl: root only.",
        "               `breakeven doctor` tells what would change that.",
        "               Measured instead, of the whole process tree: CPU time, memory.",
    ]


def test_joules_that_another_run_counts_are_not_called_missing() -> None:
    owned = Note(
        code=NoteCode.COUNTED_ELSEWHERE, message="package-0: counted by p0.", advice="Wait."
    )
    text = screen(cost(Resource.CPU_S, 1.0, "process_tree"), run_notes=(owned,))
    assert "another run owns what counts joules" in text
    assert "no sensor here" not in text
    assert "package-0: counted by p0." in text


def test_modelled_joules_are_called_not_measured() -> None:
    model = replace(GPU, kind=Kind.MODELLED, sensor="a formula", low=15.0, high=25.0)
    alone = screen(model)
    assert "no sensor here counts joules (20 J (gpu0, modelled), 15 J to 25 J)" in alone
    assert "a formula" not in alone
    assert "beside that, not measured: 20 J (gpu0, modelled), 15 J" in screen(PACKAGE, model)


def test_sensors_that_are_not_there_take_one_line_where_others_are() -> None:
    text = screen(*HOST, PACKAGE, run_notes=(ABSENT,))
    assert "  note: sensors that are not here: rapl; `breakeven doctor` tells why." in text


def test_each_note_is_told_once_and_shared_advice_after_the_last() -> None:
    short = [Note(code=NoteCode.SHORT_WINDOW, message=f"{c} short.", advice=ADVICE) for c in "ab"]
    text = screen(PACKAGE, run_notes=tuple(short[:1]), notes=tuple(short))
    assert text.count("a short.") == 1
    assert f"  note: a short. b short. {ADVICE}" in text


def test_devices_are_shown_with_their_busy_share() -> None:
    busy = cost(Resource.DEVICE_BUSY_S, 7.0, "gpu0")
    held = cost(Resource.PEAK_DEVICE_MEMORY_BYTES, 50.0 * MIB, "gpu0")
    text = screen(busy, held)
    assert "  device       gpu0 busy for 7 s, 70%\n" in text
    assert "               gpu0 held 50.0 MiB at its peak\n" in text


def test_a_meter_that_did_not_move_shows_what_the_energy_is_below() -> None:
    text = screen(*HOST, replace(PACKAGE, value=0.0, low=0.0, high=36e3))
    assert "energy       below 36 kJ (package-0, rapl), idle draw included\n" in text


def test_what_nothing_saw_is_said_to_be_not_measured() -> None:
    assert "CPU time     not measured" in screen()
    assert "memory       not measured" in screen()


def test_unknown_machines_and_runs_without_a_window_are_shown_all_the_same() -> None:
    run = Run(run_id="run-1", row="x", stage=Stage.COMMAND, status=Status.FAILED, started_at="")
    text = cost_screen(run, exit_code=3, store=Path("s"))
    assert text == "x: failed, exit code 3\n  stored as run-1 in s"
    work = Measurement(started_at="", duration_s=10.0, costs=HOST)
    placed = replace(run, phases=(Phase(name=PhaseName.WORK, measurement=work),))
    assert "CPU time     20 s\n" in cost_screen(placed, exit_code=3, store=Path("s"))


@pytest.mark.parametrize("n_notes", [1, 30])
def test_no_line_is_wider_than_a_terminal(n_notes: int) -> None:
    long = Note(code=NoteCode.SHORT_WINDOW, message="word " * 60 * n_notes, advice=ADVICE)
    lines = screen(*HOST, PACKAGE, CORE, GPU, notes=(long,)).splitlines()
    assert max(len(line) for line in lines) <= WIDTH


def test_what_the_named_meters_do_not_count_was_not_asked_for() -> None:
    text = screen(asked={Resource.CPU_S})
    assert "CPU time     not measured: no sensor saw it" in text
    assert "memory       not measured: not asked for" in text
    assert "energy       not measured: not asked for" in text
    assert "CPU time     not measured: not asked for" in screen(asked={Resource.ENERGY_J})
