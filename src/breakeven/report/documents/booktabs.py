"""Booktabs: a table for print, as wide as a column or a page of a paper and never wider.

Kinds stand as raised letters with a legend below; long texts stay in the CSV.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from breakeven.report.documents.brackets import brackets_words
from breakeven.report.documents.fitting import (
    CHAR_PT,
    DOUBLE_PT,
    LINES,
    LONG_WORD,
    SINGLE_PT,
    Part,
    head_lines,
    parts,
    some_columns,
)
from breakeven.report.documents.prose import as_typed
from breakeven.report.kinds import BADGES, Badge
from breakeven.report.tables.table import Cell, Column, Table
from breakeven.report.tables.tex import in_latin, in_tex, tex_row

LONGEST = 280
"""Texts longer than this are data, not words."""
CHUNK = 12
"""Characters between two places at which a long word may be broken."""
MOST_ROWS = 60
"""Longer tables are for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A table for print.

    Attributes:
        text: LaTeX, for the packages `booktabs` and `array`.
        is_wide: Whether it spans both columns of a paper.
    """

    text: str
    is_wide: bool


def is_printable(table: Table) -> bool:
    """Whether a table has rows, and not too many to be read."""
    return 0 < len(table.rows) <= MOST_ROWS


def booktabs(table: Table, *, most_pt: float = DOUBLE_PT) -> Printed:
    """Set a table for print, on as many pages as it takes.

    Args:
        table: With rows; its label is `tab:` and its name.
        most_pt: Width of the page's text.
    """
    shown, left_out = _for_reading(_in_latin(table))
    pages = list(_together(parts(shown, most_pt=most_pt)))
    is_wide = any(part.width_pt > SINGLE_PT for page in pages for part in page)
    floats = (_float(table, page, left_out, at, is_wide=is_wide) for at, page in enumerate(pages))
    return Printed(text="\n".join(floats), is_wide=is_wide)


def _in_latin(table: Table) -> Table:
    """The table with texts as long as they are in print, so that they are fitted as such."""
    rows = tuple(
        tuple(replace(cell, text=in_latin(cell.text)) for cell in row) for row in table.rows
    )
    return replace(table, rows=rows)


def _for_reading(table: Table) -> tuple[Table, tuple[str, ...]]:
    """The table without columns of long texts, and their titles."""
    long = [
        at
        for at, column in enumerate(table.columns)
        if not column.is_number and max(len(row[at].text) for row in table.rows) > LONGEST
    ]
    kept = [at for at in range(len(table.columns)) if at not in long]
    if not kept:
        return table, ()
    return some_columns(table, kept), tuple(table.columns[at].title for at in long)


def _together(found: Sequence[Part]) -> Iterator[list[Part]]:
    """Parts that share a page."""
    page: list[Part] = []
    for part in found:
        if page and sum(each.lines for each in page) + part.lines > LINES:
            yield page
            page = []
        page.append(part)
    yield page


def _float(
    table: Table, page: Sequence[Part], left_out: Sequence[str], at: int, *, is_wide: bool
) -> str:
    place = "table*" if is_wide else "table"
    legend = _legend(page, left_out)
    caption = in_tex(table.caption if at == 0 else f"{table.caption} (continued)")
    label = (rf"\label{{tab:{_plain(table.name)}}}",) if at == 0 else ()
    return "\n".join(
        (
            rf"\begin{{{place}}}[tbp]",
            r"\centering\footnotesize\setlength{\tabcolsep}{4pt}",
            *((r"\addtocounter{table}{-1}",) if at else ()),
            r"\setlength{\belowcaptionskip}{4pt}",
            rf"\caption{{{caption}}}",
            *label,
            "\n\\par\\medskip\n".join(map(_tabular, page)),
            *((rf"\par\smallskip{{\scriptsize {legend}\par}}",) if legend else ()),
            rf"\end{{{place}}}",
            "",
        )
    )


def _plain(name: str) -> str:
    """A name of letters, digits and hyphens alone."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)


