"""Study: lives of a study's pathways, from its definition and runs as a store gives them."""

from collections.abc import Sequence

from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.costs.product import reaches
from breakeven.analysis.lifetime.lives import Lives, lives_of
from breakeven.analysis.lifetime.terms import PLAIN, Terms
from breakeven.analysis.runs.select import StudyRuns, study_runs
from breakeven.records import Resource, Run, StudyDefinition


def study_lives(
    definition: StudyDefinition,
    runs: Sequence[Run],
    *,
    resource: Resource | None = None,
    terms: Terms = PLAIN,
) -> Lives:
    """Lives of the pathways that reach the study's threshold, in one cost.

    Args:
        definition: Of the study; `min_score` and `planned_volume` can be replaced in it.
        runs: Its runs.
        resource: Cost; the headline's by default.
        terms: How lives are counted.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> lives = study_lives(*example_runs())
        >>> lives.resource.value, [life.name for life in lives.members]
        ('cpu_s', ['FT', 'TS', 'TA', 'TF-IDF'])
    """
    found = study_runs(definition, runs)
    costs = [pathway_cost(found, pathway) for pathway in found.definition.pathways]
    return lives_of(found.definition, valid(found, costs), resource or definition.headline, terms)


def valid(found: StudyRuns, costs: Sequence[PathwayCost]) -> tuple[PathwayCost, ...]:
    """Pathways that reach the threshold asked for; all where there is none.

    Args:
        found: The study's runs.
        costs: Gathered costs.

    Examples:
        >>> from dataclasses import replace
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(replace(definition, min_score=0.8), runs)
        >>> costs = [pathway_cost(found, p) for p in definition.pathways]
        >>> [cost.name for cost in valid(found, costs)]
        ['FT', 'TS', 'API']
    """
    return tuple(cost for cost in costs if reaches(found.definition, cost))
