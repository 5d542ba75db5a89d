"""Recommend: which pathway at the planned volume, how sure, and why, in words.

Quality first, then cost: pathways that reach the quality asked for count as equals (Dürlich et
al. 2023, section 3.2, "ceteris paribus"), and the cheapest of them over the planned life wins.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add

from breakeven.analysis.checks import rows_measured_once
from breakeven.analysis.costs.comparison import compare, coverage_words
from breakeven.analysis.costs.contenders import Contender, contenders_of
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.payback import probability_cheaper
from breakeven.analysis.costs.reasons import Ranking, reason, rule
from breakeven.analysis.estimates import mixed_kinds
from breakeven.analysis.results import Recommendation
from breakeven.analysis.uncertain import as_estimate
from breakeven.analysis.words import listed
from breakeven.records import Estimate, Note, NoteCode, StudyDefinition


def recommend(definition: StudyDefinition, pathways: Sequence[PathwayCost]) -> Recommendation:
    """Choose the cheapest pathway that is good enough at the planned volume.

    Args:
        definition: Headline resource, planned volume and quality asked for.
        pathways: Gathered costs.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> choice = recommend(definition, [pathway_cost(found, p) for p in definition.pathways])
        >>> choice.pathway, choice.runner_up
        ('TS', 'FT')
    """
    contenders = contenders_of(definition, pathways)
    ranked = sorted(contenders, key=_rank)
    winner = ranked[0] if ranked and ranked[0].is_good_enough else None
    runner_up = _runner_up(ranked, definition) if winner is not None else None
    ranking = Ranking(
        contenders=contenders,
        winner=winner,
        runner_up=runner_up,
        probability=_probability(winner, runner_up, definition),
    )
    return Recommendation(
        pathway=winner.name if winner else None,
        resource=definition.headline,
        item=definition.item,
        volume=definition.planned_volume,
        average=_average_estimate(winner, definition),
        runner_up=runner_up.name if runner_up else None,
        runner_up_average=_average_estimate(runner_up, definition),
        probability=ranking.probability,
        reason=reason(ranking, pathways, definition),
        rule=rule(contenders, pathways, definition),
        covers=_covers([c for c in (winner, runner_up) if c is not None], definition),
    )


def _runner_up(ranked: Sequence[Contender], definition: StudyDefinition) -> Contender | None:
    """The next in rank; those below a threshold that was asked for drop out."""
    others = [c for c in ranked[1:] if c.is_good_enough or definition.min_score is None]
    return others[0] if others else None


def _rank(contender: Contender) -> tuple[bool, bool, float]:
    """Good enough first, those not shown above the commonest answer last, then the cheapest."""
    is_untaught = contender.is_above_majority is False
    return not contender.is_good_enough, is_untaught, contender.average.value


def _covers(named: Sequence[Contender], definition: StudyDefinition) -> str:
    """Which scatter the intervals of the averages hold."""
    parts = [
        (c.cost.development(definition.headline), c.cost.marginal(definition.headline))
        for c in named
    ]
    known = [(d, m) for d, m in parts if d is not None and m is not None]
    if not known:
        return ""
    development, use = (reduce(add, side) for side in zip(*known, strict=True))
    rows = [row for c in named for row in c.cost.rows]
    return coverage_words(development, use, once_only=rows_measured_once(rows))


def baseline_notes(
    recommendation: Recommendation, pathways: Sequence[PathwayCost]
) -> tuple[Note, ...]:
    """Say it when a model that is not neural wins, or scores best.

    Args:
        recommendation: What was chosen.
        pathways: Gathered costs.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> costs = [pathway_cost(found, p) for p in definition.pathways]
        >>> baseline_notes(recommend(definition, costs), costs)
        ()
    """
    scored = [p for p in pathways if p.score is not None]
    best = max(scored, key=lambda p: p.score.product if p.score else 0.0, default=None)
    baselines = {p.name for p in pathways if p.is_baseline}
    facts = ((recommendation.pathway, "is recommended"), (best and best.name, "has the best score"))
    told = {name: [f for n, f in facts if n == name] for name, _ in facts if name in baselines}
    return tuple(
        Note(
            code=NoteCode.BASELINE_WINS,
            message=f"{name}, which is not a neural model, {listed(said)}.",
            advice="Believe it before training anything larger; then look for a harder test.",
        )
        for name, said in told.items()
    )


def _average_estimate(contender: Contender | None, definition: StudyDefinition) -> Estimate | None:
    if contender is None:
        return None
    return as_estimate(
        contender.average,
        f"{definition.headline.value} per {definition.item.value} over the planned volume",
        what="(development + n x marginal) / n",
        notes=mixed_kinds(contender.average),
    )


def _probability(
    winner: Contender | None, runner_up: Contender | None, definition: StudyDefinition
) -> float | None:
    if winner is None or runner_up is None:
        return None
    pair = compare(winner.cost, runner_up.cost, definition.headline, item=definition.item)
    assert pair is not None
    return probability_cheaper(pair.extra, pair.saved, volume=definition.planned_volume)
