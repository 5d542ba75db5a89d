"""Staging: the pages of docs/ in a folder of their own, completed for the site.

The pages are written to be read in a checkout as well, so three things are added here and not
there: the tree of pages, which follows from the lists of links on the pages that are indexes; what
they link outside docs/; and the Python reference.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from breakeven.errors import BreakevenError
from tools.links import links
from tools.site.reference import FOLDER, reference_pages

INDEXES = ("index.md", "studies/README.md", "method/README.md", "adr/README.md", "reference.md")
"""Pages whose links make the tree; a page that none of them links is an orphan, and refused."""

ELSEWHERE = "tree"
"""Folder of the site for linked files that lie outside docs/."""

LISTED = 200
"""Files of a linked folder that are named."""

_ORPHAN = ("---", "orphan: true", "---")
"""Front matter of what only links lead to, not the tree."""


class StagingError(BreakevenError):
    """A page cannot be put into the site."""


def stage(root: Path, target: Path) -> None:
    """Write everything that the site is built from.

    Args:
        root: The checkout.
        target: Emptied first.

    Raises:
        StagingError: If an index lists a page twice, or a page links what is not there.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(root / "docs", target)
    _bring_elsewhere(root, target)
    _write_reference(root / "src", target)
    seen: set[str] = set()
    for index in INDEXES:
        _plant(target, index=index, seen=seen)


def _write_reference(source: Path, target: Path) -> None:
    """Write the pages of the Python reference, and their list at the end of its page."""
    listed, pages = reference_pages(source)
    (target / FOLDER).mkdir()
    for name, text in pages.items():
        (target / FOLDER / f"{name}.md").write_text(text, encoding="utf-8")
    page = target / "reference.md"
    page.write_text(page.read_text(encoding="utf-8") + listed, encoding="utf-8")


def _bring_elsewhere(root: Path, target: Path) -> None:
    """Copy what pages link outside docs/, pages with what they link in turn, and mend the links."""
    places = {root / "docs" / page.relative_to(target): page for page in target.rglob("*.md")}
    todo = [source for source in places if source.exists()]
    while todo:
        source = todo.pop()
        page = places[source]
        text = page.read_text(encoding="utf-8")
        for link in {link.target for link in links(text)}:
            linked = _linked(source, link, root)
            if linked is None:
                continue
            if linked not in places:
                places[linked] = _brought(linked, root, target)
                todo += [linked] if linked.suffix == ".md" else []
            text = text.replace(f"]({link})", f"]({_relative(places[linked], page, link)})")
        page.write_text(text, encoding="utf-8")


def _linked(source: Path, link: str, root: Path) -> Path | None:
    """File or folder that a link means; None for what needs no mending."""
    path, _, _ = link.partition("#")
    if not path or "://" in path or path.startswith("mailto:"):
        return None
    linked = (source.parent / path).resolve()
    if not linked.exists():
        raise StagingError(f"{source.relative_to(root)} links {link}, which is not there")
    is_inside = linked.is_relative_to(root / "docs")
    return None if is_inside and source.is_relative_to(root / "docs") else linked


def _brought(linked: Path, root: Path, target: Path) -> Path:
    """Place in the site of a file outside docs/; of a folder, a page that lists it."""
    if linked.is_relative_to(root / "docs"):
        inside = target / linked.relative_to(root / "docs")
        return inside / "README.md" if inside.is_dir() else inside
    place = target / ELSEWHERE / linked.relative_to(root)
    if linked.is_dir():
        place = place / "folder.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_listing(linked, root), encoding="utf-8")
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(linked, place)
    if linked.suffix == ".md":
        text = linked.read_text(encoding="utf-8")
        place.write_text("\n".join([*_ORPHAN, text]), encoding="utf-8")
    return place


def _listing(folder: Path, root: Path) -> str:
    files = sorted(f for f in folder.rglob("*") if f.is_file())
    lines = [f"- `{f.relative_to(folder)}`, {f.stat().st_size:,} bytes" for f in files[:LISTED]]
    more = [f"- and {len(files) - LISTED} more"] if len(files) > LISTED else []
    title = f"# {folder.relative_to(root)}"
    head = [*_ORPHAN, title, "", f"A folder of the checkout; {len(files)} files.", ""]
    return "\n".join([*head, *lines, *more, ""])


def _relative(place: Path, page: Path, link: str) -> str:
    _, hash_, fragment = link.partition("#")
    up = PurePosixPath(*[".."] * len(page.parent.relative_to(_common(place, page)).parts))
    return f"{up / place.relative_to(_common(place, page)).as_posix()}{hash_}{fragment}"


def _common(one: Path, other: Path) -> Path:
    return next(folder for folder in one.parents if other.is_relative_to(folder))


def _plant(target: Path, *, index: str, seen: set[str]) -> None:
    """Append the hidden trees of an index: one for each of its sections that lists pages."""
    page = target / index
    text = page.read_text(encoding="utf-8")
    trees = []
    for caption, pages in _sections(page, text, target).items():
        new = [p for p in pages if p not in seen and p != index]
        seen.update(new)
        trees += [_tree(caption, new)] if new else []
    page.write_text("\n".join([text, *trees]), encoding="utf-8")


def _sections(page: Path, text: str, target: Path) -> Mapping[str, list[str]]:
    """Pages that each section of the first index links, in order; of another, all as one."""
    found: dict[str, dict[str, None]] = {}
    is_first = page == target / INDEXES[0]
    if is_first:  # what stands above the sections leads into them
        text = text[text.find("\n## ") + 1 :]
    heading = ""
    for line in text.splitlines():
        heading = line[3:] if is_first and line.startswith("## ") else heading
        found.setdefault(heading, {}).update(dict.fromkeys(_pages_of(page, line, target)))
    return {heading: list(pages) for heading, pages in found.items()}


def _pages_of(page: Path, line: str, target: Path) -> Iterator[str]:
    for link in links(line):
        linked = (page.parent / link.target.partition("#")[0]).resolve()
        is_page = linked.suffix == ".md" and linked.is_relative_to(target.resolve())
        if is_page and ELSEWHERE not in linked.parts:
            yield linked.relative_to(target.resolve()).as_posix()


def _tree(caption: str, pages: list[str]) -> str:
    lines = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    entries = [_entry(page.removesuffix(".md")) for page in pages]
    return "\n```{toctree}\n" + "\n".join([*lines, "", *entries]) + "\n```\n"


def _entry(page: str) -> str:
    """Line of a tree; modules are named without the package, which is the same for all."""
    folder, _, name = page.rpartition("/")
    return f"{name.replace('-', '.')} </{page}>" if folder == FOLDER else f"/{page}"
