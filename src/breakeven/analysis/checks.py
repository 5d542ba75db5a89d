"""Checks: doubts that a reader should know before believing a number.

Each check looks at one way in which repeated measurements deceive and returns notes; none of
them changes a number.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.runs.rows import TAKEN_FROM_ELSEWHERE, RowCost
from breakeven.analysis.samples.stats import log_ratio, trend_p
from breakeven.analysis.uncertain import Observation, once
from breakeven.analysis.words import counted, resource_words
from breakeven.records import Kind, Note, NoteCode, Resource, Stage

MIN_BLOCKS = 3
"""Below this a t interval is too wide to be of use (two blocks: 12.7 standard errors)."""

DRIFT_FRAC = 0.02
"""A trend that moves costs by less than this from first to last block is left unsaid."""

DRIFT_P = 0.05


def few_repeats(pathway: PathwayCost, headline: Resource) -> tuple[Note, ...]:
    """Look for too few blocks to give an interval of the cost per item.

    Args:
        pathway: Whose reference runs.
        headline: Resource looked at.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> ft = pathway_cost(study_runs(definition, runs), definition.pathways[0])
        >>> few_repeats(ft, Resource.CPU_S)
        ()
    """
    blocks = pathway.blocks.get(headline, {})
    if pathway.definition.is_joined:
        return _few_joined(pathway, headline, n_runs=len(blocks))
    is_ours = any(set(o.origins).isdisjoint(TAKEN_FROM_ELSEWHERE) for o in blocks.values())
    if len(blocks) >= MIN_BLOCKS or not is_ours:
        return ()
    return (
        Note(
            code=NoteCode.FEW_REPEATS,
            message=f"{pathway.name} was measured in {counted(len(blocks), 'block')} only; the "
            "interval of its cost per item is missing or very wide.",
            advice="Set blocks to 5 or more.",
        ),
    )


def _few_joined(pathway: PathwayCost, headline: Resource, *, n_runs: int) -> tuple[Note, ...]:
    """The same of a joined pathway; a line takes one degree of freedom more than a mean."""
    if not n_runs or n_runs >= MIN_BLOCKS + (headline in pathway.splits):
        return ()
    return (
        Note(
            code=NoteCode.FEW_REPEATS,
            message=f"the use of {pathway.name} was measured {counted(n_runs, 'time')} only; the "
            "interval of its cost per item is missing or very wide.",
            advice="Measure the same command again, five times or more.",
        ),
    )


def single_development(rows: Sequence[RowCost]) -> tuple[Note, ...]:
    """Look for development stages that were run once, so that their scatter is unknown.

    Args:
        rows: Rows of development.

    Examples:
        >>> single_development([])
        ()
    """
    once_only = rows_measured_once(rows)
    if not once_only:
        return ()
    whose, where = ("their", "these rows") if len(once_only) > 1 else ("its", "this row")
    return (
        Note(
            code=NoteCode.SINGLE_DEVELOPMENT,
            message=f"{', '.join(once_only)} ran once; {whose} run-to-run scatter is unknown and "
            "not in any interval, only what the sensors vouch for.",
            advice=f"Set repeats: 3 on {where} to include it.",
        ),
    )


def rows_measured_once(rows: Sequence[RowCost]) -> tuple[str, ...]:
    """Rows of development that this project measured, and that ended well once only.

    Examples:
        >>> rows_measured_once([])
        ()
    """
    return once(row.row for row in rows if _is_measured_once(row))


def drift(pathways: Sequence[PathwayCost], headline: Resource) -> tuple[Note, ...]:
    """Look for costs that rise or fall from block to block, all pathways taken together.

    A straight line through the mean log cost of each block; ratios within blocks survive drift,
    absolute costs do not (STATISTICS, order of runs).

    Args:
        pathways: Their reference runs, by block.
        headline: Resource looked at.

    Examples:
        >>> drift([], Resource.CPU_S)
        ()
    """
    means = _block_means([p.blocks.get(headline, {}) for p in pathways])
    if len(means) <= MIN_BLOCKS:
        return ()
    slope, p = trend_p(means)
    change = math.expm1(slope * (len(means) - 1))
    if p >= DRIFT_P or abs(change) < DRIFT_FRAC:
        return ()
    return (
        Note(
            code=NoteCode.DRIFT,
            message=f"{resource_words(headline)} per item {'rose' if change > 0 else 'fell'} by "
            f"{abs(change):.1%} from the first block to the last (p = {p:.2g}).",
            advice="Ratios within blocks still hold; look for heat, clocks or other load before "
            "believing absolute values.",
        ),
    )


def aa_pairs(
    pathway: str,
    reference: Mapping[Resource, Mapping[int, Observation]],
    twin: Mapping[Resource, Mapping[int, Observation]],
) -> tuple[Note, ...]:
    """Look for differences between two runs of the same configuration, in each measured cost.

    Counted costs cannot differ, and peaks are no amounts; both are left out.

    Args:
        pathway: Whose.
        reference: Cost per item by resource and block.
        twin: The same of the A/A run.

    Examples:
        >>> aa_pairs("FT", {}, {})
        ()
    """
    tested = [
        resource
        for resource, blocks in twin.items()
        if resource.is_additive and any(Kind.MEASURED in o.kinds for o in blocks.values())
    ]
    return tuple(
        note
        for resource in tested
        for note in aa_pair(
            pathway,
            reference.get(resource, {}),
            twin[resource],
            resource=resource,
            n_tested=len(tested),
        )
    )


def aa_pair(
    pathway: str,
    reference: Mapping[int, Observation],
    twin: Mapping[int, Observation],
    *,
    resource: Resource,
    n_tested: int = 1,
) -> tuple[Note, ...]:
    """Look for a difference between two runs of the same configuration in each block.

    Args:
        pathway: Whose.
        reference: Cost per item by block.
        twin: Cost per item of the A/A run by block.
        resource: Which cost.
        n_tested: Costs looked at in this pair, for the advice.

    Examples:
        >>> def seen(*values: float) -> dict[int, Observation]:
        ...     rest = {"kinds": (), "origins": (), "run_ids": ()}
        ...     return {
        ...         block: Observation(value=v, low=v, high=v, **rest)
        ...         for block, v in enumerate(values)
        ...     }
        >>> aa_pair("FT", seen(1.0, 1.1, 1.0), seen(1.0, 1.0, 1.1), resource=Resource.CPU_S)
        ()
        >>> found = aa_pair("FT", seen(1.0, 1.1, 1.0), seen(1.2, 1.33, 1.21),
        ...                 resource=Resource.CPU_S)
        >>> found[0].message.split("differs ")[1]
        'by +20.6% in CPU time (+19.3% to +22.0%).'
    """
    common = sorted(reference.keys() & twin.keys())
    values = [(twin[b].value, reference[b].value) for b in common]
    if len(common) < 2 or min(min(pair) for pair in values) <= 0:
        return ()
    ratio = log_ratio([t for t, _ in values], [r for _, r in values])
    if ratio.low <= 1 <= ratio.high:
        return ()
    several = f" ({n_tested} costs were looked at)" if n_tested > 1 else ""
    return (
        Note(
            code=NoteCode.AA_DIFFERS,
            message=f"{pathway}: the same configuration run twice per block differs by "
            f"{ratio.value - 1:+.1%} in {resource_words(resource)} "
            f"({ratio.low - 1:+.1%} to {ratio.high - 1:+.1%}).",
            advice=f"One pair in twenty does so by chance{several}; otherwise something besides "
            "the configuration moves this cost. Do not believe smaller differences in it.",
        ),
    )


def _is_measured_once(row: RowCost) -> bool:
    seen = row.per_run or row.amounts  # what tasks share is assumed, how often it ran is not
    origins = {origin for amount in seen.values() for origin in amount.origins}
    is_ours = row.stage is not Stage.STATED and origins.isdisjoint(TAKEN_FROM_ELSEWHERE)
    return is_ours and row.n_finished == 1 and not row.is_searched


def _block_means(by_pathway: Sequence[Mapping[int, Observation]]) -> list[float]:
    """Mean log cost of each block that every pathway ran in, in order."""
    ran = [
        {b: o.value for b, o in blocks.items() if b >= 0 and o.value > 0} for blocks in by_pathway
    ]
    ran = [blocks for blocks in ran if blocks]
    if not ran:
        return []
    common = sorted(set.intersection(*(set(blocks) for blocks in ran)))
    return [float(np.mean([math.log(blocks[b]) for blocks in ran])) for b in common]
