"""Heads: what stands on a model for one form of task, found by the form.

A new form is one file with a class like `Classification`, and one line in `_HEADS`.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from breakeven.errors import SettingsError
from breakeven.workloads.heads.sure import SureHead
from breakeven.workloads.tasks import Task
from breakeven.workloads.tasks.form import Form

if TYPE_CHECKING:
    from breakeven.workloads.heads.head import Head, Lesson, Wish

__all__ = ["Head", "Lesson", "SureHead", "Wish", "head_for"]

_HEADS: Mapping[Form, tuple[str, str]] = {
    Form.CLASSIFICATION: ("classification", "Classification"),
    Form.REGRESSION: ("regression", "Regression"),
    Form.TOKEN_CLASSIFICATION: ("tagging", "Tagging"),
    Form.QUESTION_ANSWERING: ("spans", "Spans"),
}
"""File and class of each form whose head needs to know nothing of the model; only the one asked
for is imported."""


def head_for(task: Task[Any]) -> "Head[Any, Any]":
    """Return the head that answers a task.

    Raises:
        SettingsError: If no head is known for its form.
    """
    if task.form not in _HEADS:
        raise SettingsError(
            f"the task {task.name} is {task.form}, for which no head is known; choose one of "
            f"{', '.join(_HEADS)}"
        )
    file, name = _HEADS[task.form]
    found = getattr(import_module(f"breakeven.workloads.heads.{file}"), name)
    return cast("Head[Any, Any]", found.of(task))


def __getattr__(name: str) -> Any:  # noqa: ANN401 - protocols and records alike
    """Import the protocol and what it speaks of, and torch with them, on first use."""
    if name not in __all__:
        raise AttributeError(f"module 'breakeven.workloads.heads' has no attribute {name!r}")
    return getattr(import_module("breakeven.workloads.heads.head"), name)
