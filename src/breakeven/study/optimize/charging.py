"""Charging: which runs of a study some of its rows are to pay for."""

from collections.abc import Collection, Sequence

from breakeven.analysis.runs import select
from breakeven.records import Resource, Run, Stage, Status
from breakeven.study.spec import Configuration, Study


def charges(  # noqa: PLR0913 - whose runs, for what, and who is free
    runs: Sequence[Run],
    study: Study,
    rows: Sequence[Configuration],
    resource: Resource,
    *,
    baseline: str,
    blocks: Collection[int] | None = None,
) -> dict[str, float]:
    """What inference rows consumed and what they needed: exports, re-fitting and loading.

    Failed and interrupted runs count as well. What made the baseline itself was there before.

    Args:
        runs: Of the study.
        study: Theirs.
        rows: That pay.
        resource: Which.
        baseline: Its pathway.
        blocks: Of these rows alone; all without.

    Returns:
        By id of the run.
    """
    names, pathways = {row.row for row in rows}, {row.pathway for row in rows}
    made = needed_by(study, rows) - ancestors(study, [study.pathway(baseline).row])
    own = [r for r in runs if r.row in names and (blocks is None or r.block in blocks)]
    parents = {parent for run in own for parent in run.parents}
    needed = [
        run
        for run in runs
        if run.result_of in made
        or (run.stage is Stage.SERVE and run.run_id in parents)
        or _could_not_load(run, pathways)
    ]
    seen = {run.run_id: select.observe(run, resource) for run in (*own, *needed)}
    return {run_id: amount.value for run_id, amount in seen.items() if amount is not None}


def needed_by(study: Study, rows: Sequence[Configuration]) -> frozenset[str]:
    """Names of the development rows that inference rows need."""
    return ancestors(study, [study.pathway(row.pathway).row for row in rows])


def ancestors(study: Study, names: Collection[str]) -> frozenset[str]:
    """Rows and all that they begin from, by name."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += study.row(name).parents.values()
    return frozenset(found)


def _could_not_load(run: Run, pathways: Collection[str]) -> bool:
    is_serving = run.stage is Stage.SERVE and run.status is not Status.OK
    return is_serving and run.settings.resolved.get("pathway") in pathways
