"""Matching: a model answers what its task asks; free of torch."""

from typing import Any, Protocol

from breakeven.errors import SettingsError
from breakeven.workloads.tasks import Task


class Labelled(Protocol):
    """What answers by names: a model, or the head of a task."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of its outputs, in their order; empty for none."""
        ...


def check_labels(model: Labelled, head: Labelled, task: Task[Any]) -> None:
    """Refuse a model whose head was made for other answers.

    Raises:
        SettingsError: If its outputs are not the head's, in the same order.
    """
    if model.labels != head.labels:
        raise SettingsError(
            f"the model answers {', '.join(model.labels)}, the task {task.name} asks for "
            f"{', '.join(head.labels)}; use a model fine-tuned on this task"
        )
