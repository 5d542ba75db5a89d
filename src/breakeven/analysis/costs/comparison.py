"""Comparison: what one pathway costs more to make and saves per item against another.

Rows that both pathways went through cancel together with their doubt, and items are paired by
block, so that what is common to both never widens the interval of their difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.checks import rows_measured_once, single_development
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.runs.rows import RowCost, combined
from breakeven.analysis.uncertain import Uncertain, once
from breakeven.analysis.words import item_words, listed, one_item
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
        once_only: Measured rows of development that one of them has for itself and that ran once.
        unit: What a volume counts where that is not the item itself ("correct answer").
        coverage: What an interval covers, where `saved` holds more than the scatter of runs.
        covariance: Of `extra` and `saved`, where one uncertain number enters both.
    """

    candidate: str
    incumbent: str
    resource: Resource
    item: Item
    extra: Uncertain
    saved: Uncertain
    notes: tuple[Note, ...] = ()
    once_only: tuple[str, ...] = ()
    unit: str = ""
    coverage: str = ""
    covariance: float = 0.0

    @property
    def one(self) -> str:
        """One of what a volume counts, for people."""
        return self.unit or one_item(self.item)

    @property
    def many(self) -> str:
        """Several of them."""
        return f"{self.unit}s" if self.unit else item_words(self.item)

    @property
    def covers(self) -> str:
        """What an interval of their break-even covers, in words that follow "95% interval"."""
        told = coverage_words(self.extra, self.saved, once_only=self.once_only)
        return self.coverage or told


def coverage_words(development: Uncertain, use: Uncertain, *, once_only: Sequence[str]) -> str:
    """Say which scatter an interval that rests on development and use holds, and which not.

    Args:
        development: A total or a difference of totals.
        use: Cost per item or a difference of it.
        once_only: Measured rows of that development which ran once.

    Examples:
        >>> fixed = Uncertain.exact(9.0)
        >>> loose = Uncertain(value=3.0, low=3.0, high=3.0, variance=0.25, curvature=0.0125)
        >>> coverage_words(fixed, loose, once_only=["ts"])
        'over inference runs only; development ran once'
        >>> coverage_words(loose, loose, once_only=["ts"])
        'over inference runs and repeated development; ts ran once'
        >>> coverage_words(loose, loose, once_only=[])
        'over inference runs and repeated development'
        >>> coverage_words(fixed, loose, once_only=[])
        'over inference runs'
        >>> coverage_words(loose, fixed, once_only=[])
        'over repeated development only'
    """
    if not use.has_scatter:
        return "over repeated development only" if development.has_scatter else ""
    if not development.has_scatter:
        return f"over inference runs{' only; development ran once' if once_only else ''}"
    missed = f"; {listed(once_only)} ran once" if once_only else ""
    return f"over inference runs and repeated development{missed}"


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
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
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
        once_only=rows_measured_once(own_rows(candidate, incumbent)),
    )


def own_rows(left: PathwayCost, right: PathwayCost) -> tuple[RowCost, ...]:
    """Rows of development that only one of two pathways went through.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> ft, ts = (pathway_cost(found, p) for p in definition.pathways[:2])
        >>> [row.row for row in own_rows(ft, ts)]
        ['ts']
    """
    shared = _shared(left, right)
    return tuple(row for p in (left, right) for row in p.rows if row.row not in shared)


def development_difference(left: PathwayCost, right: PathwayCost, resource: Resource) -> Uncertain:
    """Development of one pathway minus that of another, shared rows left out of both.

    Args:
        left: Has a development total in that resource.
        right: The same.
        resource: Which cost; the larger of the rows for peaks and parameter counts.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
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
    notes = [*single_development(own_rows(candidate, incumbent))]
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
