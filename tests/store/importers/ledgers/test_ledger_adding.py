"""Adding imported runs: once each, and never two versions of one."""

from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.errors import DataFileError
from breakeven.records import (
    Cost,
    Kind,
    Resource,
    Run,
    Score,
    Stage,
    Status,
    StudyDefinition,
)
from breakeven.store import Store
from breakeven.store.importers.ledgers.adding import add_runs
from breakeven.store.importers.ledgers.imported import work_phase

AT = "2026-03-02T10:00:00.000+00:00"


def made(name: str, *, seconds: float = 3.0, study: str = "") -> Run:
    cost = Cost.exact(Resource.DURATION_S, seconds, kind=Kind.MEASURED, sensor="clock")
    return Run(
        run_id=name,
        row="ft",
        study=study,
        stage=Stage.FINETUNE,
        status=Status.OK,
        started_at=AT,
        phases=work_phase(AT, [cost]),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_the_second_time_adds_nothing(store: Store) -> None:
    assert add_runs(store, [made("a"), made("b")]).new == ("a", "b")
    again = add_runs(store, [made("a"), made("b"), made("c")])
    assert (again.new, again.known) == (("c",), ("a", "b"))
    assert len(store.runs()) == 3


def test_a_run_whose_time_is_known_better_is_the_same_run(store: Store) -> None:
    add_runs(store, [made("a")])
    later = replace(made("a"), started_at="2026-03-02T11:00:00.000+00:00")
    assert add_runs(store, [later]).known == ("a",)


def test_a_run_with_other_numbers_is_refused_and_nothing_is_added(store: Store) -> None:
    add_runs(store, [made("a")])
    with pytest.raises(DataFileError, match="already with other numbers"):
        add_runs(store, [made("b"), made("a", seconds=4.0)])
    assert [run.run_id for run in store.runs()] == ["a"]


def test_a_run_under_another_name_is_refused(store: Store) -> None:
    add_runs(store, [made("a")])
    with pytest.raises(DataFileError, match="already, as of study none and not s"):
        add_runs(store, [made("a", study="s")])


def test_a_study_that_only_they_name_is_made_known(store: Store) -> None:
    score = Score(metric="f1", value=0.5, split="test", n_examples=0)
    add_runs(store, [replace(made("a", study="s"), scores=(score,))])
    assert (store.study("s").headline, store.study("s").metric) == (Resource.DURATION_S, "f1")


def test_a_study_that_is_there_stays_as_it_is(store: Store) -> None:
    known = StudyDefinition(name="s", pathways=(), metric="bleu")
    store.save_study(known)
    add_runs(store, [made("a", study="s")])
    assert store.study("s") == known


def test_two_runs_of_one_id_are_refused_before_they_spoil_the_store(store: Store) -> None:
    with pytest.raises(DataFileError, match="two of the runs are both called a"):
        add_runs(store, [made("a"), made("a", seconds=4.0)])
    assert store.runs() == ()


def test_an_import_that_was_killed_is_completed_by_the_next(tmp_path: Path) -> None:
    runs = [made(name, study="s") for name in "abcd"]
    killed = Store(tmp_path / "store")
    add_runs(killed, runs[:2])
    again = add_runs(Store(tmp_path / "store"), runs)
    assert (again.known, again.new) == (("a", "b"), ("c", "d"))
    assert [run.run_id for run in Store(tmp_path / "store").runs()] == ["a", "b", "c", "d"]
