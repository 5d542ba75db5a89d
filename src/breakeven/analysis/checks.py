"""Checks: doubts that a reader should know before believing a number.

Each check looks at one way in which repeated measurements deceive and returns notes; none of
them changes a number.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from breakeven.analysis.pathways import TAKEN_FROM_ELSEWHERE, PathwayCost, RowCost
from breakeven.analysis.stats import log_ratio, trend_p, wilson
from breakeven.analysis.uncertain import Observation, once
from breakeven.analysis.words import counted, resource_words
from breakeven.records import Kind, Note, NoteCode, Origin, Resource, Run, Score, Stage, Status

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
        >>> from breakeven.analysis.pathways import pathway_cost
        >>> from breakeven.analysis.select import study_runs
        >>> definition, runs = example_runs()
        >>> ft = pathway_cost(study_runs(definition, runs), definition.pathways[0])
        >>> few_repeats(ft, Resource.CPU_S)
        ()
    """
    blocks = pathway.blocks.get(headline, {})
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


def single_development(rows: Sequence[RowCost]) -> tuple[Note, ...]:
    """Look for development stages that were run once, so that their scatter is unknown.

    Args:
        rows: Rows of development.

    Examples:
        >>> single_development([])
        ()
    """
    once_only = once(row.row for row in rows if _is_measured_once(row))
    if not once_only:
        return ()
    return (
        Note(
            code=NoteCode.SINGLE_DEVELOPMENT,
            message=f"{', '.join(once_only)} ran once; their run-to-run scatter is unknown and "
            "not in any interval, only what the sensors vouch for.",
            advice="Set repeats: 3 on these rows to include it.",
        ),
    )


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


def aa_pair(
    pathway: str,
    reference: Mapping[int, Observation],
    twin: Mapping[int, Observation],
) -> tuple[Note, ...]:
    """Look for a difference between two runs of the same configuration in each block.

    Args:
        pathway: Whose.
        reference: Cost per item by block.
        twin: Cost per item of the A/A run by block.

    Examples:
        >>> def seen(*values: float) -> dict[int, Observation]:
        ...     rest = {"kinds": (), "origins": (), "run_ids": ()}
        ...     return {
        ...         block: Observation(value=v, low=v, high=v, **rest)
        ...         for block, v in enumerate(values)
        ...     }
        >>> aa_pair("FT", seen(1.0, 1.1, 1.0), seen(1.0, 1.0, 1.1))
        ()
        >>> aa_pair("FT", seen(1.0, 1.1, 1.0), seen(1.2, 1.33, 1.21))[0].code.value
        'aa-pair-differs'
    """
    common = sorted(reference.keys() & twin.keys())
    values = [(twin[b].value, reference[b].value) for b in common]
    if len(common) < 2 or min(min(pair) for pair in values) <= 0:
        return ()
    ratio = log_ratio([t for t, _ in values], [r for _, r in values])
    if ratio.low <= 1 <= ratio.high:
        return ()
    return (
        Note(
            code=NoteCode.AA_DIFFERS,
            message=f"{pathway}: the same configuration run twice per block differs by "
            f"{ratio.value - 1:+.1%} ({ratio.low - 1:+.1%} to {ratio.high - 1:+.1%}).",
            advice="One pair in twenty does so by chance; otherwise something besides the "
            "configuration moves the cost. Do not believe smaller differences.",
        ),
    )


def above_majority(
    pathway: str, score: Score | None, majority_score: float | None
) -> tuple[Note, ...]:
    """Look for a score that is not above always answering the commonest class.

    Args:
        pathway: Whose.
        score: With its counts; nothing is said of others.
        majority_score: What the commonest class scores; None if unknown.

    Examples:
        >>> poor = Score(metric="accuracy", value=0.2, split="test", n_examples=50, n_correct=10)
        >>> above_majority("FT", poor, 0.19)[0].code.value
        'above-majority'
        >>> above_majority("FT", poor, 0.05)
        ()
    """
    if score is None or score.n_correct is None or majority_score is None:
        return ()
    interval = wilson(score.n_correct, score.n_examples)
    if interval.low > majority_score:
        return ()
    return (
        Note(
            code=NoteCode.ABOVE_MAJORITY,
            message=f"{pathway} scores {score.value:.3f} ({interval.low:.3f} to "
            f"{interval.high:.3f}), not above the {majority_score:.3f} of always giving the "
            "commonest answer.",
            advice="It has not been shown to have learned the task; train longer or test on more.",
        ),
    )


