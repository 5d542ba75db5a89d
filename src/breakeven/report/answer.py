"""Answer: what the first screen says, as text and bar lengths ready to be laid out."""

import math
from dataclasses import dataclass

from breakeven.analysis.results import BreakEven, StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import amount_words, one_item, resource_words
from breakeven.records import Estimate
from breakeven.report.answer_facts import FACTS, Fact, facts
from breakeven.report.controls import Controls, controls
from breakeven.report.crossings import average_at
from breakeven.report.decided import average_texts, measured_once_words
from breakeven.report.kinds import Badge, badges
from breakeven.report.lookup import (
    break_even_between,
    busy_words,
    is_alone,
    is_much_busy,
    pathway_named,
)
from breakeven.report.quantity import (
    ends,
    format_items,
    format_score,
    pair_scale,
)


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
        estimate: What is shown.
    """

    pathway: str
    role: str
    text: str
    length_frac: float
    low_frac: float | None
    high_frac: float | None
    badges: tuple[Badge, ...]
    estimate: Estimate | None = None


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
        facts: Probability, break-even, saving, quality.
        reason: Why.
        rule: How it was chosen; empty when one pathway needs none.
        break_even: The sentence against the runner-up; empty when they were not compared.
        changes: What would change the answer, most telling first.
        controls: What a reader may turn; None for an analysis that kept nothing to decide from.
        passed_over: Pathways that cost less and were not chosen; empty when there are none.
        busy: What the intervals hold for where the machine was busy; empty where it was not.
        is_much_busy: Whether it was for so many runs that this must not be folded away.
        measured_once: Whose average is mostly development measured once; empty where none is.
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
    is_much_busy: bool = False
    measured_once: str = ""
    changes: tuple[str, ...] = ()
    controls: Controls | None = None

    @property
    def every_bar(self) -> tuple[Bar, ...]:
        """Both bars, empty where there is nobody to draw, for a script to fill."""
        return tuple(
            next((bar for bar in self.bars if bar.role == role), _no_bar(role)) for role in _ROLES
        )

    @property
    def every_fact(self) -> tuple[Fact, ...]:
        """All facts, empty where there is nothing to say, for a script to fill."""
        return tuple(
            next((fact for fact in self.facts if fact.name == name), _no_fact(name))
            for name in FACTS
        )


_ROLES = ("recommended", "runner-up")


def _no_bar(role: str) -> Bar:
    return Bar(
        pathway="", role=role, text="", length_frac=0.0, low_frac=None, high_frac=None, badges=()
    )


def _no_fact(name: str) -> Fact:
    return Fact(name=name, label="", text="", detail="")


def answer(analysis: StudyAnalysis) -> Answer:
    """Put the recommendation into words, bars and a handful of facts."""
    told = analysis.recommendation
    found, decision = _against_runner_up(analysis), analysis.decision
    return Answer(
        pathway=told.pathway,
        runner_up=told.runner_up,
        volume=format_items(told.volume, told.item),
        cost=f"{resource_words(told.resource)} per {one_item(told.item)}, development included",
        is_choice=not is_alone(analysis),
        bars=_bars(analysis),
        measured_once=measured_once_words(decision),
        facts=facts(analysis, found, decision) if told.pathway else (),
        controls=controls(analysis, bar=decision.bar if decision else None),
        changes=decision.changes if decision else (),
        reason=told.reason,
        rule=told.rule,
        break_even=found.sentence if found else "",
        passed_over=_passed_over(analysis),
        busy=busy_words(analysis),
        is_much_busy=is_much_busy(analysis),
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
    scale = pair_scale([e.value for _, _, e in shown if e.value is not None], told.resource)
    texts = dict(zip(_ROLES, average_texts(told, analysis.decision, scale=scale), strict=True))
    longest = max((_far_end(e) for _, _, e in shown), default=0.0)
    return tuple(
        Bar(
            pathway=name,
            role=role,
            text=texts[role],
            length_frac=_share(e.value, longest) or 0.0,
            low_frac=_share(ends(e)[0], longest),
            high_frac=_share(ends(e)[1], longest),
            badges=badges(e),
            estimate=e,
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
