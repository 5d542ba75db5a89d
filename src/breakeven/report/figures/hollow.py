"""Hollow: lines, bars and marks whose numbers nobody measured or counted here, without colour.

A line becomes a tube and a bar a dashed frame; a mark of a Pareto plane, whose fill says something
else, gets a dashed outline. What is said of them names each with the way its cost came about.
"""

from collections.abc import Mapping, Sequence

import altair as alt

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.words import listed
from breakeven.records import Estimate, Resource
from breakeven.report.figures.figure import SURFACE
from breakeven.report.kinds import doubted

_DOT = " (with a dot: on the front)"
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
        told = doubts_of([costs[resource] for costs in parts if resource in costs])
        if told:
            found[pathway.name] = told
    return found


def doubts_of(estimates: Sequence[Estimate]) -> str:
    """How estimates came about together; empty where all was measured or counted.

    Args:
        estimates: Those without a value say nothing.

    Examples:
        >>> doubts_of([])
        ''
    """
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
    return f"Hollow {what}{plural}: {_each(doubts)}."


def behind_words(doubts: Mapping[str, str]) -> str:
    """What is said of a drawing that has no sign of its own for it; empty where nothing is.

    Args:
        doubts: As in `hollow_words`.

    Examples:
        >>> behind_words({"API": "assumed"})
        'Rests on more than was measured or counted here: API is assumed.'
    """
    return f"Rests on more than was measured or counted here: {_each(doubts)}." if doubts else ""


def _each(doubts: Mapping[str, str]) -> str:
    return "; ".join(f"{name} is {told}" for name, told in doubts.items())


def outline_words(doubts: Mapping[str, str]) -> str:
    """What is said of marks with a dashed outline, in one breath where all are alike.

    Args:
        doubts: Every mark to the ways its numbers came about; empty text for measured and counted.

    Examples:
        >>> outline_words({"FT": "replayed", "TS": "replayed"})
        'Dashed outlines (with a dot: on the front): all are replayed.'
        >>> outline_words({"FT": "", "TS": "replayed", "API": "assumed"})
        'Dashed outlines (with a dot: on the front): TS is replayed; API is assumed.'
    """
    ways = [told for told in dict.fromkeys(doubts.values()) if told]
    if not ways:
        return ""
    if len(doubts) > 1 and len(ways) == 1 and all(doubts.values()):
        return f"Dashed outlines{_DOT}: all are {ways[0]}."
    said = []
    for way in ways:
        names = [name for name, told in doubts.items() if told == way]
        said.append(f"{listed(names)} {'is' if len(names) == 1 else 'are'} {way}")
    plural = "s" if sum(map(bool, doubts.values())) > 1 else ""
    return f"Dashed outline{plural}{_DOT}: {'; '.join(said)}."


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
