"""Stated pathways: assumed numbers that join the analysis as two runs."""

from pathlib import Path

import pytest

from breakeven.records import Kind, NoteCode, Origin, Resource, Stage, Status
from breakeven.study.spec import Pathway, Stated, Study
from breakeven.study.stated import stated_runs

STATED = Stated(
    source="price list, 2025",
    development={Resource.CPU_S: 10.0},
    per_example={Resource.PRICE_USD: 3e-5},
    tokens_per_example=30.4,
    score=0.9,
    score_examples=500,
)
STUDY = Study(
    name="toy",
    seed=0,
    engine="toy",
    task={"name": "toy"},
    rows=(),
    pathways=(),
    configurations=(),
    reference={},
    n_blocks=1,
    folder=Path(),
)


def test_development_and_inference_carry_assumed_costs() -> None:
    pathway = Pathway(name="API", row="API/stated", stated=STATED)
    development, inference = stated_runs(STUDY, pathway)
    assert (development.stage, development.row) == (Stage.STATED, "API/stated")
    assert (inference.stage, inference.row) == (Stage.INFER, "API/reference")
    assert inference.parents == (development.run_id,)
    assert inference.settings.resolved["role"] == "reference"
    assert (inference.output.n_examples, inference.output.n_real_tokens) == (1, 30)
    (cost,) = inference.counts
    assert (cost.value, cost.kind, cost.origin) == (3e-5, Kind.ASSUMED, Origin.STATED)
    assert development.counts[0].value == 10.0
    assert inference.scores[0].kind is Kind.ASSUMED
    assert inference.scores[0].n_examples == 500
    assert {run.status for run in (development, inference)} == {Status.OK}
    assert inference.notes[0].code is NoteCode.ASSUMED_NUMBERS


def test_the_same_statement_is_the_same_runs_and_another_is_not() -> None:
    def ids(stated: Stated) -> list[str]:
        pathway = Pathway(name="API", row="API/stated", stated=stated)
        return [run.run_id for run in stated_runs(STUDY, pathway)]

    assert ids(STATED) == ids(STATED)
    assert not set(ids(STATED)) & set(ids(Stated(source="elsewhere")))


def test_what_is_not_stated_is_absent() -> None:
    _, inference = stated_runs(
        STUDY, Pathway(name="API", row="API/stated", stated=Stated(source="x"))
    )
    assert inference.scores == ()
    assert inference.counts == ()
    assert "score" not in inference.settings.resolved


def test_a_pathway_that_is_run_states_nothing() -> None:
    with pytest.raises(ValueError, match="run, not stated"):
        stated_runs(STUDY, Pathway(name="FT", row="ft"))
