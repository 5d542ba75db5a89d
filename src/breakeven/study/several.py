"""Several tasks in one file: each makes a study of its own from the same rows and pathways.

A study of task `sst2` in the file of study `glue` is called `glue-sst2`; its entry gives the
options of the task and, as `overrides`, what else differs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from breakeven.errors import StudyFileError, UnknownNameError
from breakeven.study.lines import Document

TASKS = "tasks"
OVERRIDES = "overrides"


def task_names(document: Document, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """Names of the tasks of a file in its order; empty where it holds one study alone.

    Args:
        document: Of the file.
        wanted: Only these; empty for all.

    Raises:
        StudyFileError: If the file has no such task.
    """
    block = document.data.get(TASKS) or {}
    if not isinstance(block, dict):
        raise document.error((TASKS,), f"{TASKS} is a mapping of names to tasks, got {block!r}")
    for name in wanted:
        if name not in block:
            raise document.error((TASKS,), str(UnknownNameError("task", name, block)))
    return tuple(name for name in block if name in wanted or not wanted)


def for_task(document: Document, name: str) -> tuple[Document, dict[str, object]]:
    """Take the study of one task out of a file.

    Args:
        document: Of the file, with `tasks`.
        name: One of its tasks.

    Returns:
        A document with one `task`, and what the task overrides, by dotted place.

    Raises:
        StudyFileError: If the entry is no mapping, or the file has a `task` besides.
    """
    place = (TASKS, name)
    if "task" in document.data:
        raise document.error(
            ("task",), f"the file has both `task` and `{TASKS}`; move the one into the other"
        )
    entry: Any = document.data[TASKS][name]
    if not isinstance(entry, dict):
        raise document.error(place, f"{TASKS}.{name} is a mapping of options, got {entry!r}")
    overrides = entry.get(OVERRIDES) or {}
    if not isinstance(overrides, dict):
        raise document.error(
            (*place, OVERRIDES), f"{OVERRIDES} maps dotted places to values, got {overrides!r}"
        )
    data = {key: part for key, part in document.data.items() if key != TASKS}
    data["study"] = f"{data.get('study')}-{name}"
    data["task"] = {key: part for key, part in entry.items() if key != OVERRIDES}
    return replace(document, data=data, task_place=place), dict(overrides)


def split_changes(
    changes: Mapping[str, object],
) -> tuple[dict[str, object], dict[str, object]]:
    """Part changes of `tasks` itself, which come first, from those of the studies made of it.

    Examples:
        >>> split_changes({"tasks.sst2.limit": 10, "seed": 1})
        ({'tasks.sst2.limit': 10}, {'seed': 1})
    """
    first = {place: value for place, value in changes.items() if place.split(".")[0] == TASKS}
    return first, {place: value for place, value in changes.items() if place not in first}


def of_task(name: str, error: StudyFileError) -> StudyFileError:
    """Say of which task's study an error is."""
    return StudyFileError(f"{error} (task {name!r})")
