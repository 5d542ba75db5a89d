"""Recommend: which pathway at the planned volume, how sure, and why, in words.

Quality first, then cost: pathways that reach the quality asked for count as equals (Dürlich et
al. 2023, section 3.2, "ceteris paribus"), and the cheapest of them over the planned life wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from breakeven.analysis.checks import rows_measured_once
from breakeven.analysis.costs.comparison import Comparison, compare, coverage_words
from breakeven.analysis.costs.contenders import Contender, contenders_of
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.payback import probability_cheaper
from breakeven.analysis.costs.reasons import Ranking, reason, rule
from breakeven.analysis.estimates import mixed_kinds
from breakeven.analysis.lifetime.chances import is_resolution_alone
from breakeven.analysis.results import Recommendation, RestsOn
from breakeven.analysis.uncertain import as_estimate
from breakeven.analysis.words import listed
from breakeven.records import Estimate, Note, NoteCode, StudyDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who was chosen, by quality first and cost second, before anything is said of it.

    Attributes:
        contenders: All that can be ranked, in the order of the study.
        ranked: The same, the best choice first.
        winner: The cheapest that is good enough; None when none is.
        runner_up: The next in rank; those below a threshold that was asked for drop out.
    """

    contenders: tuple[Contender, ...]
    ranked: tuple[Contender, ...]
    winner: Contender | None
    runner_up: Contender | None


def choose(definition: StudyDefinition, pathways: Sequence[PathwayCost]) -> Choice:
    """Rank pathways at the planned volume and take the first that is good enough.

    Args:
        definition: Headline resource, planned volume and quality asked for.
        pathways: Gathered costs.

    Examples:
        >>> choose(StudyDefinition(name="s", pathways=()), []).winner is None
        True
    """
    return choice_among(contenders_of(definition, pathways), definition)


def choice_among(contenders: tuple[Contender, ...], definition: StudyDefinition) -> Choice:
    """Rank contenders by the averages that they bring.

    Args:
        contenders: All that can be ranked.
        definition: Whose threshold decides who may come next.

    Examples:
        >>> choice_among((), StudyDefinition(name="s", pathways=())).ranked
        ()
    """
    ranked = tuple(sorted(contenders, key=rank))
    winner = ranked[0] if ranked and ranked[0].is_good_enough else None
    return Choice(
        contenders=contenders,
        ranked=ranked,
        winner=winner,
        runner_up=_runner_up(ranked, definition) if winner is not None else None,
    )


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
    choice = choose(definition, pathways)
    contenders, winner, runner_up = choice.contenders, choice.winner, choice.runner_up
    pair = _pair(winner, runner_up, definition)
    ranking = Ranking(
        contenders=contenders,
        winner=winner,
        runner_up=runner_up,
        probability=_cheaper(pair, definition),
    )
    rests_on = None if pair is None else rests_on_what(pair)
    return Recommendation(
        pathway=winner.name if winner else None,
        resource=definition.headline,
        item=definition.item,
        volume=definition.planned_volume,
        average=_average_estimate(winner, definition),
        runner_up=runner_up.name if runner_up else None,
        runner_up_average=_average_estimate(runner_up, definition),
        probability=None if rests_on is RestsOn.RESOLUTION else ranking.probability,
        rests_on=rests_on,
        reason=reason(ranking, pathways, definition),
        rule=rule(contenders, pathways, definition),
        covers=_covers([c for c in (winner, runner_up) if c is not None], definition),
    )


def _runner_up(ranked: Sequence[Contender], definition: StudyDefinition) -> Contender | None:
    """The next in rank; those below a threshold that was asked for drop out."""
    others = [c for c in ranked[1:] if c.is_good_enough or definition.min_score is None]
    return others[0] if others else None


def rank(contender: Contender) -> tuple[bool, bool, float]:
    """Good enough first, those not shown above the commonest answer last, then the cheapest.

    Args:
        contender: Any.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> ft = pathway_cost(study_runs(definition, runs), definition.pathways[0])
        >>> rank(contenders_of(definition, [ft])[0])[:2]
        (False, False)
    """
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


def rests_on_what(pair: Comparison) -> RestsOn:
    """What a probability that one of two is cheaper rests on.

    Args:
        pair: The two.

    Examples:
        >>> from breakeven.analysis.uncertain import Uncertain
        >>> from breakeven.records import Item, Resource
        >>> printed = Uncertain(value=3.0, low=2.9, high=3.1)
        >>> rests_on_what(
        ...     Comparison(candidate="TS", incumbent="FT", resource=Resource.ENERGY_J,
        ...                item=Item.EXAMPLE, extra=Uncertain.exact(9e6), saved=printed)).value
        'resolution'
    """
    amounts = (pair.extra, pair.saved)
    if is_resolution_alone(amounts):
        return RestsOn.RESOLUTION
    return RestsOn.SCATTER if any(a.has_scatter for a in amounts) else RestsOn.EXACT


def _pair(
    winner: Contender | None, runner_up: Contender | None, definition: StudyDefinition
) -> Comparison | None:
    if winner is None or runner_up is None:
        return None
    return compare(winner.cost, runner_up.cost, definition.headline, item=definition.item)


def _cheaper(pair: Comparison | None, definition: StudyDefinition) -> float | None:
    if pair is None:
        return None
    return probability_cheaper(pair.extra, pair.saved, volume=definition.planned_volume)
