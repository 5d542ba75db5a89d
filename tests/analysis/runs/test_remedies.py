"""What is advised follows from what ended a row: the same settings fail again."""

import pytest

from breakeven.analysis.runs.gaps import gap_notes
from breakeven.analysis.runs.remedies import reason, remedy
from breakeven.analysis.runs.rows import RowCost
from breakeven.analysis.runs.select import study_runs
from breakeven.records import PathwayDefinition, Run, Stage, Status, StudyDefinition

OURS = "Traceback ...\nbreakeven.errors.SettingsError: model has 2 layers, n_layers=9 asked"
THEIRS = "Traceback ...\nRuntimeError: out of luck"
AGAIN = "Run the study again: finished rows are kept."
CORRECT = "Correct 'ft' in the study as its error says; run as it is, it fails again."
CAUSE = "Find the cause in the traceback kept with the run of 'ft', then run the study again"


def run(status: Status, error: str | None = None) -> Run:
    return Run(
        run_id=f"{status}-{error}",
        study="s",
        row="ft",
        stage=Stage.FINETUNE,
        status=status,
        started_at="",
        error=error,
    )


@pytest.mark.parametrize(
    ("runs", "advice"),
    [
        ([run(Status.INTERRUPTED)], AGAIN),
        ([run(Status.FAILED, OURS), run(Status.INTERRUPTED)], AGAIN),
        ([run(Status.FAILED, OURS)], CORRECT),
        ([run(Status.INTERRUPTED), run(Status.FAILED, OURS)], CORRECT),
        ([run(Status.FAILED, THEIRS)], CAUSE),
        ([run(Status.FAILED)], CAUSE),
        ([run(Status.FAILED, "breakeven.errors.StoreBusyError: held")], CAUSE),
    ],
)
def test_the_advice_fits_what_ended_the_row(runs: list[Run], advice: str) -> None:
    assert remedy(runs).startswith(advice)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OURS, "model has 2 layers, n_layers=9 asked"),
        (THEIRS, "RuntimeError: out of luck"),
        (None, "no reason recorded"),
    ],
)
def test_the_reason_is_the_last_line_without_our_own_classes(error: str | None, text: str) -> None:
    assert reason(run(Status.FAILED, error)) == text


def test_a_pathway_that_cannot_be_compared_says_why_and_what_helps() -> None:
    failed = run(Status.FAILED, OURS)
    pathway = PathwayDefinition(name="FT", row="ft")
    found = study_runs(StudyDefinition(name="s", pathways=(pathway,)), [failed])
    row = RowCost(row="ft", stage=Stage.FINETUNE, runs=(failed,), amounts={}, unseen={})
    (note,) = gap_notes(found, pathway, [row])
    assert note.message == (
        "FT has no finished run of its row 'ft' (ft: model has 2 layers, n_layers=9 asked); what "
        "was spent on it is listed, but it cannot be compared."
    )
    assert note.advice.startswith(CORRECT)
