"""Product: what a cost is paid for, read two ways (Dürlich et al. 2023, section 3, eqs. 3-6).

As performance: development per point of score (eq. 3) and cost per item (eq. 4). As output: the
items processed (eq. 5), with development as a debt on them (eq. 6); then quality enters either as
a threshold, above which models are equals, or as a weight on the output.
"""

from collections.abc import Callable, Sequence

from breakeven.analysis.costs.life_results import ProductResult
from breakeven.analysis.costs.lifecycle import amortized
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.weighting import Weights, quotient
from breakeven.analysis.estimates import mixed_kinds
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.uncertain import Uncertain, as_estimate
from breakeven.records import Estimate, Resource, StudyDefinition

ROUNDING = 1e-9
"""A score this close to the threshold reaches it: means of scores carry rounding errors."""

Formula = Callable[[Uncertain, Uncertain], Uncertain]


def reaches(definition: StudyDefinition, pathway: PathwayCost) -> bool:
    """Whether a pathway takes part under the study's threshold; all do where there is none.

    Args:
        definition: Holds `min_score`.
        pathway: One without a score does not reach a threshold.

    Examples:
        >>> from dataclasses import replace
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> ta = pathway_cost(study_runs(definition, runs), definition.pathways[2])
        >>> reaches(definition, ta), reaches(replace(definition, min_score=0.8), ta)
        (True, False)
    """
    if definition.min_score is None:
        return True
    if pathway.score is None:
        return False
    sign = 1 if pathway.score.higher_is_better else -1
    return pathway.score.product >= sign * definition.min_score - ROUNDING


def products(
    definition: StudyDefinition,
    pathways: Sequence[PathwayCost],
    resources: Sequence[Resource],
    weights: Weights,
) -> tuple[ProductResult, ...]:
    """Cost of each pathway per product, in every resource that adds up.

    Args:
        definition: Item, planned volume and threshold.
        pathways: Gathered costs.
        resources: Cost measures.
        weights: Scores as weights.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.analysis.costs.weighting import weights_of
        >>> definition, runs = example_runs()
        >>> ft = [pathway_cost(study_runs(definition, runs), definition.pathways[0])]
        >>> found = products(definition, ft, [Resource.FLOPS], weights_of(definition, ft))[0]
        >>> f"{found.total[Resource.FLOPS].value:.3g}", f"{found.weight:.3g}"
        ('4.66e+13', '0.842')
    """
    return tuple(
        _product(definition, p, [r for r in resources if r.is_additive], weights) for p in pathways
    )


def _product(
    definition: StudyDefinition,
    pathway: PathwayCost,
    resources: Sequence[Resource],
    weights: Weights,
) -> ProductResult:
    volume = definition.planned_volume
    weight = weights.by_pathway.get(pathway.name)
    lives = {r: life for r in resources if (life := _life(pathway, r)) is not None}
    unit = f"per {weights.unit}"

    def told(name: str, what: str, formula: Formula) -> dict[Resource, Estimate]:
        found = {}
        for resource, (development, marginal) in lives.items():
            amount = formula(development, marginal)
            found[resource] = as_estimate(
                amount, f"{resource.value} {name}", what=what, notes=mixed_kinds(amount)
            )
        return found

    def weighted(name: str, what: str, formula: Formula) -> dict[Resource, Estimate]:
        return {} if weight is None else told(name, what, formula)

    share = weight if weight is not None else Uncertain.exact(1.0)
    return ProductResult(
        pathway=pathway.name,
        is_valid=reaches(definition, pathway),
        weight=None if weight is None else weight.value,
        per_point=weighted(
            f"of development per point of {metric_words(definition.metric)}",
            "development / (100 x score), eq. 3",
            lambda dev, _: quotient(dev, share.scaled(100.0)),
        ),
        deployment=told(
            "of the planned output", "n x marginal, eq. 5", lambda _, use: use.scaled(volume)
        ),
        total=told(
            "of the planned output, development included",
            "development + n x marginal, eq. 6",
            lambda dev, use: dev + use.scaled(volume),
        ),
        per_correct=weighted(unit, "marginal / score", lambda _, use: quotient(use, share)),
        average_per_correct=weighted(
            f"{unit}, development included",
            "development / n + marginal / score",
            lambda dev, use: amortized(dev, quotient(use, share), volume=volume),
        ),
    )


def _life(pathway: PathwayCost, resource: Resource) -> tuple[Uncertain, Uncertain] | None:
    development, marginal = pathway.development(resource), pathway.marginal(resource)
    if not pathway.has_life(resource) or development is None or marginal is None:
        return None
    return development, marginal
