"""Decided: a decision as the texts of the first screen, for the page's script to be held against.

The page fills in the same texts when a reader turns a control.
"""

from breakeven.analysis.deciding import Decision
from breakeven.records import Estimate
from breakeven.report.quantity import (
    format_estimate,
    format_items,
    pair_scale,
)
from breakeven.report.tables.pathways import break_even_cell


def decision_texts(decision: Decision) -> dict[str, str]:
    """The numbers of a decision as the page prints them; empty where there is none.

    Args:
        decision: Under any settings.

    Examples:
        >>> from breakeven.analysis.deciding import Settings, decide, ground_of
        >>> from breakeven.testing.runs import example_runs
        >>> found = decision_texts(
        ...     decide(ground_of(*example_runs()), Settings(measure="cpu_s", volume=1e5)))
        >>> found["volume"], found["cost"].replace(chr(160), " ").replace(chr(8211), "-")
        ('100,000 examples', '4.565 ms (4.551-4.579)')
    """
    told = decision.recommendation
    shown = [e for e in (told.average, told.runner_up_average) if e is not None]
    scale = pair_scale([e.value for e in shown if e.value is not None], told.resource)

    def cost(estimate: Estimate | None) -> str:
        if estimate is None:
            return ""
        return format_estimate(estimate, told.resource, scale=scale)

    found = decision.break_even
    return {
        "volume": format_items(told.volume, told.item),
        "cost": cost(told.average),
        "runner_up_cost": cost(told.runner_up_average),
        "probability": decision.sure.text if decision.sure else "",
        "break_even": "" if found is None else break_even_cell(found, min_digits=3).text,
    }
