"""Every block of code in the READMEs and the docs does what it says."""

import importlib
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import click
import pytest
from click.testing import CliRunner

from breakeven import load_study, registry
from breakeven.cli import group
from breakeven.cli.check_budget import read_budget
from breakeven.errors import BreakevenError
from breakeven.session.result import parse_result

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "examples" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(breakeven [a-z][^`]*)`")
HEAVY = re.compile(
    r"^(?:import|from) (?:torch|breakeven\.workloads\.counting)\b|import BackendConformance$",
    flags=re.MULTILINE,
)
OWN = re.compile(r"^(?:\$ )?(?:\w+ .*|)\bbreakeven ([a-z-].*?)(?: && .*| > .*)?$")
PLAYED = ROOT / "docs" / "tutorial.md"  # in order, by test_tutorial.py: its blocks share files
EXEMPT = {
    ("measuring", "py"): "needs a model of the reader; tests/integrations/test_transformers.py",
    ("green-ai-figure4", "json"): "figures of a paper; tests/studies/test_green_ai_figure4.py",
    ("*", "text"): "what a command prints, a part of a file, or a script of another program",
    ("*", "sh"): "every command and flag is parsed; test_howto.py, test_tutorial.py and "
    "test_published_figures.py run those of their pages",
}


def blocks(language: str) -> list[object]:
    return [
        pytest.param(
            code,
            id=f"{page.stem}-{number}",
            marks=[pytest.mark.nlp] if HEAVY.search(code) else [],
        )
        for page in PAGES
        if page != PLAYED and (page.stem, language) not in EXEMPT
        for number, (found, code) in enumerate(BLOCK.findall(page.read_text()))
        if found == language
    ]


def commands() -> list[str]:
    lines = [line for page in PAGES for line in page.read_text().splitlines()]
    inline = [command for line in lines for command in INLINE.findall(line)]
    found = [block for page in PAGES for block in BLOCK.findall(page.read_text())]
    shell = [line for language, code in found if language == "sh" for line in code.splitlines()]
    shown = [line for language, code in found if language == "text" for line in code.splitlines()]
    typed = [*shell, *(line for line in shown if line.removeprefix("$ ")[:10] == "breakeven ")]
    own = [f"breakeven {match[1]}" for line in typed if (match := OWN.match(line))]
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
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        name, *words = words
        inner = found.get_command(context, name)
        assert inner is not None, f"there is no command {name!r}"
        found = inner
        context = click.Context(found, info_name=name, parent=context, **found.context_settings)
    flags = {flag for param in found.get_params(context) for flag in param.opts}
    assert not (isinstance(found, click.Group) and words) or words[0] in flags, words
    parsed = found.make_context(context.info_name, words, parent=context, resilient_parsing=True)
    assert isinstance(found, click.Group) or not parsed.args
    return parsed


@pytest.mark.parametrize(
    "words", [["store", "melt"], ["report", "s", "--fast"], ["plam"], ["--fast"]]
)
def test_a_command_that_does_not_exist_is_noticed(words: list[str]) -> None:
    with pytest.raises((AssertionError, click.UsageError)):
        command_of(words)


@pytest.mark.parametrize("target", targets())
def test_make_targets_exist(target: str) -> None:
    assert f"\n{target}:" in (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_is_run_or_exempt(page: Path) -> None:
    run = {"python", "yaml", "toml", "json"}
    exempt = {language for name, language in EXEMPT if name in (page.stem, "*")}
    assert {language for language, _ in BLOCK.findall(page.read_text())} <= run | exempt
    assert page.read_text().count("\n```") % 2 == 0, "every fence names a language and is closed"


def test_names_that_blocks_without_a_run_import_exist() -> None:
    unrun = [
        code for page in PAGES for kind, code in BLOCK.findall(page.read_text()) if kind == "text"
    ]
    found = re.findall(r"^from (breakeven[\w.]*) import (.+)$", "\n".join(unrun), re.MULTILINE)
    assert found
    for module, names in found:
        offered = importlib.import_module(module)
        assert [name for name in names.split(", ") if not hasattr(offered, name)] == []


def test_the_part_of_a_study_file_that_asks_for_a_search_is_understood(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "study-file.md").read_text()
    (part,) = [code for _, code in BLOCK.findall(page) if code.startswith("optimize:\n")]
    path = tmp_path / "study.yaml"
    path.write_text(
        "study: s\ntask: {name: pydoc, max_per_family: 20}\n"
        f"stages: [{{name: ft, stage: finetune, model: tfidf}}]\npathways: {{FT: ft}}\n{part}"
    )
    load_study(path)
    path.write_text(path.read_text().replace("max_drop", "max_dorp"))
    with pytest.raises(BreakevenError, match="max_dorp"):
        load_study(path)


@pytest.mark.parametrize("code", blocks("toml"))
def test_plugins_are_declared_in_groups_that_exist(code: str) -> None:
    groups = tomllib.loads(code)["project"]["entry-points"]
    assert set(groups) <= {f"breakeven.{kind}s" for kind in get_args(registry.Kind)}


@pytest.mark.parametrize("code", blocks("json"))
def test_result_files_are_understood(code: str) -> None:
    assert parse_result(code.encode(), source="page").scores


@pytest.mark.parametrize("code", blocks("yaml"))
def test_study_files_can_be_planned_and_budgets_be_read(code: str, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(code)
    if "\nlimits:" in code:
        assert read_budget(path).limits
        return
    done = CliRunner().invoke(group, ["plan", str(path), "--store", str(tmp_path / "store")])
    assert done.exit_code == 0, done.output + repr(done.exception)
    assert re.search("runs left: time (at least |about |at most |.* as far as known)", done.output)
