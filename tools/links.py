"""Links and anchors of Markdown pages, and which of them lead nowhere.

Pages are read as CommonMark, so what stands in code is no link. Anchors are those that forges and
the site make of headings. External addresses are looked at, not asked for.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

_HTML_TARGET = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)=["']([^"']+)["']""")
_HTML_ANCHOR = re.compile(r"""<\w+\b[^>]*?\b(?:id|name)=["']([^"']+)["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link or a picture of a page.

    Attributes:
        target: As written.
        line: Where its paragraph begins, from 1.
    """

    target: str
    line: int


def links(text: str) -> list[Link]:
    """Every link and picture of a page, code left out."""
    return [Link(target=target, line=line) for target, line in _targets(_tokens(text))]


def anchors(text: str) -> frozenset[str]:
    """Fragments that lead to a heading of a page, or to an HTML anchor in it."""
    found: set[str] = set()
    tokens = _tokens(text)
    for before, token in pairwise(tokens):
        if before.type == "heading_open":
            found.add(_unique(slug(_words(token)), found))
        if token.type in ("html_block", "inline"):
            found |= set(_HTML_ANCHOR.findall(token.content))
    return frozenset(found)


def slug(title: str) -> str:
    """The fragment of a heading, as forges make it."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def faults(pages: Iterable[Path], *, root: Path) -> list[str]:
    """One line for each link of `pages` that leads nowhere, with its place.

    Args:
        pages: Markdown files.
        root: Nothing outside this folder may be linked.
    """
    return [
        f"{page.relative_to(root)}:{link.line}: {link.target} {fault}"
        for page in pages
        for link in links(page.read_text(encoding="utf-8"))
        if (fault := _fault(page, link.target, root))
    ]


def _fault(page: Path, target: str, root: Path) -> str:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return _external_fault(target)
    path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not path.is_relative_to(root.resolve()) or not path.exists():
        return "is not there"
    if parts.path.startswith("/"):
        return "is absolute; write it relative to the page"
    if parts.fragment and path.suffix != ".md":
        return "names a place inside what is no page"
    if parts.fragment and unquote(parts.fragment) not in _anchors_of(path):
        return "has no such heading"
    return ""


def _external_fault(target: str) -> str:
    parts = urlsplit(target)
    if parts.scheme == "mailto":
        return "" if re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", parts.path) else "is no mail address"
    host = re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.hostname or "")
    is_good = parts.scheme in ("http", "https") and host and not re.search(r"\s", target)
    return "" if is_good else "is no address of the web"


@cache
def _anchors_of(path: Path) -> frozenset[str]:
    return anchors(path.read_text(encoding="utf-8"))


def _tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def _targets(tokens: Sequence[Token], line: int = 1) -> Iterator[tuple[str, int]]:
    for token in tokens:
        here = token.map[0] + 1 if token.map else line
        attribute = {"link_open": "href", "image": "src"}.get(token.type)
        if attribute is not None:
            yield unquote(str(token.attrs[attribute])), here
        if token.type in ("html_block", "html_inline"):
            yield from ((target, here) for target in _HTML_TARGET.findall(token.content))
        yield from _targets(token.children or (), here)


def _words(heading: Token) -> str:
    texts = ("text", "code_inline")
    return "".join(t.content for t in heading.children or () if t.type in texts)


def _unique(name: str, taken: set[str]) -> str:
    numbered = (f"{name}-{n}" for n in range(1, len(taken) + 2))
    return name if name not in taken else next(n for n in numbered if n not in taken)
