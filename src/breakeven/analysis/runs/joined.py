"""Joined: pathways that runs measured by hand bring into a study whose file does not know them.

The definition in the store never holds them: they are found anew from the runs, each time.
"""

from collections.abc import Iterable, Sequence

from breakeven.analysis.uncertain import once
from breakeven.records import PathwayDefinition, Run, Stage, StudyDefinition


def shadowed(definition: StudyDefinition, runs: Iterable[Run]) -> tuple[str, ...]:
    """Pathways that joined under a name which the study file uses by now.

    Examples:
        >>> shadowed(StudyDefinition(name="s", pathways=()), [])
        ()
    """
    taken = {pathway.name for pathway in definition.pathways if not pathway.is_joined}
    return once(run.joined for run in runs if run.joined in taken)


def joined_pathways(
    definition: StudyDefinition, runs: Sequence[Run]
) -> tuple[PathwayDefinition, ...]:
    """Pathways of the runs that the definition does not have, in the order they began.

    The deployed row is the latest development row that no other row of the pathway builds upon.

    Args:
        definition: Of the study.
        runs: Of the study.

    Examples:
        >>> from breakeven.records import Status
        >>> def run(row: str, *parents: str, at: str) -> Run:
        ...     return Run(run_id=row, row=row, stage=Stage.FINETUNE, status=Status.OK,
        ...                started_at=at, study="s", joined="THEIRS", parents=parents)
        >>> runs = [run("THEIRS/tuned", "THEIRS/base", at="2"), run("THEIRS/base", at="1")]
        >>> [p.row for p in joined_pathways(StudyDefinition(name="s", pathways=()), runs)]
        ['THEIRS/tuned']
    """
    known = {pathway.name for pathway in definition.pathways}
    in_order = sorted(runs, key=lambda run: (run.started_at, run.run_id))
    return tuple(
        PathwayDefinition(
            name=name,
            row=_deployed_row(name, in_order),
            description="measured by hand beside the study",
            is_joined=True,
        )
        for name in once(run.joined for run in in_order if run.joined)
        if name not in known
    )


def ends(name: str, runs: Iterable[Run]) -> tuple[str, ...]:
    """Development rows of a joined pathway that no other of its rows builds upon.

    Args:
        name: Of the pathway.
        runs: Of the study, in the order they started.

    Examples:
        >>> ends("THEIRS", [])
        ()
    """
    own = [run for run in runs if run.joined == name and run.stage is not Stage.INFER]
    rows = {run.run_id: run.row for run in own}
    built_upon = {
        rows[parent]
        for run in own
        for parent in run.parents
        if parent in rows and rows[parent] != run.row
    }
    return once(run.row for run in reversed(own) if run.row not in built_upon)


def _deployed_row(name: str, runs: Sequence[Run]) -> str:
    return next(iter(ends(name, runs)), f"{name}/development")
