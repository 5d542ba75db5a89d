from dataclasses import replace

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.samples.scattered import cost_samples, score_samples
from breakeven.records import Kind, PathwayDefinition, Resource, StudyDefinition
from breakeven.testing.runs import example_runs
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run

CPU = Resource.CPU_S
DEFINITION = StudyDefinition(
    name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),), headline=CPU
)


def study(*amounts: float) -> StudyAnalysis:
    used = [tiny_inference("FT", {CPU: a}, block=i, n_items=10) for i, a in enumerate(amounts)]
    return analyse(DEFINITION, [tiny_run("ft", {CPU: 100.0}), *used])


def test_every_block_gives_one_value_per_item() -> None:
    (found,) = cost_samples(study(10.0, 20.0, 60.0), CPU)

    assert (found.values, found.kinds) == ((1.0, 2.0, 6.0), (Kind.MEASURED,))


def test_two_values_are_not_enough() -> None:
    assert [own.is_enough for own in cost_samples(study(10.0, 20.0), CPU)] == [False]
    assert [own.is_enough for own in cost_samples(study(10.0, 20.0, 30.0), CPU)] == [True]


def test_a_cost_that_nobody_saw_gives_no_values() -> None:
    assert [own.values for own in cost_samples(study(10.0), Resource.ENERGY_J)] == [()]


def test_a_pathway_joined_by_commands_has_no_repeats_to_look_at() -> None:
    found = study(10.0, 20.0, 60.0)
    joined = replace(found.definition.pathways[0], is_joined=True)
    definition = replace(found.definition, pathways=(joined,))

    assert [own.values for own in cost_samples(replace(found, definition=definition), CPU)] == [()]


def test_the_mean_of_the_values_is_the_average_that_the_report_shows() -> None:
    analysis = analyse(*example_runs())
    ft = cost_samples(analysis, CPU)[0]

    assert sum(ft.values) / len(ft.values) == analysis.pathways[0].marginal[CPU].value


def test_a_single_training_has_no_scores_over_seeds() -> None:
    assert [own.values for own in score_samples(study(10.0))] == [()]
