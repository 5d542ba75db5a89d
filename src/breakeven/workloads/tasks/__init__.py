"""Tasks: where examples come from, by registered name."""

from collections.abc import Mapping
from typing import Any, cast

from breakeven import registry
from breakeven.errors import SettingsError
from breakeven.records import Scalar
from breakeven.workloads.tasks.form import Answers, Form
from breakeven.workloads.tasks.task import Split, Task, make_task

__all__ = ["Answers", "Form", "Split", "Task", "load_task", "make_task"]


def load_task(settings: Mapping[str, Scalar]) -> Task[Any]:
    """Load a task by its registered name.

    Args:
        settings: `name` is the task ("pydoc", "files", "datasets" or a plug-in's); the rest
            are its options.

    Raises:
        SettingsError: If there is no name, or an option has an impossible value.
        UnknownNameError: If no task or option has that name.
        DataFileError: If the data cannot be read.
    """
    if "name" not in settings:
        known = ", ".join(registry.names("task"))
        raise SettingsError(f"the task has no name; set `name` to one of {known}")
    options = {key: value for key, value in settings.items() if key != "name"}
    loader = registry.load("task", str(settings["name"]))
    return cast("Task[Any]", loader(options))
