"""`metered`: however a loop over batches ends, it is a stored run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import breakeven
from breakeven.integrations import Metered, metered
from breakeven.meters import MeterBank
from breakeven.meters.journal import read_journal
from breakeven.records import NoteCode, Run, Stage, Status, Volume
from breakeven.store import Store
from breakeven.store.codec import decode_run
from breakeven.testing import ScriptedMeter

BATCHES = [np.zeros((4, 2)), np.zeros((4, 2)), np.zeros((1, 2))]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as opened:
        yield opened


def loop(
    store: Store, *, n_batches: int | None = None, count: Callable[[object], Volume] | None = None
) -> Metered[object]:
    return metered(
        BATCHES, "train", store=store, meters=["host"], n_batches=n_batches, count=count, lr=0.1
    )


def only(store: Store) -> Run:
    (run,) = store.runs()
    return run


def codes(run: Run) -> list[NoteCode]:
    return [note.code for note in run.notes]


def test_a_loop_to_the_end_is_a_run_with_its_volume(store: Store) -> None:
    batches = loop(store)
    assert len(batches) == 3
    assert [len(batch) for batch in batches] == [4, 4, 1]  # type: ignore[arg-type]
    run = only(store)
    assert (run.row, run.status, run.output) == (
        "train",
        Status.OK,
        Volume(n_examples=9, n_batches=3),
    )
    assert (run.settings.passed, codes(run), batches.run) == ({"lr": 0.1}, [], run)


def test_every_loop_is_a_run_of_its_own(store: Store) -> None:
    batches = loop(store)
    assert batches.run is None
    assert len([*batches, *batches]) == 6
    assert [run.status for run in store.runs()] == [Status.OK, Status.OK]


def test_a_break_keeps_the_cost_and_says_what_is_not_known(store: Store) -> None:
    for _ in loop(store):
        break
    run = only(store)
    assert (run.status, run.output.n_batches) == (Status.INTERRUPTED, 1)
    assert codes(run) == [NoteCode.LEFT_EARLY]
    assert "left after 1 batch, before" in run.notes[0].message


def test_an_exception_in_the_loop_keeps_the_cost(store: Store) -> None:
    def train() -> None:
        for number, _ in enumerate(loop(store)):
            if number == 1:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        train()
    assert (only(store).status, only(store).output.n_batches) == (Status.INTERRUPTED, 2)


def test_an_exception_of_the_loader_is_a_failure(store: Store) -> None:
    def broken() -> Iterator[list[int]]:
        yield [1]
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        list(metered(broken(), "train", store=store, meters=["host"]))
    assert only(store).status is Status.FAILED
    assert "disk gone" in str(only(store).error)


def test_in_a_block_a_break_is_an_end_and_loops_are_one_run(store: Store) -> None:
    with loop(store) as batches:
        for _ in batches:
            break
        for _ in batches:
            pass
    assert (only(store).status, only(store).output.n_batches) == (Status.OK, 4)
    assert codes(only(store)) == []
    assert batches.run == only(store)


def test_in_a_block_an_exception_is_a_failure(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), loop(store):
        raise ZeroDivisionError
    assert only(store).status is Status.FAILED


def test_a_loop_may_be_cut_short_on_purpose(store: Store) -> None:
    drawn: list[int] = []

    def endless() -> Iterator[list[int]]:
        while True:
            drawn.append(1)
            yield [1, 2]

    batches = metered(endless(), "train", store=store, meters=["host"], n_batches=2)
    assert len(list(batches)) == len(drawn) == 2
    assert (only(store).status, only(store).output.n_examples) == (Status.OK, 4)
    with pytest.raises(TypeError, match="generator does not know how many"):
        len(batches)
    assert len(loop(store, n_batches=2)) == 2


def test_the_caller_may_say_what_a_batch_holds(store: Store) -> None:
    list(loop(store, count=lambda batch: Volume(n_examples=10)))
    assert only(store).output == Volume(n_examples=30)


def test_what_cannot_be_counted_is_said(store: Store) -> None:
    list(metered([1, 2], "train", store=store, meters=["host"]))
    assert only(store).output == Volume(n_batches=2)
    assert codes(only(store)) == [NoteCode.VOLUME_UNKNOWN]


def test_the_volume_so_far_is_in_the_journal(store: Store) -> None:
    with loop(store) as batches:
        next(iter(batches))
        assert batches.recorder is not None
        batches.recorder._tick()
        (path,) = store.journals()
        lines = read_journal(path)
    assert lines is not None
    assert decode_run(lines[1]).output == Volume(n_examples=4, n_batches=1)


def test_scores_and_windows_can_be_added_while_it_runs(store: Store) -> None:
    batches = loop(store)
    for _ in batches:
        assert batches.recorder is not None
        with batches.recorder.window("forward"):
            pass
    assert [(w.name, w.n_times) for w in only(store).windows] == [("forward", 3)]


def test_device_work_is_waited_for(store: Store) -> None:
    events: list[str] = []
    meter = ScriptedMeter([{"gpu0": 0.0}, {"gpu0": 1.0}], on_read=lambda: events.append("read"))
    batches = metered(
        [[1]],
        "train",
        store=store,
        meters=MeterBank([meter]),
        stage=Stage.FINETUNE,
        synchronize=lambda: events.append("sync"),
    )
    events.extend("work" for _ in batches)
    assert events == ["sync", "read", "work", "sync", "read"]


def test_it_is_offered_at_the_top() -> None:
    assert breakeven.metered is metered
