"""Decided: a decision as the texts of the first screen, for the page's script to be held against.

The page fills in the same texts when a reader turns a control.
"""

from breakeven.analysis.deciding import Decision
from breakeven.analysis.results import Recommendation
from breakeven.analysis.words import listed
from breakeven.report.quantity import (
    format_estimate,
    format_items,
    format_roughly,
    pair_scale,
)
from breakeven.report.tables.pathways import break_even_cell
from breakeven.units import Scale


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

    costs = average_texts(told, decision, scale=scale)
    found = decision.break_even
    return {
        "volume": format_items(told.volume, told.item),
        "cost": costs[0],
        "runner_up_cost": costs[1],
        "measured_once": measured_once_words(decision),
        "probability": decision.sure.text if decision.sure else "",
        "break_even": "" if found is None else break_even_cell(found, min_digits=3).text,
    }


def average_texts(
    told: Recommendation, decision: Decision | None, *, scale: Scale | None = None
) -> tuple[str, str]:
    """The averages of choice and runner-up in the digits that are known; empty where there is none.

    Where over half of one is development measured once, its interval holds no scatter of that and
    would allow more digits than are known.

    Args:
        told: Who was chosen, at which cost.
        decision: Says how much of it was measured once; None where that is not known.
        scale: Unit for both; None for each its own.
    """
    once = () if decision is None else decision.mostly_once
    pairs = ((told.pathway, told.average), (told.runner_up, told.runner_up_average))
    one, other = (
        ""
        if estimate is None
        else (format_roughly if name in once else format_estimate)(
            estimate, told.resource, scale=scale
        )
        for name, estimate in pairs
    )
    return one, other


def measured_once_words(decision: Decision | None) -> str:
    """Say of averages that most of them was measured once; empty where that is not so.

    Args:
        decision: Under any settings; None where nothing was decided.
    """
    if decision is None or not decision.mostly_once:
        return ""
    names, n_named = listed(decision.mostly_once), len(decision.mostly_once)
    where = "not in the interval" if decision.recommendation.covers else "not known"
    return (
        f"More than half of the {'averages' if n_named > 1 else 'average'} of {names} is "
        f"development measured once: its own scatter is {where}."
    )
