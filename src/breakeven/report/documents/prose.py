"""Prose: documents of sentences, as Markdown, LaTeX or JSON; no text of a record is a command."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from breakeven.report.tables.markdown import in_block, in_markdown
from breakeven.report.tables.tex import in_tex


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One subject.

    Attributes:
        title: Its head.
        paragraphs: What is known.
        points: The same, one by one.
        unknown: What the records cannot know, and who can.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A document of sentences.

    Attributes:
        name: Of its file.
        title: Its head.
        sections: In order.
    """

    name: str
    title: str
    sections: tuple[Section, ...]

    def to_markdown(self) -> str:
        """Markdown."""
        lines = [f"# {in_markdown(self.title)}", ""]
        for section in self.sections:
            lines += _markdown_lines(section)
        return "\n".join(lines).rstrip("\n") + "\n"

    def to_tex(self) -> str:
        """LaTeX of a section, that needs no package."""
        lines = [rf"\section*{{{in_tex(self.title)}}}"]
        for section in self.sections:
            lines += _tex_lines(section)
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        """JSON of the same."""
        sections = [
            {
                "title": section.title,
                "known": [*section.paragraphs, *section.points],
                "not_in_the_records": list(section.unknown),
            }
            for section in self.sections
        ]
        return (
            json.dumps({"document": self.name, "title": self.title, "sections": sections}, indent=1)
            + "\n"
        )


NOT_THERE = "Not in the records"


def _markdown_lines(section: Section) -> Iterator[str]:
    if section.title:
        yield from (f"## {in_markdown(section.title)}", "")
    for paragraph in section.paragraphs:
        yield from (in_block(paragraph), "")
    if section.points:
        yield from (*(f"- {in_block(point)}" for point in section.points), "")
    if section.unknown:
        yield from (f"{NOT_THERE}:", "")
        yield from (*(f"- {in_block(point)}" for point in section.unknown), "")


def _tex_lines(section: Section) -> Iterator[str]:
    if section.title:
        yield rf"\subsection*{{{in_tex(section.title)}}}"
    for paragraph in section.paragraphs:
        yield from (as_typed(paragraph), "")
    if section.points:
        yield from _items(section.points)
    if section.unknown:
        yield rf"\emph{{{NOT_THERE}:}}"
        yield from _items(section.unknown)


def _items(points: tuple[str, ...]) -> Iterator[str]:
    yield r"\begin{itemize}\setlength{\itemsep}{0pt}\setlength{\parskip}{0pt}"
    yield from (rf"\item {{}}{as_typed(point)}" for point in points)
    yield r"\end{itemize}"


def as_typed(text: str, escaped: Callable[[str], str] = in_tex) -> str:
    r"""LaTeX of a sentence, with what stands between grave accents as typed.

    Args:
        text: Of a record or of ours.
        escaped: Makes LaTeX of a part of it.

    Examples:
        >>> print(as_typed("say `a_b`"))
        say \texttt{a\_b}
    """
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escaped(text)
    return "".join(
        rf"\texttt{{{escaped(part)}}}" if at % 2 else escaped(part) for at, part in enumerate(parts)
    )
