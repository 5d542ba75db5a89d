"""Completion in real shells: a line is typed on a pseudo-terminal, TAB pressed, and read back."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.cli.completion import SHELLS
from breakeven.store import Store
from breakeven.testing.runs import example_runs

STARTS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
"""How each is started, its own settings left alone."""

TOLD = {
    "bash": """. ./script; see() { printf %s "$READLINE_LINE" > line; mv line seen; }; \
bind -x '"\\C-x": see'
""",
    "zsh": """autoload -Uz compinit; compinit -D -u; . ./script; \
see() { print -rn -- $BUFFER > line; mv line seen }; zle -N see; bindkey '^X' see
""",
    "fish": """. ./script; bind \\cx 'commandline | string collect > line; mv line seen'
""",
}
"""What each is told: to complete, and to write its line down at Ctrl-X."""

ANSWER_S, READY_S = 60.0, 0.2

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a store whose names no shell takes for one word."""
    definition, _ = example_runs()
    names = ("My BERT: base, 2nd", "TS")
    pathways = [replace(p, name=n) for p, n in zip(definition.pathways, names, strict=False)]
    with Store(tmp_path / "my store") as store:
        store.save_study(replace(definition, name="of two", pathways=tuple(pathways)))
    (tmp_path / "study.yaml").write_text("study: s\n", encoding="utf-8")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "breakeven"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m breakeven "$@"\n')
    command.chmod(0o755)
    return tmp_path


@contextmanager
def terminal(shell: str, folder: Path) -> Iterator[int]:
    """A shell that waits on a pseudo-terminal of its own."""
    path = os.pathsep.join((str(folder / "bin"), os.environ.get("PATH", "")))
    around = {"HOME": str(folder), "PATH": path, "TERM": "dumb", "LANG": "C.UTF-8"}
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(shell, STARTS[shell], around)
    try:
        yield fd
    finally:
        os.close(fd)
        os.kill(pid, 9)
        os.waitpid(pid, 0)


def typed(fd: int, text: str) -> None:
    """Type, and read what is echoed until nothing more comes."""
    os.write(fd, text.encode())
    while select.select([fd], [], [], READY_S)[0]:
        os.read(fd, 1 << 16)


def after_tab(shell: str, line: str, folder: Path) -> str:
    """What stands on the line of a shell after TAB was pressed at its end."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")
    script = CliRunner().invoke(group, ["--completion", shell]).stdout
    (folder / "script").write_text(script, encoding="utf-8")
    seen, end_s = folder / "seen", time.monotonic() + ANSWER_S
    with terminal(shell, folder) as fd:
        typed(fd, TOLD[shell])
        typed(fd, f"{line}\t\x18")
        while not seen.exists() and time.monotonic() < end_s:
            typed(fd, "")
    return seen.read_text(encoding="utf-8").rstrip()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("breakeven rep", "breakeven report"),
        ("breakeven plan stu", "breakeven plan study.yaml"),
        ("breakeven store show my", r"breakeven store show my\ store/"),
        ("breakeven --compl", "breakeven --completion"),
        ("breakeven pareto x --format=m", "breakeven pareto x --format=md"),
    ],
)
def test_tab_completes_a_line(shell: str, line: str, whole: str, folder: Path) -> None:
    assert after_tab(shell, line, folder) == whole


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"lifecycle my\ store --study o", ["--study", "of two"]),
        ("lifecycle 'my store' --study 'o", ["--study", "of two"]),
        (r"lifecycle my\ store --study=", ["--study=of two"]),
        (r"export my\ store --pathway M", ["--pathway", "My BERT: base, 2nd"]),
        (r"export my\ store --pathway=My\ BERT:\ b", ["--pathway=My BERT: base, 2nd"]),
    ],
)
def test_a_name_that_tab_puts_in_place_is_one_word(
    shell: str, line: str, words: list[str], folder: Path
) -> None:
    told = after_tab(shell, f"breakeven {line}", folder)
    read = [shell, "-c", f"printf '%s\\n' {told.removeprefix('breakeven ')}"]
    done = subprocess.run(read, capture_output=True, text=True, check=True, cwd=folder, timeout=60)

    assert done.stdout.splitlines() == [line.split(maxsplit=1)[0], "my store", *words]


def test_fish_says_all_that_is_said_of_a_command(folder: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed here")
    (folder / "script").write_text(CliRunner().invoke(group, ["--completion", "fish"]).stdout)
    path = os.pathsep.join((str(folder / "bin"), os.environ.get("PATH", "")))
    done = subprocess.run(
        ["fish", "--no-config", "-c", ". ./script; complete -C 'breakeven ru'"],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "PATH": path},
        timeout=60,
    )

    assert done.stdout == "run\tRun a study, or what is left of it.\n"
