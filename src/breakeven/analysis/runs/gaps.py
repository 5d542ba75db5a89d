"""Gaps: what is missing from the development cost of a pathway, said instead of guessed."""

from collections.abc import Sequence

from breakeven.analysis.runs import select
from breakeven.analysis.runs.remedies import reason, remedy
from breakeven.analysis.runs.rows import USED_WHERE_NEEDED, RowCost
from breakeven.analysis.runs.select import StudyRuns
from breakeven.analysis.words import resource_words
from breakeven.records import (
    Note,
    NoteCode,
    PathwayDefinition,
    Resource,
    Run,
    Status,
)


def gap_notes(
    found: StudyRuns, definition: PathwayDefinition, rows: Sequence[RowCost]
) -> tuple[Note, ...]:
    """Say what is missing from the development cost of one pathway.

    Args:
        found: The study's runs.
        definition: The pathway.
        rows: What is known of its development.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = select.study_runs(StudyDefinition(name="s", pathways=()), [])
        >>> gap_notes(study, PathwayDefinition(name="FT", row="ft"), [])[0].code.value
        'not-finished'
    """
    notes = []
    name = definition.name
    if missing := select.missing_parents(found, [row.row for row in rows]):
        notes.append(
            Note(
                code=NoteCode.PARENT_MISSING,
                message=f"{name} was built on {', '.join(missing)}, not recorded in this store; "
                "its development cost leaves them out.",
                advice="Merge the store that holds them: breakeven store merge.",
            )
        )
    lost = [run for row in rows if not row.n_finished for run in row.runs]
    if not any(
        run.status is Status.OK for row in rows for run in row.runs if row.row == definition.row
    ):
        notes.append(
            Note(
                code=NoteCode.NOT_FINISHED,
                message=f"{name} has no finished run of its row {definition.row!r}"
                f"{_why(lost)}; what was spent on it is listed, but it cannot be compared.",
                advice="Measure its development: breakeven measure --study ... --stage finetune."
                if definition.is_joined
                else remedy(lost),
            )
        )
    for resource in found.resources:
        notes += _gap(name, resource, rows)
    return tuple(notes)


def _why(lost: Sequence[Run]) -> str:
    failed = [run for run in lost if run.status is Status.FAILED]
    return f" ({failed[-1].row}: {reason(failed[-1])})" if failed else ""


def _gap(name: str, resource: Resource, rows: Sequence[RowCost]) -> list[Note]:
    silent = [row.row for row in rows if resource not in row.amounts]
    if silent and len(silent) < len(rows) and resource not in USED_WHERE_NEEDED:
        return [
            Note(
                code=NoteCode.PARTIAL_COVERAGE,
                message=f"{name}: {resource_words(resource)} of {', '.join(silent)} was not "
                "observed, so no development total is given.",
                advice="Measure or state it for every row of the pathway.",
            )
        ]
    unseen = {row.row: row.unseen[resource] for row in rows if resource in row.unseen}
    if not unseen or silent:
        return []
    rows_text = ", ".join(f"{n} of {row}" for row, n in unseen.items())
    return [
        Note(
            code=NoteCode.PARTIAL_COVERAGE,
            message=f"runs without a count of {resource_words(resource)} ({rows_text}) are left "
            "out of the development total.",
            advice="They ended before they counted; the true total is larger.",
        )
    ]
