"""Summary: the answer and the table of pathways as plain text, for a terminal or a log."""

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from breakeven.analysis.advice import advise
from breakeven.analysis.costs.usage import PRODUCTION, RESEARCH
from breakeven.analysis.deciding import SureOf, open_words
from breakeven.analysis.results import (
    BreakEven,
    Recommendation,
    RestsOn,
    StudyAnalysis,
    Verdict,
)
from breakeven.analysis.scoring.metric_words import constant_words
from breakeven.analysis.words import listed, one_item, resource_words
from breakeven.report.advice_words import cut_lines
from breakeven.report.decided import average_texts, measured_once_words
from breakeven.report.life_words import life_lines
from breakeven.report.lookup import break_even_between, busy_words, headline, is_alone
from breakeven.report.optimum_text import optimum_lines
from breakeven.report.optimum_words import leads, unfinished_words
from breakeven.report.quantity import (
    format_items,
    format_probability,
    format_share,
)
from breakeven.report.search_words import search_lines
from breakeven.report.tables.known import with_kinds
from breakeven.report.tables.pathways import pathways_table
from breakeven.report.tables.table import in_ascii

WIDTH = 100
MOST_CHANGES = 3
"""Lines on what would change the answer; the page has one more."""


def summary(analysis: StudyAnalysis, *, width: int | None = None) -> str:
    """Say which pathway is recommended and why, then show all of them.

    Args:
        analysis: What was concluded.
        width: Columns of a terminal; None keeps each row of the table on one line.

    Returns:
        Plain ASCII that ends in a newline; intervals are 95 % unless the report says otherwise.
    """
    told = [] if leads(analysis) else [*_answer(analysis), *_crossings(analysis)]
    told += [] if leads(analysis) else _untaught(analysis)
    told += [*life_lines(analysis), *search_lines(analysis)]
    told += [] if leads(analysis) else [*cut_lines(analysis, advise(analysis))]
    parts = [
        *_optimum(analysis, width),
        *([] if leads(analysis) else [_table(analysis, width)]),
        *(_wrapped(line, width) for line in told),
        _wrapped(_doubts(analysis), width),
    ]
    return in_ascii("\n".join(parts)) + "\n"


def _table(analysis: StudyAnalysis, width: int | None) -> str:
    """The pathways, and how their numbers came about: a terminal shows no signs."""
    table = pathways_table(analysis)
    kinds = with_kinds(replace(table, caption="")).caption.strip()
    said = f"{_wrapped(kinds, width)}\n" if kinds else ""
    return f"{table.to_text(width)}\n{said}"


def _optimum(analysis: StudyAnalysis, width: int | None) -> Iterator[str]:
    """What a search for the cheapest inference found, with its front."""
    if unfinished := unfinished_words(analysis):
        yield _wrapped(unfinished, width)
    if analysis.optimum is not None:
        for line in optimum_lines(analysis.optimum):
            yield line if "\n" in line else _wrapped(line, width)


def _answer(analysis: StudyAnalysis) -> list[str]:
    told = analysis.recommendation
    if told.pathway is None:
        return [f"No pathway can be recommended: {told.reason}"]
    volume = format_items(told.volume, told.item)
    at = "At" if is_alone(analysis) else "Recommended at"
    lines = [
        f"{at} {volume}: {told.pathway}, {average_text(analysis)}.",
        *([f"Intervals of these averages: 95 %, {told.covers}."] if told.covers else []),
        *([once] if (once := measured_once_words(analysis.decision)) else []),
        *([busy] if (busy := busy_words(analysis)) else []),
        told.reason,
        *([f"Rule: {told.rule}"] if told.rule else []),
    ]
    if told.runner_up is not None:
        lines.insert(1, _runner_up(analysis, told))
    elif sure := analysis.decision and analysis.decision.sure:
        lines.insert(1, f"{sure.label} {sure.text}: {sure.detail}.")
    if told.runner_up is not None:
        lines += _break_even_lines(analysis, told.pathway, told.runner_up)
    return [*lines, *_deciding_lines(analysis), *_usage_line(analysis)]


def average_text(analysis: StudyAnalysis) -> str:
    """Cost per item of the recommended pathway, development included, with its interval."""
    told = analysis.recommendation
    cost = average_texts(told, analysis.decision)[0]
    return f"{cost} {resource_words(told.resource)} per {one_item(told.item)}, development included"


