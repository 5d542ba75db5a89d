"""Price tag: E, D and H by hand, the product of equation 1, and the sum that holds the rest."""

from dataclasses import replace

import pytest

from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.costs.pricetag import price_tags
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.tuning.search_results import PriceTag
from breakeven.records import (
    Item,
    PathwayDefinition,
    PhaseName,
    Resource,
    Run,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.testing.tiny import STUDY, tiny_cost, tiny_inference, tiny_phase, tiny_run

CPU, LABELLED = Resource.CPU_S, Resource.N_LABELLED_EXAMPLES
DEFINITION = StudyDefinition(name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),))


def worked(run_id: str, cpu_s: float, *, n_examples: int = 300, status: Status = Status.OK) -> Run:
    """An experiment on 100 different examples that also spent one CPU second on imports."""
    amounts = {CPU: cpu_s, LABELLED: 100.0} if status is Status.OK else {CPU: cpu_s}
    run = tiny_run("ft", amounts, status=status)
    started = tiny_phase(PhaseName.IMPORT, [tiny_cost(CPU, 1.0)])
    return replace(
        run,
        run_id=run_id,
        phases=(started, *run.phases),
        output=Volume(n_examples=n_examples),
    )


def tags(*runs: Run, definition: StudyDefinition = DEFINITION) -> dict[str, PriceTag]:
    found = study_runs(definition, runs)
    pathways = [pathway_cost(found, p) for p in found.definition.pathways]
    return {t.name: t for t in price_tags(pathways, [CPU, LABELLED], item=Item.EXAMPLE)}


def test_one_experiment_over_three_epochs() -> None:
    tag = tags(worked("a", 6.0))["ft"]
    assert tag.per_example is not None
    assert tag.product is not None
    assert tag.per_example.value == pytest.approx(6.0 / 300)
    assert (tag.n_examples, tag.n_passes, tag.n_experiments) == (100.0, 3.0, 1)
    assert tag.product.value == pytest.approx(2.0)
    assert tag.total.value == 7.0
    assert tag.factor == pytest.approx(3.5)


def test_failed_killed_and_pruned_experiments_are_in_h_and_in_the_sum() -> None:
    found = tags(
        worked("a", 6.0),
        worked("b", 12.0),
        worked("c", 2.0, n_examples=100, status=Status.PRUNED),
        worked("d", 3.0, n_examples=0, status=Status.FAILED),
        worked("e", 4.0, n_examples=0, status=Status.INTERRUPTED),
    )
    tag = found["ft"]
    assert (tag.n_experiments, tag.n_pruned, tag.n_lost) == (5, 1, 2)
    assert tag.total.value == 27.0 + 5.0
    assert tag.per_example is not None
    assert tag.per_example.value == pytest.approx((0.02 + 0.04 + 0.02) / 3)
    assert tag.per_example.level == 0.95
    assert tag.n_passes == 3.0


def test_a_run_that_was_continued_from_its_checkpoint_is_one_experiment() -> None:
    """Killed after 150 of 300 examples: as uninterrupted, but for a second import."""
    killed = worked("a", 3.0, n_examples=150, status=Status.INTERRUPTED)
    again = replace(worked("b", 3.0, n_examples=150), continues="a")
    found = tags(killed, again)
    for tag in found.values():
        assert (tag.n_experiments, tag.n_lost, tag.n_unseen) == (1, 0, 0)
        assert tag.total.value == 8.0
        assert "1 experiment" in tag.total.method
        assert tag.product is not None
        assert tag.product.value == pytest.approx(2.0)
    assert found["ft"].n_passes == 3.0
    assert found["ft"].factor == pytest.approx(4.0)


def test_trials_of_unequal_cost_are_summed_and_not_multiplied() -> None:
    found = tags(worked("a", 1.0, n_examples=100), worked("b", 9.0, n_examples=100))
    for tag in (found["ft"], found["FT"]):
        assert tag.product is not None
        assert tag.product.value == pytest.approx(0.05 * 100 * 2)
        assert tag.total.value == 12.0


def test_e_at_inference_stands_with_the_pathway() -> None:
    used = [tiny_inference("FT", {CPU: 3.0}, block=block, n_items=10) for block in range(3)]
    tag = tags(worked("a", 6.0), *used)["FT"]
    assert tag.is_pathway
    assert tag.per_use is not None
    assert tag.per_use.value == pytest.approx(0.3)
    assert tag.per_example is None
    assert tag.n_examples is None


def test_a_pathway_sums_over_its_rows() -> None:
    definition = replace(DEFINITION, pathways=(PathwayDefinition(name="TS", row="ts"),))
    student = replace(worked("s", 4.0, n_examples=200), row="ts", parents=("a",))
    found = tags(worked("a", 6.0), student, definition=definition)
    assert list(found) == ["ft", "ts", "TS"]
    assert found["TS"].total.value == 5.0 + 7.0
    assert found["TS"].n_experiments == 2
    assert found["TS"].product is not None
    assert found["TS"].product.value == pytest.approx(2.0 + 2.0)


def test_unknown_factors_leave_the_product_out() -> None:
    found = tags(replace(worked("a", 6.0), output=Volume()))
    assert found["ft"].per_example is None
    assert found["ft"].product is None
    assert found["ft"].factor is None
    assert found["FT"].product is None
    uncounted = tags(tiny_run("ft", {CPU: 1.0}))["ft"]
    assert uncounted.n_examples is None
    assert uncounted.n_passes is None


def test_a_cost_that_some_experiments_did_not_see_is_a_lower_bound() -> None:
    blind = replace(tiny_run("ft", {}, status=Status.FAILED), run_id="blind")
    tag = tags(worked("a", 6.0), blind)["ft"]
    assert (tag.n_unseen, tag.n_experiments) == (1, 2)
    assert tag.total.value == 7.0


def test_nothing_seen_gives_no_tag_and_stated_models_have_no_experiments() -> None:
    assert tags(tiny_run("ft", {})) == {}
    assert tags(tiny_run("ft", {CPU: 1.0}, stage=Stage.STATED)) == {}
