"""The site is built offline, has every page, loads nothing from elsewhere, and fails on faults."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.chromium import Window, find, probe

pytest.importorskip("sphinx", reason="needs the extra `docs`")
pytest.importorskip("griffe", reason="needs the extra `docs`")

from tools.site.building import build, build_pages
from tools.site.reference import UndocumentedError, reference_pages
from tools.site.staging import StagingError, stage

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
LOADED = re.compile(r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']([^"']+)["']""")
STYLED = re.compile(
    r"""<link\b[^>]*\brel=["'](?:stylesheet|preload|icon)[^>]*\bhref=["']([^"']+)"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site") / "site"
    assert build(ROOT, target) == 0
    return target


def pages(site: Path) -> Iterator[tuple[Path, str]]:
    for page in site.rglob("*.html"):
        yield page, page.read_text(encoding="utf-8")


def test_every_page_of_docs_is_in_the_site(site: Path) -> None:
    written = {
        p.relative_to(ROOT / "docs").with_suffix(".html") for p in (ROOT / "docs").rglob("*.md")
    }
    assert {path for path in written if not (site / path).is_file()} == set()


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    import breakeven  # noqa: PLC0415 - its list is asked, nothing else

    text = (site / "reference" / "breakeven.html").read_text(encoding="utf-8")
    assert [name for name in breakeven.__all__ if f">{name}<" not in text] == []


def test_what_a_plug_in_imports_is_in_the_reference(site: Path) -> None:
    page = (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
    imported = re.findall(r"^from breakeven\.([\w.]+) import (.+)$", page, flags=re.MULTILINE)
    assert {"workloads.tasks", "records.protocols"} <= {module for module, _ in imported}
    missing = [
        f"{module}.{name}"
        for module, names in imported
        for name in names.split(", ")
        if f'<span class="pre">{name}</span>' not in _reference(site, module)
    ]
    assert missing == []


def _reference(site: Path, module: str) -> str:
    return (site / "reference" / f"{module.replace('.', '-')}.html").read_text(encoding="utf-8")


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = {
        target
        for _, text in pages(site)
        for target in (*LOADED.findall(text), *STYLED.findall(text))
    }
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert loaded
    assert [target for target in loaded if re.match(r"[a-z]+:|//", target)] == []
    assert re.findall(r"(?:url\(|@import )['\"]?(?:https?:)?//[^)'\"]+", styles) == []


def test_pages_link_each_other_by_files(site: Path) -> None:
    linked = re.compile(r"""<a\b[^>]*\bhref=["']([^"'#?:]+)(?:#[^"']*)?["']""")
    gone = {
        f"{page.relative_to(site)}: {target}"
        for page, text in pages(site)
        for target in linked.findall(text)
        if not (page.parent / target).resolve().exists()
    }
    assert gone == set()


PAGE = """# Page

[gone](nowhere.md), [no such heading](#no-such), [other](other.md#no-such)

```{toctree}
other
```
"""


def test_faults_end_the_build_and_are_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "pages"
    source.mkdir()
    (source / "index.md").write_text(PAGE)
    (source / "other.md").write_text("# Other\n")
    (source / "orphan.md").write_text("# Orphan\n")
    assert build_pages(source, tmp_path / "site") != 0
    told = capfd.readouterr().err
    assert "nowhere.md" in told
    assert "no-such" in told
    assert "orphan.md" in told


def test_a_link_out_of_docs_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("[gone](../nowhere.py)\n")
    with pytest.raises(StagingError, match=r"docs/index.md links ../nowhere.py"):
        stage(tmp_path, tmp_path / "pages")


def test_a_public_name_without_a_docstring_is_refused(tmp_path: Path) -> None:
    package = tmp_path / "breakeven"
    package.mkdir()
    (package / "__init__.py").write_text('__all__ = ["f"]\ndef f() -> None: ...\n')
    with pytest.raises(UndocumentedError, match=r"breakeven.f is public and has no docstring"):
        reference_pages(tmp_path, rooms=())


def test_the_reference_is_markdown_of_docstrings(tmp_path: Path) -> None:
    package = tmp_path / "breakeven"
    package.mkdir()
    (package / "__init__.py").write_text(
        '"""Top."""\n__all__ = ["f"]\n'
        'def f(n: int = 1) -> str:\n    """Give a < b.\n\n    Args:\n        n: How many.\n\n'
        "    Raises:\n        ValueError: If none.\n\n"
        '    Examples:\n        >>> f()\n        1\n    """\n'
    )
    listed, found = reference_pages(tmp_path, rooms=())
    assert "[breakeven](reference/breakeven.md): Top." in listed
    assert found["breakeven"].startswith(
        "# breakeven\n\nTop.\n\n## `f`\n\n```python\nf(n: int = 1) -> str\n```"
    )
    for said in (
        "Give a \\< b.",
        "- `n`: How many.",
        "- `ValueError`: If none.",
        "```pycon\n>>> f()",
    ):
        assert said in found["breakeven"]


LOOK = """
var names = performance.getEntriesByType("resource").map(function (one) { return one.name; });
var page = document.documentElement;
return {
  errors: window.probeErrors,
  asked: names.filter(function (name) { return name.indexOf("file:") !== 0; }),
  font: getComputedStyle(document.body).fontFamily,
  beyond: page.scrollWidth - page.clientWidth,
};
"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = find()
    assert found is not None, "install chromium"
    return found


@pytest.mark.browser
@pytest.mark.parametrize("name", ["index", "cli", "reference/breakeven", "studies/sst2"])
@pytest.mark.parametrize("width", [1280, 400])
def test_no_request_leaves_and_nothing_fails(
    browser: str, site: Path, name: str, width: int, tmp_path: Path
) -> None:
    page = site / f"{name}.html"
    copy = tmp_path / "page.html"  # opened from elsewhere, with the place of the page as its base
    text = page.read_text(encoding="utf-8")
    copy.write_text(text.replace("<head>", f"<head><base href='{page.as_uri()}'>", 1))
    found = probe(browser, copy, LOOK, window=Window(width=width))
    assert found["errors"] == []
    assert found["asked"] == []
    assert "sans-serif" in found["font"], "the styles beside the page are used"
    assert found["beyond"] <= 0, "the page scrolls sideways"


@pytest.mark.browser
def test_a_request_that_leaves_would_be_seen(browser: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><head></head><body><img src='http://127.0.0.1:9/a.png'></body></html>")
    assert probe(browser, page, LOOK, window=Window())["asked"] == ["http://127.0.0.1:9/a.png"]


@pytest.mark.browser
def test_a_search_from_a_folder_finds_pages(browser: str, site: Path, tmp_path: Path) -> None:
    address = f"{(site / 'search.html').as_uri()}?q=fieller"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=8000"]
    command = [browser, *flags, f"--user-data-dir={tmp_path}", "--dump-dom", address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "method/break-even.html" in done.stdout.partition('id="search-results"')[2]
