"""Markdown of names: a strict parser shows them as they are typed, and finds nothing else."""

import pytest

from breakeven.report.documents.prose import Prose, Section
from breakeven.report.tables.table import Column, Table, words

parser = pytest.importorskip("markdown_it")

NAMES = (
    "*a* **b** _c_ __d__ ~e~ ~~f~~",
    r"\*g\* \| back\slash",
    "&lt;b&gt; &copy; &#42; R&D",
    "<b>x</b> <http://example.org> </script>",
    "[x](http://example.org) ![y](z.png) [1]: http://example.org",
    "batch_size = 32 | < 1 % a_b_c",
    "``` <b> ` *h*",
    "lone ` accent <i>",
)
STARTS = (
    "# head",
    "- item",
    "+ item",
    "1. one",
    "2) two",
    "> quote",
    "---",
    "===",
    "* star",
    "```fence",
)


def shown(text: str) -> list[str]:
    """Texts of all blocks as a reader sees them, after a check that there is no markup in them."""
    tokens = parser.MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inline = [token for token in tokens if token.type == "inline"]
    assert {c.type for t in inline for c in t.children} <= {"text", "text_special"}
    return ["".join(child.content for child in token.children) for token in inline]


def test_cells_are_shown_as_typed() -> None:
    rows = tuple((words(name),) for name in NAMES)
    table = Table(name="t", caption="Of.", columns=(Column(name="a", title="A|B"),), rows=rows)

    assert shown(table.to_markdown()) == ["Of.", "A|B", *NAMES]


@pytest.mark.parametrize("name", [*NAMES, *STARTS])
def test_points_and_paragraphs_begin_no_block_of_their_own(name: str) -> None:
    section = Section(title="", paragraphs=(name,), points=(name,))
    text = Prose(name="p", title=name, sections=(section,)).to_markdown()

    assert shown(text) == [name, name, name]


def test_what_stands_between_grave_accents_is_code() -> None:
    prose = Prose(name="p", title="t", sections=(Section(title="", points=("say `a_ | *b`",)),))
    tokens = parser.MarkdownIt().parse(prose.to_markdown())
    code = [c.content for t in tokens for c in t.children or () if c.type == "code_inline"]

    assert code == ["a_ \\| *b"]
