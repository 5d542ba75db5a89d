"""Rows that had to wait for a processor."""

from dataclasses import replace

import pytest

from breakeven.analysis.caveats import run_notes
from breakeven.analysis.energy.load import busy_machine, is_busy
from breakeven.analysis.overview import analyse
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Note,
    NoteCode,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scalar,
    Settings,
    Stage,
    Status,
)
from breakeven.testing.runs import example_runs


def phase(
    cpu_s: float | None, wall_s: float, name: PhaseName = PhaseName.WORK, memory: float = 0.0
) -> Phase:
    seen = {Resource.DURATION_S: wall_s, Resource.CPU_S: cpu_s}
    costs = [
        Cost.exact(resource, value, kind=Kind.MEASURED, sensor="made up")
        for resource, value in (*seen.items(), (Resource.PEAK_DEVICE_MEMORY_BYTES, memory))
        if value is not None
    ]
    return Phase(
        name=name,
        measurement=Measurement(started_at="", duration_s=wall_s, costs=tuple(costs)),
    )


def run(row: str, *phases: Phase, stage: Stage = Stage.FINETUNE, **settings: Scalar) -> Run:
    return Run(
        run_id=row,
        row=row,
        stage=stage,
        status=Status.OK,
        started_at="",
        settings=Settings(resolved={"threads": 1, **settings}),
        phases=phases,
    )


def test_a_row_that_waited_is_named_with_its_share_the_worst_first() -> None:
    """14.7 CPU s in 123 s of wall clock."""
    slow, slower = run("ts", phase(7.0, 10.0)), run("ft", phase(14.7, 123.0))
    (note,) = busy_machine([slow, slower, run("ta", phase(9.9, 10.0))])

    assert note.code is NoteCode.BUSY_MACHINE
    assert note.message.startswith("ft (0.12), ts (0.70) got less than 0.8 CPU s")
    assert "CPU seconds rise under load too" in note.advice


def test_memory_of_a_whole_card_does_not_make_a_row_one_of_a_gpu() -> None:
    """A card that others use, or none, holds memory all the same."""
    waited = run("a", phase(1.0, 10.0, memory=1e9))
    (work,) = waited.phases
    costs = tuple(replace(c, sensor="nvml-card-memory") for c in work.measurement.costs)
    seen = replace(work, measurement=replace(work.measurement, costs=costs))

    assert len(busy_machine([replace(waited, phases=(seen,))])) == 1


def test_a_run_is_busy_by_a_note_of_its_windows_or_by_its_share() -> None:
    quiet, waited = run("a", phase(9.9, 10.0)), run("b", phase(1.0, 10.0))
    (work,) = quiet.phases
    noted = replace(
        work,
        measurement=replace(
            work.measurement,
            notes=(Note(code=NoteCode.BUSY_MACHINE, message="others", advice="wait"),),
        ),
    )

    assert [is_busy(r) for r in (quiet, waited, replace(quiet, phases=(noted,)))] == [
        False,
        True,
        True,
    ]


def test_many_rows_are_counted_after_the_worst() -> None:
    (note,) = busy_machine([run(f"r{i}", phase(1.0 + i, 10.0)) for i in range(7)])

    assert "r4 (0.50) and 2 rows more got" in note.message


@pytest.mark.parametrize(
    "quiet",
    [
        pytest.param(run("a", phase(8.0, 10.0)), id="busy enough"),
        pytest.param(run("a", phase(0.1, 0.9)), id="too short to tell"),
        pytest.param(run("a", phase(None, 10.0)), id="CPU not seen"),
        pytest.param(run("a"), id="no work phase"),
        pytest.param(
            run("a", phase(0.0, 10.0, PhaseName.IDLE), phase(9.0, 9.0)), id="idling is meant"
        ),
        pytest.param(run("a", phase(1.0, 10.0), stage=Stage.COMMAND), id="a command may sleep"),
        pytest.param(run("a", phase(1.0, 10.0), stage=Stage.SERVE), id="a service waits"),
        pytest.param(run("a", phase(1.0, 10.0), device="cuda"), id="waits for its GPU"),
        pytest.param(run("a", phase(1.0, 10.0, memory=1e9)), id="used a GPU"),
        pytest.param(replace(run("a", phase(1.0, 10.0)), joined="MINE"), id="joined by hand"),
        pytest.param(replace(run("a", phase(1.0, 10.0)), status=Status.FAILED), id="failed"),
        pytest.param(replace(run("a", phase(1.0, 10.0)), settings=Settings()), id="threads unsaid"),
    ],
)
def test_nothing_is_said_of(quiet: Run) -> None:
    assert busy_machine([quiet]) == ()


def disturbed(code: NoteCode) -> Run:
    note = Note(code=code, message="others used 7 CPU s.", advice="Stop them.")
    waited = phase(1.0, 10.0)
    return run("ft", replace(waited, measurement=replace(waited.measurement, notes=(note,))))


@pytest.mark.parametrize(
    "code", [NoteCode.BUSY_MACHINE, NoteCode.CPU_STOLEN, NoteCode.LIMITED], ids=str
)
def test_a_row_whose_window_tells_what_took_the_processor_is_told_once(code: NoteCode) -> None:
    assert busy_machine([disturbed(code)]) == ()
    (note,) = run_notes([disturbed(code)])
    assert note.message == "ft: others used 7 CPU s."


def test_another_doubt_of_the_window_does_not_hide_that_it_waited() -> None:
    assert len(busy_machine([disturbed(NoteCode.SHORT_WINDOW)])) == 1


def test_the_report_carries_the_note() -> None:
    definition, runs = example_runs()
    loaded = tuple(
        replace(r, settings=Settings(resolved={"threads": 1}), phases=(phase(14.7, 123.0),))
        if r.row == "ft"
        else r
        for r in runs
    )
    codes = [[n.code for n in analyse(definition, rs).notes] for rs in (runs, loaded)]

    assert [NoteCode.BUSY_MACHINE in found for found in codes] == [False, True]
