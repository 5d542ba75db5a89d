"""Every block of code in the README and the docs does what it says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from breakeven.cli import group

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(breakeven [a-z][^`]*)`")
HEAVY = re.compile(
    r"^(?:import|from) (?:torch|breakeven\.workloads\.counting)\b|import BackendConformance$",
    flags=re.MULTILINE,
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def blocks(language: str) -> list[object]:
    return [
        pytest.param(
            code,
            id=f"{page.stem}-{number}",
            marks=[pytest.mark.nlp] if HEAVY.search(code) else [],
        )
        for page in PAGES
        for number, (found, code) in enumerate(BLOCK.findall(page.read_text()))
        if found == language
    ]


def commands() -> list[str]:
    lines = [line for page in PAGES for line in page.read_text().splitlines()]
    inline = [command for line in lines for command in INLINE.findall(line)]
    shell = [
        code for page in PAGES for found, code in BLOCK.findall(page.read_text()) if found == "sh"
    ]
    own = [line for code in shell for line in code.splitlines() if line.startswith("breakeven ")]
    return sorted({*inline, *own})


def targets() -> list[str]:
    text = "\n".join(page.read_text() for page in PAGES)
    return sorted(
        {*re.findall(r"`make ([a-z]+)`", text), *re.findall(r"^make (\w+)", text, re.MULTILINE)}
    )


@pytest.mark.parametrize("code", blocks("python"))
def test_python_runs_and_asserts(code: str, tmp_path: Path) -> None:
    assert "assert " in code, "a block must say what comes out"
    file = tmp_path / "test_block.py"
    file.write_text(code)
    by_pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    how = by_pytest if "class Test" in code else ["-W", "error"]
    done = subprocess.run(
        [sys.executable, *how, str(file)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", commands())
def test_commands_and_flags_exist(command: str) -> None:
    command_of(shlex.split(command, comments=True)[1:])


def command_of(words: list[str]) -> click.Context:
    """Parse as the terminal would, but for files that do not exist."""
    found: click.Command = group
    context = click.Context(group, info_name="breakeven", **group.context_settings)
    while isinstance(found, click.Group) and words:
        name, *words = words
        inner = found.get_command(context, name)
        assert inner is not None, f"there is no command {name!r}"
        found = inner
        context = click.Context(found, info_name=name, parent=context, **found.context_settings)
    parsed = found.make_context(context.info_name, words, parent=context, resilient_parsing=True)
    assert isinstance(found, click.Group) or not parsed.args
    return parsed


@pytest.mark.parametrize("words", [["store", "melt"], ["report", "s", "--fast"], ["plam"]])
def test_a_command_that_does_not_exist_is_noticed(words: list[str]) -> None:
    with pytest.raises((AssertionError, click.UsageError)):
        command_of(words)


@pytest.mark.parametrize("target", targets())
def test_make_targets_exist(target: str) -> None:
    assert f"\n{target}:" in (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_files(page: Path) -> None:
    assert [
        link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()
    ] == []


@pytest.mark.parametrize("code", blocks("yaml"))
def test_study_files_can_be_planned(code: str, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(code)
    done = CliRunner().invoke(group, ["plan", str(path), "--store", str(tmp_path / "store")])
    assert done.exit_code == 0, done.output + repr(done.exception)
    assert re.search("runs left: time (at least |about |at most |.* as far as known)", done.output)
