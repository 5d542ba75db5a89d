"""Reasons: the recommendation in words that a person can check against the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.costs.contenders import Contender, may_reach, quality_bar
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.payback import CLEAR
from breakeven.analysis.scoring.metric_scale import metric_scale
from breakeven.analysis.scoring.metric_words import constant_words
from breakeven.analysis.scoring.score_pairs import score_difference
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.analysis.scoring.unscored import is_unscored, unscored_reason
from breakeven.analysis.words import (
    amount_words,
    items_words,
    listed,
    one_item,
    resource_words,
)
from breakeven.records import Score, StudyDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The outcome of the choice.

    Attributes:
        contenders: All that could be ranked.
        winner: The cheapest that is good enough; None when none is.
        runner_up: The next; None when there is none.
        probability: P(the winner is cheaper than the runner-up).
    """

    contenders: tuple[Contender, ...]
    winner: Contender | None
    runner_up: Contender | None
    probability: float | None


def reason(ranking: Ranking, pathways: Sequence[PathwayCost], definition: StudyDefinition) -> str:
    """Say in a sentence or two why the winner won, with both numbers.

    Args:
        ranking: The outcome.
        pathways: All there are.
        definition: Headline resource, item and quality asked for.

    Examples:
        >>> nobody = Ranking(contenders=(), winner=None, runner_up=None, probability=None)
        >>> reason(nobody, [], StudyDefinition(name="s", pathways=())).split(",")[0]
        'No pathway has a score'
    """
    contenders, winner, runner_up = ranking.contenders, ranking.winner, ranking.runner_up
    if not contenders:
        return _unranked(pathways, definition)
    if winner is None:
        best = max(contenders, key=lambda c: c.score.product)
        return (
            f"No pathway reaches the score asked for ({definition.min_score:.3g}); "
            f"the best, {best.name}, scores {best.score.value:.3g}."
        )
    if len(pathways) == 1:
        return (
            "The study has one pathway, so nothing is chosen. "
            f"{winner.name} takes {_amount(winner, definition)} per "
            f"{one_item(definition.item)}, development included."
        ) + _untaught(winner)
    others = [c for c in contenders if c is not winner]
    if runner_up is None and others:
        cheapest = min(others, key=lambda c: c.average.value)
        return _only_one_reason(winner, cheapest, contenders, definition) + _untaught(winner)
    if runner_up is None:
        return (
            f"{winner.name} takes {_amount(winner, definition)} per "
            f"{one_item(definition.item)} and is the only pathway that can be ranked."
        ) + _untaught(winner)
    said = (
        _cheaper_reason(winner, runner_up, ranking, definition)
        if runner_up.is_good_enough
        else _only_one_reason(winner, runner_up, contenders, definition)
    )
    return said + _untaught(winner, runner_up)


def _unranked(pathways: Sequence[PathwayCost], definition: StudyDefinition) -> str:
    """Words for want of a choice; where nothing was scored, which costs least all the same."""
    by_cost = unscored_reason(definition, pathways) if is_unscored(pathways) else ""
    return by_cost or (
        "No pathway has a score, a development total and a cost per item in "
        f"{resource_words(definition.headline)}, so none can be recommended."
    )


def _untaught(*named: Contender) -> str:
    """Words for pathways whose score may be that of always giving the commonest answer."""
    names = [c.name for c in named if c.is_above_majority is False]
    if not names:
        return ""
    verb = "has" if len(names) == 1 else "have"
    which = constant_words(named[0].score.metric)
    return (
        f" {listed(names)} {verb} not been shown to score above always giving the {which} answer."
    )


def _cheaper_reason(
    winner: Contender, runner_up: Contender, ranking: Ranking, definition: StudyDefinition
) -> str:
    ratio = winner.average.value / runner_up.average.value if runner_up.average.value else 1.0
    doubt = (
        " The difference in cost is not certain."
        if ranking.probability is not None and ranking.probability < CLEAR
        else ""
    )
    return (
        f"{winner.name} takes {_amount(winner, definition)} per {one_item(definition.item)}, "
        f"{1 - ratio:.0%} less than {runner_up.name} ({_amount(runner_up, definition)}); "
        f"{_score_words(winner, runner_up)}.{doubt}"
    )


def _only_one_reason(
    winner: Contender,
    runner_up: Contender,
    contenders: Sequence[Contender],
    definition: StudyDefinition,
) -> str:
    bar = quality_bar(definition, [c.score for c in contenders])
    side = "below" if runner_up.score.higher_is_better else "above"
    is_cheaper = runner_up.average.value < winner.average.value
    by_points = " by point values" if any(may_reach(c, bar) for c in contenders) else ""
    return (
        f"{winner.name} is the only pathway that is good enough{by_points}: it scores "
        f"{winner.score.value:.3g} and takes {_amount(winner, definition)} per "
        f"{one_item(definition.item)}. {runner_up.name} is "
        f"{'cheaper' if is_cheaper else 'no cheaper'} ({_amount(runner_up, definition)}) "
        f"{'but' if is_cheaper else 'and'} scores {runner_up.score.value:.3g}, {side} the "
        f"{bar:.3g} asked for"
        f"{_unclear(winner, runner_up)}."
    )


