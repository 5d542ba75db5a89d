"""Advice section: the few things that would cut cost most here, and the table of all."""

from breakeven.analysis.advice import Advice, advise
from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Resource
from breakeven.report.lookup import headline
from breakeven.report.section import Section
from breakeven.report.signs import NBSP
from breakeven.report.tables.advice import advice_table, saving_text

MOST = 4
"""Pieces told in words; the table holds all."""
LEAST_FRAC = 0.01
"""A saving of less than this share of the planned life is left to the table."""


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


def advice_lines(analysis: StudyAnalysis, found: tuple[Advice, ...]) -> list[str]:
    """The pieces that matter most, one paragraph each; of the recommended pathway where it has any.

    Args:
        analysis: Conclusions on a study.
        found: Every piece, in order.
    """
    chosen = analysis.recommendation.pathway
    own = [piece for piece in found if chosen in piece.pathways] or list(found)
    telling = [piece for piece in own if piece.share is None or piece.share >= LEAST_FRAC]
    return [advice_sentence(piece, headline(analysis)) for piece in telling[:MOST]]


def advice_sentence(piece: Advice, resource: Resource) -> str:
    """What to do, what it saves, why, and what speaks against it."""
    told = f"{piece.action} {_saving(piece, resource)}{piece.evidence}"
    return f"{told} {piece.caution}".rstrip()


def _saving(piece: Advice, resource: Resource) -> str:
    if piece.saves is None:
        return ""
    of = "" if piece.share is None else f", {100 * piece.share:.0f}{NBSP}% of the planned life"
    by = "" if piece.share is None else f" of {piece.pathways[0]}"
    return f"Saves {saving_text(piece, resource)}{of}{by}. "
