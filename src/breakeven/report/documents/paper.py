"""Paper: every table, figure and text of a study as files of one folder, and what joins them.

`pdflatex main.tex`, run once, makes a proof sheet of all; a paper takes the parts it needs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from breakeven.report.documents.basis import Basis
from breakeven.report.documents.bibliography import bibitems, bibliography
from breakeven.report.documents.booktabs import Printed, booktabs, is_printable
from breakeven.report.documents.brackets import with_brackets
from breakeven.report.documents.card import card_for_people, card_json, card_table
from breakeven.report.documents.checklist import checklist
from breakeven.report.documents.emissions import model_card
from breakeven.report.documents.leaderboard import Entered, leaderboard
from breakeven.report.documents.measures import measures_table
from breakeven.report.documents.methods_text import methods_text
from breakeven.report.documents.parquet import to_parquet
from breakeven.report.documents.print_figures import PrintedFigure
from breakeven.report.tables import tables
from breakeven.report.tables.table import Table
from breakeven.report.tables.tex import in_tex

LONGEST = 220
"""Longer descriptions of a figure are left out of its caption."""
_MARKS = {
    "curves-": "Bands are {ranges}.",
    "pareto-": "Lines through points are {ranges}; a percentage is the share of draws in "
    "which the point is on the front.",
}
"""What the marks of a figure say, by how its name begins; a page tells it in its methods."""
INTERVALS, BOUNDS = "95 % intervals", "what the resolution of the numbers allows"
FLUSH = 6
"""Floats after which a page is begun: LaTeX keeps only so many waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFile:
    """A file of the folder.

    Attributes:
        path: Within the folder, with slashes.
        content: Its bytes; text is UTF-8.
    """

    path: str
    content: bytes


def paper_tables(found: Basis) -> Mapping[str, Table]:
    """Every table of the report that has rows, with the board and what measures depend on."""
    entered = Entered(store="", analysis=found.analysis, paid=found.paid)
    built = {**tables(found.analysis), "leaderboard": leaderboard([entered])}
    built["measures"] = measures_table()
    return {name: table for name, table in built.items() if table.rows}


def paper_files(
    found: Basis, figures: Sequence[PrintedFigure], *, has_parquet: bool
) -> Iterator[PaperFile]:
    """Every file.

    Args:
        found: What the numbers rest on.
        figures: Drawn at both widths; empty where they cannot be drawn here.
        has_parquet: Whether to write Parquet too.
    """
    printed: dict[str, Printed] = {}
    for name, table in paper_tables(found).items():
        yield from _of_table(name, table, has_parquet=has_parquet)
        if is_printable(table):
            printed[name] = booktabs(table)
            yield _text(f"tables/{name}.tex", printed[name].text)
    for figure in figures:
        yield _text(f"figures/{figure.name}.svg", figure.svg)
        yield PaperFile(path=f"figures/{figure.name}.pdf", content=figure.pdf)
    yield from _documents(found)
    left_out = [name for name in paper_tables(found) if name not in printed]
    yield _text("main.tex", main_tex(found, list(printed), figures, left_out=left_out))


def _of_table(name: str, table: Table, *, has_parquet: bool) -> Iterator[PaperFile]:
    yield _text(f"tables/{name}.csv", table.to_csv(is_exact=True))
    yield _text(f"tables/{name}.md", with_brackets(table).to_markdown())
    if has_parquet:
        yield PaperFile(path=f"tables/{name}.parquet", content=to_parquet(table))


def _documents(found: Basis) -> Iterator[PaperFile]:
    methods, answers, card = methods_text(found), checklist(found), card_for_people(found)
    yield _text("methods.md", methods.to_markdown())
    yield _text("methods.tex", methods.to_tex())
    yield _text("checklist.md", answers.to_markdown())
    yield _text("checklist.tex", answers.to_tex())
    yield _text("card.md", with_brackets(card).to_markdown())
    yield _text("card.tex", booktabs(card).text)
    yield _text("card.csv", card_table(found).to_csv(is_exact=True))
    yield _text("card.json", card_json(found))
    yield _text("model-card.md", model_card(found))
    yield _text("references.bib", bibliography(found))
    yield _text("main.bbl", bibitems(found))


