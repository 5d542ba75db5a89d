"""Comparison: what one pathway costs more to make and saves per item against another.

Rows that both pathways went through cancel together with their doubt, and items are paired by
block, so that what is common to both never widens the interval of their difference.
"""

from dataclasses import dataclass

from breakeven.analysis.checks import single_development
from breakeven.analysis.pathways import PathwayCost
from breakeven.analysis.rows import combined
from breakeven.analysis.uncertain import Uncertain, once
from breakeven.analysis.words import item_words, one_item
from breakeven.records import Item, Note, NoteCode, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two pathways in one resource.

    Attributes:
        candidate: May replace the other.
        incumbent: The other.
        resource: Cost compared.
        item: What a volume counts.
        extra: Development of the candidate minus that of the incumbent.
        saved: Cost per item of the incumbent minus that of the candidate.
        notes: Doubts that concern both numbers.
        unit: What a volume counts where that is not the item itself ("correct answer").
    """

    candidate: str
    incumbent: str
    resource: Resource
    item: Item
    extra: Uncertain
    saved: Uncertain
    notes: tuple[Note, ...] = ()
    unit: str = ""

    @property
    def one(self) -> str:
        """One of what a volume counts, for people."""
        return self.unit or one_item(self.item)

    @property
    def many(self) -> str:
        """Several of them."""
        return f"{self.unit}s" if self.unit else item_words(self.item)


def compare(
    candidate: PathwayCost, incumbent: PathwayCost, resource: Resource, *, item: Item
) -> Comparison | None:
    """Extra development and saving per item of one pathway against another.

    Rows that both went through cancel, with their doubt; items are paired by block.

    Args:
        candidate: May replace the other.
        incumbent: The other.
        resource: An additive resource.
        item: What a volume counts.

    Returns:
        None when one of them lacks development or use in that resource.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.pathways import pathway_cost
        >>> from breakeven.analysis.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> ft, ts = (pathway_cost(found, p) for p in definition.pathways[:2])
        >>> compare(ts, ft, Resource.FLOPS, item=Item.EXAMPLE).extra.value
        4900000000000.0
    """
    if not (candidate.has_life(resource) and incumbent.has_life(resource)):
        return None
    extra = development_difference(candidate, incumbent, resource)
    saved = incumbent.use_difference(candidate, resource)
    assert saved is not None
    return Comparison(
        candidate=candidate.name,
        incumbent=incumbent.name,
        resource=resource,
        item=item,
        extra=extra,
        saved=saved,
        notes=_comparison_notes(candidate, incumbent, amounts=(extra, saved)),
    )


def development_difference(left: PathwayCost, right: PathwayCost, resource: Resource) -> Uncertain:
    """Development of one pathway minus that of another, shared rows left out of both.

    Args:
        left: Has a development total in that resource.
        right: The same.
        resource: Which cost; the larger of the rows for peaks and parameter counts.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.pathways import pathway_cost
        >>> from breakeven.analysis.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> ft, ts = (pathway_cost(found, p) for p in definition.pathways[:2])
        >>> development_difference(ft, ts, Resource.FLOPS).value
        -4900000000000.0
    """
    if not resource.is_additive:
        whole = left.development(resource), right.development(resource)
        return (whole[0] or Uncertain.exact(0.0)) - (whole[1] or Uncertain.exact(0.0))
    shared = _shared(left, right)
    return _own(left, shared, resource) - _own(right, shared, resource)


def _shared(left: PathwayCost, right: PathwayCost) -> set[str]:
    return {row.row for row in left.rows} & {row.row for row in right.rows}


def _own(pathway: PathwayCost, shared: set[str], resource: Resource) -> Uncertain:
    own = [row.amounts.get(resource) for row in pathway.rows if row.row not in shared]
    return combined(own, resource) or Uncertain.exact(0.0)


def _comparison_notes(
    candidate: PathwayCost, incumbent: PathwayCost, *, amounts: tuple[Uncertain, Uncertain]
) -> tuple[Note, ...]:
    shared = _shared(candidate, incumbent)
    own = [row for p in (candidate, incumbent) for row in p.rows if row.row not in shared]
    notes = [*single_development(own)]
    kinds = once(kind for amount in amounts for kind in amount.kinds)
    if len(kinds) > 1:
        notes.append(
            Note(
                code=NoteCode.MIXED_KINDS,
                message=f"{' and '.join(kinds)} numbers are compared here.",
                advice="The answer is no more certain than the weakest of them.",
            )
        )
    return tuple(notes)
