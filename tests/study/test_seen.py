"""Thresholds chosen on what a member may have learnt are doubted."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from breakeven.records import NoteCode, Scalar, Settings, Stage
from breakeven.study.seen import seen_notes
from breakeven.study.spec import StageRow, Study
from breakeven.study.table import PlannedRun

FACTS = {"n_validation": 20, "n_validation_in_train": 0, "n_validation_near_train": 0}


def row(name: str, stage: Stage, start: str = "", **settings: Scalar) -> StageRow:
    return StageRow(
        name=name,
        stage=stage,
        settings=Settings(resolved=settings),
        parents={"start": start} if start else {},
    )


ROWS = (
    row("got", Stage.FETCH, model="org/name", weights="pretrained"),
    row("drawn", Stage.FETCH, model="org/name", weights="random"),
    row("ft", Stage.FINETUNE, "got", model="parent", trained="all"),
    row("cut", Stage.FINETUNE, "got", model="parent", trained="head"),
    row("graph", Stage.EXPORT, "got"),
    row("ft-graph", Stage.EXPORT, "ft"),
)


def notes(
    parents: Mapping[str, str], facts: Mapping[str, Any] = FACTS, stage: Stage = Stage.ADAPT
) -> list[str]:
    study = Study(
        name="s",
        seed=0,
        engine="nlp",
        task={"name": "files"},
        rows=ROWS,
        pathways=(),
        configurations=(),
        reference={},
        n_blocks=1,
        folder=Path(),
    )
    planned = PlannedRun(
        row="two",
        stage=stage,
        settings=Settings(resolved={}),
        engine_settings={},
        version=1,
        parents=parents,
        position=0,
    )
    found = seen_notes(study, planned, facts)
    assert {note.code for note in found} <= {NoteCode.THRESHOLD_ON_SEEN}
    return [note.message for note in found]


@pytest.mark.parametrize("member", ["ft", "ft-graph", "drawn"])
def test_nothing_is_said_of_members_trained_here(member: str) -> None:
    assert notes({"start": member, "fallback": "ft"}) == []


@pytest.mark.parametrize("member", ["got", "graph", "cut"])
@pytest.mark.parametrize("role", ["start", "fallback"])
def test_a_member_that_was_fetched_may_have_learnt_the_examples(role: str, member: str) -> None:
    (said,) = notes({"start": "ft", "fallback": "ft", role: member})
    assert said.startswith("the threshold is chosen on validation examples that the model of 'got'")


@pytest.mark.parametrize(("n_same", "n_near"), [(2, 0), (0, 3)])
def test_examples_that_stand_in_train_are_counted(n_same: int, n_near: int) -> None:
    facts = {**FACTS, "n_validation_in_train": n_same, "n_validation_near_train": n_near}
    (said,) = notes({"start": "ft"}, facts)
    assert said.endswith(f"of which {n_same} stand in train and {n_near} nearly so")


def test_other_stages_choose_no_threshold() -> None:
    assert notes({"start": "got"}, {**FACTS, "n_validation_in_train": 2}, Stage.EXPORT) == []
