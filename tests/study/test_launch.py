"""Two launches on one store: a row that another process runs is waited for, not repeated."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.records import Note, NoteCode, Run, Status
from breakeven.session import find_machine
from breakeven.store import Lease, Store
from breakeven.study.development import develop
from breakeven.study.events import Event, EventKind
from breakeven.study.launch import Launch
from breakeven.study.ledger import Ledger
from breakeven.study.load import load_study
from breakeven.study.spec import Study
from breakeven.study.table import PlannedRun, run_table
from breakeven.testing.toy import TOY


class Elsewhere:
    """Another process that holds the first row and ends it when we sleep."""

    def __init__(self, store: Store, study: Study) -> None:
        facts = TOY.describe_task(study.task)
        self.events: list[Event] = []
        self.store, self.n_sleeps = store, 0
        self.table = [run for run in run_table(study, facts, TOY) if run.block is None][:1]
        self.launch = Launch(
            study=study,
            store=store,
            ledger=Ledger(study=study, data_hash=facts.content_hash),
            machine=find_machine(),
            on_event=self.events.append,
            sleep=self.sleep,
        )
        self.key = self.launch.ledger.key(self.planned) or ""
        self.lease: Lease = store.lease(self.key)
        self.ending: Callable[[Run], Run] = lambda run: run

    @property
    def planned(self) -> PlannedRun:
        return self.table[0]

    def sleep(self, duration_s: float) -> None:
        self.n_sleeps += 1
        if self.n_sleeps == 2:
            run = self.ending(self.launch.orders.skeleton(self.planned, self.key))
            if run.status is not Status.INTERRUPTED:
                self.store.append(run)
            self.lease.release()

    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events if event.kind is not EventKind.PROGRESS]


@pytest.fixture
def elsewhere(toy_study: Study, tmp_path: Path) -> Elsewhere:
    return Elsewhere(Store(tmp_path / "store"), toy_study)


def test_a_row_that_is_finished_elsewhere_is_taken_as_done(elsewhere: Elsewhere) -> None:
    elsewhere.ending = lambda run: replace(run, status=Status.OK, artifacts={"model": "a" * 64})
    develop(elsewhere.launch, elsewhere.table, n_after=0)
    assert elsewhere.kinds() == [EventKind.WAITING, EventKind.DONE_BEFORE]
    assert len(elsewhere.store.runs()) == 1


def test_a_row_that_fails_elsewhere_is_not_tried_again(elsewhere: Elsewhere) -> None:
    elsewhere.ending = lambda run: replace(run, status=Status.FAILED, error="out of luck")
    develop(elsewhere.launch, elsewhere.table, n_after=0)
    assert elsewhere.kinds() == [EventKind.WAITING, EventKind.ENDED]
    assert elsewhere.events[-1].text == "out of luck"
    assert list(elsewhere.launch.failed) == ["base"]


def test_what_ended_a_row_is_told_as_a_sentence_with_the_metric_that_decides(
    toy_study: Study, elsewhere: Elsewhere
) -> None:
    question = replace(toy_study.question, metric="accuracy")
    elsewhere.launch.study = replace(toy_study, question=question)
    failed = replace(
        elsewhere.launch.orders.skeleton(elsewhere.planned, elsewhere.key),
        status=Status.FAILED,
        error="Traceback ...\nbreakeven.errors.PrecisionRefusedError: fp16 refused; use fp32",
    )

    elsewhere.launch.settle(elsewhere.planned, failed, n_left=0)

    ended = elsewhere.events[-1]
    assert (ended.text, ended.metric) == ("fp16 refused; use fp32", "accuracy")
    elsewhere.lease.release()


def test_a_row_whose_runner_died_elsewhere_is_run_here(elsewhere: Elsewhere) -> None:
    develop(elsewhere.launch, elsewhere.table, n_after=0)
    assert elsewhere.kinds() == [EventKind.WAITING, EventKind.STARTED, EventKind.ENDED]
    (run,) = elsewhere.store.runs()
    assert run.status is Status.OK


def test_a_parent_that_kept_nothing_is_a_reason_to_skip(
    toy_study: Study, elsewhere: Elsewhere
) -> None:
    ft = run_table(toy_study, TOY.describe_task(toy_study.task), TOY)[1]
    empty = replace(elsewhere.launch.orders.skeleton(elsewhere.planned, "key"), status=Status.OK)
    elsewhere.launch.ledger.update([empty])
    develop(elsewhere.launch, [ft], n_after=0)
    assert elsewhere.launch.skipped == {"ft": "its parent 'base' kept no artefact 'model'"}
    elsewhere.lease.release()


def test_a_failed_repeat_is_a_reason_to_skip_what_begins_from_it_alone(
    write_study: Callable[..., Path], elsewhere: Elsewhere
) -> None:
    study = load_study(write_study(), {"stages.ft.repeats": 2, "inference.sweep": []})
    table = run_table(study, TOY.describe_task(study.task), TOY)
    ft = [run for run in table if run.row == "ft"]
    failed, ended = (
        replace(elsewhere.launch.orders.skeleton(ft[repeat], f"key-{repeat}"), status=status)
        for repeat, status in ((1, Status.FAILED), (0, Status.OK))
    )
    elsewhere.launch.settle(ft[1], failed, n_left=0)
    elsewhere.launch.ledger.update([replace(ended, artifacts={"model": "a" * 64})])
    deployed = {run.row: run for run in table if run.block == 0}
    elsewhere.launch.before(deployed["FT/repeat-1"], n_left=1)
    assert elsewhere.launch.skipped == {"FT/repeat-1": "its parent 'ft' (repeat 1) has no result"}
    assert isinstance(elsewhere.launch.before(deployed["FT/reference"], n_left=1), str)
    elsewhere.lease.release()


@pytest.mark.parametrize("is_of_this_launch", [True, False])
def test_what_a_measurement_refused_leaves_out_what_begins_from_it_and_fails_nothing(
    toy_study: Study, elsewhere: Elsewhere, *, is_of_this_launch: bool
) -> None:
    base, ft = run_table(toy_study, TOY.describe_task(toy_study.task), TOY)[:2]
    note = Note(code=NoteCode.PRECISION_REFUSED, message="14 times slower", advice="")
    refused = replace(
        elsewhere.launch.orders.skeleton(base, elsewhere.key), status=Status.FAILED, notes=(note,)
    )
    if is_of_this_launch:
        elsewhere.launch.settle(base, refused, n_left=1)
    else:
        elsewhere.launch.ledger.update([refused])
        elsewhere.launch.before(base, n_left=2)
    elsewhere.launch.before(ft, n_left=1)
    assert elsewhere.launch.skipped == {"ft": "its parent 'base' has no result"}
    assert elsewhere.launch.failed == {}
    elsewhere.lease.release()
