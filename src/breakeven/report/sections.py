"""Sections: parts of the page that need no template of their own; one line per builder.

A builder takes the analysis and gives a `Section`, or None where the study has nothing to show.
"""

from collections.abc import Callable

from breakeven.analysis.results import StudyAnalysis
from breakeven.report.advice_section import advice_section
from breakeven.report.budget_section import budget_section
from breakeven.report.energy_section import energy_section
from breakeven.report.lineage_section import lineage_section
from breakeven.report.models_section import models_section
from breakeven.report.section import Section
from breakeven.report.spread_section import spread_section
from breakeven.report.winners_section import winners_section

_BUILDERS: tuple[Callable[[StudyAnalysis], Section | None], ...] = (
    advice_section,
    winners_section,
    models_section,
    lineage_section,
    spread_section,
    energy_section,
    budget_section,
)
"""In the order of the page."""


def more_sections(analysis: StudyAnalysis) -> tuple[Section, ...]:
    """Every section that the study has something for, in the order of the page."""
    built = (build(analysis) for build in _BUILDERS)
    return tuple(section for section in built if section is not None)
