"""Progress: what is said of each event, and how long the rest takes."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.cli.progress import Pace, Watcher, describe, watcher
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Stage,
    Status,
)
from breakeven.study.events import Event, EventKind, Known

AT = "2026-01-01T00:00:00+00:00"


def run_of(status: Status) -> Run:
    costs = tuple(
        Cost.exact(resource, value, kind=Kind.MEASURED, sensor="s")
        for resource, value in ((Resource.DURATION_S, 2.0), (Resource.CPU_S, 1.5))
    )
    measurement = Measurement(started_at=AT, duration_s=2.0, costs=costs)
    return Run(
        run_id="r",
        stage=Stage.FINETUNE,
        status=status,
        started_at=AT,
        phases=(Phase(name=PhaseName.WORK, measurement=measurement),),
        scores=(Score(metric="accuracy", value=0.75, split="test", n_examples=4),),
    )


@pytest.mark.parametrize(
    ("event", "left", "text"),
    [
        (Event(kind=EventKind.PLANNED, n_left=3), "", "3 runs to make"),
        (
            Event(kind=EventKind.ENDED, row="ft", run=run_of(Status.OK), n_left=2),
            "5 s left",
            "ft: 2 s, CPU 1.5 s, accuracy 0.750 (test) (2 to go, 5 s left)",
        ),
        (
            Event(
                kind=EventKind.ENDED,
                row="ft",
                block=0,
                run=run_of(Status.FAILED),
                text="ValueError",
            ),
            "",
            "ft block 1: failed, 2 s, CPU 1.5 s, accuracy 0.750 (test): ValueError (0 to go)",
        ),
        (
            Event(kind=EventKind.SKIPPED, row="ts", text="its parent failed"),
            "",
            "ts: skipped, its parent failed",
        ),
        (
            Event(kind=EventKind.WAITING, row="ts"),
            "",
            "ts: another process is running it; waiting",
        ),
        (Event(kind=EventKind.SAID, text="the budget is spent"), "", "the budget is spent"),
        (Event(kind=EventKind.STARTED, row="ft"), "", None),
        (Event(kind=EventKind.PROGRESS, row="ft"), "", None),
        (Event(kind=EventKind.DONE_BEFORE, row="ft"), "", None),
    ],
)
def test_an_event_is_one_line(event: Event, left: str, text: str | None) -> None:
    assert describe(event, left) == text


def test_of_several_scores_the_one_that_decides_is_told() -> None:
    scores = tuple(
        Score(metric=metric, value=value, split="test", n_examples=4)
        for metric, value in (("f1", 0.5), ("accuracy", 0.75), ("macro_f1", 0.6))
    )
    ended = Event(kind=EventKind.ENDED, row="ft", run=replace(run_of(Status.OK), scores=scores))

    assert describe(replace(ended, metric="accuracy"), "") == (
        "ft: 2 s, CPU 1.5 s, accuracy 0.750 (test) (0 to go)"
    )
    assert describe(replace(ended, metric="answer_f1"), "") == (
        "ft: 2 s, CPU 1.5 s, f1 0.500 (test) (0 to go)"
    )


def seconds(*times: float) -> Iterator[float]:
    yield from times


def test_development_and_blocks_have_a_pace_of_their_own() -> None:
    clock = seconds(0.0, 10.0, 30.0, 31.0)
    pace = Pace(lambda: next(clock))
    assert pace.left(5, n_in_blocks=3) == ""
    pace.ended(is_in_block=False)
    pace.ended(is_in_block=False)
    assert pace.left(5, n_in_blocks=3) == "about 00:00:30 left"  # a pace is no lower bound
    pace.ended(is_in_block=True)
    assert pace.left(5, n_in_blocks=3) == "about 00:00:33 left"
    assert pace.left(3, n_in_blocks=3) == "about 00:00:03 left"
    assert pace.left(0, n_in_blocks=0) == ""


def test_what_finished_runs_tell_goes_before_the_pace() -> None:
    clock = seconds(0.0, 10.0)
    pace = Pace(lambda: next(clock))
    known = Known(duration_s=30.0, n_runs=3, n_in_blocks=1)
    assert pace.left(3, n_in_blocks=1, known=known) == "about 00:00:30 left"
    partial = pace.left(4, n_in_blocks=2, known=known)
    assert partial == "at least 00:00:30 left"
    pace.ended(is_in_block=False, recorded_s=8.0)  # 2 s pass between two runs
    partial = pace.left(4, n_in_blocks=2, known=known)
    assert partial == "at least 00:00:34 left"


def test_what_is_known_stays_known_until_the_next_run_ends() -> None:
    watch = Watcher(io.StringIO())
    known = Known(duration_s=30.0, n_runs=1)
    assert watch.left(Event(kind=EventKind.PLANNED, n_left=1, known=known)).startswith(
        "about 00:00:30 left"
    )
    assert watch.left(Event(kind=EventKind.STARTED, row="ft", n_left=1)).startswith(
        "about 00:00:30 left"
    )
    assert watch.left(Event(kind=EventKind.ENDED, row="ft", n_left=0)) == ""


def test_plain_lines_where_output_is_piped(tmp_path: Path) -> None:
    stream = io.StringIO()
    with watcher(tmp_path, stream) as watch:
        watch(Event(kind=EventKind.SAID, text="hello"))
        watch(Event(kind=EventKind.PROGRESS, row="ft", done=1, total=2))
        watch(Event(kind=EventKind.ENDED, row="ft", run=run_of(Status.OK)))
    assert type(watch) is Watcher
    assert stream.getvalue().splitlines()[0] == "hello"
    assert len(stream.getvalue().splitlines()) == 2
