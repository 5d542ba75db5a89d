"""Advice section: the few things that would cut cost most here, and the table of all."""

from breakeven.analysis.advice import advise
from breakeven.analysis.results import StudyAnalysis
from breakeven.report.advice_words import advice_lines
from breakeven.report.section import Section
from breakeven.report.tables.advice import advice_table


def advice_section(analysis: StudyAnalysis) -> Section | None:
    """What would cut the headline cost most; None where the records support no advice."""
    found = advise(analysis)
    if not found:
        return None
    return Section(
        name="advice",
        title="What would cut cost most here",
        short_title="Advice",
        after="answer",
        intro="From the records of this study; each rests on the number it names. Savings do not "
        "add up, for one cut leaves less for the next.",
        sentences=tuple(advice_lines(analysis, found)),
        tables=(advice_table(analysis),),
        open_rows=0,
    )
