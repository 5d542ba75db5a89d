"""Where checkpoints lie: with the row, until a run of it ends well."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.meters import MeterBank
from breakeven.records import Run, Status
from breakeven.session import Recorder
from breakeven.store import Store, gc


@pytest.fixture
def row(skeleton: Run) -> Run:
    return replace(skeleton, key="k" * 64)


def record(store: Store, skeleton: Run, *, fails: bool = False, continues: str = "") -> Path | None:
    """Leave a checkpoint and end."""
    folder: Path | None = None
    with suppress(KeyboardInterrupt), Recorder(store, skeleton, bank=MeterBank([])) as context:
        if continues:
            context.continues(continues)
        if (folder := context.checkpoint_dir()) is not None:
            (folder / "at-1").mkdir(exist_ok=True)
        if fails:
            raise KeyboardInterrupt
    return folder


def test_they_outlive_a_run_that_ended_badly_and_go_with_one_that_ended_well(
    store: Store, row: Run
) -> None:
    first = record(store, replace(row, run_id="a"), fails=True)
    assert first is not None
    assert (first / "at-1").is_dir()
    again = record(store, replace(row, run_id="b"), continues="a")
    assert again == first
    assert not first.exists()
    assert [(r.run_id, r.status, r.continues) for r in store.runs()] == [
        ("a", Status.INTERRUPTED, ""),
        ("b", Status.OK, "a"),
    ]


def test_other_rows_have_other_ones_and_what_is_no_row_has_none(
    store: Store, row: Run, skeleton: Run
) -> None:
    assert store.checkpoints("x") != store.checkpoints("y")
    assert record(store, skeleton) is None


def test_a_collection_keeps_those_that_a_row_may_still_need(store: Store, row: Run) -> None:
    record(store, replace(row, run_id="a"), fails=True)
    record(store, replace(row, run_id="b", key="other"))
    left = store.checkpoints("other")  # as if it could not be deleted
    report = gc(store)
    assert report.removed == (left.relative_to(store.path),)
    assert store.checkpoints(row.key).joinpath("at-1").is_dir()
