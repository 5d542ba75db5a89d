"""Data: a stage's task, loaded as part of a phase, its doubts handed on."""

from typing import Any

from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.tasks import Task, load_task


def open_task(context: StageContext, request: StageRequest) -> Task[Any]:
    """Load the task and hand its notes to the context.

    Raises:
        DataFileError: If the data cannot be read.
    """
    task = load_task(request.task)
    hand_on_notes(context, task)
    return task


def hand_on_notes(context: StageContext, task: Task[Any]) -> None:
    """Let the run's record carry the task's doubts."""
    for note in task.notes:
        context.add_note(note)
