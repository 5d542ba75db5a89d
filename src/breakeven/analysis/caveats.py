"""Caveats: what a reader should know of scores, sources and runs before believing a number."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.runs.remedies import reason, remedy
from breakeven.analysis.runs.rows import RowCost
from breakeven.analysis.scoring.metric_words import constant_words
from breakeven.analysis.scoring.scores import PathwayScore, is_above
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import resource_words
from breakeven.records import Kind, Note, NoteCode, Origin, Resource, Run, Scalar, Stage, Status
from breakeven.records.note import DISTURBANCES

_SELF_DESCRIBED = " ("
"""What stands before the name of the file where a trace says what it is (`ReplayMeter`)."""


def above_majority(
    pathway: str, scored: PathwayScore | None, constant_score: float | None
) -> tuple[Note, ...]:
    """Look for a score that is not above always answering one class.

    Args:
        pathway: Whose.
        scored: Nothing is said of one that is higher and has no interval.
        constant_score: What the constant answer scores; None if unknown.

    Examples:
        >>> from breakeven.analysis.runs.select import ScoredRun
        >>> from breakeven.records import Score
        >>> poor = Score(metric="accuracy", value=0.2, split="test", n_examples=50, n_correct=10)
        >>> scored = PathwayScore(seeds=(ScoredRun(score=poor, run_id="a"),), repeats=(0,))
        >>> above_majority("FT", scored, 0.19)[0].code.value
        'above-majority'
        >>> above_majority("FT", scored, 0.05)
        ()
    """
    if is_above(scored, constant_score) is not False:
        return ()
    assert scored is not None
    interval = scored.interval
    ends = f" ({interval.low:.3f} to {interval.high:.3f})" if interval else ""
    return (
        Note(
            code=NoteCode.ABOVE_MAJORITY,
            message=f"{pathway} scores {scored.value:.3f}{ends}, not above the "
            f"{constant_score:.3f} of always giving the {constant_words(scored.score.metric)} "
            "answer.",
            advice="It has not been shown to have learned the task; train longer or test on more.",
        ),
    )


def splits_alike(facts: Mapping[str, Scalar]) -> tuple[Note, ...]:
    """Look for texts that scores are taken on and that stand in the training data too.

    Args:
        facts: Of the task; nothing is said where splits were not compared.

    Examples:
        >>> facts = {"n_test": 872, "n_test_in_train": 2, "n_test_near_train": 3}
        >>> splits_alike({**facts, "test_in_train": "5 = 17"})[0].message
        '2 of 872 test texts stand in train and 3 nearly so (test and train: 5 = 17).'
        >>> splits_alike({"n_test": 872})
        ()
    """
    n_same, n_near = facts.get("n_test_in_train", 0), facts.get("n_test_near_train", 0)
    if not (n_same or n_near):
        return ()
    return (
        Note(
            code=NoteCode.SPLITS_ALIKE,
            message=f"{n_same} of {facts['n_test']} test texts stand in train and {n_near} nearly "
            f"so (test and train: {facts['test_in_train']}).",
            advice="A score is partly memory on them; set drop_shared, or divide the data anew.",
        ),
    )


def failed_rows(runs: Sequence[Run]) -> tuple[Note, ...]:
    """Name rows of the inference sweep that did not finish, not even when tried again.

    Args:
        runs: Inference runs of one pathway.

    Examples:
        >>> failed_rows([])
        ()
    """
    finished = {(run.row, run.block) for run in runs if run.status is Status.OK}
    failed = [run for run in runs if (run.row, run.block) not in finished]
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
    paid = [
        p.name
        for p in pathways
        if any(row.stage is Stage.STATED and not _states_cost(row) for row in p.rows)
    ]
    past = f" Development of {', '.join(paid)} is taken as paid already." if paid else ""
    gap = (
        f" {', '.join(without)} states no {resource_words(headline)}, so it is not ranked by it."
        if without
        else ""
    )
    return (
        Note(
            code=NoteCode.ASSUMED_NUMBERS,
            message=f"{', '.join(stated)} rests on stated numbers, not on runs.{past}{gap}",
            advice="Check their source and date.",
        ),
    )


def replayed(pathways: Sequence[PathwayCost], runs: Sequence[Run] = ()) -> tuple[Note, ...]:
    """Say when measured numbers came from a recording, and what it says of itself.

    Args:
        pathways: Gathered costs.
        runs: Of the study; their sensors carry what a trace says of itself in brackets.

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
            f"{_recording(runs)}, not measured on this machine.",
            advice="Take it as a demonstration; measure with a sensor before you decide.",
        ),
    )


def _recording(runs: Sequence[Run]) -> str:
    sensors = {
        cost.sensor
        for run in runs
        for phase in run.phases
        for cost in phase.measurement.costs
        if cost.origin is Origin.REPLAYED and _SELF_DESCRIBED in cost.sensor
    }
    said = {sensor.partition(_SELF_DESCRIBED)[0].removeprefix("replay of ") for sensor in sensors}
    return " and a ".join(sorted(said)) or "recording"


def run_notes(runs: Sequence[Run], *, limit: int = 3) -> tuple[Note, ...]:
    """Notes stored with the runs and their phases, each once, at most `limit` of one code.

    Those of failed inference runs are left to `failed_rows`; what disturbed a window is told with
    its row.

    Examples:
        >>> run_notes([])
        ()
    """
    stored = once(
        note
        for run in runs
        if run.stage is not Stage.INFER or run.status is Status.OK
        for note in (
            *(_of_row(run, n) for n in run.notes),
            *(_of_row(run, n) for p in run.phases for n in p.measurement.notes),
        )
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


def _of_row(run: Run, note: Note) -> Note:
    if note.code not in DISTURBANCES:
        return note
    return replace(note, message=f"{run.row}: {note.message}")


def _states_cost(row: RowCost) -> bool:
    return any(amount.run_ids for amount in row.amounts.values())


def _rests_on(pathway: PathwayCost, kind: Kind) -> bool:
    amounts = [kinds for row in pathway.rows for a in row.amounts.values() for kinds in a.kinds]
    used = [k for blocks in pathway.blocks.values() for o in blocks.values() for k in o.kinds]
    return kind in amounts or kind in used


def _failed_row(row: str, runs: Sequence[Run]) -> Note:
    refused = next((n for r in runs for n in r.notes if n.code is NoteCode.PRECISION_REFUSED), None)
    if refused is not None:
        return Note(
            code=NoteCode.PRECISION_REFUSED,
            message=f"{row}: {refused.message}",
            advice=refused.advice,
        )
    return Note(
        code=NoteCode.ROW_FAILED,
        message=f"{row} did not finish ({runs[-1].status.value}): {reason(runs[-1])}",
        advice=remedy(runs),
    )
