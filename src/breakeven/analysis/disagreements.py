"""Disagreements: pairs of pathways that one cost measure ranks one way and another the other.

"Any single metric can therefore be misleading on its own" (Dürlich et al. 2023, section 3.3). Only
differences that are clear count: the interval excludes 0 and the size is worth mentioning.
"""

from collections.abc import Callable, Sequence
from itertools import combinations

from breakeven.analysis.comparison import development_difference
from breakeven.analysis.pathways import PathwayCost
from breakeven.analysis.stats import paired_difference
from breakeven.analysis.uncertain import Uncertain
from breakeven.analysis.words import counted, resource_words
from breakeven.records import Note, NoteCode, Resource

WORTH_MENTIONING_FRAC = 0.02
"""Smaller differences, relative to the larger of the two costs, do not order a pair."""

Difference = Callable[[PathwayCost, PathwayCost, Resource], Uncertain | None]


def disagreements(
    pathways: Sequence[PathwayCost], resources: Sequence[Resource]
) -> tuple[str, ...]:
    """One sentence for each phase and pair that the cost measures rank differently.

    Args:
        pathways: Gathered costs.
        resources: Cost measures to compare.

    Examples:
        >>> disagreements([], [])
        ()
    """
    return tuple(
        sentence
        for phase, difference in (("development", _development), ("deployment", _deployment))
        for left, right in combinations(pathways, 2)
        if (sentence := _sentence(phase, left, right, resources=resources, by=difference))
    )


def disagreement_notes(sentences: Sequence[str]) -> tuple[Note, ...]:
    """A note that points to the sentences, if there are any.

    Examples:
        >>> disagreement_notes([])
        ()
        >>> disagreement_notes(["In deployment ..."])[0].message
        'cost measures rank 1 pair of pathways differently.'
    """
    if not sentences:
        return ()
    return (
        Note(
            code=NoteCode.COSTS_DISAGREE,
            message=f"cost measures rank {counted(len(sentences), 'pair')} of pathways "
            "differently.",
            advice="Decide by the cost you pay for; no single measure stands for the others.",
        ),
    )


def _sentence(
    phase: str,
    left: PathwayCost,
    right: PathwayCost,
    *,
    resources: Sequence[Resource],
    by: Difference,
) -> str:
    differences = {r: d for r in resources if (d := by(left, right, r)) is not None}
    cheaper = [resource_words(r) for r, d in differences.items() if d.interval()[1] < 0]
    dearer = [resource_words(r) for r, d in differences.items() if d.interval()[0] > 0]
    if not (cheaper and dearer):
        return ""
    return (
        f"In {phase} {left.name} is cheaper than {right.name} in {_listed(cheaper)} "
        f"but dearer in {_listed(dearer)}."
    )


def _development(left: PathwayCost, right: PathwayCost, resource: Resource) -> Uncertain | None:
    totals = left.development(resource), right.development(resource)
    if totals[0] is None or totals[1] is None:
        return None
    return _if_material(development_difference(left, right, resource), totals[0], totals[1])


def _deployment(left: PathwayCost, right: PathwayCost, resource: Resource) -> Uncertain | None:
    means = left.marginal(resource), right.marginal(resource)
    if means[0] is None or means[1] is None:
        return None
    difference = paired_difference(left.blocks[resource], right.blocks[resource])
    return _if_material(difference, means[0], means[1])


def _if_material(difference: Uncertain, left: Uncertain, right: Uncertain) -> Uncertain | None:
    larger = max(left.value, right.value)
    return difference if abs(difference.value) > WORTH_MENTIONING_FRAC * larger else None


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
