import errno
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.errors import IncomparableRunsError, RecordFormatError, StoreWriteError
from breakeven.records import Measurement, Phase, PhaseName, Run, Status, StudyDefinition
from breakeven.store import MergeReport, Store, merge

MakeRun = Callable[..., Run]
FT = StudyDefinition(name="demo", pathways=())
NOTHING = MergeReport(n_runs=0, n_studies=0, n_artifacts=0, n_missing_artifacts=0, n_journals=0)


@pytest.fixture
def target(store: Store) -> Store:
    return Store(store.path.with_name("target"))


def keep(store: Store, content: str) -> str:
    draft = store.scratch("draft")
    (draft / "weights").write_text(content)
    return store.keep_artifact(draft)


def phase(duration_s: float) -> Phase:
    measurement = Measurement(started_at="2026-01-02T03:04:05Z", duration_s=duration_s)
    return Phase(name=PhaseName.WORK, measurement=measurement)


def test_runs_studies_and_artefacts_come_over(
    store: Store, target: Store, make_run: MakeRun
) -> None:
    content_hash = keep(store, "W")
    store.append(make_run("a", artifacts={"model": content_hash}))
    store.save_study(FT)
    target.append(make_run("b"))
    assert merge(store, target) == replace(NOTHING, n_runs=1, n_studies=1, n_artifacts=1)
    assert [run.run_id for run in target.runs()] == ["a", "b"]
    assert target.studies() == (FT,)
    assert (target.artifact(content_hash) / "weights").read_text() == "W"
    assert [run.run_id for run in store.runs()] == ["a"]


def test_merging_again_adds_nothing(store: Store, target: Store, make_run: MakeRun) -> None:
    store.append(make_run("a", artifacts={"model": keep(store, "W")}))
    store.save_study(FT)
    merge(store, target)
    before = sorted(target.path.rglob("*"))
    assert merge(store, target) == NOTHING
    assert merge(Store(store.path), Store(target.path)) == NOTHING
    assert sorted(target.path.rglob("*")) == before


def test_a_store_merged_into_itself_stays_as_it_is(store: Store, rich_run: Run) -> None:
    store.append(replace(rich_run, artifacts={}))
    assert merge(Store(store.path), store) == NOTHING


def test_two_stores_merged_both_ways_hold_the_same(
    store: Store, target: Store, make_run: MakeRun
) -> None:
    store.append(make_run("a"))
    target.append(make_run("b"))
    merge(store, target)
    merge(target, store)
    assert store.runs() == target.runs()


def test_different_runs_under_one_id_are_refused_before_anything_is_written(
    store: Store, target: Store, make_run: MakeRun
) -> None:
    store.append(make_run("a", row="ft"))
    store.append(make_run("b"))
    target.append(make_run("a", row="ts"))
    with pytest.raises(IncomparableRunsError, match=r"run a is recorded twice .*'ts' and 'ft'"):
        merge(store, target)
    assert [run.run_id for run in target.runs()] == ["a"]


def test_different_studies_under_one_name_are_refused_before_anything_is_written(
    store: Store, target: Store, make_run: MakeRun
) -> None:
    store.append(make_run("a"))
    store.save_study(FT)
    target.save_study(replace(FT, planned_volume=5.0))
    with pytest.raises(IncomparableRunsError, match="study 'demo' is defined differently"):
        merge(store, target)
    assert target.runs() == ()


def test_a_whole_record_replaces_a_recovered_one_and_not_the_reverse(
    store: Store, target: Store, make_run: MakeRun
) -> None:
    whole = make_run("a", phases=(phase(9.5),))
    target.append(replace(whole, status=Status.INTERRUPTED, phases=(phase(9.0),)))
    store.append(whole)
    assert merge(store, target).n_runs == 1
    assert merge(store, target).n_runs == 0
    assert target.runs() == (whole,)
    older = Store(store.path.with_name("older"))
    older.append(replace(whole, status=Status.INTERRUPTED, phases=(phase(8.0),)))
    assert merge(older, target).n_runs == 0


def test_artefacts_that_no_store_holds_are_counted(
    store: Store, target: Store, make_run: MakeRun
) -> None:
    store.append(make_run("a", artifacts={"model": "ab" * 32}))
    assert merge(store, target) == replace(NOTHING, n_runs=1, n_missing_artifacts=1)


def test_an_artefact_missing_after_an_earlier_merge_is_brought_later(
    store: Store, target: Store, make_run: MakeRun
) -> None:
    content_hash = keep(store, "W")
    store.append(make_run("a", artifacts={"model": content_hash}))
    merge(store, target)
    shutil.rmtree(target.artifact(content_hash))
    assert merge(store, target) == replace(NOTHING, n_artifacts=1)


def test_a_damaged_artefact_is_refused_and_its_run_stays_out(
    store: Store, target: Store, make_run: MakeRun
) -> None:
    content_hash = keep(store, "W")
    store.append(make_run("a", artifacts={"model": content_hash}))
    (store.artifact(content_hash) / "weights").write_text("damaged")
    with pytest.raises(RecordFormatError, match=f"{content_hash} was changed"):
        merge(store, target)
    assert target.runs() == ()


def test_journals_left_in_the_source_are_counted(store: Store, target: Store) -> None:
    store.journal_path("r1").touch()
    assert merge(store, target) == replace(NOTHING, n_journals=1)


def test_an_artefact_that_cannot_be_copied_is_an_error_and_leaves_no_draft(
    store: Store, target: Store, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, draft: Path, *, dirs_exist_ok: bool) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store.append(make_run("a", artifacts={"model": keep(store, "W")}))
    monkeypatch.setattr(shutil, "copytree", refuse)  # the kernel's refusal, not our own code
    with pytest.raises(StoreWriteError, match="no space left to write"):
        merge(store, target)
    assert target.runs() == ()
    assert list((target.path / "scratch").iterdir()) == []
