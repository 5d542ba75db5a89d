"""Hollow: lines and bars whose numbers nobody measured or counted here, told apart without colour.

Points have their own sign, a fill; a line becomes a tube and a bar a dashed frame. What is said of
them names each pathway with the way its cost came about.
"""

from collections.abc import Mapping

import altair as alt

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Estimate, Resource
from breakeven.report.figures.figure import SURFACE
from breakeven.report.kinds import doubted

LINE_PX, CORE_PX = 4.4, 2.0
"""Widths of a hollow line and of the ground that shows inside it."""


def doubted_costs(
    analysis: StudyAnalysis, resource: Resource, *, with_use: bool
) -> Mapping[str, str]:
    """Pathways whose cost rests on more than measured and counted numbers, and on what.

    Args:
        analysis: What is drawn.
        resource: In which cost.
        with_use: Whether the cost of use is drawn beside that of development.
    """
    found = {}
    for pathway in analysis.pathways:
        parts = [pathway.development, *([pathway.marginal] if with_use else [])]
        told = _told([costs[resource] for costs in parts if resource in costs])
        if told:
            found[pathway.name] = told
    return found


def _told(estimates: list[Estimate]) -> str:
    known = [estimate for estimate in estimates if estimate.value is not None]
    kinds = [kind for estimate in known for kind in estimate.kinds]
    origins = [origin for estimate in known for origin in estimate.origins]
    return doubted(list(dict.fromkeys(kinds)), list(dict.fromkeys(origins)))


def hollow_words(doubts: Mapping[str, str], *, what: str) -> str:
    """What is said under the title; empty where all was measured or counted.

    Args:
        doubts: Pathway to the ways its cost came about.
        what: What is drawn hollow, such as "line".

    Examples:
        >>> hollow_words({"API": "assumed"}, what="line")
        'Hollow line: API is assumed.'
        >>> hollow_words({}, what="line")
        ''
    """
    if not doubts:
        return ""
    plural = "s" if len(doubts) > 1 else ""
    each = "; ".join(f"{name} is {told}" for name, told in doubts.items())
    return f"Hollow {what}{plural}: {each}."


def cores(lines: alt.Chart, doubts: Mapping[str, str]) -> tuple[alt.Chart, ...]:
    """Hollow lines: a wide line in the pathway's colour with the ground inside it.

    Args:
        lines: The layer that draws every pathway; its rows may change while a reader looks.
        doubts: Pathways whose line is hollow.
    """
    if not doubts:
        return ()
    own = lines.transform_filter(alt.FieldOneOfPredicate(field="pathway", oneOf=list(doubts)))
    wide = own.mark_line(strokeWidth=LINE_PX, clip=True)
    core = own.mark_line(strokeWidth=CORE_PX, clip=True).encode(color=alt.value(SURFACE))
    return wide, core
