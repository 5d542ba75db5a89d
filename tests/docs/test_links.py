"""Every link of every page leads somewhere, and every page can be reached from the index."""

from pathlib import Path

import pytest

pytest.importorskip("markdown_it", reason="of the extra docs")

from tools.links import anchors, faults, links

ROOT = Path(__file__).resolve().parents[2]
APART = {"build", "demo", "node_modules"}
PAGES = sorted(
    page
    for page in ROOT.rglob("*.md")
    if not any(part[0] == "." or part in APART for part in page.relative_to(ROOT).parts)
)


def test_every_link_of_every_page_leads_somewhere() -> None:
    assert faults(PAGES, root=ROOT) == []


def test_the_pages_are_those_that_people_read() -> None:
    names = {page.relative_to(ROOT).as_posix() for page in PAGES}
    assert {"README.md", "CHANGELOG.md", "docs/index.md", "benchmarks/README.md"} <= names


def reached(page: Path, seen: set[Path]) -> set[Path]:
    seen.add(page)
    for link in links(page.read_text(encoding="utf-8")):
        linked = (page.parent / link.target.partition("#")[0]).resolve()
        if linked.suffix == ".md" and linked not in seen and linked.is_relative_to(ROOT / "docs"):
            reached(linked, seen)
    return seen


def test_every_page_is_reached_from_the_index() -> None:
    assert set((ROOT / "docs").rglob("*.md")) - reached(ROOT / "docs" / "index.md", set()) == set()


def told(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "other.md").write_text(
        "# A title\n\n## It's `code`, and more\n\n## Twice\n\n## Twice\n"
    )
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n{text}\n")
    return faults([page], root=tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "[there](other.md)",
        "[there](other.md#its-code-and-more)",
        "[second of two](other.md#twice-1)",
        "[here](#page)",
        "[web](https://example.org/a?b=c#d)",
        "<https://example.org>",
        "`[in code](nowhere.md)`",
        "```text\n[in a block](nowhere.md)\n```",
        "[by reference][r]\n\n[r]: other.md",
        "[mail](mailto:somebody@example.org)",
    ],
)
def test_what_leads_somewhere(text: str, tmp_path: Path) -> None:
    assert told(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[gone](nowhere.md)", "nowhere.md is not there"),
        ("![gone](picture.png)", "picture.png is not there"),
        ('<img src="picture.png">', "picture.png is not there"),
        ("[gone](other.md#no-such)", "other.md#no-such has no such heading"),
        ("[gone](#no-such)", "#no-such has no such heading"),
        ("[third of two](other.md#twice-2)", "other.md#twice-2 has no such heading"),
        ("[by reference][r]\n\n[r]: nowhere.md", "nowhere.md is not there"),
        ("[outside](../../../etc/hosts)", "../../../etc/hosts is not there"),
        ("[web](https://)", "https:// is no address of the web"),
        ("[web](htps://example.org)", "htps://example.org is no address of the web"),
        ("[web](https://localhost/page)", "https://localhost/page is no address of the web"),
        ("[mail](mailto:nobody)", "mailto:nobody is no mail address"),
    ],
)
def test_what_leads_nowhere_is_told_with_its_place(text: str, fault: str, tmp_path: Path) -> None:
    assert told(tmp_path, text) == [f"page.md:3: {fault}"]


def test_headings_are_numbered_where_they_say_the_same() -> None:
    assert anchors("# A\n\n# A\n\n# A-1\n\n<a id='own'></a>\n") == {"a", "a-1", "a-1-1", "own"}
