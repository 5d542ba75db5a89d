"""Recommend: which pathway at the planned volume, how sure, and why, in words.

Quality first, then cost: pathways that reach the quality asked for count as equals (Dürlich et
al. 2023, section 3.2, "ceteris paribus"), and the cheapest of them over the planned life wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven import units
from breakeven.analysis.comparison import compare
from breakeven.analysis.lifecycle import amortized
from breakeven.analysis.pathways import PathwayCost, mixed_kinds
from breakeven.analysis.payback import probability_cheaper
from breakeven.analysis.results import Recommendation
from breakeven.analysis.stats import newcombe
from breakeven.analysis.uncertain import Uncertain, as_estimate
from breakeven.analysis.words import amount_words, item_words, one_item, resource_words
from breakeven.records import Estimate, Note, NoteCode, Score, StudyDefinition

ROUNDING = 1e-12
"""A score this little below the bar has reached it; 0.85 - 0.02 is not exactly 0.83."""

CLEAR = 0.95
"""Below this probability the reason says that the two may be equally cheap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One pathway that can be ranked.

    Attributes:
        cost: The pathway.
        score: Its quality.
        average: Cost per item at the planned volume, development included.
        is_good_enough: Whether it reaches the quality asked for.
    """

    cost: PathwayCost
    score: Score
    average: Uncertain
    is_good_enough: bool

    @property
    def name(self) -> str:
        """Of the pathway."""
        return self.cost.name


def recommend(definition: StudyDefinition, pathways: Sequence[PathwayCost]) -> Recommendation:
    """Choose the cheapest pathway that is good enough at the planned volume.

    Args:
        definition: Headline resource, planned volume and quality asked for.
        pathways: Gathered costs.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.pathways import pathway_cost
        >>> from breakeven.analysis.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> choice = recommend(definition, [pathway_cost(found, p) for p in definition.pathways])
        >>> choice.pathway, choice.runner_up
        ('TS', 'FT')
    """
    contenders = _contenders(definition, pathways)
    ranked = sorted(contenders, key=lambda c: (not c.is_good_enough, c.average.value))
    winner = ranked[0] if ranked and ranked[0].is_good_enough else None
    runner_up = ranked[1] if winner is not None and len(ranked) > 1 else None
    return Recommendation(
        pathway=winner.name if winner else None,
        resource=definition.headline,
        item=definition.item,
        volume=definition.planned_volume,
        average=_average_estimate(winner, definition),
        runner_up=runner_up.name if runner_up else None,
        runner_up_average=_average_estimate(runner_up, definition),
        probability=_probability(winner, runner_up, definition),
        reason=_reason(winner, runner_up, contenders, definition),
        rule=_rule(contenders, pathways, definition),
    )


def quality_bar(definition: StudyDefinition, scores: Sequence[Score]) -> float:
    """Lowest score that is good enough: `min_score`, else the best less the tolerance.

    Args:
        definition: Holds both.
        scores: Of every pathway that can be ranked; at least one when `min_score` is None.

    Examples:
        >>> best = Score(metric="accuracy", value=0.85, split="test", n_examples=9)
        >>> round(quality_bar(StudyDefinition(name="s", pathways=()), [best]), 6)
        0.83
    """
    if definition.min_score is not None:
        return definition.min_score
    best = max(scores, key=lambda score: score.product)
    return best.value - definition.tolerance * (1 if best.higher_is_better else -1)


def baseline_notes(
    recommendation: Recommendation, pathways: Sequence[PathwayCost]
) -> tuple[Note, ...]:
    """Say it when a model that is not neural wins, or scores best.

    Args:
        recommendation: What was chosen.
        pathways: Gathered costs.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.pathways import pathway_cost
        >>> from breakeven.analysis.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> costs = [pathway_cost(found, p) for p in definition.pathways]
        >>> baseline_notes(recommend(definition, costs), costs)
        ()
    """
    scored = [p for p in pathways if p.score is not None]
    best = max(scored, key=lambda p: p.score.product if p.score else 0.0, default=None)
    baselines = {p.name for p in pathways if p.is_baseline}
    found = []
    if recommendation.pathway in baselines:
        found.append(f"{recommendation.pathway}, which is not a neural model, is recommended")
    if best is not None and best.name in baselines:
        found.append(f"{best.name}, which is not a neural model, has the best score")
    return tuple(
        Note(
            code=NoteCode.BASELINE_WINS,
            message=f"{text}.",
            advice="Believe it before training anything larger; then look for a harder test.",
        )
        for text in found
    )


def _contenders(
    definition: StudyDefinition, pathways: Sequence[PathwayCost]
) -> tuple[Contender, ...]:
    headline, volume = definition.headline, definition.planned_volume
    found = []
    for pathway in pathways:
        development, marginal = pathway.development(headline), pathway.marginal(headline)
        has_life = pathway.has_life(headline) and development is not None and marginal is not None
        if has_life and pathway.score is not None:
            assert development is not None
            assert marginal is not None
            found.append((pathway, pathway.score, amortized(development, marginal, volume=volume)))
    if not found:
        return ()
    bar = quality_bar(definition, [score for _, score, _ in found])
    return tuple(
        Contender(
            cost=pathway,
            score=score,
            average=average,
            is_good_enough=score.product >= (bar if score.higher_is_better else -bar) - ROUNDING,
        )
        for pathway, score, average in found
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


def _reason(
    winner: Contender | None,
    runner_up: Contender | None,
    contenders: Sequence[Contender],
    definition: StudyDefinition,
) -> str:
    if not contenders:
        return (
            f"No pathway has a score, a development total and a cost per item in "
            f"{resource_words(definition.headline)}, so none can be recommended."
        )
    if winner is None:
        best = max(contenders, key=lambda c: c.score.product)
        return (
            f"No pathway reaches the score asked for ({definition.min_score:.3g}); "
            f"the best, {best.name}, scores {best.score.value:.3g}."
        )
    if runner_up is None:
        return (
            f"{winner.name} takes {_amount(winner, definition)} per "
            f"{one_item(definition.item)} and is the only pathway that can be ranked."
        )
    if not runner_up.is_good_enough:
        return _only_one_reason(winner, runner_up, contenders, definition)
    return _cheaper_reason(winner, runner_up, definition)


def _cheaper_reason(winner: Contender, runner_up: Contender, definition: StudyDefinition) -> str:
    ratio = winner.average.value / runner_up.average.value if runner_up.average.value else 1.0
    probability = _probability(winner, runner_up, definition)
    doubt = (
        " The difference in cost is not certain."
        if probability is not None and probability < CLEAR
        else ""
    )
    return (
        f"{winner.name} takes {_amount(winner, definition)} per {one_item(definition.item)}, "
        f"{1 - ratio:.0%} less than {runner_up.name} ({_amount(runner_up, definition)}); "
        f"{_score_words(winner.score, runner_up.score)}.{doubt}"
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
    return (
        f"{winner.name} is the only pathway that is good enough: it scores "
        f"{winner.score.value:.3g} and takes {_amount(winner, definition)} per "
        f"{one_item(definition.item)}. {runner_up.name} is "
        f"{'cheaper' if is_cheaper else 'no cheaper'} ({_amount(runner_up, definition)}) but "
        f"scores {runner_up.score.value:.3g}, {side} the {bar:.3g} asked for"
        f"{_unclear(winner.score, runner_up.score)}."
    )


def _score_words(winner: Score, runner_up: Score) -> str:
    difference = winner.value - runner_up.value
    if difference == 0:
        return f"both score {winner.value:.3g}"
    word = "higher" if difference > 0 else "lower"
    return (
        f"it scores {winner.value:.3g} against {runner_up.value:.3g}, "
        f"{abs(difference):.2g} {word}{_unclear(winner, runner_up)}"
    )


def _unclear(left: Score, right: Score) -> str:
    """Words for when the test set cannot tell two scores apart."""
    if left.n_correct is None or right.n_correct is None:
        return ""
    counts = (left.n_correct, left.n_examples), (right.n_correct, right.n_examples)
    difference = newcombe(*counts)
    if not difference.low <= 0 <= difference.high:
        return ""
    return f", a difference that {left.n_examples:,} test examples cannot tell from none"


def _rule(
    contenders: Sequence[Contender],
    pathways: Sequence[PathwayCost],
    definition: StudyDefinition,
) -> str:
    what, item = resource_words(definition.headline), one_item(definition.item)
    volume = f"{units.format_count(definition.planned_volume)} {item_words(definition.item)}"
    ranked = {c.name for c in contenders}
    left_out = [p.name for p in pathways if p.name not in ranked]
    return (
        f"Among pathways that score {_bar_words(contenders, definition)}, the lowest {what} per "
        f"{item} over {volume}, development included, start-up apart; point values decide."
        + (f" Not ranked for want of a number: {', '.join(left_out)}." if left_out else "")
    )


def _bar_words(contenders: Sequence[Contender], definition: StudyDefinition) -> str:
    if definition.min_score is not None:
        return f"at least {definition.min_score:.3g}"
    if not contenders:
        return f"within {definition.tolerance:.3g} of the best"
    bar = quality_bar(definition, [c.score for c in contenders])
    return f"within {definition.tolerance:.3g} of the best (at least {bar:.3g})"


def _amount(contender: Contender, definition: StudyDefinition) -> str:
    return amount_words(definition.headline, contender.average.value)
