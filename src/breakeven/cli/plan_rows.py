"""Rows of the plan as shown: a pathway's models by the seeds of their training share a line."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from breakeven.study.plan import Plan, PlanRow

N_NAMED = 12
"""Rows of a block that are named; of more only so many."""


def shown_rows(plan: "Plan") -> "list[PlanRow]":
    """Rows of a plan, those of one pathway's reference added up, and so their loadings.

    They run the same settings on models that differ in the seeds of their training, so that a
    nested study would show one line for each model. Their name says how many there are.
    """
    pathways = _pathways(plan)
    lines: dict[tuple[str, str], list[PlanRow]] = {}
    for row in plan.rows:
        pathway = pathways.get(row.name)
        line = (row.stage, pathway) if pathway else ("", row.name)
        lines.setdefault(line, []).append(row)
    return [_together(rows) for rows in lines.values()]


def named(rows: Sequence[str]) -> str:
    """Name the first rows of a block, and say how many more there are.

    >>> named(["FT", "TS"])
    'FT, TS'
    """
    more = len(rows) - N_NAMED
    return ", ".join(rows[:N_NAMED]) + (f" and {more} more" if more > 0 else "")


def _pathways(plan: "Plan") -> dict[str, str]:
    """Pathway by row, of rows that use its models with the settings of the reference."""
    from breakeven.records import Stage  # noqa: PLC0415 - `--help` stays light
    from breakeven.study.spec import REFERENCE, REPEAT  # noqa: PLC0415 - the same

    found = {c.row: c.pathway for c in plan.study.configurations if c.role in (REFERENCE, REPEAT)}
    loads = {f"{run.checkpoint}/{Stage.SERVE}": run.pathway for run in plan.table if run.pathway}
    return {**found, **loads}


def _together(rows: "Sequence[PlanRow]") -> "PlanRow":
    """One row for several; those that are done have no part in the forecast."""
    from breakeven.study.forecast import add_up  # noqa: PLC0415 - as above

    first = rows[0]
    if len(rows) == 1:
        return first
    left = [row.forecast for row in rows if row.n_done < row.n_runs]
    return replace(
        first,
        name=f"{first.name} x {len(rows)} models",
        parents=tuple(f"{parent}, each repeat" for parent in first.parents),
        n_runs=sum(row.n_runs for row in rows),
        n_done=sum(row.n_done for row in rows),
        forecast=add_up(left) if left else first.forecast,
    )