def _tabular(part: Part) -> str:
    table = part.table
    widths = zip(table.columns, part.widths, part.natural, strict=True)
    marks = "".join(_mark(column, width, natural) for column, width, natural in widths)
    heads = [_head(table, at) for at in range(len(table.columns))]
    return "\n".join(
        (
            rf"\begin{{tabular}}{{@{{}}{marks}@{{}}}}",
            r"\toprule",
            *_group_lines(table),
            tex_row(heads),
            r"\midrule",
            *_body(part),
            r"\bottomrule",
            r"\end{tabular}",
        )
    )


def _mark(column: Column, width: int, natural: int) -> str:
    if column.is_number:
        return "r"
    ragged = rf">{{\raggedright\arraybackslash}}p{{{width * CHAR_PT:.0f}pt}}"
    return ragged if width < natural else "l"


def _body(part: Part) -> Iterator[str]:
    """Rows; what begins like the one above says so by its gap, and groups stand apart."""
    table = part.table
    common = [_shared(table, at) for at in range(len(table.columns))]
    firsts = [row[0].text for row in table.rows]
    is_grouped = len(table.columns) > 1 and len(set(firsts)) < len(firsts)
    for at, row in enumerate(table.rows):
        cells = [_cell(cell, shared) for cell, shared in zip(row, common, strict=True)]
        if is_grouped and at and firsts[at] == firsts[at - 1]:
            cells[0] = ""
            yield from (r"\addlinespace[2pt]",) * (part.row_lines(at - 1) > 1)
        elif is_grouped and at:
            yield r"\addlinespace"
        elif at and max(part.row_lines(at - 1), part.row_lines(at)) > 1:
            yield r"\addlinespace[2pt]"
        yield tex_row(cells)


def _shared(table: Table, at: int) -> tuple[Badge, ...]:
    """Kinds that all numbers of a column share; answers in words keep their own."""
    return table.common_badges(at) if table.columns[at].is_number else ()


def _head(table: Table, at: int) -> str:
    lines = [in_tex(line) for line in head_lines(table, at)]
    lines[-1] += _raised(_shared(table, at))
    if len(lines) == 1:
        return lines[0]
    mark = "r" if table.columns[at].is_number else "l"
    stacked = r"\\".join(f"{{}}{line}" for line in lines)
    return rf"\begin{{tabular}}[b]{{@{{}}{mark}@{{}}}}{stacked}\end{{tabular}}"


def _group_lines(table: Table) -> Iterator[str]:
    """Heads above several columns, each with its rule."""
    if not table.groups:
        return
    cells, rules, start = [], [], 1
    for name, span in table.groups:
        cells.append(rf"\multicolumn{{{span}}}{{c}}{{{in_tex(name)}}}")
        if name:
            rules.append(rf"\cmidrule(lr){{{start}-{start + span - 1}}}")
        start += span
    yield tex_row(cells)
    yield "".join(rules)


def _cell(cell: Cell, shared: tuple[Badge, ...]) -> str:
    text = as_typed(cell.text.replace("\n", " "), _words)
    return text if cell.badges == shared else text + _raised(cell.badges)


def _words(text: str) -> str:
    return " ".join(map(_word, text.split(" ")))


def _word(word: str) -> str:
    """A word, breakable anywhere where it is too long for a line."""
    if len(word) <= LONG_WORD:
        return in_tex(word)
    chunks = re.findall(rf"[^-/=_,:]{{1,{CHUNK}}}[-/=_,:]*|[-/=_,:]+", word)
    return r"\allowbreak{}".join(map(in_tex, chunks))


def _raised(badges: Sequence[Badge]) -> str:
    letters = "".join(badge.letter for badge in badges)
    return rf"\textsuperscript{{{letters}}}" if letters else ""


def _legend(page: Sequence[Part], left_out: Sequence[str]) -> str:
    """What the letters mean, and what stands in the CSV alone."""
    cells = [cell for part in page for row in part.table.rows for cell in row]
    used = {badge for cell in cells for badge in cell.badges}
    named = [
        rf"\textsuperscript{{{badge.letter}}}\,{badge.name}" for badge in BADGES if badge in used
    ]
    told = [", ".join(named) + "."] if named else []
    told += [in_tex(said) for said in (brackets_words(cells),) if said]
    if left_out:
        told.append(f"In the CSV alone: {in_tex(', '.join(left_out))}.")
    return " ".join(told)
