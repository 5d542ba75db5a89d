"""Beforehand: what is known of a search before anything is made or run."""

import math
from collections.abc import Mapping, Sequence

from breakeven.analysis.certificates.loss_bound import unseen
from breakeven.analysis.certificates.saving import is_certifiable
from breakeven.analysis.uncertain import once
from breakeven.errors import DataFileError, SettingsError
from breakeven.records import Resource, Scalar
from breakeven.records.engine import TaskFacts
from breakeven.records.protocols import Channel
from breakeven.study.optimize.attempts import level_of_attempt
from breakeven.study.optimize.wanted import Wanted

ONE_BY_ONE = frozenset({"accuracy", "answer_f1", "exact_match"})
"""Metrics of tasks whose answers are good or bad one by one, whatever else they are judged by."""


def refuse_uncomparable(facts: TaskFacts) -> None:
    """Refuse a task whose answers cannot be compared one by one.

    Args:
        facts: Of the task.

    Raises:
        SettingsError: If none of its metrics judges a single answer.

    Examples:
        >>> refuse_uncomparable(TaskFacts(content_hash="", metrics=("macro_f1", "accuracy")))
    """
    if not ONE_BY_ONE.intersection(facts.metrics):
        raise SettingsError(
            f"answers to this task are judged by {' and '.join(facts.metrics)}, which say nothing "
            "of a single answer, so a search cannot compare them one by one; optimize "
            "a task of classes or of questions"
        )


def modelled(cost: Resource, channels: Sequence[Channel]) -> str:
    """Why a saving of a cost cannot be certified here; empty where it can, or nobody knows.

    Args:
        cost: That is searched.
        channels: Of the meters that will watch.

    Examples:
        >>> modelled(Resource.ENERGY_J, ())
        ''
    """
    kinds = once(c.kind for c in channels if c.resource is cost and not (c.part_of or c.check_of))
    if not kinds or is_certifiable(kinds):
        return ""
    return (
        f"{cost} is {' and '.join(kinds)} here, and no certificate is granted by a model; search "
        "what is measured, such as CPU time (--cost cpu)"
    )


def cutting(reference: Mapping[str, Scalar], own: int | None) -> str:
    """Say that the baseline cuts texts which its model could read; empty where it does not.

    Args:
        reference: Its settings.
        own: Tokens that the model reads at once; None where nobody knows.

    Examples:
        >>> cutting({"max_length": 512}, 512), cutting({"max_length": 128}, None)
        ('', '')
    """
    most = int(reference.get("max_length", 0))
    if own is None or not 0 < most < own:
        return ""
    return (
        f"the baseline cuts texts at {most} tokens and its model reads {own}: what longer texts "
        "lose by that is no loss against it"
    )


def n_examples(facts: TaskFacts, split: str) -> int:
    """How many examples a split has.

    Args:
        facts: Of the task.
        split: validation or test.

    Raises:
        DataFileError: If it has none.
    """
    n = int(facts.facts.get(f"n_{split}", 0))
    if not n:
        raise DataFileError(
            f"the task has no {split} examples; a search selects on validation and certifies on "
            "test examples, so give it both"
        )
    return n


def too_small(wanted: Wanted, n_test: int) -> str:
    """Why no certificate can be granted whatever comes out; empty where one can.

    Without a single disagreement the bound is 1 - (1 - level)^(1 / n), at the level of a first
    attempt.

    Args:
        wanted: Margin and level.
        n_test: Examples of the test split.

    Examples:
        >>> from breakeven.records import Resource
        >>> wanted = Wanted(baseline="FT", max_drop=0.01, cost=Resource.CPU_S)
        >>> too_small(wanted, 321)
        ''
        >>> too_small(wanted, 100)
        'the test split has 100 examples, and a drop of 1 point can be ruled out on 321 or more \
(at 96 %, the level of a first certificate), even where no answer differs; give it 221 more, or \
allow a drop of 3.2 points'
    """
    unlikely = unseen(level_of_attempt(1, wanted.level))
    least = math.ceil(unlikely / -math.log1p(-wanted.max_drop))
    if n_test >= least:
        return ""
    possible = math.ceil(-1000 * math.expm1(-unlikely / n_test)) / 10
    drop = f"{100 * wanted.max_drop:g}"
    return (
        f"the test split has {n_test} examples, and a drop of {drop} point"
        f"{'' if drop == '1' else 's'} can be ruled out on {least} or more (at "
        f"{100 * level_of_attempt(1, wanted.level):g} %, the level of a first certificate), even "
        f"where no answer differs; give it {least - n_test} more, or allow a drop of {possible:g} "
        "points"
    )
