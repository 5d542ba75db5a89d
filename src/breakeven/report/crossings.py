"""Crossings: where one amortized curve passes under another, and who is cheapest where."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from breakeven.analysis.results import AmortizedCurve, StudyAnalysis, Verdict
from breakeven.analysis.words import amount_words, item_words, one_item, resource_words
from breakeven.records import Resource
from breakeven.report.lookup import is_alone, unseen
from breakeven.units import format_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A volume at which one pathway becomes cheaper than another.

    Attributes:
        candidate: The one that is cheaper from there on.
        incumbent: The one it overtakes.
        volume: Items.
        average: Cost per item of both at that volume.
        changes_winner: Whether no third pathway is cheaper there.
    """

    candidate: str
    incumbent: str
    volume: float
    average: float
    changes_winner: bool


def average_at(curve: AmortizedCurve, volume: float) -> float | None:
    """Cost per item at a volume, read off the curve (straight between points on log axes)."""
    points = zip(curve.volumes, curve.average, strict=True)
    for (n_0, a_0), (n_1, a_1) in pairwise(points):
        if n_0 <= volume <= n_1:
            share = math.log(volume / n_0) / math.log(n_1 / n_0)
            return math.exp(math.log(a_0) * (1 - share) + math.log(a_1) * share)
    return None


def crossings(
    analysis: StudyAnalysis, resource: Resource, curves: Sequence[AmortizedCurve]
) -> list[Crossing]:
    """Finite break-evens of a resource that lie within the drawing."""
    by_name = {curve.pathway: curve for curve in curves}
    found = []
    for pair in analysis.break_evens:
        volume = pair.estimate.value
        if pair.resource is not resource or pair.verdict is not Verdict.FINITE or not volume:
            continue
        if pair.candidate not in by_name or pair.incumbent not in by_name:
            continue
        average = average_at(by_name[pair.candidate], volume)
        if average is None:
            continue
        others = (average_at(c, volume) for c in curves)
        lowest = min(other for other in others if other is not None)
        found.append(
            Crossing(
                candidate=pair.candidate,
                incumbent=pair.incumbent,
                volume=volume,
                average=average,
                changes_winner=average <= 1.02 * lowest,
            )
        )
    return found


def winners(curves: Sequence[AmortizedCurve]) -> list[tuple[str, float]]:
    """Who is cheapest from which volume on, by point values, read off the curves.

    Returns:
        Pathway and first volume, in rising order; the first starts at the smallest volume.
    """
    volumes = sorted({n for curve in curves for n in curve.volumes})
    result: list[tuple[str, float]] = []
    for volume in volumes:
        at = [(a, c.pathway) for c in curves if (a := average_at(c, volume)) is not None]
        best = min(at)[1]
        if not result or result[-1][0] != best:
            result.append((best, volume))
    return result


def winner_sentence(
    analysis: StudyAnalysis, resource: Resource, curves: Sequence[AmortizedCurve]
) -> str:
    """Who is cheapest where, as a title: the last change of winner, or that there is none.

    Of a study's one pathway, what it costs as planned.
    """
    if is_alone(analysis):
        return _alone_sentence(analysis, curves[0])
    won = winners(curves)
    beside = unseen(analysis, resource)
    cost = resource_words(resource)
    if len(won) == 1:
        return f"By {cost} alone, {won[0][0]} is cheapest at every volume drawn{beside}"
    (first, _), (second, change) = won[-2:]
    exact = [
        c.volume
        for c in crossings(analysis, resource, curves)
        if (c.candidate, c.incumbent) == (second, first)
    ]
    volume = exact[0] if exact else change
    about = format_count(volume, digits=2)
    items = item_words(analysis.definition.item)
    where = f"from about {about} {items} on, before it {first}"
    return f"By {cost} alone, {second} is cheapest {where}{beside}"


def _alone_sentence(analysis: StudyAnalysis, curve: AmortizedCurve) -> str:
    told = analysis.recommendation
    planned = average_at(curve, told.volume)
    volume, average = (
        (curve.volumes[-1], curve.average[-1]) if planned is None else (told.volume, planned)
    )
    return (
        f"{curve.pathway} takes {amount_words(curve.resource, average)} per {one_item(told.item)} "
        f"at {format_count(volume)} {item_words(told.item)}, development included"
    )
