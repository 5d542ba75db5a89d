"""Charging: what a pathway pays of a row of development that others rest on too.

A teacher, a pre-trained model or a distilled one may serve several pathways and tasks (Dürlich et
al. 2023, section 1 and footnote 6; Schwartz et al. 2020, discussion). How much of it one of them
bears is a rule, not a measurement: each rule is named, and a cost it touches is assumed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.sharing import charge_rows
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import listed
from breakeven.errors import UnknownNameError


class Rule(StrEnum):
    """How a row of development is charged."""

    WHOLE = "whole"
    EQUAL = "equal"
    USE = "use"
    SUNK = "sunk"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRule:
    """One row's rule.

    Attributes:
        rule: Which.
        amount: Number of equal sharers of `equal`, None for the study's own pathways that rest on
            the row; part of the use, from 0 to 1, of `use`; None for the others.

    Raises:
        ValueError: If the amount is out of range or the rule takes none.
    """

    rule: Rule
    amount: float | None = None

    def __post_init__(self) -> None:
        amount = self.amount
        if self.rule in {Rule.WHOLE, Rule.SUNK} and amount is not None:
            raise ValueError(f"{self.rule} takes no number, got {amount:g}")
        if self.rule is Rule.EQUAL and amount is not None and not 1 <= amount < math.inf:
            raise ValueError(f"equal parts need at least 1 sharer, its own, got {amount:g}")
        if self.rule is Rule.USE and (amount is None or not 0 <= amount <= 1):
            raise ValueError(f"a part of the use lies from 0 to 1, got {amount}")

    def part(self, n_users: int) -> float:
        """Part of the row that each user bears, from 0 to 1.

        Args:
            n_users: Pathways of the study that rest on the row, at least 1.
        """
        if self.rule is Rule.SUNK:
            return 0.0
        if self.rule is Rule.USE:
            assert self.amount is not None
            return self.amount
        return 1.0 if self.rule is Rule.WHOLE else 1 / (self.amount or n_users)


WHOLE = ShareRule(rule=Rule.WHOLE)


def charge(
    pathways: Sequence[PathwayCost], rules: Mapping[str, ShareRule]
) -> tuple[PathwayCost, ...]:
    """Charge each pathway its part of the rows that have a rule; the others are paid whole.

    Args:
        pathways: Gathered costs.
        rules: By row.

    Raises:
        UnknownNameError: If no pathway's development has such a row.

    Examples:
        Nothing of a teacher whose cost is sunk:

        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.records import Resource
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> ts = pathway_cost(found, definition.pathways[1])
        >>> sunk = charge([ts], {"ft": ShareRule(rule=Rule.SUNK)})[0]
        >>> [f"{p.development(Resource.FLOPS).value:.4g}" for p in (ts, sunk)]
        ['4.38e+13', '3.59e+13']
    """
    users = users_of(pathways)
    for row in rules:
        if row not in users:
            raise UnknownNameError("row of development", row, tuple(users))
    return charge_rows(pathways, {row: rule.part(len(users[row])) for row, rule in rules.items()})


def users_of(pathways: Sequence[PathwayCost]) -> dict[str, tuple[str, ...]]:
    """Names of the pathways that rest on each row, in order.

    Args:
        pathways: Gathered costs.

    Examples:
        >>> users_of([])
        {}
    """
    rows = once(row.row for pathway in pathways for row in pathway.rows)
    return {r: tuple(p.name for p in pathways if r in {x.row for x in p.rows}) for r in rows}


def charging_words(
    pathways: Sequence[PathwayCost], rules: Mapping[str, ShareRule]
) -> tuple[str, ...]:
    """State the rule of every row that has one or that several pathways rest on.

    Args:
        pathways: Gathered costs, not yet charged.
        rules: By row.

    Examples:
        >>> charging_words([], {})
        ()
    """
    return tuple(
        _words(row, users, rules.get(row, WHOLE))
        for row, users in users_of(pathways).items()
        if row in rules or len(users) > 1
    )


def _words(row: str, users: Sequence[str], rule: ShareRule) -> str:
    part = rule.part(len(users))
    each = " each" if len(users) > 1 else ""
    told = {
        Rule.WHOLE: f"{row} is charged whole to {listed(users)}{each}",
        Rule.EQUAL: f"{row} is shared equally; {listed(users)} pays{each} {part:.3g} of it"
        if len(users) == 1
        else f"{row} is shared equally; {listed(users)} pay {part:.3g} of it each",
        Rule.USE: f"{listed(users)} makes {part:.3g} of the use of {row}, and pays so much of it"
        if len(users) == 1
        else f"{listed(users)} each make {part:.3g} of the use of {row}, and pay so much of it",
        Rule.SUNK: f"{row} is sunk: {listed(users)} pays nothing of it"
        if len(users) == 1
        else f"{row} is sunk: {listed(users)} pay nothing of it",
    }
    asked = " (no rule was asked for)" if rule is WHOLE else ""
    return f"{told[rule.rule]}{asked}."
