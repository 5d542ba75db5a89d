"""Life words: answers to what was asked, as lines for a terminal; silent on what was not."""

from collections.abc import Iterator
from itertools import chain

from breakeven.analysis.costs.life_results import LifeAnswers, Wait
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.words import listed, resource_words
from breakeven.report.lookup import headline
from breakeven.units import format_count


def life_lines(analysis: StudyAnalysis) -> list[str]:
    """Threshold, weights, shares, lifetimes and traffic, each in the headline cost."""
    if analysis.life is None:
        return []
    return [
        *_dropped(analysis, analysis.life),
        *_weighted(analysis, analysis.life),
        *_shares(analysis.life),
        *_fronts(analysis, analysis.life),
        *_traffic(analysis.life),
    ]


def _dropped(analysis: StudyAnalysis, life: LifeAnswers) -> Iterator[str]:
    names = [p.pathway for p in life.products if not p.is_valid]
    if names:
        yield f"Below the score of {analysis.definition.min_score:g}, dropped out: {listed(names)}."


def _weighted(analysis: StudyAnalysis, life: LifeAnswers) -> Iterator[str]:
    if not life.asked.is_weighted:
        return
    if life.unweighted_why:
        yield f"Not weighted by score: {life.unweighted_why}."
    for found in life.weighted:
        if found.resource is headline(analysis):
            yield f"Weighted by score: {found.sentence}"


def _shares(life: LifeAnswers) -> Iterator[str]:
    for row, n_tasks in life.asked.shares.items():
        yield f"Assumed: {row} is shared by {n_tasks} downstream tasks; each pays 1/{n_tasks}."
    asked = (step.break_evens for step in life.sharing if step.is_asked)
    sentences = (f"Shared: {found.sentence}" for found in chain.from_iterable(asked))
    yield from dict.fromkeys(sentences)  # rows shared together say the same


def _fronts(analysis: StudyAnalysis, life: LifeAnswers) -> Iterator[str]:
    wanted = {f"lifetime at {format_count(volume)}": volume for volume in life.asked.lifetimes}
    for front in analysis.fronts:
        if front.resource is headline(analysis) and front.phase in wanted:
            names = [p.name for p in front.points if p.is_on_front]
            yield (
                f"On the front after {format_count(wanted[front.phase])} "
                f"{analysis.definition.item.value.replace('_', ' ')}s, "
                f"{resource_words(front.resource)} with development: {listed(names)}."
            )


def _traffic(life: LifeAnswers) -> Iterator[str]:
    if life.traffic is None:
        return
    yield from (choice.sentence for choice in life.traffic.choices[:1])
    slow = [o.name for o in life.traffic.options if o.wait in {Wait.ABOVE, Wait.TAIL_ABOVE}]
    if slow and life.traffic.asked.max_latency_s is not None:
        limit_ms = 1000 * life.traffic.asked.max_latency_s
        yield f"Above the limit of {limit_ms:g} ms: {listed(slow)}."
