"""Advice table: what would cut cost most here, each line with the number it rests on."""

from breakeven.analysis.advice import Advice, Basis, advise
from breakeven.analysis.advice.amounts import percent
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.words import resource_words
from breakeven.records import Resource
from breakeven.report.lookup import headline
from breakeven.report.quantity import NOT_MEASURED, format_estimate, format_ratio, format_share
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

_UNKNOWN = "these records do not tell how much"


def advice_table(analysis: StudyAnalysis) -> Table:
    """One line per piece of advice; what concerns the recommended pathway first."""
    resource = headline(analysis)
    return Table(
        name="advice",
        caption=(
            f"What would cut {resource_words(resource)}, most first; what concerns the recommended "
            "pathway stands on top. Savings do not add up."
        ),
        columns=(
            Column(name="subject", title="Of"),
            Column(name="topic", title="What"),
            Column(name="action", title="Do"),
            Column(name="evidence", title="Because"),
            Column(name="figure", title="Rests on", is_number=True),
            Column(name=f"saves_{resource.value}", title="Saves", is_number=True),
            Column(name="share", title="Of the planned life", is_number=True, is_plain=True),
            Column(name="caution", title="But"),
        ),
        rows=tuple(_row(piece, resource) for piece in advise(analysis)),
    )


def _row(piece: Advice, resource: Resource) -> tuple[Cell, ...]:
    return (
        words(piece.subject),
        words(piece.topic.value),
        words(piece.action),
        words(piece.evidence),
        _figure(piece, resource),
        _saves(piece, resource),
        _share(piece),
        words(piece.caution),
    )


def _figure(piece: Advice, resource: Resource) -> Cell:
    """The number itself: an amount of the headline cost, or a share or ratio."""
    figure = piece.figure
    if piece.basis is Basis.RATIO:
        return number(figure, format_ratio(figure))
    if piece.basis is Basis.SHARE:
        return number(figure, format_share(figure))
    return number(figure, format_estimate(figure, resource))


def _saves(piece: Advice, resource: Resource) -> Cell:
    if piece.saves is None:
        return missing(NOT_MEASURED, hint=_UNKNOWN)
    return number(piece.saves, saving_text(piece, resource))


def saving_text(piece: Advice, resource: Resource) -> str:
    """What a piece of advice saves, for people; an upper bound says so."""
    text = format_estimate(piece.saves, resource, interval=not piece.is_upper_bound)
    return f"at most {text}" if piece.is_upper_bound else text


def _share(piece: Advice) -> Cell:
    if piece.share is None:
        return missing(NOT_MEASURED, hint=_UNKNOWN)
    text = percent(piece.share)
    is_bound = piece.is_upper_bound and not text.startswith("under")
    return Cell(text=f"at most {text}" if is_bound else text, value=piece.share)
