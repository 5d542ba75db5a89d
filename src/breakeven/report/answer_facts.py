"""Facts: the handful of numbers beside the answer: how sure, from when, what it saves, how good."""

from dataclasses import dataclass, replace

from breakeven.analysis.deciding import Decision, Saving, SureOf, chance_words
from breakeven.analysis.results import (
    BreakEven,
    PathwayResult,
    Recommendation,
    StudyAnalysis,
    Verdict,
)
from breakeven.analysis.scoring.metric_words import metric_title
from breakeven.analysis.words import item_words, one_item
from breakeven.records import Estimate
from breakeven.report.kinds import Badge, badges
from breakeven.report.lookup import pathway_named
from breakeven.report.quantity import format_estimate, format_items, format_score
from breakeven.report.tables.pathways import break_even_cell

FACTS = ("probability", "break-even", "saves", "quality")
"""Names of the facts, in the order in which they are shown."""

_BREAK_EVEN_DETAILS = {
    Verdict.ALWAYS: "from the first {item} on",
    Verdict.NEVER: "it costs less at no volume",
    Verdict.NOT_SHOWN: "the saving per {item} is not shown",
    Verdict.UP_TO: "{items}; from there on {incumbent} has cost less",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One of the numbers beside the answer.

    Attributes:
        name: Anchor in the page.
        label: What it is.
        text: The number.
        detail: What it is compared with, or how sure it is.
        badges: How it came about.
        estimate: What is shown; None for words.
    """

    name: str
    label: str
    text: str
    detail: str
    badges: tuple[Badge, ...] = ()
    estimate: Estimate | None = None


def facts(
    analysis: StudyAnalysis, found: BreakEven | None, decision: Decision | None
) -> tuple[Fact, ...]:
    """What can be said beside the recommendation.

    Args:
        analysis: Whose recommendation.
        found: Break-even against the runner-up; None where they were not compared.
        decision: What the choice saves against the runner-up, and how sure it is; None where that
            is not known.
    """
    told, metric = analysis.recommendation, analysis.definition.metric
    chosen = pathway_named(analysis, told.pathway)
    other = pathway_named(analysis, told.runner_up)
    pairs = (
        _probability_fact(told, decision),
        _break_even_fact(found) if found is not None else None,
        _saves_fact(decision, told) if decision is not None else None,
        _quality_fact(chosen, other, metric) if chosen is not None else None,
    )
    return tuple(fact for fact in pairs if fact is not None)


def _probability_fact(told: Recommendation, decision: Decision | None) -> Fact | None:
    """How sure it is that what decided holds; that is cost unless a decision says otherwise."""
    if decision is not None and (sure := decision.sure) is not None:
        return Fact(name="probability", label=sure.label, text=sure.text, detail=sure.detail)
    if told.runner_up is None:
        return None
    return Fact(
        name="probability",
        label=f"P({told.pathway} is cheaper)",
        text=chance_words(told.probability, told.rests_on),
        detail=f"than {told.runner_up} at {format_items(told.volume, told.item)}",
    )


def _quality_fact(chosen: PathwayResult, other: PathwayResult | None, metric: str) -> Fact:
    against = other and f"{other.name}: {format_score(other.score, metric, interval=False)}"
    return Fact(
        name="quality",
        label=metric_title(metric),
        text=format_score(chosen.score, metric),
        detail=against or "",
        badges=badges(chosen.score),
        estimate=chosen.score,
    )


def _saves_fact(decision: Decision, told: Recommendation) -> Fact | None:
    """The whole volume's saving, turned round where the choice takes more, and that of one item."""
    saves = decision.saves
    if saves is None:
        return None
    amount = saves.amount
    assert amount.value is not None
    takes_more = amount.value < 0
    shown = _negative(amount) if takes_more else amount
    assert shown.value is not None
    each = replace(amount, value=shown.value / told.volume, low=None, high=None)
    return Fact(
        name="saves",
        label=_saves_label(decision, saves, takes_more=takes_more),
        text=format_estimate(shown, told.resource),
        detail=f"over {format_items(told.volume, told.item)}; "
        f"{format_estimate(each, told.resource)} per {one_item(told.item)}",
        badges=badges(amount),
        estimate=amount,
    )


def _saves_label(decision: Decision, saves: Saving, *, takes_more: bool) -> str:
    if not takes_more:
        return f"Saves against {saves.against}"
    is_bought = decision.sure is not None and decision.sure.of is SureOf.FLOOR
    return "What the better score costs" if is_bought else f"Takes more than {saves.against}"


def _negative(amount: Estimate) -> Estimate:
    assert amount.value is not None
    low, high = (None if end is None else -end for end in (amount.high, amount.low))
    return replace(amount, value=-amount.value, low=low, high=high)


def _break_even_fact(found: BreakEven) -> Fact:
    cell = break_even_cell(found, min_digits=3)
    return Fact(
        name="break-even",
        label=f"Break-even against {found.incumbent}",
        text=cell.text,
        detail=_BREAK_EVEN_DETAILS.get(found.verdict, "{items} until {candidate} has cost less")
        .replace("{items}", item_words(found.item))
        .replace("{item}", one_item(found.item))
        .replace("{candidate}", found.candidate)
        .replace("{incumbent}", found.incumbent),
        badges=cell.badges,
        estimate=found.estimate,
    )
