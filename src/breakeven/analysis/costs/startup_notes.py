"""Start-up notes: where the start-up of a joined pathway is inside its cost per item, or untold."""

from collections.abc import Iterator, Mapping, Sequence

from breakeven.analysis.costs.startup import Split
from breakeven.analysis.runs.select import StudyRuns
from breakeven.analysis.words import counted, item_words, listed, resource_words
from breakeven.records import Kind, Note, NoteCode, PathwayDefinition, PhaseName, Resource, Run

COMMAND = "command"
"""Setting of a run that was measured around a whole process."""


def startup_notes(
    found: StudyRuns,
    definition: PathwayDefinition,
    runs: Sequence[Run],
    *,
    splits: Mapping[Resource, Split],
) -> tuple[Note, ...]:
    """Doubts about what a pathway takes to start.

    Args:
        found: The study's runs.
        definition: A joined pathway.
        runs: Those of its use that ended well.
        splits: Where start-up was told apart.

    Examples:
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.records import StudyDefinition
        >>> study = study_runs(StudyDefinition(name="s", pathways=()), [])
        >>> startup_notes(study, PathwayDefinition(name="X", row="x"), [], splits={})
        ()
    """
    return (
        *_startup_inside(found, definition, runs, splits),
        *_startup_untold(definition.name, splits),
    )


def _startup_inside(
    found: StudyRuns,
    definition: PathwayDefinition,
    runs: Sequence[Run],
    splits: Mapping[Resource, Split],
) -> Iterator[Note]:
    volumes = {run.output.count(found.definition.item) for run in runs} - {0}
    inside = [
        resource
        for resource in found.resources
        if resource.is_additive
        and resource not in splits
        and any(_is_measured(run, resource) for run in runs if COMMAND in run.settings.resolved)
    ]
    if not (volumes and inside):
        return
    what, name = listed([resource_words(r) for r in inside]), definition.name
    if len(volumes) == 1:
        (volume,) = volumes
        yield Note(
            code=NoteCode.STARTUP_INSIDE,
            message=f"{name} was used on {volume:,} {item_words(found.definition.item)} each time, "
            f"so its start-up is inside the {what} per item.",
            advice="Measure the same command at a second volume, ten times larger if you can: the "
            "slope is then the cost per item, the intercept the start-up.",
        )
        return
    yield Note(
        code=NoteCode.STARTUP_INSIDE,
        message=f"{name}: a line over {counted(len(volumes), 'volume')} has no slope above 0 in "
        f"{what}, so start-up is inside the cost per item.",
        advice="Measure volumes that lie further apart, and each several times.",
    )


def _startup_untold(name: str, splits: Mapping[Resource, Split]) -> Iterator[Note]:
    untold = [resource_words(r) for r, split in splits.items() if not split.is_startup_told]
    if untold:
        yield Note(
            code=NoteCode.STARTUP_UNTOLD,
            message=f"{name}: the start-up is not told apart from 0 in {listed(untold)}.",
            advice="Measure volumes that lie further apart, a small one among them, and each "
            "several times.",
        )


def _is_measured(run: Run, resource: Resource) -> bool:
    costs = run.costs(resource, phases={PhaseName.WORK})
    return any(cost.kind is Kind.MEASURED for cost in costs)
