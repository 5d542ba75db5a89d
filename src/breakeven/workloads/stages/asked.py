"""Asked: which examples a row answers, and which of them hang together."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from breakeven.errors import SettingsError
from breakeven.records import Scalar
from breakeven.workloads.tasks import Split, Task
from breakeven.workloads.tasks.grouping import choose_together, groups_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The examples of one row.

    Attributes:
        name: Of the split they belong to.
        split: They alone.
        index: Place of each in the whole split, ascending.
        group: Group of each, as `grouping.groups_of` numbers those of the whole split.
    """

    name: str
    split: Split[Any]
    index: tuple[int, ...]
    group: tuple[int, ...]


def choose_asked(
    task: Task[Any],
    settings: Mapping[str, Scalar],
    known: MutableMapping[str, tuple[int, ...]],
) -> Asked:
    """Choose the examples of a row.

    Args:
        task: What is asked.
        settings: `split`, `n_examples` and `choice_seed` of the row.
        known: Groups of each split that was asked before; those of another are added.

    Raises:
        SettingsError: If there are not so many examples.
    """
    name, n_examples = str(settings["split"]), int(settings["n_examples"])
    whole = task.validation if name == "validation" else task.test
    if not len(whole):
        raise SettingsError(
            f"split={name!r}, but the task {task.name} has no {name} examples; leave `split` out, "
            "or give the task some"
        )
    if name not in known:
        known[name] = groups_of(whole)
    groups = known[name]
    seed = int(settings["choice_seed"])
    index = choose_together(groups, n_examples or len(whole), seed=seed)
    return Asked(
        name=name,
        split=whole.take(index),
        index=tuple(index),
        group=tuple(groups[i] for i in index),
    )
