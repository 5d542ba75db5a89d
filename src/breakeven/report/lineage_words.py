"""Lineage words: what the tree of the life-cycle says of each row, and its finding."""

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.lineage import Lineage, LineageRow, LineageUse, lineage
from breakeven.analysis.words import counted, listed, resource_words
from breakeven.records import Estimate, Resource, Status
from breakeven.report.kinds import doubted
from breakeven.report.lookup import headline
from breakeven.report.quantity import format_estimate

NOBODY = "no pathway rests on it"
_ENDED = {Status.FAILED: "failed", Status.INTERRUPTED: "interrupted", Status.PRUNED: "pruned"}


def study_lineage(analysis: StudyAnalysis) -> Lineage:
    """The life-cycle of a study in its headline cost; in time where that does not add up."""
    asked = headline(analysis)
    cost = asked if asked.is_additive else Resource.DURATION_S
    return lineage(analysis.definition, analysis.runs, analysis.pathways, resource=cost)


def finding(found: Lineage) -> str:
    """Where most of development went, in one sentence."""
    cost = resource_words(found.resource)
    told = [row for row in found.rows if row.paid_share is not None]
    if not told:
        return f"{counted(len(found.rows), 'row')} of development; nothing observed its {cost}"
    largest = max(told, key=lambda row: row.paid_share or 0.0)
    runs = runs_words(largest)
    if len(found.rows) == 1:
        return f"All of the {cost} paid for development is {largest.row}, {runs}"
    return (
        f"{percent(largest.paid_share)} of the {cost} paid for development went into "
        f"{largest.row} ({runs}), {_users(largest)}"
    )


def _users(row: LineageRow) -> str:
    if not row.users:
        return "which no pathway rests on"
    if len(row.users) == 1:
        return f"which only {row.users[0]} rests on"
    names = listed(row.users) if len(row.users) < 5 else counted(len(row.users), "pathway")
    return f"which {names} share"


def runs_words(row: LineageRow) -> str:
    """Runs of a row, those that did not end well told apart.

    Examples:
        >>> from breakeven.records import Stage
        >>> runs_words(LineageRow(row="ft", stage=Stage.FINETUNE, parents=(), n_unknown=0,
        ...     users=(), statuses={Status.OK: 2, Status.FAILED: 1}, cost=None, paid=None,
        ...     paid_share=None, shares={}))
        '3 runs, 1 failed'
    """
    ended = [f"{row.statuses[s]} {word}" for s, word in _ENDED.items() if row.statuses.get(s)]
    return ", ".join((counted(row.n_runs, "run"), *ended))


def percent(share: float | None) -> str:
    """A share in percent, digits only where they tell something.

    Examples:
        >>> percent(0.4196), percent(0.0042), percent(0.0), percent(None)
        ('42 %', '0.42 %', '0 %', 'not known')
    """
    if share is None:
        return "not known"
    return f"{100 * share:.2g} %" if 0 < share < 0.0995 else f"{100 * share:.0f} %"


def short_row(row: LineageRow, resource: Resource) -> str:
    """Cost, share and runs of a row in some forty letters."""
    amount = row.cost or row.paid
    cost = format_estimate(amount, resource, interval=False)
    share = f", {percent(row.paid_share)} of all" if row.paid_share is not None else ""
    shared = ", shared" if len(row.users) > 1 else ""
    return f"{cost}{share}, {runs_words(row)}{shared}"


def long_row(row: LineageRow, resource: Resource) -> str:
    """The same with interval, the pathways' shares and who shares it."""
    parts = []
    if row.cost is not None:
        of_one = " for one model" if row.n_runs > 1 else ""
        parts.append(f"{_amount(row.cost, resource)}{of_one}")
        parts += [_brief_shares(row)] if row.shares else []
    parts.append(_paid(row, resource))
    if not row.users:
        parts.append(NOBODY)
    if row.n_unknown:
        parts.append(f"{counted(row.n_unknown, 'parent')} not in these records")
    return "; ".join(parts)


def _paid(row: LineageRow, resource: Resource) -> str:
    """Runs of a row and what they came to, where that is not its cost already."""
    runs, paid = runs_words(row), format_estimate(row.paid, resource, interval=False)
    if row.paid_share is None:
        return f"{runs}, {paid}"
    share = f"{percent(row.paid_share)} of all development"
    return f"{runs}, {share}" if row.n_runs == 1 and row.cost else f"{runs}: {paid}, {share}"


def shares_words(row: LineageRow) -> str:
    """Part that a row is of each pathway's development; empty where no pathway rests on it."""
    if not row.shares:
        return ""
    return listed([f"{percent(share)} of {name}" for name, share in row.shares.items()])


def _brief_shares(row: LineageRow) -> str:
    """The same; of many the range."""
    if len(row.shares) <= 3:
        return shares_words(row)
    low, high = min(row.shares.values()), max(row.shares.values())
    return f"{percent(low)} to {percent(high)} of {len(row.shares)} pathways that share it"


def short_use(use: LineageUse, resource: Resource, item: str) -> str:
    """Cost per item of a model in use."""
    if use.cost is None:
        return format_estimate(None, resource)
    return f"{format_estimate(use.cost, resource, interval=False)} per {item}"


def long_use(use: LineageUse, resource: Resource, item: str) -> str:
    """The same with its interval and runs."""
    if use.cost is None:
        return format_estimate(None, resource)
    runs = f", {counted(use.n_runs, 'run')}" if use.n_runs else ""
    return f"{_amount(use.cost, resource)} per {item}{runs}"


def _amount(estimate: Estimate, resource: Resource) -> str:
    """A cost with its interval, and how it came about where nobody measured or counted it."""
    text, sign = format_estimate(estimate, resource), doubted(estimate.kinds, estimate.origins)
    return f"{text}, {sign}" if sign else text
