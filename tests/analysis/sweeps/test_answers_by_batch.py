"""A score that depends on what shares a batch is nobody's but that of its own batches."""

from dataclasses import replace

import pytest

from breakeven.analysis.certificates.loss import loss_of
from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.runs.select import score_on_test, study_runs
from breakeven.analysis.search.cell import cell_of
from breakeven.analysis.serving.services import services_of
from breakeven.analysis.sweeps.cells import Cell as Configuration
from breakeven.analysis.sweeps.cells import cells_of
from breakeven.records import (
    Note,
    NoteCode,
    PathwayDefinition,
    Resource,
    Run,
    Scalar,
    Settings,
    StudyDefinition,
)
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run, tiny_score

NOTE = Note(code=NoteCode.ANSWERS_BY_BATCH, message="logits moved by 12 %", advice="")
STUDIED = StudyDefinition(name=STUDY, pathways=(PathwayDefinition(name="Q8", row="q8"),))


def answered(label: str, n_correct: int, *, is_by_batch: bool = True, **settings: Scalar) -> Run:
    role = "reference" if label == "reference" else "sweep"
    return replace(
        tiny_inference("Q8", {Resource.CPU_S: 1.0}, label=label),
        settings=Settings(resolved={"role": role, "sorted": True, **settings}),
        scores=(tiny_score(n_correct),),
        notes=(NOTE,) if is_by_batch else (),
    )


def configurations(*runs: Run) -> dict[str, Configuration]:
    found = study_runs(STUDIED, [tiny_run("q8", {Resource.CPU_S: 9.0}), *runs])
    return {cell.label: cell for cell in cells_of(found, "Q8", order=str)}


def test_two_batch_sizes_have_a_score_each_that_says_whose_it_is() -> None:
    found = configurations(
        answered("reference", 885, batch_size=64), answered("batch_size=8", 891, batch_size=8)
    )
    told = {label: score_estimate(cell.scored) for label, cell in found.items()}
    assert {label: own and own.value for label, own in told.items()} == {
        "reference": 0.885,
        "batch_size=8": 0.891,
    }
    for label, size in (("reference", 64), ("batch_size=8", 8)):
        own = told[label]
        assert own is not None
        assert own.method.endswith(
            f"; answers depend on their batch, and these are of batch_size={size}, sorted=True"
        )


def test_a_loss_between_them_says_that_batches_differ_as_well() -> None:
    found = configurations(
        answered("reference", 885, batch_size=64), answered("batch_size=8", 891, batch_size=8)
    )
    loss = loss_of(found["reference"], found["batch_size=8"])
    assert loss is not None
    assert loss.method.endswith("of batch_size=64, sorted=True against batch_size=8, sorted=True")


@pytest.mark.parametrize("sizes", [(8, 8), (64, 8)])
def test_nothing_is_said_where_batches_are_the_same_or_change_nothing(
    sizes: tuple[int, int],
) -> None:
    is_by_batch = sizes[0] == sizes[1]
    found = configurations(
        answered("reference", 885, is_by_batch=is_by_batch, batch_size=sizes[0]),
        answered("cut", 891, is_by_batch=is_by_batch, batch_size=sizes[1]),
    )
    loss = loss_of(found["reference"], found["cut"])
    assert loss is not None
    assert "batch" not in loss.method


@pytest.mark.parametrize("is_by_batch", [True, False])
def test_single_requests_do_not_inherit_the_score_of_full_batches(*, is_by_batch: bool) -> None:
    run = answered("reference", 885, is_by_batch=is_by_batch, batch_size=64)
    found = study_runs(STUDIED, [tiny_run("q8", {Resource.CPU_S: 9.0}), run])
    (service,) = services_of(found, [pathway_cost(found, STUDIED.pathways[0])])
    assert service.assumption.startswith("only rows with batch_size=64 were measured")
    assert (service.score is None) == (service.quality is None) == is_by_batch


def test_a_row_with_batches_of_one_has_its_own_score() -> None:
    run = answered("reference", 885, batch_size=1)
    found = study_runs(STUDIED, [tiny_run("q8", {Resource.CPU_S: 9.0}), run])
    (service,) = services_of(found, [pathway_cost(found, STUDIED.pathways[0])])
    assert service.score is not None


def test_a_score_on_other_examples_is_nobodys_either() -> None:
    assert score_on_test([answered("reference", 885, batch_size=8)], "f1") is None


@pytest.mark.parametrize(
    ("precision", "are_alike"), [("fp32", True), ("int8-static", True), ("int8-dynamic", False)]
)
def test_a_search_expects_no_like_answers_of_batches_with_scales_of_their_own(
    precision: str, *, are_alike: bool
) -> None:
    eight, sixteen = (
        cell_of("Q8", {"batch_size": n, "threads": 1}, precision=precision) for n in (8, 16)
    )
    assert (eight.alike == sixteen.alike) == are_alike
