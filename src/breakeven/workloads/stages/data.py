"""Data: a stage's task, loaded as part of a phase, its doubts handed on."""

from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.tasks import ClassificationTask, load_task


def open_task(context: StageContext, request: StageRequest) -> ClassificationTask:
    """Load the task and hand its notes to the context.

    Raises:
        DataFileError: If the data cannot be read.
    """
    task = load_task(request.task)
    for note in task.notes:
        context.add_note(note)
    return task
