"""Continued runs: an interrupted run and the one that went on from its checkpoint are one result.

Each keeps its record and its own cost. A repeat that was killed twice is one repeat that was made
in three runs, not one repeat and two failures.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from breakeven.analysis.runs.select import observe
from breakeven.analysis.uncertain import Observation, once
from breakeven.records import PhaseName, Resource, Run, Status


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


def experiments(runs: Sequence[Run]) -> tuple[tuple[Run, ...], ...]:
    """Runs by what they came to: a result with all that it was made in, or a single lost attempt.

    Args:
        runs: Of one row.

    Returns:
        Each experiment ends in the run that finished it, or that nobody went on from.

    Examples:
        >>> from breakeven.records import Stage
        >>> killed = Run(run_id="a", stage=Stage.PRETRAIN, status=Status.INTERRUPTED, started_at="")
        >>> again = Run(run_id="b", stage=Stage.PRETRAIN, status=Status.OK, started_at="",
        ...             continues="a")
        >>> [[run.run_id for run in parts] for parts in experiments([killed, again])]
        [['a', 'b']]
    """
    later = continued_by(runs)
    before: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if run.run_id in later:
            before[later[run.run_id]].append(run)
    return tuple((*before[run.run_id], run) for run in runs if run.run_id not in later)


def per_example(parts: Sequence[Run], resource: Resource) -> Observation | None:
    """Cost of the work phase of one experiment per example that it worked through.

    Args:
        parts: Runs of the experiment; those that counted no example or did not see the cost are
            left out.
        resource: One that adds up.

    Examples:
        >>> per_example([], Resource.CPU_S) is None
        True
    """
    work = {PhaseName.WORK}
    seen = [(observe(run, resource, phases=work), run.output.n_examples) for run in parts]
    known = [(amount, n) for amount, n in seen if amount is not None and n]
    if not known:
        return None
    whole = together([amount for amount, _ in known], resource)
    return whole.scaled(1 / sum(n for _, n in known))


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