def main_tex(
    found: Basis,
    table_names: Sequence[str],
    figures: Sequence[PrintedFigure],
    *,
    left_out: Sequence[str],
) -> str:
    """LaTeX that joins all parts.

    Args:
        found: What the numbers rest on.
        table_names: Tables that were set.
        figures: Those that were drawn; each is shown at the width that its content asks for.
        left_out: Tables too long to be set.
    """
    title = in_tex(f"Study {found.analysis.definition.name}: methods, tables and figures")
    shown = [figure for figure in figures if figure.is_meant]
    ranges = INTERVALS if _has_scatter(found) else BOUNDS
    return "\n".join(
        (
            *_PREAMBLE,
            rf"\title{{{title}}}",
            r"\author{written by breakeven}",
            r"\date{}",
            r"\begin{document}",
            r"\maketitle",
            r"{\raggedright\setlength{\parindent}{1em}\input{methods}\input{checklist}\par}",
            r"\clearpage",
            r"\input{card}",
            *_flushed([_figure(figure, ranges) for figure in shown]),
            *_flushed([rf"\input{{tables/{name}}}" for name in table_names]),
            *_told_left_out(left_out),
            r"\nocite{*}",
            r"\bibliographystyle{plain}",
            r"\bibliography{references}",
            r"\end{document}",
            "",
        )
    )


ONE_RUN = r"\makeatletter\def\@testdef#1#2#3{}\makeatother"
"""Labels are not compared with those of the run before."""
_PREAMBLE = (
    "% Compile with: pdflatex main.tex (once; Debian: texlive-latex-recommended,",
    "% texlive-fonts-recommended). main.bbl holds the references; bibtex writes it anew.",
    r"\pdfminorversion=7",
    r"\documentclass[10pt,twocolumn]{article}",
    r"\usepackage[T1]{fontenc}",
    r"\usepackage[utf8]{inputenc}",
    r"\usepackage{textcomp,mathptmx,courier}",
    r"\usepackage[letterpaper,textwidth=7in,textheight=9.3in]{geometry}",
    r"\setlength{\columnsep}{0.34in}",
    r"\usepackage{array,booktabs,graphicx}",
    r"\renewcommand{\floatpagefraction}{0.8}",
    r"\renewcommand{\dblfloatpagefraction}{0.8}",
    r"\emergencystretch=3em",
    "% No part refers to another by its label, so that no second run is asked for.",
    ONE_RUN,
)


def _has_scatter(found: Basis) -> bool:
    """Whether any number of the figures has a confidence interval, and not only bounds."""
    told = [
        estimate
        for pathway in found.analysis.pathways
        for estimate in (*pathway.development.values(), *pathway.marginal.values())
    ]
    return any(estimate.level is not None for estimate in told)


def _figure(figure: PrintedFigure, ranges: str) -> str:
    place = "figure*" if figure.is_wide else "figure"
    return "\n".join(
        (
            rf"\begin{{{place}}}[tbp]",
            r"\centering",
            rf"\includegraphics{{figures/{figure.name}.pdf}}",
            rf"\caption{{{in_tex(_caption(figure, ranges))}}}",
            rf"\label{{fig:{figure.name}}}",
            rf"\end{{{place}}}",
        )
    )


def _caption(figure: PrintedFigure, ranges: str) -> str:
    """The finding, what is drawn and what marks say; what tells every number is for the ear."""
    said, drawn = figure.title.rstrip("."), figure.description
    told = (told for begin, told in _MARKS.items() if figure.name.startswith(begin))
    marks = next(told, "").format(ranges=ranges)
    shown = "" if len(drawn) > LONGEST else f"{drawn[:1].upper()}{drawn[1:]}"
    return " ".join(part for part in (f"{said}.", shown, marks, figure.note) if part)


def _flushed(floats: Sequence[str]) -> Iterator[str]:
    """Floats from a new page on, and a page begun after every few."""
    yield r"\clearpage"
    for at, one in enumerate(floats, start=1):
        yield one
        if at % FLUSH == 0:
            yield r"\clearpage"


def _told_left_out(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield in_tex(
            f"Too long to be set here, and in the folder tables as CSV: {', '.join(names)}."
        )


def _text(path: str, text: str) -> PaperFile:
    return PaperFile(path=path, content=text.encode("utf-8", errors="replace"))
