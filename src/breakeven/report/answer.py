"""Answer: what the first screen says, as text and bar lengths ready to be laid out."""

import math
from dataclasses import dataclass

from breakeven.analysis.results import BreakEven, PathwayResult, StudyAnalysis, Verdict
from breakeven.analysis.scoring.metric_words import metric_title, metric_words
from breakeven.analysis.words import amount_words, item_words, one_item, resource_words
from breakeven.records import Estimate
from breakeven.report.crossings import average_at
from breakeven.report.kinds import Badge, badges
from breakeven.report.lookup import break_even_between, busy_words, is_alone, pathway_named
from breakeven.report.quantity import (
    common_scale,
    ends,
    format_estimate,
    format_items,
    format_probability,
    format_score,
)
from breakeven.report.tables.pathways import break_even_cell, column_scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One pathway's cost per item at the planned volume, as a bar from 0 with its interval.

    Attributes:
        pathway: Whose.
        role: "recommended" or "runner-up".
        text: Value with interval and unit.
        length_frac: Of the drawing.
        low_frac: Where the interval starts; None when there is none to show.
        high_frac: Where it ends.
        badges: How the number came about.
    """

    pathway: str
    role: str
    text: str
    length_frac: float
    low_frac: float | None
    high_frac: float | None
    badges: tuple[Badge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One of the numbers beside the answer.

    Attributes:
        name: Anchor in the page.
        label: What it is.
        text: The number.
        detail: What it is compared with, or how sure it is.
        badges: How it came about.
    """

    name: str
    label: str
    text: str
    detail: str
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The first screen.

    Attributes:
        pathway: Recommended; None when nothing can be.
        runner_up: The next best; None when there is no other.
        volume: "100,000 examples".
        cost: "CPU time per example, development included".
        is_choice: Whether there was another pathway to choose.
        bars: Recommended first.
        facts: Probability, break-even, quality, development.
        reason: Why.
        rule: How it was chosen; empty when one pathway needs none.
        break_even: The sentence against the runner-up; empty when they were not compared.
        passed_over: Pathways that cost less and were not chosen; empty when there are none.
        busy: What the intervals hold for where the machine was busy; empty where it was not.
    """

    pathway: str | None
    runner_up: str | None
    volume: str
    cost: str
    is_choice: bool
    bars: tuple[Bar, ...]
    facts: tuple[Fact, ...]
    reason: str
    rule: str
    break_even: str
    passed_over: str
    busy: str


_BREAK_EVEN_DETAILS = {
    Verdict.ALWAYS: "from the first {item} on",
    Verdict.NEVER: "it costs less at no volume",
    Verdict.NOT_SHOWN: "the saving per {item} is not shown",
}


def answer(analysis: StudyAnalysis) -> Answer:
    """Put the recommendation into words, bars and a handful of facts."""
    told = analysis.recommendation
    found = _against_runner_up(analysis)
    return Answer(
        pathway=told.pathway,
        runner_up=told.runner_up,
        volume=format_items(told.volume, told.item),
        cost=f"{resource_words(told.resource)} per {one_item(told.item)}, development included",
        is_choice=not is_alone(analysis),
        bars=_bars(analysis),
        facts=tuple(_facts(analysis, found)) if told.pathway else (),
        reason=told.reason,
        rule=told.rule,
        break_even=found.sentence if found else "",
        passed_over=_passed_over(analysis),
        busy=busy_words(analysis),
    )


def _passed_over(analysis: StudyAnalysis) -> str:
    """Name what is cheaper at the planned volume but was not chosen, with its score."""
    told, metric = analysis.recommendation, analysis.definition.metric
    if told.average is None or told.average.value is None:
        return ""
    chosen = {told.pathway, told.runner_up}
    found = []
    for curve in analysis.curves:
        average = average_at(curve, told.volume) if curve.resource is told.resource else None
        pathway = pathway_named(analysis, curve.pathway)
        if pathway is None or average is None or curve.pathway in chosen:
            continue
        if average < told.average.value:
            found.append(
                f"{pathway.name} ({amount_words(told.resource, average)}, {metric_words(metric)} "
                f"{format_score(pathway.score, metric, interval=False)})"
            )
    return f"Costs less, but does not meet the rule: {', '.join(found)}." if found else ""


def _against_runner_up(analysis: StudyAnalysis) -> BreakEven | None:
    told = analysis.recommendation
    if told.pathway is None or told.runner_up is None:
        return None
    forwards = break_even_between(analysis, told.pathway, told.runner_up, told.resource)
    return forwards or break_even_between(analysis, told.runner_up, told.pathway, told.resource)


def _bars(analysis: StudyAnalysis) -> tuple[Bar, ...]:
    told = analysis.recommendation
    pairs = (
        (told.pathway, "recommended", told.average),
        (told.runner_up, "runner-up", told.runner_up_average),
    )
    shown = [
        (name, role, e) for name, role, e in pairs if name and e is not None and e.value is not None
    ]
    scale = common_scale([e.value for _, _, e in shown if e.value is not None], told.resource)
    longest = max((_far_end(e) for _, _, e in shown), default=0.0)
    return tuple(
        Bar(
            pathway=name,
            role=role,
            text=format_estimate(e, told.resource, scale=scale),
            length_frac=_share(e.value, longest) or 0.0,
            low_frac=_share(ends(e)[0], longest),
            high_frac=_share(ends(e)[1], longest),
            badges=badges(e),
        )
        for name, role, e in shown
    )


def _far_end(estimate: Estimate) -> float:
    value, high = estimate.value or 0.0, ends(estimate)[1]
    return high if high is not None and math.isfinite(high) else value


def _share(value: float | None, longest: float) -> float | None:
    if value is None:
        return None
    return max(0.0, min(1.0, value / longest)) if longest > 0 else 0.0


def _facts(analysis: StudyAnalysis, found: BreakEven | None) -> list[Fact]:
    told, metric = analysis.recommendation, analysis.definition.metric
    chosen = pathway_named(analysis, told.pathway)
    other = pathway_named(analysis, told.runner_up)
    facts = []
    if told.runner_up is not None:
        facts.append(
            Fact(
                name="probability",
                label=f"P({told.pathway} is cheaper)",
                text=format_probability(told.probability),
                detail=f"than {told.runner_up} at {format_items(told.volume, told.item)}",
            )
        )
    if found is not None:
        facts.append(_break_even_fact(found))
    if chosen is not None:
        against = other and f"{other.name}: {format_score(other.score, metric, interval=False)}"
        facts.append(
            Fact(
                name="quality",
                label=metric_title(metric),
                text=format_score(chosen.score, metric),
                detail=against or "",
                badges=badges(chosen.score),
            )
        )
        facts.append(_development_fact(analysis, chosen, other))
    return facts


def _development_fact(
    analysis: StudyAnalysis, chosen: PathwayResult, other: PathwayResult | None
) -> Fact:
    resource = analysis.recommendation.resource
    scale = column_scale((p.development for p in analysis.pathways), resource)
    own = chosen.development.get(resource)
    detail = ""
    if other is not None:
        theirs = other.development.get(resource)
        detail = f"{other.name}: {format_estimate(theirs, resource, interval=False, scale=scale)}"
    return Fact(
        name="development",
        label=f"{resource_words(resource)} to develop",
        text=format_estimate(own, resource, scale=scale),
        detail=detail,
        badges=badges(own),
    )


def _break_even_fact(found: BreakEven) -> Fact:
    cell = break_even_cell(found)
    return Fact(
        name="break-even",
        label=f"Break-even against {found.incumbent}",
        text=cell.text,
        detail=_BREAK_EVEN_DETAILS.get(
            found.verdict, f"{item_words(found.item)} until {found.candidate} has cost less"
        ).replace("{item}", one_item(found.item)),
        badges=cell.badges,
    )
