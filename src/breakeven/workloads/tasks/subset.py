"""Subset: part of what a task offers for training, for curves over the amount of data."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from breakeven.errors import SettingsError
from breakeven.workloads.tasks.task import Task

L = TypeVar("L")


def with_fewer(task: Task[L], n_examples: int, *, seed: int, of_corpus: bool) -> Task[L]:
    """Keep a random choice of the training examples, or of the corpus; the rest stays as it is.

    A corpus that is no more than the training texts goes with them.

    Args:
        task: In whole.
        n_examples: How many to keep; 0 keeps all.
        seed: Of the choice; with one seed, fewer examples are part of more.
        of_corpus: Whether the corpus is what will be trained on.

    Raises:
        SettingsError: If there are not so many.
    """
    if n_examples == 0:
        return task
    texts = task.corpus or task.train.texts
    n_found = len(texts) if of_corpus else len(task.train)
    if n_examples > n_found:
        raise SettingsError(
            f"train_examples={n_examples}, but the task {task.name} has {n_found}; set at most so "
            "many, or 0 for all"
        )
    kept = choose(n_found, n_examples, seed=seed)
    if of_corpus:
        return replace(task, corpus=tuple(texts[i] for i in kept))
    train = task.train.take(kept)
    is_own = task.corpus != task.train.texts
    return replace(task, train=train, corpus=task.corpus if is_own else train.texts)


def choose(n_found: int, n_kept: int, *, seed: int) -> Sequence[int]:
    """Ascending indices of a random choice; a smaller choice is part of every larger one.

    >>> set(choose(100, 5, seed=3)) <= set(choose(100, 20, seed=3))
    True
    """
    rng = random.Random(f"train-examples-{seed}")  # noqa: S311 - a choice, not a secret
    return sorted(rng.sample(range(n_found), n_found)[:n_kept])
