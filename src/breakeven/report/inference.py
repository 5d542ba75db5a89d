"""Inference: the part of the page on how far one checkpoint can be cut, theme by theme."""

from collections.abc import Iterator
from dataclasses import dataclass

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.sweeps.findings import Axis
from breakeven.records import NoteCode
from breakeven.report.lookup import headline
from breakeven.report.tables.axes import axes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One question that a sweep answers.

    Attributes:
        name: Unique on the page.
        title: Head.
        intro: What to know before reading the answers.
        sentences: The answers.
        tables: Names of the tables that hold the numbers.
        skip: Columns of them that only the CSV shows.
    """

    name: str
    title: str
    intro: str
    sentences: tuple[str, ...]
    tables: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()


def themes(analysis: StudyAnalysis) -> tuple[Theme, ...]:
    """The questions on which this study's sweep has something to say."""
    found = (
        _far(analysis),
        _length(analysis),
        _depth(analysis),
        _precision(analysis),
        _together(analysis),
    )
    return tuple(theme for theme in found if theme.sentences)


def _far(analysis: StudyAnalysis) -> Theme:
    return Theme(
        name="far",
        title="How far it goes",
        intro="A cut counts as free while the data show no loss; that is not proof of none, so the "
        "interval of the loss stands beside it.",
        sentences=tuple(text for found in analysis.findings for text in found.cut_sentences),
    )


def _length(analysis: StudyAnalysis) -> Theme:
    return Theme(
        name="length",
        title="How short may inputs be",
        intro="Padded to the longest of the batch, cost follows the texts; padded to the maximum, "
        "it follows the limit, which is what studies of truncation measure.",
        sentences=tuple(_told(analysis, Axis.LENGTH)),
        tables=("length",),
    )


def _depth(analysis: StudyAnalysis) -> Theme:
    return Theme(
        name="depth",
        title="What each layer is worth",
        intro="The lower layers are kept and the head is used as it is; nothing is trained again.",
        sentences=(*_told(analysis, Axis.DEPTH), *_lines(analysis, Axis.DEPTH)),
        tables=("depth",),
    )


def _precision(analysis: StudyAnalysis) -> Theme:
    refused = (n.message for n in analysis.notes if n.code is NoteCode.PRECISION_REFUSED)
    return Theme(
        name="precision",
        title="What number formats are worth",
        intro="A format that the processor does not compute in is converted at every step and can "
        "be slower than fp32.",
        sentences=(*_told(analysis, Axis.PRECISION), *(f"Refused: {text}." for text in refused)),
        tables=("precision",) if axes_of(analysis, Axis.PRECISION) else (),
    )


def _together(analysis: StudyAnalysis) -> Theme:
    products = (text for found in analysis.findings for text in found.product_sentences)
    has_cells = any(found.combined for found in analysis.findings)
    fits = [found.compact for found in analysis.findings if found.compact is not None]
    has_fits = any(axis.fits for found in analysis.findings for axis in found.axes)
    hidden = {r.value for found in analysis.findings for c in found.combined for r in c.observed}
    names = ("observed", "product", "departure")
    return Theme(
        name="combined",
        title="Do cuts multiply, and is cost linear in length",
        intro="If so, one sweep per axis tells the cost of every combination.",
        sentences=(*products, *_lines(analysis, Axis.LENGTH), *(fit.sentence for fit in fits)),
        tables=(
            *(["combined"] if has_cells else []),
            *(["fits"] if has_fits else []),
            *(["compact"] if fits else []),
        ),
        skip=tuple(
            f"{name}_{r}" for r in sorted(hidden - {headline(analysis).value}) for name in names
        ),
    )


def _told(analysis: StudyAnalysis, axis: Axis) -> Iterator[str]:
    for found in axes_of(analysis, axis):
        yield from found.sentences


def _lines(analysis: StudyAnalysis, axis: Axis) -> Iterator[str]:
    for found in axes_of(analysis, axis):
        if found.fit_sentence:
            yield found.fit_sentence
