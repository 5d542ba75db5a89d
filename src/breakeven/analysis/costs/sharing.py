"""Sharing: development that several downstream tasks rest on, and what each of them pays of it.

"It may also be necessary to amortize the training cost" (Dürlich et al. 2023, section 1): a model
distilled for no task in particular may be fine-tuned for any number (footnote 6). How many is
nothing a record knows, so the number is assumed, and every cost it touches bears that kind.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from breakeven.analysis.costs.comparison import compare
from breakeven.analysis.costs.life_results import ShareStep
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.runs.rows import RowCost
from breakeven.analysis.uncertain import once
from breakeven.errors import UnknownNameError
from breakeven.records import Kind, Note, NoteCode, Origin, StudyDefinition

STEPS = (1, 2, 5, 10, 48)
"""Numbers of tasks shown beside the one asked for; 48 is the span of a large benchmark suite."""


def share_rows(
    pathways: Sequence[PathwayCost], shares: Mapping[str, int]
) -> tuple[PathwayCost, ...]:
    """Charge each pathway its part of rows that several tasks share: cost / number of tasks.

    Peaks and parameter counts stay whole; a pathway needs all of a model's memory.

    Args:
        pathways: Gathered costs.
        shares: Number of downstream tasks, at least 1, by row.

    Raises:
        UnknownNameError: If no pathway's development has such a row.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.records import Resource
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> ta = pathway_cost(found, definition.pathways[2])
        >>> whole, shared = ta, share_rows([ta], {"ta-distil": 48})[0]
        >>> [f"{p.development(Resource.FLOPS).value:.4g}" for p in (whole, shared)]
        ['5.9e+13', '3.55e+13']
    """
    return charge_rows(pathways, {row: 1 / n_tasks for row, n_tasks in shares.items()})


def charge_rows(
    pathways: Sequence[PathwayCost], parts: Mapping[str, float]
) -> tuple[PathwayCost, ...]:
    """Charge each pathway a part of some rows, which is assumed; 0 where the row is sunk.

    Args:
        pathways: Gathered costs.
        parts: From 0 to 1, by row.

    Raises:
        UnknownNameError: If no pathway's development has such a row.

    Examples:
        >>> charge_rows([], {})
        ()
    """
    known = once(row.row for pathway in pathways for row in pathway.rows)
    for name in parts:
        if name not in known:
            raise UnknownNameError("row of development", name, known)
    return tuple(
        replace(p, rows=tuple(_charged(row, parts.get(row.row, 1.0)) for row in p.rows))
        for p in pathways
    )


def _charged(row: RowCost, part: float) -> RowCost:
    if part == 1:
        return row
    return replace(
        row,
        amounts={
            resource: replace(
                amount.scaled(part),
                kinds=once((*amount.kinds, Kind.ASSUMED)),
                origins=once((*amount.origins, Origin.STATED)),
            )
            if resource.is_additive
            else amount
            for resource, amount in row.amounts.items()
        },
    )


def sharing_notes(shares: Mapping[str, int]) -> tuple[Note, ...]:
    """State the rule for each shared row.

    Examples:
        >>> print(sharing_notes({"ta-distil": 48})[0].message)
        The cost of ta-distil is divided by 48 downstream tasks; that number is assumed.
        >>> sharing_notes({"ta-distil": 1})
        ()
    """
    return tuple(
        Note(
            code=NoteCode.SHARED_DEVELOPMENT,
            message=(
                f"The cost of {row} is divided by {n_tasks} downstream tasks; that number is "
                "assumed."
            ),
            advice="See in the table of shares how break-evens move with it.",
        )
        for row, n_tasks in shares.items()
        if n_tasks > 1
    )


def share_steps(
    definition: StudyDefinition, pathways: Sequence[PathwayCost], shares: Mapping[str, int]
) -> tuple[ShareStep, ...]:
    """Break-evens of the headline cost for several numbers of tasks, one shared row at a time.

    Args:
        definition: Headline resource, item and planned volume.
        pathways: Gathered costs, not yet shared.
        shares: Number of downstream tasks by row; other rows keep theirs while one is varied,
            and rows that none of these pathways rests on move nothing.

    Examples:
        >>> share_steps(StudyDefinition(name="s", pathways=()), [], {})
        ()
    """
    known = {row.row for pathway in pathways for row in pathway.rows}
    own = {row: n_tasks for row, n_tasks in shares.items() if row in known}
    return tuple(
        _step(definition, pathways, {**own, row: n_tasks}, row=row, asked=asked)
        for row, asked in own.items()
        for n_tasks in sorted({*STEPS, asked})
    )


def _step(
    definition: StudyDefinition,
    pathways: Sequence[PathwayCost],
    shares: Mapping[str, int],
    *,
    row: str,
    asked: int,
) -> ShareStep:
    planned = definition.planned_volume
    pairs = (
        compare(candidate, incumbent, definition.headline, item=definition.item)
        for candidate, incumbent in _touched(share_rows(pathways, shares), row)
    )
    return ShareStep(
        row=row,
        n_tasks=shares[row],
        is_asked=shares[row] == asked,
        break_evens=tuple(break_even(p, planned_volume=planned) for p in pairs if p is not None),
    )


def _touched(
    pathways: Sequence[PathwayCost], row: str
) -> Iterator[tuple[PathwayCost, PathwayCost]]:
    """Pairs of which only the first rests on the row; for the others the share cancels."""
    users = [p for p in pathways if row in {r.row for r in p.rows}]
    yield from ((user, other) for user in users for other in pathways if other not in users)
