"""Disagreements: pairs of pathways that one cost measure ranks one way and another the other.

"Any single metric can therefore be misleading on its own" (Dürlich et al. 2023, section 3.3). Only
differences that are clear count: the interval excludes 0 and the size is worth mentioning.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from breakeven.analysis.costs.comparison import development_difference
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.fronts.orders import ran_once
from breakeven.analysis.uncertain import Uncertain
from breakeven.analysis.words import listed, resource_words
from breakeven.records import Note, NoteCode, Resource

WORTH_MENTIONING_FRAC = 0.02
"""Smaller differences, relative to the larger of the two costs, do not order a pair."""

ONE_DRAW = "development ran once, so another run may turn this round"

Difference = Callable[[PathwayCost, PathwayCost, Resource], Uncertain | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Phases in which pathways are cheaper than others by some measures and dearer by others."""

    phases: tuple[str, ...]
    left: tuple[str, ...]
    right: tuple[str, ...]
    cheaper: tuple[str, ...]
    dearer: tuple[str, ...]
    doubts: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The same in words."""
        verb = "is" if len(self.left) == 1 else "are"
        return (
            f"In {listed(self.phases)} {listed(self.left)} {verb} cheaper than "
            f"{listed(self.right)} in {listed(self.cheaper)} but dearer in {listed(self.dearer)}"
            f"{''.join(f'; {doubt}' for doubt in self.doubts)}."
        )


def disagreements(
    pathways: Sequence[PathwayCost], resources: Sequence[Resource]
) -> tuple[str, ...]:
    """One sentence for all pairs that the cost measures rank in the same two ways.

    Args:
        pathways: Gathered costs.
        resources: Cost measures to compare.

    Examples:
        >>> disagreements([], [])
        ()
    """
    orders = [
        order
        for phase, difference in (("development", _development), ("deployment", _deployment))
        for left, right in combinations(pathways, 2)
        if (order := _order(phase, left, right, resources=resources, by=difference)) is not None
    ]
    for field in ("left", "right", "phases"):
        orders = _joined(orders, field)
    return tuple(order.sentence for order in orders)


def _joined(orders: Sequence[_Order], field: str) -> list[_Order]:
    """Join those that are alike in everything but one field."""
    alike: dict[_Order, tuple[str, ...]] = {}
    for order in orders:
        rest = replace(order, **{field: ()})
        alike[rest] = (*alike.get(rest, ()), *getattr(order, field))
    return [replace(rest, **{field: values}) for rest, values in alike.items()]


def disagreement_notes(sentences: Sequence[str]) -> tuple[Note, ...]:
    """A note that points to the sentences, if there are any.

    Examples:
        >>> disagreement_notes([])
        ()
        >>> disagreement_notes(["In deployment ..."])[0].message
        'Cost measures do not agree which pathway is cheaper.'
    """
    if not sentences:
        return ()
    return (
        Note(
            code=NoteCode.COSTS_DISAGREE,
            message="Cost measures do not agree which pathway is cheaper.",
            advice="Decide by the cost you pay for; no single measure stands for the others.",
        ),
    )


def _order(
    phase: str,
    left: PathwayCost,
    right: PathwayCost,
    *,
    resources: Sequence[Resource],
    by: Difference,
) -> _Order | None:
    differences = {r: d for r in resources if (d := by(left, right, r)) is not None}
    cheaper = tuple(resource_words(r) for r, d in differences.items() if d.interval()[1] < 0)
    dearer = tuple(resource_words(r) for r, d in differences.items() if d.interval()[0] > 0)
    if not (cheaper and dearer):
        return None
    is_once = by is _development and any(ran_once(left, right, r) for r in differences)
    return _Order(
        phases=(phase,),
        left=(left.name,),
        right=(right.name,),
        cheaper=cheaper,
        dearer=dearer,
        doubts=(ONE_DRAW,) if is_once else (),
    )


def _development(left: PathwayCost, right: PathwayCost, resource: Resource) -> Uncertain | None:
    totals = left.development(resource), right.development(resource)
    if totals[0] is None or totals[1] is None:
        return None
    return _if_material(development_difference(left, right, resource), totals[0], totals[1])


def _deployment(left: PathwayCost, right: PathwayCost, resource: Resource) -> Uncertain | None:
    means = left.marginal(resource), right.marginal(resource)
    difference = left.use_difference(right, resource)
    if means[0] is None or means[1] is None or difference is None:
        return None
    return _if_material(difference, means[0], means[1])


def _if_material(difference: Uncertain, left: Uncertain, right: Uncertain) -> Uncertain | None:
    larger = max(left.value, right.value)
    return difference if abs(difference.value) > WORTH_MENTIONING_FRAC * larger else None
