"""Continued runs: an interrupted run and the one that went on from its checkpoint are one result.

Each keeps its record and its own cost. A repeat that was killed twice is one repeat that was made
in three runs, not one repeat and two failures.
"""

from collections.abc import Iterable, Mapping, Sequence

from breakeven.analysis.uncertain import Observation, once
from breakeven.records import Resource, Run, Status


def continued_by(runs: Iterable[Run]) -> Mapping[str, str]:
    """Finished run by the id of each run that it went on from, directly or through others.

    An interrupted run that nobody finished is in nothing, and so is an attempt that was lost
    whole because it was killed before its first checkpoint.

    Args:
        runs: Of one row, or of a whole study.

    Examples:
        >>> from breakeven.records import Stage
        >>> def run(run_id: str, status: Status, continues: str = "") -> Run:
        ...     return Run(run_id=run_id, stage=Stage.PRETRAIN, status=status, started_at="",
        ...                continues=continues)
        >>> killed, again = run("a", Status.INTERRUPTED), run("b", Status.INTERRUPTED, "a")
        >>> continued_by([killed, again, run("c", Status.OK, "b")])
        {'b': 'c', 'a': 'c'}
    """
    by_id = {run.run_id: run for run in runs}
    found: dict[str, str] = {}
    for run in by_id.values():
        before = run.continues if run.status is Status.OK else ""
        while before in by_id and before not in found:
            found[before] = run.run_id
            before = by_id[before].continues
    return found


def together(parts: Sequence[Observation], resource: Resource) -> Observation:
    """What one result cost that was made in several runs.

    Args:
        parts: One of each run, at least one.
        resource: Decides whether they add up or the largest counts.
    """
    combine = sum if resource.is_additive else max
    return Observation(
        value=combine(part.value for part in parts),
        low=combine(part.low for part in parts),
        high=combine(part.high for part in parts),
        kinds=once(kind for part in parts for kind in part.kinds),
        origins=once(origin for part in parts for origin in part.origins),
        run_ids=once(run_id for part in parts for run_id in part.run_ids),
    )
