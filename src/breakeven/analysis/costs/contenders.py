"""Contenders: the pathways that can be ranked, and which of them are good enough."""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.costs.lifecycle import amortized
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.scoring.metric_scale import metric_scale
from breakeven.analysis.scoring.scores import is_above
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import Score, StudyDefinition

ROUNDING = 1e-12
"""A score this little below the bar has reached it; 0.85 - 0.02 is not exactly 0.83."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One pathway that can be ranked.

    Attributes:
        cost: The pathway.
        score: Its quality.
        average: Cost per item at the planned volume, development included.
        is_good_enough: Whether it reaches the quality asked for.
        is_above_majority: Whether the interval of its score lies above always giving the commonest
            answer; None when that cannot be said.
    """

    cost: PathwayCost
    score: Score
    average: Uncertain
    is_good_enough: bool
    is_above_majority: bool | None = None

    @property
    def name(self) -> str:
        """Of the pathway."""
        return self.cost.name


def quality_bar(definition: StudyDefinition, scores: Sequence[Score]) -> float:
    """Lowest score that is good enough: `min_score`, else the best less the tolerance.

    A tolerance does not lead out of the metric's range; at its end every score is good enough.
    Where the range has no known ends (perplexity) it is a share of the best.

    Args:
        definition: Holds both.
        scores: Of every pathway that can be ranked; at least one when `min_score` is None.

    Examples:
        >>> best = Score(metric="accuracy", value=0.85, split="test", n_examples=9)
        >>> round(quality_bar(StudyDefinition(name="s", pathways=()), [best]), 6)
        0.83
        >>> best = Score(metric="perplexity", value=20.0, split="test", n_examples=9,
        ...              higher_is_better=False)
        >>> round(quality_bar(StudyDefinition(name="s", pathways=()), [best]), 6)
        20.4
    """
    if definition.min_score is not None:
        return definition.min_score
    best = max(scores, key=lambda score: score.product)
    scale = metric_scale(best.metric, best.value)
    unit = 1.0 if scale.is_bounded else abs(best.value)
    worse_by = definition.tolerance * unit
    return scale.clipped(best.value - worse_by if best.higher_is_better else best.value + worse_by)


def may_reach(contender: Contender, bar: float) -> bool:
    """Whether a score misses the bar by its point value alone: its interval reaches it.

    Args:
        contender: Any; one that is good enough misses nothing.
        bar: Score that is good enough.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> ft = pathway_cost(study_runs(definition, runs), definition.pathways[0])
        >>> may_reach(contenders_of(definition, [ft])[0], 0.83)
        False
    """
    interval = None if contender.cost.scored is None else contender.cost.scored.interval
    if contender.is_good_enough or interval is None:
        return False
    return interval.high >= bar if contender.score.higher_is_better else interval.low <= bar


def life_average(pathway: PathwayCost, definition: StudyDefinition) -> Uncertain | None:
    """Headline cost per item at the planned volume, development included; None without both."""
    headline, volume = definition.headline, definition.planned_volume
    development, marginal = pathway.development(headline), pathway.marginal(headline)
    if not pathway.has_life(headline) or development is None or marginal is None:
        return None
    return amortized(development, marginal, volume=volume)


def contenders_of(
    definition: StudyDefinition, pathways: Sequence[PathwayCost]
) -> tuple[Contender, ...]:
    """Pathways with a score, a development total and a cost per item in the headline resource.

    Args:
        definition: Headline resource, planned volume and quality asked for.
        pathways: Gathered costs.

    Examples:
        >>> contenders_of(StudyDefinition(name="s", pathways=()), [])
        ()
    """
    found = []
    for pathway in pathways:
        average = life_average(pathway, definition)
        if average is not None and pathway.score is not None:
            found.append((pathway, pathway.score, average))
    if not found:
        return ()
    bar = quality_bar(definition, [score for _, score, _ in found])
    return tuple(
        Contender(
            cost=pathway,
            score=score,
            average=average,
            is_good_enough=score.product >= (bar if score.higher_is_better else -bar) - ROUNDING,
            is_above_majority=is_above(pathway.scored, definition.constant_score),
        )
        for pathway, score, average in found
    )
