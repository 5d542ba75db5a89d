"""Weighting: output counted by how good it is, so that a model that answers at random wins nothing.

"We could weight the output by performance level" (Dürlich et al. 2023, section 4.4). With accuracy
as weight an item counts when it is answered correctly. A model that is right in a share s of
cases needs 1 / s items for each correct one, so its cost per weighted item is marginal / s, and
break-even volumes are solved on weighted items. The score's sampling error enters as that of a
count of correct answers; the scores of two models are taken as independent, which is cautious
where both are tested on the same examples. A score without counts enters as an exact number.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from breakeven.analysis.costs.comparison import Comparison, compare
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.results import BreakEven
from breakeven.analysis.samples.stats import paired_difference
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.uncertain import Uncertain, quantile
from breakeven.records import Item, Resource, Score, StudyDefinition

PERCENT = 100.0
MIN_EXAMPLES = 2
"""Test examples below which a score has no variance to speak of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Scores as weights.

    Attributes:
        by_pathway: Share from 0 to 1 by pathway; pathways without a usable score are absent.
        unit: What a weighted item is called.
        why_not: Why there are no weights; empty when there are.
    """

    by_pathway: dict[str, Uncertain]
    unit: str
    why_not: str


def weights_of(definition: StudyDefinition, pathways: Sequence[PathwayCost]) -> Weights:
    """Turn scores into weights from 0 to 1; scores above 1 are taken as percent.

    Args:
        definition: Metric and item.
        pathways: Gathered costs.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> weights = weights_of(definition, [pathway_cost(found, definition.pathways[0])])
        >>> weights.unit, round(weights.by_pathway["FT"].value, 3)
        ('correct answer', 0.842)
    """
    scored = {p.name: p for p in pathways if p.score is not None}
    scores = {p.name: p.score for p in pathways if p.score is not None}
    unit = _unit(definition, list(scores.values()))
    worse = [name for name, score in scores.items() if not score.higher_is_better]
    largest = max((score.value for score in scores.values()), default=0.0)
    if worse or largest > PERCENT:
        why = (
            f"{definition.metric} is no share of output that is right, so it cannot weight output; "
            "score the study with accuracy or F1 to ask this"
        )
        return Weights(by_pathway={}, unit=unit, why_not=why)
    scale = 1 / PERCENT if largest > 1 else 1.0
    found = {n: _as_weight(p).scaled(scale) for n, p in scored.items() if scores[n].value > 0}
    lack = f"has {definition.metric} above 0" if scored else f"was scored by {definition.metric}"
    why = "" if found else f"no pathway {lack} on the test split"
    return Weights(by_pathway=found, unit=unit, why_not=why)


def _unit(definition: StudyDefinition, scores: Sequence[Score]) -> str:
    is_counted = definition.metric == "accuracy" and definition.item is Item.EXAMPLE and scores
    item = definition.item.value.replace("_", " ")
    return "correct answer" if is_counted else f"{metric_words(definition.metric)}-weighted {item}"


def _as_weight(pathway: PathwayCost) -> Uncertain:
    """A score with the variance its interval implies; exact where it has none."""
    estimate = score_estimate(pathway.scored)
    assert estimate is not None
    assert estimate.value is not None
    value = replace(
        Uncertain.exact(estimate.value),
        kinds=estimate.kinds,
        origins=estimate.origins,
        run_ids=estimate.run_ids,
    )
    if estimate.low is None or estimate.high is None or estimate.n < MIN_EXAMPLES:
        return value
    variance = ((estimate.high - estimate.low) / 2 / quantile(math.inf)) ** 2
    return replace(value, variance=variance, curvature=variance**2 / (estimate.n - 1), n=estimate.n)


def quotient(amount: Uncertain, weight: Uncertain) -> Uncertain:
    """An amount over a weight, both independent; variance by the delta method.

    Good enough here because a weight is known to a few percent and is far from 0.

    Args:
        amount: Cost.
        weight: Above 0.

    Examples:
        >>> tenth = Uncertain(value=0.8, low=0.8, high=0.8, variance=0.0064, curvature=1e-9)
        >>> ratio = quotient(Uncertain.exact(4.0), tenth)
        >>> ratio.value, round(ratio.variance, 6)
        (5.0, 0.25)
    """
    per = 1 / weight.value
    return amount.scaled(per) + _doubt(amount, weight)


def weighted_break_evens(
    definition: StudyDefinition,
    pathways: Sequence[PathwayCost],
    resources: Sequence[Resource],
    weights: Weights,
) -> tuple[BreakEven, ...]:
    """Every ordered pair in every resource both have, on weighted items; Fieller's sets.

    Args:
        definition: Item and planned volume, here of weighted items.
        pathways: Gathered costs.
        resources: Cost measures.
        weights: Scores as weights.

    Examples:
        >>> none = Weights(by_pathway={}, unit="correct answer", why_not="no score")
        >>> weighted_break_evens(StudyDefinition(name="s", pathways=()), [], [], none)
        ()
    """
    return tuple(_pairs(definition, pathways, resources, weights))


def _pairs(
    definition: StudyDefinition,
    pathways: Sequence[PathwayCost],
    resources: Sequence[Resource],
    weights: Weights,
) -> Iterator[BreakEven]:
    usable = [p for p in pathways if p.name in weights.by_pathway]
    for resource in resources:
        for candidate, incumbent in permutations(usable, 2):
            pair = compare(candidate, incumbent, resource, item=definition.item)
            if pair is not None:
                saved = weighted_saving(incumbent, candidate, resource, weights)
                coverage = weighted_coverage(pair, weights)
                yield break_even(
                    replace(pair, saved=saved, unit=weights.unit, coverage=coverage),
                    planned_volume=definition.planned_volume,
                )


def weighted_coverage(pair: Comparison, weights: Weights) -> str:
    """What an interval on weighted items covers: that of plain items, and the scores' error.

    Args:
        pair: Two pathways, not weighted.
        weights: Scores as weights; both have one.
    """
    of_runs = pair.covers.removeprefix("over ").replace(" only", "")
    if not any(weights.by_pathway[n].variance for n in (pair.candidate, pair.incumbent)):
        return pair.covers
    return " and ".join(["over test examples", *([of_runs] if of_runs else [])])


def weighted_saving(
    incumbent: PathwayCost, candidate: PathwayCost, resource: Resource, weights: Weights
) -> Uncertain:
    """What a weighted item costs less; paired by block where blocks are all there is to it.

    Args:
        incumbent: Has a cost per item and a weight.
        candidate: The same.
        resource: Which cost.
        weights: Scores as weights.
    """
    both = [(p, weights.by_pathway[p.name]) for p in (incumbent, candidate)]
    if any(p.splits or p.seeds for p, _ in both):
        left, right = (quotient(_mean(p, resource), weight) for p, weight in both)
        return left - right
    blocks = [
        {b: o.scaled(1 / weight.value) for b, o in p.blocks[resource].items()} for p, weight in both
    ]
    doubts = [_doubt(_mean(p, resource), weight) for p, weight in both]
    return paired_difference(*blocks) + doubts[0] + doubts[1]


def _doubt(mean: Uncertain, weight: Uncertain) -> Uncertain:
    """What not knowing a weight exactly adds to the variance of a cost per weighted item."""
    return replace(weight.scaled(mean.value / weight.value**2), value=0.0, low=0.0, high=0.0)


def _mean(pathway: PathwayCost, resource: Resource) -> Uncertain:
    mean = pathway.marginal(resource)
    assert mean is not None
    return mean