def failed_rows(runs: Sequence[Run]) -> tuple[Note, ...]:
    """Name rows of the inference sweep that did not finish.

    Args:
        runs: Inference runs of one pathway.

    Examples:
        >>> failed_rows([])
        ()
    """
    failed = [run for run in runs if run.stage is Stage.INFER and run.status is not Status.OK]
    return tuple(
        _failed_row(row, [r for r in failed if r.row == row])
        for row in once(run.row for run in failed)
    )


def borrowed_numbers(pathways: Sequence[PathwayCost], headline: Resource) -> tuple[Note, ...]:
    """Name pathways that rest on stated numbers.

    Args:
        pathways: Gathered costs.
        headline: Looked at first when it comes to naming a resource.

    Examples:
        >>> borrowed_numbers([], Resource.CPU_S)
        ()
    """
    stated = [p.name for p in pathways if _rests_on(p, Kind.ASSUMED)]
    if not stated:
        return ()
    without = [p.name for p in pathways if p.name in stated and not p.has_life(headline)]
    gap = (
        f" {', '.join(without)} states no {resource_words(headline)}, so it is not ranked by it."
        if without
        else ""
    )
    return (
        Note(
            code=NoteCode.ASSUMED_NUMBERS,
            message=f"{', '.join(stated)} rests on stated numbers, not on runs.{gap}",
            advice="Check their source and date.",
        ),
    )


def replayed(pathways: Sequence[PathwayCost]) -> tuple[Note, ...]:
    """Say when measured numbers came from a recording.

    Examples:
        >>> replayed([])
        ()
    """
    found = once(
        resource
        for p in pathways
        for resource, blocks in p.blocks.items()
        if any(Origin.REPLAYED in o.origins for o in blocks.values())
    )
    if not found:
        return ()
    return (
        Note(
            code=NoteCode.REPLAYED,
            message=f"{', '.join(resource_words(r) for r in found)} was replayed from a "
            "recording, not measured on this machine.",
            advice="Take it as a demonstration; measure with a sensor before you decide.",
        ),
    )


def run_notes(runs: Sequence[Run], *, limit: int = 3) -> tuple[Note, ...]:
    """Notes stored with the runs and their phases, each once, at most `limit` of one code.

    Those of failed inference runs are left to `failed_rows`.

    Examples:
        >>> run_notes([])
        ()
    """
    stored = once(
        note
        for run in runs
        if run.stage is not Stage.INFER or run.status is Status.OK
        for note in (*run.notes, *(n for p in run.phases for n in p.measurement.notes))
    )
    kept: list[Note] = []
    for code in once(note.code for note in stored):
        same = [note for note in stored if note.code is code]
        kept += same[:limit]
        if len(same) > limit:
            kept.append(
                Note(
                    code=code,
                    message=f"{len(same) - limit} more of this sort are stored with the runs.",
                    advice=same[0].advice,
                )
            )
    return tuple(kept)


def _is_measured_once(row: RowCost) -> bool:
    origins = {origin for amount in row.amounts.values() for origin in amount.origins}
    is_ours = row.stage is not Stage.STATED and origins.isdisjoint(TAKEN_FROM_ELSEWHERE)
    return is_ours and row.n_finished == 1


def _rests_on(pathway: PathwayCost, kind: Kind) -> bool:
    amounts = [kinds for row in pathway.rows for a in row.amounts.values() for kinds in a.kinds]
    used = [k for blocks in pathway.blocks.values() for o in blocks.values() for k in o.kinds]
    return kind in amounts or kind in used


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


def _failed_row(row: str, runs: Sequence[Run]) -> Note:
    refused = next((n for r in runs for n in r.notes if n.code is NoteCode.PRECISION_REFUSED), None)
    if refused is not None:
        return Note(
            code=NoteCode.PRECISION_REFUSED,
            message=f"{row}: {refused.message}",
            advice=refused.advice,
        )
    reason = (runs[-1].error or "no reason recorded").strip().splitlines()[-1]
    return Note(
        code=NoteCode.ROW_FAILED,
        message=f"{row} did not finish ({runs[-1].status.value}): {reason}",
        advice="Run the study again; finished rows are kept.",
    )