def _runner_up(analysis: StudyAnalysis, told: Recommendation) -> str:
    cost = average_texts(told, analysis.decision)[1]
    sure = analysis.decision and analysis.decision.sure
    if sure and sure.of is not SureOf.COST:
        return f"Runner-up: {told.runner_up}, {cost}. {sure.label} {sure.text}: {sure.detail}."
    chance = f"P({told.pathway} is cheaper){_chance(told)}{_may_reach(analysis)}"
    return f"Runner-up: {told.runner_up}, {cost}; {chance}."


def _may_reach(analysis: StudyAnalysis) -> str:
    """Who costs less and misses the floor by its point value alone; empty where nobody does."""
    decision = analysis.decision
    if decision is None or decision.bar is None or not decision.sure or not decision.sure.may_reach:
        return ""
    return f"; {open_words(decision.sure.may_reach, decision.bar)}"


def _chance(told: Recommendation) -> str:
    """How sure the choice is; where nothing scattered there is no probability to give."""
    if told.rests_on is RestsOn.RESOLUTION:
        return ": by resolution, nothing was repeated"
    sure = format_probability(told.probability)
    return f" {sure}" if sure.startswith((">", "<")) else f" = {sure}"


def _deciding_lines(analysis: StudyAnalysis) -> Iterator[str]:
    """What the choice saves, and what would change it."""
    decision = analysis.decision
    if decision is None:
        return
    if decision.saves is not None:
        yield decision.saves.sentence
    yield from decision.changes[:MOST_CHANGES]


def _usage_line(analysis: StudyAnalysis) -> Iterator[str]:
    """Share of development in research use and in production use of the recommended pathway."""
    told = analysis.recommendation
    if analysis.life is None:
        return
    found = {
        usage.profile: usage
        for usage in analysis.life.usage
        if (usage.pathway, usage.resource) == (told.pathway, told.resource)
    }
    if found.keys() >= {RESEARCH, PRODUCTION}:
        research, production = (
            (
                format_share(found[name].development_share),
                format_items(found[name].volume, told.item),
            )
            for name in (RESEARCH, PRODUCTION)
        )
        yield (
            f"Development is {research[0]} of the {resource_words(told.resource)} of "
            f"{told.pathway} in research use ({research[1]}) and {production[0]} in production "
            f"use ({production[1]})."
        )


def _break_even_lines(analysis: StudyAnalysis, pathway: str, other: str) -> list[str]:
    found = break_even_between(analysis, pathway, other, headline(analysis))
    return [f"Break-even: {found.sentence}"] if found else []


def _crossings(analysis: StudyAnalysis) -> list[str]:
    """Break-evens in the headline cost that the answer has not named yet."""
    return [f"Break-even: {found.sentence}" for found in _further(analysis)]


def _further(analysis: StudyAnalysis) -> Iterator[BreakEven]:
    told = analysis.recommendation
    for found in analysis.break_evens:
        pair = (found.candidate, found.incumbent)
        is_told = found.verdict is Verdict.FINITE and found.resource is headline(analysis)
        if is_told and pair != (told.pathway, told.runner_up):
            yield found


def _untaught(analysis: StudyAnalysis) -> list[str]:
    """Say whose break-evens rest on a model that may have learnt nothing."""
    told = analysis.recommendation
    shown = {name for found in _further(analysis) for name in (found.candidate, found.incumbent)}
    if told.pathway and told.runner_up:
        is_told = _break_even_lines(analysis, told.pathway, told.runner_up)
        shown |= {told.pathway, told.runner_up} if is_told else set()
    named = [p.name for p in analysis.pathways if p.is_above_majority is False and p.name in shown]
    if not named:
        return []
    verb, which = "has" if len(named) == 1 else "have", constant_words(analysis.definition.metric)
    said = f"{listed(named)} {verb} not been shown to score above always giving the {which} answer."
    return [f"These break-evens rest on costs alone: {said}"]


def _doubts(analysis: StudyAnalysis) -> str:
    counts = sorted(Counter(note.code.value for note in analysis.notes).items())
    if not counts:
        return "Notes: none."
    told = ", ".join(f"{code} x{n}" if n > 1 else code for code, n in counts)
    return f"Notes ({len(analysis.notes)}): {told}; the report explains each."


def _wrapped(text: str, width: int | None) -> str:
    width = min(WIDTH, width or WIDTH)
    return textwrap.fill(text, width=width, subsequent_indent="  ", break_on_hyphens=False)