def _score_words(winner: Contender, runner_up: Contender) -> str:
    value, other = winner.score.value, runner_up.score.value
    if value == other:
        return f"both score {value:.3g}"
    word = "higher" if value > other else "lower"
    return (
        f"it scores {value:.3g} against {other:.3g}, "
        f"{abs(value - other):.2g} {word}{_unclear(winner, runner_up)}"
    )


def _unclear(left: Contender, right: Contender) -> str:
    return unclear_words(left.cost.scored, right.cost.scored)


def unclear_words(one: PathwayScore | None, two: PathwayScore | None) -> str:
    """Words for when test set and seeds cannot tell two scores apart; empty when they can.

    Args:
        one: Score of a pathway.
        two: Of another.

    Examples:
        >>> unclear_words(None, None)
        ''
    """
    if one is None or two is None:
        return ""
    difference = score_difference(one, two)
    if difference.is_told_apart is not False:
        return ""
    if difference.why:
        return f" ({difference.why})"
    seeds = f" and {one.n_seeds} and {two.n_seeds} seeds" if one.n_seeds + two.n_seeds > 2 else ""
    examples = f"{difference.n_examples:,} test examples"
    return f", a difference that {examples}{seeds} cannot tell from none"


def rule(
    contenders: Sequence[Contender],
    pathways: Sequence[PathwayCost],
    definition: StudyDefinition,
) -> str:
    """Say how the choice was made, and who could not take part; empty where there was none.

    Args:
        contenders: All that could be ranked.
        pathways: All there are.
        definition: Headline resource, planned volume and quality asked for.

    Examples:
        >>> rule([], [], StudyDefinition(name="s", pathways=())).split(",")[0]
        'Among pathways that score within the tolerance of the best'
    """
    if len(pathways) == 1 and (contenders or is_unscored(pathways)):
        return _threshold_rule(contenders, definition)
    what, item = resource_words(definition.headline), one_item(definition.item)
    volume = items_words(definition.planned_volume, definition.item)
    if is_unscored(pathways):
        return (
            f"Pathways are told apart by the {what} per {item} over {volume} alone, development "
            "included, start-up apart; none is recommended without a score."
        )
    ranked = {c.name for c in contenders}
    left_out = [p.name for p in pathways if p.name not in ranked]
    return (
        f"Among pathways that score {_bar_of(contenders, definition)}, the lowest {what} per "
        f"{item} over {volume}, development included, start-up apart; point values decide."
        + _untaught_rule(contenders)
        + (f" Not ranked for want of a number: {', '.join(left_out)}." if left_out else "")
    )


def _threshold_rule(contenders: Sequence[Contender], definition: StudyDefinition) -> str:
    """What one pathway alone is held to; empty where no score was asked for."""
    if definition.min_score is None:
        return ""
    return f"Good enough is a score of {_bar_of(contenders, definition)}."


def _untaught_rule(contenders: Sequence[Contender]) -> str:
    if all(c.is_above_majority is not False for c in contenders):
        return ""
    which = constant_words(contenders[0].score.metric)
    return f" Pathways not shown to score above the {which} answer come last."


def _bar_of(contenders: Sequence[Contender], definition: StudyDefinition) -> str:
    return bar_words([c.score for c in contenders], definition)


def bar_words(scores: Sequence[Score], definition: StudyDefinition) -> str:
    """Say from which score on a pathway is good enough.

    Args:
        scores: Of all that can be ranked.
        definition: Holds the threshold, or the tolerance.

    Examples:
        >>> best = Score(metric="accuracy", value=0.85, split="test", n_examples=9)
        >>> bar_words([best], StudyDefinition(name="s", pathways=()))
        'within 0.02 of the best (at least 0.83)'
    """
    least = "at least" if all(score.higher_is_better for score in scores) else "at most"
    if definition.min_score is not None:
        return f"{least} {definition.min_score:.3g}"
    if not scores:
        return "within the tolerance of the best"
    bar = quality_bar(definition, scores)
    scale = metric_scale(scores[0].metric, bar)
    tolerance = definition.tolerance
    off = f"{tolerance:.3g}" if scale.is_bounded else f"{100 * tolerance:.3g} %"
    within = f"within {off} of the best"
    is_any = bar == (scale.low if least == "at least" else scale.high)
    return f"{within} ({least} {bar:.3g}{', which every score is' if is_any else ''})"


def _amount(contender: Contender, definition: StudyDefinition) -> str:
    return amount_words(definition.headline, contender.average.value)
