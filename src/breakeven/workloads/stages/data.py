"""Data: a stage's task, loaded as part of a phase, its doubts handed on."""

from typing import Any

from breakeven.records import Stage
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.tasks import Task, load_task
from breakeven.workloads.tasks.subset import with_fewer


def open_task(context: StageContext, request: StageRequest) -> Task[Any]:
    """Load the task, with as much training data as the stage is to use.

    Its notes are handed to the context.

    Raises:
        DataFileError: If the data cannot be read.
        SettingsError: If the stage wants more training examples than there are.
    """
    task = load_task(request.task)
    hand_on_notes(context, task)
    settings = request.settings
    is_unlabelled = request.stage is Stage.PRETRAIN or settings.get("method") == "task-agnostic"
    return with_fewer(
        task,
        int(settings.get("train_examples", 0)),
        seed=int(settings.get("seed", 0)),
        of_corpus=is_unlabelled,
    )


def hand_on_notes(context: StageContext, task: Task[Any]) -> None:
    """Let the run's record carry the task's doubts."""
    for note in task.notes:
        context.add_note(note)
