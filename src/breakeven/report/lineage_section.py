"""Lineage section: the life-cycle tree and its table."""

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.words import counted, resource_words
from breakeven.report.figures.lineage import left_out, lineage_figure
from breakeven.report.lineage_words import study_lineage
from breakeven.report.section import Section
from breakeven.report.tables.lineage import lineage_table


def lineage_section(analysis: StudyAnalysis) -> Section | None:
    """How each model came about; None where no row of development is recorded."""
    found = study_lineage(analysis)
    figure = lineage_figure(analysis, found)
    if figure is None:
        return None
    n_hidden, n_blank = left_out(found), sum(row.paid is None for row in found.rows)
    cost = resource_words(found.resource)
    hidden = (
        f"{counted(n_hidden, 'smaller row')} not drawn: the table holds all." if n_hidden else ""
    )
    blank = f"{counted(n_blank, 'row')} without a bar: nothing observed any {cost} there."
    return Section(
        name="lineage",
        title="How each model came about",
        short_title="Life-cycle",
        after="stages",
        intro=(
            "Each row of development stands below those whose results it used, each model in use "
            f"at the end of its branch. Bars are shares of the {cost} that the study paid for "
            "development, failed and repeated runs included; a hollow mark is modelled or assumed."
        ),
        figures=(figure,),
        tables=(lineage_table(analysis),),
        reasons=tuple(filter(None, (hidden, blank if n_blank else ""))),
    )
